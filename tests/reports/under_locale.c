/* SPDX-License-Identifier: Apache-2.0 */
/* Writes every kind of report with a locale set, as a program that uses the library might have it:
 * under_locale LOCALE JOURNAL FOLDER. 2: there is no such locale. */
#include "base/support.h"
#include "reports/csv.h"
#include "reports/json.h"
#include "reports/summary.h"
#include "reports/xlsx.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>

static gv_status reserve(const char *folder, const char *name, gv_output *output, gv_error *err)
{
    gv__text path = {0};
    gv__text_printf(&path, "%s/%s", folder, name);
    gv_status status = gv_output_reserve(path.data, output, err);
    gv__text_free(&path);
    return status;
}

static gv_status write_summary(void *context, FILE *file, gv_error *err)
{
    return gv_report_print_summary(context, NULL, file, err);
}

static gv_status write_all(gv_journal *journal, const gv_dataset *dataset, const char *folder,
                           gv_error *err)
{
    gv_output xlsx = {0}, json = {0}, text = {0};
    gv_csv_folder *csv = NULL;
    gv_status status = reserve(folder, "report.xlsx", &xlsx, err);
    status = status == GV_OK ? gv_xlsx_write(&xlsx, dataset, err) : status;
    status = status == GV_OK ? reserve(folder, "report.json", &json, err) : status;
    status = status == GV_OK ? gv_json_write(&json, dataset, err) : status;
    status = status == GV_OK ? reserve(folder, "summary.txt", &text, err) : status;
    status = status == GV_OK ? gv_output_write(&text, write_summary, journal, err) : status;
    status = status == GV_OK ? gv_csv_reserve(folder, &csv, err) : status;
    status = status == GV_OK ? gv_csv_write(csv, dataset, err) : status;
    gv_output_release(&xlsx);
    gv_output_release(&json);
    gv_output_release(&text);
    gv_csv_release(csv);
    return status;
}

int main(int argc, char **argv)
{
    gv_error err = {0};
    gv_journal journal = {0};
    gv_dataset dataset = {0};
    if (argc != 4 || setlocale(LC_ALL, argv[1]) == NULL) {
        return 2;
    }
    bool comma = strcmp(argv[1], "C") != 0;
    if (comma != (strcmp(localeconv()->decimal_point, ",") == 0)) {
        return 2; /* the test would show nothing */
    }
    gv_status status = gv_journal_load(argv[2], &journal, &err);
    status = status == GV_OK ? gv_dataset_build(&journal, NULL, &dataset, &err) : status;
    status = status == GV_OK ? write_all(&journal, &dataset, argv[3], &err) : status;
    if (strcmp(localeconv()->decimal_point, comma ? "," : ".") != 0) {
        fputs("the caller's locale was not put back\n", stderr);
        return 1;
    }
    if (status != GV_OK) {
        fprintf(stderr, "%s\n", err.text);
    }
    gv_dataset_free(&dataset);
    gv_journal_free(&journal);
    return status == GV_OK ? 0 : 1;
}
