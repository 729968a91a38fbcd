/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/brief.h"

#include <stdio.h>
#include <string.h>

/* "pad=1x1" as "pad=1". */
static void shorten_pairs(char *text)
{
    static const char digits[] = "0123456789";
    for (char *at = strchr(text, '='); at != NULL; at = strchr(at + 1, '=')) {
        const size_t length = strspn(at + 1, digits);
        char *times = at + 1 + length, *second = times + 1;
        if (length > 0 && *times == 'x' && strspn(second, digits) == length &&
            strncmp(at + 1, second, length) == 0) {
            memmove(times, second + length, strlen(second + length) + 1);
        }
    }
}

const char *gv__workload_brief(const char *canonical, char text[GV__BRIEF])
{
    static const unsigned mandatory[GV_OP_COUNT] = {
        [GV_OP_MATMUL] = 3, [GV_OP_CONV2D] = 7, [GV_OP_FFT] = 1, [GV_OP_DENSE] = 3};
    gv_workload w;
    if (gv_workload_parse(canonical, &w, NULL) != GV_OK || w.op == GV_OP_CUSTOM) {
        return canonical;
    }
    const char *equals = strchr(canonical, '=');
    const char *rest = equals;
    for (unsigned i = 0; i < mandatory[w.op] && rest != NULL; i++) {
        rest = strchr(rest + 1, ',');
    }
    const char *shape = equals != NULL ? equals + 1 : "";
    typedef unsigned long long ull;
    switch (w.op) {
    case GV_OP_MATMUL:
        snprintf(text, GV__BRIEF, "matmul %llu×%llu×%llu", (ull)w.as.matmul.m, (ull)w.as.matmul.n,
                 (ull)w.as.matmul.k);
        break;
    case GV_OP_CONV2D:
        snprintf(text, GV__BRIEF, "conv2d %llu×%llu×%llu×%llu→%llu %llu×%llu", (ull)w.as.conv2d.n,
                 (ull)w.as.conv2d.c, (ull)w.as.conv2d.h, (ull)w.as.conv2d.w, (ull)w.as.conv2d.k,
                 (ull)w.as.conv2d.r, (ull)w.as.conv2d.s);
        break;
    case GV_OP_DENSE:
        snprintf(text, GV__BRIEF, "dense %llu×%llu→%llu", (ull)w.as.dense.batch, (ull)w.as.dense.in,
                 (ull)w.as.dense.out);
        break;
    default:
        snprintf(text, GV__BRIEF, "fft %.*s", (int)strcspn(shape, ","), shape);
        break;
    }
    size_t length = strlen(text);
    if (rest != NULL) {
        snprintf(text + length, GV__BRIEF - length, " %s", rest + 1);
        shorten_pairs(text + length);
    }
    return text;
}
