/* SPDX-License-Identifier: Apache-2.0 */
/* From which size on a device wins: the device's time grows from a launch, the rival's from
 * nothing. */
#include "estimator/model.h"
#include "estimator/rising.h"

#include <math.h>

enum { REFINEMENTS = 6 };

/* Where measurements corrected a model, a large size is too far from all of them once its spread is
 * so many times that of the best known one: there it says no more than a data sheet. */
static const double too_far = 2;

typedef struct contest {
    const gv_model *model;
    const gv_workload *workload;
    bool calibrated;
    gv_view view;
    gv_rival_time rival;
    void *user;
} contest;

/* The ends of an interval and the time between them, as a margin's index. */
enum { LOW, TIME, HIGH, TIMES };

static double *time_of(gv_view_estimate *view, int which)
{
    return which == LOW ? &view->low_s : which == TIME ? &view->total_s : &view->high_s;
}

/* ln(rival / device) above a tie. */
static double margin(const contest *c, const gv_rung *rung, int which)
{
    gv_view_estimate view = rung->view[c->view];
    return log(rung->rival_s / (1 + gv__same_within) / *time_of(&view, which));
}

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

/* Both sides as each is; true where both are known. */
static bool look(const contest *c, double scale, gv_rung *out, double *weight)
{
    gv_workload w = gv_workload_scale(c->workload, scale);
    gv_rival rival = c->rival(c->user, &w);
    gv_estimate e;
    double true_scale = w.op == GV_OP_CUSTOM ? scale : longest_side(&w) / longest_side(c->workload);
    bool known = gv_model_estimate(c->model, &w, &e, NULL) == GV_OK;
    *out = (gv_rung){.workload = w, .scale = true_scale, .spread = NAN, .rival_s = NAN};
    if (rival.time_s > 0) {
        out->rival_s = rival.time_s;
        *weight = rival.measured ? (double)INFINITY : 1 / (rival.spread * rival.spread);
    }
    out->spread = known ? e.spread : (double)NAN;
    for (int v = 0; v < GV_VIEW_COUNT; v++) {
        out->view[v] = known ? e.view[v] : (gv_view_estimate){NAN, NAN, NAN, NAN};
    }
    return known && rival.time_s > 0;
}

/* ---- more work takes no less time ---- */

/* One time of each rung, of those that have it. */
static void level(gv_rung *rungs, const double *weights, double *(*time)(gv_rung *, int), int which)
{
    double times[GV_RUNGS], weight[GV_RUNGS];
    size_t at[GV_RUNGS], count = 0;
    for (size_t i = 0; i < GV_RUNGS; i++) {
        if (*time(&rungs[i], which) > 0) {
            times[count] = *time(&rungs[i], which);
            weight[count] = weights[i];
            at[count++] = i;
        }
    }
    gv__make_rising(times, weight, count);
    for (size_t i = 0; i < count; i++) {
        *time(&rungs[at[i]], which) = times[i];
    }
}

static double *rival_time(gv_rung *rung, int which)
{
    (void)which;
    return &rung->rival_s;
}

static double *device_time(gv_rung *rung, int which)
{
    return time_of(&rung->view[which / TIMES], which % TIMES);
}

/* A data sheet alone gives curves that rise, but for sizes that suit a device better than smaller
 * ones, as they do in truth. */
static void level_all(const contest *c, gv_rung *rungs, const double *rival_weights)
{
    double weights[GV_RUNGS];
    level(rungs, rival_weights, rival_time, 0);
    for (size_t i = 0; i < GV_RUNGS; i++) {
        weights[i] = 1 / (rungs[i].spread * rungs[i].spread);
    }
    for (int which = 0; c->calibrated && which < GV_VIEW_COUNT * TIMES; which++) {
        level(rungs, weights, device_time, which);
    }
}

static void hold_between(const gv_rung *below, const gv_rung *above, const contest *c,
                         gv_rung *middle)
{
    gv_rung least = *below, most = *above;
    middle->rival_s = fmin(fmax(middle->rival_s, least.rival_s), most.rival_s);
    for (int which = 0; c->calibrated && which < GV_VIEW_COUNT * TIMES; which++) {
        double *time = device_time(middle, which);
        *time = fmin(fmax(*time, *device_time(&least, which)), *device_time(&most, which));
    }
}

gv_status gv_model_ladder(const gv_model *model, const gv_workload *workload, gv_rival_time rival,
                          void *user, gv_rung *out, gv_error *err)
{
    gv_estimate asked;
    gv_status status = gv_model_estimate(model, workload, &asked, err);
    if (status != GV_OK) {
        return status;
    }
    contest c = {model, workload, asked.origin == GV_ORIGIN_CALIBRATED, GV_VIEW_TRANSFERS,
                 rival, user};
    double weights[GV_RUNGS] = {0};
    for (int i = 0; i < GV_RUNGS; i++) {
        int halves_of_a_doubling = i - GV_RUNGS / 2;
        look(&c, exp2(0.5 * halves_of_a_doubling), &out[i], &weights[i]);
    }
    level_all(&c, out, weights);
    return GV_OK;
}

/* ---- who wins where ---- */

/* Where the times cross between two sizes of which the larger one wins; `wins` becomes the smallest
 * that exists from there on. Between two sizes the margin goes straight in ln(size). */
static double cross(const contest *c, gv_rung below, gv_rung above, int which, gv_workload *wins)
{
    gv_rung middle;
    double unused;
    for (int i = 0; i < REFINEMENTS && look(c, sqrt(below.scale * above.scale), &middle, &unused);
         i++) {
        hold_between(&below, &above, c, &middle);
        *(margin(c, &middle, which) > 0 ? &above : &below) = middle;
    }
    *wins = above.workload;
    double loses_by = margin(c, &below, which), wins_by = margin(c, &above, which);
    return below.scale * pow(above.scale / below.scale, loses_by / (loses_by - wins_by));
}

/* The last stretch of sizes on which the device wins, `*first` to before `*end`; none: both 0. */
static void last_stretch(const contest *c, const gv_rung *rungs, size_t count, int which,
                         size_t *first, size_t *end)
{
    *end = count;
    while (*end > 0 && !(margin(c, &rungs[*end - 1], which) > 0)) {
        (*end)--;
    }
    *first = *end;
    while (*first > 0 && margin(c, &rungs[*first - 1], which) > 0) {
        (*first)--;
    }
}

/* From which scale on the device wins: 0 for all, INFINITY for none. */
static double from_scale(const contest *c, const gv_rung *rungs, size_t count, int which)
{
    size_t first, end;
    gv_workload unused;
    last_stretch(c, rungs, count, which, &first, &end);
    if (end < count || first == end) {
        return INFINITY;
    }
    return first == 0 ? 0 : cross(c, rungs[first - 1], rungs[first], which, &unused);
}

static void answer(const contest *c, const gv_rung *rungs, size_t count, gv_break_even *out)
{
    size_t first, end;
    last_stretch(c, rungs, count, TIME, &first, &end);
    bool some = first < end, to_the_end = end == count;
    out->kind = !some                      ? GV_BREAK_EVEN_NEVER
                : !to_the_end              ? GV_BREAK_EVEN_BETWEEN
                : first == 0 && to_the_end ? GV_BREAK_EVEN_ALWAYS
                                           : GV_BREAK_EVEN_FROM;
    out->last = rungs[some ? end - 1 : count - 1].workload;
    if (out->kind == GV_BREAK_EVEN_FROM || out->kind == GV_BREAK_EVEN_BETWEEN) {
        out->workload = rungs[first].workload;
        out->scale =
            first == 0 ? 0 : cross(c, rungs[first - 1], rungs[first], TIME, &out->workload);
    }
    out->low = from_scale(c, rungs, count, LOW);
    out->high = from_scale(c, rungs, count, HIGH);
}

gv_status gv_model_break_even(const gv_model *model, const gv_workload *workload, gv_view view,
                              gv_rival_time rival, void *user, gv_break_even *out, gv_error *err)
{
    gv_rung rungs[GV_RUNGS];
    gv_estimate asked;
    gv_status status = gv_model_estimate(model, workload, &asked, err);
    status = status == GV_OK ? gv_model_ladder(model, workload, rival, user, rungs, err) : status;
    if (status != GV_OK) {
        return status;
    }
    contest c = {model, workload, asked.origin == GV_ORIGIN_CALIBRATED, view, rival, user};
    size_t count = 0;
    double most = INFINITY;
    for (int i = 0; i < GV_RUNGS; i++) {
        if (rungs[i].rival_s > 0 && rungs[i].view[view].total_s > 0) {
            most = fmin(most, too_far * rungs[i].spread);
            rungs[count++] = rungs[i];
        }
    }
    *out = (gv_break_even){GV_BREAK_EVEN_UNKNOWN, *workload, *workload, false, NAN, NAN, NAN};
    while (c.calibrated && count > 0 && rungs[count - 1].spread > most) {
        out->cut = true;
        count--;
    }
    if (count > 0) {
        answer(&c, rungs, count, out);
    }
    return GV_OK;
}
