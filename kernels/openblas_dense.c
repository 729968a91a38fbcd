/* SPDX-License-Identifier: Apache-2.0 */
/* dense by OpenBLAS: each thread fills a slab of Y with the bias, adds the product, and applies
 * the activation while the slab is still in its cache. */
#include "base/support.h"
#include "kernels/host_rows.h"
#include "kernels/host_threads.h"
#include "kernels/openblas.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMN_STEP = 16 }; /* slabs begin at whole cache lines of f32 */

typedef struct dense_plan {
    gv_dense dense;
    gv_precision precision;
    const char *x, *w, *bias;
    char *y;
    bool by_rows; /* slabs of rows, else of columns */
    gv__threads *pool;
} dense_plan;

static gv_status supports(const gv_workload *workload, gv_error *err)
{
    const gv_dense *s = &workload->as.dense;
    const uint64_t sizes[] = {s->batch, s->in, s->out};
    return gv__openblas_fits(workload->precision, sizes, GV__COUNT(sizes), err);
}

static void destroy(void *argument)
{
    dense_plan *plan = argument;
    if (plan != NULL) {
        gv__threads_free(plan->pool);
        free(plan);
    }
}

static gv_status create(const gv_workload *workload, const void *const inputs[], void *output,
                        uint32_t threads, void **out, gv__costs *costs, gv_error *err)
{
    (void)costs;
    const gv_dense *dense = &workload->as.dense;
    dense_plan *plan = calloc(1, sizeof *plan);
    if (plan == NULL) {
        return gv__fail(err, GV_MEMORY, 0, "calloc", "there is no memory for a plan");
    }
    *plan = (dense_plan){
        .dense = *dense,
        .precision = workload->precision,
        .x = inputs[0],
        .w = inputs[1],
        .bias = inputs[2],
        .y = output,
        /* Whichever operand is cut is read once, the other by every thread. */
        .by_rows = dense->batch > dense->out,
    };
    gv_status status = gv__threads_create(threads, &plan->pool, err);
    if (status != GV_OK) {
        destroy(plan);
        return status;
    }
    *out = plan;
    return GV_OK;
}

static void activate_f32(gv_activation act, float *y, size_t n)
{
    switch (act) {
    case GV_ACT_NONE:
        break;
    case GV_ACT_RELU:
        for (size_t i = 0; i < n; i++) {
            y[i] = y[i] > 0 ? y[i] : 0;
        }
        break;
    case GV_ACT_GELU:
        for (size_t i = 0; i < n; i++) {
            y[i] = 0.5F * y[i] * (1 + erff(y[i] * 0.70710678F));
        }
        break;
    case GV_ACT_SIGMOID:
        for (size_t i = 0; i < n; i++) {
            y[i] = 1 / (1 + expf(-y[i]));
        }
        break;
    case GV_ACT_TANH:
        for (size_t i = 0; i < n; i++) {
            y[i] = tanhf(y[i]);
        }
        break;
    }
}

static void activate(const dense_plan *plan, char *y, size_t n)
{
    if (plan->precision == GV_PRECISION_F32) {
        activate_f32(plan->dense.act, (float *)(void *)y, n);
        return;
    }
    double *values = (double *)(void *)y;
    for (size_t i = 0; i < n && plan->dense.act != GV_ACT_NONE; i++) {
        values[i] = gv_activation_apply(plan->dense.act, values[i]);
    }
}

static void compute_slab(void *context, size_t slab, uint32_t thread)
{
    (void)thread;
    const dense_plan *plan = context;
    const gv_dense *s = &plan->dense;
    size_t slabs = gv__threads_count(plan->pool);
    size_t number = gv_precision_bytes(plan->precision);
    size_t row = 0;
    size_t rows = s->batch;
    size_t column = 0;
    size_t columns = s->out;
    if (plan->by_rows) {
        row = slab * s->batch / slabs;
        rows = (slab + 1) * s->batch / slabs - row;
    } else {
        size_t steps = (s->out + COLUMN_STEP - 1) / COLUMN_STEP;
        column = slab * steps / slabs * COLUMN_STEP;
        size_t end = (slab + 1) * steps / slabs * COLUMN_STEP;
        columns = (end < s->out ? end : s->out) - column;
    }
    if (rows == 0 || columns == 0) {
        return;
    }
    char *y = plan->y + (row * s->out + column) * number;
    for (size_t i = 0; i < rows; i++) {
        memcpy(y + i * s->out * number, plan->bias + column * number, columns * number);
    }
    const gv__gemm gemm = {.precision = plan->precision,
                           .m = rows,
                           .n = columns,
                           .k = s->in,
                           .lda = s->in,
                           .ldb = s->out,
                           .ldc = s->out,
                           .beta = 1};
    gv__openblas_gemm(&gemm, plan->x + row * s->in * number, plan->w + column * number, y);
    for (size_t i = 0; i < rows; i++) {
        activate(plan, y + i * s->out * number, columns);
    }
}

static gv_status run(void *argument, gv_error *err)
{
    (void)err;
    dense_plan *plan = argument;
    gv__openblas_use_threads(1);
    gv__threads_run(plan->pool, compute_slab, plan, gv__threads_count(plan->pool));
    return GV_OK;
}

const gv__host_provider gv__openblas_dense = {
    .name = "OpenBLAS",
    .op = GV_OP_DENSE,
    .version = gv__openblas_version,
    .supports = supports,
    .create = create,
    .run = run,
    .destroy = destroy,
};
