/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels/tiled_gemm.h"
#include "kernels/sources.h"

static const gv__embedded *const sources[] = {&gv__cl_common, &gv__cl_tile, &gv__cl_gemm};

const char *gv__gemm_version(void)
{
    static char text[9];
    return gv__sources_version(sources, GV__COUNT(sources), text);
}

gv_status gv__gemm_create(gv__context *context, const gv__gemm_shape *shape, gv__gemm *out,
                          gv__costs *costs, gv_error *err)
{
    const gv__tiles_problem problem = {.precision = shape->precision,
                                       .rows = shape->m,
                                       .columns = shape->n,
                                       .products = shape->batch,
                                       .left_transposed = shape->ta};
    const gv__tiles tiles = gv__tiles_choose(&context->facts, &problem);
    gv__text options = {0};
    gv__tiles_options(&tiles, shape->precision, &options);
    gv__text_printf(&options, " -D RIGHT_TRANSPOSED=%d -D BIAS=%d -D ACTIVATION=%d", shape->tb,
                    shape->bias, (int)shape->act);
    gv_status status = options.failed
                           ? gv__fail(err, GV_MEMORY, 0, NULL, "no memory for build options")
                           : gv__kernel_create(context, sources, GV__COUNT(sources), options.data,
                                               "gemm", &out->kernel, costs, err);
    if (status == GV_OK) {
        out->shape = *shape;
        gv__tiles_launch(&tiles, &problem, &out->kernel);
    }
    gv__text_free(&options);
    return status;
}

gv_status gv__gemm_enqueue(const gv__gemm *gemm, cl_mem left, cl_mem right, cl_mem bias, cl_mem out,
                           gv_error *err)
{
    const gv__gemm_shape *shape = &gemm->shape;
    const cl_int m = (cl_int)shape->m;
    const cl_int n = (cl_int)shape->n;
    const cl_int k = (cl_int)shape->k;
    const cl_long left_row = shape->ta ? 1 : k;
    const cl_long left_column = shape->ta ? m : 1;
    const gv__argument arguments[] = {
        GV__ARGUMENT(m),        GV__ARGUMENT(n),           GV__ARGUMENT(k),
        GV__ARGUMENT(left_row), GV__ARGUMENT(left_column), GV__ARGUMENT(left),
        GV__ARGUMENT(right),    GV__ARGUMENT(bias),        GV__ARGUMENT(out),
    };
    return gv__kernel_enqueue(&gemm->kernel, arguments, GV__COUNT(arguments), err);
}
