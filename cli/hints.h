/* SPDX-License-Identifier: Apache-2.0 */
/* Help for what was misspelt, as the end of an error message. */
#ifndef GPUVERDICT_CLI_HINTS_H
#define GPUVERDICT_CLI_HINTS_H

#include <stddef.h>

/** Candidates one by one; NULL past the last. */
typedef const char *(*gv_hint_words)(const void *context, size_t i);

/** The candidate that a misspelt word most likely means, or NULL where none is near: at most one
 * insertion, deletion, exchange or swap for each three letters, or a beginning that fits one alone.
 */
const char *gv_hint_nearest(const char *word, gv_hint_words words, const void *context);

enum { GV_QUOTED = 72 };

/** `word` in quotes, cut to what a line can hold. Returns `text`. */
char *gv_hint_quote(const char *word, char text[GV_QUOTED]);

#endif
