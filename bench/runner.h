/* SPDX-License-Identifier: Apache-2.0 */
/* Runs workloads on devices and on the host, block by block in turn, into a journal.
 *
 *     inventory, selection, suite -> [runner] -> journal
 *
 * For each process: start the workers (one a device, one for the host), then for each workload
 * prepare it everywhere (operands, provider, check), take the blocks in turn (device A: its views,
 * device B, …, host, device A, …), judge against the roof, write records, flush. A worker that dies
 * is recorded, started again, and the run goes on with the next provider. */
#ifndef GPUVERDICT_BENCH_RUNNER_H
#define GPUVERDICT_BENCH_RUNNER_H

#include "bench/inventory.h"
#include "bench/journal.h"
#include "bench/suite.h"

/** What the runner tells while it works; every member may be NULL. */
typedef struct gv_run_progress {
    /** Before anything starts: how many steps, and the seconds this will take. */
    void (*plan)(void *context, uint32_t steps, double seconds);
    /** A step begins: what it is, its position, the seconds that are left. */
    void (*step)(void *context, const char *text, uint32_t done, uint32_t steps, double left_s);
    /** What a worker does while a step is prepared, such as compiling; "" when that is over. */
    void (*doing)(void *context, const char *text);
    /** Something the user should read: a failure, a rejection, a noisy machine. */
    void (*notice)(void *context, const char *text);
    void *context;
} gv_run_progress;

/** Start with `{.struct_size = sizeof options}`. */
typedef struct gv_run_options {
    size_t struct_size;
    const gv_suite *suite;        /**< thoroughness, and the workloads unless given below */
    const char *const *workloads; /**< any form, repeats are measured once; NULL: the suite's */
    size_t workload_count;
    const char *output;   /**< path of the journal; NULL: keep the records only */
    const char *command;  /**< command line, for the record */
    const char *version;  /**< of the program, for the record */
    double time_budget_s; /**< for everything; INFINITY for none */
    bool resume;          /**< skip what the journal already answers; see bench/resume.h */
    bool untuned;         /**< every provider with its own tunables: no tuning, no search */
    const char *tuning;   /**< path of the tuning file; NULL: the usual one; "": none */
    uint64_t seed;
    gv_run_progress progress;
} gv_run_options;

/** How a run went; counts are of (device, workload) pairs, the host not among them. */
typedef struct gv_run_summary {
    char run[37];      /**< its UUID */
    uint32_t measured; /**< pairs with a checked time, or already in the journal */
    uint32_t unsupported;
    uint32_t without_time;      /**< pairs that ended without a checked time for another reason; of
                                     the suite ceilings: devices without all of theirs */
    uint32_t host_without_time; /**< workloads without the host's answer */
    uint32_t usable_devices;    /**< selected, and their driver opened them */
    bool budget_spent, interrupted;
} gv_run_summary;

/** The seconds that a run takes, roughly, on devices that nobody knows yet, with their kernels
 * compiled and cached. The workloads may be in any form. */
double gv_run_seconds(const gv_suite *suite, const char *const *workloads, size_t workload_count,
                      size_t devices);

/** Measure. Records also go to `journal` (start with `{0}`), which the caller frees; with `resume`
 * it also holds what was in the file.
 *
 * @param[out] summary     also filled on GV_INTERRUPTED
 * @retval GV_OK           everything was tried; look at `summary`
 * @retval GV_ARGUMENT     a workload cannot be read, or is `custom`: an estimate only
 * @retval GV_INTERRUPTED  Ctrl-C: what was finished is in the journal
 * @retval GV_IO, GV_FORMAT, GV_UNSUPPORTED, GV_MEMORY  the journal could not be written (before any
 *                         work, or in the middle: what was flushed stays) */
gv_status gv_run(const gv_inventory *inventory, const gv_selection *selection,
                 const gv_run_options *options, gv_journal *journal, gv_run_summary *summary,
                 gv_error *err);

#endif
