/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels/ceiling_parts.h"

#include "opencl/cl_names.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern const gv__embedded gv__cl_ceilings;

/* A call lasts this long, or LAUNCHES launches: long against the clock and one finish. */
static const double call_s = 0.004;
enum { MOST_LAUNCHES = 1 << 12, SUM_EACH = 64, UNIT = 16 * SUM_EACH };

static const uint32_t widths[] = {1, 2, 4, 8, 16};

static const struct {
    gv_ceiling_kind kind;
    const gv__ceiling_way *way;
} rows[] = {
    {GV_CEILING_MEMORY_READ, &gv__ceiling_memory},
    {GV_CEILING_MEMORY_COPY, &gv__ceiling_memory},
    {GV_CEILING_MEMORY_TRIAD, &gv__ceiling_memory},
    {GV_CEILING_CACHE_READ, &gv__ceiling_cache},
    {GV_CEILING_LOCAL_READ, &gv__ceiling_local},
    {GV_CEILING_MULTIPLY_ADD, &gv__ceiling_chains}, /* once for each precision and width */
    {GV_CEILING_ATOMIC_ONE, &gv__ceiling_atomics},
    {GV_CEILING_ATOMIC_SPREAD, &gv__ceiling_atomics},
    {GV_CEILING_ATOMIC_LOCAL, &gv__ceiling_atomics},
    {GV_CEILING_LAUNCH, &gv__ceiling_launch},
    {GV_CEILING_H2D_LATENCY, &gv__ceiling_latency},
    {GV_CEILING_D2H_LATENCY, &gv__ceiling_latency},
    {GV_CEILING_H2D_PAGEABLE, &gv__ceiling_transfer},
    {GV_CEILING_H2D_PINNED, &gv__ceiling_transfer},
    {GV_CEILING_H2D_MAPPED, &gv__ceiling_transfer},
    {GV_CEILING_D2H_PAGEABLE, &gv__ceiling_transfer},
    {GV_CEILING_D2H_PINNED, &gv__ceiling_transfer},
    {GV_CEILING_D2H_MAPPED, &gv__ceiling_transfer},
};

bool gv__ceiling_at(size_t index, gv__ceiling_ask *out)
{
    for (size_t i = 0; i < GV__COUNT(rows); i++) {
        const size_t count =
            rows[i].kind == GV_CEILING_MULTIPLY_ADD ? GV_PRECISION_COUNT * GV__COUNT(widths) : 1;
        if (index < count) {
            *out = (gv__ceiling_ask){.kind = rows[i].kind};
            if (count > 1) {
                out->precision = (gv_precision)(index / GV__COUNT(widths));
                out->width = widths[index % GV__COUNT(widths)];
            }
            return true;
        }
        index -= count;
    }
    return false;
}

/* ---- what all share ---- */

double gv__ceiling_units(const gv__ceilings *of)
{
    return fmax(1, gv_device_number(&of->context->facts, GV_DEVICE_COMPUTE_UNITS));
}

/* The host's silicon shares its last-level cache with nobody that drivers would count: four times
 * what they tell. A device with memory of its own may have caches that none of them tells. */
size_t gv__ceiling_past_caches(const gv__ceilings *of, unsigned arrays)
{
    const gv_device *facts = &of->context->facts;
    const bool own_memory =
        gv_device_number(facts, GV_DEVICE_UNIFIED) == 0 && !facts->is_host_silicon;
    /* fmax and fmin pass over what is absent. */
    double wanted =
        fmax(own_memory ? 0x1p30 : 0x1p26, 4 * gv_device_number(facts, GV_DEVICE_CACHE));
    wanted = fmin(wanted, own_memory ? 0x1p31 : 0x1p29);
    wanted = fmin(wanted, gv_device_number(facts, GV_DEVICE_MAX_ALLOC));
    wanted = fmin(wanted, gv_device_number(facts, GV_DEVICE_GLOBAL_MEM) / (4.0 * arrays));
    size_t bytes = 1 << 22;
    while (2 * (double)bytes <= wanted) {
        bytes *= 2;
    }
    return bytes;
}

static gv_status build(gv__ceilings *of, int program, gv_error *err)
{
    static const gv__embedded *const sources[] = {&gv__cl_ceilings};
    /* On a CPU as many chains as registers hold, with two for the constants: 16 of eight floats, 32
     * of sixteen. */
    const bool wide = gv_device_number(&of->context->facts, GV_DEVICE_VECTOR_WIDTH) >= 16;
    char options[160];
    static const char *const precisions[] = {[GV_PRECISION_F32] = "",
                                             [GV_PRECISION_F64] = " -DUSE_FP64",
                                             [GV_PRECISION_F16] = " -DUSE_FP16"};
    if (program == GV__CEILING_OTHERS) {
        snprintf(options, sizeof options, "-DNO_CHAINS%s", of->cpu ? " -DLOCAL_VECTOR=16" : "");
    } else {
        snprintf(options, sizeof options, "-DNO_MEMORY%s%s", precisions[program],
                 !of->cpu ? " -DCHAINS_8=8 -DCHAINS_16=4"
                 : wide   ? " -DCHAINS_8=10 -DCHAINS_16=10"
                          : " -DCHAINS_8=10 -DCHAINS_16=5");
    }
    return gv__program_build(of->context, sources, 1, options, &of->program[program], NULL, err);
}

gv_status gv__ceiling_take(gv__ceilings *of, int program, const char *name, cl_kernel *out,
                           gv_error *err)
{
    if (of->program[program] == NULL) {
        gv_status status = build(of, program, err);
        if (status != GV_OK) {
            return status;
        }
    }
    cl_int code = CL_SUCCESS;
    cl_kernel kernel = clCreateKernel(of->program[program], name, &code);
    if (kernel == NULL || code != CL_SUCCESS) {
        return gv__cl_fail(err, code, "clCreateKernel", name);
    }
    *out = kernel;
    return GV_OK;
}

gv_status gv__ceiling_reserve(gv__ceiling *c, int index, size_t bytes, gv_error *err)
{
    gv__buffer_free(c->buffer[index]);
    c->buffer[index] = NULL;
    c->buffer_bytes[index] = bytes;
    return gv__buffer_create(c->of->context, bytes, &c->buffer[index], err);
}

static gv_status set(cl_kernel kernel, cl_uint index, const void *value, size_t bytes,
                     gv_error *err)
{
    cl_int code = clSetKernelArg(kernel, index, bytes, value);
    return code == CL_SUCCESS
               ? GV_OK
               : gv__cl_fail(err, code, "clSetKernelArg", "preparing a ceiling's kernel");
}

gv_status gv__ceiling_set(gv__ceiling *c, cl_uint index, const void *value, size_t bytes,
                          gv_error *err)
{
    return set(c->kernel, index, value, bytes, err);
}

gv_status gv__ceiling_enqueue(gv__ceiling *c, cl_kernel kernel, size_t items, size_t local,
                              gv_error *err)
{
    cl_int code =
        clEnqueueNDRangeKernel(c->of->context->queue, kernel, 1, NULL, &items,
                               local > 0 ? &local : NULL, 0, NULL, gv__last_event(c->of->context));
    return code == CL_SUCCESS
               ? GV_OK
               : gv__cl_fail(err, code, "clEnqueueNDRangeKernel", gv_ceiling_label(c->ask.kind));
}

gv_status gv__ceiling_launch_all(gv__ceiling *c, gv_error *err)
{
    gv_status status = GV_OK;
    c->of->context->poll_s = c->poll_s;
    for (uint32_t i = 0; i < c->launches && status == GV_OK; i++) {
        status = gv__ceiling_enqueue(c, c->kernel, c->items, c->local, err);
    }
    if (status == GV_OK) {
        c->launched += c->launches;
        status = gv__finish(c->of->context, gv_ceiling_label(c->ask.kind), err);
    }
    c->of->context->poll_s = 0;
    return status;
}

gv_status gv__ceiling_fill(gv__ceiling *c, int index, uint32_t pattern, gv_error *err)
{
    const char *what = gv_ceiling_label(c->ask.kind);
    cl_int code = clEnqueueFillBuffer(c->of->context->queue, c->buffer[index], &pattern,
                                      sizeof pattern, 0, c->buffer_bytes[index], 0, NULL, NULL);
    return code == CL_SUCCESS ? gv__finish(c->of->context, what, err)
                              : gv__cl_fail(err, code, "clEnqueueFillBuffer", what);
}

uint32_t gv__ceiling_sum_of_numbers(size_t bytes, uint32_t factor)
{
    const uint64_t count = bytes / sizeof(uint32_t);
    return (uint32_t)(count * (count - 1) / 2 * factor);
}

gv_status gv__ceiling_number(gv__ceiling *c, int index, uint32_t factor, gv_error *err)
{
    cl_kernel kernel = NULL;
    gv_status status = gv__ceiling_take(c->of, GV__CEILING_OTHERS, "ceiling_fill", &kernel, err);
    if (status != GV_OK) {
        return status;
    }
    status = set(kernel, 0, &factor, sizeof factor, err);
    if (status == GV_OK) {
        status = set(kernel, 1, &c->buffer[index], sizeof c->buffer[index], err);
    }
    if (status == GV_OK) {
        status = gv__ceiling_enqueue(c, kernel, c->buffer_bytes[index] / 16, 0, err);
    }
    if (status == GV_OK) {
        status = gv__finish(c->of->context, "filling memory", err);
    }
    clReleaseKernel(kernel);
    c->sum = gv__ceiling_sum_of_numbers(c->buffer_bytes[index], factor);
    return status;
}

gv_status gv__ceiling_sum_results(gv__ceiling *c, int index, size_t count, uint32_t *sum,
                                  gv_error *err)
{
    uint32_t *results = malloc(count * sizeof *results);
    if (results == NULL) {
        return gv__fail(err, GV_MEMORY, 0, NULL, "no memory for the sums of %zu work-items", count);
    }
    gv_status status =
        gv__buffer_read(c->of->context, c->buffer[index], results, count * sizeof *results, err);
    uint32_t total = 0;
    for (size_t i = 0; status == GV_OK && i < count; i++) {
        total += results[i];
    }
    free(results);
    *sum = total;
    return status;
}

gv_status gv__ceiling_sum(gv__ceiling *c, int index, bool floats, uint32_t *sum, gv_error *err)
{
    const cl_uint each = SUM_EACH;
    const size_t items = c->buffer_bytes[index] / UNIT;
    cl_kernel kernel = NULL;
    gv__ceiling results = {.of = c->of, .ask = c->ask};
    gv_status status =
        gv__ceiling_take(c->of, GV__CEILING_OTHERS,
                         floats ? "ceiling_sum_floats" : "ceiling_read_strided", &kernel, err);
    if (status == GV_OK) {
        status = gv__ceiling_reserve(&results, 0, items * sizeof(uint32_t), err);
    }
    if (status == GV_OK) {
        status = set(kernel, 0, &each, sizeof each, err);
    }
    if (status == GV_OK) {
        status = set(kernel, 1, &c->buffer[index], sizeof c->buffer[index], err);
    }
    if (status == GV_OK) {
        status = set(kernel, 2, &results.buffer[0], sizeof results.buffer[0], err);
    }
    if (status == GV_OK) {
        status = gv__ceiling_enqueue(c, kernel, items, 0, err);
    }
    if (status == GV_OK) {
        status = gv__ceiling_sum_results(&results, 0, items, sum, err);
    }
    gv__buffer_free(results.buffer[0]);
    if (kernel != NULL) {
        clReleaseKernel(kernel);
    }
    return status;
}

gv_status gv__ceiling_compare(const gv__ceiling *c, uint32_t got, uint32_t right, gv_error *err)
{
    return got == right ? GV_OK
                        : gv__fail(err, GV_WRONG_RESULT, 0, NULL,
                                   "%s: the sum is %u, right is %u: not all of the work was done",
                                   gv_ceiling_label(c->ask.kind), (unsigned)got, (unsigned)right);
}

/* ---- open and close ---- */

gv_status gv__ceilings_open(gv__context *context, gv__ceilings **out, gv_error *err)
{
    gv__ceilings *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return gv__fail(err, GV_MEMORY, 0, NULL, "no memory for the ceilings");
    }
    made->context = context;
    made->cpu = context->facts.is_host_silicon ||
                strcmp(gv_device_text(&context->facts, GV_DEVICE_TYPE), "CPU") == 0;
    *out = made;
    return GV_OK;
}

void gv__ceilings_close(gv__ceilings *ceilings)
{
    for (int i = 0; ceilings != NULL && i < GV__CEILING_PROGRAMS; i++) {
        gv__program_free(ceilings->program[i]);
    }
    free(ceilings);
}

/* As many launches as make a call last. The first call may compile, and is not looked at. */
static gv_status size_call(gv__ceiling *c, gv_error *err)
{
    c->launches = 1;
    gv_status status = gv__ceiling_poison(c, err);
    if (status == GV_OK) {
        status = gv__ceiling_call(c, err);
    }
    if (status == GV_OK) {
        status = gv__ceiling_verify(c, err);
    }
    while (status == GV_OK && c->way->call == gv__ceiling_launch_all) {
        const double start_s = gv__now_s();
        status = gv__ceiling_call(c, err);
        const double took_s = gv__now_s() - start_s;
        if (took_s >= call_s || c->launches >= MOST_LAUNCHES) {
            break;
        }
        const double wanted = ceil(1.25 * c->launches * call_s / took_s);
        c->launches = (uint32_t)fmin(fmax(wanted, c->launches + 1.0), 8.0 * c->launches);
    }
    return status;
}

gv_status gv__ceiling_open(gv__ceilings *ceilings, const gv__ceiling_ask *ask, gv__ceiling **out,
                           gv_error *err)
{
    gv__ceiling *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return gv__fail(err, GV_MEMORY, 0, NULL, "no memory for a ceiling");
    }
    *made = (gv__ceiling){.of = ceilings, .ask = *ask, .variant = "", .bytes = (double)NAN};
    for (size_t i = 0; i < GV__COUNT(rows); i++) {
        if (rows[i].kind == ask->kind) {
            made->way = rows[i].way;
        }
    }
    made->launches = 1;
    gv_status status = made->way->prepare(made, err);
    if (status == GV_OK) {
        status = size_call(made, err);
    }
    if (status != GV_OK) {
        gv__ceiling_close(made);
        return status;
    }
    *out = made;
    return GV_OK;
}

void gv__ceiling_close(gv__ceiling *c)
{
    if (c == NULL) {
        return;
    }
    gv__pinned_free(c->of->context, &c->pinned);
    for (int i = 0; i < GV__CEILING_BUFFERS; i++) {
        gv__buffer_free(c->buffer[i]);
    }
    if (c->kernel != NULL) {
        clReleaseKernel(c->kernel);
    }
    free(c->host);
    free(c);
}

gv_status gv__ceiling_poison(gv__ceiling *c, gv_error *err)
{
    c->launched = 0;
    return c->way->poison(c, err);
}

gv_status gv__ceiling_call(gv__ceiling *c, gv_error *err)
{
    return c->way->call(c, err);
}

gv_status gv__ceiling_verify(gv__ceiling *c, gv_error *err)
{
    return c->way->verify(c, err);
}

double gv__ceiling_work(const gv__ceiling *c)
{
    return c->work_per_launch * c->launches;
}

double gv__ceiling_bytes(const gv__ceiling *c)
{
    return c->bytes;
}

const char *gv__ceiling_variant(const gv__ceiling *c)
{
    return c->variant;
}

const char *gv__ceiling_check(const gv__ceiling *c)
{
    return c->way->check;
}
