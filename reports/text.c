/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/text.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

/* ---- UTF-8 on a terminal ---- */

typedef struct code_range {
    uint32_t first, last;
} code_range;

/* Marks that take no column, and characters that take two: the blocks that device names, paths and
 * people's names are written in (Unicode, EastAsianWidth and category Mn). */
static const code_range zero_width[] = {
    {0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x0610, 0x061A}, {0x064B, 0x065F},
    {0x200B, 0x200F}, {0x20D0, 0x20F0}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}, {0xFEFF, 0xFEFF}};
static const code_range double_width[] = {{0x1100, 0x115F},   {0x2E80, 0x303E},  {0x3041, 0xA4CF},
                                          {0xA960, 0xA97F},   {0xAC00, 0xD7A3},  {0xF900, 0xFAFF},
                                          {0xFE30, 0xFE6F},   {0xFF01, 0xFF60},  {0xFFE0, 0xFFE6},
                                          {0x1F300, 0x1FAFF}, {0x20000, 0x3FFFD}};

static bool in_ranges(uint32_t code, const code_range *ranges, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (code >= ranges[i].first && code <= ranges[i].last) {
            return true;
        }
    }
    return false;
}

/* Read one character: its bytes, and the columns it takes. A byte that is not UTF-8 and a control
 * character are one byte of one column, and `printable` is false. */
typedef struct glyph {
    size_t bytes, columns;
    bool printable;
} glyph;

static glyph next_glyph(const char *text)
{
    const unsigned char *s = (const unsigned char *)text;
    if (s[0] < 0x80) {
        return (glyph){1, 1, s[0] >= 0x20 && s[0] != 0x7F};
    }
    size_t bytes = s[0] >= 0xF0 && s[0] <= 0xF4  ? 4
                   : s[0] >= 0xE0 && s[0] < 0xF0 ? 3
                   : s[0] >= 0xC2 && s[0] < 0xE0 ? 2
                                                 : 0;
    if (bytes == 0) {
        return (glyph){1, 1, false};
    }
    uint32_t code = s[0] & (0x7FU >> bytes);
    for (size_t i = 1; i < bytes; i++) {
        if ((s[i] & 0xC0U) != 0x80U) {
            return (glyph){1, 1, false};
        }
        code = code << 6 | (s[i] & 0x3FU);
    }
    if (code < 0xA0) { /* the C1 control characters */
        return (glyph){bytes, 1, false};
    }
    size_t columns = in_ranges(code, zero_width, GV__COUNT(zero_width))       ? 0
                     : in_ranges(code, double_width, GV__COUNT(double_width)) ? 2
                                                                              : 1;
    return (glyph){bytes, columns, true};
}

size_t gv_text_width(const char *text)
{
    size_t width = 0;
    while (*text != 0) {
        glyph g = next_glyph(text);
        width += g.columns;
        text += g.bytes;
    }
    return width;
}

size_t gv_text_character(const char *text)
{
    glyph g = next_glyph(text);
    return g.printable ? g.bytes : 0;
}

/* Of the terminal behind `out`, else what the environment says; SIZE_MAX where nobody tells. */
static size_t terminal_columns(FILE *out)
{
    enum { LEAST = 40 };
    struct winsize size = {0};
    const char *said = getenv("COLUMNS");
    size_t columns = 0;
    if (ioctl(fileno(out), TIOCGWINSZ, &size) == 0) {
        columns = size.ws_col;
    } else if (said != NULL) {
        columns = strtoul(said, NULL, 10);
    }
    return columns == 0 ? SIZE_MAX : columns < LEAST ? LEAST : columns;
}

static void put(FILE *out, const char *text, size_t length)
{
    const char *end = text + length;
    while (text < end) {
        glyph g = next_glyph(text);
        if (g.printable) {
            fwrite(text, 1, g.bytes, out);
        } else {
            fputc('?', out);
        }
        text += g.bytes;
    }
}

static void put_repeated(FILE *out, const char *piece, size_t times)
{
    for (size_t i = 0; i < times; i++) {
        fputs(piece, out);
    }
}

static void put_aligned(FILE *out, const char *text, size_t width, gv_text_align align, bool last)
{
    size_t own = gv_text_width(text);
    size_t space = own < width ? width - own : 0;
    if (align == GV_TEXT_RIGHT) {
        put_repeated(out, " ", space);
    }
    put(out, text, strlen(text));
    if (align == GV_TEXT_LEFT && !last) {
        put_repeated(out, " ", space);
    }
}

/* ---- tables ---- */

struct gv_text_column {
    gv_text_align align;
    bool minor;
};

void gv_text_table_column(gv_text_table *table, const char *heading, gv_text_align align)
{
    struct gv_text_column *grown = realloc(table->column, (table->columns + 1) * sizeof(*grown));
    if (grown == NULL) {
        table->failed = true;
        return;
    }
    table->column = grown;
    table->column[table->columns++] = (struct gv_text_column){.align = align};
    heading = heading != NULL ? heading : "";
    gv__text_add_n(&table->texts, heading, strlen(heading) + 1);
}

void gv_text_table_minor(gv_text_table *table)
{
    if (table->columns > 0) {
        table->column[table->columns - 1].minor = true;
    }
}

void gv_text_table_cell(gv_text_table *table, const char *text)
{
    gv__text_add_n(&table->texts, text, strlen(text) + 1);
    table->cells++;
}

void gv_text_table_printf(gv_text_table *table, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    va_list again;
    va_copy(again, arguments);
    /* Version 14 of the analyzer forgets va_start() where it looks at several files in one run. */
    int length =
        vsnprintf(NULL, 0, format, arguments); // NOLINT(clang-analyzer-valist.Uninitialized)
    va_end(arguments);
    char *text = length >= 0 ? malloc((size_t)length + 1) : NULL;
    if (text != NULL) {
        vsnprintf(text, (size_t)length + 1, format, again);
        gv_text_table_cell(table, text);
        free(text);
    } else {
        table->failed = true;
    }
    va_end(again);
}

/* How a column is printed. */
typedef struct place {
    size_t width;
    bool below; /**< on a line of its own kind, below the row */
} place;

/* Widths of the columns, and whether there is a heading line; walks all texts once. */
static bool measure_columns(const gv_text_table *table, place *places)
{
    bool headings = false;
    const char *text = table->texts.data;
    for (size_t i = 0; i < table->columns + table->cells; i++) {
        size_t width = gv_text_width(text);
        place *column = &places[i % table->columns];
        column->width = width > column->width ? width : column->width;
        headings = headings || (i < table->columns && width > 0);
        text += strlen(text) + 1;
    }
    return headings;
}

/* Send minor columns below, the last first, until the others fit. */
static void fit(const gv_text_table *table, size_t indent, size_t columns, place *places)
{
    size_t width = indent + 2 * (table->columns - 1);
    for (size_t c = 0; c < table->columns; c++) {
        width += places[c].width;
    }
    for (size_t c = table->columns; c-- > 1 && width > columns;) {
        if (table->column[c].minor) {
            places[c].below = true;
            width -= places[c].width + 2;
        }
    }
}

/* "Heading: cell; Heading: cell" of what left the table, without empty cells. */
static bool print_below(const gv_text_table *table, FILE *out, size_t indent, const char *text,
                        size_t cells, const place *places)
{
    const char *heading = table->texts.data;
    gv__text line = {0};
    for (size_t c = 0; c < cells; c++) {
        if (places[c].below && text[0] != 0) {
            gv__text_printf(&line, "%s%s: %s", line.length > 0 ? "; " : "", heading, text);
        }
        text += strlen(text) + 1;
        heading += strlen(heading) + 1;
    }
    bool printed = !line.failed;
    if (line.length > 0) {
        put_repeated(out, " ", indent);
        gv_text_paragraph(out, line.data, indent, indent, SIZE_MAX);
    }
    gv__text_free(&line);
    return printed;
}

static const char *print_row(const gv_text_table *table, FILE *out, size_t indent, const char *text,
                             size_t cells, const place *places)
{
    size_t last = cells;
    while (last > 1 && places[last - 1].below) {
        last--;
    }
    put_repeated(out, " ", indent);
    for (size_t c = 0; c < cells; c++) {
        if (!places[c].below) {
            fputs(c > 0 ? "  " : "", out);
            put_aligned(out, text, places[c].width, table->column[c].align, c + 1 == last);
        }
        text += strlen(text) + 1;
    }
    fputc('\n', out);
    return text;
}

static void print_rule(const gv_text_table *table, FILE *out, size_t indent, const place *places)
{
    put_repeated(out, " ", indent);
    for (size_t c = 0; c < table->columns; c++) {
        if (!places[c].below) {
            fputs(c > 0 ? "  " : "", out);
            put_repeated(out, "─", places[c].width);
        }
    }
    fputc('\n', out);
}

gv_status gv_text_table_print(const gv_text_table *table, FILE *out, size_t indent, gv_error *err)
{
    if (table->columns == 0) {
        return GV_OK;
    }
    place *places = calloc(table->columns, sizeof(*places));
    bool held = !table->failed && !table->texts.failed && places != NULL;
    if (held) {
        bool headings = measure_columns(table, places);
        const char *text = table->texts.data;
        fit(table, indent, terminal_columns(out), places);
        if (headings) {
            text = print_row(table, out, indent, text, table->columns, places);
            print_rule(table, out, indent, places);
        } else {
            text += table->columns; /* as many empty headings */
        }
        for (size_t done = 0; done < table->cells; done += table->columns) {
            size_t left = table->cells - done;
            size_t cells = left < table->columns ? left : table->columns;
            const char *row = text;
            text = print_row(table, out, indent, row, cells, places);
            held = print_below(table, out, indent + 4, row, cells, places) && held;
        }
    }
    free(places);
    if (!held) {
        return gv__fail(err, GV_MEMORY, 0, NULL, "not enough memory to print a table");
    }
    return ferror(out) ? gv__fail(err, GV_IO, errno, "write", "a table could not be written")
                       : GV_OK;
}

void gv_text_table_free(gv_text_table *table)
{
    gv__text_free(&table->texts);
    free(table->column);
    *table = (gv_text_table){0};
}

/* ---- bars ---- */

static void put_bar(FILE *out, double share, size_t columns)
{
    static const char *const eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    size_t units = (size_t)(share * (double)columns * 8 + 0.5);
    if (units == 0 && share > 0) {
        units = 1; /* small, but there */
    }
    put_repeated(out, "█", units / 8);
    fputs(eighths[units % 8], out);
    put_repeated(out, " ", columns - units / 8 - (units % 8 != 0));
}

void gv_text_bars(FILE *out, const gv_text_bar *bars, size_t count, size_t indent)
{
    size_t label = 0, text = 0;
    double largest = 0;
    for (size_t i = 0; i < count; i++) {
        size_t l = gv_text_width(bars[i].label), t = gv_text_width(bars[i].text);
        label = l > label ? l : label;
        text = t > text ? t : text;
        largest = isfinite(bars[i].value) && bars[i].value > largest ? bars[i].value : largest;
    }
    size_t taken = indent + label + 2 + text + 2;
    size_t most = terminal_columns(out);
    most = most < GV_TEXT_COLUMNS ? most : GV_TEXT_COLUMNS;
    size_t columns = taken + 10 < most ? most - taken : 10;
    columns = columns < 50 ? columns : 50;
    for (size_t i = 0; i < count; i++) {
        double share = bars[i].value > 0 && largest > 0 ? bars[i].value / largest : 0;
        put_repeated(out, " ", indent);
        put_aligned(out, bars[i].label, label, GV_TEXT_LEFT, false);
        fputs("  ", out);
        put_bar(out, share <= 1 ? share : 1, columns);
        fputs("  ", out);
        put_aligned(out, bars[i].text, text, GV_TEXT_RIGHT, true);
        fputc('\n', out);
    }
}

/* ---- paragraphs ---- */

void gv_text_paragraph(FILE *out, const char *text, size_t first, size_t indent, size_t width)
{
    size_t column = first, most = terminal_columns(out);
    width = width < most ? width : most;
    bool fresh = true; /* nothing on this line yet that a space must part from */
    while (*(text += strspn(text, " \n")) != 0) {
        size_t length = strcspn(text, " \n");
        size_t columns = 0;
        for (size_t i = 0; i < length;) {
            glyph g = next_glyph(text + i);
            columns += g.columns;
            i += g.bytes;
        }
        if (!fresh && column + 1 + columns > width) {
            fputc('\n', out);
            put_repeated(out, " ", indent);
            column = indent;
            fresh = true;
        }
        if (!fresh) {
            fputc(' ', out);
            column++;
        }
        put(out, text, length);
        column += columns;
        fresh = false;
        text += length;
    }
    fputc('\n', out);
}

char *gv__grouped(double number, char text[GV__GROUPED])
{
    char digits[GV__GROUPED];
    size_t used = 0;
    text[0] = 0;
    if (isnan(number) || fabs(number) >= 1e18) {
        return text;
    }
    int length = snprintf(digits, sizeof digits, "%.0f", number);
    for (int i = 0; i < length; i++) {
        bool between = i > 0 && (length - i) % 3 == 0 && digits[i - 1] != '-';
        if (between) {
            text[used++] = ',';
        }
        text[used++] = digits[i];
    }
    text[used] = 0;
    return text;
}
