/* SPDX-License-Identifier: Apache-2.0 */
#include "opencl/context.h"

#include "base/support.h"
#include "opencl/cl_names.h"
#include "opencl/enumerate.h"
#include "opencl/live.h"
#include "opencl/program_cache.h"

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

gv_status gv__finish(gv__context *context, const char *what, gv_error *err)
{
    cl_int code = clFinish(context->queue);
    return code == CL_SUCCESS ? GV_OK : gv__cl_fail(err, code, "clFinish", what);
}
