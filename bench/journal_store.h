/* SPDX-License-Identifier: Apache-2.0 */
/* What stands behind a gv_journal, for the files that fill it. */
#ifndef GPUVERDICT_BENCH_JOURNAL_STORE_H
#define GPUVERDICT_BENCH_JOURNAL_STORE_H

#include "base/support.h"
#include "bench/journal.h"
#include "bench/strings.h"

struct gv__journal_store {
    gv__strings *strings;   /**< every text and every set of facts */
    gv__strings *workloads; /**< canonical texts that were parsed already */
    gv__hash_set lines;     /**< of every line that counted */
};

/** Make the store where there is none. */
gv_status gv__journal_prepare(gv_journal *journal, gv_error *err);

/** The one copy of a text, its control characters and broken UTF-8 replaced; NULL when out of
 * memory. A NULL text is "". */
const char *gv__journal_text(struct gv__journal_store *store, const char *text);
/** The same of `length` bytes that are known to be clean. */
const char *gv__journal_clean_text(struct gv__journal_store *store, const char *text,
                                   size_t length);

/** Add `text` as JSON can hold it and a terminal can show it: control characters become spaces,
 * bytes that are not UTF-8 question marks. */
void gv__text_add_clean(gv__text *out, const char *text);
/** True where that changes nothing. */
bool gv__text_is_clean(const char *text, size_t length);

/** The one copy of these facts. NULL when out of memory. */
const gv_device *gv__journal_device(struct gv__journal_store *store, const gv_device *device);
const gv_host *gv__journal_host(struct gv__journal_store *store, const gv_host *host);

/** The one copy of the canonical form of a workload that can be measured. NULL where `text` is none
 * (custom is an estimate, never run), and where memory ran out (`*memory` is then true). */
const char *gv__journal_workload(struct gv__journal_store *store, const char *text, size_t length,
                                 bool *memory);

/* Each appends a record whose texts and facts are the store's own. False when out of memory. */
bool gv__journal_push_run(gv_journal *journal, const gv_run_record *r);
bool gv__journal_push_device(gv_journal *journal, const gv_device_record *r);
bool gv__journal_push_measurement(gv_journal *journal, const gv_measurement *r);
bool gv__journal_push_incident(gv_journal *journal, const gv_incident *r);
bool gv__journal_push_ceiling(gv_journal *journal, const gv_ceiling *r);
bool gv__journal_push_trial(gv_journal *journal, const gv_trial *r);
bool gv__journal_push_end(gv_journal *journal, const gv_end_record *r);
bool gv__journal_push_file(gv_journal *journal, const char *path, const char sha256[65]);
/** Takes what `text` holds. */
bool gv__journal_push_warning(gv_journal *journal, gv__text *text);

/** How full a journal is, and back to that. */
typedef struct gv__journal_mark {
    size_t runs, devices, measurements, ceilings, incidents, trials, ends, warnings, files, lines;
} gv__journal_mark;

gv__journal_mark gv__journal_mark_of(const gv_journal *journal);
void gv__journal_return_to(gv_journal *journal, gv__journal_mark mark);

/** Whether `text` is a workload, and one that can be run. */
bool gv__workload_is_measurable(const char *text, gv_workload *out);
#define GV__NOT_MEASURABLE "its workload is none that can be measured"

/* What is wrong with a record, as a clause ("a time is negative"); NULL where it can be true. */
const char *gv__measurement_fault(const gv_measurement *m);
const char *gv__incident_fault(const gv_incident *incident);
const char *gv__trial_fault(const gv_trial *trial);
const char *gv__device_fault(const gv_device_record *r);
const char *gv__ceiling_fault(const gv_ceiling *r);

#endif
