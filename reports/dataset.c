/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the journal's records into numbered runs, hosts, devices, workloads and pairs. What is made
 * of them, means and ranks, is in dataset_rank.c. */
#include "base/support.h"
#include "bench/statistics.h"
#include "reports/dataset_rank.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A key of a run's device: runs have few devices, so that a list is enough. */
typedef struct device_link {
    const char *key;
    uint32_t device, next;
} device_link;

/* One measurement, by numbers. */
typedef struct entry {
    uint32_t device, workload, run, process, index;
} entry;

typedef struct builder {
    gv_dataset d;
    const char *only;       /* the one run that counts, or NULL */
    gv__ids run_ids;        /* in the order of the journal */
    uint32_t *run_position; /* from there to the order of time */
    uint32_t *run_links;    /* each run's first link */
    device_link *links;
    uint32_t link_count;
    gv__ids identities, cards, hosts, workloads;
    entry *of_devices, *of_hosts;
    uint32_t of_device_count, of_host_count;
    bool failed; /* out of memory */
} builder;

/* Room for one more behind `count` of them: doubles whenever that is a power of two. */
static bool reserve(builder *b, void *array, uint32_t count, size_t size)
{
    void *data;
    if ((count & (count - 1)) != 0) {
        return true;
    }
    memcpy(&data, array, sizeof(data)); /* a pointer of another type may not be read as void * */
    data = realloc(data, (count == 0 ? 1 : (size_t)count * 2) * size);
    if (data == NULL) {
        b->failed = true;
        return false;
    }
    memcpy(array, &data, sizeof(data));
    return true;
}

const char *gv__dataset_keep(gv_dataset *d, const char *text)
{
    if ((d->text_count & (d->text_count - 1)) == 0) {
        size_t room = d->text_count == 0 ? 1 : (size_t)d->text_count * 2;
        char **grown = realloc(d->texts, room * sizeof(*grown));
        if (grown == NULL) {
            return NULL;
        }
        d->texts = grown;
    }
    char *copy = strdup(text);
    if (copy != NULL) {
        d->texts[d->text_count++] = copy;
    }
    return copy;
}

/* The number of a text that is not the journal's own. */
static uint32_t add_owned(builder *b, gv__ids *ids, const char *text)
{
    uint32_t known = gv__ids_find(ids, text);
    if (known != GV__NONE) {
        return known;
    }
    const char *kept = gv__dataset_keep(&b->d, text);
    uint32_t added = kept != NULL ? gv__ids_add(ids, kept) : GV__NONE;
    b->failed = b->failed || added == GV__NONE;
    return added;
}

/* ---- runs ---- */

static void add_run(builder *b, const char *run)
{
    if (b->only != NULL && strcmp(run, b->only) != 0) {
        return;
    }
    uint32_t before = b->run_ids.count;
    uint32_t id = gv__ids_add(&b->run_ids, run);
    if (id == GV__NONE) {
        b->failed = true;
    } else if (b->run_ids.count > before && reserve(b, &b->d.runs, before, sizeof(*b->d.runs))) {
        b->d.runs[id] = (gv_dataset_run){.run = run, .host = GV__NONE};
        b->d.run_count = b->run_ids.count;
    }
}

static int compare_runs(const void *a, const void *b)
{
    const gv_dataset_run *x = a, *y = b;
    /* ISO 8601 in UTC sorts as text; a run without a record is the oldest. */
    int by_time =
        strcmp(x->record != NULL ? x->record->time : "", y->record != NULL ? y->record->time : "");
    return by_time != 0 ? by_time : (x->host > y->host) - (x->host < y->host);
}

/* All runs that any record names, in the order of time. */
static void collect_runs(builder *b)
{
    const gv_journal *j = b->d.journal;
    for (size_t i = 0; i < j->run_count; i++) {
        add_run(b, j->runs[i].run);
    }
    for (size_t i = 0; i < j->device_count; i++) {
        add_run(b, j->devices[i].run);
    }
    for (size_t i = 0; i < j->measurement_count; i++) {
        add_run(b, j->measurements[i].run);
    }
    for (size_t i = 0; i < j->incident_count; i++) {
        add_run(b, j->incidents[i].run);
    }
    for (size_t i = 0; i < j->run_count && !b->failed; i++) {
        uint32_t id = gv__ids_find(&b->run_ids, j->runs[i].run);
        if (id != GV__NONE) {
            b->d.runs[id].record = &j->runs[i];
        }
    }
    for (size_t i = 0; i < j->end_count && !b->failed; i++) {
        uint32_t id = gv__ids_find(&b->run_ids, j->ends[i].run);
        if (id != GV__NONE) {
            b->d.runs[id].end = &j->ends[i];
        }
    }
    b->run_position = calloc((size_t)b->d.run_count + 1, sizeof(*b->run_position));
    b->run_links = calloc((size_t)b->d.run_count + 1, sizeof(*b->run_links));
    if (b->failed || b->run_position == NULL || b->run_links == NULL) {
        b->failed = true;
        return;
    }
    for (uint32_t i = 0; i < b->d.run_count; i++) {
        b->d.runs[i].host = i; /* keeps the journal's order among equals, then is set anew */
    }
    if (b->d.run_count > 0) {
        qsort(b->d.runs, b->d.run_count, sizeof(*b->d.runs), compare_runs);
    }
    for (uint32_t i = 0; i < b->d.run_count; i++) {
        b->run_position[b->d.runs[i].host] = i;
        b->d.runs[i].host = GV__NONE;
        b->run_links[i] = GV__NONE;
    }
}

static uint32_t run_of(const builder *b, const char *run)
{
    uint32_t id = gv__ids_find(&b->run_ids, run);
    return id == GV__NONE ? GV__NONE : b->run_position[id];
}

/* ---- hosts and devices ---- */

static const char *host_text(const gv_host *host, gv_host_fact fact)
{
    return host->fact[fact].error == 0 ? host->fact[fact].text : "";
}

static void add_host(builder *b, const gv_device_record *record, uint32_t run)
{
    gv__text identity = {0};
    gv__text_printf(&identity, "%s\x1f%s", host_text(record->host, GV_HOST_NAME),
                    host_text(record->host, GV_HOST_MODEL));
    uint32_t before = b->hosts.count;
    uint32_t id = identity.failed ? GV__NONE : add_owned(b, &b->hosts, identity.data);
    gv__text_free(&identity);
    if (id == GV__NONE || (id == before && !reserve(b, &b->d.hosts, before, sizeof(*b->d.hosts)))) {
        b->failed = true;
        return;
    }
    gv_dataset_host *host = &b->d.hosts[id];
    if (id == before) {
        *host = (gv_dataset_host){.record = record};
        b->d.host_count = b->hosts.count;
    } else if (run >= run_of(b, host->record->run)) {
        host->record = record;
    }
    b->d.runs[run].host = id;
}

static void card_identity(gv__text *text, uint32_t host, const char *key,
                          const gv_device_record *record)
{
    const char *pci = record != NULL ? gv_device_text(record->device, GV_DEVICE_PCI) : "";
    const char *uuid = record != NULL ? gv_device_text(record->device, GV_DEVICE_UUID) : "";
    gv__text_printf(text, "%u\x1f%s", (unsigned)host,
                    pci[0] != 0    ? pci
                    : uuid[0] != 0 ? uuid
                                   : key);
}

/* The device with this key in this run. `record` may be NULL: the journal lost it. */
static uint32_t add_device(builder *b, uint32_t run, const char *key,
                           const gv_device_record *record)
{
    uint32_t host = b->d.runs[run].host;
    gv__text identity = {0}, card = {0}, driver = {0};
    if (record != NULL) {
        const char *version = gv_device_text(record->device, GV_DEVICE_DRIVER);
        gv__text_printf(&driver, "%s%s%s", gv_device_text(record->device, GV_DEVICE_PLATFORM),
                        version[0] != 0 ? ", driver " : "", version);
    } else {
        gv__text_add(&driver, "unknown");
    }
    card_identity(&card, host, key, record);
    gv__text_printf(&identity, "%u\x1f%s\x1f%s", (unsigned)host, key,
                    driver.data != NULL ? driver.data : "");
    uint32_t before = b->identities.count, id = GV__NONE;
    if (!identity.failed && !card.failed && !driver.failed) {
        id = add_owned(b, &b->identities, identity.data);
    }
    if (id == before && reserve(b, &b->d.devices, before, sizeof(*b->d.devices))) {
        b->d.devices[id] = (gv_dataset_device){.key = key,
                                               .record = record,
                                               .driver = gv__dataset_keep(&b->d, driver.data),
                                               .host = host,
                                               .card = add_owned(b, &b->cards, card.data),
                                               .better = GV__NONE};
        b->d.device_count = b->identities.count;
        b->failed = b->failed || b->d.devices[id].driver == NULL;
    } else if (id != GV__NONE && id != before && record != NULL &&
               run >= run_of(b, b->d.devices[id].record->run)) {
        b->d.devices[id].record = record;
    }
    gv__text_free(&identity);
    gv__text_free(&card);
    gv__text_free(&driver);
    if (id == GV__NONE || b->failed || !reserve(b, &b->links, b->link_count, sizeof(*b->links))) {
        b->failed = true;
        return GV__NONE;
    }
    b->links[b->link_count] = (device_link){key, id, b->run_links[run]};
    b->run_links[run] = b->link_count++;
    return id;
}

static uint32_t device_of(builder *b, uint32_t run, const char *key)
{
    for (uint32_t link = b->run_links[run]; link != GV__NONE; link = b->links[link].next) {
        if (b->links[link].key == key || strcmp(b->links[link].key, key) == 0) {
            return b->links[link].device;
        }
    }
    return add_device(b, run, key, NULL);
}

static void collect_devices(builder *b)
{
    const gv_journal *j = b->d.journal;
    for (size_t i = 0; i < j->device_count && !b->failed; i++) {
        uint32_t run = run_of(b, j->devices[i].run);
        if (run != GV__NONE && j->devices[i].host != NULL) {
            add_host(b, &j->devices[i], run);
        }
    }
    for (size_t i = 0; i < j->device_count && !b->failed; i++) {
        uint32_t run = run_of(b, j->devices[i].run);
        if (run != GV__NONE && j->devices[i].device != NULL) {
            add_device(b, run, j->devices[i].key, &j->devices[i]);
        }
    }
}

/* ---- workloads, measurements, incidents ---- */

static uint32_t workload_of(builder *b, const char *text)
{
    uint32_t before = b->workloads.count;
    uint32_t id = gv__ids_add(&b->workloads, text);
    if (id == GV__NONE ||
        (id == before && !reserve(b, &b->d.workloads, before, sizeof(*b->d.workloads)))) {
        b->failed = true;
        return GV__NONE;
    }
    if (id == before) {
        gv_workload parsed;
        bool known = gv_workload_parse(text, &parsed, NULL) == GV_OK;
        b->d.workloads[id] =
            (gv_dataset_workload){.text = text, .flop = known ? gv_workload_flop(&parsed) : NAN};
        b->d.workload_count = b->workloads.count;
    }
    return id;
}

static bool is_host_key(const char *key)
{
    return strcmp(key, "host") == 0;
}

static void collect_measurements(builder *b)
{
    const gv_journal *j = b->d.journal;
    size_t count = j->measurement_count;
    b->d.run_of = malloc((count + 1) * sizeof(*b->d.run_of));
    b->d.device_of = malloc((count + 1) * sizeof(*b->d.device_of));
    b->d.counts = calloc(count + 1, sizeof(*b->d.counts));
    b->of_devices = malloc((count + 1) * sizeof(*b->of_devices));
    b->of_hosts = malloc((count + 1) * sizeof(*b->of_hosts));
    if (b->d.run_of == NULL || b->d.device_of == NULL || b->d.counts == NULL ||
        b->of_devices == NULL || b->of_hosts == NULL) {
        b->failed = true;
        return;
    }
    for (uint32_t i = 0; i < count && !b->failed; i++) {
        const gv_measurement *m = &j->measurements[i];
        uint32_t run = run_of(b, m->run);
        b->d.run_of[i] = run;
        b->d.device_of[i] = GV__NONE;
        if (run == GV__NONE) {
            continue;
        }
        entry e = {GV__NONE, workload_of(b, m->workload), run, m->process, i};
        if (is_host_key(m->device)) {
            b->of_hosts[b->of_host_count++] = e;
        } else {
            e.device = b->d.device_of[i] = device_of(b, run, m->device);
            b->of_devices[b->of_device_count++] = e;
        }
    }
}

static int compare_incidents(const void *a, const void *b)
{
    const gv_dataset_incident *x = a, *y = b;
    if (x->device != y->device) {
        return x->device < y->device ? -1 : 1;
    }
    if (x->workload != y->workload) {
        return x->workload < y->workload ? -1 : 1;
    }
    if (x->run != y->run) {
        return x->run < y->run ? -1 : 1;
    }
    return (x->order > y->order) - (x->order < y->order);
}

void gv__dataset_sort_incidents(gv_dataset *d)
{
    if (d->incident_count > 0) {
        qsort(d->incidents, d->incident_count, sizeof(*d->incidents), compare_incidents);
    }
}

static void collect_incidents(builder *b)
{
    const gv_journal *j = b->d.journal;
    b->d.incidents = malloc((j->incident_count + 1) * sizeof(*b->d.incidents));
    if (b->d.incidents == NULL) {
        b->failed = true;
        return;
    }
    for (uint32_t i = 0; i < j->incident_count && !b->failed; i++) {
        const gv_incident *record = &j->incidents[i];
        uint32_t run = run_of(b, record->run);
        if (run == GV__NONE) {
            continue;
        }
        bool of_device = record->device[0] != 0 && !is_host_key(record->device);
        b->d.incidents[b->d.incident_count++] = (gv_dataset_incident){
            .record = record,
            .run = run,
            .device = of_device ? device_of(b, run, record->device) : GV__NONE,
            .workload = record->workload[0] != 0 ? workload_of(b, record->workload) : GV__NONE,
            .order = i};
    }
}

/* ---- pairs ---- */

static int compare_entries(const void *a, const void *b)
{
    const entry *x = a, *y = b;
    const uint32_t left[] = {x->device, x->workload, x->run, x->process, x->index};
    const uint32_t right[] = {y->device, y->workload, y->run, y->process, y->index};
    for (size_t i = 0; i < GV__COUNT(left); i++) {
        if (left[i] != right[i]) {
            return left[i] < right[i] ? -1 : 1;
        }
    }
    return 0;
}

/* The host's last measurement of the same run, process and workload. */
static uint32_t host_beside(const builder *b, const entry *e)
{
    uint32_t low = 0, high = b->of_host_count; /* the first entry past what is looked for */
    const entry after = {GV__NONE, e->workload, e->run, e->process, UINT32_MAX};
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (compare_entries(&b->of_hosts[middle], &after) <= 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == 0) {
        return GV__NONE;
    }
    const entry *found = &b->of_hosts[low - 1];
    bool same =
        found->workload == e->workload && found->run == e->run && found->process == e->process;
    return same ? found->index : GV__NONE;
}

static double median_of_members(const gv_dataset *d, const gv_dataset_pair *pair, bool host,
                                gv_view view, gv_stage stage, double *scratch)
{
    size_t count = 0;
    for (uint32_t i = 0; i < pair->count; i++) {
        const gv_dataset_member *member = &d->members[pair->first + i];
        uint32_t index = host ? member->host : member->device;
        if (index == GV__NONE) {
            continue;
        }
        double value = d->journal->measurements[index].view[view].stage[stage].median_s;
        if (!gv_is_absent(value)) {
            scratch[count++] = value;
        }
    }
    return gv__median(scratch, count);
}

/* The speed-up, and the range over all processes of the ratios of their blocks. */
static gv_ratio ratio_of(const gv_dataset *d, const gv_dataset_pair *pair, gv_view view,
                         double device_s)
{
    gv_ratio ratio = {NAN, NAN, NAN};
    if (!(pair->host_s > 0) || !(device_s > 0)) {
        return ratio;
    }
    ratio.value = pair->host_s / device_s;
    ratio.low = INFINITY;
    ratio.high = 0;
    for (uint32_t i = 0; i < pair->count; i++) {
        const gv_measurement *m = &d->journal->measurements[d->members[pair->first + i].device];
        const gv_view_times *times = &m->view[view];
        if (gv_is_absent(times->speedup_low) || gv_is_absent(times->speedup_high)) {
            return (gv_ratio){ratio.value, NAN, NAN};
        }
        ratio.low = fmin(ratio.low, times->speedup_low);
        ratio.high = fmax(ratio.high, times->speedup_high);
    }
    return ratio;
}

static void combine_members(gv_dataset *d, gv_dataset_pair *pair, double *scratch)
{
    for (uint32_t i = 0; i < pair->count; i++) {
        const gv_dataset_member *member = &d->members[pair->first + i];
        pair->flags |= d->journal->measurements[member->device].flags;
        d->counts[member->device] = true;
        if (member->host != GV__NONE) {
            d->counts[member->host] = true;
        }
    }
    pair->host_s = median_of_members(d, pair, true, GV_VIEW_KERNEL_ONLY, GV_STAGE_TOTAL, scratch);
    for (int stage = 0; stage < GV_STAGE_COUNT; stage++) {
        pair->stage_s[stage] =
            median_of_members(d, pair, false, GV_VIEW_TRANSFERS, (gv_stage)stage, scratch);
    }
    pair->kernel_only_s =
        median_of_members(d, pair, false, GV_VIEW_KERNEL_ONLY, GV_STAGE_TOTAL, scratch);
    pair->headline = ratio_of(d, pair, GV_VIEW_TRANSFERS, pair->stage_s[GV_STAGE_TOTAL]);
    pair->kernel_only = ratio_of(d, pair, GV_VIEW_KERNEL_ONLY, pair->kernel_only_s);
}

/* Members of the newest run among `count` entries of one device and workload. Processes whose host
 * has no time stand back where others have one: a ratio wants both from the same process. */
static void add_pair(builder *b, const entry *entries, uint32_t count, double *scratch)
{
    gv_dataset *d = &b->d;
    uint32_t run = entries[count - 1].run, first = d->member_count;
    bool complete = false;
    for (uint32_t i = 0; i < count; i++) {
        const entry *e = &entries[i];
        bool repeated = i + 1 < count && e[1].run == e->run && e[1].process == e->process;
        if (e->run != run || repeated) {
            continue;
        }
        gv_dataset_member member = {e->index, host_beside(b, e)};
        if (member.host != GV__NONE && !complete) {
            complete = true;
            d->member_count = first; /* drop the incomplete ones */
        }
        if (member.host != GV__NONE || !complete) {
            d->members[d->member_count++] = member;
        }
    }
    gv_dataset_pair *pair = &d->pairs[d->pair_count++];
    *pair = (gv_dataset_pair){.device = entries->device,
                              .workload = entries->workload,
                              .run = run,
                              .first = first,
                              .count = d->member_count - first};
    combine_members(d, pair, scratch);
}

static void collect_pairs(builder *b)
{
    gv_dataset *d = &b->d;
    uint32_t count = b->of_device_count, pairs = 0, longest = 0;
    if (count > 0) {
        qsort(b->of_devices, count, sizeof(*b->of_devices), compare_entries);
    }
    if (b->of_host_count > 0) {
        qsort(b->of_hosts, b->of_host_count, sizeof(*b->of_hosts), compare_entries);
    }
    for (uint32_t i = 0, start = 0; i < count; i++) {
        bool fresh = i == 0 || b->of_devices[i].device != b->of_devices[i - 1].device ||
                     b->of_devices[i].workload != b->of_devices[i - 1].workload;
        start = fresh ? i : start;
        pairs += fresh;
        longest = i - start + 1 > longest ? i - start + 1 : longest;
    }
    d->pairs = malloc((pairs + 1) * sizeof(*d->pairs));
    d->members = malloc((count + (size_t)1) * sizeof(*d->members));
    double *scratch = malloc((longest + (size_t)1) * sizeof(*scratch));
    if (d->pairs == NULL || d->members == NULL || scratch == NULL) {
        b->failed = true;
    }
    for (uint32_t i = 0, start = 0; i < count && !b->failed; i++) {
        bool last = i + 1 == count || b->of_devices[i].device != b->of_devices[i + 1].device ||
                    b->of_devices[i].workload != b->of_devices[i + 1].workload;
        if (last) {
            add_pair(b, &b->of_devices[start], i - start + 1, scratch);
            start = i + 1;
        }
    }
    free(scratch);
}

/* ---- the whole ---- */

gv_status gv_dataset_build(const gv_journal *journal, const char *run, gv_dataset *out,
                           gv_error *err)
{
    if (journal->measurement_count >= GV__NONE || journal->incident_count >= GV__NONE ||
        journal->device_count >= GV__NONE) {
        return gv__fail(err, GV_ARGUMENT, 0, NULL, "a report holds at most 4,294,967,294 records");
    }
    builder b = {.d = {.journal = journal}, .only = run};
    void (*const steps[])(builder *) = {collect_runs, collect_devices, collect_measurements,
                                        collect_incidents, collect_pairs};
    for (size_t i = 0; i < GV__COUNT(steps) && !b.failed; i++) {
        steps[i](&b);
    }
    if (!b.failed) {
        b.failed = !gv__dataset_rank(&b.d);
    }
    free(b.run_position);
    free(b.run_links);
    free(b.links);
    free(b.of_devices);
    free(b.of_hosts);
    gv__ids_free(&b.run_ids);
    gv__ids_free(&b.identities);
    gv__ids_free(&b.cards);
    gv__ids_free(&b.hosts);
    gv__ids_free(&b.workloads);
    if (b.failed) {
        gv_dataset_free(&b.d);
        return gv__fail(err, GV_MEMORY, 0, NULL, "not enough memory for %zu measurements",
                        journal->measurement_count);
    }
    *out = b.d;
    return GV_OK;
}

void gv_dataset_free(gv_dataset *dataset)
{
    for (uint32_t i = 0; i < dataset->text_count; i++) {
        free(dataset->texts[i]);
    }
    free(dataset->texts);
    free(dataset->runs);
    free(dataset->hosts);
    free(dataset->devices);
    free(dataset->workloads);
    free(dataset->pairs);
    free(dataset->members);
    free(dataset->run_of);
    free(dataset->device_of);
    free(dataset->counts);
    free(dataset->incidents);
    *dataset = (gv_dataset){0};
}

const gv_dataset_pair *gv_dataset_find(const gv_dataset *dataset, uint32_t device,
                                       uint32_t workload)
{
    uint32_t low = 0, high = dataset->pair_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const gv_dataset_pair *pair = &dataset->pairs[middle];
        if (pair->device < device || (pair->device == device && pair->workload < workload)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    const gv_dataset_pair *pair = &dataset->pairs[low];
    bool found = low < dataset->pair_count && pair->device == device && pair->workload == workload;
    return found ? pair : NULL;
}

const gv_incident *gv_dataset_why(const gv_dataset *dataset, uint32_t device, uint32_t workload)
{
    uint32_t low = 0, high = dataset->incident_count; /* the first past (device, workload) */
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const gv_dataset_incident *incident = &dataset->incidents[middle];
        if (incident->device < device ||
            (incident->device == device && incident->workload <= workload)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == 0) {
        return NULL;
    }
    const gv_dataset_incident *last = &dataset->incidents[low - 1];
    return last->device == device && last->workload == workload ? last->record : NULL;
}

bool gv_dataset_has_host_silicon(const gv_dataset *dataset)
{
    for (uint32_t i = 0; i < dataset->ranked_count; i++) {
        const gv_device_record *record = dataset->devices[i].record;
        if (record != NULL && record->device->is_host_silicon) {
            return true;
        }
    }
    return false;
}

double gv_dataset_transfer_share(const gv_dataset_pair *pair)
{
    return (pair->stage_s[GV_STAGE_H2D] + pair->stage_s[GV_STAGE_D2H]) /
           pair->stage_s[GV_STAGE_TOTAL];
}
