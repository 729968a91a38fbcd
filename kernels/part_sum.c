/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels/part_sum.h"
#include "kernels/sources.h"
#include "kernels/tiles.h"

enum { GROUP = 64, ROUNDS = 16 };

static const gv__embedded *const sources[] = {&gv__cl_common, &gv__cl_add_part};

static gv_status build(gv__context *context, const gv_workload *whole, uint32_t width,
                       gv_activation act, gv__kernel *out, gv__costs *costs, gv_error *err)
{
    gv__text options = {0};
    gv__text_printf(&options, "-D REAL=%s -D WIDTH=%u -D ACTIVATION=%d -D GROUP=%d -D ROUNDS=%d",
                    whole->precision == GV_PRECISION_F64 ? "double" : "float", width, (int)act,
                    GROUP, ROUNDS);
    gv_status status = options.failed
                           ? gv__fail(err, GV_MEMORY, 0, NULL, "no memory for build options")
                           : gv__kernel_create(context, sources, GV__COUNT(sources), options.data,
                                               "add_part", out, costs, err);
    gv__text_free(&options);
    out->local[0] = GROUP;
    out->local[1] = out->local[2] = out->global[1] = out->global[2] = 1;
    return status;
}

gv_status gv__part_sum_create(gv__context *context, const gv_workload *whole, gv__part_sum *out,
                              gv__costs *costs, gv_error *err)
{
    const gv_activation act = whole->op == GV_OP_DENSE ? whole->as.dense.act : GV_ACT_NONE;
    const uint32_t width = gv__vector_width(&context->facts, whole->precision);
    out->group_numbers = (uint64_t)GROUP * ROUNDS * width;
    gv_status status = build(context, whole, width, GV_ACT_NONE, &out->next, costs, err);
    return status == GV_OK ? build(context, whole, width, act, &out->last, costs, err) : status;
}

gv_status gv__part_sum_add(gv__part_sum *by, bool last, uint64_t count, cl_mem part, cl_mem sum,
                           gv_error *err)
{
    gv__kernel kernel = last ? by->last : by->next;
    const cl_long numbers = (cl_long)count;
    const gv__argument arguments[] = {GV__ARGUMENT(numbers), GV__ARGUMENT(part), GV__ARGUMENT(sum)};
    kernel.global[0] = (size_t)gv__divide_up(count, by->group_numbers) * GROUP;
    return gv__kernel_enqueue(&kernel, arguments, GV__COUNT(arguments), err);
}

void gv__part_sum_release(gv__part_sum *by)
{
    gv__kernel_release(&by->next);
    gv__kernel_release(&by->last);
}
