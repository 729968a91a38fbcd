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

/** Make the loader see one driver alone. Call before the first OpenCL call.
 * @param icd  an .icd file or a library, as named by the parent; NULL or "" leaves the environment.
 *             ocl-icd takes the file itself, other loaders get a private folder that holds a link. */
gv_status gv__loader_choose(const char *icd, gv_error *err);

/** Called once for each platform, then once for each of its devices, in order. `index` fields are
 * positions within this process. Return false to stop. */
typedef struct gv__enumerate_sink {
    bool (*platform)(void *context, const gv_platform *platform);
    bool (*device)(void *context, const gv_device *device);
    void *context;
} gv__enumerate_sink;

/** List everything. No platform, and a platform without devices, are answers and not failures; a
 * property query that fails leaves its code in the fact's place.
 * @param host  to tell devices that are the host's own silicon; borrowed */
gv_status gv__enumerate(const gv_host *host, const gv__enumerate_sink *sink, gv_error *err);

/** The handle behind (platform, device) positions of this process.
 * @retval GV_NO_DEVICE  there is no such device (any more) */
gv_status gv__device_find(uint32_t platform, uint32_t device, cl_platform_id *out_platform,
                          cl_device_id *out_device, gv_error *err);

/** All facts of one device, its key, and whether it is the host's silicon. Never fails: see gv_fact. */
void gv__device_facts(cl_platform_id platform, cl_device_id device, uint32_t ordinal,
                      const gv_host *host, gv_device *out);

#endif
