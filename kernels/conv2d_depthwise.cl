/* SPDX-License-Identifier: Apache-2.0 */
/* Depthwise 2-D convolution (cross-correlation), forward: every channel has filters of its own,
 *
 *     out[c * FILTERS + f, p, q] = sum over r, s of filters[c * FILTERS + f, r, s]
 *                                  * in[c, p*stride + r*dilation - pad, ...]
 *
 * `in` is N x C x H x W, `filters` C*FILTERS x 1 x R x S, `out` N x C*FILTERS x P x Q. A number of the
 * image serves R*S outputs at most, so that this is work for the memory: one pass, nothing stored between.
 *
 *     one channel --> a strip in local memory, with its padding --> TILE_ROWS rows of WIDTH pixels, in registers
 *
 * A group takes a strip of STRIP_ROWS output rows of PLANES channels. It copies what they read of the image,
 * parted where the stride is above 1: into stride_h * stride_w phases, each of which holds every stride-th
 * row and column, so that the pixels of an output row are neighbours for any (r, s). Its work-items then take
 * tiles in turn; the rows of a tile share what they load. On a CPU a group is one work-item and WIDTH its
 * register; on a GPU WIDTH is 1 and neighbours take neighbouring pixels, which lie in different banks.
 *
 * Work: 2 N C FILTERS P Q R S flop. Least traffic: image, filters and output once; this scheme reads the
 * rows between two strips twice.
 *
 * Needs: local memory for STAGED_NUMBERS. All sizes are compiled in. */
#ifndef TILE_ROWS
#define TILE_ROWS 4 // output rows of a register tile: 1 to 8
#endif
#ifndef STRIP_ROWS
#define STRIP_ROWS 8 // output rows of a group, a multiple of TILE_ROWS
#endif
#ifndef PLANES
#define PLANES 1 // channels of a group: above 1 where images are small
#endif
#ifndef GROUP
#define GROUP 1 // work-items of a group; 1 on a CPU, 64 to 256 on a GPU
#endif
/* The shape. WIDTH is at most OUT_COLUMNS. */
#ifndef FILTERS
#define FILTERS 1 // of a channel
#define PLANE_COUNT 3 // channels of all images
#define CHANNELS 3
#define IN_ROWS 8
#define IN_COLUMNS 8
#define OUT_ROWS 8
#define OUT_COLUMNS 8
#define FILTER_ROWS 3
#define FILTER_COLUMNS 3
#define PAD_ROWS 1
#define PAD_COLUMNS 1
#define STRIDE_ROWS 1
#define STRIDE_COLUMNS 1
#define DILATION_ROWS 1
#define DILATION_COLUMNS 1
#endif

#define PITCH (OUT_COLUMNS + (FILTER_COLUMNS - 1) * DILATION_COLUMNS / STRIDE_COLUMNS)
#define PHASE_ROWS (STRIP_ROWS + (FILTER_ROWS - 1) * DILATION_ROWS / STRIDE_ROWS)
#define PHASES (STRIDE_ROWS * STRIDE_COLUMNS)
#define PHASE_PLANE (PHASE_ROWS * PITCH)
#define PLANE (PHASES * PHASE_PLANE)
#define STAGED_NUMBERS (PLANES * PLANE)
#define VECTORS DIVIDE_UP(OUT_COLUMNS, WIDTH) // in an output row; the last one is moved back to end with it
#define TILES (STRIP_ROWS / TILE_ROWS * VECTORS)

/* Columns [FIRST_INSIDE, END_INSIDE) of a phase's row lie in the image. */
#define FIRST_INSIDE(phase) DIVIDE_UP(max(PAD_COLUMNS - (phase), 0), STRIDE_COLUMNS)
#define END_INSIDE(phase)                                                                           \
    min(PITCH, DIVIDE_UP(max(IN_COLUMNS + PAD_COLUMNS - (phase), 0), STRIDE_COLUMNS))

/* Row `y` of phase `phase` in the image, of a strip that starts with output row `strip`. */
static inline int row_of(int strip, int phase, int y)
{
    return (strip + y) * STRIDE_ROWS + phase / STRIDE_COLUMNS - PAD_ROWS;
}

#if GROUP == 1
/* One row of one phase by one work-item; `from` is a row of the image, or 0. */
static inline void stage_row(const __global STORED *from, int phase, __local REAL *to)
{
    const int end = from != 0 ? END_INSIDE(phase) : 0;
    const int first = min(FIRST_INSIDE(phase), end);
    for (int x = 0; x < first; x++) {
        to[x] = (REAL)0;
    }
    int x = first;
    if (STRIDE_COLUMNS == 1 && end - first >= WIDTH) {
        for (; x + WIDTH <= end; x += WIDTH) {
            VSTORE(GETV(from + x - PAD_COLUMNS), 0, to + x);
        }
        x = end - WIDTH;
        VSTORE(GETV(from + x - PAD_COLUMNS), 0, to + x);
        x = end;
    }
    for (; x < end; x++) {
        to[x] = GET(from + x * STRIDE_COLUMNS + phase - PAD_COLUMNS);
    }
    for (x = end; x < PITCH; x++) {
        to[x] = (REAL)0;
    }
}

/* The strip of one channel. */
static inline void stage(const __global STORED *image, int strip, __local REAL *staged)
{
    for (int i = 0; i < PHASES * PHASE_ROWS; i++) {
        int phase = i / PHASE_ROWS;
        int row = row_of(strip, phase, i % PHASE_ROWS);
        stage_row(row >= 0 && row < IN_ROWS ? image + row * IN_COLUMNS : 0, phase % STRIDE_COLUMNS,
                  staged + i * PITCH);
    }
}
#else
/* The same by all work-items of the group, number by number. */
static inline void stage(const __global STORED *image, int strip, __local REAL *staged)
{
    for (int i = (int)get_local_id(0); i < PLANE; i += GROUP) {
        int phase = i / PHASE_PLANE;
        int row = row_of(strip, phase, i / PITCH % PHASE_ROWS);
        int column = i % PITCH * STRIDE_COLUMNS + phase % STRIDE_COLUMNS - PAD_COLUMNS;
        int inside = row >= 0 && row < IN_ROWS && column >= 0 && column < IN_COLUMNS;
        staged[i] = inside ? GET(image + row * IN_COLUMNS + column) : (REAL)0;
    }
}
#endif

/* Where (r, s) of a filter reads in a staged plane. */
#define PHASE_OF(r, s)                                                                              \
    ((r)*DILATION_ROWS % STRIDE_ROWS * STRIDE_COLUMNS + (s)*DILATION_COLUMNS % STRIDE_COLUMNS)
#define SHIFT_OF(r, s)                                                                              \
    (PHASE_OF(r, s) * PHASE_PLANE + (r)*DILATION_ROWS / STRIDE_ROWS * PITCH +                       \
     (s)*DILATION_COLUMNS / STRIDE_COLUMNS)

/* One tile of one filter: `from` points to its first pixel in the strip, `out` to that of the output. */
static inline void tile(const __local REAL *from, const __global STORED *filter, __global STORED *out,
                        int rows)
{
    REALV sum[TILE_ROWS];
#pragma unroll
    for (int i = 0; i < TILE_ROWS; i++) {
        sum[i] = (REALV)(0);
    }
    // Rows inside of columns: a row that was loaded for one r is at hand for the next.
#pragma unroll
    for (int s = 0; s < FILTER_COLUMNS; s++) {
#pragma unroll
        for (int r = 0; r < FILTER_ROWS; r++) {
            REALV tap = (REALV)(GET(filter + r * FILTER_COLUMNS + s));
#pragma unroll
            for (int i = 0; i < TILE_ROWS; i++) {
                sum[i] += tap * VLOAD(0, from + SHIFT_OF(r, s) + i * PITCH);
            }
        }
    }
#pragma unroll
    for (int i = 0; i < TILE_ROWS; i++) {
        if (i < rows) {
            PUTV(sum[i], out + i * OUT_COLUMNS);
        }
    }
}

/* Global size: one group for each strip of a plane, and for PLANES channels of all images. */
__attribute__((reqd_work_group_size(GROUP, 1, 1)))
__kernel void conv2d_depthwise(const __global STORED *in, const __global STORED *filters,
                               __global STORED *out)
{
    __local REAL staged[STAGED_NUMBERS];
    const int strip = (int)get_group_id(0) * STRIP_ROWS;
    const int first = (int)get_group_id(1) * PLANES;
    const int planes = min(PLANES, PLANE_COUNT - first);
    for (int i = 0; i < planes; i++) {
        stage(in + (long)(first + i) * (IN_ROWS * IN_COLUMNS), strip, staged + i * PLANE);
    }
#if GROUP > 1
    barrier(CLK_LOCAL_MEM_FENCE);
#endif
    for (int e = (int)get_local_id(0); e < planes * TILES; e += GROUP) {
        const int plane = e / TILES;
        const int row = e % TILES / VECTORS * TILE_ROWS;
        const int column = min(e % VECTORS * WIDTH, OUT_COLUMNS - WIDTH);
        const int channel = (first + plane) % CHANNELS;
        const __local REAL *from = staged + plane * PLANE + row * PITCH + column;
        __global STORED *to = out +
                              (long)(first + plane) * FILTERS * (OUT_ROWS * OUT_COLUMNS) +
                              (strip + row) * OUT_COLUMNS + column;
        for (int f = 0; f < FILTERS; f++) {
            tile(from, filters + (long)(channel * FILTERS + f) * (FILTER_ROWS * FILTER_COLUMNS),
                 to + (long)f * (OUT_ROWS * OUT_COLUMNS), OUT_ROWS - strip - row);
        }
    }
}
