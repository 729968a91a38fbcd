/* SPDX-License-Identifier: Apache-2.0 */
/* Verdict: the answer in a sentence, devices by rank with a price for the buyer to fill in, charts.
 */
#include "reports/xlsx_verdict.h"
#include "reports/basis.h"

#include <math.h>

enum { SENTENCE = 1, REMARKS, ORDER, SPACE, HEADING, FIRST };
_Static_assert((int)FIRST == (int)GV__VERDICT_FIRST, "the devices follow the headings");

static const struct {
    const char *label, *unit;
    double width;
} columns[GV__VERDICT_COLUMNS] = {
    [GV__VERDICT_RANK] = {"Rank", "", 7},
    [GV__VERDICT_PLACES] = {"Place, as far as ranges tell", "", 11},
    [GV__VERDICT_DEVICE] = {"Device", "", 44},
    [GV__VERDICT_ORIGIN] = {"Origin", "", 14},
    [GV__VERDICT_DRIVER] = {"Driver, or library modelled", "", 38},
    [GV__VERDICT_HOST] = {"Over the host", "", 26},
    [GV__VERDICT_MEAN] = {"Speed-up with transfers", "×", 11},
    [GV__VERDICT_LOW] = {"from", "×", 9},
    [GV__VERDICT_HIGH] = {"to", "×", 9},
    [GV__VERDICT_KERNEL_ONLY] = {"Speed-up, kernel only", "×", 11},
    [GV__VERDICT_KERNEL_ONLY_LOW] = {"from", "×", 9},
    [GV__VERDICT_KERNEL_ONLY_HIGH] = {"to", "×", 9},
    [GV__VERDICT_VERDICT] = {"Verdict", "", 13},
    [GV__VERDICT_ANSWERED] = {"Workloads answered", "", 12},
    [GV__VERDICT_COMMON] = {"In the mean", "", 9},
    [GV__VERDICT_PRICE] = {"Price", "", 14},
    [GV__VERDICT_PER_WORK] = {"Price per unit of work", "", 14},
    [GV__VERDICT_REMARK] = {"Remark", "", 48},
};

#define PRICE_FORMAT "#,##0.00"

/* The geometric mean of a column of Speed-up over the common workloads, by their weights: "–" where
 * no weight counts, or one of the speed-ups is none. */
static void put_mean(gv__xlsx *x, lxw_row_t row, gv__verdict_column at, uint32_t device, int number,
                     double value)
{
    char weights[GV__XLSX_RANGE + 16], speedups[GV__XLSX_RANGE];
    lxw_row_t top = GV__SPEEDUP_FIRST_ROW, last = top + x->dataset->common_count - 1;
    gv_origin origin = x->dataset->devices[device].origin;
    lxw_format *format = gv__xlsx_format(
        x, gv__xlsx_origin_role(origin),
        origin > GV_ORIGIN_MEASURED ? gv__xlsx_rough_ratio(value) : gv__xlsx_ratio_format(value));
    gv__text formula = {0}, sum = {0};
    if (!isfinite(value) || device >= gv__xlsx_speedup_devices(x)) {
        gv__xlsx_number(x, x->verdict, row, (lxw_col_t)at, value, format);
        return;
    }
    gv__xlsx_weights(x, weights);
    gv__xlsx_range(speedups, top, last, gv__xlsx_speedup_column(device, number));
    gv__text_printf(&sum, "SUMIFS(%s,%s,\">0\",%s,\"<=" GV__WEIGHT_MOST "\")", weights, weights,
                    weights);
    gv__text_printf(&formula,
                    "=IF(AND(%s>0,COUNT('Speed-up'!%s)=%u),EXP(SUMPRODUCT(--(%s>0),"
                    "--(%s<=" GV__WEIGHT_MOST "),%s,LN('Speed-up'!%s))/%s),\"–\")",
                    sum.failed ? "" : sum.data, speedups, (unsigned)x->dataset->common_count,
                    weights, weights, weights, speedups, sum.failed ? "" : sum.data);
    x->failed = x->failed || formula.failed || sum.failed;
    gv__xlsx_formula(x, x->verdict, row, (lxw_col_t)at, formula.failed ? NULL : formula.data, value,
                     format);
    gv__text_free(&formula);
    gv__text_free(&sum);
}

static void put_price(gv__xlsx *x, lxw_row_t row)
{
    char price[LXW_MAX_CELL_NAME_LENGTH], mean[LXW_MAX_CELL_NAME_LENGTH], formula[192];
    gv__xlsx_cell(price, row, GV__VERDICT_PRICE, false);
    gv__xlsx_cell(mean, row, GV__VERDICT_MEAN, false);
    snprintf(
        formula, sizeof(formula),
        "=IF(ISBLANK(%s),\"\",IF(AND(ISNUMBER(%s),%s>0,%s<=1E+12),IF(ISNUMBER(%s),%s/%s,\"–\"),"
        "\"no price\"))",
        price, price, price, price, mean, price, mean);
    gv__xlsx_text(x, x->verdict, row, GV__VERDICT_PRICE, NULL,
                  gv__xlsx_format(x, GV__ROLE_BUYER, PRICE_FORMAT));
    gv__xlsx_formula_text(x, x->verdict, row, GV__VERDICT_PER_WORK, formula, "",
                          gv__xlsx_format(x, GV__ROLE_CALCULATED, PRICE_FORMAT));
}

/* A column's cells of all ranked devices. */
static const char *of_ranked(const gv__xlsx *x, lxw_col_t column, char *text)
{
    return gv__xlsx_range(text, FIRST, FIRST + x->dataset->ranked_count - 1, column);
}

static void put_rank(gv__xlsx *x, lxw_row_t row, const gv_dataset_device *device)
{
    char means[GV__XLSX_RANGE], cell[LXW_MAX_CELL_NAME_LENGTH], formula[128];
    lxw_format *format = gv__xlsx_format(x, GV__ROLE_CALCULATED, "0");
    if (device->rank == 0) {
        gv__xlsx_text(x, x->verdict, row, GV__VERDICT_RANK, "–",
                      gv__xlsx_format(x, GV__ROLE_MISSING, NULL));
        return;
    }
    gv__xlsx_cell(cell, row, GV__VERDICT_MEAN, false);
    snprintf(formula, sizeof(formula), "=IF(ISNUMBER(%s),RANK(%s,%s),\"–\")", cell, cell,
             of_ranked(x, GV__VERDICT_MEAN, means));
    gv__xlsx_formula(x, x->verdict, row, GV__VERDICT_RANK, formula, device->rank, format);
}

/* "2–4": behind those whose ranges are wholly above its own, before those wholly below. A blank end
 * settles nothing. */
static void put_places(gv__xlsx *x, lxw_row_t row, const gv_dataset_device *device)
{
    static const lxw_col_t ends[] = {GV__VERDICT_LOW, GV__VERDICT_HIGH};
    char all[2][GV__XLSX_RANGE], own[2][LXW_MAX_CELL_NAME_LENGTH];
    char mean[LXW_MAX_CELL_NAME_LENGTH], means[GV__XLSX_RANGE];
    char above[192], below[256], formula[1024], value[32];
    if (device->first_place == 0) {
        gv__xlsx_text(x, x->verdict, row, GV__VERDICT_PLACES, "–",
                      gv__xlsx_format(x, GV__ROLE_MISSING, NULL));
        return;
    }
    for (size_t i = 0; i < GV__COUNT(ends); i++) {
        of_ranked(x, ends[i], all[i]);
        gv__xlsx_cell(own[i], row, ends[i], false);
    }
    gv__xlsx_cell(mean, row, GV__VERDICT_MEAN, false);
    snprintf(above, sizeof(above), "(1+SUMPRODUCT((%s>%s)*ISNUMBER(%s)*ISNUMBER(%s)))", all[0],
             own[1], all[0], own[1]);
    snprintf(below, sizeof(below), "(COUNT(%s)-SUMPRODUCT((%s<%s)*ISNUMBER(%s)*ISNUMBER(%s)))",
             of_ranked(x, GV__VERDICT_MEAN, means), all[1], own[0], all[1], own[0]);
    snprintf(formula, sizeof(formula), "=IF(ISNUMBER(%s),%s&IF(%s=%s,\"\",\"–\"&%s),\"–\")", mean,
             above, above, below, below);
    if (device->first_place == device->last_place) {
        snprintf(value, sizeof(value), "%u", (unsigned)device->first_place);
    } else {
        snprintf(value, sizeof(value), "%u–%u", (unsigned)device->first_place,
                 (unsigned)device->last_place);
    }
    gv__xlsx_formula_text(x, x->verdict, row, GV__VERDICT_PLACES, formula, value,
                          gv__xlsx_format(x, GV__ROLE_CALCULATED, NULL));
}

static void put_verdict(gv__xlsx *x, lxw_row_t row, double mean)
{
    char cell[LXW_MAX_CELL_NAME_LENGTH], formula[256];
    gv_verdict verdict = gv_verdict_of(mean);
    lxw_format *format = gv__xlsx_format(x, gv__xlsx_verdict_role(verdict), NULL);
    if (!isfinite(mean)) {
        gv__xlsx_text(x, x->verdict, row, GV__VERDICT_VERDICT, NULL, format);
        return;
    }
    gv__xlsx_cell(cell, row, GV__VERDICT_MEAN, false);
    snprintf(formula, sizeof(formula),
             "=IF(ISNUMBER(%s),IF(%s>5,\"%s\",IF(%s>=2,\"%s\",IF(%s>=1,\"%s\",\"%s\"))),\"–\")",
             cell, cell, gv_verdict_word(GV_VERDICT_SIGNIFICANT), cell,
             gv_verdict_word(GV_VERDICT_NOTICEABLE), cell, gv_verdict_word(GV_VERDICT_MARGINAL),
             gv_verdict_word(GV_VERDICT_SLOWER));
    gv__xlsx_formula_text(x, x->verdict, row, GV__VERDICT_VERDICT, formula,
                          gv_verdict_word(verdict), format);
}

static const char *host_of(const gv_dataset *d, const gv_dataset_device *device)
{
    return device->host != GV__NONE ? d->hosts[device->host].label : "";
}

/* Who it is, and how its numbers came to be. */
static void put_name(gv__xlsx *x, lxw_row_t row, const gv_dataset_device *device)
{
    lxw_format *wrapped = gv__xlsx_format(x, GV__ROLE_WRAPPED, NULL);
    gv__text origin = {0};
    gv_dataset_add_origins(device, &origin);
    gv__xlsx_text(x, x->verdict, row, GV__VERDICT_DEVICE, device->label, wrapped);
    gv__xlsx_text(x, x->verdict, row, GV__VERDICT_ORIGIN, origin.data, wrapped);
    gv__xlsx_text(x, x->verdict, row, GV__VERDICT_DRIVER, device->driver, wrapped);
    gv__xlsx_text(x, x->verdict, row, GV__VERDICT_HOST, host_of(x->dataset, device), wrapped);
    x->failed = x->failed || origin.failed;
    gv__text_free(&origin);
}

/* As it was written, and why there is no mean where what was filled in leaves none. */
static void put_remark(gv__xlsx *x, lxw_row_t row, const char *remark, bool follows)
{
    lxw_format *wrapped = gv__xlsx_format(x, GV__ROLE_WRAPPED, NULL);
    char mean[LXW_MAX_CELL_NAME_LENGTH], written[LXW_MAX_CELL_NAME_LENGTH], formula[256];
    if (!follows) {
        gv__xlsx_text(x, x->verdict, row, GV__VERDICT_REMARK, remark, wrapped);
        return;
    }
    gv__xlsx_cell(mean, row, GV__VERDICT_MEAN, false);
    gv__xlsx_cell(written, row, GV__VERDICT_WRITTEN, false);
    gv__xlsx_text(x, x->verdict, row, GV__VERDICT_WRITTEN, remark,
                  gv__xlsx_format(x, GV__ROLE_ASIDE, NULL));
    snprintf(
        formula, sizeof(formula),
        "=IF(ISNUMBER(%s),\"\",\"NO MEAN: a yellow cell of Speed-up or Estimates is empty or no "
        "number above 0. \")&%s",
        mean, written);
    gv__xlsx_formula_text(x, x->verdict, row, GV__VERDICT_REMARK, formula,
                          remark != NULL ? remark : "", wrapped);
}

static void put_device(gv__xlsx *x, uint32_t index, const char *remark)
{
    const gv_dataset_device *device = &x->dataset->devices[index];
    lxw_row_t row = FIRST + index;
    uint32_t lines = device->origins[GV_ORIGIN_MEASURED] > 0 && device->origin > GV_ORIGIN_MEASURED
                         ? 2 /* "measured 7, calibrated 1" */
                         : 1;
    uint32_t others[] = {
        gv__xlsx_lines(device->label, columns[GV__VERDICT_DEVICE].width),
        gv__xlsx_lines(device->driver, columns[GV__VERDICT_DRIVER].width),
        gv__basis_hosts_differ(x->dataset)
            ? gv__xlsx_lines(host_of(x->dataset, device), columns[GV__VERDICT_HOST].width)
            : 1,
        gv__xlsx_lines(remark, columns[GV__VERDICT_REMARK].width)};
    for (size_t i = 0; i < GV__COUNT(others); i++) {
        lines = others[i] > lines ? others[i] : lines;
    }
    gv__xlsx_row(x, x->verdict, row, lines);
    put_rank(x, row, device);
    put_places(x, row, device);
    put_name(x, row, device);
    put_mean(x, row, GV__VERDICT_MEAN, index, GV__SPEEDUP_HEADLINE, device->headline.value);
    put_mean(x, row, GV__VERDICT_LOW, index, GV__SPEEDUP_LOW, device->headline.low);
    put_mean(x, row, GV__VERDICT_HIGH, index, GV__SPEEDUP_HIGH, device->headline.high);
    put_mean(x, row, GV__VERDICT_KERNEL_ONLY, index, GV__SPEEDUP_KERNEL_ONLY,
             device->kernel_only.value);
    put_mean(x, row, GV__VERDICT_KERNEL_ONLY_LOW, index, GV__SPEEDUP_KERNEL_ONLY_LOW,
             device->kernel_only.low);
    put_mean(x, row, GV__VERDICT_KERNEL_ONLY_HIGH, index, GV__SPEEDUP_KERNEL_ONLY_HIGH,
             device->kernel_only.high);
    put_verdict(x, row, device->headline.value);
    gv__xlsx_number(x, x->verdict, row, GV__VERDICT_ANSWERED, device->answered,
                    gv__xlsx_format(x, GV__ROLE_FIXED, "0"));
    gv__xlsx_number(x, x->verdict, row, GV__VERDICT_COMMON,
                    isfinite(device->headline.value) ? x->dataset->common_count : (double)NAN,
                    gv__xlsx_format(x, GV__ROLE_FIXED, "0"));
    put_price(x, row);
    put_remark(x, row, remark, device->rank > 0);
    if (index < x->dataset->ranked_count) {
        gv__xlsx_verdict_chart_row(x, index);
    }
}

/* Colours that follow the cells: a device's name by its origin, its verdict by the word. */
static void colour(gv__xlsx *x)
{
    lxw_row_t last = FIRST + x->dataset->device_count - 1;
    char cell[LXW_MAX_CELL_NAME_LENGTH], formula[96];
    for (int origin = GV_ORIGIN_CALIBRATED; origin <= GV_ORIGIN_MODELLED; origin++) {
        lxw_rowcol_to_cell_abs(cell, FIRST, GV__VERDICT_ORIGIN, LXW_FALSE, LXW_TRUE);
        snprintf(formula, sizeof(formula), "=ISNUMBER(SEARCH(\"%s\",%s))",
                 gv_origin_name((gv_origin)origin), cell);
        lxw_conditional_format rule = {
            .type = LXW_CONDITIONAL_TYPE_FORMULA,
            .value_string = formula,
            .format = gv__xlsx_format(x, gv__xlsx_origin_role((gv_origin)origin), NULL)};
        gv__xlsx_check(x, worksheet_conditional_format_range(x->verdict, FIRST, GV__VERDICT_DEVICE,
                                                             last, GV__VERDICT_DRIVER, &rule));
    }
    for (int v = GV_VERDICT_UNKNOWN; v < GV_VERDICT_COUNT; v++) {
        gv__xlsx_cell(cell, FIRST, GV__VERDICT_VERDICT, false);
        snprintf(formula, sizeof(formula), "=%s=\"%s\"", cell,
                 v == GV_VERDICT_UNKNOWN ? "–" : gv_verdict_word((gv_verdict)v));
        lxw_conditional_format rule = {
            .type = LXW_CONDITIONAL_TYPE_FORMULA,
            .value_string = formula,
            .format = gv__xlsx_format(x, gv__xlsx_verdict_role((gv_verdict)v), NULL)};
        gv__xlsx_check(x, worksheet_conditional_format_range(x->verdict, FIRST, GV__VERDICT_VERDICT,
                                                             last, GV__VERDICT_VERDICT, &rule));
    }
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
        bool estimate;
        const char *word, *meaning;
    } roles[] = {
        {GV__ROLE_FIXED, false, "measured",
         "fixed: it comes from the journals; a range is the mean of those of the block ratios"},
        {GV__ROLE_CALCULATED, false, "calculated",
         "a formula over Measurements or over what you filled in"},
        {GV__ROLE_CALIBRATED, true, "≈ calibrated",
         "not run: modelled, and corrected by what else was measured of the device; the range is "
         "the mean of the 80 % intervals"},
        {GV__ROLE_MODELLED, true, "≈ modelled",
         "never run: from a data sheet (see Estimates); the range is the mean of the 80 % "
         "intervals"},
        {GV__ROLE_BUYER, false, "yours",
         "to be filled in: the price of a device, in any one currency; weights of workloads in "
         "Speed-up; a data sheet's figures in Estimates"},
    };
    bool estimates = gv_dataset_has_estimates(x->dataset);
    for (size_t i = 0; i < GV__COUNT(roles); i++) {
        if (roles[i].estimate && !estimates) {
            continue;
        }
        gv__xlsx_text(x, x->verdict, row, GV__VERDICT_DEVICE, roles[i].word,
                      gv__xlsx_format(x, roles[i].role, NULL));
        gv__xlsx_text(x, x->verdict, row++, GV__VERDICT_ORIGIN, roles[i].meaning,
                      gv__xlsx_format(x, GV__ROLE_ASIDE, NULL));
    }
    static const char *const notes[] = {
        "Place: where ranges overlap, the order is undecided, and the place is told as from–to.",
        "Price per unit of work = price / speed-up with transfers: what is paid for the speed of "
        "one host at this mix of workloads. Lower is better."};
    for (size_t i = 0; i < GV__COUNT(notes); i++) {
        gv__xlsx_text(x, x->verdict, row++, GV__VERDICT_DEVICE, notes[i],
                      gv__xlsx_format(x, GV__ROLE_ASIDE, NULL));
    }
    return row;
}

/* ---- the sheet ---- */

/* Characters of the usual size that the table is wide. */
static uint32_t table_width(const gv__xlsx *x)
{
    double width = 0;
    for (int c = 0; c < GV__VERDICT_COLUMNS; c++) {
        bool hidden = c == GV__VERDICT_HOST && !gv__basis_hosts_differ(x->dataset);
        width += hidden ? 0 : columns[c].width;
    }
    return (uint32_t)width;
}

/* Percent at which the table is as wide as A4 on its side between the margins: a character takes up
 * to 10 pixels, by the reader's font. */
static uint16_t print_scale(const gv__xlsx *x)
{
    const double paper = 10.8 * 96;
    return (uint16_t)(100 * paper / (10 * table_width(x)));
}

/* The table of devices, what its colours mean, and the charts. */
static void put_devices(gv__xlsx *x, const gv_table *table)
{
    gv__xlsx_check(x, worksheet_set_row(x->verdict, HEADING, 66, NULL));
    bool hosts = gv__basis_hosts_differ(x->dataset);
    for (int c = 0; c < GV__VERDICT_COLUMNS; c++) {
        gv__xlsx_heading(x, x->verdict, HEADING, (lxw_col_t)c,
                         c == GV__VERDICT_RANK && hosts ? "Rank of the ratio" : columns[c].label,
                         columns[c].unit);
    }
    gv__xlsx_verdict_chart_headings(x);
    for (uint32_t i = 0; i < x->dataset->device_count; i++) {
        const gv_cell *row = table->cells + i * table->column_count;
        put_device(x, i, row[table->column_count - 1].text); /* the remark is the last */
    }
    colour(x);
    const gv__xlsx_limits price = {
        0.01, 1e12, "Price",
        "What the device costs, in any one currency: a number above 0, or "
        "nothing."};
    gv__xlsx_limit(x, x->verdict, FIRST, FIRST + x->dataset->device_count - 1, GV__VERDICT_PRICE,
                   &price);
    lxw_row_t row = put_legend(x, FIRST + x->dataset->device_count + 1) + 1;
    row = gv__xlsx_verdict_charts(x, row);
    gv__xlsx_check(x, worksheet_print_area(x->verdict, 0, 0, row, GV__VERDICT_COLUMNS - 1));
}

void gv__xlsx_verdict(gv__xlsx *x)
{
    gv_table table;
    if (gv_table_make(GV_TABLE_VERDICT, x->dataset, &table, NULL) != GV_OK) {
        x->failed = true;
        return;
    }
    for (int c = 0; c < GV__VERDICT_COLUMNS; c++) {
        lxw_row_col_options look = {.hidden = c == GV__VERDICT_HOST &&
                                              !gv__basis_hosts_differ(x->dataset)};
        gv__xlsx_check(x, worksheet_set_column_opt(x->verdict, (lxw_col_t)c, (lxw_col_t)c,
                                                   columns[c].width, NULL, &look));
    }
    gv__xlsx_title(x, x->verdict, "Verdict");
    gv__xlsx_verdict_top(x, SENTENCE, table_width(x));
    put_order_check(x);
    if (x->dataset->device_count > 0) {
        put_devices(x, &table);
    }
    enum { ONE_PAGE = 30 };
    const lxw_row_t repeated = x->dataset->device_count > ONE_PAGE ? HEADING : 0;
    gv__xlsx_page(x, x->verdict, repeated, repeated, 1);
    /* One page wide; charts begin pages, which a spreadsheet that fits pages itself ignores. */
    worksheet_set_print_scale(x->verdict, print_scale(x));
    worksheet_activate(x->verdict);
    gv_table_free(&table);
}
