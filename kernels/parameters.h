/* SPDX-License-Identifier: Apache-2.0 */
/* Values of a provider's tunables: what a search varies, a tuning file keeps, a build passes on.
 *
 *     device facts + workload -> candidate() -> [parameters] -> create(), "-D NAME=value"
 *
 * Plain data without pointers; any thread. */
#ifndef GPUVERDICT_KERNELS_PARAMETERS_H
#define GPUVERDICT_KERNELS_PARAMETERS_H

#include "base/support.h"

enum {
    GV__MAX_PARAMETERS = 16,
    GV__PARAMETER_NAME = 24,
    GV__PARAMETERS_TEXT = 320 /**< bytes that hold any set as text */
};

typedef struct gv__parameter {
    char name[GV__PARAMETER_NAME]; /**< capitals, digits and "_", as the macro in the .cl file */
    int32_t value;
} gv__parameter;

/** A set, in the order in which its provider names them. `{0}` is the empty one. */
typedef struct gv__parameters {
    uint32_t count;
    gv__parameter at[GV__MAX_PARAMETERS];
} gv__parameters;

/** Give a tunable a value: added, or changed where it is there already. A set that is full, or a
 * name that is too long, is a mistake of the caller: asserted. */
void gv__parameters_set(gv__parameters *set, const char *name, int32_t value);

/** The value of a tunable; `otherwise` where the set (NULL: none) does not name it. */
int32_t gv__parameters_get(const gv__parameters *set, const char *name, int32_t otherwise);

/** A tunable that a provider may take from a set, and where to. */
typedef struct gv__tunable {
    const char *name;
    int32_t least, most;
    uint32_t *to; /**< holds the provider's own value before */
} gv__tunable;

/** Take the values of a set (NULL: none); what it does not name stays. False where a value is
 * outside of its bounds: what is then in `to` of this and later rows is as it was. */
bool gv__parameters_take(const gv__parameters *set, const gv__tunable rows[], size_t count);

/** Same names with the same values, in any order. */
bool gv__parameters_equal(const gv__parameters *a, const gv__parameters *b);

/** "TILE_ROWS=6 DEPTH=128"; "" for an empty set. Returns `text`. */
char *gv__parameters_text(const gv__parameters *set, char text[GV__PARAMETERS_TEXT]);

/** Read what gv__parameters_text() wrote.
 * @retval GV_FORMAT  not such a text, a name twice, too many; err->text names the place */
gv_status gv__parameters_read(const char *text, gv__parameters *out, gv_error *err);

/** Add " -D NAME=value" for each to the build options. */
void gv__parameters_options(const gv__parameters *set, gv__text *options);

#endif
