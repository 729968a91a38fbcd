/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/forecast_host.h"
#include "base/support.h"
#include "bench/statistics.h"
#include "reports/forecast_journal.h"
#include "reports/forecast_measured.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static gv_status no_memory(gv_error *err)
{
    return gv__fail(err, GV_MEMORY, 0, "malloc", "the host's times do not fit into memory");
}

/* ---- times ---- */

/** A measurement of the host. */
typedef struct entry {
    const char *workload;
    uint32_t run, record;
    double time_s;
} entry;

/** The host of a measurement; GV__NONE where it is not one of a host, or has no time. */
static uint32_t host_of(const gv_dataset *dataset, size_t i)
{
    double time_s =
        dataset->journal->measurements[i].view[GV_VIEW_KERNEL_ONLY].stage[GV_STAGE_TOTAL].median_s;
    bool of_host = dataset->run_of[i] != GV__NONE && dataset->device_of[i] == GV__NONE;
    return of_host && time_s > 0 ? dataset->runs[dataset->run_of[i]].host : GV__NONE;
}

static bool is_called(const gv_dataset_host *host, const char *name)
{
    const gv_fact *own = &host->record->host->fact[GV_HOST_NAME];
    return gv__has_words(host->label, name) || (own->error == 0 && gv__has_words(own->text, name));
}

static void list_host(gv__text *list, const gv_dataset_host *host)
{
    gv__text_printf(list, "%s%s", list->length > 0 ? ", " : "", host->label);
}

/** The one that is called so, among those with measurements. */
static gv_status find_host(const gv_dataset *dataset, const size_t *counts, const char *name,
                           uint32_t *found, gv_error *err)
{
    gv__text called = {0};
    gv__text all = {0};
    uint32_t matches = 0;
    for (uint32_t i = 0; i < dataset->host_count; i++) {
        if (counts[i] == 0) {
            continue;
        }
        list_host(&all, &dataset->hosts[i]);
        if (is_called(&dataset->hosts[i], name)) {
            list_host(&called, &dataset->hosts[i]);
            *found = i;
            matches++;
        }
    }
    gv_status status = GV_OK;
    if (matches != 1) {
        const gv__text *list = matches > 0 ? &called : &all;
        status =
            gv__fail(err, GV_ARGUMENT, 0, NULL,
                     matches > 0 ? "the host \"%.60s\" may be any of %s"
                                 : "no host that was measured is called \"%.60s\"; there are %s",
                     name, list->data != NULL ? list->data : "none");
    }
    gv__text_free(&called);
    gv__text_free(&all);
    return status;
}

/** The host that is called so, or else the one with the most measurements. */
static gv_status choose_host(const gv_dataset *dataset, const char *name, uint32_t *chosen,
                             gv_error *err)
{
    size_t *counts = calloc((size_t)dataset->host_count + 1, sizeof *counts);
    if (counts == NULL) {
        return no_memory(err);
    }
    *chosen = GV__NONE;
    for (size_t i = 0; i < dataset->journal->measurement_count; i++) {
        uint32_t host = host_of(dataset, i);
        if (host != GV__NONE) {
            counts[host]++;
        }
    }
    gv_status status = GV_OK;
    if (name != NULL) {
        status = find_host(dataset, counts, name, chosen, err);
    }
    for (uint32_t i = 0; name == NULL && i < dataset->host_count; i++) {
        if (counts[i] > (*chosen != GV__NONE ? counts[*chosen] : 0)) {
            *chosen = i;
        }
    }
    free(counts);
    return status;
}

/* By workload, then the newest run first, in the order of the journal. */
static int compare_entries(const void *a, const void *b)
{
    const entry *x = a, *y = b;
    int order = strcmp(x->workload, y->workload);
    if (order == 0) {
        order = (x->run < y->run) - (x->run > y->run);
    }
    return order != 0 ? order : (x->record > y->record) - (x->record < y->record);
}

/** One time a workload, out of sorted entries. */
static void combine(const gv_journal *journal, const entry *entries, size_t count, double *scratch,
                    gv__host *host)
{
    for (size_t i = 0, next; i < count; i = next) {
        gv__host_time *time = &host->times[host->count++];
        gv__interval interval = GV__INTERVAL_INIT;
        *time =
            (gv__host_time){.workload = entries[i].workload, .first = (uint32_t)host->record_count};
        for (next = i; next < count && strcmp(entries[i].workload, entries[next].workload) == 0;
             next++) {
            if (entries[next].run == entries[i].run) {
                const gv_measurement *m = &journal->measurements[entries[next].record];
                scratch[time->count++] = entries[next].time_s;
                gv__interval_add(&interval, &m->view[GV_VIEW_KERNEL_ONLY].stage[GV_STAGE_TOTAL]);
                host->disturbed += (m->flags & GV_DISTURBED) != 0;
                host->records[host->record_count++] = entries[next].record;
            }
        }
        time->time_s = gv__median(scratch, time->count);
        time->low_s = interval.low_s;
        time->high_s = interval.high_s;
    }
}

static gv_status collect(const gv_dataset *dataset, gv__host *host, gv_error *err)
{
    size_t most = dataset->journal->measurement_count + 1, count = 0;
    entry *entries = malloc(most * sizeof *entries);
    double *scratch = malloc(most * sizeof *scratch);
    host->times = calloc(most, sizeof *host->times);
    host->records = malloc(most * sizeof *host->records);
    bool room = entries != NULL && scratch != NULL && host->times != NULL && host->records != NULL;
    for (size_t i = 0; room && i + 1 < most; i++) {
        const gv_measurement *m = &dataset->journal->measurements[i];
        if (host_of(dataset, i) == host->host) {
            double time_s = m->view[GV_VIEW_KERNEL_ONLY].stage[GV_STAGE_TOTAL].median_s;
            entries[count++] = (entry){m->workload, dataset->run_of[i], (uint32_t)i, time_s};
        }
    }
    if (room) {
        qsort(entries, count, sizeof *entries, compare_entries);
        combine(dataset->journal, entries, count, scratch, host);
    }
    free(entries);
    free(scratch);
    return room ? GV_OK : no_memory(err);
}

/* ---- the model between them ---- */

/** The times as points of calibration; the peak, where none was probed, is the best of them. */
static size_t points_of(const gv__host *host, gv_point *points, double *best_flop_per_s)
{
    size_t count = 0;
    for (size_t i = 0; i < host->count; i++) {
        if (gv_workload_parse(host->times[i].workload, &points[count].workload, NULL) == GV_OK) {
            points[count].call_s = host->times[i].time_s;
            double rate = gv_workload_flop(&points[count].workload) / points[count].call_s;
            *best_flop_per_s = fmax(*best_flop_per_s, rate);
            count++;
        }
    }
    return count;
}

/** A model of its probed roof, and of every time that the journals have of it. */
static gv_status make_model(const gv_dataset *dataset, gv__host *host, gv_error *err)
{
    gv_point *points = calloc(host->count + 1, sizeof *points);
    if (points == NULL) {
        return no_memory(err);
    }
    double best = 1e9;
    size_t count = points_of(host, points, &best);
    gv_spec spec = gv__spec_of_host(dataset->hosts[host->host].record);
    spec.fp32_flop_per_s = isnan(spec.fp32_flop_per_s) ? best : spec.fp32_flop_per_s;
    spec.fp64_flop_per_s =
        isnan(spec.fp64_flop_per_s) ? spec.fp32_flop_per_s / 2 : spec.fp64_flop_per_s;
    gv_model_options options = GV_MODEL_OPTIONS_INIT;
    options.host_silicon = true;
    gv_status status = gv_model_create(&spec, &options, &host->model, err);
    if (status == GV_OK) {
        status = gv_model_calibrate(host->model, points, count, err);
    }
    free(points);
    return status;
}

gv_status gv__host_create(const gv_dataset *dataset, const char *name, gv__host *out, gv_error *err)
{
    *out = (gv__host){.host = GV__NONE};
    if (dataset == NULL) {
        return name == NULL ? GV_OK
                            : gv__fail(err, GV_ARGUMENT, 0, NULL,
                                       "no journal tells of the host \"%.60s\"", name);
    }
    gv_status status = choose_host(dataset, name, &out->host, err);
    if (status == GV_OK && out->host != GV__NONE) {
        status = collect(dataset, out, err);
        status = status == GV_OK ? make_model(dataset, out, err) : status;
    }
    return status;
}

void gv__host_free(gv__host *host)
{
    gv_model_free(host->model);
    free(host->times);
    free(host->records);
    *host = (gv__host){.host = GV__NONE};
}

static int by_workload(const void *a, const void *b)
{
    return strcmp(a, ((const gv__host_time *)b)->workload);
}

const gv__host_time *gv__host_find(const gv__host *host, const char *workload)
{
    return host->count > 0
               ? bsearch(workload, host->times, host->count, sizeof *host->times, by_workload)
               : NULL;
}
