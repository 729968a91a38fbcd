/* SPDX-License-Identifier: Apache-2.0 */
/* What a driver says about its devices, made safe to print and to store. Inside this room only. */
#ifndef GPUVERDICT_OPENCL_FACTS_H
#define GPUVERDICT_OPENCL_FACTS_H

#include "opencl/cl_include.h"
#include <gpuverdict/device.h>

/** All facts of one device, its key, and whether it is the host's silicon. Never fails: see
 * gv_fact. `out`'s positions stay 0.
 * @param ordinal  how many devices of the same name stand before it on its platform */
void gv__device_facts(cl_platform_id platform, cl_device_id device, uint32_t ordinal,
                      const gv_host *host, gv_device *out);

/** A platform's or a device's text, cleaned; "" where the query fails, whose code is returned. */
cl_int gv__platform_text(cl_platform_id platform, cl_platform_info info, char *out, size_t size);
cl_int gv__device_text(cl_device_id device, cl_device_info info, char *out, size_t size);

/** Copy what a driver or a compiler said: up to its first 0, without blanks at the ends, with
 * anything that is not printable UTF-8 as '?', since a log or a JSON file would choke on it. */
void gv__text_clean(char *out, size_t size, const char *bytes, size_t length);

/** Key from facts: PCI address, else UUID (of hardware alone), else platform/name/driver/ordinal.
 */
void gv__device_key(gv_device *device, uint32_t ordinal);

/** Whether a device with these facts computes on this host's processor. */
bool gv__device_is_host(const gv_device *device, const gv_host *host);

#endif
