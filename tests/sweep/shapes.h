/* SPDX-License-Identifier: Apache-2.0 */
/* Which workloads a sweep tries: walks through all sizes, and what chance draws.
 *
 *     operation, reach, seed -> [workload, how it was come by]… -> sink
 *
 * The same seed always gives the same workloads. */
#ifndef GPUVERDICT_TESTS_SWEEP_SHAPES_H
#define GPUVERDICT_TESTS_SWEEP_SHAPES_H

#include <gpuverdict/workload.h>

/** Which convolutions, mostly: every eighth is any. */
typedef enum sweep_convolutions {
    SWEEP_ANY,
    SWEEP_WINOGRAD, /**< what Winograd's algorithm serves */
    SWEEP_DEPTHWISE /**< a group for each channel */
} sweep_convolutions;

/** How far a sweep goes. */
typedef struct sweep_reach {
    uint32_t largest; /**< walks go through the sizes from 1 to this, */
    uint32_t every;   /**< in steps of this */
    uint32_t halves;  /**< in f16 too, all dimensions at once, in steps of this; 0: not */
    uint32_t drawn;   /**< so many workloads are drawn at random */
    bool alone;       /**< each dimension is also walked by itself */
    sweep_convolutions convolutions;
} sweep_reach;

typedef enum sweep_way {
    SWEEP_TOGETHER, /**< in f32 or f16, all dimensions at once, each through all sizes in its own
                       order */
    SWEEP_ALONE,    /**< in f32, one dimension through all sizes, the others of an awkward size */
    SWEEP_DRAWN     /**< sizes, flags, precision, activation: all by chance */
} sweep_way;

/** Gets each workload in turn. Return false to end the sweep. */
typedef bool sweep_sink(void *context, const gv_workload *workload, sweep_way way);

/** False where the sink ended it. */
bool sweep_shapes(gv_op op, const sweep_reach *reach, uint64_t seed, sweep_sink *sink,
                  void *context);

#endif
