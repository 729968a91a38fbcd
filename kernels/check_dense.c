/* SPDX-License-Identifier: Apache-2.0 */
/* A dense layer: Freivalds on what stands before the activation, then the activation of every
 * element. */
#include "kernels/bounds.h"
#include "kernels/check_parts.h"

#include <stdlib.h>

/* `output` against act of every element of `linear`. Both come from the same provider, but not
 * always from the same machine code, so that its z may differ by a rounding of the sum: the slope
 * of act passes that on. In units of the result's bound. */
static void check_activation(const gv_workload *workload, const void *linear, const void *output,
                             const double *row_rms, gv__worst *worst)
{
    const gv_dense *dense = &workload->as.dense;
    gv_precision precision = workload->precision;
    double bound = gv__bound_activation(precision, dense->act);
    double sum = gv__activation_slope(dense->act) * gv__bound_dot(precision, dense->in + 1);
    double z_buffer[GV__CHUNK];
    double y_buffer[GV__CHUNK];
    for (size_t row = 0; row < dense->batch; row++) {
        for (size_t start = 0; start < dense->out; start += GV__CHUNK) {
            size_t count = dense->out - start < GV__CHUNK ? dense->out - start : GV__CHUNK;
            size_t offset = row * dense->out + start;
            const double *z = gv__as_double(linear, precision, offset, count, z_buffer);
            const double *y = gv__as_double(output, precision, offset, count, y_buffer);
            for (size_t i = 0; i < count; i++) {
                double exact = gv_activation_apply(dense->act, z[i]);
                double allowed = bound * fmax(fabs(exact), 1) + sum * row_rms[row];
                double error = gv__relative(fabs(y[i] - exact), allowed);
                gv__worst_note(worst, error, row, start + i, 0, 0);
            }
        }
    }
}

gv_status gv__check_dense(const gv_workload *workload, const void *const inputs[],
                          const void *output, const void *linear, uint64_t seed,
                          gv_check_result *out, gv_error *err)
{
    const gv_dense *dense = &workload->as.dense;
    const gv_matmul shape = {.m = dense->batch, .n = dense->out, .k = dense->in, .batch = 1};
    if (dense->act == GV_ACT_NONE) {
        return gv__check_product(&shape, workload->precision, inputs[0], inputs[1], inputs[2],
                                 output, seed, NULL, out, err);
    }
    if (linear == NULL) {
        return gv__fail(err, GV_ARGUMENT, 0, NULL,
                        "a dense layer with an activation is checked by its result without one");
    }
    double *row_rms = calloc(dense->batch, sizeof *row_rms);
    if (row_rms == NULL) {
        return gv__fail(err, GV_MEMORY, 0, "calloc", "there is no memory for checking a result");
    }
    gv_check_result before = {0};
    gv_status status = gv__check_product(&shape, workload->precision, inputs[0], inputs[1],
                                         inputs[2], linear, seed, row_rms, &before, err);
    if (status == GV_OK) {
        before.method = "Freivalds, every activation";
        *out = before;
        if (before.right) {
            gv__worst worst = {0};
            check_activation(workload, linear, output, row_rms, &worst);
            /* The activation's error is a share of what it may be: put it on the sum's scale, and
             * keep the larger of the two. */
            worst.error_rel *= before.bound_rel;
            gv__worst_note(&worst, before.error_rel, worst.where[0], worst.where[1], 0, 0);
            gv__result_settle(out, &worst, "%s at row %zu, column %zu",
                              gv_activation_name(dense->act), worst.where[0], worst.where[1]);
        }
    }
    free(row_rms);
    return status;
}
