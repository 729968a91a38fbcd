/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels/openblas.h"

#include "base/support.h"

#include <cblas.h>
#include <limits.h>
#include <stdio.h>

const char *gv__openblas_version(void)
{
    static char version[32] = "";
    /* "OpenBLAS 0.3.21 NO_AFFINITY …"; its older builds say only the options. */
    if (version[0] == 0 && sscanf(openblas_get_config(), "OpenBLAS %31s", version) != 1) {
        gv__copy_text(version, sizeof version, "unknown");
    }
    return version;
}

void gv__openblas_use_threads(uint32_t threads)
{
    openblas_set_num_threads((int)threads);
}

gv_status gv__openblas_fits(gv_precision precision, const uint64_t sizes[], size_t count,
                            gv_error *err)
{
    if (precision != GV_PRECISION_F32 && precision != GV_PRECISION_F64) {
        return gv__fail(err, GV_UNSUPPORTED, 0, NULL, "OpenBLAS has no products in %s",
                        gv_precision_name(precision));
    }
    for (size_t i = 0; i < count; i++) {
        if (sizes[i] > INT_MAX) {
            return gv__fail(err, GV_UNSUPPORTED, 0, NULL,
                            "OpenBLAS takes sizes of 32 bits, and one here is larger");
        }
    }
    return GV_OK;
}

/* y = op(M)·x + beta·y for a stored matrix of rows x columns. */
static void gemv(gv_precision precision, bool transposed, size_t rows, size_t columns, size_t ld,
                 const void *m, const void *x, size_t x_step, double beta, void *y, size_t y_step)
{
    CBLAS_TRANSPOSE op = transposed ? CblasTrans : CblasNoTrans;
    if (precision == GV_PRECISION_F32) {
        cblas_sgemv(CblasRowMajor, op, (blasint)rows, (blasint)columns, 1, m, (blasint)ld, x,
                    (blasint)x_step, (float)beta, y, (blasint)y_step);
    } else {
        cblas_dgemv(CblasRowMajor, op, (blasint)rows, (blasint)columns, 1, m, (blasint)ld, x,
                    (blasint)x_step, beta, y, (blasint)y_step);
    }
}

void gv__openblas_gemm(const gv__gemm *g, const void *a, const void *b, void *c)
{
    if (g->m == 1) { /* the row of C is op(B) transposed times the row of A */
        gemv(g->precision, !g->tb, g->tb ? g->n : g->k, g->tb ? g->k : g->n, g->ldb, b, a,
             g->ta ? g->lda : 1, g->beta, c, 1);
        return;
    }
    if (g->n == 1) {
        gemv(g->precision, g->ta, g->ta ? g->k : g->m, g->ta ? g->m : g->k, g->lda, a, b,
             g->tb ? 1 : g->ldb, g->beta, c, g->ldc);
        return;
    }
    CBLAS_TRANSPOSE ta = g->ta ? CblasTrans : CblasNoTrans;
    CBLAS_TRANSPOSE tb = g->tb ? CblasTrans : CblasNoTrans;
    if (g->precision == GV_PRECISION_F32) {
        cblas_sgemm(CblasRowMajor, ta, tb, (blasint)g->m, (blasint)g->n, (blasint)g->k, 1, a,
                    (blasint)g->lda, b, (blasint)g->ldb, (float)g->beta, c, (blasint)g->ldc);
    } else {
        cblas_dgemm(CblasRowMajor, ta, tb, (blasint)g->m, (blasint)g->n, (blasint)g->k, 1, a,
                    (blasint)g->lda, b, (blasint)g->ldb, g->beta, c, (blasint)g->ldc);
    }
}
