/* SPDX-License-Identifier: Apache-2.0 */
/* Problems: what has no time, and why. */
#include "reports/xlsx_sheet.h"

void gv__xlsx_problems(gv__xlsx *x)
{
    gv__xlsx_list(x, x->problems, GV_TABLE_PROBLEMS,
                  "Nothing was rejected, unsupported or failed.");
}
