/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the forecast: the processor that devices are compared with.
 *
 *     dataset -> [times of one host, a model between its sizes] -> what the host takes */
#ifndef GPUVERDICT_REPORTS_FORECAST_HOST_H
#define GPUVERDICT_REPORTS_FORECAST_HOST_H

#include "reports/dataset.h"
#include <gpuverdict/model.h>

/** What was measured of a workload: the median of the processes of the newest run. */
typedef struct gv__host_time {
    const char *workload;
    double time_s;
    double low_s, high_s;  /**< the widest ends of their intervals; NAN where one has none */
    uint32_t first, count; /**< its measurements, among `records` */
} gv__host_time;

/** One host: where journals hold several, the one with the most measurements. */
typedef struct gv__host {
    uint32_t host;        /**< among the dataset's; GV__NONE: none was measured */
    gv_model *model;      /**< NULL: none was measured */
    gv__host_time *times; /**< by workload */
    size_t count;
    uint32_t *records;              /**< positions among the journal's measurements */
    size_t record_count, disturbed; /**< and how many were noisy, unsteady or throttled */
} gv__host;

/** @param dataset  NULL: no journal
 * @param name     words of the host's label or name; NULL: the one with the most measurements
 * @param[out] out  freed with gv__host_free(), also after a failure
 * @retval GV_MEMORY
 * @retval GV_ARGUMENT  no measured host, or several, are called so: err->text lists them */
gv_status gv__host_create(const gv_dataset *dataset, const char *name, gv__host *out,
                          gv_error *err);
void gv__host_free(gv__host *host);

/** What was measured of a canonical workload; NULL where it was not. */
const gv__host_time *gv__host_find(const gv__host *host, const char *workload);

#endif
