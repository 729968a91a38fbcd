/* SPDX-License-Identifier: Apache-2.0 */
/* The search for tunables: every provider's candidates on one device, timed in its worker.
 *
 *     device, workload -> [candidates: quick tries, the best once more in turn] -> a tuned class
 *
 * No model: what is slow after a first look is dropped. A candidate that is wrong, fails, crashes
 * or hangs is dropped too, whatever it costs the worker. */
#ifndef GPUVERDICT_BENCH_TUNER_H
#define GPUVERDICT_BENCH_TUNER_H

#include "bench/session.h"
#include "bench/tuning.h"

/** Start with `{0}`. */
typedef struct gv__search {
    const char *workload; /**< canonical */
    uint64_t seed;
    double seconds; /**< to spend; one try may take longer, and every default is tried */

    /* what came of it */
    gv__tuned_class found;  /**< no sets: nobody serves this workload here */
    uint32_t candidates;    /**< there were */
    uint32_t tried;         /**< of them, in the time */
    bool cut_short;         /**< some of the rest would have been, with more of it */
    uint32_t wrong, failed; /**< of those tried */
    char last_fault[384];   /**< of the last of these, with who and which tunables; "" for none */
    gv__tuned_set best, best_default; /**< the fastest, and among the defaults */
} gv__search;

/** Search for one workload. The party's worker is started where it does not run.
 * @retval GV_OK           also where nothing was found
 * @retval GV_INTERRUPTED, GV_MEMORY
 * @return otherwise: the device cannot be opened; err->text says why */
gv_status gv__tuner_search(gv__party *party, gv__search *search, gv_error *err);

#endif
