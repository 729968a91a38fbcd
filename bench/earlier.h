/* SPDX-License-Identifier: Apache-2.0 */
/* How fast providers were in earlier processes: so that one which was far behind need not be built
 * again, which for a library that compiles in every process is most of what starting takes.
 *
 *     trials -> [keep] -> $XDG_CACHE_HOME/gpuverdict/trials -> [load] -> who was outrun
 *
 * An entry is of one workload on one device and driver, with the providers, tunables and the build
 * of this program that were there; with any of them changed there is none. One process may have
 * been disturbed, so that two have to agree. As in every cache, an entry that is spoilt counts as
 * none. */
#ifndef GPUVERDICT_BENCH_EARLIER_H
#define GPUVERDICT_BENCH_EARLIER_H

#include "bench/wire.h"
#include "opencl/context.h"

/** Slower than this is far behind the fastest: twice its time, and what one launch may take more
 * than another where threads have to be woken. INFINITY where the fastest is not known. */
double gv__far_behind_s(double fastest_s);

typedef struct gv__earlier_trial {
    gv__say_trial trial; /**< the fastest of all processes */
    uint32_t processes;  /**< in how many it was tried */
} gv__earlier_trial;

typedef struct gv__earlier {
    char key[GV__SHA256_TEXT]; /**< "": nothing is kept */
    uint32_t count;
    gv__earlier_trial of[GV__MAX_TUNED];
} gv__earlier;

/** What is known of a workload; `out->count` is 0 where that is nothing. Where the context keeps no
 * programs (`--no-cache`), or providers are excluded, nothing is read or kept. */
void gv__earlier_load(const gv__context *context, gv_op op, const gv__ask_prepare *ask,
                      gv__earlier *out);

/** The trial of a provider that was far behind; NULL where it was not, or where two processes do
 * not agree on that yet. */
const gv__say_trial *gv__earlier_outrun(const gv__earlier *earlier, const char *provider);

/** The shortest time of any provider; INFINITY where none is known. */
double gv__earlier_fastest_s(const gv__earlier *earlier);

/** Add this process' trials and keep all. */
void gv__earlier_keep(gv__earlier *earlier, const gv__say_trial trials[], uint32_t count);

#endif
