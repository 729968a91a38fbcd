/* SPDX-License-Identifier: Apache-2.0 */
/* Every provider of every operation through odd sizes, on the first device. README.md tells how. */
#include "base/support.h"
#include "bench/tuning_file.h"
#include "tests/kernels/device_case.h"
#include "tests/kernels/known_faults.h"
#include "tests/opencl/any_device.h"
#include "tests/sweep/shapes.h"
#include "tests/sweep/trial.h"

#include <signal.h>
#include <unistd.h>

enum {
    MOST_ROWS = 32,
    MOST_SETS = 16,
    MOST_REASONS = 32,
    OWN_SET_EVERY = 190, /* trials, where sets are chosen for it */
    SETS_EACH = 2,       /* of the candidates for a reference workload */
    CANDIDATES_EACH = 6, /* of a workload, where each is another program */
    PATIENCE_S = 400     /* for one trial; compiling may take most of it */
};

/* A provider, and how. One of ours: on the device dressed as "CPU" or "GPU". A library: with its
 * "own" tunables or, in another process since some keep them, with "other" ones; "" without any. */
typedef struct sweep_row {
    const gv__device_provider *provider;
    const char *as;
} sweep_row;

typedef struct reason {
    char text[160];
    uint32_t count;
} reason;

/* One row's sweep. */
typedef struct sweep {
    gv__context *context;
    sweep_row row;
    bool plain;
    uint64_t seed;
    double end_s;
    gv__parameters sets[MOST_SETS], candidate;
    uint32_t set_count, choices;
    uint32_t offered, count[SWEEP_OUTCOMES];
    uint32_t known; /* failures and wrong results that are not ours */
    reason reasons[MOST_REASONS];
    uint32_t reason_count;
} sweep;

static struct {
    bool list, brief, plain;
    const char *workload, *set;
    uint32_t row, largest;
    uint64_t seed;
    double seconds;
} options = {.row = UINT32_MAX, .largest = 70, .seed = 1, .seconds = 60};

/* What stands for an operation where facts decide, and whose candidates other shapes are run with.
 */
static const char *const references[GV_OP_COUNT][2] = {
    [GV_OP_MATMUL] = {"matmul:m=37,n=190,k=300", "matmul:m=1,n=190,k=300"},
    [GV_OP_CONV2D] = {"conv2d:n=2,c=6,h=11,w=13,k=14,r=3,s=3,pad=1x1",
                      "conv2d:n=2,c=6,h=11,w=13,k=12,r=3,s=3,pad=1x1,groups=6"},
    [GV_OP_FFT] = {"fft:shape=4x1536"},
    [GV_OP_DENSE] = {"dense:batch=37,in=300,out=190", "dense:batch=2,in=300,out=190"},
};

/* ---- last words ---- */

static char at_work[GV_WORKLOAD_TEXT + GV__PARAMETERS_TEXT + 160];

static void last_words(int number)
{
    static const char hung[] = "hung\t";
    static const char died[] = "died\t";
    ssize_t written = write(STDOUT_FILENO, number == SIGALRM ? hung : died, sizeof died - 1);
    written += write(STDOUT_FILENO, at_work, strlen(at_work));
    _exit(written > 0 ? 3 : 4);
}

static void leave_last_words(void)
{
    static const int numbers[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGALRM};
    for (size_t i = 0; i < GV__COUNT(numbers); i++) {
        signal(numbers[i], last_words);
    }
}

/* ---- rows ---- */

static bool is_ours(const gv__device_provider *provider)
{
    return strncmp(provider->name, "gpuverdict", strlen("gpuverdict")) == 0;
}

/* Whether shapes are built into its programs, so that each workload compiles. */
static bool builds_for_each(const gv__device_provider *provider)
{
    return provider->op == GV_OP_FFT ||
           (provider->op == GV_OP_CONV2D && strstr(provider->name, "GEMM") == NULL);
}

static gv_workload reference(gv_op op, size_t number)
{
    gv_workload workload = {.op = GV_OP_CUSTOM};
    gv_error err = {0};
    if (references[op][number] != NULL &&
        gv_workload_parse(references[op][number], &workload, &err) != GV_OK) {
        fprintf(stderr, "%s: %s\n", references[op][number], err.text);
    }
    return workload;
}

/* Nothing where the row is of a library. */
static gv_device dress(gv__context *context, const sweep_row *row)
{
    return is_ours(row->provider) ? device_case_dress(context, row->as) : context->facts;
}

static bool supports_any(const gv__context *context, const gv__device_provider *provider)
{
    for (size_t r = 0; r < GV__COUNT(references[0]); r++) {
        const gv_workload workload = reference(provider->op, r);
        if (workload.op == provider->op &&
            provider->supports(&context->facts, &workload, NULL) == GV_OK) {
            return true;
        }
    }
    return false;
}

static size_t list_rows(gv__context *context, sweep_row rows[MOST_ROWS])
{
    static const char *const ours[] = {"CPU", "GPU", NULL};
    static const char *const with_tunables[] = {"own", "other", NULL};
    static const char *const without[] = {"", NULL};
    size_t count = 0;
    for (int op = 0; op < GV_OP_COUNT; op++) {
        size_t providers = 0;
        const gv__device_provider *const *table = gv__device_providers((gv_op)op, &providers);
        for (size_t i = 0; i < providers; i++) {
            const char *const *as = is_ours(table[i])             ? ours
                                    : table[i]->candidate != NULL ? with_tunables
                                                                  : without;
            for (; *as != NULL; as++) {
                const sweep_row made = {table[i], *as};
                const gv_device facts = dress(context, &made);
                if (supports_any(context, table[i]) && count < MOST_ROWS) {
                    rows[count++] = made;
                }
                context->facts = facts;
            }
        }
    }
    return count;
}

/* ---- tunables ---- */

static void add_set(sweep *s, const gv__parameters *set)
{
    for (uint32_t i = 0; i < s->set_count; i++) {
        if (gv__parameters_equal(&s->sets[i], set)) {
            return;
        }
    }
    if (s->set_count < MOST_SETS) {
        s->sets[s->set_count++] = *set;
    }
}

/* A few candidates of the reference workloads, from all over their list; a library's first is its
 * own. */
static void add_candidates(sweep *s)
{
    const gv__device_provider *provider = s->row.provider;
    for (size_t r = 0; r < GV__COUNT(references[0]); r++) {
        const gv_workload workload = reference(provider->op, r);
        uint32_t count = 0;
        gv__parameters set;
        while (workload.op != GV_OP_CUSTOM &&
               provider->candidate(&s->context->facts, &workload, count, &set)) {
            count++;
        }
        const uint32_t first = is_ours(provider) ? 0 : 1;
        for (uint32_t i = 0; i < SETS_EACH && first + i < count; i++) {
            provider->candidate(&s->context->facts, &workload,
                                first + i * (count - first) / SETS_EACH, &set);
            add_set(s, &set);
        }
    }
}

/* What comes with the program, whatever device it was found on. */
static void add_shipped(sweep *s)
{
    gv__tuning shipped = {.devices = NULL};
    gv_error err = {0};
    if (gv__tuning_shipped(&shipped, &err) != GV_OK) {
        printf("note\t%s\n", err.text);
        return;
    }
    for (size_t d = 0; d < shipped.device_count; d++) {
        for (size_t c = 0; c < shipped.devices[d].class_count; c++) {
            const gv__tuned_class *class = &shipped.devices[d].classes[c];
            for (uint32_t i = 0; i < class->set_count; i++) {
                gv__parameters set;
                if (class->workload.op == s->row.provider->op &&
                    strcmp(class->set[i].provider, s->row.provider->name) == 0 &&
                    gv__parameters_read(class->set[i].parameters, &set, NULL) == GV_OK) {
                    add_set(s, &set);
                }
            }
        }
    }
    gv__tuning_free(&shipped);
}

/* What other precisions and activations are run with: they are other programs already. */
static const gv__parameters *first_of(sweep *s, gv_precision precision)
{
    gv_workload workload = reference(s->row.provider->op, 0);
    workload.precision = precision;
    return s->row.provider->candidate(&s->context->facts, &workload, 0, &s->candidate)
               ? &s->candidate
               : NULL;
}

/* The next set for a workload; NULL: the provider's own, which depends on the shape. Compiling is
 * nearly all of a sweep's time, so sets are few where shapes are not built into programs. */
static const gv__parameters *choose(sweep *s, const gv_workload *workload, sweep_way way)
{
    const gv__device_provider *provider = s->row.provider;
    const uint32_t choice = s->choices++;
    if (provider->candidate == NULL || strcmp(s->row.as, "own") == 0) {
        return NULL;
    }
    if (builds_for_each(provider)) {
        const uint32_t one = choice % (s->set_count + CANDIDATES_EACH);
        if (way == SWEEP_TOGETHER) {
            return NULL;
        }
        return one < s->set_count ? &s->sets[one]
               : provider->candidate(&s->context->facts, workload, one - s->set_count,
                                     &s->candidate)
                   ? &s->candidate
                   : NULL;
    }
    if (options.brief) {
        return first_of(s, workload->precision);
    }
    if (is_ours(provider) && choice % OWN_SET_EVERY == 0) {
        return NULL;
    }
    const bool usual = workload->precision == GV_PRECISION_F32 &&
                       (workload->op != GV_OP_DENSE || workload->as.dense.act == GV_ACT_NONE);
    return usual && s->set_count > 0 ? &s->sets[choice % s->set_count]
                                     : first_of(s, workload->precision);
}

/* ---- outcomes ---- */

/* Reasons that differ in their figures alone are one. */
static void count_reason(sweep *s, const char *why)
{
    char text[sizeof s->reasons[0].text];
    size_t length = 0;
    for (; *why != 0 && length + 1 < sizeof text; why++) {
        const bool digit = *why >= '0' && *why <= '9';
        if (!digit || length == 0 || text[length - 1] != '#') {
            text[length++] = digit ? '#' : *why;
        }
    }
    text[length] = 0;
    uint32_t i = 0;
    while (i < s->reason_count && strcmp(s->reasons[i].text, text) != 0) {
        i++;
    }
    if (i < MOST_REASONS) {
        memcpy(s->reasons[i].text, text, length + 1);
        s->reason_count += i == s->reason_count;
        s->reasons[i].count++;
    }
}

/* With `set`; where the shape cannot have it, with `otherwise`, and then with the provider's own.
 */
static void run_one(sweep *s, const gv_workload *workload, const gv__parameters *set,
                    const gv__parameters *otherwise)
{
    sweep_trial trial = {.context = s->context,
                         .provider = s->row.provider,
                         .parameters = set,
                         .workload = *workload,
                         .plain = s->plain};
    char text[GV_WORKLOAD_TEXT];
    char tunables[GV__PARAMETERS_TEXT] = "";
    char why[256];
    sweep_outcome outcome;
    alarm(PATIENCE_S);
    for (;;) {
        snprintf(at_work, sizeof at_work, "%s\t%s\n", gv_workload_format(workload, text),
                 trial.parameters != NULL ? gv__parameters_text(trial.parameters, tunables) : "");
        outcome = sweep_try(&trial, s->seed + s->offered, why, sizeof why);
        if (outcome != SWEEP_UNSUPPORTED || trial.parameters == NULL) {
            break;
        }
        /* Not for this shape. */
        trial.parameters = trial.parameters != otherwise ? otherwise : NULL;
    }
    alarm(0);
    if (outcome == SWEEP_RIGHT) {
        s->count[outcome]++;
    } else if (outcome == SWEEP_UNSUPPORTED) {
        s->count[outcome]++;
        count_reason(s, why);
    } else {
        const bool known =
            known_fault_find(s->row.provider->name, &s->context->facts, workload, why) != NULL;
        *(known ? &s->known : &s->count[outcome]) += 1;
        printf("%s\t%s\t%s\t%s\n",
               known                    ? "known"
               : outcome == SWEEP_WRONG ? "wrong"
                                        : "failed",
               text, trial.parameters != NULL ? tunables : "", why);
    }
}

static bool take(void *context, const gv_workload *workload, sweep_way way)
{
    sweep *s = context;
    gv_workload checked;
    gv_error err = {0};
    char text[GV_WORKLOAD_TEXT];
    if (gv_workload_parse(gv_workload_format(workload, text), &checked, &err) != GV_OK) {
        fprintf(stderr, "%s: %s\n", text, err.text);
        return false;
    }
    s->offered++;
    if (gv__now_s() < s->end_s) {
        const gv__parameters *set = choose(s, &checked, way);
        const bool few = s->row.provider->candidate != NULL && !builds_for_each(s->row.provider);
        run_one(s, &checked, set, few ? first_of(s, checked.precision) : NULL);
    }
    return true;
}

/* ---- a row ---- */

/* Where every shape compiles, some odd sizes are walked, and each dimension only with the others.
 */
static sweep_reach reach_of(const gv__device_provider *provider)
{
    const bool builds = builds_for_each(provider);
    const bool winograd = provider->algorithm == GV__ALGORITHM_WINOGRAD_2 ||
                          provider->algorithm == GV__ALGORITHM_WINOGRAD_4;
    const uint32_t largest = options.largest;
    sweep_reach reach = {.largest = largest,
                         .every = 1,
                         .drawn = 3 * largest,
                         .alone = !builds,
                         .convolutions = winograd                              ? SWEEP_WINOGRAD
                                         : strstr(provider->name, "depthwise") ? SWEEP_DEPTHWISE
                                                                               : SWEEP_ANY};
    if (builds && !options.plain) { /* a simulator compiles quickly, and runs few sizes anyway */
        reach.every = provider->op == GV_OP_FFT ? 2 : winograd ? 6 : 4;
        reach.drawn = largest / (winograd ? 10 : 5);
    }
    if (options.brief) {
        reach.every = builds ? largest : provider->candidate == NULL ? 9 : 1;
        reach.halves = builds || provider->candidate == NULL ? 0 : 18;
        reach.drawn = builds ? 1 : 0;
        reach.alone = false;
    }
    return reach;
}

static void tell(const sweep *s, double seconds)
{
    static const char *const words[SWEEP_OUTCOMES] = {"right", "unsupported", "failed", "wrong"};
    uint32_t tried = s->known;
    for (int i = 0; i < SWEEP_OUTCOMES; i++) {
        tried += s->count[i];
    }
    printf("row\t%s\t%s\t%s\t%u\t%u", gv_op_name(s->row.provider->op), s->row.provider->name,
           s->row.as, (unsigned)s->offered, (unsigned)tried);
    for (int i = 0; i < SWEEP_OUTCOMES; i++) {
        printf("\t%s %u", words[i], (unsigned)s->count[i]);
    }
    printf("\tknown %u\t%.0f s\n", (unsigned)s->known, seconds);
    for (uint32_t i = 0; i < s->reason_count; i++) {
        printf("unsupported\t%u\t%s\n", (unsigned)s->reasons[i].count, s->reasons[i].text);
    }
    fflush(stdout);
}

/* The named workload alone, or all of them. False where anything failed or was wrong. */
static bool run_row(gv__context *context, const sweep_row *row)
{
    sweep s = {.context = context, .row = *row, .plain = options.plain, .seed = options.seed};
    const gv_device facts = dress(context, row);
    const double start_s = gv__now_s();
    s.end_s = start_s + options.seconds;
    bool whole = true;
    if (options.workload != NULL) {
        gv_workload workload;
        gv__parameters set;
        gv_error err = {0};
        whole = gv_workload_parse(options.workload, &workload, &err) == GV_OK &&
                (options.set == NULL || gv__parameters_read(options.set, &set, &err) == GV_OK);
        if (whole) {
            run_one(&s, &workload, options.set != NULL ? &set : NULL, NULL);
        } else {
            fprintf(stderr, "%s\n", err.text);
        }
    } else {
        const sweep_reach reach = reach_of(row->provider);
        if (row->provider->candidate != NULL && !builds_for_each(row->provider)) {
            add_candidates(&s);
        }
        add_shipped(&s);
        whole = sweep_shapes(row->provider->op, &reach, options.seed, take, &s);
    }
    tell(&s, gv__now_s() - start_s);
    context->facts = facts;
    return whole && s.count[SWEEP_WRONG] + s.count[SWEEP_FAILED] == 0;
}

/* ---- the program ---- */

static bool read_options(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : NULL;
        const bool flag = strcmp(argv[i], "--list") == 0 || strcmp(argv[i], "--short") == 0 ||
                          strcmp(argv[i], "--plain") == 0;
        if (flag) {
            options.list = options.list || argv[i][2] == 'l';
            options.brief = options.brief || argv[i][2] == 's';
            options.plain = options.plain || argv[i][2] == 'p';
            continue;
        }
        if (value == NULL) {
            return false;
        }
        i++;
        if (strcmp(argv[i - 1], "--row") == 0) {
            options.row = (uint32_t)strtoul(value, NULL, 10);
        } else if (strcmp(argv[i - 1], "--largest") == 0) {
            options.largest = (uint32_t)strtoul(value, NULL, 10);
        } else if (strcmp(argv[i - 1], "--seed") == 0) {
            options.seed = strtoull(value, NULL, 10);
        } else if (strcmp(argv[i - 1], "--seconds") == 0) {
            options.seconds = strtod(value, NULL);
        } else if (strcmp(argv[i - 1], "--workload") == 0) {
            options.workload = value;
        } else if (strcmp(argv[i - 1], "--set") == 0) {
            options.set = value;
        } else {
            return false;
        }
    }
    return options.largest >= 2 && options.largest <= 128;
}

static bool sweep_rows(gv__context *context)
{
    sweep_row rows[MOST_ROWS];
    const size_t count = list_rows(context, rows);
    bool right = true;
    for (size_t i = 0; i < count; i++) {
        if (options.list) {
            printf("%zu\t%s\t%s\t%s\n", i, gv_op_name(rows[i].provider->op), rows[i].provider->name,
                   rows[i].as);
        } else if (options.brief ? is_ours(rows[i].provider)
                                 : options.row == UINT32_MAX || options.row == i) {
            right = run_row(context, &rows[i]) && right;
        }
    }
    return right;
}

int main(int argc, char **argv)
{
    if (!read_options(argc, argv)) {
        fprintf(stderr, "usage: gv_sweep [--list] [--short] [--plain] [--row N] [--largest N] "
                        "[--seed N] [--seconds S] [--workload W [--set TUNABLES]]\n");
        return 2;
    }
    if (!any_device_find().found) {
        return gv_test_no_device("no OpenCL device");
    }
    setvbuf(stdout, NULL, _IOLBF, 0); /* what was said must not be lost when a driver dies */
    leave_last_words();
    void *context = NULL;
    if (any_device_open(&context) != 0) {
        return 1;
    }
    printf("device\t%s\t%s\t%s\n",
           gv_device_text(&((gv__context *)context)->facts, GV_DEVICE_PLATFORM),
           gv_device_text(&((gv__context *)context)->facts, GV_DEVICE_NAME),
           gv_device_text(&((gv__context *)context)->facts, GV_DEVICE_DRIVER));
    const bool right = sweep_rows(context);
    gv__device_providers_release();
    const bool closed = any_device_close(&context) == 0;
    return right && closed ? 0 : 1;
}
