/* SPDX-License-Identifier: Apache-2.0 */
/* A few threads that share out jobs: what surrounds a library call (copies, scaling, activations)
 * and calls of one-thread libraries run on all cores here.
 *
 * A job starts within a microsecond where the last one has just ended, as waiting threads spin for
 * a moment; then they sleep and leave the cores to the next provider. OpenMP would keep them, and
 * clang on Debian comes without it. One thread at a time may use a pool. */
#ifndef GPUVERDICT_KERNELS_HOST_THREADS_H
#define GPUVERDICT_KERNELS_HOST_THREADS_H

#include <gpuverdict/error.h>
#include <stddef.h>
#include <stdint.h>

typedef struct gv__threads gv__threads;

/** `count` threads, the caller's included. GV_MEMORY where they cannot be started. */
gv_status gv__threads_create(uint32_t count, gv__threads **out, gv_error *err);
/** Ends the threads; accepts NULL. */
void gv__threads_free(gv__threads *pool);

uint32_t gv__threads_count(const gv__threads *pool);

/** Call work(context, job, thread) for each job below `jobs`, in any order, on all threads at once;
 * `thread` is below the count and nobody else's meanwhile. Returns when all are done. A job may
 * call this again: its own jobs are then done one after the other, by its thread. */
void gv__threads_run(gv__threads *pool, void (*work)(void *context, size_t job, uint32_t thread),
                     void *context, size_t jobs);

#endif
