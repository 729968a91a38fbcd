/* SPDX-License-Identifier: Apache-2.0 */
/* The host's roof: all cores run chains of multiply-adds in registers, then read memory.
 *
 * This file is compiled with optimisation and contraction whatever the rest is compiled with
 * (CMakeLists.txt): a * b + c must become the processor's own fused instruction, and a roof that
 * was measured in a debug build must not be lower than a library's speed. */
#include "kernels/roof.h"

#include "base/host_facts.h"
#include "base/support.h"
#include "kernels/roof_chain.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* ---- chains, for each kind of register ----------------------------------------------------- */

/* Latency times ports is 8 to 10 on x86, up to 16 elsewhere: so many chains must be under way. With
 * 16 registers there is room for 12 and the constants. */
#define EACH_OF_12(X) X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11)
#define EACH_OF_24(X)                                                                              \
    EACH_OF_12(X) X(12) X(13) X(14) X(15) X(16) X(17) X(18) X(19) X(20) X(21) X(22) X(23)

#define CHAIN_START(i) vec a##i = first + (real)((i) / 64.0);
#define CHAIN_STEP(i)  a##i = a##i * c + d;
#define CHAIN_ADD(i)   sum += a##i;

/* Run `blocks` blocks and return the sum of all their results. */
#define CHAIN_FUNCTION(name, attributes, type, bytes, EACH)                                        \
    attributes static double name(uint64_t blocks)                                                 \
    {                                                                                              \
        typedef type real;                                                                         \
        typedef type vec __attribute__((vector_size(bytes)));                                      \
        enum { LANES = (bytes) / sizeof(real) };                                                   \
        const vec zero = {0};                                                                      \
        const vec c = zero + (real)gv__chain_c;                                                    \
        const vec d = zero + (real)(1 - gv__chain_c);                                              \
        vec sum = zero;                                                                            \
        vec lanes;                                                                                 \
        for (int l = 0; l < LANES; l++) {                                                          \
            lanes[l] = (real)(1.25 + l / 128.0);                                                   \
        }                                                                                          \
        for (uint64_t b = 0; b < blocks; b++) {                                                    \
            const vec first = lanes + (real)((double)(b % GV__CHAIN_SHIFTS) / 1024.0);             \
            EACH(CHAIN_START)                                                                      \
            for (int s = 0; s < GV__CHAIN_STEPS; s++) {                                            \
                EACH(CHAIN_STEP)                                                                   \
            }                                                                                      \
            EACH(CHAIN_ADD)                                                                        \
        }                                                                                          \
        double total = 0;                                                                          \
        for (int l = 0; l < LANES; l++) {                                                          \
            total += (double)sum[l];                                                               \
        }                                                                                          \
        return total;                                                                              \
    }

#define ALWAYS __attribute__((noinline))
#if defined(__aarch64__) || defined(__powerpc64__) || defined(__riscv)
CHAIN_FUNCTION(chains_f32_base, ALWAYS, float, 16, EACH_OF_24)
CHAIN_FUNCTION(chains_f64_base, ALWAYS, double, 16, EACH_OF_24)
enum { BASE_CHAINS = 24 };
#else
CHAIN_FUNCTION(chains_f32_base, ALWAYS, float, 16, EACH_OF_12)
CHAIN_FUNCTION(chains_f64_base, ALWAYS, double, 16, EACH_OF_12)
enum { BASE_CHAINS = 12 };
#endif

static bool has_base(void)
{
    return true;
}

#if defined(__x86_64__) && defined(__GNUC__)
#define WITH(isa) __attribute__((noinline, target(isa)))
CHAIN_FUNCTION(chains_f32_avx, WITH("avx"), float, 32, EACH_OF_12)
CHAIN_FUNCTION(chains_f64_avx, WITH("avx"), double, 32, EACH_OF_12)
CHAIN_FUNCTION(chains_f32_fma, WITH("avx2,fma"), float, 32, EACH_OF_12)
CHAIN_FUNCTION(chains_f64_fma, WITH("avx2,fma"), double, 32, EACH_OF_12)
CHAIN_FUNCTION(chains_f32_avx512, WITH("avx512f"), float, 64, EACH_OF_24)
CHAIN_FUNCTION(chains_f64_avx512, WITH("avx512f"), double, 64, EACH_OF_24)

static bool has_avx(void)
{
    return __builtin_cpu_supports("avx") != 0;
}

static bool has_fma(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

static bool has_avx512(void)
{
    return __builtin_cpu_supports("avx512f") != 0;
}
#endif

/* From narrow to wide. */
static const struct {
    bool (*present)(void);
    double (*f32)(uint64_t blocks);
    double (*f64)(uint64_t blocks);
    uint32_t chains, bytes;
} kinds[] = {
    {has_base, chains_f32_base, chains_f64_base, BASE_CHAINS, 16},
#if defined(__x86_64__) && defined(__GNUC__)
    {has_avx, chains_f32_avx, chains_f64_avx, 12, 32},
    {has_fma, chains_f32_fma, chains_f64_fma, 12, 32},
    {has_avx512, chains_f32_avx512, chains_f64_avx512, 24, 64},
#endif
};

/* ---- threads that do rounds together ------------------------------------------------------- */

typedef struct crew crew;

/* What a member does in one round; returns a checksum. */
typedef double task(const crew *team, uint32_t member);

struct crew {
    uint32_t size;
    pthread_t *threads;
    pthread_mutex_t gate; /* held until all threads are there, or it is known that they are not */
    pthread_barrier_t barrier;
    bool complete, leave;
    double *start_s, *end_s, *sum; /* of each member, in the last round */
    double *blocks_per_s;          /* of each member, in its best round */
    /* the task, set between rounds by member 0 */
    task *work;
    double (*chains)(uint64_t blocks);
    uint64_t blocks;
    uint64_t *data;
    size_t words; /* of all members together */
};

typedef struct seat {
    crew *team;
    uint32_t member;
} seat;

static void take_part(crew *team, uint32_t member)
{
    team->start_s[member] = gv__now_s();
    team->sum[member] = team->work(team, member);
    team->end_s[member] = gv__now_s();
}

static void *serve(void *argument)
{
    seat at = *(seat *)argument;
    free(argument);
    pthread_mutex_lock(&at.team->gate);
    bool complete = at.team->complete;
    pthread_mutex_unlock(&at.team->gate);
    while (complete) {
        pthread_barrier_wait(&at.team->barrier);
        if (at.team->leave) {
            break;
        }
        take_part(at.team, at.member);
        pthread_barrier_wait(&at.team->barrier);
    }
    return NULL;
}

/* One round of all members; the seconds from the first start to the last end. The caller is member
 * 0. */
static double crew_round(crew *team)
{
    pthread_barrier_wait(&team->barrier);
    take_part(team, 0);
    pthread_barrier_wait(&team->barrier);
    double first = team->start_s[0];
    double last = team->end_s[0];
    for (uint32_t i = 1; i < team->size; i++) {
        first = fmin(first, team->start_s[i]);
        last = fmax(last, team->end_s[i]);
    }
    return last - first;
}

static double crew_sum(const crew *team)
{
    double sum = 0;
    for (uint32_t i = 0; i < team->size; i++) {
        sum += team->sum[i];
    }
    return sum;
}

/* Start members 1 to size - 1; how many there are then. */
static uint32_t crew_hire(crew *team)
{
    uint32_t hired = 1;
    while (hired < team->size) {
        seat *at = malloc(sizeof *at);
        if (at == NULL) {
            break;
        }
        *at = (seat){team, hired};
        if (pthread_create(&team->threads[hired], NULL, serve, at) != 0) {
            free(at);
            break;
        }
        hired++;
    }
    return hired;
}

static void crew_end(crew *team)
{
    if (team->complete) {
        team->leave = true;
        pthread_barrier_wait(&team->barrier);
        for (uint32_t i = 1; i < team->size; i++) {
            pthread_join(team->threads[i], NULL);
        }
        pthread_barrier_destroy(&team->barrier);
        pthread_mutex_destroy(&team->gate);
    }
    free(team->threads);
    free(team->start_s);
    free(team->end_s);
    free(team->sum);
    free(team->blocks_per_s);
    free(team->data);
}

static gv_status crew_begin(crew *team, uint32_t size, gv_error *err)
{
    *team = (crew){.size = size};
    team->threads = calloc(size, sizeof *team->threads);
    team->start_s = calloc(size, sizeof(double));
    team->end_s = calloc(size, sizeof(double));
    team->sum = calloc(size, sizeof(double));
    team->blocks_per_s = calloc(size, sizeof(double));
    if (team->threads == NULL || team->start_s == NULL || team->end_s == NULL ||
        team->sum == NULL || team->blocks_per_s == NULL) {
        return gv__fail(err, GV_MEMORY, 0, NULL, "no memory for %u threads", (unsigned)size);
    }
    if (pthread_mutex_init(&team->gate, NULL) != 0) {
        return gv__fail(err, GV_MEMORY, 0, "pthread_mutex_init", "no mutex for the roof's probe");
    }
    if (pthread_barrier_init(&team->barrier, NULL, size) != 0) {
        pthread_mutex_destroy(&team->gate);
        return gv__fail(err, GV_MEMORY, 0, "pthread_barrier_init",
                        "no barrier for the roof's probe");
    }
    pthread_mutex_lock(&team->gate);
    uint32_t hired = crew_hire(team);
    team->complete = hired == size;
    pthread_mutex_unlock(&team->gate);
    if (!team->complete) {
        for (uint32_t i = 1; i < hired; i++) {
            pthread_join(team->threads[i], NULL);
        }
        pthread_barrier_destroy(&team->barrier);
        pthread_mutex_destroy(&team->gate);
        return gv__fail(err, GV_MEMORY, 0, "pthread_create",
                        "only %u of %u threads could be started: raise the limit (ulimit -u)",
                        (unsigned)hired, (unsigned)size);
    }
    return GV_OK;
}

/* ---- multiply-adds ------------------------------------------------------------------------- */

static double run_chains(const crew *team, uint32_t member)
{
    (void)member;
    return team->chains(team->blocks);
}

/* Short enough that the machine's other work spares some of them, long against reading the clock.
 */
static const double round_s = 0.002;

static gv_status check_chains(const crew *team, size_t kind, uint32_t lanes, gv_error *err)
{
    double expected = 0;
    for (uint64_t b = 0; b < team->blocks; b++) {
        expected += team->size * gv__chain_sum(kinds[kind].chains, lanes, b);
    }
    double got = crew_sum(team);
    return gv__chain_is_right(got, expected)
               ? GV_OK
               : gv__fail(err, GV_WRONG_RESULT, 0, NULL,
                          "the host's multiply-add chains gave %g, right is %g: no roof can be had",
                          got, expected);
}

/* The sum of what each core did in its own best round: on a busy machine all of them are seldom
 * undisturbed at the same time, and a roof must not be too low. */
static gv_status probe_chains(crew *team, size_t kind, bool f64, double seconds, double *best,
                              gv_error *err)
{
    uint32_t lanes = kinds[kind].bytes / (uint32_t)(f64 ? sizeof(double) : sizeof(float));
    double flop_per_block = 2.0 * GV__CHAIN_STEPS * kinds[kind].chains * lanes;
    double start = gv__now_s();
    team->work = run_chains;
    team->chains = f64 ? kinds[kind].f64 : kinds[kind].f32;
    team->blocks = 1;
    memset(team->blocks_per_s, 0, team->size * sizeof(double));
    do {
        double took_s = crew_round(team);
        gv_status status = check_chains(team, kind, lanes, err);
        if (status != GV_OK) {
            return status;
        }
        for (uint32_t i = 0; i < team->size; i++) {
            double rate = (double)team->blocks / (team->end_s[i] - team->start_s[i]);
            team->blocks_per_s[i] = fmax(team->blocks_per_s[i], rate);
        }
        if (took_s < round_s / 2) {
            team->blocks *= 2;
        }
    } while (gv__now_s() - start < seconds);
    double blocks_per_s = 0;
    for (uint32_t i = 0; i < team->size; i++) {
        blocks_per_s += team->blocks_per_s[i];
    }
    *best = fmax(*best, flop_per_block * blocks_per_s);
    return GV_OK;
}

/* ---- streaming read ------------------------------------------------------------------------ */

enum { READ_WORDS = 64 }; /* a pass of the loop: 512 bytes */

static void share_of(const crew *team, uint32_t member, uint64_t **data, size_t *words)
{
    *words = team->words / team->size;
    *data = team->data + *words * member;
}

/* Each thread touches what it will read, so that the pages lie in its memory. */
static double write_share(const crew *team, uint32_t member)
{
    uint64_t *data;
    size_t words;
    share_of(team, member, &data, &words);
    for (size_t i = 0; i < words; i++) {
        data[i] = i & 0xFF;
    }
    return 0;
}

static double read_share(const crew *team, uint32_t member)
{
    typedef uint64_t vec __attribute__((vector_size(32), may_alias));
    uint64_t *data;
    size_t words;
    share_of(team, member, &data, &words);
    vec sums[4] = {{0}};
    for (size_t i = 0; i < words; i += READ_WORDS) {
        const vec *at = (const vec *)(const void *)(data + i);
        for (size_t j = 0; j < READ_WORDS / 4; j++) {
            sums[j % 4] += at[j];
        }
    }
    vec sum = sums[0] + sums[1] + sums[2] + sums[3];
    return (double)(sum[0] + sum[1] + sum[2] + sum[3]);
}

/* Twice the last-level caches: read in turn, hardly anything of it is still there the next time.
 * What is makes the roof a little too high, which is the safe side. */
static size_t read_bytes(void)
{
    gv_host host;
    gv__host_facts(&host);
    const gv_fact *cache = &host.fact[GV_HOST_L3];
    const gv_fact *memory = &host.fact[GV_HOST_MEMORY];
    double bytes = cache->error == 0 ? 2 * cache->number : 0;
    bytes = fmax(bytes, 64.0 * 1024 * 1024);
    return (size_t)(memory->error == 0 ? fmin(bytes, memory->number / 4) : bytes);
}

/* 0 + 1 + … + 255 for each 256 words, and what is left over. */
static double share_sum(size_t words)
{
    const double all = 255 * 128; /* 0 + … + 255 */
    size_t times = words / 256;
    double rest = (double)(words % 256);
    return (double)times * all + rest * (rest - 1) / 2;
}

static gv_status probe_read(crew *team, double seconds, double *best, gv_error *err)
{
    size_t words = read_bytes() / sizeof(uint64_t) / team->size / READ_WORDS * READ_WORDS;
    double start = gv__now_s();
    team->words = words * team->size;
    void *data = NULL;
    if (posix_memalign(&data, 64, team->words * sizeof(uint64_t)) != 0) {
        return gv__fail(err, GV_MEMORY, ENOMEM, "posix_memalign",
                        "no memory for the buffer of the bandwidth's probe");
    }
    team->data = data;
    team->work = write_share;
    crew_round(team);
    team->work = read_share;
    double expected = (double)team->size * share_sum(words);
    do {
        double took_s = crew_round(team);
        if (crew_sum(team) != expected) {
            return gv__fail(err, GV_WRONG_RESULT, 0, NULL,
                            "the host's streaming read gave %g, right is %g: no roof",
                            crew_sum(team), expected);
        }
        *best = fmax(*best, (double)team->words * sizeof(uint64_t) / took_s);
    } while (gv__now_s() - start < seconds);
    return GV_OK;
}

gv_status gv__host_roof(uint32_t threads, gv_precision precision, double seconds, gv_roof *out,
                        gv_error *err)
{
    if (threads == 0) {
        return gv__fail(err, GV_ARGUMENT, 0, NULL, "a roof needs at least one thread");
    }
    if (precision != GV_PRECISION_F32 && precision != GV_PRECISION_F64) {
        return gv__fail(err, GV_UNSUPPORTED, 0, NULL,
                        "the host's roof is measured in f32 and f64 alone");
    }
    double flop_per_s = 0;
    double bytes_per_s = 0;
    crew team;
    gv_status status = crew_begin(&team, threads, err);
    /* The two widest that the processor has: wide vectors can lower its clock. */
    int tried = 0;
    for (size_t i = GV__COUNT(kinds); i-- > 0 && tried < 2 && status == GV_OK;) {
        if (kinds[i].present()) {
            status = probe_chains(&team, i, precision == GV_PRECISION_F64, 0.3 * seconds,
                                  &flop_per_s, err);
            tried++;
        }
    }
    if (status == GV_OK) {
        status = probe_read(&team, 0.4 * seconds, &bytes_per_s, err);
    }
    crew_end(&team);
    if (status == GV_OK) {
        *out = (gv_roof){{NAN, NAN, NAN}, bytes_per_s};
        out->flop_per_s[precision] = flop_per_s;
    }
    return status;
}
