/* SPDX-License-Identifier: Apache-2.0 */
/* Our own matrix product on a device: gemm.cl, for the matmul and the dense provider. */
#ifndef GPUVERDICT_KERNELS_TILED_GEMM_H
#define GPUVERDICT_KERNELS_TILED_GEMM_H

#include "kernels/tiles.h"

/** out[m x n] = act(op(left) * op(right) + bias), `batch` of them, row-major. */
typedef struct gv__gemm_shape {
    uint64_t m, n, k, batch;
    bool ta, tb; /**< left is stored k x m, right n x k */
    bool bias;   /**< a bias[n] is added to each row */
    gv_activation act;
} gv__gemm_shape;

typedef struct gv__gemm {
    gv__kernel kernel;
    gv__gemm_shape shape;
} gv__gemm;

/** GV_UNSUPPORTED where a size does not fit into a kernel's 32-bit counters. */
gv_status gv__gemm_supports(const gv__gemm_shape *shape, gv_error *err);
gv_status gv__gemm_create(gv__context *context, gv_precision precision, const gv__gemm_shape *shape,
                          gv__gemm *out, gv__costs *costs, gv_error *err);
/** `bias` is NULL where the shape has none. */
gv_status gv__gemm_enqueue(const gv__gemm *gemm, cl_mem left, cl_mem right, cl_mem bias, cl_mem out,
                           gv_error *err);
/** Eight digits of the sources' digest. Static text. */
const char *gv__gemm_version(void);

#endif
