/* SPDX-License-Identifier: Apache-2.0 */
/* What samples say: medians with order-statistic intervals, outliers, ranges of block ratios.
 * Pure functions; no normality is assumed and nothing is ever dropped. */
#ifndef GPUVERDICT_BENCH_STATISTICS_H
#define GPUVERDICT_BENCH_STATISTICS_H

#include <gpuverdict/measurement.h>

enum { GV__MIN_FOR_INTERVAL = 6 };

/** Median and 95 % interval of `count` values, which are sorted in place. The interval is a pair of
 * order statistics (binomial); NAN under 6 values. All NAN for none, or if any value is NAN. */
gv_time gv__time_of(double *values, size_t count);

/** Median of `count` values, sorted in place; NAN for none. */
double gv__median(double *values, size_t count);

/** How many lie more than 14.8 median absolute deviations off the median. */
uint32_t gv__outliers(const double *values, size_t count);

/** Smallest and largest of numerator[i] / denominator[i]; NAN with fewer than 6 blocks. */
void gv__ratio_range(const double *numerator, const double *denominator, size_t blocks,
                     double *low, double *high);

/** Standard deviation over mean of the last `window` values; NAN with fewer. */
double gv__variation(const double *values, size_t count, size_t window);

#endif
