/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/ids.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static uint32_t hash_of(const char *text)
{
    uint64_t hash = UINT64_C(0xCBF29CE484222325); /* FNV-1a */
    for (const unsigned char *c = (const unsigned char *)text; *c != 0; c++) {
        hash = (hash ^ *c) * UINT64_C(0x100000001B3);
    }
    return (uint32_t)(hash ^ hash >> 32);
}

/* The slot of `text`, or the empty one where it belongs. */
static uint32_t find_slot(const gv__ids *ids, const char *text)
{
    uint32_t slot = hash_of(text) & (ids->slot_count - 1);
    while (ids->slots[slot] != 0) {
        const char *other = ids->texts[ids->slots[slot] - 1];
        if (other == text || strcmp(other, text) == 0) {
            break;
        }
        slot = (slot + 1) & (ids->slot_count - 1);
    }
    return slot;
}

/* Room for one more, with at least every other slot empty. */
static bool grow(gv__ids *ids)
{
    if (ids->count < ids->capacity) {
        return true;
    }
    uint32_t capacity = ids->capacity == 0 ? 64 : ids->capacity * 2;
    if (capacity > UINT32_MAX / 4) {
        return false;
    }
    const char **texts = realloc(ids->texts, capacity * sizeof(*texts));
    if (texts == NULL) {
        return false;
    }
    ids->texts = texts;
    uint32_t *slots = calloc((size_t)capacity * 2, sizeof(*slots));
    if (slots == NULL) {
        return false;
    }
    free(ids->slots);
    ids->slots = slots;
    ids->slot_count = capacity * 2;
    ids->capacity = capacity;
    for (uint32_t i = 0; i < ids->count; i++) {
        ids->slots[find_slot(ids, ids->texts[i])] = i + 1;
    }
    return true;
}

uint32_t gv__ids_add(gv__ids *ids, const char *text)
{
    uint32_t known = gv__ids_find(ids, text);
    if (known != GV__NONE || !grow(ids)) {
        return known;
    }
    ids->texts[ids->count] = text;
    ids->slots[find_slot(ids, text)] = ids->count + 1;
    return ids->count++;
}

uint32_t gv__ids_find(const gv__ids *ids, const char *text)
{
    if (ids->slot_count == 0) {
        return GV__NONE;
    }
    uint32_t slot = find_slot(ids, text);
    return ids->slots[slot] == 0 ? GV__NONE : ids->slots[slot] - 1;
}

void gv__ids_free(gv__ids *ids)
{
    free(ids->texts);
    free(ids->slots);
    *ids = (gv__ids){0};
}
