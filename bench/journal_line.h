/* SPDX-License-Identifier: Apache-2.0 */
/* One line of a journal: from a record, and back. bench/README.md documents the fields.
 *
 *     record -> [line] -> journal in memory
 *
 * Only journal_line_write.c and journal_line_read.c know Jansson. */
#ifndef GPUVERDICT_BENCH_JOURNAL_LINE_H
#define GPUVERDICT_BENCH_JOURNAL_LINE_H

#include "base/support.h"
#include "bench/journal.h"

/** How each line that we write begins. The text of a JSON string cannot hold it, since quotes are
 * escaped there: it marks where a record starts even behind a torn one. */
#define GV__LINE_START "{\"schema\":"

/** Whether JSON can be read and written at all, and the error where it cannot. */
bool gv__journal_is_built(void);
gv_status gv__journal_not_built(const char *verb, gv_error *err);

/* ---- to lines ----
 * Each appends one line with its end; a measurement that would exceed GV_JOURNAL_MEASUREMENT_MAX is
 * spread over several, each with some of its views. On failure, what was appended is incomplete.
 * GV_ARGUMENT for a record that cannot be true; GV_MEMORY. */
gv_status gv__line_of_run(gv__text *lines, const gv_run_record *r, gv_error *err);
gv_status gv__line_of_device(gv__text *lines, const gv_device_record *r, gv_error *err);
gv_status gv__lines_of_measurement(gv__text *lines, const gv_measurement *r, gv_error *err);
gv_status gv__line_of_samples(gv__text *lines, const gv_samples_record *r, gv_error *err);
gv_status gv__line_of_incident(gv__text *lines, const gv_incident *r, gv_error *err);
gv_status gv__line_of_ceiling(gv__text *lines, const gv_ceiling *r, gv_error *err);
gv_status gv__line_of_trial(gv__text *lines, const gv_trial *r, gv_error *err);
gv_status gv__line_of_end(gv__text *lines, const gv_end_record *r, gv_error *err);

/* ---- from a line ---- */

typedef enum gv__line_kind {
    GV__LINE_BROKEN,  /**< no JSON */
    GV__LINE_FOREIGN, /**< JSON of something else */
    GV__LINE_SCHEMA,  /**< a record of another schema */
    GV__LINE_UNKNOWN, /**< a record of a type that this version does not know */
    GV__LINE_UNSOUND, /**< a record that cannot be true */
    GV__LINE_MEMORY,
    GV__LINE_SAMPLES, /**< nothing to keep */
    GV__LINE_RUN,
    GV__LINE_DEVICE,
    GV__LINE_MEASUREMENT,
    GV__LINE_INCIDENT,
    GV__LINE_CEILING,
    GV__LINE_TRIAL,
    GV__LINE_END
} gv__line_kind;

/** One line, read. */
typedef struct gv__line {
    gv__line_kind kind;
    long long schema; /**< of SCHEMA */
    char why[160];    /**< BROKEN, UNKNOWN, UNSOUND: a clause without a full stop */
    union {
        gv_run_record run;
        gv_device_record device;
        gv_measurement measurement;
        gv_incident incident;
        gv_ceiling ceiling;
        gv_trial trial;
        gv_end_record end;
    } as; /**< texts and facts are the store's */
} gv__line;

struct gv__journal_store;

/** Read a line of any layout, by Jansson. */
void gv__line_read(struct gv__journal_store *store, const char *text, size_t length, gv__line *out);

/** Read a measurement as gv__lines_of_measurement lays it out: the same answer as gv__line_read, a
 * tenth of the time. False for anything else, and `out` is then undefined. */
bool gv__line_scan(struct gv__journal_store *store, const char *text, size_t length, gv__line *out);

/** Whether an open file is a journal to which records of ours may be added; reads from its start.
 * @retval GV_FORMAT  it is something else, or of another schema */
gv_status gv__journal_probe(const char *path, int fd, gv_error *err);

#endif
