/* SPDX-License-Identifier: Apache-2.0 */
/* From which size on a device wins: the device's time grows from a launch, the rival's from
 * nothing. */
#include "estimator/model.h"

#include <math.h>

enum { LADDER = 49, REFINEMENTS = 6 }; /* 2^-12 to 2^12 by halves of a doubling */

/* Where measurements corrected a model, a large size is too far from all of them once its spread is
 * so many times that of the best known one: there it says no more than a data sheet. */
static const double too_far = 2;

typedef struct contest {
    const gv_model *model;
    const gv_workload *workload;
    gv_view view;
    gv_rival_time rival;
    void *user;
} contest;

typedef struct rung {
    gv_workload workload;
    double scale; /* its true one: sizes are whole numbers, and of fft powers of two */
    double spread;
    double margin[3]; /* ln(rival / device) above a tie, if the device takes its low, time, high */
} rung;

/* The longest of the sides that a scale changes: shorter ones may have shrunk to 1, and say nothing
 * of the scale from there on. Given work has none. */
static double longest_side(const gv_workload *w)
{
    double longest = 1;
    switch (w->op) {
    case GV_OP_MATMUL:
        return fmax(fmax((double)w->as.matmul.m, (double)w->as.matmul.n), (double)w->as.matmul.k);
    case GV_OP_CONV2D:
        return (double)w->as.conv2d.n;
    case GV_OP_DENSE:
        return (double)w->as.dense.batch;
    case GV_OP_FFT:
        for (uint32_t i = 0; i < w->as.fft.dims; i++) {
            longest = fmax(longest, (double)w->as.fft.shape[i]);
        }
        return longest;
    case GV_OP_CUSTOM:
        break;
    }
    return NAN;
}

static bool look(const contest *c, double scale, rung *out)
{
    gv_workload w = gv_workload_scale(c->workload, scale);
    gv_estimate e;
    double rival_s = c->rival(c->user, &w);
    if (!(rival_s > 0) || gv_model_estimate(c->model, &w, &e, NULL) != GV_OK) {
        return false;
    }
    const gv_view_estimate *v = &e.view[c->view];
    double tie_s = rival_s / (1 + gv__same_within);
    *out = (rung){w,
                  w.op == GV_OP_CUSTOM ? scale : longest_side(&w) / longest_side(c->workload),
                  e.spread,
                  {log(tie_s / v->low_s), log(tie_s / v->total_s), log(tie_s / v->high_s)}};
    return true;
}

/* Down from the largest size while the device wins: 0 for all of them, INFINITY for none, else
 * where the times cross; `wins` becomes the smallest size that exists from there on. Between two
 * sizes the margin goes straight in ln(size). */
static double crossing(const contest *c, const rung *rungs, size_t count, int which,
                       gv_workload *wins)
{
    size_t first = count;
    while (first > 0 && rungs[first - 1].margin[which] > 0) {
        first--;
    }
    if (first == count || first == 0) {
        return first == 0 ? 0 : INFINITY;
    }
    rung below = rungs[first - 1], above = rungs[first], middle;
    for (int i = 0; i < REFINEMENTS && look(c, sqrt(below.scale * above.scale), &middle); i++) {
        *(middle.margin[which] > 0 ? &above : &below) = middle;
    }
    *wins = above.workload;
    double share = below.margin[which] / (below.margin[which] - above.margin[which]);
    return below.scale * pow(above.scale / below.scale, share);
}

gv_status gv_model_break_even(const gv_model *model, const gv_workload *workload, gv_view view,
                              gv_rival_time rival, void *user, gv_break_even *out, gv_error *err)
{
    gv_estimate asked;
    gv_status status = gv_model_estimate(model, workload, &asked, err);
    if (status != GV_OK) {
        return status;
    }
    contest c = {model, workload, view, rival, user};
    rung ladder[LADDER];
    size_t count = 0;
    double most = INFINITY;
    for (int i = 0; i < LADDER; i++) {
        if (look(&c, exp2(-12 + 0.5 * i), &ladder[count])) {
            most = fmin(most, too_far * ladder[count++].spread);
        }
    }
    while (asked.origin == GV_ORIGIN_CALIBRATED && count > 0 && ladder[count - 1].spread > most) {
        count--;
    }
    *out = (gv_break_even){GV_BREAK_EVEN_UNKNOWN, *workload, NAN, NAN, NAN};
    if (count > 0) {
        gv_workload unused;
        double at = crossing(&c, ladder, count, 1, &out->workload);
        bool from = at > 0 && isfinite(at);
        out->kind = from ? GV_BREAK_EVEN_FROM : at > 0 ? GV_BREAK_EVEN_NEVER : GV_BREAK_EVEN_ALWAYS;
        out->scale = from ? at : NAN;
        out->low = crossing(&c, ladder, count, 0, &unused);
        out->high = crossing(&c, ladder, count, 2, &unused);
    }
    return GV_OK;
}
