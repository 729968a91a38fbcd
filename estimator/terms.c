/* SPDX-License-Identifier: Apache-2.0 */
#include "estimator/terms.h"

#include <math.h>

/* Shares of peak and bandwidth that hand-written work usually reaches. Set, not fitted. */
static const double usual_compute = 0.6;
static const double usual_bandwidth = 0.85;

void gv__terms_join(gv__terms *terms, double p, double q)
{
    bool bound_by_memory = terms->memory_s > terms->compute_s;
    double more_s = bound_by_memory ? terms->memory_s : terms->compute_s;
    double less_s = bound_by_memory ? terms->compute_s : terms->memory_s;
    double ratio_p = more_s > 0 ? pow(less_s / more_s, p) : 0;
    double both_s = more_s * pow(1 + ratio_p, 1 / p);
    double launch_q = both_s > 0 ? pow(terms->launch_s / both_s, q) : 0;
    terms->call_s = both_s * pow(1 + launch_q, 1 / q);
    double work_share = 1 / (1 + launch_q);
    double larger = work_share / (1 + ratio_p);
    terms->share[bound_by_memory] = larger;
    terms->share[!bound_by_memory] = work_share - larger;
    terms->share[2] = 1 - work_share;
}

double gv__missed(double all_cached, double fill)
{
    return 1 - (1 - all_cached) / (1 + fill * fill);
}

const gv__tile_constants *gv__tile_of(const gv__constants *c, const gv__machine *m, int on_gpu)
{
    int ours = m->software == GV_SOFTWARE_OPENCL ? GV__TILE_CPU_OPENCL : GV__TILE_CPU;
    return &c->tile[m->host_silicon ? ours : on_gpu];
}

gv__speed gv__speed_of(const gv__tile_constants *t, const gv__machine *m, gv_precision precision)
{
    gv__speed speed = {m->product_flop_per_s[precision], t->em * m->bandwidth_bytes_per_s};
    if (m->vendor == GV__VENDOR_AMD && !m->host_silicon) {
        speed.flop_per_s *= t->amd;
        speed.bytes_per_s *= t->amd_m;
    } else if (m->vendor == GV__VENDOR_APPLE && !m->host_silicon) {
        speed.flop_per_s *= t->apple;
        speed.bytes_per_s *= t->apple_m;
    }
    if (precision == GV_PRECISION_F16 && m->matrix_f16) {
        speed.flop_per_s *= t->f16;
    }
    return speed;
}

/* `bias_bytes`: of the output of a dense layer. `stored_across`: rows of B are read along k. */
static void product_terms(const gv__constants *c, const gv__machine *m, const gv__product *product,
                          gv_precision precision, bool stored_across, double bias_bytes,
                          gv__terms *out)
{
    const gv__tile_constants *t = gv__tile_of(c, m, GV__TILE_GEMM);
    gv__speed speed = gv__speed_of(t, m, precision);
    if (precision == GV_PRECISION_F16 && m->before_volta) { /* computed in f32 */
        speed.flop_per_s = gv__speed_of(t, m, GV_PRECISION_F32).flop_per_s * t->f16;
    }
    double outputs = product->b * product->m * product->n;
    double bytes = (double)gv_precision_bytes(precision) *
                   (product->b * (product->m + product->n) * product->k + outputs);
    double split_s = t->sp * outputs * 4 / speed.bytes_per_s;
    out->compute_s =
        gv__product_compute_s(t, product, speed.flop_per_s, m->units, split_s, &out->method);
    if (m->before_volta && stored_across && fmod(product->k, 4) != 0) {
        out->compute_s *= pow(1 + bytes / (8 * m->cache_bytes), t->spill);
    }
    out->memory_s = (bytes + t->dx * bias_bytes) / speed.bytes_per_s *
                    gv__missed(t->cached, bytes / m->cache_bytes);
    double narrow = fmin(product->m, product->n);
    if (narrow < 32) {
        out->memory_s *= pow(t->narrow, log2(32 / narrow));
    }
    out->launch_s = m->launch_s;
    out->traffic_bytes = bytes;
    out->roof_flop = 2 * outputs * product->k;
    gv__terms_join(out, t->p, t->q);
}

/* Amdahl: what is not parallel runs on one lane, at two flop a clock. */
static void custom_terms(const gv__machine *m, const gv_custom *custom, gv_precision precision,
                         gv__terms *out)
{
    double serial = (1 - custom->parallel) * custom->flop / (2 * m->clock_hz);
    double parallel =
        custom->parallel * custom->flop / (usual_compute * m->vector_flop_per_s[precision]);
    out->compute_s = serial + parallel;
    out->memory_s = custom->bytes / (usual_bandwidth * m->bandwidth_bytes_per_s);
    out->launch_s = custom->launches * m->launch_s;
    out->traffic_bytes = custom->bytes;
    out->roof_flop = custom->flop;
    out->method = "given work";
    gv__terms_join(out, 2, 1);
}

void gv__terms_of(const gv__constants *c, const gv__machine *m, const gv_workload *workload,
                  gv__terms *out)
{
    gv_precision precision = workload->precision;
    switch (workload->op) {
    case GV_OP_MATMUL: {
        const gv_matmul *g = &workload->as.matmul;
        gv__product product = {(double)g->m, (double)g->n, (double)g->k, (double)g->batch};
        product_terms(c, m, &product, precision, g->ta || g->tb, 0, out);
        break;
    }
    case GV_OP_DENSE: {
        const gv_dense *d = &workload->as.dense;
        gv__product product = {(double)d->batch, (double)d->out, (double)d->in, 1};
        double size = (double)gv_precision_bytes(precision);
        product_terms(c, m, &product, precision, true, size * product.m * product.n, out);
        break;
    }
    case GV_OP_CONV2D:
        gv__conv2d_terms(c, m, &workload->as.conv2d, precision, out);
        break;
    case GV_OP_FFT:
        gv__fft_terms(c, m, &workload->as.fft, precision, out);
        break;
    case GV_OP_CUSTOM:
        custom_terms(m, &workload->as.custom, precision, out);
        break;
    }
}
