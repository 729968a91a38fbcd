/* SPDX-License-Identifier: Apache-2.0 */
/* Roots of unity, in double: one, and the tables that fft.cl reads. */
#ifndef GPUVERDICT_KERNELS_FFT_ROOTS_H
#define GPUVERDICT_KERNELS_FFT_ROOTS_H

#include "kernels/fft_plan.h"

/** exp(-2 pi i k / n), k < n. */
void gv__fft_root(uint64_t k, uint64_t n, double *re, double *im);

/** Real numbers in a pass's table: the radices' roots, what fft.cl calls fine and coarse, and the
 * same for a fold. */
uint64_t gv__fft_roots_count(const gv__fft_pass *pass);

/** Fill a table of that many numbers. */
void gv__fft_roots_fill(const gv__fft_pass *pass, double roots[]);

#endif
