/* SPDX-License-Identifier: Apache-2.0 */
/* Interned bytes: equal content is kept once and has one address.
 *
 * A million records name a few dozen devices, providers and workloads. Content stays where it is
 * until the table is freed, so that records can point to it. One thread at a time. */
#ifndef GPUVERDICT_BENCH_STRINGS_H
#define GPUVERDICT_BENCH_STRINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** 128 bits of a hash that spreads well; not for secrets. */
typedef struct gv__hash {
    uint64_t low, high;
} gv__hash;

gv__hash gv__hash_of(const void *bytes, size_t length);

typedef struct gv__strings gv__strings;

/** NULL when out of memory. */
gv__strings *gv__strings_create(void);
void gv__strings_free(gv__strings *strings);

/** The one copy of these bytes, followed by a 0 and aligned for any plain struct; made where it is
 * new. NULL when out of memory. */
const char *gv__strings_add(gv__strings *strings, const void *bytes, size_t length);

/** The one copy, or NULL where there is none. */
const char *gv__strings_find(const gv__strings *strings, const void *bytes, size_t length);

/** A set of hashes that remembers their order, so that the newest can be taken out again. Start
 * with `{0}`. */
typedef struct gv__hash_set {
    gv__hash *hashes; /**< in the order in which they came */
    size_t count, capacity;
    uint32_t *slots; /**< positions in `hashes` plus 1; 0 is free */
    size_t slot_count;
} gv__hash_set;

bool gv__hash_set_has(const gv__hash_set *set, gv__hash hash);
/** False when out of memory. */
bool gv__hash_set_add(gv__hash_set *set, gv__hash hash);
/** Keep the first `count` only. */
void gv__hash_set_truncate(gv__hash_set *set, size_t count);
void gv__hash_set_free(gv__hash_set *set);

#endif
