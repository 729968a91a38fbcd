/* SPDX-License-Identifier: Apache-2.0 */
/* Aligned tables, bar charts and paragraphs for terminals.
 *
 *     any verb's answer -> [text] -> stdout
 *
 * The width of the terminal behind a stream counts, else that of COLUMNS; where nobody tells it, as
 * in a file, nothing is made to fit. Text is UTF-8 and measured as it is displayed: a combining
 * mark takes no column, an East Asian character two. Control characters, which a driver's string
 * may hold, are printed as '?'. Nothing here looks at the locale. */
#ifndef GPUVERDICT_REPORTS_TEXT_H
#define GPUVERDICT_REPORTS_TEXT_H

#include "base/support.h"
#include <stdio.h>

/** What a report for people should fit into, on a terminal that is no narrower. */
enum { GV_TEXT_COLUMNS = 100 };

/** Columns that a text takes on a terminal. */
size_t gv_text_width(const char *text);

/** Bytes of the printable character that `text` starts with; 0 for a control character and for what
 * is not UTF-8. */
size_t gv_text_character(const char *text);

/** "2,097,152": a whole number with its thousands apart; "" of NAN. `text` has GV__GROUPED bytes;
 * returned. */
enum { GV__GROUPED = 32 };
char *gv__grouped(double number, char text[GV__GROUPED]);

typedef enum gv_text_align { GV_TEXT_LEFT, GV_TEXT_RIGHT } gv_text_align;

/** A table that is filled from left to right, top to bottom. Start with `{0}`, add the columns,
 * then the cells of each row in turn; print; free. Texts are copied.
 *
 *     gv_text_table table = {0};
 *     gv_text_table_column(&table, "Device", GV_TEXT_LEFT);
 *     gv_text_table_column(&table, "Time", GV_TEXT_RIGHT);
 *     gv_text_table_cell(&table, "A100");
 *     gv_text_table_printf(&table, "%.1f ms", 12.0);
 *     status = gv_text_table_print(&table, stdout, 0, err);
 *     gv_text_table_free(&table);
 */
typedef struct gv_text_table {
    gv__text texts; /**< headings and cells, each ended by 0 */
    struct gv_text_column *column;
    size_t columns, cells;
    bool failed;
} gv_text_table;

/** Add a column. NULL as heading of every column: a table without a heading line. */
void gv_text_table_column(gv_text_table *table, const char *heading, gv_text_align align);
/** The column added last matters less: where the terminal is too narrow for all, such columns leave
 * the table, from the right on, and their cells stand on a line below each row, with their
 * headings.
 */
void gv_text_table_minor(gv_text_table *table);
/** Fill the next cell. */
void gv_text_table_cell(gv_text_table *table, const char *text);
void gv_text_table_printf(gv_text_table *table, const char *format, ...) GV__PRINTF(2, 3);
/** Print with `indent` spaces before each line. A last row that is not full is filled with nothing.
 * @retval GV_MEMORY  the table could not be held; nothing was printed
 * @retval GV_IO      `out` does not take it */
gv_status gv_text_table_print(const gv_text_table *table, FILE *out, size_t indent, gv_error *err);
void gv_text_table_free(gv_text_table *table);

/** One line of a bar chart. */
typedef struct gv_text_bar {
    const char *label;
    double value;     /**< >= 0; NAN or negative: no bar */
    const char *text; /**< the value as a person reads it, with its unit: "13.2×"; "—" for none */
} gv_text_bar;

/** Bars side by side on one linear scale, the longest value filling the line; labels and texts are
 * aligned. `indent` spaces before each line. */
void gv_text_bars(FILE *out, const gv_text_bar *bars, size_t count, size_t indent);

/** A paragraph, broken at spaces so that no line is over `width` columns, or the terminal's where
 * it is narrower, unless a word is. The first line continues what was printed: `first` columns are
 * taken already. Others begin with `indent` spaces. Ends with a newline. */
void gv_text_paragraph(FILE *out, const char *text, size_t first, size_t indent, size_t width);

#endif
