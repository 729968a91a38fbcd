/* SPDX-License-Identifier: Apache-2.0 */
/* Work larger than the device, run piece by piece (pieces.h) by a provider.
 *
 *     arrays in ordinary memory -> [in, compute, out: two lanes in turn] -> output
 *
 * Each lane is a queue with buffers and plans of its own, so that one lane's copies run while the
 * other computes, where the driver can. A lane keeps an operand that its next piece needs again. */
#ifndef GPUVERDICT_KERNELS_PIECES_RUN_H
#define GPUVERDICT_KERNELS_PIECES_RUN_H

#include "kernels/device_provider.h"
#include "kernels/pieces.h"

/** Cut a workload that does not fit into the device as a whole, so that two lanes do.
 * @retval GV_UNSUPPORTED  it cannot be cut, or it is not its size that keeps it from the device */
gv_status gv__pieces_cut(const gv_device *facts, const gv_workload *whole, gv__cut *out,
                         gv_error *err);

/** Buffers, and a plan for every size of piece. Statuses as a provider's create. */
gv_status gv__pieces_create(gv__context *context, const gv__device_provider *provider,
                            const gv__cut *cut, void **out, gv__costs *costs, gv_error *err);

/** The whole call, transfers included: when it returns, `output` holds the result. */
gv_status gv__pieces_run(void *plan, const void *const inputs[], void *output, gv_error *err);

/** Accepts NULL. */
void gv__pieces_free(void *plan);

#endif
