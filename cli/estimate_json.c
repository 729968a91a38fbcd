/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/command.h"
#include "cli/estimate.h"

#include <math.h>

#ifdef GV_HAVE_JANSSON
#include <jansson.h>

enum { ESTIMATE_SCHEMA = 1 };

/** null for what is absent. */
static json_t *number(double value)
{
    json_t *real = json_real(value);
    return real != NULL ? real : json_null();
}

static json_t *interval(double value, double low, double high, gv_origin origin)
{
    return json_pack("{s:o, s:o, s:o, s:s}", "value", number(value), "low", number(low), "high",
                     number(high), "origin", gv_origin_name(origin));
}

static json_t *json_views(const gv_answer *a)
{
    json_t *views = json_object();
    for (int v = 0; v < GV_VIEW_COUNT; v++) {
        const gv_view_estimate *view = &a->device.view[v];
        const gv_ratio *speedup = &a->speedup[v];
        gv_origin device = gv_answer_origin(a, (gv_view)v);
        gv_origin both = a->cpu.origin > device ? a->cpu.origin : device;
        both = a->cpu.origin == GV_ORIGIN_ABSENT ? GV_ORIGIN_ABSENT : both;
        json_object_set_new(
            views, gv_view_key((gv_view)v),
            json_pack("{s:o, s:o, s:o}", "transfer_s", number(view->transfer_s), "total_s",
                      interval(view->total_s, view->low_s, view->high_s, device), "speedup",
                      interval(speedup->value, speedup->low, speedup->high, both)));
    }
    return views;
}

static json_t *json_reasons(const gv_estimate *estimate)
{
    json_t *reasons = json_array();
    const char *text;
    for (uint32_t i = 0; (text = gv_reason_text(i)) != NULL; i++) {
        if ((estimate->reasons >> i & 1) != 0) {
            json_array_append_new(reasons, json_string(text));
        }
    }
    return reasons;
}

static json_t *json_break_even(const gv_forecast *forecast, const gv_answer *a)
{
    static const char *const kinds[] = {[GV_BREAK_EVEN_ALWAYS] = "always",
                                        [GV_BREAK_EVEN_NEVER] = "never",
                                        [GV_BREAK_EVEN_FROM] = "from",
                                        [GV_BREAK_EVEN_BETWEEN] = "between",
                                        [GV_BREAK_EVEN_UNKNOWN] = "unknown"};
    gv_break_even even;
    char text[GV_WORKLOAD_TEXT];
    if (gv_forecast_break_even(forecast, a, GV_VIEW_TRANSFERS, &even, NULL) != GV_OK) {
        return json_null();
    }
    bool from = even.kind == GV_BREAK_EVEN_FROM || even.kind == GV_BREAK_EVEN_BETWEEN;
    bool to = even.kind == GV_BREAK_EVEN_BETWEEN || even.cut;
    json_t *first = from ? json_string(gv_workload_format(&even.workload, text)) : json_null();
    json_t *last = to ? json_string(gv_workload_format(&even.last, text)) : json_null();
    return json_pack("{s:s, s:o, s:o, s:o}", "wins", kinds[even.kind], "workload", first, "scale",
                     number(from ? even.scale : NAN), "up_to", last);
}

static json_t *json_answer(const gv_forecast *forecast, const gv_answer *a)
{
    const gv_estimate *e = &a->device;
    char text[GV_WORKLOAD_TEXT];
    json_t *terms = json_pack("{s:o, s:o, s:o, s:o}", "compute_s", number(e->compute_s), "memory_s",
                              number(e->memory_s), "launch_s", number(e->launch_s), "roof_s",
                              number(e->roof_s));
    return json_pack("{s:s, s:s, s:s, s:i, s:o, s:o, s:o, s:s, s:o, s:o, s:s, s:s, s:o, s:o}",
                     "workload", gv_workload_format(&a->workload, text), "device", a->side->name,
                     "software", gv_software_key(a->side->software), "points", (int)a->side->points,
                     "call_s", interval(e->call_s, e->low_s, e->high_s, e->origin), "cpu_s",
                     interval(a->cpu.time_s, a->cpu.low_s, a->cpu.high_s, a->cpu.origin), "terms",
                     terms, "dominant", gv_term_key(e->dominant), "views", json_views(a), "wins",
                     number(a->wins), "verdict", gv_verdict_word(a->verdict), "advice",
                     gv_verdict_advice(a->verdict), "break_even", json_break_even(forecast, a),
                     "reasons", json_reasons(e));
}

static json_t *json_no_answer(const gv_no_answer *none)
{
    char text[GV_WORKLOAD_TEXT];
    return json_pack("{s:s, s:s, s:b, s:s}", "workload", gv_workload_format(&none->workload, text),
                     "device", none->side->name, "unsupported",
                     (int)(none->why.status == GV_UNSUPPORTED), "reason", none->why.text);
}

/** null where no journal knows one. */
static json_t *json_host(const gv_forecast *forecast)
{
    const gv__host *host = gv_forecast_host_times(forecast);
    const char *name = gv_forecast_host(forecast);
    return name == NULL ? json_null()
                        : json_pack("{s:s, s:i, s:i}", "name", name, "measurements",
                                    (int)host->record_count, "disturbed", (int)host->disturbed);
}

/** What was given of the link; null where nothing was. */
static json_t *json_link(const gv_cli_options *options)
{
    return isnan(options->bandwidth) && isnan(options->transfer_ms)
               ? json_null()
               : json_pack("{s:o, s:o, s:s}", "bytes_per_s", number(options->bandwidth * 1e9),
                           "transfer_s", number(options->transfer_ms / 1e3), "origin", "given");
}

int gv_cli_estimate_json(const gv_cli_options *options, const gv_forecast *forecast,
                         const gv_answers *answers)
{
    json_t *list = json_array();
    json_t *none = json_array();
    for (size_t i = 0; i < answers->count; i++) {
        json_array_append_new(list, json_answer(forecast, &answers->answers[i]));
    }
    for (size_t i = 0; i < answers->none_count; i++) {
        json_array_append_new(none, json_no_answer(&answers->none[i]));
    }
    json_t *document = json_pack(
        "{s:i, s:s, s:s, s:s, s:o, s:o, s:o, s:o}", "schema", (int)ESTIMATE_SCHEMA, "model",
        "fitted", "constants", gv_model_source(), "headline", "transfers", "host",
        json_host(forecast), "link", json_link(options), "answers", list, "unanswered", none);
    if (document == NULL ||
        json_dumpf(document, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(15)) != 0) {
        json_decref(document);
        gv_cli_say(options->verb, "the JSON object could not be written");
        return GV_EXIT_FAILED;
    }
    putchar('\n');
    json_decref(document);
    return GV_EXIT_DONE;
}
#else
int gv_cli_estimate_json(const gv_cli_options *options, const gv_forecast *forecast,
                         const gv_answers *answers)
{
    (void)forecast;
    (void)answers;
    gv_cli_say(options->verb,
               "--json: this build has no Jansson; install libjansson-dev and build again");
    return GV_EXIT_FAILED;
}
#endif
