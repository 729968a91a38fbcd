/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/forecast_words.h"

#include "reports/headline.h"
#include "reports/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* What stands where there is no number. */
static char *absent(char *text, size_t size)
{
    return gv__copy_text(text, size, "—");
}

char *gv__duration(double seconds, char text[GV_DURATION_TEXT])
{
    static const struct {
        double unit;
        const char *name;
    } units[] = {{1, "s"}, {1e-3, "ms"}, {1e-6, "µs"}, {1e-9, "ns"}};
    size_t u = 0;
    if (!isfinite(seconds)) {
        return absent(text, GV_DURATION_TEXT);
    }
    while (u + 1 < GV__COUNT(units) && seconds < 0.9995 * units[u].unit) {
        u++;
    }
    double value = seconds / units[u].unit;
    int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
    snprintf(text, GV_DURATION_TEXT, "%.*f %s", seconds > 0 ? decimals : 0, value, units[u].name);
    return text;
}

/* ---- ratios ---- */

static double rounded(double value, int digits)
{
    double unit = pow(10, floor(log10(value)) - digits + 1);
    return round(value / unit) * unit;
}

/** A ratio that is sure to two digits alone, if `rough`; nothing that is rounded becomes another
 * verdict. */
static void put_ratio(double ratio, bool rough, char text[GV__GROUPED])
{
    enum { MOST = 9 };
    int digits = 2, decimals = gv__ratio_decimals(ratio);
    if (rough && ratio > 0) {
        while (digits < MOST && gv_verdict_of(rounded(ratio, digits)) != gv_verdict_of(ratio)) {
            digits++;
        }
        ratio = rounded(ratio, digits);
        decimals = (int)fmax(digits - 1 - floor(log10(ratio) + 1e-9), 0);
    }
    if (decimals == 0 && ratio < 1e18) {
        gv__grouped(ratio, text);
    } else {
        snprintf(text, GV__GROUPED, "%.*f", decimals, ratio);
    }
}

static bool has_interval(const gv_ratio *r)
{
    return isfinite(r->low) && isfinite(r->high);
}

static bool is_rough(const gv_ratio *r)
{
    return has_interval(r) && r->high - r->low > 0.2 * r->value;
}

char *gv__times(const gv_ratio *r, char text[GV_RATIO_TEXT])
{
    char value[GV__GROUPED];
    if (!isfinite(r->value)) {
        return absent(text, GV_RATIO_TEXT);
    }
    put_ratio(r->value, is_rough(r), value);
    snprintf(text, GV_RATIO_TEXT, "%s×", value);
    return text;
}

char *gv__times_range(const gv_ratio *r, char text[GV_RATIO_TEXT])
{
    char low[GV__GROUPED], high[GV__GROUPED];
    if (!has_interval(r)) {
        return absent(text, GV_RATIO_TEXT);
    }
    put_ratio(r->low, is_rough(r), low);
    put_ratio(r->high, is_rough(r), high);
    snprintf(text, GV_RATIO_TEXT, "%.28s to %.28s", low, high);
    return text;
}

char *gv__percent(double probability, char text[GV_PERCENT_TEXT])
{
    if (isnan(probability)) {
        return absent(text, GV_PERCENT_TEXT);
    }
    const char *bound = probability > 0.99 ? "> " : probability < 0.01 ? "< " : "";
    snprintf(text, GV_PERCENT_TEXT, "%s%.0f %%", bound, 100 * fmin(fmax(probability, 0.01), 0.99));
    return text;
}

/* ---- sizes ---- */

/** A size as it is; one between two that were looked at: the next whole one, three digits of it. */
static void add_count(uint64_t asked, double scale, gv__text *text)
{
    if (scale == 1) {
        gv__text_printf(text, "%llu", (unsigned long long)asked);
        return;
    }
    double size = fmax(ceil((double)asked * scale - 1e-6), 1);
    gv__text_printf(text, "%.0f", size < 1000 ? size : rounded(size, 3));
}

/** "129×129×129"; of equal sides one is brief. */
static void add_sides(const uint64_t *sides, size_t count, double scale, bool brief, gv__text *text)
{
    bool equal = true;
    for (size_t i = 1; i < count; i++) {
        equal = equal && sides[i] == sides[0];
    }
    for (size_t i = 0; i < (brief && equal ? 1 : count); i++) {
        gv__text_add(text, i > 0 ? "×" : "");
        add_count(sides[i], scale, text);
    }
}

/** What grows of a workload, `scale` times as large: "129×129×129", "12 images". `brief`: without
 * what was said before. */
static void add_size(const gv_workload *w, double scale, bool brief, gv__text *text)
{
    switch (w->op) {
    case GV_OP_MATMUL: {
        const uint64_t sides[] = {w->as.matmul.m, w->as.matmul.n, w->as.matmul.k};
        add_sides(sides, GV__COUNT(sides), scale, brief, text);
        break;
    }
    case GV_OP_CONV2D:
        add_count(w->as.conv2d.n, scale, text);
        gv__text_add(text, brief ? "" : (double)w->as.conv2d.n * scale > 1 ? " images" : " image");
        break;
    case GV_OP_DENSE:
        gv__text_add(text, brief ? "" : "a batch of ");
        add_count(w->as.dense.batch, scale, text);
        break;
    case GV_OP_FFT:
        add_sides(w->as.fft.shape, w->as.fft.dims, scale, brief, text);
        gv__text_add(text, brief ? "" : " points");
        break;
    case GV_OP_CUSTOM:
        gv__text_printf(text, "%.2g%s", w->as.custom.flop * scale, brief ? "" : " flop");
        break;
    }
}

/** What the end of the interval says that is not said yet. */
static void add_perhaps(const gv_workload *asked, const char *which, double scale, bool brief,
                        gv__text *text)
{
    gv__text_printf(text, ", perhaps %s", which);
    if (scale > 0 && isfinite(scale)) {
        add_size(asked, scale, brief, text);
    }
}

/** "from 16×16×16 to 128×128×128", without the first where the smallest wins. */
static void add_between(const gv_break_even *even, gv__text *text)
{
    if (even->scale > 0) {
        gv__text_add(text, "from ");
        add_size(&even->workload, 1, false, text);
    }
    gv__text_add(text, even->scale > 0 ? " to " : "up to ");
    add_size(&even->last, 1, false, text);
    gv__text_add(text, isfinite(even->low) ? ", perhaps beyond" : "");
}

void gv__wins_from(const gv_workload *asked, const gv_break_even *even, gv__text *text)
{
    bool from = even->kind == GV_BREAK_EVEN_FROM;
    bool low = even->low > 0 && isfinite(even->low), high = even->high > 0 && isfinite(even->high);
    if (even->kind == GV_BREAK_EVEN_UNKNOWN) {
        gv__text_add(text, "unknown: no time of the CPU");
        return;
    }
    if (even->kind == GV_BREAK_EVEN_BETWEEN) {
        add_between(even, text);
        return;
    }
    gv__text_add(text, from ? "from " : gv_forecast_extent(even->kind));
    if (from) {
        add_size(&even->workload, 1, false, text);
    } else if (even->cut) {
        gv__text_add(text, " up to ");
        add_size(&even->last, 1, false, text);
    }
    if (from && low && high) {
        gv__text_add(text, " (between ");
        add_size(asked, even->low, true, text);
        gv__text_add(text, " and ");
        add_size(asked, even->high, true, text);
        gv__text_add(text, ")");
        return;
    }
    if (low && even->kind != GV_BREAK_EVEN_ALWAYS) {
        add_perhaps(asked, "from ", even->low, from, text);
    } else if (even->low == 0 && even->kind != GV_BREAK_EVEN_ALWAYS) {
        add_perhaps(asked, "at every size", even->low, from, text);
    }
    if (high && even->kind != GV_BREAK_EVEN_NEVER) {
        add_perhaps(asked, "only from ", even->high, from, text);
    } else if (isinf(even->high) && even->kind != GV_BREAK_EVEN_NEVER) {
        add_perhaps(asked, "at none", even->high, from, text);
    }
}
