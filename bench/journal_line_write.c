/* SPDX-License-Identifier: Apache-2.0 */
/* From records to lines, by Jansson. */
#include "bench/journal_line.h"
#include "bench/journal_store.h"

#ifdef GV_HAVE_JANSSON

#include <jansson.h>
#include <math.h>
#include <stdio.h>

enum {
    /* A sample lasts at least 1 ms on a clock of some 20 ns: five digits are what a time knows. */
    TIME_DIGITS = 5,
    EXACT_DIGITS = 17
};

bool gv__journal_is_built(void)
{
    return true;
}

gv_status gv__journal_not_built(const char *verb, gv_error *err)
{
    (void)verb;
    (void)err;
    return GV_OK;
}

/* ---- building an object; the first failure is remembered ---- */

typedef struct object {
    json_t *json;
    bool failed;
} object;

/* Takes `value`, which may be NULL where it could not be made. */
static void put(object *o, const char *key, json_t *value)
{
    if (json_object_set_new(o->json, key, value) != 0) {
        o->failed = true;
    }
}

static json_t *text_value(const char *text)
{
    gv__text clean = {0};
    gv__text_add_clean(&clean, text);
    gv__text_add(&clean, ""); /* also where nothing was added, it has data */
    json_t *value = clean.failed ? NULL : json_stringn(clean.data, clean.length);
    gv__text_free(&clean);
    return value;
}

/* Absent is left out, in texts and in numbers. */
static void put_text(object *o, const char *key, const char *text)
{
    if (text != NULL && text[0] != 0) {
        put(o, key, text_value(text));
    }
}

static json_t *number_value(double number)
{
    bool whole = number == floor(number) && fabs(number) <= 0x1p53;
    return whole ? json_integer((json_int_t)number) : json_real(number);
}

static void put_number(object *o, const char *key, double number)
{
    if (isfinite(number)) {
        put(o, key, number_value(number));
    }
}

/* `inner` goes into `o` under `key`, unless it is empty. */
static void put_object(object *o, const char *key, object *inner)
{
    o->failed = o->failed || inner->failed;
    if (json_object_size(inner->json) > 0) {
        put(o, key, inner->json);
    } else {
        json_decref(inner->json);
    }
    inner->json = NULL;
}

static object start_record(const char *type, const char *run)
{
    object o = {.json = json_object()};
    put(&o, "schema", json_integer(GV_JOURNAL_SCHEMA));
    put_text(&o, "type", type);
    put_text(&o, "run", run);
    return o;
}

static int add_piece(const char *piece, size_t length, void *text)
{
    gv__text_add_n(text, piece, length);
    return ((gv__text *)text)->failed ? -1 : 0;
}

/* Append the record as a line, and let go of it. */
static gv_status finish(object *o, unsigned digits, gv__text *lines, gv_error *err)
{
    bool ok = !o->failed && json_dump_callback(o->json, add_piece, lines,
                                               JSON_COMPACT | JSON_REAL_PRECISION(digits)) == 0;
    gv__text_add(lines, "\n");
    json_decref(o->json);
    o->json = NULL;
    return ok && !lines->failed
               ? GV_OK
               : gv__fail(err, GV_MEMORY, 0, NULL,
                          "The host ran out of memory while it wrote a record of a journal.");
}

static gv_status cannot_be(const char *what, const char *fault, gv_error *err)
{
    return gv__fail(err, GV_ARGUMENT, 0, NULL, "%s cannot be written to a journal: %s.", what,
                    fault);
}

/* ---- run and end ---- */

gv_status gv__line_of_run(gv__text *lines, const gv_run_record *r, gv_error *err)
{
    object o = start_record("run", r->run);
    put_text(&o, "time", r->time);
    put_text(&o, "command", r->command);
    put_text(&o, "version", r->version);
    put_text(&o, "suite", r->suite);
    put(&o, "processes", json_integer(r->processes));
    /* As text: many readers of JSON keep only 53 bits of a number. */
    char seed[24];
    snprintf(seed, sizeof seed, "%llu", (unsigned long long)r->seed);
    put_text(&o, "seed", seed);
    put_text(&o, "libraries", r->libraries);
    put_text(&o, "kernels", r->kernels);
    put_text(&o, "tuning", r->tuning);
    if (gv__run_is_capped(r)) {
        put_number(&o, "device_memory_bytes", r->device_memory_bytes);
    }
    object legend = {.json = json_object()};
    put_text(&legend, "views_us",
             "[samples, calls in a sample, outliers, fastest total, h2d, kernel, d2h, total, "
             "[lowest, highest speed-up over the host]]; times in microseconds");
    put_text(&legend, "time",
             "[median, low, high], a 95 % interval; [median] where there are too "
             "few samples for one; null where there is no such stage");
    put_object(&o, "legend", &legend);
    return finish(&o, EXACT_DIGITS, lines, err);
}

gv_status gv__line_of_end(gv__text *lines, const gv_end_record *r, gv_error *err)
{
    object o = start_record("end", r->run);
    put_text(&o, "how", r->how);
    put_number(&o, "elapsed_s", r->elapsed_s);
    return finish(&o, TIME_DIGITS, lines, err);
}

/* ---- device and host ---- */

static json_t *fact_value(const gv_fact *fact, gv_fact_kind kind)
{
    if (fact->error != 0) {
        object failure = {.json = json_object()};
        put_text(&failure, "error", fact->text);
        put(&failure, "code", json_integer(fact->error));
        if (failure.failed) {
            json_decref(failure.json);
            return NULL;
        }
        return failure.json;
    }
    switch (kind) {
    case GV_KIND_TEXT:
        return text_value(fact->text);
    case GV_KIND_FLAG:
        return json_boolean(fact->number != 0);
    default:
        return number_value(fact->number);
    }
}

static void put_facts(object *o, const gv_fact *facts, size_t count,
                      const gv_fact_info *(*info)(size_t))
{
    object inner = {.json = json_object()};
    for (size_t i = 0; i < count; i++) {
        bool is_number = info(i)->kind != GV_KIND_TEXT;
        bool absent = facts[i].error == GV_FACT_ABSENT ||
                      (facts[i].error == 0 && is_number && !isfinite(facts[i].number));
        if (!absent) {
            put(&inner, info(i)->key, fact_value(&facts[i], info(i)->kind));
        }
    }
    put_object(o, "facts", &inner);
}

static const gv_fact_info *device_info(size_t i)
{
    return gv_device_fact_info((gv_device_fact)i);
}

static const gv_fact_info *host_info(size_t i)
{
    return gv_host_fact_info((gv_host_fact)i);
}

static void put_roof(object *o, const gv_roof *roof)
{
    object rates = {.json = json_object()};
    for (int p = 0; p < GV_PRECISION_COUNT; p++) {
        put_number(&rates, gv_precision_name((gv_precision)p), roof->flop_per_s[p]);
    }
    object inner = {.json = json_object()};
    put_object(&inner, "flop_per_s", &rates);
    put_number(&inner, "bytes_per_s", roof->bytes_per_s);
    put_object(o, "roof", &inner);
}

static void put_events(object *o, const gv_event_clock *events)
{
    object inner = {.json = json_object()};
    put(&inner, "proven", json_boolean(events->proven));
    put_number(&inner, "ratio", events->ratio);
    put_text(&inner, "text", events->text);
    put_object(o, "events", &inner);
}

gv_status gv__line_of_device(gv__text *lines, const gv_device_record *r, gv_error *err)
{
    const char *fault = gv__device_fault(r);
    if (fault != NULL) {
        return cannot_be("A device", fault, err);
    }
    bool is_host = r->host != NULL;
    object o = start_record(is_host ? "host" : "device", r->run);
    put_text(&o, "device", r->key);
    if (!is_host) {
        put(&o, "index", json_integer(r->device->index));
        put(&o, "platform_index", json_integer(r->device->platform_index));
        put(&o, "device_index", json_integer(r->device->device_index));
        put(&o, "host_silicon", json_boolean(r->device->is_host_silicon));
        put_facts(&o, r->device->fact, GV_DEVICE_FACT_COUNT, device_info);
        put_roof(&o, &r->roof);
        put_events(&o, &r->events);
    } else {
        put_facts(&o, r->host->fact, GV_HOST_FACT_COUNT, host_info);
        put_roof(&o, &r->roof);
    }
    return finish(&o, EXACT_DIGITS, lines, err);
}

/* ---- measurement ---- */

static json_t *microseconds(double seconds)
{
    return gv_is_absent(seconds) ? json_null() : json_real(seconds * 1e6);
}

/* Takes `value`. */
static void append(object *list, json_t *value)
{
    if (json_array_append_new(list->json, value) != 0) {
        list->failed = true;
    }
}

static json_t *list_value(object *list)
{
    if (list->failed) {
        json_decref(list->json);
        return NULL;
    }
    return list->json;
}

static json_t *time_value(const gv_time *time)
{
    if (gv_is_absent(time->median_s)) {
        return json_null();
    }
    object list = {.json = json_array()};
    append(&list, microseconds(time->median_s));
    if (!gv_is_absent(time->low_s)) {
        append(&list, microseconds(time->low_s));
        append(&list, microseconds(time->high_s));
    }
    return list_value(&list);
}

static json_t *view_value(const gv_view_times *view)
{
    object list = {.json = json_array()};
    append(&list, json_integer(view->samples));
    append(&list, json_integer(view->calls));
    append(&list, json_integer(view->outliers));
    append(&list, microseconds(view->min_s));
    for (int s = 0; s < GV_STAGE_COUNT; s++) {
        append(&list, time_value(&view->stage[s]));
    }
    if (!gv_is_absent(view->speedup_low)) {
        object range = {.json = json_array()};
        append(&range, json_real(view->speedup_low));
        append(&range, json_real(view->speedup_high));
        append(&list, list_value(&range));
    }
    return list_value(&list);
}

static void put_costs(object *o, const double cost_s[GV_COST_COUNT])
{
    object costs = {.json = json_object()};
    for (int c = 0; c < GV_COST_COUNT; c++) {
        if (!gv_is_absent(cost_s[c])) {
            put(&costs, gv_cost_key((gv_cost)c), json_real(cost_s[c]));
        }
    }
    put_object(o, "cost_s", &costs);
}

static void put_flags(object *o, uint32_t flags)
{
    object list = {.json = json_array()};
    for (uint32_t i = 0; gv_flag_name(i) != NULL; i++) {
        if ((flags >> i & 1) != 0) {
            append(&list, json_string(gv_flag_name(i)));
        }
    }
    o->failed = o->failed || list.failed;
    if (json_array_size(list.json) > 0) {
        put(o, "flags", list.json);
    } else {
        json_decref(list.json);
    }
}

/* The order of the fields is what gv__line_scan expects. */
static gv_status line_of_views(gv__text *line, const gv_measurement *r, int first, int end,
                               gv_error *err)
{
    object o = start_record("measurement", r->run);
    put(&o, "process", json_integer(r->process));
    put_text(&o, "device", r->device);
    put_text(&o, "provider", r->provider);
    put_text(&o, "workload", r->workload);
    put_text(&o, "check", r->check);
    put_text(&o, "clock", r->clock);
    put(&o, "error_rel", json_real(r->error_rel));
    put(&o, "bound_rel", json_real(r->bound_rel));
    put_costs(&o, r->cost_s);
    put_flags(&o, r->flags);
    put_text(&o, "parameters", r->parameters);
    object views = {.json = json_object()};
    for (int v = first; v < end; v++) {
        if (r->view[v].samples > 0) {
            put(&views, gv_view_key((gv_view)v), view_value(&r->view[v]));
        }
    }
    put_object(&o, "views_us", &views);
    return finish(&o, TIME_DIGITS, line, err);
}

static int next_measured(const gv_measurement *r, int view)
{
    while (view < GV_VIEW_COUNT && r->view[view].samples == 0) {
        view++;
    }
    return view;
}

gv_status gv__lines_of_measurement(gv__text *lines, const gv_measurement *r, gv_error *err)
{
    gv_workload workload;
    const char *fault = gv__measurement_fault(r);
    if (fault == NULL && !gv__workload_is_measurable(r->workload, &workload)) {
        fault = GV__NOT_MEASURABLE;
    }
    if (fault != NULL) {
        return cannot_be("A measurement", fault, err);
    }
    gv_status status = GV_OK;
    int first = next_measured(r, 0);
    while (status == GV_OK && first < GV_VIEW_COUNT) {
        /* As many views as one line can hold; nearly always that is all of them. */
        int end = GV_VIEW_COUNT;
        gv__text line = {0};
        status = line_of_views(&line, r, first, end, err);
        while (status == GV_OK && line.length > GV_JOURNAL_MEASUREMENT_MAX && end > first + 1) {
            line.length = 0;
            status = line_of_views(&line, r, first, --end, err);
        }
        if (status == GV_OK && line.length > GV_JOURNAL_MEASUREMENT_MAX) {
            /* The trial beside it has them too. */
            gv_measurement bare = *r;
            bare.parameters = "";
            line.length = 0;
            status = line_of_views(&line, &bare, first, end, err);
        }
        if (status == GV_OK && line.length > GV_JOURNAL_MEASUREMENT_MAX) {
            status = cannot_be("A measurement", "its texts are too long", err);
        }
        if (status == GV_OK) {
            gv__text_add_n(lines, line.data, line.length);
        }
        gv__text_free(&line);
        first = next_measured(r, end);
    }
    return status;
}

/* ---- samples ---- */

static void put_samples(object *o, const gv_samples_record *r, int stage)
{
    char key[16];
    snprintf(key, sizeof key, "%s_s", gv_stage_key((gv_stage)stage));
    object list = {.json = json_array()};
    bool any = false;
    for (uint32_t i = 0; i < r->count && i < GV_JOURNAL_SAMPLES_MAX; i++) {
        double seconds = r->stage_s[i][stage];
        any = any || isfinite(seconds);
        append(&list, isfinite(seconds) ? json_real(seconds) : json_null());
    }
    o->failed = o->failed || list.failed;
    if (any) {
        put(o, key, list.json);
    } else {
        json_decref(list.json);
    }
}

gv_status gv__line_of_samples(gv__text *lines, const gv_samples_record *r, gv_error *err)
{
    object o = start_record("samples", r->run);
    put(&o, "process", json_integer(r->process));
    put_text(&o, "device", r->device);
    put_text(&o, "provider", r->provider);
    put_text(&o, "workload", r->workload);
    put_text(&o, "view", gv_view_key(r->view));
    put(&o, "count", json_integer(r->count));
    for (int s = 0; s < GV_STAGE_COUNT; s++) {
        put_samples(&o, r, s);
    }
    return finish(&o, TIME_DIGITS, lines, err);
}

/* ---- rejected, unsupported, failure ---- */

gv_status gv__line_of_incident(gv__text *lines, const gv_incident *r, gv_error *err)
{
    const char *fault = gv__incident_fault(r);
    if (fault != NULL) {
        return cannot_be("An incident", fault, err);
    }
    bool rejected = r->kind == GV_INCIDENT_WRONG_RESULT || r->kind == GV_INCIDENT_ABOVE_ROOF;
    object o = start_record(rejected ? "rejected" : gv_incident_kind_key(r->kind), r->run);
    if (rejected) {
        put_text(&o, "reason", gv_incident_kind_key(r->kind));
    }
    put(&o, "process", json_integer(r->process));
    put_text(&o, "device", r->device);
    put_text(&o, "provider", r->provider);
    put_text(&o, "workload", r->workload);
    put_text(&o, "doing", r->doing);
    put_text(&o, "what", r->what);
    put_text(&o, "replaced_by", r->replaced);
    return finish(&o, EXACT_DIGITS, lines, err);
}

/* ---- ceiling ---- */

gv_status gv__line_of_ceiling(gv__text *lines, const gv_ceiling *r, gv_error *err)
{
    const char *fault = gv__ceiling_fault(r);
    if (fault != NULL) {
        return cannot_be("A ceiling", fault, err);
    }
    object o = start_record("ceiling", r->run);
    put(&o, "process", json_integer(r->process));
    put_text(&o, "device", r->device);
    put_text(&o, "ceiling", gv_ceiling_key(r->kind));
    if (r->width > 0) {
        put_text(&o, "precision", gv_precision_name(r->precision));
        put(&o, "width", json_integer(r->width));
    }
    put_text(&o, "unit", gv_ceiling_unit_text(gv_ceiling_unit_of(r->kind)));
    put_number(&o, "median", r->median);
    put_number(&o, "low", r->low);
    put_number(&o, "high", r->high);
    put_number(&o, "best", r->best);
    put(&o, "samples", json_integer(r->samples));
    put(&o, "outliers", json_integer(r->outliers));
    put_number(&o, "bytes", r->bytes);
    put_text(&o, "variant", r->variant);
    put_text(&o, "check", r->check);
    if (!gv_is_absent(r->power_w)) {
        put_number(&o, "power_w", r->power_w);
        put_text(&o, "power_source", r->power_source);
        put_text(&o, "power_grade", "E1"); /* a counter of driver or board */
    }
    return finish(&o, TIME_DIGITS, lines, err);
}

/* ---- trial ---- */

gv_status gv__line_of_trial(gv__text *lines, const gv_trial *r, gv_error *err)
{
    const char *fault = gv__trial_fault(r);
    if (fault != NULL) {
        return cannot_be("A trial", fault, err);
    }
    object o = start_record("trial", r->run);
    put(&o, "process", json_integer(r->process));
    put_text(&o, "device", r->device);
    put_text(&o, "provider", r->provider);
    put_text(&o, "workload", r->workload);
    put_text(&o, "parameters", r->parameters);
    put_number(&o, "call_s", r->call_s);
    if (r->earlier) {
        put(&o, "earlier", json_true());
    }
    return finish(&o, TIME_DIGITS, lines, err);
}

#else /* without Jansson */

bool gv__journal_is_built(void)
{
    return false;
}

gv_status gv__journal_not_built(const char *verb, gv_error *err)
{
    return gv__fail(err, GV_UNSUPPORTED, 0, NULL,
                    "This program was built without Jansson (libjansson-dev): no journal can be "
                    "%s.",
                    verb);
}

/* Never reached, since nobody can have a writer; they answer all the same. */
#define GV_NOT_BUILT(name, type)                                                                   \
    gv_status name(gv__text *lines, const type *r, gv_error *err)                                  \
    {                                                                                              \
        (void)lines;                                                                               \
        (void)r;                                                                                   \
        return gv__journal_not_built("written", err);                                              \
    }

GV_NOT_BUILT(gv__line_of_run, gv_run_record)
GV_NOT_BUILT(gv__line_of_device, gv_device_record)
GV_NOT_BUILT(gv__lines_of_measurement, gv_measurement)
GV_NOT_BUILT(gv__line_of_samples, gv_samples_record)
GV_NOT_BUILT(gv__line_of_incident, gv_incident)
GV_NOT_BUILT(gv__line_of_ceiling, gv_ceiling)
GV_NOT_BUILT(gv__line_of_trial, gv_trial)
GV_NOT_BUILT(gv__line_of_end, gv_end_record)

#endif
