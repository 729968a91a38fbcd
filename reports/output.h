/* SPDX-License-Identifier: Apache-2.0 */
/* Files that appear whole or not at all, and numbers that do not follow the user's locale. */
#ifndef GPUVERDICT_REPORTS_OUTPUT_H
#define GPUVERDICT_REPORTS_OUTPUT_H

#include <gpuverdict/error.h>
#include <stdbool.h>
#include <stdio.h>

/** A file that is being written: to a temporary name beside it, renamed when it is whole. A device
 * or a pipe is written to as it is. Start with `{0}`. */
typedef struct gv_output {
    char *path;      /**< what the user asked for; "-" is standard output */
    char *target;    /**< what is replaced, symbolic links followed; NULL: not a regular file */
    char *temporary; /**< NULL where nothing is left to be removed */
} gv_output;

/** Reserve `path`: what cannot be written fails here, before the work. The file itself stays as it
 * is until gv_output_commit().
 * @retval GV_IO  it cannot be written; err->text says why
 * @retval GV_MEMORY */
gv_status gv_output_reserve(const char *path, gv_output *out, gv_error *err);

/** Where a writer puts its bytes: the temporary file's path. */
const char *gv_output_path(const gv_output *output);

/** Put the temporary file in its place. On failure the temporary file is gone, and what `path` held
 * before is untouched. @retval GV_IO */
gv_status gv_output_commit(gv_output *output, gv_error *err);

/** Remove what was written unless it was committed. Accepts `{0}`. */
void gv_output_release(gv_output *output);

/** Open, write by `write`, close, and commit; every error of the file is looked at. */
gv_status gv_output_write(gv_output *output,
                          gv_status (*write)(void *context, FILE *file, gv_error *err),
                          void *context, gv_error *err);

/** This thread's numbers in the C locale, from here to gv__locale_leave(). The value is opaque;
 * NULL: no memory, and nothing was changed. */
void *gv__locale_enter(void);
void gv__locale_leave(void *entered);

#endif
