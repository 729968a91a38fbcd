/* SPDX-License-Identifier: Apache-2.0 */
#include "estimator/process.h"

#include "base/support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What a device does to matmul it does in part to conv2d, and the reverse: their offsets correlate
 * by 0.56 over the published devices. Between matmul and dense sharing did harm there. A processor
 * does it to all kinds, whose peak and bandwidth come from the same short probe. */
static const double correlation = 0.5;

bool gv__related(const gv__situation *a, const gv__situation *b)
{
    bool products = (a->kind == GV__PROCESS_MATMUL && b->kind == GV__PROCESS_CONV) ||
                    (a->kind == GV__PROCESS_CONV && b->kind == GV__PROCESS_MATMUL);
    return products || (a->row == GV__PROCESS_CPU && a->kind != b->kind);
}

double gv__noise(const gv__constants *c, const gv__situation *at)
{
    return c->process[at->row].n * c->process[at->row].n;
}

double gv__covariance(const gv__constants *c, const gv__situation *a, const gv__situation *b)
{
    const gv__process_constants *p = &c->process[a->row];
    double device = p->a * c->process[b->row].a;
    if (a->kind != b->kind) {
        return gv__related(a, b) ? correlation * device : 0;
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

/* Each own point predicted by all others, without solving anew: it errs by weights_i / inverse_ii
 * with variance 1 / inverse_ii. How much larger the errors are than expected scales the variance,
 * with four points' worth of trust in 1. */
static void judge(gv__process *p)
{
    double sum = 4, column[GV__MOST_RELATED];
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
        p->surprise += 0.5 * (u * u - log(inverse));
    }
    p->scale = sum / (4 + (double)p->own);
}

/* One block for all that a process owns. */
static gv_status allocate(gv__process *p, size_t count, gv_error *err)
{
    size_t doubles = count * count + count;
    p->at = malloc(count * sizeof *p->at + doubles * sizeof(double));
    if (p->at == NULL) {
        return gv__fail(err, GV_MEMORY, 0, "malloc", "no memory for %zu measurements", count);
    }
    p->factor = (double *)(void *)(p->at + count);
    p->weights = p->factor + count * count;
    p->count = count;
    return GV_OK;
}

void gv__process_free(gv__process *process)
{
    free(process->at);
    *process = (gv__process){.count = 0};
}

gv_status gv__process_make(const gv__constants *c, const gv__situation *at, const double *residuals,
                           size_t count, size_t own, gv__process *out, gv_error *err)
{
    *out = (gv__process){.own = own};
    if (count == 0) {
        return GV_OK;
    }
    gv_status status = allocate(out, count, err);
    if (status == GV_OK) {
        memcpy(out->at, at, count * sizeof *at);
        memcpy(out->weights, residuals, count * sizeof *residuals);
        for (size_t j = 0; j < count; j++) {
            for (size_t i = j; i < count; i++) {
                out->factor[j * count + i] = gv__covariance(c, &at[i], &at[j]);
            }
            out->factor[j * count + j] += gv__noise(c, &at[j]);
        }
        cholesky(out->factor, count);
        solve_lower(out->factor, count, out->weights);
        solve_upper(out->factor, count, out->weights);
        judge(out);
    }
    return status;
}

gv_status gv__process_copy(const gv__process *from, gv__process *out, gv_error *err)
{
    *out = *from;
    gv_status status = from->count > 0 ? allocate(out, from->count, err) : GV_OK;
    if (status == GV_OK && from->count > 0) {
        memcpy(out->at, from->at, (size_t)((char *)(out->weights + out->count) - (char *)out->at));
    }
    return status;
}

void gv__process_predict(const gv__constants *c, const gv__process *process,
                         const gv__situation *at, double *mean, double *variance)
{
    double covariance[GV__MOST_RELATED];
    size_t n = process->count;
    *mean = 0;
    *variance = gv__covariance(c, at, at);
    for (size_t i = 0; i < n; i++) {
        covariance[i] = gv__covariance(c, at, &process->at[i]);
        *mean += covariance[i] * process->weights[i];
    }
    solve_lower(process->factor, n, covariance);
    for (size_t i = 0; i < n; i++) {
        *variance -= covariance[i] * covariance[i];
    }
    *variance = fmax(*variance, 0) + gv__noise(c, at);
    *variance *= n > 0 ? process->scale : 1;
}
