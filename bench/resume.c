/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/resume.h"

#include "base/support.h"

#include <stdlib.h>
#include <string.h>

/* The question, for the functions below. */
typedef struct query {
    const gv_journal *journal;
    const gv__resume_party *parties;
    size_t party_count;
    const char *const *workloads;
    size_t workload_count;
    uint32_t processes;
} query;

static bool same(const char *a, const char *b)
{
    return strcmp(a != NULL ? a : "", b != NULL ? b : "") == 0;
}

static const gv_device_record *record_of(const gv_journal *journal, const char *run,
                                         const char *key)
{
    for (size_t i = journal->device_count; i-- > 0;) {
        const gv_device_record *record = &journal->devices[i];
        if (same(record->run, run) && same(record->key, key)) {
            return record;
        }
    }
    return NULL;
}

static bool same_host(const gv_journal *journal, const char *run, const gv_host *host)
{
    const gv_device_record *record = record_of(journal, run, "host");
    if (record == NULL || record->host == NULL) {
        return false;
    }
    static const gv_host_fact identity[] = {GV_HOST_NAME, GV_HOST_MODEL, GV_HOST_ISA};
    for (size_t i = 0; i < GV__COUNT(identity); i++) {
        if (!same(record->host->fact[identity[i]].text, host->fact[identity[i]].text)) {
            return false;
        }
    }
    const gv_fact *then = &record->host->fact[GV_HOST_USABLE_CORES];
    const gv_fact *now = &host->fact[GV_HOST_USABLE_CORES];
    return then->error == now->error && (now->error != 0 || then->number == now->number);
}

static bool same_memory(const gv_run_record *a, const gv_run_record *b)
{
    return gv__run_is_capped(a) == gv__run_is_capped(b) &&
           (!gv__run_is_capped(a) || a->device_memory_bytes == b->device_memory_bytes);
}

static bool same_settings(const gv_run_record *a, const gv_run_record *b)
{
    return same(a->suite, b->suite) && same(a->version, b->version) &&
           same(a->libraries, b->libraries) && same(a->kernels, b->kernels) &&
           same(a->tuning, b->tuning) && same_memory(a, b) && a->seed == b->seed &&
           a->processes == b->processes;
}

static bool same_driver(const gv_journal *journal, const char *run, const gv__resume_party *party)
{
    if (party->device == NULL) {
        return true; /* the host's libraries are among the settings */
    }
    const gv_device_record *record = record_of(journal, run, party->key);
    return record != NULL && record->device != NULL &&
           same(gv_device_text(record->device, GV_DEVICE_DRIVER),
                gv_device_text(party->device, GV_DEVICE_DRIVER)) &&
           same(gv_device_text(record->device, GV_DEVICE_PLATFORM_VERSION),
                gv_device_text(party->device, GV_DEVICE_PLATFORM_VERSION));
}

/* Where a record's pair stands in the table, or SIZE_MAX where it was not asked about. */
static size_t place_of(const query *q, const char *device, const char *workload)
{
    for (size_t p = 0; p < q->party_count; p++) {
        if (!same(q->parties[p].key, device)) {
            continue;
        }
        for (size_t w = 0; w < q->workload_count; w++) {
            if (same(q->workloads[w], workload)) {
                return p * q->workload_count + w;
            }
        }
    }
    return SIZE_MAX;
}

/* Unsupported is an answer where nothing else stood in the way of this pair in this run. */
static void count_unsupported(const query *q, const char *run, uint32_t *answered, bool *fault)
{
    const gv_journal *journal = q->journal;
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < journal->incident_count; i++) {
            const gv_incident *incident = &journal->incidents[i];
            size_t place = SIZE_MAX;
            if (same(incident->run, run) && same(incident->replaced, "")) {
                place = place_of(q, incident->device, incident->workload);
            }
            if (place == SIZE_MAX) {
                continue;
            }
            bool unsupported = incident->kind == GV_INCIDENT_UNSUPPORTED;
            if (pass == 0) {
                fault[place] = fault[place] || !unsupported;
            } else if (unsupported && !fault[place]) {
                answered[place] = q->processes;
            }
        }
    }
}

/* Where the host was measured, sorted. */
typedef struct turn {
    size_t workload;
    uint32_t process;
} turn;

static int compare_turns(const void *a, const void *b)
{
    const turn *x = a, *y = b;
    if (x->workload != y->workload) {
        return x->workload < y->workload ? -1 : 1;
    }
    return (x->process > y->process) - (x->process < y->process);
}

static size_t host_of(const query *q)
{
    size_t host = 0;
    while (host < q->party_count && q->parties[host].device != NULL) {
        host++;
    }
    return host;
}

/* A device's time without the host's of the same process gives no speed-up and answers nothing,
 * unless the host can never have one. */
static bool has_baseline(const query *q, const uint32_t *answered, const turn *turns, size_t count,
                         turn wanted)
{
    size_t host = host_of(q);
    return host == q->party_count || answered[host * q->workload_count + wanted.workload] > 0 ||
           bsearch(&wanted, turns, count, sizeof *turns, compare_turns) != NULL;
}

/* Behind count_unsupported(). False: no memory. */
static bool count_measured(const query *q, const char *run, uint32_t *answered)
{
    const gv_journal *journal = q->journal;
    turn *turns = malloc((journal->measurement_count + 1) * sizeof *turns);
    if (turns == NULL) {
        return false;
    }
    const size_t host_row = host_of(q) * q->workload_count;
    size_t count = 0;
    for (size_t i = 0; i < journal->measurement_count; i++) {
        const gv_measurement *m = &journal->measurements[i];
        size_t place = same(m->run, run) ? place_of(q, m->device, m->workload) : SIZE_MAX;
        if (place != SIZE_MAX && place >= host_row) {
            turns[count++] = (turn){place - host_row, m->process};
        }
    }
    qsort(turns, count, sizeof *turns, compare_turns);
    for (size_t i = 0; i < journal->measurement_count; i++) {
        const gv_measurement *m = &journal->measurements[i];
        size_t place = same(m->run, run) ? place_of(q, m->device, m->workload) : SIZE_MAX;
        if (place == SIZE_MAX || place >= host_row || answered[place] == q->processes) {
            continue;
        }
        const turn wanted = {place % q->workload_count, m->process};
        answered[place] += has_baseline(q, answered, turns, count, wanted);
    }
    for (size_t i = 0; i < count; i++) {
        uint32_t *of_host = &answered[host_row + turns[i].workload];
        *of_host += *of_host < q->processes;
    }
    free(turns);
    return true;
}

/* What one run answers. */
static gv_status count_run(const query *q, const char *run, uint32_t *answered, gv_error *err)
{
    bool *fault = calloc(q->party_count * q->workload_count + 1, sizeof *fault);
    bool counted = fault != NULL;
    if (counted) {
        count_unsupported(q, run, answered, fault);
        counted = count_measured(q, run, answered);
    }
    free(fault);
    return counted ? GV_OK
                   : gv__fail(err, GV_MEMORY, 0, "calloc", "no room to look at the journal");
}

/* A run cannot go on with a device whose driver has changed since: its record says the old one. */
static bool can_continue(const query *q, const char *run)
{
    for (size_t p = 0; p < q->party_count; p++) {
        if (record_of(q->journal, run, q->parties[p].key) != NULL &&
            !same_driver(q->journal, run, &q->parties[p])) {
            return false;
        }
    }
    return true;
}

static uint32_t next_process(const gv_journal *journal, const char *run)
{
    uint32_t next = 0;
    for (size_t i = 0; i < journal->measurement_count; i++) {
        const gv_measurement *m = &journal->measurements[i];
        if (same(m->run, run) && m->process >= next) {
            next = m->process + 1;
        }
    }
    for (size_t i = 0; i < journal->incident_count; i++) {
        const gv_incident *incident = &journal->incidents[i];
        if (same(incident->run, run) && incident->process >= next) {
            next = incident->process + 1;
        }
    }
    return next;
}

gv_status gv__resume_find(const gv_journal *journal, const gv_run_record *settings,
                          const gv_host *host, const gv__resume_party *parties, size_t party_count,
                          const char *const *workloads, size_t workload_count, gv__resume *out,
                          gv_error *err)
{
    const query q = {journal, parties, party_count, workloads, workload_count, settings->processes};
    gv__resume found = {.answered = calloc(party_count * workload_count + 1, sizeof(uint32_t))};
    if (found.answered == NULL) {
        return gv__fail(err, GV_MEMORY, 0, "calloc", "no room to look at the journal");
    }
    for (size_t i = 0; i < journal->run_count; i++) {
        const gv_run_record *run = &journal->runs[i];
        if (same_settings(run, settings) && same_host(journal, run->run, host) &&
            can_continue(&q, run->run)) {
            found.run = run;
        }
    }
    if (found.run != NULL) {
        /* What other runs answered is not in the run that is continued. */
        gv_status status = count_run(&q, found.run->run, found.answered, err);
        if (status != GV_OK) {
            free(found.answered);
            return status;
        }
        found.next_process = next_process(journal, found.run->run);
    }
    *out = found;
    return GV_OK;
}
