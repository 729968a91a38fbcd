/* SPDX-License-Identifier: Apache-2.0 */
/* What a specification holds, and whether it can be true. */
#include "base/support.h"
#include <gpuverdict/catalogue.h>

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const gv_spec_column columns[] = {
#define TEXT(member, label, meaning)                                                               \
    {#member, label, meaning, "", 1, 0, 0, true, offsetof(gv_spec, member)},
    GV_SPEC_TEXT_MAP(TEXT)
#undef TEXT
#define FIGURE(member, label, unit, scale, least, most)                                            \
    {#member, label, "", unit, scale, least, most, false, offsetof(gv_spec, member)},
        GV_SPEC_FIGURE_MAP(FIGURE)
#undef FIGURE
};

const gv_spec_column *gv_spec_column_at(size_t i)
{
    return i < GV__COUNT(columns) ? &columns[i] : NULL;
}

const gv_spec_column *gv_spec_column_find(const char *key)
{
    for (size_t i = 0; i < GV__COUNT(columns); i++) {
        if (strcmp(columns[i].key, key) == 0) {
            return &columns[i];
        }
    }
    return NULL;
}

const char *gv_spec_text(const gv_spec *spec, const gv_spec_column *column)
{
    return *(const char *const *)(const void *)((const char *)spec + column->offset);
}

double gv_spec_figure(const gv_spec *spec, const gv_spec_column *column)
{
    return *(const double *)(const void *)((const char *)spec + column->offset);
}

gv_spec gv_spec_empty(void)
{
    return (gv_spec){
#define TEXT(member, label, meaning) .member = "",
        GV_SPEC_TEXT_MAP(TEXT)
#undef TEXT
#define FIGURE(member, label, unit, scale, least, most) .member = NAN,
            GV_SPEC_FIGURE_MAP(FIGURE)
#undef FIGURE
    };
}

/** Findings as they come; counts also those that do not fit. */
typedef struct findings {
    gv_spec_finding *out;
    size_t most, count;
} findings;

static void add(findings *found, bool is_error, const char *format, ...) GV__PRINTF(3, 4);

static void add(findings *found, bool is_error, const char *format, ...)
{
    if (found->count < found->most) {
        gv_spec_finding *finding = &found->out[found->count];
        va_list arguments;
        va_start(arguments, format);
        /* Version 14 of the analyzer forgets va_start() where it has looked at other files. */
        // NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized)
        vsnprintf(finding->text, sizeof finding->text, format, arguments);
        va_end(arguments);
        finding->is_error = is_error;
    }
    found->count++;
}

static void check_range(const gv_spec *spec, const gv_spec_column *column, findings *found)
{
    double value = gv_spec_figure(spec, column);
    if (isnan(value)) {
        return; /* absent */
    }
    if (!isfinite(value)) {
        add(found, true, "%s is infinite", column->key);
    } else if (value <= 0) {
        add(found, true, "%s is %s (%g)", column->key, value < 0 ? "negative" : "zero", value);
    } else if (value < column->least || value > column->most) {
        add(found, true, "%s is absurd: %g is not between %g and %g (SI units)", column->key, value,
            column->least, column->most);
    }
}

/** Two ways to the same figure. NAN on either side agrees with everything. */
static void check_same(double got, double given, const char *how, const char *key, findings *found)
{
    if (fabs(got / given - 1) > 0.03) {
        add(found, false, "%s give %.4g, %s is %.4g", how, got, key, given);
    }
}

static void check_order(double less, double more, const char *less_key, const char *more_key,
                        findings *found)
{
    if (less > 1.03 * more) {
        add(found, false, "%s (%.4g) is above %s (%.4g)", less_key, less, more_key, more);
    }
}

size_t gv_spec_check(const gv_spec *spec, gv_spec_finding *out, size_t most)
{
    findings found = {out, most, 0};
    if (spec->name[0] == 0) {
        add(&found, true, "it has no name");
    }
    for (size_t i = 0; i < GV__COUNT(columns); i++) {
        if (!columns[i].is_text) {
            check_range(spec, &columns[i], &found);
        }
    }
    check_same(spec->units * spec->lanes * 2 * spec->clock_hz, spec->fp32_flop_per_s,
               "units, lanes and clock", "fp32_flop_per_s", &found);
    check_same(spec->bus_bits * spec->pin_bits_per_s / 8, spec->bandwidth_bytes_per_s,
               "bus and pins", "bandwidth_bytes_per_s", &found);
#define ORDER(less, more) check_order(spec->less, spec->more, #less, #more, &found)
    ORDER(fp64_flop_per_s, fp32_flop_per_s);
    ORDER(fp64_flop_per_s, fp64_matrix_flop_per_s);
    ORDER(fp32_flop_per_s, fp32_matrix_flop_per_s);
    ORDER(fp16_flop_per_s, fp16_matrix_flop_per_s);
    ORDER(tf32_matrix_flop_per_s, fp16_matrix_flop_per_s);
    ORDER(l2_bytes, llc_bytes);
    ORDER(llc_bytes, memory_bytes);
    ORDER(base_clock_hz, clock_hz);
#undef ORDER
    return found.count;
}
