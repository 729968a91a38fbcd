/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/csv.h"
#include "reports/output.h"
#include "reports/tables.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct gv_csv_folder {
    gv_output files[GV_TABLE_COUNT];
};

static const char *const names[] = {
#define NAME(code, name, title, rows) #name,
    GV_TABLE_MAP(NAME)
#undef NAME
};

gv_status gv_csv_reserve(const char *folder, gv_csv_folder **out, gv_error *err)
{
    if (mkdir(folder, 0777) != 0 && errno != EEXIST) {
        return gv__fail(err, GV_IO, errno, "mkdir", "the folder %s cannot be made: %s", folder,
                        strerror(errno));
    }
    gv_csv_folder *made = calloc(1, sizeof(*made));
    gv_status status =
        made != NULL ? GV_OK : gv__fail(err, GV_MEMORY, 0, NULL, "not enough memory");
    for (int i = 0; i < GV_TABLE_COUNT && status == GV_OK; i++) {
        gv__text path = {0};
        gv__text_printf(&path, "%s/%s.csv", folder, names[i]);
        status = path.failed ? gv__fail(err, GV_MEMORY, 0, NULL, "not enough memory")
                             : gv_output_reserve(path.data, &made->files[i], err);
        gv__text_free(&path);
    }
    if (status != GV_OK) {
        gv_csv_release(made);
        return status;
    }
    *out = made;
    return GV_OK;
}

void gv_csv_release(gv_csv_folder *folder)
{
    for (int i = 0; folder != NULL && i < GV_TABLE_COUNT; i++) {
        gv_output_release(&folder->files[i]);
    }
    free(folder);
}

static void put_text(FILE *file, const char *text)
{
    if (text[strcspn(text, ",\"\r\n")] == 0) {
        fputs(text, file);
        return;
    }
    fputc('"', file);
    for (; *text != 0; text++) {
        if (*text == '"') {
            fputc('"', file);
        }
        fputc(*text, file);
    }
    fputc('"', file);
}

/* The fewest digits that read back as the same number. */
static void put_number(FILE *file, double number)
{
    char text[32];
    snprintf(text, sizeof(text), "%.15g", number);
    if (strtod(text, NULL) != number) {
        snprintf(text, sizeof(text), "%.17g", number);
    }
    fputs(text, file);
}

static gv_status put_table(void *context, FILE *file, gv_error *err)
{
    gv_table *table = context;
    gv_cell *cells = malloc(table->column_count * sizeof(*cells));
    if (cells == NULL) {
        return gv__fail(err, GV_MEMORY, 0, NULL, "not enough memory");
    }
    for (size_t c = 0; c < table->column_count; c++) {
        fputs(c > 0 ? "," : "", file);
        put_text(file, table->columns[c].key);
    }
    fputs("\r\n", file);
    for (size_t row = 0; row < table->row_count && !ferror(file); row++) {
        gv_table_row(table, row, cells);
        for (size_t c = 0; c < table->column_count; c++) {
            fputs(c > 0 ? "," : "", file);
            if (cells[c].kind == GV_CELL_NUMBER) {
                put_number(file, cells[c].number);
            } else if (cells[c].kind == GV_CELL_TEXT) {
                put_text(file, cells[c].text);
            }
        }
        fputs("\r\n", file);
    }
    free(cells);
    return GV_OK;
}

gv_status gv_csv_write(gv_csv_folder *folder, const gv_dataset *dataset, gv_error *err)
{
    gv_status status = GV_OK;
    for (int i = 0; i < GV_TABLE_COUNT && status == GV_OK; i++) {
        gv_table table;
        status = gv_table_make((gv_table_id)i, dataset, &table, err);
        if (status == GV_OK) {
            status = gv_output_write(&folder->files[i], put_table, &table, err);
            gv_table_free(&table);
        }
    }
    return status;
}
