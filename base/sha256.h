/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 (FIPS 180-4), for the audit trail from a report back to its journals, and to know
 * a kept file from a spoilt one.
 *
 * Our own because nothing else here needs a cryptographic library: OpenSSL would be one more
 * package to install for this one function. */
#ifndef GPUVERDICT_BASE_SHA256_H
#define GPUVERDICT_BASE_SHA256_H

#include <stddef.h>
#include <stdint.h>

enum { GV__SHA256_TEXT = 65 };

typedef struct gv__sha256 {
    uint32_t state[8];
    uint64_t bytes;
    unsigned char block[64];
} gv__sha256;

void gv__sha256_start(gv__sha256 *sha);
void gv__sha256_add(gv__sha256 *sha, const void *bytes, size_t length);
/** The digest as 64 lower-case hexadecimal digits; `sha` must be started again afterwards. */
void gv__sha256_end(gv__sha256 *sha, char text[GV__SHA256_TEXT]);

#endif
