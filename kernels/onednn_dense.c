/* SPDX-License-Identifier: Apache-2.0 */
/* dense by oneDNN, bias and activation fused. "plain" is its matrix product on the rows as they
 * are; "any" its inner product, whose layouts it may choose: two code paths of the library, either
 * of which can be the faster one. */
#include "kernels/host_rows.h"
#include "kernels/onednn.h"

static dnnl_status_t describe_matmul(const gv_workload *workload,
                                     const gv__dnnl_layout_view layouts[GV__DNNL_ROLE_COUNT],
                                     const_dnnl_primitive_attr_t attributes, dnnl_engine_t engine,
                                     dnnl_primitive_desc_t *out)
{
    (void)workload;
#if DNNL_VERSION_MAJOR >= 3
    return dnnl_matmul_primitive_desc_create(out, engine, layouts[GV__DNNL_SOURCE],
                                             layouts[GV__DNNL_WEIGHTS], layouts[GV__DNNL_BIAS],
                                             layouts[GV__DNNL_RESULT], attributes);
#else
    dnnl_matmul_desc_t description;
    dnnl_status_t status =
        dnnl_matmul_desc_init(&description, layouts[GV__DNNL_SOURCE], layouts[GV__DNNL_WEIGHTS],
                              layouts[GV__DNNL_BIAS], layouts[GV__DNNL_RESULT]);
    return status == dnnl_success
               ? dnnl_primitive_desc_create(out, &description, attributes, engine, NULL)
               : status;
#endif
}

static dnnl_status_t describe_inner_product(const gv_workload *workload,
                                            const gv__dnnl_layout_view layouts[GV__DNNL_ROLE_COUNT],
                                            const_dnnl_primitive_attr_t attributes,
                                            dnnl_engine_t engine, dnnl_primitive_desc_t *out)
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

static gv_status create_plain(const gv_workload *workload, const void *const inputs[], void *output,
                              uint32_t threads, void **plan, gv__costs *costs, gv_error *err)
{
    const gv_dense *s = &workload->as.dense;
    dnnl_dim_t batch = (dnnl_dim_t)s->batch;
    dnnl_dim_t in = (dnnl_dim_t)s->in;
    dnnl_dim_t out = (dnnl_dim_t)s->out;
    gv__dnnl_layer_info info = {
        .workload = workload, .describe = describe_matmul, .act = s->act, .threads = threads};
    info.array[GV__DNNL_SOURCE] =
        (gv__dnnl_array){2, {batch, in}, dnnl_ab, gv__dnnl_data(inputs[0])};
    info.array[GV__DNNL_WEIGHTS] =
        (gv__dnnl_array){2, {in, out}, dnnl_ab, gv__dnnl_data(inputs[1])};
    info.array[GV__DNNL_BIAS] = (gv__dnnl_array){2, {1, out}, dnnl_ab, gv__dnnl_data(inputs[2])};
    info.array[GV__DNNL_RESULT] = (gv__dnnl_array){2, {batch, out}, dnnl_ab, output};
    return gv__dnnl_layer_create(&info, plan, costs, err);
}

static gv_status create_any(const gv_workload *workload, const void *const inputs[], void *output,
                            uint32_t threads, void **plan, gv__costs *costs, gv_error *err)
{
    const gv_dense *s = &workload->as.dense;
    dnnl_dim_t batch = (dnnl_dim_t)s->batch;
    dnnl_dim_t in = (dnnl_dim_t)s->in;
    dnnl_dim_t out = (dnnl_dim_t)s->out;
    gv__dnnl_layer_info info = {.workload = workload,
                                .describe = describe_inner_product,
                                .act = s->act,
                                .any = true,
                                .threads = threads};
    info.array[GV__DNNL_SOURCE] =
        (gv__dnnl_array){2, {batch, in}, dnnl_ab, gv__dnnl_data(inputs[0])};
    /* An inner product's weights are out x in: ours are their transpose. */
    info.array[GV__DNNL_WEIGHTS] =
        (gv__dnnl_array){2, {out, in}, dnnl_ba, gv__dnnl_data(inputs[1])};
    info.array[GV__DNNL_BIAS] = (gv__dnnl_array){1, {out}, dnnl_a, gv__dnnl_data(inputs[2])};
    info.array[GV__DNNL_RESULT] = (gv__dnnl_array){2, {batch, out}, dnnl_ab, output};
    return gv__dnnl_layer_create(&info, plan, costs, err);
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
