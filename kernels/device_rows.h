/* SPDX-License-Identifier: Apache-2.0 */
/* The device providers, one a file; device_providers.c puts them in order. Those of a library exist
 * only where GV_HAVE_<LIBRARY> is 1. */
#ifndef GPUVERDICT_KERNELS_DEVICE_ROWS_H
#define GPUVERDICT_KERNELS_DEVICE_ROWS_H

#include "kernels/device_provider.h"

extern const gv__device_provider gv__clblast_matmul;
extern const gv__device_provider gv__panel_matmul;
extern const gv__device_provider gv__panel_dense;
extern const gv__device_provider gv__tiled_matmul;
extern const gv__device_provider gv__depthwise_conv2d;
extern const gv__device_provider gv__direct_conv2d;
extern const gv__device_provider gv__winograd_2_conv2d;
extern const gv__device_provider gv__winograd_4_conv2d;
extern const gv__device_provider gv__tiled_conv2d;
extern const gv__device_provider gv__tiled_dense;
extern const gv__device_provider gv__own_fft;
extern const gv__device_provider gv__clfft_fft;
extern const gv__device_provider gv__vkfft_fft;

/** Give back what CLBlast and clFFT keep from call to call. */
void gv__clblast_release(void);
void gv__clfft_release(void);

#endif
