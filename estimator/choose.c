/* SPDX-License-Identifier: Apache-2.0 */
/* Which shapes to measure: greedily the one that most lowers the summed variance of all
 * candidates. The covariances do not depend on any time, so nothing has to be measured to
 * choose. */
#include "estimator/model.h"

#include <math.h>
#include <stdlib.h>

/* One over the usual spread of a kind, so that the least sure kind does not take all choices. */
static double weight_of(const gv__constants *constants, const gv__situation *at)
{
    const gv__process_constants *p = &constants->process[at->row];
    return 1 / sqrt(p->a * p->a + p->r * p->r);
}

/* Measuring one takes cov(other, one)^2 / (variance + noise) from the variance of each other. */
static double gain_of(const gv__constants *constants, const gv__situation *at, const double *row,
                      size_t count, double total)
{
    double sum = 0;
    for (size_t j = 0; j < count; j++) {
        sum += row[j] * row[j] * weight_of(constants, &at[j]);
    }
    return sum / total;
}

/* The covariances, count x count, once the one of `row` is measured. */
static void observe(double *covariance, size_t count, size_t chosen, double total)
{
    double *row = covariance + chosen * count;
    for (size_t i = 0; i < count; i++) {
        double share = covariance[i * count + chosen] / total;
        for (size_t j = 0; j < count && i != chosen; j++) {
            covariance[i * count + j] -= share * row[j];
        }
    }
    double left = 1 - row[chosen] / total;
    for (size_t j = 0; j < count; j++) {
        row[j] *= left;
    }
}

/* What is chosen is marked in `out`. */
size_t gv__choose(const gv__constants *constants, const gv__situation *at, bool *out, size_t count,
                  size_t want, size_t *chosen)
{
    double *covariance = malloc((count * count + 1) * sizeof *covariance);
    size_t found = 0;
    for (size_t i = 0; covariance && i < count; i++) {
        for (size_t j = 0; j < count; j++) {
            bool both = !out[i] && !out[j];
            covariance[i * count + j] = both ? gv__covariance(constants, &at[i], &at[j]) : 0;
        }
    }
    while (covariance && found < want) {
        double best = 0, best_total = 0;
        size_t next = count;
        for (size_t i = 0; i < count; i++) {
            double total = covariance[i * count + i] + gv__noise(constants, &at[i]);
            double gain = out[i] ? 0 : gain_of(constants, at, covariance + i * count, count, total);
            if (gain > best) {
                best = gain;
                best_total = total;
                next = i;
            }
        }
        if (next == count) {
            break;
        }
        observe(covariance, count, next, best_total);
        out[next] = true;
        chosen[found++] = next;
    }
    free(covariance);
    return found;
}

size_t gv_model_choose(const gv_model *model, const gv_workload *candidates, size_t count,
                       size_t want, size_t *chosen)
{
    gv__situation *at = calloc(count + 1, sizeof *at);
    bool *out = calloc(count + 1, sizeof *out);
    size_t found = 0;
    if (at && out) {
        for (size_t i = 0; i < count; i++) {
            gv_estimate estimate;
            gv__reckoning r = {0};
            out[i] = candidates[i].op == GV_OP_CUSTOM ||
                     gv__model_reckon(model, &candidates[i], &estimate, &r, NULL) != GV_OK;
            at[i] = r.situation;
        }
        found = gv__choose(model->constants, at, out, count, want, chosen);
    }
    free(at);
    free(out);
    return found;
}
