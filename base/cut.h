/* SPDX-License-Identifier: Apache-2.0 */
/* How work that does not fit into a device is cut up: one rule for those who run it and for those
 * who estimate it.
 *
 *     workload + bytes at once -> [cut] -> pieces: a smaller workload, and where its arrays lie
 *
 * A cut has four axes, each cut into equal steps, and a loop over all pieces:
 *
 *     matmul  batch, m, n, k                   dense  -, batch, out, in
 *     conv2d  images, groups, filters, rows    fft    batch, else split (cut_split.h)
 *
 * A band of rows of an image has the rows that its filters reach beyond it (the halo). Where k (in)
 * is cut, consecutive pieces are parts of the same sums. What the innermost loop changes is
 * streamed: there are two of it on the device, so that one moves while the other is used. The rest
 * is kept. */
#ifndef GPUVERDICT_BASE_CUT_H
#define GPUVERDICT_BASE_CUT_H

#include <gpuverdict/workload.h>

/** Of a device's memory, what the arrays of cut work may take; the rest is for what a provider
 * allocates itself. */
extern const double gv__cut_share;

enum { GV__CUT_AXES = 4 };

/** One transform of points[0] * points[1] points in two passes of shorter ones, of points[0] and
 * then of points[1]. A piece transforms `step` columns of a pass. */
typedef struct gv__split {
    uint64_t points[2], step[2];
} gv__split;

typedef struct gv__cut {
    gv_workload whole;
    gv_operands operands; /**< of the whole */
    /** Steps along each axis; the last one may be shorter. */
    uint64_t extent[GV__CUT_AXES], step[GV__CUT_AXES];
    const uint8_t *order;         /**< the axes, that of the outermost loop first */
    bool streamed[GV_MAX_INPUTS]; /**< inputs that every piece has its own of */
    bool shared[GV_MAX_INPUTS];   /**< inputs that all pieces share */
    gv_operands piece;            /**< bytes of the largest of each array */
    uint64_t parts;               /**< consecutive pieces whose results are added up */
    uint64_t count;               /**< of pieces */
    gv__split split;              /**< points of 0: no transform is split */
} gv__cut;

/** What a piece has of one of the whole's arrays, in bytes: `rows` stretches of `row_bytes`, the
 * first at `offset`, `pitch` apart; no rows: zeros. In its own array they begin at `own_offset` and
 * are `own_pitch` apart. */
typedef struct gv__part {
    size_t offset, row_bytes, rows, pitch, own_offset, own_pitch;
} gv__part;

typedef struct gv__piece {
    gv_workload workload;
    gv__part input[GV_MAX_INPUTS], output;
    uint64_t part;   /**< of a sum, from 0; output belongs to the last one */
    int pass;        /**< of a split transform: 1, or 2, whose input is the output of all of 1 */
    uint64_t column; /**< the first one of a pass */
} gv__piece;

/** Whether all arrays lie on the device at once, none above `array_bytes` and together within
 * `memory_bytes` (NAN: no such limit). Such work is not cut. */
bool gv__fits_whole(const gv_operands *operands, double array_bytes, double memory_bytes);

/** Cut `whole` so that no array of a piece is above `array_bytes` and what lies on the device at
 * once is within `all_bytes` (NAN: no such limit). Of all cuts the one that costs least, where a
 * byte that moves counts as much as 100 flop, and thin pieces count as more work. Halves are summed
 * up in one piece, since partial sums would have to be halves.
 * @retval GV_UNSUPPORTED  it cannot be cut so small; err->text says what stays whole */
gv_status gv__cut_find(const gv_workload *whole, double array_bytes, double all_bytes, gv__cut *out,
                       gv_error *err);

/** Piece number `index`, below cut->count. */
gv__piece gv__cut_piece(const gv__cut *cut, uint64_t index);

/** A workload whose arrays are as large as the largest ones of any piece. */
gv_workload gv__cut_largest(const gv__cut *cut);

/** Bytes that lie on the device at once: two of each streamed input and output, one of the rest,
 * and one output more where sums have parts or transforms are split. */
double gv__cut_bytes(const gv__cut *cut);

/** Bytes of an input that are sent in one call: what an outer loop changes and returns to is sent
 * again. */
double gv__cut_sent_bytes(const gv__cut *cut, uint32_t input);
/** Bytes of the output that come back in one call, those of a first pass included. */
double gv__cut_received_bytes(const gv__cut *cut);

/** Whether there are weights, and all of them stay on the device from call to call, in whatever
 * piece they are used. */
bool gv__cut_keeps_weights(const gv__cut *cut);

#endif
