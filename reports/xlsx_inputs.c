/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/xlsx_inputs.h"

#include <stdio.h>

void gv__xlsx_limit(gv__xlsx *x, lxw_worksheet *sheet, lxw_row_t first, lxw_row_t last,
                    lxw_col_t column, const gv__xlsx_limits *limits)
{
    lxw_data_validation rule = {.validate = LXW_VALIDATION_TYPE_DECIMAL,
                                .criteria = LXW_VALIDATION_CRITERIA_BETWEEN,
                                .minimum_number = limits->least,
                                .maximum_number = limits->most,
                                .input_title = (char *)limits->title,
                                .input_message = (char *)limits->what,
                                .error_title = (char *)limits->title,
                                .error_message = (char *)limits->what};
    gv__xlsx_check(x, worksheet_data_validation_range(sheet, first, column, last, column, &rule));
}

const char *gv__xlsx_range(char *text, lxw_row_t first, lxw_row_t last, lxw_col_t column)
{
    char ends[2][LXW_MAX_CELL_NAME_LENGTH];
    gv__xlsx_cell(ends[0], first, column, true);
    gv__xlsx_cell(ends[1], last, column, true);
    snprintf(text, GV__XLSX_RANGE, "%s:%s", ends[0], ends[1]);
    return text;
}

const char *gv__xlsx_weights(const gv__xlsx *x, char *text)
{
    uint32_t common = x->dataset->common_count;
    char range[GV__XLSX_RANGE];
    text[0] = 0;
    if (common > 0) {
        gv__xlsx_range(range, GV__SPEEDUP_FIRST_ROW, GV__SPEEDUP_FIRST_ROW + common - 1,
                       GV__SPEEDUP_WEIGHT);
        snprintf(text, GV__XLSX_RANGE + 16, "'Speed-up'!%s", range);
    }
    return text;
}

void gv__xlsx_add_changed(const gv__xlsx *x, gv__text *formula)
{
    char weights[GV__XLSX_RANGE + 16];
    if (gv__xlsx_weights(x, weights)[0] != 0) {
        gv__text_printf(formula, "SUMPRODUCT(--(%s<>1))", weights);
    } else {
        gv__text_add(formula, "0");
    }
    gv__xlsx_add_changed_figures(x, formula);
}

void gv__xlsx_add_bad_weights(const gv__xlsx *x, gv__text *formula)
{
    char weights[GV__XLSX_RANGE + 16];
    if (gv__xlsx_weights(x, weights)[0] != 0) {
        gv__text_printf(formula,
                        "SUMPRODUCT(--ISTEXT(%s))+COUNTIF(%s,\"<0\")+COUNTIF(%s,\">" GV__WEIGHT_MOST
                        "\")",
                        weights, weights, weights);
    } else {
        gv__text_add(formula, "0");
    }
}
