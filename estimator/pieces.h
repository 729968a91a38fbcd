/* SPDX-License-Identifier: Apache-2.0 */
/* Work that does not fit into the device's memory, cut up; and what is moved. */
#ifndef GPUVERDICT_ESTIMATOR_PIECES_H
#define GPUVERDICT_ESTIMATOR_PIECES_H

#include "estimator/machine.h"

typedef struct gv__pieces {
    gv_workload piece;
    double count;                             /**< 1 where the work fits */
    double bytes;                             /**< the least traffic of one piece */
    double in_bytes, weight_bytes, out_bytes; /**< moved for the whole; weights are part of in */
    double again_bytes;                       /**< moved once more because of the cuts */
} gv__pieces;

/** GV_ARGUMENT: sizes that cannot exist; GV_UNSUPPORTED: a transform that does not fit. */
gv_status gv__pieces_cut(const gv__machine *m, const gv_workload *workload, gv__pieces *out,
                         gv_error *err);

/** Seconds that one view moves data for. */
double gv__transfer_s(const gv__machine *m, const gv__pieces *pieces, gv_view view);

#endif
