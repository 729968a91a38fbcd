/* SPDX-License-Identifier: Apache-2.0 */
/* Is anybody else at work on this machine? */
#ifndef GPUVERDICT_BENCH_NOISE_H
#define GPUVERDICT_BENCH_NOISE_H

/** Share of all processors' time, 0 to 1, that went to anything (other guests of the same hardware
 * included) while this process slept for `seconds`; NAN where the kernel does not tell. */
double gv__busy_share(double seconds);

#endif
