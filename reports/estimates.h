/* SPDX-License-Identifier: Apache-2.0 */
/* Devices of the catalogue beside those that were measured: one ranking, each number marked.
 *
 *     dataset, forecast, names -> [estimates] -> table Estimates */
#ifndef GPUVERDICT_REPORTS_ESTIMATES_H
#define GPUVERDICT_REPORTS_ESTIMATES_H

#include "reports/forecast.h"

/** A device in the ranking. */
typedef struct gv_estimates_device {
    const gv_side *side;
    uint32_t answered; /**< workloads with a headline speed-up */
    gv_ratio mean;     /**< geometric mean of the headline speed-ups over the common workloads; its
                            interval is that of the ends of the intervals. NAN: not ranked */
    gv_verdict verdict;
} gv_estimates_device;

/** Answers for each device, the best first, and each of the dataset's workloads. */
typedef struct gv_estimates {
    gv_estimates_device *devices;
    uint32_t device_count;
    uint32_t workload_count, common_count; /**< common: every device answered it */
    gv_answer *answers; /**< workload_count for each device, in the order of `order` */
    char **why;         /**< why there is no answer; NULL where there is one */
    uint32_t *order;    /**< of each device: which row of `answers` is its own */
} gv_estimates;

/** Ask the measured devices that rank, and those of the names, for all workloads of the dataset.
 *
 * @param forecast  made of the same dataset; must outlive the estimates
 * @retval GV_ARGUMENT  a name that is unknown or ambiguous
 * @retval GV_MEMORY */
gv_status gv_estimates_build(gv_forecast *forecast, const gv_dataset *dataset,
                             const char *const *names, size_t count, gv_estimates *out,
                             gv_error *err);
void gv_estimates_free(gv_estimates *estimates);

#endif
