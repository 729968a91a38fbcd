/* SPDX-License-Identifier: Apache-2.0 */
/* Which shapes to measure: greedily the one that most lowers the summed variance of all candidates.
 * The covariances do not depend on any time, so nothing has to be measured to choose. */
#include "estimator/model.h"

#include <math.h>
#include <stdlib.h>

typedef struct field {
    const gv__constants *constants;
    const gv__situation *at;
    double *covariance; /* posterior, count x count, row-major */
    bool *out;          /* cannot be estimated, or is chosen already */
    size_t count;
} field;

static void fill(field *f, bool host_silicon)
{
    for (size_t i = 0; i < f->count; i++) {
        for (size_t j = 0; j < f->count; j++) {
            f->covariance[i * f->count + j] =
                f->out[i] || f->out[j]
                    ? 0
                    : gv__covariance(f->constants, &f->at[i], &f->at[j], host_silicon);
        }
    }
}

/* Measuring i takes cov(j, i)^2 / (cov(i, i) + noise) from the variance of each j. */
static double gain_of(const field *f, size_t i)
{
    const double *row = f->covariance + i * f->count;
    double sum = 0;
    for (size_t j = 0; j < f->count; j++) {
        sum += row[j] * row[j];
    }
    return sum / (row[i] + gv__noise(f->constants, f->at[i].kind));
}

static void observe(field *f, size_t chosen)
{
    size_t n = f->count;
    const double *row = f->covariance + chosen * n;
    double total = row[chosen] + gv__noise(f->constants, f->at[chosen].kind);
    for (size_t i = 0; i < n; i++) {
        double share = f->covariance[i * n + chosen] / total;
        for (size_t j = 0; j < n && i != chosen; j++) {
            f->covariance[i * n + j] -= share * row[j];
        }
    }
    double left = 1 - row[chosen] / total;
    for (size_t j = 0; j < n; j++) {
        f->covariance[chosen * n + j] *= left;
    }
    f->out[chosen] = true;
}

/* What is chosen is marked in `out`, through the field. */
// NOLINTNEXTLINE(readability-non-const-parameter)
size_t gv__choose(const gv__constants *constants, const gv__situation *at, bool *out, size_t count,
                  bool host_silicon, size_t want, size_t *chosen)
{
    size_t room = count > 0 ? count : 1;
    field f = {.constants = constants,
               .at = at,
               .covariance = malloc(room * room * sizeof *f.covariance),
               .out = out,
               .count = count};
    size_t found = 0;
    if (f.covariance) {
        fill(&f, host_silicon);
        while (found < want) {
            double best = 0;
            size_t next = count;
            for (size_t i = 0; i < count; i++) {
                double gain = f.out[i] ? 0 : gain_of(&f, i);
                if (gain > best) {
                    best = gain;
                    next = i;
                }
            }
            if (next == count) {
                break;
            }
            observe(&f, next);
            chosen[found++] = next;
        }
    }
    free(f.covariance);
    return found;
}

size_t gv_model_choose(const gv_model *model, const gv_workload *candidates, size_t count,
                       size_t want, size_t *chosen)
{
    size_t room = count > 0 ? count : 1;
    gv__situation *at = malloc(room * sizeof *at);
    bool *out = malloc(room * sizeof *out);
    size_t found = 0;
    if (at && out) {
        for (size_t i = 0; i < count; i++) {
            gv_estimate estimate;
            gv__reckoning r = {0};
            out[i] = candidates[i].op == GV_OP_CUSTOM ||
                     gv__model_reckon(model, &candidates[i], &estimate, &r, NULL) != GV_OK;
            at[i] = r.situation;
        }
        found =
            gv__choose(model->constants, at, out, count, model->machine.host_silicon, want, chosen);
    }
    free(at);
    free(out);
    return found;
}
