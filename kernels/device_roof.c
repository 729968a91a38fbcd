/* SPDX-License-Identifier: Apache-2.0 */
/* A device's roof, by the kernels of roof.cl: each is given more and more work-items until a launch
 * lasts long enough, then the fastest launch of all counts. */
#include "kernels/roof.h"

#include "base/support.h"
#include "kernels/roof_chain.h"
#include "opencl/cl_names.h"
#include "opencl/context.h"

#include <stdlib.h>
#include <string.h>

extern const gv__embedded gv__cl_roof;

enum {
    GROUPS_PER_UNIT = 4, /* at least so many work-groups for each compute unit */
    LOCAL_GPU = 64,
    LOCAL_CPU = 8, /* as many as one float vector holds */
    LAST_ITEMS = 1 << 22,
    WINDOW = GV__CHAIN_SHIFTS, /* work-items whose result is looked at, the last ones */
    READ_UNIT = 1 << 22
};
/* Long against the cost of a launch, short enough that a busy machine spares some. */
static const double launch_s = 0.004;

/* Where a kernel can win: elsewhere it would only be compiled. On a CPU that is where a vector
 * fills a register: 32 or 64 bytes. */
enum { CPU_F32 = 1, CPU_F64 = 2, CPU = CPU_F32 | CPU_F64, OTHER = 4 };

static const struct {
    const char *kernel;
    unsigned on;
    uint32_t lanes, chains;
} widths[] = {
    {"roof_chain_1", CPU | OTHER, 1, 8},
    {"roof_chain_4", CPU_F64 | OTHER, 4, 8},
    {"roof_chain_8", CPU | OTHER, 8, 12},
    {"roof_chain_16", CPU_F32, 16, 12},
};

/* Vectors that a work-item reads, and their bytes; with a group's work-items they divide READ_UNIT.
 */
static const struct {
    const char *kernel;
    unsigned on;
    cl_uint each;
    size_t vector_bytes;
} reads[] = {
    {"roof_read_scalar", OTHER, 256, 4},
    {"roof_read_strided", OTHER, 64, 16},
    {"roof_read_chunk", CPU | OTHER, 1 << 10, 64},
};

typedef struct probe {
    gv__context *context;
    cl_program program;
    unsigned kind;  /* CPU_F32, CPU_F64 or OTHER */
    size_t local;   /* work-items of a group: left to the driver, few items become one group */
    size_t element; /* bytes of a float or a double */
    cl_mem in, out;
    size_t in_bytes, out_bytes;
} probe;

/* ---- launching ----------------------------------------------------------------------------- */

static gv_status take_kernel(const probe *p, const char *name, cl_kernel *out, gv_error *err)
{
    cl_int code = CL_SUCCESS;
    cl_kernel kernel = clCreateKernel(p->program, name, &code);
    if (kernel == NULL || code != CL_SUCCESS) {
        return gv__cl_fail(err, code, "clCreateKernel", name);
    }
    *out = kernel;
    return GV_OK;
}

static gv_status set_argument(cl_kernel kernel, cl_uint index, const void *value, size_t size,
                              gv_error *err)
{
    cl_int code = clSetKernelArg(kernel, index, size, value);
    return code == CL_SUCCESS
               ? GV_OK
               : gv__cl_fail(err, code, "clSetKernelArg", "preparing the roof's kernel");
}

static gv_status launch(const probe *p, cl_kernel kernel, size_t items, double *took_s,
                        gv_error *err)
{
    static const char what[] = "running the roof's kernel";
    double start = gv__now_s();
    cl_int code =
        clEnqueueNDRangeKernel(p->context->queue, kernel, 1, NULL, &items, NULL, 0, NULL, NULL);
    if (code != CL_SUCCESS) {
        return gv__cl_fail(err, code, "clEnqueueNDRangeKernel", what);
    }
    gv_status status = gv__finish(p->context, what, err);
    *took_s = gv__now_s() - start;
    return status;
}

/* An `out` of at least `bytes`, as the argument `index` of the kernel. */
static gv_status reserve_out(probe *p, size_t bytes, cl_kernel kernel, cl_uint index, gv_error *err)
{
    if (bytes > p->out_bytes) {
        cl_mem larger = NULL;
        gv_status status = gv__buffer_create(p->context, bytes, &larger, err);
        if (status != GV_OK) {
            return status;
        }
        gv__buffer_free(p->out);
        p->out = larger;
        p->out_bytes = bytes;
    }
    return set_argument(kernel, index, &p->out, sizeof p->out, err);
}

/* Overwrite a part of `out`, so that a launch that did nothing is seen. */
static gv_status poison_out(const probe *p, size_t offset, size_t bytes, gv_error *err)
{
    static const cl_uint nan_bits = 0xFFFFFFFFU;
    cl_int code = clEnqueueFillBuffer(p->context->queue, p->out, &nan_bits, sizeof nan_bits, offset,
                                      bytes, 0, NULL, NULL);
    return code == CL_SUCCESS
               ? gv__finish(p->context, "filling the roof's output", err)
               : gv__cl_fail(err, code, "clEnqueueFillBuffer", "filling the roof's output");
}

static gv_status read_out(const probe *p, size_t offset, size_t bytes, void *to, gv_error *err)
{
    cl_int code =
        clEnqueueReadBuffer(p->context->queue, p->out, CL_TRUE, offset, bytes, to, 0, NULL, NULL);
    return code == CL_SUCCESS
               ? GV_OK
               : gv__cl_fail(err, code, "clEnqueueReadBuffer", "reading the roof's output");
}

/* ---- multiply-adds ------------------------------------------------------------------------- */

static gv_status check_chains(const probe *p, size_t width, size_t items, gv_error *err)
{
    double wide[WINDOW];
    float narrow[WINDOW];
    bool f64 = p->element == sizeof(double);
    size_t first = items - WINDOW;
    gv_status status = read_out(p, first * p->element, WINDOW * p->element,
                                f64 ? (void *)wide : (void *)narrow, err);
    for (size_t i = 0; i < WINDOW && status == GV_OK; i++) {
        double got = f64 ? wide[i] : (double)narrow[i];
        double right = gv__chain_sum(widths[width].chains, widths[width].lanes, first + i);
        if (!gv__chain_is_right(got, right)) {
            status = gv__fail(err, GV_WRONG_RESULT, 0, NULL,
                              "%s gave %g for work-item %zu, right is %g: no roof can be had",
                              widths[width].kernel, got, first + i, right);
        }
    }
    return status;
}

static gv_status launch_chains(probe *p, size_t width, cl_kernel kernel, size_t items,
                               double *took_s, gv_error *err)
{
    gv_status status = reserve_out(p, items * p->element, kernel, 3, err);
    if (status == GV_OK) {
        status = poison_out(p, (items - WINDOW) * p->element, WINDOW * p->element, err);
    }
    if (status == GV_OK) {
        status = launch(p, kernel, items, took_s, err);
    }
    return status == GV_OK ? check_chains(p, width, items, err) : status;
}

static gv_status set_chain_arguments(const probe *p, cl_kernel kernel, gv_error *err)
{
    const cl_uint steps = GV__CHAIN_STEPS;
    const double wide[] = {gv__chain_c, 1 - gv__chain_c};
    const float narrow[] = {(float)wide[0], (float)wide[1]};
    gv_status status = set_argument(kernel, 0, &steps, sizeof steps, err);
    for (cl_uint i = 0; i < 2 && status == GV_OK; i++) {
        const void *value = p->element == sizeof(double) ? (const void *)&wide[i] : &narrow[i];
        status = set_argument(kernel, i + 1, value, p->element, err);
    }
    return status;
}

/* A power of two, so that it stays a multiple of the group and of WINDOW while it doubles. */
static size_t first_items(const probe *p)
{
    double wanted = fmax(1, gv_device_number(&p->context->facts, GV_DEVICE_COMPUTE_UNITS)) *
                    GROUPS_PER_UNIT * (double)p->local;
    size_t items = WINDOW;
    while ((double)items < wanted && items < LAST_ITEMS) {
        items *= 2;
    }
    return items;
}

static gv_status probe_width(probe *p, size_t width, double seconds, double *best, gv_error *err)
{
    cl_kernel kernel = NULL;
    double took_s = 0;
    size_t items = first_items(p);
    double flop_per_item = 2.0 * GV__CHAIN_STEPS * widths[width].chains * widths[width].lanes;
    gv_status status = take_kernel(p, widths[width].kernel, &kernel, err);
    if (status != GV_OK) {
        return status;
    }
    status = set_chain_arguments(p, kernel, err);
    if (status == GV_OK) {
        status = launch_chains(p, width, kernel, items, &took_s, err); /* may compile: not timed */
    }
    double start = gv__now_s();
    while (status == GV_OK) {
        status = launch_chains(p, width, kernel, items, &took_s, err);
        if (status == GV_OK) {
            *best = fmax(*best, flop_per_item * (double)items / took_s);
        }
        if (gv__now_s() - start > seconds) {
            break;
        }
        while (took_s < launch_s && items < LAST_ITEMS) {
            items *= 2;
            took_s *= 2;
        }
    }
    clReleaseKernel(kernel);
    return status;
}

/* ---- streaming read ------------------------------------------------------------------------ */

/* Twice the last-level cache, and far more than any on a device with memory of its own, where
 * drivers tell the size of some cache or other. */
static size_t read_bytes(const gv_device *facts)
{
    const double mebi = 1024.0 * 1024;
    bool own_memory = gv_device_number(facts, GV_DEVICE_UNIFIED) == 0 && !facts->is_host_silicon;
    double bytes = own_memory ? 1024 * mebi : 64 * mebi;
    /* fmax and fmin pass over what is absent. */
    bytes = fmax(bytes, 2 * gv_device_number(facts, GV_DEVICE_CACHE));
    bytes = fmin(bytes, gv_device_number(facts, GV_DEVICE_MAX_ALLOC));
    bytes = fmin(bytes, gv_device_number(facts, GV_DEVICE_GLOBAL_MEM) / 8);
    size_t units = (size_t)(bytes / READ_UNIT);
    return (units > 0 ? units : 1) * READ_UNIT;
}

static gv_status fill_in(probe *p, gv_error *err)
{
    cl_kernel kernel = NULL;
    double took_s = 0;
    p->in_bytes = read_bytes(&p->context->facts);
    gv_status status = gv__buffer_create(p->context, p->in_bytes, &p->in, err);
    if (status == GV_OK) {
        status = take_kernel(p, "roof_fill", &kernel, err);
    }
    if (status != GV_OK) {
        return status;
    }
    status = set_argument(kernel, 0, &p->in, sizeof p->in, err);
    if (status == GV_OK) {
        status = launch(p, kernel, p->in_bytes / 16, &took_s, err);
    }
    clReleaseKernel(kernel);
    return status;
}

/* The sum of all that roof_fill wrote, modulo 2^32. */
static cl_uint right_sum(size_t in_bytes)
{
    uint64_t count = in_bytes / sizeof(cl_uint);
    return (cl_uint)(count * (count - 1) / 2 * UINT64_C(2654435761));
}

static gv_status launch_read(probe *p, cl_kernel kernel, size_t items, cl_uint *sums,
                             double *took_s, gv_error *err)
{
    gv_status status = poison_out(p, 0, items * sizeof *sums, err);
    if (status == GV_OK) {
        status = launch(p, kernel, items, took_s, err);
    }
    if (status == GV_OK) {
        status = read_out(p, 0, items * sizeof *sums, sums, err);
    }
    if (status != GV_OK) {
        return status;
    }
    cl_uint sum = 0;
    for (size_t i = 0; i < items; i++) {
        sum += sums[i];
    }
    return sum == right_sum(p->in_bytes)
               ? GV_OK
               : gv__fail(err, GV_WRONG_RESULT, 0, NULL,
                          "the streaming read gave the sum %u, right is %u: no roof can be had",
                          (unsigned)sum, (unsigned)right_sum(p->in_bytes));
}

static gv_status probe_read(probe *p, size_t which, double seconds, double *best, gv_error *err)
{
    const cl_uint each = reads[which].each;
    size_t items = p->in_bytes / reads[which].vector_bytes / each;
    double took_s = 0;
    cl_kernel kernel = NULL;
    cl_uint *sums = malloc(items * sizeof *sums);
    if (sums == NULL) {
        return gv__fail(err, GV_MEMORY, 0, NULL, "no memory for the sums of %zu work-items", items);
    }
    gv_status status = take_kernel(p, reads[which].kernel, &kernel, err);
    if (status != GV_OK) {
        goto cleanup;
    }
    status = set_argument(kernel, 0, &each, sizeof each, err);
    if (status == GV_OK) {
        status = set_argument(kernel, 1, &p->in, sizeof p->in, err);
    }
    if (status == GV_OK) {
        status = reserve_out(p, items * sizeof *sums, kernel, 2, err);
    }
    if (status == GV_OK) {
        status = launch_read(p, kernel, items, sums, &took_s, err); /* may compile: not timed */
    }
    double start = gv__now_s();
    while (status == GV_OK) {
        status = launch_read(p, kernel, items, sums, &took_s, err);
        if (status == GV_OK) {
            *best = fmax(*best, (double)p->in_bytes / took_s);
        }
        if (gv__now_s() - start > seconds) {
            break;
        }
    }
cleanup:
    if (kernel != NULL) {
        clReleaseKernel(kernel);
    }
    free(sums);
    return status;
}

/* ---- both ---------------------------------------------------------------------------------- */

static gv_status probe_open(gv__context *context, gv_precision precision, probe *p, gv_error *err)
{
    static const gv__embedded *const sources[] = {&gv__cl_roof};
    bool f64 = precision == GV_PRECISION_F64;
    if (precision != GV_PRECISION_F32 && !f64) {
        return gv__fail(err, GV_UNSUPPORTED, 0, NULL,
                        "a device's roof is measured in f32 and f64 alone");
    }
    if (f64 && gv_device_number(&context->facts, GV_DEVICE_FP64) != 1) {
        return gv__fail(err, GV_UNSUPPORTED, 0, NULL, "%s has no double precision",
                        gv_device_text(&context->facts, GV_DEVICE_NAME));
    }
    bool cpu = context->facts.is_host_silicon ||
               strcmp(gv_device_text(&context->facts, GV_DEVICE_TYPE), "CPU") == 0;
    *p = (probe){.context = context,
                 .kind = !cpu  ? OTHER
                         : f64 ? CPU_F64
                               : CPU_F32,
                 .local = cpu ? LOCAL_CPU : LOCAL_GPU,
                 .element = f64 ? sizeof(double) : sizeof(float)};
    return gv__program_build(context, sources, 1, f64 ? "-DREAL=double -DUSE_FP64" : "-DREAL=float",
                             &p->program, NULL, err);
}

static void probe_close(probe *p)
{
    gv__buffer_free(p->in);
    gv__buffer_free(p->out);
    gv__program_free(p->program);
}

gv_status gv__device_roof(struct gv__context *context, gv_precision precision, double seconds,
                          gv_roof *out, gv_error *err)
{
    probe p = {0};
    double flop_per_s = 0;
    double bytes_per_s = 0;
    gv_status status = probe_open(context, precision, &p, err);
    for (size_t i = 0; i < GV__COUNT(widths) && status == GV_OK; i++) {
        if ((widths[i].on & p.kind) != 0) {
            status = probe_width(&p, i, 0.2 * seconds, &flop_per_s, err);
        }
    }
    if (status == GV_OK) {
        status = fill_in(&p, err);
    }
    for (size_t i = 0; i < GV__COUNT(reads) && status == GV_OK; i++) {
        if ((reads[i].on & p.kind) != 0) {
            status = probe_read(&p, i, 0.2 * seconds, &bytes_per_s, err);
        }
    }
    probe_close(&p);
    if (status == GV_OK) {
        *out = (gv_roof){{NAN, NAN, NAN}, bytes_per_s};
        out->flop_per_s[precision] = flop_per_s;
    }
    return status;
}
