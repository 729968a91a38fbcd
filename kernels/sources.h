/* SPDX-License-Identifier: Apache-2.0 */
/* The .cl files of this room, embedded by CMakeLists.txt. */
#ifndef GPUVERDICT_KERNELS_SOURCES_H
#define GPUVERDICT_KERNELS_SOURCES_H

#include "base/embedded.h"

extern const gv__embedded gv__cl_common;
extern const gv__embedded gv__cl_tile;
extern const gv__embedded gv__cl_gemm;
extern const gv__embedded gv__cl_panel_gemm;
extern const gv__embedded gv__cl_dense_thin;
extern const gv__embedded gv__cl_split_k;
extern const gv__embedded gv__cl_conv2d;
extern const gv__embedded gv__cl_conv2d_depthwise;
extern const gv__embedded gv__cl_conv2d_direct;
extern const gv__embedded gv__cl_conv2d_winograd;
extern const gv__embedded gv__cl_conv2d_winograd_gpu;
extern const gv__embedded gv__cl_winograd_points;
extern const gv__embedded gv__cl_add_part;
extern const gv__embedded gv__cl_fft_vector;
extern const gv__embedded gv__cl_fft_radix;
extern const gv__embedded gv__cl_fft_real;
extern const gv__embedded gv__cl_fft_memory;
extern const gv__embedded gv__cl_fft;
extern const gv__embedded gv__cl_fft_fold;
extern const gv__embedded gv__cl_fft_columns;

#endif
