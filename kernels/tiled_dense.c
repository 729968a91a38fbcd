/* SPDX-License-Identifier: Apache-2.0 */
/* The dense layer on devices with local memory of their own, bias and activation fused: gemm.cl,
 * and dense_thin.cl where the batch is so small that reading the weights is all the work. */
#include "kernels/device_rows.h"
#include "kernels/sources.h"
#include "kernels/tiled_gemm.h"

#include <stdio.h>
#include <stdlib.h>

/* The largest batch of dense_thin.cl: a register tile has hardly more rows. */
enum { THIN_ROWS = 4 };

typedef struct dense_plan {
    bool thin;
    gv__gemm gemm;     /* where not thin */
    gv__kernel kernel; /* where thin */
    cl_int out, in;
} dense_plan;

static const gv__embedded *const thin_sources[] = {&gv__cl_common, &gv__cl_dense_thin};
static const gv__embedded *const all_sources[] = {&gv__cl_common, &gv__cl_tile, &gv__cl_gemm,
                                                  &gv__cl_dense_thin};

static const char *version(void)
{
    static char text[9];
    return gv__sources_version(all_sources, GV__COUNT(all_sources), text);
}

/* The tunables of dense_thin.cl. */
typedef struct thin_sizes {
    uint32_t width, vectors, group_across, slices;
} thin_sizes;

/* False outside of what the kernel and the device can do. */
static bool thin_sizes_of(const gv_device *facts, const gv_workload *workload,
                          const gv__parameters *set, thin_sizes *out)
{
    *out = (thin_sizes){.width = 2, .vectors = 1, .group_across = 32, .slices = 8};
    const struct {
        const char *name;
        int32_t most;
        uint32_t *to;
    } rows[] = {
        {"WIDTH", 16, &out->width},
        {"VECTORS", 8, &out->vectors},
        {"GROUP_ACROSS", 1024, &out->group_across},
        {"SLICES", 1024, &out->slices},
    };
    for (size_t i = 0; i < GV__COUNT(rows); i++) {
        const int32_t value = gv__parameters_get(set, rows[i].name, (int32_t)*rows[i].to);
        if (value < 1 || value > rows[i].most) {
            return false;
        }
        *rows[i].to = (uint32_t)value;
    }
    const double items = (double)out->group_across * out->slices;
    const double numbers = items * out->vectors * out->width * (double)workload->as.dense.batch;
    return out->width >= 2 && (out->width & (out->width - 1)) == 0 &&
           !(items > gv_device_number(facts, GV_DEVICE_MAX_WORK_GROUP)) &&
           !(numbers * (double)gv_precision_bytes(workload->precision) >
             gv_device_number(facts, GV_DEVICE_LOCAL_MEM));
}

static bool candidate(const gv_device *facts, const gv_workload *workload, uint32_t index,
                      gv__parameters *out)
{
    if (workload->as.dense.batch > THIN_ROWS) {
        return gv__gemm_candidate(facts, workload, index, out);
    }
    static const gv__axis axes[] = {
        {"WIDTH", 2, {4}, 1},
        {"SLICES", 8, {16, 4}, 2},
        {"GROUP_ACROSS", 32, {64, 16}, 2},
        {"VECTORS", 1, {2}, 1},
    };
    for (uint64_t point = 0; gv__grid_point(axes, GV__COUNT(axes), point, out); point++) {
        thin_sizes sizes;
        if ((point == 0 || thin_sizes_of(facts, workload, out, &sizes)) && index-- == 0) {
            return true;
        }
    }
    return false;
}

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
    char options[256];
    snprintf(options, sizeof options,
             "-D REAL=%s -D WIDTH=%u -D ROWS=%u -D VECTORS=%u -D GROUP_ACROSS=%u -D SLICES=%u "
             "-D ACTIVATION=%d",
             workload->precision == GV_PRECISION_F64 ? "double" : "float", sizes.width,
             (unsigned)dense->batch, sizes.vectors, sizes.group_across, sizes.slices,
             (int)dense->act);
    gv_status status = gv__kernel_create(context, thin_sources, GV__COUNT(thin_sources), options,
                                         "dense_thin", &plan->kernel, costs, err);
    if (status != GV_OK) {
        return status;
    }
    const uint64_t block = (uint64_t)sizes.group_across * sizes.vectors * sizes.width;
    const size_t local[3] = {sizes.group_across, sizes.slices, 1};
    for (int i = 0; i < 3; i++) {
        plan->kernel.local[i] = local[i];
        plan->kernel.global[i] = local[i];
    }
    plan->kernel.global[0] *= (size_t)(dense->out / block + (dense->out % block != 0));
    plan->out = (cl_int)dense->out;
    plan->in = (cl_int)dense->in;
    plan->thin = true;
    return GV_OK;
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
        free(made);
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
    const gv__argument arguments[] = {
        GV__ARGUMENT(dense->out), GV__ARGUMENT(dense->in), GV__ARGUMENT(inputs[0]),
        GV__ARGUMENT(inputs[1]),  GV__ARGUMENT(inputs[2]), GV__ARGUMENT(output),
    };
    return gv__kernel_enqueue(&dense->kernel, arguments, GV__COUNT(arguments), err);
}

static void destroy(void *plan)
{
    dense_plan *dense = plan;
    if (dense != NULL) {
        gv__kernel_release(&dense->kernel);
        gv__kernel_release(&dense->gemm.kernel);
        free(dense);
    }
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
