/* SPDX-License-Identifier: Apache-2.0 */
/* Our own matrix product on a device: gemm.cl, for the matmul and the dense provider. */
#ifndef GPUVERDICT_KERNELS_TILED_GEMM_H
#define GPUVERDICT_KERNELS_TILED_GEMM_H

#include "kernels/gemm_shape.h"
#include "kernels/tiles.h"

typedef struct gv__gemm {
    gv__kernel kernel;
    gv__gemm_shape shape;
} gv__gemm;

gv_status gv__gemm_create(gv__context *context, const gv__gemm_shape *shape, gv__gemm *out,
                          gv__costs *costs, gv_error *err);
/** `bias` is NULL where the shape has none. */
gv_status gv__gemm_enqueue(const gv__gemm *gemm, cl_mem left, cl_mem right, cl_mem bias, cl_mem out,
                           gv_error *err);
/** Eight digits of the sources' digest. Static text. */
const char *gv__gemm_version(void);

#endif
