/* SPDX-License-Identifier: Apache-2.0 */
/* Transforms of columns, by a provider that transforms rows and by fft_columns.cl: the pieces of a
 * split transform (cut_split.h). */
#ifndef GPUVERDICT_KERNELS_FFT_COLUMNS_H
#define GPUVERDICT_KERNELS_FFT_COLUMNS_H

#include "base/cut.h"
#include "kernels/device_provider.h"
#include "kernels/own_kernel.h"

/** Start with `{0}`. */
typedef struct gv__fft_columns {
    gv__kernel kernel;
    cl_mem roots;   /**< exp() in two tables, a fine one of 2^shift and a coarse one */
    cl_mem between; /**< the columns of a piece as rows */
    cl_uint shift;
} gv__fft_columns;

/** For all pieces of `cut`, which splits transforms. */
gv_status gv__fft_columns_create(gv__context *context, const gv__cut *cut, gv__fft_columns *out,
                                 gv__costs *costs, gv_error *err);

/** Enqueue a piece by a provider's plan for its workload. The second pass overwrites `input`. */
gv_status gv__fft_columns_enqueue(gv__fft_columns *by, const gv__piece *piece,
                                  const gv__device_provider *provider, void *plan, cl_mem input,
                                  cl_mem output, gv_error *err);

/** Accepts a zeroed one. */
void gv__fft_columns_release(gv__fft_columns *by);

#endif
