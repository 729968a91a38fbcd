/* SPDX-License-Identifier: Apache-2.0 */
/* 3x3 convolutions of stride 1 by Winograd's algorithm: the transforms are conv2d_winograd.cl's,
 * the products in between a 1x1 convolution by direct_conv2d.c, with a group for each point. */
#include "kernels/device_rows.h"
#include "kernels/own_kernel.h"
#include "kernels/sources.h"
#include "kernels/tiles.h"

#include <stdlib.h>

typedef struct winograd_plan {
    gv__kernel filters, image, sums;
    void *products; /* a plan of gv__direct_conv2d */
    cl_mem points_of_filters, points_of_image, point_sums;
    bool weights_stay;
} winograd_plan;

static const gv__embedded *const sources[] = {&gv__cl_common, &gv__cl_conv2d_winograd};
static const gv__embedded *const all_sources[] = {&gv__cl_common, &gv__cl_conv2d_winograd,
                                                  &gv__cl_conv2d_direct};

static const char *version(void)
{
    static char text[9];
    return gv__sources_version(all_sources, GV__COUNT(all_sources), text);
}

/* The matrix products of all points as a convolution: a pixel for each tile. */
static gv_workload products_of(const gv_workload *workload, uint32_t outputs)
{
    const gv_conv2d *conv = &workload->as.conv2d;
    const uint64_t points = (uint64_t)(outputs + 2) * (outputs + 2);
    uint64_t p = 0;
    uint64_t q = 0;
    gv_conv2d_output(conv, &p, &q);
    gv_workload products = {.op = GV_OP_CONV2D, .precision = workload->precision};
    products.as.conv2d =
        (gv_conv2d){.n = 1,
                    .c = points * conv->c,
                    .h = 1,
                    .w = conv->n * gv__divide_up(p, outputs) * gv__divide_up(q, outputs),
                    .k = points * conv->k,
                    .r = 1,
                    .s = 1,
                    .stride_h = 1,
                    .stride_w = 1,
                    .dilation_h = 1,
                    .dilation_w = 1,
                    .groups = points};
    return products;
}

static gv_status refuse(gv_error *err, const char *why)
{
    return gv__fail(err, GV_UNSUPPORTED, 0, NULL, "Winograd's algorithm: %s", why);
}

/* The bound on its errors holds where at least a row and a column of each patch lie in the image.
 */
static gv_status supports(const gv_device *facts, const gv_workload *workload, uint32_t outputs,
                          gv_error *err)
{
    gv_status status = gv__device_fits(facts, workload, err);
    if (status != GV_OK) {
        return status;
    }
    const gv_conv2d *conv = &workload->as.conv2d;
    if (workload->precision == GV_PRECISION_F16) {
        return refuse(err, "its transforms magnify the roundings of halves");
    }
    if (conv->r != 3 || conv->s != 3 || conv->stride_h != 1 || conv->stride_w != 1 ||
        conv->dilation_h != 1 || conv->dilation_w != 1 || conv->groups != 1 || conv->pad_h > 1 ||
        conv->pad_w > 1) {
        return refuse(err, "3x3 filters, stride 1, padding up to 1, one group, no dilation");
    }
    if (!gv__device_is_cpu_like(facts)) {
        return refuse(err, "its transforms are written for the vectors of a CPU");
    }
    /* A private line of a tile row. */
    if (conv->w > 1U << 14 || (double)conv->k * (double)conv->c > 0x1p29) {
        return refuse(err, "rows up to 16384 numbers, and up to 2^29 pairs of channels");
    }
    const gv_workload products = products_of(workload, outputs);
    return gv__direct_conv2d.supports(facts, &products, err);
}

static gv_status supports_2(const gv_device *facts, const gv_workload *workload, gv_error *err)
{
    return supports(facts, workload, 2, err);
}

static gv_status supports_4(const gv_device *facts, const gv_workload *workload, gv_error *err)
{
    return supports(facts, workload, 4, err);
}

static bool candidate_2(const gv_device *facts, const gv_workload *workload, uint32_t index,
                        gv__parameters *out)
{
    const gv_workload products = products_of(workload, 2);
    return gv__direct_conv2d.candidate(facts, &products, index, out);
}

static bool candidate_4(const gv_device *facts, const gv_workload *workload, uint32_t index,
                        gv__parameters *out)
{
    const gv_workload products = products_of(workload, 4);
    return gv__direct_conv2d.candidate(facts, &products, index, out);
}

/* Tiles side by side in a vector: no more than a row has, since the rest is wasted. */
static uint32_t vector_width(const gv_device *facts, const gv_workload *workload, uint32_t outputs)
{
    uint64_t p = 0;
    uint64_t q = 0;
    gv_conv2d_output(&workload->as.conv2d, &p, &q);
    uint32_t width = gv__vector_width(facts, workload->precision);
    while (width > 4 && width / 2 >= gv__divide_up(q, outputs)) {
        width /= 2;
    }
    return width;
}

static gv_status create_transforms(gv__context *context, const gv_workload *workload,
                                   uint32_t outputs, winograd_plan *plan, gv__costs *costs,
                                   gv_error *err)
{
    const gv_conv2d *conv = &workload->as.conv2d;
    const uint32_t width = vector_width(&context->facts, workload, outputs);
    uint64_t p = 0;
    uint64_t q = 0;
    gv_conv2d_output(conv, &p, &q);
    gv__text options = {0};
    gv__text_printf(&options,
                    "-D REAL=%s -D WIDTH=%u -D OUTPUTS=%u -D FILTERS=%llu -D CHANNELS=%llu "
                    "-D IMAGES=%llu -D IN_ROWS=%llu -D IN_COLUMNS=%llu -D OUT_ROWS=%llu "
                    "-D OUT_COLUMNS=%llu -D PAD_ROWS=%llu -D PAD_COLUMNS=%llu",
                    workload->precision == GV_PRECISION_F64 ? "double" : "float", width, outputs,
                    (unsigned long long)conv->k, (unsigned long long)conv->c,
                    (unsigned long long)conv->n, (unsigned long long)conv->h,
                    (unsigned long long)conv->w, (unsigned long long)p, (unsigned long long)q,
                    (unsigned long long)conv->pad_h, (unsigned long long)conv->pad_w);
    gv_status status = options.failed
                           ? gv__fail(err, GV_MEMORY, 0, NULL, "no memory for a plan")
                           : gv__kernel_create(context, sources, GV__COUNT(sources), options.data,
                                               "transform_image", &plan->image, costs, err);
    gv__text_free(&options);
    if (status == GV_OK) {
        status = gv__kernel_sibling(&plan->image, "transform_filters", &plan->filters, err);
    }
    if (status == GV_OK) {
        status = gv__kernel_sibling(&plan->image, "transform_sums", &plan->sums, err);
    }
    if (status != GV_OK) {
        return status;
    }
    const struct {
        gv__kernel *kernel;
        uint64_t x, y;
    } launches[] = {{&plan->filters, gv__divide_up(conv->c, width), conv->k},
                    {&plan->image, conv->c, conv->n},
                    {&plan->sums, conv->k, conv->n}};
    for (size_t i = 0; i < GV__COUNT(launches); i++) {
        gv__kernel *kernel = launches[i].kernel;
        kernel->global[0] = (size_t)launches[i].x;
        kernel->global[1] = (size_t)launches[i].y;
        kernel->global[2] = 1;
        kernel->local[0] = kernel->local[1] = kernel->local[2] = 1;
    }
    return GV_OK;
}

static gv_status create_buffers(gv__context *context, const gv_workload *products,
                                winograd_plan *plan, gv_error *err)
{
    enum { WIDEST_VECTOR = 16 }; /* transform_sums reads as far past the last sum */
    gv_operands operands;
    gv_status status = gv_workload_operands(products, &operands, err);
    if (status == GV_OK) {
        status = gv__buffer_create(context, operands.input[0].bytes, &plan->points_of_image, err);
    }
    if (status == GV_OK) {
        status = gv__buffer_create(context, operands.input[1].bytes, &plan->points_of_filters, err);
    }
    if (status == GV_OK) {
        const size_t slack = WIDEST_VECTOR * gv_precision_bytes(products->precision);
        status = gv__buffer_create(context, operands.output.bytes + slack, &plan->point_sums, err);
    }
    return status;
}

static void destroy(void *plan)
{
    winograd_plan *made = plan;
    if (made != NULL) {
        gv__direct_conv2d.destroy(made->products);
        gv__kernel_release(&made->filters);
        gv__kernel_release(&made->sums);
        gv__kernel_release(&made->image);
        gv__buffer_free(made->points_of_filters);
        gv__buffer_free(made->points_of_image);
        gv__buffer_free(made->point_sums);
        free(made);
    }
}

static gv_status create(gv__context *context, const gv_workload *workload,
                        const gv__parameters *parameters, uint32_t outputs, void **plan,
                        gv__costs *costs, gv_error *err)
{
    const gv_workload products = products_of(workload, outputs);
    winograd_plan *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return gv__fail(err, GV_MEMORY, 0, NULL, "no memory for a plan");
    }
    gv_status status =
        gv__direct_conv2d.create(context, &products, parameters, &made->products, costs, err);
    if (status == GV_OK) {
        status = create_transforms(context, workload, outputs, made, costs, err);
    }
    if (status == GV_OK) {
        status = create_buffers(context, &products, made, err);
    }
    if (status != GV_OK) {
        destroy(made);
        return status;
    }
    *plan = made;
    return GV_OK;
}

static gv_status create_2(gv__context *context, const gv_workload *workload,
                          const gv__parameters *parameters, void **plan, gv__costs *costs,
                          gv_error *err)
{
    return create(context, workload, parameters, 2, plan, costs, err);
}

static gv_status create_4(gv__context *context, const gv_workload *workload,
                          const gv__parameters *parameters, void **plan, gv__costs *costs,
                          gv_error *err)
{
    return create(context, workload, parameters, 4, plan, costs, err);
}

static gv_status transform(const gv__kernel *kernel, cl_mem from, cl_mem to, gv_error *err)
{
    const gv__argument arguments[] = {GV__ARGUMENT(from), GV__ARGUMENT(to)};
    return gv__kernel_enqueue(kernel, arguments, GV__COUNT(arguments), err);
}

static gv_status pack(void *plan, cl_mem weights, gv_error *err)
{
    winograd_plan *made = plan;
    gv_status status = GV_OK;
    if (weights != NULL) {
        status = transform(&made->filters, weights, made->points_of_filters, err);
    }
    if (status == GV_OK) {
        status = gv__direct_conv2d.pack(made->products,
                                        weights != NULL ? made->points_of_filters : NULL, err);
    }
    if (status == GV_OK) {
        made->weights_stay = weights != NULL;
    }
    return status;
}

static gv_status enqueue(void *plan, const cl_mem inputs[], cl_mem output, gv_error *err)
{
    const winograd_plan *made = plan;
    gv_status status = transform(&made->image, inputs[0], made->points_of_image, err);
    if (status == GV_OK && !made->weights_stay) {
        status = transform(&made->filters, inputs[1], made->points_of_filters, err);
    }
    if (status == GV_OK) {
        const cl_mem points[] = {made->points_of_image, made->points_of_filters};
        status = gv__direct_conv2d.enqueue(made->products, points, made->point_sums, err);
    }
    return status == GV_OK ? transform(&made->sums, made->point_sums, output, err) : status;
}

const gv__device_provider gv__winograd_2_conv2d = {
    .name = "gpuverdict Winograd 2x2",
    .op = GV_OP_CONV2D,
    .algorithm = GV__ALGORITHM_WINOGRAD_2,
    .version = version,
    .supports = supports_2,
    .candidate = candidate_2,
    .create = create_2,
    .pack = pack,
    .enqueue = enqueue,
    .destroy = destroy,
};

const gv__device_provider gv__winograd_4_conv2d = {
    .name = "gpuverdict Winograd 4x4",
    .op = GV_OP_CONV2D,
    .algorithm = GV__ALGORITHM_WINOGRAD_4,
    .version = version,
    .supports = supports_4,
    .candidate = candidate_4,
    .create = create_4,
    .pack = pack,
    .enqueue = enqueue,
    .destroy = destroy,
};
