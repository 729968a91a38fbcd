/* SPDX-License-Identifier: Apache-2.0 */
/* Stockham's autosort form: each pass reads one buffer and writes the other, in order, with
 * an inner loop over neighbours; no bit reversal. */
#include "kernels/reference_fft.h"

#include "base/support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_PASSES = 64,
    MAX_RADIX = 13, /* larger prime factors go through Bluestein's algorithm */
    COLUMNS = 8     /* neighbouring columns that are transformed together: 128 bytes of a row */
};

/* A transform of one length. */
typedef struct line {
    size_t n;
    uint32_t passes;
    uint32_t radix[MAX_PASSES];
    gv__complex *twiddle; /* exp(-2 pi i k / n), k < n */
    /* Bluestein: a convolution of length `padded`, a power of two; NULL and 0 otherwise. */
    struct line *padded;
    gv__complex *chirp;  /* exp(-pi i k^2 / n), k < n */
    gv__complex *kernel; /* the transform of the conjugate chirp, over the padded length */
} line;

struct gv__reference_fft {
    uint32_t dims;
    size_t shape[GV_FFT_MAX_DIMS];
    line *axis[GV_FFT_MAX_DIMS]; /* equal lengths share one */
    gv__complex *work[2];
    gv__complex *block; /* COLUMNS columns side by side */
};

static gv__complex times(gv__complex a, gv__complex b)
{
    return (gv__complex){a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
}

/* exp(-2 pi i k / n) with the angle brought into [0, pi/4], where sine and cosine are best. */
static gv__complex unit_root(uint64_t k, uint64_t n)
{
    uint64_t eighths = 8 * k / n; /* k < n < 2^60 */
    /* Distance from the nearest multiple of a quarter turn, in units of 1/(4n) of a turn. */
    uint64_t quarter = (eighths + 1) / 2;
    uint64_t from = quarter * n;
    bool below = 4 * k < from;
    uint64_t distance = below ? from - 4 * k : 4 * k - from;
    const long double half_pi = 1.57079632679489661923132169163975144L;
    double angle = (double)(half_pi * (long double)distance / (long double)n);
    double c = cos(angle);
    double s = below ? -sin(angle) : sin(angle);
    switch (quarter % 4) { /* turned clockwise by that many quarters */
    case 0:
        return (gv__complex){c, -s};
    case 1:
        return (gv__complex){-s, -c};
    case 2:
        return (gv__complex){-c, s};
    default:
        return (gv__complex){s, c};
    }
}

/* All n roots; where 8 divides n, one octant is computed and the others are its mirror images. */
static void fill_roots(gv__complex *roots, size_t n)
{
    if (n % 8 != 0) {
        for (size_t k = 0; k < n; k++) {
            roots[k] = unit_root(k, n);
        }
        return;
    }
    size_t quarter = n / 4;
    for (size_t k = 0; k <= n / 8; k++) {
        roots[k] = unit_root(k, n);
    }
    for (size_t k = n / 8 + 1; k < quarter; k++) {
        gv__complex mirror = roots[quarter - k];
        roots[k] = (gv__complex){-mirror.im, -mirror.re};
    }
    for (size_t k = quarter; k < n; k++) {
        gv__complex before = roots[k - quarter];
        roots[k] = (gv__complex){before.im, -before.re};
    }
}

static bool factorize(line *l)
{
    static const uint32_t radices[] = {4, 2, 3, 5, 7, 11, 13};
    size_t rest = l->n;
    for (size_t i = 0; i < GV__COUNT(radices); i++) {
        while (rest % radices[i] == 0) {
            l->radix[l->passes++] = radices[i];
            rest /= radices[i];
        }
    }
    return rest == 1;
}

/* One pass of radix r over n = r·m·s numbers, each of `columns` neighbours:
 * y[r·p + j][q] = (sum over i of x[p + m·i][q] w_r^(ij)) w_n^(pjs), for p < m and q < s·columns. */
typedef struct pass {
    uint32_t radix;
    size_t m, s, columns;
    const gv__complex *x;
    gv__complex *y;
    const gv__complex *twiddle;
    size_t n;
} pass;

static void pass_2(const pass *a)
{
    size_t width = a->s * a->columns;
    for (size_t p = 0; p < a->m; p++) {
        gv__complex w = a->twiddle[p * a->s];
        const gv__complex *x0 = a->x + p * width;
        const gv__complex *x1 = x0 + a->m * width;
        gv__complex *restrict y0 = a->y + 2 * p * width;
        gv__complex *restrict y1 = y0 + width;
        for (size_t q = 0; q < width; q++) {
            gv__complex difference = {x0[q].re - x1[q].re, x0[q].im - x1[q].im};
            y0[q] = (gv__complex){x0[q].re + x1[q].re, x0[q].im + x1[q].im};
            y1[q] = times(difference, w);
        }
    }
}

static void pass_4(const pass *a)
{
    size_t width = a->s * a->columns;
    size_t step = a->m * width;
    for (size_t p = 0; p < a->m; p++) {
        gv__complex w1 = a->twiddle[p * a->s];
        gv__complex w2 = a->twiddle[2 * p * a->s];
        gv__complex w3 = a->twiddle[3 * p * a->s];
        const gv__complex *x = a->x + p * width;
        gv__complex *restrict y = a->y + 4 * p * width;
        for (size_t q = 0; q < width; q++) {
            gv__complex x0 = x[q];
            gv__complex x1 = x[q + step];
            gv__complex x2 = x[q + 2 * step];
            gv__complex x3 = x[q + 3 * step];
            gv__complex sum02 = {x0.re + x2.re, x0.im + x2.im};
            gv__complex sum13 = {x1.re + x3.re, x1.im + x3.im};
            gv__complex diff02 = {x0.re - x2.re, x0.im - x2.im};
            /* -i·(x1 - x3) */
            gv__complex diff13 = {x1.im - x3.im, x3.re - x1.re};
            gv__complex y1 = {diff02.re + diff13.re, diff02.im + diff13.im};
            gv__complex y2 = {sum02.re - sum13.re, sum02.im - sum13.im};
            gv__complex y3 = {diff02.re - diff13.re, diff02.im - diff13.im};
            y[q] = (gv__complex){sum02.re + sum13.re, sum02.im + sum13.im};
            y[q + width] = times(y1, w1);
            y[q + 2 * width] = times(y2, w2);
            y[q + 3 * width] = times(y3, w3);
        }
    }
}

static void pass_odd(const pass *a)
{
    size_t r = a->radix;
    size_t width = a->s * a->columns;
    gv__complex root[MAX_RADIX];
    for (size_t j = 0; j < r; j++) {
        root[j] = a->twiddle[j * (a->n / r)];
    }
    for (size_t p = 0; p < a->m; p++) {
        for (size_t j = 0; j < r; j++) {
            gv__complex w = a->twiddle[p * j * a->s];
            gv__complex *restrict y = a->y + (r * p + j) * width;
            for (size_t q = 0; q < width; q++) {
                gv__complex sum = a->x[p * width + q];
                for (size_t i = 1; i < r; i++) {
                    gv__complex term = times(a->x[(p + a->m * i) * width + q], root[i * j % r]);
                    sum.re += term.re;
                    sum.im += term.im;
                }
                y[q] = times(sum, w);
            }
        }
    }
}

/* Transform n rows of `columns` numbers along the rows, from work[0]; returns the index of the
 * buffer that holds the result. */
static uint32_t run_mixed(const line *l, size_t columns, gv__complex *const work[2])
{
    uint32_t from = 0;
    pass a = {.m = l->n, .s = 1, .columns = columns, .twiddle = l->twiddle, .n = l->n};
    for (uint32_t i = 0; i < l->passes; i++) {
        a.radix = l->radix[i];
        a.m /= a.radix;
        a.x = work[from];
        a.y = work[1 - from];
        if (a.radix == 4) {
            pass_4(&a);
        } else if (a.radix == 2) {
            pass_2(&a);
        } else {
            pass_odd(&a);
        }
        a.s *= a.radix;
        from = 1 - from;
    }
    return from;
}

static void swap_parts(gv__complex *x, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        x[i] = (gv__complex){x[i].im, x[i].re};
    }
}

/* A convolution with a chirp: X_k = c_k · sum over j of (x_j c_j) conj(c_(k-j)). */
static void run_bluestein(const line *l, gv__complex *data, gv__complex *const work[2])
{
    size_t n = l->n;
    size_t padded = l->padded->n;
    for (size_t k = 0; k < n; k++) {
        work[0][k] = times(data[k], l->chirp[k]);
    }
    memset(work[0] + n, 0, (padded - n) * sizeof *work[0]);
    uint32_t at = run_mixed(l->padded, 1, work);
    for (size_t k = 0; k < padded; k++) {
        gv__complex product = times(work[at][k], l->kernel[k]);
        work[at][k] = (gv__complex){product.im, product.re}; /* swapped: the inverse transform */
    }
    gv__complex *const turned[2] = {work[at], work[1 - at]};
    at = run_mixed(l->padded, 1, turned);
    double scale = 1 / (double)padded; /* a power of two: exact */
    for (size_t k = 0; k < n; k++) {
        gv__complex y = {turned[at][k].im * scale, turned[at][k].re * scale};
        data[k] = times(y, l->chirp[k]);
    }
}

static void line_free(line *l)
{
    if (l != NULL) {
        line_free(l->padded);
        free(l->twiddle);
        free(l->chirp);
        free(l->kernel);
        free(l);
    }
}

/* chirp, and the transform of its conjugate, wrapped around the padded length. */
static bool fill_bluestein(line *l)
{
    size_t n = l->n;
    size_t padded = l->padded->n;
    l->chirp = calloc(n, sizeof *l->chirp);
    l->kernel = calloc(padded, sizeof *l->kernel);
    gv__complex *other = calloc(padded, sizeof *other);
    bool done = l->chirp != NULL && l->kernel != NULL && other != NULL;
    uint64_t square = 0; /* k^2 mod 2n, exactly */
    for (size_t k = 0; done && k < n; k++) {
        l->chirp[k] = unit_root(square, 2 * (uint64_t)n);
        gv__complex conjugate = {l->chirp[k].re, -l->chirp[k].im};
        l->kernel[k] = conjugate;
        if (k > 0) {
            l->kernel[padded - k] = conjugate;
        }
        square = (square + 2 * (uint64_t)k + 1) % (2 * (uint64_t)n);
    }
    if (done) {
        gv__complex *const work[2] = {l->kernel, other};
        if (run_mixed(l->padded, 1, work) == 1) {
            memcpy(l->kernel, other, padded * sizeof *other);
        }
    }
    free(other);
    return done;
}

static line *line_create(size_t n)
{
    line *l = calloc(1, sizeof *l);
    if (l == NULL) {
        return NULL;
    }
    l->n = n;
    bool done;
    if (factorize(l)) {
        l->twiddle = calloc(n, sizeof *l->twiddle);
        done = l->twiddle != NULL;
        if (done) {
            fill_roots(l->twiddle, n);
        }
    } else {
        size_t padded = 1;
        while (padded < 2 * n - 1) {
            padded *= 2;
        }
        l->padded = line_create(padded);
        done = l->padded != NULL && fill_bluestein(l);
    }
    if (!done) {
        line_free(l);
        return NULL;
    }
    return l;
}

gv_status gv__reference_fft_create(const gv_fft *fft, gv__reference_fft **out, gv_error *err)
{
    gv__reference_fft *plan = calloc(1, sizeof *plan);
    size_t longest = 1; /* of the work space */
    size_t length = 0;  /* of the longest axis but the last */
    if (plan == NULL) {
        goto failed;
    }
    plan->dims = fft->dims;
    for (uint32_t d = 0; d < fft->dims; d++) {
        size_t n = fft->shape[d];
        plan->shape[d] = n;
        for (uint32_t earlier = 0; earlier < d && plan->axis[d] == NULL; earlier++) {
            if (plan->shape[earlier] == n) {
                plan->axis[d] = plan->axis[earlier];
            }
        }
        if (plan->axis[d] == NULL) {
            plan->axis[d] = line_create(n);
        }
        if (plan->axis[d] == NULL) {
            goto failed;
        }
        bool last = d + 1 == fft->dims;
        size_t work =
            plan->axis[d]->padded != NULL ? plan->axis[d]->padded->n : n * (last ? 1 : COLUMNS);
        longest = work > longest ? work : longest;
        length = !last && n > length ? n : length;
    }
    plan->work[0] = calloc(longest, sizeof(gv__complex));
    plan->work[1] = calloc(longest, sizeof(gv__complex));
    plan->block = calloc(length * COLUMNS + 1, sizeof(gv__complex));
    if (plan->work[0] == NULL || plan->work[1] == NULL || plan->block == NULL) {
        goto failed;
    }
    *out = plan;
    return GV_OK;

failed:
    gv__reference_fft_free(plan);
    return gv__fail(err, GV_MEMORY, 0, "calloc", "there is no memory for a reference transform");
}

void gv__reference_fft_free(gv__reference_fft *plan)
{
    if (plan == NULL) {
        return;
    }
    for (uint32_t d = 0; d < plan->dims; d++) {
        bool shared = false;
        for (uint32_t earlier = 0; earlier < d; earlier++) {
            shared = shared || plan->axis[earlier] == plan->axis[d];
        }
        if (!shared) {
            line_free(plan->axis[d]);
        }
    }
    free(plan->work[0]);
    free(plan->work[1]);
    free(plan->block);
    free(plan);
}

static void run_rows(gv__reference_fft *plan, const line *l, gv__complex *data, size_t rows)
{
    for (size_t row = 0; row < rows; row++) {
        gv__complex *at = data + row * l->n;
        if (l->padded != NULL) {
            run_bluestein(l, at, plan->work);
            continue;
        }
        memcpy(plan->work[0], at, l->n * sizeof *at);
        uint32_t result = run_mixed(l, 1, plan->work);
        memcpy(at, plan->work[result], l->n * sizeof *at);
    }
}

/* `width` columns, `stride` apart from row to row, starting at `data`. */
static void run_columns(gv__reference_fft *plan, const line *l, gv__complex *data, size_t stride,
                        size_t width)
{
    bool mixed = l->padded == NULL;
    gv__complex *block = mixed ? plan->work[0] : plan->block;
    for (size_t i = 0; i < l->n; i++) {
        for (size_t q = 0; q < width; q++) { /* Bluestein takes one column after the other */
            block[mixed ? i * width + q : q * l->n + i] = data[i * stride + q];
        }
    }
    if (mixed) {
        block = plan->work[run_mixed(l, width, plan->work)];
    } else {
        for (size_t q = 0; q < width; q++) {
            run_bluestein(l, block + q * l->n, plan->work);
        }
    }
    for (size_t i = 0; i < l->n; i++) {
        for (size_t q = 0; q < width; q++) {
            data[i * stride + q] = block[mixed ? i * width + q : q * l->n + i];
        }
    }
}

void gv__reference_fft_run(gv__reference_fft *plan, gv__complex *data, bool inverse)
{
    size_t points = 1;
    for (uint32_t d = 0; d < plan->dims; d++) {
        points *= plan->shape[d];
    }
    if (inverse) {
        swap_parts(data, points);
    }
    size_t stride = 1; /* from one number of the axis to the next */
    for (uint32_t d = plan->dims; d-- > 0;) {
        const line *l = plan->axis[d];
        if (stride == 1) {
            run_rows(plan, l, data, points / l->n);
        } else {
            for (size_t outer = 0; outer < points; outer += stride * l->n) {
                for (size_t column = 0; column < stride; column += COLUMNS) {
                    size_t left = stride - column;
                    run_columns(plan, l, data + outer + column, stride,
                                left < COLUMNS ? left : COLUMNS);
                }
            }
        }
        stride *= l->n;
    }
    if (inverse) {
        swap_parts(data, points);
    }
}
