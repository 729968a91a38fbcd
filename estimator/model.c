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
static const double guessed_launch = 0.7 * 0.7; /* at a launch share of 1 */
static const double each_doubling_away = 0.08 * 0.08;
static const double cut_up = 0.2 * 0.2;
static const double given_work = 0.5 * 0.5;

/* A processor's roof is no data sheet's but a short probe's, which a good kernel may beat by as
 * much before its time is rejected. */
static const double probe_slack = 1.25;

gv_status gv__model_create_with(const gv__constants *constants, const gv_spec *spec,
                                const gv_model_options *options, gv_model **out, gv_error *err)
{
    gv__machine machine;
    gv_status status = gv__machine_make(spec, options, &machine, err);
    if (status != GV_OK) {
        return status;
    }
    gv_model *model = calloc(1, sizeof *model);
    if (!model) {
        return gv__fail(err, GV_MEMORY, 0, "calloc", "no memory for a model");
    }
    model->constants = constants;
    model->machine = machine;
    for (int i = 0; i < GV__PROCESSES; i++) {
        model->process[i] = (gv__process){
            .constants = constants, .kind = i, .host_silicon = machine.host_silicon, .scale = 1};
    }
    *out = model;
    return GV_OK;
}

gv_status gv_model_create(const gv_spec *spec, const gv_model_options *options, gv_model **out,
                          gv_error *err)
{
    static const gv_model_options defaults = GV_MODEL_OPTIONS_INIT;
    return gv__model_create_with(&gv__fitted, spec, options ? options : &defaults, out, err);
}

void gv_model_free(gv_model *model)
{
    if (model) {
        for (int i = 0; i < GV__PROCESSES; i++) {
            gv__process_free(&model->process[i]);
        }
        free(model);
    }
}

static gv_status check_precision(const gv__machine *m, const gv_workload *w, gv_error *err)
{
    if (isnan(m->vector_flop_per_s[w->precision])) {
        return gv__fail(err, GV_UNSUPPORTED, 0, NULL, "the device has no %s",
                        gv_precision_name(w->precision));
    }
    return GV_OK;
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
        guessed += guessed_launch * share[2] * share[2];
        *reasons |= share[2] > 0.2 ? (uint32_t)GV_REASON_LAUNCH_GUESSED : 0;
    }
    if (points > 0) { /* the device's own times tell what was guessed */
        guessed /= 1 + (double)points;
        *reasons &= (uint32_t)(GV_REASON_NO_MEMORY | GV_REASON_NO_LINK);
    }
    if (!m->link_known) {
        *reasons |= GV_REASON_NO_LINK;
    }
    const gv__process_constants *p = &model->constants->process[r->situation.kind];
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
    const gv__process_constants *p = &model->constants->process[process->kind];
    double variance;
    gv__process_predict(process, &r->situation, &r->mean, &variance);
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

static void fill_views(const gv__machine *m, const gv_workload *workload, gv__reckoning *r,
                       gv_estimate *e)
{
    double below = e->call_s - e->low_s;
    double above = e->high_s - e->call_s;
    double factor = exp(eighty * m->link_spread);
    for (int v = 0; v < GV_VIEW_COUNT; v++) {
        gv_view_estimate *view = &e->view[v];
        view->transfer_s = gv__transfer_s(m, workload, &r->pieces, (gv_view)v);
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

gv_status gv__model_reckon(const gv_model *model, const gv_workload *workload, gv_estimate *out,
                           gv__reckoning *r, gv_error *err)
{
    const gv__machine *m = &model->machine;
    gv_status status = gv__workload_check(workload, err);
    if (status == GV_OK) {
        status = check_precision(m, workload, err);
    }
    *r = (gv__reckoning){0};
    if (status == GV_OK) {
        status = gv__pieces_cut(m, workload, &r->pieces, err);
    }
    if (status != GV_OK) {
        return status;
    }
    gv__terms_of(model->constants, m, &r->pieces.piece, &r->terms);
    gv__situation_of(m, &r->pieces.piece, &r->terms, &r->situation);

    double count = r->pieces.count;
    gv_estimate e = {.pieces = count,
                     .compute_s = count * r->terms.compute_s,
                     .memory_s = count * r->terms.memory_s,
                     .launch_s = count * r->terms.launch_s};
    rate(model, workload, r, &e);
    /* Data that stays in a cache need not come from memory. */
    r->least_bytes = fmin(r->terms.traffic_bytes, gv_workload_bytes(&r->pieces.piece));
    double slack = m->host_silicon ? probe_slack : 1;
    e.roof_s = count / slack *
               fmax(r->terms.roof_flop / m->roof_flop_per_s[workload->precision],
                    r->least_bytes / m->bandwidth_bytes_per_s);
    double call_s = count * r->terms.call_s * exp(r->mean);
    double factor = exp(eighty * e.spread);
    e.call_s = fmax(call_s, e.roof_s);
    e.low_s = fmax(call_s / factor, e.roof_s);
    e.high_s = fmax(call_s * factor, e.roof_s);
    fill_views(m, workload, r, &e);
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
    static const int kinds[GV_OP_COUNT] = {[GV_OP_MATMUL] = GV__PROCESS_MATMUL,
                                           [GV_OP_CONV2D] = GV__PROCESS_CONV,
                                           [GV_OP_DENSE] = GV__PROCESS_DENSE};
    if (op == GV_OP_FFT) {
        return model->process[GV__PROCESS_FFT].own + model->process[GV__PROCESS_CLFFT].own;
    }
    return (size_t)op < GV_OP_CUSTOM ? model->process[kinds[op]].own : 0;
}
