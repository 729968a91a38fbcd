/* SPDX-License-Identifier: Apache-2.0 */
/* 3x3 convolutions of stride 1 by Winograd's algorithm (winograd_points.cl). On a CPU the
 * transforms are conv2d_winograd.cl's and the products in between a 1x1 convolution by
 * direct_conv2d.c, with a group for each point; on a GPU conv2d_winograd_gpu.cl's and a batch of
 * tiled_matmul.c's. */
#include "kernels/device_rows.h"
#include "kernels/own_kernel.h"
#include "kernels/sources.h"
#include "kernels/tiles.h"

#include <stdlib.h>

/* What differs between the families. */
typedef struct family {
    const gv__device_provider *products;
    uint32_t image, filters; /* which of its inputs each is */
    const gv__embedded *sources[3];
} family;

static const family of_cpus = {
    .products = &gv__direct_conv2d,
    .image = 0,
    .filters = 1,
    .sources = {&gv__cl_common, &gv__cl_winograd_points, &gv__cl_conv2d_winograd},
};

static const family of_gpus = {
    .products = &gv__tiled_matmul,
    .image = 1,
    .filters = 0,
    .sources = {&gv__cl_common, &gv__cl_winograd_points, &gv__cl_conv2d_winograd_gpu},
};

typedef struct winograd_plan {
    const family *by;
    gv__kernel filters, image, sums;
    void *products;
    cl_mem points_of_filters, points_of_image, point_sums;
    bool weights_stay;
} winograd_plan;

static const gv__embedded *const all_sources[] = {&gv__cl_common,
                                                  &gv__cl_winograd_points,
                                                  &gv__cl_conv2d_winograd,
                                                  &gv__cl_conv2d_winograd_gpu,
                                                  &gv__cl_conv2d_direct,
                                                  &gv__cl_split_k,
                                                  &gv__cl_tile,
                                                  &gv__cl_gemm};

static const family *family_of(const gv_device *facts)
{
    return gv__device_is_cpu_like(facts) ? &of_cpus : &of_gpus;
}

static const char *version(void)
{
    static char text[9];
    return gv__sources_version(all_sources, GV__COUNT(all_sources), text);
}

static uint64_t tiles_of(const gv_conv2d *conv, uint32_t outputs)
{
    uint64_t p = 0;
    uint64_t q = 0;
    gv_conv2d_output(conv, &p, &q);
    return conv->n * gv__divide_up(p, outputs) * gv__divide_up(q, outputs);
}

/* The matrix products of all points, as matmul or as a convolution with a pixel for each tile. The
 * transforms make floats of halves. */
static gv_workload products_of(const family *by, const gv_workload *workload, uint32_t outputs)
{
    const gv_conv2d *conv = &workload->as.conv2d;
    const uint64_t points = (uint64_t)(outputs + 2) * (outputs + 2);
    const bool half = workload->precision == GV_PRECISION_F16;
    gv_workload products = {.op = by->products->op,
                            .precision = half ? GV_PRECISION_F32 : workload->precision};
    if (products.op == GV_OP_MATMUL) {
        products.as.matmul =
            (gv_matmul){.m = conv->k, .n = tiles_of(conv, outputs), .k = conv->c, .batch = points};
        return products;
    }
    products.as.conv2d = (gv_conv2d){.n = 1,
                                     .c = points * conv->c,
                                     .h = 1,
                                     .w = tiles_of(conv, outputs),
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
    if (conv->r != 3 || conv->s != 3 || conv->stride_h != 1 || conv->stride_w != 1 ||
        conv->dilation_h != 1 || conv->dilation_w != 1 || conv->groups != 1 || conv->pad_h > 1 ||
        conv->pad_w > 1) {
        return refuse(err, "3x3 filters, stride 1, padding up to 1, one group, no dilation");
    }
    const family *by = family_of(facts);
    if (by == &of_cpus && conv->w > 1U << 14) { /* a private line of a tile row */
        return refuse(err, "rows of up to 16384 numbers on a CPU");
    }
    const double most = 0x1p29;
    const uint64_t channels = conv->k > conv->c ? conv->k : conv->c;
    if ((double)conv->k * (double)conv->c > most || (double)conv->h * (double)conv->w > most ||
        (double)tiles_of(conv, outputs) * (double)channels > most) {
        return refuse(err, "up to 2^29 pixels, pairs of channels, and tiles of all channels");
    }
    const gv_workload products = products_of(by, workload, outputs);
    return by->products->supports(facts, &products, err);
}

static gv_status supports_2(const gv_device *facts, const gv_workload *workload, gv_error *err)
{
    return supports(facts, workload, 2, err);
}

static gv_status supports_4(const gv_device *facts, const gv_workload *workload, gv_error *err)
{
    return supports(facts, workload, 4, err);
}

static bool candidate(const gv_device *facts, const gv_workload *workload, uint32_t outputs,
                      uint32_t index, gv__parameters *out)
{
    const family *by = family_of(facts);
    const gv_workload products = products_of(by, workload, outputs);
    return by->products->candidate(facts, &products, index, out);
}

static bool candidate_2(const gv_device *facts, const gv_workload *workload, uint32_t index,
                        gv__parameters *out)
{
    return candidate(facts, workload, 2, index, out);
}

static bool candidate_4(const gv_device *facts, const gv_workload *workload, uint32_t index,
                        gv__parameters *out)
{
    return candidate(facts, workload, 4, index, out);
}

/* On a CPU tiles side by side in a vector: no more than a row has, since the rest is wasted. */
static uint32_t vector_width(const gv_device *facts, const gv_workload *workload, uint32_t outputs)
{
    uint64_t p = 0;
    uint64_t q = 0;
    gv_conv2d_output(&workload->as.conv2d, &p, &q);
    if (!gv__device_is_cpu_like(facts)) {
        return 1;
    }
    uint32_t width = gv__vector_width(facts, workload->precision);
    while (width > 4 && width / 2 >= gv__divide_up(q, outputs)) {
        width /= 2;
    }
    return width;
}

/* `x` times `y` groups. */
static void launch(gv__kernel *kernel, uint32_t group, uint64_t x, uint64_t y)
{
    kernel->local[0] = group;
    kernel->global[0] = (size_t)x * group;
    kernel->global[1] = (size_t)y;
    kernel->global[2] = kernel->local[1] = kernel->local[2] = 1;
}

static gv_status create_transforms(gv__context *context, const gv_workload *workload,
                                   uint32_t outputs, winograd_plan *plan, gv__costs *costs,
                                   gv_error *err)
{
    const gv_conv2d *conv = &workload->as.conv2d;
    const uint32_t width = vector_width(&context->facts, workload, outputs);
    const double most = gv_device_number(&context->facts, GV_DEVICE_MAX_WORK_GROUP);
    const uint32_t group = most < 64.0 ? (uint32_t)most : 64;
    uint64_t p = 0;
    uint64_t q = 0;
    gv_conv2d_output(conv, &p, &q);
    gv__text options = {0};
    gv__text_printf(&options,
                    "-D REAL=%s -D HALF_STORED=%d -D WIDTH=%u -D OUTPUTS=%u -D GROUP=%u "
                    "-D FILTERS=%llu -D CHANNELS=%llu -D IMAGES=%llu -D IN_ROWS=%llu "
                    "-D IN_COLUMNS=%llu -D OUT_ROWS=%llu -D OUT_COLUMNS=%llu -D PAD_ROWS=%llu -D "
                    "PAD_COLUMNS=%llu",
                    workload->precision == GV_PRECISION_F64 ? "double" : "float",
                    workload->precision == GV_PRECISION_F16, width, outputs, group,
                    (unsigned long long)conv->k, (unsigned long long)conv->c,
                    (unsigned long long)conv->n, (unsigned long long)conv->h,
                    (unsigned long long)conv->w, (unsigned long long)p, (unsigned long long)q,
                    (unsigned long long)conv->pad_h, (unsigned long long)conv->pad_w);
    if (plan->by == &of_gpus) {
        gv__subgroup_option(&context->facts, &options);
    }
    gv_status status =
        options.failed
            ? gv__fail(err, GV_MEMORY, 0, NULL, "no memory for a plan")
            : gv__kernel_create(context, plan->by->sources, GV__COUNT(plan->by->sources),
                                options.data, "transform_image", &plan->image, costs, err);
    gv__text_free(&options);
    if (status == GV_OK) {
        status = gv__kernel_sibling(&plan->image, "transform_filters", &plan->filters, err);
    }
    if (status == GV_OK) {
        status = gv__kernel_sibling(&plan->image, "transform_sums", &plan->sums, err);
    }
    if (status == GV_OK && plan->by == &of_cpus) {
        launch(&plan->filters, 1, gv__divide_up(conv->c, width), conv->k);
        launch(&plan->image, 1, conv->c, conv->n);
        launch(&plan->sums, 1, conv->k, conv->n);
    } else if (status == GV_OK) {
        const uint64_t tiles = tiles_of(conv, outputs);
        launch(&plan->filters, group, gv__divide_up(conv->k * conv->c, group), 1);
        launch(&plan->image, group, gv__divide_up(conv->c * tiles, group), 1);
        launch(&plan->sums, group, gv__divide_up(conv->k * tiles, group), 1);
    }
    return status;
}

static gv_status create_buffers(gv__context *context, const gv_workload *products,
                                winograd_plan *plan, gv_error *err)
{
    enum { WIDEST_VECTOR = 16 }; /* transform_sums reads as far past the last sum */
    gv_operands operands;
    gv_status status = gv_workload_operands(products, &operands, err);
    if (status == GV_OK) {
        status = gv__buffer_create(context, operands.input[plan->by->image].bytes,
                                   &plan->points_of_image, err);
    }
    if (status == GV_OK) {
        status = gv__buffer_create(context, operands.input[plan->by->filters].bytes,
                                   &plan->points_of_filters, err);
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
        made->by->products->destroy(made->products);
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
    const family *by = family_of(&context->facts);
    const gv_workload products = products_of(by, workload, outputs);
    winograd_plan *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return gv__fail(err, GV_MEMORY, 0, NULL, "no memory for a plan");
    }
    made->by = by;
    gv_status status =
        by->products->create(context, &products, parameters, &made->products, costs, err);
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
    if (status == GV_OK && made->by->products->pack != NULL) {
        status = made->by->products->pack(made->products,
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
        cl_mem points[2];
        points[made->by->image] = made->points_of_image;
        points[made->by->filters] = made->points_of_filters;
        status = made->by->products->enqueue(made->products, points, made->point_sums, err);
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
