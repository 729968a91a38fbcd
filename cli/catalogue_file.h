/* SPDX-License-Identifier: Apache-2.0 */
/* The catalogue as commands use it: the built-in one and the user's file. */
#ifndef GPUVERDICT_CLI_CATALOGUE_FILE_H
#define GPUVERDICT_CLI_CATALOGUE_FILE_H

#include "base/support.h"
#include "cli/command.h"
#include <gpuverdict/catalogue.h>

/** Read a whole file of text; "-" is standard input. `text` has room for one byte more and is freed
 * by the caller. @retval GV_IO, GV_MEMORY; err->code is errno */
gv_status gv_cli_read_file(const char *path, char **text, size_t *length, gv_error *err);

/** Where the user's own specifications lie: GPUVERDICT_CATALOGUE, else
 * $XDG_CONFIG_HOME/gpuverdict/catalogue.csv, else below ~/.config. "" where there is no such place.
 * Freed with gv__text_free(). */
gv__text gv_cli_catalogue_path(void);

/** Add the user's file, where there is one. @retval GV_IO, GV_FORMAT, GV_MEMORY */
gv_status gv_cli_catalogue_add_users(gv_catalogue *catalogue, gv_error *err);

/** The built-in catalogue with the user's file; freed with gv_catalogue_free(). */
gv_status gv_cli_catalogue_load(gv_catalogue **out, gv_error *err);

/** The same for what can be shown without it: NULL where it cannot be had, which is said on
 * standard error in the name of `verb`. */
gv_catalogue *gv_cli_catalogue_if_sound(gv_verb verb);

#endif
