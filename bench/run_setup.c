/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/run_state.h"

#include "base/memory_cap.h"
#include "bench/roof_rule.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* ---- how long it will take ---- */

/* Round figures of a small machine; nobody knows the devices yet. */
static const double plan_start_s = 1.0;
static const double plan_prepare_s = 0.4;
static const double plan_ceilings_s = 9; /* of a device */
static const double plan_flop_per_s = 30e9;
static const double plan_bytes_per_s = 3e9;

static double workload_seconds(const gv_suite *suite, const gv_workload *workload, size_t devices)
{
    bool has_weights = workload->op == GV_OP_DENSE || workload->op == GV_OP_CONV2D;
    double call_s = gv_workload_flop(workload) / plan_flop_per_s +
                    gv_workload_bytes(workload) / plan_bytes_per_s;
    double samples = call_s > GV__LONG_CALL_S ? GV__LONG_CALL_BLOCKS : suite->min_samples;
    double view_s = fmax(suite->min_s, fmin(samples * call_s, fmax(suite->max_s, 3 * call_s)));
    double views = (has_weights ? 4.0 : 3.0) * (double)devices + 1;
    return views * (view_s + suite->warm_up_s) + plan_prepare_s * ((double)devices + 1);
}

double gv_run_seconds(const gv_suite *suite, const char *const *workloads, size_t workload_count,
                      size_t devices)
{
    if (suite->ceilings) {
        return plan_start_s + plan_ceilings_s * (double)devices;
    }
    double seconds = ((double)devices + 1) * (plan_start_s + GV__PROBE_S / suite->processes);
    for (size_t i = 0; i < workload_count; i++) {
        gv_workload workload;
        if (gv_workload_parse(workloads[i], &workload, NULL) == GV_OK) {
            seconds += workload_seconds(suite, &workload, devices);
        }
    }
    return seconds * suite->processes;
}

/* ---- workloads ---- */

static bool known_already(const gv__run *run, const char *text)
{
    for (size_t i = 0; i < run->workload_count; i++) {
        if (strcmp(run->workloads[i].text, text) == 0) {
            return true;
        }
    }
    return false;
}

static gv_status read_workloads(gv__run *run, size_t devices, gv_error *err)
{
    const gv_run_options *options = run->options;
    const char *const *texts =
        options->workloads != NULL ? options->workloads : run->suite->workloads;
    size_t count = options->workloads != NULL ? options->workload_count : run->suite->count;
    run->workloads = calloc(count + 1, sizeof *run->workloads);
    run->texts = calloc(count + 1, sizeof *run->texts);
    if (run->workloads == NULL || run->texts == NULL) {
        return gv__fail(err, GV_MEMORY, 0, "calloc", "no room for %zu workloads", count);
    }
    for (size_t i = 0; i < count; i++) {
        gv__run_workload *next = &run->workloads[run->workload_count];
        gv_status status = gv_workload_parse(texts[i], &next->workload, err);
        if (status != GV_OK) {
            return status;
        }
        if (next->workload.op == GV_OP_CUSTOM) {
            return gv__fail(err, GV_ARGUMENT, 0, NULL,
                            "%s is an estimate and is never run: ask `gpuverdict estimate`",
                            texts[i]);
        }
        gv_workload_format(&next->workload, next->text);
        if (!known_already(run, next->text)) {
            next->planned_s = workload_seconds(run->suite, &next->workload, devices);
            run->texts[run->workload_count] = next->text;
            run->workload_count++;
        }
    }
    return GV_OK;
}

/* ---- parties ---- */

static gv_status make_parties(gv__run *run, const gv_selection *selection, gv_error *err)
{
    const gv_inventory *inventory = run->inventory;
    run->measure.parties = calloc(inventory->device_count + 1, sizeof *run->measure.parties);
    run->wanted = calloc(inventory->device_count + 1, sizeof *run->wanted);
    if (run->measure.parties == NULL || run->wanted == NULL) {
        return gv__fail(err, GV_MEMORY, 0, "calloc", "no room for %zu devices",
                        inventory->device_count);
    }
    for (size_t i = 0; i < inventory->device_count; i++) {
        if (!selection->host_only && selection->device[i]) {
            gv__party_init(&run->measure.parties[run->measure.count++], inventory,
                           &inventory->devices[i]);
        }
    }
    gv__party_init(&run->measure.parties[run->measure.count++], inventory, NULL);
    for (size_t i = 0; i < run->measure.count; i++) {
        run->measure.parties[i].on_step = run->options->progress.doing;
        run->measure.parties[i].step_context = run->options->progress.context;
    }
    return GV_OK;
}

static double core_distance_s(const gv_host *host)
{
    const gv_fact *distance = &host->fact[GV_HOST_CORE_DISTANCE];
    return distance->error == 0 && distance->number > 0 ? distance->number * 1e-9 : NAN;
}

gv_status gv__run_setup(gv__run *run, const gv_selection *selection, gv_error *err)
{
    run->host_only = selection->host_only;
    gv_status status = make_parties(run, selection, err);
    if (status == GV_OK) {
        status = read_workloads(run, run->measure.count - 1, err);
    }
    if (status != GV_OK) {
        return status;
    }
    size_t pairs = run->measure.count * run->workload_count + 1;
    run->pair = calloc(pairs, sizeof *run->pair);
    if (run->pair == NULL) {
        return gv__fail(err, GV_MEMORY, 0, "calloc", "no room for %zu pairs", pairs);
    }
    run->measure.suite = run->suite;
    run->measure.seed = run->options->seed;
    run->measure.deadline_s = run->started_s + run->options->time_budget_s;
    run->measure.core_distance_s = core_distance_s(&run->inventory->host);
    return GV_OK;
}

gv_status gv__run_open_all(gv__run *run, gv_error *err)
{
    for (size_t i = 0; i < run->measure.count; i++) {
        gv_error found = {0};
        gv_status status = gv__party_open(&run->measure.parties[i], &found);
        if (status == GV_INTERRUPTED) {
            return gv__fail(err, status, 0, NULL, "%s", found.text);
        }
    }
    return GV_OK;
}

/* ---- identity ---- */

/* Add a list to a list, if it is not there already: devices have the same libraries. */
static void add_once(gv__text *to, const char *text)
{
    if (text[0] != 0 && (to->data == NULL || strstr(to->data, text) == NULL)) {
        gv__text_printf(to, "%s%s", to->length > 0 ? ", " : "", text);
    }
}

static gv_status look_into_journal(gv__run *run, gv_error *err)
{
    size_t count = run->measure.count;
    gv__resume_party *parties = calloc(count, sizeof *parties);
    if (parties == NULL) {
        return gv__fail(err, GV_MEMORY, 0, "calloc", "no room for %zu parties", count);
    }
    for (size_t i = 0; i < count; i++) {
        parties[i].key = run->measure.parties[i].key;
        parties[i].device = run->measure.parties[i].device;
    }
    gv_status status =
        gv__resume_find(run->recorder.journal, &run->record, &run->inventory->host, parties, count,
                        run->texts, run->workload_count, &run->resume, err);
    free(parties);
    for (size_t i = 0; status == GV_OK && i < count * run->workload_count; i++) {
        if (run->resume.answered[i] > 0) {
            run->pair[i] = GV__PAIR_MEASURED;
        }
    }
    return status;
}

/* The newest record of a party counts, so that it has to hold what is not probed again, too. */
static void keep_known_roofs(gv__run *run)
{
    const gv_journal *journal = run->recorder.journal;
    for (size_t i = 0; i < run->measure.count; i++) {
        gv__party *party = &run->measure.parties[i];
        for (size_t d = 0; d < journal->device_count; d++) {
            const gv_device_record *record = &journal->devices[d];
            if (strcmp(record->run, run->uuid) == 0 && strcmp(record->key, party->key) == 0) {
                party->roof = gv__roof_higher(&party->roof, &record->roof);
            }
        }
    }
}

/* A continued run began when its first part did: what was moved between the two was moved, too. */
static void keep_known_distance(gv__run *run)
{
    const gv_journal *journal = run->recorder.journal;
    for (size_t d = 0; d < journal->device_count; d++) {
        const gv_device_record *record = &journal->devices[d];
        if (record->host != NULL && strcmp(record->run, run->uuid) == 0 &&
            !isnan(core_distance_s(record->host))) {
            run->measure.core_distance_s = core_distance_s(record->host);
            return;
        }
    }
}

gv_status gv__run_identify(gv__run *run, gv_error *err)
{
    for (size_t i = 0; i < run->measure.count; i++) {
        const gv__say_opened *opened = &run->measure.parties[i].opened;
        add_once(&run->libraries, opened->libraries);
        add_once(&run->kernels, opened->kernels);
    }
    if (run->libraries.failed || run->kernels.failed) {
        return gv__fail(err, GV_MEMORY, 0, NULL, "no room for the names of libraries");
    }
    time_t now = time(NULL);
    struct tm utc;
    strftime(run->time, sizeof run->time, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
    gv_status status = gv__uuid_make(run->uuid, err);
    run->record = (gv_run_record){
        .run = run->uuid,
        .time = run->time,
        .command = run->options->command != NULL ? run->options->command : "",
        .version = run->options->version != NULL ? run->options->version : "",
        .suite = run->suite->name,
        .libraries = run->libraries.data != NULL ? run->libraries.data : "",
        .kernels = run->kernels.data != NULL ? run->kernels.data : "",
        .tuning = run->options->untuned ? "off" : "",
        .device_memory_bytes = gv__memory_cap_bytes(),
        .seed = run->options->seed,
        .processes = run->suite->processes,
    };
    if (status == GV_OK && run->options->resume) {
        status = look_into_journal(run, err);
    }
    if (status == GV_OK && run->resume.run != NULL) {
        gv__copy_text(run->uuid, sizeof run->uuid, run->resume.run->run);
        run->first_process = run->resume.next_process;
        keep_known_roofs(run);
        keep_known_distance(run);
    }
    return status;
}

bool gv__run_needs(const gv__run *run, size_t party, size_t workload, uint32_t process)
{
    uint32_t answered = run->resume.answered != NULL
                            ? run->resume.answered[party * run->workload_count + workload]
                            : 0;
    return process + answered < run->suite->processes;
}

void gv__run_free(gv__run *run)
{
    for (size_t i = 0; i < run->measure.count; i++) {
        gv__party_free(&run->measure.parties[i]);
    }
    gv__measure_free(&run->measure);
    gv__tuning_free(&run->tuning);
    gv__tuning_free(&run->shipped);
    free(run->measure.parties);
    free(run->wanted);
    free(run->workloads);
    free(run->texts);
    free(run->pair);
    free(run->resume.answered);
    gv__text_free(&run->libraries);
    gv__text_free(&run->kernels);
}
