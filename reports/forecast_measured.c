/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/forecast_measured.h"
#include "reports/dataset_pairs.h"

#include <math.h>
#include <string.h>

/* So many standard deviations hold 80 and 95 % of a normal distribution. */
static const double eighty = 1.2816, ninety_five = 1.96;
/* ln of a time measured again another day, on the same machine: two processes can differ by 10 %
 * (README.md). */
static const double another_day = 0.05;

void gv__interval_add(gv__interval *interval, const gv_time *time)
{
    bool known = !isnan(interval->low_s) && !isnan(time->low_s) && !isnan(time->high_s);
    interval->low_s = known ? fmin(interval->low_s, time->low_s) : NAN;
    interval->high_s = known ? fmax(interval->high_s, time->high_s) : NAN;
}

double gv__measured_spread(double low_s, double high_s)
{
    double own = log(high_s / low_s) / (2 * ninety_five);
    return isnan(own) ? another_day : hypot(own, another_day);
}

const gv_dataset_pair *gv__measured_pair(const gv_dataset *dataset, uint32_t device,
                                         const gv_workload *workload)
{
    char text[GV_WORKLOAD_TEXT];
    uint32_t w = 0;
    if (dataset == NULL || device == GV__NONE) {
        return NULL;
    }
    gv_workload_format(workload, text);
    while (w < dataset->workload_count && strcmp(dataset->workloads[w].text, text) != 0) {
        w++;
    }
    const gv_dataset_pair *pair =
        w < dataset->workload_count ? gv_dataset_find(dataset, device, w) : NULL;
    return pair != NULL && pair->stage_s[GV_STAGE_TOTAL] > 0 ? pair : NULL;
}

static gv__interval interval_of(const gv_dataset *dataset, const gv_dataset_pair *pair,
                                gv_view view)
{
    gv__interval interval = GV__INTERVAL_INIT;
    for (uint32_t i = 0; i < pair->count; i++) {
        const gv_measurement *m =
            &dataset->journal->measurements[dataset->members[pair->first + i].device];
        gv__interval_add(&interval, &m->view[view].stage[GV_STAGE_TOTAL]);
    }
    return interval;
}

/** The model's call within a view becomes the one that was measured; the transfer stays. */
static void replace_call(const gv_estimate *model, double call_s, double spread,
                         gv_view_estimate *view)
{
    double below = view->total_s - view->low_s, above = view->high_s - view->total_s;
    double call_below = model->call_s - model->low_s, call_above = model->high_s - model->call_s;
    double moved_below = fmax(below * below - call_below * call_below, 0);
    double moved_above = fmax(above * above - call_above * call_above, 0);
    view->total_s = call_s + view->transfer_s;
    view->low_s = view->total_s - hypot(call_s * (1 - exp(-eighty * spread)), sqrt(moved_below));
    view->high_s = view->total_s + hypot(call_s * (exp(eighty * spread) - 1), sqrt(moved_above));
}

/** The view's total as it was measured; false where it was not. */
static bool measured_view(const gv_dataset *dataset, const gv_dataset_pair *pair, gv_view view,
                          gv_view_estimate *out)
{
    enum { MOST_PROCESSES = 64 };
    double scratch[MOST_PROCESSES];
    if (pair->count > MOST_PROCESSES) {
        return false;
    }
    double total_s = gv__dataset_median(dataset, pair, false, view, GV_STAGE_TOTAL, scratch);
    gv__interval interval = interval_of(dataset, pair, view);
    double transfer_s = pair->kernel_only_s > 0 ? fmax(total_s - pair->kernel_only_s, 0) : NAN;
    *out = (gv_view_estimate){transfer_s, total_s, interval.low_s, interval.high_s};
    return total_s > 0;
}

void gv__prefer_measured(const gv_dataset *dataset, const gv_dataset_pair *pair, bool another,
                         gv_answer *answer)
{
    gv_estimate *e = &answer->device;
    const gv_estimate model = *e;
    const bool has_call = pair->kernel_only_s > 0; /* work in pieces has a whole alone */
    if (has_call) {
        gv__interval call = interval_of(dataset, pair, GV_VIEW_KERNEL_ONLY);
        e->origin = another ? GV_ORIGIN_CALIBRATED : GV_ORIGIN_MEASURED;
        e->call_s = pair->kernel_only_s;
        e->low_s = call.low_s;
        e->high_s = call.high_s;
        e->spread = gv__measured_spread(call.low_s, call.high_s);
        e->shared_spread = 0;
        e->reasons = 0;
    }
    for (int v = 0; v < GV_VIEW_COUNT; v++) {
        bool holds = !another || v == GV_VIEW_KERNEL_ONLY;
        answer->measured[v] = holds && measured_view(dataset, pair, (gv_view)v, &e->view[v]);
        if (!answer->measured[v]) {
            e->view[v] = model.view[v];
        }
        if (!answer->measured[v] && has_call) {
            replace_call(&model, e->call_s, e->spread, &e->view[v]);
        }
    }
}

gv_cpu_time gv__measured_beside(const gv_dataset *dataset, const gv_dataset_pair *pair)
{
    gv__interval interval = GV__INTERVAL_INIT;
    for (uint32_t i = 0; i < pair->count; i++) {
        uint32_t host = dataset->members[pair->first + i].host;
        if (host != GV__NONE) {
            const gv_measurement *m = &dataset->journal->measurements[host];
            gv__interval_add(&interval, &m->view[GV_VIEW_KERNEL_ONLY].stage[GV_STAGE_TOTAL]);
        }
    }
    return (gv_cpu_time){GV_ORIGIN_MEASURED, pair->host_s, interval.low_s, interval.high_s,
                         gv__measured_spread(interval.low_s, interval.high_s)};
}

double gv__measured_ratio_spread(const gv_ratio *ratio)
{
    double towards = ratio->value < 1 ? ratio->high / ratio->value : ratio->value / ratio->low;
    return isnan(towards) ? NAN : fmax(log(towards) / eighty, 1e-6);
}
