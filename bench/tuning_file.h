/* SPDX-License-Identifier: Apache-2.0 */
/* The tuning as a file: JSON, written whole and put in place by rename, merged under a lock.
 *
 *     tuning <-> [$XDG_CONFIG_HOME/gpuverdict/tuning.json]
 *
 * bench/README.md describes the layout. Whatever stands in a file, a result cannot change by it:
 * each set is checked by the worker before it counts, and what cannot be a tuning is not read. */
#ifndef GPUVERDICT_BENCH_TUNING_FILE_H
#define GPUVERDICT_BENCH_TUNING_FILE_H

#include "bench/tuning.h"

enum { GV__TUNING_PATH = 4096 };

/** Where the tuning lies: GPUVERDICT_TUNING, else $XDG_CONFIG_HOME/gpuverdict/tuning.json, else
 * ~/.config/gpuverdict/tuning.json. Returns `path`; "" where there is no such place. */
char *gv__tuning_path(char path[GV__TUNING_PATH]);

/** Read a file into `out`; one that is not there holds nothing.
 * @retval GV_IO      it cannot be read
 * @retval GV_FORMAT  torn, or something else; err->text names it
 * @retval GV_UNSUPPORTED  built without Jansson */
gv_status gv__tuning_load(const char *path, gv__tuning *out, gv_error *err);

/** What comes with the program (kernels/tuning.json). Its sets are not `searched`. GV_FORMAT. */
gv_status gv__tuning_shipped(gv__tuning *out, gv_error *err);

/** Merge `add` into the file: read it again, add, write beside it, rename. Writers take turns.
 * Makes the folder where there is none.
 * @retval GV_IO      it cannot be written, or somebody holds the lock for a minute
 * @retval GV_FORMAT  what stands there is no tuning; it is untouched */
gv_status gv__tuning_save(const char *path, const gv__tuning *add, gv_error *err);

#endif
