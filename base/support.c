/* SPDX-License-Identifier: Apache-2.0 */
#include "base/support.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

char *gv__copy_text(char *to, size_t size, const char *from)
{
    size_t length = strlen(from);
    if (length >= size) {
        length = size - 1;
        /* 10xxxxxx continues a character: step back to where the cut one starts. */
        while (length > 0 && ((unsigned char)from[length] & 0xC0U) == 0x80U) {
            length--;
        }
    }
    memmove(to, from, length);
    to[length] = 0;
    return to;
}

static bool text_reserve(gv__text *text, size_t more)
{
    if (text->failed || more > SIZE_MAX / 4 || text->length > SIZE_MAX / 4) {
        text->failed = true;
        return false;
    }
    size_t needed = text->length + more + 1;
    if (needed <= text->capacity) {
        return true;
    }
    size_t capacity = text->capacity < 64 ? 64 : text->capacity;
    while (capacity < needed) {
        capacity *= 2;
    }
    char *data = realloc(text->data, capacity);
    if (data == NULL) {
        text->failed = true;
        return false;
    }
    text->data = data;
    text->capacity = capacity;
    return true;
}

void gv__text_add_n(gv__text *text, const char *piece, size_t length)
{
    if (text_reserve(text, length)) {
        memcpy(text->data + text->length, piece, length);
        text->length += length;
        text->data[text->length] = 0;
    }
}

bool gv__has_words(const char *text, const char *name)
{
    const size_t length = strlen(name);
    for (size_t at = 0; length > 2 && text[at] != 0; at++) {
        const bool begins = at == 0 || !isalnum((unsigned char)text[at - 1]);
        if (begins && strncasecmp(text + at, name, length) == 0 &&
            !isalnum((unsigned char)text[at + length])) {
            return true;
        }
    }
    return false;
}

void gv__text_add(gv__text *text, const char *piece)
{
    gv__text_add_n(text, piece, strlen(piece));
}

void gv__text_printf(gv__text *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    va_list again;
    va_copy(again, arguments);
    /* Version 14 of the analyzer forgets va_start() where it sees several files in one run. */
    // NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized)
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length < 0) {
        text->failed = true;
    } else if (text_reserve(text, (size_t)length)) {
        vsnprintf(text->data + text->length, (size_t)length + 1, format, again);
        text->length += (size_t)length;
    }
    va_end(again);
}

void gv__text_free(gv__text *text)
{
    free(text->data);
    *text = (gv__text){0};
}

double gv__now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

void gv__sleep_s(double seconds)
{
    if (!(seconds > 0)) {
        return;
    }
    struct timespec left = {.tv_sec = (time_t)seconds};
    left.tv_nsec = (long)((seconds - (double)left.tv_sec) * 1e9);
    while (nanosleep(&left, &left) != 0 && errno == EINTR) {
    }
}

static uint64_t splitmix64(uint64_t *state)
{
    uint64_t z = (*state += UINT64_C(0x9E3779B97F4A7C15));
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

void gv__random_seed(gv__random *random, uint64_t seed)
{
    for (size_t i = 0; i < GV__COUNT(random->state); i++) {
        random->state[i] = splitmix64(&seed);
    }
}

static uint64_t rotate_left(uint64_t x, int by)
{
    return (x << by) | (x >> (64 - by));
}

uint64_t gv__random_next(gv__random *random)
{
    uint64_t *s = random->state;
    uint64_t result = rotate_left(s[1] * 5, 7) * 9;
    uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate_left(s[3], 45);
    return result;
}

double gv__random_unit(gv__random *random)
{
    /* 24 bits: 0 … 2^24 - 1, shifted to -2^23 … 2^23 - 1, over 2^23. */
    return ((double)(gv__random_next(random) >> 40) - 8388608.0) / 8388608.0;
}

uint64_t gv__divide_up(uint64_t a, uint64_t b)
{
    return a / b + (a % b != 0);
}

int gv__compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}
