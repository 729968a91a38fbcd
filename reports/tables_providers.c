/* SPDX-License-Identifier: Apache-2.0 */
/* Who was tried for each device and workload of Speed-up, who served, and why not the others: the
 * trials of that run, the fastest first, then what was rejected or failed. */
#include "reports/tables.h"

#include <stdlib.h>
#include <string.h>

enum { MOST = 16 }; /* providers of one pair; more have never been */

#define PLAIN GV_ORIGIN_ABSENT, false

static const gv_column columns[] = {
    {"workload", "Workload", "", "", 1, NULL, 56, PLAIN, NULL},
    {"device", "Device", "", "", 1, NULL, 34, PLAIN, NULL},
    {"provider", "Provider", "", "", 1, NULL, 34, PLAIN, NULL},
    {"outcome", "Outcome", "", "", 1, NULL, 14, PLAIN, NULL},
    {"call_s", "Trial", "s", "ms", 1e3, "[<1]0.0000;[<100]0.000;#,##0.0", 12, GV_ORIGIN_MEASURED,
     false, "the fastest of a few calls without transfers: a comparison, no measurement"},
    {"over_fastest", "Times the fastest", "", "×", 1, "0.00", 10, GV_ORIGIN_MEASURED, false,
     "its trial over that of the fastest provider"},
    {"processes", "Processes", "", "", 1, "0", 12, PLAIN, "in how many it was tried"},
    {"served", "Served", "", "", 1, "0", 9, PLAIN, "in how many of them"},
    {"parameters", "Parameters", "", "", 1, NULL, 110, PLAIN, "blank: its own"},
    {"why", "Why", "", "", 1, NULL, 80, PLAIN, NULL},
};

typedef struct entrant {
    const char *provider, *parameters;
    double call_s; /* median over the processes */
    uint32_t trials, served;
    bool tried; /* in this run, and not in earlier ones alone */
} entrant;

/* ---- the trials of a pair ---- */

static int compare_key(const gv_trial *a, const char *run, const char *device, const char *workload)
{
    int order = strcmp(a->run, run);
    order = order != 0 ? order : strcmp(a->device, device);
    return order != 0 ? order : strcmp(a->workload, workload);
}

/* By run, device and workload; within that by provider, then time. */
static int compare_trials(const void *x, const void *y)
{
    const gv_trial *a = *(const gv_trial *const *)x, *b = *(const gv_trial *const *)y;
    int order = compare_key(a, b->run, b->device, b->workload);
    order = order != 0 ? order : strcmp(a->provider, b->provider);
    return order != 0 ? order : (a->call_s > b->call_s) - (a->call_s < b->call_s);
}

static const gv_trial **sorted_trials(const gv_journal *journal)
{
    const gv_trial **sorted = malloc((journal->trial_count + 1) * sizeof *sorted);
    for (size_t i = 0; i < journal->trial_count && sorted != NULL; i++) {
        sorted[i] = &journal->trials[i];
    }
    if (sorted != NULL) {
        qsort(sorted, journal->trial_count, sizeof *sorted, compare_trials);
    }
    return sorted;
}

static size_t first_trial(const gv_trial *const *sorted, size_t count, const char *run,
                          const char *device, const char *workload)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_key(sorted[middle], run, device, workload) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static int by_time(const void *a, const void *b)
{
    const double x = ((const entrant *)a)->call_s, y = ((const entrant *)b)->call_s;
    return (x > y) - (x < y);
}

static uint32_t times_served(const gv_dataset *d, const gv_dataset_pair *pair, const char *provider)
{
    uint32_t served = 0;
    for (uint32_t i = 0; i < pair->count; i++) {
        const uint32_t record = d->members[pair->first + i].device;
        served += strcmp(d->journal->measurements[record].provider, provider) == 0;
    }
    return served;
}

static bool any_of_this_run(const gv_trial *const *trials, size_t count)
{
    bool any = false;
    for (size_t i = 0; i < count; i++) {
        any = any || !trials[i]->earlier;
    }
    return any;
}

/* The providers of a pair, the fastest first; how many. */
static uint32_t collect(const gv_dataset *d, const gv_dataset_pair *pair,
                        const gv_trial *const *sorted, entrant out[MOST])
{
    const char *run = d->runs[pair->run].run;
    const char *device = d->devices[pair->device].key;
    const char *workload = d->workloads[pair->workload].text;
    const size_t count = d->journal->trial_count;
    size_t i = first_trial(sorted, count, run, device, workload);
    uint32_t found = 0;
    while (i < count && compare_key(sorted[i], run, device, workload) == 0 && found < MOST) {
        size_t end = i + 1;
        while (end < count && compare_key(sorted[end], run, device, workload) == 0 &&
               strcmp(sorted[end]->provider, sorted[i]->provider) == 0) {
            end++;
        }
        const gv_trial *middle = sorted[i + (end - i) / 2], *below = sorted[i + (end - i - 1) / 2];
        out[found++] = (entrant){.provider = middle->provider,
                                 .parameters = middle->parameters,
                                 .call_s = (middle->call_s + below->call_s) / 2,
                                 .trials = (uint32_t)(end - i),
                                 .served = times_served(d, pair, middle->provider),
                                 .tried = any_of_this_run(&sorted[i], end - i)};
        i = end;
    }
    qsort(out, found, sizeof *out, by_time);
    return found;
}

/* ---- rows ---- */

static void add_pair(gv_table *table, const gv_dataset *d, const gv_dataset_pair *pair)
{
    gv_table_add_text(table, d->workloads[pair->workload].text);
    gv_table_add_text(table, d->devices[pair->device].label);
}

static void add_entrants(gv_table *table, const gv_dataset *d, const gv_dataset_pair *pair,
                         const entrant *entrants, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        add_pair(table, d, pair);
        gv_table_add_text(table, entrants[i].provider);
        gv_table_add_text(table, entrants[i].served > 0 ? "served" : "slower");
        gv_table_add_number(table, entrants[i].call_s);
        gv_table_add_number(table, entrants[i].call_s / entrants[0].call_s);
        gv_table_add_number(table, entrants[i].trials);
        gv_table_add_number(table, entrants[i].served);
        gv_table_add_text(table, entrants[i].parameters);
        if (entrants[i].tried) {
            gv_table_add_blank(table);
        } else {
            gv_table_add_text(table, "far behind in earlier runs, whose time this is");
        }
    }
}

static bool is_told(const gv_dataset *d, uint32_t first, uint32_t at)
{
    for (uint32_t i = first; i < at; i++) {
        const gv_incident *a = d->incidents[i].record, *b = d->incidents[at].record;
        if (d->incidents[i].run == d->incidents[at].run && a->kind == b->kind &&
            strcmp(a->provider, b->provider) == 0 && strcmp(a->what, b->what) == 0) {
            return true;
        }
    }
    return false;
}

/* What stood in a provider's way in the pair's run. Incidents are in the order of the pairs;
 * `*next` goes along with them. */
static void add_incidents(gv_table *table, const gv_dataset *d, const gv_dataset_pair *pair,
                          uint32_t *next)
{
    static const char *const words[GV_INCIDENT_KIND_COUNT] = {"wrong result", "above the roof",
                                                              "unsupported", "failed"};
    while (*next < d->incident_count && (d->incidents[*next].device < pair->device ||
                                         (d->incidents[*next].device == pair->device &&
                                          d->incidents[*next].workload < pair->workload))) {
        (*next)++;
    }
    for (uint32_t i = *next; i < d->incident_count && d->incidents[i].device == pair->device &&
                             d->incidents[i].workload == pair->workload;
         i++) {
        const gv_incident *r = d->incidents[i].record;
        if (d->incidents[i].run != pair->run || r->provider[0] == 0 || is_told(d, *next, i)) {
            continue;
        }
        add_pair(table, d, pair);
        gv_table_add_text(table, r->provider);
        gv_table_add_text(table, words[r->kind]);
        for (int blank = 0; blank < 5; blank++) {
            gv_table_add_blank(table);
        }
        gv_table_add_text(table, r->what);
    }
}

void gv__table_providers(const gv_dataset *dataset, gv_table *table)
{
    const gv_trial **sorted = sorted_trials(dataset->journal);
    uint32_t next = 0;
    table->columns = columns;
    table->column_count = GV__COUNT(columns);
    table->failed = table->failed || sorted == NULL;
    for (uint32_t i = 0; i < dataset->pair_count && !table->failed; i++) {
        entrant entrants[MOST];
        const gv_dataset_pair *pair = &dataset->pairs[i];
        if (pair->estimated != NULL) {
            continue;
        }
        add_entrants(table, dataset, pair, entrants, collect(dataset, pair, sorted, entrants));
        add_incidents(table, dataset, pair, &next);
    }
    free(sorted);
}
