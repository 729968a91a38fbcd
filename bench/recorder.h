/* SPDX-License-Identifier: Apache-2.0 */
/* Every record of a run goes through here, to the file and into memory alike. */
#ifndef GPUVERDICT_BENCH_RECORDER_H
#define GPUVERDICT_BENCH_RECORDER_H

#include "bench/journal.h"

typedef struct gv__recorder {
    gv_journal_writer *writer; /**< NULL: memory alone */
    gv_journal *journal;
} gv__recorder;

/* @return the first failure of the two: GV_IO of the file, GV_MEMORY */
gv_status gv__record_run(gv__recorder *to, const gv_run_record *r, gv_error *err);
gv_status gv__record_device(gv__recorder *to, const gv_device_record *r, gv_error *err);
gv_status gv__record_measurement(gv__recorder *to, const gv_measurement *r, gv_error *err);
gv_status gv__record_incident(gv__recorder *to, const gv_incident *r, gv_error *err);
gv_status gv__record_ceiling(gv__recorder *to, const gv_ceiling *r, gv_error *err);
gv_status gv__record_trial(gv__recorder *to, const gv_trial *r, gv_error *err);
gv_status gv__record_end(gv__recorder *to, const gv_end_record *r, gv_error *err);
/** Samples are kept in the file alone. */
gv_status gv__record_samples(gv__recorder *to, const gv_samples_record *r, gv_error *err);
/** Push what was recorded to the file. */
gv_status gv__record_flush(gv__recorder *to, gv_error *err);

#endif
