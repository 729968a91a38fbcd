/* SPDX-License-Identifier: Apache-2.0 */
/* How many digits a number is shown with: no more than its interval bears. */
#include "reports/headline.h"
#include "reports/xlsx_sheet.h"

#include <math.h>

const char *gv__xlsx_ratio_format(double ratio)
{
    /* The usual digits by conditions, so that they also suit what a formula gives later. */
    static const char *const close[] = {"0.000",     "0.0000",     "0.00000",    "0.000000",
                                        "0.0000000", "0.00000000", "0.000000000"};
    int decimals = gv__ratio_decimals(ratio);
    bool usual = !isfinite(ratio) || ratio < 0.1 || decimals < 3;
    return usual ? "[<0.1]0.000;[<10]0.00;#,##0.0" : close[decimals - 3];
}

const char *gv__xlsx_rough_ratio(double ratio)
{
    return !(ratio >= 10) ? gv__xlsx_ratio_format(ratio) /* a limit of the verdicts may be near */
           : ratio < 1000 ? "[<0.1]0.000;[<10]0.00;0"
                          : "[<10]0.00;[<1000]0;0.0,\"k\"";
}

const char *gv__xlsx_rough_time(double time_ms)
{
    return !(time_ms >= 1000) ? "[<0.1]0.0000;[<10]0.00;0" : "[<10]0.00;[<1000]0;0.0,\"k\"";
}
