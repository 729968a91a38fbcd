/* SPDX-License-Identifier: Apache-2.0 */
/* Records that cannot be true. The writer refuses them and the reader skips them, by one rule. */
#include "bench/journal_store.h"

#include <math.h>

/* Nothing here lasts thirty years; what claims to is a unit gone wrong. */
static const double longest_s = 1e9;

static bool is_blank(const char *text)
{
    return text == NULL || text[0] == 0;
}

bool gv__workload_is_measurable(const char *text, gv_workload *out)
{
    return gv_workload_parse(text, out, NULL) == GV_OK && out->op != GV_OP_CUSTOM;
}

static bool is_time(double value)
{
    return value >= 0 && value <= longest_s;
}

static const char *interval_fault(double low, double middle, double high)
{
    if (gv_is_absent(low) && gv_is_absent(high)) {
        return NULL;
    }
    return low >= 0 && low <= middle && middle <= high && high <= longest_s
               ? NULL
               : "an interval does not hold its median";
}

static const char *stage_fault(const gv_time *stage)
{
    if (gv_is_absent(stage->median_s)) {
        return gv_is_absent(stage->low_s) && gv_is_absent(stage->high_s)
                   ? NULL
                   : "an interval has no median";
    }
    if (!is_time(stage->median_s)) {
        return "a time is negative or without end";
    }
    return interval_fault(stage->low_s, stage->median_s, stage->high_s);
}

static const char *speedup_fault(const gv_view_times *view)
{
    if (gv_is_absent(view->speedup_low) && gv_is_absent(view->speedup_high)) {
        return NULL;
    }
    return view->speedup_low > 0 && view->speedup_low <= view->speedup_high &&
                   isfinite(view->speedup_high)
               ? NULL
               : "a range of speed-ups is upside down, zero or without end";
}

static const char *view_fault(const gv_view_times *view)
{
    const gv_time *total = &view->stage[GV_STAGE_TOTAL];
    if (view->calls == 0) {
        return "a sample holds no call";
    }
    if (view->outliers > view->samples) {
        return "there are more outliers than samples";
    }
    if (!(total->median_s > 0)) {
        return "a view has no total time";
    }
    if (!gv_is_absent(view->min_s) && !(view->min_s > 0 && view->min_s <= total->median_s)) {
        return "the fastest sample is slower than the median";
    }
    for (int s = 0; s < GV_STAGE_COUNT; s++) {
        const char *fault = stage_fault(&view->stage[s]);
        if (fault != NULL) {
            return fault;
        }
    }
    return speedup_fault(view);
}

const char *gv__measurement_fault(const gv_measurement *m)
{
    if (is_blank(m->run) || is_blank(m->device) || is_blank(m->provider) || is_blank(m->workload)) {
        return "its run, device, provider or workload is missing";
    }
    if (is_blank(m->check) || is_blank(m->clock) ||
        !(m->error_rel >= 0 && m->error_rel <= m->bound_rel) || !isfinite(m->bound_rel)) {
        return "its result was not checked, or failed its check";
    }
    for (int c = 0; c < GV_COST_COUNT; c++) {
        if (!gv_is_absent(m->cost_s[c]) && !is_time(m->cost_s[c])) {
            return "a one-time cost is negative or without end";
        }
    }
    bool any = false;
    for (int v = 0; v < GV_VIEW_COUNT; v++) {
        if (m->view[v].samples > 0) {
            any = true;
            const char *fault = view_fault(&m->view[v]);
            if (fault != NULL) {
                return fault;
            }
        }
    }
    return any ? NULL : "it has no samples";
}

const char *gv__incident_fault(const gv_incident *incident)
{
    if (is_blank(incident->run)) {
        return "its run is missing";
    }
    if (is_blank(incident->what)) {
        return "it does not say what happened";
    }
    return NULL;
}

const char *gv__ceiling_fault(const gv_ceiling *r)
{
    if (is_blank(r->run) || is_blank(r->device)) {
        return "its run or its device is missing";
    }
    if (is_blank(r->check)) {
        return "its result was not checked";
    }
    if (r->samples == 0 || r->outliers > r->samples) {
        return "it has no samples, or more outliers than samples";
    }
    if (!(r->median > 0) || !isfinite(r->median)) {
        return "its median is not above zero";
    }
    if ((r->width > 0) != (r->kind == GV_CEILING_MULTIPLY_ADD)) {
        return "a vector's width belongs to multiply-adds, and to them alone";
    }
    /* The best is the highest rate, or the shortest time. */
    const bool is_time = gv_ceiling_unit_of(r->kind) == GV_UNIT_SECONDS;
    if (!(r->best > 0) || (is_time ? r->best > r->median : r->best < r->median)) {
        return "its best sample is worse than the median";
    }
    if (!gv_is_absent(r->power_w) && !(r->power_w >= 0 && isfinite(r->power_w))) {
        return "its power is negative or without end";
    }
    if (gv_is_absent(r->low) && gv_is_absent(r->high)) {
        return NULL;
    }
    return r->low > 0 && r->low <= r->median && r->median <= r->high && isfinite(r->high)
               ? NULL
               : "an interval does not hold its median";
}

const char *gv__trial_fault(const gv_trial *trial)
{
    if (is_blank(trial->run) || is_blank(trial->device) || is_blank(trial->provider) ||
        is_blank(trial->workload)) {
        return "its run, device, provider or workload is missing";
    }
    return trial->call_s > 0 && is_time(trial->call_s) ? NULL : "its time is none";
}

const char *gv__device_fault(const gv_device_record *r)
{
    if (is_blank(r->run) || is_blank(r->key)) {
        return "its run or its key is missing";
    }
    return (r->device != NULL) != (r->host != NULL) ? NULL
                                                    : "it is a device or a host, one of them";
}
