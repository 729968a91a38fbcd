/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/sweep/guarded.h"

#include "opencl/cl_names.h"

/* Longer than a row, a vector or a work-group of any kernel that forgets where to stop. */
enum { GUARD_BYTES = 16384 };

/* gv__buffer_create() filled the whole with it. */
static const unsigned char UNTOUCHED = 0xFF;

/* Where a part of a buffer may begin: the guard's length is a multiple of it. */
static size_t guard_bytes(const gv__context *context)
{
    cl_uint bits = 0;
    clGetDeviceInfo(context->device, CL_DEVICE_MEM_BASE_ADDR_ALIGN, sizeof bits, &bits, NULL);
    const size_t alignment = bits >= 8 ? bits / 8 : 1;
    return (GUARD_BYTES + alignment - 1) / alignment * alignment;
}

gv_status guarded_create(gv__context *context, size_t bytes, bool plain, guarded *out,
                         gv_error *err)
{
    guarded made = {.bytes = bytes, .guard = plain ? 0 : guard_bytes(context)};
    gv_status status = gv__buffer_create(context, bytes + 2 * made.guard, &made.whole, err);
    if (status != GV_OK) {
        return status;
    }
    made.middle = made.whole;
    if (!plain) {
        const cl_buffer_region region = {.origin = made.guard, .size = bytes};
        cl_int code = CL_SUCCESS;
        made.middle = clCreateSubBuffer(made.whole, CL_MEM_READ_WRITE, CL_BUFFER_CREATE_TYPE_REGION,
                                        &region, &code);
        if (code != CL_SUCCESS) {
            gv__buffer_free(made.whole);
            return gv__cl_fail(err, code, "clCreateSubBuffer", "a buffer between guards");
        }
    }
    *out = made;
    return GV_OK;
}

void guarded_free(guarded *buffer)
{
    if (buffer->middle != buffer->whole) {
        clReleaseMemObject(buffer->middle);
    }
    gv__buffer_free(buffer->whole);
    *buffer = (guarded){0};
}

gv_status guarded_is_whole(gv__context *context, const guarded *buffer, bool *whole, gv_error *err)
{
    unsigned char guard[2 * GUARD_BYTES];
    *whole = true;
    for (int end = 0; end < 2; end++) {
        /* The bytes next to the operand. */
        const size_t length = buffer->guard < sizeof guard ? buffer->guard : sizeof guard;
        const size_t from = end == 0 ? buffer->guard - length : buffer->guard + buffer->bytes;
        if (length == 0) {
            continue;
        }
        cl_int code = clEnqueueReadBuffer(context->queue, buffer->whole, CL_TRUE, from, length,
                                          guard, 0, NULL, NULL);
        if (code != CL_SUCCESS) {
            return gv__cl_fail(err, code, "clEnqueueReadBuffer", "reading a guard");
        }
        for (size_t i = 0; i < length; i++) {
            *whole = *whole && guard[i] == UNTOUCHED;
        }
    }
    return GV_OK;
}
