/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/forecast_journal.h"
#include "base/support.h"

#include <math.h>
#include <stdlib.h>

gv_status gv__journal_points(const gv_dataset *dataset, uint32_t device, gv_point **out,
                             size_t *count, gv_error *err)
{
    gv_point *points = malloc((dataset->pair_count + 1) * sizeof *points);
    if (points == NULL) {
        return gv__fail(err, GV_MEMORY, 0, "malloc", "the estimate does not fit into memory");
    }
    *count = 0;
    for (uint32_t i = 0; i < dataset->pair_count; i++) {
        const gv_dataset_pair *pair = &dataset->pairs[i];
        const char *text = dataset->workloads[pair->workload].text;
        gv_point point = {.call_s = pair->kernel_only_s};
        if (pair->device == device && point.call_s > 0 &&
            gv_workload_parse(text, &point.workload, NULL) == GV_OK) {
            points[(*count)++] = point;
        }
    }
    *out = points;
    return GV_OK;
}

static double number_of(const gv_fact *fact)
{
    return fact->error == 0 && fact->number > 0 ? fact->number : NAN;
}

/** One direction of a view's transfers: bytes and seconds of the smallest and the largest. */
typedef struct extremes {
    double least_bytes, least_s, most_bytes, most_s;
} extremes;

static void see(extremes *seen, double bytes, double time_s)
{
    if (!(bytes > 0 && time_s > 0)) {
        return;
    }
    if (!(seen->least_bytes <= bytes)) {
        seen->least_bytes = bytes;
        seen->least_s = time_s;
    }
    if (!(seen->most_bytes >= bytes)) {
        seen->most_bytes = bytes;
        seen->most_s = time_s;
    }
}

/** A line through both: what lies behind the smallest is latency. NAN without two sizes apart. */
static gv_link link_of(const extremes *seen)
{
    gv_link link = {NAN, NAN};
    if (seen->most_bytes > 8 * seen->least_bytes && seen->most_s > seen->least_s) {
        link.bytes_per_s = (seen->most_bytes - seen->least_bytes) / (seen->most_s - seen->least_s);
        link.latency_s = fmax(seen->least_s - seen->least_bytes / link.bytes_per_s, 0);
    }
    return link;
}

void gv__journal_options(const gv_dataset *dataset, uint32_t device, gv_model_options *options)
{
    static const gv_view views[2] = {GV_VIEW_TRANSFERS, GV_VIEW_PINNED};
    const extremes nothing = {NAN, NAN, NAN, NAN};
    extremes to[2] = {nothing, nothing}, from[2] = {nothing, nothing};
    for (size_t i = 0; i < dataset->journal->measurement_count; i++) {
        const gv_measurement *m = &dataset->journal->measurements[i];
        gv_workload workload;
        if (dataset->device_of[i] != device ||
            gv_workload_parse(m->workload, &workload, NULL) != GV_OK) {
            continue;
        }
        for (size_t v = 0; v < GV__COUNT(views); v++) {
            const gv_time *stage = m->view[views[v]].stage;
            see(&to[v], gv_workload_bytes_in(&workload, false), stage[GV_STAGE_H2D].median_s);
            see(&from[v], gv_workload_bytes_out(&workload), stage[GV_STAGE_D2H].median_s);
        }
    }
    for (size_t v = 0; v < GV__COUNT(views); v++) {
        options->to_device[v] = link_of(&to[v]);
        options->from_device[v] = link_of(&from[v]);
    }
    const gv_device_record *record = dataset->devices[device].record;
    if (record != NULL) {
        options->memory_bytes = number_of(&record->device->fact[GV_DEVICE_GLOBAL_MEM]);
        options->array_bytes = number_of(&record->device->fact[GV_DEVICE_MAX_ALLOC]);
    }
}

/** A specification of what was probed. */
static gv_spec spec_of_probe(const char *name, const gv_roof *roof)
{
    gv_spec spec = gv_spec_empty();
    spec.name = name;
    spec.fp32_flop_per_s = roof->flop_per_s[GV_PRECISION_F32];
    spec.fp64_flop_per_s = roof->flop_per_s[GV_PRECISION_F64];
    spec.fp16_flop_per_s = roof->flop_per_s[GV_PRECISION_F16];
    spec.bandwidth_bytes_per_s = roof->bytes_per_s;
    return spec;
}

/** Processors compute f64 at half the rate of f32; it is probed only where a run asks for f64. */
static void fill_processor(gv_spec *spec)
{
    if (isnan(spec->fp64_flop_per_s)) {
        spec->fp64_flop_per_s = spec->fp32_flop_per_s / 2;
    }
}

gv_spec gv__spec_of_host(const gv_device_record *record)
{
    gv_spec spec = spec_of_probe("host", &record->roof);
    spec.units = number_of(&record->host->fact[GV_HOST_USABLE_CORES]);
    spec.llc_bytes = number_of(&record->host->fact[GV_HOST_L3]);
    fill_processor(&spec);
    return spec;
}

gv_spec gv__spec_of_device(const gv_dataset_device *device, const gv_device_record *host)
{
    const gv_device_record *record = device->record;
    const gv_fact *fact = record->device->fact;
    gv_spec spec = spec_of_probe(device->label, &record->roof);
    spec.vendor = fact[GV_DEVICE_VENDOR].text;
    spec.units = number_of(&fact[GV_DEVICE_COMPUTE_UNITS]);
    spec.memory_bytes = number_of(&fact[GV_DEVICE_GLOBAL_MEM]);
    spec.llc_bytes = number_of(&fact[GV_DEVICE_CACHE]);
    if (record->device->is_host_silicon) {
        fill_processor(&spec);
    }
    if (record->device->is_host_silicon && host != NULL) { /* one memory and cache, seen by two */
        gv_spec beside = gv__spec_of_host(host);
        spec.bandwidth_bytes_per_s = fmax(spec.bandwidth_bytes_per_s, beside.bandwidth_bytes_per_s);
        spec.llc_bytes = fmax(spec.llc_bytes, beside.llc_bytes);
    }
    return spec;
}

const gv_spec *gv__sheet_of_device(const gv_catalogue *catalogue, const gv_dataset_device *device)
{
    static const gv_device_fact names[] = {GV_DEVICE_BOARD, GV_DEVICE_NAME};
    const gv_spec *spec = NULL;
    for (size_t i = 0; device->record != NULL && spec == NULL && i < GV__COUNT(names); i++) {
        const gv_fact *fact = &device->record->device->fact[names[i]];
        if (fact->error == 0 && fact->text[0] != 0) {
            gv_catalogue_find(catalogue, fact->text, &spec, NULL);
        }
    }
    return spec;
}
