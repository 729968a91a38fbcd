/* SPDX-License-Identifier: Apache-2.0 */
/* Compiled programs, kept between processes in $XDG_CACHE_HOME/gpuverdict/programs.
 *
 *     sources, options, device, driver -> [key] -> load, or build and keep
 *
 * What the driver does not take back is built anew, as is what the file cache finds spoilt. With
 * GPUVERDICT_NO_CACHE=1 (`--no-cache`) nothing is used and nothing kept, nor where the driver keeps
 * its kernels by itself and a binary costs more than it saves. gv__program_build does
 * all of this by itself; the functions are for libraries that build by themselves. */
#ifndef GPUVERDICT_OPENCL_PROGRAM_CACHE_H
#define GPUVERDICT_OPENCL_PROGRAM_CACHE_H

#include "opencl/context.h"

/** Whatever a compiled program depends on, as one digest. */
typedef struct gv__program_key {
    char text[GV__SHA256_TEXT];
} gv__program_key;

/** @param options  NULL is as good as "" */
void gv__program_key_make(const gv__context *context, const char *const texts[],
                          const size_t lengths[], size_t count, const char *options,
                          gv__program_key *key);

/** The program, built and ready, or NULL. It is counted in context->loaded_programs, and is
 * released by clReleaseProgram. */
cl_program gv__program_load(gv__context *context, const gv__program_key *key, const char *options);

/** Keep what was just built from the sources of `key`. */
void gv__program_keep(const gv__context *context, const gv__program_key *key, cl_program program);

/** For gv__context_open: find the folder, and what of the device belongs into every key. */
void gv__program_cache_open(gv__context *context, const gv_host *host);

#endif
