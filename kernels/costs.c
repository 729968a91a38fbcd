/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels/provider.h"

#include <math.h>

gv__costs gv__costs_none(void)
{
    gv__costs costs;
    for (int i = 0; i < GV_COST_COUNT; i++) {
        costs.s[i] = (double)NAN;
    }
    return costs;
}

void gv__costs_add(gv__costs *costs, gv_cost cost, double seconds)
{
    double before = costs->s[cost];
    costs->s[cost] = gv_is_absent(before) ? seconds : before + seconds;
}
