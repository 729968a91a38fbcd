/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/xlsx.h"
#include "base/support.h"

#ifdef GV_HAVE_XLSXWRITER
#include "reports/xlsx_sheet.h"
#include "reports/xlsx_whole.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static lxw_worksheet *add_sheet(gv__xlsx *x, const char *name)
{
    lxw_worksheet *sheet = workbook_add_worksheet(x->book, name);
    x->failed = x->failed || sheet == NULL;
    x->sheet_count++;
    return sheet;
}

static void add_sheets(gv__xlsx *x)
{
    size_t records = x->dataset->journal->measurement_count;
    x->measurement_sheets =
        records == 0 ? 1 : (uint32_t)((records - 1) / GV__MEASUREMENTS_ROWS + 1);
    x->measurements = calloc(x->measurement_sheets, sizeof(lxw_worksheet *));
    if (x->measurements == NULL) {
        x->failed = true;
        return;
    }
    x->verdict = add_sheet(x, "Verdict");
    x->speedup = add_sheet(x, "Speed-up");
    if (x->dataset->crossings != NULL) {
        x->break_even = add_sheet(x, "Break-even");
    }
    if (gv_dataset_has_estimates(x->dataset)) {
        x->estimates = add_sheet(x, "Estimates");
    }
    for (uint32_t i = 0; i < x->measurement_sheets; i++) {
        char name[32];
        snprintf(name, sizeof(name), i == 0 ? "Measurements" : "Measurements %u", (unsigned)i + 1);
        x->measurements[i] = add_sheet(x, name);
    }
    x->devices = add_sheet(x, "Devices");
    if (x->dataset->ceiling_count > 0) {
        x->ceilings = add_sheet(x, "Ceilings");
    }
    x->providers = add_sheet(x, "Providers");
    x->method = add_sheet(x, "Method");
    x->problems = add_sheet(x, "Problems");
    lxw_doc_properties about = {.title = (char *)"gpuverdict report",
                                .comments =
                                    (char *)"Ratios are formulas over Measurements and Estimates."};
    gv__xlsx_check(x, workbook_set_properties(x->book, &about));
}

static void fill_sheets(gv__xlsx *x)
{
    gv_table table;
    if (gv_table_make(GV_TABLE_MEASUREMENTS, x->dataset, &table, NULL) != GV_OK) {
        x->failed = true;
        return;
    }
    gv__xlsx_plan_measurements(x, &table);
    gv__xlsx_plan_estimates(x);
    gv__xlsx_verdict(x);
    gv__xlsx_speedup(x);
    if (x->break_even != NULL) {
        gv__xlsx_break_even(x);
    }
    if (x->estimates != NULL) {
        gv__xlsx_estimates(x);
    }
    gv__xlsx_measurements(x, &table);
    gv__xlsx_devices(x);
    if (x->ceilings != NULL) {
        gv__xlsx_ceilings(x);
    }
    gv__xlsx_providers(x);
    gv__xlsx_method(x);
    gv__xlsx_problems(x);
    gv_table_free(&table);
}

/* Bytes of each sheet's rows, in the order of the sheets. They are set aside in temporary files
 * whose errors the library does not look at. */
static gv_status measure_rows(const gv__xlsx *x, uint64_t *rows, const char *folder, gv_error *err)
{
    uint32_t i = 0;
    lxw_worksheet *sheet;
    STAILQ_FOREACH(sheet, x->book->worksheets, list_pointers)
    {
        FILE *file = sheet->optimize_tmpfile;
        long bytes = file != NULL && fflush(file) == 0 && ferror(file) == 0 ? ftell(file) : -1;
        if (bytes < 0) {
            return gv__fail(err, GV_IO, errno, "fflush",
                            "the workbook's temporary files in %s cannot be written: %s", folder,
                            strerror(errno));
        }
        rows[i++] = (uint64_t)bytes;
    }
    return GV_OK;
}

/* Temporary files go beside the output: there must be room for it anyway. */
static char *folder_of(const char *path)
{
    char *folder = strdup(path);
    char *slash = folder != NULL ? strrchr(folder, '/') : NULL;
    if (slash == NULL && folder != NULL) {
        gv__copy_text(folder, 2, "."); /* a path is one character at least */
    } else if (slash == folder && folder != NULL) {
        folder[1] = 0;
    } else if (slash != NULL) {
        *slash = 0;
    }
    return folder;
}

/* The library prints what goes wrong on standard error, where one line is to say it: the caller's.
 */
static lxw_error close_quietly(lxw_workbook *book)
{
    int words = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
    int nothing = open("/dev/null", O_WRONLY | O_CLOEXEC);
    bool quiet = words >= 0 && nothing >= 0 && dup2(nothing, STDERR_FILENO) >= 0;
    lxw_error error = workbook_close(book);
    if (quiet) {
        dup2(words, STDERR_FILENO);
    }
    if (words >= 0) {
        close(words);
    }
    if (nothing >= 0) {
        close(nothing);
    }
    return error;
}

/* Close the workbook, which also frees it, and see what became of it. */
static gv_status close_workbook(gv__xlsx *x, const char *path, const char *folder, gv_error *err)
{
    uint32_t sheets = x->sheet_count;
    uint64_t *rows = calloc(sheets + 1UL, sizeof(*rows));
    gv_status status = x->failed || rows == NULL
                           ? gv__fail(err, GV_MEMORY, 0, NULL, "not enough memory for the workbook")
                           : measure_rows(x, rows, folder, err);
    if (status == GV_OK) {
        status = gv__xlsx_check_room(folder, rows, sheets, err);
    }
    gv__xlsx_check(x, close_quietly(x->book));
    if (status == GV_OK && x->error != LXW_NO_ERROR) {
        status = gv__fail(err, GV_IO, (int32_t)x->error, "workbook_close",
                          "the workbook cannot be written: %s", lxw_strerror(x->error));
    }
    if (status == GV_OK) {
        status = gv__xlsx_check_whole(path, rows, sheets, err);
    }
    free(rows);
    return status;
}

static gv_status write_workbook(const char *path, char *folder, const gv_dataset *dataset,
                                gv_error *err)
{
    lxw_workbook_options options = {.constant_memory = LXW_TRUE, .tmpdir = folder};
    gv__xlsx x = {.dataset = dataset, .book = workbook_new_opt(path, &options)};
    if (x.book == NULL) {
        return gv__fail(err, GV_MEMORY, 0, "workbook_new_opt", "not enough memory for a workbook");
    }
    add_sheets(&x);
    if (!x.failed) {
        fill_sheets(&x);
    }
    gv_status status = close_workbook(&x, path, folder, err);
    free(x.measurements);
    free(x.estimate_row);
    return status;
}

gv_status gv_xlsx_reserve(const char *path, gv_output *out, gv_error *err)
{
    return gv_output_reserve(path, out, err);
}

gv_status gv_xlsx_write(gv_output *output, const gv_dataset *dataset, gv_error *err)
{
    char *folder = folder_of(gv_output_path(output));
    void *locale = gv__locale_enter(); /* with a decimal comma the workbook would be corrupt */
    gv_status status = folder != NULL && locale != NULL
                           ? write_workbook(gv_output_path(output), folder, dataset, err)
                           : gv__fail(err, GV_MEMORY, 0, NULL, "not enough memory");
    gv__locale_leave(locale);
    free(folder);
    return status == GV_OK ? gv_output_commit(output, err) : status;
}

#else

static gv_status not_built(gv_error *err)
{
    return gv__fail(
        err, GV_UNSUPPORTED, 0, NULL,
        "this program was built without libxlsxwriter and writes no workbook: use --csv "
        "or --json");
}

gv_status gv_xlsx_reserve(const char *path, gv_output *out, gv_error *err)
{
    (void)path;
    (void)out;
    return not_built(err);
}

gv_status gv_xlsx_write(gv_output *output, const gv_dataset *dataset, gv_error *err)
{
    (void)output;
    (void)dataset;
    return not_built(err);
}

#endif
