/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/forecast.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* 80 % of a normal distribution lie within so many standard deviations. */
static const double eighty = 1.2816;
/* ln of a time measured again another day, on the same machine (bench/README.md). */
static const double measured_spread = 0.05;
/* A CPU known by a factor alone. */
static const double factor_spread = 0.3;

/** A side that was asked for once, with the words of that question; or why there is none. */
typedef struct asked {
    struct asked *next;
    char *name;
    double launch_s;
    gv_side side;
    gv_error why;
} asked;

/** What the journals measured of the host: all processes and runs of a workload. */
typedef struct host_time {
    const char *workload;
    double time_s;
} host_time;

enum { BUCKETS = 1024 };

struct gv_forecast {
    const gv_catalogue *catalogue;
    const gv_dataset *dataset; /**< NULL: no journal */
    gv_forecast_options options;
    asked *sides[BUCKETS];
    gv_model *host;
    host_time *host_times; /**< by workload, one each: the median */
    size_t host_count;
    const char *host_label;
};

static gv_status no_memory(gv_error *err)
{
    return gv__fail(err, GV_MEMORY, 0, "malloc", "the estimate does not fit into memory");
}

/* ---- what a journal measured ---- */

/** Times of a device, one a workload; freed by the caller. */
static gv_status collect_points(const gv_dataset *dataset, uint32_t device, gv_point **out,
                                size_t *count, gv_error *err)
{
    gv_point *points = malloc((dataset->pair_count + 1) * sizeof *points);
    if (points == NULL) {
        return no_memory(err);
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

/** How fast data moved to and from a device, pageable and pinned. */
static void measure_links(const gv_dataset *dataset, uint32_t device, gv_model_options *options)
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
}

/** A specification of what was probed, where no data sheet is at hand. */
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

static void probe_device(const gv_dataset_device *device, gv_spec *spec, bool *host_silicon)
{
    const gv_device_record *record = device->record;
    const gv_fact *units = &record->device->fact[GV_DEVICE_COMPUTE_UNITS];
    const gv_fact *memory = &record->device->fact[GV_DEVICE_GLOBAL_MEM];
    *spec = spec_of_probe(device->label, &record->roof);
    spec->vendor = record->device->fact[GV_DEVICE_VENDOR].text;
    spec->units = units->error == 0 && units->number > 0 ? units->number : NAN;
    spec->memory_bytes = memory->error == 0 && memory->number > 0 ? memory->number : NAN;
    *host_silicon = record->device->is_host_silicon;
    if (*host_silicon) {
        fill_processor(spec);
    }
}

/** The data sheet of a journal's device, by what its driver calls it; NULL where none is found. */
static const gv_spec *sheet_of(const gv_forecast *forecast, const gv_dataset_device *device)
{
    static const gv_device_fact names[] = {GV_DEVICE_BOARD, GV_DEVICE_NAME};
    const gv_spec *spec = NULL;
    for (size_t i = 0; device->record != NULL && spec == NULL && i < GV__COUNT(names); i++) {
        const gv_fact *fact = &device->record->device->fact[names[i]];
        if (fact->error == 0 && fact->text[0] != 0) {
            gv_catalogue_find(forecast->catalogue, fact->text, &spec, NULL);
        }
    }
    return spec;
}

/* ---- the host ---- */

static const gv_device_record *host_record(const gv_dataset *dataset)
{
    for (uint32_t i = 0; i < dataset->host_count; i++) {
        if (dataset->hosts[i].record != NULL) {
            return dataset->hosts[i].record;
        }
    }
    return NULL;
}

static int by_workload_and_time(const void *a, const void *b)
{
    const host_time *x = a, *y = b;
    int order = strcmp(x->workload, y->workload);
    return order != 0 ? order : (x->time_s > y->time_s) - (x->time_s < y->time_s);
}

static int by_workload(const void *a, const void *b)
{
    return strcmp(((const host_time *)a)->workload, ((const host_time *)b)->workload);
}

/** The median of all that the journals measured of the host, for each workload. */
static gv_status collect_host_times(gv_forecast *forecast, gv_error *err)
{
    const gv_dataset *dataset = forecast->dataset;
    const gv_journal *journal = dataset->journal;
    host_time *times = malloc((journal->measurement_count + 1) * sizeof *times);
    if (times == NULL) {
        return no_memory(err);
    }
    size_t count = 0, kept = 0;
    for (size_t i = 0; i < journal->measurement_count; i++) {
        const gv_measurement *m = &journal->measurements[i];
        double time_s = m->view[GV_VIEW_KERNEL_ONLY].stage[GV_STAGE_TOTAL].median_s;
        if (dataset->run_of[i] != GV__NONE && dataset->device_of[i] == GV__NONE && time_s > 0) {
            times[count++] = (host_time){m->workload, time_s};
        }
    }
    qsort(times, count, sizeof *times, by_workload_and_time);
    for (size_t i = 0, next; i < count; i = next) {
        for (next = i + 1; next < count && by_workload(&times[i], &times[next]) == 0; next++) {
        }
        times[kept++] = times[i + (next - i) / 2];
    }
    forecast->host_times = times;
    forecast->host_count = kept;
    return GV_OK;
}

/** The host's times as points of calibration; its peak, where none was probed, is the best of them.
 */
static size_t points_of_host(const gv_forecast *forecast, gv_point *points, double *best_flop_per_s)
{
    size_t count = 0;
    for (size_t i = 0; i < forecast->host_count; i++) {
        const host_time *time = &forecast->host_times[i];
        if (gv_workload_parse(time->workload, &points[count].workload, NULL) == GV_OK) {
            points[count].call_s = time->time_s;
            double rate = gv_workload_flop(&points[count].workload) / time->time_s;
            *best_flop_per_s = fmax(*best_flop_per_s, rate);
            count++;
        }
    }
    return count;
}

/** A model of the host: its probed roof, and every time that a journal has of it. */
static gv_status make_host(gv_forecast *forecast, gv_error *err)
{
    const gv_dataset *dataset = forecast->dataset;
    const gv_device_record *record = dataset != NULL ? host_record(dataset) : NULL;
    gv_status status = record != NULL ? collect_host_times(forecast, err) : GV_OK;
    if (status != GV_OK || forecast->host_count == 0) {
        return status;
    }
    gv_point *points = calloc(forecast->host_count, sizeof *points);
    if (points == NULL) {
        return no_memory(err);
    }
    double best = 1e9;
    size_t count = points_of_host(forecast, points, &best);
    gv_spec spec = spec_of_probe("host", &record->roof);
    spec.fp32_flop_per_s = isnan(spec.fp32_flop_per_s) ? best : spec.fp32_flop_per_s;
    fill_processor(&spec);
    gv_model_options options = GV_MODEL_OPTIONS_INIT;
    options.host_silicon = true;
    status = gv_model_create(&spec, &options, &forecast->host, err);
    if (status == GV_OK) {
        status = gv_model_calibrate(forecast->host, points, count, err);
    }
    forecast->host_label = dataset->hosts[0].label;
    free(points);
    return status;
}

/** What the journals measured of the host; NAN where they did not. */
static double measured_cpu(const gv_forecast *forecast, const gv_workload *workload)
{
    char text[GV_WORKLOAD_TEXT];
    host_time wanted = {gv_workload_format(workload, text), NAN};
    const host_time *found =
        bsearch(&wanted, forecast->host_times, forecast->host_count, sizeof wanted, by_workload);
    return found != NULL ? found->time_s : NAN;
}

gv_cpu_time gv_forecast_cpu(const gv_forecast *forecast, const gv_workload *workload)
{
    gv_cpu_time cpu = {GV_ORIGIN_ABSENT, NAN, NAN, NAN, NAN};
    double factor = forecast->options.cpu_factor;
    gv_estimate estimate;
    if (forecast->host == NULL) {
        return cpu;
    }
    double time_s = measured_cpu(forecast, workload);
    if (time_s > 0) {
        double spread = factor == 1 ? measured_spread : factor_spread;
        cpu = (gv_cpu_time){factor == 1 ? GV_ORIGIN_MEASURED : GV_ORIGIN_CALIBRATED,
                            time_s * factor, NAN, NAN, spread};
    } else if (gv_model_estimate(forecast->host, workload, &estimate, NULL) == GV_OK) {
        double other = factor == 1 ? 0 : factor_spread;
        cpu = (gv_cpu_time){estimate.origin, estimate.call_s * factor, NAN, NAN,
                            hypot(estimate.spread, other)};
    } else {
        return cpu;
    }
    cpu.low_s = cpu.time_s * exp(-eighty * cpu.spread);
    cpu.high_s = cpu.time_s * exp(eighty * cpu.spread);
    return cpu;
}

const char *gv_forecast_host(const gv_forecast *forecast)
{
    return forecast->host != NULL ? forecast->host_label : NULL;
}

/* ---- sides ---- */

/** The journal's device that a name means: the one whose data sheet is `sheet`, or (without one)
 * whose label holds the name; GV__NONE where there is none. */
static uint32_t find_device(const gv_forecast *forecast, const gv_spec *sheet, const char *name)
{
    const gv_dataset *dataset = forecast->dataset;
    for (uint32_t i = 0; dataset != NULL && i < dataset->device_count; i++) {
        const gv_dataset_device *device = &dataset->devices[i];
        bool same = sheet != NULL ? sheet_of(forecast, device) == sheet
                                  : strstr(device->label, name) != NULL && device->record != NULL;
        if (same) {
            return i;
        }
    }
    return GV__NONE;
}

/** Fit a side to the journal's times of a device. */
static gv_status calibrate(const gv_dataset *dataset, uint32_t device, gv_side *side, gv_error *err)
{
    gv_point *points = NULL;
    size_t count = 0;
    gv_status status = collect_points(dataset, device, &points, &count, err);
    if (status == GV_OK && count > 0) {
        status = gv_model_calibrate(side->model, points, count, err);
        side->points = count;
        side->measured_as = dataset->devices[device].label;
    }
    free(points);
    return status;
}

/** Let a device of the same architecture lend what was learnt of it. */
static gv_status borrow(gv_forecast *forecast, gv_side *side, gv_error *err)
{
    const gv_dataset *dataset = forecast->dataset;
    for (uint32_t i = 0; dataset != NULL && i < dataset->device_count; i++) {
        const gv_spec *sheet = sheet_of(forecast, &dataset->devices[i]);
        if (sheet == NULL || sheet->architecture[0] == 0 ||
            strcmp(sheet->architecture, side->spec.architecture) != 0) {
            continue;
        }
        gv_side lender = {.software = GV_SOFTWARE_OPENCL};
        gv_model_options options = GV_MODEL_OPTIONS_INIT;
        options.software = GV_SOFTWARE_OPENCL;
        gv_status status = gv_model_create(sheet, &options, &lender.model, err);
        status = status == GV_OK ? calibrate(dataset, i, &lender, err) : status;
        if (status == GV_OK && lender.points > 0) {
            status = gv_model_lend(side->model, lender.model, err);
            side->lent_by = dataset->devices[i].label;
        }
        gv_model_free(lender.model);
        return status;
    }
    return GV_OK;
}

static gv_status make_side(gv_forecast *forecast, const char *name, double launch_s, gv_side *side,
                           gv_error *err)
{
    const gv_spec *sheet = NULL;
    gv_error unknown = {0};
    gv_status found = gv_catalogue_find(forecast->catalogue, name, &sheet, &unknown);
    uint32_t device = find_device(forecast, sheet, name);
    if (found != GV_OK && device == GV__NONE) {
        return gv__fail(err, unknown.status, 0, NULL, "%s", unknown.text);
    }
    gv_model_options options = GV_MODEL_OPTIONS_INIT;
    options.software = device != GV__NONE ? GV_SOFTWARE_OPENCL : forecast->options.software;
    options.launch_s = launch_s;
    if (sheet != NULL) {
        side->spec = *sheet;
    } else {
        probe_device(&forecast->dataset->devices[device], &side->spec, &options.host_silicon);
    }
    if (device != GV__NONE) {
        measure_links(forecast->dataset, device, &options);
    }
    side->device = device;
    side->name = side->spec.name;
    side->software = options.software;
    gv_status status = gv_model_create(&side->spec, &options, &side->model, err);
    if (status == GV_OK && device != GV__NONE) {
        status = calibrate(forecast->dataset, device, side, err);
    } else if (status == GV_OK && options.software == GV_SOFTWARE_OPENCL) {
        status = borrow(forecast, side, err);
    }
    return status;
}

static void free_asked(asked *a)
{
    if (a != NULL) {
        gv_model_free(a->side.model);
        free(a->name);
        free(a);
    }
}

static size_t bucket_of(const char *name)
{
    size_t hash = 5381;
    for (; *name != 0; name++) {
        hash = hash * 33 + (unsigned char)*name;
    }
    return hash % BUCKETS;
}

gv_status gv_forecast_side(gv_forecast *forecast, const char *name, double launch_s,
                           const gv_side **out, gv_error *err)
{
    asked **bucket = &forecast->sides[bucket_of(name)];
    asked *a = *bucket;
    for (; a != NULL; a = a->next) {
        bool same_launch = a->launch_s == launch_s || (isnan(a->launch_s) && isnan(launch_s));
        if (same_launch && strcmp(a->name, name) == 0) {
            break;
        }
    }
    if (a == NULL) {
        a = calloc(1, sizeof *a);
        if (a == NULL || (a->name = strdup(name)) == NULL) {
            free_asked(a);
            return no_memory(err);
        }
        a->launch_s = launch_s;
        make_side(forecast, name, launch_s, &a->side, &a->why);
        a->next = *bucket;
        *bucket = a;
    }
    if (a->why.status != GV_OK) {
        if (err != NULL) {
            *err = a->why;
        }
        return a->why.status;
    }
    *out = &a->side;
    return GV_OK;
}

/* ---- life ---- */

gv_status gv_forecast_create(const gv_catalogue *catalogue, const gv_dataset *dataset,
                             const gv_forecast_options *options, gv_forecast **out, gv_error *err)
{
    gv_forecast *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return no_memory(err);
    }
    made->catalogue = catalogue;
    made->dataset = dataset;
    made->options = *options;
    made->options.cpu_factor = isnan(options->cpu_factor) ? 1 : options->cpu_factor;
    gv_status status = make_host(made, err);
    if (status != GV_OK) {
        gv_forecast_free(made);
        return status;
    }
    *out = made;
    return GV_OK;
}

void gv_forecast_free(gv_forecast *forecast)
{
    if (forecast == NULL) {
        return;
    }
    for (size_t i = 0; i < BUCKETS; i++) {
        while (forecast->sides[i] != NULL) {
            asked *next = forecast->sides[i]->next;
            free_asked(forecast->sides[i]);
            forecast->sides[i] = next;
        }
    }
    free(forecast->host_times);
    gv_model_free(forecast->host);
    free(forecast);
}

/* ---- answers ---- */

/** CPU over device, both uncertain and independent of each other. */
static gv_ratio speedup_of(const gv_cpu_time *cpu, double time_s, double spread)
{
    double value = cpu->time_s / time_s;
    double factor = exp(eighty * hypot(cpu->spread, spread));
    return (gv_ratio){value, value / factor, value * factor};
}

/** Share of a normal distribution below `x` standard deviations. */
static double normal_below(double x)
{
    return 0.5 * erfc(-x / sqrt(2));
}

static void set_measured(gv_view_estimate *view, double total_s, double transfer_s)
{
    *view = (gv_view_estimate){.transfer_s = transfer_s,
                               .total_s = total_s,
                               .low_s = total_s * exp(-eighty * measured_spread),
                               .high_s = total_s * exp(eighty * measured_spread)};
}

/** Put what a journal measured in the place of what the model says. */
static void prefer_measured(const gv_forecast *forecast, const gv_side *side,
                            const gv_workload *workload, gv_estimate *e)
{
    const gv_dataset *dataset = forecast->dataset;
    char text[GV_WORKLOAD_TEXT];
    uint32_t w = 0;
    if (side->device == GV__NONE) {
        return;
    }
    gv_workload_format(workload, text);
    while (w < dataset->workload_count && strcmp(dataset->workloads[w].text, text) != 0) {
        w++;
    }
    const gv_dataset_pair *pair =
        w < dataset->workload_count ? gv_dataset_find(dataset, side->device, w) : NULL;
    if (pair == NULL || !(pair->kernel_only_s > 0) || !(pair->stage_s[GV_STAGE_TOTAL] > 0)) {
        return;
    }
    double total_s = pair->stage_s[GV_STAGE_TOTAL], call_s = pair->kernel_only_s;
    e->origin = GV_ORIGIN_MEASURED;
    e->call_s = call_s;
    e->spread = measured_spread;
    e->shared_spread = 0;
    e->reasons = 0;
    set_measured(&e->view[GV_VIEW_TRANSFERS], total_s, fmax(total_s - call_s, 0));
    set_measured(&e->view[GV_VIEW_KERNEL_ONLY], call_s, 0);
    e->low_s = e->view[GV_VIEW_KERNEL_ONLY].low_s;
    e->high_s = e->view[GV_VIEW_KERNEL_ONLY].high_s;
}

gv_status gv_forecast_answer(const gv_forecast *forecast, const gv_side *side,
                             const gv_workload *workload, gv_answer *out, gv_error *err)
{
    gv_answer answer = {.workload = *workload, .side = side, .wins = NAN};
    gv_status status = gv_model_estimate(side->model, workload, &answer.device, err);
    if (status != GV_OK) {
        return status;
    }
    prefer_measured(forecast, side, workload, &answer.device);
    answer.cpu = gv_forecast_cpu(forecast, workload);
    for (int v = 0; v < GV_VIEW_COUNT; v++) {
        gv_rated_time rated = gv_estimate_rated(&answer.device, (gv_view)v);
        answer.speedup[v] = speedup_of(&answer.cpu, rated.time_s, rated.spread);
        if (v == GV_VIEW_TRANSFERS) {
            answer.wins =
                normal_below(log(answer.speedup[v].value) / hypot(answer.cpu.spread, rated.spread));
        }
    }
    answer.verdict = gv_verdict_of(answer.speedup[GV_VIEW_TRANSFERS].value);
    *out = answer;
    return GV_OK;
}

static double rival(void *user, const gv_workload *workload)
{
    return gv_forecast_cpu(user, workload).time_s;
}

gv_status gv_forecast_break_even(const gv_forecast *forecast, const gv_answer *answer, gv_view view,
                                 gv_break_even *out, gv_error *err)
{
    return gv_model_break_even(answer->side->model, &answer->workload, view, rival,
                               (void *)(uintptr_t)forecast, out, err);
}
