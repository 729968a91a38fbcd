/* SPDX-License-Identifier: Apache-2.0 */
/* The dense layer on devices with local memory of their own, bias and activation fused: gemm.cl,
 * and dense_thin.cl where the batch is so small that reading the weights is all the work. */
#include "kernels/device_rows.h"
#include "kernels/sources.h"
#include "kernels/tiled_gemm.h"

#include <math.h>
#include <stdlib.h>

/* The largest batch of dense_thin.cl: a register tile has hardly more rows. */
enum { THIN_ROWS = 4 };

typedef struct dense_plan {
    bool thin;
    gv__gemm gemm;     /* where not thin */
    gv__kernel kernel; /* where thin, and its parts */
    gv__split_k split;
    cl_int out, in;
} dense_plan;

static const gv__embedded *const thin_sources[] = {&gv__cl_common, &gv__cl_split_k,
                                                   &gv__cl_dense_thin};
static const gv__embedded *const all_sources[] = {&gv__cl_common, &gv__cl_split_k, &gv__cl_tile,
                                                  &gv__cl_gemm, &gv__cl_dense_thin};

static const char *version(void)
{
    static char text[9];
    return gv__sources_version(all_sources, GV__COUNT(all_sources), text);
}

/* ---- sizes of dense_thin.cl ---- */

typedef struct thin_sizes {
    uint32_t width, vectors, group_across, slices, ahead, split_k;
} thin_sizes;

static uint64_t block_columns(const thin_sizes *sizes)
{
    return (uint64_t)sizes->group_across * sizes->vectors * sizes->width;
}

/* As SPLIT_K_TERMS in split_k.cl. */
static uint64_t part_terms(const thin_sizes *sizes, uint64_t terms)
{
    const uint64_t step = (uint64_t)sizes->slices * sizes->ahead;
    return gv__divide_up(gv__divide_up(terms, sizes->split_k), step) * step;
}

static bool has_empty_part(const thin_sizes *sizes, uint64_t terms)
{
    return sizes->split_k > 1 && (sizes->split_k - 1) * part_terms(sizes, terms) >= terms;
}

/* Vectors of 16 bytes, and as many parts of the terms as give each compute unit about two groups,
 * of two steps at least: 32 KiB of weights on their way to a unit. */
static thin_sizes choose(const gv_device *facts, const gv_workload *workload)
{
    const gv_dense *dense = &workload->as.dense;
    thin_sizes sizes = {.width = 16 / (uint32_t)gv_precision_bytes(workload->precision),
                        .vectors = 1,
                        .group_across = 32,
                        .slices = 8,
                        .ahead = dense->batch > 2 && gv__registers_are_few(facts) ? 2 : 4,
                        .split_k = 1};
    const double groups = (double)gv__divide_up(dense->out, block_columns(&sizes));
    const double steps = (double)dense->in / (sizes.slices * sizes.ahead);
    const double wanted = fmin(round(2.0 * gv__compute_units(facts) / groups), floor(steps / 2.0));
    sizes.split_k = wanted >= 2.0 ? (uint32_t)fmin(wanted, GV__SPLIT_K_MOST) : 1;
    while (has_empty_part(&sizes, dense->in)) {
        sizes.split_k--;
    }
    return sizes;
}

/* False outside of what the kernel and the device can do. */
static bool thin_sizes_of(const gv_device *facts, const gv_workload *workload,
                          const gv__parameters *set, thin_sizes *out)
{
    *out = choose(facts, workload);
    const gv__tunable rows[] = {
        {"WIDTH", 1, 16, &out->width},
        {"VECTORS", 1, 8, &out->vectors},
        {"GROUP_ACROSS", 1, 1024, &out->group_across},
        {"SLICES", 1, 1024, &out->slices},
        {"AHEAD", 1, 16, &out->ahead},
        {"SPLIT_K", 1, GV__SPLIT_K_MOST, &out->split_k},
    };
    if (!gv__parameters_take(set, rows, GV__COUNT(rows))) {
        return false;
    }
    const double items = (double)out->group_across * out->slices;
    const double numbers = items * out->vectors * out->width * (double)workload->as.dense.batch;
    return out->width >= 2 && (out->width & (out->width - 1)) == 0 &&
           !has_empty_part(out, workload->as.dense.in) &&
           !(items > gv_device_number(facts, GV_DEVICE_MAX_WORK_GROUP)) &&
           !(numbers * (double)gv__real_bytes(workload->precision) >
             gv_device_number(facts, GV_DEVICE_LOCAL_MEM));
}

static bool candidate(const gv_device *facts, const gv_workload *workload, uint32_t index,
                      gv__parameters *out)
{
    if (workload->as.dense.batch > THIN_ROWS) {
        return gv__gemm_candidate(facts, workload, index, out);
    }
    const thin_sizes first = choose(facts, workload);
    const gv__axis axes[] = {
        gv__split_k_axis(first.split_k),
        {"AHEAD", (int32_t)first.ahead, {8, 2}, 2},
        {"SLICES", (int32_t)first.slices, {4, 16}, 2},
        {"GROUP_ACROSS", (int32_t)first.group_across, {16, 64}, 2},
        {"WIDTH", (int32_t)first.width, {2, 4}, 2},
        {"VECTORS", (int32_t)first.vectors, {2}, 1},
    };
    for (uint64_t point = 0; gv__grid_point(axes, GV__COUNT(axes), point, out); point++) {
        thin_sizes sizes;
        if ((point == 0 || thin_sizes_of(facts, workload, out, &sizes)) && index-- == 0) {
            return true;
        }
    }
    return false;
}

/* ---- plan ---- */

static gv_status thin_create(gv__context *context, const gv_workload *workload,
                             const gv__parameters *parameters, dense_plan *plan, gv__costs *costs,
                             gv_error *err)
{
    const gv_dense *dense = &workload->as.dense;
    thin_sizes sizes;
    if (!thin_sizes_of(&context->facts, workload, parameters, &sizes)) {
        return gv__fail(err, GV_UNSUPPORTED, 0, NULL,
                        "these tunables do not fit the device's work-groups or local memory");
    }
    const gv__gemm_shape shape = gv__gemm_shape_of(workload);
    gv__text options = {0};
    gv__text_printf(&options,
                    "-D REAL=%s -D HALF_STORED=%d -D WIDTH=%u -D ROWS=%u -D VECTORS=%u "
                    "-D GROUP_ACROSS=%u -D SLICES=%u -D AHEAD=%u -D BIAS=1 -D ACTIVATION=%d",
                    workload->precision == GV_PRECISION_F64 ? "double" : "float",
                    workload->precision == GV_PRECISION_F16, sizes.width, (unsigned)dense->batch,
                    sizes.vectors, sizes.group_across, sizes.slices, sizes.ahead, (int)dense->act);
    gv__split_k_options(&shape, sizes.split_k, sizes.width, &options);
    gv_status status =
        options.failed ? gv__fail(err, GV_MEMORY, 0, NULL, "no memory for build options")
                       : gv__kernel_create(context, thin_sources, GV__COUNT(thin_sources),
                                           options.data, "dense_thin", &plan->kernel, costs, err);
    gv__text_free(&options);
    if (status == GV_OK) {
        status = gv__split_k_create(&plan->kernel, &shape, sizes.split_k, sizes.width, &plan->split,
                                    err);
    }
    if (status != GV_OK) {
        return status;
    }
    const size_t local[3] = {sizes.group_across, sizes.slices, 1};
    const uint64_t groups[3] = {gv__divide_up(dense->out, block_columns(&sizes)), sizes.split_k, 1};
    for (int i = 0; i < 3; i++) {
        plan->kernel.local[i] = local[i];
        plan->kernel.global[i] = (size_t)groups[i] * local[i];
    }
    plan->out = (cl_int)dense->out;
    plan->in = (cl_int)dense->in;
    plan->thin = true;
    return GV_OK;
}

static void destroy(void *plan)
{
    dense_plan *dense = plan;
    if (dense != NULL) {
        gv__split_k_release(&dense->split);
        gv__kernel_release(&dense->kernel);
        gv__gemm_release(&dense->gemm);
        free(dense);
    }
}

static gv_status create(gv__context *context, const gv_workload *workload,
                        const gv__parameters *parameters, void **plan, gv__costs *costs,
                        gv_error *err)
{
    const gv_dense *dense = &workload->as.dense;
    dense_plan *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return gv__fail(err, GV_MEMORY, 0, NULL, "no memory for a plan");
    }
    gv_status status;
    if (dense->batch <= THIN_ROWS) {
        status = thin_create(context, workload, parameters, made, costs, err);
    } else {
        status = gv__gemm_create(context, workload, parameters, &made->gemm, costs, err);
    }
    if (status != GV_OK) {
        destroy(made);
        return status;
    }
    *plan = made;
    return GV_OK;
}

static gv_status enqueue(void *plan, const cl_mem inputs[], cl_mem output, gv_error *err)
{
    const dense_plan *dense = plan;
    if (!dense->thin) {
        return gv__gemm_enqueue(&dense->gemm, inputs[0], inputs[1], inputs[2], output, err);
    }
    const bool is_split = dense->split.sums != NULL;
    const cl_mem to = is_split ? dense->split.sums : output;
    const gv__argument arguments[] = {
        GV__ARGUMENT(dense->out), GV__ARGUMENT(dense->in), GV__ARGUMENT(inputs[0]),
        GV__ARGUMENT(inputs[1]),  GV__ARGUMENT(inputs[2]), GV__ARGUMENT(to),
    };
    gv_status status = gv__kernel_enqueue(&dense->kernel, arguments, GV__COUNT(arguments), err);
    return status == GV_OK && is_split ? gv__split_k_enqueue(&dense->split, inputs[2], output, err)
                                       : status;
}

const gv__device_provider gv__tiled_dense = {
    .name = "gpuverdict tiled",
    .op = GV_OP_DENSE,
    .version = version,
    .supports = gv__gemm_tiled_supports,
    .candidate = candidate,
    .create = create,
    .enqueue = enqueue,
    .destroy = destroy,
};
