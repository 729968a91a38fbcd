/* SPDX-License-Identifier: Apache-2.0 */
/* The samples of one view, block by block, and what they say.
 *
 *     SAMPLES replies -> [samples] -> gv_view_times, flags
 *
 * Pure: no worker, no clock. */
#ifndef GPUVERDICT_BENCH_SAMPLES_H
#define GPUVERDICT_BENCH_SAMPLES_H

#include "bench/wire.h"

enum { GV__MAX_BLOCKS = 16 };

/** Start with `{0}`. */
typedef struct gv__view_samples {
    uint32_t count, capacity;
    double (*stage_s)[GV_STAGE_COUNT]; /**< `count` rows, in the order in which they were taken */
    uint32_t calls;                    /**< calls averaged in each */
    bool steady;                       /**< the warm-up of the first block ended steadily */
    uint32_t blocks;
    double block_s[GV__MAX_BLOCKS]; /**< median total of each block */
} gv__view_samples;

/** Add a block. @retval GV_MEMORY  @retval GV_FORMAT a reply that cannot be: no samples, too many
 * blocks, a total that is no positive number */
gv_status gv__view_samples_add(gv__view_samples *samples, const gv__say_samples *block,
                               gv_error *err);
/** Forget the samples, keep the memory. */
void gv__view_samples_clear(gv__view_samples *samples);
void gv__view_samples_free(gv__view_samples *samples);

/** What a view's samples say. The interval is given where there are 6 blocks or more; the range of
 * block ratios host / view where both have the same number of them, 6 or more, widened where it has
 * to be to hold the quotient of the medians, and that of the host's recorded median.
 * @param host    samples of the host taken in turn; NULL: no ratios
 * @param host_s  the host's median that is recorded, where it is of other samples than `host`; NAN:
 *                it is of these, or there is none
 * @retval GV_MEMORY */
gv_status gv__view_times_of(const gv__view_samples *samples, const gv__view_samples *host,
                            double host_s, gv_view_times *out, gv_error *err);

/** The fastest kernel that any sample's median claims, in seconds: what the roof is asked about. */
double gv__fastest_kernel_s(const gv_view_times view[GV_VIEW_COUNT]);

/** Flags that follow from one view's samples: FEW_SAMPLES, NOISY, OUTLIERS, UNSTEADY, THROTTLED,
 * STAGE_GAP.
 * @param warm_up_s  how long it might last; a call too long for it cannot be called unsteady */
uint32_t gv__view_flags(const gv__view_samples *samples, const gv_view_times *times,
                        double warm_up_s);

/** Copy at most `most` rows, evenly spread over all, into `out`; returns how many. */
uint32_t gv__view_samples_pick(const gv__view_samples *samples, uint32_t most,
                               double (*out)[GV_STAGE_COUNT]);

#endif
