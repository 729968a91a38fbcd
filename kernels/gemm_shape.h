/* SPDX-License-Identifier: Apache-2.0 */
/* matmul and dense seen as one product, and what the providers that compute it share. */
#ifndef GPUVERDICT_KERNELS_GEMM_SHAPE_H
#define GPUVERDICT_KERNELS_GEMM_SHAPE_H

#include "base/support.h"
#include "kernels/parameters.h"
#include <gpuverdict/device.h>
#include <gpuverdict/workload.h>

/** out[m x n] = act(op(left) * op(right) + bias), `batch` of them, row-major. */
typedef struct gv__gemm_shape {
    gv_precision precision;
    uint64_t m, n, k, batch;
    bool ta, tb; /**< left is stored k x m, right n x k */
    bool bias;   /**< a bias[n] is added to each row */
    gv_activation act;
} gv__gemm_shape;

/** Of a matmul or dense workload. */
gv__gemm_shape gv__gemm_shape_of(const gv_workload *workload);

/** GV_UNSUPPORTED where the device cannot hold it, or a size does not fit into a kernel's 32-bit
 * counters. */
gv_status gv__gemm_supports(const gv_device *facts, const gv_workload *workload, gv_error *err);

/** The build options: common.cl's numbers, the activation and the tunables that are compiled in. */
void gv__gemm_options(const gv__gemm_shape *shape, const gv__parameters *parameters,
                      gv__text *options);

/** One tunable of a grid and what it may be: `first`, then the others of `values`. */
typedef struct gv__axis {
    const char *name;
    int32_t first;
    int32_t values[6]; /**< positive or 0; `count` of them */
    uint32_t count;
} gv__axis;

/** Point `index` of the grid that the axes span: number 0 takes the first value of each, and the
 * first axis varies fastest. False past the last. */
bool gv__grid_point(const gv__axis axes[], uint32_t count, uint64_t index, gv__parameters *out);

#endif
