/* SPDX-License-Identifier: Apache-2.0 */
/* Work that does not fit into the device's memory, cut up as a run would (base/cut.h); and what is
 * moved. */
#ifndef GPUVERDICT_ESTIMATOR_PIECES_H
#define GPUVERDICT_ESTIMATOR_PIECES_H

#include "estimator/machine.h"

typedef struct gv__pieces {
    gv_workload piece;          /**< the largest */
    double count;               /**< 1 where the work fits */
    double in_bytes, out_bytes; /**< moved for the whole; what is sent again counts again */
    double resident_bytes;      /**< of in: weights that stay on the device from call to call */
} gv__pieces;

/** GV_ARGUMENT: sizes that cannot exist; GV_UNSUPPORTED: it cannot be cut so small. */
gv_status gv__pieces_of(const gv__machine *m, const gv_workload *workload, gv__pieces *out,
                        gv_error *err);

/** Seconds that one view moves data for. */
double gv__transfer_s(const gv__machine *m, const gv__pieces *pieces, gv_view view);

#endif
