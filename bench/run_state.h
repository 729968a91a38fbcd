/* SPDX-License-Identifier: Apache-2.0 */
/* A run in progress, for the files that make it up: runner.c (its course), run_setup.c (what is
 * measured, who takes part, what is known already), run_tuning.c (with which tunables),
 * run_records.c (what is written). */
#ifndef GPUVERDICT_BENCH_RUN_STATE_H
#define GPUVERDICT_BENCH_RUN_STATE_H

#include "base/support.h"
#include "bench/measure.h"
#include "bench/recorder.h"
#include "bench/resume.h"
#include "bench/runner.h"
#include "bench/tuning.h"
#include "bench/uuid.h"

typedef struct gv__run_workload {
    char text[GV_WORKLOAD_TEXT];
    gv_workload workload;
    double planned_s; /**< in one process */
} gv__run_workload;

/** How a (party, workload) pair stands, over all processes. */
typedef enum gv__pair_state {
    GV__PAIR_OPEN, /**< not tried, or ended without an answer */
    GV__PAIR_UNSUPPORTED,
    GV__PAIR_MEASURED
} gv__pair_state;

typedef struct gv__run {
    const gv_inventory *inventory;
    const gv_run_options *options;
    const gv_suite *suite;
    gv__run_workload *workloads; /**< each once, in the order in which they were asked for */
    const char **texts;          /**< the same, as resume.h wants them */
    size_t workload_count;
    gv__measure measure; /**< its parties: devices, then the host */

    gv__recorder recorder;
    gv_run_record record; /**< its texts are the members below, and the options' */
    char uuid[GV__UUID_TEXT], time[32];
    gv__text libraries, kernels;
    gv__resume resume; /**< `answered` is NULL where nothing was looked for */
    uint32_t first_process;

    gv__tuning tuning, shipped; /**< found on this machine's devices, come with the program */

    gv__pair_state *pair; /**< [party * workload_count + workload] */
    bool *wanted;         /**< for each party: the workload at hand */
    double started_s, planned_s, done_s;
    uint32_t steps, steps_done;
    uint32_t measurements, noisy, throttled, moved;
    bool host_only; /**< no device was asked for */
    bool budget_spent;
} gv__run;

/** Tell the user something, formatted. */
void gv__run_notice(const gv__run *run, const char *format, ...) GV__PRINTF(2, 3);

/** Read the workloads and make the parties; starts nothing. */
gv_status gv__run_setup(gv__run *run, const gv_selection *selection, gv_error *err);
/** Start all workers, so that libraries and kernels are known. Failures become records later. */
gv_status gv__run_open_all(gv__run *run, gv_error *err);
/** Fill the run's record, and find what the journal answers already. */
gv_status gv__run_identify(gv__run *run, gv_error *err);
void gv__run_free(gv__run *run);

/** True where this party still needs this workload in the `process`-th round of this run. */
bool gv__run_needs(const gv__run *run, size_t party, size_t workload, uint32_t process);

/** Measure the ceilings of every device that is open, and take their roofs from them.
 * @param[out] without  how many devices ended without all of theirs
 * @retval GV_INTERRUPTED  what was measured before is in the journal */
gv_status gv__run_ceilings(gv__run *run, uint32_t *without, gv_error *err);
/** True where the operands of all parties together fit into the host's memory. */
bool gv__run_fits_into_memory(const gv__run *run, const gv_workload *workload);

/** Read what is known of tunables. A file that is none costs a notice. GV_MEMORY. */
gv_status gv__run_load_tuning(gv__run *run, gv_error *err);
/** Where the suite grants the time: search for what nobody searched yet, and keep it.
 * GV_INTERRUPTED, GV_MEMORY. */
gv_status gv__run_tune(gv__run *run, gv_error *err);
/** Tell each party which tunables to use for a workload. */
void gv__run_hand_out_tunables(gv__run *run, size_t workload);

/** Write the `run` record, unless a run is continued. */
gv_status gv__run_write_head(gv__run *run, gv_error *err);
/** Write the `device` and `host` records and flush. The newest of a device counts: once more where
 * a roof was raised. */
gv_status gv__run_write_parties(gv__run *run, gv_error *err);
/** Write what the parties hold of a workload, flush, and mark its pairs. */
gv_status gv__run_write_workload(gv__run *run, size_t workload, uint32_t process, gv_error *err);
/** Write which drivers broke down before any of their devices was known. */
gv_status gv__run_write_drivers(gv__run *run, gv_error *err);
/** Write what concerns a party and no workload. */
gv_status gv__run_write_failure(gv__run *run, const gv__party *party, uint32_t process,
                                const char *doing, const char *what, gv_error *err);
/** Write that a party cannot be probed in a precision: unsupported, and no workload's. */
gv_status gv__run_write_roofless(gv__run *run, const gv__party *party, gv_precision precision,
                                 const char *reason, gv_error *err);

#endif
