/* SPDX-License-Identifier: Apache-2.0 */
#include "opencl/enumerate.h"

#include "base/support.h"
#include "opencl/cl_names.h"
#include "opencl/facts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Handles in the order of their driver; `items` is NULL where there are none. */
typedef struct platform_list {
    cl_platform_id *items;
    cl_uint count;
} platform_list;

typedef struct device_list {
    cl_device_id *items;
    cl_uint count;
} device_list;

static gv_status list_platforms(platform_list *out, gv_error *err)
{
    static const char what[] = "listing the OpenCL platforms";
    cl_uint count = 0;
    cl_int code = clGetPlatformIDs(0, NULL, &count);
    if (code == CL_PLATFORM_NOT_FOUND_KHR || (code == CL_SUCCESS && count == 0)) {
        *out = (platform_list){0};
        return GV_OK;
    }
    if (code != CL_SUCCESS) {
        return gv__cl_fail(err, code, "clGetPlatformIDs", what);
    }
    cl_platform_id *items = calloc(count, sizeof(cl_platform_id));
    if (items == NULL) {
        return gv__fail(err, GV_MEMORY, 0, NULL, "no memory for %u platforms", count);
    }
    code = clGetPlatformIDs(count, items, NULL);
    if (code != CL_SUCCESS) {
        free(items);
        return gv__cl_fail(err, code, "clGetPlatformIDs", what);
    }
    *out = (platform_list){items, count};
    return GV_OK;
}

/* The code of the call; CL_DEVICE_NOT_FOUND also where a driver says success and counts none. */
static cl_int list_devices(cl_platform_id platform, device_list *out)
{
    cl_uint count = 0;
    *out = (device_list){0};
    cl_int code = clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, 0, NULL, &count);
    if (code != CL_SUCCESS || count == 0) {
        return code != CL_SUCCESS ? code : CL_DEVICE_NOT_FOUND;
    }
    cl_device_id *items = calloc(count, sizeof(cl_device_id));
    if (items == NULL) {
        return CL_OUT_OF_HOST_MEMORY;
    }
    code = clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, count, items, NULL);
    if (code != CL_SUCCESS) {
        free(items);
        return code;
    }
    *out = (device_list){items, count};
    return CL_SUCCESS;
}

/* How many devices of the same name stand before this one: tells identical cards apart where
 * nothing better does, and does not change with what else the platform lists. */
static uint32_t ordinal_of(const device_list *devices, cl_uint position)
{
    char name[256];
    char other[256];
    uint32_t ordinal = 0;
    gv__device_text(devices->items[position], CL_DEVICE_NAME, name, sizeof name);
    for (cl_uint i = 0; i < position; i++) {
        gv__device_text(devices->items[i], CL_DEVICE_NAME, other, sizeof other);
        ordinal += strcmp(name, other) == 0;
    }
    return ordinal;
}

static void describe_device(cl_platform_id platform, uint32_t platform_index,
                            const device_list *devices, cl_uint position, const gv_host *host,
                            gv_device *out)
{
    gv__device_facts(platform, devices->items[position], ordinal_of(devices, position), host, out);
    out->platform_index = platform_index;
    out->device_index = position;
}

/* What usually stands behind a platform that offers no device: part of its name, what to try. */
static const struct {
    const char *platform, *advice;
} empty_platforms[] = {
    {"rusticl", "set RUSTICL_ENABLE to the driver of the card (radeonsi, iris, …) or to llvmpipe"},
    {"Clover", "it serves older AMD cards alone, and there is none"},
    {"Portable Computing Language",
     "its cache folder may not be writable: set POCL_CACHE_DIR to one that is"},
    {"AMD Accelerated Parallel Processing",
     "is there a card, and may this user open /dev/kfd? Join the groups render and video"},
    {"Intel(R) OpenCL", "the runtime's own libraries (intel-cmplr-lib-rt) may be missing, or there "
                        "is no such GPU or no access to /dev/dri"},
};

static void explain_empty(gv_platform *platform, cl_int code)
{
    const char *advice = NULL;
    for (size_t i = 0; i < GV__COUNT(empty_platforms) && advice == NULL; i++) {
        if (strstr(platform->name, empty_platforms[i].platform) != NULL) {
            advice = empty_platforms[i].advice;
        }
    }
    snprintf(platform->problem, sizeof platform->problem,
             "no device: clGetDeviceIDs answered %s (%d)%s%s", gv__cl_name(code), (int)code,
             advice != NULL ? "; " : "", advice != NULL ? advice : "");
}

static void describe_platform(cl_platform_id handle, uint32_t index, gv_platform *out)
{
    memset(out, 0, sizeof *out);
    out->index = index;
    cl_int code = gv__platform_text(handle, CL_PLATFORM_NAME, out->name, sizeof out->name);
    gv__platform_text(handle, CL_PLATFORM_VENDOR, out->vendor, sizeof out->vendor);
    gv__platform_text(handle, CL_PLATFORM_VERSION, out->version, sizeof out->version);
    if (code != CL_SUCCESS) {
        snprintf(out->problem, sizeof out->problem,
                 "it has no name: clGetPlatformInfo answered %s (%d)", gv__cl_name(code),
                 (int)code);
    }
}

/* One platform and its devices; false where the sink had enough. */
static bool report_platform(cl_platform_id handle, uint32_t index, const gv_host *host,
                            const gv__enumerate_sink *sink, uint32_t *device_index)
{
    gv_platform platform;
    describe_platform(handle, index, &platform);
    device_list devices;
    cl_int code = list_devices(handle, &devices);
    if (code != CL_SUCCESS) {
        explain_empty(&platform, code);
    }
    platform.devices = devices.count;
    bool more = sink->platform(sink->context, &platform);
    for (cl_uint i = 0; i < devices.count && more; i++) {
        gv_device device;
        describe_device(handle, index, &devices, i, host, &device);
        device.index = (*device_index)++;
        more = sink->device(sink->context, &device);
    }
    free(devices.items);
    return more;
}

gv_status gv__enumerate(const gv_host *host, const gv__enumerate_sink *sink, gv_error *err)
{
    platform_list platforms = {0};
    gv_status status = list_platforms(&platforms, err);
    if (status != GV_OK) {
        return status;
    }
    uint32_t device_index = 0;
    bool more = true;
    for (cl_uint i = 0; i < platforms.count && more; i++) {
        more = report_platform(platforms.items[i], i, host, sink, &device_index);
    }
    free(platforms.items);
    return GV_OK;
}

gv_status gv__device_find(uint32_t platform, uint32_t device, const gv_host *host,
                          cl_platform_id *out_platform, cl_device_id *out_device, gv_device *facts,
                          gv_error *err)
{
    device_list devices = {0};
    platform_list platforms = {0};
    gv_status status = list_platforms(&platforms, err);
    if (status != GV_OK) {
        return status;
    }
    uint32_t before = 0; /* devices of the platforms before this one */
    if (platform < platforms.count) {
        for (uint32_t i = 0; i < platform; i++) {
            list_devices(platforms.items[i], &devices);
            before += devices.count;
            free(devices.items);
        }
        list_devices(platforms.items[platform], &devices);
    }
    if (device >= devices.count) {
        status = gv__fail(err, GV_NO_DEVICE, 0, NULL,
                          "there is no device %u:%u (platform:device): see gpuverdict devices",
                          (unsigned)platform, (unsigned)device);
        goto cleanup;
    }
    *out_platform = platforms.items[platform];
    *out_device = devices.items[device];
    describe_device(*out_platform, platform, &devices, device, host, facts);
    facts->index = before + device;
cleanup:
    free(devices.items);
    free(platforms.items);
    return status;
}
