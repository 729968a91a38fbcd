/* SPDX-License-Identifier: Apache-2.0 */
/* Who can compute an operation: one row a library or a kernel of our own, for devices and the host.
 *
 *     workload + operands -> [provider: supports, create, run] -> output -> check
 *
 * Every row of an operation is tried, and the fastest whose result is right serves. A provider says
 * what it supports before anything is allocated; it never prints, and never lets a library's status
 * pass that is not a success. Times here are the one-time costs alone; timing policy lives in
 * bench/. */
#ifndef GPUVERDICT_KERNELS_PROVIDER_H
#define GPUVERDICT_KERNELS_PROVIDER_H

#include <gpuverdict/measurement.h>
#include <gpuverdict/workload.h>

/** One-time costs in seconds, NAN where there is none; create adds what it spent. */
typedef struct gv__costs {
    double s[GV_COST_COUNT];
} gv__costs;

/** Everything NAN. */
gv__costs gv__costs_none(void);
/** Add `seconds` to a cost that may be NAN. */
void gv__costs_add(gv__costs *costs, gv_cost cost, double seconds);

/** The host's libraries. Inputs are arrays in the order of gv_operands. */
typedef struct gv__host_provider {
    const char *name; /**< "oneDNN any": library, then variant where there are several */
    gv_op op;
    /** "2.6.3"; static text. */
    const char *(*version)(void);
    /** GV_OK, or GV_UNSUPPORTED with the reason in err->text. */
    gv_status (*supports)(const gv_workload *workload, gv_error *err);
    /** Plan, and pack the weights. `inputs` hold their final values; `output` may be written. Both
     * must live, at these addresses, as long as the plan. */
    gv_status (*create)(const gv_workload *workload, const void *const inputs[], void *output,
                        uint32_t threads, void **plan, gv__costs *costs, gv_error *err);
    /** Compute the whole output from the inputs, which stay as they are. */
    gv_status (*run)(void *plan, gv_error *err);
    /** Accepts NULL. */
    void (*destroy)(void *plan);
} gv__host_provider;

/** The host's providers of an operation, `count` of them; 0 where none was built in. */
const gv__host_provider *const *gv__host_providers(gv_op op, size_t *count);

#endif
