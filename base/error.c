/* SPDX-License-Identifier: Apache-2.0 */
#include "base/support.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *gv_status_name(gv_status status)
{
    switch (status) {
#define GV_STATUS_CASE(code, number, text)                                                         \
    case GV_##code:                                                                                \
        return "GV_" #code;
        GV_STATUS_MAP(GV_STATUS_CASE)
#undef GV_STATUS_CASE
    }
    return "GV_?";
}

const char *gv_status_text(gv_status status)
{
    switch (status) {
#define GV_STATUS_CASE(code, number, text)                                                         \
    case GV_##code:                                                                                \
        return text;
        GV_STATUS_MAP(GV_STATUS_CASE)
#undef GV_STATUS_CASE
    }
    return "an unknown status";
}

gv_status gv__fail(gv_error *err, gv_status status, int32_t code, const char *call,
                   const char *format, ...)
{
    if (err == NULL) {
        return status;
    }
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    char call_copy[sizeof err->call];
    gv__copy_text(call_copy, sizeof call_copy, call != NULL ? call : "");
    err->status = status;
    err->code = code;
    memcpy(err->call, call_copy, sizeof call_copy);
    gv__copy_text(err->text, sizeof err->text, text);
    return status;
}
