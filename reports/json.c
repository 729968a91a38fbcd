/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/json.h"
#include "reports/headline.h"
#include "reports/tables.h"

#ifdef GV_HAVE_JANSSON
#include <jansson.h>
#include <stdlib.h>

enum { DIGITS = JSON_REAL_PRECISION(17) | JSON_COMPACT | JSON_PRESERVE_ORDER };

static json_t *column_object(const gv_column *column)
{
    json_t *object = json_pack("{s:s, s:s}", "key", column->key, "label", column->label);
    if (object != NULL && column->format != NULL) {
        json_object_set_new(object, "unit", json_string(column->unit));
    }
    if (object != NULL && column->origin != GV_ORIGIN_ABSENT) {
        json_object_set_new(object, "origin", json_string(gv_origin_name(column->origin)));
    }
    if (object != NULL && column->note != NULL) {
        json_object_set_new(object, "note", json_string(column->note));
    }
    return object;
}

/* A count is a whole number in JSON too. */
static json_t *number_value(const gv_cell *cell)
{
    bool whole = cell->origin == GV_ORIGIN_ABSENT && cell->number > -9e15 && cell->number < 9e15 &&
                 cell->number == (double)(json_int_t)cell->number;
    return whole ? json_integer((json_int_t)cell->number) : json_real(cell->number);
}

/* Drivers' strings need not be UTF-8: what is not becomes '?'. */
static json_t *text_value(const char *text)
{
    json_t *value = json_string(text);
    if (value == NULL) {
        gv__text mended = {0};
        gv__text_add(&mended, text);
        for (size_t i = 0; mended.data != NULL && i < mended.length; i++) {
            mended.data[i] = (unsigned char)mended.data[i] < 0x80 ? mended.data[i] : '?';
        }
        value = mended.data != NULL ? json_string(mended.data) : NULL;
        gv__text_free(&mended);
    }
    return value;
}

static json_t *row_object(const gv_table *table, const gv_cell *cells)
{
    json_t *row = json_object(), *origins = NULL;
    for (size_t c = 0; row != NULL && c < table->column_count; c++) {
        const gv_column *column = &table->columns[c];
        if (cells[c].kind == GV_CELL_BLANK) {
            continue;
        }
        bool number = cells[c].kind == GV_CELL_NUMBER;
        json_object_set_new(row, column->key,
                            number ? number_value(&cells[c]) : text_value(cells[c].text));
        if (number && cells[c].origin != column->origin) {
            origins = origins != NULL ? origins : json_object();
            json_object_set_new(origins, column->key, json_string(gv_origin_name(cells[c].origin)));
        }
    }
    if (origins != NULL && json_object_set_new(row, "origins", origins) != 0) {
        json_decref(row);
        return NULL;
    }
    return row;
}

/* Dump and free; false: no memory, or the file does not take it. */
static bool put(FILE *file, json_t *value)
{
    bool done = value != NULL && json_dumpf(value, file, DIGITS | JSON_ENCODE_ANY) == 0;
    json_decref(value);
    return done;
}

static bool put_table(FILE *file, gv_table *table, gv_table_id id)
{
    gv_cell *cells = malloc(table->column_count * sizeof(*cells));
    bool done = cells != NULL;
    fprintf(file, "\"%s\":{\"title\":", table->name);
    done = done && put(file, json_string(table->title));
    fputs(",\"rows_are\":", file);
    done = done && put(file, json_string(gv_table_rows_are(id)));
    fputs(",\"columns\":[", file);
    for (size_t c = 0; c < table->column_count && done; c++) {
        fputs(c > 0 ? ",\n  " : "\n  ", file);
        done = put(file, column_object(&table->columns[c]));
    }
    fputs("],\n \"rows\":[", file);
    for (size_t row = 0; row < table->row_count && done; row++) {
        gv_table_row(table, row, cells);
        fputs(row > 0 ? ",\n  " : "\n  ", file);
        done = put(file, row_object(table, cells));
    }
    fputs("]}", file);
    free(cells);
    return done;
}

/* What the summary says in its first sentences, after a key and a comma. */
static bool put_answer(FILE *file, const gv_dataset *dataset)
{
    gv__text headline = {0}, remarks = {0};
    gv__headline_add(dataset, &headline);
    gv__headline_add_remarks(dataset, &remarks);
    bool done = !headline.failed && !remarks.failed;
    fputs("\"headline\":", file);
    done = done && put(file, text_value(headline.data));
    fputs(",\n\"remarks\":", file);
    done = done && put(file, text_value(remarks.data != NULL ? remarks.data : ""));
    fputs(",\n", file);
    gv__text_free(&headline);
    gv__text_free(&remarks);
    return done;
}

static gv_status put_tables(void *context, FILE *file, gv_error *err)
{
    const gv_dataset *dataset = context;
    fprintf(file, "{\"schema\":%d,\"program\":\"gpuverdict\",\n", GV_REPORT_JSON_SCHEMA);
    if (!put_answer(file, dataset) && !ferror(file)) {
        return gv__fail(err, GV_MEMORY, 0, "json_dumpf", "not enough memory for JSON");
    }
    fputs("\"tables\":{\n", file);
    for (int i = 0; i < GV_TABLE_COUNT; i++) {
        gv_table table;
        gv_status status = gv_table_make((gv_table_id)i, dataset, &table, err);
        if (status != GV_OK) {
            return status;
        }
        fputs(i > 0 ? ",\n" : "", file);
        bool done = put_table(file, &table, (gv_table_id)i);
        gv_table_free(&table);
        if (!done && !ferror(file)) {
            return gv__fail(err, GV_MEMORY, 0, "json_dumpf", "not enough memory for JSON");
        }
    }
    fputs("}}\n", file);
    return GV_OK;
}

gv_status gv_json_write(gv_output *output, const gv_dataset *dataset, gv_error *err)
{
    gv_dataset borrowed = *dataset; /* the callback's context is not const */
    return gv_output_write(output, put_tables, &borrowed, err);
}

#else

gv_status gv_json_write(gv_output *output, const gv_dataset *dataset, gv_error *err)
{
    (void)output;
    (void)dataset;
    return gv__fail(err, GV_UNSUPPORTED, 0, NULL,
                    "this program was built without Jansson and writes no JSON");
}

#endif
