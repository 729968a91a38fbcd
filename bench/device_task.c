/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/device_task.h"
#include "bench/sampler.h"
#include "bench/worker.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- arrays ---- */

static void release_pinned(gv__device_task *t)
{
    for (uint32_t i = 0; i < GV_MAX_INPUTS; i++) {
        gv__pinned_free(t->context, &t->pinned_input[i]);
    }
    gv__pinned_free(t->context, &t->pinned_output);
}

static void drop(gv__device_serving *serving)
{
    if (serving->provider != NULL) {
        serving->provider->destroy(serving->plan);
    }
    *serving = (gv__device_serving){.provider = NULL};
}

void gv__device_task_release(gv__device_task *t)
{
    drop(&t->by);
    release_pinned(t);
    for (uint32_t i = 0; i < GV_MAX_INPUTS; i++) {
        gv__buffer_free(t->input[i]);
    }
    gv__buffer_free(t->output);
    gv__task_free(&t->task);
    *t = (gv__device_task){.context = t->context};
}

static gv_status create_buffers(gv__device_task *t, gv_error *err)
{
    const gv_operands *operands = &t->task.operands;
    gv_status status = GV_OK;
    for (uint32_t i = 0; i < operands->inputs && status == GV_OK; i++) {
        status = gv__buffer_create(t->context, operands->input[i].bytes, &t->input[i], err);
        if (status == GV_OK) {
            status = gv__buffer_write(t->context, t->input[i], t->task.input[i],
                                      operands->input[i].bytes, err);
        }
    }
    if (status == GV_OK) {
        status = gv__buffer_create(t->context, operands->output.bytes, &t->output, err);
    }
    return status;
}

/* Make what an earlier call left in the output unmistakable, here and on the device. */
static gv_status poison(gv__device_task *t, gv_error *err)
{
    gv__operand_poison(t->task.output, &t->task.operands.output);
    return gv__buffer_write(t->context, t->output, t->task.output, t->task.operands.output.bytes,
                            err);
}

/* ---- the checked run ---- */

static gv_status run_plan(gv__device_task *t, void *plan, const cl_mem inputs[], cl_mem output,
                          gv_error *err)
{
    gv_status status = t->by.provider->enqueue(plan, inputs, output, err);
    return status == GV_OK ? gv__finish(t->context, t->by.text, err) : status;
}

/* Tell a provider that packs weights whether they stay from now on, or move in every call. */
static gv_status settle_weights(gv__device_task *t, bool stay, gv_error *err)
{
    if (t->by.provider->pack == NULL || t->by.packed == stay) {
        return GV_OK;
    }
    cl_mem weights = NULL;
    for (uint32_t i = 0; stay && weights == NULL && i < t->task.operands.inputs; i++) {
        weights = t->task.operands.input[i].weight ? t->input[i] : NULL;
    }
    gv_status status = t->by.provider->pack(t->by.plan, weights, err);
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
        status = run_plan(t, plan, inputs, output, err);
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
    gv_status status = run_companion(t, &companion, err);
    if (status == GV_OK) {
        gv__worker_step(t->by.text, "checking the result of %s", t->by.text);
        status = gv__task_check(&t->task, companion, result, err);
    }
    free(companion);
    return status;
}

/* Seconds of a later call; the faster of two, since the second one still warms something up. */
static gv_status time_later_call(gv__device_task *t, double *call_s, gv_error *err)
{
    double best_s = 0;
    for (int i = 0; i < 2; i++) {
        double start_s = gv__now_s();
        gv_status status = run_plan(t, t->by.plan, t->input, t->output, err);
        double took_s = gv__now_s() - start_s;
        if (status != GV_OK) {
            return status;
        }
        best_s = i == 0 || took_s < best_s ? took_s : best_s;
        if (took_s > 0.1) {
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

/* Pack the weights where the provider can, which is a one-time cost, and time a call with them. */
static gv_status time_packed_call(gv__device_task *t, gv__costs *costs, double *call_s,
                                  gv_error *err)
{
    if (t->by.provider->pack == NULL) {
        return GV_OK;
    }
    const double start_s = gv__now_s();
    gv_status status = settle_weights(t, true, err);
    const double pack_s = gv__now_s() - start_s;
    if (status == GV_OK) {
        status = time_later_call(t, call_s, err);
    }
    if (status == GV_OK) {
        gv__costs_add(costs, GV_COST_PACK, pack_s);
    }
    return status;
}

/* Build, run, check and time the provider that `t` names. `*moving_s`: a call with weights that
 * move, which is what the headline pays and what a provider is chosen by. */
static gv_status serve(gv__device_task *t, gv__say_prepared *out, double *moving_s, gv_error *err)
{
    const gv_operand *output = &t->task.operands.output;
    gv__costs costs = gv__costs_none();
    gv_check_result result = {.right = false};
    gv__worker_step(t->by.text, "building the kernels of %s", t->by.text);
    gv_status status =
        t->by.provider->create(t->context, &t->task.workload, NULL, &t->by.plan, &costs, err);
    if (status == GV_OK) {
        gv__worker_step(t->by.text, "running %s for its check", t->by.text);
        status = poison(t, err);
    }
    double start_s = gv__now_s();
    if (status == GV_OK) {
        status = run_plan(t, t->by.plan, t->input, t->output, err);
    }
    double first_s = gv__now_s() - start_s;
    if (status == GV_OK) {
        status = gv__buffer_read(t->context, t->output, t->task.output, output->bytes, err);
    }
    if (status == GV_OK) {
        status = check_output(t, &result, err);
    }
    if (status == GV_OK) {
        gv__worker_step(t->by.text, "running %s again", t->by.text);
        status = time_later_call(t, moving_s, err);
    }
    double call_s = *moving_s;
    if (status == GV_OK) {
        status = time_packed_call(t, &costs, &call_s, err);
    }
    if (status != GV_OK) {
        return status;
    }
    count_lazy_build(&costs, first_s, *moving_s);
    gv__prepared_fill(out, &t->task, t->by.text, &result, &costs, first_s, call_s);
    return GV_OK;
}

/* serve(), and once more with all compiled anew where programs of earlier processes went wrong: a
 * driver that does not take its own binaries back well costs time then, and no result. */
static gv_status serve_soundly(gv__device_task *t, gv__say_prepared *out, double *moving_s,
                               gv_error *err)
{
    const uint32_t before = t->context->loaded_programs;
    gv_status status = serve(t, out, moving_s, err);
    const bool cached = t->context->loaded_programs > before;
    if (status != GV_OK && status != GV_UNSUPPORTED && cached) {
        t->by.provider->destroy(t->by.plan);
        t->by.plan = NULL;
        t->by.packed = false;
        t->context->rebuild = true;
        status = serve(t, out, moving_s, err);
        t->context->rebuild = false;
    } else if (status == GV_OK) {
        out->cached = cached;
    }
    return status;
}

/* Try every provider and leave the fastest right one in `t->by` and what it said in `out`;
 * `any_incident` tells whether one was wrong or failed. */
static void find_fastest(gv__device_task *t, const gv__ask_prepare *ask, gv__say_prepared *out,
                         bool *any_incident, gv__text *reasons)
{
    gv__device_serving best = {.provider = NULL};
    double best_s = INFINITY;
    size_t count = 0;
    const gv__device_provider *const *rows = gv__device_providers(t->task.workload.op, &count);
    for (size_t i = 0; i < count; i++) {
        gv__say_prepared said = {.call_s = NAN};
        double moving_s = INFINITY;
        gv_error found = {0};
        gv__provider_text(t->by.text, rows[i]->name, rows[i]->version());
        if (gv__provider_excluded(ask, t->by.text)) {
            continue;
        }
        gv_status status = rows[i]->supports(&t->context->facts, &t->task.workload, &found);
        if (status == GV_OK) {
            t->by.provider = rows[i];
            status = serve_soundly(t, &said, &moving_s, &found);
        }
        if (status != GV_OK) {
            gv__provider_refused(t->by.text, &found, reasons);
            *any_incident = *any_incident || status != GV_UNSUPPORTED;
        } else if (best.provider == NULL || moving_s < best_s) {
            best_s = moving_s;
            gv__device_serving slower = best;
            best = t->by;
            t->by = slower;
            *out = said;
        }
        drop(&t->by);
    }
    t->by = best;
}

gv_status gv__device_task_prepare(gv__device_task *t, const gv__ask_prepare *ask,
                                  gv__say_prepared *out, bool *served, gv_error *err)
{
    gv__text reasons = {0};
    bool any_incident = false;
    gv_error found = {0};
    gv__device_task_release(t);
    gv_status status = gv__task_read(&t->task, ask, &found);
    if (status == GV_OK) {
        status = gv__device_fits(&t->context->facts, &t->task.workload, &found);
    }
    if (status == GV_UNSUPPORTED) {
        gv__worker_incident(GV_INCIDENT_UNSUPPORTED, "", found.text);
        *served = false;
        return GV_OK;
    }
    if (status == GV_OK) {
        status = gv__task_allocate(&t->task, &found);
    }
    if (status == GV_OK) {
        gv__worker_step("", "allocating the operands");
        status = create_buffers(t, &found);
    }
    if (status != GV_OK) {
        goto cleanup;
    }
    find_fastest(t, ask, out, &any_incident, &reasons);
    *served = t->by.provider != NULL;
    status = GV_OK;
    if (!*served) {
        gv__nobody_served(ask, any_incident, &reasons);
    }
cleanup:
    gv__text_free(&reasons);
    if (status != GV_OK || !*served) {
        gv__device_task_release(t);
    }
    return status == GV_OK ? GV_OK
                           : gv__fail(err, status, found.code, found.call, "%s", found.text);
}

/* ---- timed calls ---- */

/* A kernel that works in the host's memory needs no copies: its user would map the operands. Where
 * the device is the host's processor, ordinary buffers are such memory; others get the driver's. */
static gv_status create_pinned(gv__device_task *t, gv_error *err)
{
    const gv_operands *operands = &t->task.operands;
    gv_status status = GV_OK;
    t->mapped = gv_device_number(&t->context->facts, GV_DEVICE_UNIFIED) == 1.0;
    if (t->pinned_output.buffer != NULL || (t->mapped && t->context->facts.is_host_silicon)) {
        return GV_OK;
    }
    for (uint32_t i = 0; i <= operands->inputs && status == GV_OK; i++) {
        bool is_output = i == operands->inputs;
        gv__pinned *pinned = is_output ? &t->pinned_output : &t->pinned_input[i];
        size_t bytes = is_output ? operands->output.bytes : operands->input[i].bytes;
        status = gv__pinned_create(t->context, bytes, pinned, err);
        if (status != GV_OK) {
            break;
        }
        memcpy(pinned->host, is_output ? t->task.output : t->task.input[i], bytes);
        if (t->mapped) {
            status = gv__buffer_unmap(t->context, pinned->buffer, pinned->host, err);
            pinned->host = NULL;
        }
    }
    if (status != GV_OK) {
        release_pinned(t);
    }
    return status;
}

/* Behind poison(): the same for the output of the pinned view. */
static gv_status poison_pinned(gv__device_task *t, gv_error *err)
{
    const gv_operand *output = &t->task.operands.output;
    if (t->pinned_output.host != NULL) {
        gv__operand_poison(t->pinned_output.host, output);
    } else if (t->pinned_output.buffer != NULL) {
        return gv__buffer_write(t->context, t->pinned_output.buffer, t->task.output, output->bytes,
                                err);
    }
    return GV_OK;
}

/* The buffer that the kernel uses in the mapped view. */
static cl_mem mapped_buffer(const gv__pinned *pinned, cl_mem ordinary)
{
    return pinned->buffer != NULL ? pinned->buffer : ordinary;
}

/* Map and give back: what a user does around writing an input, or reading an output. */
static gv_status touch_mapped(gv__device_task *t, cl_mem buffer, size_t bytes, gv_error *err)
{
    void *host = NULL;
    gv_status status = gv__buffer_map(t->context, buffer, bytes, &host, err);
    return status == GV_OK ? gv__buffer_unmap(t->context, buffer, host, err) : status;
}

static gv_status call_mapped(gv__device_task *t, double time_s[4], gv_error *err)
{
    const gv_operands *operands = &t->task.operands;
    cl_mem inputs[GV_MAX_INPUTS] = {NULL};
    cl_mem output = mapped_buffer(&t->pinned_output, t->output);
    gv_status status = GV_OK;
    time_s[0] = gv__now_s();
    for (uint32_t i = 0; i < operands->inputs && status == GV_OK; i++) {
        inputs[i] = mapped_buffer(&t->pinned_input[i], t->input[i]);
        status = touch_mapped(t, inputs[i], operands->input[i].bytes, err);
    }
    time_s[1] = gv__now_s();
    if (status == GV_OK) {
        status = run_plan(t, t->by.plan, inputs, output, err);
    }
    time_s[2] = gv__now_s();
    if (status == GV_OK) {
        status = touch_mapped(t, output, operands->output.bytes, err);
    }
    time_s[3] = gv__now_s();
    return status;
}

static gv_status call_copying(gv__device_task *t, gv_view view, double time_s[4], gv_error *err)
{
    const gv_operands *operands = &t->task.operands;
    bool pinned = view == GV_VIEW_PINNED;
    bool moves = view != GV_VIEW_KERNEL_ONLY;
    gv_status status = GV_OK;
    time_s[0] = gv__now_s();
    for (uint32_t i = 0; i < operands->inputs && moves && status == GV_OK; i++) {
        if (view == GV_VIEW_WEIGHTS_RESIDENT && operands->input[i].weight) {
            continue;
        }
        status = gv__buffer_write(t->context, t->input[i],
                                  pinned ? t->pinned_input[i].host : t->task.input[i],
                                  operands->input[i].bytes, err);
    }
    time_s[1] = gv__now_s();
    if (status == GV_OK) {
        status = run_plan(t, t->by.plan, t->input, t->output, err);
    }
    time_s[2] = gv__now_s();
    if (status == GV_OK && moves) {
        status =
            gv__buffer_read(t->context, t->output, pinned ? t->pinned_output.host : t->task.output,
                            operands->output.bytes, err);
    }
    time_s[3] = gv__now_s();
    return status;
}

/* gv__timed_call. Every stage is wall time around calls that block until they are done. */
static gv_status call(void *context, gv_view view, double stage_s[GV_STAGE_COUNT], gv_error *err)
{
    gv__device_task *t = context;
    double time_s[4];
    gv_status status = view == GV_VIEW_PINNED && t->mapped ? call_mapped(t, time_s, err)
                                                           : call_copying(t, view, time_s, err);
    bool moves = view != GV_VIEW_KERNEL_ONLY;
    stage_s[GV_STAGE_H2D] = moves ? time_s[1] - time_s[0] : NAN;
    stage_s[GV_STAGE_KERNEL] = time_s[2] - time_s[1];
    stage_s[GV_STAGE_D2H] = moves ? time_s[3] - time_s[2] : NAN;
    stage_s[GV_STAGE_TOTAL] = moves ? time_s[3] - time_s[0] : stage_s[GV_STAGE_KERNEL];
    return status;
}

/* Is what the last timed call left behind, where its view leaves it, what was checked? */
static gv_status verify(gv__device_task *t, gv_view view, gv_error *err)
{
    const size_t bytes = t->task.operands.output.bytes;
    const void *result = t->task.output;
    gv_status status = GV_OK;
    if (view == GV_VIEW_KERNEL_ONLY) {
        status = gv__buffer_read(t->context, t->output, t->task.output, bytes, err);
    } else if (view == GV_VIEW_PINNED && t->mapped) {
        cl_mem output = mapped_buffer(&t->pinned_output, t->output);
        status = gv__buffer_read(t->context, output, t->task.output, bytes, err);
    } else if (view == GV_VIEW_PINNED) {
        result = t->pinned_output.host;
    }
    return status == GV_OK ? gv__task_verify(&t->task, result, err) : status;
}

gv_status gv__device_task_sample(gv__device_task *t, const gv__ask_sample *ask,
                                 gv__say_samples *out, gv_error *err)
{
    if (t->by.provider == NULL || ask->view >= GV_VIEW_COUNT) {
        return gv__fail(err, GV_ARGUMENT, 0, NULL,
                        t->by.provider == NULL ? "no workload is prepared"
                                               : "there is no such view");
    }
    gv__worker_step(t->by.text, "timing %s, %s", t->by.text, gv_view_label(ask->view));
    gv__say_samples taken;
    gv_status status = settle_weights(
        t, ask->view == GV_VIEW_WEIGHTS_RESIDENT || ask->view == GV_VIEW_KERNEL_ONLY, err);
    if (status == GV_OK) {
        status = poison(t, err);
    }
    if (status == GV_OK && ask->view == GV_VIEW_PINNED) {
        status = create_pinned(t, err);
        if (status == GV_OK) {
            status = poison_pinned(t, err);
        }
    }
    if (status == GV_OK) {
        status = gv__sample(call, t, ask, &taken, err);
    }
    if (status == GV_OK) {
        status = verify(t, ask->view, err);
    }
    if (status == GV_OK) {
        *out = taken;
    }
    return status;
}
