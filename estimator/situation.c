/* SPDX-License-Identifier: Apache-2.0 */
#include "estimator/process.h"

#include <math.h>
#include <string.h>

static double doublings(uint64_t size)
{
    return log2((double)size);
}

static bool has_large_prime(uint64_t n)
{
    static const uint64_t small[] = {2, 3, 5, 7};
    for (size_t i = 0; i < sizeof small / sizeof small[0]; i++) {
        while (n % small[i] == 0) {
            n /= small[i];
        }
    }
    return n > 1;
}

static void fft_features(const gv_fft *fft, double *f)
{
    bool two = true;
    bool large = false;
    for (uint32_t i = 0; i < fft->dims; i++) {
        uint64_t n = fft->shape[i];
        two = two && (n & (n - 1)) == 0;
        large = large || has_large_prime(n);
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
    uint64_t p;
    uint64_t q;
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
    memset(out->feature, 0, sizeof out->feature);
    memcpy(out->share, terms->share, sizeof out->share);
    double *f = out->feature;
    switch (workload->op) {
    case GV_OP_MATMUL: {
        const gv_matmul *g = &workload->as.matmul;
        out->kind = GV__PROCESS_MATMUL;
        f[0] = 0.5 * doublings(g->batch);
        f[1] = doublings(g->m);
        f[2] = doublings(g->n);
        f[3] = doublings(g->k);
        f[4] = g->ta || g->tb ? 2 : 0;
        break;
    }
    case GV_OP_DENSE: {
        const gv_dense *d = &workload->as.dense;
        out->kind = GV__PROCESS_DENSE;
        f[1] = doublings(d->batch);
        f[2] = doublings(d->out);
        f[3] = doublings(d->in);
        break;
    }
    case GV_OP_CONV2D:
        out->kind = GV__PROCESS_CONV;
        conv2d_features(&workload->as.conv2d, f);
        break;
    case GV_OP_FFT:
    case GV_OP_CUSTOM: /* has no process; the caller leaves it alone */
        out->kind = gv__fft_library(m) == GV__FFT_CLFFT ? GV__PROCESS_CLFFT : GV__PROCESS_FFT;
        if (workload->op == GV_OP_FFT) {
            fft_features(&workload->as.fft, f);
        }
        break;
    }
    f[GV__FEATURES - 1] = 3 * (double)workload->precision;
}
