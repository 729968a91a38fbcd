/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/device_serve.h"
#include "bench/device_pieces.h"
#include "bench/worker.h"
#include "kernels/pieces_run.h"

#include <math.h>
#include <stdlib.h>

enum { MOST_CALLS = 1000 };
/* Of such calls one is enough. */
static const double long_call_s = 0.1;

void gv__device_drop(gv__device_serving *serving)
{
    if (serving->cut) {
        gv__pieces_free(serving->plan);
    } else if (serving->provider != NULL) {
        serving->provider->destroy(serving->plan);
    }
    *serving = (gv__device_serving){.provider = NULL};
}

gv_status gv__device_poison(gv__device_task *t, gv_error *err)
{
    gv__operand_poison(t->task.output, &t->task.operands.output);
    if (t->by.cut) {
        return GV_OK; /* nothing of it lies on the device */
    }
    return gv__buffer_write(t->context, t->output, t->task.output, t->task.operands.output.bytes,
                            err);
}

gv_status gv__device_run(gv__device_task *t, void *plan, const cl_mem inputs[], cl_mem output,
                         gv_error *err)
{
    t->context->poll_s = t->by.poll_s[t->by.packed];
    gv_status status = t->by.provider->enqueue(plan, inputs, output, err);
    if (status == GV_OK) {
        status = gv__finish(t->context, t->by.text, err);
    }
    t->context->poll_s = 0;
    return status;
}

/* A provider that packs, and something to pack. */
static bool packs_weights(const gv__device_task *t, cl_mem *weights)
{
    for (uint32_t i = 0; t->by.provider->pack != NULL && i < t->task.operands.inputs; i++) {
        if (t->task.operands.input[i].weight) {
            *weights = t->input[i];
            return true;
        }
    }
    return false;
}

gv_status gv__device_settle_weights(gv__device_task *t, bool stay, gv_error *err)
{
    cl_mem weights = NULL;
    if (!packs_weights(t, &weights) || t->by.packed == stay) {
        return GV_OK;
    }
    gv_status status = t->by.provider->pack(t->by.plan, stay ? weights : NULL, err);
    if (status == GV_OK) {
        status = gv__finish(t->context, t->by.text, err);
    }
    if (status == GV_OK) {
        t->by.packed = stay;
    }
    return status;
}

/* Compute the companion (see gv__task_companion) by a plan of its own. `*out` stays NULL where
 * there is none, or where the provider does not serve it. */
static gv_status run_companion(gv__device_task *t, void **out, gv_error *err)
{
    gv_workload workload;
    size_t bytes = 0;
    gv__companion_kind kind = gv__task_companion(&t->task, &workload, &bytes);
    gv_error ignored = {0};
    if (kind == GV__COMPANION_NONE ||
        t->by.provider->supports(&t->context->facts, &workload, &ignored) != GV_OK) {
        return GV_OK;
    }
    gv__worker_step(t->by.text, "building %s of %s for the check",
                    kind == GV__COMPANION_LINEAR ? "the layer without its activation"
                                                 : "the inverse transform",
                    t->by.text);
    void *plan = NULL;
    cl_mem output = NULL;
    gv__costs costs = gv__costs_none();
    const cl_mem *inputs = kind == GV__COMPANION_LINEAR ? t->input : &t->output;
    void *array = gv__task_array(bytes);
    gv_status status =
        array == NULL ? gv__fail(err, GV_MEMORY, 0, NULL, "no room to check the result")
                      : t->by.provider->create(t->context, &workload, NULL, &plan, &costs, err);
    if (status == GV_OK) {
        status = gv__buffer_create(t->context, bytes, &output, err);
    }
    if (status == GV_OK) {
        status = gv__device_run(t, plan, inputs, output, err);
    }
    if (status == GV_OK) {
        status = gv__buffer_read(t->context, output, array, bytes, err);
    }
    t->by.provider->destroy(plan);
    gv__buffer_free(output);
    if (status == GV_OK) {
        *out = array;
    } else {
        free(array);
    }
    return status;
}

static gv_status check_output(gv__device_task *t, gv_check_result *result, gv_error *err)
{
    void *companion = NULL;
    gv_status status = t->by.cut ? gv__device_pieces_companion(t, &companion, err)
                                 : run_companion(t, &companion, err);
    if (status == GV_OK) {
        gv__worker_step(t->by.text, "checking the result of %s", t->by.text);
        t->task.algorithm = t->by.provider->algorithm;
        status = gv__task_check(&t->task, companion, result, err);
    }
    free(companion);
    return status;
}

gv_status gv__device_call(gv__device_task *t, gv_error *err)
{
    return t->by.cut ? gv__device_pieces_run(t, err)
                     : gv__device_run(t, t->by.plan, t->input, t->output, err);
}

/* gv__waited_call. */
static gv_status call_again(void *task, gv_error *err)
{
    return gv__device_call(task, err);
}

static gv_status choose_wait(gv__device_task *t, gv_error *err)
{
    return gv__wait_choose(call_again, t, &t->by.poll_s[t->by.packed], err);
}

/* Seconds of a later call: the fastest of as many as fit into `seconds`, two at least unless one is
 * long, since the second one still warms something up; no more than two where those are slower than
 * `brief_s`. */
static gv_status time_later_calls(gv__device_task *t, double seconds, double brief_s,
                                  double *call_s, gv_error *err)
{
    const double start_s = gv__now_s();
    double best_s = INFINITY;
    for (int i = 0; i < MOST_CALLS; i++) {
        const double before_s = gv__now_s();
        gv_status status = gv__device_call(t, err);
        const double after_s = gv__now_s();
        if (status != GV_OK) {
            return status;
        }
        best_s = fmin(best_s, after_s - before_s);
        const bool enough = after_s - start_s > seconds || best_s > brief_s;
        if (after_s - before_s > long_call_s || (i > 0 && enough)) {
            break;
        }
    }
    *call_s = best_s;
    return GV_OK;
}

/* What a first call takes beyond a later one is compilation that the library had put off, as soon
 * as it is more than the usual warming up of caches and clocks. */
static void count_lazy_build(gv__costs *costs, double first_s, double call_s)
{
    double excess_s = first_s - call_s;
    if (excess_s > call_s && excess_s > 5e-3) {
        gv__costs_add(costs, GV_COST_BUILD, excess_s);
    }
}

gv_status gv__device_pack_weights(gv__device_task *t, double seconds, gv__say_prepared *out,
                                  double *packed_s, gv_error *err)
{
    cl_mem weights = NULL;
    *packed_s = NAN;
    if (t->by.cut || !packs_weights(t, &weights)) {
        return GV_OK;
    }
    const double start_s = gv__now_s();
    gv_status status = gv__device_settle_weights(t, true, err);
    const double pack_s = gv__now_s() - start_s;
    if (status == GV_OK) {
        status = choose_wait(t, err);
    }
    if (status == GV_OK) {
        status = time_later_calls(t, seconds, INFINITY, packed_s, err);
    }
    if (status == GV_OK) {
        out->cost_s[GV_COST_PACK] = pack_s;
        out->call_s = *packed_s;
        out->polled = out->polled || t->by.poll_s[true] > 0;
    }
    return status;
}

void gv__device_drop_plan(gv__device_task *t)
{
    if (t->by.cut) {
        gv__pieces_free(t->by.plan);
    } else {
        t->by.provider->destroy(t->by.plan);
    }
    t->by.plan = NULL;
    t->by.packed = t->by.cut = false;
    t->by.poll_s[0] = t->by.poll_s[1] = 0;
}

/* Build, and run once into a poisoned output. */
static gv_status first_run(gv__device_task *t, const gv__parameters *parameters, gv__costs *costs,
                           double *first_s, gv_error *err)
{
    gv__worker_step(t->by.text, "building the kernels of %s", t->by.text);
    gv_status status = t->cut.count > 1
                           ? gv__device_pieces_create(t, parameters, costs, err)
                           : t->by.provider->create(t->context, &t->task.workload, parameters,
                                                    &t->by.plan, costs, err);
    if (status == GV_OK) {
        gv__worker_step(t->by.text, "running %s for its check", t->by.text);
        status = gv__device_poison(t, err);
    }
    const double start_s = gv__now_s();
    if (status == GV_OK) {
        status = gv__device_call(t, err);
    }
    *first_s = gv__now_s() - start_s;
    return status;
}

static gv_status serve(gv__device_task *t, const gv__parameters *parameters,
                       const gv__effort *effort, gv__say_prepared *out, gv__say_trial *trial,
                       gv_error *err)
{
    const size_t bytes = t->task.operands.output.bytes;
    gv__costs costs = gv__costs_none();
    gv_check_result result = {.method = "compared"};
    gv__say_trial tried = {.call_s = NAN, .packed_s = NAN};
    double first_s = NAN;
    gv__copy_text(tried.provider, sizeof tried.provider, t->by.text);
    if (parameters != NULL) {
        gv__parameters_text(parameters, tried.parameters);
    }
    gv_status status = first_run(t, parameters, &costs, &first_s, err);
    if (status == GV_OK && first_s > effort->give_up_s) {
        /* The first one may have compiled something. */
        status = time_later_calls(t, 0, INFINITY, &tried.call_s, err);
        tried.given_up = tried.call_s > effort->give_up_s;
    }
    if (status != GV_OK || tried.given_up) {
        *trial = tried;
        return status;
    }
    status = t->by.cut ? GV_OK : gv__buffer_read(t->context, t->output, t->task.output, bytes, err);
    if (status == GV_OK) {
        status = effort->compare && t->task.checked != NULL
                     ? gv__task_verify(&t->task, t->task.output, err)
                     : check_output(t, &result, err);
    }
    if (status == GV_OK) {
        gv__worker_step(t->by.text, "running %s again", t->by.text);
        status = t->by.cut ? gv__device_pieces_settle(t, err) : GV_OK;
    }
    if (status == GV_OK && !t->by.cut) {
        status = choose_wait(t, err);
    }
    if (status == GV_OK) {
        status = time_later_calls(t, effort->seconds, effort->brief_s, &tried.call_s, err);
    }
    if (status != GV_OK) {
        return status;
    }
    count_lazy_build(&costs, first_s, tried.call_s);
    gv__prepared_fill(out, &t->task, t->by.text, &result, &costs, first_s, tried.call_s);
    gv__copy_text(out->parameters, sizeof out->parameters, tried.parameters);
    out->polled = t->by.poll_s[t->by.packed] > 0;
    out->has_weights = out->has_weights && (!t->by.cut || gv__cut_keeps_weights(&t->cut));
    *trial = tried;
    return GV_OK;
}

/* Once more with all compiled anew where programs of earlier processes went wrong: a driver that
 * does not take its own binaries back well costs time then, and no result. */
gv_status gv__device_serve(gv__device_task *t, const gv__parameters *parameters,
                           const gv__effort *effort, gv__say_prepared *out, gv__say_trial *trial,
                           gv_error *err)
{
    const uint32_t before = t->context->loaded_programs;
    gv_status status = serve(t, parameters, effort, out, trial, err);
    const bool cached = t->context->loaded_programs > before;
    if (status != GV_OK && status != GV_UNSUPPORTED && cached) {
        gv__device_drop_plan(t);
        t->context->rebuild = true;
        status = serve(t, parameters, effort, out, trial, err);
        t->context->rebuild = false;
    } else if (status == GV_OK) {
        out->cached = cached;
    }
    return status;
}
