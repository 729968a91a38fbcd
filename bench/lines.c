/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/lines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A line that is not too long always fits, and is moved rarely. */
enum { BUFFER_BYTES = GV__LINE_MAX + 256 * 1024 };

bool gv__lines_start(gv__lines *lines, int fd)
{
    *lines = (gv__lines){.fd = fd, .fresh = true, .buffer = malloc(BUFFER_BYTES)};
    gv__sha256_start(&lines->sha);
    return lines->buffer != NULL;
}

void gv__lines_end(gv__lines *lines)
{
    free(lines->buffer);
    lines->buffer = NULL;
}

void gv__lines_digest(gv__lines *lines, char text[GV__SHA256_TEXT])
{
    gv__sha256_end(&lines->sha, text);
}

/* Read some more behind what is there. */
static void fill(gv__lines *lines)
{
    if (lines->start > 0) {
        memmove(lines->buffer, lines->buffer + lines->start, lines->filled - lines->start);
        lines->filled -= lines->start;
        lines->searched -= lines->start;
        lines->start = 0;
    }
    ssize_t n;
    do {
        n = read(lines->fd, lines->buffer + lines->filled, BUFFER_BYTES - lines->filled);
    } while (n < 0 && errno == EINTR);
    if (n > 0) {
        gv__sha256_add(&lines->sha, lines->buffer + lines->filled, (size_t)n);
        lines->filled += (size_t)n;
    } else {
        lines->code = n < 0 ? errno : 0;
        lines->at_end = true;
    }
}

/* The next end of line, reading as far as a line may be long; NULL where there is none. */
static char *find_end(gv__lines *lines)
{
    for (;;) {
        char *end = memchr(lines->buffer + lines->searched, '\n', lines->filled - lines->searched);
        if (end != NULL) {
            return end;
        }
        lines->searched = lines->filled;
        if (lines->at_end || lines->filled - lines->start > GV__LINE_MAX) {
            return NULL;
        }
        fill(lines);
    }
}

/* Drop the rest of a line that is too long. True where its end was found. */
static bool pass_over(gv__lines *lines)
{
    while (!lines->at_end) {
        lines->start = lines->searched = lines->filled;
        fill(lines);
        char *end = memchr(lines->buffer, '\n', lines->filled);
        if (end != NULL) {
            lines->start = lines->searched = (size_t)(end - lines->buffer) + 1;
            return true;
        }
    }
    lines->start = lines->searched = lines->filled;
    return false;
}

bool gv__lines_next(gv__lines *lines, gv__input_line *out)
{
    char *end = find_end(lines);
    if (end == NULL && (lines->code != 0 || lines->start == lines->filled)) {
        return false;
    }
    const char *text = lines->buffer + lines->start;
    size_t length = end != NULL ? (size_t)(end - text) : lines->filled - lines->start;
    if (lines->fresh && length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {
        text += 3;
        length -= 3;
    }
    lines->fresh = false;
    *out = (gv__input_line){.text = text,
                            .length = length,
                            .number = ++lines->number,
                            .ended = end != NULL,
                            .too_long = length > GV__LINE_MAX};
    if (out->too_long && end == NULL) {
        out->length = 0;
        out->ended = pass_over(lines);
    } else {
        lines->start = lines->searched =
            end != NULL ? (size_t)(end - lines->buffer) + 1 : lines->filled;
    }
    return true;
}
