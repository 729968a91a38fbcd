/* SPDX-License-Identifier: Apache-2.0 */
/* The transforms of Winograd's F(OUTPUTS x OUTPUTS, 3 x 3) for a convolution of stride 1:
 *
 *     out = A^T [ (G filter G^T) . (B^T tile B) ] A        summed over the channels inside [ ]
 *
 * A tile of POINTS x POINTS numbers of the image, POINTS = OUTPUTS + 2, gives OUTPUTS x OUTPUTS outputs
 * by POINTS^2 multiplications for each channel and filter, where direct sums need 9 OUTPUTS^2: 2.25
 * times fewer for 2, 4 times fewer for 4. For each of the POINTS^2 points the sum over the channels is
 * a matrix product, which conv2d_direct.cl does as a 1x1 convolution with a group for each point:
 *
 *     image ---transform_image---> [point][c][tile] --\
 *     filters -transform_filters-> [point][k][c] -----> products [point][k][tile] -transform_sums-> out
 *
 * Tiles are counted along a row, down an image, through the images. A vector holds tiles side by side;
 * a row's last vector writes past the row's end, what the next row of the same work-item mends.
 *
 * Work here: about 12 additions for each number transformed. Least traffic: image and output once, and
 * (POINTS / OUTPUTS)^2 numbers written and read for each number of both. That bounds it: a device whose
 * local memory is ordinary memory, with vectors. One work-item a group; private lines of a tile row.
 * Needs: nothing beyond OpenCL C 1.1. All sizes are compiled in. */
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
#define VECTORS DIVIDE_UP(TILE_COLUMNS, WIDTH) // of tiles in a row of them
#define IMAGE_TILES (TILE_ROWS * TILE_COLUMNS)
#define TILES (IMAGES * IMAGE_TILES)
#define LINE ((VECTORS * WIDTH + 1) * OUTPUTS) // numbers of the image under all tiles of a row
#define LINE_VECTORS DIVIDE_UP(LINE, WIDTH)

#define ONE_ITEM __attribute__((reqd_work_group_size(1, 1, 1)))

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

/* WIDTH channels of one filter. Global size: vectors of channels, filters. */
ONE_ITEM
__kernel void transform_filters(const __global REAL *filters, __global REAL *to)
{
    const int channel = (int)get_global_id(0) * WIDTH;
    const int filter = (int)get_global_id(1);
    const int count = min(CHANNELS - channel, WIDTH);
    REAL lane[9][WIDTH];
    for (int i = 0; i < WIDTH; i++) {
        const __global REAL *from =
            filters + ((long)filter * CHANNELS + channel + min(i, count - 1)) * 9;
#pragma unroll
        for (int e = 0; e < 9; e++) {
            lane[e][i] = from[e];
        }
    }
    REALV middle[3][POINTS];
#pragma unroll
    for (int s = 0; s < 3; s++) {
        const REALV column[3] = {VLOAD(0, lane[s]), VLOAD(0, lane[3 + s]), VLOAD(0, lane[6 + s])};
        filter_into_points(column, middle[s]);
    }
    to += (long)filter * CHANNELS + channel;
#pragma unroll
    for (int i = 0; i < POINTS; i++) {
        const REALV row[3] = {middle[0][i], middle[1][i], middle[2][i]};
        REALV points[POINTS];
        filter_into_points(row, points);
#pragma unroll
        for (int j = 0; j < POINTS; j++) {
            __global REAL *at = to + (long)(i * POINTS + j) * FILTERS * CHANNELS;
            if (count == WIDTH) {
                VSTORE(points[j], 0, at);
            } else {
                store_part(points[j], at, count);
            }
        }
    }
}

/* The numbers of image row `row` under a row of tiles, zeros outside of the image. */
static inline void load_line(const __global REAL *image, int row, REAL line[LINE_VECTORS * WIDTH])
{
    const int inside = row >= 0 && row < IN_ROWS;
    const int count = inside ? min(IN_COLUMNS, LINE - PAD_COLUMNS) : 0;
    for (int x = 0; x < PAD_COLUMNS; x++) {
        line[x] = (REAL)0;
    }
    for (int x = 0; x < count; x++) {
        line[PAD_COLUMNS + x] = image[row * IN_COLUMNS + x];
    }
    for (int x = PAD_COLUMNS + count; x < LINE_VECTORS * WIDTH; x++) {
        line[x] = (REAL)0;
    }
}

/* Every tile of one channel of one image. Global size: channels, images. */
ONE_ITEM
__kernel void transform_image(const __global REAL *in, __global REAL *to)
{
    const int channel = (int)get_global_id(0);
    const int n = (int)get_global_id(1);
    const __global REAL *image = in + ((long)n * CHANNELS + channel) * (IN_ROWS * IN_COLUMNS);
    to += (long)channel * TILES + n * IMAGE_TILES;
    REAL line[POINTS][LINE_VECTORS * WIDTH];
    for (int y = 0; y < TILE_ROWS; y++) {
#pragma unroll
        for (int i = 0; i < POINTS; i++) {
            load_line(image, y * OUTPUTS + i - PAD_ROWS, line[i]);
        }
        for (int v = 0; v < LINE_VECTORS; v++) {
            REALV column[POINTS];
            REALV points[POINTS];
#pragma unroll
            for (int i = 0; i < POINTS; i++) {
                column[i] = VLOAD(v, line[i]);
            }
            into_points(column, points);
#pragma unroll
            for (int i = 0; i < POINTS; i++) {
                VSTORE(points[i], v, line[i]);
            }
        }
        for (int v = 0; v < VECTORS; v++) {
            const int tile = y * TILE_COLUMNS + v * WIDTH;
            const int count = min(IMAGE_TILES - tile, WIDTH);
#pragma unroll
            for (int i = 0; i < POINTS; i++) {
                REALV row[POINTS];
                REALV points[POINTS];
#pragma unroll
                for (int j = 0; j < POINTS; j++) {
                    REAL lane[WIDTH];
#pragma unroll
                    for (int x = 0; x < WIDTH; x++) {
                        lane[x] = line[i][(v * WIDTH + x) * OUTPUTS + j];
                    }
                    row[j] = VLOAD(0, lane);
                }
                into_points(row, points);
#pragma unroll
                for (int j = 0; j < POINTS; j++) {
                    __global REAL *at = to + (long)(i * POINTS + j) * CHANNELS * TILES + tile;
                    if (count == WIDTH) {
                        VSTORE(points[j], 0, at);
                    } else {
                        store_part(points[j], at, count);
                    }
                }
            }
        }
    }
}

/* Every tile of one filter's outputs in one image. `from` may be read WIDTH numbers past its end.
 * Global size: filters, images. */
ONE_ITEM
__kernel void transform_sums(const __global REAL *from, __global REAL *out)
{
    const int filter = (int)get_global_id(0);
    const int n = (int)get_global_id(1);
    from += (long)filter * TILES + n * IMAGE_TILES;
    out += ((long)n * FILTERS + filter) * (OUT_ROWS * OUT_COLUMNS);
    REAL line[OUTPUTS][VECTORS * WIDTH * OUTPUTS];
    for (int y = 0; y < TILE_ROWS; y++) {
        for (int v = 0; v < VECTORS; v++) {
            REALV middle[POINTS][OUTPUTS];
#pragma unroll
            for (int j = 0; j < POINTS; j++) {
                REALV column[POINTS];
#pragma unroll
                for (int i = 0; i < POINTS; i++) {
                    column[i] = VLOAD(0, from + (long)(i * POINTS + j) * FILTERS * TILES +
                                             y * TILE_COLUMNS + v * WIDTH);
                }
                from_points(column, middle[j]);
            }
#pragma unroll
            for (int i = 0; i < OUTPUTS; i++) {
                REALV row[POINTS];
                REALV outputs[OUTPUTS];
#pragma unroll
                for (int j = 0; j < POINTS; j++) {
                    row[j] = middle[j][i];
                }
                from_points(row, outputs);
#pragma unroll
                for (int j = 0; j < OUTPUTS; j++) {
                    REAL lane[WIDTH];
                    VSTORE(outputs[j], 0, lane);
#pragma unroll
                    for (int x = 0; x < WIDTH; x++) {
                        line[i][(v * WIDTH + x) * OUTPUTS + j] = lane[x];
                    }
                }
            }
        }
        for (int i = 0; i < min(OUTPUTS, OUT_ROWS - y * OUTPUTS); i++) {
            __global REAL *row = out + (y * OUTPUTS + i) * OUT_COLUMNS;
            for (int x = 0; x < OUT_COLUMNS; x++) {
                row[x] = line[i][x];
            }
        }
    }
}
