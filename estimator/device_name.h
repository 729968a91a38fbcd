/* SPDX-License-Identifier: Apache-2.0 */
/* Names of devices as people, shops and drivers write them, brought to one form. */
#ifndef GPUVERDICT_ESTIMATOR_DEVICE_NAME_H
#define GPUVERDICT_ESTIMATOR_DEVICE_NAME_H

#include <stdbool.h>
#include <stddef.h>

enum { GV_DEVICE_NAME_TEXT = 256 };

/** A name without what does not tell devices apart: case, punctuation, the maker, "Graphics",
 * "(R)", a driver's remarks. Longer names are cut. */
typedef struct gv__device_name {
    char words[GV_DEVICE_NAME_TEXT]; /**< " geforce rtx 3070 ti 8gb ", a blank around each word */
    char whole[GV_DEVICE_NAME_TEXT]; /**< "geforcertx3070ti8gb" */
    char bare[GV_DEVICE_NAME_TEXT];  /**< "rtx3070ti8gb": without brands either */
} gv__device_name;

void gv__device_name_read(const char *text, gv__device_name *out);

/** Whether each word of a name is among `words` (blanks around each); "sxm" is any SXM. False for a
 * name without words. */
bool gv__device_name_within(const gv__device_name *name, const char *words);

/** How far apart two bare names are: edits, less what words with digits they share. */
int gv__device_name_distance(const gv__device_name *a, const char *b_bare, const char *b_words);

#endif
