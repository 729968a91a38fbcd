/* SPDX-License-Identifier: Apache-2.0 */
/* A workload that is larger than the device: cut into pieces, each provider checked and timed as a
 * whole, transfers included, since they run beside the computation.
 *
 *     cut, task in ordinary memory -> [fastest provider whose result is right] -> samples of the
 * headline */
#ifndef GPUVERDICT_BENCH_DEVICE_PIECES_H
#define GPUVERDICT_BENCH_DEVICE_PIECES_H

#include "bench/device_task.h"
#include "kernels/pieces_run.h"

/** Try every provider that is not excluded, and leave the fastest right one in `t->by` and what it
 * said in `out`. Its name ends in "in N pieces".
 *
 * @param any_incident  becomes true where one was wrong or failed
 * @param reasons       those of the others */
void gv__device_pieces_find(gv__device_task *t, const gv__cut *cut, const gv__ask_prepare *ask,
                            gv__say_prepared *out, bool *any_incident, gv__text *reasons);

/** Behind gv__device_task_sample().
 * @retval GV_UNSUPPORTED  another view than the headline: nothing is resident, and the pieces come
 *                         from where the operands lie */
gv_status gv__device_pieces_sample(gv__device_task *t, const gv__ask_sample *ask,
                                   gv__say_samples *out, gv_error *err);

#endif
