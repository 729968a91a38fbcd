/* SPDX-License-Identifier: Apache-2.0 */
/* fft by our own kernel, fft.cl: lengths of the primes 2, 3, 5 and 7. fft_plan.c cuts, this builds
 * and launches. */
#include "kernels/device_rows.h"
#include "kernels/fft_plan.h"
#include "kernels/fft_roots.h"
#include "kernels/sources.h"
#include "kernels/tiles.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* One pass: a kernel, which passes with the same options share, and its table. */
typedef struct fft_step {
    gv__fft_pass pass;
    gv__kernel kernel; /* a borrowed one where `shares` */
    bool shares;
    cl_mem roots;
} fft_step;

typedef struct fft_plan {
    gv__context *context; /* borrowed */
    gv_precision precision;
    bool inverse;
    double scale;
    uint32_t steps;
    fft_step step[GV__FFT_MAX_PASSES];
    cl_mem work[GV__FFT_SPACE_COUNT];
} fft_plan;

/* The last one is what makes the others a program. */
static const gv__embedded *const transform[] = {&gv__cl_fft_vector, &gv__cl_fft_radix,
                                                &gv__cl_fft_real, &gv__cl_fft_memory, &gv__cl_fft};
static const gv__embedded *const fold[] = {&gv__cl_fft_vector, &gv__cl_fft_radix, &gv__cl_fft_real,
                                           &gv__cl_fft_fold};

static const char *version(void)
{
    static const gv__embedded *const all[] = {&gv__cl_fft_vector, &gv__cl_fft_radix,
                                              &gv__cl_fft_real,   &gv__cl_fft_memory,
                                              &gv__cl_fft,        &gv__cl_fft_fold};
    static char text[9];
    return gv__sources_version(all, GV__COUNT(all), text);
}

/* ---- sizes ---- */

static uint32_t power_below(double n)
{
    uint32_t power = 1;
    while (2.0 * power <= n && power < 0x40000000U) {
        power *= 2;
    }
    return power;
}

/* A block has two copies: 512 KiB, and half of that where registers are narrower and so are the
 * caches. Radix 16 needs 32 registers; along an axis it also lets the first radix fill a vector. */
static gv__fft_sizes cpu_sizes(const gv_device *facts, const gv_workload *workload)
{
    const gv_fft *fft = &workload->as.fft;
    const uint32_t width = gv__vector_width(facts, workload->precision);
    const double units = gv__compute_units(facts);
    const uint64_t rows = gv_fft_points(fft) / fft->shape[fft->dims - 1] * fft->batch;
    const uint32_t doubles = workload->precision == GV_PRECISION_F64 ? 2 : 1;
    return (gv__fft_sizes){
        .width = width,
        .radix = width * doubles >= 16 ? 16 : 8,
        .column_radix = 8,
        .row = ((double)rows >= units ? 16384 : 4096) / doubles,
        .column = 1024,
        .lanes = 2 * width,
        .span = 2048 * width,
        .blocks = (uint32_t)(4.0 * units),
    };
}

/* One copy of a block fits into local memory, the padding too. */
static gv__fft_sizes gpu_sizes(const gv_device *facts, const gv_workload *workload)
{
    const double bytes = 2.0 * (double)gv_precision_bytes(workload->precision) * 33.0 / 32.0;
    const uint32_t points = power_below(gv_device_number(facts, GV_DEVICE_LOCAL_MEM) / bytes);
    const double most = gv_device_number(facts, GV_DEVICE_MAX_WORK_GROUP);
    const uint32_t span = points < 4096 ? points : 4096;
    /* Numbers of twice the size, or two for each that is folded, fill as many registers. */
    const bool doubled =
        workload->precision == GV_PRECISION_F64 || workload->as.fft.kind == GV_FFT_C2R;
    const uint32_t radix = doubled ? 8 : 16;
    return (gv__fft_sizes){
        .width = 1,
        .radix = radix,
        .column_radix = radix,
        .row = span,
        .column = span / 4,
        .lanes = 8,
        .span = span,
        .blocks = 1,
        .points = radix,
        .group = power_below(most > 256.0 ? 256.0 : most),
    };
}

static gv__fft_sizes default_sizes(const gv_device *facts, const gv_workload *workload)
{
    return gv__device_is_cpu_like(facts) ? cpu_sizes(facts, workload) : gpu_sizes(facts, workload);
}

/* The tunables among the sizes. */
static const struct {
    const char *name;
    size_t at;
} tunables[] = {
    {"WIDTH", offsetof(gv__fft_sizes, width)},
    {"RADIX", offsetof(gv__fft_sizes, radix)},
    {"COLUMN_RADIX", offsetof(gv__fft_sizes, column_radix)},
    {"ROW", offsetof(gv__fft_sizes, row)},
    {"COLUMN", offsetof(gv__fft_sizes, column)},
    {"LANES", offsetof(gv__fft_sizes, lanes)},
    {"POINTS", offsetof(gv__fft_sizes, points)},
};

static uint32_t *tunable(gv__fft_sizes *sizes, size_t number)
{
    return (uint32_t *)(void *)((char *)sizes + tunables[number].at);
}

static bool is_power(uint32_t value, uint32_t least, uint32_t most)
{
    return value >= least && value <= most && (value & (value - 1)) == 0;
}

/* Whether fft.cl can be built for them, and a block fits where the usual ones do. */
static bool can_be(const gv__fft_sizes *sizes, const gv__fft_sizes *usual)
{
    const bool gpu = usual->points > 0;
    return is_power(sizes->width, 1, gpu ? 1 : 16) && is_power(sizes->radix, 4, 16) &&
           is_power(sizes->column_radix, 4, 16) && is_power(sizes->lanes, sizes->width, 64) &&
           (gpu ? is_power(sizes->points, 4, 32) : sizes->points == 0) && sizes->row >= 1 &&
           sizes->row <= (gpu ? usual->span : GV__FFT_LONGEST) && sizes->column >= 16 &&
           sizes->column <= usual->span;
}

/* A set from a file may hold anything. */
static gv_status sizes_of_set(const gv_device *facts, const gv_workload *workload,
                              const gv__parameters *set, gv__fft_sizes *out, gv_error *err)
{
    const gv__fft_sizes usual = default_sizes(facts, workload);
    gv__fft_sizes sizes = usual;
    for (size_t i = 0; i < GV__COUNT(tunables); i++) {
        uint32_t *value = tunable(&sizes, i);
        *value = (uint32_t)gv__parameters_get(set, tunables[i].name, (int32_t)*value);
    }
    if (!can_be(&sizes, &usual)) {
        return gv__fail(err, GV_UNSUPPORTED, 0, NULL, "our fft cannot be cut to these tunables");
    }
    *out = sizes;
    return GV_OK;
}

/* What may be better than the default, likeliest first: fields of 0 stay. */
static const gv__fft_sizes cpu_variants[] = {
    {.width = 0},
    {.column_radix = 16},
    {.row = 16384},
    {.row = 1024},
    {.lanes = 16},
    {.lanes = 64},
    {.radix = 8},
    {.column = 256},
    {.column = 4096},
    {.width = 8, .radix = 8},
    {.width = 8, .radix = 8, .lanes = 8},
    {.width = 4, .radix = 4, .column_radix = 4, .lanes = 8},
};
static const gv__fft_sizes gpu_variants[] = {
    {.width = 0},
    {.points = 8},
    {.radix = 8, .column_radix = 8, .points = 8},
    {.column_radix = 8},
    {.row = 1024},
    {.column = 256, .lanes = 16},
    {.column = 128, .lanes = 32},
    {.radix = 4, .column_radix = 4, .points = 4},
};

static bool candidate(const gv_device *facts, const gv_workload *workload, uint32_t index,
                      gv__parameters *out)
{
    const gv__fft_sizes usual = default_sizes(facts, workload);
    const bool gpu = usual.points > 0;
    const size_t count = gpu ? GV__COUNT(gpu_variants) : GV__COUNT(cpu_variants);
    for (size_t i = 0; i < count; i++) {
        gv__fft_sizes variant = gpu ? gpu_variants[i] : cpu_variants[i];
        gv__fft_sizes sizes = usual;
        gv__parameters set = {0};
        for (size_t k = 0; k < GV__COUNT(tunables); k++) {
            const uint32_t other = *tunable(&variant, k);
            *tunable(&sizes, k) = other > 0 ? other : *tunable(&sizes, k);
            gv__parameters_set(&set, tunables[k].name, (int32_t)*tunable(&sizes, k));
        }
        const bool repeats = i > 0 && memcmp(&sizes, &usual, sizeof sizes) == 0;
        if (!repeats && can_be(&sizes, &usual) && index-- == 0) {
            *out = set;
            return true;
        }
    }
    return false;
}

static gv_status supports(const gv_device *facts, const gv_workload *workload, gv_error *err)
{
    gv_status status = gv__device_fits(facts, workload, err);
    if (status != GV_OK) {
        return status;
    }
    /* The kernel counts the points of a transform and the blocks in 32 bits. */
    const gv_fft *fft = &workload->as.fft;
    if ((double)gv_fft_points(fft) > 0x1p28 || (double)fft->batch > 0x1p28) {
        return gv__fail(err, GV_UNSUPPORTED, 0, NULL,
                        "our fft counts the points of a transform up to 2^28");
    }
    gv__fft_plan plan;
    const gv__fft_sizes sizes = default_sizes(facts, workload);
    return gv__fft_plan_make(fft, &sizes, &plan, err);
}

/* ---- plans ---- */

static void destroy(void *plan)
{
    fft_plan *made = plan;
    if (made == NULL) {
        return;
    }
    for (uint32_t i = 0; i < made->steps; i++) {
        gv__buffer_free(made->step[i].roots);
        if (!made->step[i].shares) {
            gv__kernel_release(&made->step[i].kernel);
        }
    }
    for (size_t i = 0; i < GV__COUNT(made->work); i++) {
        gv__buffer_free(made->work[i]);
    }
    free(made);
}

static gv_status create_roots(fft_plan *plan, fft_step *step, gv_error *err)
{
    const size_t count = (size_t)gv__fft_roots_count(&step->pass);
    const size_t bytes = count * gv_precision_bytes(plan->precision);
    double *roots = malloc(count * sizeof *roots);
    if (roots == NULL) {
        return gv__fail(err, GV_MEMORY, 0, NULL, "no memory for the roots of unity");
    }
    gv__fft_roots_fill(&step->pass, roots);
    if (plan->precision == GV_PRECISION_F32) {
        float *narrow = (float *)(void *)roots; /* each lands before what is still to be read */
        for (size_t i = 0; i < count; i++) {
            const float value = (float)roots[i];
            memcpy(&narrow[i], &value, sizeof value);
        }
    }
    gv_status status = gv__buffer_create(plan->context, bytes, &step->roots, err);
    if (status == GV_OK) {
        status = gv__buffer_write(plan->context, step->roots, roots, bytes, err);
    }
    free(roots);
    return status;
}

static void add_options(const fft_plan *plan, const gv__fft_pass *pass, gv__text *options)
{
    gv__text_printf(options, "%s -D WIDTH=%u -D GROUP=%u -D LENGTH=%u",
                    plan->precision == GV_PRECISION_F64
                        ? "-D REAL=double"
                        : "-D REAL=float -cl-single-precision-constant",
                    pass->width, pass->group, pass->length);
    if (pass->group > 1) {
        gv__subgroup_option(&plan->context->facts, options);
    }
    if (pass->fold_fine > 0) {
        gv__text_printf(options, " -D FOLD_FINE=%u", pass->fold_fine);
    }
    if (pass->mode == GV__FFT_FOLD) {
        return;
    }
    gv__text_printf(options,
                    " -D MODE=%d -D INPUT=%d -D OUTPUT=%d -D LANES=%u -D HELD=%u -D FINE=%u "
                    "-D PASSES=%u",
                    pass->mode, pass->input, pass->output, pass->lanes, pass->held, pass->fine,
                    pass->radices);
    for (uint32_t i = 0; i < pass->radices; i++) {
        gv__text_printf(options, " -D RADIX_%u=%u", i, pass->radix[i]);
    }
}

/* The same options make the same kernel. */
static bool is_same_kernel(const gv__fft_pass *a, const gv__fft_pass *b)
{
    return a->mode == b->mode && a->input == b->input && a->output == b->output &&
           a->width == b->width && a->lanes == b->lanes && a->group == b->group &&
           a->held == b->held && a->fine == b->fine && a->length == b->length &&
           a->fold_fine == b->fold_fine;
}

/* Groups for each compute unit, so that all of them end together and none is for one small block.
 */
enum { GROUPS_PER_UNIT = 8 };

static cl_int blocks_per_group(const fft_plan *plan, const gv__fft_pass *pass)
{
    const double share =
        (double)pass->blocks / (GROUPS_PER_UNIT * gv__compute_units(&plan->context->facts));
    return pass->group > 1 || share < 1.0 ? 1 : (cl_int)share;
}

static gv_status create_kernel(fft_plan *plan, fft_step *step, gv__costs *costs, gv_error *err)
{
    for (const fft_step *other = plan->step; other < step && !step->shares; other++) {
        if (is_same_kernel(&other->pass, &step->pass)) {
            step->kernel = other->kernel;
            step->shares = true;
        }
    }
    gv_status status = GV_OK;
    if (!step->shares) {
        gv__text options = {0};
        add_options(plan, &step->pass, &options);
        const bool folds = step->pass.mode == GV__FFT_FOLD;
        status = options.failed ? gv__fail(err, GV_MEMORY, 0, NULL, "no memory for a plan")
                                : gv__kernel_create(plan->context, folds ? fold : transform,
                                                    folds ? GV__COUNT(fold) : GV__COUNT(transform),
                                                    options.data, folds ? "fold_halves" : "fft",
                                                    &step->kernel, costs, err);
        gv__text_free(&options);
    }
    const uint64_t each = (uint64_t)blocks_per_group(plan, &step->pass);
    const size_t group = step->pass.group;
    const size_t global[3] = {(size_t)((step->pass.blocks + each - 1) / each) * group, 1, 1};
    const size_t local[3] = {group, 1, 1};
    memcpy(step->kernel.global, global, sizeof global);
    memcpy(step->kernel.local, local, sizeof local);
    return status;
}

static gv_status make(fft_plan *plan, const gv__fft_plan *cut, gv__costs *costs, gv_error *err)
{
    const double start_s = gv__now_s();
    gv_status status = GV_OK;
    for (uint32_t i = GV__FFT_WORK; i < GV__FFT_SPACE_COUNT && status == GV_OK; i++) {
        const size_t bytes = (size_t)cut->work[i] * gv_precision_bytes(plan->precision);
        status = bytes == 0 ? GV_OK : gv__buffer_create(plan->context, bytes, &plan->work[i], err);
    }
    for (uint32_t i = 0; i < cut->passes && status == GV_OK; i++) {
        plan->step[i].pass = cut->pass[i];
        plan->steps = i + 1;
        status = create_roots(plan, &plan->step[i], err);
    }
    if (status == GV_OK) {
        gv__costs_add(costs, GV_COST_PLAN, gv__now_s() - start_s);
    }
    for (uint32_t i = 0; i < plan->steps && status == GV_OK; i++) {
        status = create_kernel(plan, &plan->step[i], costs, err);
    }
    return status;
}

static gv_status create(gv__context *context, const gv_workload *workload,
                        const gv__parameters *parameters, void **plan, gv__costs *costs,
                        gv_error *err)
{
    const gv_fft *fft = &workload->as.fft;
    gv__fft_sizes sizes;
    gv__fft_plan cut;
    gv_status status = sizes_of_set(&context->facts, workload, parameters, &sizes, err);
    if (status == GV_OK) {
        status = gv__fft_plan_make(fft, &sizes, &cut, err);
    }
    if (status != GV_OK) {
        return status;
    }
    fft_plan *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return gv__fail(err, GV_MEMORY, 0, NULL, "no memory for a plan");
    }
    made->context = context;
    made->precision = workload->precision;
    made->inverse = fft->inverse || fft->kind == GV_FFT_C2R;
    made->scale = made->inverse ? 1.0 / (double)gv_fft_points(fft) : 1.0;
    status = make(made, &cut, costs, err);
    if (status != GV_OK) {
        destroy(made);
        return status;
    }
    *plan = made;
    return GV_OK;
}

/* A factor as an argument of the plan's precision. */
typedef struct factor {
    float narrow;
    double wide;
} factor;

static gv__argument factor_argument(const fft_plan *plan, factor *f, double value)
{
    f->narrow = (float)value;
    f->wide = value;
    return plan->precision == GV_PRECISION_F64 ? (gv__argument)GV__ARGUMENT(f->wide)
                                               : (gv__argument)GV__ARGUMENT(f->narrow);
}

static gv_status enqueue_fold(const fft_plan *plan, const fft_step *step, cl_mem from, cl_mem to,
                              gv_error *err)
{
    const gv__fft_pass *pass = &step->pass;
    const cl_int blocks = (cl_int)pass->blocks;
    const cl_int per_group = blocks_per_group(plan, pass);
    const cl_int length = (cl_int)pass->parts;
    const cl_long in_distance = (cl_long)pass->in_distance;
    const cl_long out_distance = (cl_long)pass->out_distance;
    const gv__argument arguments[] = {
        GV__ARGUMENT(blocks),      GV__ARGUMENT(per_group),    GV__ARGUMENT(length),
        GV__ARGUMENT(in_distance), GV__ARGUMENT(out_distance), GV__ARGUMENT(step->roots),
        GV__ARGUMENT(from),        GV__ARGUMENT(to),
    };
    return gv__kernel_enqueue(&step->kernel, arguments, GV__COUNT(arguments), err);
}

/* An inverse is the forward transform of the conjugate, conjugated and scaled. */
static gv_status enqueue_transform(const fft_plan *plan, uint32_t number, cl_mem from, cl_mem to,
                                   gv_error *err)
{
    const fft_step *step = &plan->step[number];
    const gv__fft_pass *pass = &step->pass;
    const bool first = number == 0;
    const bool last = number + 1 == plan->steps;
    const cl_int blocks = (cl_int)pass->blocks;
    const cl_int per_group = blocks_per_group(plan, pass);
    const cl_int outer = (cl_int)pass->outer;
    const cl_int parts = (cl_int)pass->parts;
    const cl_int stride = (cl_int)pass->stride;
    const cl_long in_distance = (cl_long)pass->in_distance;
    const cl_long out_distance = (cl_long)pass->out_distance;
    const double scale = last ? plan->scale : 1.0;
    factor in_im;
    factor out_re;
    factor out_im;
    const gv__argument arguments[] = {
        GV__ARGUMENT(blocks),
        GV__ARGUMENT(per_group),
        GV__ARGUMENT(outer),
        GV__ARGUMENT(parts),
        GV__ARGUMENT(stride),
        GV__ARGUMENT(in_distance),
        GV__ARGUMENT(out_distance),
        factor_argument(plan, &in_im, plan->inverse && first ? -1.0 : 1.0),
        factor_argument(plan, &out_re, scale),
        factor_argument(plan, &out_im, plan->inverse && last ? -scale : scale),
        GV__ARGUMENT(step->roots),
        GV__ARGUMENT(from),
        GV__ARGUMENT(to),
    };
    return gv__kernel_enqueue(&step->kernel, arguments, GV__COUNT(arguments), err);
}

static gv_status enqueue(void *plan, const cl_mem inputs[], cl_mem output, gv_error *err)
{
    const fft_plan *made = plan;
    const cl_mem space[GV__FFT_SPACE_COUNT] = {inputs[0], output, made->work[GV__FFT_WORK],
                                               made->work[GV__FFT_WORK_2]};
    gv_status status = GV_OK;
    for (uint32_t i = 0; i < made->steps && status == GV_OK; i++) {
        const gv__fft_pass *pass = &made->step[i].pass;
        cl_mem from = space[pass->from];
        cl_mem to = space[pass->to];
        status = pass->mode == GV__FFT_FOLD ? enqueue_fold(made, &made->step[i], from, to, err)
                                            : enqueue_transform(made, i, from, to, err);
    }
    return status;
}

const gv__device_provider gv__own_fft = {
    .name = "gpuverdict Stockham",
    .op = GV_OP_FFT,
    .version = version,
    .supports = supports,
    .candidate = candidate,
    .create = create,
    .enqueue = enqueue,
    .destroy = destroy,
};
