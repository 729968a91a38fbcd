/* SPDX-License-Identifier: Apache-2.0 */
/* The small things that every room needs: errors, text, the clock, random numbers.
 *
 * No input or output, no OpenCL. `gv__` names are shared inside the program and never exported. */
#ifndef GPUVERDICT_BASE_SUPPORT_H
#define GPUVERDICT_BASE_SUPPORT_H

#include <gpuverdict/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GV__COUNT(array) (sizeof(array) / sizeof((array)[0]))

#if defined(__GNUC__)
#define GV__PRINTF(at, first) __attribute__((format(printf, at, first)))
#else
#define GV__PRINTF(at, first)
#endif

/** Fill `err` (if not NULL) and return `status`: `return gv__fail(err, GV_IO, errno, "open", …)`.
 * `call` may be NULL. The text is cut to fit at a character's edge. */
gv_status gv__fail(gv_error *err, gv_status status, int32_t code, const char *call,
                   const char *format, ...) GV__PRINTF(5, 6);

/** Copy `from` into `to` of `size` bytes, cut at a UTF-8 character's edge; always ends with 0. */
char *gv__copy_text(char *to, size_t size, const char *from);

/** Whether `name` stands in `text` as whole words, in either case. Two characters are no name: they
 * are a part of a PCI address. */
bool gv__has_words(const char *text, const char *name);

/** A growing text. Start with `{0}`; any failed growth sets `failed` and keeps what was there. */
typedef struct gv__text {
    char *data; /**< ends with 0; NULL while empty */
    size_t length, capacity;
    bool failed;
} gv__text;

void gv__text_add(gv__text *text, const char *piece);
void gv__text_add_n(gv__text *text, const char *piece, size_t length);
void gv__text_printf(gv__text *text, const char *format, ...) GV__PRINTF(2, 3);
void gv__text_free(gv__text *text);

/** Seconds of the monotonic clock; its zero means nothing. */
double gv__now_s(void);

/** Sleep, at least this long. */
void gv__sleep_s(double seconds);

/** xoshiro256**, seeded by splitmix64 (Blackman and Vigna, public domain). */
typedef struct gv__random {
    uint64_t state[4];
} gv__random;

void gv__random_seed(gv__random *random, uint64_t seed);
uint64_t gv__random_next(gv__random *random);
/** Uniform in [-1, 1), a multiple of 2^-23 and so exact in f32 and f64 alike. */
double gv__random_unit(gv__random *random);

/** a / b, rounded up. */
uint64_t gv__divide_up(uint64_t a, uint64_t b);

/** Compare for qsort. */
int gv__compare_doubles(const void *a, const void *b);

#endif
