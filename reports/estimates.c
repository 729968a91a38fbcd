/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/estimates.h"
#include "reports/crossings.h"
#include "reports/dataset_rank.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static gv_status no_memory(gv_error *err)
{
    return gv__fail(err, GV_MEMORY, 0, "malloc", "the estimates do not fit into memory");
}

void gv_estimates_free(gv_estimates *e)
{
    for (size_t i = 0; i < e->silence_count; i++) {
        free(e->texts[i]);
    }
    free(e->texts);
    free(e->silences);
    free(e->crossings);
    free(e->items);
    *e = (gv_estimates){0};
}

/* ---- room for the most that can come ---- */

static bool grow(void *array_of_pointer, size_t count, size_t size)
{
    void **array = array_of_pointer;
    void *grown = realloc(*array, (count + 1) * size);
    if (grown == NULL) {
        return false;
    }
    *array = grown;
    return true;
}

static gv_status make_room(gv_dataset *d, size_t names, size_t host_records, gv_estimates *e,
                           gv_error *err)
{
    size_t devices = d->device_count + names, most = devices * d->workload_count;
    e->items = calloc(most + 1, sizeof *e->items);
    e->silences = calloc(most + 1, sizeof *e->silences);
    e->texts = calloc(most + 1, sizeof *e->texts);
    bool room = e->items != NULL && e->silences != NULL && e->texts != NULL &&
                grow(&d->devices, devices, sizeof *d->devices) &&
                grow(&d->pairs, d->pair_count + most, sizeof *d->pairs) &&
                grow(&d->incidents, d->incident_count + most, sizeof *d->incidents) &&
                grow(&d->members, d->member_count + host_records, sizeof *d->members);
    return room ? GV_OK : no_memory(err);
}

/* ---- devices ---- */

/** A device of the catalogue, unless the dataset has it. */
static gv_status add_device(gv_dataset *d, const gv_side *side, uint32_t host, gv_error *err)
{
    uint32_t card = 0;
    for (uint32_t i = 0; i < d->device_count; i++) {
        if (i == side->device ||
            (d->devices[i].side != NULL && strcmp(d->devices[i].side->name, side->name) == 0)) {
            return GV_OK;
        }
        card = d->devices[i].card >= card ? d->devices[i].card + 1 : card;
    }
    const char *driver = gv__dataset_keep(d, gv_software_meaning(side->software));
    if (driver == NULL) {
        return no_memory(err);
    }
    d->devices[d->device_count++] = (gv_dataset_device){.key = side->name,
                                                        .side = side,
                                                        .driver = driver,
                                                        .host = host,
                                                        .card = card,
                                                        .better = GV__NONE};
    return GV_OK;
}

static gv_status add_devices(gv_forecast *forecast, gv_dataset *d, const char *const *names,
                             size_t count, gv_error *err)
{
    uint32_t host = gv_forecast_host_times(forecast)->host;
    for (size_t i = 0; i < count; i++) {
        const gv_side *side;
        gv_status status = gv_forecast_side(forecast, names[i], NAN, &side, err);
        status = status == GV_OK ? add_device(d, side, host, err) : status;
        if (status != GV_OK) {
            return status;
        }
    }
    return GV_OK;
}

/* ---- answers ---- */

/** A workload of the dataset, as it is asked: what the host was measured at stands once for all. */
typedef struct question {
    gv_workload workload;
    const char *text;
    bool readable;
    uint32_t index;        /**< among the dataset's workloads */
    uint32_t first, count; /**< the host's measurements, among the dataset's members */
} question;

static void add_host_members(gv_dataset *d, const gv__host *host, question *q)
{
    const gv__host_time *time = gv__host_find(host, q->text);
    q->first = d->member_count;
    for (uint32_t i = 0; time != NULL && i < time->count; i++) {
        uint32_t record = host->records[time->first + i];
        d->members[d->member_count++] = (gv_dataset_member){GV__NONE, record};
        d->counts[record] = true;
        q->count++;
    }
}

static void add_pair(gv_dataset *d, uint32_t device, const question *q, const gv_estimated *e)
{
    const gv_answer *a = &e->answer;
    const gv_view_estimate *whole = &a->device.view[GV_VIEW_TRANSFERS];
    gv_dataset_pair *pair = &d->pairs[d->pair_count++];
    *pair = (gv_dataset_pair){.device = device,
                              .workload = q->index,
                              .run = GV__NONE,
                              .first = q->first,
                              .count = q->count,
                              .origin = a->device.origin,
                              .estimated = e,
                              .host_s = a->cpu.time_s,
                              .transfer_s = whole->transfer_s,
                              .kernel_only_s = a->device.call_s,
                              .headline = a->speedup[GV_VIEW_TRANSFERS],
                              .kernel_only = a->speedup[GV_VIEW_KERNEL_ONLY]};
    for (int stage = 0; stage < GV_STAGE_COUNT; stage++) {
        pair->stage_s[stage] = NAN;
    }
    pair->stage_s[GV_STAGE_TOTAL] = whole->total_s;
}

static gv_status add_silence(gv_dataset *d, uint32_t device, const question *q, gv_status reason,
                             const char *why, gv_estimates *e, gv_error *err)
{
    char *text = strdup(why);
    if (text == NULL) {
        return no_memory(err);
    }
    gv_incident *silence = &e->silences[e->silence_count];
    e->texts[e->silence_count++] = text;
    *silence = (gv_incident){.kind = reason == GV_UNSUPPORTED ? GV_INCIDENT_UNSUPPORTED
                                                              : GV_INCIDENT_FAILURE,
                             .run = "",
                             .device = d->devices[device].key,
                             .provider = "",
                             .workload = q->text,
                             .doing = "estimating",
                             .what = text,
                             .replaced = ""};
    d->incidents[d->incident_count++] = (gv_dataset_incident){
        .record = silence, .run = GV__NONE, .device = device, .workload = q->index};
    return GV_OK;
}

/** Ask one device for whatever `measured` (the pairs and incidents of the journals) leaves open. */
static gv_status ask(const gv_forecast *forecast, gv_dataset *d, const gv_dataset *measured,
                     uint32_t device, const question *questions, gv_estimates *e, gv_error *err)
{
    const gv_side *side = d->devices[device].side;
    bool own = device >= measured->device_count;
    gv_sharer *sharer = NULL;
    gv_status status = gv_sharer_create(side, &sharer, err);
    status = status == GV_ARGUMENT ? GV_OK : status; /* at the edge of the absurd: no shares */
    for (uint32_t w = 0; w < d->workload_count && status == GV_OK; w++) {
        const question *q = &questions[w];
        gv_error why = {0};
        gv_estimated *item = &e->items[e->count];
        bool known = !own && (gv_dataset_find(measured, device, w) != NULL ||
                              gv_dataset_why(measured, device, w) != NULL);
        if (known || !q->readable) {
            continue;
        }
        gv_status answered = gv_forecast_answer(forecast, side, &q->workload, &item->answer, &why);
        if (answered == GV_OK) {
            item->shares = gv_shares_of(sharer, &q->workload);
            e->count++;
            add_pair(d, device, q, item);
        } else {
            status = add_silence(d, device, q, answered, why.text, e, err);
        }
    }
    gv_sharer_free(sharer);
    return status;
}

static gv_status ask_all(gv_forecast *forecast, gv_dataset *d, const gv_dataset *measured,
                         gv_estimates *e, gv_error *err)
{
    question *questions = calloc((size_t)d->workload_count + 1, sizeof *questions);
    gv_status status = GV_OK;
    if (questions == NULL) {
        return no_memory(err);
    }
    for (uint32_t w = 0; w < d->workload_count; w++) {
        question *q = &questions[w];
        *q = (question){.index = w, .text = d->workloads[w].text};
        q->readable = gv_workload_parse(q->text, &q->workload, NULL) == GV_OK;
        add_host_members(d, gv_forecast_host_times(forecast), q);
    }
    /* Before there are estimates among the pairs: a side is calibrated with all that it finds. A
     * device without a data sheet or a probe has none, and stays as it was measured. */
    uint32_t host = gv_forecast_host_times(forecast)->host;
    for (uint32_t i = 0; i < measured->ranked_count; i++) {
        gv_dataset_device *device = &d->devices[i];
        if (device->host == host) { /* estimates are over this host: another's would mix bases */
            gv_forecast_side(forecast, device->label, NAN, &device->side, NULL);
        }
    }
    for (uint32_t i = 0; i < d->device_count && status == GV_OK; i++) {
        size_t before = e->count;
        if (d->devices[i].side != NULL) {
            status = ask(forecast, d, measured, i, questions, e, err);
        }
        if (i < measured->device_count && e->count == before) {
            d->devices[i].side = NULL; /* there was nothing to ask it */
        }
    }
    free(questions);
    return status;
}

gv_status gv_estimates_add(gv_forecast *forecast, gv_dataset *dataset, const char *const *names,
                           size_t count, gv_estimates *out, gv_error *err)
{
    gv_dataset measured = *dataset; /* how many of each there were */
    size_t host_records = dataset->journal->measurement_count;
    *out = (gv_estimates){0};
    gv_status status = make_room(dataset, count, host_records, out, err);
    if (status == GV_OK) {
        measured.pairs = dataset->pairs;
        measured.incidents = dataset->incidents;
        status = add_devices(forecast, dataset, names, count, err);
    }
    if (status == GV_OK) {
        status = ask_all(forecast, dataset, &measured, out, err);
    }
    if (status == GV_OK) {
        gv__dataset_sort_incidents(dataset);
        status = gv__dataset_rank_anew(dataset) ? GV_OK : no_memory(err);
    }
    if (status == GV_OK) {
        status =
            gv_crossings_find(forecast, dataset, &out->crossings, &dataset->crossing_count, err);
        dataset->crossings = out->crossings;
    }
    return status;
}
