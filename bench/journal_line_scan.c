/* SPDX-License-Identifier: Apache-2.0 */
/* Measurements straight from the layout in which they were written, without building objects.
 *
 * Jansson takes 30 us for such a line, this 3 us, and a report may read a million. Whatever departs
 * from the layout by a byte is Jansson's: escapes, blanks, another order, unknown fields, numbers
 * that need more than one exact multiplication. So this file decides nothing but speed, and a fuzz
 * target holds both against each other. */
#include "bench/journal_line.h"
#include "bench/journal_store.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* The rest of a line; `failed` once it departed from the layout. */
typedef struct scanner {
    struct gv__journal_store *store;
    const char *at, *end;
    bool failed;
} scanner;

/* ---- pieces ---- */

static bool at_literal(const scanner *s, const char *literal, size_t length)
{
    return (size_t)(s->end - s->at) >= length && memcmp(s->at, literal, length) == 0;
}

/* Take a literal where it stands. */
static bool take(scanner *s, const char *literal)
{
    size_t length = strlen(literal);
    if (s->failed || !at_literal(s, literal, length)) {
        return false;
    }
    s->at += length;
    return true;
}

static void expect(scanner *s, const char *literal)
{
    if (!take(s, literal)) {
        s->failed = true;
    }
}

/* A text up to its closing quote; only printable ASCII without escapes is ours. */
static const char *text_until_quote(scanner *s, size_t *length)
{
    const char *start = s->at;
    const char *at = start;
    while (at < s->end && *at != '"') {
        if ((unsigned char)*at < 0x20 || (unsigned char)*at >= 0x7F || *at == '\\') {
            s->failed = true;
            return "";
        }
        at++;
    }
    *length = (size_t)(at - start);
    s->at = at;
    expect(s, "\"");
    return start;
}

static const char *text_field(scanner *s, const char *opening)
{
    size_t length = 0;
    expect(s, opening);
    if (s->failed) {
        return "";
    }
    const char *text = text_until_quote(s, &length);
    const char *kept = s->failed ? NULL : gv__journal_clean_text(s->store, text, length);
    s->failed = kept == NULL;
    return s->failed ? "" : kept;
}

static bool is_digit(const scanner *s)
{
    return s->at < s->end && *s->at >= '0' && *s->at <= '9';
}

/* Digits into `value`, counting them; a leading zero stands alone (JSON). */
static int digits(scanner *s, uint64_t *value)
{
    int count = 0;
    while (is_digit(s)) {
        if (count < 19) {
            *value = *value * 10 + (uint64_t)(*s->at - '0');
        }
        count++;
        s->at++;
    }
    return count;
}

static uint32_t count_value(scanner *s)
{
    uint64_t value = 0;
    const char *start = s->at;
    int count = s->failed ? 0 : digits(s, &value);
    if (count == 0 || count > 10 || (count > 1 && *start == '0') || value > UINT32_MAX) {
        s->failed = true;
    }
    return (uint32_t)value;
}

static int exponent_value(scanner *s)
{
    if (!take(s, "e")) {
        return 0;
    }
    bool negative = take(s, "-");
    uint64_t value = 0;
    int count = digits(s, &value);
    if (count == 0 || count > 3) {
        s->failed = true;
        return 0;
    }
    return negative ? -(int)value : (int)value;
}

/* A number of at least 0. An integer below 2^53 times or over a power of ten up to 10^22 are two
 * exact doubles, so that one operation rounds as strtod does (Clinger). */
static double number_value(scanner *s)
{
    static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                    1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                    1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    if (s->failed) {
        return NAN;
    }
    const char *start = s->at;
    uint64_t mantissa = 0;
    int whole = digits(s, &mantissa);
    int behind = 0;
    if (take(s, ".")) {
        behind = digits(s, &mantissa);
        s->failed = behind == 0;
    }
    int exponent = s->failed ? 0 : exponent_value(s) - behind;
    if (whole == 0 || (whole > 1 && *start == '0') || whole + behind > 15 || exponent > 22 ||
        exponent < -22 || FLT_EVAL_METHOD != 0) {
        s->failed = true;
    }
    if (s->failed) {
        return NAN;
    }
    return exponent < 0 ? (double)mantissa / powers[-exponent]
                        : (double)mantissa * powers[exponent];
}

static double seconds_value(scanner *s)
{
    return number_value(s) / 1e6;
}

/* ---- fields ---- */

static void scan_costs(scanner *s, double cost_s[GV_COST_COUNT])
{
    static const char *const openings[GV_COST_COUNT] = {
        "\"build\":", "\"plan\":", "\"pack\":", "\"tune\":"};
    for (int c = 0; c < GV_COST_COUNT; c++) {
        cost_s[c] = NAN;
    }
    if (!take(s, "\"cost_s\":{")) {
        return;
    }
    bool first = true;
    for (int c = 0; c < GV_COST_COUNT; c++) {
        const scanner before = *s;
        if ((first || take(s, ",")) && take(s, openings[c])) {
            cost_s[c] = number_value(s);
            first = false;
        } else {
            *s = before;
        }
    }
    expect(s, "},");
}

static uint32_t flag_named(const char *name, size_t length)
{
    for (uint32_t bit = 0; gv_flag_name(bit) != NULL; bit++) {
        if (strlen(gv_flag_name(bit)) == length && memcmp(gv_flag_name(bit), name, length) == 0) {
            return UINT32_C(1) << bit;
        }
    }
    return 0;
}

static uint32_t scan_flags(scanner *s)
{
    uint32_t flags = 0;
    if (!take(s, "\"flags\":[")) {
        return 0;
    }
    do {
        size_t length = 0;
        expect(s, "\"");
        const char *name = s->failed ? "" : text_until_quote(s, &length);
        flags |= s->failed ? 0 : flag_named(name, length);
    } while (take(s, ","));
    expect(s, "],");
    return flags;
}

static const char *scan_parameters(scanner *s)
{
    static const char opening[] = "\"parameters\":\"";
    if (at_literal(s, opening, sizeof opening - 1)) {
        const char *text = text_field(s, opening);
        expect(s, ",");
        return text;
    }
    const char *none = gv__journal_clean_text(s->store, "", 0);
    s->failed = s->failed || none == NULL;
    return s->failed ? "" : none;
}

static void scan_time(scanner *s, gv_time *time)
{
    *time = (gv_time){NAN, NAN, NAN};
    if (take(s, "null")) {
        return;
    }
    expect(s, "[");
    time->median_s = seconds_value(s);
    if (take(s, ",")) {
        time->low_s = seconds_value(s);
        expect(s, ",");
        time->high_s = seconds_value(s);
    }
    expect(s, "]");
}

static void scan_view(scanner *s, gv_view_times *view)
{
    expect(s, "[");
    view->samples = count_value(s);
    expect(s, ",");
    view->calls = count_value(s);
    expect(s, ",");
    view->outliers = count_value(s);
    expect(s, ",");
    view->min_s = take(s, "null") ? NAN : seconds_value(s);
    for (int stage = 0; stage < GV_STAGE_COUNT; stage++) {
        expect(s, ",");
        scan_time(s, &view->stage[stage]);
    }
    view->speedup_low = view->speedup_high = NAN;
    if (take(s, ",[")) {
        view->speedup_low = number_value(s);
        expect(s, ",");
        view->speedup_high = number_value(s);
        expect(s, "]");
    }
    expect(s, "]");
}

static void forget_view(gv_view_times *view)
{
    *view = (gv_view_times){.min_s = NAN, .speedup_low = NAN, .speedup_high = NAN};
    for (int stage = 0; stage < GV_STAGE_COUNT; stage++) {
        view->stage[stage] = (gv_time){NAN, NAN, NAN};
    }
}

static void scan_views(scanner *s, gv_view_times views[GV_VIEW_COUNT])
{
    static const char *const openings[GV_VIEW_COUNT] = {
#define OPENING(code, key, label, meaning) "\"" key "\":",
        GV_VIEW_MAP(OPENING)
#undef OPENING
    };
    expect(s, "\"views_us\":{");
    bool first = true;
    for (int v = 0; v < GV_VIEW_COUNT; v++) {
        const scanner before = *s;
        if ((first || take(s, ",")) && take(s, openings[v])) {
            scan_view(s, &views[v]);
            first = false;
        } else {
            *s = before;
            forget_view(&views[v]);
        }
    }
    expect(s, "}}");
}

bool gv__line_scan(struct gv__journal_store *store, const char *text, size_t length, gv__line *out)
{
    scanner s = {.store = store, .at = text, .end = text + length};
    expect(&s, GV__LINE_START "1,\"type\":\"measurement\",");
    if (s.failed) {
        return false;
    }
    gv_measurement *m = &out->as.measurement;
    m->run = text_field(&s, "\"run\":\"");
    expect(&s, ",\"process\":");
    m->process = count_value(&s);
    m->device = text_field(&s, ",\"device\":\"");
    m->provider = text_field(&s, ",\"provider\":\"");
    size_t workload_length = 0;
    expect(&s, ",\"workload\":\"");
    const char *workload = s.failed ? "" : text_until_quote(&s, &workload_length);
    m->check = text_field(&s, ",\"check\":\"");
    m->clock = text_field(&s, ",\"clock\":\"");
    expect(&s, ",\"error_rel\":");
    m->error_rel = number_value(&s);
    expect(&s, ",\"bound_rel\":");
    m->bound_rel = number_value(&s);
    expect(&s, ",");
    scan_costs(&s, m->cost_s);
    m->flags = scan_flags(&s);
    m->parameters = scan_parameters(&s);
    scan_views(&s, m->view);
    if (s.failed || s.at != s.end) {
        return false;
    }
    bool memory;
    m->workload = gv__journal_workload(store, workload, workload_length, &memory);
    out->kind = GV__LINE_MEASUREMENT;
    return m->workload != NULL && gv__measurement_fault(m) == NULL;
}
