/* SPDX-License-Identifier: Apache-2.0 */
/* 2-D convolution (cross-correlation), forward, summed directly, for each image and group of channels:
 *
 *     out[k, p, q] = sum over c, r, s of filters[k, c, r, s] * in[c, p*stride + r*dilation - pad, ...]
 *
 * `in` is N x C x H x W, `filters` K x C/groups x R x S, `out` N x K x P x Q. A vector holds output
 * pixels side by side, so that in and out stay as they are: no transposition anywhere.
 *
 * To have them side by side over the ends of rows too, and without a question at the edges, `stage`
 * copies the image with its padding, and parts it where the stride is above 1: into stride_h * stride_w
 * phases, each of which holds every stride-th row and column. In a phase the pixels of an output row are
 * neighbours, a row follows PITCH numbers after the one above it, and a filter's (r, s) is one constant
 * offset for all pixels: the convolution is a matrix product whose right matrix is read at R*S shifts.
 *
 *     staged plane of one channel (stride 1, pad 1)        pixels counted through, PITCH a row
 *     0 0 0 0 0 0                                           0 1 2 3 4 | x   5 6 7 8 9 | x   ...
 *     0 a b c d e   <- the next row's first 0 serves        x: a pixel that is computed and not stored
 *     0 f g h i j      as this one's last
 *
 * Where there is neither padding nor stride (1x1 above all) the image is used as it is: STAGED 0.
 * `pack` orders the filters as the sums use them: TILE_FILTERS side by side for each (c, r, s). Halves
 * become floats in both, once for all the sums that use them.
 *
 * A register tile is TILE_FILTERS filters x TILE_VECTORS vectors; a step loads TILE_VECTORS vectors and
 * TILE_FILTERS numbers for their product in multiply-adds. Work: 2 N K P Q (C/groups) R S flop. Least
 * traffic: image, filters and output once, and the staged image twice.
 *
 * Needs: nothing beyond OpenCL C 1.1; no local memory. All sizes are compiled in. */
#ifndef TILE_FILTERS
#define TILE_FILTERS 6 // filters of a register tile: 1 to 16
#endif
#ifndef TILE_VECTORS
#define TILE_VECTORS 2 // vectors of pixels of a register tile: 1 to 8
#endif
#ifndef TILES_DOWN
#define TILES_DOWN 4 // register tiles of a work-item along the filters; 1 on a GPU
#endif
#ifndef TILES_ACROSS
#define TILES_ACROSS 4 // register tiles of a work-item along the pixels; 1 on a GPU
#endif
#ifndef GROUP_ACROSS
#define GROUP_ACROSS 1 // work-items of a group, beside each other; 1 on a CPU, 32 to 256 on a GPU
#endif
#ifndef STAGED
#define STAGED 1 // 0: the image itself is read; needs pad 0, stride 1, COLUMNS >= TILE_COLUMNS, no half
#endif
/* The shape; a plane of the staged image is PHASE_PLANE numbers for each phase, PLANE in all. */
#ifndef FILTERS
#define FILTERS 8 // of a group
#define CHANNELS 3 // of a group
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
#define PITCH 9
#define PHASE_ROWS 10
#define PHASE_PLANE 91
#define PLANE 91
#endif

#define TERMS (CHANNELS * FILTER_ROWS * FILTER_COLUMNS)
#define COLUMNS ((OUT_ROWS - 1) * PITCH + OUT_COLUMNS) // pixels counted through
#define TILE_COLUMNS (TILE_VECTORS * GROUP_ACROSS * WIDTH)
#define FILTER_TILES DIVIDE_UP(FILTERS, TILE_FILTERS)
#define COLUMN_TILES DIVIDE_UP(COLUMNS, TILE_COLUMNS)

// As in tile.cl: Intel's GPUs for computing alone would run threads of 32, too many for the registers.
#if GROUP_ACROSS > 1 && defined(cl_intel_required_subgroup_size) && !defined(__IMAGE_SUPPORT__)
#define SUBGROUP __attribute__((intel_reqd_sub_group_size(16)))
#else
#define SUBGROUP
#endif
#define GROUP __attribute__((reqd_work_group_size(GROUP_ACROSS, 1, 1))) SUBGROUP

/* One row of one phase: the numbers of `from`, a row of the image or 0, between zeros. */
static inline void stage_row(const __global STORED *from, int phase, __global REAL *to)
{
    for (int x = (int)get_local_id(0); x < PITCH; x += GROUP_ACROSS) {
        int column = x * STRIDE_COLUMNS + phase - PAD_COLUMNS;
        to[x] = from != 0 && column >= 0 && column < IN_COLUMNS ? GET(from + column) : (REAL)0;
    }
}

/* Global size: any number of groups that share the rows of a channel's phases, all channels of all
 * images. What lies behind the rows, PHASE_PLANE - PHASE_ROWS * PITCH numbers, is filled with zeros. */
GROUP
__kernel void stage(const __global STORED *in, __global REAL *staged)
{
    const long channel = (long)get_group_id(1);
    const __global STORED *image = in + channel * (IN_ROWS * IN_COLUMNS);
    for (int i = (int)get_group_id(0); i < STRIDE_ROWS * STRIDE_COLUMNS * PHASE_ROWS;
         i += (int)get_num_groups(0)) {
        int phase = i / PHASE_ROWS;
        int y = i % PHASE_ROWS;
        int row = y * STRIDE_ROWS + phase / STRIDE_COLUMNS - PAD_ROWS;
        __global REAL *plane = staged + channel * PLANE + phase * PHASE_PLANE;
        stage_row(row >= 0 && row < IN_ROWS ? image + row * IN_COLUMNS : 0, phase % STRIDE_COLUMNS,
                  plane + y * PITCH);
        if (y == PHASE_ROWS - 1) {
            for (int x = PHASE_ROWS * PITCH + (int)get_local_id(0); x < PHASE_PLANE;
                 x += GROUP_ACROSS) {
                plane[x] = (REAL)0;
            }
        }
    }
}

/* packed[group][tile of filters][TERMS][TILE_FILTERS]; a filter past the last is zero. Global size: any
 * number of groups that share the terms, all tiles of all groups of channels. */
GROUP
__kernel void pack(const __global STORED *filters, __global REAL *packed)
{
    const int tile = (int)get_group_id(1);
    const int first = tile % FILTER_TILES * TILE_FILTERS;
    const __global STORED *from = filters + (long)(tile / FILTER_TILES * FILTERS + first) * TERMS;
    __global REAL *to = packed + (long)tile * TERMS * TILE_FILTERS;
    for (int term = (int)get_global_id(0); term < TERMS; term += (int)get_global_size(0)) {
#pragma unroll
        for (int i = 0; i < TILE_FILTERS; i++) {
            to[term * TILE_FILTERS + i] =
                first + i < FILTERS ? GET(from + i * TERMS + term) : (REAL)0;
        }
    }
}

/* Where (r, s) of a filter reads in a staged plane. */
#define PHASE_OF(r, s)                                                                              \
    ((r)*DILATION_ROWS % STRIDE_ROWS * STRIDE_COLUMNS + (s)*DILATION_COLUMNS % STRIDE_COLUMNS)
#define SHIFT_OF(r, s)                                                                              \
    (PHASE_OF(r, s) * PHASE_PLANE + (r)*DILATION_ROWS / STRIDE_ROWS * PITCH +                       \
     (s)*DILATION_COLUMNS / STRIDE_COLUMNS)

/* Sums of one register tile: `image` points to its first pixel, `packed` to its filters. */
static inline void tile_sum(REALV sum[TILE_FILTERS][TILE_VECTORS], const __global REAL *image,
                            const __global REAL *packed)
{
    for (int channel = 0; channel < CHANNELS; channel++) {
        for (int r = 0; r < FILTER_ROWS; r++) {
#pragma unroll
            for (int s = 0; s < FILTER_COLUMNS; s++) {
                const __global REAL *from = image + SHIFT_OF(r, s);
                REALV pixel[TILE_VECTORS];
#pragma unroll
                for (int j = 0; j < TILE_VECTORS; j++) {
                    pixel[j] = VLOAD(0, from + j * GROUP_ACROSS * WIDTH);
                }
#pragma unroll
                for (int i = 0; i < TILE_FILTERS; i++) {
                    REALV filter = (REALV)(packed[s * TILE_FILTERS + i]);
#pragma unroll
                    for (int j = 0; j < TILE_VECTORS; j++) {
                        sum[i][j] += filter * pixel[j];
                    }
                }
            }
            packed += FILTER_COLUMNS * TILE_FILTERS;
        }
        image += PLANE;
    }
}

/* WIDTH pixels from number `column` on, to one output plane; those before `first` and those in no row
 * are left out. */
static inline void store_pixels(REALV value, __global STORED *plane, int column, int first)
{
    int p = column / PITCH;
    int q = column % PITCH;
    if (column >= first && q + WIDTH <= OUT_COLUMNS && p < OUT_ROWS) {
        PUTV(value, plane + p * OUT_COLUMNS + q);
        return;
    }
    REAL lane[WIDTH];
    VSTORE(value, 0, lane);
    for (int i = 0; i < WIDTH; i++) {
        if (column + i >= first && q < OUT_COLUMNS && p < OUT_ROWS) {
            PUT(lane[i], plane + p * OUT_COLUMNS + q);
        }
        q++;
        p += q == PITCH;
        q = q == PITCH ? 0 : q;
    }
}

/* One register tile. The last one along the pixels is moved back to end with them, where it can be, and
 * leaves out what its neighbour stores. */
static inline void tile(const __global REAL *image, const __global REAL *packed,
                        __global STORED *out, int filter, int first)
{
    REALV sum[TILE_FILTERS][TILE_VECTORS];
#pragma unroll
    for (int i = 0; i < TILE_FILTERS; i++) {
#pragma unroll
        for (int j = 0; j < TILE_VECTORS; j++) {
            sum[i][j] = (REALV)(0);
        }
    }
    int column = COLUMNS >= TILE_COLUMNS ? min(first, COLUMNS - TILE_COLUMNS) : first;
    column += (int)get_local_id(0) * WIDTH;
    tile_sum(sum, image + column, packed);
#pragma unroll
    for (int i = 0; i < TILE_FILTERS; i++) {
        if (filter + i < FILTERS) {
#pragma unroll
            for (int j = 0; j < TILE_VECTORS; j++) {
                store_pixels(sum[i][j], out + (long)(filter + i) * (OUT_ROWS * OUT_COLUMNS),
                             column + j * GROUP_ACROSS * WIDTH, first);
            }
        }
    }
}

/* Global size: one group for each TILES_ACROSS tiles along the pixels, TILES_DOWN along the filters, and
 * (image, group of channels). */
GROUP
__kernel void conv2d_direct(int groups, const __global REAL *image, const __global REAL *packed,
                            __global STORED *out)
{
    const long product = (long)get_group_id(2); // image * groups + group
    const long group = product % groups;
    image += product * CHANNELS * PLANE;
    packed += group * FILTER_TILES * TERMS * TILE_FILTERS;
    out += product * FILTERS * (OUT_ROWS * OUT_COLUMNS);

    const int down = (int)get_group_id(1) * TILES_DOWN;
    const int across = (int)get_group_id(0) * TILES_ACROSS;
    for (int i = down; i < min(down + TILES_DOWN, FILTER_TILES); i++) {
        for (int j = across; j < min(across + TILES_ACROSS, COLUMN_TILES); j++) {
            tile(image, packed + (long)i * TERMS * TILE_FILTERS, out, i * TILE_FILTERS,
                 j * TILE_COLUMNS);
        }
    }
}
