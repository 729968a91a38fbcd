/* SPDX-License-Identifier: Apache-2.0 */
/* Every bin of a transform against one in double, and the way back against the input. */
#include "kernels/bounds.h"
#include "kernels/check_parts.h"
#include "kernels/reference_fft.h"

#include <stdlib.h>

typedef struct fft_check {
    const gv_fft *fft;
    gv_precision precision;
    size_t points; /* of one transform */
    size_t rows;   /* all axes but the last */
    size_t last;   /* logical length of the last axis */
    gv__reference_fft *plan;
    gv__complex *data;
} fft_check;

/* The half spectrum of `transform`, completed by X[-k] = conj X[k]. */
static void load_half_spectrum(fft_check *check, const void *input, size_t transform)
{
    size_t half = check->last / 2 + 1;
    size_t inner = check->fft->dims == 3 ? check->fft->shape[1] : 1;
    size_t outer = check->rows / inner;
    for (size_t row = 0; row < check->rows; row++) {
        size_t mirror = (outer - row / inner) % outer * inner + (inner - row % inner) % inner;
        gv__complex *to = check->data + row * check->last;
        gv__complex *image = check->data + mirror * check->last;
        for (size_t k = 0; k < half; k++) {
            double buffer[2];
            size_t at = 2 * ((transform * check->rows + row) * half + k);
            const double *x = gv__as_double(input, check->precision, at, 2, buffer);
            to[k] = (gv__complex){x[0], x[1]};
            if (k > 0 && 2 * k != check->last) { /* those are in the half themselves */
                image[check->last - k] = (gv__complex){x[0], -x[1]};
            }
        }
    }
}

static void load(fft_check *check, const void *input, size_t transform)
{
    if (check->fft->kind == GV_FFT_C2R) {
        load_half_spectrum(check, input, transform);
        return;
    }
    bool real = check->fft->kind == GV_FFT_R2C;
    size_t numbers = real ? 1 : 2;
    double buffer[GV__CHUNK];
    size_t block = GV__CHUNK / 2;
    for (size_t start = 0; start < check->points; start += block) {
        size_t count = check->points - start < block ? check->points - start : block;
        const double *x =
            gv__as_double(input, check->precision, (transform * check->points + start) * numbers,
                          count * numbers, buffer);
        for (size_t i = 0; i < count; i++) {
            check->data[start + i] =
                real ? (gv__complex){x[i], 0} : (gv__complex){x[2 * i], x[2 * i + 1]};
        }
    }
}

/* The bins of `transform` that the output holds, against the reference in check->data. */
static void compare(const fft_check *check, const void *output, size_t transform, gv__worst *worst)
{
    gv_fft_kind kind = check->fft->kind;
    size_t width = kind == GV_FFT_R2C ? check->last / 2 + 1 : check->last;
    size_t numbers = kind == GV_FFT_C2R ? 1 : 2;
    bool inverse = kind == GV_FFT_C2R || check->fft->inverse;
    double scale = inverse ? 1 / (double)check->points : 1;
    double squares = 0;
    double buffer[GV__CHUNK];
    size_t block = GV__CHUNK / 2;
    gv__worst largest = {0}; /* squared, and not yet relative */
    for (size_t row = 0; row < check->rows; row++) {
        for (size_t start = 0; start < width; start += block) {
            size_t count = width - start < block ? width - start : block;
            size_t at = (transform * check->rows + row) * width + start;
            const double *y =
                gv__as_double(output, check->precision, at * numbers, count * numbers, buffer);
            const gv__complex *exact = check->data + row * check->last + start;
            for (size_t i = 0; i < count; i++) {
                double re = exact[i].re * scale;
                double im = exact[i].im * scale;
                double d_re = y[numbers * i] - re;
                double d_im = numbers == 2 ? y[numbers * i + 1] - im : 0;
                double d = d_re * d_re + d_im * d_im;
                squares += re * re + (numbers == 2 ? im * im : 0);
                if (!(d <= largest.error_rel)) { /* a NaN too */
                    gv__worst_note(&largest, d <= HUGE_VAL ? d : HUGE_VAL, transform, row,
                                   start + i, 0);
                }
            }
        }
    }
    double rms = sqrt(squares / ((double)check->rows * (double)width));
    gv__worst_note(worst, gv__relative(sqrt(largest.error_rel), rms), transform, largest.where[1],
                   largest.where[2], 0);
}

/* The way back: elements of the input, relative to their rms, transform by transform. */
static void check_round_trip(const fft_check *check, const void *input, const void *inverse,
                             size_t elements, gv__worst *worst)
{
    double a_buffer[GV__CHUNK];
    double b_buffer[GV__CHUNK];
    const size_t transforms = check->fft->batch > 0 ? check->fft->batch : 1;
    size_t each = elements / transforms;
    for (size_t transform = 0; transform < transforms; transform++) {
        gv__worst largest = {0};
        double squares = 0;
        for (size_t start = 0; start < each; start += GV__CHUNK) {
            size_t count = each - start < GV__CHUNK ? each - start : GV__CHUNK;
            size_t at = transform * each + start;
            const double *a = gv__as_double(input, check->precision, at, count, a_buffer);
            const double *b = gv__as_double(inverse, check->precision, at, count, b_buffer);
            for (size_t i = 0; i < count; i++) {
                squares += a[i] * a[i];
                gv__worst_note(&largest, gv__relative(fabs(b[i] - a[i]), 1), start + i, 0, 0, 0);
            }
        }
        double rms = sqrt(squares / (double)each);
        gv__worst_note(worst, gv__relative(largest.error_rel, rms), transform, largest.where[0], 0,
                       0);
    }
}

static gv_status create(fft_check *check, gv_error *err)
{
    check->points = gv_fft_points(check->fft);
    check->last = check->fft->shape[check->fft->dims - 1];
    check->rows = check->points / check->last;
    check->data = calloc(check->points, sizeof *check->data);
    if (check->data == NULL) {
        return gv__fail(err, GV_MEMORY, 0, "calloc", "there is no memory for checking a result");
    }
    return gv__reference_fft_create(check->fft, &check->plan, err);
}

gv_status gv__check_fft(const gv_workload *workload, const void *const inputs[], const void *output,
                        const void *inverse, gv_check_result *out, gv_error *err)
{
    const gv_fft *fft = &workload->as.fft;
    fft_check check = {.fft = fft, .precision = workload->precision};
    gv_operands operands;
    gv_status status = gv_workload_operands(workload, &operands, err);
    if (status == GV_OK) {
        status = create(&check, err);
    }
    if (status != GV_OK) {
        goto cleanup;
    }
    gv__worst worst = {0};
    for (size_t transform = 0; transform < fft->batch; transform++) {
        load(&check, inputs[0], transform);
        gv__reference_fft_run(check.plan, check.data, fft->kind == GV_FFT_C2R || fft->inverse);
        compare(&check, output, transform, &worst);
    }
    double bound = gv__bound_fft(workload->precision, check.points);
    *out = gv__result_start(inverse != NULL ? "every bin, round trip" : "every bin", bound);
    if (gv__result_settle(out, &worst, "bin %zu of row %zu, transform %zu", worst.where[2],
                          worst.where[1], worst.where[0]) &&
        inverse != NULL) {
        gv__worst back = {0};
        check_round_trip(&check, inputs[0], inverse, operands.input[0].elements, &back);
        /* Two transforms' errors; on the scale of one, to keep the larger of both findings. */
        back.error_rel /= 2;
        gv__worst_note(&back, worst.error_rel, worst.where[0], worst.where[2], 0, 0);
        gv__result_settle(out, &back, "the round trip at element %zu of transform %zu",
                          back.where[1], back.where[0]);
    }

cleanup:
    gv__reference_fft_free(check.plan);
    free(check.data);
    return status;
}
