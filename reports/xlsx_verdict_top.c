/* SPDX-License-Identifier: Apache-2.0 */
/* The sentences on top of Verdict. They were written for the inputs as they came; once a reader has
 * changed one, a sentence made of the table's own cells stands in their place. */
#include "reports/basis.h"
#include "reports/headline.h"
#include "reports/xlsx_verdict.h"

/** Where the sentences stand as they were written, and what is to be known of the inputs. */
enum { WRITTEN = GV__VERDICT_NAME, CHANGED };

/* ---- the sentence ---- */

/** The cell of the device that ranks first, in a column of the table. */
static void add_first(const gv__xlsx *x, gv__text *formula, lxw_col_t column)
{
    char cells[GV__XLSX_RANGE], ranks[GV__XLSX_RANGE];
    const lxw_row_t first = GV__VERDICT_FIRST, last = first + x->dataset->ranked_count - 1;
    gv__xlsx_range(cells, first, last, column);
    gv__xlsx_range(ranks, first, last, GV__VERDICT_RANK);
    gv__text_printf(formula, "INDEX(%s,MATCH(1,%s,0))", cells, ranks);
}

static void add_figure(const gv__xlsx *x, gv__text *formula, lxw_col_t column)
{
    gv__text cell = {0};
    add_first(x, &cell, column);
    const char *of = cell.failed ? "0" : cell.data;
    gv__text_printf(formula, "FIXED(%s,IF(%s<0.1,3,IF(%s<10,2,1)),TRUE)", of, of, of);
    formula->failed = formula->failed || cell.failed;
    gv__text_free(&cell);
}

/** Who ranks first now, by how much, and what holds in spite of every change. */
static void add_now(const gv__xlsx *x, gv__text *formula)
{
    char ranks[GV__XLSX_RANGE];
    const lxw_row_t first = GV__VERDICT_FIRST, last = first + x->dataset->ranked_count - 1;
    gv__text_printf(formula,
                    "IF(COUNT(%s)=0,\"Inputs were changed, and no device has a mean: see the "
                    "table.\",\"Inputs were changed: see the table. Now \"&",
                    gv__xlsx_range(ranks, first, last, GV__VERDICT_RANK));
    add_first(x, formula, GV__VERDICT_DEVICE);
    gv__text_add(formula, "&\" (\"&");
    add_first(x, formula, GV__VERDICT_ORIGIN);
    gv__text_add(formula, "&\") comes first with \"&");
    add_figure(x, formula, GV__VERDICT_MEAN);
    gv__text_add(formula, "&\"×, transfers included: \"&");
    add_first(x, formula, GV__VERDICT_VERDICT);
    gv__text_add(formula, "&\". Kernel only it has \"&");
    add_figure(x, formula, GV__VERDICT_KERNEL_ONLY);
    gv__text_add(formula, "&\"×.");
    gv__text_add(formula, gv__basis_hosts_differ(x->dataset)
                              ? " Speed-ups over different hosts have different bases."
                              : "");
    gv__text_add(formula, gv__basis_libraries_differ(x->dataset)
                              ? " The order is that of device and library together."
                              : "");
    gv__text_add(formula, "\")");
}

static void put_sentence(gv__xlsx *x, lxw_row_t row, const char *written, lxw_format *format)
{
    gv__text changed = {0}, formula = {0};
    char count[LXW_MAX_CELL_NAME_LENGTH], text[LXW_MAX_CELL_NAME_LENGTH];
    gv__text_add(&changed, "=");
    gv__xlsx_add_changed(x, &changed);
    gv__text_printf(&formula, "=IF(%s=0,%s,", gv__xlsx_cell(count, row, CHANGED, false),
                    gv__xlsx_cell(text, row, WRITTEN, false));
    add_now(x, &formula);
    gv__text_add(&formula, ")");
    x->failed = x->failed || changed.failed || formula.failed;
    gv__xlsx_formula(x, x->verdict, row, CHANGED, changed.failed ? NULL : changed.data, 0,
                     gv__xlsx_format(x, GV__ROLE_CALCULATED, "0"));
    gv__xlsx_formula_text(x, x->verdict, row, 0, formula.failed ? NULL : formula.data, written,
                          format);
    gv__text_free(&changed);
    gv__text_free(&formula);
}

/* ---- the remarks ---- */

static void put_remarks(gv__xlsx *x, lxw_row_t row, const char *written, lxw_format *format)
{
    gv__text lasting = {0}, formula = {0};
    char count[LXW_MAX_CELL_NAME_LENGTH], texts[2][LXW_MAX_CELL_NAME_LENGTH];
    gv__headline_add_lasting_remarks(x->dataset, &lasting);
    gv__xlsx_text(x, x->verdict, row, CHANGED, lasting.failed ? NULL : lasting.data,
                  gv__xlsx_format(x, GV__ROLE_ASIDE, NULL));
    gv__text_printf(
        &formula, "=IF(%s=0,%s&\"\",%s&IF(", gv__xlsx_cell(count, row - 1, CHANGED, false),
        gv__xlsx_cell(texts[0], row, WRITTEN, false), gv__xlsx_cell(texts[1], row, CHANGED, false));
    gv__xlsx_add_bad_weights(x, &formula);
    gv__text_add(&formula, ">0,\" A weight that is no number from 0 to " GV__WEIGHT_MOST
                           " counts as 0.\",\"\"))");
    x->failed = x->failed || lasting.failed || formula.failed;
    gv__xlsx_formula_text(x, x->verdict, row, 0, formula.failed ? NULL : formula.data, written,
                          format);
    gv__text_free(&lasting);
    gv__text_free(&formula);
}

/* ---- both ---- */

/** A text over the whole table, as high as it needs; `size` is that of its letters. */
static void put_across(gv__xlsx *x, lxw_row_t row, const char *text, gv__role role, double size,
                       uint32_t characters)
{
    uint32_t lines = gv__xlsx_lines(text, characters * 11 / size);
    gv__xlsx_check(
        x, worksheet_set_row(x->verdict, row, 4 + 1.35 * size * (lines > 2 ? lines : 2), NULL));
    gv__xlsx_across(x, x->verdict, row, 0, GV__VERDICT_COLUMNS - 1, text,
                    gv__xlsx_format(x, role, NULL));
}

void gv__xlsx_verdict_top(gv__xlsx *x, lxw_row_t sentence, uint32_t characters)
{
    const lxw_row_t remarks = sentence + 1;
    bool follows = x->dataset->ranked_count > 0 && x->dataset->common_count > 0;
    lxw_format *aside = gv__xlsx_format(x, GV__ROLE_ASIDE, NULL);
    gv__text written[2] = {{0}, {0}};
    gv__headline_add(x->dataset, &written[0]);
    gv__headline_add_remarks(x->dataset, &written[1]);
    const char *texts[2];
    for (int i = 0; i < 2; i++) {
        x->failed = x->failed || written[i].failed;
        texts[i] = written[i].failed || written[i].data == NULL ? "" : written[i].data;
    }
    put_across(x, sentence, texts[0], GV__ROLE_HEADLINE, 13, characters);
    if (follows) {
        gv__xlsx_text(x, x->verdict, sentence, WRITTEN, texts[0], aside);
        put_sentence(x, sentence, texts[0], gv__xlsx_format(x, GV__ROLE_HEADLINE, NULL));
    }
    put_across(x, remarks, texts[1], GV__ROLE_NOTE, 11, characters);
    if (follows) {
        gv__xlsx_text(x, x->verdict, remarks, WRITTEN, texts[1], aside);
        put_remarks(x, remarks, texts[1], gv__xlsx_format(x, GV__ROLE_NOTE, NULL));
    }
    gv__text_free(&written[0]);
    gv__text_free(&written[1]);
}
