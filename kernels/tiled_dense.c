/* SPDX-License-Identifier: Apache-2.0 */
/* The dense layer by our own kernels, bias and activation fused: gemm.cl, and dense_thin.cl where
 * the batch is so small that reading the weights is all the work. */
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

static thin_sizes thin_choose(const gv_device *facts, gv_precision precision, const gv_dense *dense)
{
    if (!gv__device_is_cpu_like(facts)) {
        return (thin_sizes){.width = 2, .vectors = 1, .group_across = 32, .slices = 8};
    }
    thin_sizes sizes = {.width = gv__vector_width(facts, precision),
                        .vectors = dense->batch == 1 ? 8 : 4,
                        .group_across = 1,
                        .slices = 1};
    /* Wide rows are read faster, but each compute unit needs a share. */
    const double units = gv_device_number(facts, GV_DEVICE_COMPUTE_UNITS);
    while (sizes.vectors > 1 && (double)dense->out / (sizes.vectors * sizes.width) <
                                    4.0 * (units >= 1.0 ? units : 1.0)) {
        sizes.vectors /= 2;
    }
    return sizes;
}

static gv_status thin_create(gv__context *context, gv_precision precision, const gv_dense *dense,
                             dense_plan *plan, gv__costs *costs, gv_error *err)
{
    const thin_sizes sizes = thin_choose(&context->facts, precision, dense);
    char options[256];
    snprintf(options, sizeof options,
             "-D REAL=%s -D WIDTH=%u -D ROWS=%u -D VECTORS=%u -D GROUP_ACROSS=%u -D SLICES=%u "
             "-D ACTIVATION=%d",
             precision == GV_PRECISION_F64 ? "double" : "float", sizes.width,
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
    (void)parameters; /* nothing to tune yet */
    const gv_dense *dense = &workload->as.dense;
    dense_plan *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return gv__fail(err, GV_MEMORY, 0, NULL, "no memory for a plan");
    }
    gv_status status;
    if (dense->batch <= THIN_ROWS) {
        status = thin_create(context, workload->precision, dense, made, costs, err);
    } else {
        const gv__gemm_shape shape = gv__gemm_shape_of(workload);
        status = gv__gemm_create(context, &shape, &made->gemm, costs, err);
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
    .supports = gv__gemm_supports,
    .create = create,
    .enqueue = enqueue,
    .destroy = destroy,
};
