/* SPDX-License-Identifier: Apache-2.0 */
/* A list of questions as CSV, answered line by line in the same order. */
#ifndef GPUVERDICT_REPORTS_FORECAST_BATCH_H
#define GPUVERDICT_REPORTS_FORECAST_BATCH_H

#include "reports/forecast.h"
#include <stdio.h>

/** Answer `device,workload[,launch_s]` by `device,workload,time_s,low_s,high_s,transfer_s,total_s,
 * cpu_s,speedup_kernel,speedup_total,verdict,origin,reason`. Times are of one call without
 * transfers, launch included, with its 80 % interval; total_s is with transfers. A line that cannot
 * be answered has no number and a reason; the reason of an answered one says why its interval is
 * wider than usual.
 *
 * @param text        `length` bytes with room for one more; changed
 * @param label       what messages call it
 * @param[out] open   lines that could not be answered
 * @retval GV_FORMAT  no CSV, or its first line names other columns
 * @retval GV_IO      `out` does not take it */
gv_status gv__forecast_batch(gv_forecast *forecast, char *text, size_t length, const char *label,
                             FILE *out, size_t *open, gv_error *err);

#endif
