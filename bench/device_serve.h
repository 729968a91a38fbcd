/* SPDX-License-Identifier: Apache-2.0 */
/* One provider with one set of tunables on a workload's operands: built, run, checked, timed for a
 * moment.
 *
 *     task, provider, tunables -> [serve] -> plan that is right, a trial's times
 *
 * device_task.c chooses among providers by it, device_trial.c among sets of tunables. */
#ifndef GPUVERDICT_BENCH_DEVICE_SERVE_H
#define GPUVERDICT_BENCH_DEVICE_SERVE_H

#include "bench/device_task.h"

/** How much of a look a provider is worth. */
typedef struct gv__effort {
    double seconds;   /**< of timed calls, in each state of the weights */
    double give_up_s; /**< a slower call is not checked and not timed further; INFINITY: never */
    bool compare;     /**< where a result was found right before, compare with that one */
} gv__effort;

/** Build, run, check and time the provider that `t->by` names. On GV_OK its plan is in `t->by`;
 * `out` is filled unless the trial was given up.
 *
 * @param parameters  NULL: the provider's own
 * @retval GV_WRONG_RESULT, GV_UNSUPPORTED, or whatever failed */
gv_status gv__device_serve(gv__device_task *t, const gv__parameters *parameters,
                           const gv__effort *effort, gv__say_prepared *out, gv__say_trial *trial,
                           gv_error *err);

/** Destroy its plan; it may then serve with other tunables. */
void gv__device_drop_plan(gv__device_task *t);

/** Destroy its plan; nobody serves then. */
void gv__device_drop(gv__device_serving *serving);

/** Run a plan of the provider in `t->by`, to its end. */
gv_status gv__device_run(gv__device_task *t, void *plan, const cl_mem inputs[], cl_mem output,
                         gv_error *err);

/** Make what an earlier call left in the output unmistakable, here and on the device. */
gv_status gv__device_poison(gv__device_task *t, gv_error *err);

/** Tell a provider that packs weights whether they stay from now on, or move in every call. */
gv_status gv__device_settle_weights(gv__device_task *t, bool stay, gv_error *err);

#endif
