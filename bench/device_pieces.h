/* SPDX-License-Identifier: Apache-2.0 */
/* A workload that is larger than the device, in pieces: what device_serve.c and device_task.c do
 * otherwise there.
 *
 *     cut, task in ordinary memory -> [run: everything moves] -> output in ordinary memory
 *
 * Its copies run beside its computation, so that there is one time alone, the whole. It has the
 * views that move the activations: "with transfers", and "weights resident" where the cut sends no
 * weight twice. There is no "kernel only", since nothing that computes alone is the whole, and
 * nothing pinned or mapped: the driver's memory for that is no larger. */
#ifndef GPUVERDICT_BENCH_DEVICE_PIECES_H
#define GPUVERDICT_BENCH_DEVICE_PIECES_H

#include "bench/device_task.h"

/** "CLBlast 1.5.3" becomes "CLBlast 1.5.3 in 9 pieces". */
void gv__device_pieces_name(char text[GV_PROVIDER_TEXT], const gv__cut *cut);

/** Build the plan of the provider in `t->by`. Statuses as gv__pieces_create(). */
gv_status gv__device_pieces_create(gv__device_task *t, const gv__parameters *parameters,
                                   gv__costs *costs, gv_error *err);

/** A whole call, from the task's inputs into its output. */
gv_status gv__device_pieces_run(gv__device_task *t, gv_error *err);

/** Find out whether the provider in `t->by` is faster with its copies beside the computation or in
 * turn with it, and leave it so. */
gv_status gv__device_pieces_settle(gv__device_task *t, gv_error *err);

/** Compute the companion (gv__task_companion) in pieces too. `*out` stays NULL where there is none,
 * or where it cannot be had. */
gv_status gv__device_pieces_companion(gv__device_task *t, void **out, gv_error *err);

/** Behind gv__device_task_sample().
 * @retval GV_UNSUPPORTED  a view that it has not */
gv_status gv__device_pieces_sample(gv__device_task *t, const gv__ask_sample *ask,
                                   gv__say_samples *out, gv_error *err);

#endif
