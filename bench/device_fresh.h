/* SPDX-License-Identifier: Apache-2.0 */
/* Can this process answer as a new one would? Where a library keeps the tunables of an earlier plan
 * (gv__device_provider's own_remains), a request for what it takes by itself needs a new process.
 *
 *     PREPARE or TRY -> [fresh enough?] -> answer, or RENEW */
#ifndef GPUVERDICT_BENCH_DEVICE_FRESH_H
#define GPUVERDICT_BENCH_DEVICE_FRESH_H

#include "bench/wire.h"
#include "kernels/device_provider.h"

/** Neither builds anything. A workload that cannot be read is left to the answer. */
bool gv__device_fresh_for_prepare(const gv__context *context, const gv__ask_prepare *ask);
bool gv__device_fresh_for_try(const gv__context *context, const gv__ask_try *ask);

#endif
