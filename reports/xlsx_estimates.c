/* SPDX-License-Identifier: Apache-2.0 */
/* Estimates: the data sheets that they start from, with cells for a reader's own figures, and below
 * them each time as a formula over those cells. */
#include "reports/estimates.h"
#include "reports/forecast_text.h"
#include "reports/xlsx_inputs.h"

#include <math.h>
#include <stdlib.h>

enum { ABOUT = 1, HOW, LINKS, SHEETS_TITLE, SHEETS_HEADING, SHEETS_FIRST };

/* Both tables begin with the same columns. */
enum { DEVICE, WORKLOAD, ORIGIN, LIBRARY };

/* The data sheets. */
enum {
    SOURCE = WORKLOAD,
    PEAK = LIBRARY + 1,
    YOUR_PEAK,
    BANDWIDTH,
    YOUR_BANDWIDTH,
    LINK,
    YOUR_LINK,
    LINK_LIMIT,
    USABLE,
    SHEET_REMARK,
    SHEET_COLUMNS
};

/* The estimates. */
enum {
    MODEL_KERNEL = LIBRARY + 1,
    OF_PEAK,
    OF_BANDWIDTH,
    MODEL_TRANSFER,
    OF_DATA,
    KERNEL,
    TRANSFER,
    TOTAL,
    TOTAL_LOW,
    TOTAL_HIGH,
    HOST,
    HOST_ORIGIN,
    SPEEDUP,
    FACTOR,
    LOW,
    HIGH,
    SPENT_ON,
    REMARK,
    COLUMNS
};

#define TIME_FORMAT   "[<1]0.0000;[<100]0.000;#,##0.0"
#define SHARE_FORMAT  "0 %"
#define FACTOR_FORMAT "0.00"
#define FIGURE_FORMAT "[<100]0.0;#,##0"

static const struct {
    const char *label, *unit;
    double width;
} columns[COLUMNS] =
    {
        [DEVICE] = {"Device", "", 38},
        [ORIGIN] = {"Origin", "", 12},
        [LIBRARY] = {"Library", "", 10},
        [WORKLOAD] = {"Workload", "", 56},
        [MODEL_KERNEL] = {"Model: kernel only", "ms", 13},
        [OF_PEAK] = {"of which follows the peak", "", 12},
        [OF_BANDWIDTH] = {"of which follows the bandwidth", "", 13},
        [MODEL_TRANSFER] = {"Model: transfer", "ms", 13},
        [OF_DATA] = {"of which is data, not latency", "", 12},
        [KERNEL] = {"Kernel only", "ms", 13},
        [TRANSFER] = {"Transfer", "ms", 13},
        [TOTAL] = {"With transfers", "ms", 13},
        [TOTAL_LOW] = {"from", "ms", 13},
        [TOTAL_HIGH] = {"to", "ms", 13},
        [HOST] = {"Host", "ms", 13},
        [HOST_ORIGIN] = {"Origin of the host's time", "", 12},
        [SPEEDUP] = {"Speed-up with transfers", "×", 12},
        [FACTOR] = {"80 % interval, up and down", "×", 12},
        [LOW] = {"from", "×", 11},
        [HIGH] = {"to", "×", 11},
        [SPENT_ON] = {"Spent on", "", 11},
        [REMARK] = {"Remark", "", 200},
},
  sheet_columns[SHEET_COLUMNS] = {
      [DEVICE] = {"Device", "", 0},
      [ORIGIN] = {"Origin", "", 0},
      [LIBRARY] = {"Library", "", 0},
      [SOURCE] = {"Source of the data sheet, and remarks", "", 0},
      [PEAK] = {"Peak f32", "TFLOP/s", 0},
      [YOUR_PEAK] = {"Yours; f64 and f16 in step", "TFLOP/s", 0},
      [BANDWIDTH] = {"Memory bandwidth", "GB/s", 0},
      [YOUR_BANDWIDTH] = {"Yours", "GB/s", 0},
      [LINK] = {"Link", "", 0},
      [YOUR_LINK] = {"Yours, times as fast", "×", 0},
      [LINK_LIMIT] = {"The host keeps up with", "×", 0},
      [USABLE] = {"Your figures are usable", "", 0},
      [SHEET_REMARK] = {"Remark", "", 0},
};

/* ---- where everything stands ---- */

static uint32_t count_sheets(const gv_dataset *d)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < d->device_count; i++) {
        count += d->devices[i].side != NULL;
    }
    return count;
}

/** The row of a device's data sheet. */
static lxw_row_t sheet_row(const gv_dataset *d, uint32_t device)
{
    lxw_row_t row = SHEETS_FIRST;
    for (uint32_t i = 0; i < device; i++) {
        row += d->devices[i].side != NULL;
    }
    return row;
}

/** The row of the headings of the estimates: their title and a blank row are above. */
static lxw_row_t estimates_heading(const gv_dataset *d)
{
    return SHEETS_FIRST + count_sheets(d) + 2;
}

void gv__xlsx_plan_estimates(gv__xlsx *x)
{
    const gv_dataset *d = x->dataset;
    lxw_row_t row = estimates_heading(d) + 1;
    x->estimate_row = calloc((size_t)d->pair_count + 1, sizeof *x->estimate_row);
    x->failed = x->failed || x->estimate_row == NULL;
    for (uint32_t i = 0; x->estimate_row != NULL && i < d->pair_count && row < LXW_ROW_MAX; i++) {
        if (d->pairs[i].estimated != NULL) {
            x->estimate_row[i] = row++;
        }
    }
}

bool gv__xlsx_estimate_reference(const gv__xlsx *x, gv__text *formula, const gv_dataset_pair *pair,
                                 gv__estimate_number number)
{
    static const lxw_col_t places[] = {[GV__ESTIMATE_KERNEL] = KERNEL,
                                       [GV__ESTIMATE_TRANSFERS] = TOTAL,
                                       [GV__ESTIMATE_LOW] = LOW,
                                       [GV__ESTIMATE_HIGH] = HIGH};
    char cell[LXW_MAX_CELL_NAME_LENGTH];
    lxw_row_t row = x->estimate_row[pair - x->dataset->pairs];
    gv__text_printf(formula, "Estimates!%s", gv__xlsx_cell(cell, row, places[number], false));
    return row > 0;
}

void gv__xlsx_add_changed_figures(const gv__xlsx *x, gv__text *formula)
{
    static const struct {
        int known, yours;
    } figures[] = {{PEAK, YOUR_PEAK}, {BANDWIDTH, YOUR_BANDWIDTH}, {LINK_LIMIT, YOUR_LINK}};
    uint32_t sheets = count_sheets(x->dataset);
    for (size_t i = 0; i < GV__COUNT(figures) && sheets > 0; i++) {
        char known[GV__XLSX_RANGE], yours[GV__XLSX_RANGE];
        lxw_row_t last = SHEETS_FIRST + sheets - 1;
        gv__xlsx_range(known, SHEETS_FIRST, last, (lxw_col_t)figures[i].known);
        gv__xlsx_range(yours, SHEETS_FIRST, last, (lxw_col_t)figures[i].yours);
        if (figures[i].yours == YOUR_LINK) { /* 1 at first, where there is a link */
            gv__text_printf(formula, "+SUMPRODUCT(ISNUMBER(Estimates!%s)*(Estimates!%s<>1))", known,
                            yours);
        } else {
            gv__text_printf(formula, "+SUMPRODUCT(--(Estimates!%s<>Estimates!%s))", known, yours);
        }
    }
}

/* ---- data sheets ---- */

static void put_figure(gv__xlsx *x, lxw_row_t row, lxw_col_t at, double figure)
{
    gv__xlsx_number(x, x->estimates, row, at, figure,
                    gv__xlsx_format(x, GV__ROLE_FIXED, FIGURE_FORMAT));
    gv__xlsx_number(x, x->estimates, row, at + 1, figure,
                    gv__xlsx_format(x, GV__ROLE_BUYER, FIGURE_FORMAT));
}

/* Where the figures come from, what corrects the model, and what is to be known of them. */
static void add_source(const gv_side *side, gv__text *text)
{
    const gv_spec *spec = &side->spec;
    gv__text_printf(text, "%s%s%s", spec->source[0] != 0 ? spec->source : "probed, or your own",
                    spec->date[0] != 0 ? ", " : "", spec->date);
    if (side->points > 0) {
        gv__text_printf(text, "; calibrated by %zu measurements of it", side->points);
    } else if (side->lent_by != NULL) {
        gv__text_printf(text, "; corrected by what was measured on %s", side->lent_by);
    }
    gv__text_printf(text, "%s%s", spec->flag[0] != 0 ? "; " : "", spec->flag);
}

/** What carries transfers, with a cell for the reader's where there is a link at all. */
static void put_link(gv__xlsx *x, lxw_row_t row, const gv_side *side)
{
    const gv_spec *spec = &side->spec;
    double limit = gv_side_link_limit(side);
    gv__role yours = isnan(limit) ? GV__ROLE_WRAPPED : GV__ROLE_BUYER;
    char link[32] = "shares the host's memory";
    if (!gv_is_absent(spec->pcie_generation) && !gv_is_absent(spec->pcie_lanes)) {
        snprintf(link, sizeof link, "PCIe %.0f ×%.0f", spec->pcie_generation, spec->pcie_lanes);
    } else if (!isnan(limit)) {
        gv__copy_text(link, sizeof link, "not known");
    }
    gv__xlsx_text(x, x->estimates, row, LINK, link, gv__xlsx_format(x, GV__ROLE_WRAPPED, NULL));
    gv__xlsx_number(x, x->estimates, row, YOUR_LINK, isnan(limit) ? limit : 1,
                    gv__xlsx_format(x, yours, FACTOR_FORMAT));
    gv__xlsx_number(x, x->estimates, row, LINK_LIMIT, limit,
                    gv__xlsx_format(x, GV__ROLE_MODELLED, FACTOR_FORMAT));
}

/** A yellow cell is usable within this factor of the data sheet's figure, either way. */
#define USABLE_FACTOR "1000"

/** "yes" where every figure of the reader's, of those that the data sheet has, is a number of its
 * order; what stands below computes nothing from others. */
static void put_usable(gv__xlsx *x, lxw_row_t row)
{
    static const struct {
        int known, yours;
    } figures[] = {{PEAK, YOUR_PEAK}, {BANDWIDTH, YOUR_BANDWIDTH}, {LINK_LIMIT, YOUR_LINK}};
    gv__text formula = {0};
    gv__text_add(&formula, "=IF(AND(");
    for (size_t i = 0; i < GV__COUNT(figures); i++) {
        char known[LXW_MAX_CELL_NAME_LENGTH], yours[LXW_MAX_CELL_NAME_LENGTH];
        gv__xlsx_cell(known, row, (lxw_col_t)figures[i].known, false);
        gv__xlsx_cell(yours, row, (lxw_col_t)figures[i].yours, false);
        const char *usual = figures[i].known == LINK_LIMIT ? "1" : known;
        gv__text_printf(&formula,
                        "%sOR(NOT(ISNUMBER(%s)),AND(ISNUMBER(%s),%s>=%s/" USABLE_FACTOR
                        ",%s<=%s*" USABLE_FACTOR "))",
                        i > 0 ? "," : "", known, yours, yours, usual, yours, usual);
    }
    gv__text_add(&formula, "),\"yes\",\"no\")");
    x->failed = x->failed || formula.failed;
    gv__xlsx_formula_text(x, x->estimates, row, USABLE, formula.failed ? NULL : formula.data, "yes",
                          gv__xlsx_format(x, GV__ROLE_CALCULATED, NULL));
    gv__text_free(&formula);
}

/** Says so where a figure of the reader's is too far from the data sheet's for a tangent, or none.
 */
static void put_warning(gv__xlsx *x, lxw_row_t row)
{
    static const int figures[] = {PEAK, BANDWIDTH};
    char usable[LXW_MAX_CELL_NAME_LENGTH];
    gv__text formula = {0};
    gv__text_printf(&formula,
                    "=IF(%s<>\"yes\",\"a yellow cell is empty, or no number between a thousandth "
                    "and a thousand times what the data sheet says: no estimate\",IF(OR(",
                    gv__xlsx_cell(usable, row, USABLE, false));
    for (size_t i = 0; i < GV__COUNT(figures); i++) {
        char sheet[LXW_MAX_CELL_NAME_LENGTH], yours[LXW_MAX_CELL_NAME_LENGTH];
        gv__xlsx_cell(sheet, row, (lxw_col_t)figures[i], false);
        gv__xlsx_cell(yours, row, (lxw_col_t)(figures[i] + 1), false);
        gv__text_printf(&formula, "%s(N(%s)>0)*((N(%s)>2*%s)+(2*N(%s)<%s))>0", i > 0 ? "," : "",
                        sheet, yours, sheet, yours, sheet);
    }
    gv__text_add(&formula,
                 "),\"more than a factor of 2 off the data sheet: too far, ask for such a "
                 "device with --device\",\"\"))");
    x->failed = x->failed || formula.failed;
    if (!formula.failed) {
        gv__xlsx_formula_text(x, x->estimates, row, SHEET_REMARK, formula.data, "",
                              gv__xlsx_format(x, GV__ROLE_ASIDE, NULL));
    }
    gv__text_free(&formula);
}

static void put_sheet(gv__xlsx *x, lxw_row_t row, const gv_dataset_device *device)
{
    const gv_side *side = device->side;
    const gv_spec *spec = &side->spec;
    lxw_format *wrapped = gv__xlsx_format(x, GV__ROLE_WRAPPED, NULL);
    gv_origin origin = device->record != NULL ? GV_ORIGIN_CALIBRATED : GV_ORIGIN_MODELLED;
    gv__text source = {0};
    add_source(side, &source);
    x->failed = x->failed || source.failed;
    uint32_t lines = gv__xlsx_lines(device->label, columns[DEVICE].width);
    uint32_t others = source.failed ? 1 : gv__xlsx_lines(source.data, columns[SOURCE].width);
    gv__xlsx_row(x, x->estimates, row, lines > others ? lines : others);
    gv__xlsx_text(x, x->estimates, row, DEVICE, device->label, wrapped);
    gv__xlsx_text(x, x->estimates, row, ORIGIN, gv_origin_name(origin),
                  gv__xlsx_format(x, gv__xlsx_origin_role(origin), NULL));
    gv__xlsx_text(x, x->estimates, row, LIBRARY, gv_software_key(side->software), wrapped);
    gv__xlsx_text(x, x->estimates, row, SOURCE, source.data, wrapped);
    put_figure(x, row, PEAK, spec->fp32_flop_per_s * 1e-12);
    put_figure(x, row, BANDWIDTH, spec->bandwidth_bytes_per_s * 1e-9);
    put_link(x, row, side);
    put_usable(x, row);
    put_warning(x, row);
    gv__text_free(&source);
}

/* ---- estimates ---- */

/** What a formula refers to: a cell of this row, or one of the device's data sheet. */
typedef struct names {
    char cell[COLUMNS][LXW_MAX_CELL_NAME_LENGTH];
    char sheet[SHEET_COLUMNS][LXW_MAX_CELL_NAME_LENGTH];
} names;

static void name_cells(const gv_dataset *d, const gv_dataset_pair *pair, lxw_row_t row, names *n)
{
    for (int c = 0; c < COLUMNS; c++) {
        gv__xlsx_cell(n->cell[c], row, (lxw_col_t)c, false);
    }
    for (int c = 0; c < SHEET_COLUMNS; c++) {
        gv__xlsx_cell(n->sheet[c], sheet_row(d, pair->device), (lxw_col_t)c, true);
    }
}

static void put_number(gv__xlsx *x, lxw_row_t row, int at, double value, gv_origin origin,
                       const char *format)
{
    gv__role role = origin == GV_ORIGIN_MEASURED ? GV__ROLE_FIXED : gv__xlsx_origin_role(origin);
    gv__xlsx_number(x, x->estimates, row, (lxw_col_t)at, value, gv__xlsx_format(x, role, format));
}

static void put_formula(gv__xlsx *x, lxw_row_t row, int at, gv__text *formula, double value,
                        gv_origin origin, const char *format)
{
    lxw_format *look = gv__xlsx_format(x, gv__xlsx_origin_role(origin), format);
    if (isfinite(value)) {
        gv__xlsx_formula(x, x->estimates, row, (lxw_col_t)at, formula->data, value, look);
    } else {
        gv__xlsx_number(x, x->estimates, row, (lxw_col_t)at, value, look);
    }
    x->failed = x->failed || formula->failed;
    formula->length = 0;
}

/** A time's shares follow the data sheet's figure over the reader's, where the sheet has one. */
static void add_follows(gv__text *formula, const char *share, const char *base, const char *yours)
{
    gv__text_printf(formula, "+IF(ISNUMBER(%s),%s*(%s/%s-1),0)", base, share, base, yours);
}

/** Put a formula that is a number where `cell` is one, else "–". */
static void put_after(gv__xlsx *x, lxw_row_t row, int at, const char *cell, gv__text *formula,
                      double value, gv_origin origin, const char *format)
{
    gv__text whole = {0};
    gv__text_printf(&whole, "=IF(ISNUMBER(%s),%s,\"–\")", cell,
                    formula->failed ? "" : formula->data);
    put_formula(x, row, at, &whole, value, origin, format);
    x->failed = x->failed || formula->failed;
    formula->length = 0;
    gv__text_free(&whole);
}

/** Its data goes with the link as far as the host keeps up: no further than the data sheet's limit.
 */
static void add_transfer(gv__text *formula, const names *n)
{
    const char *limit = n->sheet[LINK_LIMIT], *yours = n->sheet[YOUR_LINK];
    gv__text_printf(formula, "%s*(1-%s+%s*IF(ISNUMBER(%s),MIN(1,%s)/MIN(%s,%s),1))",
                    n->cell[MODEL_TRANSFER], n->cell[OF_DATA], n->cell[OF_DATA], limit, limit,
                    yours, limit);
}

/** The times: the model's own, then what they are with the reader's figures. */
static void put_times(gv__xlsx *x, lxw_row_t row, const gv_estimated *e, const names *n,
                      gv__text *f)
{
    const gv_estimate *device = &e->answer.device;
    const gv_view_estimate *whole = &device->view[GV_VIEW_TRANSFERS];
    const gv_origin origin = device->origin;
    put_number(x, row, MODEL_KERNEL, device->call_s * 1e3, origin,
               gv__xlsx_rough_time(device->call_s * 1e3));
    put_number(x, row, OF_PEAK, e->shares.compute, origin, SHARE_FORMAT);
    put_number(x, row, OF_BANDWIDTH, e->shares.memory, origin, SHARE_FORMAT);
    put_number(x, row, MODEL_TRANSFER, whole->transfer_s * 1e3, origin,
               gv__xlsx_rough_time(whole->transfer_s * 1e3));
    put_number(x, row, OF_DATA, e->shares.data, origin, SHARE_FORMAT);
    gv__text_printf(f, "=IF(%s=\"yes\",%s*(1", n->sheet[USABLE], n->cell[MODEL_KERNEL]);
    add_follows(f, n->cell[OF_PEAK], n->sheet[PEAK], n->sheet[YOUR_PEAK]);
    add_follows(f, n->cell[OF_BANDWIDTH], n->sheet[BANDWIDTH], n->sheet[YOUR_BANDWIDTH]);
    gv__text_add(f, "),\"–\")");
    put_formula(x, row, KERNEL, f, device->call_s * 1e3, origin,
                gv__xlsx_rough_time(device->call_s * 1e3));
    add_transfer(f, n);
    put_after(x, row, TRANSFER, n->cell[KERNEL], f, whole->transfer_s * 1e3, origin,
              gv__xlsx_rough_time(whole->transfer_s * 1e3));
    gv__text_printf(f, "%s+%s", n->cell[KERNEL], n->cell[TRANSFER]);
    put_after(x, row, TOTAL, n->cell[KERNEL], f, whole->total_s * 1e3, origin,
              gv__xlsx_rough_time(whole->total_s * 1e3));
    const struct {
        int at;
        double value;
    } ends[] = {{TOTAL_LOW, whole->low_s}, {TOTAL_HIGH, whole->high_s}};
    for (size_t i = 0; i < GV__COUNT(ends); i++) {
        gv__text_printf(f, "%s*%.17g", n->cell[TOTAL], ends[i].value / whole->total_s);
        put_after(x, row, ends[i].at, n->cell[TOTAL], f, ends[i].value * 1e3, origin,
                  gv__xlsx_rough_time(ends[i].value * 1e3));
    }
}

/** The host's time: a formula over Measurements where it was measured. */
static void put_host(gv__xlsx *x, lxw_row_t row, const gv_dataset_pair *pair, gv__text *f)
{
    const gv_cpu_time *cpu = &pair->estimated->answer.cpu;
    bool is_formula =
        gv__xlsx_over_members(x, pair, "MEDIAN", true, GV_MEASUREMENT_KERNEL_ONLY_TOTAL, f);
    if (cpu->origin == GV_ORIGIN_MEASURED && is_formula) {
        put_formula(x, row, HOST, f, cpu->time_s * 1e3, cpu->origin, TIME_FORMAT);
    } else {
        put_number(x, row, HOST, cpu->time_s * 1e3, cpu->origin, TIME_FORMAT);
    }
    gv__xlsx_text(x, x->estimates, row, HOST_ORIGIN, gv_origin_name(cpu->origin),
                  gv__xlsx_format(x, GV__ROLE_WRAPPED, NULL));
    f->length = 0;
}

static void put_speedup(gv__xlsx *x, lxw_row_t row, const gv_answer *a, const names *n, gv__text *f)
{
    const gv_ratio *speedup = &a->speedup[GV_VIEW_TRANSFERS];
    const gv_origin origin = a->device.origin;
    const char *total = n->cell[TOTAL];
    gv__text_printf(f, "%s/%s", n->cell[HOST], total);
    put_after(x, row, SPEEDUP, total, f, speedup->value, origin,
              gv__xlsx_rough_ratio(speedup->value));
    put_number(x, row, FACTOR, speedup->high / speedup->value, origin, FACTOR_FORMAT);
    gv__text_printf(f, "%s/%s", n->cell[SPEEDUP], n->cell[FACTOR]);
    put_after(x, row, LOW, total, f, speedup->low, origin, gv__xlsx_rough_ratio(speedup->low));
    gv__text_printf(f, "%s*%s", n->cell[SPEEDUP], n->cell[FACTOR]);
    put_after(x, row, HIGH, total, f, speedup->high, origin, gv__xlsx_rough_ratio(speedup->high));
}

static void put_estimate(gv__xlsx *x, lxw_row_t row, const gv_dataset_pair *pair, gv__text *f)
{
    const gv_answer *a = &pair->estimated->answer;
    lxw_format *wrapped = gv__xlsx_format(x, GV__ROLE_WRAPPED, NULL);
    gv__text reasons = {0};
    names n;
    name_cells(x->dataset, pair, row, &n);
    gv__forecast_add_reasons(&a->device, &reasons);
    const struct {
        const char *text;
        int column;
    } wrapping[] = {{reasons.data != NULL ? reasons.data : "", REMARK},
                    {x->dataset->devices[pair->device].label, DEVICE},
                    {x->dataset->workloads[pair->workload].text, WORKLOAD}};
    uint32_t lines = 1;
    for (size_t i = 0; i < GV__COUNT(wrapping); i++) {
        uint32_t own = gv__xlsx_lines(wrapping[i].text, columns[wrapping[i].column].width);
        lines = own > lines ? own : lines;
    }
    gv__xlsx_row(x, x->estimates, row, lines);
    gv__xlsx_text(x, x->estimates, row, DEVICE, x->dataset->devices[pair->device].label, wrapped);
    gv__xlsx_text(x, x->estimates, row, ORIGIN, gv_origin_name(a->device.origin),
                  gv__xlsx_format(x, gv__xlsx_origin_role(a->device.origin), NULL));
    gv__xlsx_text(x, x->estimates, row, LIBRARY, gv_software_key(a->side->software), wrapped);
    gv__xlsx_text(x, x->estimates, row, WORKLOAD, x->dataset->workloads[pair->workload].text,
                  wrapped);
    put_times(x, row, pair->estimated, &n, f);
    put_host(x, row, pair, f);
    put_speedup(x, row, a, &n, f);
    gv__xlsx_text(x, x->estimates, row, SPENT_ON, gv_term_key(a->device.dominant), wrapped);
    gv__xlsx_text(x, x->estimates, row, REMARK, reasons.data, wrapped);
    x->failed = x->failed || reasons.failed;
    gv__text_free(&reasons);
}

/* ---- the sheet ---- */

/** Whose times the speed-ups of estimates are over; NULL: no host was measured. */
static const char *host_of_estimates(const gv_dataset *d)
{
    for (uint32_t i = 0; i < d->device_count; i++) {
        if (d->devices[i].side != NULL && d->devices[i].host != GV__NONE) {
            return d->hosts[d->devices[i].host].label;
        }
    }
    return NULL;
}

static void put_top(gv__xlsx *x)
{
    static const char *const rows[] = {
        [ABOUT] = "What was not measured: modelled from a data sheet (never run), or calibrated by "
                  "what else was measured of the device. ≈ marks each such number; an interval "
                  "holds the truth in 80 % of the cases, on average over devices.",
        [HOW] =
            "Yellow cells are yours: change a peak (of every precision), a bandwidth or a link, "
            "and times, speed-ups, ranks and charts follow. Peak and bandwidth: right for "
            "small changes (the model's tangent at the data sheet); for another device ask "
            "again with --device.",
        [LINKS] = "Transfers are of pageable memory, which the host's processor copies into the "
                  "driver's buffers, at 12 GB/s at most in the model: a faster link than the host "
                  "keeps up with changes nothing, and below 1 the data sheet's own already waits "
                  "for it."};
    const char *host = host_of_estimates(x->dataset);
    gv__xlsx_title(x, x->estimates, "Estimates");
    for (lxw_row_t row = ABOUT; row <= LINKS; row++) {
        gv__text text = {0};
        gv__text_add(&text, rows[row]);
        if (row == HOW && host != NULL) {
            gv__text_printf(&text, " Speed-ups are over %s.", host);
        }
        gv__xlsx_text(x, x->estimates, row, 0, text.data, gv__xlsx_format(x, GV__ROLE_ASIDE, NULL));
        x->failed = x->failed || text.failed;
        gv__text_free(&text);
    }
}

static void put_data_sheets(gv__xlsx *x)
{
    const gv_dataset *d = x->dataset;
    gv__xlsx_text(x, x->estimates, SHEETS_TITLE, 0, "Data sheets",
                  gv__xlsx_format(x, GV__ROLE_HEADLINE, NULL));
    gv__xlsx_check(x, worksheet_set_row(x->estimates, SHEETS_HEADING, 66, NULL));
    for (int c = 0; c < SHEET_COLUMNS; c++) {
        gv__xlsx_heading(x, x->estimates, SHEETS_HEADING, (lxw_col_t)c, sheet_columns[c].label,
                         sheet_columns[c].unit);
    }
    for (uint32_t i = 0; i < d->device_count; i++) {
        if (d->devices[i].side != NULL) {
            put_sheet(x, sheet_row(d, i), &d->devices[i]);
        }
    }
    lxw_row_t last = SHEETS_FIRST + count_sheets(d) - 1;
    const gv__xlsx_limits peak = {1e-3, 1e7, "Peak", "The peak in TFLOP/s: a number above 0."};
    const gv__xlsx_limits bandwidth = {1e-1, 1e8, "Memory bandwidth",
                                       "The memory bandwidth in GB/s: a number above 0."};
    const gv__xlsx_limits link = {1e-3, 1e3, "Link",
                                  "How many times as fast as the data sheet's link: 1 is the same; "
                                  "a number from 0.001 to 1000."};
    gv__xlsx_limit(x, x->estimates, SHEETS_FIRST, last, YOUR_PEAK, &peak);
    gv__xlsx_limit(x, x->estimates, SHEETS_FIRST, last, YOUR_BANDWIDTH, &bandwidth);
    gv__xlsx_limit(x, x->estimates, SHEETS_FIRST, last, YOUR_LINK, &link);
}

static void put_estimates(gv__xlsx *x)
{
    const gv_dataset *d = x->dataset;
    lxw_row_t heading = estimates_heading(d), last = heading;
    gv__text formula = {0};
    gv__xlsx_text(x, x->estimates, heading - 1, 0, "Times and speed-ups",
                  gv__xlsx_format(x, GV__ROLE_HEADLINE, NULL));
    gv__xlsx_check(x, worksheet_set_row(x->estimates, heading, 66, NULL));
    for (int c = 0; c < COLUMNS; c++) {
        gv__xlsx_heading(x, x->estimates, heading, (lxw_col_t)c, columns[c].label, columns[c].unit);
    }
    for (uint32_t i = 0; i < d->pair_count && x->error == LXW_NO_ERROR; i++) {
        if (x->estimate_row[i] > 0) {
            last = x->estimate_row[i];
            put_estimate(x, last, &d->pairs[i], &formula);
        }
    }
    gv__text_free(&formula);
    gv__xlsx_check(x, worksheet_autofilter(x->estimates, heading, 0, last, COLUMNS - 1));
    gv__xlsx_page(x, x->estimates, heading, heading, 2);
    gv__xlsx_check(x, worksheet_repeat_columns(x->estimates, DEVICE, WORKLOAD));
}

void gv__xlsx_estimates(gv__xlsx *x)
{
    for (int c = 0; c < COLUMNS; c++) {
        gv__xlsx_check(x, worksheet_set_column(x->estimates, (lxw_col_t)c, (lxw_col_t)c,
                                               columns[c].width, NULL));
    }
    put_top(x);
    put_data_sheets(x);
    put_estimates(x);
}
