/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/options.h"

#include "base/support.h"
#include "cli/hints.h"
#include "cli/words.h"

#include <gpuverdict/workload.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const gv_verb_row verb_rows[GV_VERB_COUNT] = {
    [GV_VERB_PROGRAM] = {"", GV_OPERANDS_NONE, "", ""},
#define GV_VERB(id, word, operands, summary, description)                                          \
    [GV_VERB_##id] = {#word, GV_OPERANDS_##operands, summary, description},
#include "cli/verbs.def"
#undef GV_VERB
};

static const gv_option_row option_rows[] = {
#define GV_OPTION(id, verbs, name, letter, type, argument, unit, group, words, help)               \
    {verbs, name, letter, GV_TYPE_##type, argument, unit, group, words, help},
#include "cli/options.def"
#undef GV_OPTION
};
enum { OPTION_COUNT = GV__COUNT(option_rows) };

/** Where gv_cli_options holds each option. */
static const size_t offsets[OPTION_COUNT] = {
#define GV_OPTION(id, verbs, name, letter, type, argument, unit, group, words, help)               \
    offsetof(gv_cli_options, id),
#include "cli/options.def"
#undef GV_OPTION
};

/** A block of memory that lives as long as the options. */
struct gv_cli_memory {
    struct gv_cli_memory *next;
};

/** What parsing needs beside the options. */
typedef struct parser {
    int argc;
    const char *const *argv;
    int next; /**< the argument to be read next */
    bool seen[OPTION_COUNT];
    gv_cli_options *options;
} parser;

/* ---- tables ---- */

const gv_verb_row *gv_cli_verb_row(gv_verb verb)
{
    return (size_t)verb < GV_VERB_COUNT ? &verb_rows[verb] : NULL;
}

const gv_option_row *gv_cli_option_row(size_t i)
{
    return i < OPTION_COUNT ? &option_rows[i] : NULL;
}

gv_verb gv_cli_verb_find(const char *word)
{
    for (size_t i = GV_VERB_PROGRAM + 1; i < GV_VERB_COUNT; i++) {
        if (strcmp(verb_rows[i].word, word) == 0) {
            return (gv_verb)i;
        }
    }
    return GV_VERB_COUNT;
}

bool gv_cli_takes(gv_verb verb, const gv_option_row *option)
{
    return (option->verbs & (1U << verb)) != 0;
}

/* ---- messages ---- */

static gv_status complain(const parser *p, gv_error *err, const char *format, ...) GV__PRINTF(3, 4);

static gv_status complain(const parser *p, gv_error *err, const char *format, ...)
{
    char text[sizeof err->text];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return gv__fail(err, GV_ARGUMENT, 0, verb_rows[p->options->verb].word, "%s", text);
}

static const char *verb_word(const void *context, size_t i)
{
    (void)context;
    return i + 1 < GV_VERB_COUNT ? verb_rows[i + 1].word : NULL;
}

static const char *row_word(const void *context, size_t i)
{
    const gv_option_row *row = context;
    return row->words(i);
}

/** The i-th long option of a command. */
static const char *option_name(const void *context, size_t i)
{
    const gv_verb *verb = context;
    for (size_t row = 0; row < OPTION_COUNT; row++) {
        if (gv_cli_takes(*verb, &option_rows[row]) && i-- == 0) {
            return option_rows[row].name;
        }
    }
    return NULL;
}

/** "one of a, b, c"; "only a exists yet" */
static char *list_words(char *text, size_t size, gv_hint_words words, const void *context)
{
    const char *word = words(context, 0);
    if (word != NULL && words(context, 1) == NULL) {
        snprintf(text, size, "only %s exists yet", word);
        return text;
    }
    size_t used = (size_t)snprintf(text, size, "one of ");
    for (size_t i = 0; used < size && (word = words(context, i)) != NULL; i++) {
        used += (size_t)snprintf(text + used, size - used, "%s%s", i == 0 ? "" : ", ", word);
    }
    return text;
}

char *gv_cli_verb_hint(const char *word, char *text, size_t size)
{
    const char *nearest = gv_hint_nearest(word, verb_word, NULL);
    if (nearest != NULL) {
        snprintf(text, size, "; did you mean %s?", nearest);
    } else {
        char words[160];
        snprintf(text, size, "; %s", list_words(words, sizeof words, verb_word, NULL));
    }
    return text;
}

/** The first command that takes an option of this name, "" for the program itself; NULL for none.
 */
static const char *owner_of(const char *name)
{
    for (size_t verb = 0; verb < GV_VERB_COUNT; verb++) {
        for (size_t i = 0; i < OPTION_COUNT; i++) {
            if (gv_cli_takes((gv_verb)verb, &option_rows[i]) &&
                strcmp(option_rows[i].name, name) == 0) {
                return verb_rows[verb].word;
            }
        }
    }
    return NULL;
}

static gv_status unknown_option(const parser *p, const char *given, gv_error *err)
{
    gv_verb verb = p->options->verb;
    char name[GV_QUOTED], bare[64];
    gv_hint_quote(given, name);
    gv__copy_text(bare, sizeof bare, given + strspn(given, "-"));
    bare[strcspn(bare, "=")] = 0;

    const char *owner = owner_of(bare);
    if (owner != NULL && owner[0] != 0) {
        return complain(p, err, "unknown option %s; it belongs to %s", name, owner);
    }
    if (owner != NULL) {
        return complain(p, err, "unknown option %s; it stands alone, without a command", name);
    }
    const char *nearest = gv_hint_nearest(bare, option_name, &verb);
    if (nearest != NULL) {
        return complain(p, err, "unknown option %s; did you mean --%s?", name, nearest);
    }
    return complain(p, err, "unknown option %s; gpuverdict %s%s--help lists them", name,
                    verb_rows[verb].word, verb == GV_VERB_PROGRAM ? "" : " ");
}

/* ---- values ---- */

/** Zeroed memory that gv_cli_options_free() frees; NULL where there is none. */
static void *keep(gv_cli_options *options, size_t size)
{
    /* The header's size keeps what follows aligned: all that is kept are pointers and characters.
     */
    struct gv_cli_memory *block = calloc(1, sizeof *block + size);
    if (block == NULL) {
        return NULL;
    }
    block->next = options->memory;
    options->memory = block;
    return block + 1;
}

static char *keep_text(gv_cli_options *options, const char *text)
{
    size_t size = strlen(text) + 1;
    char *kept = keep(options, size);
    return kept != NULL ? memcpy(kept, text, size) : NULL;
}

static gv_status out_of_memory(gv_error *err)
{
    return gv__fail(err, GV_MEMORY, 0, "malloc", "the command line does not fit into memory");
}

/** Append to a list that can hold as many items as there are arguments. */
static gv_status append(parser *p, gv_cli_list *list, const char *item, gv_error *err)
{
    if (list->items == NULL) {
        list->items = keep(p->options, (size_t)p->argc * sizeof *list->items);
        if (list->items == NULL) {
            return out_of_memory(err);
        }
    }
    const char **items = (const char **)(uintptr_t)list->items; /* ours: const for readers */
    items[list->count++] = item;
    return GV_OK;
}

static gv_status read_workload(parser *p, const gv_option_row *row, const char *value,
                               gv_cli_list *list, gv_error *err)
{
    gv_workload workload;
    gv_error why = {0};
    char canonical[GV_WORKLOAD_TEXT];
    if (gv_workload_parse(value, &workload, &why) != GV_OK) {
        return complain(p, err, "--%s: %s", row->name, why.text);
    }
    gv_workload_format(&workload, canonical);
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->items[i], canonical) == 0) {
            return GV_OK; /* the same workload, once more */
        }
    }
    const char *kept = keep_text(p->options, canonical);
    return kept != NULL ? append(p, list, kept, err) : out_of_memory(err);
}

static gv_status read_number(const parser *p, const gv_option_row *row, const char *value,
                             double *out, gv_error *err)
{
    char quoted[GV_QUOTED], *end;
    gv_hint_quote(value, quoted);
    /* strtod also takes leading blanks, "0x1p3", "nan" and "infinity": figures of people do not. */
    bool plain = value[0] != 0 && strspn(value, "+-.0123456789eE") == strlen(value);
    double number = strtod(value, &end);
    if (!plain || *end != 0) {
        return complain(p, err, "--%s: %s is not a number%s%s", row->name, quoted,
                        row->unit[0] != 0 ? " of " : "", row->unit);
    }
    if (!isfinite(number)) {
        return complain(p, err, "--%s: %s is too large", row->name, quoted);
    }
    if (number < 0) {
        return complain(p, err, "--%s: %s is negative", row->name, quoted);
    }
    if (number == 0 && row->type != GV_TYPE_NOT_NEGATIVE) {
        return complain(p, err, "--%s: %s is zero; it must be larger", row->name, quoted);
    }
    if (row->type == GV_TYPE_COUNT && number > 0x1p53) {
        return complain(p, err, "--%s: %s is too large", row->name, quoted);
    }
    if (row->type == GV_TYPE_COUNT && number != floor(number)) {
        return complain(p, err, "--%s: %s is not a whole number", row->name, quoted);
    }
    *out = number;
    return GV_OK;
}

static gv_status read_word(const parser *p, const gv_option_row *row, const char *value,
                           const char **out, gv_error *err)
{
    const char *word;
    for (size_t i = 0; (word = row->words(i)) != NULL; i++) {
        if (strcmp(word, value) == 0) {
            *out = word;
            return GV_OK;
        }
    }
    char quoted[GV_QUOTED], words[160];
    const char *last = strrchr(row->name, '-'); /* a size-unit is a unit */
    return complain(p, err, "--%s: unknown %s %s; %s", row->name,
                    last != NULL ? last + 1 : row->name, gv_hint_quote(value, quoted),
                    list_words(words, sizeof words, row_word, row));
}

static gv_status read_value(parser *p, const gv_option_row *row, const char *value, void *held,
                            gv_error *err)
{
    if (value[0] == 0) {
        return complain(p, err, "--%s: its value is empty", row->name);
    }
    switch (row->type) {
    case GV_TYPE_FLAG:
        break;
    case GV_TYPE_WORD:
        return read_word(p, row, value, held, err);
    case GV_TYPE_PATH:
    case GV_TYPE_DIRECTORY:
        *(const char **)held = value;
        return GV_OK;
    case GV_TYPE_COUNT:
    case GV_TYPE_POSITIVE:
    case GV_TYPE_NOT_NEGATIVE:
        return read_number(p, row, value, held, err);
    case GV_TYPE_TEXTS:
        return append(p, held, value, err);
    case GV_TYPE_WORKLOADS:
        return read_workload(p, row, value, held, err);
    }
    return GV_OK;
}

/* ---- arguments ---- */

/** The row that an argument names, and where its name ends; NULL where the command has none. */
static const gv_option_row *find_option(gv_verb verb, const char *argument, size_t *length)
{
    bool is_long = argument[1] == '-';
    *length = is_long ? strcspn(argument, "=") : 2;
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const gv_option_row *row = &option_rows[i];
        bool named = is_long ? strlen(row->name) == *length - 2 &&
                                   strncmp(argument + 2, row->name, *length - 2) == 0
                             : row->letter != 0 && row->letter == argument[1];
        if (named && gv_cli_takes(verb, row)) {
            return row;
        }
    }
    return NULL;
}

static bool is_option(const char *argument)
{
    return argument[0] == '-' && argument[1] != 0; /* "-" is standard input or output */
}

/** Read one option, and the next argument where that is its value. */
static gv_status read_option(parser *p, gv_error *err)
{
    const char *argument = p->argv[p->next++];
    size_t length;
    const gv_option_row *row = find_option(p->options->verb, argument, &length);
    if (row == NULL) {
        return unknown_option(p, argument, err);
    }
    size_t index = (size_t)(row - option_rows);
    void *held = (char *)p->options + offsets[index];
    bool repeatable = row->type == GV_TYPE_TEXTS || row->type == GV_TYPE_WORKLOADS;
    if (p->seen[index] && !repeatable) {
        return complain(p, err, "--%s: given twice", row->name);
    }
    p->seen[index] = true;

    const char *attached = argument[length] != 0 ? argument + length : NULL;
    if (row->type == GV_TYPE_FLAG) {
        if (attached != NULL) {
            return complain(p, err, "--%s: it takes no value", row->name);
        }
        *(bool *)held = true;
        return GV_OK;
    }
    if (attached != NULL) {
        return read_value(p, row, attached + (argument[1] == '-'), held, err); /* past the '=' */
    }
    /* The next argument is the value, but not where it is plainly another option: "--suite --list"
     * forgot one. "-5" is a number, and "--output=-x" writes a file of that name. */
    const char *value = p->next < p->argc ? p->argv[p->next] : NULL;
    if (value == NULL ||
        (is_option(value) &&
         (value[1] == '-' || find_option(p->options->verb, value, &length) != NULL))) {
        return complain(p, err, "--%s: its value %s is missing", row->name, row->argument);
    }
    p->next++;
    return read_value(p, row, value, held, err);
}

static gv_status read_operand(parser *p, const char *argument, gv_error *err)
{
    gv_cli_options *options = p->options;
    gv_operand_kind kind = verb_rows[options->verb].operands;
    char quoted[GV_QUOTED];
    if (kind == GV_OPERANDS_NONE || (kind == GV_OPERANDS_VERB && options->operands.count == 1)) {
        return complain(p, err, "unexpected argument %s", gv_hint_quote(argument, quoted));
    }
    if (argument[0] == 0) {
        return complain(p, err, "a file's name is empty");
    }
    return append(p, &options->operands, argument, err);
}

static gv_status read_arguments(parser *p, gv_error *err)
{
    bool only_operands = false;
    while (p->next < p->argc && !p->options->help) {
        const char *argument = p->argv[p->next];
        gv_status status;
        if (!only_operands && strcmp(argument, "--") == 0) {
            p->next++;
            only_operands = true;
            continue;
        }
        if (!only_operands && is_option(argument)) {
            status = read_option(p, err);
        } else {
            p->next++;
            status = read_operand(p, argument, err);
        }
        if (status != GV_OK) {
            return status;
        }
    }
    return GV_OK;
}

/** The command's word, or nothing where the program's own options come first. */
static gv_status read_verb(parser *p, gv_error *err)
{
    if (p->argc < 2) {
        char words[160];
        return complain(p, err, "a command is missing; %s",
                        list_words(words, sizeof words, verb_word, NULL));
    }
    const char *word = p->argv[1];
    if (is_option(word)) {
        return GV_OK;
    }
    gv_verb verb = gv_cli_verb_find(word);
    if (verb == GV_VERB_COUNT) {
        char quoted[GV_QUOTED], hint[200];
        return complain(p, err, "unknown command %s%s", gv_hint_quote(word, quoted),
                        gv_cli_verb_hint(word, hint, sizeof hint));
    }
    p->options->verb = verb;
    p->next = 2;
    return GV_OK;
}

/** GPUVERDICT_DEVICE replaces the default of --device. */
static gv_status default_devices(parser *p, gv_error *err)
{
    gv_cli_options *options = p->options;
    const char *names = getenv("GPUVERDICT_DEVICE");
    if (options->verb != GV_VERB_RUN || options->device.count > 0 || names == NULL) {
        return GV_OK;
    }
    size_t most = 1;
    for (const char *c = names; *c != 0; c++) {
        most += *c == ',';
    }
    char *copy = keep_text(options, names);
    const char **items = keep(options, most * sizeof *items);
    if (copy == NULL || items == NULL) {
        return out_of_memory(err);
    }
    options->device.items = items;
    char *rest = NULL;
    for (char *name = strtok_r(copy, ",", &rest); name != NULL; name = strtok_r(NULL, ",", &rest)) {
        items[options->device.count++] = name;
    }
    return GV_OK;
}

static void quote_for_shell(gv__text *line, const char *argument)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "_-+=:,./@%";
    if (argument[0] != 0 && strspn(argument, plain) == strlen(argument)) {
        gv__text_add(line, argument);
        return;
    }
    gv__text_add(line, "'");
    for (const char *c = argument; *c != 0; c++) {
        if (*c == '\'') {
            gv__text_add(line, "'\\''");
        } else {
            gv__text_add_n(line, c, 1);
        }
    }
    gv__text_add(line, "'");
}

static gv_status record_command_line(parser *p, gv_error *err)
{
    gv__text line = {0};
    gv__text_add(&line, "gpuverdict");
    for (int i = 1; i < p->argc; i++) {
        gv__text_add(&line, " ");
        quote_for_shell(&line, p->argv[i]);
    }
    const char *kept = line.failed ? NULL : keep_text(p->options, line.data);
    p->options->command_line = kept;
    gv__text_free(&line);
    return kept != NULL ? GV_OK : out_of_memory(err);
}

/** Numbers that were not given are NAN, everything else zero. */
static gv_cli_options nothing_given(void)
{
    gv_cli_options options = {.verb = GV_VERB_PROGRAM};
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        gv_option_type type = option_rows[i].type;
        if (type == GV_TYPE_COUNT || type == GV_TYPE_POSITIVE || type == GV_TYPE_NOT_NEGATIVE) {
            *(double *)(void *)((char *)&options + offsets[i]) = NAN;
        }
    }
    return options;
}

gv_status gv_cli_parse(int argc, const char *const *argv, gv_cli_options *out, gv_error *err)
{
    gv_cli_options options = nothing_given();
    parser p = {.argc = argc, .argv = argv, .next = 1, .options = &options};
    gv_status status = read_verb(&p, err);
    if (status == GV_OK) {
        status = read_arguments(&p, err);
    }
    if (status == GV_OK) {
        status = default_devices(&p, err);
    }
    if (status == GV_OK) {
        status = record_command_line(&p, err);
    }
    if (status != GV_OK) {
        gv_cli_options_free(&options);
        return status;
    }
    *out = options;
    return GV_OK;
}

void gv_cli_options_free(gv_cli_options *options)
{
    while (options->memory != NULL) {
        struct gv_cli_memory *next = options->memory->next;
        free(options->memory);
        options->memory = next;
    }
    *options = nothing_given();
}
