/* SPDX-License-Identifier: Apache-2.0 */
/* Products of matrices: tiles, spread in waves over the compute units. */
#include "estimator/terms.h"

#include "base/support.h"

#include <math.h>

/* The last ones are for products with a short side, which libraries do by kernels of their own. */
static const struct {
    double rows, columns;
    int efficiency;
    const char *method;
} tiles[] = {
    {128, 128, 0, "tiles of 128 x 128"}, {128, 64, 1, "tiles of 128 x 64"},
    {64, 128, 1, "tiles of 64 x 128"},   {64, 64, 2, "tiles of 64 x 64"},
    {64, 32, 3, "tiles of 64 x 32"},     {32, 64, 3, "tiles of 32 x 64"},
    {32, 32, 4, "tiles of 32 x 32"},     {8, 64, 5, "bands of 8 rows"},
    {64, 8, 5, "bands of 8 columns"},    {1, 128, 6, "row by row"},
    {128, 1, 6, "column by column"},     {16, 16, 7, "blocks of 16 x 16"},
};

/* Parts into which a long k is cut so that every unit has work. */
static const double splits[] = {1, 2, 4, 8, 16, 64, 256};

double gv__product_compute_s(const gv__tile_constants *t, const gv__product *product,
                             double flop_per_s, double units, double split_s_per_part,
                             const char **method)
{
    const double efficiency[] = {t->e0, t->e1, t->e2, t->e3, t->e4, t->e5, t->e6, t->e7};
    double depth[GV__COUNT(splits)]; /* steps of k that each part takes */
    size_t parts = 0;
    do {
        depth[parts] = ceil(product->k / splits[parts]) + t->k0;
        parts++;
    } while (split_s_per_part > 0 && parts < GV__COUNT(splits) && splits[parts] <= product->k);

    double per_unit = 1 / units;
    double unit_flop_per_s = flop_per_s / units;
    double best_s = INFINITY;
    for (size_t i = 0; i < GV__COUNT(tiles) && efficiency[tiles[i].efficiency] > 0; i++) {
        double count = product->b * ceil(product->m / tiles[i].rows) *
                       ceil(product->n / tiles[i].columns) * per_unit;
        double step_s = 2 * tiles[i].rows * tiles[i].columns /
                        (unit_flop_per_s * efficiency[tiles[i].efficiency]);
        for (size_t j = 0; j < parts; j++) {
            double s = splits[j];
            if (s * count * step_s * depth[j] > best_s) { /* and more parts take longer */
                break;
            }
            double waves = ceil(s * count);
            double compute_s = step_s * depth[j] * (waves + (waves < 8 ? t->h : t->h * waves / 8));
            compute_s += j > 0 ? (s + 1) * split_s_per_part : 0;
            if (compute_s < best_s) {
                best_s = compute_s;
                *method = tiles[i].method;
            }
        }
    }
    return best_s;
}
