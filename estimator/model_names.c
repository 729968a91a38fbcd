/* SPDX-License-Identifier: Apache-2.0 */
#include "estimator/constants.h"

#include "base/support.h"
#include <gpuverdict/model.h>

#define KEY(code, key, text)    key,
#define SECOND(code, key, text) text,
#define WORD(code, word)        word,
#define REASON(code, bit, text) [bit] = text,

const char *gv_software_key(gv_software software)
{
    static const char *const keys[] = {GV_SOFTWARE_MAP(KEY)};
    return (size_t)software < GV__COUNT(keys) ? keys[software] : "?";
}

const char *gv_software_meaning(gv_software software)
{
    static const char *const meanings[] = {GV_SOFTWARE_MAP(SECOND)};
    return (size_t)software < GV__COUNT(meanings) ? meanings[software] : "?";
}

const char *gv_term_key(gv_term term)
{
    static const char *const keys[] = {GV_TERM_MAP(KEY)};
    return (size_t)term < GV__COUNT(keys) ? keys[term] : "?";
}

const char *gv_term_remedy(gv_term term)
{
    static const char *const remedies[] = {GV_TERM_MAP(SECOND)};
    return (size_t)term < GV__COUNT(remedies) ? remedies[term] : "?";
}

const char *gv_order_word(gv_order order)
{
    static const char *const words[] = {GV_ORDER_MAP(WORD)};
    return (size_t)order < GV__COUNT(words) ? words[order] : "?";
}

const char *gv_reason_text(uint32_t index)
{
    static const char *const texts[] = {GV_REASON_MAP(REASON)};
    return index < GV__COUNT(texts) ? texts[index] : NULL;
}

const char *gv_model_source(void)
{
    return gv__fitted_source;
}
