/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/kernels/check_case.h"

#include "kernels/reference_fft.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEFINITION_POINTS = 4096 };

static _Noreturn void stop(const char *what, const gv_error *err)
{
    fprintf(stderr, "%s: %s\n", what, err->text);
    exit(1);
}

static void *allocate(size_t bytes)
{
    void *array = malloc(bytes);
    if (array == NULL) {
        stop("malloc", &(gv_error){.text = "no memory"});
    }
    return array;
}

void check_case_open(check_case *c, const char *text, uint64_t seed)
{
    gv_error err = {0};
    *c = (check_case){0};
    if (gv_workload_parse(text, &c->workload, &err) != GV_OK ||
        gv_workload_operands(&c->workload, &c->operands, &err) != GV_OK) {
        stop(text, &err);
    }
    for (uint32_t i = 0; i < c->operands.inputs; i++) {
        c->input[i] = allocate(c->operands.input[i].bytes);
        if (gv__input_fill(c->input[i], &c->workload, i, seed, &err) != GV_OK) {
            stop(text, &err);
        }
    }
    c->output = allocate(c->operands.output.bytes);
    gv__operand_poison(c->output, &c->operands.output);
    const gv_workload *w = &c->workload;
    uint64_t p;
    switch (w->op) {
    case GV_OP_MATMUL:
        c->columns = w->as.matmul.n;
        break;
    case GV_OP_CONV2D:
        gv_conv2d_output(&w->as.conv2d, &p, &c->columns);
        break;
    case GV_OP_FFT:
        c->columns = w->as.fft.shape[w->as.fft.dims - 1];
        c->columns = w->as.fft.kind == GV_FFT_R2C   ? 2 * (c->columns / 2 + 1)
                     : w->as.fft.kind == GV_FFT_C2R ? c->columns
                                                    : 2 * c->columns;
        c->inverse = allocate(c->operands.input[0].bytes);
        break;
    case GV_OP_DENSE:
        c->columns = w->as.dense.out;
        if (w->as.dense.act != GV_ACT_NONE) {
            c->linear = allocate(c->operands.output.bytes);
        }
        break;
    case GV_OP_CUSTOM:
        break;
    }
    c->rows = c->operands.output.elements / c->columns;
}

void check_case_close(check_case *c)
{
    for (uint32_t i = 0; i < GV_MAX_INPUTS; i++) {
        free(c->input[i]);
    }
    free(c->output);
    free(c->linear);
    free(c->inverse);
    *c = (check_case){0};
}

double check_case_get(const check_case *c, const void *array, size_t i)
{
    switch (c->workload.precision) {
    case GV_PRECISION_F32:
        return (double)((const float *)array)[i];
    case GV_PRECISION_F16:
        return gv__from_f16(((const uint16_t *)array)[i]);
    default:
        return ((const double *)array)[i];
    }
}

void check_case_set(const check_case *c, void *array, size_t i, double value)
{
    if (c->workload.precision == GV_PRECISION_F32) {
        ((float *)array)[i] = (float)value;
    } else if (c->workload.precision == GV_PRECISION_F16) {
        ((uint16_t *)array)[i] = gv__to_f16(value);
    } else {
        ((double *)array)[i] = value;
    }
}

double check_case_rms(const check_case *c)
{
    double squares = 0;
    for (size_t i = 0; i < c->operands.output.elements; i++) {
        double x = check_case_get(c, c->output, i);
        squares += x * x;
    }
    return sqrt(squares / (double)c->operands.output.elements);
}

/* An operand as double, so that the loops below stay obvious. */
static double *widen(const check_case *c, uint32_t input)
{
    size_t n = c->operands.input[input].elements;
    double *wide = allocate(n * sizeof *wide);
    for (size_t i = 0; i < n; i++) {
        wide[i] = check_case_get(c, c->input[input], i);
    }
    return wide;
}

static void compute_matmul(check_case *c)
{
    const gv_matmul *s = &c->workload.as.matmul;
    double *a = widen(c, 0);
    double *b = widen(c, 1);
    for (size_t batch = 0; batch < s->batch; batch++) {
        const double *x = a + batch * s->m * s->k;
        const double *y = b + batch * s->k * s->n;
        for (size_t i = 0; i < s->m; i++) {
            for (size_t j = 0; j < s->n; j++) {
                double sum = 0;
                for (size_t p = 0; p < s->k; p++) {
                    sum += x[s->ta ? p * s->m + i : i * s->k + p] *
                           y[s->tb ? j * s->k + p : p * s->n + j];
                }
                check_case_set(c, c->output, (batch * s->m + i) * s->n + j, sum);
            }
        }
    }
    free(a);
    free(b);
}

static double conv_sum(const gv_conv2d *s, const double *in, const double *filters, size_t n,
                       size_t k, size_t p, size_t q)
{
    size_t channels = s->c / s->groups;
    size_t first = k / (s->k / s->groups) * channels;
    double sum = 0;
    for (size_t c = 0; c < channels; c++) {
        for (size_t r = 0; r < s->r; r++) {
            for (size_t t = 0; t < s->s; t++) {
                size_t y = p * s->stride_h + r * s->dilation_h - s->pad_h; /* wraps below 0 */
                size_t x = q * s->stride_w + t * s->dilation_w - s->pad_w;
                if (y < s->h && x < s->w) {
                    sum += in[((n * s->c + first + c) * s->h + y) * s->w + x] *
                           filters[((k * channels + c) * s->r + r) * s->s + t];
                }
            }
        }
    }
    return sum;
}

static void compute_conv2d(check_case *c)
{
    const gv_conv2d *s = &c->workload.as.conv2d;
    double *in = widen(c, 0);
    double *filters = widen(c, 1);
    uint64_t rows;
    uint64_t columns;
    gv_conv2d_output(s, &rows, &columns);
    size_t at = 0;
    for (size_t n = 0; n < s->n; n++) {
        for (size_t k = 0; k < s->k; k++) {
            for (size_t p = 0; p < rows; p++) {
                for (size_t q = 0; q < columns; q++) {
                    check_case_set(c, c->output, at++, conv_sum(s, in, filters, n, k, p, q));
                }
            }
        }
    }
    free(in);
    free(filters);
}

static void compute_dense(check_case *c)
{
    const gv_dense *s = &c->workload.as.dense;
    double *x = widen(c, 0);
    double *w = widen(c, 1);
    double *sums = allocate(s->out * sizeof *sums);
    for (size_t row = 0; row < s->batch; row++) {
        for (size_t j = 0; j < s->out; j++) {
            sums[j] = check_case_get(c, c->input[2], j);
        }
        for (size_t p = 0; p < s->in; p++) {
            for (size_t j = 0; j < s->out; j++) {
                sums[j] += x[row * s->in + p] * w[p * s->out + j];
            }
        }
        for (size_t j = 0; j < s->out; j++) {
            size_t at = row * s->out + j;
            check_case_set(c, c->output, at, gv_activation_apply(s->act, sums[j]));
            if (c->linear != NULL) {
                check_case_set(c, c->linear, at, sums[j]);
            }
        }
    }
    free(x);
    free(w);
    free(sums);
}

/* exp(-2 pi i k / n) for k < n, rounded once from long double. */
static gv__complex *make_roots(size_t n)
{
    gv__complex *roots = allocate(n * sizeof *roots);
    for (size_t k = 0; k < n; k++) {
        long double angle = 2 * acosl(-1.0L) * (long double)k / (long double)n;
        roots[k] = (gv__complex){(double)cosl(angle), (double)-sinl(angle)};
    }
    return roots;
}

/* By the definition, one axis after the other. */
static void transform_slowly(const gv_fft *fft, gv__complex *data, bool inverse)
{
    size_t points = gv_fft_points(fft);
    gv__complex *line = allocate(points * sizeof *line);
    size_t stride = 1;
    for (uint32_t d = fft->dims; d-- > 0;) {
        size_t n = fft->shape[d];
        gv__complex *roots = make_roots(n);
        for (size_t start = 0; start < points; start++) {
            if (start / stride % n != 0) {
                continue;
            }
            for (size_t k = 0; k < n; k++) {
                long double re = 0; /* n terms: in double it would err more than a fast one */
                long double im = 0;
                for (size_t j = 0; j < n; j++) {
                    gv__complex root = roots[inverse ? (n - j * k % n) % n : j * k % n];
                    gv__complex x = data[start + j * stride];
                    re += (long double)x.re * root.re - (long double)x.im * root.im;
                    im += (long double)x.re * root.im + (long double)x.im * root.re;
                }
                line[k] = (gv__complex){(double)re, (double)im};
            }
            for (size_t k = 0; k < n; k++) {
                data[start + k * stride] = line[k];
            }
        }
        free(roots);
        stride *= n;
    }
    free(line);
}

/* The full spectrum from the half that c2r takes. */
static void complete_spectrum(const gv_fft *fft, const check_case *c, size_t transform,
                              gv__complex *data)
{
    size_t last = fft->shape[fft->dims - 1];
    size_t half = last / 2 + 1;
    size_t n1 = fft->dims == 3 ? fft->shape[1] : 1;
    size_t n0 = fft->dims == 1 ? 1 : fft->shape[0];
    for (size_t i = 0; i < n0; i++) {
        for (size_t j = 0; j < n1; j++) {
            for (size_t k = 0; k < last; k++) {
                bool there = k < half;
                size_t row = there ? i * n1 + j : (n0 - i) % n0 * n1 + (n1 - j) % n1;
                size_t at = 2 * ((transform * n0 * n1 + row) * half + (there ? k : last - k));
                data[(i * n1 + j) * last + k] =
                    (gv__complex){check_case_get(c, c->input[0], at),
                                  (there ? 1 : -1) * check_case_get(c, c->input[0], at + 1)};
            }
        }
    }
}

static void compute_fft(check_case *c)
{
    const gv_fft *fft = &c->workload.as.fft;
    size_t points = gv_fft_points(fft);
    size_t last = fft->shape[fft->dims - 1];
    gv__complex *data = allocate(points * sizeof *data);
    gv__reference_fft *plan = NULL;
    gv_error err = {0};
    bool inverse = fft->inverse || fft->kind == GV_FFT_C2R;
    if (points > DEFINITION_POINTS && gv__reference_fft_create(fft, &plan, &err) != GV_OK) {
        stop("gv__reference_fft_create", &err);
    }
    size_t at = 0;
    for (size_t transform = 0; transform < fft->batch; transform++) {
        for (size_t i = 0; fft->kind != GV_FFT_C2R && i < points; i++) {
            size_t from = transform * points + i;
            bool real = fft->kind == GV_FFT_R2C;
            data[i].re = check_case_get(c, c->input[0], real ? from : 2 * from);
            data[i].im = real ? 0 : check_case_get(c, c->input[0], 2 * from + 1);
        }
        if (fft->kind == GV_FFT_C2R) {
            complete_spectrum(fft, c, transform, data);
        }
        if (plan != NULL) {
            gv__reference_fft_run(plan, data, inverse);
        } else {
            transform_slowly(fft, data, inverse);
        }
        size_t kept = fft->kind == GV_FFT_R2C ? last / 2 + 1 : last;
        double scale = inverse ? 1 / (double)points : 1;
        for (size_t i = 0; i < points; i++) {
            if (i % last < kept) {
                check_case_set(c, c->output, at++, data[i].re * scale);
                if (fft->kind != GV_FFT_C2R) {
                    check_case_set(c, c->output, at++, data[i].im * scale);
                }
            }
        }
    }
    memcpy(c->inverse, c->input[0], c->operands.input[0].bytes);
    gv__reference_fft_free(plan);
    free(data);
}

void check_case_compute(check_case *c)
{
    switch (c->workload.op) {
    case GV_OP_MATMUL:
        compute_matmul(c);
        break;
    case GV_OP_CONV2D:
        compute_conv2d(c);
        break;
    case GV_OP_FFT:
        compute_fft(c);
        break;
    case GV_OP_DENSE:
        compute_dense(c);
        break;
    case GV_OP_CUSTOM:
        break;
    }
}

gv_check_result check_case_check(const check_case *c)
{
    gv_check_result result = {0};
    gv_error err = {0};
    const void *const inputs[GV_MAX_INPUTS] = {c->input[0], c->input[1], c->input[2]};
    if (gv__check(&c->workload, inputs, c->output, c->linear, c->inverse, 42, &result, &err) !=
        GV_OK) {
        stop("gv__check", &err);
    }
    return result;
}

static void add_to(check_case *c, size_t i)
{
    double value = check_case_get(c, c->output, i);
    check_case_set(c, c->output, i, value + 0.03 * check_case_rms(c));
}

static bool spoil_first(check_case *c)
{
    add_to(c, 0);
    return true;
}

static bool spoil_last(check_case *c)
{
    add_to(c, c->operands.output.elements - 1);
    return true;
}

static bool spoil_middle(check_case *c)
{
    add_to(c, c->operands.output.elements * 5 / 8);
    return true;
}

static bool put_middle(check_case *c, double value)
{
    check_case_set(c, c->output, c->operands.output.elements * 3 / 8, value);
    return true;
}

static bool spoil_nan(check_case *c)
{
    return put_middle(c, (double)NAN);
}

static bool spoil_infinity(check_case *c)
{
    return put_middle(c, -(double)INFINITY);
}

/* The last tile, 8 x 8 or what there is, as if a work-group had not run. */
static bool fill_tile(check_case *c, double value)
{
    size_t height = c->rows < 8 ? c->rows : 8;
    size_t width = c->columns < 8 ? c->columns : 8;
    for (size_t i = c->rows - height; i < c->rows; i++) {
        for (size_t j = c->columns - width; j < c->columns; j++) {
            check_case_set(c, c->output, i * c->columns + j, value);
        }
    }
    return true;
}

static bool spoil_tile_nan(check_case *c)
{
    return fill_tile(c, (double)NAN);
}

static bool spoil_tile_zero(check_case *c)
{
    return fill_tile(c, 0);
}

static bool spoil_rows(check_case *c)
{
    if (c->rows < 2) {
        return false;
    }
    size_t first = c->rows / 2 * c->columns;
    for (size_t j = 0; j < c->columns; j++) {
        double a = check_case_get(c, c->output, first - c->columns + j);
        double b = check_case_get(c, c->output, first + j);
        check_case_set(c, c->output, first - c->columns + j, b);
        check_case_set(c, c->output, first + j, a);
    }
    return true;
}

/* Two neighbours swapped: their errors are opposite, and plain ±1 vectors miss them half the time.
 */
static bool spoil_neighbours(check_case *c)
{
    size_t i = c->operands.output.elements / 2;
    if (i == 0) {
        return false;
    }
    double a = check_case_get(c, c->output, i - 1);
    double b = check_case_get(c, c->output, i);
    check_case_set(c, c->output, i - 1, b);
    check_case_set(c, c->output, i, a);
    return fabs(a - b) > 0.01 * check_case_rms(c);
}

/* The remainder column of a kernel that forgot it: a copy of the one before. */
static bool spoil_last_column(check_case *c)
{
    if (c->columns < 2) {
        return false;
    }
    for (size_t i = 0; i < c->rows; i++) {
        size_t at = (i + 1) * c->columns - 1;
        check_case_set(c, c->output, at, check_case_get(c, c->output, at - 1));
    }
    return true;
}

static bool spoil_stale(check_case *c)
{
    char text[GV_WORKLOAD_TEXT];
    check_case other;
    check_case_open(&other, gv_workload_format(&c->workload, text), 4711);
    check_case_compute(&other);
    bool differs = memcmp(c->output, other.output, c->operands.output.bytes) != 0;
    memcpy(c->output, other.output, c->operands.output.bytes);
    check_case_close(&other);
    return differs;
}

static bool spoil_double(check_case *c)
{
    for (size_t i = 0; i < c->operands.output.elements; i++) {
        check_case_set(c, c->output, i, 2 * check_case_get(c, c->output, i));
    }
    return true;
}

const check_spoil *check_spoils(size_t *count)
{
    static const check_spoil spoils[] = {
        {"first element 3 % off", spoil_first},
        {"last element 3 % off", spoil_last},
        {"an element in between 3 % off", spoil_middle},
        {"one NaN", spoil_nan},
        {"one infinity", spoil_infinity},
        {"an unwritten tile", spoil_tile_nan},
        {"a tile of zeros", spoil_tile_zero},
        {"two rows swapped", spoil_rows},
        {"two neighbours swapped", spoil_neighbours},
        {"a wrong last column", spoil_last_column},
        {"the result of other inputs", spoil_stale},
        {"computed twice into the sum", spoil_double},
    };
    *count = sizeof spoils / sizeof spoils[0];
    return spoils;
}

size_t check_case_count_missed(check_case *c, const check_spoil *spoils, size_t count)
{
    size_t bytes = c->operands.output.bytes;
    void *right = allocate(bytes);
    memcpy(right, c->output, bytes);
    size_t missed = 0;
    for (size_t i = 0; i < count; i++) {
        memcpy(c->output, right, bytes);
        if (!spoils[i].apply(c) || memcmp(c->output, right, bytes) == 0) {
            continue; /* too small for it, or it happens to change nothing */
        }
        gv_check_result result = check_case_check(c);
        if (result.right || result.text[0] == 0 || !(result.error_rel > result.bound_rel)) {
            char text[GV_WORKLOAD_TEXT];
            fprintf(stderr, "%s: not caught: %s (%.2e of %.2e)\n",
                    gv_workload_format(&c->workload, text), spoils[i].name, result.error_rel,
                    result.bound_rel);
            missed++;
        }
    }
    memcpy(c->output, right, bytes);
    free(right);
    return missed;
}
