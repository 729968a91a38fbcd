/* SPDX-License-Identifier: Apache-2.0 */
/* The power that a device draws while something runs, by a counter of its driver or board: grade
 * E1, which is neither a meter nor a data sheet's figure.
 *
 *     PCI address -> NVML (NVIDIA) | hwmon (others); the host's silicon -> RAPL -> watts
 *
 * What cannot be read is absent, never 0. Inside a worker: a vendor's library may crash. */
#ifndef GPUVERDICT_BENCH_POWER_H
#define GPUVERDICT_BENCH_POWER_H

#include <gpuverdict/device.h>

typedef struct gv__power gv__power;

/** Find who tells of this device. Never NULL but where memory ran out; accepted below. */
gv__power *gv__power_open(const gv_device *device);
/** The same where the kernel's /sys lies under `root` and NVML is `library`. */
gv__power *gv__power_open_at(const gv_device *device, const char *root, const char *library);
void gv__power_close(gv__power *power);

/** From here on. */
void gv__power_begin(gv__power *power);
/** Now and then in between, for sources that tell of a moment. */
void gv__power_look(gv__power *power);
/** Mean watts since begin; NAN where nobody tells, or too little time has passed for it. */
double gv__power_end(gv__power *power);

/** "NVML", "hwmon", "RAPL"; "" where nobody tells. Static text. */
const char *gv__power_source(const gv__power *power);

#endif
