/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/device_pieces.h"
#include "bench/sampler.h"
#include "bench/worker.h"
#include "kernels/pieces_run.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double long_call_s = 0.5;

void gv__device_pieces_name(char text[GV_PROVIDER_TEXT], const gv__cut *cut)
{
    char in_pieces[32];
    const int length =
        snprintf(in_pieces, sizeof in_pieces, " in %llu pieces", (unsigned long long)cut->count);
    const size_t room = (size_t)(GV_PROVIDER_TEXT - 1 - length);
    const size_t named = strlen(text);
    gv__copy_text(&text[named < room ? named : room], (size_t)length + 1, in_pieces);
}

gv_status gv__device_pieces_create(gv__device_task *t, const gv__parameters *parameters,
                                   gv__costs *costs, gv_error *err)
{
    t->by.cut = true;
    return gv__pieces_create(t->context, t->by.provider, parameters, &t->cut, &t->by.plan, costs,
                             err);
}

gv_status gv__device_pieces_run(gv__device_task *t, gv_error *err)
{
    return gv__pieces_run(t->by.plan, (const void *const *)t->task.input, t->task.output, false,
                          err);
}

/* Each way twice in turn; once where that is long. */
gv_status gv__device_pieces_settle(gv__device_task *t, gv_error *err)
{
    double best_s[2] = {INFINITY, INFINITY};
    for (int i = 0; i < 4; i++) {
        const bool overlap = i % 2 == 0;
        if (i == 2 && fmin(best_s[0], best_s[1]) > long_call_s) {
            break;
        }
        gv__pieces_overlap(t->by.plan, overlap);
        const double start_s = gv__now_s();
        gv_status status = gv__device_pieces_run(t, err);
        if (status != GV_OK) {
            return status;
        }
        best_s[overlap] = fmin(best_s[overlap], gv__now_s() - start_s);
    }
    gv__pieces_overlap(t->by.plan, best_s[true] <= best_s[false]);
    return GV_OK;
}

/* A companion has its own cut: it may have other arrays. */
gv_status gv__device_pieces_companion(gv__device_task *t, void **out, gv_error *err)
{
    gv_workload workload;
    size_t bytes = 0;
    gv__cut cut;
    gv_error ignored = {0};
    const gv__companion_kind kind = gv__task_companion(&t->task, &workload, &bytes);
    if (kind == GV__COMPANION_NONE ||
        gv__pieces_cut(&t->context->facts, &workload, &cut, &ignored) != GV_OK) {
        return GV_OK;
    }
    const void *const back[] = {t->task.output};
    const void *const *inputs =
        kind == GV__COMPANION_LINEAR ? (const void *const *)t->task.input : back;
    gv__worker_step(t->by.text, "building the companion of %s for the check", t->by.text);
    void *plan = NULL;
    gv__costs costs = gv__costs_none();
    void *array = gv__task_array(bytes);
    gv_status status =
        array == NULL
            ? gv__fail(err, GV_MEMORY, 0, NULL, "no room to check the result")
            : gv__pieces_create(t->context, t->by.provider, NULL, &cut, &plan, &costs, err);
    if (status == GV_OK) {
        status = gv__pieces_run(plan, inputs, array, false, err);
    }
    gv__pieces_free(plan);
    if (status == GV_OK) {
        *out = array;
    } else {
        free(array);
    }
    return status == GV_UNSUPPORTED ? GV_OK : status;
}

/* gv__timed_call. The first call of a view with resident weights is no timed one: the last call of
 * another view, or of the trial, has left them there. */
static gv_status call(void *context, gv_view view, double stage_s[GV_STAGE_COUNT], gv_error *err)
{
    gv__device_task *t = context;
    for (int i = 0; i < GV_STAGE_COUNT; i++) {
        stage_s[i] = NAN;
    }
    const double start_s = gv__now_s();
    gv_status status = gv__pieces_run(t->by.plan, (const void *const *)t->task.input,
                                      t->task.output, view == GV_VIEW_WEIGHTS_RESIDENT, err);
    stage_s[GV_STAGE_TOTAL] = gv__now_s() - start_s;
    return status;
}

gv_status gv__device_pieces_sample(gv__device_task *t, const gv__ask_sample *ask,
                                   gv__say_samples *out, gv_error *err)
{
    const bool resident = ask->view == GV_VIEW_WEIGHTS_RESIDENT && gv__cut_keeps_weights(&t->cut);
    if (ask->view != GV_VIEW_TRANSFERS && !resident) {
        return gv__fail(err, GV_UNSUPPORTED, 0, NULL,
                        "a workload in pieces is measured with its transfers");
    }
    gv__say_samples taken;
    gv__operand_poison(t->task.output, &t->task.operands.output);
    gv_status status = gv__sample(call, t, ask, &taken, err);
    if (status == GV_OK) {
        status = gv__task_verify(&t->task, t->task.output, err);
    }
    if (status == GV_OK) {
        *out = taken;
    }
    return status;
}
