/* SPDX-License-Identifier: Apache-2.0 */
/* Fourier transforms: passes over memory, kernel by kernel and axis by axis. */
#include "estimator/terms.h"

#include <math.h>

int gv__fft_library(const gv__machine *m)
{
    return m->host_silicon                     ? GV__FFT_CPU
           : m->software == GV_SOFTWARE_OPENCL ? GV__FFT_CLFFT
           : m->before_volta                   ? GV__FFT_CUFFT8
                                               : GV__FFT_TODAY;
}

uint64_t gv__without_primes(uint64_t n, uint64_t most)
{
    for (uint64_t prime = 2; prime <= most; prime++) {
        while (n % prime == 0) {
            n /= prime;
        }
    }
    return n;
}

/* Kernels along an axis of length 2^lg: one more each time a work-group's memory no longer holds
 * it, within a quarter of a doubling. */
static double kernels_of(double lg, double longest)
{
    double kernels = 1;
    for (int further = 1; further <= 2; further++) {
        kernels += fmin(fmax(4 * (lg - further * longest), 0), 1);
    }
    return kernels;
}

typedef struct axes {
    double kernels, passes, doublings; /* sums over the axes */
    bool threes, others;               /* prime factors 3 to 7, and above */
} axes;

static axes axes_of(const gv__fft_constants *c, const gv_fft *fft, gv_precision precision)
{
    static const double shift[GV_PRECISION_COUNT] = {
        [GV_PRECISION_F32] = 0, [GV_PRECISION_F64] = -1, [GV_PRECISION_F16] = 1};
    axes a = {0};
    for (uint32_t i = 0; i < fft->dims; i++) {
        uint64_t n = fft->shape[i];
        if (n == 1) {
            continue;
        }
        uint64_t odd = gv__without_primes(n, 2);
        a.threes = a.threes || odd > 1;
        a.others = a.others || gv__without_primes(odd, 7) > 1;
        double lg = log2((double)n);
        double kernels = kernels_of(lg, c->r + shift[precision]);
        bool one = fft->dims == 1, last = i + 1 == fft->dims;
        a.passes += !one && last            ? c->ac * (1 + c->a2 * (kernels - 1))
                    : one && fft->batch > 1 ? c->b0 * kernels
                                            : c->a0 + c->a1 * lg + c->a2 * (kernels - 1);
        a.kernels += kernels;
        a.doublings += lg;
    }
    if (a.kernels == 0) { /* a transform of one point is a copy */
        a.kernels = a.passes = 1;
    }
    return a;
}

void gv__fft_terms(const gv__constants *constants, const gv__machine *m, const gv_fft *fft,
                   gv_precision precision, gv__terms *out)
{
    const gv__fft_constants *c = &constants->fft[gv__fft_library(m)];
    axes a = axes_of(c, fft, precision);
    bool real = fft->kind != GV_FFT_C2C;
    double points = (double)gv_fft_points(fft) * (double)fft->batch;
    double traffic = 4 * (double)gv_precision_bytes(precision) * points * (real ? 0.5 : 1);
    double more = a.others ? c->no : a.threes ? c->n3 : 1;
    more *= real && fft->shape[fft->dims - 1] % 2 == 1 ? c->ro : 1;
    double kernels = a.kernels * (a.others ? c->ok : 1) + (real ? c->rk : 0);
    double passes = a.passes + (real ? c->rm : 0);

    double width = traffic / 2;
    double busy = width / (width + c->oc * m->units / 40);
    out->traffic_bytes =
        passes * traffic * more * gv__missed(c->l2, traffic / (c->lc * m->cache_bytes));
    out->memory_s = out->traffic_bytes / (m->bandwidth_bytes_per_s * busy);

    double flop = 5 * points * a.doublings * (real ? 0.5 : 1);
    out->roof_flop = flop;
    out->compute_s = flop * more / (c->ec * m->vector_flop_per_s[GV_PRECISION_F32]);
    if (precision == GV_PRECISION_F64) {
        out->compute_s =
            hypot(out->compute_s, flop / (c->e64 * m->vector_flop_per_s[GV_PRECISION_F64]));
    }
    double further = fmax(0, kernels - 1) * c->tk * pow(1.3e9 / m->clock_hz, c->cp);
    out->launch_s = m->launch_s + further;
    out->method = a.others ? "lengths with large primes" : "mixed radices";
    gv__terms_join(out, 2, 1);
}
