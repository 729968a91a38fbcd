/* SPDX-License-Identifier: Apache-2.0 */
#include "estimator/process.h"

#include "base/support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What a device does to matmul it does in part to conv2d, and the reverse: their offsets correlate
 * by 0.56 over the published devices. Between matmul and dense sharing did harm there. */
static const double correlation = 0.5;

/* Of a processor nothing is known before it is measured: published ones reach 0.4 % to 66 % of
 * their roof. */
static const double host_silicon_a = 1.2;

bool gv__related(int kind, int other)
{
    return (kind == GV__PROCESS_MATMUL && other == GV__PROCESS_CONV) ||
           (kind == GV__PROCESS_CONV && other == GV__PROCESS_MATMUL);
}

double gv__noise(const gv__constants *c, int kind)
{
    return c->process[kind].n * c->process[kind].n;
}

double gv__covariance(const gv__constants *c, const gv__situation *a, const gv__situation *b,
                      bool host_silicon)
{
    const gv__process_constants *p = &c->process[a->kind];
    const gv__process_constants *other = &c->process[b->kind];
    double device = host_silicon ? host_silicon_a * host_silicon_a : p->a * other->a;
    if (a->kind != b->kind) {
        return gv__related(a->kind, b->kind) ? correlation * device : 0;
    }
    double k = device + p->s_compute * p->s_compute * a->share[0] * b->share[0] +
               p->s_memory * p->s_memory * a->share[1] * b->share[1] +
               p->s_launch * p->s_launch * a->share[2] * b->share[2];
    double distance = 0;
    for (int i = 0; i < GV__FEATURES; i++) {
        double d = a->feature[i] - b->feature[i];
        distance += d * d;
    }
    return k + p->r * p->r * exp(-distance / (2 * p->l * p->l));
}

/* x = L^-1 b in place; column after column, so that the inner loop has no dependency. */
static void solve_lower(const double *factor, size_t n, double *x)
{
    for (size_t j = 0; j < n; j++) {
        const double *column = factor + j * n;
        double value = x[j] / column[j];
        x[j] = value;
        for (size_t i = j + 1; i < n; i++) {
            x[i] -= column[i] * value;
        }
    }
}

/* x = L^-T b in place. */
static void solve_upper(const double *factor, size_t n, double *x)
{
    for (size_t j = n; j-- > 0;) {
        const double *column = factor + j * n;
        double value = x[j];
        for (size_t i = j + 1; i < n; i++) {
            value -= column[i] * x[i];
        }
        x[j] = value / column[j];
    }
}

/* The diagonal carries noise, so that every pivot is positive. */
static void cholesky(double *a, size_t n)
{
    for (size_t j = 0; j < n; j++) {
        double *column = a + j * n;
        for (size_t k = 0; k < j; k++) {
            const double *left = a + k * n;
            double value = left[j];
            for (size_t i = j; i < n; i++) {
                column[i] -= left[i] * value;
            }
        }
        double pivot = sqrt(column[j]);
        for (size_t i = j; i < n; i++) {
            column[i] /= pivot;
        }
    }
}

/* How much larger the errors are than the process expects, from each own point predicted by all
 * others: r_i / sqrt(v_i) = weights_i / sqrt(inverse_ii). Four points' worth of trust in it. */
static double scale_of(const gv__process *p, double *column)
{
    double sum = 4;
    for (size_t i = 0; i < p->own; i++) {
        memset(column, 0, p->count * sizeof *column);
        column[i] = 1;
        solve_lower(p->factor, p->count, column);
        double inverse = 0;
        for (size_t j = i; j < p->count; j++) {
            inverse += column[j] * column[j];
        }
        double u = fmin(fabs(p->weights[i]) / sqrt(inverse), 3);
        sum += u * u;
    }
    return sum / (4 + (double)p->own);
}

static bool allocate(size_t count, gv__process *p)
{
    p->count = count;
    p->at = malloc(count * sizeof *p->at);
    p->factor = malloc(count * count * sizeof *p->factor);
    p->weights = malloc(count * sizeof *p->weights);
    if (!p->at || !p->factor || !p->weights) {
        gv__process_free(p);
        return false;
    }
    return true;
}

static gv_status no_memory(size_t count, gv_error *err)
{
    return gv__fail(err, GV_MEMORY, 0, "malloc", "no memory for %zu measurements", count);
}

void gv__process_free(gv__process *process)
{
    free(process->at);
    free(process->factor);
    free(process->weights);
    process->at = NULL;
    process->factor = process->weights = NULL;
    process->count = process->own = 0;
}

gv_status gv__process_make(const gv__constants *c, int kind, bool host_silicon,
                           const gv__situation *at, const double *residuals, size_t count,
                           size_t own, gv__process *out, gv_error *err)
{
    gv__process p = {
        .constants = c, .kind = kind, .host_silicon = host_silicon, .own = own, .scale = 1};
    if (count > 0) {
        double *column = malloc(count * sizeof *column);
        if (column == NULL || !allocate(count, &p)) {
            free(column);
            return no_memory(count, err);
        }
        memcpy(p.at, at, count * sizeof *at);
        for (size_t j = 0; j < count; j++) {
            for (size_t i = j; i < count; i++) {
                p.factor[j * count + i] = gv__covariance(c, &at[i], &at[j], host_silicon);
            }
            p.factor[j * count + j] += gv__noise(c, at[j].kind);
            p.weights[j] = residuals[j];
        }
        cholesky(p.factor, count);
        solve_lower(p.factor, count, p.weights);
        solve_upper(p.factor, count, p.weights);
        p.scale = scale_of(&p, column);
        free(column);
    }
    *out = p;
    return GV_OK;
}

gv_status gv__process_copy(const gv__process *from, gv__process *out, gv_error *err)
{
    gv__process p = *from;
    if (from->count > 0) {
        if (!allocate(from->count, &p)) {
            return no_memory(from->count, err);
        }
        memcpy(p.at, from->at, p.count * sizeof *p.at);
        memcpy(p.factor, from->factor, p.count * p.count * sizeof *p.factor);
        memcpy(p.weights, from->weights, p.count * sizeof *p.weights);
    }
    *out = p;
    return GV_OK;
}

void gv__process_predict(const gv__process *process, const gv__situation *at, double *mean,
                         double *variance)
{
    enum { MOST = 2 * GV_MAX_POINTS };
    double covariance[MOST];
    size_t n = process->count;
    *mean = 0;
    *variance = gv__covariance(process->constants, at, at, process->host_silicon);
    for (size_t i = 0; i < n; i++) {
        covariance[i] =
            gv__covariance(process->constants, at, &process->at[i], process->host_silicon);
        *mean += covariance[i] * process->weights[i];
    }
    solve_lower(process->factor, n, covariance);
    for (size_t i = 0; i < n; i++) {
        *variance -= covariance[i] * covariance[i];
    }
    *variance = fmax(*variance, 0) + gv__noise(process->constants, process->kind);
    *variance *= process->scale;
}
