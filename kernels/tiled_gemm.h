/* SPDX-License-Identifier: Apache-2.0 */
/* Our own matrix product on a device: gemm.cl, for the matmul and the dense provider. */
#ifndef GPUVERDICT_KERNELS_TILED_GEMM_H
#define GPUVERDICT_KERNELS_TILED_GEMM_H

#include "kernels/gemm_shape.h"
#include "kernels/split_k.h"
#include "kernels/tiles.h"

typedef struct gv__gemm {
    gv__kernel kernel;
    gv__split_k split;
    gv__gemm_shape shape;
} gv__gemm;

/** gv__gemm_supports, on devices with local memory of their own: panels serve the others. */
gv_status gv__gemm_tiled_supports(const gv_device *facts, const gv_workload *workload,
                                  gv_error *err);
/** The candidates of device_provider.h. */
bool gv__gemm_candidate(const gv_device *facts, const gv_workload *workload, uint32_t index,
                        gv__parameters *out);
/** @retval GV_UNSUPPORTED  the tunables (NULL: candidate 0) do not fit the device */
gv_status gv__gemm_create(gv__context *context, const gv_workload *workload,
                          const gv__parameters *parameters, gv__gemm *out, gv__costs *costs,
                          gv_error *err);
/** `bias` is NULL where the shape has none. */
gv_status gv__gemm_enqueue(const gv__gemm *gemm, cl_mem left, cl_mem right, cl_mem bias, cl_mem out,
                           gv_error *err);
/** Accepts a zeroed one. */
void gv__gemm_release(gv__gemm *gemm);
/** Eight digits of the sources' digest. Static text. */
const char *gv__gemm_version(void);

#endif
