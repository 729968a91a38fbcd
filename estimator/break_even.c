/* SPDX-License-Identifier: Apache-2.0 */
/* From which size on a device wins: the device's time grows from a launch, the rival's from
 * nothing. */
#include <gpuverdict/model.h>

#include <math.h>

enum { LADDER = 49, REFINEMENTS = 6 }; /* 2^-12 to 2^12 by halves of a doubling */

static uint64_t scaled(uint64_t size, double scale)
{
    double value = floor((double)size * scale + 0.5);
    return value < 1 ? 1 : value > 0x1p53 ? UINT64_C(1) << 53 : (uint64_t)value;
}

gv_workload gv_workload_scale(const gv_workload *workload, double scale)
{
    gv_workload w = *workload;
    switch (w.op) {
    case GV_OP_MATMUL:
        w.as.matmul.m = scaled(w.as.matmul.m, scale);
        w.as.matmul.n = scaled(w.as.matmul.n, scale);
        w.as.matmul.k = scaled(w.as.matmul.k, scale);
        break;
    case GV_OP_CONV2D:
        w.as.conv2d.n = scaled(w.as.conv2d.n, scale);
        break;
    case GV_OP_DENSE:
        w.as.dense.batch = scaled(w.as.dense.batch, scale);
        break;
    case GV_OP_FFT:
        for (uint32_t i = 0; i < w.as.fft.dims; i++) {
            double power = round(log2((double)w.as.fft.shape[i] * scale));
            w.as.fft.shape[i] = scale == 1 ? w.as.fft.shape[i] : scaled(1, exp2(power));
        }
        break;
    case GV_OP_CUSTOM:
        w.as.custom.flop *= scale;
        w.as.custom.bytes *= scale;
        w.as.custom.in *= scale;
        w.as.custom.out *= scale;
        break;
    }
    return w;
}

typedef struct contest {
    const gv_model *model;
    const gv_workload *workload;
    gv_view view;
    gv_rival_time rival;
    void *user;
} contest;

/* By how much the device's low, time and high win: ln(rival / device), NAN where it has no say. */
static bool margins(const contest *c, double scale, double out[3])
{
    gv_workload w = gv_workload_scale(c->workload, scale);
    gv_estimate e;
    double rival_s = c->rival(c->user, &w);
    if (!(rival_s > 0) || gv_model_estimate(c->model, &w, &e, NULL) != GV_OK) {
        return false;
    }
    const gv_view_estimate *v = &e.view[c->view];
    out[0] = log(rival_s / v->low_s);
    out[1] = log(rival_s / v->total_s);
    out[2] = log(rival_s / v->high_s);
    return true;
}

/* The scale between two rungs at which the sign changes: `from` loses, `to` wins. */
static double refine(const contest *c, double from, double to, int which)
{
    for (int i = 0; i < REFINEMENTS; i++) {
        double middle = sqrt(from * to);
        double at[3];
        if (!margins(c, middle, at)) {
            break;
        }
        *(at[which] > 0 ? &to : &from) = middle;
    }
    return to;
}

/* Down from the largest size while the device wins: 0 for all of them, INFINITY for none. */
static double threshold(const contest *c, const double scales[], double rungs[][3], size_t count,
                        int which)
{
    size_t first = count;
    while (first > 0 && rungs[first - 1][which] > 0) {
        first--;
    }
    if (first == count) {
        return INFINITY;
    }
    return first == 0 ? 0 : refine(c, scales[first - 1], scales[first], which);
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
    double scales[LADDER];
    double rungs[LADDER][3];
    size_t count = 0;
    for (int i = 0; i < LADDER; i++) {
        double scale = exp2(-12 + 0.5 * i);
        if (margins(&c, scale, rungs[count])) {
            scales[count++] = scale;
        }
    }
    gv_break_even answer = {.kind = GV_BREAK_EVEN_UNKNOWN, .scale = NAN, .low = NAN, .high = NAN};
    if (count > 0) {
        double at = threshold(&c, scales, rungs, count, 1);
        answer.low = threshold(&c, scales, rungs, count, 0);
        answer.high = threshold(&c, scales, rungs, count, 2);
        answer.kind = at == 0     ? GV_BREAK_EVEN_ALWAYS
                      : isinf(at) ? GV_BREAK_EVEN_NEVER
                                  : GV_BREAK_EVEN_FROM;
        if (answer.kind == GV_BREAK_EVEN_FROM) {
            answer.scale = at;
            answer.workload = gv_workload_scale(workload, at);
        }
    }
    *out = answer;
    return GV_OK;
}
