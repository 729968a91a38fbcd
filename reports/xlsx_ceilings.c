/* SPDX-License-Identifier: Apache-2.0 */
/* Ceilings: what devices can do at most. Rows have units of their own, which their cells show. */
#include "reports/xlsx_sheet.h"

#include <string.h>

enum { CEILINGS_FIRST_ROW = 3 };

static void put_size(gv__xlsx *x, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column,
                     double bytes)
{
    static const struct {
        double bytes;
        const char *format;
    } units[] = {{1048576, "#,##0 \"MiB\""}, {1024, "0 \"KiB\""}, {1, "0 \"B\""}};
    size_t u = 0;
    while (u + 1 < GV__COUNT(units) && bytes < units[u].bytes) {
        u++;
    }
    gv__xlsx_number(x, sheet, row, column, bytes / units[u].bytes,
                    gv__xlsx_format(x, GV__ROLE_FIXED, units[u].format));
}

static bool put_ceiling(gv__xlsx *x, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column,
                        const gv_column *meaning, const gv_cell *cell, void *context)
{
    static const char *const in_unit[] = {"median", "low", "high", "best", "peak"};
    const gv_ceiling *ceiling = x->dataset->ceilings[row - CEILINGS_FIRST_ROW].record;
    (void)context;
    if (cell->kind != GV_CELL_NUMBER) {
        return false;
    }
    if (strcmp(meaning->key, "bytes") == 0) {
        put_size(x, sheet, row, column, cell->number);
        return true;
    }
    for (size_t i = 0; i < GV__COUNT(in_unit); i++) {
        if (strcmp(meaning->key, in_unit[i]) == 0) {
            double scale;
            const char *format =
                gv__ceiling_format(gv_ceiling_unit_of(ceiling->kind), ceiling->median, &scale);
            gv__xlsx_number(x, sheet, row, column, cell->number * scale,
                            gv__xlsx_format(x, GV__ROLE_FIXED, format));
            return true;
        }
    }
    return false;
}

void gv__xlsx_ceilings(gv__xlsx *x)
{
    gv__xlsx_list_with(x, x->ceilings, GV_TABLE_CEILINGS, NULL, put_ceiling, NULL);
}
