/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/device_choose.h"
#include "bench/device_pieces.h"
#include "bench/device_serve.h"
#include "bench/sampler.h"
#include "bench/worker.h"
#include "kernels/pieces_run.h"

#include <math.h>
#include <string.h>

/* ---- arrays ---- */

static void release_pinned(gv__device_task *t)
{
    for (uint32_t i = 0; i < GV_MAX_INPUTS; i++) {
        gv__pinned_free(t->context, &t->pinned_input[i]);
    }
    gv__pinned_free(t->context, &t->pinned_output);
}

void gv__device_task_release(gv__device_task *t)
{
    gv__device_drop(&t->by);
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

gv_status gv__device_task_allocate(gv__device_task *t, gv_error *err)
{
    gv_status status = gv__task_allocate(&t->task, err);
    if (status == GV_OK) {
        gv__worker_step("", "allocating the operands");
        status = create_buffers(t, err);
    }
    return status;
}

/* ---- preparing ---- */

gv_status gv__device_task_prepare(gv__device_task *t, const gv__ask_prepare *ask,
                                  gv__say_prepared *out, bool *served, gv_error *err)
{
    gv__text reasons = {0};
    bool any_incident = false;
    gv_error found = {0};
    gv__device_task_release(t);
    gv_status status = gv__task_read(&t->task, ask->workload, ask->seed, &found);
    if (status == GV_OK) {
        status = gv__device_fits(&t->context->facts, &t->task.workload, &found);
        if (status == GV_UNSUPPORTED) {
            status = gv__pieces_cut(&t->context->facts, &t->task.workload, &t->cut, &found);
        }
    }
    if (status == GV_OK) {
        status = t->cut.count > 1 ? gv__task_allocate(&t->task, &found)
                                  : gv__device_task_allocate(t, &found);
    }
    if (status == GV_MEMORY && t->cut.count > 1) {
        status = GV_UNSUPPORTED; /* larger than the host as well, which is nobody's failure */
    }
    if (status == GV_UNSUPPORTED) {
        gv__worker_incident(GV_INCIDENT_UNSUPPORTED, "", found.text);
        gv__device_task_release(t);
        *served = false;
        return GV_OK;
    }
    if (status != GV_OK) {
        goto cleanup;
    }
    gv__device_choose(t, ask, out, &any_incident, &reasons);
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

/* Behind gv__device_poison(): the same for the output of the pinned view. */
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
        status = gv__device_run(t, t->by.plan, inputs, output, err);
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
        status = gv__device_run(t, t->by.plan, t->input, t->output, err);
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
    if (t->by.cut) {
        return gv__device_pieces_sample(t, ask, out, err);
    }
    gv__say_samples taken;
    gv_status status = gv__device_settle_weights(
        t, ask->view == GV_VIEW_WEIGHTS_RESIDENT || ask->view == GV_VIEW_KERNEL_ONLY, err);
    if (status == GV_OK) {
        status = gv__device_poison(t, err);
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
