/* SPDX-License-Identifier: Apache-2.0 */
/* Who serves a workload: every provider that is right is looked at, those that are close to the
 * fastest are timed in turn, and the fastest of them stays.
 *
 *     providers -> [a look at each] -> close ones -> [turns] -> the fastest, its trial, all trials
 *
 * Times are compared, and not reported: a measurement begins behind all this. */
#ifndef GPUVERDICT_BENCH_DEVICE_CHOOSE_H
#define GPUVERDICT_BENCH_DEVICE_CHOOSE_H

#include "bench/device_task.h"

/** Leave the fastest provider whose result is right in `t->by` (nobody: no provider there), what it
 * said in `out`, and its checked result in `t->task`. All trials are told to the parent, and those
 * who are wrong or fail as incidents. Where `ask` trusts earlier processes, a provider that was far
 * behind in them (earlier.h) is not built, unless nobody else serves or the fastest has become
 * slow; its trial is theirs.
 *
 * @param any_incident  becomes true where a provider was wrong or failed
 * @param reasons       why the others cannot */
void gv__device_choose(gv__device_task *t, const gv__ask_prepare *ask, gv__say_prepared *out,
                       bool *any_incident, gv__text *reasons);

#endif
