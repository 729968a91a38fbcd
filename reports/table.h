/* SPDX-License-Identifier: Apache-2.0 */
/* Tables whose every cell knows its kind, unit and origin; each output format is made from them.
 *
 *     journals -> [tables] -> xlsx | csv | json | text
 */
#ifndef GPUVERDICT_REPORTS_TABLE_H
#define GPUVERDICT_REPORTS_TABLE_H

#include "bench/journal.h"
#include <gpuverdict/estimate.h>

typedef enum gv_cell_kind { GV_CELL_BLANK, GV_CELL_TEXT, GV_CELL_NUMBER } gv_cell_kind;

/** A column: what its cells mean, in which unit, and how a person wants to see them. */
typedef struct gv_column {
    const char *key;    /**< stable name for CSV and JSON: "total_median_s" */
    const char *label;  /**< heading for people: "Time, with transfers" */
    const char *unit;   /**< "s", "B", "flop/s", "" for none */
    const char *format; /**< the spreadsheet's number format; NULL for text */
    const char *note;   /**< what it is, one sentence; NULL where the label says it all */
    double width;       /**< in characters */
} gv_column;

typedef struct gv_cell {
    gv_cell_kind kind;
    gv_origin origin; /**< of a number */
    double number;    /**< not NAN when kind is NUMBER */
    const char *text; /**< borrowed from the journal or the table's own strings */
} gv_cell;

typedef struct gv_table {
    const char *name;  /**< "speedup": file name in CSV, key in JSON */
    const char *title; /**< "Speed-up": the sheet's name */
    const gv_column *columns;
    size_t column_count;
    gv_cell *cells; /**< row after row */
    size_t row_count, row_capacity;
    struct gv__text_list *owned;
} gv_table;

#endif
