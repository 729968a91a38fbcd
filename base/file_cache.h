/* SPDX-License-Identifier: Apache-2.0 */
/* What was expensive to make and can be made again, kept in files between processes.
 *
 *     bytes, key -> [put] -> $XDG_CACHE_HOME/gpuverdict/<folder>/<key> -> [get] -> the same bytes,
 * or none
 *
 * An entry opens with its key, its length and its SHA-256. One that is torn, spoilt, of another
 * version, or lies under another's name is removed and counts as not there: a cache may cost time,
 * and never a result. Any number of processes may use a folder, since entries appear by rename.
 * Nothing here is an error: whoever misses an entry makes it again. */
#ifndef GPUVERDICT_BASE_FILE_CACHE_H
#define GPUVERDICT_BASE_FILE_CACHE_H

#include "base/sha256.h"
#include <stdbool.h>

/** $XDG_CACHE_HOME/gpuverdict, else $HOME/.cache/gpuverdict, with "/<name>" behind it where `name`
 * is not NULL. The folders are made. NULL where there is no such place. Freed by the caller. */
char *gv__cache_folder(const char *name);

/** Get an entry, and mark it as used.
 * @param key         64 hexadecimal digits that say what it was made from
 * @param[out] bytes  freed by the caller; untouched where this is false */
bool gv__file_cache_get(const char *folder, const char *key, void **bytes, size_t *length);

/** Keep an entry in the place of any before it. Then, as long as all entries together exceed
 * `limit_bytes`, those that were not used for the longest time are removed. */
void gv__file_cache_put(const char *folder, const char *key, const void *bytes, size_t length,
                        size_t limit_bytes);

/** Forget an entry. */
void gv__file_cache_drop(const char *folder, const char *key);

#endif
