/* SPDX-License-Identifier: Apache-2.0 */
/* An OpenCL layer that makes chosen calls of a real driver fail, hang, crash or lie.
 *
 *     OPENCL_LAYERS=…/gv_fault_layer.so GPUVERDICT_FAULT='enqueue:3=CL_OUT_OF_RESOURCES' PROGRAM
 *
 * GPUVERDICT_FAULT holds items separated by ';'.
 *
 * CALL=EFFECT  every call          CALL:N=EFFECT   the N-th call of the process, from 1
 *                                  CALL:N+=EFFECT  the N-th and all after it
 *     CALL    platforms, devices, context, queue, buffer, write, read, map, fill, copy, build,
 * kernel, enqueue, finish, wait, events (profiling info), query (device info; N is the property, as
 * query:0x100c=-30) EFFECT  a code by name or number: the driver is not asked crash (SIGSEGV),
 * abort, exit (status 0), hang (for ever, without using the processor) sleep:S   S seconds, then
 * the call as usual skip      success, and nothing is done (write, read, fill, copy, enqueue)
 *             platforms, devices: none;  devices: twice (each listed two times, as identical cards)
 *             read: corrupt (one float in the middle), zero, nan
 *             events: zero, constant (end - start is 1 ns), reversed (start and end change places),
 *                     short (1/38 of the kernel), long (twice the kernel)
 *
 * PROPERTY=VALUE  dresses every device as another
 *     name, vendor, driver, extensions (the whole list), platform: text
 *     type: gpu, cpu or accelerator;  global_mem, max_alloc: bytes;  fp64: 0
 *     pci: 0000:01:00.0, with the extension that tells it
 *
 * GPUVERDICT_FAULT_LOG=FILE   gets a line when the layer is loaded and one for each effect, before
 * it strikes. A layer that cannot be loaded is skipped in silence: a test that finds no line proved
 * nothing. GPUVERDICT_FAULT_ONCE=FILE  crash, abort, exit and hang strike only while FILE does not
 * exist, and make it: once over all processes of a run. GPUVERDICT_FAULT_WHEN=FILE  calls are
 * counted, and faults strike, only while FILE exists: a test makes it when the time has come.
 *
 * An item that is not understood ends the program at once, with a message: a misspelt fault must
 * not pass for a driver without faults. */
#include "tests/fault/faults.h"

#include <stdlib.h>
#include <string.h>

#include <CL/cl_ext.h>
#include <CL/cl_layer.h>

#ifndef CL_DEVICE_PCI_BUS_INFO_KHR
#define CL_DEVICE_PCI_BUS_INFO_KHR 0x410F
#endif

/* The driver below. */
static const cl_icd_dispatch *driver;

/* A command that does nothing still owes its event. */
static cl_int skip(cl_command_queue queue, cl_uint count, const cl_event *list, cl_event *event)
{
    return driver->clEnqueueMarkerWithWaitList(queue, count, list, event);
}

/* ---- platforms and devices ----------------------------------------------------------------- */

static cl_int CL_API_CALL get_platform_ids(cl_uint size, cl_platform_id *platforms, cl_uint *count)
{
    const fault *f = strike(CALL_PLATFORMS);
    if (is_failure(f) || f->effect == NONE) {
        if (count != NULL) {
            *count = 0;
        }
        return f->effect == NONE ? CL_PLATFORM_NOT_FOUND_KHR : f->code;
    }
    return driver->clGetPlatformIDs(size, platforms, count);
}

static cl_int CL_API_CALL get_device_ids(cl_platform_id platform, cl_device_type type, cl_uint size,
                                         cl_device_id *devices, cl_uint *count)
{
    const fault *f = strike(CALL_DEVICES);
    if (is_failure(f) || f->effect == NONE) {
        if (count != NULL) {
            *count = 0;
        }
        return f->effect == NONE ? CL_DEVICE_NOT_FOUND : f->code;
    }
    if (f->effect != TWICE) {
        return driver->clGetDeviceIDs(platform, type, size, devices, count);
    }
    cl_uint real = 0;
    cl_int code =
        driver->clGetDeviceIDs(platform, type, devices != NULL ? size : 0, devices, &real);
    for (cl_uint i = 0; code == CL_SUCCESS && devices != NULL && i < real && real + i < size; i++) {
        devices[real + i] = devices[i];
    }
    if (count != NULL) {
        *count = 2 * real;
    }
    return code;
}

static cl_int answer(const void *value, size_t length, size_t size, void *out, size_t *size_ret)
{
    if (out != NULL && size < length) {
        return CL_INVALID_VALUE;
    }
    if (out != NULL) {
        memcpy(out, value, length);
    }
    if (size_ret != NULL) {
        *size_ret = length;
    }
    return CL_SUCCESS;
}

static cl_int CL_API_CALL get_platform_info(cl_platform_id platform, cl_platform_info info,
                                            size_t size, void *out, size_t *size_ret)
{
    if (info == CL_PLATFORM_NAME && dress.platform != NULL) {
        return answer(dress.platform, strlen(dress.platform) + 1, size, out, size_ret);
    }
    return driver->clGetPlatformInfo(platform, info, size, out, size_ret);
}

/* The text a device is dressed in, or NULL. */
static const char *dressed_text(cl_device_info info)
{
    switch (info) {
    case CL_DEVICE_NAME:
        return dress.name;
    case CL_DEVICE_VENDOR:
        return dress.vendor;
    case CL_DRIVER_VERSION:
        return dress.driver;
    case CL_DEVICE_EXTENSIONS:
        /* Told together, unless a list is given. */
        return dress.extensions == NULL && dress.pci != NULL ? "cl_khr_fp64 cl_khr_pci_bus_info"
                                                             : dress.extensions;
    default:
        return NULL;
    }
}

/* The number a device is dressed in; false where it shows its own. */
static bool dressed_number(cl_device_info info, cl_ulong *out)
{
    const char *text = info == CL_DEVICE_GLOBAL_MEM_SIZE      ? dress.global_mem
                       : info == CL_DEVICE_MAX_MEM_ALLOC_SIZE ? dress.max_alloc
                       : info == CL_DEVICE_DOUBLE_FP_CONFIG   ? dress.fp64
                                                              : NULL;
    if (info == CL_DEVICE_TYPE && dress.type != NULL) {
        *out = strcmp(dress.type, "gpu") == 0   ? CL_DEVICE_TYPE_GPU
               : strcmp(dress.type, "cpu") == 0 ? CL_DEVICE_TYPE_CPU
                                                : CL_DEVICE_TYPE_ACCELERATOR;
        return true;
    }
    if (text != NULL) {
        *out = strtoull(text, NULL, 0);
    }
    return text != NULL;
}

/* "0000:01:00.0": domain, bus, device, function. */
static bool parse_pci(const char *text, cl_uint place[4])
{
    static const char ends[] = {':', ':', '.', 0};
    for (size_t i = 0; i < 4; i++) {
        char *end = NULL;
        place[i] = (cl_uint)strtoul(text, &end, 16);
        if (end == text || *end != ends[i]) {
            return false;
        }
        text = end + 1;
    }
    return true;
}

static cl_int CL_API_CALL get_device_info(cl_device_id device, cl_device_info info, size_t size,
                                          void *out, size_t *size_ret)
{
    const fault *f = strike_property(CALL_QUERY, info);
    const char *text = dressed_text(info);
    cl_ulong number = 0;
    if (is_failure(f)) {
        return f->code;
    }
    if (text != NULL) {
        return answer(text, strlen(text) + 1, size, out, size_ret);
    }
    if (dressed_number(info, &number)) {
        return answer(&number, sizeof number, size, out, size_ret);
    }
    if (info == CL_DEVICE_PCI_BUS_INFO_KHR && dress.pci != NULL) {
        cl_uint place[4];
        if (!parse_pci(dress.pci, place)) {
            refuse(dress.pci);
        }
        return answer(place, sizeof place, size, out, size_ret);
    }
    return driver->clGetDeviceInfo(device, info, size, out, size_ret);
}

/* ---- objects ------------------------------------------------------------------------------- */

/* Whether a call that makes an object is to fail, with its code set. */
static bool creation_fails(call which, cl_int *code)
{
    const fault *f = strike(which);
    if (is_failure(f) && code != NULL) {
        *code = f->code;
    }
    return is_failure(f);
}

static cl_context CL_API_CALL create_context(
    const cl_context_properties *properties, cl_uint count, const cl_device_id *devices,
    void(CL_CALLBACK *notify)(const char *, const void *, size_t, void *), void *data, cl_int *code)
{
    return creation_fails(CALL_CONTEXT, code)
               ? NULL
               : driver->clCreateContext(properties, count, devices, notify, data, code);
}

static cl_command_queue CL_API_CALL create_queue(cl_context context, cl_device_id device,
                                                 cl_command_queue_properties properties,
                                                 cl_int *code)
{
    return creation_fails(CALL_QUEUE, code)
               ? NULL
               : driver->clCreateCommandQueue(context, device, properties, code);
}

static cl_command_queue CL_API_CALL create_queue_2(cl_context context, cl_device_id device,
                                                   const cl_queue_properties *properties,
                                                   cl_int *code)
{
    return creation_fails(CALL_QUEUE, code)
               ? NULL
               : driver->clCreateCommandQueueWithProperties(context, device, properties, code);
}

static cl_mem CL_API_CALL create_buffer(cl_context context, cl_mem_flags flags, size_t size,
                                        void *host, cl_int *code)
{
    return creation_fails(CALL_BUFFER, code)
               ? NULL
               : driver->clCreateBuffer(context, flags, size, host, code);
}

static cl_kernel CL_API_CALL create_kernel(cl_program program, const char *name, cl_int *code)
{
    return creation_fails(CALL_KERNEL, code) ? NULL : driver->clCreateKernel(program, name, code);
}

static cl_int CL_API_CALL build_program(cl_program program, cl_uint count,
                                        const cl_device_id *devices, const char *options,
                                        void(CL_CALLBACK *notify)(cl_program, void *), void *data)
{
    const fault *f = strike(CALL_BUILD);
    return is_failure(f) ? f->code
                         : driver->clBuildProgram(program, count, devices, options, notify, data);
}

/* ---- commands ------------------------------------------------------------------------------ */

static cl_int CL_API_CALL enqueue_kernel(cl_command_queue queue, cl_kernel kernel, cl_uint dims,
                                         const size_t *offset, const size_t *global,
                                         const size_t *local, cl_uint count, const cl_event *list,
                                         cl_event *event)
{
    const fault *f = strike(CALL_ENQUEUE);
    if (is_failure(f)) {
        return f->code;
    }
    return f->effect == SKIP ? skip(queue, count, list, event)
                             : driver->clEnqueueNDRangeKernel(queue, kernel, dims, offset, global,
                                                              local, count, list, event);
}

static cl_int CL_API_CALL enqueue_write(cl_command_queue queue, cl_mem buffer, cl_bool blocking,
                                        size_t offset, size_t size, const void *from, cl_uint count,
                                        const cl_event *list, cl_event *event)
{
    const fault *f = strike(CALL_WRITE);
    if (is_failure(f)) {
        return f->code;
    }
    return f->effect == SKIP ? skip(queue, count, list, event)
                             : driver->clEnqueueWriteBuffer(queue, buffer, blocking, offset, size,
                                                            from, count, list, event);
}

static void spoil(effect how, void *data, size_t size)
{
    unsigned char *bytes = data;
    size_t middle = size / 2 / sizeof(float) * sizeof(float);
    if (how == ZERO || how == NAN_BITS) {
        memset(bytes, how == ZERO ? 0 : 0xFF, size);
    } else if (how == CORRUPT && size >= sizeof(float)) {
        bytes[middle + 2] ^= 0x80U; /* a little-endian float's lowest exponent bit: twice or half */
    }
}

static cl_int CL_API_CALL enqueue_read(cl_command_queue queue, cl_mem buffer, cl_bool blocking,
                                       size_t offset, size_t size, void *to, cl_uint count,
                                       const cl_event *list, cl_event *event)
{
    const fault *f = strike(CALL_READ);
    if (is_failure(f)) {
        return f->code;
    }
    if (f->effect == SKIP) {
        return skip(queue, count, list, event);
    }
    bool spoils = f != &nothing;
    cl_int code = driver->clEnqueueReadBuffer(queue, buffer, spoils ? CL_TRUE : blocking, offset,
                                              size, to, count, list, event);
    if (spoils && code == CL_SUCCESS) {
        spoil(f->effect, to, size);
    }
    return code;
}

static void *CL_API_CALL enqueue_map(cl_command_queue queue, cl_mem buffer, cl_bool blocking,
                                     cl_map_flags flags, size_t offset, size_t size, cl_uint count,
                                     const cl_event *list, cl_event *event, cl_int *code)
{
    return creation_fails(CALL_MAP, code)
               ? NULL
               : driver->clEnqueueMapBuffer(queue, buffer, blocking, flags, offset, size, count,
                                            list, event, code);
}

static cl_int CL_API_CALL enqueue_fill(cl_command_queue queue, cl_mem buffer, const void *pattern,
                                       size_t pattern_size, size_t offset, size_t size,
                                       cl_uint count, const cl_event *list, cl_event *event)
{
    const fault *f = strike(CALL_FILL);
    if (is_failure(f)) {
        return f->code;
    }
    return f->effect == SKIP ? skip(queue, count, list, event)
                             : driver->clEnqueueFillBuffer(queue, buffer, pattern, pattern_size,
                                                           offset, size, count, list, event);
}

static cl_int CL_API_CALL enqueue_copy(cl_command_queue queue, cl_mem from, cl_mem to,
                                       size_t from_offset, size_t to_offset, size_t size,
                                       cl_uint count, const cl_event *list, cl_event *event)
{
    const fault *f = strike(CALL_COPY);
    if (is_failure(f)) {
        return f->code;
    }
    return f->effect == SKIP ? skip(queue, count, list, event)
                             : driver->clEnqueueCopyBuffer(queue, from, to, from_offset, to_offset,
                                                           size, count, list, event);
}

static cl_int CL_API_CALL finish(cl_command_queue queue)
{
    const fault *f = strike(CALL_FINISH);
    return is_failure(f) ? f->code : driver->clFinish(queue);
}

static cl_int CL_API_CALL wait_for_events(cl_uint count, const cl_event *list)
{
    const fault *f = strike(CALL_WAIT);
    return is_failure(f) ? f->code : driver->clWaitForEvents(count, list);
}

/* ---- the event clock ----------------------------------------------------------------------- */

static cl_int CL_API_CALL get_event_profiling_info(cl_event event, cl_profiling_info info,
                                                   size_t size, void *out, size_t *size_ret)
{
    const fault *f = strike(CALL_EVENTS);
    if (is_failure(f)) {
        return f->code;
    }
    cl_int code = driver->clGetEventProfilingInfo(event, info, size, out, size_ret);
    cl_ulong start = 0;
    cl_ulong end = 0;
    if (f == &nothing || code != CL_SUCCESS || out == NULL || size < sizeof start ||
        driver->clGetEventProfilingInfo(event, CL_PROFILING_COMMAND_START, sizeof start, &start,
                                        NULL) != CL_SUCCESS ||
        driver->clGetEventProfilingInfo(event, CL_PROFILING_COMMAND_END, sizeof end, &end, NULL) !=
            CL_SUCCESS) {
        return code;
    }
    cl_ulong *stamp = out;
    bool is_end = info == CL_PROFILING_COMMAND_END;
    bool is_start = info == CL_PROFILING_COMMAND_START;
    if (f->effect == ZERO) {
        *stamp = 0;
    } else if (f->effect == CONSTANT) {
        *stamp = is_end ? 1 : 0;
    } else if (f->effect == REVERSED && (is_start || is_end)) {
        *stamp = is_start ? end : start;
    } else if (f->effect == SHORT && is_start) {
        *stamp = end - (end - start) / 38;
    } else if (f->effect == LONG && is_end) {
        *stamp = end + (end - start);
    }
    return code;
}

/* ---- what the loader asks for -------------------------------------------------------------- */

__attribute__((visibility("default"))) CL_API_ENTRY cl_int CL_API_CALL
clGetLayerInfo(cl_layer_info param_name, size_t param_value_size, void *param_value,
               size_t *param_value_size_ret)
{
    static const char name[] = "gpuverdict fault layer";
    const cl_layer_api_version version = CL_LAYER_API_VERSION_100;
    switch (param_name) {
    case CL_LAYER_API_VERSION:
        return answer(&version, sizeof version, param_value_size, param_value,
                      param_value_size_ret);
#ifdef CL_LAYER_NAME
    case CL_LAYER_NAME:
        return answer(name, sizeof name, param_value_size, param_value, param_value_size_ret);
#endif
    default:
        return CL_INVALID_VALUE;
    }
}

__attribute__((visibility("default"))) CL_API_ENTRY cl_int CL_API_CALL
clInitLayer(cl_uint num_entries, const cl_icd_dispatch *target_dispatch, cl_uint *num_entries_ret,
            const cl_icd_dispatch **layer_dispatch_ret)
{
    static cl_icd_dispatch table;
    size_t known = sizeof table / sizeof(void *);
    if (target_dispatch == NULL || num_entries_ret == NULL || layer_dispatch_ret == NULL) {
        return CL_INVALID_VALUE;
    }
    faults_read();
    memcpy(&table, target_dispatch, (num_entries < known ? num_entries : known) * sizeof(void *));
    driver = target_dispatch;
    table.clGetPlatformIDs = get_platform_ids;
    table.clGetPlatformInfo = get_platform_info;
    table.clGetDeviceIDs = get_device_ids;
    table.clGetDeviceInfo = get_device_info;
    table.clCreateContext = create_context;
    table.clCreateCommandQueue = create_queue;
    table.clCreateCommandQueueWithProperties = create_queue_2;
    table.clCreateBuffer = create_buffer;
    table.clCreateKernel = create_kernel;
    table.clBuildProgram = build_program;
    table.clEnqueueNDRangeKernel = enqueue_kernel;
    table.clEnqueueWriteBuffer = enqueue_write;
    table.clEnqueueReadBuffer = enqueue_read;
    table.clEnqueueMapBuffer = enqueue_map;
    table.clEnqueueFillBuffer = enqueue_fill;
    table.clEnqueueCopyBuffer = enqueue_copy;
    table.clFinish = finish;
    table.clWaitForEvents = wait_for_events;
    table.clGetEventProfilingInfo = get_event_profiling_info;
    *num_entries_ret = (cl_uint)known;
    *layer_dispatch_ret = &table;
    note("loaded");
    return CL_SUCCESS;
}
