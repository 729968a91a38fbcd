/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/strings.h"

#include <stdlib.h>
#include <string.h>

/* ---- the hash ---- */

static uint64_t rotate_left(uint64_t x, int by)
{
    return (x << by) | (x >> (64 - by));
}

/* A bijection in which each input bit reaches every output bit (the finalizer of splitmix64). */
static uint64_t mix(uint64_t z)
{
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

gv__hash gv__hash_of(const void *bytes, size_t length)
{
    const unsigned char *at = bytes;
    uint64_t a = UINT64_C(0x9E3779B97F4A7C15) ^ length;
    uint64_t b = UINT64_C(0xD1B54A32D192ED03) + length;
    /* Two lanes of eight bytes; each word meets a multiplication before it meets the next one, and
     * the lanes feed each other, so that words cannot trade places. */
    while (length >= 16) {
        uint64_t words[2];
        memcpy(words, at, sizeof words);
        a = rotate_left((a ^ words[0]) * UINT64_C(0x9FB21C651E98DF25), 29) + b;
        b = rotate_left((b ^ words[1]) * UINT64_C(0xC2B2AE3D27D4EB4F), 31) ^ a;
        at += 16;
        length -= 16;
    }
    if (length > 0) {
        uint64_t words[2] = {0, 0};
        memcpy(words, at, length);
        a = rotate_left((a ^ words[0]) * UINT64_C(0x9FB21C651E98DF25), 29) + b;
        b = rotate_left((b ^ words[1]) * UINT64_C(0xC2B2AE3D27D4EB4F), 31) ^ a;
    }
    a = mix(a + rotate_left(b, 32));
    b = mix(b ^ a);
    return (gv__hash){.low = a, .high = b};
}

/* ---- interned bytes ---- */

enum { ALIGNMENT = 8, CHUNK_BYTES = 64 * 1024, FIRST_SLOTS = 256 };

typedef struct chunk {
    struct chunk *next;
    size_t used, capacity;
    char bytes[];
} chunk;

typedef struct slot {
    const char *bytes; /* NULL: free */
    size_t length;
    uint64_t hash;
} slot;

struct gv__strings {
    chunk *chunks; /* the one being filled first */
    slot *slots;   /* open addressing; a power of two of them */
    size_t slot_count, used;
};

gv__strings *gv__strings_create(void)
{
    gv__strings *strings = calloc(1, sizeof *strings);
    if (strings == NULL) {
        return NULL;
    }
    strings->slots = calloc(FIRST_SLOTS, sizeof *strings->slots);
    if (strings->slots == NULL) {
        free(strings);
        return NULL;
    }
    strings->slot_count = FIRST_SLOTS;
    return strings;
}

void gv__strings_free(gv__strings *strings)
{
    if (strings == NULL) {
        return;
    }
    for (chunk *c = strings->chunks; c != NULL;) {
        chunk *next = c->next;
        free(c);
        c = next;
    }
    free(strings->slots);
    free(strings);
}

/* The slot that holds these bytes, or the free one where they belong. */
static slot *slot_of(const gv__strings *strings, const void *bytes, size_t length, uint64_t hash)
{
    size_t mask = strings->slot_count - 1;
    size_t i = (size_t)hash & mask;
    for (;; i = (i + 1) & mask) {
        slot *s = &strings->slots[i];
        if (s->bytes == NULL ||
            (s->hash == hash && s->length == length && memcmp(s->bytes, bytes, length) == 0)) {
            return s;
        }
    }
}

static bool double_slots(gv__strings *strings)
{
    gv__strings larger = {.slot_count = 2 * strings->slot_count};
    larger.slots = calloc(larger.slot_count, sizeof *larger.slots);
    if (larger.slots == NULL) {
        return false;
    }
    for (size_t i = 0; i < strings->slot_count; i++) {
        const slot *s = &strings->slots[i];
        if (s->bytes != NULL) {
            *slot_of(&larger, s->bytes, s->length, s->hash) = *s;
        }
    }
    free(strings->slots);
    strings->slots = larger.slots;
    strings->slot_count = larger.slot_count;
    return true;
}

static char *chunk_take(gv__strings *strings, size_t bytes)
{
    bytes = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    chunk *c = strings->chunks;
    if (c == NULL || c->capacity - c->used < bytes) {
        size_t capacity = bytes > CHUNK_BYTES ? bytes : CHUNK_BYTES;
        c = malloc(sizeof *c + capacity);
        if (c == NULL) {
            return NULL;
        }
        *c = (chunk){.next = strings->chunks, .capacity = capacity};
        strings->chunks = c;
    }
    char *taken = c->bytes + c->used;
    c->used += bytes;
    return taken;
}

const char *gv__strings_add(gv__strings *strings, const void *bytes, size_t length)
{
    uint64_t hash = gv__hash_of(bytes, length).low;
    slot *s = slot_of(strings, bytes, length, hash);
    if (s->bytes != NULL) {
        return s->bytes;
    }
    if (strings->used >= strings->slot_count / 2) {
        if (!double_slots(strings)) {
            return NULL;
        }
        s = slot_of(strings, bytes, length, hash);
    }
    char *copy = chunk_take(strings, length + 1);
    if (copy == NULL) {
        return NULL;
    }
    memcpy(copy, bytes, length);
    copy[length] = 0;
    *s = (slot){.bytes = copy, .length = length, .hash = hash};
    strings->used++;
    return copy;
}

const char *gv__strings_find(const gv__strings *strings, const void *bytes, size_t length)
{
    return slot_of(strings, bytes, length, gv__hash_of(bytes, length).low)->bytes;
}

/* ---- the set of hashes ---- */

static uint32_t *set_slot(const gv__hash_set *set, gv__hash hash)
{
    size_t mask = set->slot_count - 1;
    size_t i = (size_t)hash.low & mask;
    for (;; i = (i + 1) & mask) {
        uint32_t *s = &set->slots[i];
        if (*s == 0) {
            return s;
        }
        const gv__hash *other = &set->hashes[*s - 1];
        if (other->low == hash.low && other->high == hash.high) {
            return s;
        }
    }
}

static void set_fill_slots(gv__hash_set *set)
{
    memset(set->slots, 0, set->slot_count * sizeof *set->slots);
    for (size_t i = 0; i < set->count; i++) {
        *set_slot(set, set->hashes[i]) = (uint32_t)(i + 1);
    }
}

static bool set_grow(gv__hash_set *set)
{
    size_t capacity = set->capacity == 0 ? 128 : 2 * set->capacity;
    if (capacity >= UINT32_MAX) {
        return false;
    }
    gv__hash *hashes = realloc(set->hashes, capacity * sizeof *hashes);
    if (hashes == NULL) {
        return false;
    }
    set->hashes = hashes;
    uint32_t *slots = malloc(2 * capacity * sizeof *slots);
    if (slots == NULL) {
        return false;
    }
    free(set->slots);
    set->slots = slots;
    set->slot_count = 2 * capacity;
    set->capacity = capacity;
    set_fill_slots(set);
    return true;
}

bool gv__hash_set_has(const gv__hash_set *set, gv__hash hash)
{
    return set->count > 0 && *set_slot(set, hash) != 0;
}

bool gv__hash_set_add(gv__hash_set *set, gv__hash hash)
{
    if (set->count == set->capacity && !set_grow(set)) {
        return false;
    }
    uint32_t *s = set_slot(set, hash);
    if (*s == 0) {
        set->hashes[set->count++] = hash;
        *s = (uint32_t)set->count;
    }
    return true;
}

void gv__hash_set_truncate(gv__hash_set *set, size_t count)
{
    if (count < set->count) {
        set->count = count;
        set_fill_slots(set);
    }
}

void gv__hash_set_free(gv__hash_set *set)
{
    free(set->hashes);
    free(set->slots);
    *set = (gv__hash_set){0};
}
