/* SPDX-License-Identifier: Apache-2.0 */
/* Verdict: the answer in a sentence, devices by rank with a price for the buyer to fill in, charts.
 */
#include "reports/headline.h"
#include "reports/xlsx_sheet.h"

#include <math.h>

enum { SENTENCE = 1, REMARKS, ORDER, SPACE, HEADING, FIRST };

typedef enum column {
    RANK,
    DEVICE,
    DRIVER,
    MEAN,
    LOW,
    HIGH,
    KERNEL_ONLY,
    VERDICT,
    ANSWERED,
    COMMON,
    PRICE,
    PER_WORK,
    REMARK,
    COLUMNS
} column;

static const struct {
    const char *label, *unit;
    double width;
} columns[COLUMNS] = {
    [RANK] = {"Rank", "", 7},
    [DEVICE] = {"Device", "", 46},
    [DRIVER] = {"Driver", "", 38},
    [MEAN] = {"Speed-up with transfers", "×", 11},
    [LOW] = {"from", "×", 9},
    [HIGH] = {"to", "×", 9},
    [KERNEL_ONLY] = {"Speed-up, kernel only", "×", 11},
    [VERDICT] = {"Verdict", "", 13},
    [ANSWERED] = {"Workloads answered", "", 12},
    [COMMON] = {"In the mean", "", 9},
    [PRICE] = {"Price", "", 14},
    [PER_WORK] = {"Price per unit of work", "", 14},
    [REMARK] = {"Remark", "", 48},
};

#define PRICE_FORMAT "#,##0.00"

/* The geometric mean of a column of Speed-up over the common workloads. */
static void put_mean(gv__xlsx *x, lxw_row_t row, column at, uint32_t device, int number,
                     double value)
{
    char first[LXW_MAX_CELL_NAME_LENGTH], last[LXW_MAX_CELL_NAME_LENGTH], formula[96];
    lxw_col_t from = gv__xlsx_speedup_column(device, number);
    lxw_format *format = gv__xlsx_format(x, GV__ROLE_CALCULATED, gv__xlsx_ratio_format(value));
    if (!isfinite(value) || device >= gv__xlsx_speedup_devices(x)) {
        gv__xlsx_number(x, x->verdict, row, (lxw_col_t)at, value, format);
        return;
    }
    gv__xlsx_cell(first, GV__SPEEDUP_FIRST_ROW, from, false);
    gv__xlsx_cell(last, GV__SPEEDUP_FIRST_ROW + x->dataset->common_count - 1, from, false);
    snprintf(formula, sizeof(formula), "=GEOMEAN('Speed-up'!%s:%s)", first, last);
    gv__xlsx_formula(x, x->verdict, row, (lxw_col_t)at, formula, value, format);
}

static void put_price(gv__xlsx *x, lxw_row_t row)
{
    char price[LXW_MAX_CELL_NAME_LENGTH], mean[LXW_MAX_CELL_NAME_LENGTH], formula[128];
    gv__xlsx_cell(price, row, PRICE, false);
    gv__xlsx_cell(mean, row, MEAN, false);
    snprintf(formula, sizeof(formula), "=IF(AND(ISNUMBER(%s),ISNUMBER(%s)),%s/%s,\"\")", price,
             mean, price, mean);
    gv__xlsx_text(x, x->verdict, row, PRICE, NULL,
                  gv__xlsx_format(x, GV__ROLE_BUYER, PRICE_FORMAT));
    gv__xlsx_formula_text(x, x->verdict, row, PER_WORK, formula, "",
                          gv__xlsx_format(x, GV__ROLE_CALCULATED, PRICE_FORMAT));
}

static void put_rank(gv__xlsx *x, lxw_row_t row, const gv_dataset_device *device)
{
    char first[LXW_MAX_CELL_NAME_LENGTH], last[LXW_MAX_CELL_NAME_LENGTH];
    char cell[LXW_MAX_CELL_NAME_LENGTH], formula[96];
    lxw_format *format = gv__xlsx_format(x, GV__ROLE_CALCULATED, "0");
    if (device->rank == 0) {
        gv__xlsx_text(x, x->verdict, row, RANK, "–", gv__xlsx_format(x, GV__ROLE_MISSING, NULL));
        return;
    }
    gv__xlsx_cell(cell, row, MEAN, false);
    gv__xlsx_cell(first, FIRST, MEAN, true);
    gv__xlsx_cell(last, FIRST + x->dataset->ranked_count - 1, MEAN, true);
    snprintf(formula, sizeof(formula), "=RANK(%s,%s:%s)", cell, first, last);
    gv__xlsx_formula(x, x->verdict, row, RANK, formula, device->rank, format);
}

static void put_verdict(gv__xlsx *x, lxw_row_t row, double mean)
{
    char cell[LXW_MAX_CELL_NAME_LENGTH], formula[256];
    gv_verdict verdict = gv_verdict_of(mean);
    lxw_format *format = gv__xlsx_format(x, gv__xlsx_verdict_role(verdict), NULL);
    if (!isfinite(mean)) {
        gv__xlsx_text(x, x->verdict, row, VERDICT, NULL, format);
        return;
    }
    gv__xlsx_cell(cell, row, MEAN, false);
    snprintf(formula, sizeof(formula), "=IF(%s>5,\"%s\",IF(%s>=2,\"%s\",IF(%s>=1,\"%s\",\"%s\")))",
             cell, gv_verdict_word(GV_VERDICT_SIGNIFICANT), cell,
             gv_verdict_word(GV_VERDICT_NOTICEABLE), cell, gv_verdict_word(GV_VERDICT_MARGINAL),
             gv_verdict_word(GV_VERDICT_SLOWER));
    gv__xlsx_formula_text(x, x->verdict, row, VERDICT, formula, gv_verdict_word(verdict), format);
}

static void put_device(gv__xlsx *x, uint32_t index, const char *remark)
{
    const gv_dataset_device *device = &x->dataset->devices[index];
    lxw_row_t row = FIRST + index;
    uint32_t lines = gv__xlsx_lines(device->label, columns[DEVICE].width);
    uint32_t others[] = {gv__xlsx_lines(device->driver, columns[DRIVER].width),
                         gv__xlsx_lines(remark, columns[REMARK].width)};
    for (size_t i = 0; i < GV__COUNT(others); i++) {
        lines = others[i] > lines ? others[i] : lines;
    }
    gv__xlsx_row(x, x->verdict, row, lines);
    put_rank(x, row, device);
    gv__xlsx_text(x, x->verdict, row, DEVICE, device->label,
                  gv__xlsx_format(x, GV__ROLE_WRAPPED, NULL));
    gv__xlsx_text(x, x->verdict, row, DRIVER, device->driver,
                  gv__xlsx_format(x, GV__ROLE_WRAPPED, NULL));
    put_mean(x, row, MEAN, index, GV__SPEEDUP_HEADLINE, device->headline.value);
    put_mean(x, row, LOW, index, GV__SPEEDUP_LOW, device->headline.low);
    put_mean(x, row, HIGH, index, GV__SPEEDUP_HIGH, device->headline.high);
    put_mean(x, row, KERNEL_ONLY, index, GV__SPEEDUP_KERNEL_ONLY, device->kernel_only.value);
    put_verdict(x, row, device->headline.value);
    gv__xlsx_number(x, x->verdict, row, ANSWERED, device->answered,
                    gv__xlsx_format(x, GV__ROLE_FIXED, "0"));
    gv__xlsx_number(x, x->verdict, row, COMMON,
                    isfinite(device->headline.value) ? x->dataset->common_count : (double)NAN,
                    gv__xlsx_format(x, GV__ROLE_FIXED, "0"));
    put_price(x, row);
    gv__xlsx_text(x, x->verdict, row, REMARK, remark, gv__xlsx_format(x, GV__ROLE_WRAPPED, NULL));
}

/* Formulas follow cells, not records: if somebody unlocks and sorts Measurements, say so here. */
static void put_order_check(gv__xlsx *x)
{
    gv__text formula = {0};
    size_t left = x->dataset->journal->measurement_count;
    gv__text_add(&formula, "=IF(");
    for (uint32_t part = 0; part < x->measurement_sheets; part++) {
        size_t rows = left < GV__MEASUREMENTS_ROWS ? left : GV__MEASUREMENTS_ROWS;
        char name[64], first[LXW_MAX_CELL_NAME_LENGTH], last[LXW_MAX_CELL_NAME_LENGTH];
        snprintf(name, sizeof(name), part == 0 ? "Measurements" : "'Measurements %u'",
                 (unsigned)part + 1);
        gv__xlsx_cell(first, GV__MEASUREMENTS_FIRST_ROW, 0, true);
        gv__xlsx_cell(last, GV__MEASUREMENTS_FIRST_ROW + (lxw_row_t)rows - 1, 0, true);
        long long offset = (long long)part * GV__MEASUREMENTS_ROWS - GV__MEASUREMENTS_FIRST_ROW;
        gv__text_printf(&formula, "%sSUMPRODUCT(--(%s!%s:%s<>ROW(%s!%s:%s)%+lld))",
                        part > 0 ? "+" : "", name, first, last, name, first, last, offset);
        left -= rows;
    }
    static const char fine[] = "Measurements are in their original order: every formula refers to "
                               "the record it was written for.";
    gv__text_printf(
        &formula,
        "=0,\"%s\",\"MEASUREMENTS WERE SORTED: ratios no longer belong to their records. "
        "Sort them by column # again.\")",
        fine);
    if (x->dataset->journal->measurement_count > 0) {
        gv__xlsx_formula_text(x, x->verdict, ORDER, 0, formula.failed ? NULL : formula.data, fine,
                              gv__xlsx_format(x, GV__ROLE_ASIDE, NULL));
    }
    gv__text_free(&formula);
}

/* What the colours and the price columns mean. Returns the row behind it. */
static lxw_row_t put_legend(gv__xlsx *x, lxw_row_t row)
{
    static const struct {
        gv__role role;
        const char *word, *meaning;
    } roles[] = {
        {GV__ROLE_FIXED, "measured", "fixed: it comes from the journals"},
        {GV__ROLE_CALCULATED, "calculated",
         "a formula over Measurements or over what you filled in"},
        {GV__ROLE_BUYER, "yours", "to be filled in: the price of a device, in any one currency"},
    };
    for (size_t i = 0; i < GV__COUNT(roles); i++, row++) {
        gv__xlsx_text(x, x->verdict, row, DEVICE, roles[i].word,
                      gv__xlsx_format(x, roles[i].role, NULL));
        gv__xlsx_text(x, x->verdict, row, DRIVER, roles[i].meaning,
                      gv__xlsx_format(x, GV__ROLE_ASIDE, NULL));
    }
    gv__xlsx_text(x, x->verdict, row, DEVICE,
                  "Price per unit of work = price / speed-up with transfers: what is paid for the "
                  "speed of one host at this mix of workloads. Lower is better.",
                  gv__xlsx_format(x, GV__ROLE_ASIDE, NULL));
    return row + 1;
}

/* ---- charts ---- */

enum { CHART_DEVICES = 8, CHART_WORKLOADS = 30 };

static const lxw_color_t series_colours[CHART_DEVICES] = {0x2F6DB5, 0xE08A1E, 0x3E9651, 0x8E5EA2,
                                                          0xC0504D, 0x4BACC6, 0x7F7F7F, 0xB0A030};

/* Bars from 1, on a logarithmic axis: as long for twice as fast as for half as fast. */
static void dress_chart(lxw_chart *chart, const char *title, bool legend)
{
    /* Of a bar chart, x is the axis of values and lies below, y that of categories. */
    lxw_chart_font small = {.size = 9}, heading = {.size = 12, .bold = LXW_TRUE};
    lxw_chart_line pale = {.color = 0xE3E7EC, .width = 0.75};
    chart_title_set_name(chart, title);
    chart_title_set_name_font(chart, &heading);
    chart_axis_set_reverse(chart->y_axis);
    chart_axis_set_crossing_max(chart->y_axis); /* reversed, its last category lies at the bottom */
    chart_axis_set_num_font(chart->y_axis, &small);
    chart_axis_set_label_position(chart->y_axis, LXW_CHART_AXIS_LABEL_POSITION_LOW);
    chart_axis_set_log_base(chart->x_axis, 10);
    chart_axis_set_crossing(chart->x_axis, 1);
    chart_axis_set_num_format(chart->x_axis, "0.####");
    chart_axis_set_num_font(chart->x_axis, &small);
    chart_axis_major_gridlines_set_visible(chart->x_axis, LXW_TRUE);
    chart_axis_major_gridlines_set_line(chart->x_axis, &pale);
    chart_axis_major_gridlines_set_visible(chart->y_axis, LXW_FALSE);
    chart_axis_set_name(chart->x_axis,
                        "times the host's speed, with transfers; right of 1 is faster");
    chart_axis_set_name_font(chart->x_axis, &small);
    if (!legend) {
        chart_legend_set_position(chart, LXW_CHART_LEGEND_NONE);
    } else {
        chart_legend_set_position(chart, LXW_CHART_LEGEND_BOTTOM);
    }
}

static void set_colour(lxw_chart_series *series, size_t i)
{
    lxw_chart_fill fill = {.color = series_colours[i % CHART_DEVICES]};
    chart_series_set_fill(series, &fill);
    chart_series_set_invert_if_negative(series);
}

static lxw_row_t insert(gv__xlsx *x, lxw_chart *chart, lxw_row_t row, uint32_t bars)
{
    double height = 130 + 17.0 * bars, natural = 288;
    lxw_chart_options options = {.x_scale = 2.9, .y_scale = height / natural, .x_offset = 4};
    gv__xlsx_check(x, worksheet_insert_chart_opt(x->verdict, row, DEVICE, chart, &options));
    return row + (lxw_row_t)(height / 20) + 2;
}

/* One bar a ranked device: its mean. */
static lxw_row_t chart_means(gv__xlsx *x, lxw_row_t row)
{
    uint32_t shown =
        x->dataset->ranked_count < CHART_WORKLOADS ? x->dataset->ranked_count : CHART_WORKLOADS;
    lxw_chart *chart = workbook_add_chart(x->book, LXW_CHART_BAR);
    lxw_chart_series *series = chart != NULL ? chart_add_series(chart, NULL, NULL) : NULL;
    if (series == NULL) {
        x->failed = true;
        return row;
    }
    chart_series_set_categories(series, "Verdict", FIRST, DEVICE, FIRST + shown - 1, DEVICE);
    chart_series_set_values(series, "Verdict", FIRST, MEAN, FIRST + shown - 1, MEAN);
    set_colour(series, 0);
    lxw_chart_font small = {.size = 9};
    chart_series_set_labels(series);
    chart_series_set_labels_position(series, LXW_CHART_LABEL_POSITION_OUTSIDE_END);
    chart_series_set_labels_num_format(series, "0.00");
    chart_series_set_labels_font(series, &small);
    dress_chart(chart, "Mean speed-up of each device", false);
    return insert(x, chart, row, shown);
}

/* A group of bars a workload, one for each of the first devices. */
static lxw_row_t chart_workloads(gv__xlsx *x, lxw_row_t row)
{
    const gv_dataset *d = x->dataset;
    uint32_t devices = d->ranked_count < CHART_DEVICES ? d->ranked_count : CHART_DEVICES;
    uint32_t workloads = d->common_count > 0 ? d->common_count : d->workload_count;
    workloads = workloads < CHART_WORKLOADS ? workloads : CHART_WORKLOADS;
    lxw_row_t last = GV__SPEEDUP_FIRST_ROW + workloads - 1;
    lxw_chart *chart = workbook_add_chart(x->book, LXW_CHART_BAR);
    for (uint32_t i = 0; i < devices && chart != NULL; i++) {
        lxw_col_t at = gv__xlsx_speedup_column(i, GV__SPEEDUP_HEADLINE);
        lxw_chart_series *series = chart_add_series(chart, NULL, NULL);
        if (series == NULL) {
            chart = NULL;
            break;
        }
        chart_series_set_categories(series, "Speed-up", GV__SPEEDUP_FIRST_ROW, 0, last, 0);
        chart_series_set_values(series, "Speed-up", GV__SPEEDUP_FIRST_ROW, at, last, at);
        chart_series_set_name_range(series, "Verdict", FIRST + i, DEVICE);
        set_colour(series, i);
    }
    if (chart == NULL) {
        x->failed = true;
        return row;
    }
    dress_chart(chart, "Speed-up of each workload", true);
    chart_set_series_gap(chart, 60);
    return insert(x, chart, row, workloads * (devices > 2 ? devices - 1 : 1) + 2);
}

/* ---- the sheet ---- */

static void put_top(gv__xlsx *x)
{
    gv__text sentence = {0}, remarks = {0};
    gv__headline_add(x->dataset, &sentence);
    gv__headline_add_remarks(x->dataset, &remarks);
    gv__xlsx_title(x, x->verdict, "Verdict");
    gv__xlsx_check(x, worksheet_set_row(x->verdict, SENTENCE, 40, NULL));
    gv__xlsx_across(x, x->verdict, SENTENCE, 0, COLUMNS - 1, sentence.failed ? "" : sentence.data,
                    gv__xlsx_format(x, GV__ROLE_HEADLINE, NULL));
    gv__xlsx_check(x, worksheet_set_row(x->verdict, REMARKS, 32, NULL));
    gv__xlsx_across(x, x->verdict, REMARKS, 0, COLUMNS - 1,
                    remarks.failed || remarks.data == NULL ? "" : remarks.data,
                    gv__xlsx_format(x, GV__ROLE_NOTE, NULL));
    x->failed = x->failed || sentence.failed || remarks.failed;
    gv__text_free(&sentence);
    gv__text_free(&remarks);
}

/* The table of devices, what its colours mean, and the charts. */
static void put_devices(gv__xlsx *x, const gv_table *table)
{
    gv__xlsx_check(x, worksheet_set_row(x->verdict, HEADING, 66, NULL));
    for (int c = 0; c < COLUMNS; c++) {
        gv__xlsx_heading(x, x->verdict, HEADING, (lxw_col_t)c, columns[c].label, columns[c].unit);
    }
    for (uint32_t i = 0; i < x->dataset->device_count; i++) {
        const gv_cell *row = table->cells + i * table->column_count;
        put_device(x, i, row[table->column_count - 1].text); /* the remark is the last */
    }
    lxw_row_t row = put_legend(x, FIRST + x->dataset->device_count + 1) + 1;
    if (x->dataset->ranked_count > 1 && x->dataset->common_count > 0) {
        row = chart_means(x, row);
    }
    if (x->dataset->ranked_count > 0) {
        chart_workloads(x, row);
    }
}

void gv__xlsx_verdict(gv__xlsx *x)
{
    gv_table table;
    if (gv_table_make(GV_TABLE_VERDICT, x->dataset, &table, NULL) != GV_OK) {
        x->failed = true;
        return;
    }
    for (int c = 0; c < COLUMNS; c++) {
        gv__xlsx_check(x, worksheet_set_column(x->verdict, (lxw_col_t)c, (lxw_col_t)c,
                                               columns[c].width, NULL));
    }
    put_top(x);
    put_order_check(x);
    if (x->dataset->device_count > 0) {
        put_devices(x, &table);
    }
    gv__xlsx_page(x, x->verdict, HEADING, HEADING, 1);
    worksheet_fit_to_pages(x->verdict, 1, 1);
    worksheet_activate(x->verdict);
    gv_table_free(&table);
}
