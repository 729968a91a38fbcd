/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels/gemm_shape.h"
#include "kernels/device_provider.h"

#include <limits.h>

gv__gemm_shape gv__gemm_shape_of(const gv_workload *workload)
{
    if (workload->op == GV_OP_MATMUL) {
        const gv_matmul *matmul = &workload->as.matmul;
        return (gv__gemm_shape){.precision = workload->precision,
                                .m = matmul->m,
                                .n = matmul->n,
                                .k = matmul->k,
                                .batch = matmul->batch,
                                .ta = matmul->ta,
                                .tb = matmul->tb};
    }
    const gv_dense *dense = &workload->as.dense;
    return (gv__gemm_shape){.precision = workload->precision,
                            .m = dense->batch,
                            .n = dense->out,
                            .k = dense->in,
                            .batch = 1,
                            .bias = true,
                            .act = dense->act};
}

gv_status gv__gemm_supports(const gv_device *facts, const gv_workload *workload, gv_error *err)
{
    gv_status status = gv__device_fits(facts, workload, err);
    if (status != GV_OK) {
        return status;
    }
    /* Blocks may reach past the end, by less than 2^16. */
    const gv__gemm_shape shape = gv__gemm_shape_of(workload);
    const uint64_t most = INT_MAX - (1U << 16);
    if (shape.m > most || shape.n > most || shape.k > most || shape.batch > most) {
        return gv__fail(err, GV_UNSUPPORTED, 0, NULL,
                        "our kernels count rows, columns and terms in 32 bits");
    }
    return GV_OK;
}

void gv__gemm_options(const gv__gemm_shape *shape, const gv__parameters *parameters,
                      gv__text *options)
{
    gv__text_printf(options, "-D REAL=%s -D HALF_STORED=%d -D ACTIVATION=%d",
                    shape->precision == GV_PRECISION_F64 ? "double" : "float",
                    shape->precision == GV_PRECISION_F16, (int)shape->act);
    gv__parameters_options(parameters, options);
}

/* The values of an axis without its first one, which may or may not be among them. */
static uint32_t others(const gv__axis *axis, int32_t out[])
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < axis->count; i++) {
        if (axis->values[i] != axis->first) {
            out[count++] = axis->values[i];
        }
    }
    return count;
}

bool gv__grid_point(const gv__axis axes[], uint32_t count, uint64_t index, gv__parameters *out)
{
    *out = (gv__parameters){0};
    for (uint32_t i = 0; i < count; i++) {
        int32_t other[GV__COUNT(axes->values)];
        const uint64_t choices = others(&axes[i], other) + 1;
        const uint64_t choice = index % choices;
        index /= choices;
        gv__parameters_set(out, axes[i].name, choice == 0 ? axes[i].first : other[choice - 1]);
    }
    return index == 0;
}
