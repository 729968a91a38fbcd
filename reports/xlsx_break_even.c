/* SPDX-License-Identifier: Apache-2.0 */
/* Break-even: at which sizes each device beats the host. A row an operation with the answers, two
 * charts of each, and the curves that the charts draw, with speed-ups as formulas over their times.
 */
#include "reports/crossings.h"
#include "reports/text.h"
#include "reports/xlsx_sheet.h"

#include <math.h>
#include <string.h>

enum { ABOUT = 1, HOW, GROUP = 4, HEADING, FIRST };
/* Before the devices' columns. */
enum { OPERATION, SIZE, HOST, DEVICES };
/* Of one device, in the answers and in the curves below them. */
enum { TRANSFERS, TRANSFERS_RANGE, KERNEL_ONLY, KERNEL_ONLY_RANGE, COLUMNS };
enum { TOTAL_MS = TRANSFERS, CALL_MS, SPEEDUP, SPEEDUP_KERNEL };

/* What can still be read, on a page and in a chart. */
enum {
    DEVICES_MOST = 8,
    DEVICES_A_PAGE = 2,
    CHART_ROWS = 18,
    CHART_WIDTH = 620,
    CHART_HEIGHT = 350
};

enum { RANGE_WIDTH = 25 }; /* "every size up to 16,384", "≈ every size to 1,090,000" */

#define TIME_FORMAT "[<1]0.0000;[<100]0.000;#,##0.0"

static const lxw_color_t colours[DEVICES_MOST] = {0x2F6DB5, 0xE08A1E, 0x3E9651, 0x8E5EA2,
                                                  0xC0504D, 0x4BACC6, 0x7F7F7F, 0xB0A030};

/** The crossings as a grid of operations and devices. */
typedef struct grid {
    const gv_crossing *cell[GV_GROWTHS][DEVICES_MOST]; /**< NULL: not asked */
    const gv_crossing *any[GV_GROWTHS];                /**< one of the operation's */
    const gv_growth *growth[GV_GROWTHS];
    uint32_t device[DEVICES_MOST]; /**< among the dataset's */
    uint32_t growths, devices;
} grid;

static grid lay_out(const gv_dataset *d)
{
    grid g = {.growths = 0};
    for (uint32_t i = 0; i < d->crossing_count; i++) {
        const gv_crossing *c = &d->crossings[i];
        uint32_t row = 0;
        if (g.devices == 0 || g.device[g.devices - 1] != c->device) {
            if (g.devices == DEVICES_MOST) {
                break; /* they come in the order of devices */
            }
            g.device[g.devices++] = c->device;
        }
        while (row < g.growths && g.growth[row] != c->growth) {
            row++;
        }
        g.growth[row] = c->growth;
        g.any[row] = c;
        g.growths += row == g.growths;
        g.cell[row][g.devices - 1] = c;
    }
    return g;
}

static lxw_col_t column_of(uint32_t device, int number)
{
    return (lxw_col_t)(DEVICES + device * COLUMNS + (uint32_t)number);
}

/** The row of an operation's charts; of the operation behind the last, what is below them all. */
static lxw_row_t charts_row(const grid *g, uint32_t growth)
{
    return FIRST + g->growths + 1 + growth * CHART_ROWS;
}

/** The heading of an operation's curve. */
static lxw_row_t curve_heading(const grid *g, uint32_t growth)
{
    return charts_row(g, g->growths) + 1 + growth * (GV_CURVE_POINTS + 3) + 1;
}

/* ---- the answers ---- */

/** "NVIDIA A100: calibrated, modelled": a device, with the origins of its times in the operations
 * from `first` to before `end`. */
static void add_name(const gv__xlsx *x, const grid *g, uint32_t i, uint32_t first, uint32_t end,
                     gv__text *text)
{
    bool told[GV_ORIGIN_COUNT] = {false};
    const char *gap = ": ";
    gv__text_add(text, x->dataset->devices[g->device[i]].label);
    for (uint32_t r = first; r < end; r++) {
        const gv_crossing *c = g->cell[r][i];
        if (c != NULL && !told[c->origin]) {
            told[c->origin] = true;
            gv__text_printf(text, "%s%s", gap, gv_origin_name(c->origin));
            gap = ", ";
        }
    }
}

/** The names of the devices over their columns. */
static void put_devices(gv__xlsx *x, const grid *g, lxw_row_t row, const char *about,
                        uint32_t first, uint32_t end)
{
    lxw_format *format = gv__xlsx_format(x, GV__ROLE_GROUP, NULL);
    gv__xlsx_row(x, x->break_even, row, 2);
    for (int c = 0; c < DEVICES; c++) {
        gv__xlsx_text(x, x->break_even, row, (lxw_col_t)c, c == 0 ? about : NULL, format);
    }
    for (uint32_t i = 0; i < g->devices; i++) {
        gv__text name = {0};
        add_name(x, g, i, first, end, &name);
        x->failed = x->failed || name.failed;
        gv__xlsx_across(x, x->break_even, row, column_of(i, 0), column_of(i, COLUMNS - 1),
                        name.failed ? "" : name.data, format);
        gv__text_free(&name);
    }
}

/** "every size", "no size", "120", "607,000": an end of an interval, three digits of it. */
static void add_end(gv__text *text, double scale, double unit)
{
    char grouped[GV__GROUPED];
    if (scale > 0 && isfinite(scale)) {
        double size = scale * unit;
        double digit = pow(10, fmax(floor(log10(size)) - 2, 0));
        if (size < 10) {
            gv__text_printf(text, "%.2g", size);
        } else {
            gv__text_add(text, gv__grouped(round(size / digit) * digit, grouped));
        }
    } else {
        gv__text_add(text, scale == 0 ? "every size" : "no size");
    }
}

static void put_view(gv__xlsx *x, lxw_row_t row, lxw_col_t at, const gv_crossing *c,
                     const gv_break_even *even)
{
    gv__role role = gv__xlsx_origin_role(c->origin);
    char words[GV_CROSSING_TEXT];
    gv__text range = {0};
    if (even->kind == GV_BREAK_EVEN_FROM) {
        gv__xlsx_number(x, x->break_even, row, at, gv_growth_size(&even->workload),
                        gv__xlsx_format(x, role, "#,##0"));
    } else {
        const char *text = gv_crossing_text(even, words);
        text += strncmp(text, "at ", 3) == 0 ? 3 : 0; /* "every size" */
        gv__xlsx_text(x, x->break_even, row, at, text, gv__xlsx_format(x, role, NULL));
    }
    if (even->low < even->high) {
        double unit = c->points[GV_CURVE_POINTS / 2].size;
        gv__text_add(&range, "≈ ");
        add_end(&range, even->low, unit);
        gv__text_add(&range, " to ");
        add_end(&range, even->high, unit);
    }
    gv__xlsx_text(x, x->break_even, row, (lxw_col_t)(at + 1), range.data,
                  gv__xlsx_format(x, role, NULL));
    x->failed = x->failed || range.failed;
    gv__text_free(&range);
}

/** Crossings are of devices over one host. */
static void add_host(const gv__xlsx *x, const grid *g, gv__text *text)
{
    uint32_t host = x->dataset->devices[g->device[0]].host;
    gv__text_add(text, "At which sizes the device beats the host");
    if (host != GV__NONE) {
        gv__text_printf(text, ", %s", x->dataset->hosts[host].label);
    }
}

static void put_answers(gv__xlsx *x, const grid *g)
{
    gv__text about = {0};
    static const char *const headings[COLUMNS] = {"Wins, with transfers", "80 % interval",
                                                  "Wins, kernel only", "80 % interval"};
    add_host(x, g, &about);
    put_devices(x, g, GROUP, about.failed ? "" : about.data, 0, g->growths);
    x->failed = x->failed || about.failed;
    gv__text_free(&about);
    gv__xlsx_check(x, worksheet_set_row(x->break_even, HEADING, 50, NULL));
    gv__xlsx_heading(x, x->break_even, HEADING, OPERATION, "Operation", "");
    gv__xlsx_heading(x, x->break_even, HEADING, SIZE, "A size counts", "");
    gv__xlsx_heading(x, x->break_even, HEADING, HOST, "", "");
    for (lxw_col_t c = DEVICES; c < column_of(g->devices, 0); c++) {
        gv__xlsx_heading(x, x->break_even, HEADING, c, headings[(c - DEVICES) % COLUMNS], "");
    }
    for (uint32_t r = 0; r < g->growths; r++) {
        lxw_format *plain = gv__xlsx_format(x, GV__ROLE_WRAPPED, NULL);
        gv__xlsx_text(x, x->break_even, FIRST + r, OPERATION, g->growth[r]->title, plain);
        gv__xlsx_text(x, x->break_even, FIRST + r, SIZE, g->growth[r]->size, plain);
        gv__xlsx_text(x, x->break_even, FIRST + r, HOST, NULL, plain);
        for (uint32_t i = 0; i < g->devices; i++) {
            const gv_crossing *c = g->cell[r][i];
            if (c != NULL) {
                put_view(x, FIRST + r, column_of(i, TRANSFERS), c, &c->transfers);
                put_view(x, FIRST + r, column_of(i, KERNEL_ONLY), c, &c->kernel_only);
            }
        }
    }
}

/* ---- the curves ---- */

/** A speed-up as a formula over the row's times. */
static void put_ratio(gv__xlsx *x, lxw_row_t row, lxw_col_t at, lxw_col_t time, double value,
                      gv__role role)
{
    char host[LXW_MAX_CELL_NAME_LENGTH], own[LXW_MAX_CELL_NAME_LENGTH], formula[80];
    lxw_format *format = gv__xlsx_format(x, role, gv__xlsx_rough_ratio(value));
    if (!isfinite(value)) {
        gv__xlsx_number(x, x->break_even, row, at, value, format);
        return;
    }
    gv__xlsx_cell(host, row, HOST, false);
    gv__xlsx_cell(own, row, time, false);
    snprintf(formula, sizeof formula, "=%s/%s", host, own);
    gv__xlsx_formula(x, x->break_even, row, at, formula, value, format);
}

static void put_point(gv__xlsx *x, lxw_row_t row, const grid *g, uint32_t r, int i)
{
    char text[GV_WORKLOAD_TEXT];
    const gv_curve_point *host = &g->any[r]->points[i]; /* the same for all devices */
    gv__xlsx_text(x, x->break_even, row, OPERATION, gv_workload_format(&host->workload, text),
                  gv__xlsx_format(x, GV__ROLE_WRAPPED, NULL));
    gv__xlsx_number(x, x->break_even, row, SIZE, host->size,
                    gv__xlsx_format(x, GV__ROLE_FIXED, "#,##0"));
    gv__role of_host = host->host_origin == GV_ORIGIN_MEASURED
                           ? GV__ROLE_FIXED
                           : gv__xlsx_origin_role(host->host_origin);
    gv__xlsx_number(x, x->break_even, row, HOST, host->host_s * 1e3,
                    gv__xlsx_format(x, of_host, TIME_FORMAT));
    for (uint32_t d = 0; d < g->devices; d++) {
        if (g->cell[r][d] == NULL) {
            continue;
        }
        const gv_curve_point *p = &g->cell[r][d]->points[i];
        gv__role role = gv__xlsx_origin_role(g->cell[r][d]->origin);
        lxw_col_t total = column_of(d, TOTAL_MS), call = column_of(d, CALL_MS);
        gv__xlsx_number(x, x->break_even, row, total, p->total_s * 1e3,
                        gv__xlsx_format(x, role, gv__xlsx_rough_time(p->total_s * 1e3)));
        gv__xlsx_number(x, x->break_even, row, call, p->call_s * 1e3,
                        gv__xlsx_format(x, role, gv__xlsx_rough_time(p->call_s * 1e3)));
        put_ratio(x, row, column_of(d, SPEEDUP), total, p->host_s / p->total_s, role);
        put_ratio(x, row, column_of(d, SPEEDUP_KERNEL), call, p->host_s / p->call_s, role);
    }
}

static void put_curve(gv__xlsx *x, const grid *g, uint32_t r)
{
    static const struct {
        const char *label, *unit;
    } headings[COLUMNS] = {[TOTAL_MS] = {"With transfers", "ms"},
                           [CALL_MS] = {"Kernel only", "ms"},
                           [SPEEDUP] = {"Speed-up with transfers", "×"},
                           [SPEEDUP_KERNEL] = {"Speed-up, kernel only", "×"}};
    lxw_row_t heading = curve_heading(g, r);
    put_devices(x, g, heading - 1, g->growth[r]->title, r, r + 1);
    gv__xlsx_check(x, worksheet_set_row(x->break_even, heading, 50, NULL));
    gv__xlsx_heading(x, x->break_even, heading, OPERATION, "Workload", "");
    gv__xlsx_heading(x, x->break_even, heading, SIZE, g->growth[r]->size, "");
    gv__xlsx_heading(x, x->break_even, heading, HOST, "Host", "ms");
    for (lxw_col_t c = DEVICES; c < column_of(g->devices, 0); c++) {
        int number = (c - DEVICES) % COLUMNS;
        gv__xlsx_heading(x, x->break_even, heading, c, headings[number].label,
                         headings[number].unit);
    }
    for (int i = 0; i < GV_CURVE_POINTS; i++) {
        put_point(x, heading + 1 + (lxw_row_t)i, g, r, i);
    }
}

/* ---- the charts ---- */

/* Sizes lie on the line of a speed-up of 1: what is above it is faster. */
static void dress(gv__xlsx *x, lxw_chart *chart, const gv_growth *growth, bool transfers)
{
    gv__text title = {0};
    lxw_chart_font small = {.size = 9}, heading = {.size = 12, .bold = LXW_TRUE};
    lxw_chart_line pale = {.color = 0xE3E7EC, .width = 0.75},
                   even = {.color = 0x1F2933, .width = 1.5};
    gv__text_printf(&title, "%s, %s", growth->title, transfers ? "with transfers" : "kernel only");
    chart_title_set_name(chart, title.failed ? growth->title : title.data);
    x->failed = x->failed || title.failed;
    gv__text_free(&title);
    chart_title_set_name_font(chart, &heading);
    chart_axis_set_log_base(chart->x_axis, 10);
    chart_axis_set_log_base(chart->y_axis, 10);
    chart_axis_set_crossing(chart->y_axis, 1);
    chart_axis_set_label_position(chart->x_axis, LXW_CHART_AXIS_LABEL_POSITION_LOW);
    chart_axis_set_line(chart->x_axis, &even);
    chart_axis_set_num_format(chart->x_axis, "#,##0");
    chart_axis_set_num_format(chart->y_axis, "0.####");
    chart_axis_set_num_font(chart->x_axis, &small);
    chart_axis_set_num_font(chart->y_axis, &small);
    chart_axis_set_name(chart->x_axis, growth->size);
    chart_axis_set_name(chart->y_axis, "times the host's speed");
    chart_axis_set_name_font(chart->x_axis, &small);
    chart_axis_set_name_font(chart->y_axis, &small);
    chart_axis_major_gridlines_set_line(chart->y_axis, &pale);
    chart_legend_set_position(chart, LXW_CHART_LEGEND_BOTTOM);
}

/** Dashed where the device was never run. */
static void add_curve(gv__xlsx *x, lxw_chart *chart, const grid *g, uint32_t r, uint32_t device,
                      bool transfers)
{
    lxw_row_t heading = curve_heading(g, r), last = heading + GV_CURVE_POINTS;
    lxw_col_t at = column_of(device, transfers ? SPEEDUP : SPEEDUP_KERNEL);
    lxw_chart_series *series = chart_add_series(chart, NULL, NULL);
    bool modelled = g->cell[r][device]->origin == GV_ORIGIN_MODELLED;
    lxw_chart_line line = {
        .color = colours[device], .width = 2, .dash_type = modelled ? LXW_CHART_LINE_DASH_DASH : 0};
    if (series == NULL) {
        x->failed = true;
        return;
    }
    chart_series_set_categories(series, "Break-even", heading + 1, SIZE, last, SIZE);
    chart_series_set_values(series, "Break-even", heading + 1, at, last, at);
    chart_series_set_name_range(series, "Break-even", heading - 1, column_of(device, 0));
    chart_series_set_line(series, &line);
}

/** Beside the columns that each page repeats. With transfers at the left, kernel only at its right:
 * where the link decides, devices are alike at the left. */
static void put_chart(gv__xlsx *x, const grid *g, uint32_t r, bool transfers)
{
    lxw_chart *chart = workbook_add_chart(x->book, LXW_CHART_SCATTER_STRAIGHT);
    lxw_chart_options place = {.x_offset = transfers ? 4 : 4 + CHART_WIDTH + 12,
                               .x_scale = CHART_WIDTH / 480.0,
                               .y_scale = CHART_HEIGHT / 288.0};
    if (chart == NULL) {
        x->failed = true;
        return;
    }
    for (uint32_t i = 0; i < g->devices; i++) {
        if (g->cell[r][i] != NULL) {
            add_curve(x, chart, g, r, i, transfers);
        }
    }
    dress(x, chart, g->growth[r], transfers);
    gv__xlsx_check(
        x, worksheet_insert_chart_opt(x->break_even, charts_row(g, r), DEVICES, chart, &place));
}

/* ---- the sheet ---- */

static void put_top(gv__xlsx *x, const grid *g)
{
    static const char of_models[] =
        "At which sizes each device beats the host by more than 5 %, f32, as the models say: "
        "corrected by all that was measured of a device (calibrated), or from its data sheet alone "
        "(modelled, dashed).";
    static const char no_host[] =
        "No host was measured that a ranked device could beat: `gpuverdict run --device host` "
        "measures one.";
    gv__text how = {0};
    bool any = g->devices > 0;
    gv__xlsx_title(x, x->break_even, "Break-even");
    gv__xlsx_text(x, x->break_even, ABOUT, 0, any ? of_models : no_host,
                  gv__xlsx_format(x, GV__ROLE_ASIDE, NULL));
    if (any) {
        gv__text_add(
            &how, "A curve that rises through the line at 1 is level with the host there; "
                  "the answers want 5 % more. Up to a size: larger ones are too far from all that "
                  "was measured of the device, or there it does not win. Times are the models' at "
                  "the data "
                  "sheets as they came; what is changed in Estimates does not move "
                  "them.");
        if (g->device[g->devices - 1] !=
            x->dataset->crossings[x->dataset->crossing_count - 1].device) {
            gv__text_printf(&how, " The first %u devices: --csv has them all.",
                            (unsigned)g->devices);
        }
        gv__xlsx_text(x, x->break_even, HOW, 0, how.failed ? NULL : how.data,
                      gv__xlsx_format(x, GV__ROLE_ASIDE, NULL));
    }
    x->failed = x->failed || how.failed;
    gv__text_free(&how);
}

/** So many whole devices a page, beside the names of the operations; the answers and charts of all
 * operations on one, their curves on the next. */
static void set_pages(gv__xlsx *x, const grid *g)
{
    enum { PERCENT = 38 };
    lxw_row_t curves[] = {charts_row(g, g->growths), 0};
    lxw_col_t breaks[DEVICES_MOST + 1] = {0};
    for (uint32_t d = DEVICES_A_PAGE, i = 0; d < g->devices; d += DEVICES_A_PAGE, i++) {
        breaks[i] = column_of(d, 0);
    }
    worksheet_freeze_panes(x->break_even, 0, 1);
    gv__xlsx_page(x, x->break_even, 0, 0, 1);
    if (g->devices > 0) {
        worksheet_set_print_scale(x->break_even, PERCENT);
        gv__xlsx_check(x, worksheet_repeat_columns(x->break_even, OPERATION, HOST));
        gv__xlsx_check(x, worksheet_set_h_pagebreaks(x->break_even, curves));
    }
    if (breaks[0] > 0) {
        gv__xlsx_check(x, worksheet_set_v_pagebreaks(x->break_even, breaks));
    }
}

void gv__xlsx_break_even(gv__xlsx *x)
{
    grid g = lay_out(x->dataset);
    lxw_col_t last = column_of(g.devices, 0);
    gv__xlsx_check(x, worksheet_set_column(x->break_even, OPERATION, OPERATION, 52, NULL));
    gv__xlsx_check(x, worksheet_set_column(x->break_even, SIZE, SIZE, 17, NULL));
    gv__xlsx_check(x, worksheet_set_column(x->break_even, HOST, HOST, 11, NULL));
    for (lxw_col_t c = DEVICES; c < last; c++) {
        gv__xlsx_check(x, worksheet_set_column(x->break_even, c, c, RANGE_WIDTH, NULL));
    }
    put_top(x, &g);
    if (g.devices > 0) {
        put_answers(x, &g);
    }
    for (uint32_t r = 0; r < g.growths; r++) {
        put_chart(x, &g, r, true);
        put_chart(x, &g, r, false);
    }
    for (uint32_t r = 0; r < g.growths; r++) {
        put_curve(x, &g, r);
    }
    set_pages(x, &g);
}
