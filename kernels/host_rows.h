/* SPDX-License-Identifier: Apache-2.0 */
/* The host's providers, one a file; host_providers.c puts them in order. Each exists only where
 * GV_HAVE_<LIBRARY> is 1. */
#ifndef GPUVERDICT_KERNELS_HOST_ROWS_H
#define GPUVERDICT_KERNELS_HOST_ROWS_H

#include "kernels/provider.h"

extern const gv__host_provider gv__openblas_matmul;
extern const gv__host_provider gv__openblas_conv2d;
extern const gv__host_provider gv__openblas_dense;
extern const gv__host_provider gv__fftw_fft;
extern const gv__host_provider gv__onednn_plain_conv2d;
extern const gv__host_provider gv__onednn_any_conv2d;
extern const gv__host_provider gv__onednn_plain_dense;
extern const gv__host_provider gv__onednn_any_dense;

#endif
