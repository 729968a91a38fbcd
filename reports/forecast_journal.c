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

double gv__journal_best_flop_per_s(const gv_dataset *dataset, uint32_t device)
{
    double best = NAN;
    for (uint32_t i = 0; i < dataset->pair_count; i++) {
        const gv_dataset_pair *pair = &dataset->pairs[i];
        gv_workload workload;
        if (pair->device == device &&
            gv_workload_parse(dataset->workloads[pair->workload].text, &workload, NULL) == GV_OK) {
            const double call_s =
                pair->kernel_only_s > 0 ? pair->kernel_only_s : pair->stage_s[GV_STAGE_TOTAL];
            best = fmax(best, gv_workload_flop(&workload) / call_s); /* NAN is passed over */
        }
    }
    return best;
}

static double number_of(const gv_fact *fact)
{
    return fact->error == 0 && fact->number > 0 ? fact->number : NAN;
}

/** One direction of a view's transfers, on the way to a line through all of them that errs by the
 * same share at every size: weighted sums of 1, bytes, bytes^2, seconds, bytes * seconds. */
typedef struct link_sums {
    double one, b, bb, t, bt;
} link_sums;

/** The weight is one over the time squared: that measured times the line's, lest noise draw the
 * line down; the measured one alone where there is no line yet. */
static void see(link_sums *sums, gv_link line, double bytes, double time_s)
{
    if (!(bytes > 0 && time_s > 0)) {
        return;
    }
    double line_s = line.latency_s + bytes / line.bytes_per_s;
    double weight = 1 / (time_s * (line_s > 0 ? line_s : time_s));
    sums->one += weight;
    sums->b += weight * bytes;
    sums->bb += weight * bytes * bytes;
    sums->t += weight * time_s;
    sums->bt += weight * bytes * time_s;
}

/** NAN without two sizes apart, or where larger ones take no longer. */
static gv_link link_of(const link_sums *sums)
{
    gv_link link = {NAN, NAN};
    double apart = sums->one * sums->bb - sums->b * sums->b;
    if (apart > 0.01 * sums->one * sums->bb) {
        double s_per_byte = (sums->one * sums->bt - sums->b * sums->t) / apart;
        double latency_s = (sums->bb * sums->t - sums->b * sums->bt) / apart;
        if (latency_s < 0) {
            latency_s = 0;
            s_per_byte = sums->bt / sums->bb;
        }
        if (s_per_byte > 0) {
            link = (gv_link){latency_s, 1 / s_per_byte};
        }
    }
    return link;
}

/** The lines of both directions, pageable and pinned, closer to all measurements than those given.
 */
static void fit_links(const gv_dataset *dataset, uint32_t device, gv_model_options *options)
{
    static const gv_view views[2] = {GV_VIEW_TRANSFERS, GV_VIEW_PINNED};
    link_sums to[2] = {{0}}, from[2] = {{0}};
    for (size_t i = 0; i < dataset->journal->measurement_count; i++) {
        const gv_measurement *m = &dataset->journal->measurements[i];
        gv_workload workload;
        if (dataset->device_of[i] != device ||
            gv_workload_parse(m->workload, &workload, NULL) != GV_OK) {
            continue;
        }
        for (size_t v = 0; v < GV__COUNT(views); v++) {
            const gv_time *stage = m->view[views[v]].stage;
            see(&to[v], options->to_device[v], gv_workload_bytes_in(&workload, false),
                stage[GV_STAGE_H2D].median_s);
            see(&from[v], options->from_device[v], gv_workload_bytes_out(&workload),
                stage[GV_STAGE_D2H].median_s);
        }
    }
    for (size_t v = 0; v < GV__COUNT(views); v++) {
        options->to_device[v] = link_of(&to[v]);
        options->from_device[v] = link_of(&from[v]);
    }
}

/** A device's newest ceiling of a kind, in its unit; NAN where there is none. */
static double ceiling_of(const gv_dataset *dataset, uint32_t device, gv_ceiling_kind kind)
{
    double median = NAN;
    for (uint32_t i = 0; i < dataset->ceiling_count; i++) {
        const gv_dataset_ceiling *ceiling = &dataset->ceilings[i];
        if (ceiling->device == device && ceiling->record->kind == kind) {
            median = ceiling->record->median;
        }
    }
    return median;
}

/** Links that no workload's transfers told of. */
static void fill_links(const gv_dataset *dataset, uint32_t device, gv_model_options *options)
{
    static const gv_ceiling_kind to[2] = {GV_CEILING_H2D_PAGEABLE, GV_CEILING_H2D_PINNED};
    static const gv_ceiling_kind from[2] = {GV_CEILING_D2H_PAGEABLE, GV_CEILING_D2H_PINNED};
    for (size_t pinned = 0; pinned < 2; pinned++) {
        if (isnan(options->to_device[pinned].bytes_per_s)) {
            options->to_device[pinned] =
                (gv_link){ceiling_of(dataset, device, GV_CEILING_H2D_LATENCY),
                          ceiling_of(dataset, device, to[pinned])};
        }
        if (isnan(options->from_device[pinned].bytes_per_s)) {
            options->from_device[pinned] =
                (gv_link){ceiling_of(dataset, device, GV_CEILING_D2H_LATENCY),
                          ceiling_of(dataset, device, from[pinned])};
        }
    }
}

static bool has_times(const gv_dataset *dataset, uint32_t device)
{
    bool any = false;
    for (uint32_t i = 0; i < dataset->pair_count; i++) {
        any = any || (dataset->pairs[i].device == device && dataset->pairs[i].kernel_only_s > 0);
    }
    return any;
}

void gv__journal_options(const gv_dataset *dataset, uint32_t device, gv_model_options *options)
{
    enum { PASSES = 4 };
    for (int pass = 0; pass < PASSES; pass++) {
        fit_links(dataset, device, options);
    }
    fill_links(dataset, device, options);
    if (!has_times(dataset, device)) { /* else it is learned from those, of whole calls */
        options->launch_s = ceiling_of(dataset, device, GV_CEILING_LAUNCH);
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

gv_spec gv__spec_of_device(const gv_dataset *dataset, uint32_t device, const gv_device_record *host)
{
    static const gv_ceiling_kind memory[] = {GV_CEILING_MEMORY_READ, GV_CEILING_MEMORY_COPY,
                                             GV_CEILING_MEMORY_TRIAD};
    const gv_dataset_device *known = &dataset->devices[device];
    const gv_device_record *record = known->record;
    const gv_fact *fact = record->device->fact;
    gv_spec spec = spec_of_probe(known->label, &record->roof);
    spec.vendor = fact[GV_DEVICE_VENDOR].text;
    spec.units = number_of(&fact[GV_DEVICE_COMPUTE_UNITS]);
    spec.memory_bytes = number_of(&fact[GV_DEVICE_GLOBAL_MEM]);
    spec.llc_bytes = number_of(&fact[GV_DEVICE_CACHE]);
    for (size_t i = 0; i < GV__COUNT(memory); i++) {
        spec.bandwidth_bytes_per_s =
            fmax(spec.bandwidth_bytes_per_s, ceiling_of(dataset, device, memory[i]));
    }
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
