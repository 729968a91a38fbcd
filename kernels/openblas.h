/* SPDX-License-Identifier: Apache-2.0 */
/* What the providers on OpenBLAS share: its version, threads, and products in either precision. */
#ifndef GPUVERDICT_KERNELS_OPENBLAS_H
#define GPUVERDICT_KERNELS_OPENBLAS_H

#include "kernels/provider.h"

/** "0.3.21", from the library itself. */
const char *gv__openblas_version(void);

/** Threads of each following call. With 1, calls from several threads at once are safe and run in
 * their callers' threads. */
void gv__openblas_use_threads(uint32_t threads);

/** GV_UNSUPPORTED where a size does not fit into the library's 32-bit integers, or for f16. */
gv_status gv__openblas_fits(gv_precision precision, const uint64_t sizes[], size_t count,
                            gv_error *err);

/** One row-major product C = op(A)·op(B) + beta·C, leading dimensions in elements. */
typedef struct gv__gemm {
    gv_precision precision;
    bool ta, tb;
    size_t m, n, k, lda, ldb, ldc;
    double beta; /**< 0 or 1 */
} gv__gemm;

/** Calls gemv where C is one row or one column, as an expert would. */
void gv__openblas_gemm(const gv__gemm *gemm, const void *a, const void *b, void *c);

#endif
