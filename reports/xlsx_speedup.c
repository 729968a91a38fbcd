/* SPDX-License-Identifier: Apache-2.0 */
/* Speed-up: workloads by devices. The times of a cell are formulas over the records of its
 * processes, or over Estimates; the speed-ups over these times. */
#include "reports/basis.h"
#include "reports/brief.h"
#include "reports/estimates.h"
#include "reports/xlsx_inputs.h"

#include <math.h>

enum { ABOUT = 1, LEGEND, SPACE, GROUP, HEADING };
enum { WORKLOAD_WIDTH = 46 };
_Static_assert(HEADING + 1 == GV__SPEEDUP_FIRST_ROW, "the workloads follow the headings");

#define TIME_FORMAT   "[<1]0.0000;[<100]0.000;#,##0.0"
#define WEIGHT_FORMAT "0.##"

static const struct {
    const char *label, *unit;
    double width;
} columns[GV__SPEEDUP_COLUMNS] = {
    [GV__SPEEDUP_HOST] = {"Host", "ms", 11},
    [GV__SPEEDUP_TRANSFERS] = {"With transfers", "ms", 11},
    [GV__SPEEDUP_KERNEL] = {"Kernel only", "ms", 11},
    [GV__SPEEDUP_HEADLINE] = {"Speed-up with transfers", "×", 11},
    [GV__SPEEDUP_LOW] = {"from", "×", 8},
    [GV__SPEEDUP_HIGH] = {"to", "×", 8},
    [GV__SPEEDUP_KERNEL_ONLY] = {"Speed-up, kernel only", "×", 11},
    [GV__SPEEDUP_KERNEL_ONLY_LOW] = {"from", "×", 8},
    [GV__SPEEDUP_KERNEL_ONLY_HIGH] = {"to", "×", 8},
    [GV__SPEEDUP_ROOF] = {"Of the roof", "see Method", 9},
};

uint32_t gv__xlsx_speedup_devices(const gv__xlsx *x)
{
    uint32_t room = (LXW_COL_MAX - GV__SPEEDUP_FIRST_COLUMN - 2) / GV__SPEEDUP_COLUMNS;
    return x->dataset->device_count < room ? x->dataset->device_count : room;
}

lxw_col_t gv__xlsx_speedup_column(uint32_t device, int number)
{
    return (lxw_col_t)(GV__SPEEDUP_FIRST_COLUMN + device * GV__SPEEDUP_COLUMNS + (uint32_t)number);
}

lxw_col_t gv__xlsx_speedup_names(const gv__xlsx *x)
{
    return (lxw_col_t)(gv__xlsx_speedup_column(gv__xlsx_speedup_devices(x), 0) + 1);
}

/* ---- formulas ---- */

bool gv__xlsx_over_members(const gv__xlsx *x, const gv_dataset_pair *pair, const char *function,
                           bool host, gv_measurement_column column, gv__text *formula)
{
    uint32_t told = 0;
    formula->length = 0;
    gv__text_add(formula, "=");
    if (pair->count > 1) {
        gv__text_printf(formula, "%s(", function);
    }
    for (uint32_t i = 0; i < pair->count && told < GV__MAX_REFERENCES; i++) {
        const gv_dataset_member *member = &x->dataset->members[pair->first + i];
        uint32_t record = host ? member->host : member->device;
        if (record != GV__NONE) {
            gv__text_add(formula, told++ > 0 ? "," : "");
            gv__xlsx_reference(x, formula, record, column);
        }
    }
    gv__text_add(formula, pair->count > 1 ? ")" : "");
    return pair->count <= GV__MAX_REFERENCES && told > 0 && x->column_of[column] >= 0;
}

typedef struct place {
    lxw_worksheet *sheet;
    lxw_row_t row;
    uint32_t device;
    gv__text formula;
} place;

static void put(gv__xlsx *x, place *at, int number, bool is_formula, double value, gv__role role,
                const char *format)
{
    lxw_col_t column = gv__xlsx_speedup_column(at->device, number);
    lxw_format *look = gv__xlsx_format(x, role, format);
    x->failed = x->failed || at->formula.failed;
    if (is_formula && isfinite(value)) {
        gv__xlsx_formula(x, at->sheet, at->row, column, at->formula.data, value, look);
    } else {
        gv__xlsx_number(x, at->sheet, at->row, column, value, look);
    }
}

/* A cell over the pair's records. With more processes than a formula takes, its value. */
static void put_over(gv__xlsx *x, place *at, const gv_dataset_pair *pair, int number,
                     const char *function, bool host, gv_measurement_column column, double value,
                     const char *format)
{
    bool is_formula = gv__xlsx_over_members(x, pair, function, host, column, &at->formula);
    put(x, at, number, is_formula, value, GV__ROLE_CALCULATED, format);
}

/* The host's time over one of the device's, from the cells of this row. */
static void put_ratio(gv__xlsx *x, place *at, int number, int time, double value, gv_origin origin)
{
    char host[LXW_MAX_CELL_NAME_LENGTH], device[LXW_MAX_CELL_NAME_LENGTH];
    gv__xlsx_cell(host, at->row, gv__xlsx_speedup_column(at->device, GV__SPEEDUP_HOST), false);
    gv__xlsx_cell(device, at->row, gv__xlsx_speedup_column(at->device, time), false);
    at->formula.length = 0;
    if (origin > GV_ORIGIN_MEASURED) {
        gv__text_printf(&at->formula, "=IF(ISNUMBER(%s),%s/%s,\"–\")", device, host, device);
    } else {
        gv__text_printf(&at->formula, "=%s/%s", host, device);
    }
    put(x, at, number, true, value, gv__xlsx_origin_role(origin),
        origin > GV_ORIGIN_MEASURED ? gv__xlsx_rough_ratio(value) : gv__xlsx_ratio_format(value));
}

/* The least time that the roof allows over the kernel's, from the cell of this row: the formula
 * tells work, operands and the two peaks. */
static void put_roof(gv__xlsx *x, place *at, const gv_dataset_pair *pair)
{
    const gv_roof *roof = &x->dataset->devices[at->device].roof;
    const gv__roof_share share = gv_dataset_roof_share(x->dataset, pair);
    gv_workload workload;
    char kernel[LXW_MAX_CELL_NAME_LENGTH];
    at->formula.length = 0;
    if (gv_workload_parse(x->dataset->workloads[pair->workload].text, &workload, NULL) == GV_OK) {
        gv__xlsx_cell(kernel, at->row, gv__xlsx_speedup_column(at->device, GV__SPEEDUP_KERNEL),
                      false);
        gv__text_printf(&at->formula, "=MAX(%.15g/%.15g,%.15g/%.15g)*1000/%s",
                        gv_workload_flop(&workload), roof->flop_per_s[workload.precision],
                        gv_workload_bytes(&workload), roof->bytes_per_s, kernel);
    }
    put(x, at, GV__SPEEDUP_ROOF, true, share.value, GV__ROLE_CALCULATED,
        share.by_memory ? "[<0.01]0.00 %\" m\";0 %\" m\"" : "[<0.01]0.00 %\" c\";0 %\" c\"");
}

/* A cell that repeats one of Estimates. */
static void put_estimated(gv__xlsx *x, place *at, const gv_dataset_pair *pair, int number,
                          gv__estimate_number source, double value, const char *format)
{
    at->formula.length = 0;
    gv__text_add(&at->formula, "=");
    bool is_formula = gv__xlsx_estimate_reference(x, &at->formula, pair, source);
    put(x, at, number, is_formula, value, gv__xlsx_origin_role(pair->origin), format);
}

/* An end of the interval of an estimate, in proportion to its speed-up by the kernel alone. */
static void put_kernel_end(gv__xlsx *x, place *at, const gv_dataset_pair *pair, int number,
                           double value)
{
    char ratio[LXW_MAX_CELL_NAME_LENGTH];
    gv__xlsx_cell(ratio, at->row, gv__xlsx_speedup_column(at->device, GV__SPEEDUP_KERNEL_ONLY),
                  false);
    at->formula.length = 0;
    gv__text_printf(&at->formula, "=IF(ISNUMBER(%s),%s*%.17g,\"–\")", ratio, ratio,
                    value / pair->kernel_only.value);
    put(x, at, number, true, value, gv__xlsx_origin_role(pair->origin),
        gv__xlsx_rough_ratio(value));
}

static void put_estimate(gv__xlsx *x, place *at, const gv_dataset_pair *pair)
{
    gv_origin host = pair->estimated->answer.cpu.origin;
    bool is_formula = gv__xlsx_over_members(x, pair, "MEDIAN", true,
                                            GV_MEASUREMENT_KERNEL_ONLY_TOTAL, &at->formula);
    put(x, at, GV__SPEEDUP_HOST, is_formula && host == GV_ORIGIN_MEASURED, pair->host_s * 1e3,
        gv__xlsx_origin_role(host), TIME_FORMAT);
    put_estimated(x, at, pair, GV__SPEEDUP_TRANSFERS, GV__ESTIMATE_TRANSFERS,
                  pair->stage_s[GV_STAGE_TOTAL] * 1e3,
                  gv__xlsx_rough_time(pair->stage_s[GV_STAGE_TOTAL] * 1e3));
    put_estimated(x, at, pair, GV__SPEEDUP_KERNEL, GV__ESTIMATE_KERNEL, pair->kernel_only_s * 1e3,
                  gv__xlsx_rough_time(pair->kernel_only_s * 1e3));
    put_ratio(x, at, GV__SPEEDUP_HEADLINE, GV__SPEEDUP_TRANSFERS, pair->headline.value,
              pair->origin);
    put_estimated(x, at, pair, GV__SPEEDUP_LOW, GV__ESTIMATE_LOW, pair->headline.low,
                  gv__xlsx_rough_ratio(pair->headline.low));
    put_estimated(x, at, pair, GV__SPEEDUP_HIGH, GV__ESTIMATE_HIGH, pair->headline.high,
                  gv__xlsx_rough_ratio(pair->headline.high));
    put_ratio(x, at, GV__SPEEDUP_KERNEL_ONLY, GV__SPEEDUP_KERNEL, pair->kernel_only.value,
              pair->origin);
    put_kernel_end(x, at, pair, GV__SPEEDUP_KERNEL_ONLY_LOW, pair->kernel_only.low);
    put_kernel_end(x, at, pair, GV__SPEEDUP_KERNEL_ONLY_HIGH, pair->kernel_only.high);
    put_roof(x, at, pair); /* blank: how close it would come, nobody has measured */
}

static void put_pair(gv__xlsx *x, place *at, const gv_dataset_pair *pair)
{
    put_over(x, at, pair, GV__SPEEDUP_HOST, "MEDIAN", true, GV_MEASUREMENT_KERNEL_ONLY_TOTAL,
             pair->host_s * 1e3, TIME_FORMAT);
    put_over(x, at, pair, GV__SPEEDUP_TRANSFERS, "MEDIAN", false, GV_MEASUREMENT_TRANSFERS_TOTAL,
             pair->stage_s[GV_STAGE_TOTAL] * 1e3, TIME_FORMAT);
    put_over(x, at, pair, GV__SPEEDUP_KERNEL, "MEDIAN", false, GV_MEASUREMENT_KERNEL_ONLY_TOTAL,
             pair->kernel_only_s * 1e3, TIME_FORMAT);
    put_ratio(x, at, GV__SPEEDUP_HEADLINE, GV__SPEEDUP_TRANSFERS, pair->headline.value,
              pair->origin);
    put_over(x, at, pair, GV__SPEEDUP_LOW, "MIN", false, GV_MEASUREMENT_TRANSFERS_RATIO_LOW,
             pair->headline.low, gv__xlsx_ratio_format(pair->headline.low));
    put_over(x, at, pair, GV__SPEEDUP_HIGH, "MAX", false, GV_MEASUREMENT_TRANSFERS_RATIO_HIGH,
             pair->headline.high, gv__xlsx_ratio_format(pair->headline.high));
    put_ratio(x, at, GV__SPEEDUP_KERNEL_ONLY, GV__SPEEDUP_KERNEL, pair->kernel_only.value,
              pair->origin);
    put_over(x, at, pair, GV__SPEEDUP_KERNEL_ONLY_LOW, "MIN", false,
             GV_MEASUREMENT_KERNEL_ONLY_RATIO_LOW, pair->kernel_only.low,
             gv__xlsx_ratio_format(pair->kernel_only.low));
    put_over(x, at, pair, GV__SPEEDUP_KERNEL_ONLY_HIGH, "MAX", false,
             GV_MEASUREMENT_KERNEL_ONLY_RATIO_HIGH, pair->kernel_only.high,
             gv__xlsx_ratio_format(pair->kernel_only.high));
    put_roof(x, at, pair);
}

static void put_gap(gv__xlsx *x, const place *at, uint32_t workload)
{
    static const char *const words[GV_INCIDENT_KIND_COUNT] = {"wrong result", "above roof",
                                                              "unsupported", "failed"};
    const gv_incident *why = gv_dataset_why(x->dataset, at->device, workload);
    for (int number = 0; number < GV__SPEEDUP_COLUMNS; number++) {
        bool here = number == GV__SPEEDUP_HEADLINE;
        gv__xlsx_text(x, at->sheet, at->row, gv__xlsx_speedup_column(at->device, number),
                      !here         ? NULL
                      : why != NULL ? words[why->kind]
                                    : "not run",
                      gv__xlsx_format(x, GV__ROLE_MISSING, NULL));
    }
}

/* ---- the sheet ---- */

/* Pages side by side repeat the workloads, and with them whatever stands above: there, the texts
 * above begin behind that column. */
static uint32_t pages_wide(uint32_t devices)
{
    return devices < 20 ? (devices + 1) / 2 : 10;
}

/* No page ends within a device. */
static void part_pages(gv__xlsx *x, lxw_worksheet *sheet, uint32_t devices)
{
    enum { PERCENT = 41, MOST = 64 }; /* two devices beside the workloads on A4 */
    lxw_col_t breaks[MOST + 1] = {0};
    uint32_t count = 0;
    for (uint32_t d = 2; d < devices && count < MOST; d += 2) {
        breaks[count++] = gv__xlsx_speedup_column(d, 0);
    }
    worksheet_set_print_scale(sheet, PERCENT);
    gv__xlsx_check(x, worksheet_set_v_pagebreaks(sheet, breaks));
}

static lxw_col_t text_column(const gv__xlsx *x)
{
    return pages_wide(gv__xlsx_speedup_devices(x)) > 1 ? GV__SPEEDUP_FIRST_COLUMN : 0;
}

static void put_about(gv__xlsx *x, lxw_worksheet *sheet, bool complete)
{
    const gv_dataset *d = x->dataset;
    uint32_t common = d->common_count, all = d->workload_count;
    lxw_col_t at = text_column(x);
    gv__text about = {0};
    if (d->device_count == 0) {
        gv__text_add(&about, "No device was measured, so that there is no speed-up: the host's own "
                             "times are in Measurements.");
    } else {
        gv__text_printf(&about, "Host time over device time. Every number is a formula over %s. ",
                        gv_dataset_has_estimates(d) ? "Measurements or, marked by ≈, Estimates"
                                                    : "Measurements");
    }
    if (d->ranked_count > 0 && common == 0) {
        gv__text_add(&about,
                     "No workload was answered by every ranked device: there are no means.");
    } else if (common == 1) {
        gv__text_add(&about, all == 1 ? "The workload" : "The first workload");
        gv__text_add(&about, " was answered by every ranked device and counts in the means.");
    } else if (common > 1) {
        gv__text_printf(&about, common == all ? "All %u workloads" : "The first %u of %u workloads",
                        (unsigned)common, (unsigned)all);
        gv__text_add(&about, " were answered by every ranked device and count in the means.");
    }
    gv__text_add(&about, complete || d->device_count == 0
                             ? ""
                             : " Not all fit onto the sheet: --csv has them.");
    if (at > 0) { /* on the first page alone: over the columns of two devices */
        gv__xlsx_row(x, sheet, ABOUT, 2);
        gv__xlsx_across(x, sheet, ABOUT, at, at + 2 * GV__SPEEDUP_COLUMNS - 1,
                        about.failed ? "" : about.data, gv__xlsx_format(x, GV__ROLE_NOTE, NULL));
    } else {
        gv__xlsx_text(x, sheet, ABOUT, at, about.data, gv__xlsx_format(x, GV__ROLE_ASIDE, NULL));
    }
    x->failed = x->failed || about.failed;
    gv__text_free(&about);
}

static void put_legend(gv__xlsx *x, lxw_worksheet *sheet)
{
    lxw_col_t at = text_column(x);
    int colours = at + (at > 0 ? 4 : 1); /* columns of numbers are narrow */
    static const char *const ranges[GV_VERDICT_COUNT] = {"", "below 1", "1 to 2", "2 to 5",
                                                         "above 5"};
    gv__xlsx_text(x, sheet, LEGEND, at,
                  "Colours, by speed-up over the host:", gv__xlsx_format(x, GV__ROLE_ASIDE, NULL));
    for (int v = GV_VERDICT_SLOWER; v < GV_VERDICT_COUNT; v++) {
        gv__text text = {0};
        gv__text_printf(&text, "%s: %s", gv_verdict_word((gv_verdict)v), ranges[v]);
        lxw_col_t first = (lxw_col_t)(colours + 2 * (GV_VERDICT_COUNT - 1 - v));
        gv__xlsx_across(x, sheet, LEGEND, first, first + 1, text.failed ? "" : text.data,
                        gv__xlsx_format(x, gv__xlsx_verdict_role((gv_verdict)v), NULL));
        gv__text_free(&text);
    }
}

/* "; device memory limited to 1 MB in 2 of 3": where several limits were set, the lowest. */
static void add_memory_cap(const gv_dataset *d, uint32_t device, gv__text *label)
{
    const gv_dataset_limit limit = gv_dataset_find_limit(d, device);
    if (limit.pairs > 0) {
        gv__memory_cap_add(label, limit.bytes);
        gv__text_printf(label, " in %u of %u", (unsigned)limit.pairs, (unsigned)limit.of);
    }
}

static void put_headings(gv__xlsx *x, lxw_worksheet *sheet, uint32_t devices)
{
    gv__xlsx_check(x, worksheet_set_row(sheet, GROUP, 36, NULL));
    gv__xlsx_text(x, sheet, GROUP, 0, NULL, gv__xlsx_format(x, GV__ROLE_GROUP, NULL));
    gv__xlsx_text(x, sheet, GROUP, GV__SPEEDUP_WEIGHT, NULL,
                  gv__xlsx_format(x, GV__ROLE_GROUP, NULL));
    for (uint32_t d = 0; d < devices; d++) {
        const gv_dataset_device *device = &x->dataset->devices[d];
        gv__text label = {0};
        gv__text_printf(&label, "%s: ", device->label);
        gv_dataset_add_origins(device, &label);
        gv__basis_add(x->dataset, device, &label);
        gv__text_add(&label, d < x->dataset->ranked_count ? "" : " (not ranked)");
        add_memory_cap(x->dataset, d, &label);
        gv__xlsx_across(x, sheet, GROUP, gv__xlsx_speedup_column(d, 0),
                        gv__xlsx_speedup_column(d, GV__SPEEDUP_COLUMNS - 1),
                        label.failed ? "" : label.data, gv__xlsx_format(x, GV__ROLE_GROUP, NULL));
        gv__text_free(&label);
    }
    gv__xlsx_check(x, worksheet_set_row(sheet, HEADING, 66, NULL));
    gv__xlsx_heading(x, sheet, HEADING, 0, "Workload", "");
    gv__xlsx_heading(x, sheet, HEADING, GV__SPEEDUP_WEIGHT, "Weight in the mean", "");
    gv__xlsx_heading(x, sheet, HEADING, gv__xlsx_speedup_names(x), "For the charts: workload", "");
    for (uint32_t d = 0; d < devices; d++) {
        for (int n = 0; n < GV__SPEEDUP_COLUMNS; n++) {
            gv__xlsx_heading(x, sheet, HEADING, gv__xlsx_speedup_column(d, n), columns[n].label,
                             columns[n].unit);
        }
    }
}

/* Colour the speed-ups of a device by their verdicts, whatever the formulas give. The first rule
 * that holds counts. */
static void colour(gv__xlsx *x, lxw_worksheet *sheet, uint32_t device, int number, lxw_row_t last)
{
    static const char *const conditions[GV_VERDICT_COUNT] = {[GV_VERDICT_SLOWER] = "<1",
                                                             [GV_VERDICT_MARGINAL] = "<2",
                                                             [GV_VERDICT_NOTICEABLE] = "<=5",
                                                             [GV_VERDICT_SIGNIFICANT] = ">5"};
    lxw_col_t column = gv__xlsx_speedup_column(device, number);
    char cell[LXW_MAX_CELL_NAME_LENGTH];
    gv__xlsx_cell(cell, GV__SPEEDUP_FIRST_ROW, column, false);
    for (int v = GV_VERDICT_SLOWER; v < GV_VERDICT_COUNT; v++) {
        char formula[96];
        snprintf(formula, sizeof(formula), "=AND(ISNUMBER(%s),%s%s)", cell, cell, conditions[v]);
        lxw_conditional_format rule = {
            .type = LXW_CONDITIONAL_TYPE_FORMULA,
            .value_string = formula,
            .format = gv__xlsx_format(x, gv__xlsx_verdict_role((gv_verdict)v), NULL),
            .stop_if_true = LXW_TRUE};
        gv__xlsx_check(x, worksheet_conditional_format_range(sheet, GV__SPEEDUP_FIRST_ROW, column,
                                                             last, column, &rule));
    }
}

static void put_workload(gv__xlsx *x, place *at, uint32_t devices, uint32_t workload)
{
    const char *text = x->dataset->workloads[workload].text;
    char brief[GV__BRIEF];
    gv__xlsx_row(x, at->sheet, at->row, gv__xlsx_lines(text, WORKLOAD_WIDTH));
    gv__xlsx_text(x, at->sheet, at->row, 0, text, gv__xlsx_format(x, GV__ROLE_WRAPPED, NULL));
    if (x->dataset->workloads[workload].common) {
        gv__xlsx_number(x, at->sheet, at->row, GV__SPEEDUP_WEIGHT, 1,
                        gv__xlsx_format(x, GV__ROLE_BUYER, WEIGHT_FORMAT));
    } else {
        gv__xlsx_text(x, at->sheet, at->row, GV__SPEEDUP_WEIGHT, "–",
                      gv__xlsx_format(x, GV__ROLE_MISSING, NULL));
    }
    gv__xlsx_text(x, at->sheet, at->row, gv__xlsx_speedup_names(x), gv__workload_brief(text, brief),
                  gv__xlsx_format(x, GV__ROLE_ASIDE, NULL));
    for (at->device = 0; at->device < devices; at->device++) {
        const gv_dataset_pair *pair = gv_dataset_find(x->dataset, at->device, workload);
        if (pair != NULL && pair->estimated != NULL) {
            put_estimate(x, at, pair);
        } else if (pair != NULL && isfinite(pair->headline.value)) {
            put_pair(x, at, pair);
        } else {
            put_gap(x, at, workload);
        }
    }
}

void gv__xlsx_speedup(gv__xlsx *x)
{
    const gv_dataset *d = x->dataset;
    lxw_worksheet *sheet = x->speedup;
    uint32_t devices = gv__xlsx_speedup_devices(x);
    uint32_t room = LXW_ROW_MAX - GV__SPEEDUP_FIRST_ROW - 1;
    uint32_t rows = d->workload_count < room ? d->workload_count : room;
    rows = devices > 0 ? rows : 0;
    gv__xlsx_check(x, worksheet_set_column(sheet, 0, 0, WORKLOAD_WIDTH, NULL));
    gv__xlsx_check(x, worksheet_set_column(sheet, GV__SPEEDUP_WEIGHT, GV__SPEEDUP_WEIGHT, 9, NULL));
    for (uint32_t i = 0; i < devices; i++) {
        for (int n = 0; n < GV__SPEEDUP_COLUMNS; n++) {
            lxw_col_t c = gv__xlsx_speedup_column(i, n);
            gv__xlsx_check(x, worksheet_set_column(sheet, c, c, columns[n].width, NULL));
        }
    }
    gv__xlsx_title(x, sheet, "Speed-up");
    put_about(x, sheet, rows == d->workload_count && devices == d->device_count);
    if (devices > 0) {
        put_legend(x, sheet);
        put_headings(x, sheet, devices);
    }
    place at = {.sheet = sheet};
    for (uint32_t w = 0; w < rows && x->error == LXW_NO_ERROR; w++) {
        /* A line of its own parts those that count from those that do not. */
        bool past = w >= d->common_count;
        at.row = GV__SPEEDUP_FIRST_ROW + w + (past && d->common_count > 0);
        if (past && w == d->common_count && d->common_count > 0) {
            gv__xlsx_text(x, sheet, at.row - 1, 0,
                          "Not answered by every ranked device, and not in the means:",
                          gv__xlsx_format(x, GV__ROLE_ASIDE, NULL));
        }
        put_workload(x, &at, devices, w);
    }
    gv__text_free(&at.formula);
    if (rows > 0 && d->common_count > 0) {
        const gv__xlsx_limits weight = {0, 1e6, "Weight",
                                        "How much this workload counts in the means: 1 as any "
                                        "other, 0 not at all; a number from 0 to 1000000."};
        gv__xlsx_limit(x, sheet, GV__SPEEDUP_FIRST_ROW, GV__SPEEDUP_FIRST_ROW + d->common_count - 1,
                       GV__SPEEDUP_WEIGHT, &weight);
    }
    for (uint32_t i = 0; i < devices && rows > 0; i++) {
        colour(x, sheet, i, GV__SPEEDUP_HEADLINE, at.row);
        colour(x, sheet, i, GV__SPEEDUP_KERNEL_ONLY, at.row);
    }
    worksheet_freeze_panes(sheet, GV__SPEEDUP_FIRST_ROW, GV__SPEEDUP_FIRST_COLUMN);
    if (devices > 0) {
        lxw_col_t names = gv__xlsx_speedup_names(x);
        gv__xlsx_check(x, worksheet_set_column(sheet, names, names, WORKLOAD_WIDTH, NULL));
        gv__xlsx_check(x,
                       worksheet_print_area(sheet, 0, 0, rows > 0 ? at.row : HEADING, names - 2));
    }
    gv__xlsx_page(x, sheet, GROUP, HEADING, devices > 0 ? pages_wide(devices) : 1);
    if (pages_wide(devices) > 1) {
        part_pages(x, sheet, devices);
    }
}
