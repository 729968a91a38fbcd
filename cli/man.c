/* SPDX-License-Identifier: Apache-2.0 */
/* The manual page, from the tables. man(7) macros: .SH a section, .SS one inside it, .TP a term
 * with its explanation. */
#include "base/support.h"
#include "cli/exit_codes.h"
#include "cli/help.h"

#include <string.h>

/** Text with what troff would take as its own escaped: backslashes, dashes, a leading dot or quote.
 */
static void put(FILE *out, const char *text)
{
    if (text[0] == '.' || text[0] == '\'') {
        fputs("\\&", out);
    }
    for (const char *c = text; *c != 0; c++) {
        if (*c == '\\') {
            fputs("\\e", out);
        } else if (*c == '-') {
            fputs("\\-", out);
        } else {
            fputc(*c, out);
        }
    }
}

static void put_term(FILE *out, const char *term, const char *explanation)
{
    fputs(".TP\n\\fB", out);
    put(out, term);
    fputs("\\fR\n", out);
    put(out, explanation);
    fputc('\n', out);
}

static void put_option(FILE *out, const gv_option_row *row)
{
    fputs(".TP\n", out);
    if (row->letter != 0) {
        fprintf(out, "\\fB\\-%c\\fR, ", row->letter);
    }
    fputs("\\fB\\-\\-", out);
    put(out, row->name);
    fputs("\\fR", out);
    if (row->argument[0] != 0) {
        fputs(" \\fI", out);
        put(out, row->argument);
        fputs("\\fR", out);
    }
    fputc('\n', out);
    put(out, row->help);
    if (row->unit[0] != 0) {
        fputs(", in ", out);
        put(out, row->unit);
    }
    const char *word;
    for (size_t i = 0; row->words != NULL && (word = row->words(i)) != NULL; i++) {
        fputs(i == 0 ? ": \\fB" : "\\fR, \\fB", out);
        put(out, word);
    }
    fputs(row->words != NULL ? "\\fR\n" : "\n", out);
}

static void put_options(FILE *out, gv_verb verb)
{
    const gv_option_row *row;
    for (size_t i = 0; (row = gv_cli_option_row(i)) != NULL; i++) {
        if (gv_cli_takes(verb, row)) {
            put_option(out, row);
        }
    }
}

void gv_cli_print_man(FILE *out)
{
    fputs(".TH GPUVERDICT 1 \"\" \"gpuverdict " GPUVERDICT_VERSION "\" \"User Commands\"\n"
          ".SH NAME\n"
          "gpuverdict \\- is it worth running this work on that device, and which should we buy?\n"
          ".SH SYNOPSIS\n"
          "\\fBgpuverdict\\fR \\fICOMMAND\\fR [\\fIoptions\\fR]\n"
          ".SH COMMANDS\n",
          out);
    for (size_t verb = GV_VERB_PROGRAM + 1; verb < GV_VERB_COUNT; verb++) {
        const gv_verb_row *row = gv_cli_verb_row((gv_verb)verb);
        fputs(".SS gpuverdict ", out);
        put(out, row->word);
        fputc('\n', out);
        put(out, row->description);
        fputc('\n', out);
        put_options(out, (gv_verb)verb);
    }
    fputs(".SH OPTIONS\n", out);
    put_options(out, GV_VERB_PROGRAM);
    fputs(".SH ENVIRONMENT\n", out);
#define GV_ENVIRONMENT_ROW(name, meaning) put_term(out, name, meaning);
    GV_ENVIRONMENT_MAP(GV_ENVIRONMENT_ROW)
#undef GV_ENVIRONMENT_ROW
    fputs(".SH EXIT STATUS\n", out);
#define GV_EXIT_ROW(code, number, meaning) put_term(out, #number, meaning);
    GV_EXIT_MAP(GV_EXIT_ROW)
#undef GV_EXIT_ROW
}
