/* SPDX-License-Identifier: Apache-2.0 */
/* What the checkers share: reading any precision as double, random probes, the worst deviation. */
#ifndef GPUVERDICT_KERNELS_CHECK_PARTS_H
#define GPUVERDICT_KERNELS_CHECK_PARTS_H

#include "base/support.h"
#include "kernels/check.h"

#include <math.h>

enum { GV__CHUNK = 512 }; /**< numbers that are converted at a time: 4 KiB of double */

/** `count` numbers from element `offset` as double: in place for f64, else converted into `buffer`,
 * which has room for `count`. */
const double *gv__as_double(const void *array, gv_precision precision, size_t offset, size_t count,
                            double *buffer);

/** Two random vectors, and the sum of their squares. The squares travel through the same products
 * as the vectors, over squared matrices, and so yield the 2-norm that a bound is relative to.
 *
 * Elements are random in [1, 2) with a random sign. With plain ±1 two equal errors in one row, such
 * as two elements swapped, cancel every second time; here they do so with a probability of about
 * bound/error per vector. And a single error is never made smaller. */
typedef struct gv__probe {
    double *v[2];
    double *squares;
} gv__probe;

/** Three arrays of `count` doubles, zeroed, in one block at v[0]. */
gv_status gv__probe_create(gv__probe *probe, size_t count, gv_error *err);
void gv__probe_free(gv__probe *probe);
void gv__probe_randomize(gv__probe *probe, size_t count, gv__random *random);

/** A dense row-major matrix inside an array. */
typedef struct gv__matrix {
    const void *array;
    gv_precision precision;
    size_t offset, rows, columns;
} gv__matrix;

/** y = M·x with y.v over the rows, and y.squares = (M squared by element)·x.squares. */
void gv__probe_apply(const gv__matrix *m, const gv__probe *x, gv__probe *y);
/** The same with the transpose of M: y runs over the columns. */
void gv__probe_apply_transposed(const gv__matrix *m, const gv__probe *x, gv__probe *y);

/** The largest relative deviation so far and where it stood. */
typedef struct gv__worst {
    double error_rel;
    size_t where[4];
} gv__worst;

/** deviation / scale; INFINITY where that is no number. 0 of 0 is right. */
static inline double gv__relative(double deviation, double scale)
{
    double error = deviation == 0 ? 0 : deviation / scale;
    return error <= HUGE_VAL ? error : HUGE_VAL; /* a NaN fails the comparison */
}

static inline void gv__worst_note(gv__worst *worst, double error_rel, size_t a, size_t b, size_t c,
                                  size_t d)
{
    if (error_rel > worst->error_rel) {
        *worst = (gv__worst){error_rel, {a, b, c, d}};
    }
}

/** Freivalds' check of C = op(A)·op(B) + bias, product by product.
 * @param bias     n numbers that are added to each row; may be NULL
 * @param row_rms  NULL, or batch·m numbers that get, for each row, the root mean square of its
 *                 elements' norms s_ij: the unit of their errors */
gv_status gv__check_product(const gv_matmul *shape, gv_precision precision, const void *a,
                            const void *b, const void *bias, const void *c, uint64_t seed,
                            double *row_rms, gv_check_result *out, gv_error *err);

gv_status gv__check_matmul(const gv_workload *workload, const void *const inputs[],
                           const void *output, uint64_t seed, gv_check_result *out, gv_error *err);
gv_status gv__check_dense(const gv_workload *workload, const void *const inputs[],
                          const void *output, const void *linear, uint64_t seed,
                          gv_check_result *out, gv_error *err);
gv_status gv__check_conv2d(gv__algorithm algorithm, const gv_workload *workload,
                           const void *const inputs[], const void *output, uint64_t seed,
                           gv_check_result *out, gv_error *err);
gv_status gv__check_fft(const gv_workload *workload, const void *const inputs[], const void *output,
                        const void *inverse, gv_check_result *out, gv_error *err);

/** Start a result; `right` until something wrong is found. */
gv_check_result gv__result_start(const char *method, double bound_rel);
/** Take `worst` into the result. Returns false, with `error_rel`, `bound_rel` and the beginning of
 * the text "WHERE deviates by …, allowed are …", where it is above the bound. */
bool gv__result_settle(gv_check_result *out, const gv__worst *worst, const char *format, ...)
    GV__PRINTF(3, 4);

#endif
