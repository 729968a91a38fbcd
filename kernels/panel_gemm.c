/* SPDX-License-Identifier: Apache-2.0 */
/* matmul and dense by panel_gemm.cl, on devices where a work-group is a loop on one core. */
#include "kernels/device_rows.h"
#include "kernels/gemm_shape.h"
#include "kernels/own_kernel.h"
#include "kernels/sources.h"
#include "kernels/tiles.h"

#include <stdlib.h>

/* Work-groups for each compute unit that we want at least, so that all of them end together. */
static const double GROUPS_PER_UNIT = 4.0;

/* A right matrix of so many bytes stays in a core's second cache wherever it lies. */
static const uint64_t CACHED_BYTES = 512U << 10;

/* What a work-item takes of the left matrix at a time stays there too, and needs no more terms than
 * these: each further part adds a pass over the output. */
static const uint64_t LEFT_PART_BYTES = 256U << 10;
static const uint64_t MOST_DEPTH = 4096;

/* The tunables of panel_gemm.cl, and whether a right matrix that may change is packed. What is not
 * in compiled_of() goes to the kernels as arguments. */
typedef struct panel_sizes {
    uint32_t width, tile_rows, tile_vectors, panels_down, panels_across, depth;
    bool left_packed, right_packed;
} panel_sizes;

typedef struct panel_plan {
    gv__gemm_shape shape;
    panel_sizes sizes;
    gv__kernel multiply, pack_left, pack_right;
    cl_mem left_panels, right_panels; /* NULL: never packed */
    bool right_stays;                 /* right_panels hold the right matrix */
} panel_plan;

static const gv__embedded *const sources[] = {&gv__cl_common, &gv__cl_panel_gemm};

static const char *version(void)
{
    static char text[9];
    return gv__sources_version(sources, GV__COUNT(sources), text);
}

static gv_status supports(const gv_device *facts, const gv_workload *workload, gv_error *err)
{
    if (!gv__device_is_cpu_like(facts)) {
        return gv__fail(err, GV_UNSUPPORTED, 0, NULL,
                        "panels are for devices whose local memory is ordinary memory");
    }
    return gv__gemm_supports(facts, workload, err);
}

/* ---- sizes ---- */

static uint32_t tile_columns(const panel_sizes *sizes)
{
    return sizes->width * sizes->tile_vectors;
}

static uint64_t row_panels(const panel_sizes *sizes, const gv__gemm_shape *shape)
{
    return gv__divide_up(shape->m, sizes->tile_rows);
}

static uint64_t column_panels(const panel_sizes *sizes, const gv__gemm_shape *shape)
{
    return gv__divide_up(shape->n, tile_columns(sizes));
}

static double group_count(const panel_sizes *sizes, const gv__gemm_shape *shape)
{
    return (double)gv__divide_up(row_panels(sizes, shape), sizes->panels_down) *
           (double)gv__divide_up(column_panels(sizes, shape), sizes->panels_across) *
           (double)shape->batch;
}

/* A processor whose vectors have 64 bytes has 32 registers of them, else 16. */
static uint32_t registers(const gv_device *facts)
{
    return gv__vector_width(facts, GV_PRECISION_F32) >= 16 ? 32 : 16;
}

/* Whether the right matrix can be read where it lies: whole panels, columns side by side. */
static bool right_can_lie(const panel_sizes *sizes, const gv__gemm_shape *shape)
{
    return !shape->tb && shape->n % tile_columns(sizes) == 0;
}

/* With one row of panels nothing is read twice: from front to end. */
static uint32_t choose_depth(const panel_sizes *sizes, const gv__gemm_shape *shape)
{
    if (row_panels(sizes, shape) == 1) {
        return 1 << 16;
    }
    const uint64_t all = row_panels(sizes, shape);
    const uint64_t panels = all < sizes->panels_down ? all : sizes->panels_down;
    const uint64_t depth =
        LEFT_PART_BYTES / (panels * sizes->tile_rows * gv__real_bytes(shape->precision));
    return (uint32_t)(depth < MOST_DEPTH ? depth : MOST_DEPTH);
}

/* What suits most processors; what can be cut finer is while units would have nothing to do. */
static panel_sizes choose(const gv_device *facts, const gv__gemm_shape *shape)
{
    const uint32_t width = gv__vector_width(facts, shape->precision);
    const uint64_t most_rows = registers(facts) == 32 ? 8 : 6;
    panel_sizes sizes = {
        .width = width,
        .tile_rows = (uint32_t)gv__divide_up(shape->m, gv__divide_up(shape->m, most_rows)),
        .tile_vectors = 2,
        .panels_down = 8,
        .panels_across = 8,
        .left_packed = shape->ta || shape->precision == GV_PRECISION_F16,
    };
    if (row_panels(&sizes, shape) == 1) {
        /* A tile that keeps the pipelines busy. */
        sizes.tile_vectors = sizes.tile_rows == 1   ? (uint32_t)registers(facts) / 4
                             : sizes.tile_rows <= 3 ? (uint32_t)registers(facts) / 8
                                                    : 2;
    }
    while (sizes.tile_vectors > 1 && tile_columns(&sizes) >= 2 * shape->n) {
        sizes.tile_vectors /= 2;
    }
    const double wanted = GROUPS_PER_UNIT * gv__compute_units(facts);
    while (group_count(&sizes, shape) < wanted &&
           (sizes.panels_down > 1 || sizes.panels_across > 1)) {
        const bool tall = sizes.panels_down * sizes.tile_rows > sizes.panels_across * width;
        const bool flat = row_panels(&sizes, shape) <= sizes.panels_down / 2;
        if (sizes.panels_across == 1 || (sizes.panels_down > 1 && (tall || flat))) {
            sizes.panels_down /= 2;
        } else {
            sizes.panels_across /= 2;
        }
    }
    sizes.depth = choose_depth(&sizes, shape);
    const bool once = row_panels(&sizes, shape) <= 2;
    const bool cached = shape->k * shape->n * gv_precision_bytes(shape->precision) <= CACHED_BYTES;
    sizes.right_packed = !right_can_lie(&sizes, shape) || !(once || cached);
    return sizes;
}

/* Out of a file may come anything; a search skips what cannot be any better. */
static bool is_possible(const gv_device *facts, const gv__gemm_shape *shape,
                        const panel_sizes *sizes)
{
    const uint32_t sums = sizes->tile_rows * sizes->tile_vectors;
    return sums + sizes->tile_vectors + 1 <= registers(facts) &&
           (sizes->right_packed || right_can_lie(sizes, shape));
}

static bool is_promising(const gv_device *facts, const gv__gemm_shape *shape,
                         const panel_sizes *sizes, const panel_sizes *first)
{
    const uint64_t tile_sums = (uint64_t)sizes->tile_rows * sizes->tile_vectors;
    const bool small = shape->m < sizes->tile_rows || shape->n < tile_columns(sizes);
    return is_possible(facts, shape, sizes) && !small && 2 * tile_sums >= registers(facts) / 2 &&
           (sizes->depth == first->depth || shape->k > sizes->depth) &&
           (sizes->panels_down == first->panels_down ||
            row_panels(sizes, shape) > sizes->panels_down / 2) &&
           (sizes->panels_across == first->panels_across ||
            column_panels(sizes, shape) > sizes->panels_across / 2) &&
           group_count(sizes, shape) >= gv__compute_units(facts);
}

/* The grid, what matters most first. */
enum { AXES = 8 };

static void span(const panel_sizes *first, gv__axis axes[AXES])
{
    const gv__axis all[AXES] = {
        {"RIGHT_PACKED", first->right_packed, {1, 0}, 2},
        {"TILE_VECTORS", (int32_t)first->tile_vectors, {2, 1, 3, 4}, 4},
        {"TILE_ROWS", (int32_t)first->tile_rows, {8, 6, 12, 4}, 4},
        {"LEFT_PACKED", first->left_packed, {0, 1}, 2},
        {"PANELS_ACROSS", (int32_t)first->panels_across, {2, 8}, 2},
        {"PANELS_DOWN", (int32_t)first->panels_down, {16, 64}, 2},
        {"DEPTH", (int32_t)first->depth, {256}, 1},
        {"WIDTH", (int32_t)first->width, {0}, 0},
    };
    for (int i = 0; i < AXES; i++) {
        axes[i] = all[i];
    }
}

/* Take the values of a set; false where one is outside of what the kernel is made for. */
static bool sizes_of(const gv__parameters *set, const panel_sizes *first, panel_sizes *out)
{
    *out = *first;
    const gv__tunable rows[] = {
        {"WIDTH", 2, 16, &out->width},
        {"TILE_ROWS", 1, 32, &out->tile_rows},
        {"TILE_VECTORS", 1, 8, &out->tile_vectors},
        {"PANELS_DOWN", 1, 4096, &out->panels_down},
        {"PANELS_ACROSS", 1, 4096, &out->panels_across},
        {"DEPTH", 1, 65536, &out->depth},
    };
    if (!gv__parameters_take(set, rows, GV__COUNT(rows))) {
        return false;
    }
    out->left_packed = gv__parameters_get(set, "LEFT_PACKED", first->left_packed) != 0;
    out->right_packed = gv__parameters_get(set, "RIGHT_PACKED", first->right_packed) != 0;
    return (out->width & (out->width - 1)) == 0;
}

static bool candidate(const gv_device *facts, const gv_workload *workload, uint32_t index,
                      gv__parameters *out)
{
    const gv__gemm_shape shape = gv__gemm_shape_of(workload);
    const panel_sizes first = choose(facts, &shape);
    gv__axis axes[AXES];
    span(&first, axes);
    for (uint64_t point = 0; gv__grid_point(axes, AXES, point, out); point++) {
        panel_sizes sizes;
        if ((point == 0 ||
             (sizes_of(out, &first, &sizes) && is_promising(facts, &shape, &sizes, &first))) &&
            index-- == 0) {
            return true;
        }
    }
    return false;
}

/* ---- plan ---- */

static void destroy(void *plan)
{
    panel_plan *made = plan;
    if (made != NULL) {
        gv__kernel_release(&made->multiply);
        gv__kernel_release(&made->pack_left);
        gv__kernel_release(&made->pack_right);
        gv__buffer_free(made->left_panels);
        gv__buffer_free(made->right_panels);
        free(made);
    }
}

/* One work-item a group. */
static void launch(gv__kernel *kernel, uint64_t x, uint64_t y, uint64_t z)
{
    const uint64_t global[3] = {x, y, z};
    for (int i = 0; i < 3; i++) {
        kernel->global[i] = (size_t)global[i];
        kernel->local[i] = 1;
    }
}

/* Terms that a tile takes at a time. Of f16 it takes all: its output cannot hold part of a sum. */
static uint64_t depth_of(const panel_plan *plan)
{
    return plan->shape.precision == GV_PRECISION_F16 ? plan->shape.k : plan->sizes.depth;
}

/* The register tile alone is compiled in, so that a program serves many shapes. */
static gv__parameters compiled_of(const panel_sizes *sizes)
{
    gv__parameters compiled = {0};
    gv__parameters_set(&compiled, "WIDTH", (int32_t)sizes->width);
    gv__parameters_set(&compiled, "TILE_ROWS", (int32_t)sizes->tile_rows);
    gv__parameters_set(&compiled, "TILE_VECTORS", (int32_t)sizes->tile_vectors);
    gv__parameters_set(&compiled, "LEFT_PACKED", sizes->left_packed);
    return compiled;
}

static gv_status build(gv__context *context, panel_plan *plan, gv__costs *costs, gv_error *err)
{
    const gv__gemm_shape *shape = &plan->shape;
    const panel_sizes *sizes = &plan->sizes;
    const gv__parameters compiled = compiled_of(sizes);
    gv__text options = {0};
    gv__gemm_options(shape, &compiled, &options);
    gv_status status = options.failed
                           ? gv__fail(err, GV_MEMORY, 0, NULL, "no memory for build options")
                           : gv__kernel_create(context, sources, GV__COUNT(sources), options.data,
                                               "panel_gemm", &plan->multiply, costs, err);
    if (status == GV_OK) {
        status = gv__kernel_sibling(&plan->multiply, "pack_left", &plan->pack_left, err);
    }
    if (status == GV_OK) {
        status = gv__kernel_sibling(&plan->multiply, "pack_right", &plan->pack_right, err);
    }
    gv__text_free(&options);
    const uint64_t down = row_panels(sizes, shape);
    const uint64_t across = column_panels(sizes, shape);
    const uint64_t parts = gv__divide_up(shape->k, sizes->depth);
    launch(&plan->multiply, gv__divide_up(across, sizes->panels_across),
           gv__divide_up(down, sizes->panels_down), shape->batch);
    launch(&plan->pack_left, parts, down, shape->batch);
    launch(&plan->pack_right, parts, across, shape->batch);
    return status;
}

static gv_status create_panels(gv__context *context, uint64_t numbers, size_t number_bytes,
                               cl_mem *out, gv_error *err)
{
    return gv__buffer_create(context, (size_t)numbers * number_bytes, out, err);
}

static gv_status create_right_panels(panel_plan *plan, gv_error *err)
{
    const gv__gemm_shape *shape = &plan->shape;
    return create_panels(plan->multiply.context,
                         column_panels(&plan->sizes, shape) * tile_columns(&plan->sizes) *
                             shape->k * shape->batch,
                         gv_precision_bytes(shape->precision), &plan->right_panels, err);
}

static gv_status create(gv__context *context, const gv_workload *workload,
                        const gv__parameters *parameters, void **plan, gv__costs *costs,
                        gv_error *err)
{
    gv__parameters own;
    if (parameters == NULL) {
        candidate(&context->facts, workload, 0, &own);
        parameters = &own;
    }
    const gv__gemm_shape shape = gv__gemm_shape_of(workload);
    const panel_sizes first = choose(&context->facts, &shape);
    panel_sizes sizes;
    if (!sizes_of(parameters, &first, &sizes) || !is_possible(&context->facts, &shape, &sizes)) {
        return gv__fail(err, GV_UNSUPPORTED, 0, NULL,
                        "these tunables are outside of what our panels are made for");
    }
    panel_plan *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return gv__fail(err, GV_MEMORY, 0, NULL, "no memory for a plan");
    }
    made->shape = shape;
    made->sizes = sizes;
    gv_status status = build(context, made, costs, err);
    if (status == GV_OK && sizes.left_packed) {
        /* Of f16 the left panels hold floats. */
        status = create_panels(context,
                               row_panels(&sizes, &shape) * sizes.tile_rows * shape.k * shape.batch,
                               gv__real_bytes(shape.precision), &made->left_panels, err);
    }
    if (status == GV_OK && sizes.right_packed) {
        status = create_right_panels(made, err);
    }
    if (status != GV_OK) {
        destroy(made);
        return status;
    }
    *plan = made;
    return GV_OK;
}

/* ---- calls ---- */

static gv_status pack_one(const panel_plan *plan, const gv__kernel *kernel, uint64_t lines,
                          bool transposed, cl_mem from, cl_mem to, gv_error *err)
{
    const cl_int count = (cl_int)lines;
    const cl_int k = (cl_int)plan->shape.k;
    const cl_int depth = (cl_int)plan->sizes.depth;
    const cl_long line = transposed ? 1 : k;
    const cl_long term = transposed ? count : 1;
    const gv__argument arguments[] = {
        GV__ARGUMENT(count), GV__ARGUMENT(k),    GV__ARGUMENT(depth), GV__ARGUMENT(line),
        GV__ARGUMENT(term),  GV__ARGUMENT(from), GV__ARGUMENT(to),
    };
    return gv__kernel_enqueue(kernel, arguments, GV__COUNT(arguments), err);
}

static gv_status pack_right(const panel_plan *plan, cl_mem right, gv_error *err)
{
    return pack_one(plan, &plan->pack_right, plan->shape.n, !plan->shape.tb, right,
                    plan->right_panels, err);
}

static gv_status pack(void *plan, cl_mem weights, gv_error *err)
{
    panel_plan *made = plan;
    made->right_stays = false;
    if (weights == NULL) {
        return GV_OK;
    }
    gv_status status = GV_OK;
    if (made->right_panels == NULL) {
        status = create_right_panels(made, err);
    }
    if (status == GV_OK) {
        status = pack_right(made, weights, err);
    }
    made->right_stays = status == GV_OK;
    return status;
}

static gv_status multiply(const panel_plan *plan, cl_mem left, cl_mem right, bool right_packed,
                          cl_mem bias, cl_mem out, gv_error *err)
{
    const gv__gemm_shape *shape = &plan->shape;
    const cl_int m = (cl_int)shape->m;
    const cl_int n = (cl_int)shape->n;
    const cl_int k = (cl_int)shape->k;
    const cl_int panels_down = (cl_int)plan->sizes.panels_down;
    const cl_int panels_across = (cl_int)plan->sizes.panels_across;
    const cl_int depth = (cl_int)depth_of(plan);
    const cl_long left_row = shape->ta ? 1 : k;
    const cl_long left_term = shape->ta ? m : 1;
    const cl_long columns = tile_columns(&plan->sizes);
    const cl_long right_panel = right_packed ? columns * k : columns;
    const cl_long right_term = right_packed ? columns : n;
    const gv__argument arguments[] = {
        GV__ARGUMENT(m),
        GV__ARGUMENT(n),
        GV__ARGUMENT(k),
        GV__ARGUMENT(panels_down),
        GV__ARGUMENT(panels_across),
        GV__ARGUMENT(depth),
        GV__ARGUMENT(left_row),
        GV__ARGUMENT(left_term),
        GV__ARGUMENT(right_panel),
        GV__ARGUMENT(right_term),
        GV__ARGUMENT(left),
        GV__ARGUMENT(right),
        GV__ARGUMENT(bias),
        GV__ARGUMENT(out),
    };
    return gv__kernel_enqueue(&plan->multiply, arguments, GV__COUNT(arguments), err);
}

static gv_status enqueue(void *plan, const cl_mem inputs[], cl_mem output, gv_error *err)
{
    const panel_plan *made = plan;
    const gv__gemm_shape *shape = &made->shape;
    cl_mem left = inputs[0];
    cl_mem right = inputs[1];
    const bool packed = made->right_stays || made->sizes.right_packed;
    gv_status status = GV_OK;
    if (made->left_panels != NULL) {
        left = made->left_panels;
        status = pack_one(made, &made->pack_left, shape->m, shape->ta, inputs[0], left, err);
    }
    if (packed) {
        right = made->right_panels;
        if (status == GV_OK && !made->right_stays) {
            status = pack_right(made, inputs[1], err);
        }
    }
    return status == GV_OK
               ? multiply(made, left, right, packed, shape->bias ? inputs[2] : NULL, output, err)
               : status;
}

const gv__device_provider gv__panel_matmul = {
    .name = "gpuverdict panels",
    .op = GV_OP_MATMUL,
    .version = version,
    .supports = supports,
    .candidate = candidate,
    .create = create,
    .pack = pack,
    .enqueue = enqueue,
    .destroy = destroy,
};

const gv__device_provider gv__panel_dense = {
    .name = "gpuverdict panels",
    .op = GV_OP_DENSE,
    .version = version,
    .supports = supports,
    .candidate = candidate,
    .create = create,
    .pack = pack,
    .enqueue = enqueue,
    .destroy = destroy,
};
