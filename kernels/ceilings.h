/* SPDX-License-Identifier: Apache-2.0 */
/* Work that asks a device for one thing at a time: memory, caches, arithmetic, launches, transfers.
 *
 *     which ceiling -> [open: compile, choose a variant] -> call … call -> verify
 *
 * How long it takes is looked at elsewhere (bench/ceiling_task.h). Every call leaves a result that
 * only the whole work gives: poison() before some calls and verify() behind them tell whether all
 * was done. One thread at a time. */
#ifndef GPUVERDICT_KERNELS_CEILINGS_H
#define GPUVERDICT_KERNELS_CEILINGS_H

#include "opencl/context.h"
#include <gpuverdict/ceiling.h>

/** What is asked: a kind, and for multiply-adds the precision and the vector's width. */
typedef struct gv__ceiling_ask {
    gv_ceiling_kind kind;
    gv_precision precision;
    uint32_t width;
} gv__ceiling_ask;

/** The `index`-th of all ceilings; false past the last. */
bool gv__ceiling_at(size_t index, gv__ceiling_ask *out);

/** A device's compiled kernels, shared by all its ceilings. */
typedef struct gv__ceilings gv__ceilings;
gv_status gv__ceilings_open(gv__context *context, gv__ceilings **out, gv_error *err);
void gv__ceilings_close(gv__ceilings *ceilings);

typedef struct gv__ceiling gv__ceiling;

/** Compile, allocate, choose the fastest variant, and make a call long enough for the clock.
 * @retval GV_UNSUPPORTED  the device cannot, with the reason */
gv_status gv__ceiling_open(gv__ceilings *ceilings, const gv__ceiling_ask *ask, gv__ceiling **out,
                           gv_error *err);
void gv__ceiling_close(gv__ceiling *ceiling);

/** Make what earlier calls left unmistakable. */
gv_status gv__ceiling_poison(gv__ceiling *ceiling, gv_error *err);
/** Do the work once; all of it is finished when this returns. */
gv_status gv__ceiling_call(gv__ceiling *ceiling, gv_error *err);
/** @retval GV_WRONG_RESULT  the calls since poison() did not do all of their work */
gv_status gv__ceiling_verify(gv__ceiling *ceiling, gv_error *err);

/** What one call does: bytes, flop or operations; for a latency how many times it was paid. */
double gv__ceiling_work(const gv__ceiling *ceiling);
/** Bytes of each array; NAN where there is none. */
double gv__ceiling_bytes(const gv__ceiling *ceiling);
/** "chunks"; "" where there is one way. How the result is checked. Static texts. */
const char *gv__ceiling_variant(const gv__ceiling *ceiling);
const char *gv__ceiling_check(const gv__ceiling *ceiling);

#endif
