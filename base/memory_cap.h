/* SPDX-License-Identifier: Apache-2.0 */
/* How much of a device's memory may be used: what a worker keeps to is what its run records. */
#ifndef GPUVERDICT_BASE_MEMORY_CAP_H
#define GPUVERDICT_BASE_MEMORY_CAP_H

/** Bytes of any device's memory that this process and its workers use at most, from
 * GPUVERDICT_DEVICE_MEMORY (`run --device-memory`). NAN: all of it; also where the variable holds
 * no positive number. */
double gv__memory_cap_bytes(void);

#endif
