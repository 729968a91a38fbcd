/* SPDX-License-Identifier: Apache-2.0 */
/* From a workload to a time with its interval. */
#include "estimator/model.h"

#include "base/support.h"

#include <math.h>
#include <stdlib.h>

/* 80 % of a normal distribution lie within so many standard deviations. */
static const double eighty = 1.2816;

/* Variances of ln(true / modelled) that come on top of what the held-out
 * devices showed. Set: docs/model.md says from which observations. */
static const double new_architecture = 0.15 * 0.15;
static const double new_software = 0.35 * 0.35;
static const double each_doubling_away = 0.08 * 0.08;
static const double cut_up = 0.2 * 0.2;
static const double given_work = 0.5 * 0.5;

/* A processor's roof is no data sheet's but a short probe's, which a good kernel may beat by as
 * much before its time is rejected. */
static const double probe_slack = 1.25;

void gv__model_forget(gv_model *model)
{
    for (int i = 0; i < GV__KINDS; i++) {
        gv__process_free(&model->process[i]);
    }
}

gv_status gv_model_create(const gv_spec *spec, const gv_model_options *options, gv_model **out,
                          gv_error *err)
{
    static const gv_model_options defaults = GV_MODEL_OPTIONS_INIT;
    gv__machine machine;
    gv_status status = gv__machine_make(spec, options ? options : &defaults, &machine, err);
    if (status != GV_OK) {
        return status;
    }
    gv_model *model = malloc(sizeof *model);
    if (!model) {
        return gv__fail(err, GV_MEMORY, 0, "malloc", "no memory for a model");
    }
    *model = (gv_model){.constants = &gv__fitted, .machine = machine};
    *out = model;
    return GV_OK;
}

void gv_model_free(gv_model *model)
{
    if (model) {
        gv__model_forget(model);
        free(model);
    }
}

/* Between the scales found with 5 and with 20 measurements, by the logarithm of
 * their number. */
static double interval_scale(const gv__process_constants *p, size_t points)
{
    if (points == 0) {
        return p->c_prior;
    }
    double at = fmin(fmax(log((double)points / 5) / log(4), 0), 1);
    return p->c_few + at * (p->c_many - p->c_few);
}

/* What the specification leaves open and what the data never showed. */
static double further_variance(const gv_model *model, const gv_workload *workload,
                               const gv__reckoning *r, size_t points, uint32_t *reasons)
{
    const gv__machine *m = &model->machine;
    const double *share = r->terms.share;
    double guessed = m->peak_variance[workload->precision] * share[0] * share[0] +
                     m->bandwidth_variance * share[1] * share[1] + m->units_variance +
                     m->cache_variance * share[1] * share[1];
    *reasons = m->reasons | m->peak_reasons[workload->precision];
    if (m->reasons & GV_REASON_NEW_ARCHITECTURE) {
        guessed += new_architecture;
    }
    bool fft_today = workload->op == GV_OP_FFT && gv__fft_library(m) == GV__FFT_TODAY;
    if ((m->software == GV_SOFTWARE_OPENCL && !m->host_silicon) || fft_today) {
        guessed += new_software;
        *reasons |= GV_REASON_NEW_SOFTWARE;
    }
    if (!m->launch_known) {
        guessed += m->launch_spread * m->launch_spread * share[2] * share[2];
        *reasons |= share[2] > 0.2 ? (uint32_t)GV_REASON_LAUNCH_GUESSED : 0;
    }
    if (points > 0) { /* the device's own times tell what was guessed */
        guessed /= 1 + (double)points;
        *reasons &= (uint32_t)(GV_REASON_NO_MEMORY | GV_REASON_NO_LINK);
    }
    if (!m->link_known) {
        *reasons |= GV_REASON_NO_LINK;
    }
    const gv__process_constants *p = &model->constants->process[r->situation.row];
    if (workload->op != GV_OP_CUSTOM) {
        double work = log2(fmax(r->terms.roof_flop, 1));
        double away = fmax(fmax(p->flop_low - work, work - p->flop_high), 0);
        guessed += each_doubling_away * away * away;
        *reasons |= away > 1 ? (uint32_t)GV_REASON_FAR_SHAPE : 0;
    }
    if (r->pieces.count > 1) {
        guessed += cut_up;
        *reasons |= GV_REASON_PIECES;
    }
    return guessed;
}

static void rate(const gv_model *model, const gv_workload *workload, gv__reckoning *r,
                 gv_estimate *e)
{
    if (workload->op == GV_OP_CUSTOM) {
        e->origin = GV_ORIGIN_MODELLED;
        e->spread = sqrt(given_work + further_variance(model, workload, r, 0, &e->reasons));
        e->reasons |= GV_REASON_GIVEN_WORK;
        return;
    }
    const gv__process *process = &model->process[r->situation.kind];
    const gv__process_constants *p = &model->constants->process[r->situation.row];
    double variance;
    gv__process_predict(model->constants, process, &r->situation, &r->mean, &variance);
    double scale = interval_scale(p, process->own);
    variance *= scale * scale;
    variance += further_variance(model, workload, r, process->own, &e->reasons);
    e->origin = process->count > 0 ? GV_ORIGIN_CALIBRATED : GV_ORIGIN_MODELLED;
    if (process->count > 0 && process->own == 0) {
        e->reasons |= GV_REASON_OTHER_OPERATION;
    }
    if (process->count > 0 && model->family) {
        variance += p->a * p->a;
        e->reasons |= GV_REASON_FAMILY;
    }
    e->spread = sqrt(variance);
    e->shared_spread = process->own > 0 ? 0 : p->alike * e->spread;
}

static double root_of_squares(double a, double b) /* hypot() without its care for extremes */
{
    return sqrt(a * a + b * b);
}

static void fill_views(const gv__machine *m, const gv__reckoning *r, gv_estimate *e)
{
    double below = e->call_s - e->low_s;
    double above = e->high_s - e->call_s;
    double factor = exp(eighty * m->link_spread);
    for (int v = 0; v < GV_VIEW_COUNT; v++) {
        gv_view_estimate *view = &e->view[v];
        view->transfer_s = gv__transfer_s(m, &r->pieces, (gv_view)v);
        view->total_s = e->call_s + view->transfer_s;
        view->low_s = view->total_s - root_of_squares(below, view->transfer_s * (1 - 1 / factor));
        view->high_s = view->total_s + root_of_squares(above, view->transfer_s * (factor - 1));
    }
}

static gv_term dominant_of(const gv_estimate *e, const gv__terms *terms)
{
    const double parts[GV_TERM_COUNT] = {
        [GV_TERM_COMPUTE] = e->call_s * terms->share[0],
        [GV_TERM_MEMORY] = e->call_s * terms->share[1],
        [GV_TERM_LAUNCH] = e->call_s * terms->share[2],
        [GV_TERM_TRANSFER] = e->view[GV_VIEW_TRANSFERS].transfer_s,
    };
    int most = 0;
    for (int i = 1; i < GV_TERM_COUNT; i++) {
        most = parts[i] > parts[most] ? i : most;
    }
    return (gv_term)most;
}

/* What peak and bandwidth allow for one piece. Data that stays in a cache need not come from
 * memory; a processor's works faster than its memory on all that it holds. */
static double roof_s(const gv__machine *m, const gv__reckoning *r, gv_precision precision)
{
    double bytes = fmin(r->terms.traffic_bytes, gv_workload_bytes(&r->pieces.piece));
    double arithmetic_s = r->terms.roof_flop / m->roof_flop_per_s[precision];
    if (!m->host_silicon) {
        return fmax(arithmetic_s, bytes / m->bandwidth_bytes_per_s);
    }
    bool cached = bytes < 4 * m->cache_bytes;
    return fmax(arithmetic_s, cached ? 0 : bytes / m->bandwidth_bytes_per_s) / probe_slack;
}

gv_status gv__model_reckon(const gv_model *model, const gv_workload *workload, gv_estimate *out,
                           gv__reckoning *r, gv_error *err)
{
    const gv__machine *m = &model->machine;
    *r = (gv__reckoning){0};
    gv_status status = gv__pieces_of(m, workload, &r->pieces, err);
    if (status != GV_OK) {
        return status;
    }
    if (isnan(m->vector_flop_per_s[workload->precision])) {
        return gv__fail(err, GV_UNSUPPORTED, 0, NULL, "the device has no %s",
                        gv_precision_name(workload->precision));
    }
    gv__terms_of(model->constants, m, &r->pieces.piece, &r->terms);
    gv__situation_of(m, &r->pieces.piece, &r->terms, &r->situation);

    double count = r->pieces.count;
    gv_estimate e = {.pieces = count,
                     .compute_s = count * r->terms.compute_s,
                     .memory_s = count * r->terms.memory_s,
                     .launch_s = count * r->terms.launch_s};
    rate(model, workload, r, &e);
    e.roof_s = count * roof_s(m, r, workload->precision);
    e.uncorrected_s = count * r->terms.call_s;
    double call_s = e.uncorrected_s * exp(r->mean);
    double factor = exp(eighty * e.spread);
    e.call_s = fmax(call_s, e.roof_s);
    e.low_s = fmax(call_s / factor, e.roof_s);
    e.high_s = fmax(call_s * factor, e.roof_s);
    fill_views(m, r, &e);
    e.dominant = dominant_of(&e, &r->terms);
    if (!isfinite(e.view[GV_VIEW_TRANSFERS].high_s) || !(e.call_s > 0)) {
        return gv__fail(err, GV_ARGUMENT, 0, NULL, "the time is outside the range of numbers");
    }
    *out = e;
    return GV_OK;
}

gv_status gv_model_estimate(const gv_model *model, const gv_workload *workload, gv_estimate *out,
                            gv_error *err)
{
    gv__reckoning reckoning;
    return gv__model_reckon(model, workload, out, &reckoning, err);
}

size_t gv_model_points(const gv_model *model, gv_op op)
{
    return (size_t)op < GV_OP_CUSTOM ? model->process[gv__kind_of(&model->machine, op)].own : 0;
}
