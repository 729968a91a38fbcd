/* SPDX-License-Identifier: Apache-2.0 */
#include "estimator/model.h"

#include <math.h>

static const double sure = 0.9;
const double gv__same_within = 0.05;

static double normal(double x)
{
    return 0.5 * erfc(-x / sqrt(2));
}

gv_rated_time gv_estimate_rated(const gv_estimate *estimate, gv_view view)
{
    const gv_view_estimate *v = &estimate->view[view];
    /* The interval of a total is of the same kind: 1.2816 standard deviations each way. */
    double spread = log(v->high_s / v->low_s) / (2 * 1.2816);
    double call_share = estimate->call_s / v->total_s;
    return (gv_rated_time){v->total_s, spread, fmin(estimate->shared_spread * call_share, spread)};
}

gv_order gv_compare_times(gv_rated_time a, gv_rated_time b, double *probability)
{
    double spread = NAN, p = NAN;
    double difference = log(b.time_s / a.time_s);
    if (a.time_s > 0 && b.time_s > 0 && isfinite(difference) && a.spread >= 0 && b.spread >= 0) {
        double alike = fmin(a.shared_spread, b.shared_spread);
        spread = sqrt(fmax(a.spread * a.spread + b.spread * b.spread - 2 * alike * alike, 1e-12));
        p = normal(difference / spread);
    }
    if (probability) {
        *probability = p;
    }
    if (isnan(p)) {
        return GV_ORDER_UNDECIDED;
    }
    double limit = log1p(gv__same_within);
    double same = normal((limit - difference) / spread) - normal((-limit - difference) / spread);
    if (same >= sure) {
        return GV_ORDER_SAME;
    }
    return p >= sure ? GV_ORDER_FASTER : p <= 1 - sure ? GV_ORDER_SLOWER : GV_ORDER_UNDECIDED;
}
