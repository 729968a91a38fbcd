/* SPDX-License-Identifier: Apache-2.0 */
/* A workload on the host: every native library computes it, the fastest right one is the baseline.
 *
 *     workload -> [fastest provider whose result is right] -> samples */
#ifndef GPUVERDICT_BENCH_HOST_TASK_H
#define GPUVERDICT_BENCH_HOST_TASK_H

#include "bench/task.h"

/** Start with `{0}` and the number of threads. */
typedef struct gv__host_task {
    uint32_t threads; /**< that providers may use */
    gv__task task;
    const gv__host_provider *provider; /**< NULL: nothing is prepared */
    char provider_text[GV_PROVIDER_TEXT];
    void *plan;
} gv__host_task;

/** Prepare: of all providers that are not excluded and whose result is right, the fastest serves.
 * Those that were wrong or failed are told to the parent as incidents. What was prepared before is
 * forgotten.
 *
 * @param[out] served  false where nobody could
 * @return a status other than GV_OK where the fault is not a provider's: no memory */
gv_status gv__host_task_prepare(gv__host_task *t, const gv__ask_prepare *ask, gv__say_prepared *out,
                                bool *served, gv_error *err);

/** Take samples; the host knows the view "kernel only" alone, since it moves nothing.
 * @retval GV_WRONG_RESULT  the output of the last timed call is not the one that was checked
 * @retval GV_ARGUMENT      nothing is prepared, or another view was asked for */
gv_status gv__host_task_sample(gv__host_task *t, const gv__ask_sample *ask, gv__say_samples *out,
                               gv_error *err);

/** Forget what is prepared. */
void gv__host_task_release(gv__host_task *t);

#endif
