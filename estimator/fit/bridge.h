/* SPDX-License-Identifier: Apache-2.0 */
/* What fit.py calls. */
#ifndef GPUVERDICT_ESTIMATOR_FIT_BRIDGE_H
#define GPUVERDICT_ESTIMATOR_FIT_BRIDGE_H

#include "estimator/model.h"

/** A device as fit.py writes it: figures in the order of GV_SPEC_FIGURE_MAP. */
typedef struct fit_device {
    const char *vendor, *architecture;
    const double *figures;
    int software;
} fit_device;

/** A machine for gv_fit_terms(); NULL where the device is refused. To be freed with free(). */
GV_API void *gv_fit_machine(const fit_device *device);

/** Bytes of a workload, and one read from its text: 0 where it is none. */
GV_API size_t gv_fit_workload_size(void);

GV_API int gv_fit_workload(const char *text, gv_workload *out);

/** Seconds of `count` rows: row i is workload i on machines[i] with launch cost launch_s[i].
 * situations, if not NULL, receives each row's place in its process; manner[i] is what sets its
 * harness apart from the program's, which the workload does not say: a step as of any feature. */
GV_API void gv_fit_terms(const gv__constants *constants, size_t count, const gv_workload *workloads,
                         void *const *machines, const double *launch_s, const double *manner,
                         double *call_s, gv__situation *situations);

GV_API size_t gv_fit_situation_size(void);

/** Condition on `known` rows and predict `count` others: mean and standard deviation of ln(true /
 * modelled). All of one kind. */
GV_API int gv_fit_predict(const gv__constants *constants, size_t known, const gv__situation *at,
                          const double *residual, size_t count, const gv__situation *wanted,
                          double *mean, double *deviation);

/** gv_model_choose() among rows of one kind. */
GV_API size_t gv_fit_choose(const gv__constants *constants, size_t count, const gv__situation *at,
                            size_t want, size_t *chosen);

/** Negative log-likelihood of `count` residuals of one kind under the process: what its constants
 * are fitted by. */
GV_API double gv_fit_surprise(const gv__constants *constants, size_t count, const gv__situation *at,
                              const double *residual);

#endif
