/* SPDX-License-Identifier: Apache-2.0 */
/* Questions to a dataset, and its end. */
#include "reports/dataset.h"
#include "reports/dataset_pairs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

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
    free(dataset->ceilings);
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

const gv_dataset_incident *gv__dataset_last_incident(const gv_dataset *dataset, uint32_t device,
                                                     uint32_t workload)
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
    return last->device == device && last->workload == workload ? last : NULL;
}

const gv_incident *gv_dataset_why(const gv_dataset *dataset, uint32_t device, uint32_t workload)
{
    const gv_dataset_incident *last = gv__dataset_last_incident(dataset, device, workload);
    return last != NULL ? last->record : NULL;
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

gv_dataset_noise gv_dataset_find_noise(const gv_dataset *dataset)
{
    gv_dataset_noise noise = {0};
    for (size_t i = 0; i < dataset->journal->measurement_count; i++) {
        uint32_t device = dataset->device_of[i];
        bool ranks = dataset->counts[i] && (device == GV__NONE || device < dataset->ranked_count);
        if (dataset->ranked_count > 0 ? ranks : dataset->run_of[i] != GV__NONE) {
            uint32_t flags = dataset->journal->measurements[i].flags & GV_DISTURBED;
            noise.measurements++;
            noise.affected += flags != 0;
            noise.flags |= flags;
        }
    }
    return noise;
}

bool gv_ratio_holds_one(const gv_ratio *ratio)
{
    return ratio->low < 1 && ratio->high > 1; /* false where an end is absent */
}

void gv_dataset_add_origins(const gv_dataset_device *device, gv__text *text)
{
    uint32_t kinds = 0;
    const char *gap = "";
    for (int o = 0; o < GV_ORIGIN_COUNT; o++) {
        kinds += device->origins[o] > 0;
    }
    for (int o = 0; o < GV_ORIGIN_COUNT; o++) {
        if (device->origins[o] > 0) {
            gv__text_printf(text, "%s%s", gap, gv_origin_name((gv_origin)o));
            gap = ", ";
        }
        if (device->origins[o] > 0 && kinds > 1) {
            gv__text_printf(text, " %u", (unsigned)device->origins[o]);
        }
    }
}

bool gv_dataset_has_estimates(const gv_dataset *dataset)
{
    for (uint32_t i = 0; i < dataset->device_count; i++) {
        if (dataset->devices[i].side != NULL) {
            return true;
        }
    }
    return false;
}

double gv_dataset_memory_cap(const gv_dataset *dataset, uint32_t run)
{
    const gv_run_record *record = run != GV__NONE ? dataset->runs[run].record : NULL;
    return record != NULL && gv__run_is_capped(record) ? record->device_memory_bytes : NAN;
}

bool gv_dataset_lacks_host(const gv_dataset_device *device)
{
    return device->answered == 0 && device->origin != GV_ORIGIN_ABSENT;
}

const char *gv_dataset_provider(const gv_dataset *dataset, const gv_dataset_pair *pair)
{
    const gv_measurement *records = dataset->journal->measurements;
    return pair->count > 0 && pair->estimated == NULL
               ? records[dataset->members[pair->first].device].provider
               : "";
}

bool gv_dataset_is_cut(const gv_dataset *dataset, const gv_dataset_pair *pair)
{
    static const char end[] = " pieces";
    const char *provider = gv_dataset_provider(dataset, pair);
    const size_t length = strlen(provider);
    return length >= sizeof end && strcmp(provider + length - (sizeof end - 1), end) == 0;
}

gv__roof_share gv_dataset_roof_share(const gv_dataset *dataset, const gv_dataset_pair *pair)
{
    gv_workload workload;
    const char *text = dataset->workloads[pair->workload].text;
    if (pair->estimated != NULL || gv_workload_parse(text, &workload, NULL) != GV_OK) {
        return (gv__roof_share){.value = NAN};
    }
    return gv__share_of_roof(&workload, pair->kernel_only_s, &dataset->devices[pair->device].roof);
}

gv_dataset_limit gv_dataset_find_limit(const gv_dataset *dataset, uint32_t device)
{
    gv_dataset_limit limit = {.bytes = NAN};
    for (uint32_t w = 0; w < dataset->workload_count; w++) {
        const gv_dataset_pair *pair = gv_dataset_find(dataset, device, w);
        if (pair != NULL && pair->estimated == NULL) {
            const double bytes = gv_dataset_memory_cap(dataset, pair->run);
            limit.of++;
            limit.pairs += !gv_is_absent(bytes);
            limit.bytes = fmin(limit.bytes, bytes); /* which passes over a NAN */
        }
    }
    return limit;
}

double gv_dataset_transfer_share(const gv_dataset_pair *pair)
{
    return pair->transfer_s / pair->stage_s[GV_STAGE_TOTAL];
}
