/* SPDX-License-Identifier: Apache-2.0 */
/* The named lists of workloads and how thoroughly each is measured. */
#ifndef GPUVERDICT_BENCH_SUITE_H
#define GPUVERDICT_BENCH_SUITE_H

#include <gpuverdict/workload.h>

typedef struct gv_suite {
    const char *name;
    const char *meaning;
    const char *const *workloads; /**< canonical texts, in the order in which they are run */
    size_t count;
    uint32_t processes;  /**< worker processes for each device, in turn */
    uint32_t blocks;     /**< blocks in turn with the host; >= 6 */
    uint32_t min_samples;
    double min_s;        /**< of samples, for each workload and view */
    double max_s;        /**< likewise; a call over 0.5 s takes 3 samples however long they are */
} gv_suite;

/** NULL for an unknown name. */
const gv_suite *gv_suite_find(const char *name);
/** The i-th suite; NULL past the last. */
const gv_suite *gv_suite_at(size_t i);

#endif
