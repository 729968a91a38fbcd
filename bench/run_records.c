/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/run_state.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void gv__run_notice(const gv__run *run, const char *format, ...)
{
    const gv_run_progress *progress = &run->options->progress;
    if (progress->notice == NULL) {
        return;
    }
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    /* clang-tidy 14 forgets va_start() where it has seen other files before this one. */
    vsnprintf(text, sizeof text, format, arguments); // NOLINT(clang-analyzer-valist.Uninitialized)
    va_end(arguments);
    progress->notice(progress->context, text);
}

static const char *label_of(const gv__party *party)
{
    return party->device != NULL ? gv_device_text(party->device, GV_DEVICE_NAME) : "the host";
}

/* ---- head ---- */

static gv_status write_party(gv__run *run, const gv__party *party, gv_error *err)
{
    gv_device_record record = {.run = run->uuid,
                               .key = party->key,
                               .device = party->device,
                               .host = party->device == NULL ? &run->inventory->host : NULL,
                               .roof = party->roof,
                               .events = party->opened.events};
    return gv__record_device(&run->recorder, &record, err);
}

gv_status gv__run_write_parties(gv__run *run, gv_error *err)
{
    gv_status status = GV_OK;
    for (size_t i = 0; i < run->measure.count && status == GV_OK; i++) {
        status = write_party(run, &run->measure.parties[i], err);
    }
    return status == GV_OK ? gv__record_flush(&run->recorder, err) : status;
}

gv_status gv__run_write_head(gv__run *run, gv_error *err)
{
    return run->resume.run == NULL ? gv__record_run(&run->recorder, &run->record, err) : GV_OK;
}

/* ---- incidents ---- */

static const char *verdict_on(gv_incident_kind kind)
{
    switch (kind) {
    case GV_INCIDENT_WRONG_RESULT:
        return "computed a wrong result";
    case GV_INCIDENT_ABOVE_ROOF:
        return "claims an impossible speed";
    case GV_INCIDENT_UNSUPPORTED:
        return "cannot";
    default:
        return "failed";
    }
}

/* An incident that concerns no workload. */
static gv_status write_apart(gv__run *run, gv_incident_kind kind, const char *device,
                             uint32_t process, const char *doing, const char *what, gv_error *err)
{
    gv_incident incident = {.kind = kind,
                            .run = run->uuid,
                            .device = device,
                            .provider = "",
                            .workload = "",
                            .doing = doing,
                            .what = what,
                            .replaced = "",
                            .process = process};
    return gv__record_incident(&run->recorder, &incident, err);
}

gv_status gv__run_write_failure(gv__run *run, const gv__party *party, uint32_t process,
                                const char *doing, const char *what, gv_error *err)
{
    gv__run_notice(run, "%s failed: %s", label_of(party), what);
    return write_apart(run, GV_INCIDENT_FAILURE, party->key, process, doing, what, err);
}

gv_status gv__run_write_roofless(gv__run *run, const gv__party *party, gv_precision precision,
                                 const char *reason, gv_error *err)
{
    char what[512];
    snprintf(what, sizeof what, "no roof of %s can be probed, so no time is held against one: %s",
             gv_precision_name(precision), reason);
    return write_apart(run, GV_INCIDENT_UNSUPPORTED, party->key, run->first_process, "", what, err);
}

gv_status gv__run_write_drivers(gv__run *run, gv_error *err)
{
    gv_status status = GV_OK;
    for (size_t i = 0; i < run->inventory->platform_count && status == GV_OK; i++) {
        const gv_platform *platform = &run->inventory->platforms[i];
        char what[sizeof platform->driver + sizeof platform->problem + 32];
        if (platform->failed) {
            snprintf(what, sizeof what, "the driver %s: %s", platform->driver, platform->problem);
            gv__run_notice(run, "%s; its devices, if any, are not measured", what);
            status = write_apart(run, GV_INCIDENT_FAILURE, "", run->first_process,
                                 "listing the devices", what, err);
        }
    }
    return status;
}

static gv_status write_incidents(gv__run *run, const gv__party *party, const char *workload,
                                 uint32_t process, gv_error *err)
{
    const char *served = party->measured ? party->served.provider : "";
    for (uint32_t i = 0; i < party->pending_count; i++) {
        const gv__pending_incident *note = &party->pending[i];
        /* One view that failed is no reason to replace its provider. */
        bool same = strcmp(note->provider, served) == 0;
        gv_incident incident = {.kind = note->kind,
                                .run = run->uuid,
                                .device = party->key,
                                .provider = note->provider,
                                .workload = workload,
                                .doing = note->doing,
                                .what = note->what,
                                .replaced = same ? "" : served,
                                .process = process};
        gv_status status = gv__record_incident(&run->recorder, &incident, err);
        if (status != GV_OK) {
            return status;
        }
        if (note->kind != GV_INCIDENT_UNSUPPORTED || !party->measured) {
            gv__run_notice(run, "%s on %s: %s %s: %s%s%s", workload, label_of(party),
                           note->provider[0] != 0 ? note->provider : "it", verdict_on(note->kind),
                           note->what, incident.replaced[0] != 0 ? "; served by " : "",
                           incident.replaced);
        }
    }
    return GV_OK;
}

/* ---- measurements ---- */

static gv_status write_samples(gv__run *run, const gv__party *party, const char *workload,
                               uint32_t process, gv_error *err)
{
    double picked[GV_JOURNAL_SAMPLES_MAX][GV_STAGE_COUNT];
    gv_status status = GV_OK;
    for (int v = 0; v < GV_VIEW_COUNT && status == GV_OK; v++) {
        if (party->samples[v].count == 0) {
            continue;
        }
        gv_samples_record record = {.run = run->uuid,
                                    .device = party->key,
                                    .provider = party->served.provider,
                                    .workload = workload,
                                    .process = process,
                                    .view = (gv_view)v,
                                    .stage_s = picked};
        record.count = gv__view_samples_pick(&party->samples[v], GV_JOURNAL_SAMPLES_MAX, picked);
        status = gv__record_samples(&run->recorder, &record, err);
    }
    return status;
}

static gv_status write_measurement(gv__run *run, const gv__party *party, const char *workload,
                                   uint32_t process, gv_error *err)
{
    const gv__say_prepared *served = &party->served;
    gv_measurement measurement = {.run = run->uuid,
                                  .device = party->key,
                                  .provider = served->provider,
                                  .workload = workload,
                                  .parameters = served->parameters,
                                  .check = served->check,
                                  .clock = "wall",
                                  .process = process,
                                  .flags = party->flags,
                                  .error_rel = served->error_rel,
                                  .bound_rel = served->bound_rel};
    memcpy(measurement.cost_s, served->cost_s, sizeof measurement.cost_s);
    memcpy(measurement.view, party->times, sizeof measurement.view);
    gv_status status = gv__record_measurement(&run->recorder, &measurement, err);
    if (status == GV_OK) {
        status = write_samples(run, party, workload, process, err);
    }
    run->measurements++;
    run->noisy += (party->flags & GV_FLAG_NOISY) != 0;
    run->throttled += (party->flags & GV_FLAG_THROTTLED) != 0;
    run->moved += (party->flags & GV_FLAG_MOVED) != 0;
    return status;
}

/* Who was compared when the one that serves was chosen. */
static gv_status write_trials(gv__run *run, const gv__party *party, const char *workload,
                              uint32_t process, gv_error *err)
{
    gv_status status = GV_OK;
    for (uint32_t i = 0; i < party->trial_count && status == GV_OK; i++) {
        const gv_trial trial = {.run = run->uuid,
                                .device = party->key,
                                .provider = party->trial[i].provider,
                                .workload = workload,
                                .parameters = party->trial[i].parameters,
                                .process = process,
                                .call_s = party->trial[i].call_s,
                                .earlier = party->trial[i].earlier};
        status = gv__record_trial(&run->recorder, &trial, err);
    }
    return status;
}

/* How a pair stands after this process; a time from any process counts. */
static gv__pair_state state_of(const gv__party *party, gv__pair_state before)
{
    if (party->measured || before == GV__PAIR_MEASURED) {
        return GV__PAIR_MEASURED;
    }
    bool unsupported = party->pending_count > 0;
    for (uint32_t i = 0; i < party->pending_count; i++) {
        unsupported = unsupported && party->pending[i].kind == GV_INCIDENT_UNSUPPORTED;
    }
    return unsupported ? GV__PAIR_UNSUPPORTED : GV__PAIR_OPEN;
}

gv_status gv__run_write_workload(gv__run *run, size_t workload, uint32_t process, gv_error *err)
{
    const char *text = run->workloads[workload].text;
    gv_status status = GV_OK;
    for (size_t i = 0; i < run->measure.count && status == GV_OK; i++) {
        gv__party *party = &run->measure.parties[i];
        if (!run->wanted[i] && party->device != NULL) {
            continue;
        }
        bool cut_short = run->measure.budget_spent; /* the run's end says so */
        if (!party->measured && party->pending_count == 0 && !party->lost && !cut_short) {
            gv__party_note(party, GV_INCIDENT_FAILURE, "", "preparing a workload",
                           "no provider served, and none said why");
        }
        status = write_incidents(run, party, text, process, err);
        if (status == GV_OK && party->measured) {
            status = write_measurement(run, party, text, process, err);
            if (status == GV_OK) {
                status = write_trials(run, party, text, process, err);
            }
        }
        if (party->leaked_bytes > 0) {
            gv__run_notice(run,
                           "%s on %s: its worker kept %.0f MiB afterwards and was started anew",
                           text, label_of(party), party->leaked_bytes / 0x1p20);
        }
        gv__pair_state *pair = &run->pair[i * run->workload_count + workload];
        *pair = state_of(party, *pair);
    }
    return status == GV_OK ? gv__record_flush(&run->recorder, err) : status;
}
