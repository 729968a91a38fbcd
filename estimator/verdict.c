/* SPDX-License-Identifier: Apache-2.0 */
#include "base/support.h"
#include <gpuverdict/estimate.h>

static const struct {
    const char *word, *advice;
} verdicts[] = {
#define GV_VERDICT_ROW(code, word, advice) {word, advice},
    GV_VERDICT_MAP(GV_VERDICT_ROW)
#undef GV_VERDICT_ROW
};

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

const char *gv_verdict_word(gv_verdict verdict)
{
    return (size_t)verdict < GV__COUNT(verdicts) ? verdicts[verdict].word : "?";
}

const char *gv_verdict_advice(gv_verdict verdict)
{
    return (size_t)verdict < GV__COUNT(verdicts) ? verdicts[verdict].advice : "?";
}
