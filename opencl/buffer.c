/* SPDX-License-Identifier: Apache-2.0 */
/* Device memory, and copies to and from it. */
#include "opencl/context.h"

#include "base/support.h"
#include "opencl/cl_names.h"
#include "opencl/live.h"

#include <stdio.h>
#include <string.h>

/* "allocating 4 MiB on AMD Radeon … failed: …" */
static gv_status fail(const gv__context *context, cl_int code, const char *call, const char *verb,
                      size_t bytes, gv_error *err)
{
    char amount[64];
    char what[288];
    const gv_fact size = {.number = (double)bytes};
    gv_fact_format(&size, GV_KIND_BYTES, amount, sizeof amount);
    snprintf(what, sizeof what, "%s %s on %s", verb, amount,
             gv_device_text(&context->facts, GV_DEVICE_NAME));
    return gv__cl_fail(err, code, call, what);
}

static cl_int touch(gv__context *context, cl_mem buffer, size_t bytes)
{
    static const cl_uint nan_bits = 0xFFFFFFFFU;
    size_t pattern = bytes % sizeof nan_bits == 0 ? sizeof nan_bits : 1;
    cl_int code =
        clEnqueueFillBuffer(context->queue, buffer, &nan_bits, pattern, 0, bytes, 0, NULL, NULL);
    return code == CL_SUCCESS ? clFinish(context->queue) : code;
}

gv_status gv__buffer_create(gv__context *context, size_t bytes, cl_mem *out, gv_error *err)
{
    cl_int code = CL_SUCCESS;
    cl_mem buffer = clCreateBuffer(context->context, CL_MEM_READ_WRITE, bytes, NULL, &code);
    if (buffer == NULL || code != CL_SUCCESS) {
        return fail(context, code, "clCreateBuffer", "allocating", bytes, err);
    }
    /* Many drivers allocate only now. */
    code = touch(context, buffer, bytes);
    if (code != CL_SUCCESS) {
        clReleaseMemObject(buffer);
        return fail(context, code, "clEnqueueFillBuffer", "allocating", bytes, err);
    }
    gv__live_add(1);
    *out = buffer;
    return GV_OK;
}

void gv__buffer_free(cl_mem buffer)
{
    if (buffer != NULL) {
        clReleaseMemObject(buffer);
        gv__live_add(-1);
    }
}

gv_status gv__buffer_write(gv__context *context, cl_mem to, const void *from, size_t bytes,
                           gv_error *err)
{
    cl_int code = clEnqueueWriteBuffer(context->queue, to, CL_TRUE, 0, bytes, from, 0, NULL, NULL);
    return code == CL_SUCCESS ? GV_OK
                              : fail(context, code, "clEnqueueWriteBuffer", "writing", bytes, err);
}

gv_status gv__buffer_read(gv__context *context, cl_mem from, void *to, size_t bytes, gv_error *err)
{
    cl_int code = clEnqueueReadBuffer(context->queue, from, CL_TRUE, 0, bytes, to, 0, NULL, NULL);
    return code == CL_SUCCESS ? GV_OK
                              : fail(context, code, "clEnqueueReadBuffer", "reading", bytes, err);
}

gv_status gv__buffer_write_rows(gv__context *context, cl_mem to, const void *from,
                                const gv__rows *rows, gv_error *err)
{
    static const size_t from_origin[3] = {0, 0, 0};
    const size_t origin[3] = {rows->buffer_offset, 0, 0};
    const size_t region[3] = {rows->row_bytes, rows->rows, 1};
    cl_int code =
        rows->rows == 1
            ? clEnqueueWriteBuffer(context->queue, to, CL_FALSE, rows->buffer_offset,
                                   rows->row_bytes, from, 0, NULL, NULL)
            : clEnqueueWriteBufferRect(context->queue, to, CL_FALSE, origin, from_origin, region,
                                       rows->buffer_pitch, 0, rows->pitch, 0, from, 0, NULL, NULL);
    return code == CL_SUCCESS ? GV_OK
                              : fail(context, code, "clEnqueueWriteBufferRect", "writing",
                                     rows->row_bytes * rows->rows, err);
}

gv_status gv__buffer_read_rows(gv__context *context, cl_mem from, void *to, const gv__rows *rows,
                               gv_error *err)
{
    static const size_t to_origin[3] = {0, 0, 0};
    const size_t origin[3] = {rows->buffer_offset, 0, 0};
    const size_t region[3] = {rows->row_bytes, rows->rows, 1};
    cl_int code =
        rows->rows == 1
            ? clEnqueueReadBuffer(context->queue, from, CL_FALSE, rows->buffer_offset,
                                  rows->row_bytes, to, 0, NULL, NULL)
            : clEnqueueReadBufferRect(context->queue, from, CL_FALSE, origin, to_origin, region,
                                      rows->buffer_pitch, 0, rows->pitch, 0, to, 0, NULL, NULL);
    return code == CL_SUCCESS ? GV_OK
                              : fail(context, code, "clEnqueueReadBufferRect", "reading",
                                     rows->row_bytes * rows->rows, err);
}

gv_status gv__buffer_zero(gv__context *context, cl_mem buffer, size_t bytes, gv_error *err)
{
    static const cl_uchar zero = 0;
    cl_int code =
        clEnqueueFillBuffer(context->queue, buffer, &zero, sizeof zero, 0, bytes, 0, NULL, NULL);
    return code == CL_SUCCESS ? GV_OK
                              : fail(context, code, "clEnqueueFillBuffer", "clearing", bytes, err);
}

gv_status gv__buffer_copy(gv__context *context, cl_mem from, cl_mem to, size_t bytes, gv_error *err)
{
    cl_int code = clEnqueueCopyBuffer(context->queue, from, to, 0, 0, bytes, 0, NULL, NULL);
    return code == CL_SUCCESS ? GV_OK
                              : fail(context, code, "clEnqueueCopyBuffer", "copying", bytes, err);
}

gv_status gv__buffer_map(gv__context *context, cl_mem buffer, size_t bytes, void **host,
                         gv_error *err)
{
    cl_int code = CL_SUCCESS;
    void *mapped = clEnqueueMapBuffer(context->queue, buffer, CL_TRUE, CL_MAP_READ | CL_MAP_WRITE,
                                      0, bytes, 0, NULL, NULL, &code);
    if (mapped == NULL || code != CL_SUCCESS) {
        return fail(context, code, "clEnqueueMapBuffer", "mapping", bytes, err);
    }
    *host = mapped;
    return GV_OK;
}

gv_status gv__buffer_unmap(gv__context *context, cl_mem buffer, void *host, gv_error *err)
{
    cl_int code = clEnqueueUnmapMemObject(context->queue, buffer, host, 0, NULL, NULL);
    if (code != CL_SUCCESS) {
        return gv__cl_fail(err, code, "clEnqueueUnmapMemObject", "giving a mapped buffer back");
    }
    return gv__finish(context, "giving a mapped buffer back", err);
}

gv_status gv__pinned_create(gv__context *context, size_t bytes, gv__pinned *out, gv_error *err)
{
    static const char verb[] = "allocating pinned memory:";
    cl_int code = CL_SUCCESS;
    cl_mem buffer = clCreateBuffer(context->context, CL_MEM_READ_WRITE | CL_MEM_ALLOC_HOST_PTR,
                                   bytes, NULL, &code);
    if (buffer == NULL || code != CL_SUCCESS) {
        return fail(context, code, "clCreateBuffer", verb, bytes, err);
    }
    void *host = NULL;
    gv_status status = gv__buffer_map(context, buffer, bytes, &host, err);
    if (host == NULL) {
        clReleaseMemObject(buffer);
        return status;
    }
    memset(host, 0xFF, bytes);
    gv__live_add(1);
    *out = (gv__pinned){buffer, host, bytes};
    return GV_OK;
}

void gv__pinned_free(gv__context *context, gv__pinned *pinned)
{
    if (pinned == NULL || pinned->buffer == NULL) {
        return;
    }
    if (pinned->host != NULL) {
        gv__buffer_unmap(context, pinned->buffer, pinned->host, NULL);
    }
    clReleaseMemObject(pinned->buffer);
    gv__live_add(-1);
    *pinned = (gv__pinned){0};
}
