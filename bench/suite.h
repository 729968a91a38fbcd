/* SPDX-License-Identifier: Apache-2.0 */
/* The named lists of workloads and how thoroughly each is measured. */
#ifndef GPUVERDICT_BENCH_SUITE_H
#define GPUVERDICT_BENCH_SUITE_H

#include <gpuverdict/workload.h>

typedef struct gv_suite {
    const char *name;
    const char *meaning;          /**< what it is for, one clause */
    const char *const *workloads; /**< canonical texts, in the order in which they are run */
    size_t count;
    bool calibrates;      /**< only those workloads that tell the estimator most are run */
    bool ceilings;        /**< what devices can do at most, in the place of workloads: count is 0 */
    uint32_t processes;   /**< worker processes for each device, one after the other */
    uint32_t blocks;      /**< blocks in turn with the host; >= 6 */
    uint32_t min_samples; /**< for each workload and view, over all blocks of a process */
    double min_s;         /**< of samples, likewise */
    double max_s;         /**< likewise; a block takes at least one sample, however long */
    double warm_up_s;     /**< at most this long, once for each workload and view */
    double tune_s;        /**< for workloads without a tuning: a search, over all of them and all
                               devices; 0: none */
} gv_suite;

/** A call longer than this takes GV__LONG_CALL_BLOCKS samples and has no interval. */
#define GV__LONG_CALL_S 0.5
enum { GV__LONG_CALL_BLOCKS = 3 };

/** NULL for an unknown name. */
const gv_suite *gv_suite_find(const char *name);
/** The i-th suite; NULL past the last. */
const gv_suite *gv_suite_at(size_t i);

#endif
