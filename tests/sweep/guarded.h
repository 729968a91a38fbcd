/* SPDX-License-Identifier: Apache-2.0 */
/* A device buffer between two guards: whoever writes past its ends is found out.
 *
 *     [guard | the operand | guard]   one buffer, whose middle is what a provider is given
 *
 * Guards are NaN in every precision, so that what is read there spoils whatever it flows into. */
#ifndef GPUVERDICT_TESTS_SWEEP_GUARDED_H
#define GPUVERDICT_TESTS_SWEEP_GUARDED_H

#include "opencl/context.h"

typedef struct guarded {
    cl_mem whole, middle; /**< the same one where there are no guards */
    size_t bytes, guard;  /**< of the operand, of one guard; the guard is 0 without guards */
} guarded;

/** @param plain  without guards, for a tool that watches the ends of buffers by itself */
gv_status guarded_create(gv__context *context, size_t bytes, bool plain, guarded *out,
                         gv_error *err);
/** Accepts a zeroed one. */
void guarded_free(guarded *buffer);

/** Whether both guards are as they were made. */
gv_status guarded_is_whole(gv__context *context, const guarded *buffer, bool *whole, gv_error *err);

#endif
