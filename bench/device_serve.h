/* SPDX-License-Identifier: Apache-2.0 */
/* One provider with one set of tunables on a workload's operands: built, run, checked, timed for a
 * moment.
 *
 *     task, provider, tunables -> [serve] -> plan that is right, a trial's times
 *
 * device_choose.c chooses among providers by it, device_trial.c among sets of tunables. */
#ifndef GPUVERDICT_BENCH_DEVICE_SERVE_H
#define GPUVERDICT_BENCH_DEVICE_SERVE_H

#include "bench/device_task.h"

/** How much of a look a provider is worth. */
typedef struct gv__effort {
    double seconds; /**< of timed calls */
    double brief_s; /**< a slower call is checked, and not timed further; INFINITY: always timed */
    double give_up_s; /**< a slower call is not even checked; INFINITY: never */
    bool compare;     /**< where a result was found right before, compare with that one */
} gv__effort;

/** Build, run, check and time the provider that `t->by` names, with weights that move. On GV_OK its
 * plan is in `t->by`; `out` is filled unless the trial was given up, and `trial->packed_s` is NAN.
 *
 * @param parameters  NULL: the provider's own
 * @retval GV_WRONG_RESULT, GV_UNSUPPORTED, or whatever failed */
gv_status gv__device_serve(gv__device_task *t, const gv__parameters *parameters,
                           const gv__effort *effort, gv__say_prepared *out, gv__say_trial *trial,
                           gv_error *err);

/** Behind gv__device_serve(), where the provider in `t->by` packs weights: pack them, and time
 * calls that find them packed for `seconds`. The cost and the call's time go into `out`;
 * `*packed_s` is NAN where it packs none. */
gv_status gv__device_pack_weights(gv__device_task *t, double seconds, gv__say_prepared *out,
                                  double *packed_s, gv_error *err);

/** Destroy its plan; it may then serve with other tunables. */
void gv__device_drop_plan(gv__device_task *t);

/** Destroy its plan; nobody serves then. */
void gv__device_drop(gv__device_serving *serving);

/** Run a plan of the provider in `t->by`, to its end. */
gv_status gv__device_run(gv__device_task *t, void *plan, const cl_mem inputs[], cl_mem output,
                         gv_error *err);

/** Compute the whole workload once by the provider in `t->by`, in pieces where it is cut. */
gv_status gv__device_call(gv__device_task *t, gv_error *err);

/** Make what an earlier call left in the output unmistakable, here and on the device. */
gv_status gv__device_poison(gv__device_task *t, gv_error *err);

/** Tell a provider that packs weights whether they stay from now on, or move in every call. */
gv_status gv__device_settle_weights(gv__device_task *t, bool stay, gv_error *err);

#endif
