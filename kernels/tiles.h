/* SPDX-License-Identifier: Apache-2.0 */
/* How a device cuts up a multiplication: the tunables of common.cl and tile.cl. */
#ifndef GPUVERDICT_KERNELS_TILES_H
#define GPUVERDICT_KERNELS_TILES_H

#include "base/support.h"
#include "kernels/own_kernel.h"

/** Each field is the tunable of that name in tile.cl or common.cl. */
typedef struct gv__tiles {
    uint32_t width;
    uint32_t tile_rows, tile_vectors;
    uint32_t tiles_down, tiles_across;
    uint32_t group_down, group_across;
    uint32_t depth;
    bool left_staged;
} gv__tiles;

/** True where a work-group is a loop on one core: a CPU, or local memory that is ordinary memory.
 */
bool gv__device_is_cpu_like(const gv_device *facts);

/** Numbers in a vector: the device's own width, from 2 to 16; 4 where it is no CPU. */
uint32_t gv__vector_width(const gv_device *facts, gv_precision precision);

/** What is multiplied: `products` products of rows x columns. */
typedef struct gv__tiles_problem {
    gv_precision precision;
    uint64_t rows, columns, products;
    bool left_transposed; /**< its rows lie far apart: staging makes them neighbours */
} gv__tiles_problem;

/** Sizes for a problem, within the device's local memory. Reads facts alone. */
gv__tiles gv__tiles_choose(const gv_device *facts, const gv__tiles_problem *problem);

/** Whether a work-group of these sizes is no larger than the device allows, and its local memory.
 */
bool gv__tiles_fit(const gv_device *facts, const gv__tiles *tiles, gv_precision precision);

/** Rows and columns of a work-group's block. */
uint32_t gv__tiles_block_rows(const gv__tiles *tiles);
uint32_t gv__tiles_block_columns(const gv__tiles *tiles);

/** Add "-D REAL=float -D WIDTH=8 …" to the build options. */
void gv__tiles_options(const gv__tiles *tiles, gv_precision precision, gv__text *options);

/** Set the launch of a kernel that was built with these tiles. */
void gv__tiles_launch(const gv__tiles *tiles, const gv__tiles_problem *problem, gv__kernel *kernel);

#endif
