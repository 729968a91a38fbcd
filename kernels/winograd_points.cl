/* SPDX-License-Identifier: Apache-2.0 */
/* Winograd's F(OUTPUTS x OUTPUTS, 3 x 3) for a convolution of stride 1, in one dimension:
 *
 *     out = A^T [ (G filter G^T) . (B^T tile B) ] A        summed over the channels inside [ ]
 *
 * A tile of POINTS x POINTS numbers of the image, POINTS = OUTPUTS + 2, gives OUTPUTS x OUTPUTS outputs
 * by POINTS^2 multiplications for each channel and filter, where direct sums need 9 OUTPUTS^2: 2.25
 * times fewer for 2, 4 times fewer for 4. For each of the POINTS^2 points the sum over the channels is
 * a matrix product:
 *
 *     image ---transform_image---> [point][c][tile] --\
 *     filters -transform_filters-> [point][k][c] -----> products [point][k][tile] -transform_sums-> out
 *
 * Tiles are counted along a row, down an image, through the images. conv2d_winograd.cl has the three
 * transforms for the vectors of a CPU, conv2d_winograd_gpu.cl for a work-item a tile. Halves become
 * floats on the way in, and sums halves on the way out. */
#ifndef OUTPUTS
#define OUTPUTS 4 // outputs of a tile in each direction: 2 or 4
#endif
#ifndef FILTERS
#define FILTERS 8
#define CHANNELS 3
#define IMAGES 1
#define IN_ROWS 8
#define IN_COLUMNS 8
#define OUT_ROWS 8
#define OUT_COLUMNS 8
#define PAD_ROWS 1
#define PAD_COLUMNS 1
#endif

#define POINTS (OUTPUTS + 2)
#define TILE_ROWS DIVIDE_UP(OUT_ROWS, OUTPUTS)
#define TILE_COLUMNS DIVIDE_UP(OUT_COLUMNS, OUTPUTS)
#define IMAGE_TILES (TILE_ROWS * TILE_COLUMNS)
#define TILES (IMAGES * IMAGE_TILES)

/* B^T x. */
static inline void into_points(const REALV x[POINTS], REALV to[POINTS])
{
#if OUTPUTS == 2
    to[0] = x[0] - x[2];
    to[1] = x[1] + x[2];
    to[2] = x[2] - x[1];
    to[3] = x[1] - x[3];
#else
    REALV even = x[4] - 4 * x[2];
    REALV odd = x[3] - 4 * x[1];
    REALV near = x[4] - x[2];
    REALV far = 2 * (x[3] - x[1]);
    to[0] = 4 * x[0] - 5 * x[2] + x[4];
    to[1] = even + odd;
    to[2] = even - odd;
    to[3] = near + far;
    to[4] = near - far;
    to[5] = 4 * x[1] - 5 * x[3] + x[5];
#endif
}

/* G x. */
static inline void filter_into_points(const REALV x[3], REALV to[POINTS])
{
#if OUTPUTS == 2
    to[0] = x[0];
    to[1] = (REAL)0.5f * (x[0] + x[1] + x[2]);
    to[2] = (REAL)0.5f * (x[0] - x[1] + x[2]);
    to[3] = x[2];
#else
    const REAL sixth = (REAL)1 / 6;
    REALV ends = x[0] + x[2];
    REALV far = x[0] + 4 * x[2];
    to[0] = (REAL)0.25f * x[0];
    to[1] = -sixth * (ends + x[1]);
    to[2] = -sixth * (ends - x[1]);
    to[3] = (REAL)0.25f * sixth * (far + 2 * x[1]);
    to[4] = (REAL)0.25f * sixth * (far - 2 * x[1]);
    to[5] = x[2];
#endif
}

/* A^T x. */
static inline void from_points(const REALV x[POINTS], REALV to[OUTPUTS])
{
    REALV sum = x[1] + x[2];
    REALV difference = x[1] - x[2];
#if OUTPUTS == 2
    to[0] = x[0] + sum;
    to[1] = difference - x[3];
#else
    REALV far_sum = x[3] + x[4];
    REALV far_difference = x[3] - x[4];
    to[0] = x[0] + sum + far_sum;
    to[1] = difference + 2 * far_difference;
    to[2] = sum + 4 * far_sum;
    to[3] = difference + 8 * far_difference + x[5];
#endif
}
