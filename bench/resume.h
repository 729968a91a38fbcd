/* SPDX-License-Identifier: Apache-2.0 */
/* What a journal already answers, so that --resume measures the rest alone.
 *
 * A run matches where suite, number of processes, seed, program, libraries, kernels, the limit of
 * the devices' memory and the host are the same. A (device, workload) pair of it is answered by as
 * many processes as measured it through the same driver in turn with the host, and for good where
 * it is `unsupported`. Failures and rejections answer nothing: they are tried once more, and
 * devices whose host failed with them, since a speed-up needs both from one process. The newest run
 * that matches is continued under its UUID, and what other runs answered does not count for it: a
 * run is whole in itself. It goes on with process numbers that nobody used: within a process,
 * device and host were measured in turn. */
#ifndef GPUVERDICT_BENCH_RESUME_H
#define GPUVERDICT_BENCH_RESUME_H

#include "bench/journal.h"

/** Who is asked about. */
typedef struct gv__resume_party {
    const char *key;
    const gv_device *device; /**< NULL: the host */
} gv__resume_party;

typedef struct gv__resume {
    const gv_run_record *run; /**< the run to continue, in the journal; NULL: none matches */
    uint32_t next_process;    /**< the first number that this run has not used */
    /** For each party and workload (`[party * workloads + workload]`): by how many processes it is
     * answered. Free it. */
    uint32_t *answered;
} gv__resume;

/** @param parties   the host, if any, last
 * @param settings  what this run would write as its `run` record; times, command and UUID aside
 * @retval GV_MEMORY */
gv_status gv__resume_find(const gv_journal *journal, const gv_run_record *settings,
                          const gv_host *host, const gv__resume_party *parties, size_t party_count,
                          const char *const *workloads, size_t workload_count, gv__resume *out,
                          gv_error *err);

#endif
