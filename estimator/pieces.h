/* SPDX-License-Identifier: Apache-2.0 */
/* Work that does not fit into the device's memory, cut up; and what is moved. */
#ifndef GPUVERDICT_ESTIMATOR_PIECES_H
#define GPUVERDICT_ESTIMATOR_PIECES_H

#include "estimator/machine.h"

typedef struct gv__pieces {
    gv_workload piece;
    double count;       /**< 1 where the work fits */
    double again_bytes; /**< moved to or from the device once more for each further piece */
} gv__pieces;

/** Sizes that can exist. GV_ARGUMENT names what is not. */
gv_status gv__workload_check(const gv_workload *workload, gv_error *err);

/** GV_UNSUPPORTED: a transform that does not fit. */
gv_status gv__pieces_cut(const gv__machine *m, const gv_workload *workload, gv__pieces *out,
                         gv_error *err);

/** Seconds that one view moves data for. */
double gv__transfer_s(const gv__machine *m, const gv_workload *workload, const gv__pieces *pieces,
                      gv_view view);

#endif
