/* SPDX-License-Identifier: Apache-2.0 */
/* What a model holds, for the files that ask it. */
#ifndef GPUVERDICT_ESTIMATOR_MODEL_H
#define GPUVERDICT_ESTIMATOR_MODEL_H

#include "estimator/pieces.h"
#include "estimator/process.h"

struct gv_model {
    const gv__constants *constants;
    gv__machine machine;
    gv__process process[GV__KINDS]; /**< of no points: the prior */
    bool family;                    /**< calibrated on another device */
};

/** The steps between a workload and its estimate, kept for who explains them. */
typedef struct gv__reckoning {
    gv__pieces pieces;
    gv__terms terms; /**< of one piece */
    gv__situation situation;
    double mean; /**< correction of ln(time) by calibration */
} gv__reckoning;

/** Two times within this share of each other are the same. */
extern const double gv__same_within;

gv_status gv__model_reckon(const gv_model *model, const gv_workload *workload, gv_estimate *out,
                           gv__reckoning *r, gv_error *err);

/** Put the prior in the place of every process. */
void gv__model_forget(gv_model *model);

#endif
