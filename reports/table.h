/* SPDX-License-Identifier: Apache-2.0 */
/* Tables whose every cell knows its kind, unit and origin; each output format is made from them.
 *
 *     dataset -> [tables] -> xlsx | csv | json
 *
 * Small tables hold their cells; a table of a million measurements makes each row when it is asked
 * for. Numbers are SI; a column says how a person wants to see them. */
#ifndef GPUVERDICT_REPORTS_TABLE_H
#define GPUVERDICT_REPORTS_TABLE_H

#include "base/support.h"
#include <gpuverdict/measurement.h>

typedef enum gv_cell_kind { GV_CELL_BLANK, GV_CELL_TEXT, GV_CELL_NUMBER } gv_cell_kind;

typedef struct gv_cell {
    gv_cell_kind kind;
    gv_origin origin; /**< of a number; ABSENT for a count, which has none */
    double number;    /**< finite where kind is NUMBER */
    const char *text; /**< valid until the next row is asked for */
} gv_cell;

/** A column: what its cells mean, in which unit, and how a person wants to see them. */
typedef struct gv_column {
    const char *key;        /**< stable name in CSV and JSON: "transfers_total_s" */
    const char *label;      /**< heading for people: "With transfers" */
    const char *unit;       /**< of the stored number: "s", "B", "flop/s"; "" for none */
    const char *shown_unit; /**< in front of people: "ms" … */
    double scale;           /**< … after multiplying by this */
    const char *format;     /**< number format of a spreadsheet; NULL: a text */
    double width;           /**< in characters */
    gv_origin origin;       /**< of its numbers, unless a cell says otherwise */
    bool detail;      /**< left out of lists; of Measurements where there are very many rows */
    const char *note; /**< what it is; NULL where the label says it all */
} gv_column;

typedef struct gv_table gv_table;
struct gv_table {
    const char *name;  /**< "speedup": file name in CSV, key in JSON */
    const char *title; /**< "Speed-up": for people */
    const gv_column *columns;
    size_t column_count, row_count;
    /** Make row `row` in `cells`; NULL: it is stored. */
    void (*fill)(gv_table *table, size_t row, gv_cell *cells);
    const void *source; /**< what `fill` reads; borrowed */
    uint32_t *index;    /**< what `fill` looks rows up in; owned */
    gv__text scratch;   /**< texts of the row that was filled last */
    gv_cell *cells;     /**< stored rows, one after the other */
    size_t cell_count;
    char **texts; /**< texts of stored cells that the table owns */
    size_t text_count;
    bool failed; /**< out of memory */
};

/** Row `row`, `column_count` cells. Texts live until the next call. */
void gv_table_row(gv_table *table, size_t row, gv_cell *cells);
void gv_table_free(gv_table *table);

/* Storing rows, cell by cell; a failure is kept in `failed`. */
void gv_table_add_blank(gv_table *table);
/** `text` is borrowed; "" or NULL is blank. */
void gv_table_add_text(gv_table *table, const char *text);
void gv_table_add_printf(gv_table *table, const char *format, ...) GV__PRINTF(2, 3);
/** With the column's origin. NAN and infinities are blank. */
void gv_table_add_number(gv_table *table, double number);

/** The same, of another origin than the column's. */
void gv_table_add_number_of(gv_table *table, double number, gv_origin origin);

/** Cells for `fill`. */
gv_cell gv_cell_text(const char *text);
gv_cell gv_cell_number(double number, gv_origin origin);

#endif
