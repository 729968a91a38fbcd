/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels/split_k.h"
#include "kernels/tiles.h"

/* Work-items of a group of the addition: any device takes as many. */
enum { ADD_GROUP = 64 };

gv__axis gv__split_k_axis(uint32_t first)
{
    const int32_t own = (int32_t)first;
    return (gv__axis){"SPLIT_K", own, {own > 1 ? own / 2 : 2, own > 1 ? 2 * own : 4, 1}, 3};
}

void gv__split_k_options(const gv__gemm_shape *shape, uint32_t parts, uint32_t width,
                         gv__text *options)
{
    gv__text_printf(options, " -D SPLIT_K=%u -D ALIGNED=%d", parts, shape->n % width == 0);
}

gv_status gv__split_k_create(const gv__kernel *kernel, const gv__gemm_shape *shape, uint32_t parts,
                             uint32_t width, gv__split_k *out, gv_error *err)
{
    gv__split_k made = {.m = (cl_int)shape->m, .n = (cl_int)shape->n};
    if (parts == 1) {
        *out = made;
        return GV_OK;
    }
    const uint64_t vectors = gv__divide_up(shape->n, width);
    const size_t bytes = (size_t)(shape->batch * parts * shape->m * vectors * width) *
                         gv__real_bytes(shape->precision);
    gv_status status = gv__kernel_sibling(kernel, "split_k_add", &made.add, err);
    if (status == GV_OK) {
        status = gv__buffer_create(kernel->context, bytes, &made.sums, err);
    }
    if (status != GV_OK) {
        gv__split_k_release(&made);
        return status;
    }
    const size_t global[3] = {(size_t)gv__divide_up(vectors, ADD_GROUP) * ADD_GROUP,
                              (size_t)shape->m, (size_t)shape->batch};
    for (int i = 0; i < 3; i++) {
        made.add.global[i] = global[i];
        made.add.local[i] = i == 0 ? ADD_GROUP : 1;
    }
    *out = made;
    return GV_OK;
}

gv_status gv__split_k_enqueue(const gv__split_k *split, cl_mem bias, cl_mem out, gv_error *err)
{
    const gv__argument arguments[] = {
        GV__ARGUMENT(split->m), GV__ARGUMENT(split->n), GV__ARGUMENT(split->sums),
        GV__ARGUMENT(bias),     GV__ARGUMENT(out),
    };
    return gv__kernel_enqueue(&split->add, arguments, GV__COUNT(arguments), err);
}

void gv__split_k_release(gv__split_k *split)
{
    gv__kernel_release(&split->add);
    gv__buffer_free(split->sums);
    *split = (gv__split_k){0};
}
