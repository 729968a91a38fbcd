/* SPDX-License-Identifier: Apache-2.0 */
/* The 2-D convolution by our own kernel, conv2d_direct.cl: any stride, padding, dilation, groups.
 */
#include "kernels/device_rows.h"
#include "kernels/direct_sizes.h"
#include "kernels/own_kernel.h"
#include "kernels/sources.h"
#include "kernels/tiles.h"

#include <stdlib.h>

/* Groups that share the rows of one plane, or the terms of one tile, in staging and packing. */
enum { SHARED_BY = 4 };

typedef struct direct_plan {
    gv__kernel sum, stage, pack;
    cl_mem staged; /* NULL where the image is used as it is */
    cl_mem packed;
    cl_int groups;
    bool weights_stay; /* `packed` holds them */
} direct_plan;

static const gv__embedded *const sources[] = {&gv__cl_common, &gv__cl_conv2d_direct};

static const char *version(void)
{
    static char text[9];
    return gv__sources_version(sources, GV__COUNT(sources), text);
}

static size_t staged_bytes(const gv_workload *workload, const gv__direct_sizes *sizes)
{
    const gv_conv2d *conv = &workload->as.conv2d;
    const gv__direct_layout layout = gv__direct_layout_of(conv, true);
    return (conv->n * conv->c * layout.plane + gv__direct_slack(sizes)) *
           gv__real_bytes(workload->precision);
}

static size_t packed_bytes(const gv_workload *workload, const gv__direct_sizes *sizes)
{
    const gv_conv2d *conv = &workload->as.conv2d;
    return conv->groups * gv__direct_filter_tiles(sizes, conv) * sizes->tile_filters *
           (conv->c / conv->groups) * conv->r * conv->s * gv__real_bytes(workload->precision);
}

/* Within a plane, and along the terms, the kernel counts in 32 bits. */
static gv_status supports(const gv_device *facts, const gv_workload *workload, gv_error *err)
{
    gv_status status = gv__device_fits(facts, workload, err);
    if (status != GV_OK) {
        return status;
    }
    const gv_conv2d *conv = &workload->as.conv2d;
    const gv__direct_layout layout = gv__direct_layout_of(conv, true);
    const double most = 0x1p29;
    const uint64_t of_a_group = conv->c / conv->groups;
    const double channels = (double)of_a_group;
    const double plane = (double)layout.phase_rows * (double)layout.pitch * (double)conv->stride_h *
                         (double)conv->stride_w;
    const double products = (double)conv->n * (double)conv->groups;
    if (plane + (double)conv->pad_w > most || (double)conv->h * (double)conv->w > most ||
        channels * (double)conv->r * (double)conv->s > most || (double)conv->k > most ||
        products > most || (double)conv->n * (double)conv->c > most) {
        return gv__fail(err, GV_UNSUPPORTED, 0, NULL,
                        "our direct convolution counts pixels, channels and terms up to 2^29");
    }
    gv__direct_sizes sizes;
    gv__direct_candidate(facts, workload, 0, &sizes);
    const double staged = sizes.staged ? (double)staged_bytes(workload, &sizes) : 0.0;
    const double packed = (double)packed_bytes(workload, &sizes);
    const double largest = gv_device_number(facts, GV_DEVICE_MAX_ALLOC);
    if (staged > largest || packed > largest) {
        return gv__fail(err, GV_UNSUPPORTED, 0, NULL,
                        "the padded image takes %.3g GiB, the device's largest buffer is %.3g GiB",
                        staged / 0x1p30, largest / 0x1p30);
    }
    return GV_OK;
}

static bool candidate(const gv_device *facts, const gv_workload *workload, uint32_t index,
                      gv__parameters *out)
{
    gv__direct_sizes sizes;
    if (!gv__direct_candidate(facts, workload, index, &sizes)) {
        return false;
    }
    gv__direct_to_parameters(&sizes, out);
    return true;
}

static void write_options(const gv_workload *workload, const gv__direct_sizes *sizes,
                          gv__text *options)
{
    const gv_conv2d *conv = &workload->as.conv2d;
    const gv__direct_layout layout = gv__direct_layout_of(conv, sizes->staged);
    const struct {
        const char *name;
        uint64_t value;
    } shape[] = {
        {"FILTERS", conv->k / conv->groups},
        {"CHANNELS", conv->c / conv->groups},
        {"IN_ROWS", conv->h},
        {"IN_COLUMNS", conv->w},
        {"OUT_ROWS", layout.p},
        {"OUT_COLUMNS", layout.q},
        {"FILTER_ROWS", conv->r},
        {"FILTER_COLUMNS", conv->s},
        {"PAD_ROWS", conv->pad_h},
        {"PAD_COLUMNS", conv->pad_w},
        {"STRIDE_ROWS", conv->stride_h},
        {"STRIDE_COLUMNS", conv->stride_w},
        {"DILATION_ROWS", conv->dilation_h},
        {"DILATION_COLUMNS", conv->dilation_w},
        {"PITCH", layout.pitch},
        {"PHASE_ROWS", layout.phase_rows},
        {"PHASE_PLANE", layout.phase_plane},
        {"PLANE", layout.plane},
    };
    gv__parameters set;
    gv__direct_to_parameters(sizes, &set);
    gv__text_printf(options, "-D REAL=%s -D HALF_STORED=%d",
                    workload->precision == GV_PRECISION_F64 ? "double" : "float",
                    workload->precision == GV_PRECISION_F16);
    gv__parameters_options(&set, options);
    for (size_t i = 0; i < GV__COUNT(shape); i++) {
        gv__text_printf(options, " -D %s=%llu", shape[i].name, (unsigned long long)shape[i].value);
    }
}

static void launch(gv__kernel *kernel, const gv__direct_sizes *sizes, uint64_t x, uint64_t y,
                   uint64_t z)
{
    const size_t local[3] = {sizes->group_across, 1, 1};
    const size_t groups[3] = {(size_t)x, (size_t)y, (size_t)z};
    for (int i = 0; i < 3; i++) {
        kernel->local[i] = local[i];
        kernel->global[i] = local[i] * groups[i];
    }
}

static gv_status create_kernels(gv__context *context, const gv_workload *workload,
                                const gv__direct_sizes *sizes, direct_plan *plan, gv__costs *costs,
                                gv_error *err)
{
    gv__text options = {0};
    write_options(workload, sizes, &options);
    gv_status status = options.failed
                           ? gv__fail(err, GV_MEMORY, 0, NULL, "no memory for a plan")
                           : gv__kernel_create(context, sources, GV__COUNT(sources), options.data,
                                               "conv2d_direct", &plan->sum, costs, err);
    gv__text_free(&options);
    if (status == GV_OK) {
        status = gv__kernel_sibling(&plan->sum, "pack", &plan->pack, err);
    }
    if (status == GV_OK && sizes->staged) {
        status = gv__kernel_sibling(&plan->sum, "stage", &plan->stage, err);
    }
    if (status != GV_OK) {
        return status;
    }
    const gv_conv2d *conv = &workload->as.conv2d;
    const gv__direct_layout layout = gv__direct_layout_of(conv, sizes->staged);
    const uint64_t filter_tiles = gv__direct_filter_tiles(sizes, conv);
    launch(&plan->sum, sizes,
           gv__divide_up(gv__direct_column_tiles(sizes, &layout), sizes->tiles_across),
           gv__divide_up(filter_tiles, sizes->tiles_down), conv->n * conv->groups);
    launch(&plan->stage, sizes, SHARED_BY, conv->n * conv->c, 1);
    launch(&plan->pack, sizes, SHARED_BY, conv->groups * filter_tiles, 1);
    return GV_OK;
}

static void destroy(void *plan)
{
    direct_plan *made = plan;
    if (made != NULL) {
        gv__kernel_release(&made->stage);
        gv__kernel_release(&made->pack);
        gv__kernel_release(&made->sum);
        gv__buffer_free(made->staged);
        gv__buffer_free(made->packed);
        free(made);
    }
}

static gv_status create(gv__context *context, const gv_workload *workload,
                        const gv__parameters *parameters, void **plan, gv__costs *costs,
                        gv_error *err)
{
    gv__direct_sizes sizes;
    if (parameters == NULL) {
        gv__direct_candidate(&context->facts, workload, 0, &sizes);
    } else {
        gv_status status = gv__direct_from_parameters(parameters, workload, &sizes, err);
        if (status != GV_OK) {
            return status;
        }
    }
    direct_plan *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return gv__fail(err, GV_MEMORY, 0, NULL, "no memory for a plan");
    }
    made->groups = (cl_int)workload->as.conv2d.groups;
    gv_status status = create_kernels(context, workload, &sizes, made, costs, err);
    if (status == GV_OK) {
        status = gv__buffer_create(context, packed_bytes(workload, &sizes), &made->packed, err);
    }
    if (status == GV_OK && sizes.staged) {
        status = gv__buffer_create(context, staged_bytes(workload, &sizes), &made->staged, err);
    }
    if (status != GV_OK) {
        destroy(made);
        return status;
    }
    *plan = made;
    return GV_OK;
}

/* Enqueue a kernel that turns one buffer into another. */
static gv_status transform(const gv__kernel *kernel, cl_mem from, cl_mem to, gv_error *err)
{
    const gv__argument arguments[] = {GV__ARGUMENT(from), GV__ARGUMENT(to)};
    return gv__kernel_enqueue(kernel, arguments, GV__COUNT(arguments), err);
}

static gv_status pack(void *plan, cl_mem weights, gv_error *err)
{
    direct_plan *made = plan;
    gv_status status = weights != NULL ? transform(&made->pack, weights, made->packed, err) : GV_OK;
    if (status == GV_OK) {
        made->weights_stay = weights != NULL;
    }
    return status;
}

static gv_status enqueue(void *plan, const cl_mem inputs[], cl_mem output, gv_error *err)
{
    const direct_plan *made = plan;
    gv_status status = GV_OK;
    if (!made->weights_stay) {
        status = transform(&made->pack, inputs[1], made->packed, err);
    }
    cl_mem image = inputs[0];
    if (status == GV_OK && made->staged != NULL) {
        status = transform(&made->stage, image, made->staged, err);
        image = made->staged;
    }
    if (status != GV_OK) {
        return status;
    }
    const gv__argument arguments[] = {GV__ARGUMENT(made->groups), GV__ARGUMENT(image),
                                      GV__ARGUMENT(made->packed), GV__ARGUMENT(output)};
    return gv__kernel_enqueue(&made->sum, arguments, GV__COUNT(arguments), err);
}

const gv__device_provider gv__direct_conv2d = {
    .name = "gpuverdict direct",
    .op = GV_OP_CONV2D,
    .algorithm = GV__ALGORITHM_SUMS,
    .version = version,
    .supports = supports,
    .candidate = candidate,
    .create = create,
    .pack = pack,
    .enqueue = enqueue,
    .destroy = destroy,
};
