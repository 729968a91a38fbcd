/* SPDX-License-Identifier: Apache-2.0 */
#include <gpuverdict/estimate.h>

gv_verdict gv_verdict_of(double speedup)
{
    return speedup > 5    ? GV_VERDICT_SIGNIFICANT
           : speedup >= 2 ? GV_VERDICT_NOTICEABLE
           : speedup >= 1 ? GV_VERDICT_MARGINAL
           : speedup > 0  ? GV_VERDICT_SLOWER
                          : GV_VERDICT_UNKNOWN; /* NAN too: every comparison with it is false */
}
