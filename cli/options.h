/* SPDX-License-Identifier: Apache-2.0 */
/* The command line as typed values.
 *
 *     argv -> [options] -> gv_cmd_<verb>()
 *
 * The tables are options.def and verbs.def. Nothing here prints. */
#ifndef GPUVERDICT_CLI_OPTIONS_H
#define GPUVERDICT_CLI_OPTIONS_H

#include <gpuverdict/error.h>
#include <stdbool.h>
#include <stddef.h>

typedef enum gv_verb {
    GV_VERB_PROGRAM, /**< no command: gpuverdict --version */
#define GV_VERB(id, word, operands, summary, description) GV_VERB_##id,
#include "cli/verbs.def"
#undef GV_VERB
    GV_VERB_COUNT
} gv_verb;

#define GV_FOR(verb)   (1U << GV_VERB_##verb)
#define GV_FOR_PROGRAM (1U << GV_VERB_PROGRAM)
#define GV_FOR_ALL     (~0U)

typedef enum gv_operand_kind {
    GV_OPERANDS_NONE,
    GV_OPERANDS_FILES, /**< any number */
    GV_OPERANDS_VERB,  /**< at most one, a command's word */
    GV_OPERANDS_ACTION /**< an action of `catalogue`, and names or files */
} gv_operand_kind;

/** Texts in the order in which they were given. */
typedef struct gv_cli_list {
    const char *const *items;
    size_t count;
} gv_cli_list;

/** How a value is held and which values are accepted. A flag or value may be given once; texts and
 * workloads any number of times.
 *
 * Absent is false, NULL, NAN or an empty list. */
#define GV_TYPE_MAP(X)                                                                             \
    X(FLAG, bool)                                                                                  \
    X(WORD, const char *)      /* one of the words of the row's function */                        \
    X(PATH, const char *)      /* not empty */                                                     \
    X(DIRECTORY, const char *) /* not empty */                                                     \
    X(COUNT, double)           /* whole, 1 to 2^53 */                                              \
    X(POSITIVE, double)        /* finite, > 0 */                                                   \
    X(NOT_NEGATIVE, double)    /* finite, >= 0 */                                                  \
    X(TEXTS, gv_cli_list)      /* none empty */                                                    \
    X(WORKLOADS, gv_cli_list)  /* canonical forms */

typedef enum gv_option_type {
#define GV_TYPE_ENUM(type, held) GV_TYPE_##type,
    GV_TYPE_MAP(GV_TYPE_ENUM)
#undef GV_TYPE_ENUM
} gv_option_type;

#define GV_TYPE_DEF(type, held) typedef held gv_held_##type;
GV_TYPE_MAP(GV_TYPE_DEF)
#undef GV_TYPE_DEF

/** A parsed command line: one member for each row of options.def, so `options->time_budget` is a
 * double, NAN where it was not given. */
typedef struct gv_cli_options {
    gv_verb verb;
    gv_cli_list operands;     /**< files of `report`, command of `help`, action of `catalogue` */
    const char *command_line; /**< the whole of it, quoted for a shell: for the record */
#define GV_OPTION(id, verbs, name, letter, type, argument, unit, group, words, text)               \
    gv_held_##type id;
#include "cli/options.def"
#undef GV_OPTION
    struct gv_cli_memory *memory; /**< owns every text above */
} gv_cli_options;

/** Read a command line. GPUVERDICT_DEVICE (a comma list) stands in where a command takes --device
 * and none was given. Stops at --help: what follows it is not read.
 *
 * @param[out] out  to be freed with gv_cli_options_free()
 * @retval GV_ARGUMENT  err->call is the command's word ("" where there is none), err->text one
 * clause that names the option, the value and what is accepted */
gv_status gv_cli_parse(int argc, const char *const *argv, gv_cli_options *out, gv_error *err);
void gv_cli_options_free(gv_cli_options *options);

/** One row of verbs.def. */
typedef struct gv_verb_row {
    const char *word; /**< "" for GV_VERB_PROGRAM */
    gv_operand_kind operands;
    const char *summary, *description;
} gv_verb_row;

/** The i-th accepted word of an option; NULL past the last. */
typedef const char *(*gv_cli_words)(size_t i);

/** One row of options.def. */
typedef struct gv_option_row {
    unsigned verbs;
    const char *name;
    char letter;
    gv_option_type type;
    const char *argument, *unit, *group;
    gv_cli_words words;
    const char *help;
} gv_option_row;

/** Static rows; NULL past the last. */
const gv_verb_row *gv_cli_verb_row(gv_verb verb);
const gv_option_row *gv_cli_option_row(size_t i);
/** The command of this word; GV_VERB_COUNT for none. */
gv_verb gv_cli_verb_find(const char *word);
/** "; did you mean run?" or, where nothing is near, "; one of devices, run, …". Returns `text`. */
char *gv_cli_verb_hint(const char *word, char *text, size_t size);
/** True where the command takes the option; rows for GV_FOR_ALL apply to the program too. */
bool gv_cli_takes(gv_verb verb, const gv_option_row *option);

#endif
