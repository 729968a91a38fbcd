/* SPDX-License-Identifier: Apache-2.0 */
/* What the providers with kernels of our own share: build, arguments, launch, version. */
#ifndef GPUVERDICT_KERNELS_OWN_KERNEL_H
#define GPUVERDICT_KERNELS_OWN_KERNEL_H

#include "base/support.h"
#include "kernels/provider.h"
#include "opencl/context.h"

/** One kernel with the size of its launch. Start with `{0}`. */
typedef struct gv__kernel {
    gv__context *context; /**< borrowed */
    cl_program program;
    cl_kernel kernel;
    size_t global[3]; /**< work-items */
    size_t local[3];  /**< of a group */
} gv__kernel;

/** One argument: `&value, sizeof value`. */
typedef struct gv__argument {
    const void *value;
    size_t bytes;
} gv__argument;

#define GV__ARGUMENT(value)                                                                        \
    {                                                                                              \
        &(value), sizeof(value)                                                                    \
    }

/** Build `sources` and take the kernel `name`; adds the seconds to costs' build. Sizes are the
 * caller's to fill in. */
gv_status gv__kernel_create(gv__context *context, const gv__embedded *const sources[],
                            size_t source_count, const char *options, const char *name,
                            gv__kernel *out, gv__costs *costs, gv_error *err);

/** Another kernel of the program of `first`, which must outlive it. Sizes as above. */
gv_status gv__kernel_sibling(const gv__kernel *first, const char *name, gv__kernel *out,
                             gv_error *err);

/** Set all arguments and enqueue. */
gv_status gv__kernel_enqueue(const gv__kernel *kernel, const gv__argument *arguments, cl_uint count,
                             gv_error *err);

/** Add " -D SUBGROUP=16" to the build options: the smallest sub-group of those that the device lets
 * a kernel ask for, which leaves each work-item most registers. Nothing where it tells of none. */
void gv__subgroup_option(const gv_device *facts, gv__text *options);

/** Accepts a zeroed one. */
void gv__kernel_release(gv__kernel *kernel);

/** Eight digits that change with any of the sources. `text` has 9 bytes. Returns `text`. */
const char *gv__sources_version(const gv__embedded *const sources[], size_t count, char *text);

#endif
