/* SPDX-License-Identifier: Apache-2.0 */
/* The 2-D convolution by our own kernel, conv2d.cl: any stride, padding, dilation and groups. */
#include "kernels/device_rows.h"
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

static gv_status create(gv__context *context, const gv_workload *workload,
                        const gv__parameters *parameters, void **plan, gv__costs *costs,
                        gv_error *err)
{
    (void)parameters; /* nothing to tune yet */
    const gv_conv2d *conv = &workload->as.conv2d;
    uint64_t p = 0;
    uint64_t q = 0;
    gv_conv2d_output(conv, &p, &q);
    const gv__tiles_problem problem = {.precision = workload->precision,
                                       .rows = conv->k / conv->groups,
                                       .columns = p * q,
                                       .products = conv->n * conv->groups};
    const gv__tiles tiles = gv__tiles_choose(&context->facts, &problem);
    conv2d_plan *made = calloc(1, sizeof *made);
    gv__text options = {0};
    gv__tiles_options(&tiles, workload->precision, &options);
    gv_status status = made == NULL || options.failed
                           ? gv__fail(err, GV_MEMORY, 0, NULL, "no memory for a plan")
                           : gv__kernel_create(context, sources, GV__COUNT(sources), options.data,
                                               "conv2d", &made->kernel, costs, err);
    gv__text_free(&options);
    if (made == NULL || status != GV_OK) {
        free(made);
        return status;
    }
    made->conv = *conv;
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
    .create = create,
    .enqueue = enqueue,
    .destroy = destroy,
};
