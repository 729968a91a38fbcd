/* SPDX-License-Identifier: Apache-2.0 */
/* Between the host's memory and the device's: how soon, and how much at once. */
#include "kernels/ceiling_parts.h"
#include "opencl/cl_names.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* As much as a large operand; past the last-level cache of most processors when both sides count.
 */
static const size_t transfer_bytes = (size_t)64 << 20;
static const uint32_t factor = 2654435761U;

static bool is_to_device(gv_ceiling_kind kind)
{
    return kind == GV_CEILING_H2D_LATENCY || kind == GV_CEILING_H2D_PAGEABLE ||
           kind == GV_CEILING_H2D_PINNED || kind == GV_CEILING_H2D_MAPPED;
}

static bool is_pinned(gv_ceiling_kind kind)
{
    return kind == GV_CEILING_H2D_PINNED || kind == GV_CEILING_D2H_PINNED;
}

static bool is_mapped(gv_ceiling_kind kind)
{
    return kind == GV_CEILING_H2D_MAPPED || kind == GV_CEILING_D2H_MAPPED;
}

/* ---- latency ---- */

static gv_status prepare_latency(gv__ceiling *c, gv_error *err)
{
    c->work_per_launch = 1;
    c->bytes = sizeof(cl_uint);
    c->host = malloc((size_t)c->bytes);
    if (c->host == NULL) {
        return gv__fail(err, GV_MEMORY, 0, NULL, "no memory for a number");
    }
    return gv__ceiling_reserve(c, 0, sizeof(cl_uint), err);
}

/* The side that is read holds `factor`, the other one something else. */
static gv_status poison_latency(gv__ceiling *c, gv_error *err)
{
    const uint32_t here = is_to_device(c->ask.kind) ? factor : ~factor;
    memcpy(c->host, &here, sizeof here);
    return gv__ceiling_fill(c, 0, ~here, err);
}

static gv_status call_latency(gv__ceiling *c, gv_error *err)
{
    c->launched++;
    return is_to_device(c->ask.kind)
               ? gv__buffer_write(c->of->context, c->buffer[0], c->host, sizeof(cl_uint), err)
               : gv__buffer_read(c->of->context, c->buffer[0], c->host, sizeof(cl_uint), err);
}

static gv_status verify_latency(gv__ceiling *c, gv_error *err)
{
    uint32_t got = 0;
    gv_status status = GV_OK;
    if (is_to_device(c->ask.kind)) {
        status = gv__buffer_read(c->of->context, c->buffer[0], &got, sizeof got, err);
    } else {
        memcpy(&got, c->host, sizeof got);
    }
    return status == GV_OK ? gv__ceiling_compare(c, got, factor, err) : status;
}

const gv__ceiling_way gv__ceiling_latency = {prepare_latency, poison_latency, call_latency,
                                             verify_latency, "value"};

/* ---- bandwidth ---- */

static void number_host(unsigned char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const uint32_t value = (uint32_t)i * factor;
        memcpy(bytes + i * sizeof value, &value, sizeof value);
    }
}

static uint32_t sum_host(const unsigned char *bytes, size_t count)
{
    uint32_t sum = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t value;
        memcpy(&value, bytes + i * sizeof value, sizeof value);
        sum += value;
    }
    return sum;
}

/* Buffer 0 is the device's; `host` is ordinary memory, or the driver's where it is pinned. */
static gv_status prepare_transfer(gv__ceiling *c, gv_error *err)
{
    const gv_device *facts = &c->of->context->facts;
    size_t bytes = transfer_bytes;
    while ((double)bytes > fmin(gv_device_number(facts, GV_DEVICE_MAX_ALLOC),
                                gv_device_number(facts, GV_DEVICE_GLOBAL_MEM) / 8) &&
           bytes > 1 << 20) {
        bytes /= 2;
    }
    c->bytes = c->work_per_launch = (double)bytes;
    gv_status status = gv__ceiling_reserve(c, 0, bytes, err);
    if (status == GV_OK && is_pinned(c->ask.kind)) {
        return gv__pinned_create(c->of->context, bytes, &c->pinned, err);
    }
    if (status == GV_OK) {
        c->host = malloc(bytes);
        status = c->host != NULL ? GV_OK
                                 : gv__fail(err, GV_MEMORY, 0, NULL,
                                            "no memory for transfers of %zu bytes", bytes);
    }
    return status;
}

static unsigned char *host_side(gv__ceiling *c)
{
    return is_pinned(c->ask.kind) ? c->pinned.host : c->host;
}

static gv_status poison_transfer(gv__ceiling *c, gv_error *err)
{
    const size_t bytes = c->buffer_bytes[0];
    c->sum = gv__ceiling_sum_of_numbers(bytes, factor);
    if (is_to_device(c->ask.kind)) {
        number_host(host_side(c), bytes / sizeof(uint32_t));
        return gv__ceiling_fill(c, 0, UINT32_MAX, err);
    }
    memset(host_side(c), 0xFF, bytes);
    return gv__ceiling_number(c, 0, factor, err);
}

/* What a user does who has data of his own: map for one direction alone, copy, unmap. */
static gv_status call_mapped(gv__ceiling *c, gv_error *err)
{
    const size_t bytes = c->buffer_bytes[0];
    const bool to_device = is_to_device(c->ask.kind);
    cl_int code = CL_SUCCESS;
    void *mapped = clEnqueueMapBuffer(c->of->context->queue, c->buffer[0], CL_TRUE,
                                      to_device ? CL_MAP_WRITE_INVALIDATE_REGION : CL_MAP_READ, 0,
                                      bytes, 0, NULL, NULL, &code);
    if (mapped == NULL || code != CL_SUCCESS) {
        return gv__cl_fail(err, code, "clEnqueueMapBuffer", gv_ceiling_label(c->ask.kind));
    }
    memcpy(to_device ? mapped : c->host, to_device ? c->host : mapped, bytes);
    return gv__buffer_unmap(c->of->context, c->buffer[0], mapped, err);
}

static gv_status call_transfer(gv__ceiling *c, gv_error *err)
{
    const size_t bytes = c->buffer_bytes[0];
    c->launched++;
    if (is_mapped(c->ask.kind)) {
        return call_mapped(c, err);
    }
    return is_to_device(c->ask.kind)
               ? gv__buffer_write(c->of->context, c->buffer[0], host_side(c), bytes, err)
               : gv__buffer_read(c->of->context, c->buffer[0], host_side(c), bytes, err);
}

static gv_status verify_transfer(gv__ceiling *c, gv_error *err)
{
    uint32_t sum = 0;
    gv_status status = GV_OK;
    if (is_to_device(c->ask.kind)) {
        status = gv__ceiling_sum(c, 0, false, &sum, err);
    } else {
        sum = sum_host(host_side(c), c->buffer_bytes[0] / sizeof(uint32_t));
    }
    return status == GV_OK ? gv__ceiling_compare(c, sum, c->sum, err) : status;
}

const gv__ceiling_way gv__ceiling_transfer = {prepare_transfer, poison_transfer, call_transfer,
                                              verify_transfer, "sum"};
