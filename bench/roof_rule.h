/* SPDX-License-Identifier: Apache-2.0 */
/* When a time is faster than the hardware can be, whatever the check said.
 *
 * Limits are multiples of the probed roof, since a probe can be disturbed but never too fast:
 * matmul and dense 1.25 x the compute roof; conv2d 4.5 x, because Winograd's F(4x4, 3x3) does a
 * quarter of the counted multiplications; fft 3.2 x, because split radix does as little as 1/2.5 of
 * the counted 5N log2 N (at N = 4). Every operand once over the time must stay below 1.25 x the
 * bandwidth, where the operands exceed four last-level caches. Pure arithmetic, any thread. */
#ifndef GPUVERDICT_BENCH_ROOF_RULE_H
#define GPUVERDICT_BENCH_ROOF_RULE_H

#include <gpuverdict/device.h>
#include <gpuverdict/measurement.h>

enum { GV__ROOF_TEXT = 256 };

/** True where `seconds` for one call beats `roof`. A figure of the roof that is NAN forbids
 * nothing.
 *
 * @param cache_bytes  all last-level caches together; NAN: the bandwidth is not looked at
 * @param[out] text    written where true: the rate claimed, the limit, and the likely cause */
bool gv__beats_roof(const gv_workload *workload, double seconds, const gv_roof *roof,
                    double cache_bytes, char text[GV__ROOF_TEXT]);

/** How close a call came to what was measured as possible. */
typedef struct gv__roof_share {
    double value;   /**< NAN where either figure of the roof is not known */
    bool by_memory; /**< bandwidth is what bounds it, not arithmetic */
} gv__roof_share;

/** The larger of two shares: the work that is counted, over the peak of its precision, and every
 * operand moved once, over the bandwidth. Not cut at 1: it is more where an algorithm does less
 * than the work counted (Winograd, split radix) and where caches hold the operands. */
gv__roof_share gv__share_of_roof(const gv_workload *workload, double seconds, const gv_roof *roof);

/** No figure at all. */
gv_roof gv__roof_none(void);

/** The higher figure of each. */
gv_roof gv__roof_higher(const gv_roof *a, const gv_roof *b);

/** Last-level caches of a processor, NAN where unknown. */
double gv__host_cache_bytes(const gv_host *host);

/** Last-level caches of a device, never NAN: the host's, where it is the host's silicon. Drivers do
 * not report memory-side caches, of which the largest known holds 256 MiB: a device with memory of
 * its own counts as having at least half of that, so that four times it is twice the largest. */
double gv__device_cache_bytes(const gv_device *device, const gv_host *host);

#endif
