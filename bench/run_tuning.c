/* SPDX-License-Identifier: Apache-2.0 */
/* With which tunables a run measures: those that a continued run began with, then what was found on
 * this machine's devices, then what comes with the program, else each provider's own. */
#include "bench/run_state.h"
#include "bench/tuner.h"
#include "bench/tuning_file.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* A search may take this share of what a time budget leaves. */
static const double budget_share = 0.2;
/* In less than this nothing but the defaults is tried. */
static const double shortest_search_s = 0.5;

static const char *path_of(const gv__run *run, char path[GV__TUNING_PATH])
{
    return run->options->tuning != NULL ? run->options->tuning : gv__tuning_path(path);
}

gv_status gv__run_load_tuning(gv__run *run, gv_error *err)
{
    char text[GV__TUNING_PATH];
    const char *path = path_of(run, text);
    gv_error found = {0};
    if (run->options->untuned) {
        return GV_OK;
    }
    gv_status status = gv__tuning_shipped(&run->shipped, &found);
    if (status != GV_MEMORY && path[0] != 0) {
        status = gv__tuning_load(path, &run->tuning, &found);
    }
    if (status == GV_MEMORY) {
        return gv__fail(err, status, 0, NULL, "%s", found.text);
    }
    if (status != GV_OK && status != GV_UNSUPPORTED) {
        gv__run_notice(run, "%s: it is not used", found.text);
    }
    return GV_OK;
}

static gv__tuned_for who_is(const gv__party *party)
{
    return gv__tuned_for_device(party->device, party->opened.kernels);
}

/* ---- handing out ---- */

/* The sets that a continued run used for this pair: a run is whole in itself. */
static bool continue_with(gv__run *run, gv__party *party, const char *workload)
{
    const gv_journal *journal = run->recorder.journal;
    party->tuned_count = 0;
    for (size_t i = journal->measurement_count; run->resume.run != NULL && i-- > 0;) {
        const gv_measurement *m = &journal->measurements[i];
        if (strcmp(m->run, run->uuid) != 0 || strcmp(m->device, party->key) != 0 ||
            strcmp(m->workload, workload) != 0 || party->tuned_count == GV__MAX_TUNED) {
            continue;
        }
        gv__tuned_set *set = &party->tuned[party->tuned_count++];
        set->searched = (m->flags & GV_FLAG_NOT_TUNED) == 0;
        gv__copy_text(set->provider, sizeof set->provider, m->provider);
        gv__copy_text(set->parameters, sizeof set->parameters, m->parameters);
        party->tune_s = m->cost_s[GV_COST_TUNE];
    }
    return party->tuned_count > 0;
}

static void hand_out(gv__run *run, gv__party *party, const gv__run_workload *work)
{
    const gv__tuned_for who = who_is(party);
    party->tuned_count = 0;
    party->tune_s = NAN;
    if (run->options->untuned || continue_with(run, party, work->text)) {
        return;
    }
    const gv__tuned_class *class = gv__tuning_find(&run->tuning, &who, &work->workload);
    if (class != NULL) {
        party->tune_s = class->search_s;
    } else {
        class = gv__tuning_find(&run->shipped, &who, &work->workload);
    }
    if (class != NULL) {
        party->tuned_count = class->set_count;
        memcpy(party->tuned, class->set, sizeof party->tuned);
    }
}

void gv__run_hand_out_tunables(gv__run *run, size_t workload)
{
    for (size_t i = 0; i < run->measure.count; i++) {
        gv__party *party = &run->measure.parties[i];
        if (party->device != NULL && party->ever_open) {
            hand_out(run, party, &run->workloads[workload]);
        }
    }
}

/* ---- searching ---- */

static bool lacks_a_search(const gv__run *run, size_t party, size_t workload)
{
    const gv__party *p = &run->measure.parties[party];
    const gv__run_workload *work = &run->workloads[workload];
    if (p->device == NULL || !p->open || !gv__run_needs(run, party, workload, 0) ||
        !gv__run_fits_into_memory(run, &work->workload)) {
        return false;
    }
    const gv__tuned_for who = who_is(p);
    return gv__tuning_find(&run->tuning, &who, &work->workload) == NULL;
}

static size_t count_searches(const gv__run *run)
{
    size_t count = 0;
    for (size_t i = 0; i < run->measure.count; i++) {
        for (size_t w = 0; w < run->workload_count; w++) {
            count += lacks_a_search(run, i, w);
        }
    }
    return count;
}

static void say_stale(const gv__run *run)
{
    for (size_t i = 0; i < run->measure.count; i++) {
        const gv__party *party = &run->measure.parties[i];
        if (party->device == NULL || !party->open) {
            continue;
        }
        const gv__tuned_for who = who_is(party);
        if (gv__tuning_is_stale(&run->tuning, &who)) {
            gv__run_notice(
                run,
                "what was tuned for %s belongs to another driver or other kernels and is "
                "not used: `gpuverdict tune` makes it anew",
                gv_device_text(party->device, GV_DEVICE_NAME));
        }
    }
}

static void say_search(const gv__run *run, const gv__party *party, const char *workload)
{
    const gv_run_progress *progress = &run->options->progress;
    char text[512];
    snprintf(text, sizeof text, "tuning %s on %s", workload,
             gv_device_text(party->device, GV_DEVICE_NAME));
    if (progress->step != NULL) {
        progress->step(progress->context, text, 0, 0, 0);
    }
}

/* One search. Where the device fails at it, measuring will say so. */
static gv_status search(gv__run *run, gv__party *party, const char *workload, double seconds,
                        gv__tuning *fresh, gv_error *err)
{
    gv__search s = {.workload = workload, .seed = run->options->seed, .seconds = seconds};
    const gv__tuned_for who = who_is(party);
    gv_error found = {0};
    say_search(run, party, workload);
    gv_status status = gv__tuner_search(party, &s, &found);
    if (status == GV_INTERRUPTED || status == GV_MEMORY) {
        return gv__fail(err, status, 0, NULL, "%s", found.text);
    }
    if (status != GV_OK || s.found.set_count == 0) {
        return GV_OK;
    }
    status = gv__tuning_add(&run->tuning, &who, &s.found, err);
    return status == GV_OK ? gv__tuning_add(fresh, &who, &s.found, err) : status;
}

/* What was found with less memory than the device has serves this run alone: it is of pieces. */
static void keep(const gv__run *run, const gv__tuning *fresh)
{
    char text[GV__TUNING_PATH];
    const char *path = path_of(run, text);
    gv_error found = {0};
    if (path[0] == 0 || fresh->device_count == 0 || gv__run_is_capped(&run->record)) {
        return;
    }
    gv_status status = gv__tuning_save(path, fresh, &found);
    if (status != GV_OK && status != GV_UNSUPPORTED) {
        gv__run_notice(run, "%s: what was tuned serves this run alone", found.text);
    }
}

gv_status gv__run_tune(gv__run *run, gv_error *err)
{
    say_stale(run);
    size_t left = run->options->untuned ? 0 : count_searches(run);
    const double budget_s = budget_share * (run->measure.deadline_s - gv__now_s());
    const double until_s = gv__now_s() + fmin(run->suite->tune_s, budget_s);
    gv__tuning fresh = {.devices = NULL};
    gv_status status = GV_OK;
    for (size_t i = 0; i < run->measure.count && left > 0; i++) {
        gv__party *party = &run->measure.parties[i];
        bool any = false;
        for (size_t w = 0; w < run->workload_count && status == GV_OK; w++) {
            const double seconds = (until_s - gv__now_s()) / (double)(left > 0 ? left : 1);
            if (seconds < shortest_search_s || !lacks_a_search(run, i, w)) {
                continue;
            }
            status = search(run, party, run->workloads[w].text, seconds, &fresh, err);
            any = true;
            left--;
        }
        if (any) {
            /* What compilers left behind is not measured with. */
            gv__party_stop(party);
        }
    }
    keep(run, &fresh);
    gv__tuning_free(&fresh);
    return status;
}
