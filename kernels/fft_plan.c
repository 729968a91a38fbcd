/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels/fft_plan.h"

static uint32_t floor_power(uint64_t n)
{
    uint32_t power = 1;
    while (2 * (uint64_t)power <= n) {
        power *= 2;
    }
    return power;
}

static uint32_t smaller(uint32_t a, uint64_t b)
{
    return b < a ? (uint32_t)b : a;
}

/* Lengths, radices and tables are at least 1, which the analyzer cannot see. */
// NOLINTBEGIN(clang-analyzer-core.DivideZero)

/* ---- radices ---- */

/* How often a prime divides *n, which is divided by it as often. */
static uint32_t take_prime(uint64_t *n, uint32_t prime)
{
    uint32_t times = 0;
    while (*n % prime == 0) {
        *n /= prime;
        times++;
    }
    return times;
}

static bool is_served(uint64_t n)
{
    static const uint32_t primes[] = {2, 3, 5, 7};
    for (size_t i = 0; i < GV__COUNT(primes); i++) {
        take_prime(&n, primes[i]);
    }
    return n == 1;
}

/* `bits` in as few radices as the largest allows and as even ones as can be, large ones first. */
static uint32_t add_powers(uint32_t bits, uint32_t most, uint32_t radix[], uint32_t count)
{
    uint32_t steps = (bits + most - 1) / most;
    for (; steps > 0; steps--) {
        uint32_t taken = (bits + steps - 1) / steps;
        if (count < GV__FFT_MAX_RADICES) {
            radix[count] = 1U << taken;
        }
        count++;
        bits -= taken;
    }
    return count;
}

static uint32_t log_2(uint32_t power)
{
    uint32_t bits = 0;
    while (power > 1) {
        power /= 2;
        bits++;
    }
    return bits;
}

/* The radices of a length into pass->radix; returns how many there would be. Where vectors lie
 * along the axis the first should fill one, so that all later ones find as many neighbours. */
static uint32_t choose_radices(uint64_t length, const gv__fft_sizes *sizes, bool along,
                               uint32_t radix[])
{
    static const uint32_t odd[] = {7, 5, 3};
    uint32_t count = 0;
    uint32_t bits = take_prime(&length, 2);
    const uint32_t most = log_2(along ? sizes->radix : sizes->column_radix);
    const uint32_t wanted = log_2(smaller(sizes->radix, sizes->width));
    if (along && bits > 2 && bits >= wanted) {
        uint32_t steps = (bits + most - 1) / most;
        uint32_t first = (bits + steps - 1) / steps;
        first = first < wanted ? wanted : first;
        radix[count++] = 1U << first;
        bits -= first;
    } else if (along && bits > 0 && bits <= 2) {
        /* An odd radix first if it fills more of a vector. */
        for (size_t i = 0; i < GV__COUNT(odd) && count == 0; i++) {
            if (length % odd[i] == 0 && floor_power(odd[i]) > (1U << bits)) {
                radix[count++] = odd[i];
                length /= odd[i];
            }
        }
    }
    count = add_powers(bits, most, radix, count);
    for (size_t i = 0; i < GV__COUNT(odd); i++) {
        for (uint32_t times = take_prime(&length, odd[i]); times > 0; times--) {
            if (count < GV__FFT_MAX_RADICES) {
                radix[count] = odd[i];
            }
            count++;
        }
    }
    return count;
}

/* ---- pieces of an axis ---- */

enum { MAX_PIECES = 5 };

static bool is_piece(uint64_t length, const gv__fft_sizes *sizes)
{
    uint32_t radix[GV__FFT_MAX_RADICES];
    return length <= sizes->column &&
           choose_radices(length, sizes, false, radix) <= GV__FFT_MAX_RADICES;
}

/* Cut n into `count` pieces with the smallest largest one; the first a multiple of `unit`, at a
 * price. Returns that largest one, or UINT64_MAX where it cannot be. */
static uint64_t cut(uint64_t n, uint32_t count, uint32_t unit, const gv__fft_sizes *sizes,
                    uint64_t piece[])
{
    if (count == 1) {
        piece[0] = n;
        return is_piece(n, sizes) ? n : UINT64_MAX;
    }
    uint64_t best = UINT64_MAX;
    uint64_t rest[MAX_PIECES];
    for (uint64_t first = 2; first <= sizes->column && first <= n / 2; first++) {
        if (n % first != 0 || !is_piece(first, sizes)) {
            continue;
        }
        uint64_t largest = cut(n / first, count - 1, 1, sizes, rest);
        if (largest == UINT64_MAX) {
            continue;
        }
        largest = largest > first ? largest : first;
        if (first % unit != 0) {
            largest += sizes->column;
        }
        if (largest < best) {
            best = largest;
            piece[0] = first;
            for (uint32_t i = 1; i < count; i++) {
                piece[i] = rest[i - 1];
            }
        }
    }
    return best;
}

/* ---- passes ---- */

/* The fine table covers a vector where vectors of it are loaded, else what keeps both tables small.
 */
static uint32_t fine_steps(const gv__fft_pass *pass)
{
    if (pass->mode == GV__FFT_SPLIT && pass->width > 1) {
        return pass->width;
    }
    uint32_t fine = 1;
    for (uint32_t steps = 2; steps <= 32 && pass->parts > 1; steps++) {
        fine = pass->length % steps == 0 ? steps : fine;
    }
    return fine;
}

/* Lanes of a block, of `neighbours` that there are in each of `times` places: as many as are
 * wanted, unless the block becomes too large, or blocks too few. At least a vector, if there are as
 * many. */
static uint32_t choose_lanes(const gv__fft_pass *pass, const gv__fft_sizes *sizes,
                             uint64_t neighbours, uint64_t times)
{
    uint32_t lanes = smaller(sizes->lanes, floor_power(2 * neighbours - 1));
    while (lanes > sizes->width && lanes > 1 &&
           ((uint64_t)pass->length * lanes > sizes->span ||
            (neighbours + lanes - 1) / lanes * times < sizes->blocks)) {
        lanes /= 2;
    }
    return lanes;
}

/* How many numbers a work-item of `group` holds at most: of its largest share of any radix. */
static uint32_t held_by(const gv__fft_pass *pass, uint32_t group)
{
    uint32_t most = 0;
    for (uint32_t i = 0; i < pass->radices; i++) {
        const uint32_t count = pass->length * pass->lanes / pass->radix[i];
        const uint32_t held = (count + group - 1) / group * pass->radix[i];
        most = held > most ? held : most;
    }
    return most;
}

/* Work-items of a group: as many as take `points` numbers each, or up to twice as many where they
 * hold fewer then, since the last turn of a radix is a whole one too. */
static void choose_group(gv__fft_pass *pass, const gv__fft_sizes *sizes)
{
    pass->group = 1;
    pass->held = 16;
    if (sizes->points == 0) {
        return;
    }
    const uint32_t span = pass->length * pass->lanes;
    const uint32_t least = smaller(sizes->group, (span + sizes->points - 1) / sizes->points);
    pass->group = least > 2 ? least : 2;
    pass->held = held_by(pass, pass->group);
    for (uint32_t group = pass->group; group < smaller(sizes->group, (uint64_t)2 * least);
         group++) {
        const uint32_t held = held_by(pass, group + 1);
        if (held < pass->held) {
            pass->group = group + 1;
            pass->held = held;
        }
    }
}

/* On a GPU a group takes several short transforms, so that it has two wavefronts of work-items. */
enum { LEAST_ITEMS = 64 };

uint64_t gv__fft_fold_points(const gv__fft_pass *pass)
{
    return pass->mode == GV__FFT_FOLD ? pass->parts : pass->length * pass->parts;
}

/* Both tables of a fold about equally long. */
static uint32_t fold_steps(const gv__fft_pass *pass)
{
    uint32_t steps = 1;
    while ((uint64_t)steps * steps < gv__fft_fold_points(pass)) {
        steps *= 2;
    }
    return steps;
}

/* Numbers of a block that is folded, and as many mirror images. */
enum { FOLD_BLOCK = 1024 };

static void finish_fold(gv__fft_pass *pass, const gv__fft_sizes *sizes)
{
    pass->width = smaller(sizes->width, floor_power(pass->parts - 1));
    pass->lanes = 1;
    pass->fine = 1;
    pass->group = sizes->points > 0 ? sizes->group : 1;
    pass->held = 1;
    pass->blocks = pass->outer * ((pass->parts / 2 + pass->length - 1) / pass->length);
}

/* What is left to know of a pass that has its mode, length, parts, stride and outer. */
static void finish_pass(gv__fft_pass *pass, const gv__fft_sizes *sizes)
{
    if (pass->input == GV__FFT_FOLDED || pass->output == GV__FFT_FOLDED) {
        pass->fold_fine = fold_steps(pass);
    }
    if (pass->mode == GV__FFT_FOLD) {
        finish_fold(pass, sizes);
        return;
    }
    pass->radices = choose_radices(pass->length, sizes, pass->mode == GV__FFT_ROWS, pass->radix);
    uint64_t neighbours = pass->outer;
    uint64_t times = 1;
    if (pass->mode == GV__FFT_ROWS) {
        const uint32_t fits = smaller(floor_power(pass->radix[0]), pass->length / pass->radix[0]);
        pass->width = smaller(sizes->width, floor_power(fits));
        pass->lanes = 1;
        while (pass->lanes < pass->outer &&
               2 * pass->lanes * pass->length <= LEAST_ITEMS * sizes->points) {
            pass->lanes *= 2;
        }
    } else {
        neighbours = pass->mode == GV__FFT_COLUMNS ? pass->stride : pass->parts;
        times = pass->outer * (pass->mode == GV__FFT_COLUMNS ? pass->parts : 1);
        pass->lanes = choose_lanes(pass, sizes, neighbours, times);
        pass->width = smaller(sizes->width, pass->lanes);
        while (pass->mode == GV__FFT_SPLIT && pass->length % pass->width != 0) {
            pass->width /= 2;
        }
    }
    pass->fine = fine_steps(pass);
    pass->blocks = times * ((neighbours + pass->lanes - 1) / pass->lanes);
    choose_group(pass, sizes);
}

/* Which space a pass writes, when it may not write where it reads, or not to the output yet. */
static gv__fft_space next_space(gv__fft_space from, bool in_place, bool to_output)
{
    if (to_output && (in_place || from != GV__FFT_OUT)) {
        return GV__FFT_OUT;
    }
    if (in_place && from >= GV__FFT_WORK) {
        return from;
    }
    return from != GV__FFT_WORK ? GV__FFT_WORK : GV__FFT_WORK_2;
}

/* An axis: `outer` before it, `stride` complex numbers behind it. */
typedef struct axis {
    uint64_t length, outer, stride;
    gv__fft_numbers input, output;
    bool last; /* no axis comes after it */
} axis;

static uint64_t distance(gv__fft_numbers numbers, uint64_t length, uint64_t stride)
{
    return numbers == GV__FFT_REAL     ? length
           : numbers == GV__FFT_HALF   ? 2 * (length / 2 + 1)
           : numbers == GV__FFT_FOLDED ? 2 * (length + 1)
                                       : 2 * length * stride;
}

/* One more pass: where it reads and writes, and what is left to know of it. */
static void add_pass(gv__fft_plan *plan, const axis *a, const gv__fft_sizes *sizes,
                     const gv__fft_pass *begun, bool in_place, bool to_output)
{
    gv__fft_pass *pass = &plan->pass[plan->passes];
    *pass = *begun;
    pass->outer = a->outer;
    pass->in_distance = distance(pass->input, a->length, a->stride);
    pass->out_distance = distance(pass->output, a->length, a->stride);
    pass->from = plan->passes == 0 ? GV__FFT_IN : plan->pass[plan->passes - 1].to;
    pass->to = next_space(pass->from, in_place, to_output);
    if (pass->to >= GV__FFT_WORK && plan->work[pass->to] < a->outer * pass->out_distance) {
        plan->work[pass->to] = a->outer * pass->out_distance;
    }
    finish_pass(pass, sizes);
    plan->passes++;
}

static gv_status add_axis(gv__fft_plan *plan, const axis *a, const gv__fft_sizes *sizes,
                          bool output_holds, gv_error *err)
{
    uint64_t piece[MAX_PIECES] = {a->length};
    uint32_t radix[GV__FFT_MAX_RADICES];
    uint32_t count = 1;
    const bool whole = a->stride == 1 && a->length <= sizes->row &&
                       choose_radices(a->length, sizes, true, radix) <= GV__FFT_MAX_RADICES;
    if (!whole) {
        count = a->stride == 1 ? 2 : 1;
        while (count <= MAX_PIECES && cut(a->length, count, a->stride == 1 ? sizes->width : 1,
                                          sizes, piece) == UINT64_MAX) {
            count++;
        }
    }
    if (count > MAX_PIECES || plan->passes + count >= GV__FFT_MAX_PASSES) {
        return gv__fail(err, GV_UNSUPPORTED, 0, NULL, "our fft cannot cut a length of %llu",
                        (unsigned long long)a->length);
    }
    const bool folds_last = !whole && a->output == GV__FFT_FOLDED;
    uint64_t stride = a->stride;
    uint64_t rest = a->length;
    for (uint32_t i = 0; i < count; i++) {
        rest /= piece[i];
        const bool ends = i + 1 == count;
        const gv__fft_pass pass = {
            .mode = whole         ? GV__FFT_ROWS
                    : stride == 1 ? GV__FFT_SPLIT
                                  : GV__FFT_COLUMNS,
            .input = i == 0 ? a->input : GV__FFT_COMPLEX,
            .output = ends && !folds_last ? a->output : GV__FFT_COMPLEX,
            .length = (uint32_t)piece[i],
            .parts = rest,
            .stride = stride,
        };
        const bool in_place = rest == 1 && pass.input == pass.output;
        const bool to_output =
            (a->last && ends) || (output_holds && (ends || a->output == GV__FFT_COMPLEX));
        add_pass(plan, a, sizes, &pass, in_place, to_output && !folds_last);
        stride *= piece[i];
    }
    if (folds_last) {
        const gv__fft_pass pass = {.mode = GV__FFT_FOLD,
                                   .input = GV__FFT_COMPLEX,
                                   .output = GV__FFT_FOLDED,
                                   .length = FOLD_BLOCK,
                                   .parts = a->length,
                                   .stride = 1};
        add_pass(plan, a, sizes, &pass, false, true);
    }
    return GV_OK;
}

gv_status gv__fft_plan_make(const gv_fft *fft, const gv__fft_sizes *sizes, gv__fft_plan *out,
                            gv_error *err)
{
    const uint32_t last = fft->dims - 1;
    uint64_t width[GV_FFT_MAX_DIMS]; /* complex numbers of each axis, as the others see it */
    for (uint32_t i = 0; i < fft->dims; i++) {
        const uint64_t n = fft->shape[i];
        if (n < 2 || !is_served(n)) {
            return gv__fail(
                err, GV_UNSUPPORTED, 0, NULL,
                "our fft serves lengths above 1 without a prime factor above 7, not %llu",
                (unsigned long long)n);
        }
        width[i] = i == last && fft->kind != GV_FFT_C2C ? n / 2 + 1 : n;
    }
    gv__fft_plan plan = {.passes = 0};
    for (uint32_t step = 0; step < fft->dims; step++) {
        /* The last axis first; last where it ends in real numbers. */
        const uint32_t i = fft->kind == GV_FFT_C2R ? step : last - step;
        const gv_fft_kind kind = i == last ? fft->kind : GV_FFT_C2C;
        const bool folds = kind != GV_FFT_C2C && fft->shape[i] % 2 == 0 && fft->shape[i] > 2;
        const gv__fft_numbers spectrum = folds ? GV__FFT_FOLDED : GV__FFT_HALF;
        const gv__fft_numbers reals = folds ? GV__FFT_COMPLEX : GV__FFT_REAL;
        axis a = {.length = fft->shape[i] / (folds ? 2 : 1),
                  .outer = fft->batch,
                  .stride = 1,
                  .last = step == last,
                  .input = kind == GV_FFT_R2C   ? reals
                           : kind == GV_FFT_C2R ? spectrum
                                                : GV__FFT_COMPLEX,
                  .output = kind == GV_FFT_R2C   ? spectrum
                            : kind == GV_FFT_C2R ? reals
                                                 : GV__FFT_COMPLEX};
        for (uint32_t other = 0; other < fft->dims; other++) {
            a.outer *= other < i ? width[other] : 1;
            a.stride *= other > i ? width[other] : 1;
        }
        /* Whether the output has room for what lies between the passes. */
        const bool output_holds = fft->kind != GV_FFT_C2R || (kind == GV_FFT_C2R && folds);
        gv_status status = add_axis(&plan, &a, sizes, output_holds, err);
        if (status != GV_OK) {
            return status;
        }
    }
    *out = plan;
    return GV_OK;
}

// NOLINTEND(clang-analyzer-core.DivideZero)
