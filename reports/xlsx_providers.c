/* SPDX-License-Identifier: Apache-2.0 */
/* Providers: who was tried, who served, and why not the others. How many times slower than the
 * fastest is a formula over the trials. */
#include "reports/xlsx_sheet.h"

#include <string.h>

/* The fastest of a pair stands first, with a ratio of exactly one. */
static bool put_ratio(gv__xlsx *x, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column,
                      const gv_column *meaning, const gv_cell *cell, void *context)
{
    lxw_row_t *fastest = context;
    if (strcmp(meaning->key, "over_fastest") != 0 || cell->kind != GV_CELL_NUMBER) {
        return false;
    }
    const lxw_col_t trial = (lxw_col_t)(column - 1);
    *fastest = cell->number == 1 ? row : *fastest;
    char own[LXW_MAX_CELL_NAME_LENGTH], first[LXW_MAX_CELL_NAME_LENGTH], formula[64];
    snprintf(formula, sizeof formula, "=%s/%s", gv__xlsx_cell(own, row, trial, false),
             gv__xlsx_cell(first, *fastest, trial, false));
    gv__xlsx_formula(x, sheet, row, column, formula, cell->number,
                     gv__xlsx_format(x, GV__ROLE_CALCULATED, meaning->format));
    return true;
}

void gv__xlsx_providers(gv__xlsx *x)
{
    lxw_row_t fastest = 0;
    gv__xlsx_list_with(x, x->providers, GV_TABLE_PROVIDERS,
                       "The journals tell of no trial: they are older than that record.", put_ratio,
                       &fastest);
}
