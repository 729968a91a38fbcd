/* SPDX-License-Identifier: Apache-2.0 */
#include "opencl/context.h"

#include "base/memory_cap.h"
#include "base/support.h"
#include "opencl/cl_names.h"
#include "opencl/enumerate.h"
#include "opencl/live.h"
#include "opencl/program_cache.h"

#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

static atomic_int live;

void gv__live_add(int change)
{
    atomic_fetch_add(&live, change);
}

int gv__live_objects(void)
{
    return atomic_load(&live);
}

/* Whatever does not fit below the cap is then treated as on a device that has no more. */
static void cap_memory(gv_device *facts)
{
    const double cap = gv__memory_cap_bytes();
    if (!isnan(cap)) { /* a driver that tells no size has none above the cap either */
        const gv_device_fact sizes[] = {GV_DEVICE_GLOBAL_MEM, GV_DEVICE_MAX_ALLOC};
        for (size_t i = 0; i < GV__COUNT(sizes); i++) {
            facts->fact[sizes[i]] =
                (gv_fact){.number = fmin(gv_device_number(facts, sizes[i]), cap)};
        }
    }
}

gv_status gv__context_open(uint32_t platform, uint32_t device, const gv_host *host,
                           gv__context **out, gv_error *err)
{
    gv__context *context = calloc(1, sizeof *context);
    if (context == NULL) {
        return gv__fail(err, GV_MEMORY, 0, NULL, "no memory to open a device");
    }
    gv__live_add(1);
    char what[224];
    cl_int code = CL_SUCCESS;
    gv_status status = gv__device_find(platform, device, host, &context->platform, &context->device,
                                       &context->facts, err);
    if (status != GV_OK) {
        goto cleanup;
    }
    cap_memory(&context->facts);
    snprintf(what, sizeof what, "opening %s", gv_device_text(&context->facts, GV_DEVICE_NAME));
    const cl_context_properties properties[] = {CL_CONTEXT_PLATFORM,
                                                (cl_context_properties)context->platform, 0};
    context->context = clCreateContext(properties, 1, &context->device, NULL, NULL, &code);
    if (context->context == NULL || code != CL_SUCCESS) {
        status = gv__cl_fail(err, code, "clCreateContext", what);
        goto cleanup;
    }
    /* The call of OpenCL 1.x, which every later version still has. */
    context->queue = clCreateCommandQueue(context->context, context->device, 0, &code);
    if (context->queue == NULL || code != CL_SUCCESS) {
        status = gv__cl_fail(err, code, "clCreateCommandQueue", what);
        goto cleanup;
    }
    gv__program_cache_open(context, host);
    *out = context;
    return GV_OK;
cleanup:
    gv__context_close(context);
    return status;
}

void gv__context_close(gv__context *context)
{
    if (context == NULL) {
        return;
    }
    gv__event_free(context->last);
    if (context->queue != NULL) {
        clReleaseCommandQueue(context->queue);
    }
    if (context->context != NULL) {
        clReleaseContext(context->context);
    }
    free(context->programs);
    free(context);
    gv__live_add(-1);
}

gv_status gv__flush(gv__context *context, gv_error *err)
{
    cl_int code = clFlush(context->queue);
    return code == CL_SUCCESS ? GV_OK : gv__cl_fail(err, code, "clFlush", "starting a queue");
}

gv_status gv__mark(gv__context *context, cl_event *out, gv_error *err)
{
    cl_int code = clEnqueueMarkerWithWaitList(context->queue, 0, NULL, out);
    return code == CL_SUCCESS
               ? GV_OK
               : gv__cl_fail(err, code, "clEnqueueMarkerWithWaitList", "marking a queue");
}

gv_status gv__await(gv__context *context, cl_event event, gv_error *err)
{
    if (event == NULL) {
        return GV_OK;
    }
    cl_int code = clEnqueueBarrierWithWaitList(context->queue, 1, &event, NULL);
    return code == CL_SUCCESS ? GV_OK
                              : gv__cl_fail(err, code, "clEnqueueBarrierWithWaitList",
                                            "letting a queue wait for another");
}

gv_status gv__event_wait(cl_event event, gv_error *err)
{
    if (event == NULL) {
        return GV_OK;
    }
    cl_int code = clWaitForEvents(1, &event);
    return code == CL_SUCCESS ? GV_OK
                              : gv__cl_fail(err, code, "clWaitForEvents", "waiting for a queue");
}

void gv__event_free(cl_event event)
{
    if (event != NULL) {
        clReleaseEvent(event);
    }
}

gv_status gv__context_beside(const gv__context *of, gv__context **out, gv_error *err)
{
    gv__context *beside = malloc(sizeof *beside);
    if (beside == NULL) {
        return gv__fail(err, GV_MEMORY, 0, NULL, "no memory for a second queue");
    }
    *beside = *of;
    beside->poll_s = 0;
    beside->last = NULL;
    cl_int code = CL_SUCCESS;
    beside->queue = clCreateCommandQueue(of->context, of->device, 0, &code);
    if (beside->queue == NULL || code != CL_SUCCESS) {
        free(beside);
        return gv__cl_fail(err, code, "clCreateCommandQueue", "making a second queue");
    }
    gv__live_add(1);
    *out = beside;
    return GV_OK;
}

void gv__context_beside_close(gv__context *beside)
{
    if (beside != NULL) {
        clReleaseCommandQueue(beside->queue);
        free(beside);
        gv__live_add(-1);
    }
}
