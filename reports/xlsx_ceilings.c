/* SPDX-License-Identifier: Apache-2.0 */
/* Ceilings: what devices can do at most. */
#include "reports/xlsx_sheet.h"

void gv__xlsx_ceilings(gv__xlsx *x)
{
    gv__xlsx_list(x, x->ceilings, GV_TABLE_CEILINGS,
                  "No ceilings were measured: `gpuverdict run --suite ceilings` does that.");
}
