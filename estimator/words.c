/* SPDX-License-Identifier: Apache-2.0 */
/* The texts of enums, from the maps of the public headers. */
#include "estimator/constants.h"

#include "base/support.h"
#include <gpuverdict/estimate.h>
#include <gpuverdict/model.h>

#define KEY(code, key, text)    key,
#define SECOND(code, key, text) text,
#define WORD(code, word)        word,
#define REASON(code, bit, text) [bit] = text,

/* A function from a value of an enum to one of its texts. */
#define TEXTS(function, type, map, field, none)                                                    \
    const char *function(type value)                                                               \
    {                                                                                              \
        static const char *const texts[] = {map(field)};                                           \
        return (size_t)value < GV__COUNT(texts) ? texts[value] : none;                             \
    }

TEXTS(gv_verdict_word, gv_verdict, GV_VERDICT_MAP, KEY, "?")
TEXTS(gv_verdict_advice, gv_verdict, GV_VERDICT_MAP, SECOND, "?")
TEXTS(gv_software_key, gv_software, GV_SOFTWARE_MAP, KEY, "?")
TEXTS(gv_software_meaning, gv_software, GV_SOFTWARE_MAP, SECOND, "?")
TEXTS(gv_term_key, gv_term, GV_TERM_MAP, KEY, "?")
TEXTS(gv_term_remedy, gv_term, GV_TERM_MAP, SECOND, "?")
TEXTS(gv_order_word, gv_order, GV_ORDER_MAP, WORD, "?")
TEXTS(gv_reason_text, uint32_t, GV_REASON_MAP, REASON, NULL)

const char *gv_model_source(void)
{
    return gv__fitted_source;
}
