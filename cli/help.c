/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/help.h"

#include "base/support.h"
#include "cli/exit_codes.h"
#include "reports/text.h"

#include <string.h>

enum { WIDTH = GV_TEXT_COLUMNS - 4, LEFT = 26 }; /* where explanations begin */

/** "  left   explanation", broken into lines. */
static void print_row(FILE *out, const char *left, const char *explanation)
{
    size_t first = (size_t)fprintf(out, "  %-*s", LEFT - 2, left);
    if (strlen(left) > LEFT - 4) { /* no gap left: on a line of its own */
        fprintf(out, "\n%*s", LEFT, "");
        first = LEFT;
    }
    gv_text_paragraph(out, explanation, first, LEFT, WIDTH);
}

static void print_option(FILE *out, const gv_option_row *row)
{
    char left[64], explanation[512], letter[8] = "    ";
    if (row->letter != 0) {
        snprintf(letter, sizeof letter, "-%c, ", row->letter);
    }
    snprintf(left, sizeof left, "%s--%s%s%s", letter, row->name, row->argument[0] != 0 ? " " : "",
             row->argument);
    size_t used = (size_t)snprintf(explanation, sizeof explanation, "%s%s%s", row->help,
                                   row->unit[0] != 0 ? ", in " : "", row->unit);
    const char *word = NULL;
    for (size_t i = 0; row->words != NULL && (word = row->words(i)) != NULL; i++) {
        if (used < sizeof explanation) {
            used += (size_t)snprintf(explanation + used, sizeof explanation - used, "%s%s",
                                     i == 0 ? ": " : ", ", word);
        }
    }
    print_row(out, left, explanation);
}

static void print_options(FILE *out, gv_verb verb)
{
    const char *group = "";
    const gv_option_row *row;
    for (size_t i = 0; (row = gv_cli_option_row(i)) != NULL; i++) {
        if (!gv_cli_takes(verb, row)) {
            continue;
        }
        if (strcmp(row->group, group) != 0) {
            group = row->group;
            fprintf(out, "\n%s:\n", group);
        }
        print_option(out, row);
    }
}

static void print_exit_codes(FILE *out)
{
    static const struct {
        int number;
        const char *meaning;
    } codes[] = {
#define GV_EXIT_ROW(code, number, meaning) {number, meaning},
        GV_EXIT_MAP(GV_EXIT_ROW)
#undef GV_EXIT_ROW
    };
    fputs("\nExit codes:\n", out);
    for (size_t i = 0; i < GV__COUNT(codes); i++) {
        char number[8];
        snprintf(number, sizeof number, "%d", codes[i].number);
        print_row(out, number, codes[i].meaning);
    }
}

static void print_program_help(FILE *out)
{
    fputs("gpuverdict: is it worth running this work on that device, and which should we buy?\n\n"
          "Usage: gpuverdict COMMAND [options]\n\nCommands:\n",
          out);
    for (size_t verb = GV_VERB_PROGRAM + 1; verb < GV_VERB_COUNT; verb++) {
        const gv_verb_row *row = gv_cli_verb_row((gv_verb)verb);
        print_row(out, row->word, row->summary);
    }
    print_options(out, GV_VERB_PROGRAM);
    fputs("\nEnvironment:\n", out);
#define GV_ENVIRONMENT_ROW(name, meaning) print_row(out, name, meaning);
    GV_ENVIRONMENT_MAP(GV_ENVIRONMENT_ROW)
#undef GV_ENVIRONMENT_ROW
    print_exit_codes(out);
    fputs("\n\"gpuverdict COMMAND --help\" explains a command.\n", out);
}

void gv_cli_print_help(FILE *out, gv_verb verb)
{
    if (verb == GV_VERB_PROGRAM) {
        print_program_help(out);
        return;
    }
    const gv_verb_row *row = gv_cli_verb_row(verb);
    static const char *const operands[] = {
        [GV_OPERANDS_NONE] = "",
        [GV_OPERANDS_FILES] = " [FILE...]",
        [GV_OPERANDS_VERB] = " [COMMAND]",
        [GV_OPERANDS_ACTION] = " list|show|check|add [NAME|FILE...]",
    };
    fprintf(out, "gpuverdict %s: %s\n\nUsage: gpuverdict %s [options]%s\n\n", row->word,
            row->summary, row->word, operands[row->operands]);
    gv_text_paragraph(out, row->description, 0, 0, WIDTH);
    print_options(out, verb);
}
