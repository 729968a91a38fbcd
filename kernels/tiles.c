/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels/tiles.h"

#include <string.h>

/* Work-groups for each compute unit that we want at least, so that all of them end together. */
static const double GROUPS_PER_UNIT = 4.0;

static uint64_t divide_up(uint64_t a, uint64_t b)
{
    return a / b + (a % b != 0);
}

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

uint32_t gv__tiles_block_rows(const gv__tiles *tiles)
{
    return tiles->tile_rows * tiles->tiles_down * tiles->group_down;
}

uint32_t gv__tiles_block_columns(const gv__tiles *tiles)
{
    return tiles->width * tiles->tile_vectors * tiles->tiles_across * tiles->group_across;
}

static double group_count(const gv__tiles *tiles, const gv__tiles_problem *problem)
{
    return (double)divide_up(problem->rows, gv__tiles_block_rows(tiles)) *
           (double)divide_up(problem->columns, gv__tiles_block_columns(tiles)) *
           (double)problem->products;
}

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
        .left_staged = problem->left_transposed,
    };
    const double units = gv_device_number(facts, GV_DEVICE_COMPUTE_UNITS);
    const double wanted = GROUPS_PER_UNIT * (units >= 1.0 ? units : 1.0);
    while (group_count(&tiles, problem) < wanted &&
           (tiles.tiles_down > 4 || tiles.tiles_across > 1)) {
        if (tiles.tiles_across > 1 &&
            (tiles.tiles_down <= 4 ||
             divide_up(problem->rows, tiles.tile_rows) <= tiles.tiles_down / 2)) {
            tiles.tiles_across /= 2;
        } else {
            tiles.tiles_down /= 2;
        }
    }
    return tiles;
}

/* 8 x 16 work-items of 8 x 8 numbers (8 x 4 doubles, which take two registers each), or 16 x 16 of
 * 4 x 4 where that leaves units without work. */
static gv__tiles gpu_tiles(const gv_device *facts, const gv__tiles_problem *problem)
{
    gv__tiles tiles = {
        .width = gv__vector_width(facts, problem->precision),
        .tile_rows = 8,
        .tile_vectors = problem->precision == GV_PRECISION_F64 ? 1 : 2,
        .tiles_down = 1,
        .tiles_across = 1,
        .group_down = 8,
        .group_across = 16,
        .depth = 16,
        .left_staged = true,
    };
    const double units = gv_device_number(facts, GV_DEVICE_COMPUTE_UNITS);
    const bool wide = problem->precision == GV_PRECISION_F64; /* 8 rows would spill */
    if (wide || group_count(&tiles, problem) < GROUPS_PER_UNIT * units) {
        tiles.tile_rows = 4;
        tiles.tile_vectors = 1;
        tiles.group_down = 16;
    }
    return tiles;
}

/* Local memory that gemm.cl and conv2d.cl declare; conv2d.cl's tables are the last two parts. */
static double local_bytes(const gv__tiles *tiles, gv_precision precision)
{
    const double number = (double)gv_precision_bytes(precision);
    const double staged = (double)gv__tiles_block_columns(tiles) +
                          (tiles->left_staged ? (double)(gv__tiles_block_rows(tiles) + 4) : 0.0);
    return (double)tiles->depth * (staged * number + 16.0) +
           (double)gv__tiles_block_columns(tiles) * 12.0;
}

bool gv__tiles_fit(const gv_device *facts, const gv__tiles *tiles, gv_precision precision)
{
    const double items = gv_device_number(facts, GV_DEVICE_MAX_WORK_GROUP);
    const double bytes = gv_device_number(facts, GV_DEVICE_LOCAL_MEM);
    return !((double)tiles->group_down * tiles->group_across > items) &&
           !(local_bytes(tiles, precision) > bytes);
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
    kernel->global[0] =
        divide_up(problem->columns, gv__tiles_block_columns(tiles)) * tiles->group_across;
    kernel->global[1] = divide_up(problem->rows, gv__tiles_block_rows(tiles)) * tiles->group_down;
    kernel->global[2] = problem->products;
}
