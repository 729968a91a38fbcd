/* SPDX-License-Identifier: Apache-2.0 */
/* Several devices for one workload: which is the fastest, in each view, and from which size on. */
#include "reports/forecast_text.h"

#include "base/support.h"
#include "reports/forecast_words.h"
#include "reports/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- the tables ---- */

static int compare(const gv_answer *x, const gv_answer *y, gv_view view)
{
    double s = x->device.view[view].total_s, t = y->device.view[view].total_s;
    return (s > t) - (s < t);
}

static int by_total(const void *a, const void *b)
{
    return compare(a, b, GV_VIEW_TRANSFERS);
}

static int by_kernel(const void *a, const void *b)
{
    return compare(a, b, GV_VIEW_KERNEL_ONLY);
}

/** "25.6× (16 to 40)", the value alone where its interval is not known. */
static void put_speedup(gv_text_table *table, const gv_ratio *speedup)
{
    char value[GV_RATIO_TEXT], interval[GV_RATIO_TEXT];
    gv__times(speedup, value);
    if (isfinite(speedup->low) && isfinite(speedup->high)) {
        gv_text_table_printf(table, "%s (%s)", value, gv__times_range(speedup, interval));
    } else {
        gv_text_table_cell(table, value);
    }
}

/** "1.2 ms – 1.5 ms", "—" where it is not known. */
static void put_interval(gv_text_table *table, const gv_view_estimate *times)
{
    char low[GV_DURATION_TEXT], high[GV_DURATION_TEXT];
    if (isfinite(times->low_s) && isfinite(times->high_s)) {
        gv_text_table_printf(table, "%s – %s", gv__duration(times->low_s, low),
                             gv__duration(times->high_s, high));
    } else {
        gv_text_table_cell(table, "—");
    }
}

/** "faster (96 %)"; nothing for the last. */
static void put_order(gv_text_table *table, const gv_answer *answers, size_t i, size_t count,
                      gv_view view)
{
    if (i + 1 == count) {
        gv_text_table_cell(table, "");
        return;
    }
    double probability;
    char percent[GV_PERCENT_TEXT];
    gv_order order = gv_compare_times(gv_answer_rated(&answers[i], view),
                                      gv_answer_rated(&answers[i + 1], view), &probability);
    gv_text_table_printf(table, "%s (%s)", gv_order_word(order), gv__percent(probability, percent));
}

/** Answers in the order of one view; what is the same in every view stands in the headline's. */
static gv_status print_view(const gv_answer *answers, size_t count, gv_view view, FILE *out,
                            gv_error *err)
{
    bool headline = view == GV_VIEW_TRANSFERS;
    bool measured = false;
    char text[GV_DURATION_TEXT];
    for (size_t i = 0; i < count; i++) {
        measured = measured || answers[i].measured[view];
    }
    gv_text_table table = {0};
    gv_text_table_column(&table, "Device", GV_TEXT_LEFT);
    gv_text_table_column(&table, headline ? "Total" : "Kernel only", GV_TEXT_RIGHT);
    gv_text_table_column(&table, measured ? "Interval" : "80 % interval", GV_TEXT_RIGHT);
    gv_text_table_column(&table, measured ? "Speed-up" : "Speed-up (80 %)", GV_TEXT_RIGHT);
    gv_text_table_column(&table, "Than the next", GV_TEXT_LEFT);
    gv_text_table_minor(&table);
    gv_text_table_column(&table, "Origin", GV_TEXT_LEFT);
    gv_text_table_minor(&table);
    if (headline) {
        gv_text_table_column(&table, "Verdict", GV_TEXT_LEFT);
        gv_text_table_minor(&table);
        gv_text_table_column(&table, "Spent on", GV_TEXT_LEFT);
        gv_text_table_minor(&table);
        gv_text_table_column(&table, "Library", GV_TEXT_LEFT);
        gv_text_table_minor(&table);
    }
    for (size_t i = 0; i < count; i++) {
        const gv_answer *a = &answers[i];
        const gv_view_estimate *times = &a->device.view[view];
        gv_text_table_cell(&table, a->side->name);
        gv_text_table_cell(&table, gv__duration(times->total_s, text));
        put_interval(&table, times);
        put_speedup(&table, &a->speedup[view]);
        put_order(&table, answers, i, count, view);
        gv_text_table_cell(&table, gv_origin_name(gv_answer_origin(a, view)));
        if (headline) {
            gv_text_table_cell(&table, gv_verdict_word(a->verdict));
            gv_text_table_cell(&table, gv_term_key(a->device.dominant));
            gv_text_table_cell(&table, gv_software_key(a->side->software));
        }
    }
    gv_status status = gv_text_table_print(&table, out, 2, err);
    gv_text_table_free(&table);
    return status;
}

/* ---- from which size on ---- */

static void put_break_even(gv_text_table *table, const gv_forecast *forecast, const gv_answer *a,
                           gv_view view)
{
    gv__text text = {0};
    gv_break_even even = {.kind = GV_BREAK_EVEN_UNKNOWN, .low = NAN, .high = NAN};
    gv_forecast_break_even(forecast, a, view, &even, NULL);
    gv__wins_from(&a->workload, &even, &text);
    table->failed = table->failed || text.failed;
    gv_text_table_cell(table, text.data != NULL ? text.data : "");
    gv__text_free(&text);
}

static gv_status print_break_even(const gv_forecast *forecast, const gv_answer *answers,
                                  size_t count, FILE *out, gv_error *err)
{
    gv_text_table table = {0};
    gv_text_table_column(&table, "Beats the CPU", GV_TEXT_LEFT);
    gv_text_table_column(&table, "With transfers", GV_TEXT_LEFT);
    gv_text_table_column(&table, "Kernel only", GV_TEXT_LEFT);
    gv_text_table_minor(&table);
    for (size_t i = 0; i < count; i++) {
        gv_text_table_cell(&table, answers[i].side->name);
        put_break_even(&table, forecast, &answers[i], GV_VIEW_TRANSFERS);
        put_break_even(&table, forecast, &answers[i], GV_VIEW_KERNEL_ONLY);
    }
    gv_status status = gv_text_table_print(&table, out, 2, err);
    gv_text_table_free(&table);
    return status;
}

/* ---- what a reader must know ---- */

/** What the words of the column Library stand for, each once; and that unlike ones are compared. */
static void say_libraries(const gv_answer *answers, size_t count, FILE *out)
{
    int kinds = 0;
    for (int software = 0; software < GV_SOFTWARE_COUNT; software++) {
        for (size_t i = 0; i < count; i++) {
            if (answers[i].side->software == (gv_software)software) {
                gv__say_below(out, gv_software_key((gv_software)software), "%s.",
                              gv_software_meaning((gv_software)software));
                kinds++;
                break;
            }
        }
    }
    if (kinds > 1) {
        gv__say_below(
            out, "Mind",
            "these are unlike libraries, and the order is that of device and library together; "
            "--software opencl asks every device for the kernels that were measured.");
    }
}

static void say_link(const gv_answer *answer, FILE *out)
{
    gv__text link = {0};
    gv__forecast_add_link(answer, &link);
    if (link.length > 0) {
        gv__say_below(out, "Link", "%s.", link.data);
    }
    gv__text_free(&link);
}

/** What the intervals are where some are recorded ones, and how much the CPU's times are worth. */
static void say_intervals(const gv_forecast *forecast, const gv_answer *answers, size_t count,
                          FILE *out)
{
    bool measured = false, beside = false;
    gv__text noise = {0};
    for (size_t i = 0; i < count; i++) {
        measured = measured || answers[i].measured[GV_VIEW_TRANSFERS];
        beside = beside || answers[i].beside;
    }
    if (measured) {
        gv__say_below(out, "Intervals", "80 %%; of a measured time 95 %% of its median%s.",
                      beside
                          ? ", of its speed-up over the CPU of the same run the range of the block "
                            "ratios"
                          : "");
    }
    gv__forecast_add_noise(forecast, &noise);
    if (noise.length > 0) {
        gv__say_below(out, "Mind", "%s.", noise.data);
    }
    gv__text_free(&noise);
}

gv_status gv__forecast_print_ranking(const gv_forecast *forecast, gv_answer *answers, size_t count,
                                     FILE *out, gv_error *err)
{
    char text[GV_WORKLOAD_TEXT];
    fprintf(out, "%s\n\n", gv_workload_format(&answers[0].workload, text));
    qsort(answers, count, sizeof *answers, by_total);
    gv_status status = print_view(answers, count, GV_VIEW_TRANSFERS, out, err);
    if (status == GV_OK) {
        fputc('\n', out);
        qsort(answers, count, sizeof *answers, by_kernel);
        status = print_view(answers, count, GV_VIEW_KERNEL_ONLY, out, err);
    }
    bool host = answers[0].cpu.time_s > 0;
    if (status == GV_OK && host) {
        fputc('\n', out);
        status = print_break_even(forecast, answers, count, out, err);
    }
    if (status == GV_OK) {
        fputc('\n', out);
        say_libraries(answers, count, out);
        say_link(&answers[0], out);
        say_intervals(forecast, answers, count, out);
        if (!host) {
            gv__say_below(out, "No speed-up", "%s", gv__no_host);
        }
    }
    return status;
}
