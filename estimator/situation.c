/* SPDX-License-Identifier: Apache-2.0 */
#include "estimator/process.h"

#include <math.h>
#include <string.h>

int gv__kind_of(const gv__machine *m, gv_op op)
{
    static const int kinds[GV_OP_COUNT] = {[GV_OP_MATMUL] = GV__PROCESS_MATMUL,
                                           [GV_OP_CONV2D] = GV__PROCESS_CONV,
                                           [GV_OP_FFT] = GV__PROCESS_FFT,
                                           [GV_OP_DENSE] = GV__PROCESS_DENSE,
                                           [GV_OP_CUSTOM] = GV__PROCESS_FFT};
    bool clfft = op == GV_OP_FFT && gv__fft_library(m) == GV__FFT_CLFFT;
    return clfft ? GV__PROCESS_CLFFT : kinds[op];
}

static double doublings(uint64_t size)
{
    return log2((double)size);
}

static void fft_features(const gv_fft *fft, double *f)
{
    bool two = true, large = false;
    for (uint32_t i = 0; i < fft->dims; i++) {
        uint64_t n = fft->shape[i];
        two = two && (n & (n - 1)) == 0;
        large = large || gv__without_primes(n, 7) > 1;
    }
    f[0] = doublings(gv_fft_points(fft));
    f[1] = 0.5 * doublings(fft->batch);
    f[2] = 3 * fft->dims;
    f[3] = fft->kind == GV_FFT_C2C ? 0 : 3;
    f[4] = two ? 0 : 2;
    f[5] = large ? 4 : 0;
}

static void conv2d_features(const gv_conv2d *conv, double *f)
{
    uint64_t p, q;
    gv_conv2d_output(conv, &p, &q);
    bool stride = conv->stride_h > 1 || conv->stride_w > 1;
    f[0] = doublings(conv->n * p * q);
    f[1] = doublings(conv->k);
    f[2] = doublings(conv->c / conv->groups * conv->r * conv->s);
    f[3] = 0.5 * doublings(conv->c);
    f[4] = conv->r == 3 && conv->s == 3 && !stride ? 3 : 0;
    f[5] = conv->r == 5 && conv->s == 5 && !stride ? 3 : 0;
    f[6] = stride ? 2 : 0;
    f[7] = conv->groups > 1 ? 3 : 0;
}

void gv__situation_of(const gv__machine *m, const gv_workload *workload, const gv__terms *terms,
                      gv__situation *out)
{
    *out = (gv__situation){.kind = gv__kind_of(m, workload->op)};
    out->row = m->host_silicon ? GV__PROCESS_CPU : out->kind;
    memcpy(out->share, terms->share, sizeof out->share);
    double *f = out->feature;
    switch (workload->op) {
    case GV_OP_MATMUL: {
        const gv_matmul *g = &workload->as.matmul;
        f[0] = 0.5 * doublings(g->batch);
        f[1] = doublings(g->m);
        f[2] = doublings(g->n);
        f[3] = doublings(g->k);
        f[4] = g->ta || g->tb ? 2 : 0;
        break;
    }
    case GV_OP_DENSE: {
        const gv_dense *d = &workload->as.dense;
        f[1] = doublings(d->batch);
        f[2] = doublings(d->out);
        f[3] = doublings(d->in);
        break;
    }
    case GV_OP_CONV2D:
        conv2d_features(&workload->as.conv2d, f);
        break;
    case GV_OP_FFT:
        fft_features(&workload->as.fft, f);
        break;
    case GV_OP_CUSTOM: /* has no process */
        break;
    }
    f[GV__FEATURES - 1] = 3 * (double)workload->precision;
}
