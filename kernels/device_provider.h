/* SPDX-License-Identifier: Apache-2.0 */
/* Providers that run on an OpenCL device (see provider.h for what a provider is). */
#ifndef GPUVERDICT_KERNELS_DEVICE_PROVIDER_H
#define GPUVERDICT_KERNELS_DEVICE_PROVIDER_H

#include "kernels/bounds.h"
#include "kernels/parameters.h"
#include "kernels/provider.h"
#include "opencl/context.h"

typedef struct gv__device_provider {
    const char *name; /**< "CLBlast", "gpuverdict direct": library, or ours with the algorithm */
    gv_op op;
    gv__algorithm algorithm; /**< conv2d: what its results are held to */
    /** "1.5.3", for our own kernels the first 8 digits of the sources' digest; static text. */
    const char *(*version)(void);
    /** GV_OK, or GV_UNSUPPORTED with the reason. Reads facts alone; makes no OpenCL call. */
    gv_status (*supports)(const gv_device *facts, const gv_workload *workload, gv_error *err);
    /** The `index`-th set of tunables that is worth a try for this workload on this device, the
     * most promising first; number 0 is what create takes by itself. False past the last. Reads
     * facts alone. NULL where there is nothing to tune. */
    bool (*candidate)(const gv_device *facts, const gv_workload *workload, uint32_t index,
                      gv__parameters *out);
    /** Whether create() with NULL still gives what the provider takes by itself: a library may keep
     * the parameters of an earlier plan until the process ends. Where it answers false, create() is
     * GV_UNSUPPORTED. NULL where plans know nothing of each other. */
    bool (*own_remains)(const gv__context *context, const gv_workload *workload);
    /** Compile and plan; allocate work space. `parameters` is one of the candidates, or NULL for
     * number 0. A set that cannot be, since a file may hold anything, is GV_UNSUPPORTED. */
    gv_status (*create)(gv__context *context, const gv_workload *workload,
                        const gv__parameters *parameters, void **plan, gv__costs *costs,
                        gv_error *err);
    /** NULL where nothing is packed. With the operand that is a weight, or a matmul's right matrix,
     * which stays for several pieces of a larger one: enqueue its packing; until
     * told otherwise its contents do not change, and enqueue() may use what was packed. With NULL:
     * from now on they may differ in every call, so that enqueue() packs inside the call or does
     * without. A new plan begins in that state. */
    gv_status (*pack)(void *plan, cl_mem weights, gv_error *err);
    /** Enqueue the whole operation on the context's queue. `inputs` in the order of gv_operands,
     * whose contents stay as they are. It need not be finished when this returns; every status of
     * every enqueue has been looked at. */
    gv_status (*enqueue)(void *plan, const cl_mem inputs[], cl_mem output, gv_error *err);
    /** Accepts NULL. */
    void (*destroy)(void *plan);
} gv__device_provider;

/** The device providers of an operation: all are tried, the fastest right one serves. */
const gv__device_provider *const *gv__device_providers(gv_op op, size_t *count);

/** Give back what libraries keep from plan to plan: CLBlast's compiled programs, clFFT's tables.
 * Call it once, after the last plan was destroyed and before the context is closed. */
void gv__device_providers_release(void);

/** GV_UNSUPPORTED with the reason where no provider could serve this workload on this device:
 * precision without hardware support, an operand above the largest buffer, all operands together
 * above the device's memory. Reads facts alone. */
gv_status gv__device_fits(const gv_device *facts, const gv_workload *workload, gv_error *err);

#endif
