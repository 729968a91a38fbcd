/* SPDX-License-Identifier: Apache-2.0 */
/* What searches found: for each device and class of shapes, each provider's best tunables.
 *
 *     tuner -> [tuning] <-> file (tuning_file.h)
 *                  |
 *                  +-> runner: a workload's sets, for its worker
 *
 * A class is one workload that was searched, with all that are like it: the same operation,
 * precision, flags, filter and transform, and no size over a factor of two away. The nearest one
 * answers. One thread at a time. */
#ifndef GPUVERDICT_BENCH_TUNING_H
#define GPUVERDICT_BENCH_TUNING_H

#include "bench/tuned_set.h"
#include <gpuverdict/device.h>

/** One workload that was searched. */
typedef struct gv__tuned_class {
    char text[GV_WORKLOAD_TEXT]; /**< canonical */
    gv_workload workload;
    double search_s;  /**< the one-time cost */
    double default_s; /**< the fastest call of any provider as it is; NAN where not known */
    double best_s;    /**< the same with what was found */
    uint32_t set_count;
    gv__tuned_set set[GV__MAX_TUNED]; /**< the fastest provider first */
} gv__tuned_class;

/** Which devices a set of classes is for. A text that is empty matches any. */
typedef struct gv__tuned_for {
    char name[128], platform[128], driver[128], type[16];
    char kernels[65];     /**< SHA-256 of our kernels' sources */
    double compute_units; /**< NAN matches any number, as in the next */
    double vector_width;  /**< of floats */
} gv__tuned_for;

typedef struct gv__tuned_device {
    gv__tuned_for who;
    gv__tuned_class *classes;
    size_t class_count;
} gv__tuned_device;

/** Start with `{0}`. */
typedef struct gv__tuning {
    gv__tuned_device *devices; /**< the oldest first */
    size_t device_count;
} gv__tuning;

/** Everything that names a device, its driver and the kernels which it was tuned with. */
gv__tuned_for gv__tuned_for_device(const gv_device *device, const char *kernels);

/** The classes of exactly this device, driver and kernels; NULL where there are none. */
gv__tuned_device *gv__tuning_device(const gv__tuning *tuning, const gv__tuned_for *who);

/** True where the device was tuned, but with another driver or other kernels alone. */
bool gv__tuning_is_stale(const gv__tuning *tuning, const gv__tuned_for *who);

/** Add a class, in the place of the one of the same workload. GV_MEMORY. */
gv_status gv__tuning_add(gv__tuning *tuning, const gv__tuned_for *who, const gv__tuned_class *add,
                         gv_error *err);

/** Add all of `from`, the newer one. GV_MEMORY: what was added so far stays. */
gv_status gv__tuning_merge(gv__tuning *tuning, const gv__tuning *from, gv_error *err);

/** The nearest class of the first device that `who` fits, or NULL. */
const gv__tuned_class *gv__tuning_find(const gv__tuning *tuning, const gv__tuned_for *who,
                                       const gv_workload *workload);

/** How far two workloads are apart: 0 for equal ones, otherwise a factor's logarithm (base 2), over
 * all sizes; INFINITY where they are not of one class. */
double gv__class_distance(const gv_workload *a, const gv_workload *b);

void gv__tuning_free(gv__tuning *tuning);

#endif
