/* SPDX-License-Identifier: Apache-2.0 */
/* Adds up sums that were cut along their terms (base/cut.h), on the device, by add_part.cl. */
#ifndef GPUVERDICT_KERNELS_PART_SUM_H
#define GPUVERDICT_KERNELS_PART_SUM_H

#include "kernels/own_kernel.h"
#include <gpuverdict/workload.h>

/** Start with `{0}`. */
typedef struct gv__part_sum {
    gv__kernel next, last;  /**< the last one applies the activation */
    uint64_t group_numbers; /**< that one work-group adds */
} gv__part_sum;

/** For the output of `whole`, a matmul or dense in f32 or f64. */
gv_status gv__part_sum_create(gv__context *context, const gv_workload *whole, gv__part_sum *out,
                              gv__costs *costs, gv_error *err);

/** Enqueue sum = act(sum + part) of `count` numbers. */
gv_status gv__part_sum_add(gv__part_sum *by, bool last, uint64_t count, cl_mem part, cl_mem sum,
                           gv_error *err);

/** Accepts a zeroed one. */
void gv__part_sum_release(gv__part_sum *by);

#endif
