/* SPDX-License-Identifier: Apache-2.0 */
/* 2-D convolution (cross-correlation), forward, as an implicit matrix product, for each image and
 * group of channels:
 *
 *     out[K/groups x P*Q] = filters[K/groups x C/groups*R*S] * patches[C/groups*R*S x P*Q]
 *
 * `in` is N x C x H x W, `filters` K x C/groups x R x S, `out` N x K x P x Q. The matrix of patches is
 * never stored: each step of it is gathered from the image into local memory, zeros where the filter
 * hangs over the edge. Work: 2 N K P Q (C/groups) R S flop. Least traffic: image, filters and output
 * once; the gather reads each number R*S times from the cache, once for each BLOCK_ROWS channels.
 *
 * Scheme and tunables: tile.cl, with a column for each output pixel. Needs beyond tile.cl: 16 bytes of
 * local memory for each of DEPTH terms, 12 for each of BLOCK_COLUMNS pixels. Global size: one group for
 * each BLOCK_COLUMNS pixels, BLOCK_ROWS channels, and (image, group of channels). */

typedef struct image {
    const __global STORED *at; // the channels of one group
    int height, width;
} image;

/* Where a term of the sum lies, seen from a pixel's upper left corner. */
typedef struct term {
    long at; // offset, its channel included
    int row, column;
} term;

/* Upper left corner of a pixel's patch, which may lie outside the image, and its offset. */
typedef struct corner {
    int row, column, at;
} corner;

/* A pixel past the last one lies so far outside that no filter reaches the image from there. */
#define NOWHERE (-0x40000000)

/* One vector of patches: the term of WIDTH pixels in a row. */
static inline REALV patch_vector(image in, term t, const __local corner *pixel)
{
    int row = pixel[0].row + t.row;
    int column = pixel[0].column + t.column;
    int side_by_side = pixel[WIDTH - 1].row == pixel[0].row &&
                       pixel[WIDTH - 1].column - pixel[0].column == WIDTH - 1;
    const __global STORED *from = in.at + t.at;
    if (side_by_side && row >= 0 && row < in.height && column >= 0 && column + WIDTH <= in.width) {
        return GETV(from + pixel[0].at);
    }
    REAL lane[WIDTH];
#pragma unroll
    for (int i = 0; i < WIDTH; i++) {
        // Negative numbers are large when read as unsigned.
        int inside = (uint)(pixel[i].row + t.row) < (uint)in.height &&
                     (uint)(pixel[i].column + t.column) < (uint)in.width;
        lane[i] = inside ? GET(from + pixel[i].at) : (REAL)0;
    }
    return VLOAD(0, lane);
}

TILE_GROUP
__kernel void conv2d(int groups, int channels, int height, int width, int filters_in_group, int r,
                     int s, int p, int q, int pad_h, int pad_w, int stride_h, int stride_w,
                     int dilation_h, int dilation_w, const __global STORED *in,
                     const __global STORED *filters, __global STORED *out)
{
    __local REALV right_stage[DEPTH * BLOCK_VECTORS];
    __local REAL left_staged[LEFT_STAGE_SIZE] LEFT_STAGE_ALIGNED;
    __local term terms[DEPTH];
    __local corner pixels[BLOCK_COLUMNS];

    const long plane = (long)get_group_id(2); // image * groups + group
    const int depth = channels * r * s;
    const int columns = p * q;
    const image source = {in + plane * channels * height * width, height, width};
    const left_matrix left = {filters + (plane % groups) * filters_in_group * depth, depth, 1,
                              filters_in_group};

    for (int e = group_item(); e < BLOCK_COLUMNS; e += GROUP) {
        int pixel = block_column() + e;
        int row = pixel / q * stride_h - pad_h;
        int column = pixel % q * stride_w - pad_w;
        corner c = {row, column, row * width + column};
        corner nowhere = {NOWHERE, 0, 0};
        pixels[e] = pixel < columns ? c : nowhere;
    }
    block_sums sums;
    sums_clear(&sums);
    for (int from = 0; from < depth; from += DEPTH) {
        int steps = min(DEPTH, depth - from);
        for (int e = group_item(); e < steps; e += GROUP) {
            int number = from + e;
            int row = number / s % r * dilation_h;
            int column = number % s * dilation_w;
            term t = {(long)(number / (r * s)) * height * width + row * width + column, row, column};
            terms[e] = t;
        }
        GROUP_BARRIER();
        for (int e = group_item(); e < steps * BLOCK_VECTORS; e += GROUP) {
            int d = e / BLOCK_VECTORS;
            int v = e % BLOCK_VECTORS;
            right_stage[STAGED(d, v)] = patch_vector(source, terms[d], pixels + v * WIDTH);
        }
        left_stage(left_staged, left, from, depth);
        GROUP_BARRIER();
        block_add(&sums, left, left_staged, right_stage, from, steps);
        GROUP_BARRIER();
    }
    block_store(&sums, out + plane * filters_in_group * columns, filters_in_group, columns, 0);
}
