/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels/tiles.h"

#include <math.h>
#include <string.h>

bool gv__device_is_cpu_like(const gv_device *facts)
{
    return strcmp(gv_device_text(facts, GV_DEVICE_TYPE), "CPU") == 0 ||
           strcmp(gv_device_text(facts, GV_DEVICE_LOCAL_MEM_TYPE), "dedicated") != 0;
}

uint32_t gv__vector_width(const gv_device *facts, gv_precision precision)
{
    if (!gv__device_is_cpu_like(facts)) {
        return 4;
    }
    const double native = gv_device_number(facts, GV_DEVICE_VECTOR_WIDTH);
    const uint32_t floats = native >= 16.0 ? 16 : native >= 8.0 ? 8 : 4;
    return precision == GV_PRECISION_F64 ? floats / 2 : floats;
}

static uint32_t block_rows(const gv__tiles *tiles)
{
    return tiles->tile_rows * tiles->tiles_down * tiles->group_down;
}

static uint32_t block_columns(const gv__tiles *tiles)
{
    return tiles->width * tiles->tile_vectors * tiles->tiles_across * tiles->group_across;
}

static double group_count(const gv__tiles *tiles, const gv__tiles_problem *problem)
{
    return (double)gv__divide_up(problem->rows, block_rows(tiles)) *
           (double)gv__divide_up(problem->columns, block_columns(tiles)) *
           (double)problem->products * tiles->split_k;
}

size_t gv__real_bytes(gv_precision precision)
{
    return precision == GV_PRECISION_F64 ? sizeof(double) : sizeof(float);
}

double gv__compute_units(const gv_device *facts)
{
    const double units = gv_device_number(facts, GV_DEVICE_COMPUTE_UNITS);
    return units >= 1.0 ? units : 1.0;
}

/* Local memory that gemm.cl and conv2d.cl declare; conv2d.cl's tables are the last two parts. */
static double local_bytes(const gv__tiles *tiles, gv_precision precision)
{
    const double number = (double)gv_precision_bytes(precision);
    const double staged =
        (double)block_columns(tiles) + (tiles->left_staged ? (double)(block_rows(tiles) + 4) : 0.0);
    return (double)tiles->depth * (staged * number + 16.0) + (double)block_columns(tiles) * 12.0;
}

/* ---- CPUs ---- */

/* Work-groups for each compute unit that we want at least, so that all of them end together. */
static const double GROUPS_PER_UNIT = 4.0;

/* One work-item a group. Large blocks save staging, but every unit needs a share: halve the longer
 * side while there are too few blocks. */
static gv__tiles cpu_tiles(const gv_device *facts, const gv__tiles_problem *problem)
{
    gv__tiles tiles = {
        .width = gv__vector_width(facts, problem->precision),
        .tile_rows = 6,
        .tile_vectors = 2,
        .tiles_down = 16,
        .tiles_across = 4,
        .group_down = 1,
        .group_across = 1,
        .depth = problem->precision == GV_PRECISION_F64 ? 64 : 128,
        .split_k = 1,
    };
    const double wanted = GROUPS_PER_UNIT * gv__compute_units(facts);
    while (group_count(&tiles, problem) < wanted &&
           (tiles.tiles_down > 4 || tiles.tiles_across > 1)) {
        if (tiles.tiles_across > 1 &&
            (tiles.tiles_down <= 4 ||
             gv__divide_up(problem->rows, tiles.tile_rows) <= tiles.tiles_down / 2)) {
            tiles.tiles_across /= 2;
        } else {
            tiles.tiles_down /= 2;
        }
    }
    return tiles;
}

/* ---- GPUs ---- */

/* A compute unit of today: multiply-adds of f32 in a cycle, what a load from local memory costs in
 * those of a work-item, how long a step waits for memory and barriers where nothing else is left to
 * run, what another launch costs, and the bytes that a unit's share of the memory moves in a cycle.
 */
static const double MULTIPLY_ADDS = 128.0;
static const double LOCAL_LOAD = 8.0;
static const double WAIT_CYCLES = 900.0;
static const double LAUNCH_CYCLES = 6000.0;
static const double SPLIT_WORTH = 1.1;
static const double CACHE_BYTES = 20.0;
static const double MEMORY_BYTES = 12.0;

double gv__tiles_gpu_cycles(const gv_device *facts, const gv__tiles *tiles,
                            const gv__tiles_problem *problem)
{
    const double bytes = (double)gv_precision_bytes(problem->precision);
    const double units = gv__compute_units(facts);
    const double products = (double)tiles->tile_rows * tiles->tile_vectors * tiles->width;
    const double loads = tiles->tile_rows / 4.0 + tiles->tile_vectors;
    const double block = (double)block_rows(tiles) * block_columns(tiles);
    const double computing = block * tiles->depth / MULTIPLY_ADDS * bytes / sizeof(float) *
                             (products + LOCAL_LOAD * loads) / products;
    const double staging =
        (double)(block_rows(tiles) + block_columns(tiles)) * tiles->depth * bytes / CACHE_BYTES;
    const double step_cycles = fmax(computing, staging);
    const double steps = ceil((double)gv__divide_up(problem->terms, tiles->split_k) / tiles->depth);
    const double groups = ceil(group_count(tiles, problem) / units); /* of the busiest unit */
    const double cycles = fmax(steps, 1.0) * fmax(groups * step_cycles, step_cycles + WAIT_CYCLES);
    if (tiles->split_k == 1) {
        return cycles;
    }
    const double sums = (double)problem->rows * (double)problem->columns *
                        (double)problem->products * tiles->split_k;
    return cycles + LAUNCH_CYCLES + 2.0 * sums * bytes / (units * MEMORY_BYTES);
}

bool gv__registers_are_few(const gv_device *facts)
{
    return gv_device_number(facts, GV_DEVICE_SUBGROUP) <= 16.0;
}

/* Vectors of sums that the registers of a work-item hold besides all else: 64 numbers of f32, and
 * 16 of f64, since 32 would spill; half of either where there are few. */
static uint32_t most_sums(const gv_device *facts, gv_precision precision)
{
    const uint32_t most = precision == GV_PRECISION_F64 ? 4 : 16;
    return gv__registers_are_few(facts) ? most / 2 : most;
}

/* The best of a few sizes and numbers of parts, by the model. What more parts gain has to be worth
 * another launch and more traffic than the model knows of. */
static gv__tiles gpu_tiles(const gv_device *facts, const gv__tiles_problem *problem)
{
    static const struct {
        uint32_t tile_rows, tile_vectors, group_down, group_across;
    } sizes[] = {{8, 2, 8, 16}, {4, 1, 16, 16}, {8, 1, 8, 16},  {8, 1, 4, 32}, {4, 1, 8, 16},
                 {4, 1, 4, 32}, {4, 1, 8, 8},   {2, 1, 16, 16}, {2, 1, 8, 16}};
    static const uint32_t parts[] = {1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64};
    const uint32_t most = most_sums(facts, problem->precision);
    gv__tiles best = {.width = 0};
    double best_cycles = INFINITY;
    for (size_t i = 0; i < GV__COUNT(sizes); i++) {
        for (size_t p = 0; p < GV__COUNT(parts); p++) {
            const gv__tiles tiles = {
                .width = gv__vector_width(facts, problem->precision),
                .tile_rows = sizes[i].tile_rows,
                .tile_vectors = sizes[i].tile_vectors,
                .tiles_down = 1,
                .tiles_across = 1,
                .group_down = sizes[i].group_down,
                .group_across = sizes[i].group_across,
                .depth = 16,
                .split_k = parts[p],
                .left_staged = true,
                .ahead = !gv__registers_are_few(facts),
            };
            const double cycles =
                gv__tiles_gpu_cycles(facts, &tiles, problem) * (parts[p] > 1 ? SPLIT_WORTH : 1.0);
            if (tiles.tile_rows * tiles.tile_vectors <= most &&
                gv__tiles_fit(facts, &tiles, problem) && cycles < best_cycles) {
                best = tiles;
                best_cycles = cycles;
            } else if (best.width == 0) {
                best = tiles; /* where nothing fits, whichever the driver then refuses */
            }
        }
    }
    return best;
}

/* ---- both ---- */

bool gv__tiles_fit(const gv_device *facts, const gv__tiles *tiles, const gv__tiles_problem *problem)
{
    const double items = gv_device_number(facts, GV_DEVICE_MAX_WORK_GROUP);
    const double bytes = gv_device_number(facts, GV_DEVICE_LOCAL_MEM);
    /* As SPLIT_K_TERMS in split_k.cl. */
    const uint64_t part =
        gv__divide_up(gv__divide_up(problem->terms, tiles->split_k), tiles->depth);
    return !((double)tiles->group_down * tiles->group_across > items) &&
           !(local_bytes(tiles, problem->precision) > bytes) &&
           (!tiles->left_staged || tiles->tile_rows % 2 == 0) &&
           (tiles->split_k == 1 || (tiles->split_k - 1) * part * tiles->depth < problem->terms);
}

gv__tiles gv__tiles_choose(const gv_device *facts, const gv__tiles_problem *problem)
{
    gv__tiles tiles =
        gv__device_is_cpu_like(facts) ? cpu_tiles(facts, problem) : gpu_tiles(facts, problem);
    while (tiles.depth > 8 &&
           local_bytes(&tiles, problem->precision) > gv_device_number(facts, GV_DEVICE_LOCAL_MEM)) {
        tiles.depth /= 2;
    }
    return tiles;
}

void gv__tiles_options(const gv__tiles *tiles, gv_precision precision, gv__text *options)
{
    gv__text_printf(options,
                    "-D REAL=%s -D WIDTH=%u -D TILE_ROWS=%u -D TILE_VECTORS=%u -D TILES_DOWN=%u "
                    "-D TILES_ACROSS=%u -D GROUP_DOWN=%u -D GROUP_ACROSS=%u -D DEPTH=%u "
                    "-D LEFT_STAGED=%d",
                    precision == GV_PRECISION_F64 ? "double" : "float", tiles->width,
                    tiles->tile_rows, tiles->tile_vectors, tiles->tiles_down, tiles->tiles_across,
                    tiles->group_down, tiles->group_across, tiles->depth, tiles->left_staged);
}

void gv__tiles_launch(const gv__tiles *tiles, const gv__tiles_problem *problem, gv__kernel *kernel)
{
    kernel->local[0] = tiles->group_across;
    kernel->local[1] = tiles->group_down;
    kernel->local[2] = 1;
    kernel->global[0] = gv__divide_up(problem->columns, block_columns(tiles)) * tiles->group_across;
    kernel->global[1] = gv__divide_up(problem->rows, block_rows(tiles)) * tiles->group_down;
    kernel->global[2] = problem->products * tiles->split_k;
}
