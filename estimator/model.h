/* SPDX-License-Identifier: Apache-2.0 */
/* What a model holds, for the files that ask it. */
#ifndef GPUVERDICT_ESTIMATOR_MODEL_H
#define GPUVERDICT_ESTIMATOR_MODEL_H

#include "estimator/pieces.h"
#include "estimator/process.h"

struct gv_model {
    const gv__constants *constants;
    gv__machine machine;
    gv__process process[GV__PROCESSES]; /**< of no points: the prior */
    bool family;                        /**< calibrated on another device */
};

/** The steps between a workload and its estimate, kept for who explains them. */
typedef struct gv__reckoning {
    gv__pieces pieces;
    gv__terms terms; /**< of one piece */
    gv__situation situation;
    double mean; /**< correction of ln(time) by calibration */
    double least_bytes;
} gv__reckoning;

gv_status gv__model_reckon(const gv_model *model, const gv_workload *workload, gv_estimate *out,
                           gv__reckoning *r, gv_error *err);

/** The same with other constants than the committed ones: how they are fitted. */
gv_status gv__model_create_with(const gv__constants *constants, const gv_spec *spec,
                                const gv_model_options *options, gv_model **out, gv_error *err);

#endif
