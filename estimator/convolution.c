/* SPDX-License-Identifier: Apache-2.0 */
/* Convolution as products of matrices: direct, or by Winograd's transforms, whichever is fastest.
 */
#include "estimator/terms.h"

#include <math.h>

typedef struct layer {
    double n, c, h, w, k, p, q, groups;
    double taps; /* R * S */
    double size; /* bytes of one number */
    double unit_flop_per_s, bandwidth_bytes_per_s;
    double bytes; /* every operand once */
} layer;

static double factor_of(const gv__tile_constants *t, const gv__machine *m, gv_precision precision)
{
    double factor = m->vendor == GV__VENDOR_AMD     ? t->amd
                    : m->vendor == GV__VENDOR_APPLE ? t->apple
                                                    : 1;
    return precision == GV_PRECISION_F16 && m->matrix_f16 ? factor * t->f16 : factor;
}

/* Matrix units want channels in eights; a single input channel leaves most of a step empty. */
static double flop_per_s_of(const gv__machine *m, const gv_conv2d *conv, gv_precision precision)
{
    if (precision != GV_PRECISION_F16 || !m->matrix_f16) {
        return m->product_flop_per_s[precision];
    }
    bool eights = conv->c / conv->groups % 8 == 0 && conv->k / conv->groups % 8 == 0;
    if (eights) {
        return m->product_flop_per_s[precision];
    }
    double f32 = m->product_flop_per_s[GV_PRECISION_F32];
    return conv->c == 1 ? f32 / 4 : f32;
}

static layer layer_of(const gv__tile_constants *t, const gv__machine *m, const gv_conv2d *conv,
                      gv_precision precision)
{
    uint64_t p;
    uint64_t q;
    gv_conv2d_output(conv, &p, &q);
    layer y = {.n = (double)conv->n,
               .c = (double)conv->c,
               .h = (double)conv->h,
               .w = (double)conv->w,
               .k = (double)conv->k,
               .p = (double)p,
               .q = (double)q,
               .groups = (double)conv->groups,
               .taps = (double)conv->r * (double)conv->s,
               .size = (double)gv_precision_bytes(precision)};
    double amd = m->vendor == GV__VENDOR_AMD     ? t->amd_m
                 : m->vendor == GV__VENDOR_APPLE ? t->apple_m
                                                 : 1;
    y.unit_flop_per_s = factor_of(t, m, precision) * flop_per_s_of(m, conv, precision) / m->units;
    y.bandwidth_bytes_per_s = t->em * amd * m->bandwidth_bytes_per_s;
    /* A strided 1 x 1 filter reads only what it meets. */
    double pixels = y.taps == 1 ? fmin(y.h, y.p) * fmin(y.w, y.q) : y.h * y.w;
    y.bytes = y.size * (y.n * y.c * pixels + y.k * y.c / y.groups * y.taps + y.n * y.k * y.p * y.q);
    return y;
}

static void keep_faster(gv__terms *best, gv__terms *other, const gv__tile_constants *t)
{
    gv__terms_join(other, t->p, t->q);
    if (other->call_s < best->call_s) {
        *best = *other;
    }
}

/* F(4 x 4) and F(2 x 2): outputs of a tile, points that it becomes, extra traffic a point. */
static void winograd(const gv__tile_constants *t, const gv__machine *m, const layer *y, bool half,
                     gv__terms *best)
{
    double flop = best->roof_flop;
    gv__terms four = *best;
    double tiles = y->n * ceil(y->p / 4) * ceil(y->q / 4);
    gv__product product = {tiles, y->k, y->c, 36};
    four.compute_s =
        t->w4 * (half ? 1.08 : 1) *
        gv__product_compute_s(t, &product, y->unit_flop_per_s, m->units, 0, &four.method);
    four.traffic_bytes = y->bytes + 72 * y->size * (tiles * y->c + tiles * y->k + y->c * y->k);
    four.memory_s = four.traffic_bytes / y->bandwidth_bytes_per_s;
    four.roof_flop = flop / 4;
    four.method = "Winograd F(4 x 4, 3 x 3)";

    gv__terms two = *best;
    product = (gv__product){y->n * ceil(y->p / 2) * ceil(y->q / 2), y->k, y->c, 16};
    two.compute_s =
        t->w2 * gv__product_compute_s(t, &product, y->unit_flop_per_s, m->units, 0, &two.method);
    two.roof_flop = flop / 2.25;
    two.method = "Winograd F(2 x 2, 3 x 3)";

    keep_faster(best, &four, t);
    keep_faster(best, &two, t);
}

void gv__conv2d_terms(const gv__constants *c, const gv__machine *m, const gv_conv2d *conv,
                      gv_precision precision, gv__terms *out)
{
    const gv__tile_constants *t = &c->tile[GV__TILE_CONV];
    layer y = layer_of(t, m, conv, precision);
    double group_c = y.c / y.groups;
    double group_k = y.k / y.groups;
    bool stride = conv->stride_h > 1 || conv->stride_w > 1;

    gv__product product = {y.n * y.p * y.q, group_k, group_c * y.taps, y.groups};
    double compute_s =
        gv__product_compute_s(t, &product, y.unit_flop_per_s, m->units, 0, &out->method);
    if (!stride && conv->r == 5 && conv->s == 5) {
        compute_s *= t->w5;
    } else if (stride && y.taps > 1) {
        compute_s *= t->ws;
    }
    double flop = 2 * product.m * product.n * product.k * product.b;
    if (group_c * group_k < 32 * 32) {
        /* Few channels a group fill no tile: kernels for that go from pixel to pixel instead. Set,
         * not fitted: the data has no groups. */
        double pixels_s = flop / (0.25 * y.unit_flop_per_s * m->units);
        if (y.groups > 1 && pixels_s < compute_s) {
            compute_s = pixels_s;
            out->method = "pixel by pixel";
        }
    }
    out->compute_s = compute_s;
    out->traffic_bytes = y.bytes;
    out->memory_s = y.bytes / y.bandwidth_bytes_per_s;
    out->launch_s = m->launch_s;
    out->roof_flop = flop;
    gv__terms_join(out, t->p, t->q);

    bool threes =
        conv->r == 3 && conv->s == 3 && !stride && conv->dilation_h == 1 && conv->dilation_w == 1;
    if (threes && y.groups == 1 && conv->c >= 8 && precision != GV_PRECISION_F64) {
        winograd(t, m, &y, precision == GV_PRECISION_F16 && m->matrix_f16, out);
    }
}
