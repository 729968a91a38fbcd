/* SPDX-License-Identifier: Apache-2.0 */
/* What the providers on oneDNN share: one layer with its weights packed, and the differences
 * between the C interfaces of 2.x and 3.x.
 *
 * A layer comes in two variants. "plain" keeps the activations in the given layout. "any" lets
 * oneDNN choose, which is faster inside and pays for bringing them there and back. Weights may have
 * any layout in both: they are packed once, beforehand. */
#ifndef GPUVERDICT_KERNELS_ONEDNN_H
#define GPUVERDICT_KERNELS_ONEDNN_H

#include "kernels/provider.h"

#include <oneapi/dnnl/dnnl.h>

#if DNNL_VERSION_MAJOR >= 3
typedef dnnl_memory_desc_t gv__dnnl_layout; /* a handle with an owner */
typedef const_dnnl_memory_desc_t gv__dnnl_layout_view;
#else
typedef dnnl_memory_desc_t gv__dnnl_layout; /* a plain struct */
typedef const dnnl_memory_desc_t *gv__dnnl_layout_view;
#endif

typedef enum gv__dnnl_role {
    GV__DNNL_SOURCE,
    GV__DNNL_WEIGHTS,
    GV__DNNL_BIAS,
    GV__DNNL_RESULT
} gv__dnnl_role;
enum { GV__DNNL_ROLE_COUNT = 4 };

/** An array as the caller has it. */
typedef struct gv__dnnl_array {
    int rank; /**< 0: there is none */
    dnnl_dims_t dims;
    dnnl_format_tag_t tag; /**< of the caller's layout, in the order of `dims` */
    void *data;
} gv__dnnl_array;

/** Makes the library's description of the operation for these layouts. */
typedef dnnl_status_t gv__dnnl_describe(const gv_workload *workload,
                                        const gv__dnnl_layout_view layouts[GV__DNNL_ROLE_COUNT],
                                        const_dnnl_primitive_attr_t attributes,
                                        dnnl_engine_t engine, dnnl_primitive_desc_t *out);

/** What a provider says about a layer before it is made. */
typedef struct gv__dnnl_layer_info {
    const gv_workload *workload;
    gv__dnnl_array array[GV__DNNL_ROLE_COUNT];
    gv__dnnl_describe *describe;
    gv_activation act; /**< fused behind the result */
    bool any;          /**< the variant */
    uint32_t threads;
} gv__dnnl_layer_info;

/** Plan and pack; adds to costs. The plan is what run and destroy below take. */
gv_status gv__dnnl_layer_create(const gv__dnnl_layer_info *info, void **plan, gv__costs *costs,
                                gv_error *err);
gv_status gv__dnnl_layer_run(void *plan, gv_error *err);
void gv__dnnl_layer_destroy(void *plan);

/** "2.6.3", from the library itself. */
const char *gv__dnnl_version(void);

/** f32 alone. */
gv_status gv__dnnl_supports(const gv_workload *workload, gv_error *err);

/** The library's interface has no const for data that it only reads. */
void *gv__dnnl_data(const void *array);

#endif
