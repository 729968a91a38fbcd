/* SPDX-License-Identifier: Apache-2.0 */
/* matmul by gemm.cl, on devices with local memory of their own. */
#include "kernels/device_rows.h"
#include "kernels/tiled_gemm.h"

#include <stdlib.h>

static gv_status create(gv__context *context, const gv_workload *workload,
                        const gv__parameters *parameters, void **plan, gv__costs *costs,
                        gv_error *err)
{
    gv__gemm *gemm = calloc(1, sizeof *gemm);
    if (gemm == NULL) {
        return gv__fail(err, GV_MEMORY, 0, NULL, "no memory for a plan");
    }
    gv_status status = gv__gemm_create(context, workload, parameters, gemm, costs, err);
    if (status != GV_OK) {
        free(gemm);
        return status;
    }
    *plan = gemm;
    return GV_OK;
}

static gv_status enqueue(void *plan, const cl_mem inputs[], cl_mem output, gv_error *err)
{
    return gv__gemm_enqueue(plan, inputs[0], inputs[1], NULL, output, err);
}

static void destroy(void *plan)
{
    gv__gemm *gemm = plan;
    if (gemm != NULL) {
        gv__gemm_release(gemm);
        free(gemm);
    }
}

const gv__device_provider gv__tiled_matmul = {
    .name = "gpuverdict tiled",
    .op = GV_OP_MATMUL,
    .version = gv__gemm_version,
    .supports = gv__gemm_tiled_supports,
    .candidate = gv__gemm_candidate,
    .create = create,
    .enqueue = enqueue,
    .destroy = destroy,
};
