/* SPDX-License-Identifier: Apache-2.0 */
/* What a command is: a function from options to an exit code, in a cmd_<word>.c of its own.
 *
 * Answers go to standard output, progress and warnings to standard error. main() flushes standard
 * output and turns a failed write into exit code 1, so commands need not check each printf. */
#ifndef GPUVERDICT_CLI_COMMAND_H
#define GPUVERDICT_CLI_COMMAND_H

#include "base/support.h"
#include "cli/exit_codes.h"
#include "cli/options.h"

/** Run one command. @return an exit code (gv_exit) */
typedef int (*gv_command)(const gv_cli_options *options);

#define GV_VERB(id, word, operands, summary, description)                                          \
    int gv_cmd_##word(const gv_cli_options *options);
#include "cli/verbs.def"
#undef GV_VERB

/** Print "gpuverdict run: TEXT" as one line on standard error. Control characters, which a file
 * name or a driver's words may hold, become '?'. */
void gv_cli_say(gv_verb verb, const char *format, ...) GV__PRINTF(2, 3);

/** Say what an error says and return the exit code of its status:
 * `return gv_cli_fail(options->verb, &err);` */
int gv_cli_fail(gv_verb verb, const gv_error *err);

/** Whoever closes a pipe early has what they wanted: end as any filter does, by SIGPIPE and without
 * a message. */
void gv_cli_end_by_pipe(void);

#endif
