/* SPDX-License-Identifier: Apache-2.0 */
/* What the hardware can do at most: the rate of multiply-adds, and of a streaming read.
 *
 * A measured time that beats this by a margin (bench/) is not believed. A probe takes the best of
 * several variants and rounds, since a roof must not be too low; its results are checked, since a
 * loop that was left out would make it too high. */
#ifndef GPUVERDICT_KERNELS_ROOF_H
#define GPUVERDICT_KERNELS_ROOF_H

#include <gpuverdict/measurement.h>

struct gv__context; /* opencl/context.h; the host's probe does not need OpenCL */

/** Probe a device for about `seconds` (at least one round of each kind is run), in wall time around
 * finished calls.
 *
 * @param[out] out  flop_per_s of `precision` and bytes_per_s, all else NAN. The read covers four
 * last- level caches, or as much as fits: then bytes_per_s may be a cache's rate
 * @retval GV_UNSUPPORTED   the device has no such precision
 * @retval GV_WRONG_RESULT  a probe's kernel computed something else: no roof can be had */
gv_status gv__device_roof(struct gv__context *context, gv_precision precision, double seconds,
                          gv_roof *out, gv_error *err);

/** Probe the host with `threads` threads for about `seconds`, with the widest vectors that the
 * processor has, whatever this program was compiled for.
 * @retval GV_UNSUPPORTED  f16
 * @retval GV_MEMORY       no room for the buffer or a thread */
gv_status gv__host_roof(uint32_t threads, gv_precision precision, double seconds, gv_roof *out,
                        gv_error *err);

#endif
