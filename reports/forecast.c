/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/forecast.h"
#include "reports/dataset_pairs.h"
#include "reports/forecast_host.h"
#include "reports/forecast_journal.h"
#include "reports/forecast_measured.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* 80 % of a normal distribution lie within so many standard deviations. */
static const double eighty = 1.2816;
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

enum { BUCKETS = 4096 };

struct gv_forecast {
    const gv_catalogue *catalogue;
    const gv_dataset *dataset; /**< NULL: no journal */
    gv_forecast_options options;
    asked *sides[BUCKETS];
    gv__host host;
};

static gv_status no_memory(gv_error *err)
{
    return gv__fail(err, GV_MEMORY, 0, "malloc", "the estimate does not fit into memory");
}

/* ---- the host ---- */

gv_cpu_time gv_forecast_cpu(const gv_forecast *forecast, const gv_workload *workload)
{
    gv_cpu_time cpu = {GV_ORIGIN_ABSENT, NAN, NAN, NAN, NAN};
    double factor = forecast->options.cpu_factor;
    char text[GV_WORKLOAD_TEXT];
    gv_estimate estimate;
    if (forecast->host.model == NULL) {
        return cpu;
    }
    const gv__host_time *measured =
        gv__host_find(&forecast->host, gv_workload_format(workload, text));
    double other = factor == 1 ? 0 : factor_spread;
    if (measured != NULL) {
        double own = gv__measured_spread(measured->low_s, measured->high_s);
        cpu = (gv_cpu_time){factor == 1 ? GV_ORIGIN_MEASURED : GV_ORIGIN_CALIBRATED,
                            measured->time_s * factor, measured->low_s, measured->high_s,
                            hypot(own, other)};
    } else if (gv_model_estimate(forecast->host.model, workload, &estimate, NULL) == GV_OK) {
        cpu = (gv_cpu_time){estimate.origin, estimate.call_s * factor, NAN, NAN,
                            hypot(estimate.spread, other)};
    } else {
        return cpu;
    }
    if (cpu.origin != GV_ORIGIN_MEASURED) {
        cpu.low_s = cpu.time_s * exp(-eighty * cpu.spread);
        cpu.high_s = cpu.time_s * exp(eighty * cpu.spread);
    }
    return cpu;
}

const char *gv_forecast_host(const gv_forecast *forecast)
{
    uint32_t host = forecast->host.host;
    return host != GV__NONE ? forecast->dataset->hosts[host].label : NULL;
}

const gv__host *gv_forecast_host_times(const gv_forecast *forecast)
{
    return &forecast->host;
}

/* ---- sides ---- */

static bool is_called(const gv_dataset_device *device, const gv_catalogue *catalogue,
                      const gv_spec *sheet, const char *name)
{
    return device->record != NULL &&
           (sheet != NULL ? gv__sheet_of_device(catalogue, device) == sheet
                          : gv__has_words(device->label, name));
}

static const char *own_name(const gv_dataset_device *device)
{
    return device->record->device->fact[GV_DEVICE_NAME].text;
}

/** The journal's device that a name means: one that a report calls so, else the one whose data
 * sheet is `sheet`, or (without one) whose label holds the name; GV__NONE where there is none. Of
 * several of one make the first.
 * @retval GV_ARGUMENT  it may be any of several */
static gv_status find_device(const gv_forecast *forecast, const gv_spec *sheet, const char *name,
                             uint32_t *out, gv_error *err)
{
    const gv_dataset *dataset = forecast->dataset;
    const uint32_t count = dataset != NULL ? dataset->device_count : 0;
    gv__text list = {0};
    bool differ = false;
    *out = GV__NONE;
    for (uint32_t i = 0; i < count; i++) {
        if (dataset->devices[i].record != NULL && strcmp(dataset->devices[i].label, name) == 0) {
            *out = i;
            return GV_OK;
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        const gv_dataset_device *device = &dataset->devices[i];
        if (is_called(device, forecast->catalogue, sheet, name)) {
            gv__text_printf(&list, "%s%s", *out != GV__NONE ? ", " : "", device->label);
            differ = differ || (*out != GV__NONE &&
                                strcmp(own_name(&dataset->devices[*out]), own_name(device)) != 0);
            *out = *out != GV__NONE ? *out : i;
        }
    }
    gv_status status = GV_OK;
    if (differ) {
        status = gv__fail(err, GV_ARGUMENT, 0, NULL, "\"%.60s\" may be any of %s", name,
                          list.data != NULL ? list.data : "several");
    }
    gv__text_free(&list);
    return status;
}

/** Fit a side to the journal's times of a device. */
static gv_status calibrate(const gv_dataset *dataset, uint32_t device, gv_side *side, gv_error *err)
{
    gv_point *points = NULL;
    size_t count = 0;
    gv_status status = gv__journal_points(dataset, device, &points, &count, err);
    if (status == GV_OK && count > 0) {
        status = gv_model_calibrate(side->model, points, count, err);
        side->points = count;
        side->measured_as = dataset->devices[device].label;
    }
    free(points);
    return status;
}

/** The first device of the same architecture that has times; `*sheet` is its data sheet. GV__NONE
 * where there is none. */
static uint32_t find_relative(const gv_forecast *forecast, const gv_spec *spec,
                              const gv_spec **sheet)
{
    const gv_dataset *dataset = forecast->dataset;
    for (uint32_t i = 0; dataset != NULL && i < dataset->device_count; i++) {
        *sheet = gv__sheet_of_device(forecast->catalogue, &dataset->devices[i]);
        if (dataset->devices[i].answered > 0 && *sheet != NULL && (*sheet)->architecture[0] != 0 &&
            strcmp((*sheet)->architecture, spec->architecture) == 0) {
            return i;
        }
    }
    return GV__NONE;
}

/** Let a device of the same architecture lend what was learnt of it. */
static gv_status borrow(gv_forecast *forecast, gv_side *side, gv_error *err)
{
    const gv_spec *sheet = NULL;
    uint32_t relative = find_relative(forecast, &side->spec, &sheet);
    if (relative == GV__NONE) {
        return GV_OK;
    }
    gv_side lender = {.software = GV_SOFTWARE_OPENCL};
    gv_model_options options = GV_MODEL_OPTIONS_INIT;
    options.software = GV_SOFTWARE_OPENCL;
    gv_status status = gv_model_create(sheet, &options, &lender.model, err);
    status = status == GV_OK ? calibrate(forecast->dataset, relative, &lender, err) : status;
    if (status == GV_OK && lender.points > 0) {
        status = gv_model_lend(side->model, lender.model, err);
        side->lent_by = forecast->dataset->devices[relative].label;
    }
    gv_model_free(lender.model);
    return status;
}

/** Measured devices ran our kernels; others run what was asked for, or what their family ran. */
static gv_software choose_software(const gv_forecast *forecast, const gv_side *side)
{
    const gv_spec *sheet;
    bool like_measured =
        forecast->options.like_measured && find_relative(forecast, &side->spec, &sheet) != GV__NONE;
    return side->device != GV__NONE || like_measured ? GV_SOFTWARE_OPENCL
                                                     : forecast->options.software;
}

static gv_status make_side(gv_forecast *forecast, const char *name, double launch_s, gv_side *side,
                           gv_error *err)
{
    const gv_spec *sheet = NULL;
    gv_error unknown = {0};
    if (name[strspn(name, " \t")] == 0) {
        return gv__fail(err, GV_ARGUMENT, 0, NULL, "no device is named");
    }
    gv_status found = gv_catalogue_find(forecast->catalogue, name, &sheet, &unknown);
    gv_status status = find_device(forecast, sheet, name, &side->device, err);
    if (status != GV_OK) {
        return status;
    }
    if (found != GV_OK && side->device == GV__NONE) {
        return gv__fail(err, unknown.status, 0, NULL, "%s", unknown.text);
    }
    gv_model_options options = GV_MODEL_OPTIONS_INIT;
    if (side->device != GV__NONE) {
        const gv_dataset_device *device = &forecast->dataset->devices[side->device];
        sheet = gv__sheet_of_device(forecast->catalogue, device);
        options.host_silicon = sheet == NULL && device->record->device->is_host_silicon;
        gv__journal_options(forecast->dataset, side->device, &options);
        const gv_device_record *host = forecast->host.host != GV__NONE
                                           ? forecast->dataset->hosts[forecast->host.host].record
                                           : NULL;
        side->spec =
            sheet != NULL ? *sheet : gv__spec_of_device(forecast->dataset, side->device, host);
        if (isnan(side->spec.fp32_flop_per_s) && isnan(side->spec.bandwidth_bytes_per_s)) {
            /* Nobody probed f32: what it was seen to do is the least that it can. */
            side->spec.fp32_flop_per_s =
                gv__journal_best_flop_per_s(forecast->dataset, side->device);
        }
    } else {
        side->spec = *sheet;
    }
    side->name = side->spec.name;
    side->software = choose_software(forecast, side);
    options.software = side->software;
    options.launch_s = isnan(launch_s) ? options.launch_s : launch_s;
    if (forecast->options.link != NULL) {
        options.link_bytes_per_s = forecast->options.link->bytes_per_s;
        options.transfer_s = forecast->options.link->transfer_s;
    }
    side->options = options;
    status = gv_model_create(&side->spec, &options, &side->model, err);
    if (status == GV_OK && side->device != GV__NONE) {
        status = calibrate(forecast->dataset, side->device, side, err);
    } else if (status == GV_OK && side->software == GV_SOFTWARE_OPENCL) {
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

static size_t bucket_of(const char *name, double launch_s)
{
    const unsigned char *bytes = (const unsigned char *)&launch_s;
    size_t hash = 5381;
    for (; *name != 0; name++) {
        hash = hash * 33 + (unsigned char)*name;
    }
    for (size_t i = 0; i < sizeof launch_s && !isnan(launch_s); i++) {
        hash = hash * 33 + bytes[i];
    }
    return hash % BUCKETS;
}

gv_status gv_forecast_side(gv_forecast *forecast, const char *name, double launch_s,
                           const gv_side **out, gv_error *err)
{
    asked **bucket = &forecast->sides[bucket_of(name, launch_s)];
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
    gv_status status = gv__host_create(dataset, options->host, &made->host, err);
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
    gv__host_free(&forecast->host);
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

/** Whether the CPU that is asked about stood beside the device of a pair. */
static bool is_beside(const gv_forecast *forecast, const gv_dataset_pair *pair)
{
    return pair->host_s > 0 && forecast->options.cpu_factor == 1 &&
           forecast->dataset->runs[pair->run].host == forecast->host.host;
}

gv_rated_time gv_answer_rated(const gv_answer *answer, gv_view view)
{
    const gv_view_estimate *v = &answer->device.view[view];
    return answer->measured[view]
               ? (gv_rated_time){v->total_s, gv__measured_spread(v->low_s, v->high_s), 0}
               : gv_estimate_rated(&answer->device, view);
}

gv_origin gv_answer_origin(const gv_answer *answer, gv_view view)
{
    gv_origin origin = answer->device.origin;
    return answer->measured[view]         ? GV_ORIGIN_MEASURED
           : origin == GV_ORIGIN_MEASURED ? GV_ORIGIN_CALIBRATED
                                          : origin;
}

/** Speed-ups, and the probability that the headline is one; `pair` is NULL where the CPU was not
 * measured beside the device. */
static void compare_with_cpu(const gv_dataset *dataset, const gv_dataset_pair *pair, gv_answer *a)
{
    double spread = NAN;
    for (int v = 0; v < GV_VIEW_COUNT; v++) {
        gv_rated_time rated = gv_answer_rated(a, (gv_view)v);
        a->speedup[v] = pair != NULL && a->measured[v]
                            ? gv__dataset_ratio(dataset, pair, (gv_view)v, rated.time_s)
                            : speedup_of(&a->cpu, rated.time_s, rated.spread);
        spread = v == GV_VIEW_TRANSFERS ? hypot(a->cpu.spread, rated.spread) : spread;
    }
    double of_blocks = gv__measured_ratio_spread(&a->speedup[GV_VIEW_TRANSFERS]);
    if (pair != NULL && a->measured[GV_VIEW_TRANSFERS] && !isnan(of_blocks)) {
        spread = of_blocks;
    }
    a->wins = normal_below(log(a->speedup[GV_VIEW_TRANSFERS].value) / spread);
    a->verdict = gv_verdict_of(a->speedup[GV_VIEW_TRANSFERS].value);
}

gv_status gv_forecast_answer(const gv_forecast *forecast, const gv_side *side,
                             const gv_workload *workload, gv_answer *out, gv_error *err)
{
    gv_answer answer = {.workload = *workload, .side = side, .wins = NAN};
    gv_status status = gv_model_estimate(side->model, workload, &answer.device, err);
    if (status != GV_OK) {
        return status;
    }
    if (side->measured_as == NULL) {
        answer.device.origin = GV_ORIGIN_MODELLED; /* what a relative lends was not run on this */
    }
    answer.cpu = gv_forecast_cpu(forecast, workload);
    const gv_dataset_pair *pair = gv__measured_pair(forecast->dataset, side->device, workload);
    if (pair != NULL) {
        gv__prefer_measured(forecast->dataset, pair, forecast->options.link != NULL, &answer);
        answer.beside = is_beside(forecast, pair);
    }
    if (answer.beside) {
        answer.cpu = gv__measured_beside(forecast->dataset, pair);
    }
    compare_with_cpu(forecast->dataset, answer.beside ? pair : NULL, &answer);
    *out = answer;
    return GV_OK;
}

static gv_rival rival(void *user, const gv_workload *workload)
{
    gv_cpu_time cpu = gv_forecast_cpu(user, workload);
    return (gv_rival){cpu.time_s, cpu.spread, cpu.origin == GV_ORIGIN_MEASURED};
}

gv_status gv_forecast_ladder(const gv_forecast *forecast, const gv_side *side,
                             const gv_workload *workload, gv_rung *out, gv_error *err)
{
    return gv_model_ladder(side->model, workload, rival, (void *)(uintptr_t)forecast, out, err);
}

gv_status gv_forecast_break_even(const gv_forecast *forecast, const gv_answer *answer, gv_view view,
                                 gv_break_even *out, gv_error *err)
{
    return gv_model_break_even(answer->side->model, &answer->workload, view, rival,
                               (void *)(uintptr_t)forecast, out, err);
}

const char *gv_forecast_extent(gv_break_even_kind kind)
{
    return kind == GV_BREAK_EVEN_ALWAYS  ? "at every size"
           : kind == GV_BREAK_EVEN_NEVER ? "at no size"
                                         : NULL;
}
