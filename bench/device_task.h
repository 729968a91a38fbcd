/* SPDX-License-Identifier: Apache-2.0 */
/* A workload on a device: operands there, a provider that computed it right, timed calls of each
 * view.
 *
 *     workload -> [first provider whose result is right] -> samples of a view */
#ifndef GPUVERDICT_BENCH_DEVICE_TASK_H
#define GPUVERDICT_BENCH_DEVICE_TASK_H

#include "bench/task.h"
#include "kernels/device_provider.h"

/** Start with `{0}` and the context. */
typedef struct gv__device_task {
    gv__context *context; /**< borrowed */
    gv__task task;
    const gv__device_provider *provider; /**< NULL: nothing is prepared */
    char provider_text[GV_PROVIDER_TEXT];
    void *plan;
    cl_mem input[GV_MAX_INPUTS], output; /**< ordinary device buffers */
    /** Operands of the view "pinned or mapped", made at its first use. */
    gv__pinned pinned_input[GV_MAX_INPUTS], pinned_output;
    bool mapped; /**< memory is shared: these are the kernel's own operands and nothing is copied */
} gv__device_task;

/** Prepare: the first provider of the table that is not excluded and whose result is right serves.
 * The others are told to the parent as incidents. What was prepared before is forgotten.
 *
 * @param[out] served  false where nobody could
 * @return a status other than GV_OK where the fault is not a provider's: no memory, no buffer */
gv_status gv__device_task_prepare(gv__device_task *t, const gv__ask_prepare *ask,
                                  gv__say_prepared *out, bool *served, gv_error *err);

/** Take samples of one view.
 * @retval GV_WRONG_RESULT  the output of the last timed call is not the one that was checked
 * @retval GV_ARGUMENT      nothing is prepared */
gv_status gv__device_task_sample(gv__device_task *t, const gv__ask_sample *ask,
                                 gv__say_samples *out, gv_error *err);

/** Forget what is prepared; the context stays. */
void gv__device_task_release(gv__device_task *t);

#endif
