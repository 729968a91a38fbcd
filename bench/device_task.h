/* SPDX-License-Identifier: Apache-2.0 */
/* A workload on a device: operands there, a provider that computed it right, timed calls of each
 * view.
 *
 *     workload -> [fastest provider whose result is right] -> samples of a view */
#ifndef GPUVERDICT_BENCH_DEVICE_TASK_H
#define GPUVERDICT_BENCH_DEVICE_TASK_H

#include "base/cut.h"
#include "bench/task.h"
#include "kernels/device_provider.h"

/** A provider with its plan for the prepared workload. */
typedef struct gv__device_serving {
    const gv__device_provider *provider; /**< NULL: nobody */
    char text[GV_PROVIDER_TEXT];         /**< name and version */
    void *plan;
    /** How its calls are waited for (context->poll_s): with weights that move, with packed ones. */
    double poll_s[2];
    bool packed; /**< it works with weights that were packed and stay */
    bool cut;    /**< the plan is one of kernels/pieces_run.h: no operands lie on the device */
} gv__device_serving;

/** Start with `{0}` and the context. */
typedef struct gv__device_task {
    gv__context *context; /**< borrowed */
    gv__task task;
    gv__cut cut; /**< more than one piece: the device cannot hold the workload as a whole */
    gv__device_serving by;               /**< no provider: nothing is prepared */
    cl_mem input[GV_MAX_INPUTS], output; /**< ordinary device buffers */
    /** Operands of the view "pinned or mapped", made at its first use. */
    gv__pinned pinned_input[GV_MAX_INPUTS], pinned_output;
    bool mapped; /**< memory is shared: these are the kernel's own operands and nothing is copied */
    char trying[GV_WORKLOAD_TEXT]; /**< whose operands these are, in a search; "": not in one */
} gv__device_task;

/** Prepare: every provider that is not excluded computes the workload once for its check and a few
 * times for its trial, and the fastest right one serves, as on the host. Trials are told to the
 * parent, and those that are wrong or fail as incidents. What was prepared before is forgotten.
 *
 * What does not fit into the device is cut into pieces (device_pieces.h).
 *
 * @param[out] served  false where nobody could
 * @return a status other than GV_OK where the fault is not a provider's: no memory, no buffer */
gv_status gv__device_task_prepare(gv__device_task *t, const gv__ask_prepare *ask,
                                  gv__say_prepared *out, bool *served, gv_error *err);

/** Allocate and fill the operands of the task that was read, here and on the device. */
gv_status gv__device_task_allocate(gv__device_task *t, gv_error *err);

/** Take samples of one view.
 * @retval GV_WRONG_RESULT  the output of the last timed call is not the one that was checked
 * @retval GV_ARGUMENT      nothing is prepared */
gv_status gv__device_task_sample(gv__device_task *t, const gv__ask_sample *ask,
                                 gv__say_samples *out, gv_error *err);

/** Forget what is prepared; the context stays. */
void gv__device_task_release(gv__device_task *t);

#endif
