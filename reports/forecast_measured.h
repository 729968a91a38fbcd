/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the forecast: what a journal measured, with the intervals that it recorded.
 *
 *     dataset -> [times, intervals, spreads] -> what stands in the place of the model's */
#ifndef GPUVERDICT_REPORTS_FORECAST_MEASURED_H
#define GPUVERDICT_REPORTS_FORECAST_MEASURED_H

#include "reports/forecast.h"

/** The widest ends of intervals of medians; NAN where one has none. Start with GV__INTERVAL_INIT.
 */
typedef struct gv__interval {
    double low_s, high_s;
} gv__interval;

#define GV__INTERVAL_INIT                                                                          \
    {                                                                                              \
        INFINITY, 0                                                                                \
    }

void gv__interval_add(gv__interval *interval, const gv_time *time);

/** What is known of the error of a measured time, as the standard deviation of its logarithm: its
 * own interval of 95 %, and that it is measured again another day. */
double gv__measured_spread(double low_s, double high_s);

/** What a journal measured of a workload on a device, with transfers and kernel only at least; NULL
 * where it did not. */
const gv_dataset_pair *gv__measured_pair(const gv_dataset *dataset, uint32_t device,
                                         const gv_workload *workload);

/** Put the times of a pair in the place of what the model says of the device; the views that it
 * lacks keep the model's transfers, as do all where the link is `another` than the measured one. */
void gv__prefer_measured(const gv_dataset *dataset, const gv_dataset_pair *pair, bool another,
                         gv_answer *answer);

/** The host's time of the pair's own run, with its recorded interval. */
gv_cpu_time gv__measured_beside(const gv_dataset *dataset, const gv_dataset_pair *pair);

/** The spread behind a speed-up with the range of its block ratios, by the end towards 1: taken for
 * 80 %. NAN without a range. */
double gv__measured_ratio_spread(const gv_ratio *ratio);

#endif
