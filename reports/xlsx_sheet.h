/* SPDX-License-Identifier: Apache-2.0 */
/* What the sheets of the workbook share: formats, cells, references into Measurements.
 *
 * The workbook is written in constant memory: a sheet's rows come from top to bottom, and what a
 * row holds is gone once the next one starts. The first error is kept and stops nothing. */
#ifndef GPUVERDICT_REPORTS_XLSX_SHEET_H
#define GPUVERDICT_REPORTS_XLSX_SHEET_H

#include "reports/tables.h"
#include <xlsxwriter.h>

/** Who fills a cell, and what it is; the colours follow from it. */
typedef enum gv__role {
    GV__ROLE_FIXED,      /**< measured, or told by a driver */
    GV__ROLE_CALIBRATED, /**< not run, from what else was measured of the device */
    GV__ROLE_MODELLED,   /**< never run: no measured number looks like it */
    GV__ROLE_CALCULATED, /**< a formula */
    GV__ROLE_BUYER,      /**< to be filled in */
    GV__ROLE_MISSING,    /**< a word in the place of a number */
    GV__ROLE_HEAD,       /**< heading of a column */
    GV__ROLE_GROUP,      /**< heading over several columns */
    GV__ROLE_TITLE,
    GV__ROLE_HEADLINE,
    GV__ROLE_NOTE,
    GV__ROLE_ASIDE,   /**< a note on one line, over the cells at its right */
    GV__ROLE_WRAPPED, /**< a long text */
    GV__ROLE_VERDICT  /**< + gv_verdict: its colour */
} gv__role;

enum {
    GV__FORMATS = 128,
    GV__MEASUREMENTS_FIRST_ROW = 2, /**< under the note and the heading */
    GV__MEASUREMENTS_LEAN = 100000, /**< more records than this: without the columns of detail */
    GV__MAX_REFERENCES = 100 /**< of one formula; Excel takes 255 arguments, 8,192 characters */
};

typedef struct gv__xlsx {
    const gv_dataset *dataset;
    lxw_workbook *book;
    struct {
        gv__role role;
        const char *number;
        lxw_format *format;
    } formats[GV__FORMATS];
    size_t format_count;
    lxw_worksheet *verdict, *speedup, *devices, *providers, *method, *problems;
    lxw_worksheet *break_even, *estimates, *ceilings; /**< NULL: there is nothing for it */
    lxw_worksheet **measurements; /**< one for every GV__MEASUREMENTS_ROWS records */
    uint32_t measurement_sheets, sheet_count;
    int32_t column_of[GV_MEASUREMENT_COLUMN_COUNT]; /**< -1: the column is left out */
    double width_of[GV_MEASUREMENT_COLUMN_COUNT];   /**< wide enough for its longest text */
    lxw_row_t *estimate_row; /**< of each pair; 0: it was measured, or the sheet has no room */
    lxw_error error;         /**< the first one */
    bool failed;             /**< out of memory */
} gv__xlsx;

/** Records that one sheet holds. */
#define GV__MEASUREMENTS_ROWS (LXW_ROW_MAX - GV__MEASUREMENTS_FIRST_ROW)

/* The sheets, each in its own file. */
void gv__xlsx_verdict(gv__xlsx *x);
void gv__xlsx_speedup(gv__xlsx *x);
void gv__xlsx_break_even(gv__xlsx *x);
/** Which row each estimate has; called before any formula refers to it. */
void gv__xlsx_plan_estimates(gv__xlsx *x);
void gv__xlsx_estimates(gv__xlsx *x);
/** Which columns the sheet has, and how wide; called before any formula refers to them. */
void gv__xlsx_plan_measurements(gv__xlsx *x, gv_table *table);
void gv__xlsx_measurements(gv__xlsx *x, gv_table *table);
void gv__xlsx_devices(gv__xlsx *x);
void gv__xlsx_ceilings(gv__xlsx *x);
void gv__xlsx_providers(gv__xlsx *x);
void gv__xlsx_method(gv__xlsx *x);
void gv__xlsx_problems(gv__xlsx *x);

/* ---- where the numbers of Speed-up stand, for the formulas and the chart of Verdict ---- */

enum {
    GV__SPEEDUP_FIRST_ROW = 6,    /**< the first workload */
    GV__SPEEDUP_WEIGHT = 1,       /**< the column of the workloads' weights */
    GV__SPEEDUP_FIRST_COLUMN = 2, /**< the first device's */
    GV__SPEEDUP_HOST = 0,         /**< columns of a device */
    GV__SPEEDUP_TRANSFERS,
    GV__SPEEDUP_KERNEL,
    GV__SPEEDUP_HEADLINE,
    GV__SPEEDUP_LOW,
    GV__SPEEDUP_HIGH,
    GV__SPEEDUP_KERNEL_ONLY,
    GV__SPEEDUP_KERNEL_ONLY_LOW,
    GV__SPEEDUP_KERNEL_ONLY_HIGH,
    GV__SPEEDUP_ROOF,
    GV__SPEEDUP_COLUMNS
};

/** Devices that the sheet has room for. */
uint32_t gv__xlsx_speedup_devices(const gv__xlsx *x);
/** The spreadsheet's column of one number of one device. */
lxw_col_t gv__xlsx_speedup_column(uint32_t device, int number);

/** The column at the right of all devices that names the workloads for charts. */
lxw_col_t gv__xlsx_speedup_names(const gv__xlsx *x);

/** "=MEDIAN(Measurements!H5,Measurements!H9)" over the records of a pair's processes, or
 * "=Measurements!H5" of one. False: there is none, or too many for one formula. */
bool gv__xlsx_over_members(const gv__xlsx *x, const gv_dataset_pair *pair, const char *function,
                           bool host, gv_measurement_column column, gv__text *formula);

/* ---- where the numbers of Estimates stand, for the formulas of Speed-up ---- */

typedef enum gv__estimate_number {
    GV__ESTIMATE_KERNEL,    /**< ms, as the data sheets on top of the sheet say now */
    GV__ESTIMATE_TRANSFERS, /**< ms, transfers included */
    GV__ESTIMATE_LOW,       /**< of the speed-up */
    GV__ESTIMATE_HIGH
} gv__estimate_number;

/** Add a reference to a number of a pair: "Estimates!$K$12". False: the sheet does not have it. */
bool gv__xlsx_estimate_reference(const gv__xlsx *x, gv__text *formula, const gv_dataset_pair *pair,
                                 gv__estimate_number number);

/* ---- formats ---- */

/** A format for a role and a number format (NULL: text); made once. */
lxw_format *gv__xlsx_format(gv__xlsx *x, gv__role role, const char *number);
/** The number format of a ratio, with the digits of gv__ratio_decimals(). */
const char *gv__xlsx_ratio_format(double ratio);
/** The same of an estimate, whose interval bears two or three digits: "34", "1.7k". */
const char *gv__xlsx_rough_ratio(double ratio);
/** Likewise of its time in ms: "0.0142", "3.41", "74.2k". */
const char *gv__xlsx_rough_time(double time_ms);
/** The role of a number that a formula gives, by its origin: what was not measured never looks as
 * if it had been. */
gv__role gv__xlsx_origin_role(gv_origin origin);
/** The role that carries a verdict's colour. */
gv__role gv__xlsx_verdict_role(gv_verdict verdict);

/* ---- cells ---- */

void gv__xlsx_text(gv__xlsx *x, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column,
                   const char *text, lxw_format *format);
/** Blank where the number is not finite. */
void gv__xlsx_number(gv__xlsx *x, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column,
                     double number, lxw_format *format);
/** A formula with its cached value. */
void gv__xlsx_formula(gv__xlsx *x, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column,
                      const char *formula, double value, lxw_format *format);
void gv__xlsx_formula_text(gv__xlsx *x, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column,
                           const char *formula, const char *value, lxw_format *format);
/** A text over several columns of a row. */
void gv__xlsx_across(gv__xlsx *x, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t first,
                     lxw_col_t last, const char *text, lxw_format *format);
/** The first row of a sheet. */
void gv__xlsx_title(gv__xlsx *x, lxw_worksheet *sheet, const char *title);
/** Before the first cell of a row: make it high enough for texts that are wrapped. `lines` is what
 * gv__xlsx_lines() says of the tallest. */
void gv__xlsx_row(gv__xlsx *x, lxw_worksheet *sheet, lxw_row_t row, uint32_t lines);
/** Lines that a text takes in a column of this width. */
uint32_t gv__xlsx_lines(const char *text, double width);
/** A column's heading with its unit. */
void gv__xlsx_heading(gv__xlsx *x, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column,
                      const char *label, const char *unit);
/** Keep the first error of a call of the library. */
void gv__xlsx_check(gv__xlsx *x, lxw_error error);

/** "B7", or "$B$7". `text` has LXW_MAX_CELL_NAME_LENGTH bytes; returned. */
const char *gv__xlsx_cell(char *text, lxw_row_t row, lxw_col_t column, bool absolute);
/** Add a text as a formula writes it: "\"a\"&\"b\"", since Excel takes 255 characters in a piece.
 */
void gv__xlsx_literal(gv__text *formula, const char *text);
/** Add a reference to a cell of a record: "Measurements!$H$5". */
void gv__xlsx_reference(const gv__xlsx *x, gv__text *formula, uint32_t record,
                        gv_measurement_column column);

/* ---- whole sheets ---- */

/** How a sheet is printed: landscape, `pages` wide, rows `first` to `heading` on each page; the
 * grid hidden. */
void gv__xlsx_page(gv__xlsx *x, lxw_worksheet *sheet, lxw_row_t first, lxw_row_t heading,
                   uint32_t pages);
/** Title, headings with filters, and all rows of a table; `nothing` where it has none. Columns that
 * are blank in every row, or marked as a detail, are left out. */
void gv__xlsx_list(gv__xlsx *x, lxw_worksheet *sheet, gv_table_id id, const char *nothing);
/** Writes a cell in its own way, in the column where it stands on the sheet; false: as any other is
 * written. */
typedef bool (*gv__xlsx_put)(gv__xlsx *x, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column,
                             const gv_column *meaning, const gv_cell *cell, void *context);
/** gv__xlsx_list(), with `put` asked first for each cell. */
void gv__xlsx_list_with(gv__xlsx *x, lxw_worksheet *sheet, gv_table_id id, const char *nothing,
                        gv__xlsx_put put, void *context);
enum { GV__SIDEWAYS_WIDTH = 36 };
/** A table on its side, each machine GV__SIDEWAYS_WIDTH wide, from `row` on: a row for each column.
 * Returns the row behind it. */
lxw_row_t gv__xlsx_sideways(gv__xlsx *x, lxw_worksheet *sheet, gv_table_id id, lxw_row_t row);

#endif
