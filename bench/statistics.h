/* SPDX-License-Identifier: Apache-2.0 */
/* What samples say: medians with order-statistic intervals, outliers, ranges of block ratios.
 * Pure functions; no normality is assumed and nothing is ever dropped.
 *
 * The interval. Of n independent samples, the number that lie below the true median is
 * Binomial(n, 1/2), whatever the distribution. The pair of order statistics x(k), x(n+1-k)
 * therefore misses the median with probability 2 * P[Binomial(n, 1/2) < k]; k is the largest rank
 * for which this stays within 5 %. n = 6 is the first that has one: its extremes, at 96.9 %. */
#ifndef GPUVERDICT_BENCH_STATISTICS_H
#define GPUVERDICT_BENCH_STATISTICS_H

#include <gpuverdict/measurement.h>

enum { GV__MIN_FOR_INTERVAL = 6 };

/** The rank k of the interval above, counted from 1; 0 under GV__MIN_FOR_INTERVAL values. */
size_t gv__interval_rank(size_t count);

/** Median and 95 % interval of `count` values, which are sorted in place. low and high are NAN
 * under GV__MIN_FOR_INTERVAL values. All NAN for none, or if any value is NAN. */
gv_time gv__time_of(double *values, size_t count);

/** Median of `count` values, sorted in place; NAN for none, or if any value is NAN. */
double gv__median(double *values, size_t count);

/** How many of `count` values, sorted already, lie more than 14.8 median absolute deviations off
 * the median. Where more than half are equal, each other one counts. */
uint32_t gv__outliers(const double *sorted, size_t count);

/** Smallest and largest of numerator[i] / denominator[i]; both NAN with fewer than
 * GV__MIN_FOR_INTERVAL blocks, or if any ratio is NAN. */
void gv__ratio_range(const double *numerator, const double *denominator, size_t blocks, double *low,
                     double *high);

/** Standard deviation over mean of the last `window` values; NAN with fewer, or fewer than 2. */
double gv__variation(const double *values, size_t count, size_t window);

#endif
