/* SPDX-License-Identifier: Apache-2.0 */
/* `gpuverdict catalogue`: data sheets of devices, to be listed, shown, checked and added to. */
#include "base/support.h"
#include "cli/catalogue_file.h"
#include "cli/command.h"
#include "cli/words.h"
#include "reports/output.h"
#include "reports/text.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#ifdef GV_HAVE_JANSSON
#include <jansson.h>
#endif

enum { CATALOGUE_SCHEMA = 1 };

/* ---- for people ---- */

/** "19.5 TFLOP/s", "—" */
static char *figure(const gv_spec *spec, const char *key, char text[64])
{
    const gv_spec_column *column = gv_spec_column_find(key);
    double value = gv_spec_figure(spec, column) / column->scale;
    if (isnan(value)) {
        return gv__copy_text(text, 64, "—");
    }
    snprintf(text, 64, "%.4g%s%s", value, column->unit[0] != 0 ? " " : "", column->unit);
    return text;
}

static gv_status print_list(const gv_spec *const *specs, size_t count, gv_error *err)
{
    static const struct {
        const char *heading, *key;
    } columns[] = {{"Peak f32", "fp32_flop_per_s"},
                   {"Matrix f16", "fp16_matrix_flop_per_s"},
                   {"Bandwidth", "bandwidth_bytes_per_s"},
                   {"Memory", "memory_bytes"}};
    gv_text_table table = {0};
    char text[64];
    gv_text_table_column(&table, "Device", GV_TEXT_LEFT);
    gv_text_table_column(&table, "Year", GV_TEXT_RIGHT);
    gv_text_table_column(&table, "Architecture", GV_TEXT_LEFT);
    gv_text_table_minor(&table);
    for (size_t c = 0; c < GV__COUNT(columns); c++) {
        gv_text_table_column(&table, columns[c].heading, GV_TEXT_RIGHT);
    }
    for (size_t i = 0; i < count; i++) {
        gv_text_table_cell(&table, specs[i]->name);
        gv_text_table_cell(&table, figure(specs[i], "year", text));
        gv_text_table_cell(&table, specs[i]->architecture);
        for (size_t c = 0; c < GV__COUNT(columns); c++) {
            gv_text_table_cell(&table, figure(specs[i], columns[c].key, text));
        }
    }
    gv_status status = gv_text_table_print(&table, stdout, 0, err);
    gv_text_table_free(&table);
    printf("\n%zu device%s; every figure is quoted, none was measured.\n", count,
           count == 1 ? "" : "s");
    return status;
}

static void print_findings(const gv_spec *spec, size_t indent)
{
    enum { SHOWN = 8 };
    gv_spec_finding findings[SHOWN];
    size_t count = gv_spec_check(spec, findings, SHOWN);
    for (size_t i = 0; i < count && i < SHOWN; i++) {
        size_t first = (size_t)printf("%*s%s: ", (int)indent, "",
                                      findings[i].is_error ? "Error" : "Disagreement");
        gv_text_paragraph(stdout, findings[i].text, first, indent + 2, GV_TEXT_COLUMNS);
    }
}

static gv_status print_shown(const gv_spec *spec, gv_error *err)
{
    gv_text_table table = {0};
    const gv_spec_column *column;
    char text[64];
    gv_text_table_column(&table, NULL, GV_TEXT_LEFT);
    gv_text_table_column(&table, NULL, GV_TEXT_LEFT);
    for (size_t i = 0; (column = gv_spec_column_at(i)) != NULL; i++) {
        if (column->offset == offsetof(gv_spec, flag) || column->offset == 0) {
            continue; /* the name is the heading, remarks are sentences */
        }
        gv_text_table_cell(&table, column->label);
        const char *value =
            column->is_text ? gv_spec_text(spec, column) : figure(spec, column->key, text);
        gv_text_table_cell(&table, value[0] != 0 ? value : "—");
    }
    puts(spec->name);
    gv_status status = gv_text_table_print(&table, stdout, 2, err);
    gv_text_table_free(&table);
    if (spec->flag[0] != 0) {
        fputs("  Remarks: ", stdout);
        gv_text_paragraph(stdout, spec->flag, 11, 4, GV_TEXT_COLUMNS);
    }
    print_findings(spec, 2);
    return status;
}

/* ---- for programs ---- */

#ifdef GV_HAVE_JANSSON
static json_t *json_spec(const gv_spec *spec)
{
    json_t *object = json_object();
    const gv_spec_column *column;
    for (size_t i = 0; (column = gv_spec_column_at(i)) != NULL; i++) {
        json_t *value;
        if (column->is_text) {
            value = json_string(gv_spec_text(spec, column));
        } else {
            value = json_real(gv_spec_figure(spec, column)); /* NULL for NAN */
        }
        json_object_set_new(object, column->key, value != NULL ? value : json_null());
    }
    return object;
}

static int print_json(const gv_cli_options *options, const gv_spec *const *specs, size_t count)
{
    json_t *devices = json_array();
    for (size_t i = 0; specs != NULL && i < count; i++) {
        json_array_append_new(devices, json_spec(specs[i]));
    }
    json_t *document = json_pack("{s:i, s:s, s:s, s:o}", "schema", (int)CATALOGUE_SCHEMA, "type",
                                 "catalogue", "origin", "quoted", "devices", devices);
    if (document == NULL ||
        json_dumpf(document, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(15)) != 0) {
        json_decref(document);
        gv_cli_say(options->verb, "the JSON object could not be written");
        return GV_EXIT_FAILED;
    }
    putchar('\n');
    json_decref(document);
    return GV_EXIT_DONE;
}
#else
static int print_json(const gv_cli_options *options, const gv_spec *const *specs, size_t count)
{
    (void)specs;
    (void)count;
    gv_cli_say(options->verb,
               "--json: this build has no Jansson; install libjansson-dev and build again");
    return GV_EXIT_FAILED;
}
#endif

/* ---- list, show ---- */

/** Whether the first `length` characters of `part` stand in `text`; case does not matter. */
static bool holds(const char *text, const char *part, size_t length)
{
    for (; *text != 0; text++) {
        size_t i = 0;
        while (i < length && tolower((unsigned char)text[i]) == tolower((unsigned char)part[i])) {
            i++;
        }
        if (i == length) {
            return true;
        }
    }
    return false;
}

/** Whether every word of the names behind the action stands in the device's name or aliases. */
static bool is_called(const gv_spec *spec, const gv_cli_list *operands)
{
    for (size_t i = 1; i < operands->count; i++) {
        const char *word = operands->items[i] + strspn(operands->items[i], " ");
        for (size_t length; *word != 0; word += length + strspn(word + length, " ")) {
            length = strcspn(word, " ");
            if (!holds(spec->name, word, length) && !holds(spec->aliases, word, length)) {
                return false;
            }
        }
    }
    return true;
}

/** Whether one of the texts stands in `text`; true where none was asked for. */
static bool passes(const char *text, const gv_cli_list *asked)
{
    for (size_t i = 0; i < asked->count; i++) {
        if (holds(text, asked->items[i], strlen(asked->items[i]))) {
            return true;
        }
    }
    return asked->count == 0;
}

static int print_specs(const gv_cli_options *options, const gv_spec *const *specs, size_t count,
                       bool whole)
{
    gv_error err = {0};
    gv_status status = GV_OK;
    if (options->json) {
        return print_json(options, specs, count);
    }
    if (!whole) {
        status = print_list(specs, count, &err);
    }
    for (size_t i = 0; whole && specs != NULL && i < count && status == GV_OK; i++) {
        fputs(i > 0 ? "\n" : "", stdout);
        status = print_shown(specs[i], &err);
    }
    return status == GV_OK ? GV_EXIT_DONE : gv_cli_fail(options->verb, &err);
}

static int list(const gv_cli_options *options, const gv_catalogue *catalogue)
{
    const gv_spec **found = calloc(gv_catalogue_count(catalogue) + 1, sizeof *found);
    size_t count = 0;
    for (size_t i = 0; found != NULL && i < gv_catalogue_count(catalogue); i++) {
        const gv_spec *spec = gv_catalogue_at(catalogue, i);
        if (passes(spec->vendor, &options->vendor) &&
            passes(spec->architecture, &options->architecture) &&
            (isnan(options->year) || spec->year == options->year) &&
            is_called(spec, &options->operands)) {
            found[count++] = spec;
        }
    }
    int code;
    if (found == NULL) {
        gv_cli_say(options->verb, "the list does not fit into memory");
        code = GV_EXIT_FAILED;
    } else {
        code = print_specs(options, found, count, false);
    }
    free(found);
    return code;
}

static int show(const gv_cli_options *options, const gv_catalogue *catalogue)
{
    size_t count = options->operands.count - 1;
    const gv_spec **found = calloc(count + 1, sizeof *found);
    gv_error err = {0};
    gv_status status =
        found != NULL ? GV_OK : gv__fail(&err, GV_MEMORY, 0, NULL, "not enough memory");
    for (size_t i = 0; i < count && status == GV_OK; i++) {
        status = gv_catalogue_find(catalogue, options->operands.items[i + 1], &found[i], &err);
    }
    int code = status == GV_OK ? print_specs(options, found, count, true)
                               : gv_cli_fail(options->verb, &err);
    free(found);
    return code;
}

/* ---- check, add ---- */

/** What checking a file's rows found. */
typedef struct tally {
    size_t devices, wrong, errors;
} tally;

static void check_rows(const gv_catalogue *rows, tally *sum)
{
    for (size_t i = 0; i < gv_catalogue_count(rows); i++) {
        const gv_spec *spec = gv_catalogue_at(rows, i);
        gv_spec_finding worst = {0};
        sum->devices++;
        if (gv_spec_check(spec, &worst, 1) > 0) {
            sum->wrong++;
            sum->errors += worst.is_error;
            puts(spec->name);
            print_findings(spec, 2);
        }
    }
}

static gv_status add_file(gv_catalogue *to, const char *path, gv_error *err)
{
    char *text = NULL;
    size_t length = 0;
    gv_status status = gv_cli_read_file(path, &text, &length, err);
    if (status == GV_OK) {
        status = gv_catalogue_add(to, text, length, path, err);
    }
    free(text);
    return status;
}

/** The rows of all files that the command names. */
static gv_status read_files(const gv_cli_options *options, gv_catalogue *rows, gv_error *err)
{
    gv_status status = GV_OK;
    for (size_t i = 1; i < options->operands.count && status == GV_OK; i++) {
        status = add_file(rows, options->operands.items[i], err);
    }
    return status;
}

static int check(const gv_cli_options *options, const gv_catalogue *catalogue)
{
    gv_catalogue *rows = NULL;
    gv_error err = {0};
    gv_status status = gv_catalogue_create_empty(&rows, &err);
    if (status == GV_OK) {
        status = read_files(options, rows, &err);
    }
    tally sum = {0};
    if (status == GV_OK) {
        check_rows(options->operands.count > 1 ? rows : catalogue, &sum);
        printf("%zu device%s: %zu with errors, %zu with figures that disagree\n", sum.devices,
               sum.devices == 1 ? "" : "s", sum.errors, sum.wrong - sum.errors);
    }
    gv_catalogue_free(rows);
    if (status != GV_OK) {
        return gv_cli_fail(options->verb, &err);
    }
    return sum.errors > 0 ? GV_EXIT_FAILED : GV_EXIT_DONE;
}

/** As a field of CSV; the fewest digits that read back as the same number. */
static void put_field(FILE *file, const gv_spec *spec, const gv_spec_column *column)
{
    if (column->is_text) {
        const char *text = gv_spec_text(spec, column);
        fputc('"', file);
        for (; *text != 0; text++) {
            fputs(*text == '"' ? "\"\"" : (char[]){*text, 0}, file);
        }
        fputc('"', file);
    } else if (!isnan(gv_spec_figure(spec, column))) {
        double value = gv_spec_figure(spec, column);
        char text[32];
        snprintf(text, sizeof text, "%.15g", value);
        if (strtod(text, NULL) != value) {
            snprintf(text, sizeof text, "%.17g", value);
        }
        fputs(text, file);
    }
}

static gv_status put_rows(void *context, FILE *file, gv_error *err)
{
    (void)err;
    const gv_catalogue *rows = context;
    const gv_spec_column *column;
    for (size_t c = 0; (column = gv_spec_column_at(c)) != NULL; c++) {
        fprintf(file, "%s%s", c > 0 ? "," : "", column->key);
    }
    fputs("\r\n", file);
    for (size_t i = 0; i < gv_catalogue_count(rows); i++) {
        for (size_t c = 0; (column = gv_spec_column_at(c)) != NULL; c++) {
            fputs(c > 0 ? "," : "", file);
            put_field(file, gv_catalogue_at(rows, i), column);
        }
        fputs("\r\n", file);
    }
    return GV_OK;
}

/** Make the folders above a file. What fails here fails again, and is said, when it is written. */
static void make_folders(char *path)
{
    for (char *c = path + 1; *c != 0; c++) {
        if (*c == '/') {
            *c = 0;
            mkdir(path, 0777);
            *c = '/';
        }
    }
}

static gv_status write_users(gv_catalogue *rows, char *path, gv_error *err)
{
    gv_output output = {0};
    make_folders(path);
    gv_status status = gv_output_reserve(path, &output, err);
    if (status == GV_OK) {
        status = gv_output_write(&output, put_rows, rows, err);
    }
    gv_output_release(&output);
    return status;
}

/** Put the rows of the files into the user's file, unless one of them cannot be true. */
static gv_status add_checked(const gv_cli_options *options, char *path, tally *sum, gv_error *err)
{
    gv_catalogue *theirs = NULL, *all = NULL;
    gv_status status = gv_catalogue_create_empty(&theirs, err);
    if (status == GV_OK) {
        status = read_files(options, theirs, err);
    }
    if (status == GV_OK) {
        check_rows(theirs, sum);
        status = sum->errors == 0 ? gv_catalogue_create_empty(&all, err)
                                  : gv__fail(err, GV_FORMAT, 0, NULL,
                                             "nothing was added: correct the errors first");
    }
    if (status == GV_OK) {
        status = gv_cli_catalogue_add_users(all, err);
    }
    if (status == GV_OK) {
        status = read_files(options, all, err);
    }
    if (status == GV_OK) {
        status = write_users(all, path, err);
    }
    gv_catalogue_free(theirs);
    gv_catalogue_free(all);
    return status;
}

static int add(const gv_cli_options *options)
{
    gv__text path = gv_cli_catalogue_path();
    gv_error err = {0};
    tally sum = {0};
    gv_status status =
        path.length > 0
            ? add_checked(options, path.data, &sum, &err)
            : gv__fail(&err, GV_IO, 0, NULL,
                       "there is no place for your catalogue: set GPUVERDICT_CATALOGUE to a file");
    if (status == GV_OK) {
        printf("%zu device%s added to %s\n", sum.devices, sum.devices == 1 ? "" : "s", path.data);
    }
    gv__text_free(&path);
    return status == GV_OK ? GV_EXIT_DONE : gv_cli_fail(options->verb, &err);
}

/* ---- the command ---- */

/** A usage error in a clause; NULL where there is none. */
static const char *usage_fault(gv_catalogue_action action, size_t names)
{
    switch (action) {
    case GV_CATALOGUE_LIST:
    case GV_CATALOGUE_CHECK:
        return NULL;
    case GV_CATALOGUE_SHOW:
        return names == 0 ? "show: which device? list names them" : NULL;
    case GV_CATALOGUE_ADD:
        return names == 0 ? "add: the file with the specifications is missing" : NULL;
    case GV_CATALOGUE_NONE:
        break;
    }
    return "what to do is missing; one of list [NAME], show NAME..., check [FILE...], add FILE...";
}

int gv_cmd_catalogue(const gv_cli_options *options)
{
    size_t given = options->operands.count;
    gv_catalogue_action action =
        given > 0 ? gv_cli_catalogue_action_of(options->operands.items[0]) : GV_CATALOGUE_NONE;
    if (action == GV_CATALOGUE_NONE && given > 0) {
        gv_cli_say(options->verb, "unknown action \"%.40s\"; one of list, show, check, add",
                   options->operands.items[0]);
        return GV_EXIT_USAGE;
    }
    const char *fault = usage_fault(action, given > 0 ? given - 1 : 0);
    if (fault != NULL) {
        gv_cli_say(options->verb, "%s", fault);
        return GV_EXIT_USAGE;
    }
    if (action == GV_CATALOGUE_ADD) {
        return add(options);
    }
    gv_catalogue *catalogue;
    gv_error err = {0};
    if (gv_cli_catalogue_load(&catalogue, &err) != GV_OK) {
        return gv_cli_fail(options->verb, &err);
    }
    int code = action == GV_CATALOGUE_LIST   ? list(options, catalogue)
               : action == GV_CATALOGUE_SHOW ? show(options, catalogue)
                                             : check(options, catalogue);
    gv_catalogue_free(catalogue);
    return code;
}
