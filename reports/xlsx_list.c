/* SPDX-License-Identifier: Apache-2.0 */
/* Whole sheets made of a table: a list from top to bottom, or machines side by side. */
#include "reports/text.h"
#include "reports/xlsx_sheet.h"

#include <stdlib.h>
#include <string.h>

enum { TITLE, ABOUT, HEADING, FIRST };

static void put_cell(gv__xlsx *x, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column,
                     const gv_column *meaning, const gv_cell *cell)
{
    if (cell->kind == GV_CELL_NUMBER) {
        gv__role role = cell->origin == GV_ORIGIN_CALIBRATED || cell->origin == GV_ORIGIN_MODELLED
                            ? gv__xlsx_origin_role(cell->origin)
                            : GV__ROLE_FIXED;
        gv__xlsx_number(x, sheet, row, column, cell->number * meaning->scale,
                        gv__xlsx_format(x, role, meaning->format));
    } else {
        gv__xlsx_text(x, sheet, row, column, cell->text,
                      gv__xlsx_format(x, GV__ROLE_WRAPPED, NULL));
    }
}

/* ---- from top to bottom ---- */

/** A table on its way to a sheet, and which of its columns that shows. */
typedef struct list {
    gv_table table;
    gv_cell *cells;       /**< of the row at hand */
    size_t rows, columns; /**< that are shown */
    size_t *column;       /**< of the table, for each of the sheet's */
} list;

/** Columns that say something in some row, and are not for programs alone. */
static void choose_columns(list *l)
{
    l->columns = 0;
    for (size_t c = 0; c < l->table.column_count; c++) {
        bool used = l->rows == 0;
        for (size_t row = 0; row < l->rows && !used; row++) {
            gv_table_row(&l->table, row, l->cells);
            used = l->cells[c].kind != GV_CELL_BLANK;
        }
        if (used && !l->table.columns[c].detail) {
            l->column[l->columns++] = c;
        }
    }
}

/** Lines of a heading, broken at its spaces, with its unit on one of its own; bold letters are
 * wide.
 */
static uint32_t heading_lines(const gv_column *column)
{
    const double width = column->width * 0.85;
    uint32_t lines = 1;
    double used = 0;
    for (const char *word = column->label; *word != 0;) {
        size_t length = strcspn(word, " ");
        double own = (double)length;
        if (used > 0 && used + 1 + own > width) {
            lines++;
            used = 0;
        }
        used += own + (used > 0);
        word += length + (word[length] != 0);
    }
    return lines + (column->shown_unit[0] != 0);
}

static void put_headings(gv__xlsx *x, lxw_worksheet *sheet, gv_table_id id, const list *l)
{
    gv__text about = {0};
    uint32_t lines = 1;
    gv__xlsx_title(x, sheet, l->table.title);
    gv__text_add(&about, gv_table_rows_are(id));
    if (l->rows < l->table.row_count) {
        gv__text_printf(&about, "; %zu more are in the CSV files", l->table.row_count - l->rows);
    }
    gv__xlsx_across(x, sheet, ABOUT, 0, (lxw_col_t)(l->columns - 1), about.failed ? "" : about.data,
                    gv__xlsx_format(x, GV__ROLE_NOTE, NULL));
    gv__text_free(&about);
    for (size_t c = 0; c < l->columns; c++) {
        uint32_t own = heading_lines(&l->table.columns[l->column[c]]);
        lines = own > lines ? own : lines;
    }
    /* Bold letters at the bottom of a row of the usual height would lose their feet. */
    gv__xlsx_check(x, worksheet_set_row(sheet, HEADING, 5 + 15 * lines, NULL));
    for (size_t c = 0; c < l->columns; c++) {
        const gv_column *column = &l->table.columns[l->column[c]];
        gv__xlsx_heading(x, sheet, HEADING, (lxw_col_t)c, column->label, column->shown_unit);
    }
}

static void put_row(gv__xlsx *x, lxw_worksheet *sheet, list *l, size_t row, gv__xlsx_put put,
                    void *context)
{
    const lxw_row_t at = FIRST + (lxw_row_t)row;
    uint32_t lines = 1;
    gv_table_row(&l->table, row, l->cells);
    for (size_t c = 0; c < l->columns; c++) {
        size_t own = l->column[c];
        uint32_t high = gv__xlsx_lines(l->cells[own].text, l->table.columns[own].width);
        lines = high > lines ? high : lines;
    }
    gv__xlsx_row(x, sheet, at, lines);
    for (size_t c = 0; c < l->columns; c++) {
        const gv_column *meaning = &l->table.columns[l->column[c]];
        const gv_cell *cell = &l->cells[l->column[c]];
        if (put == NULL || !put(x, sheet, at, (lxw_col_t)c, meaning, cell, context)) {
            put_cell(x, sheet, at, (lxw_col_t)c, meaning, cell);
        }
    }
}

static void put_list(gv__xlsx *x, lxw_worksheet *sheet, gv_table_id id, const char *nothing,
                     list *l, gv__xlsx_put put, void *context)
{
    choose_columns(l);
    for (size_t c = 0; c < l->columns; c++) {
        gv__xlsx_check(x, worksheet_set_column(sheet, (lxw_col_t)c, (lxw_col_t)c,
                                               l->table.columns[l->column[c]].width, NULL));
    }
    put_headings(x, sheet, id, l);
    if (l->rows == 0) {
        gv__xlsx_text(x, sheet, FIRST, 0, nothing, gv__xlsx_format(x, GV__ROLE_ASIDE, NULL));
    }
    for (size_t row = 0; row < l->rows; row++) {
        put_row(x, sheet, l, row, put, context);
    }
    gv__xlsx_page(x, sheet, HEADING, HEADING, 1);
    worksheet_freeze_panes(sheet, FIRST, 0);
    if (l->rows > 0) {
        gv__xlsx_check(x, worksheet_autofilter(sheet, HEADING, 0, FIRST + (lxw_row_t)l->rows - 1,
                                               (lxw_col_t)(l->columns - 1)));
    }
}

void gv__xlsx_list_with(gv__xlsx *x, lxw_worksheet *sheet, gv_table_id id, const char *nothing,
                        gv__xlsx_put put, void *context)
{
    list l = {.rows = 0};
    if (gv_table_make(id, x->dataset, &l.table, NULL) != GV_OK) {
        x->failed = true;
        return;
    }
    l.rows = l.table.row_count < LXW_ROW_MAX - FIRST ? l.table.row_count : LXW_ROW_MAX - FIRST;
    l.cells = malloc(l.table.column_count * sizeof *l.cells);
    l.column = malloc(l.table.column_count * sizeof *l.column);
    if (l.cells != NULL && l.column != NULL) {
        put_list(x, sheet, id, nothing, &l, put, context);
    } else {
        x->failed = true;
    }
    free(l.column);
    free(l.cells);
    gv_table_free(&l.table);
}

void gv__xlsx_list(gv__xlsx *x, lxw_worksheet *sheet, gv_table_id id, const char *nothing)
{
    gv__xlsx_list_with(x, sheet, id, nothing, NULL, NULL);
}

/* ---- side by side ---- */

/* The lines of the tallest cell of a column of a table; 0 where all are blank. */
static uint32_t tallest(gv_table *table, size_t shown, size_t column, gv_cell *cells)
{
    uint32_t lines = 0;
    for (size_t i = 0; i < shown; i++) {
        gv_table_row(table, i, cells);
        uint32_t own = cells[column].kind == GV_CELL_BLANK
                           ? 0
                           : gv__xlsx_lines(cells[column].text, GV__SIDEWAYS_WIDTH);
        lines = own > lines ? own : lines;
    }
    return lines;
}

static void put_sideways(gv__xlsx *x, lxw_worksheet *sheet, lxw_row_t row, gv_table *table,
                         size_t shown, size_t column, gv_cell *cells)
{
    const gv_column *meaning = &table->columns[column];
    gv__text label = {0};
    gv__text_printf(&label, meaning->shown_unit[0] != 0 ? "%s, %s" : "%s%s", meaning->label,
                    meaning->shown_unit);
    gv__xlsx_text(x, sheet, row, 0, label.failed ? "" : label.data,
                  gv__xlsx_format(x, GV__ROLE_GROUP, NULL));
    gv__text_free(&label);
    for (size_t i = 0; i < shown; i++) {
        gv_table_row(table, i, cells);
        if (column == 0) {
            gv__xlsx_text(x, sheet, row, (lxw_col_t)(i + 1), cells[0].text,
                          gv__xlsx_format(x, GV__ROLE_GROUP, NULL));
        } else {
            put_cell(x, sheet, row, (lxw_col_t)(i + 1), meaning, &cells[column]);
        }
    }
}

lxw_row_t gv__xlsx_sideways(gv__xlsx *x, lxw_worksheet *sheet, gv_table_id id, lxw_row_t row)
{
    gv_table table;
    if (gv_table_make(id, x->dataset, &table, NULL) != GV_OK) {
        x->failed = true;
        return row;
    }
    gv_cell *cells = malloc(table.column_count * sizeof(*cells));
    size_t shown = table.row_count < LXW_COL_MAX - 1 ? table.row_count : LXW_COL_MAX - 1;
    x->failed = x->failed || cells == NULL;
    for (size_t c = 0; c < table.column_count && cells != NULL; c++) {
        uint32_t lines = tallest(&table, shown, c, cells);
        if (lines > 0) {
            gv__xlsx_row(x, sheet, row, lines);
            put_sideways(x, sheet, row++, &table, shown, c, cells);
        }
    }
    free(cells);
    gv_table_free(&table);
    return row;
}
