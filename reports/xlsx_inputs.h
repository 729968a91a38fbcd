/* SPDX-License-Identifier: Apache-2.0 */
/* What readers of the workbook fill in: what a cell takes, whether any was changed, and weights
 * that are no weights. Formulas behind these cells hold whatever stands there. */
#ifndef GPUVERDICT_REPORTS_XLSX_INPUTS_H
#define GPUVERDICT_REPORTS_XLSX_INPUTS_H

#include "reports/xlsx_sheet.h"

/** What a cell takes: its ends included. */
typedef struct gv__xlsx_limits {
    double least, most;
    const char *title; /**< at most 32 characters */
    const char *what;  /**< shown beside the cell, and where something else is entered */
} gv__xlsx_limits;

/** The spreadsheet refuses other entries in these cells of a column. */
void gv__xlsx_limit(gv__xlsx *x, lxw_worksheet *sheet, lxw_row_t first, lxw_row_t last,
                    lxw_col_t column, const gv__xlsx_limits *limits);

enum { GV__XLSX_RANGE = 2 * LXW_MAX_CELL_NAME_LENGTH + 1 };
/** "$B$7:$B$9". `text` has GV__XLSX_RANGE bytes; returned. */
const char *gv__xlsx_range(char *text, lxw_row_t first, lxw_row_t last, lxw_col_t column);

/** Above this a weight counts as little as a negative one. */
#define GV__WEIGHT_MOST "1000000"
/** The range of the weights, on its sheet: "'Speed-up'!$B$7:$B$15"; "" where there is none. `text`
 * has GV__XLSX_RANGE + 16 bytes; returned. */
const char *gv__xlsx_weights(const gv__xlsx *x, char *text);

/** Add an expression: how many inputs that a rank follows are not what they were at first. */
void gv__xlsx_add_changed(const gv__xlsx *x, gv__text *formula);
/** Its part about the data sheets of Estimates: "+…+…", or nothing. */
void gv__xlsx_add_changed_figures(const gv__xlsx *x, gv__text *formula);
/** Add an expression: how many weights are no number, negative or beyond all measure. */
void gv__xlsx_add_bad_weights(const gv__xlsx *x, gv__text *formula);

#endif
