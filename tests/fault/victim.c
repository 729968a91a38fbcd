/* SPDX-License-Identifier: Apache-2.0 */
/* A small, honest OpenCL program that says what it sees, for the fault layer's test to watch:
 *
 *     victim list    platforms and devices
 *     victim run     three launches of a kernel, each checked
 *     victim clock   the proof of the event clock
 *
 * Exits 0 even where a call fails: what it printed counts. */
#include "base/host_facts.h"
#include "base/support.h"
#include "opencl/cl_names.h"
#include "opencl/context.h"
#include "opencl/enumerate.h"

#include <stdio.h>
#include <string.h>

extern const gv__embedded gv_test_victim_cl;

enum { ITEMS = 1000, LAUNCHES = 3 };

static bool print_platform(void *context, const gv_platform *platform)
{
    (void)context;
    printf("platform: %s, %u devices, problem: %s\n", platform->name, platform->devices,
           platform->problem);
    return true;
}

static bool print_device(void *context, const gv_device *device)
{
    (void)context;
    char memory[192];
    gv_fact_format(&device->fact[GV_DEVICE_CLOCK], GV_KIND_HZ, memory, sizeof memory);
    printf("device: %s, vendor %s, type %s, key %s, host %d, clock %s, fp64 %g, max_alloc %.0f\n",
           gv_device_text(device, GV_DEVICE_NAME), gv_device_text(device, GV_DEVICE_VENDOR),
           gv_device_text(device, GV_DEVICE_TYPE), device->key, device->is_host_silicon, memory,
           gv_device_number(device, GV_DEVICE_FP64), gv_device_number(device, GV_DEVICE_MAX_ALLOC));
    return true;
}

static gv_status list(gv_error *err)
{
    gv_host host;
    gv__host_facts(&host);
    const gv__enumerate_sink sink = {print_platform, print_device, NULL};
    gv_status status = gv__enumerate(&host, &sink, err);
    if (status == GV_OK) {
        printf("listed\n");
    }
    return status;
}

static gv_status launch(gv__context *context, cl_kernel kernel, cl_mem in, cl_mem out,
                        gv_error *err)
{
    float from[ITEMS];
    float to[ITEMS];
    const size_t items = ITEMS;
    for (int i = 0; i < ITEMS; i++) {
        from[i] = (float)i;
        to[i] = -1;
    }
    gv_status status = gv__buffer_write(context, in, from, sizeof from, err);
    if (status != GV_OK) {
        return status;
    }
    cl_int code =
        clEnqueueNDRangeKernel(context->queue, kernel, 1, NULL, &items, NULL, 0, NULL, NULL);
    if (code != CL_SUCCESS) {
        return gv__cl_fail(err, code, "clEnqueueNDRangeKernel", "launching");
    }
    status = gv__finish(context, "launching", err);
    if (status == GV_OK) {
        status = gv__buffer_read(context, out, to, sizeof to, err);
    }
    int wrong = 0;
    for (int i = 0; status == GV_OK && i < ITEMS; i++) {
        wrong += !(to[i] == from[i] + 1);
    }
    if (status == GV_OK) {
        printf("launch: %d wrong\n", wrong);
    }
    return status;
}

static gv_status run(gv__context *context, gv_error *err)
{
    static const gv__embedded *const sources[] = {&gv_test_victim_cl};
    cl_program program = NULL;
    cl_kernel kernel = NULL;
    cl_mem in = NULL;
    cl_mem out = NULL;
    cl_int code = CL_SUCCESS;
    gv_status status = gv__program_build(context, sources, 1, NULL, &program, NULL, err);
    if (status != GV_OK) {
        goto cleanup;
    }
    kernel = clCreateKernel(program, "add_one", &code);
    if (code != CL_SUCCESS) {
        status = gv__cl_fail(err, code, "clCreateKernel", "taking the kernel");
        goto cleanup;
    }
    status = gv__buffer_create(context, ITEMS * sizeof(float), &in, err);
    if (status == GV_OK) {
        status = gv__buffer_create(context, ITEMS * sizeof(float), &out, err);
    }
    if (status != GV_OK) {
        goto cleanup;
    }
    clSetKernelArg(kernel, 0, sizeof in, &in);
    clSetKernelArg(kernel, 1, sizeof out, &out);
    for (int i = 0; i < LAUNCHES && status == GV_OK; i++) {
        status = launch(context, kernel, in, out, err);
    }
cleanup:
    gv__buffer_free(out);
    gv__buffer_free(in);
    if (kernel != NULL) {
        clReleaseKernel(kernel);
    }
    gv__program_free(program);
    return status;
}

static gv_status print_clock(gv__context *context, gv_error *err)
{
    gv_event_clock clock;
    gv_status status = gv__event_clock_prove(context, &clock, err);
    if (status == GV_OK) {
        printf("clock: %s, %s\n", clock.proven ? "proven" : "refuted", clock.text);
    }
    return status;
}

int main(int count, char **arguments)
{
    const char *what = count > 1 ? arguments[1] : "";
    gv_error err = {0};
    gv_host host;
    gv__context *context = NULL;
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (strcmp(what, "list") == 0) {
        if (list(&err) != GV_OK) {
            printf("failed: %s\n", err.text);
        }
        return 0;
    }
    gv__host_facts(&host);
    gv_status status = gv__context_open(0, 0, &host, &context, &err);
    if (status == GV_OK) {
        status = strcmp(what, "run") == 0 ? run(context, &err) : print_clock(context, &err);
    }
    if (status != GV_OK) {
        printf("failed: %s: %s\n", gv_status_name(status), err.text);
    }
    gv__context_close(context);
    printf("%d live objects\n", gv__live_objects());
    return 0;
}
