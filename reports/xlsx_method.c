/* SPDX-License-Identifier: Apache-2.0 */
/* Method: how the numbers came to be. */
#include "reports/xlsx_sheet.h"

void gv__xlsx_method(gv__xlsx *x)
{
    gv__xlsx_list(x, x->method, GV_TABLE_METHOD, NULL);
}
