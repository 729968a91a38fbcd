/* SPDX-License-Identifier: Apache-2.0 */
/* How a device cuts up a multiplication: the tunables of common.cl and tile.cl. */
#ifndef GPUVERDICT_KERNELS_TILES_H
#define GPUVERDICT_KERNELS_TILES_H

#include "base/support.h"
#include "kernels/own_kernel.h"

/** Each field is the tunable of that name in tile.cl, common.cl, or split_k.cl. */
typedef struct gv__tiles {
    uint32_t width;
    uint32_t tile_rows, tile_vectors;
    uint32_t tiles_down, tiles_across;
    uint32_t group_down, group_across;
    uint32_t depth;
    uint32_t split_k;
    bool left_staged;
    bool ahead; /**< of gemm.cl */
} gv__tiles;

/** True where a work-group is a loop on one core: a CPU, or local memory that is ordinary memory.
 */
bool gv__device_is_cpu_like(const gv_device *facts);

/** Numbers in a vector: the device's own width, from 2 to 16; 4 where it is no CPU. */
uint32_t gv__vector_width(const gv_device *facts, gv_precision precision);

/** Bytes of a number that a kernel computes with, REAL in the sources: halves are floats there. */
size_t gv__real_bytes(gv_precision precision);

/** Compute units; 1 where the driver does not tell. */
double gv__compute_units(const gv_device *facts);

/** Whether the registers of a GPU's work-item hold about 64 numbers, and not 200 and more. Told by
 * the sub-groups that a compiler may choose among: where they are of 16 or less, registers belong
 * to a thread of so many work-items. */
bool gv__registers_are_few(const gv_device *facts);

/** `products` matrices of rows x columns. */
typedef struct gv__tiles_problem {
    gv_precision precision;
    uint64_t rows, columns, products;
    uint64_t terms; /**< the inner dimension, where it may be split; 0 where it stays whole */
} gv__tiles_problem;

/** Sizes for a problem, within the device's local memory. Reads facts alone. */
gv__tiles gv__tiles_choose(const gv_device *facts, const gv__tiles_problem *problem);

/** What a GPU with these facts may need for the problem, in cycles of one compute unit of a card of
 * today: a model for comparing sizes with each other, by which gv__tiles_choose chooses. */
double gv__tiles_gpu_cycles(const gv_device *facts, const gv__tiles *tiles,
                            const gv__tiles_problem *problem);

/** Whether a work-group of these sizes is no larger than the device allows, and its local memory,
 * no part of the terms is empty, and the kernel can be built. */
bool gv__tiles_fit(const gv_device *facts, const gv__tiles *tiles,
                   const gv__tiles_problem *problem);

/** Add "-D REAL=float -D WIDTH=8 …" to the build options; all but SPLIT_K and AHEAD. */
void gv__tiles_options(const gv__tiles *tiles, gv_precision precision, gv__text *options);

/** Set the launch of a kernel that was built with these tiles. */
void gv__tiles_launch(const gv__tiles *tiles, const gv__tiles_problem *problem, gv__kernel *kernel);

#endif
