/* SPDX-License-Identifier: Apache-2.0 */
/* matmul by OpenBLAS. One product: its own threads. Several: where there is one for each thread,
 * whole products are shared out, each in one thread, which keeps small ones from waiting for each
 * other; else one after the other. */
#include "base/support.h"
#include "kernels/host_rows.h"
#include "kernels/host_threads.h"
#include "kernels/openblas.h"

#include <stdlib.h>

typedef struct matmul_plan {
    gv__gemm gemm;
    size_t batch;
    size_t a_bytes, b_bytes, c_bytes; /* of one product */
    const char *a, *b;
    char *c;
    uint32_t threads;
    gv__threads *pool; /* NULL: OpenBLAS' own threads */
} matmul_plan;

static gv_status supports(const gv_workload *workload, gv_error *err)
{
    const gv_matmul *s = &workload->as.matmul;
    const uint64_t sizes[] = {s->m, s->n, s->k};
    return gv__openblas_fits(workload->precision, sizes, GV__COUNT(sizes), err);
}

static void destroy(void *argument)
{
    matmul_plan *plan = argument;
    if (plan != NULL) {
        gv__threads_free(plan->pool);
        free(plan);
    }
}

static gv_status create(const gv_workload *workload, const void *const inputs[], void *output,
                        uint32_t threads, void **out, gv__costs *costs, gv_error *err)
{
    (void)costs;
    const gv_matmul *s = &workload->as.matmul;
    matmul_plan *plan = calloc(1, sizeof *plan);
    if (plan == NULL) {
        return gv__fail(err, GV_MEMORY, 0, "calloc", "there is no memory for a plan");
    }
    size_t number = gv_precision_bytes(workload->precision);
    *plan = (matmul_plan){
        .gemm = {workload->precision, s->ta, s->tb, s->m, s->n, s->k, s->ta ? s->m : s->k,
                 s->tb ? s->k : s->n, s->n, 0},
        .batch = s->batch,
        .a_bytes = s->m * s->k * number,
        .b_bytes = s->k * s->n * number,
        .c_bytes = s->m * s->n * number,
        .a = inputs[0],
        .b = inputs[1],
        .c = output,
        .threads = threads,
    };
    if (threads > 1 && s->batch >= threads) {
        gv_status status = gv__threads_create(threads, &plan->pool, err);
        if (status != GV_OK) {
            destroy(plan);
            return status;
        }
    }
    *out = plan;
    return GV_OK;
}

static void multiply(void *context, size_t i, uint32_t thread)
{
    (void)thread;
    const matmul_plan *plan = context;
    gv__openblas_gemm(&plan->gemm, plan->a + i * plan->a_bytes, plan->b + i * plan->b_bytes,
                      plan->c + i * plan->c_bytes);
}

static gv_status run(void *argument, gv_error *err)
{
    (void)err;
    matmul_plan *plan = argument;
    gv__openblas_use_threads(plan->pool != NULL ? 1 : plan->threads);
    if (plan->pool != NULL) {
        gv__threads_run(plan->pool, multiply, plan, plan->batch);
        return GV_OK;
    }
    for (size_t i = 0; i < plan->batch; i++) {
        multiply(plan, i, 0);
    }
    return GV_OK;
}

const gv__host_provider gv__openblas_matmul = {
    .name = "OpenBLAS",
    .op = GV_OP_MATMUL,
    .version = gv__openblas_version,
    .supports = supports,
    .create = create,
    .run = run,
    .destroy = destroy,
};
