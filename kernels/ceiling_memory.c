/* SPDX-License-Identifier: Apache-2.0 */
/* Memory past the caches, a cache, and local memory. */
#include "kernels/ceiling_parts.h"

#include <math.h>
#include <stdio.h>

enum {
    VECTOR_STRIDED = 16, /* bytes of a vector … */
    VECTOR_CHUNK = 64,
    EACH_STRIDED = 16, /* … and how many a work-item takes */
    EACH_CHUNK = 1 << 10,
    PERIOD = 1 << 10, /* of the floats that the triad reads */
    LOCAL_STEPS = 1 << 12,
    LOCAL_SLOTS = 256, /* as in ceilings.cl */
    GROUP = 256
};
static const uint32_t factor = 2654435761U;

/* Of a CPU one work-item: a runtime that fills its vectors with several (Intel's) would gather from
 * as many stretches at once. Else GROUP, or the driver's choice where that is too many. */
static size_t group_of(const gv__ceilings *of)
{
    const bool fits = gv_device_number(&of->context->facts, GV_DEVICE_MAX_WORK_GROUP) >= GROUP;
    return of->cpu ? 1 : fits ? GROUP : 0;
}

/* ---- past the caches: read, copy, triad ---- */

static const struct {
    const char *variant;
    const char *name; /* "strided" of "ceiling_copy_strided" */
    size_t vector_bytes;
    cl_uint each;
} variants[] = {
    {"chunks", "chunk", VECTOR_CHUNK, EACH_CHUNK},
    {"strided", "strided", VECTOR_STRIDED, EACH_STRIDED},
};

/* Buffers 0 and 1 are read, the last one is written. */
static int arrays_of(gv_ceiling_kind kind)
{
    return kind == GV_CEILING_MEMORY_TRIAD ? 3 : kind == GV_CEILING_MEMORY_COPY ? 2 : 1;
}

static gv_status use_variant(gv__ceiling *c, size_t v, gv_error *err)
{
    static const char *const verbs[] = {[GV_CEILING_MEMORY_READ] = "read",
                                        [GV_CEILING_MEMORY_COPY] = "copy",
                                        [GV_CEILING_MEMORY_TRIAD] = "triad"};
    char name[48];
    if (c->kernel != NULL) {
        clReleaseKernel(c->kernel);
        c->kernel = NULL;
    }
    snprintf(name, sizeof name, "ceiling_%s_%s", verbs[c->ask.kind], variants[v].name);
    gv_status status = gv__ceiling_take(c->of, GV__CEILING_OTHERS, name, &c->kernel, err);
    const int arrays = arrays_of(c->ask.kind);
    c->steps = variants[v].each;
    c->variant = variants[v].variant;
    c->items = c->buffer_bytes[0] / variants[v].vector_bytes / c->steps;
    c->local = group_of(c->of);
    if (status == GV_OK && arrays == 1) { /* the sums of a read */
        status = gv__ceiling_reserve(c, 1, c->items * sizeof(cl_uint), err);
    }
    if (status == GV_OK) {
        status = gv__ceiling_set(c, 0, &c->steps, sizeof c->steps, err);
    }
    for (int i = 0; i < (arrays == 1 ? 2 : arrays) && status == GV_OK; i++) {
        status = gv__ceiling_set(c, (cl_uint)i + 1, &c->buffer[i], sizeof c->buffer[i], err);
    }
    return status;
}

/* a[i] = i % 1024 and b[i] = i / 1024 % 1024: every pair of them comes equally often. */
static gv_status fill_floats(gv__ceiling *c, int index, cl_uint divide, gv_error *err)
{
    gv_status status =
        gv__ceiling_take(c->of, GV__CEILING_OTHERS, "ceiling_fill_floats", &c->kernel, err);
    if (status == GV_OK) {
        status = gv__ceiling_set(c, 0, &divide, sizeof divide, err);
    }
    if (status == GV_OK) {
        status = gv__ceiling_set(c, 1, &c->buffer[index], sizeof c->buffer[index], err);
    }
    if (status == GV_OK) {
        status = gv__ceiling_enqueue(c, c->kernel, c->buffer_bytes[index] / VECTOR_STRIDED, 0, err);
    }
    if (status == GV_OK) {
        status = gv__finish(c->of->context, "filling memory", err);
    }
    if (c->kernel != NULL) {
        clReleaseKernel(c->kernel);
        c->kernel = NULL;
    }
    return status;
}

static uint32_t triad_sum(size_t bytes)
{
    const uint64_t count = bytes / sizeof(float);
    const uint64_t mean_twice = PERIOD - 1; /* of either array */
    return (uint32_t)(count / 2 * mean_twice * (1 + 3));
}

static gv_status prepare_memory(gv__ceiling *c, gv_error *err)
{
    const int arrays = arrays_of(c->ask.kind);
    const bool triad = c->ask.kind == GV_CEILING_MEMORY_TRIAD;
    const size_t bytes = gv__ceiling_past_caches(c->of, (unsigned)arrays);
    gv_status status = GV_OK;
    for (int i = 0; i < arrays && status == GV_OK; i++) {
        status = gv__ceiling_reserve(c, i, bytes, err);
    }
    if (status == GV_OK && !triad) {
        status = gv__ceiling_number(c, 0, factor, err);
    } else if (status == GV_OK) {
        status = fill_floats(c, 0, 1, err);
        if (status == GV_OK) {
            status = fill_floats(c, 1, PERIOD, err);
        }
        c->sum = triad_sum(bytes);
    }
    c->bytes = (double)bytes;
    c->work_per_launch = arrays * (double)bytes;
    /* The faster of two calls of each variant tells which one is measured; on a CPU it is known. */
    size_t best = 0;
    double best_s = (double)INFINITY;
    for (size_t v = 0; v < GV__COUNT(variants) && status == GV_OK && !c->of->cpu; v++) {
        status = use_variant(c, v, err);
        for (int i = 0; i < 3 && status == GV_OK; i++) {
            const double start_s = gv__now_s();
            status = gv__ceiling_launch_all(c, err);
            const double took_s = gv__now_s() - start_s;
            if (i > 0 && took_s < best_s) { /* the first may compile */
                best_s = took_s;
                best = v;
            }
        }
    }
    return status == GV_OK ? use_variant(c, best, err) : status;
}

static int written(const gv__ceiling *c)
{
    return c->ask.kind == GV_CEILING_MEMORY_TRIAD ? 2 : 1;
}

static gv_status poison_memory(gv__ceiling *c, gv_error *err)
{
    return gv__ceiling_fill(c, written(c), UINT32_MAX, err);
}

static gv_status verify_memory(gv__ceiling *c, gv_error *err)
{
    uint32_t sum = 0;
    gv_status status =
        c->ask.kind == GV_CEILING_MEMORY_READ
            ? gv__ceiling_sum_results(c, 1, c->items, &sum, err)
            : gv__ceiling_sum(c, written(c), c->ask.kind == GV_CEILING_MEMORY_TRIAD, &sum, err);
    return status == GV_OK ? gv__ceiling_compare(c, sum, c->sum, err) : status;
}

const gv__ceiling_way gv__ceiling_memory = {prepare_memory, poison_memory, gv__ceiling_launch_all,
                                            verify_memory, "sum"};

/* ---- a cache ---- */

/* What all compute units share on a GPU, and what each core has next to it on a CPU. */
static size_t cached_bytes(const gv__ceilings *of)
{
    const double told = gv_device_number(&of->context->facts, GV_DEVICE_CACHE);
    /* Some drivers tell of another cache than the one that all units share (H100: 4.1 MiB of 50).
     */
    double wanted = of->cpu ? 0x1p17 * gv__ceiling_units(of) : fmin(fmax(told, 0x1p21), 0x1p24);
    size_t bytes = 1 << 17;
    while (2 * (double)bytes <= wanted) {
        bytes *= 2;
    }
    return bytes;
}

/* CPU: an item for each unit and stretch of 16 KiB. GPU: every unit full of work-items. */
static gv_status prepare_cache(gv__ceiling *c, gv_error *err)
{
    const bool cpu = c->of->cpu;
    const size_t bytes = cached_bytes(c->of);
    const cl_uint vectors = (cl_uint)(bytes / (cpu ? VECTOR_CHUNK : VECTOR_STRIDED));
    const cl_uint each = cpu ? 256 : 16;
    cl_uint items = cpu ? vectors / each : vectors;
    while (!cpu && items < 1024 * gv__ceiling_units(c->of)) {
        items *= 2;
    }
    /* Far enough that another unit had it before. */
    const cl_uint shift = cpu ? each : vectors / 8 + GROUP;
    c->steps = cpu ? 64 : 16; /* passes */
    c->items = items;
    c->local = group_of(c->of);
    c->bytes = (double)bytes;
    c->work_per_launch = (double)c->steps * items * each * (cpu ? VECTOR_CHUNK : VECTOR_STRIDED);
    gv_status status = gv__ceiling_reserve(c, 0, bytes, err);
    if (status == GV_OK) {
        status = gv__ceiling_number(c, 0, factor, err);
    }
    const uint32_t times = (uint32_t)((uint64_t)c->steps * items * each / vectors);
    c->sum *= times;
    if (status == GV_OK) {
        status = gv__ceiling_reserve(c, 1, items * sizeof(cl_uint), err);
    }
    if (status == GV_OK) {
        status = gv__ceiling_take(c->of, GV__CEILING_OTHERS,
                                  cpu ? "ceiling_cache_chunk" : "ceiling_cache_strided", &c->kernel,
                                  err);
    }
    const cl_uint sizes[] = {c->steps, each, vectors, shift};
    for (cl_uint i = 0; i < GV__COUNT(sizes) && status == GV_OK; i++) {
        status = gv__ceiling_set(c, i, &sizes[i], sizeof sizes[i], err);
    }
    for (cl_uint i = 0; i < 2 && status == GV_OK; i++) {
        status = gv__ceiling_set(c, (cl_uint)GV__COUNT(sizes) + i, &c->buffer[i],
                                 sizeof c->buffer[i], err);
    }
    return status;
}

static gv_status poison_cache(gv__ceiling *c, gv_error *err)
{
    return gv__ceiling_fill(c, 1, UINT32_MAX, err);
}

static gv_status verify_cache(gv__ceiling *c, gv_error *err)
{
    uint32_t sum = 0;
    gv_status status = gv__ceiling_sum_results(c, 1, c->items, &sum, err);
    return status == GV_OK ? gv__ceiling_compare(c, sum, c->sum, err) : status;
}

const gv__ceiling_way gv__ceiling_cache = {prepare_cache, poison_cache, gv__ceiling_launch_all,
                                           verify_cache, "sum"};

/* ---- local memory ---- */

static gv_status prepare_local(gv__ceiling *c, gv_error *err)
{
    const bool cpu = c->of->cpu;
    c->local = group_of(c->of) > 0 ? group_of(c->of) : 64;
    c->items = (size_t)gv__ceiling_units(c->of) * (cpu ? 16 : 8) * c->local;
    c->steps = LOCAL_STEPS;
    c->work_per_launch = 4.0 * LOCAL_STEPS * (double)c->items * (cpu ? 64 : 16);
    c->bytes = LOCAL_SLOTS * (cpu ? 64.0 : 16.0);
    gv_status status = gv__ceiling_reserve(c, 0, c->items * sizeof(float), err);
    if (status == GV_OK) {
        status = gv__ceiling_take(c->of, GV__CEILING_OTHERS, "ceiling_local", &c->kernel, err);
    }
    if (status == GV_OK) {
        status = gv__ceiling_set(c, 0, &c->steps, sizeof c->steps, err);
    }
    return status == GV_OK ? gv__ceiling_set(c, 1, &c->buffer[0], sizeof c->buffer[0], err)
                           : status;
}

static gv_status poison_local(gv__ceiling *c, gv_error *err)
{
    return gv__ceiling_fill(c, 0, UINT32_MAX, err);
}

/* LOCAL_STEPS is a multiple of LOCAL_SLOTS: whatever an item begins with, it adds up every slot
 * equally often, in whole numbers below 2^24. */
static gv_status verify_local(gv__ceiling *c, gv_error *err)
{
    const float right = (float)(2 * LOCAL_STEPS * (LOCAL_SLOTS - 1));
    float window[64];
    const size_t count = c->items < 64 ? c->items : 64;
    gv_status status =
        gv__buffer_read(c->of->context, c->buffer[0], window, count * sizeof *window, err);
    for (size_t i = 0; i < count && status == GV_OK; i++) {
        if (!(window[i] == right)) {
            status = gv__fail(err, GV_WRONG_RESULT, 0, NULL,
                              "local memory: work-item %zu read a sum of %g, right is %g", i,
                              (double)window[i], (double)right);
        }
    }
    return status;
}

const gv__ceiling_way gv__ceiling_local = {prepare_local, poison_local, gv__ceiling_launch_all,
                                           verify_local, "sum"};
