/* SPDX-License-Identifier: Apache-2.0 */
/* Warm-up, calls averaged in a sample, and when to stop: timing policy without any device. */
#ifndef GPUVERDICT_BENCH_SAMPLER_H
#define GPUVERDICT_BENCH_SAMPLER_H

#include "bench/wire.h"

/** One call of what is measured. Fills every stage in seconds, NAN for those that it has not; the
 * total is never NAN. */
typedef gv_status (*gv__timed_call)(void *context, gv_view view, double stage_s[GV_STAGE_COUNT],
                                    gv_error *err);

/** Take samples as `ask` says. A sample is the mean of as many calls as last 1 ms, so that the
 * clock and its own cost do not count. Time is what the calls say they took or what has really
 * passed, whichever is more.
 * @return the first call's status that is not GV_OK */
gv_status gv__sample(gv__timed_call call, void *context, const gv__ask_sample *ask,
                     gv__say_samples *out, gv_error *err);

#endif
