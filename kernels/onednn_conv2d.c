/* SPDX-License-Identifier: Apache-2.0 */
/* conv2d by oneDNN, which picks direct summation or Winograd itself. */
#include "kernels/host_rows.h"
#include "kernels/onednn.h"

static dnnl_status_t describe(const gv_workload *workload,
                              const gv__dnnl_layout_view layouts[GV__DNNL_ROLE_COUNT],
                              const_dnnl_primitive_attr_t attributes, dnnl_engine_t engine,
                              dnnl_primitive_desc_t *out)
{
    const gv_conv2d *s = &workload->as.conv2d;
    const dnnl_dims_t strides = {(dnnl_dim_t)s->stride_h, (dnnl_dim_t)s->stride_w};
    /* oneDNN counts what lies between two neighbours. */
    const dnnl_dims_t dilations = {(dnnl_dim_t)s->dilation_h - 1, (dnnl_dim_t)s->dilation_w - 1};
    const dnnl_dims_t padding = {(dnnl_dim_t)s->pad_h, (dnnl_dim_t)s->pad_w};
#if DNNL_VERSION_MAJOR >= 3
    return dnnl_convolution_forward_primitive_desc_create(
        out, engine, dnnl_forward_inference, dnnl_convolution_auto, layouts[GV__DNNL_SOURCE],
        layouts[GV__DNNL_WEIGHTS], NULL, layouts[GV__DNNL_RESULT], strides, dilations, padding,
        padding, attributes);
#else
    dnnl_convolution_desc_t description;
    dnnl_status_t status = dnnl_dilated_convolution_forward_desc_init(
        &description, dnnl_forward_inference, dnnl_convolution_auto, layouts[GV__DNNL_SOURCE],
        layouts[GV__DNNL_WEIGHTS], NULL, layouts[GV__DNNL_RESULT], strides, dilations, padding,
        padding);
    return status == dnnl_success
               ? dnnl_primitive_desc_create(out, &description, attributes, engine, NULL)
               : status;
#endif
}

static gv_status create(const gv_workload *workload, const void *const inputs[], void *output,
                        uint32_t threads, bool any, void **plan, gv__costs *costs, gv_error *err)
{
    const gv_conv2d *s = &workload->as.conv2d;
    uint64_t p;
    uint64_t q;
    gv_conv2d_output(s, &p, &q);
    dnnl_dim_t n = (dnnl_dim_t)s->n;
    dnnl_dim_t g = (dnnl_dim_t)s->groups;
    dnnl_dim_t c = (dnnl_dim_t)s->c;
    dnnl_dim_t k = (dnnl_dim_t)s->k;
    dnnl_dim_t r = (dnnl_dim_t)s->r;
    gv__dnnl_layer_info info = {
        .workload = workload, .describe = describe, .any = any, .threads = threads};
    info.array[GV__DNNL_SOURCE] = (gv__dnnl_array){
        4, {n, c, (dnnl_dim_t)s->h, (dnnl_dim_t)s->w}, dnnl_nchw, gv__dnnl_data(inputs[0])};
    info.array[GV__DNNL_WEIGHTS] =
        g == 1
            ? (gv__dnnl_array){4, {k, c, r, (dnnl_dim_t)s->s}, dnnl_oihw, gv__dnnl_data(inputs[1])}
            : (gv__dnnl_array){
                  5, {g, k / g, c / g, r, (dnnl_dim_t)s->s}, dnnl_goihw, gv__dnnl_data(inputs[1])};
    info.array[GV__DNNL_RESULT] =
        (gv__dnnl_array){4, {n, k, (dnnl_dim_t)p, (dnnl_dim_t)q}, dnnl_nchw, output};
    return gv__dnnl_layer_create(&info, plan, costs, err);
}

static gv_status create_plain(const gv_workload *workload, const void *const inputs[], void *output,
                              uint32_t threads, void **plan, gv__costs *costs, gv_error *err)
{
    return create(workload, inputs, output, threads, false, plan, costs, err);
}

static gv_status create_any(const gv_workload *workload, const void *const inputs[], void *output,
                            uint32_t threads, void **plan, gv__costs *costs, gv_error *err)
{
    return create(workload, inputs, output, threads, true, plan, costs, err);
}

const gv__host_provider gv__onednn_plain_conv2d = {
    .name = "oneDNN plain",
    .op = GV_OP_CONV2D,
    .version = gv__dnnl_version,
    .supports = gv__dnnl_supports,
    .create = create_plain,
    .run = gv__dnnl_layer_run,
    .destroy = gv__dnnl_layer_destroy,
};

const gv__host_provider gv__onednn_any_conv2d = {
    .name = "oneDNN any",
    .op = GV_OP_CONV2D,
    .version = gv__dnnl_version,
    .supports = gv__dnnl_supports,
    .create = create_any,
    .run = gv__dnnl_layer_run,
    .destroy = gv__dnnl_layer_destroy,
};
