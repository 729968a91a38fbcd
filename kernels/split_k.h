/* SPDX-License-Identifier: Apache-2.0 */
/* A product whose inner dimension is cut into parts: their sums, and what adds them (split_k.cl).
 *
 *     kernel -> sums[batch][parts][m][pitch] -> split_k_add: bias, activation -> out[batch][m][n]
 */
#ifndef GPUVERDICT_KERNELS_SPLIT_K_H
#define GPUVERDICT_KERNELS_SPLIT_K_H

#include "kernels/gemm_shape.h"
#include "kernels/own_kernel.h"

/** The most parts. */
enum { GV__SPLIT_K_MOST = 64 };

/** `{0}`: not cut. */
typedef struct gv__split_k {
    gv__kernel add;
    cl_mem sums; /**< what the kernel writes to, in the place of its output */
    cl_int m, n;
} gv__split_k;

/** The tunable SPLIT_K for a search: half and twice as many parts as `first`, or none. */
gv__axis gv__split_k_axis(uint32_t first);

/** Add "-D SPLIT_K=4 -D ALIGNED=1" to the build options: how many parts, and whether the rows of
 * right matrix and output are whole vectors. */
void gv__split_k_options(const gv__gemm_shape *shape, uint32_t parts, uint32_t width,
                         gv__text *options);

/** The sums and the addition for a kernel that was built with these options, of whose program
 * split_k.cl is part and which must outlive this. One part: `{0}`. */
gv_status gv__split_k_create(const gv__kernel *kernel, const gv__gemm_shape *shape, uint32_t parts,
                             uint32_t width, gv__split_k *out, gv_error *err);

/** Add up what the kernel left in `sums`. Only where it is cut. `bias` as in the kernel's options.
 */
gv_status gv__split_k_enqueue(const gv__split_k *split, cl_mem bias, cl_mem out, gv_error *err);

/** Accepts `{0}`. */
void gv__split_k_release(gv__split_k *split);

#endif
