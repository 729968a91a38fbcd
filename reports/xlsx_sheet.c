/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/xlsx_sheet.h"
#include "reports/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { INK = 0x1F2933, GREY = 0x6B7280, LINE = 0xD5DAE1, HEAD_FILL = 0x33475B };
enum {
    CALCULATED_FILL = 0xEEF3F9,
    BUYER_FILL = 0xFFF6CC,
    MISSING_FILL = 0xF3F4F6,
    CALIBRATED_FILL = 0xE3F1EE,
    MODELLED_FILL = 0xF8EBD8
};

static const struct {
    lxw_color_t fill, ink;
} verdict_colours[GV_VERDICT_COUNT] = {
    [GV_VERDICT_UNKNOWN] = {MISSING_FILL, GREY},     [GV_VERDICT_SLOWER] = {0xF6CFC9, 0x8A1F11},
    [GV_VERDICT_MARGINAL] = {0xFBE8C0, 0x7A4E00},    [GV_VERDICT_NOTICEABLE] = {0xDDEFD5, 0x2C5E1A},
    [GV_VERDICT_SIGNIFICANT] = {0xA9D89A, 0x14430A},
};

void gv__xlsx_check(gv__xlsx *x, lxw_error error)
{
    if (x->error == LXW_NO_ERROR) {
        x->error = error;
    }
}

/* ---- formats ---- */

gv__role gv__xlsx_verdict_role(gv_verdict verdict)
{
    return (gv__role)((int)GV__ROLE_VERDICT + (int)verdict);
}

gv__role gv__xlsx_origin_role(gv_origin origin)
{
    return origin == GV_ORIGIN_CALIBRATED ? GV__ROLE_CALIBRATED
           : origin == GV_ORIGIN_MODELLED ? GV__ROLE_MODELLED
                                          : GV__ROLE_CALCULATED;
}

static void set_fill(lxw_format *format, lxw_color_t fill)
{
    format_set_pattern(format, LXW_PATTERN_SOLID);
    format_set_bg_color(format, fill);
}

static bool is_boxed(gv__role role)
{
    return role != GV__ROLE_TITLE && role != GV__ROLE_HEADLINE && role != GV__ROLE_NOTE &&
           role != GV__ROLE_ASIDE;
}

static void set_role(lxw_format *format, gv__role role)
{
    format_set_font_color(format, INK);
    format_set_align(format, LXW_ALIGN_VERTICAL_TOP);
    if (is_boxed(role)) {
        format_set_border(format, LXW_BORDER_THIN);
        format_set_border_color(format, LINE);
    }
    switch (role) {
    case GV__ROLE_FIXED:
        break;
    case GV__ROLE_WRAPPED:
        format_set_text_wrap(format);
        break;
    case GV__ROLE_CALIBRATED:
        format_set_italic(format);
        set_fill(format, CALIBRATED_FILL);
        break;
    case GV__ROLE_MODELLED:
        format_set_italic(format);
        set_fill(format, MODELLED_FILL);
        break;
    case GV__ROLE_CALCULATED:
        set_fill(format, CALCULATED_FILL);
        break;
    case GV__ROLE_BUYER:
        set_fill(format, BUYER_FILL);
        format_set_unlocked(format);
        break;
    case GV__ROLE_MISSING:
        set_fill(format, MISSING_FILL);
        format_set_font_color(format, GREY);
        format_set_align(format, LXW_ALIGN_RIGHT);
        break;
    case GV__ROLE_HEAD:
    case GV__ROLE_GROUP:
        set_fill(format, HEAD_FILL);
        format_set_font_color(format, 0xFFFFFF);
        format_set_bold(format);
        format_set_text_wrap(format);
        format_set_align(format, role == GV__ROLE_GROUP ? LXW_ALIGN_VERTICAL_CENTER
                                                        : LXW_ALIGN_VERTICAL_BOTTOM);
        break;
    case GV__ROLE_TITLE:
        format_set_font_size(format, 18);
        format_set_bold(format);
        break;
    case GV__ROLE_HEADLINE:
        format_set_font_size(format, 13);
        format_set_text_wrap(format);
        break;
    case GV__ROLE_NOTE:
        format_set_font_color(format, GREY);
        format_set_text_wrap(format);
        break;
    case GV__ROLE_ASIDE:
        format_set_font_color(format, GREY);
        break;
    default: {
        int verdict = (int)role - (int)GV__ROLE_VERDICT;
        set_fill(format, verdict_colours[verdict].fill);
        format_set_font_color(format, verdict_colours[verdict].ink);
        break;
    }
    }
}

/* "≈" before each section of a number format, behind its condition: colours are lost on paper, and
 * where a verdict has its own. */
static void mark_estimate(const char *number, gv__text *marked)
{
    bool start = true;
    for (const char *c = number; *c != 0; c++) {
        bool condition = start && *c == '[';
        for (; condition && *c != ']'; c++) {
            gv__text_printf(marked, "%c", *c);
        }
        gv__text_printf(marked, start && !condition ? "\"≈ \"%c" : "%c", *c);
        start = condition || *c == ';';
    }
}

static void set_number(lxw_format *format, gv__role role, const char *number)
{
    gv__text marked = {0};
    if (role == GV__ROLE_MODELLED || role == GV__ROLE_CALIBRATED) {
        mark_estimate(number, &marked);
    }
    format_set_num_format(format, marked.data != NULL ? marked.data : number);
    gv__text_free(&marked);
}

lxw_format *gv__xlsx_format(gv__xlsx *x, gv__role role, const char *number)
{
    for (size_t i = 0; i < x->format_count; i++) {
        const char *known = x->formats[i].number;
        bool same =
            known == number || (known != NULL && number != NULL && strcmp(known, number) == 0);
        if (x->formats[i].role == role && same) {
            return x->formats[i].format;
        }
    }
    lxw_format *format = x->format_count < GV__FORMATS ? workbook_add_format(x->book) : NULL;
    if (format == NULL) {
        x->failed = true;
        return NULL;
    }
    set_role(format, role);
    bool is_text = number == NULL && role != GV__ROLE_MISSING;
    if (number != NULL) {
        set_number(format, role, number);
    } else if (is_text && is_boxed(role)) {
        format_set_indent(format, 1); /* room between a number and the text at its right */
    }
    x->formats[x->format_count].role = role;
    x->formats[x->format_count].number = number;
    x->formats[x->format_count++].format = format;
    return format;
}

/* ---- cells ---- */

/* Excel takes 32,767 characters of valid UTF-8; a driver's string may be anything. */
static const char *clean(const char *text, char *room, size_t size)
{
    size_t length = 0;
    bool ascii = true;
    for (; text[length] != 0 && ascii; length++) {
        ascii = (unsigned char)text[length] < 0x80;
    }
    if (ascii && length < size) {
        return text;
    }
    gv__copy_text(room, size, text);
    for (char *c = room; *c != 0;) {
        size_t bytes = gv_text_character(c);
        if (bytes == 0) {
            *c = *c == '\n' ? '\n' : '?';
            c++;
        } else {
            c += bytes;
        }
    }
    return room;
}

void gv__xlsx_text(gv__xlsx *x, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column,
                   const char *text, lxw_format *format)
{
    char room[4096];
    if (text == NULL || text[0] == 0) {
        gv__xlsx_check(x, worksheet_write_blank(sheet, row, column, format));
    } else {
        gv__xlsx_check(
            x, worksheet_write_string(sheet, row, column, clean(text, room, sizeof(room)), format));
    }
}

void gv__xlsx_number(gv__xlsx *x, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column,
                     double number, lxw_format *format)
{
    gv__xlsx_check(x, isfinite(number) ? worksheet_write_number(sheet, row, column, number, format)
                                       : worksheet_write_blank(sheet, row, column, format));
}

void gv__xlsx_formula(gv__xlsx *x, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column,
                      const char *formula, double value, lxw_format *format)
{
    if (formula == NULL) {
        x->failed = true;
    } else {
        gv__xlsx_check(x, worksheet_write_formula_num(sheet, row, column, formula, format, value));
    }
}

void gv__xlsx_formula_text(gv__xlsx *x, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column,
                           const char *formula, const char *value, lxw_format *format)
{
    if (formula == NULL) {
        x->failed = true;
    } else {
        gv__xlsx_check(x, worksheet_write_formula_str(sheet, row, column, formula, format, value));
    }
}

void gv__xlsx_across(gv__xlsx *x, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t first,
                     lxw_col_t last, const char *text, lxw_format *format)
{
    char room[4096];
    if (last > first) {
        gv__xlsx_check(x, worksheet_merge_range(sheet, row, first, row, last,
                                                clean(text, room, sizeof(room)), format));
    } else {
        gv__xlsx_text(x, sheet, row, first, text, format);
    }
}

uint32_t gv__xlsx_lines(const char *text, double width)
{
    /* A width counts digits of one font, and readers have another, wider one: leave a tenth. */
    double share = (double)gv_text_width(text) / (width * 0.9);
    return share > 1 ? (uint32_t)ceil(share) : 1;
}

void gv__xlsx_title(gv__xlsx *x, lxw_worksheet *sheet, const char *title)
{
    gv__xlsx_check(x, worksheet_set_row(sheet, 0, 28, NULL));
    gv__xlsx_text(x, sheet, 0, 0, title, gv__xlsx_format(x, GV__ROLE_TITLE, NULL));
}

void gv__xlsx_row(gv__xlsx *x, lxw_worksheet *sheet, lxw_row_t row, uint32_t lines)
{
    enum { POINTS = 15, MOST = 27 }; /* a row is 409 points high at most */
    if (lines > 1) {
        gv__xlsx_check(x,
                       worksheet_set_row(sheet, row, POINTS * (lines < MOST ? lines : MOST), NULL));
    }
}

void gv__xlsx_heading(gv__xlsx *x, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column,
                      const char *label, const char *unit)
{
    gv__text text = {0};
    gv__text_printf(&text, unit[0] != 0 ? "%s\n%s" : "%s%s", label, unit);
    gv__xlsx_text(x, sheet, row, column, text.data, gv__xlsx_format(x, GV__ROLE_HEAD, NULL));
    x->failed = x->failed || text.failed;
    gv__text_free(&text);
}

const char *gv__xlsx_cell(char *text, lxw_row_t row, lxw_col_t column, bool absolute)
{
    if (absolute) {
        lxw_rowcol_to_cell_abs(text, row, column, LXW_TRUE, LXW_TRUE);
    } else {
        lxw_rowcol_to_cell(text, row, column);
    }
    return text;
}

void gv__xlsx_literal(gv__text *formula, const char *text)
{
    enum { MOST = 240 };
    size_t length = 0;
    gv__text_add(formula, "\"");
    for (const char *c = text; *c != 0;) {
        size_t bytes = gv_text_character(c), taken = bytes > 0 ? bytes : 1;
        if (length + taken > MOST) {
            gv__text_add(formula, "\"&\"");
            length = 0;
        }
        if (*c == '"') {
            gv__text_add(formula, "\"\"");
        } else if (bytes > 0) {
            gv__text_add_n(formula, c, bytes);
        } else {
            gv__text_add(formula, "?");
        }
        length += taken;
        c += taken;
    }
    gv__text_add(formula, "\"");
}

void gv__xlsx_reference(const gv__xlsx *x, gv__text *formula, uint32_t record,
                        gv_measurement_column column)
{
    char cell[LXW_MAX_CELL_NAME_LENGTH];
    uint32_t sheet = record / GV__MEASUREMENTS_ROWS;
    lxw_row_t row = record % GV__MEASUREMENTS_ROWS + GV__MEASUREMENTS_FIRST_ROW;
    gv__xlsx_cell(cell, row, (lxw_col_t)x->column_of[column], false);
    if (sheet == 0) {
        gv__text_printf(formula, "Measurements!%s", cell);
    } else {
        gv__text_printf(formula, "'Measurements %u'!%s", (unsigned)sheet + 1, cell);
    }
}

/* ---- whole sheets ---- */

void gv__xlsx_page(gv__xlsx *x, lxw_worksheet *sheet, lxw_row_t first, lxw_row_t heading,
                   uint32_t pages)
{
    worksheet_set_landscape(sheet);
    worksheet_set_paper(sheet, 9); /* A4 */
    worksheet_fit_to_pages(sheet, (uint16_t)pages, 0);
    if (pages > 1) {
        gv__xlsx_check(x, worksheet_repeat_columns(sheet, 0, 0));
    }
    worksheet_set_margins(sheet, 0.4, 0.4, 0.5, 0.6);
    worksheet_gridlines(sheet, LXW_HIDE_ALL_GRIDLINES);
    gv__xlsx_check(x, worksheet_repeat_rows(sheet, first, heading));
    gv__xlsx_check(x, worksheet_set_footer(sheet, "&L&8gpuverdict: &A&R&8&P / &N"));
}
