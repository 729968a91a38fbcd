/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels/tiled_gemm.h"
#include "kernels/sources.h"

static const gv__embedded *const sources[] = {&gv__cl_common, &gv__cl_split_k, &gv__cl_tile,
                                              &gv__cl_gemm};

const char *gv__gemm_version(void)
{
    static char text[9];
    return gv__sources_version(sources, GV__COUNT(sources), text);
}

gv_status gv__gemm_tiled_supports(const gv_device *facts, const gv_workload *workload,
                                  gv_error *err)
{
    if (gv__device_is_cpu_like(facts)) {
        return gv__fail(err, GV_UNSUPPORTED, 0, NULL,
                        "tiles are for devices with local memory of their own");
    }
    return gv__gemm_supports(facts, workload, err);
}

/* ---- sizes ---- */

/* Halves are staged and summed as floats. */
static gv__tiles_problem problem_of(const gv__gemm_shape *shape)
{
    const bool half = shape->precision == GV_PRECISION_F16;
    return (gv__tiles_problem){.precision = half ? GV_PRECISION_F32 : shape->precision,
                               .rows = shape->m,
                               .columns = shape->n,
                               .products = shape->batch,
                               .terms = shape->k};
}

/* What a search varies; all else is as gv__tiles_choose says. False outside of what can be. */
static bool tiles_of(const gv_device *facts, const gv__gemm_shape *shape, const gv__parameters *set,
                     gv__tiles *out)
{
    const gv__tiles_problem problem = problem_of(shape);
    *out = gv__tiles_choose(facts, &problem);
    const gv__tunable rows[] = {
        {"TILE_ROWS", 1, 16, &out->tile_rows},   {"TILE_VECTORS", 1, 4, &out->tile_vectors},
        {"GROUP_DOWN", 1, 64, &out->group_down}, {"GROUP_ACROSS", 1, 64, &out->group_across},
        {"DEPTH", 1, 256, &out->depth},          {"SPLIT_K", 1, GV__SPLIT_K_MOST, &out->split_k},
    };
    if (!gv__parameters_take(set, rows, GV__COUNT(rows))) {
        return false;
    }
    out->ahead = gv__parameters_get(set, "AHEAD", out->ahead) != 0;
    return gv__tiles_fit(facts, out, &problem);
}

/* Sets that the model takes for more than twice as slow as its own are left out. */
bool gv__gemm_candidate(const gv_device *facts, const gv_workload *workload, uint32_t index,
                        gv__parameters *out)
{
    static const double LEFT_OUT = 2.0;
    const gv__gemm_shape shape = gv__gemm_shape_of(workload);
    const gv__tiles_problem problem = problem_of(&shape);
    const gv__tiles first = gv__tiles_choose(facts, &problem);
    const double cycles = gv__tiles_gpu_cycles(facts, &first, &problem);
    const gv__axis axes[] = {
        {"TILE_ROWS", (int32_t)first.tile_rows, {8, 4}, 2},
        {"TILE_VECTORS", (int32_t)first.tile_vectors, {2, 1}, 2},
        gv__split_k_axis(first.split_k),
        {"DEPTH", (int32_t)first.depth, {16, 32, 8}, 3},
        {"AHEAD", first.ahead, {1, 0}, 2},
        {"GROUP_DOWN", (int32_t)first.group_down, {8, 16, 4}, 3},
        {"GROUP_ACROSS", (int32_t)first.group_across, {16, 8, 32}, 3},
    };
    for (uint64_t point = 0; gv__grid_point(axes, GV__COUNT(axes), point, out); point++) {
        gv__tiles tiles;
        if ((point == 0 || (tiles_of(facts, &shape, out, &tiles) &&
                            gv__tiles_gpu_cycles(facts, &tiles, &problem) < LEFT_OUT * cycles)) &&
            index-- == 0) {
            return true;
        }
    }
    return false;
}

gv_status gv__gemm_create(gv__context *context, const gv_workload *workload,
                          const gv__parameters *parameters, gv__gemm *out, gv__costs *costs,
                          gv_error *err)
{
    const gv__gemm_shape shape = gv__gemm_shape_of(workload);
    const gv__tiles_problem problem = problem_of(&shape);
    gv__tiles tiles;
    if (!tiles_of(&context->facts, &shape, parameters, &tiles)) {
        return gv__fail(err, GV_UNSUPPORTED, 0, NULL,
                        "these tunables do not fit the device's work-groups or local memory");
    }
    gv__gemm made = {.shape = shape};
    gv__text options = {0};
    gv__tiles_options(&tiles, problem.precision, &options);
    gv__split_k_options(&shape, tiles.split_k, tiles.width, &options);
    gv__text_printf(
        &options,
        " -D HALF_STORED=%d -D AHEAD=%d -D LEFT_TRANSPOSED=%d -D RIGHT_TRANSPOSED=%d -D BIAS=%d"
        " -D ACTIVATION=%d",
        shape.precision == GV_PRECISION_F16, tiles.ahead, shape.ta, shape.tb, shape.bias,
        (int)shape.act);
    gv_status status = options.failed
                           ? gv__fail(err, GV_MEMORY, 0, NULL, "no memory for build options")
                           : gv__kernel_create(context, sources, GV__COUNT(sources), options.data,
                                               "gemm", &made.kernel, costs, err);
    gv__text_free(&options);
    if (status == GV_OK) {
        gv__tiles_launch(&tiles, &problem, &made.kernel);
        status =
            gv__split_k_create(&made.kernel, &shape, tiles.split_k, tiles.width, &made.split, err);
    }
    if (status != GV_OK) {
        gv__gemm_release(&made);
        return status;
    }
    *out = made;
    return GV_OK;
}

gv_status gv__gemm_enqueue(const gv__gemm *gemm, cl_mem left, cl_mem right, cl_mem bias, cl_mem out,
                           gv_error *err)
{
    const gv__gemm_shape *shape = &gemm->shape;
    const cl_int m = (cl_int)shape->m;
    const cl_int n = (cl_int)shape->n;
    const cl_int k = (cl_int)shape->k;
    const bool is_split = gemm->split.sums != NULL;
    const cl_mem to = is_split ? gemm->split.sums : out;
    const gv__argument arguments[] = {
        GV__ARGUMENT(m),     GV__ARGUMENT(n),    GV__ARGUMENT(k),  GV__ARGUMENT(left),
        GV__ARGUMENT(right), GV__ARGUMENT(bias), GV__ARGUMENT(to),
    };
    gv_status status = gv__kernel_enqueue(&gemm->kernel, arguments, GV__COUNT(arguments), err);
    return status == GV_OK && is_split ? gv__split_k_enqueue(&gemm->split, bias, out, err) : status;
}

void gv__gemm_release(gv__gemm *gemm)
{
    gv__split_k_release(&gemm->split);
    gv__kernel_release(&gemm->kernel);
}
