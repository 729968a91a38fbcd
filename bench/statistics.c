/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/statistics.h"

#include "base/support.h"

#include <math.h>
#include <stdlib.h>

/* Anything further off than this many median absolute deviations is an outlier: 14.8 is ten
 * standard deviations of a normal distribution. */
static const double outlier_deviations = 14.8;

static const double miss_each_side = 0.025;

static bool any_nan(const double *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (isnan(values[i])) {
            return true;
        }
    }
    return false;
}

static double median_of_sorted(const double *sorted, size_t count)
{
    size_t half = count / 2;
    return count % 2 == 1 ? sorted[half] : sorted[half - 1] / 2 + sorted[half] / 2;
}

size_t gv__interval_rank(size_t count)
{
    if (count < GV__MIN_FOR_INTERVAL) {
        return 0;
    }
    /* Terms of Binomial(count, 1/2) by their logarithms: 2^-count alone leaves the range of a
     * double at 1075 samples. */
    double log_term = -(double)count * log(2.0);
    double below = 0;
    size_t rank = 0;
    for (;;) {
        below += exp(log_term);
        if (below > miss_each_side) {
            return rank;
        }
        log_term += log((double)(count - rank) / (double)(rank + 1));
        rank++;
    }
}

gv_time gv__time_of(double *values, size_t count)
{
    gv_time time = {NAN, NAN, NAN};
    time.median_s = gv__median(values, count);
    size_t rank = gv__interval_rank(count);
    if (rank > 0 && !isnan(time.median_s)) {
        time.low_s = values[rank - 1];
        time.high_s = values[count - rank];
    }
    return time;
}

double gv__median(double *values, size_t count)
{
    if (count == 0 || any_nan(values, count)) {
        return NAN;
    }
    qsort(values, count, sizeof *values, gv__compare_doubles);
    return median_of_sorted(values, count);
}

/* Deviations from the median grow outwards on both sides of a sorted array, so that merging the two
 * sides gives them in order: the median deviation without a second array. */
static double median_deviation(const double *sorted, size_t count, double median)
{
    size_t above = 0;
    while (above < count && sorted[above] < median) {
        above++;
    }
    size_t below = above; /* sorted[below - 1] is the next one below the median */
    double before = 0;
    double deviation = 0;
    for (size_t taken = 0; taken <= count / 2; taken++) {
        before = deviation;
        double left = below > 0 ? median - sorted[below - 1] : INFINITY;
        double right = above < count ? sorted[above] - median : INFINITY;
        if (left < right) {
            deviation = left;
            below--;
        } else {
            deviation = right;
            above++;
        }
    }
    return count % 2 == 1 ? deviation : before / 2 + deviation / 2;
}

uint32_t gv__outliers(const double *sorted, size_t count)
{
    if (count == 0) {
        return 0;
    }
    double median = median_of_sorted(sorted, count);
    double limit = outlier_deviations * median_deviation(sorted, count, median);
    uint32_t outliers = 0;
    for (size_t i = 0; i < count; i++) {
        if (fabs(sorted[i] - median) > limit) {
            outliers++;
        }
    }
    return outliers;
}

void gv__ratio_range(const double *numerator, const double *denominator, size_t blocks, double *low,
                     double *high)
{
    double least = INFINITY;
    double most = -INFINITY;
    bool known = blocks >= GV__MIN_FOR_INTERVAL;
    for (size_t i = 0; i < blocks && known; i++) {
        double ratio = numerator[i] / denominator[i];
        known = !isnan(ratio);
        least = fmin(least, ratio);
        most = fmax(most, ratio);
    }
    *low = known ? least : NAN;
    *high = known ? most : NAN;
}

double gv__variation(const double *values, size_t count, size_t window)
{
    if (window < 2 || count < window) {
        return NAN;
    }
    const double *last = values + (count - window);
    double mean = 0;
    for (size_t i = 0; i < window; i++) {
        mean += last[i] / (double)window;
    }
    double squares = 0;
    for (size_t i = 0; i < window; i++) {
        squares += (last[i] - mean) * (last[i] - mean);
    }
    return sqrt(squares / (double)(window - 1)) / mean;
}
