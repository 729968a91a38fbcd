/* SPDX-License-Identifier: Apache-2.0 */
/* The worker's side of a search for tunables: what there is to try, and one try.
 *
 *     workload -> [candidates] -> parent chooses -> [try] -> times, or why not */
#ifndef GPUVERDICT_BENCH_DEVICE_TRIAL_H
#define GPUVERDICT_BENCH_DEVICE_TRIAL_H

#include "bench/device_task.h"

/** Say every set of tunables of every provider that supports the workload, provider by provider,
 * the most promising first. None is said where nobody can serve it.
 * @retval GV_ARGUMENT  the workload cannot be read */
gv_status gv__device_candidates(const gv_device *facts, const gv__ask_candidates *ask,
                                gv_error *err);

/** Try one. What was prepared before is forgotten; the operands stay for the next try.
 * @retval GV_WRONG_RESULT, GV_UNSUPPORTED, or whatever failed: `out` is untouched */
gv_status gv__device_try(gv__device_task *t, const gv__ask_try *ask, gv__say_trial *out,
                         gv_error *err);

#endif
