/* SPDX-License-Identifier: Apache-2.0 */
#include <gpuverdict/estimate.h>

gv_verdict gv_verdict_of(double speedup)
{
    if (!(speedup > 0)) { /* NAN too: every comparison with it is false */
        return GV_VERDICT_UNKNOWN;
    }
    if (speedup > 5) {
        return GV_VERDICT_SIGNIFICANT;
    }
    if (speedup >= 2) {
        return GV_VERDICT_NOTICEABLE;
    }
    return speedup >= 1 ? GV_VERDICT_MARGINAL : GV_VERDICT_SLOWER;
}
