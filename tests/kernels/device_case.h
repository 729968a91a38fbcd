/* SPDX-License-Identifier: Apache-2.0 */
/* One workload by one device provider, against the obvious result. */
#ifndef GPUVERDICT_TESTS_DEVICE_CASE_H
#define GPUVERDICT_TESTS_DEVICE_CASE_H

#include "kernels/device_provider.h"

/** The provider of `op` whose name contains `name`, or NULL where it was not built in. */
const gv__device_provider *device_case_provider(gv_op op, const char *name);

/** Run `workload` twice into poisoned outputs. Prints what is wrong, with the workload, and returns
 * false: a status, an element beyond its bound, a changed input, an object that was not released.
 * A workload that the device does not support (no fp64) is right. */
bool device_case_is_right(gv__context *context, const gv__device_provider *provider,
                          const char *workload);

/** The same with a set of tunables; NULL: the provider's own. Where weights can be packed, a third
 * run uses the packed ones. */
bool device_case_is_right_with(gv__context *context, const gv__device_provider *provider,
                               const gv__parameters *parameters, const char *workload);

/** How many of the provider's candidates are wrong, every `stride`-th of them tried; 1 where there
 * is none. */
size_t device_case_count_wrong_candidates(gv__context *context, const gv__device_provider *provider,
                                          const char *workload, uint32_t stride);

/** How many of the workloads are wrong, those of known_faults.h aside. */
size_t device_case_count_wrong(gv__context *context, const gv__device_provider *provider,
                               const char *const workloads[], size_t count);

/** The same with our kernels' family for GPUs, which any device can run: the facts say "GPU". */
size_t device_case_count_wrong_as_gpu(gv__context *context, const gv__device_provider *provider,
                                      const char *const workloads[], size_t count);

/** A workload with a set of tunables, as a tuning file writes them. */
typedef struct device_case_set {
    const char *workload, *parameters;
} device_case_set;

/** How many are wrong in the family for GPUs. */
size_t device_case_count_wrong_sets_as_gpu(gv__context *context,
                                           const gv__device_provider *provider,
                                           const device_case_set sets[], size_t count);

/** The same with the family for CPUs, which Oclgrind, a "GPU", can run too. */
size_t device_case_count_wrong_as_cpu(gv__context *context, const gv__device_provider *provider,
                                      const char *const workloads[], size_t count);

/** From now on the facts say "CPU" or "GPU". Returns those to put back. */
gv_device device_case_dress(gv__context *context, const char *type);

#endif
