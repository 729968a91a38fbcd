/* SPDX-License-Identifier: Apache-2.0 */
/* A Fourier transform in double that results are checked against: any length, one to three axes.
 *
 * Written for accuracy first: every twiddle factor comes from its own sine and cosine, within one
 * octant, never from a recurrence, so that the reference is at least as accurate as any f64 result
 * that it judges. Mixed radix for small primes, Bluestein's algorithm for the rest. One thread. */
#ifndef GPUVERDICT_KERNELS_REFERENCE_FFT_H
#define GPUVERDICT_KERNELS_REFERENCE_FFT_H

#include <gpuverdict/workload.h>

typedef struct gv__complex {
    double re, im;
} gv__complex;

typedef struct gv__reference_fft gv__reference_fft;

/** Plan a complex transform over the axes of `fft` (its kind and batch do not matter).
 * @retval GV_MEMORY  no room for the tables and the work space (three times the data of one) */
gv_status gv__reference_fft_create(const gv_fft *fft, gv__reference_fft **out, gv_error *err);

/** Transform one set of gv_fft_points numbers in place, unscaled in both directions. */
void gv__reference_fft_run(gv__reference_fft *plan, gv__complex *data, bool inverse);

/** Accepts NULL. */
void gv__reference_fft_free(gv__reference_fft *plan);

#endif
