/* SPDX-License-Identifier: Apache-2.0 */
/* From lines of any layout to records, by Jansson. */
#include "bench/journal_line.h"
#include "bench/journal_store.h"

#include <string.h>

#ifdef GV_HAVE_JANSSON

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* What every function below works on. */
typedef struct reader {
    struct gv__journal_store *store;
    const json_t *record;
    bool memory; /* ran out of it */
} reader;

static const char *keep(reader *r, const char *text, size_t length)
{
    const char *kept = gv__text_is_clean(text, length)
                           ? gv__journal_clean_text(r->store, text, length)
                           : gv__journal_text(r->store, text);
    r->memory = r->memory || kept == NULL;
    return kept != NULL ? kept : "";
}

/* A text of an object, "" where it is absent or no text. */
static const char *text_of(reader *r, const char *key)
{
    const json_t *value = json_object_get(r->record, key);
    return json_is_string(value) ? keep(r, json_string_value(value), json_string_length(value))
                                 : keep(r, "", 0);
}

static double number_of(const json_t *value)
{
    return json_is_number(value) ? json_number_value(value) : NAN;
}

static double positive_of(const json_t *value)
{
    double number = number_of(value);
    return number > 0 ? number : NAN;
}

static uint32_t count_of(const json_t *value)
{
    json_int_t number = json_is_integer(value) ? json_integer_value(value) : 0;
    return number < 0 ? 0 : number > UINT32_MAX ? UINT32_MAX : (uint32_t)number;
}

static uint32_t count_at(const reader *r, const char *key)
{
    return count_of(json_object_get(r->record, key));
}

static void unsound(gv__line *out, const char *fault)
{
    out->kind = GV__LINE_UNSOUND;
    gv__copy_text(out->why, sizeof out->why, fault);
}

/* ---- run and end ---- */

static void read_run(reader *r, gv__line *out)
{
    out->kind = GV__LINE_RUN;
    out->as.run = (gv_run_record){
        .run = text_of(r, "run"),
        .time = text_of(r, "time"),
        .command = text_of(r, "command"),
        .version = text_of(r, "version"),
        .suite = text_of(r, "suite"),
        .libraries = text_of(r, "libraries"),
        .kernels = text_of(r, "kernels"),
        .tuning = text_of(r, "tuning"),
        .device_memory_bytes = positive_of(json_object_get(r->record, "device_memory_bytes")),
        .seed = strtoull(text_of(r, "seed"), NULL, 10),
        .processes = count_at(r, "processes"),
    };
    if (out->as.run.run[0] == 0) {
        unsound(out, "its run is missing");
    }
}

static void read_end(reader *r, gv__line *out)
{
    double elapsed_s = number_of(json_object_get(r->record, "elapsed_s"));
    out->kind = GV__LINE_END;
    out->as.end = (gv_end_record){
        .run = text_of(r, "run"),
        .how = text_of(r, "how"),
        .elapsed_s = elapsed_s >= 0 ? elapsed_s : NAN,
    };
    if (out->as.end.run[0] == 0) {
        unsound(out, "its run is missing");
    }
}

/* ---- device and host ---- */

static void read_fact(const json_t *value, gv_fact_kind kind, gv_fact *fact)
{
    *fact = (gv_fact){.error = GV_FACT_ABSENT, .number = NAN};
    if (json_is_object(value)) {
        const json_t *code = json_object_get(value, "code");
        const json_t *name = json_object_get(value, "error");
        json_int_t number = json_is_integer(code) ? json_integer_value(code) : 0;
        if (number != 0 && number > INT32_MIN && number <= INT32_MAX) {
            fact->error = (int32_t)number;
            gv__copy_text(fact->text, sizeof fact->text,
                          json_is_string(name) ? json_string_value(name) : "");
        }
    } else if (kind == GV_KIND_TEXT && json_is_string(value)) {
        fact->error = 0;
        gv__copy_text(fact->text, sizeof fact->text, json_string_value(value));
    } else if (kind == GV_KIND_FLAG && json_is_boolean(value)) {
        fact->error = 0;
        fact->number = json_is_true(value) ? 1 : 0;
    } else if (kind != GV_KIND_TEXT && kind != GV_KIND_FLAG && number_of(value) >= 0) {
        fact->error = 0;
        fact->number = number_of(value);
    }
}

static void read_roof(const json_t *value, gv_roof *roof)
{
    const json_t *rates = json_object_get(value, "flop_per_s");
    for (int p = 0; p < GV_PRECISION_COUNT; p++) {
        roof->flop_per_s[p] =
            positive_of(json_object_get(rates, gv_precision_name((gv_precision)p)));
    }
    roof->bytes_per_s = positive_of(json_object_get(value, "bytes_per_s"));
}

static void read_events(const json_t *value, gv_event_clock *events)
{
    const json_t *text = json_object_get(value, "text");
    events->proven = json_is_true(json_object_get(value, "proven"));
    events->ratio = number_of(json_object_get(value, "ratio"));
    gv__copy_text(events->text, sizeof events->text,
                  json_is_string(text) ? json_string_value(text) : "");
}

static const gv_device *read_device_facts(reader *r, const json_t *facts, const char *key)
{
    gv_device device = {
        .index = count_at(r, "index"),
        .platform_index = count_at(r, "platform_index"),
        .device_index = count_at(r, "device_index"),
        .is_host_silicon = json_is_true(json_object_get(r->record, "host_silicon")),
    };
    gv__copy_text(device.key, sizeof device.key, key);
    for (int f = 0; f < GV_DEVICE_FACT_COUNT; f++) {
        const gv_fact_info *info = gv_device_fact_info((gv_device_fact)f);
        read_fact(json_object_get(facts, info->key), info->kind, &device.fact[f]);
    }
    return gv__journal_device(r->store, &device);
}

static const gv_host *read_host_facts(reader *r, const json_t *facts)
{
    gv_host host = {0};
    for (int f = 0; f < GV_HOST_FACT_COUNT; f++) {
        const gv_fact_info *info = gv_host_fact_info((gv_host_fact)f);
        read_fact(json_object_get(facts, info->key), info->kind, &host.fact[f]);
    }
    return gv__journal_host(r->store, &host);
}

static void read_device(reader *r, bool is_host, gv__line *out)
{
    gv_device_record *device = &out->as.device;
    const json_t *facts = json_object_get(r->record, "facts");
    out->kind = GV__LINE_DEVICE;
    *device = (gv_device_record){.run = text_of(r, "run"), .key = text_of(r, "device")};
    if (is_host) {
        device->host = read_host_facts(r, facts);
    } else {
        device->device = read_device_facts(r, facts, device->key);
    }
    read_roof(json_object_get(r->record, "roof"), &device->roof);
    read_events(json_object_get(r->record, "events"), &device->events);
    if (device->host == NULL && device->device == NULL) {
        r->memory = true;
        return;
    }
    const char *fault = gv__device_fault(device);
    if (fault != NULL) {
        unsound(out, fault);
    }
}

/* ---- measurement ---- */

/* Multiplying by 1e-6 would round twice. */
static double seconds(const json_t *microseconds)
{
    return number_of(microseconds) / 1e6;
}

static gv_time read_time(const json_t *value)
{
    gv_time time = {NAN, NAN, NAN};
    if (json_is_array(value)) {
        time.median_s = seconds(json_array_get(value, 0));
        time.low_s = seconds(json_array_get(value, 1));
        time.high_s = seconds(json_array_get(value, 2));
    }
    return time;
}

static void read_view(const json_t *value, gv_view_times *view)
{
    view->samples = count_of(json_array_get(value, 0));
    view->calls = count_of(json_array_get(value, 1));
    view->outliers = count_of(json_array_get(value, 2));
    view->min_s = seconds(json_array_get(value, 3));
    for (size_t s = 0; s < GV_STAGE_COUNT; s++) {
        view->stage[s] = read_time(json_array_get(value, 4 + s));
    }
    const json_t *range = json_array_get(value, 4 + GV_STAGE_COUNT);
    view->speedup_low = number_of(json_array_get(range, 0));
    view->speedup_high = number_of(json_array_get(range, 1));
}

static uint32_t read_flags(const json_t *list)
{
    uint32_t flags = 0;
    size_t i;
    json_t *name;
    json_array_foreach(list, i, name)
    {
        for (uint32_t bit = 0; json_is_string(name) && gv_flag_name(bit) != NULL; bit++) {
            if (strcmp(gv_flag_name(bit), json_string_value(name)) == 0) {
                flags |= UINT32_C(1) << bit;
            }
        }
    }
    return flags;
}

static void read_measurement(reader *r, gv__line *out)
{
    gv_measurement *m = &out->as.measurement;
    out->kind = GV__LINE_MEASUREMENT;
    *m = (gv_measurement){
        .run = text_of(r, "run"),
        .device = text_of(r, "device"),
        .provider = text_of(r, "provider"),
        .parameters = text_of(r, "parameters"),
        .check = text_of(r, "check"),
        .clock = text_of(r, "clock"),
        .process = count_at(r, "process"),
        .flags = read_flags(json_object_get(r->record, "flags")),
        .error_rel = number_of(json_object_get(r->record, "error_rel")),
        .bound_rel = number_of(json_object_get(r->record, "bound_rel")),
    };
    const json_t *workload = json_object_get(r->record, "workload");
    bool memory = false;
    m->workload = json_is_string(workload)
                      ? gv__journal_workload(r->store, json_string_value(workload),
                                             json_string_length(workload), &memory)
                      : NULL;
    r->memory = r->memory || memory;
    if (m->workload == NULL) {
        unsound(out, GV__NOT_MEASURABLE);
        return;
    }
    const json_t *costs = json_object_get(r->record, "cost_s");
    for (int c = 0; c < GV_COST_COUNT; c++) {
        m->cost_s[c] = number_of(json_object_get(costs, gv_cost_key((gv_cost)c)));
    }
    const json_t *views = json_object_get(r->record, "views_us");
    for (int v = 0; v < GV_VIEW_COUNT; v++) {
        read_view(json_object_get(views, gv_view_key((gv_view)v)), &m->view[v]);
    }
    const char *fault = gv__measurement_fault(m);
    if (fault != NULL) {
        unsound(out, fault);
    }
}

/* ---- trial ---- */

static void read_trial(reader *r, gv__line *out)
{
    gv_trial *trial = &out->as.trial;
    out->kind = GV__LINE_TRIAL;
    *trial = (gv_trial){
        .run = text_of(r, "run"),
        .device = text_of(r, "device"),
        .provider = text_of(r, "provider"),
        .workload = text_of(r, "workload"),
        .parameters = text_of(r, "parameters"),
        .process = count_at(r, "process"),
        .call_s = number_of(json_object_get(r->record, "call_s")),
        .earlier = json_is_true(json_object_get(r->record, "earlier")),
    };
    const char *fault = gv__trial_fault(trial);
    if (fault != NULL) {
        unsound(out, fault);
    }
}

/* ---- rejected, unsupported, failure ---- */

static void read_incident(reader *r, gv_incident_kind kind, gv__line *out)
{
    gv_incident *incident = &out->as.incident;
    out->kind = GV__LINE_INCIDENT;
    *incident = (gv_incident){
        .kind = kind,
        .run = text_of(r, "run"),
        .device = text_of(r, "device"),
        .provider = text_of(r, "provider"),
        .workload = text_of(r, "workload"),
        .doing = text_of(r, "doing"),
        .what = text_of(r, "what"),
        .replaced = text_of(r, "replaced_by"),
        .process = count_at(r, "process"),
    };
    const char *fault = gv__incident_fault(incident);
    if (fault != NULL) {
        unsound(out, fault);
    }
}

static void read_rejected(reader *r, gv__line *out)
{
    const char *reason = text_of(r, "reason");
    for (int k = GV_INCIDENT_WRONG_RESULT; k <= GV_INCIDENT_ABOVE_ROOF; k++) {
        if (strcmp(reason, gv_incident_kind_key((gv_incident_kind)k)) == 0) {
            read_incident(r, (gv_incident_kind)k, out);
            return;
        }
    }
    unsound(out, "the reason of its rejection is none that is known");
}

/* ---- ceiling ---- */

static void read_ceiling(reader *r, gv__line *out)
{
    gv_ceiling *c = &out->as.ceiling;
    const char *key = text_of(r, "ceiling");
    const char *precision = text_of(r, "precision");
    int kind = 0;
    while (kind < GV_CEILING_KIND_COUNT &&
           strcmp(key, gv_ceiling_key((gv_ceiling_kind)kind)) != 0) {
        kind++;
    }
    if (kind == GV_CEILING_KIND_COUNT) {
        out->kind = GV__LINE_UNKNOWN;
        snprintf(out->why, sizeof out->why, "a ceiling of the unknown kind \"%.60s\"", key);
        return;
    }
    out->kind = GV__LINE_CEILING;
    *c = (gv_ceiling){
        .run = text_of(r, "run"),
        .device = text_of(r, "device"),
        .process = count_at(r, "process"),
        .kind = (gv_ceiling_kind)kind,
        .width = count_at(r, "width"),
        .median = number_of(json_object_get(r->record, "median")),
        .low = number_of(json_object_get(r->record, "low")),
        .high = number_of(json_object_get(r->record, "high")),
        .best = number_of(json_object_get(r->record, "best")),
        .samples = count_at(r, "samples"),
        .outliers = count_at(r, "outliers"),
        .bytes = number_of(json_object_get(r->record, "bytes")),
        .variant = text_of(r, "variant"),
        .check = text_of(r, "check"),
        .power_w = number_of(json_object_get(r->record, "power_w")),
        .power_source = text_of(r, "power_source"),
    };
    int p = 0;
    while (c->width > 0 && p < GV_PRECISION_COUNT &&
           strcmp(precision, gv_precision_name((gv_precision)p)) != 0) {
        p++;
    }
    c->precision = (gv_precision)p;
    const char *fault =
        p == GV_PRECISION_COUNT ? "its precision is none that is known" : gv__ceiling_fault(c);
    if (fault != NULL) {
        unsound(out, fault);
    }
}

/* ---- any ---- */

static void read_type(reader *r, const char *type, gv__line *out)
{
    if (strcmp(type, "measurement") == 0) {
        read_measurement(r, out);
    } else if (strcmp(type, "samples") == 0) {
        out->kind = GV__LINE_SAMPLES;
    } else if (strcmp(type, "run") == 0) {
        read_run(r, out);
    } else if (strcmp(type, "device") == 0 || strcmp(type, "host") == 0) {
        read_device(r, type[0] == 'h', out);
    } else if (strcmp(type, "rejected") == 0) {
        read_rejected(r, out);
    } else if (strcmp(type, "unsupported") == 0) {
        read_incident(r, GV_INCIDENT_UNSUPPORTED, out);
    } else if (strcmp(type, "failure") == 0) {
        read_incident(r, GV_INCIDENT_FAILURE, out);
    } else if (strcmp(type, "ceiling") == 0) {
        read_ceiling(r, out);
    } else if (strcmp(type, "trial") == 0) {
        read_trial(r, out);
    } else if (strcmp(type, "end") == 0) {
        read_end(r, out);
    } else {
        out->kind = GV__LINE_UNKNOWN;
        gv__text shown = {0};
        gv__text_add_clean(&shown, type);
        snprintf(out->why, sizeof out->why, "a record of the unknown type \"%.60s\"",
                 shown.data != NULL ? shown.data : "");
        gv__text_free(&shown);
    }
}

void gv__line_read(struct gv__journal_store *store, const char *text, size_t length, gv__line *out)
{
    *out = (gv__line){.kind = GV__LINE_BROKEN};
    json_error_t problem;
    json_t *record = json_loadb(text, length, JSON_REJECT_DUPLICATES, &problem);
    if (record == NULL) {
        /* Not the parser's own words: they quote the line, which may hold anything. */
        snprintf(out->why, sizeof out->why, "no JSON from its byte %d on", problem.position);
        return;
    }
    const json_t *schema = json_object_get(record, "schema");
    const json_t *type = json_object_get(record, "type");
    if (!json_is_integer(schema) || !json_is_string(type)) {
        out->kind = GV__LINE_FOREIGN;
    } else if (json_integer_value(schema) != GV_JOURNAL_SCHEMA) {
        out->kind = GV__LINE_SCHEMA;
        out->schema = json_integer_value(schema);
    } else {
        reader r = {.store = store, .record = record};
        read_type(&r, json_string_value(type), out);
        if (r.memory) {
            out->kind = GV__LINE_MEMORY;
        }
    }
    json_decref(record);
}

#else /* without Jansson */

void gv__line_read(struct gv__journal_store *store, const char *text, size_t length, gv__line *out)
{
    (void)store;
    (void)text;
    (void)length;
    *out = (gv__line){.kind = GV__LINE_BROKEN};
}

#endif
