/* SPDX-License-Identifier: Apache-2.0 */
/* Work larger than the device, run piece by piece (base/cut.h) by a provider.
 *
 *     ordinary memory -> [queue in] -> buffers -> [queue of the device] -> buffers -> [queue out]
 *                        piece i+1                piece i                             piece i-1
 *
 * Of what is streamed there are two buffers, so that copies run beside the computation where the
 * driver can and gains by it. What is kept is sent when it changes. Parts of a sum are added up in
 * their order, each in full precision of the workload, on the device. */
#ifndef GPUVERDICT_KERNELS_PIECES_RUN_H
#define GPUVERDICT_KERNELS_PIECES_RUN_H

#include "base/cut.h"
#include "kernels/device_provider.h"

/** Cut a workload that does not fit into the device as a whole, with room for what a provider
 * allocates itself.
 * @retval GV_UNSUPPORTED  it cannot be cut, or it is not its size that keeps it from the device */
gv_status gv__pieces_cut(const gv_device *facts, const gv_workload *whole, gv__cut *out,
                         gv_error *err);

/** Buffers, and a plan for every size of piece. Statuses as a provider's create.
 * @param parameters  of the plans; a smaller size that cannot have them takes its own. May be NULL
 */
gv_status gv__pieces_create(gv__context *context, const gv__device_provider *provider,
                            const gv__parameters *parameters, const gv__cut *cut, void **out,
                            gv__costs *costs, gv_error *err);

/** The whole call, transfers included: when it returns, `output` holds the result.
 * @param weights_stay  those of the last call are the same and are not sent again
 *                      (gv__cut_keeps_weights) */
gv_status gv__pieces_run(void *plan, const void *const inputs[], void *output, bool weights_stay,
                         gv_error *err);

/** Whether copies run beside the computation, as they do at first, or all in one queue in turn:
 * where both need the same cores, in turn may be faster. */
void gv__pieces_overlap(void *plan, bool overlap);

/** Accepts NULL. */
void gv__pieces_free(void *plan);

#endif
