/* SPDX-License-Identifier: Apache-2.0 */
/* Convolution as products of matrices: direct, or by Winograd's transforms, whichever is fastest.
 */
#include "estimator/terms.h"

#include "base/support.h"

#include <math.h>

typedef struct layer {
    double n, c, k, p, q, size, bytes; /* size: of one number; bytes: every operand once */
    gv__speed speed;
} layer;

/* Matrix units want channels in eights; a single input channel leaves most of a step empty. */
static double flop_per_s_of(const gv__machine *m, const gv_conv2d *conv, gv_precision precision)
{
    bool eights = conv->c / conv->groups % 8 == 0 && conv->k / conv->groups % 8 == 0;
    if (precision != GV_PRECISION_F16 || !m->matrix_f16 || eights) {
        return m->product_flop_per_s[precision];
    }
    return m->product_flop_per_s[GV_PRECISION_F32] / (conv->c == 1 ? 4 : 1);
}

static layer layer_of(const gv__tile_constants *t, const gv__machine *m, const gv_conv2d *conv,
                      gv_precision precision)
{
    uint64_t p, q;
    gv_conv2d_output(conv, &p, &q);
    layer y = {.n = (double)conv->n,
               .c = (double)conv->c,
               .k = (double)conv->k,
               .p = (double)p,
               .q = (double)q,
               .size = (double)gv_precision_bytes(precision)};
    y.speed = gv__speed_of(t, m, precision);
    y.speed.flop_per_s *= flop_per_s_of(m, conv, precision) / m->product_flop_per_s[precision];
    /* A strided 1 x 1 filter reads only what it meets. */
    bool point = conv->r * conv->s == 1;
    double rows = (double)(point && p < conv->h ? p : conv->h);
    double columns = (double)(point && q < conv->w ? q : conv->w);
    double filters = y.k * y.c / (double)conv->groups * (double)(conv->r * conv->s);
    y.bytes = y.size * (y.n * y.c * rows * columns + filters + y.n * y.k * y.p * y.q);
    return y;
}

static double memory_s_of(const gv__tile_constants *t, const gv__machine *m, const layer *y,
                          double bytes)
{
    return bytes / y->speed.bytes_per_s * gv__missed(t->cached, bytes / m->cache_bytes);
}

/* Winograd's F(e x e, 3 x 3): products of the points of a tile, one for each; what of the work is
 * left; whether the transforms pass through memory. */
static const struct {
    double edge, points, less_work;
    bool through_memory;
    const char *method;
} winograds[] = {{4, 36, 4, true, "Winograd F(4 x 4, 3 x 3)"},
                 {2, 16, 2.25, false, "Winograd F(2 x 2, 3 x 3)"}};

static void try_winograd(const gv__tile_constants *t, const gv__machine *m, const layer *y,
                         double slower, gv__terms *best)
{
    const double times[] = {t->w4 * slower, t->w2};
    const gv__terms direct = *best;
    gv__tile_constants whole = *t; /* their kernels have no narrow tiles */
    whole.e5 = 0;
    for (size_t i = 0; i < GV__COUNT(winograds); i++) {
        gv__terms other = direct;
        double edge = winograds[i].edge;
        double tiles = y->n * ceil(y->p / edge) * ceil(y->q / edge);
        double points = winograds[i].points;
        /* A GPU's one kernel takes all points of its outputs, one after the other. */
        bool fused = !winograds[i].through_memory && !m->host_silicon;
        gv__product product = {tiles, y->k, y->c * (fused ? points : 1), fused ? 1 : points};
        other.compute_s = times[i] * gv__product_compute_s(&whole, &product, y->speed.flop_per_s,
                                                           m->units, 0, &other.method);
        if (winograds[i].through_memory) {
            other.traffic_bytes +=
                2 * points * y->size * (tiles * y->c + tiles * y->k + y->c * y->k);
            /* On a processor nothing overlaps with transforms of their own. */
            double more_s = memory_s_of(t, m, y, other.traffic_bytes - direct.traffic_bytes);
            other.compute_s += m->host_silicon ? more_s : 0;
            other.memory_s = memory_s_of(t, m, y, (m->host_silicon ? direct : other).traffic_bytes);
            other.launch_s += t->wk;
        }
        other.roof_flop /= winograds[i].less_work;
        other.method = winograds[i].method;
        gv__terms_join(&other, t->p, t->q);
        if (other.call_s < best->call_s) {
            *best = other;
        }
    }
}

void gv__conv2d_terms(const gv__constants *c, const gv__machine *m, const gv_conv2d *conv,
                      gv_precision precision, gv__terms *out)
{
    const gv__tile_constants *t = gv__tile_of(c, m, GV__TILE_CONV);
    layer y = layer_of(t, m, conv, precision);
    bool stride = conv->stride_h > 1 || conv->stride_w > 1;
    double taps = (double)(conv->r * conv->s);
    double groups = (double)conv->groups;

    gv__product product = {y.n * y.p * y.q, y.k / groups, y.c / groups * taps, groups};
    out->compute_s =
        gv__product_compute_s(t, &product, y.speed.flop_per_s, m->units, 0, &out->method);
    if (!stride && conv->r == 5 && conv->s == 5) {
        out->compute_s *= t->w5;
    } else if (stride && taps > 1) {
        out->compute_s *= t->ws;
    }
    out->roof_flop = 2 * product.m * product.n * product.k * product.b;
    /* Few channels a group fill no tile: kernels for that go from pixel to pixel instead. */
    double pixels_s = out->roof_flop / (t->px * y.speed.flop_per_s);
    if (conv->groups > 1 && y.c * y.k < 32 * 32 * groups * groups && pixels_s < out->compute_s) {
        out->compute_s = pixels_s;
        out->method = "pixel by pixel";
    }
    out->traffic_bytes = y.bytes;
    out->memory_s = memory_s_of(t, m, &y, y.bytes);
    out->launch_s = m->launch_s;
    gv__terms_join(out, t->p, t->q);

    bool threes = conv->r == 3 && conv->s == 3 && !stride && conv->dilation_h == 1 &&
                  conv->dilation_w == 1 && conv->groups == 1 && conv->c >= 8;
    /* Libraries of processors go without Winograd, and all libraries in f64; our kernels do not. */
    bool plain =
        m->software == GV_SOFTWARE_VENDOR && (m->host_silicon || precision == GV_PRECISION_F64);
    if (threes && !plain) {
        try_winograd(t, m, &y, precision == GV_PRECISION_F16 && m->matrix_f16 ? 1.08 : 1, out);
    }
}
