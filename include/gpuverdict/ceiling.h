/* SPDX-License-Identifier: Apache-2.0 */
/* What a device can do at most, measured: the roofs that everything else is held against.
 *
 *     device -> [ceilings] -> journal -> roofs in reports, calibration of the estimator
 *
 * SI units, as double; a number that does not exist is NAN. */
#ifndef GPUVERDICT_CEILING_H
#define GPUVERDICT_CEILING_H

#include <gpuverdict/measurement.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Code, key in files, label for people, unit of the numbers, what it is. */
#define GV_CEILING_MAP(X)                                                                          \
    X(MEMORY_READ, "memory_read", "Memory: read", BYTES_PER_S,                                     \
      "a sum over memory past the caches")                                                         \
    X(MEMORY_COPY, "memory_copy", "Memory: copy", BYTES_PER_S,                                     \
      "b = a past the caches; bytes read and bytes written count")                                 \
    X(MEMORY_TRIAD, "memory_triad", "Memory: triad", BYTES_PER_S,                                  \
      "c = a + 3 b past the caches; bytes read and bytes written count")                           \
    X(CACHE_READ, "cache_read", "Cache: read", BYTES_PER_S,                                        \
      "a sum, again and again, over what a cache shared by work-groups holds")                     \
    X(LOCAL_READ, "local_read", "Local memory: read", BYTES_PER_S, "all work-groups together")     \
    X(MULTIPLY_ADD, "multiply_add", "Multiply-adds", FLOP_PER_S,                                   \
      "independent chains in registers; a multiply-add counts two")                                \
    X(ATOMIC_ONE, "atomic_one", "Atomics: one counter", OPS_PER_S,                                 \
      "all work-items add to one number in global memory")                                         \
    X(ATOMIC_SPREAD, "atomic_spread", "Atomics: many counters", OPS_PER_S,                         \
      "neighbouring work-items add to neighbouring numbers in global memory")                      \
    X(ATOMIC_LOCAL, "atomic_local", "Atomics: local memory", OPS_PER_S,                            \
      "the work-items of each group add to one number in local memory")                            \
    X(LAUNCH, "launch", "Kernel launch", SECONDS, "one work-item: enqueue to finish")              \
    X(H2D_LATENCY, "h2d_latency", "To the device: latency", SECONDS,                               \
      "a blocking write of 4 bytes")                                                               \
    X(D2H_LATENCY, "d2h_latency", "From the device: latency", SECONDS,                             \
      "a blocking read of 4 bytes")                                                                \
    X(H2D_PAGEABLE, "h2d_pageable", "To the device: pageable", BYTES_PER_S,                        \
      "blocking writes from ordinary memory")                                                      \
    X(H2D_PINNED, "h2d_pinned", "To the device: pinned", BYTES_PER_S,                              \
      "blocking writes from memory that the driver allocated")                                     \
    X(H2D_MAPPED, "h2d_mapped", "To the device: mapped", BYTES_PER_S, "map, copy into it, unmap")  \
    X(D2H_PAGEABLE, "d2h_pageable", "From the device: pageable", BYTES_PER_S,                      \
      "blocking reads into ordinary memory")                                                       \
    X(D2H_PINNED, "d2h_pinned", "From the device: pinned", BYTES_PER_S,                            \
      "blocking reads into memory that the driver allocated")                                      \
    X(D2H_MAPPED, "d2h_mapped", "From the device: mapped", BYTES_PER_S,                            \
      "map, copy out of it, unmap")

typedef enum gv_ceiling_kind {
#define GV_CEILING_ENUM(code, key, label, unit, meaning) GV_CEILING_##code,
    GV_CEILING_MAP(GV_CEILING_ENUM)
#undef GV_CEILING_ENUM
        GV_CEILING_KIND_COUNT
} gv_ceiling_kind;

typedef enum gv_ceiling_unit {
    GV_UNIT_BYTES_PER_S,
    GV_UNIT_FLOP_PER_S,
    GV_UNIT_OPS_PER_S,
    GV_UNIT_SECONDS
} gv_ceiling_unit;

enum { GV_CEILING_TEXT = 64 };

/** One ceiling of one device. Strings as in gv_measurement. */
typedef struct gv_ceiling {
    const char *run, *device;
    uint32_t process;
    gv_ceiling_kind kind;
    gv_precision precision;   /**< of MULTIPLY_ADD */
    uint32_t width;           /**< of MULTIPLY_ADD: numbers in a vector; 0 for the others */
    double median, low, high; /**< in the kind's unit, with the 95 % interval of the median; low and
                                   high NAN where there are too few samples */
    double best;              /**< the highest rate or the shortest time of any sample */
    uint32_t samples, outliers;
    double bytes;        /**< of each array that was read or written; NAN where there is none */
    const char *variant; /**< "chunks", "8 chains": what was run; "" where there is one way */
    const char *check;   /**< how the results were checked */
    double power_w;      /**< mean meanwhile, of the device or its package; NAN where unknown */
    const char *power_source; /**< "NVML", "hwmon", "RAPL"; "" where unknown */
} gv_ceiling;

/** "memory_read"; "Memory: read"; what it is. Static text. */
GV_API const char *gv_ceiling_key(gv_ceiling_kind kind);
GV_API const char *gv_ceiling_label(gv_ceiling_kind kind);
GV_API const char *gv_ceiling_meaning(gv_ceiling_kind kind);
GV_API gv_ceiling_unit gv_ceiling_unit_of(gv_ceiling_kind kind);
/** "B/s", "flop/s", "op/s", "s". Static text. */
GV_API const char *gv_ceiling_unit_text(gv_ceiling_unit unit);

#ifdef __cplusplus
}
#endif
#endif
