/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/recorder.h"

#define GV__RECORD(kind, type)                                                                     \
    gv_status gv__record_##kind(gv__recorder *to, const type *r, gv_error *err)                    \
    {                                                                                              \
        gv_status status = to->writer != NULL ? gv_journal_add_##kind(to->writer, r, err) : GV_OK; \
        return status != GV_OK ? status : gv_journal_keep_##kind(to->journal, r, err);             \
    }

GV__RECORD(run, gv_run_record)
GV__RECORD(device, gv_device_record)
GV__RECORD(measurement, gv_measurement)
GV__RECORD(incident, gv_incident)
GV__RECORD(ceiling, gv_ceiling)
GV__RECORD(trial, gv_trial)
GV__RECORD(end, gv_end_record)

gv_status gv__record_samples(gv__recorder *to, const gv_samples_record *r, gv_error *err)
{
    return to->writer != NULL ? gv_journal_add_samples(to->writer, r, err) : GV_OK;
}

gv_status gv__record_flush(gv__recorder *to, gv_error *err)
{
    return to->writer != NULL ? gv_journal_flush(to->writer, err) : GV_OK;
}
