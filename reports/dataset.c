/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the journal's records into numbered runs, hosts, devices, workloads and entries. What is
 * made of them is in dataset_pairs.c, and of these, means and ranks, in dataset_rank.c. */
#include "base/support.h"
#include "reports/dataset_pairs.h"
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

typedef struct builder {
    gv_dataset d;
    const char *only;       /* the one run that counts, or NULL */
    gv__ids run_ids;        /* in the order of the journal */
    uint32_t *run_position; /* from there to the order of time */
    uint32_t *run_links;    /* each run's first link */
    device_link *links;
    uint32_t link_count;
    gv__ids identities, cards, hosts, workloads;
    gv__dataset_entries entries;
    bool failed; /* out of memory */
} builder;

/* `array` with room for one more behind `count`: doubled whenever that is a power of two. NULL: out
 * of memory, and the array stays as it was. */
static void *with_room(builder *b, void *array, uint32_t count, size_t size)
{
    if (array != NULL && (count & (count - 1)) != 0) {
        return array;
    }
    size_t room = count == 0 ? 1 : (size_t)count * 2;
    char *grown = realloc(array, room * size);
    if (grown != NULL) {
        memset(grown + count * size, 0, (room - count) * size);
    }
    b->failed = b->failed || grown == NULL;
    return grown;
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
    char *copy = text != NULL ? strdup(text) : NULL;
    if (copy != NULL) {
        d->texts[d->text_count++] = copy;
    }
    return copy;
}

/* The number of a text that is not the journal's own. */
static uint32_t add_owned(builder *b, gv__ids *ids, const char *text)
{
    uint32_t known = text != NULL ? gv__ids_find(ids, text) : GV__NONE;
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
    } else if (id == before) {
        gv_dataset_run *runs = with_room(b, b->d.runs, before, sizeof(*runs));
        if (runs != NULL) {
            runs[id] = (gv_dataset_run){.run = run, .host = GV__NONE};
            b->d.runs = runs;
            b->d.run_count = before + 1;
        }
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
    for (size_t i = 0; i < j->ceiling_count; i++) {
        add_run(b, j->ceilings[i].run);
    }
    if (b->d.runs == NULL) {
        return; /* no record at all, or no memory */
    }
    for (size_t i = 0; i < j->run_count; i++) {
        uint32_t id = gv__ids_find(&b->run_ids, j->runs[i].run);
        if (id != GV__NONE) {
            b->d.runs[id].record = &j->runs[i];
        }
    }
    for (size_t i = 0; i < j->end_count; i++) {
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
    qsort(b->d.runs, b->d.run_count, sizeof(*b->d.runs), compare_runs);
    for (uint32_t i = 0; i < b->d.run_count; i++) {
        b->run_position[b->d.runs[i].host] = i;
        b->d.runs[i].host = GV__NONE;
        b->run_links[i] = GV__NONE;
    }
}

static uint32_t run_of(const builder *b, const char *run)
{
    uint32_t id = gv__ids_find(&b->run_ids, run);
    return id == GV__NONE || b->run_position == NULL ? GV__NONE : b->run_position[id];
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
    uint32_t id = identity.failed ? GV__NONE : add_owned(b, &b->hosts, identity.data);
    gv__text_free(&identity);
    gv_dataset_host *hosts = with_room(b, b->d.hosts, b->d.host_count, sizeof(*hosts));
    if (hosts == NULL) {
        return;
    }
    b->d.hosts = hosts;
    if (id == GV__NONE) {
        return;
    }
    if (id >= b->d.host_count) {
        hosts[id] = (gv_dataset_host){.record = record, .roof = gv__roof_none()};
        b->d.host_count = b->hosts.count;
    } else if (hosts[id].record == NULL || run >= run_of(b, hosts[id].record->run)) {
        hosts[id].record = record;
    }
    hosts[id].roof = gv__roof_higher(&hosts[id].roof, &record->roof);
    b->d.runs[run].host = id;
}

/* A card is known by its PCI address, else by its key. Not by its UUID: the key is that UUID
 * wherever it tells cards apart, and CPU runtimes of two versions share one. */
static void card_identity(gv__text *text, uint32_t host, const char *key,
                          const gv_device_record *record)
{
    const char *pci = record != NULL ? gv_device_text(record->device, GV_DEVICE_PCI) : "";
    gv__text_printf(text, "%u\x1f%s", (unsigned)host, pci[0] != 0 ? pci : key);
}

/* What is known of a device by its first record, which may be NULL: the journal lost it. */
static gv_dataset_device new_device(builder *b, uint32_t host, const char *key,
                                    const gv_device_record *record, const char *driver)
{
    gv__text card = {0};
    card_identity(&card, host, key, record);
    gv_dataset_device device = {.key = key,
                                .record = record,
                                .driver = gv__dataset_keep(&b->d, driver),
                                .host = host,
                                .roof = gv__roof_none(),
                                .card = add_owned(b, &b->cards, card.data),
                                .better = GV__NONE};
    b->failed = b->failed || card.failed || device.driver == NULL;
    gv__text_free(&card);
    return device;
}

/* The number of a device: the same for each run that sees it by the same key and driver. */
static uint32_t number_device(builder *b, uint32_t run, const char *key,
                              const gv_device_record *record, const char *driver)
{
    uint32_t host = b->d.runs[run].host;
    gv__text identity = {0};
    gv__text_printf(&identity, "%u\x1f%s\x1f%s", (unsigned)host, key, driver);
    uint32_t id = add_owned(b, &b->identities, identity.failed ? NULL : identity.data);
    gv__text_free(&identity);
    gv_dataset_device *devices = with_room(b, b->d.devices, b->d.device_count, sizeof(*devices));
    if (devices == NULL) {
        return GV__NONE;
    }
    b->d.devices = devices;
    if (id == GV__NONE) {
        return GV__NONE;
    }
    if (id >= b->d.device_count) {
        devices[id] = new_device(b, host, key, record, driver);
        b->d.device_count++;
    } else if (record != NULL &&
               (devices[id].record == NULL || run >= run_of(b, devices[id].record->run))) {
        devices[id].record = record;
    }
    if (record != NULL) {
        devices[id].roof = gv__roof_higher(&devices[id].roof, &record->roof);
    }
    return id;
}

/* Let `key` mean a device in this run. */
static uint32_t add_device(builder *b, uint32_t run, const char *key,
                           const gv_device_record *record)
{
    gv__text driver = {0};
    if (record != NULL) {
        const char *version = gv_device_text(record->device, GV_DEVICE_DRIVER);
        gv__text_printf(&driver, "%s%s%s", gv_device_text(record->device, GV_DEVICE_PLATFORM),
                        version[0] != 0 ? ", driver " : "", version);
    } else {
        gv__text_add(&driver, "unknown");
    }
    uint32_t id = driver.failed ? GV__NONE : number_device(b, run, key, record, driver.data);
    gv__text_free(&driver);
    device_link *links = with_room(b, b->links, b->link_count, sizeof(*links));
    if (links == NULL) {
        return GV__NONE;
    }
    b->links = links;
    if (id == GV__NONE) {
        b->failed = true;
        return GV__NONE;
    }
    links[b->link_count] = (device_link){key, id, b->run_links[run]};
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

/* What one of them reached, all on the same silicon can. */
static void share_roofs_of_silicon(gv_dataset *d)
{
    for (int take = 0; take < 2; take++) {
        for (uint32_t i = 0; i < d->device_count; i++) {
            gv_dataset_device *device = &d->devices[i];
            const bool shares = device->host != GV__NONE && device->record != NULL &&
                                device->record->device->is_host_silicon;
            gv_roof *of_host = shares ? &d->hosts[device->host].roof : NULL;
            if (shares && take == 0) {
                *of_host = gv__roof_higher(of_host, &device->roof);
            } else if (shares) {
                device->roof = *of_host;
            }
        }
    }
}

static void collect_devices(builder *b)
{
    const gv_journal *j = b->d.journal;
    if (b->d.runs == NULL) {
        return;
    }
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
    share_roofs_of_silicon(&b->d);
}

/* ---- workloads, measurements, incidents ---- */

static uint32_t workload_of(builder *b, const char *text)
{
    uint32_t id = gv__ids_add(&b->workloads, text);
    gv_dataset_workload *list = with_room(b, b->d.workloads, b->d.workload_count, sizeof(*list));
    if (list == NULL) {
        return GV__NONE;
    }
    b->d.workloads = list;
    if (id == GV__NONE) {
        b->failed = true;
        return GV__NONE;
    }
    if (id == b->d.workload_count) {
        gv_workload parsed;
        bool known = gv_workload_parse(text, &parsed, NULL) == GV_OK;
        list[id] =
            (gv_dataset_workload){.text = text, .flop = known ? gv_workload_flop(&parsed) : NAN};
        b->d.workload_count++;
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
    b->entries.of_devices = malloc((count + 1) * sizeof(*b->entries.of_devices));
    b->entries.of_hosts = malloc((count + 1) * sizeof(*b->entries.of_hosts));
    if (b->d.run_of == NULL || b->d.device_of == NULL || b->d.counts == NULL ||
        b->entries.of_devices == NULL || b->entries.of_hosts == NULL) {
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
        gv__dataset_entry e = {GV__NONE, workload_of(b, m->workload), run, m->process, i};
        if (is_host_key(m->device)) {
            b->entries.of_hosts[b->entries.of_host_count++] = e;
        } else {
            e.device = b->d.device_of[i] = device_of(b, run, m->device);
            b->entries.of_devices[b->entries.of_device_count++] = e;
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

static void collect_ceilings(builder *b)
{
    const gv_journal *j = b->d.journal;
    b->d.ceilings = malloc((j->ceiling_count + 1) * sizeof(*b->d.ceilings));
    if (b->d.ceilings == NULL) {
        b->failed = true;
        return;
    }
    for (size_t i = 0; i < j->ceiling_count && !b->failed; i++) {
        const gv_ceiling *record = &j->ceilings[i];
        uint32_t run = run_of(b, record->run);
        if (run != GV__NONE) {
            b->d.ceilings[b->d.ceiling_count++] = (gv_dataset_ceiling){
                .record = record, .run = run, .device = device_of(b, run, record->device)};
        }
    }
}

/* ---- the whole ---- */

gv_status gv_dataset_build(const gv_journal *journal, const char *run, gv_dataset *out,
                           gv_error *err)
{
    if (journal->measurement_count >= GV__NONE || journal->incident_count >= GV__NONE ||
        journal->device_count >= GV__NONE || journal->ceiling_count >= GV__NONE) {
        return gv__fail(err, GV_ARGUMENT, 0, NULL, "a report holds at most 4,294,967,294 records");
    }
    builder b = {.d = {.journal = journal}, .only = run};
    void (*const steps[])(builder *) = {collect_runs, collect_devices, collect_measurements,
                                        collect_incidents, collect_ceilings};
    for (size_t i = 0; i < GV__COUNT(steps) && !b.failed; i++) {
        steps[i](&b);
    }
    if (!b.failed) {
        gv__dataset_sort_incidents(&b.d);
        b.failed = !gv__dataset_combine(&b.d, &b.entries) || !gv__dataset_rank(&b.d);
    }
    free(b.run_position);
    free(b.run_links);
    free(b.links);
    free(b.entries.of_devices);
    free(b.entries.of_hosts);
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
