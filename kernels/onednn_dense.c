/* SPDX-License-Identifier: Apache-2.0 */
/* dense by oneDNN's inner product, bias and activation fused. */
#include "kernels/host_rows.h"
#include "kernels/onednn.h"

static dnnl_status_t describe(const gv_workload *workload,
                              const gv__dnnl_layout_view layouts[GV__DNNL_ROLE_COUNT],
                              const_dnnl_primitive_attr_t attributes, dnnl_engine_t engine,
                              dnnl_primitive_desc_t *out)
{
    (void)workload;
#if DNNL_VERSION_MAJOR >= 3
    return dnnl_inner_product_forward_primitive_desc_create(
        out, engine, dnnl_forward_inference, layouts[GV__DNNL_SOURCE], layouts[GV__DNNL_WEIGHTS],
        layouts[GV__DNNL_BIAS], layouts[GV__DNNL_RESULT], attributes);
#else
    dnnl_inner_product_desc_t description;
    dnnl_status_t status = dnnl_inner_product_forward_desc_init(
        &description, dnnl_forward_inference, layouts[GV__DNNL_SOURCE], layouts[GV__DNNL_WEIGHTS],
        layouts[GV__DNNL_BIAS], layouts[GV__DNNL_RESULT]);
    return status == dnnl_success
               ? dnnl_primitive_desc_create(out, &description, attributes, engine, NULL)
               : status;
#endif
}

static gv_status create(const gv_workload *workload, const void *const inputs[], void *output,
                        uint32_t threads, bool any, void **plan, gv__costs *costs, gv_error *err)
{
    const gv_dense *s = &workload->as.dense;
    dnnl_dim_t batch = (dnnl_dim_t)s->batch;
    dnnl_dim_t in = (dnnl_dim_t)s->in;
    dnnl_dim_t out = (dnnl_dim_t)s->out;
    gv__dnnl_layer_info info = {
        .workload = workload, .describe = describe, .act = s->act, .any = any, .threads = threads};
    info.array[GV__DNNL_SOURCE] =
        (gv__dnnl_array){2, {batch, in}, dnnl_ab, gv__dnnl_data(inputs[0])};
    /* The library's weights are out x in: ours are their transpose. */
    info.array[GV__DNNL_WEIGHTS] =
        (gv__dnnl_array){2, {out, in}, dnnl_ba, gv__dnnl_data(inputs[1])};
    info.array[GV__DNNL_BIAS] = (gv__dnnl_array){1, {out}, dnnl_a, gv__dnnl_data(inputs[2])};
    info.array[GV__DNNL_RESULT] = (gv__dnnl_array){2, {batch, out}, dnnl_ab, output};
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

const gv__host_provider gv__onednn_plain_dense = {
    .name = "oneDNN plain",
    .op = GV_OP_DENSE,
    .version = gv__dnnl_version,
    .supports = gv__dnnl_supports,
    .create = create_plain,
    .run = gv__dnnl_layer_run,
    .destroy = gv__dnnl_layer_destroy,
};

const gv__host_provider gv__onednn_any_dense = {
    .name = "oneDNN any",
    .op = GV_OP_DENSE,
    .version = gv__dnnl_version,
    .supports = gv__dnnl_supports,
    .create = create_any,
    .run = gv__dnnl_layer_run,
    .destroy = gv__dnnl_layer_destroy,
};
