/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels/onednn.h"

#include "base/support.h"

#include <dlfcn.h>
#include <oneapi/dnnl/dnnl_debug.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One array: where the caller has it, and where the operation wants it. */
typedef struct tensor {
    gv__dnnl_layout given, wanted;
    bool has_given, has_wanted;
    dnnl_memory_t outside, inside; /* the same where the layouts agree */
    dnnl_primitive_t reorder;      /* NULL where they agree */
} tensor;

typedef struct layer {
    uint32_t threads;
    dnnl_engine_t engine;
    dnnl_stream_t stream;
    tensor tensor[GV__DNNL_ROLE_COUNT];
    dnnl_primitive_t primitive;
} layer;

static const int argument_of[GV__DNNL_ROLE_COUNT] = {
    [GV__DNNL_SOURCE] = DNNL_ARG_SRC,
    [GV__DNNL_WEIGHTS] = DNNL_ARG_WEIGHTS,
    [GV__DNNL_BIAS] = DNNL_ARG_BIAS,
    [GV__DNNL_RESULT] = DNNL_ARG_DST,
};

const char *gv__dnnl_version(void)
{
    static char text[32] = "";
    if (text[0] == 0) {
        const dnnl_version_t *v = dnnl_version();
        snprintf(text, sizeof text, "%d.%d.%d", v->major, v->minor, v->patch);
    }
    return text;
}

gv_status gv__dnnl_supports(const gv_workload *workload, gv_error *err)
{
    if (workload->precision != GV_PRECISION_F32) {
        return gv__fail(err, GV_UNSUPPORTED, 0, NULL,
                        "oneDNN serves this operation in f32 alone on processors, not in %s",
                        gv_precision_name(workload->precision));
    }
    return GV_OK;
}

void *gv__dnnl_data(const void *array)
{
    void *data;
    memcpy(&data, &array, sizeof data);
    return data;
}

static gv_status fail(dnnl_status_t status, const char *call, gv_error *err)
{
    const char *name = dnnl_status2str(status);
    switch (status) {
    case dnnl_out_of_memory:
        return gv__fail(err, GV_MEMORY, (int32_t)status, call, "oneDNN %s: out of memory", name);
    case dnnl_unimplemented:
        return gv__fail(err, GV_UNSUPPORTED, (int32_t)status, call,
                        "oneDNN %s: it has no code for these sizes and layouts", name);
    default:
        return gv__fail(err, GV_LIBRARY, (int32_t)status, call, "oneDNN %s in %s", name, call);
    }
}

/* oneDNN has no call for its threads; they are those of the OpenMP that it was linked with. Asking
 * the process for it needs no OpenMP at build time and never finds another one. */
static void use_threads(uint32_t threads)
{
    static void (*set_threads)(int) = NULL;
    static bool looked = false;
    if (!looked) {
        looked = true;
        void *process = dlopen(NULL, RTLD_LAZY);
        if (process != NULL) {
            void *symbol = dlsym(process, "omp_set_num_threads");
            memcpy(&set_threads, &symbol, sizeof symbol);
        }
    }
    if (set_threads != NULL) {
        set_threads((int)threads);
    }
}

static dnnl_status_t layout_create(gv__dnnl_layout *layout, const gv__dnnl_array *array,
                                   dnnl_format_tag_t tag)
{
#if DNNL_VERSION_MAJOR >= 3
    return dnnl_memory_desc_create_with_tag(layout, array->rank, array->dims, dnnl_f32, tag);
#else
    return dnnl_memory_desc_init_by_tag(layout, array->rank, array->dims, dnnl_f32, tag);
#endif
}

static void layout_destroy(gv__dnnl_layout *layout)
{
#if DNNL_VERSION_MAJOR >= 3
    dnnl_memory_desc_destroy(*layout);
#else
    (void)layout;
#endif
}

static gv__dnnl_layout_view view(const gv__dnnl_layout *layout)
{
#if DNNL_VERSION_MAJOR >= 3
    return *layout;
#else
    return layout;
#endif
}

static dnnl_status_t append_activation(dnnl_post_ops_t operations, gv_activation act)
{
    static const dnnl_alg_kind_t kinds[GV_ACT_COUNT] = {
        [GV_ACT_RELU] = dnnl_eltwise_relu,
        [GV_ACT_GELU] = dnnl_eltwise_gelu_erf,
        [GV_ACT_SIGMOID] = dnnl_eltwise_logistic,
        [GV_ACT_TANH] = dnnl_eltwise_tanh,
    };
#if DNNL_VERSION_MAJOR >= 3
    return dnnl_post_ops_append_eltwise(operations, kinds[act], 0, 0);
#else
    return dnnl_post_ops_append_eltwise(operations, 1, kinds[act], 0, 0);
#endif
}

static gv_status make_attributes(gv_activation act, dnnl_primitive_attr_t *out, gv_error *err)
{
    dnnl_post_ops_t operations = NULL;
    dnnl_primitive_attr_t attributes = NULL;
    const char *call = "dnnl_primitive_attr_create";
    dnnl_status_t status = dnnl_primitive_attr_create(&attributes);
    if (status == dnnl_success && act != GV_ACT_NONE) {
        call = "dnnl_post_ops_create";
        status = dnnl_post_ops_create(&operations);
        if (status == dnnl_success) {
            call = "dnnl_post_ops_append_eltwise";
            status = append_activation(operations, act);
        }
        if (status == dnnl_success) {
            call = "dnnl_primitive_attr_set_post_ops";
            status = dnnl_primitive_attr_set_post_ops(attributes, operations);
        }
    }
    if (operations != NULL) {
        dnnl_post_ops_destroy(operations);
    }
    if (status != dnnl_success) {
        if (attributes != NULL) {
            dnnl_primitive_attr_destroy(attributes);
        }
        return fail(status, call, err);
    }
    *out = attributes;
    return GV_OK;
}

/* The layouts that are given, and those that the operation is asked for. */
static gv_status make_layouts(layer *l, const gv__dnnl_layer_info *info, gv_error *err)
{
    for (uint32_t role = 0; role < GV__DNNL_ROLE_COUNT; role++) {
        const gv__dnnl_array *array = &info->array[role];
        tensor *t = &l->tensor[role];
        if (array->rank == 0) {
            continue;
        }
        bool any = role == GV__DNNL_WEIGHTS || (info->any && role != GV__DNNL_BIAS);
        dnnl_status_t status = layout_create(&t->given, array, array->tag);
        t->has_given = status == dnnl_success;
        if (status == dnnl_success) {
            status = layout_create(&t->wanted, array, any ? dnnl_format_tag_any : array->tag);
            t->has_wanted = status == dnnl_success;
        }
        if (status != dnnl_success) {
            return fail(status, "dnnl_memory_desc_create_with_tag", err);
        }
    }
    return GV_OK;
}

/* Memory for one array: the caller's, and where the layouts differ one inside with a reorder from
 * one to the other. */
static gv_status attach(layer *l, uint32_t role, const gv__dnnl_array *array,
                        gv__dnnl_layout_view chosen, gv_error *err)
{
    tensor *t = &l->tensor[role];
    const char *call = "dnnl_memory_create";
    dnnl_primitive_desc_t description = NULL;
    dnnl_status_t status = dnnl_memory_create(&t->outside, view(&t->given), l->engine, array->data);
    if (status == dnnl_success && dnnl_memory_desc_equal(view(&t->given), chosen) != 0) {
        t->inside = t->outside;
        return GV_OK;
    }
    if (status == dnnl_success) {
        status = dnnl_memory_create(&t->inside, chosen, l->engine, DNNL_MEMORY_ALLOCATE);
    }
    if (status == dnnl_success) {
        bool back = role == GV__DNNL_RESULT;
        call = "dnnl_reorder_primitive_desc_create";
        status = dnnl_reorder_primitive_desc_create(&description, back ? chosen : view(&t->given),
                                                    l->engine, back ? view(&t->given) : chosen,
                                                    l->engine, NULL);
    }
    if (status == dnnl_success) {
        call = "dnnl_primitive_create";
        status = dnnl_primitive_create(&t->reorder, description);
    }
    if (description != NULL) {
        dnnl_primitive_desc_destroy(description);
    }
    return status == dnnl_success ? GV_OK : fail(status, call, err);
}

static gv_status make_operation(layer *l, const gv__dnnl_layer_info *info, gv_error *err)
{
    static const dnnl_query_t queries[GV__DNNL_ROLE_COUNT] = {
        [GV__DNNL_SOURCE] = dnnl_query_src_md,
        [GV__DNNL_WEIGHTS] = dnnl_query_weights_md,
        [GV__DNNL_BIAS] = dnnl_query_weights_md,
        [GV__DNNL_RESULT] = dnnl_query_dst_md,
    };
    dnnl_primitive_attr_t attributes = NULL;
    dnnl_primitive_desc_t description = NULL;
    gv__dnnl_layout_view layouts[GV__DNNL_ROLE_COUNT] = {NULL};
    gv_status status = make_attributes(info->act, &attributes, err);
    if (status != GV_OK) {
        return status;
    }
    for (uint32_t role = 0; role < GV__DNNL_ROLE_COUNT; role++) {
        if (l->tensor[role].has_wanted) {
            layouts[role] = view(&l->tensor[role].wanted);
        }
    }
    const char *call = "dnnl_primitive_desc_create";
    dnnl_status_t code =
        info->describe(info->workload, layouts, attributes, l->engine, &description);
    if (code == dnnl_success) {
        call = "dnnl_primitive_create";
        code = dnnl_primitive_create(&l->primitive, description);
    }
    if (code != dnnl_success) {
        status = fail(code, call, err);
    }
    for (uint32_t role = 0; status == GV_OK && role < GV__DNNL_ROLE_COUNT; role++) {
        if (layouts[role] != NULL) {
            gv__dnnl_layout_view chosen = dnnl_primitive_desc_query_md(
                description, queries[role], role == GV__DNNL_BIAS ? 1 : 0);
            status = attach(l, role, &info->array[role], chosen, err);
        }
    }
    if (description != NULL) {
        dnnl_primitive_desc_destroy(description);
    }
    dnnl_primitive_attr_destroy(attributes);
    return status;
}

static gv_status reorder(layer *l, uint32_t role, gv_error *err)
{
    const tensor *t = &l->tensor[role];
    if (t->reorder == NULL) {
        return GV_OK;
    }
    bool back = role == GV__DNNL_RESULT;
    const dnnl_exec_arg_t arguments[] = {{DNNL_ARG_FROM, back ? t->inside : t->outside},
                                         {DNNL_ARG_TO, back ? t->outside : t->inside}};
    dnnl_status_t status = dnnl_primitive_execute(t->reorder, l->stream, 2, arguments);
    return status == dnnl_success ? GV_OK : fail(status, "dnnl_primitive_execute", err);
}

static gv_status wait(layer *l, gv_error *err)
{
    dnnl_status_t status = dnnl_stream_wait(l->stream);
    return status == dnnl_success ? GV_OK : fail(status, "dnnl_stream_wait", err);
}

gv_status gv__dnnl_layer_run(void *plan, gv_error *err)
{
    layer *l = plan;
    use_threads(l->threads);
    gv_status status = reorder(l, GV__DNNL_SOURCE, err);
    if (status != GV_OK) {
        return status;
    }
    dnnl_exec_arg_t arguments[GV__DNNL_ROLE_COUNT];
    int count = 0;
    for (uint32_t role = 0; role < GV__DNNL_ROLE_COUNT; role++) {
        if (l->tensor[role].inside != NULL) {
            arguments[count++] = (dnnl_exec_arg_t){argument_of[role], l->tensor[role].inside};
        }
    }
    dnnl_status_t code = dnnl_primitive_execute(l->primitive, l->stream, count, arguments);
    if (code != dnnl_success) {
        return fail(code, "dnnl_primitive_execute", err);
    }
    status = reorder(l, GV__DNNL_RESULT, err);
    return status == GV_OK ? wait(l, err) : status;
}

void gv__dnnl_layer_destroy(void *plan)
{
    layer *l = plan;
    if (l == NULL) {
        return;
    }
    for (uint32_t role = 0; role < GV__DNNL_ROLE_COUNT; role++) {
        tensor *t = &l->tensor[role];
        if (t->reorder != NULL) {
            dnnl_primitive_destroy(t->reorder);
        }
        if (t->inside != NULL && t->inside != t->outside) {
            dnnl_memory_destroy(t->inside);
        }
        if (t->outside != NULL) {
            dnnl_memory_destroy(t->outside);
        }
        if (t->has_wanted) {
            layout_destroy(&t->wanted);
        }
        if (t->has_given) {
            layout_destroy(&t->given);
        }
    }
    if (l->primitive != NULL) {
        dnnl_primitive_destroy(l->primitive);
    }
    if (l->stream != NULL) {
        dnnl_stream_destroy(l->stream);
    }
    if (l->engine != NULL) {
        dnnl_engine_destroy(l->engine);
    }
    free(l);
}

static gv_status open_engine(layer *l, gv_error *err)
{
    dnnl_status_t status = dnnl_engine_create(&l->engine, dnnl_cpu, 0);
    if (status != dnnl_success) {
        return fail(status, "dnnl_engine_create", err);
    }
    status = dnnl_stream_create(&l->stream, l->engine, dnnl_stream_default_flags);
    return status == dnnl_success ? GV_OK : fail(status, "dnnl_stream_create", err);
}

gv_status gv__dnnl_layer_create(const gv__dnnl_layer_info *info, void **plan, gv__costs *costs,
                                gv_error *err)
{
    double start = gv__now_s();
    layer *l = calloc(1, sizeof *l);
    if (l == NULL) {
        return gv__fail(err, GV_MEMORY, 0, "calloc", "there is no memory for a plan");
    }
    l->threads = info->threads;
    use_threads(l->threads); /* the code that is made may depend on it */
    gv_status status = open_engine(l, err);
    if (status == GV_OK) {
        status = make_layouts(l, info, err);
    }
    if (status == GV_OK) {
        status = make_operation(l, info, err);
    }
    double planned = gv__now_s();
    if (status == GV_OK) {
        status = reorder(l, GV__DNNL_WEIGHTS, err);
    }
    if (status == GV_OK) {
        status = reorder(l, GV__DNNL_BIAS, err);
    }
    if (status == GV_OK) {
        status = wait(l, err);
    }
    if (status != GV_OK) {
        gv__dnnl_layer_destroy(l);
        return status;
    }
    gv__costs_add(costs, GV_COST_PLAN, planned - start);
    if (l->tensor[GV__DNNL_WEIGHTS].reorder != NULL) {
        gv__costs_add(costs, GV_COST_PACK, gv__now_s() - planned);
    }
    *plan = l;
    return GV_OK;
}
