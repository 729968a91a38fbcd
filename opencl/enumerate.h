/* SPDX-License-Identifier: Apache-2.0 */
/* Platforms and devices of the drivers that this process loads, and their facts.
 *
 *     loader -> [platforms, devices, facts] -> inventory
 *
 * Only worker processes call this: a driver may crash, hang or exit at any of these calls. */
#ifndef GPUVERDICT_OPENCL_ENUMERATE_H
#define GPUVERDICT_OPENCL_ENUMERATE_H

#include "opencl/cl_include.h"
#include <gpuverdict/device.h>

/** Make the loader see one driver alone. Call before the first OpenCL call, and before there are
 * threads: it changes the environment.
 * @param icd  an .icd file or a library, as named by the parent; NULL or "" leaves the environment
 * @retval GV_IO, GV_FORMAT  the .icd file cannot be read, or names nothing */
gv_status gv__loader_choose(const char *icd, gv_error *err);

/** Why the chosen driver offers no platform, by loading its library directly: "no platform: …", cut
 * to fit. For after gv__enumerate found none. Returns `text`. */
char *gv__loader_explain(char *text, size_t size);

/** Called once for each platform, then once for each of its devices, in order. `index` fields are
 * positions within this process. Return false to stop. */
typedef struct gv__enumerate_sink {
    bool (*platform)(void *context, const gv_platform *platform);
    bool (*device)(void *context, const gv_device *device);
    void *context;
} gv__enumerate_sink;

/** List everything. No platform, and a platform without devices (its `problem` says why, where that
 * is known), are answers and not failures; a property query that fails leaves its code in the
 * fact's place. A platform's `driver` stays "": only the parent knows which it asked for.
 * @param host  to tell devices that are the host's own silicon; borrowed
 * @retval GV_OPENCL  the platforms themselves could not be listed */
gv_status gv__enumerate(const gv_host *host, const gv__enumerate_sink *sink, gv_error *err);

/** Handles and facts of the device at these positions of this process. `facts` is what
 * gv__enumerate reports, its key and positions included.
 * @retval GV_NO_DEVICE  there is no such device (any more) */
gv_status gv__device_find(uint32_t platform, uint32_t device, const gv_host *host,
                          cl_platform_id *out_platform, cl_device_id *out_device, gv_device *facts,
                          gv_error *err);

#endif
