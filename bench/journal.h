/* SPDX-License-Identifier: Apache-2.0 */
/* The journal: JSON Lines, one record a line, flushed as each workload ends.
 *
 *     runner -> [journal file] -> any number of them -> reports
 *
 * bench/README.md documents every field. Nothing that was finished is lost: a torn last line is
 * reported and skipped, unknown fields are passed over, a newer schema is refused by name. */
#ifndef GPUVERDICT_BENCH_JOURNAL_H
#define GPUVERDICT_BENCH_JOURNAL_H

#include <gpuverdict/ceiling.h>
#include <gpuverdict/device.h>
#include <gpuverdict/measurement.h>

enum {
    GV_JOURNAL_SCHEMA = 1,
    /** Bytes of a `measurement` line, its end included. */
    GV_JOURNAL_MEASUREMENT_MAX = 1024,
    /** Raw times that are kept of one view. */
    GV_JOURNAL_SAMPLES_MAX = 64
};

/** A `run` record. Strings as in gv_measurement. */
typedef struct gv_run_record {
    const char *run, *time, *command, *version, *suite, *libraries, *kernels;
    const char *tuning; /**< "off": every provider with its own tunables; else "" */
    /** Of any device's memory no more was used (base/memory_cap.h); NAN: all of it. */
    double device_memory_bytes;
    uint64_t seed;
    uint32_t processes;
} gv_run_record;

/** True where a run did not use all of its devices' memory: what it measured is no word about the
 * devices as they are. */
bool gv__run_is_capped(const gv_run_record *run);

/** A `device` or `host` record of one run. */
typedef struct gv_device_record {
    const char *run, *key;
    const gv_device *device; /**< facts of a device; NULL for the host. Runs with equal facts share
                                  them: kept once, however many journals are merged */
    const gv_host *host;     /**< facts of the host; NULL for a device */
    gv_roof roof;
    gv_event_clock events;
} gv_device_record;

/** An `end` record. */
typedef struct gv_end_record {
    const char *run, *how; /**< "done", "interrupted", "budget", "failed" */
    double elapsed_s;
} gv_end_record;

/** Raw times of one view of one measurement. */
typedef struct gv_samples_record {
    const char *run, *device, *provider, *workload;
    uint32_t process;
    gv_view view;
    uint32_t count;                    /**< samples, at most 64 are kept */
    double (*stage_s)[GV_STAGE_COUNT]; /**< `count` rows, borrowed and not changed */
} gv_samples_record;

/* ---- writing ---- */

typedef struct gv_journal_writer gv_journal_writer;

/** Create a journal, or append to one.
 * @retval GV_FORMAT  the file exists and is something else; it is untouched
 * @retval GV_IO      it cannot be created or written
 * @retval GV_UNSUPPORTED  built without Jansson */
gv_status gv_journal_create(const char *path, gv_journal_writer **out, gv_error *err);

/* Each writes a record into the file's buffer: one line, or several of a measurement whose line
 * would exceed GV_JOURNAL_MEASUREMENT_MAX. Times keep five significant digits, facts and roofs all.
 * GV_ARGUMENT for what cannot be true (a negative time, no samples, a failed check) or is too long;
 * GV_MEMORY; GV_IO stays GV_IO from then on. */
gv_status gv_journal_add_run(gv_journal_writer *w, const gv_run_record *r, gv_error *err);
gv_status gv_journal_add_device(gv_journal_writer *w, const gv_device_record *r, gv_error *err);
gv_status gv_journal_add_measurement(gv_journal_writer *w, const gv_measurement *r, gv_error *err);
gv_status gv_journal_add_samples(gv_journal_writer *w, const gv_samples_record *r, gv_error *err);
gv_status gv_journal_add_incident(gv_journal_writer *w, const gv_incident *r, gv_error *err);
gv_status gv_journal_add_ceiling(gv_journal_writer *w, const gv_ceiling *r, gv_error *err);
gv_status gv_journal_add_trial(gv_journal_writer *w, const gv_trial *r, gv_error *err);
gv_status gv_journal_add_end(gv_journal_writer *w, const gv_end_record *r, gv_error *err);

/** Push everything to the file, by one write() at its end: called as each workload ends. Programs
 * that append to one file at once never meet inside a line, as far as the file system keeps
 * O_APPEND's promise (local ones do, NFS does not). A full disk is GV_IO here; what was flushed
 * before stays whole, and a line that was cut is removed where nobody has appended since. */
gv_status gv_journal_flush(gv_journal_writer *w, gv_error *err);
/** Flush and close; accepts NULL. */
gv_status gv_journal_close(gv_journal_writer *w, gv_error *err);

/* ---- in memory ---- */

/** What any number of journals hold, in the order of their lines, exact duplicates counted once.
 * Compact: a million measurements fit into less than 700 MiB. */
typedef struct gv_journal {
    gv_run_record *runs;
    size_t run_count;
    gv_device_record *devices;
    size_t device_count;
    gv_measurement *measurements;
    size_t measurement_count;
    gv_ceiling *ceilings;
    size_t ceiling_count;
    gv_incident *incidents;
    size_t incident_count;
    gv_trial *trials;
    size_t trial_count;
    gv_end_record *ends;
    size_t end_count;
    char **warnings; /**< "journal.jsonl:17: the last line is torn and was skipped" */
    size_t warning_count;
    char **files;       /**< paths that were read … */
    char (*sha256)[65]; /**< … and their SHA-256, for the audit trail */
    size_t file_count;
    struct gv__journal_store *store; /**< owns every text and fact above */
} gv_journal;

/* Each adds one record, copying its texts and facts: what a reader of the file would see, but for
 * the digits of a time. Equal texts have one address. Works without Jansson too.
 * GV_ARGUMENT for what cannot be true; GV_MEMORY. */
gv_status gv_journal_keep_run(gv_journal *journal, const gv_run_record *r, gv_error *err);
gv_status gv_journal_keep_device(gv_journal *journal, const gv_device_record *r, gv_error *err);
gv_status gv_journal_keep_measurement(gv_journal *journal, const gv_measurement *r, gv_error *err);
gv_status gv_journal_keep_incident(gv_journal *journal, const gv_incident *r, gv_error *err);
gv_status gv_journal_keep_ceiling(gv_journal *journal, const gv_ceiling *r, gv_error *err);
gv_status gv_journal_keep_trial(gv_journal *journal, const gv_trial *r, gv_error *err);
gv_status gv_journal_keep_end(gv_journal *journal, const gv_end_record *r, gv_error *err);

/* ---- reading ---- */

/** Add a file to `journal` (start with `{0}`). "-" is standard input. Lines that are torn, broken
 * or cannot be true are skipped, each with a warning that names file and line.
 * @retval GV_IO      it cannot be read
 * @retval GV_FORMAT  not a journal, or of an unknown schema (named); `journal` keeps what it had
 * @retval GV_UNSUPPORTED  built without Jansson */
gv_status gv_journal_load(const char *path, gv_journal *journal, gv_error *err);
void gv_journal_free(gv_journal *journal);

#endif
