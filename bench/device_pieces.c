/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/device_pieces.h"
#include "bench/device_serve.h"
#include "bench/sampler.h"
#include "bench/worker.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static gv_status run(gv__device_task *t, double *call_s, gv_error *err)
{
    const double start_s = gv__now_s();
    gv_status status =
        gv__pieces_run(t->by.plan, (const void *const *)t->task.input, t->task.output, err);
    *call_s = gv__now_s() - start_s;
    return status;
}

/* A layer is checked by what stands before its activation, cut in the same way. `*out` stays NULL
 * where there is none: a transform is then checked without its inverse. */
static gv_status run_linear(gv__device_task *t, const gv__cut *cut, void **out, gv_error *err)
{
    gv__cut linear = *cut;
    size_t bytes = 0;
    if (gv__task_companion(&t->task, &linear.whole, &bytes) != GV__COMPANION_LINEAR) {
        return GV_OK;
    }
    gv__worker_step(t->by.text, "building the layer without its activation of %s for the check",
                    t->by.text);
    void *plan = NULL;
    gv__costs costs = gv__costs_none();
    void *array = gv__task_array(bytes);
    gv_status status =
        array == NULL ? gv__fail(err, GV_MEMORY, 0, NULL, "no room to check the result")
                      : gv__pieces_create(t->context, t->by.provider, &linear, &plan, &costs, err);
    if (status == GV_OK) {
        status = gv__pieces_run(plan, (const void *const *)t->task.input, array, err);
    }
    gv__pieces_free(plan);
    if (status == GV_OK) {
        *out = array;
    } else {
        free(array);
    }
    return status;
}

static gv_status check_output(gv__device_task *t, const gv__cut *cut, gv_check_result *result,
                              gv_error *err)
{
    void *linear = NULL;
    gv_status status = run_linear(t, cut, &linear, err);
    if (status == GV_OK) {
        gv__worker_step(t->by.text, "checking the result of %s", t->by.text);
        status = gv__task_check(&t->task, linear, result, err);
    }
    free(linear);
    return status;
}

/* Build, run, check, and run again for the time. */
static gv_status serve(gv__device_task *t, const gv__cut *cut, gv__say_prepared *out,
                       double *call_s, gv_error *err)
{
    gv__costs costs = gv__costs_none();
    gv_check_result result = {.method = ""};
    double first_s = NAN;
    gv__worker_step(t->by.text, "building the kernels of %s", t->by.text);
    gv_status status = gv__pieces_create(t->context, t->by.provider, cut, &t->by.plan, &costs, err);
    if (status != GV_OK) {
        return status;
    }
    t->by.cut = true;
    gv__worker_step(t->by.text, "running %s for its check", t->by.text);
    gv__operand_poison(t->task.output, &t->task.operands.output);
    status = run(t, &first_s, err);
    if (status == GV_OK) {
        status = check_output(t, cut, &result, err);
    }
    if (status == GV_OK) {
        gv__worker_step(t->by.text, "running %s again", t->by.text);
        status = run(t, call_s, err);
    }
    if (status == GV_OK) {
        gv__prepared_fill(out, &t->task, t->by.text, &result, &costs, first_s, *call_s);
        out->has_weights = false;
    }
    return status;
}

static void name_in_pieces(gv__device_task *t, const gv__device_provider *row, uint64_t count)
{
    char named[GV_PROVIDER_TEXT];
    char in_pieces[32];
    const int length =
        snprintf(in_pieces, sizeof in_pieces, " in %llu pieces", (unsigned long long)count);
    gv__provider_text(named, row->name, row->version());
    snprintf(t->by.text, sizeof t->by.text, "%.*s%s", (int)sizeof t->by.text - 1 - length, named,
             in_pieces);
}

void gv__device_pieces_find(gv__device_task *t, const gv__cut *cut, const gv__ask_prepare *ask,
                            gv__say_prepared *out, bool *any_incident, gv__text *reasons)
{
    gv__device_serving best = {.provider = NULL};
    gv__say_trial best_trial = {.call_s = INFINITY};
    size_t count = 0;
    const gv__device_provider *const *rows = gv__device_providers(t->task.workload.op, &count);
    for (size_t i = 0; i < count; i++) {
        gv__say_prepared said = {.call_s = NAN};
        gv__say_trial trial = {.call_s = NAN, .packed_s = NAN};
        gv_error found = {0};
        name_in_pieces(t, rows[i], cut->count);
        if (gv__provider_excluded(ask, t->by.text)) {
            continue;
        }
        t->by.provider = rows[i];
        gv_status status = serve(t, cut, &said, &trial.call_s, &found);
        if (status != GV_OK) {
            gv__provider_refused(t->by.text, &found, reasons);
            *any_incident = *any_incident || status != GV_UNSUPPORTED;
        } else {
            gv__copy_text(trial.provider, sizeof trial.provider, t->by.text);
            gv__worker_say(GV__SAY_TRIAL, &trial);
        }
        if (status == GV_OK && trial.call_s < best_trial.call_s) {
            best_trial = trial;
            const gv__device_serving slower = best;
            best = t->by;
            t->by = slower;
            *out = said;
        }
        gv__device_drop(&t->by);
    }
    t->by = best;
}

/* gv__timed_call: copies and kernels run beside each other, so that there is one time alone. */
static gv_status call(void *context, gv_view view, double stage_s[GV_STAGE_COUNT], gv_error *err)
{
    (void)view;
    for (int i = 0; i < GV_STAGE_COUNT; i++) {
        stage_s[i] = NAN;
    }
    return run(context, &stage_s[GV_STAGE_TOTAL], err);
}

gv_status gv__device_pieces_sample(gv__device_task *t, const gv__ask_sample *ask,
                                   gv__say_samples *out, gv_error *err)
{
    if (ask->view != GV_VIEW_TRANSFERS) {
        return gv__fail(err, GV_UNSUPPORTED, 0, NULL,
                        "a workload in pieces is measured with its transfers alone");
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
