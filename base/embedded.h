/* SPDX-License-Identifier: Apache-2.0 */
/* A file that cmake/gv_embed.cmake made part of the program. */
#ifndef GPUVERDICT_BASE_EMBEDDED_H
#define GPUVERDICT_BASE_EMBEDDED_H

#include <stddef.h>

typedef struct gv__embedded {
    const char *path;          /**< "kernels/dense.cl" */
    const unsigned char *text; /**< `length` bytes and a final 0 */
    size_t length;
    const char *sha256; /**< of the file, 64 hexadecimal digits: names exactly what was used */
} gv__embedded;

#endif
