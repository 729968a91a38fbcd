/* SPDX-License-Identifier: Apache-2.0 */
/* Which host providers were built in. Each list ends with NULL, since without libraries it is
 * empty. */
#include "kernels/host_rows.h"

static const gv__host_provider *const matmul_rows[] = {
#if defined(GV_HAVE_OPENBLAS)
    &gv__openblas_matmul,
#endif
    NULL,
};

static const gv__host_provider *const conv2d_rows[] = {
#if defined(GV_HAVE_ONEDNN)
    &gv__onednn_plain_conv2d,
    &gv__onednn_any_conv2d,
#endif
#if defined(GV_HAVE_OPENBLAS)
    &gv__openblas_conv2d,
#endif
    NULL,
};

static const gv__host_provider *const fft_rows[] = {
#if defined(GV_HAVE_FFTW)
    &gv__fftw_fft,
#endif
    NULL,
};

static const gv__host_provider *const dense_rows[] = {
#if defined(GV_HAVE_ONEDNN)
    &gv__onednn_plain_dense,
    &gv__onednn_any_dense,
#endif
#if defined(GV_HAVE_OPENBLAS)
    &gv__openblas_dense,
#endif
    NULL,
};

const gv__host_provider *const *gv__host_providers(gv_op op, size_t *count)
{
    static const gv__host_provider *const none[] = {NULL};
    const gv__host_provider *const *rows = none;
    switch (op) {
    case GV_OP_MATMUL:
        rows = matmul_rows;
        break;
    case GV_OP_CONV2D:
        rows = conv2d_rows;
        break;
    case GV_OP_FFT:
        rows = fft_rows;
        break;
    case GV_OP_DENSE:
        rows = dense_rows;
        break;
    case GV_OP_CUSTOM:
        break;
    }
    *count = 0;
    while (rows[*count] != NULL) {
        ++*count;
    }
    return rows;
}
