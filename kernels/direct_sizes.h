/* SPDX-License-Identifier: Apache-2.0 */
/* How conv2d_direct.cl lays out a staged image and cuts up the sums.
 *
 *     device facts + convolution -> [layout, sizes] -> build options, buffers, launches */
#ifndef GPUVERDICT_KERNELS_DIRECT_SIZES_H
#define GPUVERDICT_KERNELS_DIRECT_SIZES_H

#include "kernels/parameters.h"
#include <gpuverdict/device.h>
#include <gpuverdict/workload.h>

/** The tunables of conv2d_direct.cl; each field is the one of that name there. */
typedef struct gv__direct_sizes {
    uint32_t width;
    uint32_t tile_filters, tile_vectors;
    uint32_t tiles_down, tiles_across;
    uint32_t group_across;
    uint32_t staged; /**< 0 or 1 */
} gv__direct_sizes;

/** A staged image; counts are of numbers. With `staged` 0 this is the image itself. */
typedef struct gv__direct_layout {
    uint64_t p, q;        /**< output rows and columns */
    uint64_t pitch;       /**< from a row of a phase to the next */
    uint64_t phase_rows;  /**< rows of a phase */
    uint64_t phase_plane; /**< from a phase to the next */
    uint64_t plane;       /**< from a channel to the next */
    uint64_t columns;     /**< pixels of an output plane, counted through at `pitch` */
} gv__direct_layout;

gv__direct_layout gv__direct_layout_of(const gv_conv2d *conv, bool staged);

/** Numbers that a tile may read behind the last staged plane. */
uint64_t gv__direct_slack(const gv__direct_sizes *sizes);
/** Pixels of a register tile, those of the work-items beside it included. */
uint64_t gv__direct_tile_columns(const gv__direct_sizes *sizes);
/** Register tiles along the filters of a group of channels, and along the pixels. */
uint64_t gv__direct_filter_tiles(const gv__direct_sizes *sizes, const gv_conv2d *conv);
uint64_t gv__direct_column_tiles(const gv__direct_sizes *sizes, const gv__direct_layout *layout);

/** The `index`-th sizes worth a try, the likeliest first. False past the last. */
bool gv__direct_candidate(const gv_device *facts, const gv_workload *workload, uint32_t index,
                          gv__direct_sizes *out);

/** To and from a set of tunables. @retval GV_UNSUPPORTED  the kernel cannot be built that way */
void gv__direct_to_parameters(const gv__direct_sizes *sizes, gv__parameters *out);
gv_status gv__direct_from_parameters(const gv__parameters *set, const gv_workload *workload,
                                     gv__direct_sizes *out, gv_error *err);

#endif
