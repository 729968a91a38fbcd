/* SPDX-License-Identifier: Apache-2.0 */
/* Completions for bash, zsh and fish, from the tables.
 *
 * Every text of the tables that gets here is in single quotes of the shell; shell_text() keeps a
 * quote inside from ending them. */
#include "cli/help.h"
#include "cli/words.h"

#include <string.h>

static void shell_text(FILE *out, const char *text)
{
    for (const char *c = text; *c != 0; c++) {
        if (*c == '\'') {
            fputs("'\\''", out);
        } else {
            fputc(*c, out);
        }
    }
}

static void put_words(FILE *out, const gv_option_row *row)
{
    const char *word;
    for (size_t i = 0; (word = row->words(i)) != NULL; i++) {
        fprintf(out, "%s%s", i == 0 ? "" : " ", word);
    }
}

static void put_verbs(FILE *out)
{
    const char *gap = "";
    for (size_t verb = GV_VERB_PROGRAM + 1; verb < GV_VERB_COUNT; verb++) {
        fprintf(out, "%s%s", gap, gv_cli_verb_row((gv_verb)verb)->word);
        gap = " ";
    }
}

static void put_actions(FILE *out)
{
    const char *word;
    for (size_t i = 0; (word = gv_cli_catalogue_word(i)) != NULL; i++) {
        fprintf(out, "%s%s", i == 0 ? "" : " ", word);
    }
}

static bool takes_files(gv_operand_kind operands)
{
    return operands == GV_OPERANDS_FILES || operands == GV_OPERANDS_ACTION;
}

/* ---- bash ---- */

/** One branch of `case "$verb $previous"`: what may follow an option. */
static void bash_value(FILE *out, size_t verb, const gv_option_row *row)
{
    const char *word = gv_cli_verb_row((gv_verb)verb)->word;
    fprintf(out, "    '%s --%s'", word, row->name);
    if (row->letter != 0) {
        fprintf(out, " | '%s -%c'", word, row->letter);
    }
    fputs(") ", out);
    if (row->type == GV_TYPE_WORD) {
        fputs("words='", out);
        put_words(out, row);
        fputs("' ;;\n", out);
    } else if (row->type == GV_TYPE_PATH) {
        fputs("COMPREPLY=($(compgen -f -- \"$current\")); return ;;\n", out);
    } else if (row->type == GV_TYPE_DIRECTORY) {
        fputs("COMPREPLY=($(compgen -d -- \"$current\")); return ;;\n", out);
    } else {
        fputs("return ;;\n", out);
    }
}

/** One branch of `case "$verb"`: the command's options and operands. */
static void bash_verb(FILE *out, size_t verb)
{
    const gv_verb_row *verb_row = gv_cli_verb_row((gv_verb)verb);
    const gv_option_row *row;
    fprintf(out, "        '%s') words='", verb_row->word);
    for (size_t i = 0; (row = gv_cli_option_row(i)) != NULL; i++) {
        if (gv_cli_takes((gv_verb)verb, row)) {
            fprintf(out, "--%s ", row->name);
            if (row->letter != 0) {
                fprintf(out, "-%c ", row->letter);
            }
        }
    }
    if (verb == GV_VERB_PROGRAM || verb_row->operands == GV_OPERANDS_VERB) {
        put_verbs(out);
    }
    if (verb_row->operands == GV_OPERANDS_ACTION) {
        put_actions(out);
    }
    fputc('\'', out);
    if (takes_files(verb_row->operands)) {
        fputs("; COMPREPLY=($(compgen -f -- \"$current\"))", out);
    }
    fputs(" ;;\n", out);
}

static void print_bash(FILE *out)
{
    const gv_option_row *row;
    fputs(
        "# bash completion for gpuverdict; made by gpuverdict --print-completion bash\n"
        "_gpuverdict()\n{\n"
        "    local current=\"${COMP_WORDS[COMP_CWORD]}\" previous=\"${COMP_WORDS[COMP_CWORD-1]}\"\n"
        "    local verb='' words=''\n"
        "    COMPREPLY=()\n"
        "    if ((COMP_CWORD > 1)) && [[ ${COMP_WORDS[1]} != -* ]]; then\n"
        "        verb=\"${COMP_WORDS[1]}\"\n"
        "    fi\n"
        "    case \"$verb $previous\" in\n",
        out);
    for (size_t verb = 0; verb < GV_VERB_COUNT; verb++) {
        for (size_t i = 0; (row = gv_cli_option_row(i)) != NULL; i++) {
            if (gv_cli_takes((gv_verb)verb, row) && row->type != GV_TYPE_FLAG) {
                bash_value(out, verb, row);
            }
        }
    }
    fputs("    *)\n        case \"$verb\" in\n", out);
    for (size_t verb = 0; verb < GV_VERB_COUNT; verb++) {
        bash_verb(out, verb);
    }
    fputs("        esac ;;\n    esac\n"
          "    COMPREPLY+=($(compgen -W \"$words\" -- \"$current\"))\n"
          "}\n"
          "complete -o filenames -F _gpuverdict gpuverdict\n",
          out);
}

/* ---- zsh ---- */

/** `'--suite[help]:NAME:(quick standard)'`, as _arguments reads it: brackets and colons inside a
 * text are escaped. */
static void zsh_text(FILE *out, const char *text)
{
    for (const char *c = text; *c != 0; c++) {
        if (strchr("[]:\\", *c) != NULL) {
            fprintf(out, "\\%c", *c);
        } else if (*c == '\'') {
            fputs("'\\''", out);
        } else {
            fputc(*c, out);
        }
    }
}

static void zsh_option(FILE *out, const gv_option_row *row)
{
    bool repeatable = row->type == GV_TYPE_TEXTS || row->type == GV_TYPE_WORKLOADS;
    if (row->letter == 0) {
        fprintf(out, "            '%s--%s[", repeatable ? "*" : "", row->name);
    } else if (repeatable) {
        fprintf(out, "            '*'{-%c,--%s}'[", row->letter, row->name);
    } else { /* given once in either form */
        fprintf(out, "            '(-%c --%s)'{-%c,--%s}'[", row->letter, row->name, row->letter,
                row->name);
    }
    zsh_text(out, row->help);
    fputc(']', out);
    if (row->type != GV_TYPE_FLAG) {
        fprintf(out, ":%s:", row->argument);
        if (row->type == GV_TYPE_WORD) {
            fputc('(', out);
            put_words(out, row);
            fputc(')', out);
        } else if (row->type == GV_TYPE_PATH) {
            fputs("_files", out);
        } else if (row->type == GV_TYPE_DIRECTORY) {
            fputs("_files -/", out);
        }
    }
    fputs("' \\\n", out);
}

static void zsh_options(FILE *out, size_t verb)
{
    const gv_option_row *row;
    for (size_t i = 0; (row = gv_cli_option_row(i)) != NULL; i++) {
        if (gv_cli_takes((gv_verb)verb, row)) {
            zsh_option(out, row);
        }
    }
}

static void print_zsh(FILE *out)
{
    fputs("#compdef gpuverdict\n# made by gpuverdict --print-completion zsh\n"
          "_gpuverdict()\n{\n"
          "    local -a verbs\n    verbs=(\n",
          out);
    for (size_t verb = GV_VERB_PROGRAM + 1; verb < GV_VERB_COUNT; verb++) {
        const gv_verb_row *row = gv_cli_verb_row((gv_verb)verb);
        fprintf(out, "        '%s:", row->word);
        zsh_text(out, row->summary);
        fputs("'\n", out);
    }
    fputs("    )\n"
          "    if ((CURRENT == 2)) && [[ $words[2] != -* ]]; then\n"
          "        _describe command verbs\n        return\n    fi\n"
          "    case $words[2] in\n",
          out);
    for (size_t verb = GV_VERB_PROGRAM + 1; verb < GV_VERB_COUNT; verb++) {
        const gv_verb_row *row = gv_cli_verb_row((gv_verb)verb);
        fprintf(out, "    %s)\n        shift words; ((CURRENT--))\n        _arguments \\\n",
                row->word);
        zsh_options(out, verb);
        if (row->operands == GV_OPERANDS_FILES) {
            fputs("            '*:journal:_files' ;;\n", out);
        } else if (row->operands == GV_OPERANDS_ACTION) {
            fputs("            '1:action:(", out);
            put_actions(out);
            fputs(")' '*:file:_files' ;;\n", out);
        } else if (row->operands == GV_OPERANDS_VERB) {
            fputs("            '1:command:(", out);
            put_verbs(out);
            fputs(")' ;;\n", out);
        } else {
            fputs("            ;;\n", out);
        }
    }
    fputs("    *)\n        _arguments \\\n", out);
    zsh_options(out, GV_VERB_PROGRAM);
    fputs("            ;;\n    esac\n}\n_gpuverdict \"$@\"\n", out);
}

/* ---- fish ---- */

static void fish_option(FILE *out, size_t verb, const gv_option_row *row)
{
    fputs("complete -c gpuverdict", out);
    if (verb == GV_VERB_PROGRAM) {
        fputs(" -n __fish_use_subcommand", out);
    } else {
        fprintf(out, " -n '__fish_seen_subcommand_from %s'", gv_cli_verb_row((gv_verb)verb)->word);
    }
    fprintf(out, " -l %s", row->name);
    if (row->letter != 0) {
        fprintf(out, " -s %c", row->letter);
    }
    if (row->type == GV_TYPE_WORD) {
        fputs(" -x -a '", out);
        put_words(out, row);
        fputc('\'', out);
    } else if (row->type == GV_TYPE_DIRECTORY) {
        fputs(" -x -a '(__fish_complete_directories)'", out);
    } else if (row->type == GV_TYPE_PATH) {
        fputs(" -r -F", out);
    } else if (row->type != GV_TYPE_FLAG) {
        fputs(" -x", out);
    }
    fputs(" -d '", out);
    shell_text(out, row->help);
    fputs("'\n", out);
}

static void print_fish(FILE *out)
{
    const gv_option_row *row;
    fputs("# fish completion for gpuverdict; made by gpuverdict --print-completion fish\n"
          "complete -c gpuverdict -f\n",
          out);
    for (size_t verb = 0; verb < GV_VERB_COUNT; verb++) {
        const gv_verb_row *verb_row = gv_cli_verb_row((gv_verb)verb);
        if (verb != GV_VERB_PROGRAM) {
            fprintf(out, "complete -c gpuverdict -n __fish_use_subcommand -a %s -d '",
                    verb_row->word);
            shell_text(out, verb_row->summary);
            fputs("'\n", out);
        }
        if (verb_row->operands == GV_OPERANDS_ACTION) {
            fprintf(out, "complete -c gpuverdict -n '__fish_seen_subcommand_from %s' -a '",
                    verb_row->word);
            put_actions(out);
            fputs("'\n", out);
        }
        if (takes_files(verb_row->operands)) {
            fprintf(out, "complete -c gpuverdict -n '__fish_seen_subcommand_from %s' -F\n",
                    verb_row->word);
        } else if (verb_row->operands == GV_OPERANDS_VERB) {
            fprintf(out, "complete -c gpuverdict -n '__fish_seen_subcommand_from %s' -a '",
                    verb_row->word);
            put_verbs(out);
            fputs("'\n", out);
        }
        for (size_t i = 0; (row = gv_cli_option_row(i)) != NULL; i++) {
            if (gv_cli_takes((gv_verb)verb, row)) {
                fish_option(out, verb, row);
            }
        }
    }
}

void gv_cli_print_completion(FILE *out, const char *shell)
{
    if (strcmp(shell, "bash") == 0) {
        print_bash(out);
    } else if (strcmp(shell, "zsh") == 0) {
        print_zsh(out);
    } else {
        print_fish(out);
    }
}
