/* SPDX-License-Identifier: Apache-2.0 */
/* The transforms of winograd_points.cl on a CPU. A vector holds tiles side by side; a row's last vector
 * writes past the row's end, what the next row of the same work-item mends. The products are
 * conv2d_direct.cl's, as a 1x1 convolution with a group for each point.
 *
 * Work here: about 12 additions for each number transformed. Least traffic: image and output once, and
 * (POINTS / OUTPUTS)^2 numbers written and read for each number of both. That bounds it: a device whose
 * local memory is ordinary memory, with vectors. One work-item a group; private lines of a tile row.
 * Needs: nothing beyond OpenCL C 1.1. All sizes are compiled in. */
#define VECTORS DIVIDE_UP(TILE_COLUMNS, WIDTH) // of tiles in a row of them
#define LINE ((VECTORS * WIDTH + 1) * OUTPUTS) // numbers of the image under all tiles of a row
#define LINE_VECTORS DIVIDE_UP(LINE, WIDTH)

#define ONE_ITEM __attribute__((reqd_work_group_size(1, 1, 1)))

/* The first `count` lanes; nothing behind them is touched. */
static inline void store_points(REALV value, __global REAL *to, int count)
{
    if (count == WIDTH) {
        VSTORE(value, 0, to);
        return;
    }
    REAL lane[WIDTH];
    VSTORE(value, 0, lane);
    for (int i = 0; i < count; i++) {
        to[i] = lane[i];
    }
}

/* WIDTH channels of one filter. Global size: vectors of channels, filters. */
ONE_ITEM
__kernel void transform_filters(const __global STORED *filters, __global REAL *to)
{
    const int channel = (int)get_global_id(0) * WIDTH;
    const int filter = (int)get_global_id(1);
    const int count = min(CHANNELS - channel, WIDTH);
    REAL lane[9][WIDTH];
    for (int i = 0; i < WIDTH; i++) {
        const __global STORED *from =
            filters + ((long)filter * CHANNELS + channel + min(i, count - 1)) * 9;
#pragma unroll
        for (int e = 0; e < 9; e++) {
            lane[e][i] = GET(from + e);
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
            store_points(points[j], at, count);
        }
    }
}

/* The numbers of image row `row` under a row of tiles, zeros outside of the image. */
static inline void load_line(const __global STORED *image, int row, REAL line[LINE_VECTORS * WIDTH])
{
    const int inside = row >= 0 && row < IN_ROWS;
    const int count = inside ? min(IN_COLUMNS, LINE - PAD_COLUMNS) : 0;
    for (int x = 0; x < PAD_COLUMNS; x++) {
        line[x] = (REAL)0;
    }
    for (int x = 0; x < count; x++) {
        line[PAD_COLUMNS + x] = GET(image + row * IN_COLUMNS + x);
    }
    for (int x = PAD_COLUMNS + count; x < LINE_VECTORS * WIDTH; x++) {
        line[x] = (REAL)0;
    }
}

/* Every tile of one channel of one image. Global size: channels, images. */
ONE_ITEM
__kernel void transform_image(const __global STORED *in, __global REAL *to)
{
    const int channel = (int)get_global_id(0);
    const int n = (int)get_global_id(1);
    const __global STORED *image = in + ((long)n * CHANNELS + channel) * (IN_ROWS * IN_COLUMNS);
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
                    store_points(points[j], at, count);
                }
            }
        }
    }
}

/* Every tile of one filter's outputs in one image. `from` may be read WIDTH numbers past its end.
 * Global size: filters, images. */
ONE_ITEM
__kernel void transform_sums(const __global REAL *from, __global STORED *out)
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
            __global STORED *row = out + (y * OUTPUTS + i) * OUT_COLUMNS;
            for (int x = 0; x < OUT_COLUMNS; x++) {
                PUT(line[i][x], row + x);
            }
        }
    }
}
