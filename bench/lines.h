/* SPDX-License-Identifier: Apache-2.0 */
/* A file as lines of bounded length, with the SHA-256 of all that was read. */
#ifndef GPUVERDICT_BENCH_LINES_H
#define GPUVERDICT_BENCH_LINES_H

#include "base/sha256.h"
#include <stdbool.h>
#include <stddef.h>

/** The longest line that is handed out; every record of ours is far shorter. */
enum { GV__LINE_MAX = 1024 * 1024 };

typedef struct gv__input_line {
    const char *text; /**< `length` bytes without the end of line; valid until the next call */
    size_t length;
    size_t number; /**< from 1 */
    bool ended;    /**< false for a last line without its end */
    bool too_long; /**< it was passed over, and `length` is 0 */
} gv__input_line;

typedef struct gv__lines {
    int fd;
    int code;    /**< errno of a failed read, after gv__lines_next() answered false */
    bool at_end; /**< the file holds no more */
    bool fresh;  /**< nothing was handed out yet: a byte-order mark may come */
    char
        *buffer; /**< [start, filled) is not handed out yet; [start, searched) has no end of line */
    size_t start, searched, filled;
    size_t number;
    gv__sha256 sha;
} gv__lines;

/** Reads from where `fd` stands; the caller closes it. False when out of memory. */
bool gv__lines_start(gv__lines *lines, int fd);
/** False at the end, and on a failed read. A byte-order mark at the file's start is passed over. */
bool gv__lines_next(gv__lines *lines, gv__input_line *out);
/** SHA-256 of what was read; call it once, at the end. */
void gv__lines_digest(gv__lines *lines, char text[GV__SHA256_TEXT]);
void gv__lines_end(gv__lines *lines);

#endif
