/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/forecast_batch.h"

#include "base/csv_read.h"
#include "reports/forecast_text.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Columns of the question. */
enum { DEVICE, WORKLOAD, LAUNCH, COLUMNS };
enum { FIELDS_MOST = 16 };
static const char *const column_names[COLUMNS] = {
    [DEVICE] = "device", [WORKLOAD] = "workload", [LAUNCH] = "launch_s"};

/** Which field of a line holds which column. */
typedef struct header {
    size_t field[COLUMNS]; /**< COLUMNS where the column is absent */
    size_t count;
} header;

static gv_status read_header(gv__csv *csv, header *out, gv_error *err)
{
    char *fields[FIELDS_MOST];
    gv_status status = gv__csv_next(csv, fields, FIELDS_MOST, &out->count, err);
    for (size_t c = 0; c < COLUMNS; c++) {
        out->field[c] = COLUMNS;
    }
    for (size_t i = 0; status == GV_OK && i < out->count; i++) {
        size_t c = 0;
        while (c < COLUMNS && strcmp(fields[i], column_names[c]) != 0) {
            c++;
        }
        if (c == COLUMNS || out->field[c] != COLUMNS) {
            return gv__fail(
                err, GV_FORMAT, 0, NULL,
                "%s, line %zu: \"%.60s\" is not a column, or stands there twice; they are "
                "device, workload and launch_s",
                csv->label, csv->line, fields[i]);
        }
        out->field[c] = i;
    }
    if (status == GV_OK && (out->field[DEVICE] == COLUMNS || out->field[WORKLOAD] == COLUMNS)) {
        return gv__fail(err, GV_FORMAT, 0, NULL,
                        "%s: its first line must name the columns device and workload", csv->label);
    }
    return status;
}

static void put_text(FILE *out, const char *text)
{
    if (text[strcspn(text, ",\"\r\n")] == 0) {
        fputs(text, out);
        return;
    }
    fputc('"', out);
    for (; *text != 0; text++) {
        if (*text == '"') {
            fputc('"', out);
        }
        fputc(*text, out);
    }
    fputc('"', out);
}

static void put_number(FILE *out, double value)
{
    if (isfinite(value)) {
        fprintf(out, ",%.9g", value);
    } else {
        fputc(',', out);
    }
}

static void put_answer(FILE *out, const gv_answer *a)
{
    const gv_view_estimate *view = &a->device.view[GV_VIEW_TRANSFERS];
    const double numbers[] = {a->device.call_s,
                              a->device.low_s,
                              a->device.high_s,
                              view->transfer_s,
                              view->total_s,
                              a->cpu.time_s,
                              a->speedup[GV_VIEW_KERNEL_ONLY].value,
                              a->speedup[GV_VIEW_TRANSFERS].value};
    gv__text reasons = {0};
    for (size_t i = 0; i < GV__COUNT(numbers); i++) {
        put_number(out, numbers[i]);
    }
    fprintf(out, ",%s,%s,", gv_verdict_word(a->verdict), gv_origin_name(a->device.origin));
    gv__forecast_add_reasons(&a->device, &reasons);
    put_text(out, reasons.data != NULL ? reasons.data : "");
    gv__text_free(&reasons);
}

/** A cost in seconds; empty is NAN. */
static gv_status read_launch(const char *text, double *out, gv_error *err)
{
    char *end;
    double value = text[0] != 0 ? strtod(text, &end) : NAN;
    if (text[0] != 0 && (*end != 0 || !(value >= 0) || !isfinite(value))) {
        return gv__fail(err, GV_ARGUMENT, 0, NULL, "launch_s: \"%.40s\" is not a time in seconds",
                        text);
    }
    *out = value;
    return GV_OK;
}

static gv_status answer_line(gv_forecast *forecast, const header *columns, char *const *fields,
                             size_t count, gv_answer *out, gv_error *err)
{
    const gv_side *side;
    gv_workload workload;
    double launch_s = NAN;
    if (count != columns->count) {
        return gv__fail(
            err, GV_FORMAT, 0, NULL, "%zu fields where the first line has %zu columns%s", count,
            columns->count,
            count > columns->count ? ": put a workload, which holds commas, in double quotes" : "");
    }
    gv_status status = gv_workload_parse(fields[columns->field[WORKLOAD]], &workload, err);
    if (status == GV_OK && columns->field[LAUNCH] != COLUMNS) {
        status = read_launch(fields[columns->field[LAUNCH]], &launch_s, err);
    }
    if (status == GV_OK) {
        status = gv_forecast_side(forecast, fields[columns->field[DEVICE]], launch_s, &side, err);
    }
    if (status == GV_OK) {
        status = gv_forecast_answer(forecast, side, &workload, out, err);
    }
    return status;
}

gv_status gv__forecast_batch(gv_forecast *forecast, char *text, size_t length, const char *label,
                             FILE *out, size_t *open, gv_error *err)
{
    header columns;
    gv__csv csv = gv__csv_begin(text, length, label);
    gv_status status = read_header(&csv, &columns, err);
    if (status != GV_OK) {
        return status;
    }
    fputs("device,workload,time_s,low_s,high_s,transfer_s,total_s,cpu_s,speedup_kernel,"
          "speedup_total,verdict,origin,reason\r\n",
          out);
    for (*open = 0;;) {
        char *fields[FIELDS_MOST];
        size_t count;
        gv_answer answer = {0};
        gv_error why = {0};
        const bool whole = gv__csv_next(&csv, fields, FIELDS_MOST, &count, &why) == GV_OK;
        if (whole && count == 0) {
            break;
        }
        if (!whole) {
            gv__csv_skip_line(&csv);
            fputc(',', out); /* what it asked is not known */
        }
        for (size_t c = DEVICE; whole && c <= WORKLOAD; c++) {
            fputs(c > DEVICE ? "," : "", out);
            put_text(out, columns.field[c] < count ? fields[columns.field[c]] : "");
        }
        if (whole && answer_line(forecast, &columns, fields, count, &answer, &why) == GV_OK) {
            put_answer(out, &answer);
        } else {
            fputs(",,,,,,,,,,,", out);
            put_text(out, why.text);
            ++*open;
        }
        fputs("\r\n", out);
    }
    if (ferror(out)) {
        return gv__fail(err, GV_IO, errno, "fwrite", "the answers cannot be written");
    }
    return GV_OK;
}
