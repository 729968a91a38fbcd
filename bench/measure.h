/* SPDX-License-Identifier: Apache-2.0 */
/* One workload on all parties: prepare, blocks in turn, judge, until everybody has a time or nobody
 * is left to try.
 *
 *     parties, workload -> [rounds of blocks in turn] -> times, flags, pending incidents */
#ifndef GPUVERDICT_BENCH_MEASURE_H
#define GPUVERDICT_BENCH_MEASURE_H

#include "bench/session.h"
#include "bench/suite.h"

typedef struct gv__measure {
    const gv_suite *suite;
    gv__party *parties; /**< devices, then the host */
    size_t count;
    uint64_t seed;
    double deadline_s; /**< on gv__now_s()'s clock; INFINITY for none */
    /** gv__core_distance_s() when the run began, its first part where it is continued; NAN: nobody
     * looks again. */
    double core_distance_s;

    bool budget_spent; /**< the deadline cut a workload short: its last round was dropped */
    bool cores_moved;  /**< they lay otherwise before or after a round of this workload */
    bool roof_raised;  /**< a second probe found a higher roof for somebody */

    gv__view_samples pairing; /**< of a host that has its time already, while others repeat */
} gv__measure;

/** Seconds that a probe of one precision's roof may take. */
#define GV__PROBE_S 1.0

/** What a party can reach at most: its own roof, or the highest of all that run on the host's
 * silicon where it does. */
gv_roof gv__measure_roof(const gv__measure *measure, const gv__party *party);

/** Measure. Where a party has a time, `measured` is true and `times`, `flags`, `samples`,
 * `prepared` belong to it; what stood in the way of each is pending. A time that beats the roof is
 * rejected only after the roof was probed once more: somebody may have disturbed the first probe.
 * Where the first probe failed, so that nothing is known to beat, it is repeated as well.
 *
 * @param wanted  for each party; the host also runs as everybody's baseline
 * @retval GV_INTERRUPTED, GV_MEMORY */
gv_status gv__measure_workload(gv__measure *measure, const char *text, const gv_workload *workload,
                               const bool *wanted, gv_error *err);

void gv__measure_free(gv__measure *measure);

#endif
