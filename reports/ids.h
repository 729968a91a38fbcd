/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers for texts: equal texts get the same number, new ones the next. */
#ifndef GPUVERDICT_REPORTS_IDS_H
#define GPUVERDICT_REPORTS_IDS_H

#include <stddef.h>
#include <stdint.h>

#define GV__NONE UINT32_MAX

/** Start with `{0}`. Texts are borrowed and must outlive the map. */
typedef struct gv__ids {
    const char **texts; /**< by number */
    uint32_t count;
    uint32_t capacity;
    uint32_t *slots; /**< hash table of numbers + 1; 0 is empty */
    uint32_t slot_count;
} gv__ids;

/** The number of `text`, a new one if need be. GV__NONE: out of memory. */
uint32_t gv__ids_add(gv__ids *ids, const char *text);
/** The number of `text`; GV__NONE where it has none. */
uint32_t gv__ids_find(const gv__ids *ids, const char *text);
void gv__ids_free(gv__ids *ids);

#endif
