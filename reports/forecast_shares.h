/* SPDX-License-Identifier: Apache-2.0 */
/* What a workbook needs to follow a changed data sheet without the model: which shares of a time go
 * with the peak and the memory, and how far a transfer goes with the link.
 *
 *     call = call_s * (1 - compute - memory + compute * peak / yours + memory * bandwidth / yours)
 *     transfer = transfer_s * (1 - data + data * min(1, limit) / min(link, limit))
 *
 * with `link` how many times as fast yours is. The call is the model's own answer at the data
 * sheet, and its tangent there: right for small changes. The transfer is the model's for any link.
 */
#ifndef GPUVERDICT_REPORTS_FORECAST_SHARES_H
#define GPUVERDICT_REPORTS_FORECAST_SHARES_H

#include "reports/forecast.h"

/** Each 0 to 1. */
typedef struct gv_shares {
    double compute, memory; /**< of the call; their sum is 1 at most */
    double data;            /**< of the transfer: bytes on their way; the rest is latency */
} gv_shares;

/** A device and what it would be with a higher peak, and with more bandwidth. */
typedef struct gv_sharer gv_sharer;

/** @param side  borrowed
 * @param[out] out  freed with gv_sharer_free(), which accepts NULL
 * @retval GV_MEMORY, GV_ARGUMENT */
gv_status gv_sharer_create(const gv_side *side, gv_sharer **out, gv_error *err);
void gv_sharer_free(gv_sharer *sharer);

/** All 0 where the workload has no estimate, and of NULL. */
gv_shares gv_shares_of(const gv_sharer *sharer, const gv_workload *workload);

/** The fastest link that speeds pageable transfers up, in links of the data sheet: a faster one
 * waits for the host, whose processor copies pageable memory into the driver's buffers. Below 1
 * where the data sheet's own does. Of a device whose transfers were measured too: the measured rate
 * is taken to move with the link as that of the data sheet would. NAN where there is no link, as
 * for a device that shares the host's memory. */
double gv_side_link_limit(const gv_side *side);

#endif
