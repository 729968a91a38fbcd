/* SPDX-License-Identifier: Apache-2.0 */
/* Products of matrices: tiles, spread in waves over the compute units. */
#include "estimator/terms.h"

#include "base/support.h"

#include <math.h>

/* The last ones are for products with a short side, which libraries do by kernels of their own. */
static const struct {
    double rows, columns;
    int efficiency;
    double of_it;
    const char *method;
} tiles[] = {
    {128, 128, 0, 1, "tiles of 128 x 128"}, {128, 64, 1, 1, "tiles of 128 x 64"},
    {64, 128, 1, 1, "tiles of 64 x 128"},   {64, 64, 2, 1, "tiles of 64 x 64"},
    {64, 32, 3, 1, "tiles of 64 x 32"},     {32, 64, 3, 1, "tiles of 32 x 64"},
    {32, 32, 4, 1, "tiles of 32 x 32"},     {8, 64, 4, 0.7, "bands of 8 rows"},
    {64, 8, 4, 0.7, "bands of 8 columns"},  {1, 128, 4, 0.25, "row by row"},
    {128, 1, 4, 0.25, "column by column"},
};

/* Parts into which a long k is cut so that every unit has work. */
static const double splits[] = {1, 2, 4, 8, 16, 64, 256};

double gv__product_compute_s(const gv__tile_constants *c, const gv__product *product,
                             double unit_flop_per_s, double units, double split_s_per_part,
                             const char **method)
{
    const double efficiency[] = {c->e0, c->e1, c->e2, c->e3, c->e4};
    double depth[GV__COUNT(splits)]; /* steps of k that each part takes */
    size_t parts = 0;
    do {
        depth[parts] = ceil(product->k / splits[parts]) + c->k0;
        parts++;
    } while (split_s_per_part > 0 && parts < GV__COUNT(splits) && splits[parts] <= product->k);

    double per_unit = 1 / units;
    double best_s = INFINITY;
    for (size_t i = 0; i < GV__COUNT(tiles); i++) {
        double count = product->b * ceil(product->m / tiles[i].rows) *
                       ceil(product->n / tiles[i].columns) * per_unit;
        double step_s = 2 * tiles[i].rows * tiles[i].columns /
                        (unit_flop_per_s * efficiency[tiles[i].efficiency] * tiles[i].of_it);
        for (size_t j = 0; j < parts; j++) {
            double s = splits[j];
            if (s * count * step_s * depth[j] > best_s) { /* and more parts take longer */
                break;
            }
            double waves = ceil(s * count);
            double compute_s = step_s * depth[j] * (waves + (waves < 8 ? c->h : c->h * waves / 8));
            compute_s += j > 0 ? (s + 1) * split_s_per_part : 0;
            if (compute_s < best_s) {
                best_s = compute_s;
                *method = tiles[i].method;
            }
        }
    }
    return best_s;
}

void gv__terms_join(gv__terms *terms, double p, double q)
{
    double work_s = fmax(terms->compute_s, terms->memory_s);
    double less = fmin(terms->compute_s, terms->memory_s);
    double ratio_p = work_s > 0 ? pow(less / work_s, p) : 0;
    double both_s = work_s * pow(1 + ratio_p, 1 / p);
    double launch_q = both_s > 0 ? pow(terms->launch_s / both_s, q) : 0;
    terms->call_s = both_s * pow(1 + launch_q, 1 / q);
    double work_share = 1 / (1 + launch_q);
    double large = work_share / (1 + ratio_p);
    bool bound_by_memory = terms->memory_s > terms->compute_s;
    terms->share[0] = bound_by_memory ? work_share - large : large;
    terms->share[1] = bound_by_memory ? large : work_share - large;
    terms->share[2] = 1 - work_share;
}

/* `transposed`: rows of B are read along k, the stored order. */
static void product_terms(const gv__constants *c, const gv__machine *m, const gv__product *product,
                          gv_precision precision, bool transposed, double extra_bytes,
                          gv__terms *out)
{
    const gv__tile_constants *t = &c->tile[GV__TILE_GEMM];
    double size = (double)gv_precision_bytes(precision);
    double flop_per_s = m->product_flop_per_s[precision];
    double bandwidth = m->bandwidth_bytes_per_s * t->em;
    double factor = 1;
    double memory_factor = 1;
    if (m->vendor == GV__VENDOR_AMD) {
        factor = t->amd;
        memory_factor = t->amd_m;
    } else if (m->vendor == GV__VENDOR_APPLE) {
        factor = t->apple;
        memory_factor = t->apple_m;
    }
    if (precision == GV_PRECISION_F16 && m->before_volta) { /* computed in f32 */
        flop_per_s = m->product_flop_per_s[GV_PRECISION_F32];
    }
    if (precision == GV_PRECISION_F16) {
        factor *= t->f16;
    }
    double outputs = product->b * product->m * product->n;
    double bytes = size * (product->b * (product->m + product->n) * product->k + outputs);
    double split_s = t->sp * outputs * 4 / bandwidth;
    double compute_s = gv__product_compute_s(t, product, factor * flop_per_s / m->units, m->units,
                                             split_s, &out->method);
    if (m->before_volta && transposed && fmod(product->k, 4) != 0) {
        compute_s *= pow(1 + bytes / (8 * m->cache_bytes), t->spill);
    }
    double traffic = bytes + extra_bytes;
    double memory_s = traffic / (bandwidth * memory_factor);
    double narrow = fmin(product->m, product->n);
    if (narrow < 32) {
        memory_s *= pow(t->narrow, log2(32 / narrow));
    }
    out->compute_s = compute_s;
    out->memory_s = memory_s;
    out->launch_s = m->launch_s;
    out->traffic_bytes = bytes;
    out->roof_flop = 2 * outputs * product->k;
    gv__terms_join(out, t->p, t->q);
}

void gv__matmul_terms(const gv__constants *c, const gv__machine *m, const gv_matmul *matmul,
                      gv_precision precision, gv__terms *out)
{
    gv__product product = {(double)matmul->m, (double)matmul->n, (double)matmul->k,
                           (double)matmul->batch};
    product_terms(c, m, &product, precision, matmul->ta || matmul->tb, 0, out);
}

void gv__dense_terms(const gv__constants *c, const gv__machine *m, const gv_dense *dense,
                     gv_precision precision, gv__terms *out)
{
    gv__product product = {(double)dense->batch, (double)dense->out, (double)dense->in, 1};
    double size = (double)gv_precision_bytes(precision);
    double bias = c->tile[GV__TILE_GEMM].dx * size * product.m * product.n;
    product_terms(c, m, &product, precision, true, bias, out);
}
