/* SPDX-License-Identifier: Apache-2.0 */
/* The charts of Verdict. What was not measured is hatched, and every device's range is drawn. */
#include "reports/basis.h"
#include "reports/estimates.h"
#include "reports/xlsx_verdict.h"

#include <math.h>
#include <stdlib.h>

/* What fits onto one printed page that can still be read: devices and bars of a chart, bars' worth
 * of height, rows of the sheet; and charts that somebody still looks through. */
enum { CHART_DEVICES = 8, CHART_BARS = 30, CHART_HEIGHT = 60, PAGE_ROWS = 88, CHARTS = 12 };

static const lxw_color_t series_colours[CHART_DEVICES] = {0x2F6DB5, 0xE08A1E, 0x3E9651, 0x8E5EA2,
                                                          0xC0504D, 0x4BACC6, 0x7F7F7F, 0xB0A030};

/* ---- what the charts draw ---- */

static const gv_origin origins[] = {GV_ORIGIN_MEASURED, GV_ORIGIN_CALIBRATED, GV_ORIGIN_MODELLED};

static lxw_col_t below_column(gv_origin origin)
{
    return (lxw_col_t)(GV__VERDICT_BELOW + 2 * ((int)origin - (int)GV_ORIGIN_MEASURED));
}

void gv__xlsx_verdict_chart_headings(gv__xlsx *x)
{
    static const char *const parts[] = {"below", "above"};
    const lxw_row_t row = GV__VERDICT_FIRST - 1;
    gv__xlsx_heading(x, x->verdict, row, GV__VERDICT_NAME, "For the charts: device and origin", "");
    gv__xlsx_heading(x, x->verdict, row, GV__VERDICT_LABEL, "Device, origin and value", "");
    gv__xlsx_heading(x, x->verdict, row, GV__VERDICT_BASE, "Start of its range", "");
    for (size_t o = 0; o < GV__COUNT(origins); o++) {
        for (size_t part = 0; part < GV__COUNT(parts); part++) {
            gv__text label = {0};
            gv__text_printf(&label, "%s, %s its value", gv_origin_name(origins[o]), parts[part]);
            gv__xlsx_heading(x, x->verdict, row, (lxw_col_t)(below_column(origins[o]) + part),
                             label.failed ? "" : label.data, "");
            gv__text_free(&label);
        }
    }
}

/* A range without ends is drawn as a tick of this relative width either side of the value. */
#define TICK "0.01"

static void put_number(gv__xlsx *x, lxw_row_t row, lxw_col_t at, const char *formula, double value)
{
    gv__xlsx_formula(x, x->verdict, row, at, formula, value,
                     gv__xlsx_format(x, GV__ROLE_CALCULATED, "0.000"));
}

void gv__xlsx_verdict_chart_row(gv__xlsx *x, uint32_t device)
{
    const gv_dataset_device *d = &x->dataset->devices[device];
    const gv_ratio *mean = &d->headline;
    const lxw_row_t row = GV__VERDICT_FIRST + device;
    lxw_format *text = gv__xlsx_format(x, GV__ROLE_CALCULATED, NULL);
    char name[LXW_MAX_CELL_NAME_LENGTH], origin[LXW_MAX_CELL_NAME_LENGTH];
    char value[LXW_MAX_CELL_NAME_LENGTH], low[LXW_MAX_CELL_NAME_LENGTH];
    char high[LXW_MAX_CELL_NAME_LENGTH], base[LXW_MAX_CELL_NAME_LENGTH], formula[160];
    gv__text shown = {0}, basis = {0}, joined = {0};
    gv__xlsx_cell(name, row, GV__VERDICT_DEVICE, false);
    gv__xlsx_cell(origin, row, GV__VERDICT_ORIGIN, false);
    gv__xlsx_cell(value, row, GV__VERDICT_MEAN, false);
    gv__xlsx_cell(low, row, GV__VERDICT_LOW, false);
    gv__xlsx_cell(high, row, GV__VERDICT_HIGH, false);
    gv__xlsx_cell(base, row, GV__VERDICT_BASE, false);
    gv__text_printf(&shown, "%s: ", d->label);
    gv_dataset_add_origins(d, &shown);
    gv__basis_add(x->dataset, d, &basis);
    gv__text_add(&shown, basis.data != NULL ? basis.data : "");
    gv__text_printf(&joined, "=%s&\": \"&%s", name, origin);
    if (basis.length > 0) {
        gv__text_add(&joined, "&");
        gv__xlsx_literal(&joined, basis.data);
    }
    gv__xlsx_formula_text(x, x->verdict, row, GV__VERDICT_NAME, joined.failed ? NULL : joined.data,
                          shown.data, text);
    x->failed = x->failed || basis.failed;
    gv__text_free(&basis);
    gv__text_free(&joined);
    if (!isfinite(mean->value)) {
        gv__text_free(&shown);
        return;
    }
    int decimals = mean->value < 0.1 ? 3 : mean->value < 10 ? 2 : 1;
    gv__text_printf(&shown, ", %.*f×", decimals, mean->value);
    gv__xlsx_cell(name, row, GV__VERDICT_NAME, false);
    snprintf(formula, sizeof formula,
             "=%s&IF(ISNUMBER(%s),\", \"&FIXED(%s,IF(%s<0.1,3,IF(%s<10,2,1)),TRUE)&\"×\",\": –\")",
             name, value, value, value, value);
    gv__xlsx_formula_text(x, x->verdict, row, GV__VERDICT_LABEL, formula, shown.data, text);
    x->failed = x->failed || shown.failed;
    gv__text_free(&shown);
    lxw_col_t at = below_column(d->origin);
    double start = isfinite(mean->low) ? mean->low : mean->value * (1 - 0.01);
    double end = isfinite(mean->high) ? mean->high : mean->value * (1 + 0.01);
    snprintf(formula, sizeof formula, "=IF(ISNUMBER(%s),IF(ISNUMBER(%s),%s,%s*(1-" TICK ")),\"\")",
             value, low, low, value);
    put_number(x, row, GV__VERDICT_BASE, formula, start);
    snprintf(formula, sizeof formula, "=IF(ISNUMBER(%s),%s-%s,\"\")", value, value, base);
    put_number(x, row, at, formula, mean->value - start);
    snprintf(formula, sizeof formula,
             "=IF(ISNUMBER(%s),IF(ISNUMBER(%s),%s,%s*(1+" TICK "))-%s,\"\")", value, high, high,
             value, value);
    put_number(x, row, at + 1, formula, end - mean->value);
}

/* ---- their looks ---- */

static void dress_chart(lxw_chart *chart, const char *title)
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
    chart_axis_set_num_format(chart->x_axis, "0.####");
    chart_axis_set_num_font(chart->x_axis, &small);
    chart_axis_major_gridlines_set_visible(chart->x_axis, LXW_TRUE);
    chart_axis_major_gridlines_set_line(chart->x_axis, &pale);
    chart_axis_major_gridlines_set_visible(chart->y_axis, LXW_FALSE);
    chart_axis_set_name(chart->x_axis,
                        "times the host's speed, with transfers; right of 1 is faster");
    chart_axis_set_name_font(chart->x_axis, &small);
    chart_legend_set_position(chart, LXW_CHART_LEGEND_BOTTOM);
}

/** Solid where it was measured, hatched where it was not. */
static void fill(lxw_chart_series *series, gv_origin origin, lxw_color_t colour, lxw_color_t ground)
{
    lxw_chart_fill solid = {.color = colour};
    lxw_chart_line outline = {.color = colour, .width = 0.75};
    lxw_chart_pattern hatch = {.fg_color = colour,
                               .bg_color = ground,
                               .type = origin == GV_ORIGIN_MODELLED
                                           ? LXW_CHART_PATTERN_WIDE_UPWARD_DIAGONAL
                                           : LXW_CHART_PATTERN_NARROW_HORIZONTAL};
    if (origin == GV_ORIGIN_MEASURED) {
        chart_series_set_fill(series, &solid);
    } else {
        chart_series_set_pattern(series, &hatch);
        chart_series_set_line(series, &outline);
    }
    chart_series_set_invert_if_negative(series);
}

static lxw_row_t insert(gv__xlsx *x, lxw_chart *chart, lxw_row_t row, uint32_t bars)
{
    double height = 170 + 20.0 * bars, natural = 288;
    lxw_chart_options options = {.x_scale = 2.9, .y_scale = height / natural, .x_offset = 4};
    gv__xlsx_check(
        x, worksheet_insert_chart_opt(x->verdict, row, GV__VERDICT_DEVICE, chart, &options));
    return row + (lxw_row_t)(height / 20) + 2;
}

static lxw_chart_series *add_series(gv__xlsx *x, lxw_chart *chart)
{
    lxw_chart_series *series = chart != NULL ? chart_add_series(chart, NULL, NULL) : NULL;
    x->failed = x->failed || series == NULL;
    return series;
}

/* ---- the range of each device ---- */

static lxw_chart_series *add_range(gv__xlsx *x, lxw_chart *chart, uint32_t shown, int column)
{
    const lxw_row_t first = GV__VERDICT_FIRST, last = first + shown - 1;
    lxw_chart_series *series = add_series(x, chart);
    if (series != NULL) {
        chart_series_set_categories(series, "Verdict", first, GV__VERDICT_LABEL, last,
                                    GV__VERDICT_LABEL);
        chart_series_set_values(series, "Verdict", first, (lxw_col_t)column, last,
                                (lxw_col_t)column);
    }
    return series;
}

/** Ranges close to each other are told apart on a linear axis, others on a logarithmic one that
 * begins with the decade below the lowest. */
static void scale_ranges(lxw_chart *chart, const gv_dataset *d, uint32_t shown)
{
    enum { CLOSE = 16 };
    double least = 1, most = 1;
    for (uint32_t i = 0; i < shown; i++) {
        const gv_ratio *mean = &d->devices[i].headline;
        least = fmin(least, isfinite(mean->low) ? mean->low : mean->value);
        most = fmax(most, isfinite(mean->high) ? mean->high : mean->value);
    }
    if (most / least < CLOSE) {
        chart_axis_set_min(chart->x_axis, 0);
    } else {
        chart_axis_set_log_base(chart->x_axis, 10);
        chart_axis_set_min(chart->x_axis, pow(10, floor(log10(least * 0.98))));
    }
}

/* Only the parts below the values stand in the legend, one for each origin that occurs. */
static lxw_row_t chart_ranges(gv__xlsx *x, lxw_row_t row)
{
    static const struct {
        const char *name;
        lxw_color_t colour, paler;
    } looks[] = {{"measured: mean of the ranges of block ratios", 0x2F6DB5, 0x9DBFE4},
                 {"calibrated: mean of 80 % intervals", 0x1F8A7A, 0x9ED3CA},
                 {"modelled, never run: mean of 80 % intervals", 0xC8731A, 0xF0C48F}};
    const gv_dataset *d = x->dataset;
    uint32_t shown = d->ranked_count < CHART_BARS ? d->ranked_count : CHART_BARS;
    lxw_chart *chart = workbook_add_chart(x->book, LXW_CHART_BAR_STACKED);
    int16_t unnamed[2 * GV__COUNT(origins) + 1] = {0};
    int16_t count = 1, hidden = 1;
    lxw_chart_series *base = add_range(x, chart, shown, GV__VERDICT_BASE);
    if (base == NULL) {
        return row;
    }
    lxw_chart_fill nothing = {.none = LXW_TRUE};
    chart_series_set_fill(base, &nothing);
    for (size_t o = 0; o < GV__COUNT(origins); o++) {
        bool occurs = false;
        for (uint32_t i = 0; i < shown; i++) {
            occurs = occurs || d->devices[i].origin == origins[o];
        }
        int column = below_column(origins[o]);
        lxw_chart_series *below = occurs ? add_range(x, chart, shown, column) : NULL;
        lxw_chart_series *above = occurs ? add_range(x, chart, shown, column + 1) : NULL;
        if (below != NULL && above != NULL) {
            chart_series_set_name(below, looks[o].name);
            fill(below, origins[o], looks[o].colour, 0xFFFFFF);
            fill(above, origins[o], looks[o].paler, 0xFFFFFF);
            unnamed[hidden++] = (int16_t)(count + 1);
            count = (int16_t)(count + 2);
        }
    }
    unnamed[hidden] = -1;
    dress_chart(chart,
                "Mean speed-up of each device: its range; the value is where the shades meet");
    scale_ranges(chart, d, shown);
    chart_set_series_gap(chart, 60);
    gv__xlsx_check(x, chart_legend_delete_series(chart, unnamed));
    return insert(x, chart, row, shown);
}

/* ---- every workload ---- */

/** The workloads of one chart. */
typedef struct part {
    uint32_t first, count, of; /**< of so many */
    uint32_t devices;
} part;

/** Hatch the bars of a series that were not measured, where others of it were. */
static void hatch_points(gv__xlsx *x, lxw_chart_series *series, uint32_t device, const part *p,
                         lxw_color_t colour)
{
    lxw_chart_pattern hatch = {
        .fg_color = colour, .bg_color = 0xFFFFFF, .type = LXW_CHART_PATTERN_NARROW_HORIZONTAL};
    lxw_chart_fill solid = {.color = colour};
    lxw_chart_point run = {.fill = &solid}, estimated = {.pattern = &hatch};
    lxw_chart_point *points[CHART_BARS + 1] = {NULL};
    for (uint32_t w = 0; w < p->count; w++) {
        const gv_dataset_pair *pair = gv_dataset_find(x->dataset, device, p->first + w);
        points[w] = pair != NULL && pair->estimated != NULL ? &estimated : &run;
    }
    gv__xlsx_check(x, chart_series_set_points(series, points));
}

static void add_device(gv__xlsx *x, lxw_chart *chart, uint32_t device, const part *p)
{
    const gv_dataset_device *d = &x->dataset->devices[device];
    lxw_col_t at = gv__xlsx_speedup_column(device, GV__SPEEDUP_HEADLINE);
    lxw_col_t names = gv__xlsx_speedup_names(x);
    lxw_row_t first = GV__SPEEDUP_FIRST_ROW + p->first, last = first + p->count - 1;
    lxw_chart_series *series = add_series(x, chart);
    gv_origin origin = d->origins[GV_ORIGIN_MEASURED] > 0 ? GV_ORIGIN_MEASURED : d->origin;
    if (series == NULL) {
        return;
    }
    chart_series_set_categories(series, "Speed-up", first, names, last, names);
    chart_series_set_values(series, "Speed-up", first, at, last, at);
    chart_series_set_name_range(series, "Verdict", GV__VERDICT_FIRST + device, GV__VERDICT_NAME);
    fill(series, origin, series_colours[device], 0xFFFFFF);
    if (origin != d->origin) {
        hatch_points(x, series, device, p, series_colours[device]);
    }
}

/** The names of the devices in their colours, in the order of the bars: spreadsheets do not agree
 * on that of a legend beside an axis from top to bottom. Returns the row behind them. */
static lxw_row_t put_key(gv__xlsx *x, lxw_row_t row, uint32_t devices)
{
    for (uint32_t i = 0; i < devices; i++) {
        lxw_format *format = workbook_add_format(x->book);
        char name[LXW_MAX_CELL_NAME_LENGTH], formula[64];
        gv__text shown = {0};
        if (format == NULL) {
            x->failed = true;
            return row;
        }
        format_set_bold(format);
        format_set_font_color(format, series_colours[i]);
        gv__text_printf(&shown, "■ %s: ", x->dataset->devices[i].label);
        gv_dataset_add_origins(&x->dataset->devices[i], &shown);
        gv__basis_add(x->dataset, &x->dataset->devices[i], &shown);
        gv__xlsx_cell(name, GV__VERDICT_FIRST + i, GV__VERDICT_NAME, false);
        snprintf(formula, sizeof formula, "=\"■ \"&%s", name);
        gv__xlsx_formula_text(x, x->verdict, row++, GV__VERDICT_DEVICE, formula,
                              shown.failed ? "" : shown.data, format);
        x->failed = x->failed || shown.failed;
        gv__text_free(&shown);
    }
    return row;
}

static void add_title(const gv__xlsx *x, const part *p, gv__text *text)
{
    gv__text_add(text, "Speed-up of each workload");
    if (p->count < p->of) {
        gv__text_printf(text, ", %u to %u of %u", (unsigned)p->first + 1,
                        (unsigned)(p->first + p->count), (unsigned)p->of);
    }
    gv__text_add(text,
                 gv_dataset_has_estimates(x->dataset) ? ": hatched bars were not measured" : "");
}

static uint32_t height_of(const part *p)
{
    return p->count * (p->devices > 2 ? p->devices - 1 : 1) + 2;
}

/* A group of bars a workload, one for each of the first devices. */
static lxw_row_t chart_part(gv__xlsx *x, lxw_row_t row, const part *p)
{
    lxw_chart *chart = workbook_add_chart(x->book, LXW_CHART_BAR);
    gv__text title = {0};
    if (chart == NULL) {
        x->failed = true;
        return row;
    }
    for (uint32_t i = 0; i < p->devices; i++) {
        add_device(x, chart, i, p);
    }
    add_title(x, p, &title);
    x->failed = x->failed || title.failed;
    dress_chart(chart, title.failed ? "" : title.data);
    gv__text_free(&title);
    chart_legend_set_position(chart, LXW_CHART_LEGEND_NONE);
    /* On a logarithmic axis twice as fast is as long as half as fast. */
    chart_axis_set_log_base(chart->x_axis, 10);
    chart_axis_set_crossing(chart->x_axis, 1); /* bars from 1, to either side */
    chart_set_series_gap(chart, 60);
    return insert(x, chart, put_key(x, row, p->devices), height_of(p));
}

/* All workloads, as many to a chart as a page takes, and each chart on one page. */
static lxw_row_t chart_workloads(gv__xlsx *x, lxw_row_t row)
{
    const gv_dataset *d = x->dataset;
    part p = {.of = d->common_count > 0 ? d->common_count : d->workload_count,
              .devices = d->ranked_count < CHART_DEVICES ? d->ranked_count : CHART_DEVICES};
    uint32_t most = (CHART_HEIGHT - 2) / (p.devices > 2 ? p.devices - 1 : 1);
    most = most < CHART_BARS ? most : CHART_BARS;
    uint32_t charts = (p.of + most - 1) / most;
    const uint32_t each = (p.of + charts - 1) / charts;
    lxw_row_t breaks[CHARTS + 1] = {0}, page = 0;
    uint32_t count = 0;
    for (uint32_t i = 0; i < CHARTS && i * each < p.of; i++) {
        p.first = i * each;
        p.count = p.of - p.first < each ? p.of - p.first : each;
        if (row + p.devices + 9 + height_of(&p) > page + PAGE_ROWS) {
            breaks[count++] = page = row;
        }
        row = chart_part(x, row, &p);
    }
    if (count > 0) {
        gv__xlsx_check(x, worksheet_set_h_pagebreaks(x->verdict, breaks));
    }
    return row;
}

lxw_row_t gv__xlsx_verdict_charts(gv__xlsx *x, lxw_row_t row)
{
    gv__xlsx_check(
        x, worksheet_set_column(x->verdict, GV__VERDICT_COLUMNS, GV__VERDICT_COLUMNS, 4, NULL));
    gv__xlsx_check(x,
                   worksheet_set_column(x->verdict, GV__VERDICT_NAME, GV__VERDICT_LABEL, 44, NULL));
    gv__xlsx_check(
        x, worksheet_set_column(x->verdict, GV__VERDICT_BASE, GV__VERDICT_ALL - 1, 12, NULL));
    if (x->dataset->ranked_count > 1 && x->dataset->common_count > 0) {
        row = chart_ranges(x, row);
    }
    if (x->dataset->ranked_count > 0) {
        row = chart_workloads(x, row);
    }
    return row;
}
