/* SPDX-License-Identifier: Apache-2.0 */
/* Facts of the host's processor, by hwloc where it was found at build time, else by the kernel. */
#ifndef GPUVERDICT_BASE_HOST_FACTS_H
#define GPUVERDICT_BASE_HOST_FACTS_H

#include <gpuverdict/device.h>

/** Fill every fact; what cannot be had is GV_FACT_ABSENT. Never fails. */
void gv__host_facts(gv_host *out);

/** The physical cores that this process may use, at least 1. */
uint32_t gv__host_cores(void);

#endif
