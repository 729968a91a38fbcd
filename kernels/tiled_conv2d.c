/* SPDX-License-Identifier: Apache-2.0 */
/* The 2-D convolution by our own kernel, conv2d.cl: any stride, padding, dilation and groups. */
#include "kernels/device_rows.h"
#include "kernels/gemm_shape.h"
#include "kernels/sources.h"
#include "kernels/tiles.h"

#include <limits.h>
#include <stdlib.h>

typedef struct conv2d_plan {
    gv__kernel kernel;
    gv_conv2d conv;
} conv2d_plan;

static const gv__embedded *const sources[] = {&gv__cl_common, &gv__cl_tile, &gv__cl_conv2d};

static const char *version(void)
{
    static char text[9];
    return gv__sources_version(sources, GV__COUNT(sources), text);
}

/* The kernel counts terms, pixels and positions within an image in 32 bits. A pixel's corner and a
 * term of its patch must not come near the kernel's NOWHERE, 2^30 outside of the image. */
static gv_status supports(const gv_device *facts, const gv_workload *workload, gv_error *err)
{
    gv_status status = gv__device_fits(facts, workload, err);
    if (status != GV_OK) {
        return status;
    }
    const gv_conv2d *conv = &workload->as.conv2d;
    uint64_t p = 0;
    uint64_t q = 0;
    gv_conv2d_output(conv, &p, &q);
    const double most = 0x1p29;
    const uint64_t channels = conv->c / conv->groups;
    const double terms = (double)channels * (double)conv->r * (double)conv->s;
    const double high = (double)conv->h + 2.0 * (double)conv->pad_h;
    const double wide = (double)conv->w + 2.0 * (double)conv->pad_w;
    if (terms > most || (double)p * (double)q > most || high > most || wide > most ||
        high * wide > most || (double)conv->k > most ||
        (double)conv->n * (double)conv->groups > most) {
        return gv__fail(err, GV_UNSUPPORTED, 0, NULL,
                        "our convolution counts pixels, channels and terms up to 2^29");
    }
    return GV_OK;
}

/* ---- sizes ---- */

/* Halves are summed as floats. */
static gv__tiles_problem problem_of(const gv_workload *workload)
{
    const gv_conv2d *conv = &workload->as.conv2d;
    const bool half = workload->precision == GV_PRECISION_F16;
    uint64_t p = 0;
    uint64_t q = 0;
    gv_conv2d_output(conv, &p, &q);
    return (gv__tiles_problem){.precision = half ? GV_PRECISION_F32 : workload->precision,
                               .rows = conv->k / conv->groups,
                               .columns = p * q,
                               .products = conv->n * conv->groups};
}

/* Staging makes floats of a block's filters once, where they are halves. */
static gv__tiles choose(const gv_device *facts, const gv_workload *workload)
{
    const gv__tiles_problem problem = problem_of(workload);
    gv__tiles tiles = gv__tiles_choose(facts, &problem);
    tiles.left_staged = tiles.left_staged || workload->precision == GV_PRECISION_F16;
    while (tiles.depth > 8 && !gv__tiles_fit(facts, &tiles, &problem)) {
        tiles.depth /= 2;
    }
    return tiles;
}

/* Take the values of a set; what it does not name is as `choose` says. False outside of what can
 * be. */
static bool tiles_of(const gv_device *facts, const gv_workload *workload, const gv__parameters *set,
                     gv__tiles *out)
{
    const gv__tiles_problem problem = problem_of(workload);
    *out = choose(facts, workload);
    const gv__tunable rows[] = {
        {"TILE_ROWS", 1, 16, &out->tile_rows},   {"TILE_VECTORS", 1, 4, &out->tile_vectors},
        {"TILES_DOWN", 1, 64, &out->tiles_down}, {"TILES_ACROSS", 1, 64, &out->tiles_across},
        {"GROUP_DOWN", 1, 64, &out->group_down}, {"GROUP_ACROSS", 1, 64, &out->group_across},
        {"DEPTH", 1, 256, &out->depth},
    };
    if (!gv__parameters_take(set, rows, GV__COUNT(rows))) {
        return false;
    }
    out->left_staged = gv__parameters_get(set, "LEFT_STAGED", out->left_staged) != 0;
    /* All sums of a work-item are private memory. */
    return out->tiles_down * out->tiles_across <= 256 && gv__tiles_fit(facts, out, &problem);
}

/* Cycles for each term of the sums: of a problem whose terms stay whole the model tells one step.
 */
static double cycles_a_term(const gv_device *facts, const gv__tiles_problem *problem,
                            const gv__tiles *tiles)
{
    return gv__tiles_gpu_cycles(facts, tiles, problem) / tiles->depth;
}

/* Worth a try on a GPU: at most twice as slow as the model's own choice, by that model. */
static bool is_promising_on_gpu(const gv_device *facts, const gv__tiles_problem *problem,
                                const gv__tiles *tiles, const gv__tiles *first)
{
    return cycles_a_term(facts, problem, tiles) < 2.0 * cycles_a_term(facts, problem, first);
}

/* On a CPU: a tile that fills the registers and does not overflow them, in blocks that the work
 * fills at least by half and that give each unit one, where the first choice does. */
static bool is_promising_on_cpu(const gv_device *facts, const gv__tiles_problem *problem,
                                const gv__tiles *tiles, const gv__tiles *first)
{
    const uint32_t registers = gv__vector_width(facts, GV_PRECISION_F32) >= 16 ? 32 : 16;
    const uint64_t sums = (uint64_t)tiles->tile_rows * tiles->tile_vectors;
    const uint64_t rows = (uint64_t)tiles->tile_rows * tiles->tiles_down;
    const uint64_t columns = (uint64_t)tiles->width * tiles->tile_vectors * tiles->tiles_across;
    const uint64_t first_rows = (uint64_t)first->tile_rows * first->tiles_down;
    const uint64_t first_columns =
        (uint64_t)first->width * first->tile_vectors * first->tiles_across;
    const double groups = (double)gv__divide_up(problem->rows, rows) *
                          (double)gv__divide_up(problem->columns, columns) *
                          (double)problem->products;
    return sums + tiles->tile_vectors + 1 <= registers && 3 * sums >= registers &&
           (rows < 2 * problem->rows || rows <= first_rows) &&
           (columns < 2 * problem->columns || columns <= first_columns) &&
           (groups >= gv__compute_units(facts) || rows * columns <= first_rows * first_columns);
}

/* The grid of each family, what matters most first. */
enum { AXES = 6 };

static void span(bool cpu, const gv__tiles *first, gv__axis axes[AXES])
{
    const int32_t rows = (int32_t)first->tile_rows;
    const int32_t vectors = (int32_t)first->tile_vectors;
    const int32_t depth = (int32_t)first->depth;
    const gv__axis of_cpu[AXES] = {
        {"TILE_ROWS", rows, {6, 8, 4, 12}, 4},
        {"TILE_VECTORS", vectors, {2, 3, 4, 1}, 4},
        {"LEFT_STAGED", first->left_staged, {0, 1}, 2},
        {"DEPTH", depth, {128, 64, 256}, 3},
        {"TILES_DOWN", (int32_t)first->tiles_down, {16, 8, 4}, 3},
        {"TILES_ACROSS", (int32_t)first->tiles_across, {4, 2, 8, 1}, 4},
    };
    const gv__axis of_gpu[AXES] = {
        {"TILE_ROWS", rows, {8, 4}, 2},
        {"TILE_VECTORS", vectors, {2, 1}, 2},
        {"DEPTH", depth, {16, 32, 8}, 3},
        {"GROUP_DOWN", (int32_t)first->group_down, {8, 16, 4}, 3},
        {"GROUP_ACROSS", (int32_t)first->group_across, {16, 8, 32}, 3},
        {"LEFT_STAGED", first->left_staged, {0}, 0},
    };
    for (int i = 0; i < AXES; i++) {
        axes[i] = cpu ? of_cpu[i] : of_gpu[i];
    }
}

static bool candidate(const gv_device *facts, const gv_workload *workload, uint32_t index,
                      gv__parameters *out)
{
    const gv__tiles_problem problem = problem_of(workload);
    const gv__tiles first = choose(facts, workload);
    const bool cpu = gv__device_is_cpu_like(facts);
    gv__axis axes[AXES];
    span(cpu, &first, axes);
    for (uint64_t point = 0; gv__grid_point(axes, AXES, point, out); point++) {
        gv__tiles tiles;
        if ((point == 0 || (tiles_of(facts, workload, out, &tiles) &&
                            (cpu ? is_promising_on_cpu : is_promising_on_gpu)(facts, &problem,
                                                                              &tiles, &first))) &&
            index-- == 0) {
            return true;
        }
    }
    return false;
}

/* ---- plan ---- */

static gv_status create(gv__context *context, const gv_workload *workload,
                        const gv__parameters *parameters, void **plan, gv__costs *costs,
                        gv_error *err)
{
    const gv__tiles_problem problem = problem_of(workload);
    gv__tiles tiles;
    if (!tiles_of(&context->facts, workload, parameters, &tiles)) {
        return gv__fail(err, GV_UNSUPPORTED, 0, NULL,
                        "these tunables do not fit the device's work-groups or local memory");
    }
    conv2d_plan *made = calloc(1, sizeof *made);
    gv__text options = {0};
    gv__tiles_options(&tiles, problem.precision, &options);
    gv__text_printf(&options, " -D HALF_STORED=%d", workload->precision == GV_PRECISION_F16);
    gv_status status = made == NULL || options.failed
                           ? gv__fail(err, GV_MEMORY, 0, NULL, "no memory for a plan")
                           : gv__kernel_create(context, sources, GV__COUNT(sources), options.data,
                                               "conv2d", &made->kernel, costs, err);
    gv__text_free(&options);
    if (made == NULL || status != GV_OK) {
        free(made);
        return status;
    }
    made->conv = workload->as.conv2d;
    gv__tiles_launch(&tiles, &problem, &made->kernel);
    *plan = made;
    return GV_OK;
}

static gv_status enqueue(void *plan, const cl_mem inputs[], cl_mem output, gv_error *err)
{
    const conv2d_plan *made = plan;
    const gv_conv2d *conv = &made->conv;
    uint64_t p = 0;
    uint64_t q = 0;
    gv_conv2d_output(conv, &p, &q);
    /* In the order of the kernel's parameters. */
    const cl_int number[] = {
        (cl_int)conv->groups,
        (cl_int)(conv->c / conv->groups),
        (cl_int)conv->h,
        (cl_int)conv->w,
        (cl_int)(conv->k / conv->groups),
        (cl_int)conv->r,
        (cl_int)conv->s,
        (cl_int)p,
        (cl_int)q,
        (cl_int)conv->pad_h,
        (cl_int)conv->pad_w,
        (cl_int)conv->stride_h,
        (cl_int)conv->stride_w,
        (cl_int)conv->dilation_h,
        (cl_int)conv->dilation_w,
    };
    gv__argument arguments[GV__COUNT(number) + 3];
    size_t count = 0;
    for (; count < GV__COUNT(number); count++) {
        arguments[count] = (gv__argument)GV__ARGUMENT(number[count]);
    }
    arguments[count++] = (gv__argument)GV__ARGUMENT(inputs[0]);
    arguments[count++] = (gv__argument)GV__ARGUMENT(inputs[1]);
    arguments[count++] = (gv__argument)GV__ARGUMENT(output);
    return gv__kernel_enqueue(&made->kernel, arguments, (cl_uint)count, err);
}

static void destroy(void *plan)
{
    conv2d_plan *made = plan;
    if (made != NULL) {
        gv__kernel_release(&made->kernel);
        free(made);
    }
}

const gv__device_provider gv__tiled_conv2d = {
    .name = "gpuverdict implicit GEMM",
    .op = GV_OP_CONV2D,
    .algorithm = GV__ALGORITHM_SUMS,
    .version = version,
    .supports = supports,
    .candidate = candidate,
    .create = create,
    .enqueue = enqueue,
    .destroy = destroy,
};
