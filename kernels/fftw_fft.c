/* SPDX-License-Identifier: Apache-2.0 */
/* fft by FFTW: planned by measurement, outside the time, with the plans' wisdom kept between runs.
 *
 * A transform to real numbers of several axes would overwrite its input. It is done in two parts:
 * the leading axes into work space, then the last one from there; FFTW takes the same steps.
 * FFTW does not scale: the factor 1/N of an inverse is a pass of its own, inside the time.
 * Asked for several threads, FFTW's planner always takes them, though one is five times faster at
 * 64 points: the number of threads is measured here. */
#include "base/file_cache.h"
#include "base/host_facts.h"
#include "base/support.h"
#include "kernels/host_rows.h"
#include "kernels/host_threads.h"

#include <fftw3.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Per call of the planner; what it then has is used. It is long enough on a quiet machine. */
#define PLANNING_LIMIT_S 8.0

/* fftw_iodim64 and fftwf_iodim64 are of this one type. */
typedef struct fftw_iodim64_do_not_use_me part_dim;

/* One call of the library: axes to transform, and axes to repeat that over. */
typedef struct fft_part {
    gv_fft_kind kind;
    bool inverse;
    int rank, loops;
    part_dim dims[GV_FFT_MAX_DIMS];
    part_dim loop[GV_FFT_MAX_DIMS + 1];
} fft_part;

typedef void parallel_loop(void *(*work)(char *), char *jobs, size_t size, int count, void *data);

typedef struct fftw_calls {
    const char *version; /* "fftw-3.3.10-sse2-avx…" */
    void *(*plan)(const fft_part *part, void *in, void *out, unsigned flags);
    void (*execute)(gv_fft_kind kind, void *plan, void *in, void *out);
    void (*destroy)(void *plan);
    int (*alignment)(void *array);
    void (*scale)(void *array, size_t from, size_t to, double factor);
    void *(*allocate)(size_t bytes);
    void (*release)(void *array);
    int (*init_threads)(void);
    void (*use_threads)(int threads);
    void (*set_loop)(parallel_loop *loop, void *data);
    void (*set_time_limit)(double seconds);
    int (*import_wisdom)(const char *path);
    int (*export_wisdom)(const char *path);
} fftw_calls;

#define PASTE_NOW(a, b) a##b
#define PASTE(a, b)     PASTE_NOW(a, b)

#define X(name) fftw_##name
#define REAL    double
#define TABLE   calls_f64
#include "kernels/fftw_calls.h"

#if defined(GV_HAVE_FFTWF)
#define X(name) fftwf_##name
#define REAL    float
#define TABLE   calls_f32
#include "kernels/fftw_calls.h"
#endif

enum {
    SCALE_BLOCK = 1 << 15,
    ALIGNMENT = 64,
    /* Points of all transforms together: below, threads cannot win; above, they cannot lose; and
     * what one thread should at least have. */
    THREADED_FROM = 1 << 12,
    SERIAL_UP_TO = 1 << 15,
    THREAD_POINTS = 1 << 12,
    TRIALS = 5
};

typedef struct fft_plan {
    const fftw_calls *calls;
    gv_fft fft;
    gv_precision precision;
    uint32_t parts;
    fft_part part[2];
    void *step[2]; /* FFTW's plans */
    void *in[2], *out[2];
    void *between;  /* work space between two parts, or NULL */
    size_t numbers; /* of the output */
    double scale;   /* 1 where there is nothing to scale */
    gv__threads *pool;
} fft_plan;

static const fftw_calls *calls_of(gv_precision precision)
{
    switch (precision) {
    case GV_PRECISION_F64:
        return &calls_f64;
    case GV_PRECISION_F32:
#if defined(GV_HAVE_FFTWF)
        return &calls_f32;
#endif
    case GV_PRECISION_F16:
        break;
    }
    return NULL;
}

static const char *version(void)
{
    static char text[16] = "";
    /* "fftw-3.3.10-sse2-avx" */
    if (text[0] == 0 && sscanf(fftw_version, "fftw-%15[0-9.]", text) != 1) {
        gv__copy_text(text, sizeof text, "unknown");
    }
    return text;
}

static gv_status supports(const gv_workload *workload, gv_error *err)
{
    if (calls_of(workload->precision) == NULL) {
        return gv__fail(err, GV_UNSUPPORTED, 0, NULL, "FFTW was built in without %s",
                        gv_precision_name(workload->precision));
    }
    return GV_OK;
}

/* FFTW's threaded loop, carried out by our threads: they spin for a moment where its own sleep. */
typedef struct loop_jobs {
    void *(*work)(char *);
    char *jobs;
    size_t size;
} loop_jobs;

static void do_loop_job(void *context, size_t job, uint32_t thread)
{
    (void)thread;
    const loop_jobs *loop = context;
    loop->work(loop->jobs + job * loop->size);
}

/* A parallel_loop: FFTW gives its jobs as it likes, without const. */
// NOLINTNEXTLINE(readability-non-const-parameter)
static void run_loop(void *(*work)(char *), char *jobs, size_t size, int count, void *pool)
{
    loop_jobs loop = {work, jobs, size};
    gv__threads_run(pool, do_loop_job, &loop, (size_t)count);
}

/* $XDG_CACHE_HOME/gpuverdict/fftw-f32-<digest>.wisdom: plans belong to a version and a processor,
 * and homes are shared by machines. NULL where there is no such place. Freed by the caller. */
static char *wisdom_path(const fftw_calls *calls, gv_precision precision)
{
    char *folder = gv__cache_folder(NULL);
    if (folder == NULL) {
        return NULL;
    }
    gv_host host;
    gv__host_facts(&host);
    gv__text key = {0};
    gv__text path = {0};
    gv__text_printf(&key, "%s %s", calls->version, host.fact[GV_HOST_MODEL].text);
    uint64_t digest = UINT64_C(0xcbf29ce484222325); /* FNV-1a */
    for (const char *c = key.data; c != NULL && *c != 0; c++) {
        digest = (digest ^ (unsigned char)*c) * UINT64_C(0x100000001b3);
    }
    gv__text_free(&key);
    gv__text_printf(&path, "%s/fftw-%s-%08x.wisdom", folder, gv_precision_name(precision),
                    (unsigned)(digest >> 32));
    free(folder);
    if (path.failed) {
        gv__text_free(&path);
        return NULL;
    }
    return path.data;
}

/* Failing to keep wisdom costs time and nothing else: it is never an error. */
static void save_wisdom(const fftw_calls *calls, const char *path)
{
    gv__text temporary = {0};
    gv__text_printf(&temporary, "%s.%ld", path, (long)getpid());
    if (!temporary.failed) {
        if (calls->export_wisdom(temporary.data) != 1 || rename(temporary.data, path) != 0) {
            unlink(temporary.data);
        }
    }
    gv__text_free(&temporary);
}

/* Row-major steps of the axes, the last one `last` numbers long (of its own kind). */
static void fill_dims(const gv_fft *fft, size_t last_in, size_t last_out, fft_part *part)
{
    ptrdiff_t in = 1;
    ptrdiff_t out = 1;
    for (uint32_t d = fft->dims; d-- > 0;) {
        bool last = d + 1 == fft->dims;
        part->dims[d] = (part_dim){(ptrdiff_t)fft->shape[d], in, out};
        in *= last ? (ptrdiff_t)last_in : (ptrdiff_t)fft->shape[d];
        out *= last ? (ptrdiff_t)last_out : (ptrdiff_t)fft->shape[d];
    }
    part->rank = (int)fft->dims;
    part->loops = 1;
    part->loop[0] = (part_dim){(ptrdiff_t)fft->batch, in, out};
}

/* c2r of several axes: the leading ones complex to complex, then the last one. */
static void split_c2r(const gv_fft *fft, fft_part part[2])
{
    uint32_t leading = fft->dims - 1;
    size_t last = fft->shape[leading];
    ptrdiff_t half = (ptrdiff_t)(last / 2 + 1);
    fft_part whole = {0};
    fill_dims(fft, (size_t)half, last, &whole);
    part[0] = (fft_part){.kind = GV_FFT_C2C, .inverse = true, .rank = (int)leading, .loops = 2};
    part[1] = (fft_part){.kind = GV_FFT_C2R, .inverse = true, .rank = 1, .loops = 1};
    ptrdiff_t rows = (ptrdiff_t)fft->batch;
    for (uint32_t d = 0; d < leading; d++) {
        part_dim step = whole.dims[d];
        part[0].dims[d] = (part_dim){step.n, step.is, step.is};
        rows *= step.n;
    }
    part[0].loop[0] = (part_dim){whole.loop[0].n, whole.loop[0].is, whole.loop[0].is};
    part[0].loop[1] = (part_dim){half, 1, 1};
    part[1].dims[0] = (part_dim){(ptrdiff_t)last, 1, 1};
    part[1].loop[0] = (part_dim){rows, half, (ptrdiff_t)last};
}

static void describe(fft_plan *plan)
{
    const gv_fft *fft = &plan->fft;
    size_t last = fft->shape[fft->dims - 1];
    size_t half = last / 2 + 1;
    plan->parts = 1;
    if (fft->kind == GV_FFT_C2R && fft->dims > 1) {
        plan->parts = 2;
        split_c2r(fft, plan->part);
        return;
    }
    plan->part[0] = (fft_part){.kind = fft->kind, .inverse = fft->inverse};
    fill_dims(fft, fft->kind == GV_FFT_C2R ? half : last, fft->kind == GV_FFT_R2C ? half : last,
              &plan->part[0]);
}

/* A block of `bytes` with the alignment of `like`, in FFTW's sense; *block is to be released. */
static void *allocate_like(const fftw_calls *calls, void *like, size_t bytes, void **block)
{
    int wanted = calls->alignment(like);
    *block = calls->allocate(bytes + ALIGNMENT);
    if (*block == NULL) {
        return NULL;
    }
    char *at = *block;
    for (int i = 0; i < ALIGNMENT && calls->alignment(at) != wanted; i++) {
        at++;
    }
    return at;
}

static void destroy_steps(fft_plan *plan, void *step[2])
{
    for (uint32_t i = 0; i < plan->parts; i++) {
        if (step[i] != NULL) {
            plan->calls->destroy(step[i]);
            step[i] = NULL;
        }
    }
}

/* Plan for `threads`. Planning writes into its arrays, so that `stand_in` takes the input's place.
 */
static gv_status make_steps(fft_plan *plan, void *stand_in, uint32_t threads, gv_error *err)
{
    const fftw_calls *calls = plan->calls;
    calls->use_threads((int)threads);
    calls->set_time_limit(PLANNING_LIMIT_S);
    for (uint32_t i = 0; i < plan->parts; i++) {
        /* What stands between two parts may be overwritten, the input may not. */
        unsigned keep = i == 0 ? FFTW_PRESERVE_INPUT : FFTW_DESTROY_INPUT;
        plan->step[i] = calls->plan(&plan->part[i], i == 0 ? stand_in : plan->in[i], plan->out[i],
                                    FFTW_MEASURE | keep);
        if (plan->step[i] == NULL) {
            destroy_steps(plan, plan->step);
            return gv__fail(err, GV_LIBRARY, 0, "fftw_plan_guru64",
                            "FFTW could not plan this transform");
        }
    }
    return GV_OK;
}

static void execute(const fft_plan *plan)
{
    for (uint32_t i = 0; i < plan->parts; i++) {
        plan->calls->execute(plan->part[i].kind, plan->step[i], plan->in[i], plan->out[i]);
    }
}

/* The shortest of a few runs. */
static double time_steps(const fft_plan *plan)
{
    double shortest = HUGE_VAL;
    for (int i = 0; i < TRIALS; i++) {
        double start = gv__now_s();
        execute(plan);
        shortest = fmin(shortest, gv__now_s() - start);
    }
    return shortest;
}

/* The numbers of threads worth a trial, fewest first; returns how many. */
static uint32_t list_threads(const fft_plan *plan, uint32_t list[3])
{
    uint64_t points = gv_fft_points(&plan->fft) * plan->fft.batch;
    uint32_t all = gv__threads_count(plan->pool);
    uint64_t fitting = points / THREAD_POINTS;
    uint32_t some = fitting < 2 ? 2 : fitting < all ? (uint32_t)fitting : all;
    uint32_t count = 0;
    if (all == 1 || points <= SERIAL_UP_TO) {
        list[count++] = 1;
    }
    if (all > 1 && points >= THREADED_FROM) {
        if (some < all) {
            list[count++] = some;
        }
        list[count++] = all;
    }
    return count;
}

/* Plan for each number of threads and keep the fastest. */
static gv_status choose_steps(fft_plan *plan, size_t in_bytes, gv_error *err)
{
    void *block = NULL;
    void *stand_in = allocate_like(plan->calls, plan->in[0], in_bytes, &block);
    if (stand_in == NULL) {
        return gv__fail(err, GV_MEMORY, 0, "fftw_malloc", "there is no memory for planning");
    }
    memset(stand_in, 0, in_bytes);
    uint32_t list[3];
    uint32_t count = list_threads(plan, list);
    void *best[2] = {NULL, NULL};
    double best_s = HUGE_VAL;
    gv_status status = GV_OK;
    for (uint32_t i = 0; status == GV_OK && i < count; i++) {
        status = make_steps(plan, stand_in, list[i], err);
        double time_s = status == GV_OK && count > 1 ? time_steps(plan) : 0;
        if (status == GV_OK && time_s < best_s) {
            best_s = time_s;
            destroy_steps(plan, best);
            memcpy(best, plan->step, sizeof best);
            memset(plan->step, 0, sizeof plan->step);
        } else {
            destroy_steps(plan, plan->step);
        }
    }
    memcpy(plan->step, best, sizeof best);
    plan->calls->release(block);
    return status;
}

static void destroy(void *argument)
{
    fft_plan *plan = argument;
    if (plan == NULL) {
        return;
    }
    destroy_steps(plan, plan->step);
    if (plan->between != NULL) {
        plan->calls->release(plan->between);
    }
    gv__threads_free(plan->pool);
    free(plan);
}

static gv_status prepare(fft_plan *plan, const gv_workload *workload, const void *input,
                         void *output, uint32_t threads, gv_error *err)
{
    gv_operands operands;
    gv_status status = gv_workload_operands(workload, &operands, err);
    if (status == GV_OK) {
        status = gv__threads_create(threads, &plan->pool, err);
    }
    if (status != GV_OK) {
        return status;
    }
    describe(plan);
    plan->numbers = operands.output.elements;
    bool inverse = plan->fft.inverse || plan->fft.kind == GV_FFT_C2R;
    plan->scale = inverse ? 1 / (double)gv_fft_points(&plan->fft) : 1;
    /* FFTW's types know no const; FFTW_PRESERVE_INPUT is what keeps the input. */
    memcpy(&plan->in[0], &input, sizeof input);
    plan->out[plan->parts - 1] = output;
    if (plan->parts == 2) {
        plan->between = plan->calls->allocate(operands.input[0].bytes);
        if (plan->between == NULL) {
            return gv__fail(err, GV_MEMORY, 0, "fftw_malloc", "there is no memory for a plan");
        }
        plan->out[0] = plan->between;
        plan->in[1] = plan->between;
    }
    if (plan->calls->init_threads() == 0) {
        return gv__fail(err, GV_LIBRARY, 0, "fftw_init_threads", "FFTW could not use threads");
    }
    plan->calls->set_loop(run_loop, plan->pool);
    char *wisdom = wisdom_path(plan->calls, workload->precision);
    if (wisdom != NULL) {
        plan->calls->import_wisdom(wisdom); /* a first run has none */
    }
    status = choose_steps(plan, operands.input[0].bytes, err);
    if (status == GV_OK && wisdom != NULL) {
        save_wisdom(plan->calls, wisdom);
    }
    free(wisdom);
    return status;
}

static gv_status create(const gv_workload *workload, const void *const inputs[], void *output,
                        uint32_t threads, void **out, gv__costs *costs, gv_error *err)
{
    double start = gv__now_s();
    fft_plan *plan = calloc(1, sizeof *plan);
    if (plan == NULL) {
        return gv__fail(err, GV_MEMORY, 0, "calloc", "there is no memory for a plan");
    }
    plan->calls = calls_of(workload->precision);
    plan->fft = workload->as.fft;
    gv_status status = prepare(plan, workload, inputs[0], output, threads, err);
    if (status != GV_OK) {
        destroy(plan);
        return status;
    }
    gv__costs_add(costs, GV_COST_PLAN, gv__now_s() - start);
    *out = plan;
    return GV_OK;
}

static void scale_block(void *context, size_t block, uint32_t thread)
{
    (void)thread;
    const fft_plan *plan = context;
    size_t from = block * SCALE_BLOCK;
    size_t to = from + SCALE_BLOCK < plan->numbers ? from + SCALE_BLOCK : plan->numbers;
    plan->calls->scale(plan->out[plan->parts - 1], from, to, plan->scale);
}

static gv_status run(void *argument, gv_error *err)
{
    (void)err;
    fft_plan *plan = argument;
    plan->calls->set_loop(run_loop, plan->pool); /* it belongs to the process */
    execute(plan);
    if (plan->scale != 1) {
        gv__threads_run(plan->pool, scale_block, plan,
                        (plan->numbers + SCALE_BLOCK - 1) / SCALE_BLOCK);
    }
    return GV_OK;
}

const gv__host_provider gv__fftw_fft = {
    .name = "FFTW",
    .op = GV_OP_FFT,
    .version = version,
    .supports = supports,
    .create = create,
    .run = run,
    .destroy = destroy,
};
