/* SPDX-License-Identifier: Apache-2.0 */
/* The transforms of winograd_points.cl on a GPU: a work-item for each filter, or each tile, of a channel,
 * whose numbers stay in its registers. Neighbours take neighbouring tiles, so that what the products read
 * and write is written and read side by side; the tiles of the image overlap, which the caches serve. The
 * products are gemm.cl's, one for each point.
 *
 * Work here: about 12 additions for each number transformed. Least traffic: image and output once, and
 * (POINTS / OUTPUTS)^2 numbers written and read for each number of both, which bounds it. WIDTH is 1.
 * Needs: nothing beyond OpenCL C 1.1, no local memory. All sizes are compiled in. */
#ifndef GROUP
#define GROUP 64 // work-items of a group
#endif

#ifdef SUBGROUP // work-items that share a thread's registers, where the driver can be told
#define GROUP_OF_ITEMS                                                                             \
    __attribute__((reqd_work_group_size(GROUP, 1, 1), intel_reqd_sub_group_size(SUBGROUP)))
#else
#define GROUP_OF_ITEMS __attribute__((reqd_work_group_size(GROUP, 1, 1)))
#endif

/* Global size: FILTERS * CHANNELS, rounded up to groups. */
GROUP_OF_ITEMS
__kernel void transform_filters(const __global STORED *filters, __global REAL *to)
{
    const int pair = (int)get_global_id(0); // filter * CHANNELS + channel
    if (pair >= FILTERS * CHANNELS) {
        return;
    }
    filters += (long)pair * 9;
    REAL middle[3][POINTS];
#pragma unroll
    for (int s = 0; s < 3; s++) {
        const REAL column[3] = {GET(filters + s), GET(filters + 3 + s), GET(filters + 6 + s)};
        filter_into_points(column, middle[s]);
    }
#pragma unroll
    for (int i = 0; i < POINTS; i++) {
        const REAL row[3] = {middle[0][i], middle[1][i], middle[2][i]};
        REAL points[POINTS];
        filter_into_points(row, points);
#pragma unroll
        for (int j = 0; j < POINTS; j++) {
            to[(long)(i * POINTS + j) * (FILTERS * CHANNELS) + pair] = points[j];
        }
    }
}

/* Global size: CHANNELS * TILES, rounded up to groups. */
GROUP_OF_ITEMS
__kernel void transform_image(const __global STORED *in, __global REAL *to)
{
    const int pair = (int)get_global_id(0); // channel * TILES + tile
    if (pair >= CHANNELS * TILES) {
        return;
    }
    const int tile = pair % TILES;
    const int top = tile % IMAGE_TILES / TILE_COLUMNS * OUTPUTS - PAD_ROWS;
    const int left = tile % TILE_COLUMNS * OUTPUTS - PAD_COLUMNS;
    in += ((long)(tile / IMAGE_TILES) * CHANNELS + pair / TILES) * (IN_ROWS * IN_COLUMNS);
    REAL middle[POINTS][POINTS]; // [column][point]
#pragma unroll
    for (int j = 0; j < POINTS; j++) {
        REAL column[POINTS];
#pragma unroll
        for (int i = 0; i < POINTS; i++) {
            // Negative numbers are large when read as unsigned.
            int inside = (uint)(top + i) < IN_ROWS && (uint)(left + j) < IN_COLUMNS;
            column[i] = inside ? GET(in + (top + i) * IN_COLUMNS + left + j) : (REAL)0;
        }
        into_points(column, middle[j]);
    }
#pragma unroll
    for (int i = 0; i < POINTS; i++) {
        REAL row[POINTS];
        REAL points[POINTS];
#pragma unroll
        for (int j = 0; j < POINTS; j++) {
            row[j] = middle[j][i];
        }
        into_points(row, points);
#pragma unroll
        for (int j = 0; j < POINTS; j++) {
            to[(long)(i * POINTS + j) * (CHANNELS * TILES) + pair] = points[j];
        }
    }
}

/* Global size: FILTERS * TILES, rounded up to groups. */
GROUP_OF_ITEMS
__kernel void transform_sums(const __global REAL *from, __global STORED *out)
{
    const int pair = (int)get_global_id(0); // filter * TILES + tile
    if (pair >= FILTERS * TILES) {
        return;
    }
    const int tile = pair % TILES;
    const int top = tile % IMAGE_TILES / TILE_COLUMNS * OUTPUTS;
    const int left = tile % TILE_COLUMNS * OUTPUTS;
    out += ((long)(tile / IMAGE_TILES) * FILTERS + pair / TILES) * (OUT_ROWS * OUT_COLUMNS);
    REAL middle[POINTS][OUTPUTS];
#pragma unroll
    for (int j = 0; j < POINTS; j++) {
        REAL column[POINTS];
#pragma unroll
        for (int i = 0; i < POINTS; i++) {
            column[i] = from[(long)(i * POINTS + j) * (FILTERS * TILES) + pair];
        }
        from_points(column, middle[j]);
    }
#pragma unroll
    for (int i = 0; i < OUTPUTS; i++) {
        REAL row[POINTS];
        REAL outputs[OUTPUTS];
#pragma unroll
        for (int j = 0; j < POINTS; j++) {
            row[j] = middle[j][i];
        }
        from_points(row, outputs);
#pragma unroll
        for (int j = 0; j < OUTPUTS; j++) {
            if (top + i < OUT_ROWS && left + j < OUT_COLUMNS) {
                PUT(outputs[j], out + (top + i) * OUT_COLUMNS + left + j);
            }
        }
    }
}
