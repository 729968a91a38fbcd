/* SPDX-License-Identifier: Apache-2.0 */
/* Estimates: devices of the catalogue beside the measured ones. */
#include "reports/xlsx_sheet.h"

void gv__xlsx_estimates(gv__xlsx *x)
{
    gv__xlsx_list(
        x, x->estimates, GV_TABLE_ESTIMATES,
        "No device of the catalogue was asked for: `gpuverdict report --device NAME` does.");
}
