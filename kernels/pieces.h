/* SPDX-License-Identifier: Apache-2.0 */
/* How work that does not fit into a device is cut up: pure arithmetic, no OpenCL.
 *
 *     workload + bytes at once -> [cut] -> pieces: a smaller workload, and where its arrays lie
 *
 * matmul: by product, then by rows and columns of C; dense: by rows and columns of Y; conv2d: by
 * image, then by output channel; fft: by transform. The inner dimension of a product, one image
 * with one filter, and one transform stay whole: what then does not fit is unsupported. */
#ifndef GPUVERDICT_KERNELS_PIECES_H
#define GPUVERDICT_KERNELS_PIECES_H

#include <gpuverdict/workload.h>

enum { GV__CUT_AXES = 3 };

/** Steps of `step` along each axis (batch or image, row or channel, column); the last one may be
 * shorter. */
typedef struct gv__cut {
    gv_workload whole;
    gv_operands operands; /**< of the whole */
    uint64_t extent[GV__CUT_AXES], step[GV__CUT_AXES];
    uint64_t count; /**< of pieces */
} gv__cut;

/** What a piece needs of one of the whole's arrays, in bytes: `rows` stretches of `row_bytes`, the
 * first at `offset`, `pitch` apart. The piece's own array holds them without gaps. */
typedef struct gv__part {
    size_t offset, row_bytes, rows, pitch;
} gv__part;

typedef struct gv__piece {
    gv_workload workload;
    gv__part input[GV_MAX_INPUTS], output;
} gv__piece;

/** Cut `whole` into the fewest pieces that halving finds, each with no array above `array_bytes`
 * and all its arrays together within `all_bytes`. NAN: no such limit.
 * @retval GV_UNSUPPORTED  it cannot be cut so small; err->text says what stays whole */
gv_status gv__cut_find(const gv_workload *whole, double array_bytes, double all_bytes, gv__cut *out,
                       gv_error *err);

/** Piece number `index`, below cut->count. Neighbours share their rows. */
gv__piece gv__cut_piece(const gv__cut *cut, uint64_t index);

#endif
