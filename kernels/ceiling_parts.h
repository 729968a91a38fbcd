/* SPDX-License-Identifier: Apache-2.0 */
/* What the files that make up the ceilings share; see ceilings.h. */
#ifndef GPUVERDICT_KERNELS_CEILING_PARTS_H
#define GPUVERDICT_KERNELS_CEILING_PARTS_H

#include "base/support.h"
#include "kernels/ceilings.h"

enum { GV__CEILING_BUFFERS = 3 };

/** The programs: one of each precision, and one of everything else. */
enum { GV__CEILING_OTHERS = GV_PRECISION_COUNT, GV__CEILING_PROGRAMS };

struct gv__ceilings {
    gv__context *context;                     /**< borrowed */
    bool cpu;                                 /**< the family of kernels */
    cl_program program[GV__CEILING_PROGRAMS]; /**< NULL: not asked for yet */
};

/** How one kind works. */
typedef struct gv__ceiling_way {
    gv_status (*prepare)(gv__ceiling *c, gv_error *err);
    gv_status (*poison)(gv__ceiling *c, gv_error *err);
    gv_status (*call)(gv__ceiling *c, gv_error *err);
    gv_status (*verify)(gv__ceiling *c, gv_error *err);
    const char *check; /**< "sum" */
} gv__ceiling_way;

struct gv__ceiling {
    gv__ceilings *of;
    gv__ceiling_ask ask;
    const gv__ceiling_way *way;
    const char *variant;
    double bytes;           /**< of each array, or NAN */
    double work_per_launch; /**< or per copy */

    cl_kernel kernel;
    size_t items, local; /**< work-items, and of a group; local 0: the driver's choice */
    cl_uint steps;       /**< of a work-item */
    uint32_t launches;   /**< in one call */
    uint64_t launched;   /**< since poison() */
    double poll_s;       /**< how calls are waited for: context->poll_s */
    cl_mem buffer[GV__CEILING_BUFFERS];
    size_t buffer_bytes[GV__CEILING_BUFFERS];
    uint32_t sum; /**< right result of what is summed */

    gv__pinned pinned; /**< transfers */
    unsigned char *host;
};

extern const gv__ceiling_way gv__ceiling_memory, gv__ceiling_cache, gv__ceiling_local,
    gv__ceiling_chains, gv__ceiling_atomics, gv__ceiling_launch, gv__ceiling_latency,
    gv__ceiling_transfer;

/** Take a kernel of a program, compiling that first where it was not yet. */
gv_status gv__ceiling_take(gv__ceilings *of, int program, const char *name, cl_kernel *out,
                           gv_error *err);

/** A buffer at `index`, in the place of any before it. */
gv_status gv__ceiling_reserve(gv__ceiling *c, int index, size_t bytes, gv_error *err);

/** Set an argument of c->kernel. */
gv_status gv__ceiling_set(gv__ceiling *c, cl_uint index, const void *value, size_t bytes,
                          gv_error *err);

/** Enqueue a kernel; nothing is waited for. */
gv_status gv__ceiling_enqueue(gv__ceiling *c, cl_kernel kernel, size_t items, size_t local,
                              gv_error *err);

/** The call of whatever is one kernel: c->launches of them, and finish. */
gv_status gv__ceiling_launch_all(gv__ceiling *c, gv_error *err);

/** Fill a buffer with four bytes, or with ones, which are a NaN, and wait for it. */
gv_status gv__ceiling_fill(gv__ceiling *c, int index, uint32_t pattern, gv_error *err);

/** data[i] = i * factor modulo 2^32 in a buffer, and their sum into c->sum. */
gv_status gv__ceiling_number(gv__ceiling *c, int index, uint32_t factor, gv_error *err);
uint32_t gv__ceiling_sum_of_numbers(size_t bytes, uint32_t factor);

/** Sum a buffer of uint, or of floats that hold whole numbers, on the device. */
gv_status gv__ceiling_sum(gv__ceiling *c, int index, bool floats, uint32_t *sum, gv_error *err);

/** Sum `count` uint that a kernel left at the beginning of a buffer. */
gv_status gv__ceiling_sum_results(gv__ceiling *c, int index, size_t count, uint32_t *sum,
                                  gv_error *err);

/** GV_WRONG_RESULT where they differ. */
gv_status gv__ceiling_compare(const gv__ceiling *c, uint32_t got, uint32_t right, gv_error *err);

/** Bytes that exceed the caches and fit `arrays` times into memory: a power of two. */
size_t gv__ceiling_past_caches(const gv__ceilings *of, unsigned arrays);

/** The compute units, at least 1. */
double gv__ceiling_units(const gv__ceilings *of);

#endif
