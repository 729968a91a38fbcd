/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/table.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

gv_cell gv_cell_text(const char *text)
{
    bool there = text != NULL && text[0] != 0;
    return (gv_cell){.kind = there ? GV_CELL_TEXT : GV_CELL_BLANK, .text = there ? text : ""};
}

gv_cell gv_cell_number(double number, gv_origin origin)
{
    if (!isfinite(number)) {
        return (gv_cell){.kind = GV_CELL_BLANK, .text = ""};
    }
    return (gv_cell){.kind = GV_CELL_NUMBER, .origin = origin, .number = number, .text = ""};
}

void gv_table_row(gv_table *table, size_t row, gv_cell *cells)
{
    if (table->fill != NULL) {
        table->fill(table, row, cells);
    } else {
        memcpy(cells, table->cells + row * table->column_count,
               table->column_count * sizeof(*cells));
    }
}

static void add(gv_table *table, gv_cell cell)
{
    size_t count = table->cell_count;
    if ((count & (count - 1)) == 0) {
        gv_cell *grown = realloc(table->cells, (count == 0 ? 1 : count * 2) * sizeof(*grown));
        if (grown == NULL) {
            table->failed = true;
            return;
        }
        table->cells = grown;
    }
    table->cells[table->cell_count++] = cell;
    table->row_count = table->cell_count / table->column_count;
}

void gv_table_add_blank(gv_table *table)
{
    add(table, gv_cell_text(NULL));
}

void gv_table_add_text(gv_table *table, const char *text)
{
    add(table, gv_cell_text(text));
}

void gv_table_add_number(gv_table *table, double number)
{
    size_t column = table->cell_count % table->column_count;
    add(table, gv_cell_number(number, table->columns[column].origin));
}

void gv_table_add_number_of(gv_table *table, double number, gv_origin origin)
{
    add(table, gv_cell_number(number, origin));
}

void gv_table_add_printf(gv_table *table, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    char *text = length >= 0 ? malloc((size_t)length + 1) : NULL;
    size_t count = table->text_count;
    if (text != NULL && (count & (count - 1)) == 0) {
        char **grown = realloc(table->texts, (count == 0 ? 1 : count * 2) * sizeof(*grown));
        if (grown == NULL) {
            free(text);
            text = NULL;
        } else {
            table->texts = grown;
        }
    }
    if (text != NULL) {
        vsnprintf(text, (size_t)length + 1, format, again);
        table->texts[table->text_count++] = text;
        gv_table_add_text(table, text);
    } else {
        table->failed = true;
    }
    va_end(again);
}

void gv_table_free(gv_table *table)
{
    for (size_t i = 0; i < table->text_count; i++) {
        free(table->texts[i]);
    }
    free(table->texts);
    free(table->cells);
    free(table->index);
    gv__text_free(&table->scratch);
    *table = (gv_table){0};
}
