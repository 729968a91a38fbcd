/* SPDX-License-Identifier: Apache-2.0 */
/* What devices can do at most. Each row has its own unit, which stands beside its numbers. */
#include "reports/tables.h"
#include <gpuverdict/catalogue.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define TEXT(width) "", "", 1, NULL, width, GV_ORIGIN_ABSENT, false
#define TALLY       "", "", 1, "0", 9, GV_ORIGIN_ABSENT, false
#define MEASURED    "", "", 1, "0.000E+00", 14, GV_ORIGIN_MEASURED, false

static const gv_column columns[] = {
    {"device", "Device", TEXT(40), NULL},
    {"run", "Run", TALLY, "number of the run: see Method"},
    {"ceiling", "Ceiling", TEXT(28), NULL},
    {"precision", "Precision", TEXT(10), NULL},
    {"width", "Vector", TALLY, "numbers in a vector"},
    {"shown", "Median as text", "", "", 1, NULL, 14, GV_ORIGIN_ABSENT, true, "as people read it"},
    {"median", "Median", MEASURED, "in the unit of the row"},
    {"low", "from", MEASURED, "95 % interval of the median"},
    {"high", "to", MEASURED, "95 % interval of the median"},
    {"best", "Best", MEASURED, "the highest rate, or the shortest time, of any sample: the roof"},
    {"unit", "Unit", "", "", 1, NULL, 8, GV_ORIGIN_ABSENT, true, "of the four numbers before it"},
    {"bytes", "Size", "B", "", 1, "0", 10, GV_ORIGIN_MEASURED, false,
     "of each array that is read or written"},
    {"variant", "Variant", TEXT(12), "what was the fastest way, or how many chains"},
    {"check", "Check", TEXT(16), "how the results were checked"},
    {"samples", "Samples", TALLY, NULL},
    {"outliers", "Outliers", TALLY, "far off the median: counted, kept"},
    {"peak", "Data sheet", "", "", 1, "0.000E+00", 14, GV_ORIGIN_QUOTED, false,
     "what the catalogue says it can be at most, in the unit of the row"},
    {"of_peak", "Of the data sheet", "", "%", 100, "0.0", 10, GV_ORIGIN_MEASURED, false,
     "the best over the data sheet's"},
    {"remark", "Remark", TEXT(40), NULL},
    {"power_w", "Power", "W", "W", 1, "0.0", 9, GV_ORIGIN_MEASURED, false,
     "mean meanwhile, by a counter of driver or board (grade E1)"},
    {"power_source", "Power from", TEXT(10), NULL},
    {"meaning", "What it is", TEXT(84), NULL},
};

/* A unit that people read, in SI; how a spreadsheet shows numbers of it. */
typedef struct step {
    const char *unit;
    double scale;
    const char *format;
} step;

#define STEP(unit, scale)                                                                          \
    {                                                                                              \
        unit, scale, "[<9.995]0.00 \"" unit "\";[<99.95]0.0 \"" unit "\";#,##0 \"" unit "\""       \
    }

static const step *step_of(gv_ceiling_unit unit, double value)
{
    static const step steps[][4] = {
        [GV_UNIT_BYTES_PER_S] = {STEP("MB/s", 1e6), STEP("GB/s", 1e9), STEP("TB/s", 1e12)},
        [GV_UNIT_FLOP_PER_S] = {STEP("MFLOP/s", 1e6), STEP("GFLOP/s", 1e9), STEP("TFLOP/s", 1e12)},
        [GV_UNIT_OPS_PER_S] = {STEP("Mop/s", 1e6), STEP("Gop/s", 1e9), STEP("Top/s", 1e12)},
        [GV_UNIT_SECONDS] = {STEP("ns", 1e-9), STEP("µs", 1e-6), STEP("ms", 1e-3), STEP("s", 1)},
    };
    const step *at = steps[unit], *last = at + GV__COUNT(steps[unit]) - 1;
    while (at < last && at[1].unit != NULL && value >= 0.9995 * at[1].scale) {
        at++;
    }
    return at;
}

const char *gv__ceiling_shown(gv_ceiling_unit unit, double value, char *text)
{
    const step *as = step_of(unit, value);
    const double shown = value / as->scale;
    const int decimals = shown < 9.995 ? 2 : shown < 99.95 ? 1 : 0;
    snprintf(text, GV__SHOWN, "%.*f %s", decimals, shown, as->unit);
    return text;
}

const char *gv__ceiling_format(gv_ceiling_unit unit, double value, double *scale)
{
    const step *as = step_of(unit, value);
    *scale = 1 / as->scale;
    return as->format;
}

const char *gv__ceiling_name(const gv_ceiling *ceiling, char *text)
{
    if (ceiling->width > 0) {
        snprintf(text, GV_CEILING_TEXT, "%s %s × %u", gv_ceiling_label(ceiling->kind),
                 gv_precision_name(ceiling->precision), (unsigned)ceiling->width);
    } else {
        gv__copy_text(text, GV_CEILING_TEXT, gv_ceiling_label(ceiling->kind));
    }
    return text;
}

static double peak_of(const gv_spec *spec, const gv_ceiling *r)
{
    switch (r->kind) {
    case GV_CEILING_MEMORY_READ:
    case GV_CEILING_MEMORY_COPY:
    case GV_CEILING_MEMORY_TRIAD:
        return spec->bandwidth_bytes_per_s;
    case GV_CEILING_MULTIPLY_ADD:
        return r->precision == GV_PRECISION_F32   ? spec->fp32_flop_per_s
               : r->precision == GV_PRECISION_F64 ? spec->fp64_flop_per_s
                                                  : spec->fp16_flop_per_s;
    default:
        return NAN;
    }
}

/* AMD's drivers name the chip, and the card as the board. */
static const gv_spec *spec_of(const gv_catalogue *catalogue, const gv_dataset *d, uint32_t device)
{
    static const gv_device_fact names[] = {GV_DEVICE_BOARD, GV_DEVICE_NAME};
    const gv_device_record *record = device != GV__NONE ? d->devices[device].record : NULL;
    const gv_spec *spec = NULL;
    for (size_t i = 0; i < GV__COUNT(names) && spec == NULL && record != NULL; i++) {
        const char *name = gv_device_text(record->device, names[i]);
        if (name[0] != 0) {
            gv_catalogue_find(catalogue, name, &spec, NULL);
        }
    }
    return spec;
}

double *gv__ceiling_peaks(const gv_dataset *d)
{
    double *peaks = malloc((d->ceiling_count + 1) * sizeof *peaks);
    gv_catalogue *own = NULL;
    if (peaks == NULL || (d->catalogue == NULL && gv_catalogue_create(&own, NULL) != GV_OK)) {
        free(peaks);
        return NULL;
    }
    const gv_catalogue *catalogue = d->catalogue != NULL ? d->catalogue : own;
    const gv_spec *spec = NULL;
    for (uint32_t i = 0; i < d->ceiling_count; i++) {
        if (i == 0 || d->ceilings[i].device != d->ceilings[i - 1].device) {
            spec = spec_of(catalogue, d, d->ceilings[i].device);
        }
        peaks[i] = spec != NULL ? peak_of(spec, d->ceilings[i].record) : NAN;
    }
    gv_catalogue_free(own);
    return peaks;
}

double gv__ceiling_share(const gv_ceiling *ceiling, double peak)
{
    return ceiling->best / peak;
}

void gv__table_ceilings(const gv_dataset *dataset, gv_table *table)
{
    double *peaks = gv__ceiling_peaks(dataset);
    table->failed = table->failed || peaks == NULL;
    table->columns = columns;
    table->column_count = GV__COUNT(columns);
    for (uint32_t i = 0; i < dataset->ceiling_count && peaks != NULL; i++) {
        const gv_dataset_ceiling *ceiling = &dataset->ceilings[i];
        const gv_ceiling *r = ceiling->record;
        const gv_ceiling_unit unit = gv_ceiling_unit_of(r->kind);
        char shown[GV__SHOWN];
        gv_table_add_text(table, ceiling->device != GV__NONE
                                     ? dataset->devices[ceiling->device].label
                                     : r->device);
        gv_table_add_number(table, (double)ceiling->run + 1);
        gv_table_add_text(table, gv_ceiling_label(r->kind));
        gv_table_add_text(table, r->width > 0 ? gv_precision_name(r->precision) : "");
        gv_table_add_number(table, r->width > 0 ? (double)r->width : (double)NAN);
        gv_table_add_printf(table, "%s", gv__ceiling_shown(unit, r->median, shown));
        gv_table_add_number(table, r->median);
        gv_table_add_number(table, r->low);
        gv_table_add_number(table, r->high);
        gv_table_add_number(table, r->best);
        gv_table_add_text(table, gv_ceiling_unit_text(unit));
        gv_table_add_number(table, r->bytes);
        gv_table_add_text(table, r->variant);
        gv_table_add_text(table, r->check);
        gv_table_add_number(table, r->samples);
        gv_table_add_number(table, r->outliers);
        gv_table_add_number(table, peaks[i]);
        gv_table_add_number(table, gv__ceiling_share(r, peaks[i]));
        gv_table_add_text(table, gv__ceiling_share(r, peaks[i]) > 1
                                     ? "above the data sheet: it clocks higher than that says, or "
                                       "is another device"
                                     : "");
        gv_table_add_number(table, r->power_w);
        gv_table_add_text(table, r->power_source);
        gv_table_add_text(table, gv_ceiling_meaning(r->kind));
    }
    free(peaks);
}
