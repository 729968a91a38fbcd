/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels/direct_sizes.h"
#include "kernels/tiles.h"

#include <stdlib.h>

/* Work-groups for each compute unit that we want at least, so that all of them end together. */
static const double GROUPS_PER_UNIT = 8.0;
/* What a group reads again and again should stay in a core's own cache: a quarter of 1 MiB, which
 * leaves room for the filters. */
static const double BLOCK_BYTES = 0x1p18;

gv__direct_layout gv__direct_layout_of(const gv_conv2d *conv, bool staged)
{
    gv__direct_layout layout = {.pitch = conv->w, .phase_rows = conv->h};
    gv_conv2d_output(conv, &layout.p, &layout.q);
    uint64_t shared = 0; /* zeros of the next row that serve behind a row too */
    uint64_t phases = 1;
    if (staged) {
        const uint64_t reach_h = (conv->r - 1) * conv->dilation_h;
        const uint64_t reach_w = (conv->s - 1) * conv->dilation_w;
        if (conv->stride_w == 1) {
            shared = conv->pad_w < reach_w ? conv->pad_w : reach_w;
        }
        layout.phase_rows = layout.p + reach_h / conv->stride_h;
        layout.pitch = layout.q + reach_w / conv->stride_w - shared;
        phases = conv->stride_h * conv->stride_w;
    }
    layout.phase_plane = layout.phase_rows * layout.pitch + shared;
    layout.plane = layout.phase_plane * phases;
    layout.columns = (layout.p - 1) * layout.pitch + layout.q;
    return layout;
}

uint64_t gv__direct_tile_columns(const gv__direct_sizes *sizes)
{
    return (uint64_t)sizes->tile_vectors * sizes->group_across * sizes->width;
}

uint64_t gv__direct_slack(const gv__direct_sizes *sizes)
{
    return sizes->staged ? gv__direct_tile_columns(sizes) : 0;
}

uint64_t gv__direct_filter_tiles(const gv__direct_sizes *sizes, const gv_conv2d *conv)
{
    return gv__divide_up(conv->k / conv->groups, sizes->tile_filters);
}

uint64_t gv__direct_column_tiles(const gv__direct_sizes *sizes, const gv__direct_layout *layout)
{
    return gv__divide_up(layout->columns, gv__direct_tile_columns(sizes));
}

static bool needs_staging(const gv_workload *workload, const gv__direct_sizes *sizes)
{
    const gv_conv2d *conv = &workload->as.conv2d;
    const gv__direct_layout plain = gv__direct_layout_of(conv, false);
    return conv->pad_h != 0 || conv->pad_w != 0 || conv->stride_h != 1 || conv->stride_w != 1 ||
           workload->precision == GV_PRECISION_F16 ||
           plain.columns < gv__direct_tile_columns(sizes);
}

/* Cut the tiles up into groups: as wide as the cache allows, since a tile of filters then serves
 * many pixels, with a share for each compute unit. */
static void choose_block(const gv_device *facts, const gv_workload *workload,
                         gv__direct_sizes *sizes)
{
    const gv_conv2d *conv = &workload->as.conv2d;
    sizes->tiles_down = 1;
    sizes->tiles_across = 1;
    if (!gv__device_is_cpu_like(facts)) {
        return;
    }
    const gv__direct_layout layout = gv__direct_layout_of(conv, sizes->staged);
    const double wanted = GROUPS_PER_UNIT * gv__compute_units(facts);
    const uint64_t channels = conv->c / conv->groups;
    const double column_bytes = (double)channels * (double)gv__direct_tile_columns(sizes) *
                                (double)gv__real_bytes(workload->precision);
    uint64_t down = gv__direct_filter_tiles(sizes, conv);
    uint64_t across = gv__direct_column_tiles(sizes, &layout);
    const uint64_t filter_tiles = down;
    const uint64_t column_tiles = across;
    while (across > 1 && (double)across * column_bytes > BLOCK_BYTES) {
        across = gv__divide_up(across, 2);
    }
    const double products = (double)conv->n * (double)conv->groups;
    while (products * (double)gv__divide_up(filter_tiles, down) *
                   (double)gv__divide_up(column_tiles, across) <
               wanted &&
           (down > 1 || across > 1)) {
        if (across > 8 || down == 1) {
            across = gv__divide_up(across, 2);
        } else {
            down = gv__divide_up(down, 2);
        }
    }
    sizes->tiles_down = (uint32_t)(down < 0x7fffffff ? down : 0x7fffffff);
    sizes->tiles_across = (uint32_t)(across < 0x7fffffff ? across : 0x7fffffff);
}

/* Register tiles, filters x vectors. The accumulators, one vector of pixels each and one filter
 * must fit into 16 registers (AVX2, NEON) or 32 (AVX-512). */
typedef struct tile_shape {
    uint8_t filters, vectors;
} tile_shape;

static const tile_shape small_tiles[] = {{6, 2}, {4, 3}, {3, 4}, {2, 6}, {1, 8}, {4, 2}, {1, 4}};
static const tile_shape large_tiles[] = {{8, 3}, {12, 2}, {6, 4}, {4, 6}, {14, 2}, {4, 4}, {3, 7},
                                         {7, 3}, {5, 5},  {2, 8}, {8, 2}, {16, 1}, {1, 8}, {1, 4}};
static const tile_shape gpu_tiles[] = {{8, 1}, {16, 1}, {4, 1}, {8, 2}, {4, 2}, {1, 2}, {1, 1}};

/* Cycles of all multiply-adds and loads of a tile's step, in a model where a core starts two
 * multiply-adds and two loads in a cycle; a vector that crosses cache lines is loaded twice. */
static double step_cost(const gv__direct_sizes *sizes)
{
    const double sums = (double)sizes->tile_filters * sizes->tile_vectors;
    const double loads = (double)sizes->tile_filters + 1.5 * sizes->tile_vectors;
    return (sums > loads ? sums : loads) + 0.25 * loads;
}

/* Bytes of sums that fit beside all else into the 64 registers that a GPU's work-item has at least.
 */
enum { GPU_SUM_BYTES = 128 };

static double cost(const gv__direct_sizes *sizes, const gv_workload *workload, bool cpu)
{
    const gv_conv2d *conv = &workload->as.conv2d;
    const gv__direct_layout layout = gv__direct_layout_of(conv, sizes->staged);
    const double bytes = (double)sizes->tile_filters * sizes->tile_vectors * sizes->width *
                         (double)gv__real_bytes(workload->precision);
    const double spilled = !cpu && bytes > GPU_SUM_BYTES ? 2.0 : 1.0;
    return (double)gv__direct_filter_tiles(sizes, conv) *
           (double)gv__direct_column_tiles(sizes, &layout) * step_cost(sizes) * sizes->width *
           spilled;
}

typedef struct ranked {
    gv__direct_sizes sizes;
    double cost;
} ranked;

static int by_cost(const void *a, const void *b)
{
    const ranked *x = a;
    const ranked *y = b;
    return x->cost != y->cost ? (x->cost < y->cost ? -1 : 1)
                              : (int)y->sizes.width - (int)x->sizes.width;
}

enum { MOST_CANDIDATES = 2 * GV__COUNT(large_tiles) };

bool gv__direct_candidate(const gv_device *facts, const gv_workload *workload, uint32_t index,
                          gv__direct_sizes *out)
{
    const bool cpu = gv__device_is_cpu_like(facts);
    const uint32_t widest = gv__vector_width(facts, workload->precision);
    const uint32_t narrowest = cpu && widest > 4 ? widest / 2 : widest;
    const bool many = gv_device_number(facts, GV_DEVICE_VECTOR_WIDTH) >= 16.0;
    const tile_shape *shapes = !cpu ? gpu_tiles : many ? large_tiles : small_tiles;
    const size_t shape_count = !cpu   ? GV__COUNT(gpu_tiles)
                               : many ? GV__COUNT(large_tiles)
                                      : GV__COUNT(small_tiles);
    ranked list[MOST_CANDIDATES];
    uint32_t count = 0;
    for (uint32_t width = widest; width >= narrowest; width /= 2) {
        for (size_t i = 0; i < shape_count; i++) {
            gv__direct_sizes sizes = {.width = width,
                                      .tile_filters = shapes[i].filters,
                                      .tile_vectors = shapes[i].vectors,
                                      .group_across = cpu ? 1 : 64};
            sizes.staged = needs_staging(workload, &sizes);
            choose_block(facts, workload, &sizes);
            list[count++] = (ranked){sizes, cost(&sizes, workload, cpu)};
        }
    }
    if (index >= count) {
        return false;
    }
    qsort(list, count, sizeof *list, by_cost);
    *out = list[index].sizes;
    return true;
}

void gv__direct_to_parameters(const gv__direct_sizes *sizes, gv__parameters *out)
{
    *out = (gv__parameters){0};
    gv__parameters_set(out, "WIDTH", (int32_t)sizes->width);
    gv__parameters_set(out, "TILE_FILTERS", (int32_t)sizes->tile_filters);
    gv__parameters_set(out, "TILE_VECTORS", (int32_t)sizes->tile_vectors);
    gv__parameters_set(out, "TILES_DOWN", (int32_t)sizes->tiles_down);
    gv__parameters_set(out, "TILES_ACROSS", (int32_t)sizes->tiles_across);
    gv__parameters_set(out, "GROUP_ACROSS", (int32_t)sizes->group_across);
    gv__parameters_set(out, "STAGED", (int32_t)sizes->staged);
}

/* A tunable from `least` to `most`, into `to`. */
static bool take(const gv__parameters *set, const char *name, int32_t least, int32_t most,
                 uint32_t *to)
{
    const int32_t value = gv__parameters_get(set, name, -1);
    *to = (uint32_t)value;
    return value >= least && value <= most;
}

gv_status gv__direct_from_parameters(const gv__parameters *set, const gv_workload *workload,
                                     gv__direct_sizes *out, gv_error *err)
{
    gv__direct_sizes sizes;
    bool possible = take(set, "WIDTH", 2, 16, &sizes.width) &&
                    (sizes.width & (sizes.width - 1)) == 0 &&
                    take(set, "TILE_FILTERS", 1, 32, &sizes.tile_filters) &&
                    take(set, "TILE_VECTORS", 1, 32, &sizes.tile_vectors) &&
                    take(set, "TILES_DOWN", 1, INT32_MAX, &sizes.tiles_down) &&
                    take(set, "TILES_ACROSS", 1, INT32_MAX, &sizes.tiles_across) &&
                    take(set, "GROUP_ACROSS", 1, 1024, &sizes.group_across) &&
                    take(set, "STAGED", 0, 1, &sizes.staged);
    if (!possible || (!sizes.staged && needs_staging(workload, &sizes))) {
        char text[GV__PARAMETERS_TEXT];
        return gv__fail(err, GV_UNSUPPORTED, 0, NULL,
                        "the direct convolution cannot be cut up as \"%.160s\"",
                        gv__parameters_text(set, text));
    }
    *out = sizes;
    return GV_OK;
}
