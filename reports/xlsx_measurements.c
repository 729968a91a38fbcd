/* SPDX-License-Identifier: Apache-2.0 */
/* Measurements: the evidence, one row a record. A cell costs 2 µs and 10 bytes, so that columns
 * which hold nothing are left out, and those of detail where there are very many records.
 *
 * The formulas of the other sheets refer to cells here. The sheet is therefore locked, without a
 * password: filtering works, sorting would move the cells away from under the formulas. */
#include "reports/text.h"
#include "reports/xlsx_sheet.h"

#include <math.h>
#include <stdlib.h>

enum { NOTE, HEADING };
enum { NARROWEST = 10, WIDEST = 120 }; /* columns of text, in characters */

void gv__xlsx_plan_measurements(gv__xlsx *x, gv_table *table)
{
    bool lean = table->row_count > GV__MEASUREMENTS_LEAN;
    bool used[GV_MEASUREMENT_COLUMN_COUNT] = {false};
    size_t longest[GV_MEASUREMENT_COLUMN_COUNT] = {0};
    gv_cell cells[GV_MEASUREMENT_COLUMN_COUNT];
    for (size_t row = 0; row < table->row_count; row++) {
        gv_table_row(table, row, cells);
        for (size_t c = 0; c < GV_MEASUREMENT_COLUMN_COUNT; c++) {
            size_t own = cells[c].kind == GV_CELL_TEXT ? gv_text_width(cells[c].text) : 0;
            used[c] = used[c] || cells[c].kind != GV_CELL_BLANK;
            longest[c] = own > longest[c] ? own : longest[c];
        }
    }
    int32_t next = 0;
    for (size_t c = 0; c < GV_MEASUREMENT_COLUMN_COUNT; c++) {
        bool kept = (used[c] || table->row_count == 0) && !(lean && table->columns[c].detail);
        x->column_of[c] = kept ? next++ : -1;
        x->width_of[c] = table->columns[c].width;
        if (table->columns[c].format == NULL) { /* a tenth for wider letters, and the indent */
            x->width_of[c] = fmin(fmax(1.1 * (double)longest[c] + 2, NARROWEST), WIDEST);
        }
    }
}

static void put_headings(gv__xlsx *x, lxw_worksheet *sheet, const gv_table *table, uint32_t part)
{
    gv__text note = {0};
    if (x->measurement_sheets > 1) {
        gv__text_printf(&note, "Part %u of %u. ", (unsigned)part + 1,
                        (unsigned)x->measurement_sheets);
    }
    gv__text_add(&note,
                 "One row a record. Filter as you like; the sheet is locked without a password "
                 "because formulas of other sheets refer to these cells, and sorting would "
                 "move them.");
    if (table->row_count > GV__MEASUREMENTS_LEAN) {
        gv__text_printf(&note, " Above %d records, columns of detail are left out: --csv has them.",
                        GV__MEASUREMENTS_LEAN);
    }
    /* Not in the first columns, which are repeated on pages side by side. */
    gv__xlsx_text(x, sheet, NOTE, (lxw_col_t)(x->column_of[GV_MEASUREMENT_WORKLOAD] + 1), note.data,
                  gv__xlsx_format(x, GV__ROLE_ASIDE, NULL));
    x->failed = x->failed || note.failed;
    gv__text_free(&note);
    gv__xlsx_check(x, worksheet_set_row(sheet, HEADING, 96, NULL));
    for (size_t c = 0; c < table->column_count; c++) {
        if (x->column_of[c] >= 0) {
            gv__xlsx_heading(x, sheet, HEADING, (lxw_col_t)x->column_of[c], table->columns[c].label,
                             table->columns[c].shown_unit);
        }
    }
}

/* Everything but the rows: widths come before them. */
static lxw_col_t set_up(gv__xlsx *x, lxw_worksheet *sheet, const gv_table *table)
{
    lxw_col_t last = 0;
    for (size_t c = 0; c < table->column_count; c++) {
        if (x->column_of[c] >= 0) {
            last = (lxw_col_t)x->column_of[c];
            gv__xlsx_check(x, worksheet_set_column(sheet, last, last, x->width_of[c], NULL));
        }
    }
    worksheet_freeze_panes(sheet, GV__MEASUREMENTS_FIRST_ROW,
                           (lxw_col_t)(x->column_of[GV_MEASUREMENT_WORKLOAD] + 1));
    gv__xlsx_page(x, sheet, HEADING, HEADING, 1 + (uint32_t)last / 16);
    gv__xlsx_check(
        x, worksheet_repeat_columns(sheet, 0, (lxw_col_t)x->column_of[GV_MEASUREMENT_WORKLOAD]));
    lxw_protection allowed = {.format_cells = 1,
                              .format_columns = 1,
                              .format_rows = 1,
                              .insert_hyperlinks = 1,
                              .autofilter = 1};
    worksheet_protect(sheet, NULL, &allowed);
    return last;
}

void gv__xlsx_measurements(gv__xlsx *x, gv_table *table)
{
    gv_cell cells[GV_MEASUREMENT_COLUMN_COUNT] = {{.kind = GV_CELL_BLANK}};
    lxw_format *formats[GV_MEASUREMENT_COLUMN_COUNT] = {NULL};
    for (size_t c = 0; c < table->column_count; c++) {
        formats[c] = gv__xlsx_format(x, GV__ROLE_FIXED, table->columns[c].format);
    }
    for (uint32_t part = 0; part < x->measurement_sheets; part++) {
        lxw_worksheet *sheet = x->measurements[part];
        size_t first = (size_t)part * GV__MEASUREMENTS_ROWS;
        size_t left = table->row_count - first;
        size_t rows = left < GV__MEASUREMENTS_ROWS ? left : GV__MEASUREMENTS_ROWS;
        lxw_col_t last = set_up(x, sheet, table);
        put_headings(x, sheet, table, part);
        for (size_t i = 0; i < rows && x->error == LXW_NO_ERROR; i++) {
            lxw_row_t row = (lxw_row_t)i + GV__MEASUREMENTS_FIRST_ROW;
            gv_table_row(table, first + i, cells);
            for (size_t c = 0; c < table->column_count; c++) {
                lxw_col_t column = (lxw_col_t)x->column_of[c];
                if (x->column_of[c] < 0 || cells[c].kind == GV_CELL_BLANK) {
                    continue;
                }
                if (cells[c].kind == GV_CELL_NUMBER) {
                    gv__xlsx_check(x, worksheet_write_number(
                                          sheet, row, column,
                                          cells[c].number * table->columns[c].scale, formats[c]));
                } else {
                    gv__xlsx_text(x, sheet, row, column, cells[c].text, formats[c]);
                }
            }
        }
        gv__xlsx_check(x, worksheet_autofilter(sheet, HEADING, 0,
                                               (lxw_row_t)(rows > 0 ? HEADING + rows : HEADING),
                                               last));
    }
}
