/* SPDX-License-Identifier: Apache-2.0 */
/* The arithmetic of an estimate, line by line, for who checks it by hand. */
#include "estimator/model.h"

#include "base/support.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

typedef struct page {
    gv_step *steps;
    size_t most, count;
} page;

static void add(page *p, const char *name, double value, const char *unit, const char *how, ...)
    GV__PRINTF(5, 6);

static void add(page *p, const char *name, double value, const char *unit, const char *how, ...)
{
    if (p->count < p->most) {
        gv_step *step = &p->steps[p->count];
        gv__copy_text(step->name, sizeof step->name, name);
        step->value = value;
        step->unit = unit;
        va_list list;
        va_start(list, how);
        /* Version 14 of the analyzer forgets va_start() where it sees several files in one run. */
        // NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized)
        vsnprintf(step->how, sizeof step->how, how, list);
        va_end(list);
    }
    p->count++;
}

static void add_terms(page *p, const gv__machine *m, const gv_workload *w, const gv_estimate *e,
                      const gv__reckoning *r)
{
    const char *precision = gv_precision_name(w->precision);
    add(p, "work", gv_workload_flop(w), "flop", "counted by convention");
    add(p, "least traffic", gv_workload_bytes(w), "B", "every operand once");
    if (r->pieces.count > 1) {
        add(p, "pieces", r->pieces.count, "", "of the work, so that each fits into %.3g GB",
            m->memory_bytes / 1e9);
    }
    bool product = w->op != GV_OP_FFT && w->op != GV_OP_CUSTOM;
    add(p, "peak",
        product ? m->product_flop_per_s[w->precision] : m->vector_flop_per_s[w->precision],
        "flop/s", "%s, %s%s", precision,
        product ? "what matrix products can use of it" : "vector units",
        m->peak_reasons[w->precision] ? "; guessed" : "");
    add(p, "bandwidth", m->bandwidth_bytes_per_s, "B/s", "of memory%s",
        m->bandwidth_variance > 0 ? "; guessed" : "");
    add(p, "units", m->units, "", "compute units%s", m->units_variance > 0 ? "; guessed" : "");
    add(p, "cache", m->cache_bytes, "B", "last level%s", m->cache_variance > 0 ? "; guessed" : "");

    add(p, "compute", e->compute_s, "s", "arithmetic alone: %s", r->terms.method);
    add(p, "traffic", r->pieces.count * r->terms.traffic_bytes, "B", "modelled, of memory");
    add(p, "memory", e->memory_s, "s", "traffic over the bandwidth that is reached");
    add(p, "launch", e->launch_s, "s", "%s%s",
        m->launch_known                    ? "as measured or given"
        : m->launch_s == m->usual_launch_s ? "the usual one"
                                           : "learned from the measurements",
        r->pieces.count > 1 ? ", for each piece" : "");
    add(p, "modelled call", r->pieces.count * r->terms.call_s, "s",
        "the three, overlapping: %.0f %% arithmetic, %.0f %% memory, %.0f %% "
        "launch",
        100 * r->terms.share[0], 100 * r->terms.share[1], 100 * r->terms.share[2]);
}

static void add_rating(page *p, const gv_model *model, const gv_workload *w, const gv_estimate *e,
                       const gv__reckoning *r)
{
    size_t points = gv_model_points(model, w->op);
    if (e->origin == GV_ORIGIN_CALIBRATED) {
        const char *family = model->family ? " on a device of its family" : "";
        if (points > 0) {
            add(p, "calibration", exp(r->mean), "",
                "times; from %zu measurements of this operation%s", points, family);
        } else {
            add(p, "calibration", exp(r->mean), "", "times; from other operations%s", family);
        }
    }
    add(p, "roof", e->roof_s, "s", "the least that peak and bandwidth allow");
    add(p, "call", e->call_s, "s", "without transfers; never below the roof");
    add(p, "spread", e->spread, "", "standard deviation of ln(true / estimate)");
    add(p, "low", e->low_s, "s", "call / exp(1.28 spread); never below the roof");
    add(p, "high", e->high_s, "s", "call * exp(1.28 spread): 80 %% lie between");
}

static void add_views(page *p, const gv__machine *m, const gv_estimate *e)
{
    const char *origin = m->link_given   ? ", as given"
                         : m->link_known ? ""
                                         : "; the link is guessed";
    for (int v = 0; v < GV_VIEW_KERNEL_ONLY; v++) { /* the last one, which moves nothing */
        int pinned = v == GV_VIEW_PINNED;
        char name[48];
        snprintf(name, sizeof name, "transfer, %s", gv_view_label((gv_view)v));
        const gv_link *to = &m->to_device[pinned];
        const gv_link *from = &m->from_device[pinned];
        if (!isnan(m->transfer_s)) {
            add(p, name, e->view[v].transfer_s, "s", "as given, whatever the size");
        } else if (e->view[v].transfer_s == 0) {
            add(p, name, 0, "s", "nothing is moved");
        } else if (pinned && m->shared_memory) {
            add(p, name, e->view[v].transfer_s, "s", "mapped: %.3g us there, %.3g back, no copy%s",
                to->latency_s * 1e6, from->latency_s * 1e6, origin);
        } else {
            add(p, name, e->view[v].transfer_s, "s",
                "%.3g us + bytes / %.3g GB/s there, %.3g us + bytes / %.3g GB/s back%s",
                to->latency_s * 1e6, to->bytes_per_s / 1e9, from->latency_s * 1e6,
                from->bytes_per_s / 1e9, origin);
        }
        snprintf(name, sizeof name, "total, %s", gv_view_label((gv_view)v));
        add(p, name, e->view[v].total_s, "s", "call + transfer");
    }
}

gv_status gv_model_explain(const gv_model *model, const gv_workload *workload, gv_step *out,
                           size_t most, size_t *count, gv_error *err)
{
    gv_estimate estimate;
    gv__reckoning reckoning;
    gv_status status = gv__model_reckon(model, workload, &estimate, &reckoning, err);
    if (status != GV_OK) {
        return status;
    }
    page p = {out, most, 0};
    add_terms(&p, &model->machine, workload, &estimate, &reckoning);
    add_rating(&p, model, workload, &estimate, &reckoning);
    add_views(&p, &model->machine, &estimate);
    *count = p.count;
    return GV_OK;
}
