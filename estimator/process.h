/* SPDX-License-Identifier: Apache-2.0 */
/* A Gaussian process over ln(true / modelled): what a device's measurements say of its other
 * shapes.
 *
 *     situations, residuals -> [process] -> correction of a new situation and its variance */
#ifndef GPUVERDICT_ESTIMATOR_PROCESS_H
#define GPUVERDICT_ESTIMATOR_PROCESS_H

#include "estimator/terms.h"

enum { GV__FEATURES = 9, GV__MOST_RELATED = 2 * GV_MAX_POINTS };

/** Where a workload stands among the others on its machine. */
typedef struct gv__situation {
    int kind;                     /**< of work: GV__PROCESS_MATMUL … */
    int row;                      /**< of the process' constants */
    double share[3];              /**< of the time: compute, memory, launch */
    double feature[GV__FEATURES]; /**< doublings of its sizes, and steps for what is not a size */
} gv__situation;

void gv__situation_of(const gv__machine *m, const gv_workload *workload, const gv__terms *terms,
                      gv__situation *out);
int gv__kind_of(const gv__machine *m, gv_op op);

typedef struct gv__process {
    size_t count;      /**< points, of other kinds too */
    size_t own;        /**< those of its own kind, which come first */
    gv__situation *at; /**< `count`, followed by the two below in one block; owned */
    double *factor;    /**< Cholesky, column after column */
    double *weights;   /**< inverse covariance times residuals */
    double scale;      /**< of the variance, by how the points predict each other */
    double surprise;   /**< of each own point to all others: sum of -ln(probability) */
} gv__process;

/** Covariance of the residuals at two situations. */
double gv__covariance(const gv__constants *c, const gv__situation *a, const gv__situation *b);
/** Variance of one measurement about the process. */
double gv__noise(const gv__constants *c, const gv__situation *at);

/** Condition on `own` points of one kind and `count - own` of related ones. GV_MEMORY. */
gv_status gv__process_make(const gv__constants *c, const gv__situation *at, const double *residuals,
                           size_t count, size_t own, gv__process *out, gv_error *err);
gv_status gv__process_copy(const gv__process *from, gv__process *out, gv_error *err);
void gv__process_free(gv__process *process);

/** Mean and variance of the residual of a new measurement. A process of no points, `{0}`, is the
 * prior. */
void gv__process_predict(const gv__constants *c, const gv__process *process,
                         const gv__situation *at, double *mean, double *variance);

/** Whether points of one situation's kind say something of the other's. */
bool gv__related(const gv__situation *a, const gv__situation *b);

/** gv_model_choose() among situations; `out` marks those that may not be chosen, and is changed. */
size_t gv__choose(const gv__constants *constants, const gv__situation *at, bool *out, size_t count,
                  size_t want, size_t *chosen);

#endif
