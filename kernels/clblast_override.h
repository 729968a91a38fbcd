/* SPDX-License-Identifier: Apache-2.0 */
/* Which tunables CLBlast works with, for a device and a precision, until the process ends.
 *
 *     set of a plan -> [override, where another one is in force] -> CLBlast's next calls
 *
 * CLBlast keeps one set for all callers, and its C interface neither tells its own nor takes an
 * override back: what was overridden once stays so. Plans with different sets may live side by
 * side, since each call puts its own in force; CLBlast's programs are kept by their values, so that
 * this compiles nothing anew. One thread at a time. */
#ifndef GPUVERDICT_KERNELS_CLBLAST_OVERRIDE_H
#define GPUVERDICT_KERNELS_CLBLAST_OVERRIDE_H

#include "kernels/clblast_sets.h"
#include "opencl/context.h"

/** Put a set in force; CLBlast's own (its kernel is NULL) as long as that can be had.
 * @retval GV_UNSUPPORTED  CLBlast's own is gone, or this version of CLBlast does not take the set:
 *                         it wants a tunable that we do not know */
gv_status gv__clblast_use(cl_device_id device, gv_precision precision, const gv__clblast_set *set,
                          gv_error *err);

/** False once another set was in force. */
bool gv__clblast_own_remains(cl_device_id device, gv_precision precision);

#endif
