/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/command.h"
#include "cli/help.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

gv_exit gv_exit_of(gv_status status)
{
    switch (status) {
    case GV_OK:
        return GV_EXIT_DONE;
    case GV_ARGUMENT:
        return GV_EXIT_USAGE;
    case GV_NO_DEVICE:
        return GV_EXIT_NO_DEVICE;
    case GV_INTERRUPTED:
        return GV_EXIT_INTERRUPTED;
    default:
        return GV_EXIT_FAILED;
    }
}

void gv_cli_say(gv_verb verb, const char *format, ...)
{
    char line[1024];
    va_list arguments;
    va_start(arguments, format);
    /* Version 14 of the analyzer forgets va_start() where it looks at several files in one run. */
    vsnprintf(line, sizeof line, format, arguments); // NOLINT(clang-analyzer-valist.Uninitialized)
    va_end(arguments);
    for (char *c = line; *c != 0; c++) {
        if ((unsigned char)*c < ' ' || *c == 0x7f) {
            *c = '?';
        }
    }
    const char *word = gv_cli_verb_row(verb)->word;
    fprintf(stderr, "gpuverdict%s%s: %s\n", word[0] != 0 ? " " : "", word, line);
}

int gv_cli_fail(gv_verb verb, const gv_error *err)
{
    if (err->status == GV_IO && err->code == EPIPE && ferror(stdout)) {
        gv_cli_end_by_pipe(); /* whoever reads has what they wanted */
    }
    gv_cli_say(verb, "%s", err->text);
    return (int)gv_exit_of(err->status);
}

int gv_cmd_help(const gv_cli_options *options)
{
    gv_verb verb = GV_VERB_PROGRAM;
    if (options->operands.count > 0) {
        verb = gv_cli_verb_find(options->operands.items[0]);
    }
    if (verb == GV_VERB_COUNT) {
        char hint[200];
        const char *word = options->operands.items[0];
        gv_cli_say(options->verb, "unknown command \"%.60s\"%s", word,
                   gv_cli_verb_hint(word, hint, sizeof hint));
        return GV_EXIT_USAGE;
    }
    gv_cli_print_help(stdout, verb);
    return GV_EXIT_DONE;
}

int gv_cmd_version(const gv_cli_options *options)
{
    (void)options;
    gv_cli_print_version(stdout);
    return GV_EXIT_DONE;
}

static int run_program_option(const gv_cli_options *options)
{
    if (options->version) {
        return gv_cmd_version(options);
    }
    if (options->print_completion != NULL) {
        gv_cli_print_completion(stdout, options->print_completion);
        return GV_EXIT_DONE;
    }
    if (options->print_man) {
        gv_cli_print_man(stdout);
        return GV_EXIT_DONE;
    }
    gv_cli_say(options->verb, "a command is missing; gpuverdict --help lists them");
    return GV_EXIT_USAGE;
}

static int run_command(const gv_cli_options *options)
{
    static const gv_command commands[GV_VERB_COUNT] = {
        [GV_VERB_PROGRAM] = run_program_option,
#define GV_VERB(id, word, operands, summary, description) [GV_VERB_##id] = gv_cmd_##word,
#include "cli/verbs.def"
#undef GV_VERB
    };
    if (options->help) {
        gv_cli_print_help(stdout, options->verb);
        return GV_EXIT_DONE;
    }
    return commands[options->verb](options);
}

void gv_cli_end_by_pipe(void)
{
    signal(SIGPIPE, SIG_DFL);
    raise(SIGPIPE);
}

/** Whether everything that was printed arrived. */
static int close_output(gv_verb verb, int code)
{
    errno = 0;
    if (fflush(stdout) == 0 && !ferror(stdout)) {
        return code;
    }
    if (errno == EPIPE) {
        gv_cli_end_by_pipe();
    }
    if (code == GV_EXIT_FAILED) {
        return code; /* said already, this or something worse */
    }
    gv_cli_say(verb, "standard output cannot be written: %s",
               errno != 0 ? strerror(errno) : "an earlier write failed");
    return code == GV_EXIT_DONE ? GV_EXIT_FAILED : code;
}

/* A descriptor that the caller closed must not become a journal's, to which messages then go: it is
 * held by what can neither be read nor written the way this one is. */
static void hold_standard_descriptors(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) == -1) {
            /* The lowest that is free: this one. */
            int held = open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
            (void)held;
        }
    }
}

int main(int argc, char **argv)
{
    hold_standard_descriptors();
    /* A workbook or a CSV file written under a decimal comma is corrupt. */
    setlocale(LC_ALL, "C");
    /* A worker that died must be an error of write(), not the end of the program. */
    signal(SIGPIPE, SIG_IGN);

    gv_cli_options options;
    gv_error err = {0};
    if (gv_cli_parse(argc, (const char *const *)argv, &options, &err) != GV_OK) {
        gv_verb verb = gv_cli_verb_find(err.call);
        return gv_cli_fail(verb == GV_VERB_COUNT ? GV_VERB_PROGRAM : verb, &err);
    }
    int code = close_output(options.verb, run_command(&options));
    gv_cli_options_free(&options);
    return code;
}
