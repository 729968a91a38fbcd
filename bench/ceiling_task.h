/* SPDX-License-Identifier: Apache-2.0 */
/* In the device worker: time every ceiling of kernels/ceilings.h, in blocks, with its power.
 *
 *     device -> [ceiling task] -> CEILING, INCIDENT replies */
#ifndef GPUVERDICT_BENCH_CEILING_TASK_H
#define GPUVERDICT_BENCH_CEILING_TASK_H

#include "bench/wire.h"
#include "opencl/context.h"

/** Measure all and say each as it is there. What one cannot be had for is said and costs only that
 * one; results are checked around each block.
 * @retval GV_MEMORY */
gv_status gv__ceiling_task_run(gv__context *context, const gv__ask_ceilings *ask, gv_error *err);

#endif
