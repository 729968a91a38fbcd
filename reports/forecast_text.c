/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/forecast_text.h"

#include "base/support.h"
#include "reports/forecast_words.h"
#include "reports/text.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

const char gv__no_host[] = "the CPU's time is not known. Measure it here with `gpuverdict run "
                           "--device host`, and give the journal by --calibrate.";

static void say(FILE *out, size_t indent, const char *label, const char *format, va_list arguments)
    GV__PRINTF(4, 0);

static void say(FILE *out, size_t indent, const char *label, const char *format, va_list arguments)
{
    char text[1024];
    /* Version 14 of the analyzer forgets va_start() where it looks at several files in one run. */
    vsnprintf(text, sizeof text, format, arguments); // NOLINT(clang-analyzer-valist.Uninitialized)
    fprintf(out, "%*s%s: ", (int)indent, "", label);
    gv_text_paragraph(out, text, indent + gv_text_width(label) + 2, indent + 2, GV_TEXT_COLUMNS);
}

void gv__say(FILE *out, const char *label, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say(out, 0, label, format, arguments);
    va_end(arguments);
}

void gv__say_below(FILE *out, const char *label, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say(out, 2, label, format, arguments);
    va_end(arguments);
}

void gv__forecast_add_reasons(const gv_estimate *estimate, gv__text *text)
{
    const char *reason, *gap = "";
    for (uint32_t i = 0; (reason = gv_reason_text(i)) != NULL; i++) {
        if ((estimate->reasons >> i & 1) != 0) {
            gv__text_printf(text, "%s%s", gap, reason);
            gap = "; ";
        }
    }
}

/* ---- tables and bars ---- */

static void time_row(gv_text_table *table, const char *name, double device_s, double cpu_s)
{
    char text[GV_DURATION_TEXT];
    gv_text_table_cell(table, name);
    gv_text_table_cell(table, gv__duration(device_s, text));
    gv_text_table_cell(table, gv__duration(cpu_s, text));
}

/** Whether an interval is one that was recorded, and not the model's 80 %. */
static bool is_measured(const gv_answer *a)
{
    return a->measured[GV_VIEW_TRANSFERS] || a->cpu.origin == GV_ORIGIN_MEASURED;
}

static gv_status print_times(const gv_answer *a, FILE *out, gv_error *err)
{
    const gv_view_estimate *view = &a->device.view[GV_VIEW_TRANSFERS];
    gv_text_table table = {0};
    gv_text_table_column(&table, "", GV_TEXT_LEFT);
    gv_text_table_column(&table, "Device", GV_TEXT_RIGHT);
    gv_text_table_column(&table, "CPU", GV_TEXT_RIGHT);
    time_row(&table, "Computation", a->device.call_s, a->cpu.time_s);
    time_row(&table, "Transfer", view->transfer_s, NAN);
    time_row(&table, "Total", view->total_s, a->cpu.time_s);
    time_row(&table, is_measured(a) ? "  from" : "  80 % from", view->low_s, a->cpu.low_s);
    time_row(&table, "  to", view->high_s, a->cpu.high_s);
    gv_status status = gv_text_table_print(&table, out, 2, err);
    gv_text_table_free(&table);
    return status;
}

static void print_bars(const gv_answer *a, FILE *out)
{
    const gv_view_estimate *view = &a->device.view[GV_VIEW_TRANSFERS];
    const struct {
        const char *label;
        double value, low, high;
    } bars[] = {{"Device", a->device.call_s, a->device.low_s, a->device.high_s},
                {"Transfer", view->transfer_s, NAN, NAN},
                {"Total device", view->total_s, view->low_s, view->high_s},
                {"CPU", a->cpu.time_s, a->cpu.low_s, a->cpu.high_s}};
    char text[GV__COUNT(bars)][4 * GV_DURATION_TEXT];
    gv_text_bar drawn[GV__COUNT(bars)];
    for (size_t i = 0; i < GV__COUNT(bars); i++) {
        char value[GV_DURATION_TEXT], low[GV_DURATION_TEXT], high[GV_DURATION_TEXT];
        gv__duration(bars[i].value, value);
        if (isfinite(bars[i].low) && isfinite(bars[i].high)) {
            snprintf(text[i], sizeof text[i], "%s (%s to %s)", value,
                     gv__duration(bars[i].low, low), gv__duration(bars[i].high, high));
        } else {
            snprintf(text[i], sizeof text[i], "%s", value);
        }
        drawn[i] = (gv_text_bar){bars[i].label, bars[i].value, text[i]};
    }
    gv_text_bars(out, drawn, GV__COUNT(bars), 2);
}

static bool has_weights(gv_op op)
{
    return op == GV_OP_DENSE || op == GV_OP_CONV2D;
}

static gv_status print_speedups(const gv_answer *a, FILE *out, gv_error *err)
{
    gv_text_table table = {0};
    gv_text_table_column(&table, "Speed-up over the CPU", GV_TEXT_LEFT);
    gv_text_table_column(&table, "Value", GV_TEXT_RIGHT);
    gv_text_table_column(&table, a->beside ? "Interval" : "80 % interval", GV_TEXT_RIGHT);
    for (int v = 0; v < GV_VIEW_COUNT; v++) {
        char text[GV_RATIO_TEXT];
        if (v == GV_VIEW_WEIGHTS_RESIDENT && !has_weights(a->workload.op)) {
            continue;
        }
        gv_text_table_printf(&table, "%s%s", gv_view_label((gv_view)v),
                             v == GV_VIEW_TRANSFERS ? " (headline)" : "");
        gv_text_table_cell(&table, gv__times(&a->speedup[v], text));
        gv_text_table_cell(&table, gv__times_range(&a->speedup[v], text));
    }
    gv_status status = gv_text_table_print(&table, out, 2, err);
    gv_text_table_free(&table);
    return status;
}

/* ---- sentences ---- */

static void say_verdict(const gv_answer *a, FILE *out)
{
    const gv_ratio *headline = &a->speedup[GV_VIEW_TRANSFERS];
    char value[GV_RATIO_TEXT], percent[GV_PERCENT_TEXT];
    if (!(headline->value > 0)) {
        gv__say(out, "Verdict", "none: %s", gv__no_host);
        return;
    }
    gv_verdict low = gv_verdict_of(headline->low), high = gv_verdict_of(headline->high);
    gv__say(out, "Verdict", "%s (%s with transfers): %s.", gv_verdict_word(a->verdict),
            gv__times(headline, value), gv_verdict_advice(a->verdict));
    if (!isfinite(headline->low)) {
        gv__say(out, "How sure", "too few blocks were measured for an interval.");
    } else if (low != high) {
        gv__say(out, "How sure",
                "the interval reaches from %s to %s; the device is the faster one with a "
                "probability of %s.",
                gv_verdict_word(low), gv_verdict_word(high), gv__percent(a->wins, percent));
    } else {
        gv__say(out, "How sure", "the whole interval says so.");
    }
}

/** Of custom work that runs on one lane for most of the time, more lanes lessen nothing. */
static bool is_serial(const gv_answer *a)
{
    gv_workload parallel = a->workload;
    gv_estimate estimate;
    if (parallel.op != GV_OP_CUSTOM || a->device.dominant != GV_TERM_COMPUTE) {
        return false;
    }
    parallel.as.custom.parallel = 1;
    return gv_model_estimate(a->side->model, &parallel, &estimate, NULL) == GV_OK &&
           estimate.compute_s < 0.5 * a->device.compute_s;
}

/** Why a call takes another time than its parts by the data sheet: what measurements corrected. */
static void add_correction(const gv_answer *a, gv__text *text)
{
    const char *measured = a->side->measured_as != NULL ? a->side->measured_as : a->side->lent_by;
    double times = a->device.call_s / a->device.uncorrected_s;
    char sheet[GV_DURATION_TEXT];
    if (measured != NULL && fabs(log(times)) > 0.05) {
        gv__text_printf(text,
                        " Compute, memory and launch together are %s by the data sheet; "
                        "measurements of %s ask %.2g times that.",
                        gv__duration(a->device.uncorrected_s, sheet),
                        a->side->measured_as != NULL ? "this device" : measured, times);
    }
}

static void say_dominant(const gv_answer *a, FILE *out)
{
    const gv_estimate *e = &a->device;
    gv__text correction = {0};
    char compute[GV_DURATION_TEXT], memory[GV_DURATION_TEXT], launch[GV_DURATION_TEXT],
        transfer[GV_DURATION_TEXT];
    add_correction(a, &correction);
    gv__say(out, "Spent on",
            "mostly %s. Alone each would take: compute %s, memory %s, launch %s, transfer "
            "%s.%s What lessens it: %s.",
            gv_term_key(e->dominant), gv__duration(e->compute_s, compute),
            gv__duration(e->memory_s, memory), gv__duration(e->launch_s, launch),
            gv__duration(e->view[GV_VIEW_TRANSFERS].transfer_s, transfer),
            correction.length > 0 ? correction.data : "",
            is_serial(a) ? "making more of it parallel; what is not runs on one lane"
                         : gv_term_remedy(e->dominant));
    gv__text_free(&correction);
}

static void say_break_even(const gv_forecast *forecast, const gv_answer *a, FILE *out)
{
    static const gv_view views[] = {GV_VIEW_TRANSFERS, GV_VIEW_KERNEL_ONLY};
    gv__text text = {0};
    for (size_t i = 0; i < GV__COUNT(views); i++) {
        gv_break_even even;
        if (gv_forecast_break_even(forecast, a, views[i], &even, NULL) == GV_OK) {
            gv__text_printf(&text, "%s%s ", i > 0 ? "; " : "", gv_view_label(views[i]));
            gv__wins_from(&a->workload, &even, &text);
        }
    }
    gv__say(out, "The device wins", "%s.", text.data != NULL ? text.data : "unknown");
    gv__text_free(&text);
}

static void say_changes(const gv_answer *a, FILE *out)
{
    gv__text text = {0};
    const gv_ratio *headline = &a->speedup[GV_VIEW_TRANSFERS];
    if (!(headline->value > 0)) {
        return;
    }
    for (int v = 0; v < GV_VIEW_COUNT; v++) {
        gv_verdict other = gv_verdict_of(a->speedup[v].value);
        char value[GV_RATIO_TEXT];
        if (other != a->verdict && (v != GV_VIEW_WEIGHTS_RESIDENT || has_weights(a->workload.op))) {
            gv__text_printf(&text, "%s it is %s (%s); ", gv_view_label((gv_view)v),
                            gv_verdict_word(other), gv__times(&a->speedup[v], value));
        }
    }
    char factor[GV_RATIO_TEXT];
    gv__text_printf(&text, "a CPU %s as fast would draw level", gv__times(headline, factor));
    gv__say(out, "What would change it", "%s.", text.data != NULL ? text.data : "nothing known");
    gv__text_free(&text);
}

void gv__forecast_add_link(const gv_answer *a, gv__text *text)
{
    double rate = a->side->options.link_bytes_per_s, transfer_s = a->side->options.transfer_s;
    char time[GV_DURATION_TEXT];
    if (!isnan(transfer_s)) {
        gv__text_printf(text,
                        "a call's transfers take %s there and back whatever its size, as given",
                        gv__duration(transfer_s, time));
    }
    if (!isnan(rate) && isnan(transfer_s)) {
        gv__text_printf(text, "%.4g GB/s each way, as given", rate / 1e9);
    } else if (!isnan(rate)) {
        double bytes =
            gv_workload_bytes_in(&a->workload, false) + gv_workload_bytes_out(&a->workload);
        gv__text_printf(text, "; its data alone would take %s at the %.4g GB/s given",
                        gv__duration(bytes / rate, time), rate / 1e9);
    }
}

static void say_link(const gv_answer *a, FILE *out)
{
    gv__text link = {0};
    gv__forecast_add_link(a, &link);
    if (link.length > 0) {
        gv__say(out, "Link", "%s.", link.data);
    }
    gv__text_free(&link);
}

static void say_intervals(const gv_answer *a, FILE *out)
{
    if (is_measured(a)) {
        gv__say(out, "Intervals", "95 %% of the median of a measured time%s; 80 %% of the rest.",
                a->beside ? ", the range of the block ratios of a measured speed-up" : "");
    }
}

void gv__forecast_add_noise(const gv_forecast *forecast, gv__text *text)
{
    const gv__host *host = gv_forecast_host_times(forecast);
    if (host->disturbed > 0) {
        gv__text_printf(text,
                        "%zu of %zu measurements of this host are noisy, unsteady or throttled: "
                        "repeat them on a quiet machine",
                        host->disturbed, host->record_count);
    }
}

static void say_cpu(const gv_forecast *forecast, const gv_answer *a, FILE *out)
{
    gv__text noise = {0};
    if (a->cpu.origin == GV_ORIGIN_ABSENT) {
        return;
    }
    gv__forecast_add_noise(forecast, &noise);
    gv__say(out, "Origin of the CPU's time", "%s%s (%s)%s%s.", gv_origin_name(a->cpu.origin),
            a->beside ? " beside the device" : "", gv_forecast_host(forecast),
            noise.length > 0 ? "; " : "", noise.length > 0 ? noise.data : "");
    gv__text_free(&noise);
}

static void say_origins(const gv_forecast *forecast, const gv_answer *a, FILE *out)
{
    const gv_side *side = a->side;
    gv__text reasons = {0};
    if (a->device.origin == GV_ORIGIN_MEASURED) {
        gv__say(out, "Origin of the device's times", "measured on %s%s.", side->measured_as,
                a->measured[GV_VIEW_PINNED] ? "" : "; what was not is calibrated");
    } else if (a->measured[GV_VIEW_TRANSFERS]) {
        gv__say(out, "Origin of the device's times",
                "the total was measured; its parts, which overlap in work in pieces, are %s.",
                gv_origin_name(a->device.origin));
    } else if (side->device != GV__NONE && side->measured_as == NULL) {
        gv__say(out, "Origin of the device's times",
                "%s from %s and what the journal's probes found of it, with no workload timed; it "
                "speaks of %s.",
                gv_origin_name(a->device.origin),
                side->spec.source[0] != 0 ? "its data sheet" : "what its driver tells",
                gv_software_meaning(side->software));
    } else if (side->measured_as != NULL) {
        gv__say(out, "Origin of the device's times",
                "%s by %zu measurements of %s; it speaks of %s.", gv_origin_name(a->device.origin),
                side->points, side->measured_as, gv_software_meaning(side->software));
    } else {
        gv__say(out, "Origin of the device's times",
                "%s from a data sheet (%s, %s), never run; it speaks of %s%s%s.",
                gv_origin_name(a->device.origin),
                side->spec.source[0] != 0 ? side->spec.source : "yours",
                side->spec.date[0] != 0 ? side->spec.date : "no date",
                gv_software_meaning(side->software),
                side->lent_by != NULL ? "; corrected by what was measured on " : "",
                side->lent_by != NULL ? side->lent_by : "");
    }
    if (side->spec.flag[0] != 0) {
        gv__say(out, "Remarks on the data sheet", "%s.", side->spec.flag);
    }
    gv__forecast_add_reasons(&a->device, &reasons);
    if (reasons.length > 0) {
        gv__say(out, "The interval is wider because", "%s.", reasons.data);
    }
    gv__text_free(&reasons);
    say_cpu(forecast, a, out);
}

gv_status gv__forecast_print(const gv_forecast *forecast, const gv_answer *answer, FILE *out,
                             gv_error *err)
{
    char text[GV_WORKLOAD_TEXT];
    fprintf(out, "%s on %s: %s\n\n", gv_workload_format(&answer->workload, text),
            answer->side->name, gv_origin_name(gv_answer_origin(answer, GV_VIEW_TRANSFERS)));
    gv_status status = print_times(answer, out, err);
    if (status == GV_OK) {
        fputc('\n', out);
        print_bars(answer, out);
        fputc('\n', out);
        status = print_speedups(answer, out, err);
    }
    if (status != GV_OK) {
        return status;
    }
    fputc('\n', out);
    say_verdict(answer, out);
    say_dominant(answer, out);
    say_break_even(forecast, answer, out);
    say_changes(answer, out);
    say_link(answer, out);
    say_intervals(answer, out);
    say_origins(forecast, answer, out);
    return GV_OK;
}

/* ---- the arithmetic ---- */

gv_status gv__forecast_explain(const gv_answer *answer, FILE *out, gv_error *err)
{
    enum { STEPS = 40 };
    gv_step steps[STEPS];
    size_t count = 0;
    gv_status status =
        gv_model_explain(answer->side->model, &answer->workload, steps, STEPS, &count, err);
    if (status != GV_OK) {
        return status;
    }
    gv_text_table table = {0};
    gv_text_table_column(&table, "Step", GV_TEXT_LEFT);
    gv_text_table_column(&table, "Value", GV_TEXT_RIGHT);
    gv_text_table_column(&table, "Unit", GV_TEXT_LEFT);
    gv_text_table_column(&table, "How", GV_TEXT_LEFT);
    gv_text_table_minor(&table);
    for (size_t i = 0; i < count && i < STEPS; i++) {
        gv_text_table_cell(&table, steps[i].name);
        gv_text_table_printf(&table, "%.4g", steps[i].value);
        gv_text_table_cell(&table, steps[i].unit);
        gv_text_table_cell(&table, steps[i].how);
    }
    if (answer->measured[GV_VIEW_KERNEL_ONLY]) {
        gv_text_table_cell(&table, "measured call");
        gv_text_table_printf(&table, "%.4g", answer->device.call_s);
        gv_text_table_cell(&table, "s");
        gv_text_table_printf(&table, "stands in the place of the call: %.3g times the modelled one",
                             answer->device.call_s / answer->device.uncorrected_s);
    }
    fprintf(out, "\nArithmetic%s\n",
            gv_answer_origin(answer, GV_VIEW_TRANSFERS) == GV_ORIGIN_MEASURED
                ? " of the model, whose figures were replaced by measured ones"
                : "");
    status = gv_text_table_print(&table, out, 2, err);
    gv_text_table_free(&table);
    return status;
}
