/* SPDX-License-Identifier: Apache-2.0 */
/* The catalogue: specifications read from CSV, and the one that a name means. */
#include "base/csv_read.h"
#include "base/embedded.h"
#include "base/support.h"
#include "estimator/device_name.h"
#include <gpuverdict/catalogue.h>

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern const gv__embedded gv__catalogue_csv;

enum { COLUMNS_MOST = 64 };

/** A name or an alias, as it is compared. */
typedef struct known_name {
    char *whole, *bare;
    size_t spec;
} known_name;

/** A text that the catalogue owns. */
typedef struct block {
    struct block *next;
    char text[];
} block;

struct gv_catalogue {
    gv_spec *specs;
    char **words; /**< of each specification: of names, chip and architecture */
    size_t count, capacity;
    known_name *names;
    size_t name_count, name_capacity;
    block *blocks;
};

static gv_status no_memory(gv_error *err)
{
    return gv__fail(err, GV_MEMORY, 0, "malloc", "the catalogue does not fit into memory");
}

/** `length` bytes and a 0 that live as long as the catalogue; NULL where there is no memory. */
static char *keep(gv_catalogue *catalogue, const char *text, size_t length)
{
    block *made = malloc(sizeof *made + length + 1);
    if (made == NULL) {
        return NULL;
    }
    memcpy(made->text, text, length);
    made->text[length] = 0;
    made->next = catalogue->blocks;
    catalogue->blocks = made;
    return made->text;
}

/** Make room for one more element. */
static bool grow(void **items, size_t *capacity, size_t count, size_t size)
{
    if (count < *capacity) {
        return true;
    }
    size_t more = *capacity == 0 ? 64 : 2 * *capacity;
    void *moved = realloc(*items, more * size);
    if (moved == NULL) {
        return false;
    }
    *items = moved;
    *capacity = more;
    return true;
}

/* ---- names of a specification ---- */

static gv_status know_name(gv_catalogue *catalogue, const gv__device_name *name, size_t spec,
                           gv_error *err)
{
    void *names = catalogue->names;
    if (!grow(&names, &catalogue->name_capacity, catalogue->name_count, sizeof(known_name))) {
        return no_memory(err);
    }
    catalogue->names = names;
    char *whole = keep(catalogue, name->whole, strlen(name->whole));
    char *bare = keep(catalogue, name->bare, strlen(name->bare));
    if (whole == NULL || bare == NULL) {
        return no_memory(err);
    }
    catalogue->names[catalogue->name_count++] = (known_name){whole, bare, spec};
    return GV_OK;
}

/** Learn the name, every alias, and the words of both, of chip and of architecture. */
static gv_status know_names(gv_catalogue *catalogue, size_t index, gv_error *err)
{
    const gv_spec *spec = &catalogue->specs[index];
    gv__text words = {0};
    gv__device_name name;
    gv__device_name_read(spec->name, &name);
    gv__text_add(&words, name.words);
    gv_status status = know_name(catalogue, &name, index, err);
    const char *alias = spec->aliases;
    while (status == GV_OK && *alias != 0) {
        char text[GV_DEVICE_NAME_TEXT];
        size_t length = strcspn(alias, "|");
        snprintf(text, sizeof text, "%.*s", (int)length, alias);
        gv__device_name_read(text, &name);
        gv__text_add(&words, name.words);
        status = know_name(catalogue, &name, index, err);
        alias += length + (alias[length] == '|');
    }
    gv__device_name_read(spec->chip, &name);
    gv__text_add(&words, name.words);
    gv__device_name_read(spec->architecture, &name);
    gv__text_add(&words, name.words);
    char *kept = words.failed ? NULL : keep(catalogue, words.data, words.length);
    gv__text_free(&words);
    if (status != GV_OK) {
        return status;
    }
    if (kept == NULL) {
        return no_memory(err);
    }
    catalogue->words[index] = kept;
    return GV_OK;
}

/** The specification of exactly this name (case and punctuation aside), below `count`; `count`
 * where there is none. Names are known before aliases, and each first of its specification. */
static size_t find_name(const gv_catalogue *catalogue, const char *whole, size_t count)
{
    for (size_t i = 0; i < catalogue->name_count; i++) {
        size_t spec = catalogue->names[i].spec;
        bool is_name = i == 0 || catalogue->names[i - 1].spec != spec;
        if (is_name && spec < count && strcmp(catalogue->names[i].whole, whole) == 0) {
            return spec;
        }
    }
    return count;
}

/* ---- reading ---- */

/** What a line of the file is read with. */
typedef struct reader {
    gv__csv csv;
    const gv_spec_column *columns[COLUMNS_MOST];
    char *fields[COLUMNS_MOST];
    size_t column_count;
} reader;

static gv_status read_header(reader *r, gv_error *err)
{
    bool has_name = false;
    gv_status status = gv__csv_next(&r->csv, r->fields, COLUMNS_MOST, &r->column_count, err);
    for (size_t i = 0; status == GV_OK && i < r->column_count; i++) {
        const gv_spec_column *column = gv_spec_column_find(r->fields[i]);
        if (column == NULL) {
            return gv__fail(err, GV_FORMAT, 0, NULL,
                            "%s, line %zu: a specification has no column \"%.60s\"; name, vendor, "
                            "fp32_flop_per_s, bandwidth_bytes_per_s, memory_bytes and units are "
                            "some, `gpuverdict catalogue show --json T4` has all",
                            r->csv.label, r->csv.line, r->fields[i]);
        }
        for (size_t j = 0; j < i; j++) {
            if (r->columns[j] == column) {
                return gv__fail(err, GV_FORMAT, 0, NULL, "%s, line %zu: two columns are \"%s\"",
                                r->csv.label, r->csv.line, column->key);
            }
        }
        r->columns[i] = column;
        has_name = has_name || strcmp(column->key, "name") == 0;
    }
    if (status == GV_OK && !has_name) {
        return gv__fail(err, GV_FORMAT, 0, NULL,
                        "%s: its first line names no column \"name\": this is no file of "
                        "specifications",
                        r->csv.label);
    }
    return status;
}

/** Read a figure: plain decimal, nothing around it. Whether it is sensible, gv_spec_check() says.
 */
static gv_status read_figure(const reader *r, size_t i, double *out, gv_error *err)
{
    const char *text = r->fields[i];
    char *end;
    bool plain = strspn(text, "+-.0123456789eE") == strlen(text);
    double value = strtod(text, &end);
    if (!plain || *end != 0 || !isfinite(value)) {
        return gv__fail(err, GV_FORMAT, 0, NULL,
                        "%s, line %zu, column %s: \"%.40s\" is not a number", r->csv.label,
                        r->csv.line, r->columns[i]->key, text);
    }
    *out = value;
    return GV_OK;
}

/** Read one line into `spec`; its texts point into the file's text. */
static gv_status read_line(reader *r, gv_spec *spec, bool *is_end, gv_error *err)
{
    size_t count;
    gv_status status = gv__csv_next(&r->csv, r->fields, COLUMNS_MOST, &count, err);
    if (status != GV_OK || count == 0) {
        *is_end = true;
        return status;
    }
    if (count != r->column_count) {
        return gv__fail(err, GV_FORMAT, 0, NULL,
                        "%s, line %zu: %zu fields where the first line has "
                        "%zu columns",
                        r->csv.label, r->csv.line, count, r->column_count);
    }
    *spec = gv_spec_empty();
    for (size_t i = 0; i < count && status == GV_OK; i++) {
        void *member = (char *)spec + r->columns[i]->offset;
        if (r->columns[i]->is_text) {
            *(const char **)member = r->fields[i];
        } else if (r->fields[i][0] != 0) {
            status = read_figure(r, i, member, err);
        }
    }
    if (status == GV_OK && spec->name[0] == 0) {
        return gv__fail(err, GV_FORMAT, 0, NULL, "%s, line %zu, column name: it is empty",
                        r->csv.label, r->csv.line);
    }
    return status;
}

/** Put a specification at the end, or in the place of the one of its name below `old`. */
static gv_status place(gv_catalogue *catalogue, const gv_spec *spec, size_t old, const reader *r,
                       gv_error *err)
{
    gv__device_name name = {.words = ""}; /* gcc does not see that the next line fills it */
    gv__device_name_read(spec->name, &name);
    size_t at = find_name(catalogue, name.whole, catalogue->count);
    if (at >= old && at < catalogue->count) {
        return gv__fail(err, GV_FORMAT, 0, NULL, "%s, line %zu: \"%.80s\" stands there twice",
                        r->csv.label, r->csv.line, spec->name);
    }
    if (at < catalogue->count) {
        /* The names of the one that goes must not be found any more. */
        size_t kept = 0;
        for (size_t i = 0; i < catalogue->name_count; i++) {
            if (catalogue->names[i].spec != at) {
                catalogue->names[kept++] = catalogue->names[i];
            }
        }
        catalogue->name_count = kept;
        catalogue->specs[at] = *spec;
        return know_names(catalogue, at, err);
    }
    void *specs = catalogue->specs, *words = catalogue->words;
    size_t capacity = catalogue->capacity;
    if (!grow(&specs, &capacity, catalogue->count, sizeof(gv_spec))) {
        return no_memory(err);
    }
    catalogue->specs = specs;
    if (!grow(&words, &catalogue->capacity, catalogue->count, sizeof(char *))) {
        return no_memory(err);
    }
    catalogue->words = words;
    catalogue->specs[catalogue->count] = *spec;
    catalogue->words[catalogue->count] = NULL;
    gv_status status = know_names(catalogue, catalogue->count, err);
    catalogue->count += status == GV_OK;
    return status;
}

static gv_status read_all(gv_catalogue *catalogue, const char *text, size_t length,
                          const char *label, gv_error *err)
{
    char *copy = keep(catalogue, text, length);
    if (copy == NULL) {
        return no_memory(err);
    }
    reader r = {.csv = gv__csv_begin(copy, length, label)};
    gv_status status = read_header(&r, err);
    size_t old = catalogue->count;
    bool is_end = false;
    while (status == GV_OK && !is_end) {
        gv_spec spec = gv_spec_empty();
        status = read_line(&r, &spec, &is_end, err);
        if (status == GV_OK && !is_end) {
            status = place(catalogue, &spec, old, &r, err);
        }
    }
    return status;
}

/* ---- life ---- */

static void empty(gv_catalogue *catalogue)
{
    while (catalogue->blocks != NULL) {
        block *next = catalogue->blocks->next;
        free(catalogue->blocks);
        catalogue->blocks = next;
    }
    free(catalogue->specs);
    free(catalogue->words);
    free(catalogue->names);
}

gv_status gv_catalogue_create_empty(gv_catalogue **out, gv_error *err)
{
    gv_catalogue *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return no_memory(err);
    }
    *out = made;
    return GV_OK;
}

gv_status gv_catalogue_create(gv_catalogue **out, gv_error *err)
{
    gv_catalogue *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return no_memory(err);
    }
    gv_status status = read_all(made, (const char *)gv__catalogue_csv.text,
                                gv__catalogue_csv.length, gv__catalogue_csv.path, err);
    if (status != GV_OK) {
        gv_catalogue_free(made);
        return status;
    }
    *out = made;
    return GV_OK;
}

void gv_catalogue_free(gv_catalogue *catalogue)
{
    if (catalogue != NULL) {
        empty(catalogue);
        free(catalogue);
    }
}

/** Let `to` hold all that `from` holds; texts are shared, and stay `from`'s. */
static gv_status copy(gv_catalogue *to, const gv_catalogue *from, gv_error *err)
{
    *to = (gv_catalogue){.count = 0};
    if (from->count == 0) {
        return GV_OK;
    }
    to->count = from->count;
    to->capacity = from->capacity;
    to->name_count = from->name_count;
    to->name_capacity = from->name_capacity;
    to->specs = malloc(from->capacity * sizeof *to->specs);
    to->words = malloc(from->capacity * sizeof *to->words);
    to->names = malloc(from->name_capacity * sizeof *to->names);
    if (to->specs == NULL || to->words == NULL || to->names == NULL) {
        return no_memory(err);
    }
    memcpy(to->specs, from->specs, from->count * sizeof *to->specs);
    memcpy(to->words, from->words, from->count * sizeof *to->words);
    memcpy(to->names, from->names, from->name_count * sizeof *to->names);
    return GV_OK;
}

gv_status gv_catalogue_add(gv_catalogue *catalogue, const char *text, size_t length,
                           const char *label, gv_error *err)
{
    /* All or nothing: the file is read into a copy, which takes the original's place at the end. */
    gv_catalogue grown;
    gv_status status = copy(&grown, catalogue, err);
    if (status == GV_OK) {
        status = read_all(&grown, text, length, label, err);
    }
    if (status != GV_OK) {
        empty(&grown);
        return status;
    }
    block **last = &grown.blocks;
    while (*last != NULL) {
        last = &(*last)->next;
    }
    *last = catalogue->blocks;
    catalogue->blocks = NULL;
    empty(catalogue);
    *catalogue = grown;
    return GV_OK;
}

size_t gv_catalogue_count(const gv_catalogue *catalogue)
{
    return catalogue->count;
}

const gv_spec *gv_catalogue_at(const gv_catalogue *catalogue, size_t i)
{
    return i < catalogue->count ? &catalogue->specs[i] : NULL;
}

/* ---- finding ---- */

enum { LISTED = 6 };

/** Specifications that a name may mean. */
typedef struct matches {
    size_t first[LISTED], count;
} matches;

static void add_match(matches *found, size_t spec)
{
    for (size_t i = 0; i < found->count && i < LISTED; i++) {
        if (found->first[i] == spec) {
            return;
        }
    }
    if (found->count < LISTED) {
        found->first[found->count] = spec;
    }
    found->count++;
}

/** Add what is called exactly so, by its whole name or without brands. */
static void match_exactly(const gv_catalogue *catalogue, const gv__device_name *name, bool bare,
                          matches *found)
{
    const char *wanted = bare ? name->bare : name->whole;
    for (size_t i = 0; i < catalogue->name_count && wanted[0] != 0; i++) {
        const known_name *known = &catalogue->names[i];
        if (strcmp(bare ? known->bare : known->whole, wanted) == 0) {
            add_match(found, known->spec);
        }
    }
}

static matches match(const gv_catalogue *catalogue, const gv__device_name *name)
{
    matches found = {.count = 0};
    match_exactly(catalogue, name, false, &found);
    if (found.count == 0) {
        match_exactly(catalogue, name, true, &found);
    }
    bool exact = found.count > 0;
    for (size_t i = 0; !exact && i < catalogue->count; i++) {
        if (gv__device_name_within(name, catalogue->words[i])) {
            add_match(&found, i);
        }
    }
    return found;
}

static void list_names(const gv_catalogue *catalogue, const size_t *specs, size_t count,
                       gv__text *out)
{
    for (size_t i = 0; i < count; i++) {
        gv__text_printf(out, "%s%s", i > 0 ? ", " : "", catalogue->specs[specs[i]].name);
    }
}

static gv_status complain_ambiguous(const gv_catalogue *catalogue, const char *name,
                                    const matches *found, gv_error *err)
{
    gv__text list = {0};
    size_t listed = found->count < LISTED ? found->count : LISTED;
    list_names(catalogue, found->first, listed, &list);
    if (found->count > listed) {
        gv__text_printf(&list,
                        " and %zu more; `gpuverdict catalogue list` with a part of "
                        "the name shows all",
                        found->count - listed);
    }
    gv__fail(err, GV_ARGUMENT, 0, NULL, "\"%.60s\" may be any of %s", name,
             list.data != NULL ? list.data : "several");
    gv__text_free(&list);
    return GV_ARGUMENT;
}

/** The specification whose name is nearest, those in `taken` aside. */
static size_t find_nearest(const gv_catalogue *catalogue, const gv__device_name *name,
                           const size_t *taken, size_t taken_count)
{
    size_t nearest = 0;
    int least = INT_MAX;
    for (size_t i = 0; i < catalogue->name_count; i++) {
        const known_name *known = &catalogue->names[i];
        bool is_taken = false;
        for (size_t j = 0; j < taken_count; j++) {
            is_taken = is_taken || taken[j] == known->spec;
        }
        int distance =
            is_taken ? INT_MAX
                     : gv__device_name_distance(name, known->bare, catalogue->words[known->spec]);
        if (distance < least) {
            least = distance;
            nearest = known->spec;
        }
    }
    return nearest;
}

static gv_status complain_unknown(const gv_catalogue *catalogue, const char *name,
                                  const gv__device_name *read, gv_error *err)
{
    enum { NEAR = 3 };
    size_t nearest[NEAR];
    size_t count = catalogue->count < NEAR ? catalogue->count : NEAR;
    for (size_t i = 0; i < count; i++) {
        nearest[i] = find_nearest(catalogue, read, nearest, i);
    }
    gv__text list = {0};
    list_names(catalogue, nearest, count, &list);
    gv__fail(
        err, GV_ARGUMENT, 0, NULL,
        "no device of the catalogue is called \"%.60s\"; near are %s; `gpuverdict catalogue add` "
        "takes other data sheets",
        name, list.data != NULL ? list.data : "none");
    gv__text_free(&list);
    return GV_ARGUMENT;
}

/** "4090" is a name; "1" and "70" stand in some, but nobody means those. */
static bool is_short_number(const char *name)
{
    const size_t length = strlen(name);
    return length > 0 && length < 3 && strspn(name, "0123456789") == length;
}

gv_status gv_catalogue_find(const gv_catalogue *catalogue, const char *name, const gv_spec **out,
                            gv_error *err)
{
    gv__device_name read;
    if (is_short_number(name)) {
        return gv__fail(err, GV_ARGUMENT, 0, NULL,
                        "\"%s\" is no name of a device: give its model, as \"RTX 4090\"", name);
    }
    gv__device_name_read(name, &read);
    matches found = match(catalogue, &read);
    if (found.count == 0) {
        return complain_unknown(catalogue, name, &read, err);
    }
    if (found.count > 1) {
        return complain_ambiguous(catalogue, name, &found, err);
    }
    *out = &catalogue->specs[found.first[0]];
    return GV_OK;
}
