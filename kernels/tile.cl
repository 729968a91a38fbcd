/* SPDX-License-Identifier: Apache-2.0 */
/* The multiplication that gemm.cl and conv2d.cl share:
 *
 *     out[rows x columns] = left[rows x depth] * right[depth x columns], row-major
 *
 * A work-group computes one block of the output. Step by step of DEPTH terms it stages its part of
 * the right matrix in local memory (that is the caller's: a matrix, or the patches of an image), and
 * each work-item adds the step's products to its register tiles. Work: 2 rows columns depth flop.
 * Least traffic: both matrices and the output once; this scheme reads the right one once for each
 * BLOCK_ROWS rows, and the left one once for each BLOCK_COLUMNS columns.
 *
 * One text, two families. On a CPU a group is one work-item that walks over many register tiles, and
 * the staged part stays in its cache: GROUP_… 1, TILES_… large, LEFT_STAGED 0. On a GPU a group is
 * many work-items with one tile each: TILES_… 1, LEFT_STAGED 1.
 *
 * Needs: DEPTH * BLOCK_COLUMNS numbers of local memory, DEPTH * LEFT_PITCH more with LEFT_STAGED. */
#ifndef TILE_ROWS
#define TILE_ROWS 6 // rows of a register tile: 4, 6 or 8, so that the tile fits into the registers
#endif
#ifndef TILE_VECTORS
#define TILE_VECTORS 2 // vectors in each of its rows: 1 to 3
#endif
#ifndef TILES_DOWN
#define TILES_DOWN 16 // register tiles of a work-item, below each other
#endif
#ifndef TILES_ACROSS
#define TILES_ACROSS 4 // register tiles of a work-item, beside each other
#endif
#ifndef GROUP_DOWN
#define GROUP_DOWN 1 // work-items of a group, below each other
#endif
#ifndef GROUP_ACROSS
#define GROUP_ACROSS 1 // work-items of a group, beside each other
#endif
#ifndef DEPTH
#define DEPTH 128 // terms of the sums staged at a time: 8 to 32 on a GPU, 64 to 256 on a CPU
#endif
#ifndef LEFT_STAGED
#define LEFT_STAGED 0 // 1: the left matrix goes through local memory too
#endif

#define STRIP (GROUP_ACROSS * TILE_VECTORS) // vectors that the group's tiles cover side by side
#define BLOCK_VECTORS (STRIP * TILES_ACROSS)
#define BLOCK_COLUMNS (BLOCK_VECTORS * WIDTH)
#define BLOCK_ROWS (GROUP_DOWN * TILE_ROWS * TILES_DOWN)
#define GROUP (GROUP_DOWN * GROUP_ACROSS)

// A group of one work-item has nobody to wait for, and its loops stay whole.
#if GROUP == 1
#define GROUP_BARRIER()
#else
#define GROUP_BARRIER() barrier(CLK_LOCAL_MEM_FENCE)
#endif

// Intel's GPUs for computing alone, told by their lack of images, have threads of 16 or 32 work-items.
// The compiler would take 32, for which a tile is too large for the registers.
#if GROUP > 1 && defined(cl_intel_required_subgroup_size) && !defined(__IMAGE_SUPPORT__)
#define TILE_SUBGROUP __attribute__((intel_reqd_sub_group_size(16)))
#else
#define TILE_SUBGROUP
#endif
#define TILE_GROUP __attribute__((reqd_work_group_size(GROUP_ACROSS, GROUP_DOWN, 1))) TILE_SUBGROUP

/* Where vector `v` of the block's row `d` is staged: strip after strip, each read from front to end
 * by a CPU, with the vectors of neighbouring work-items side by side for a GPU. */
#define STAGED(d, v) (((v) / STRIP * DEPTH + (d)) * STRIP + (v) % STRIP)

/* The left matrix: any strides, so that a transposed one needs no copy. */
typedef struct left_matrix {
    const __global STORED *at;
    long row, column; // strides in numbers
    int rows;
} left_matrix;

/* A group's sums; the tile of each (down, across) is loaded to registers for a step. */
typedef struct block_sums {
    REALV at[TILES_DOWN][TILES_ACROSS][TILE_ROWS][TILE_VECTORS];
} block_sums;

static inline int group_item(void)
{
    return (int)(get_local_id(1) * GROUP_ACROSS + get_local_id(0));
}

static inline int block_row(void)
{
    return (int)get_group_id(1) * BLOCK_ROWS;
}

static inline int block_column(void)
{
    return (int)get_group_id(0) * BLOCK_COLUMNS;
}

/* First row of the work-item's tile number `down`. */
static inline int tile_row(int down)
{
    return block_row() + (down * GROUP_DOWN + (int)get_local_id(1)) * TILE_ROWS;
}

/* Vector number `j` of its tile number `across`, counted within the block. */
static inline int tile_vector(int across, int j)
{
    return across * STRIP + j * GROUP_ACROSS + (int)get_local_id(0);
}

static inline void sums_clear(block_sums *sums)
{
    for (int down = 0; down < TILES_DOWN; down++) {
        for (int across = 0; across < TILES_ACROSS; across++) {
#pragma unroll
            for (int i = 0; i < TILE_ROWS; i++) {
#pragma unroll
                for (int j = 0; j < TILE_VECTORS; j++) {
                    sums->at[down][across][i][j] = (REALV)(0);
                }
            }
        }
    }
}

// Staged numbers of the left matrix that are read at once: neighbouring rows of a tile.
#if TILE_ROWS % 4 == 0
#define LEFT_WIDTH 4
#else
#define LEFT_WIDTH 2
#endif
#define LEFTV JOIN(REAL, LEFT_WIDTH)

// Numbers from term to term of that part. Neighbouring work-items store neighbouring terms: a few more
// than the rows keep those in different banks.
#define LEFT_PITCH (BLOCK_ROWS + LEFT_WIDTH)
#define LEFT_STAGE_SIZE (LEFT_STAGED ? DEPTH * LEFT_PITCH : 1)
#define LEFT_STAGE_ALIGNED __attribute__((aligned(sizeof(LEFTV))))

// Numbers of it that a work-item stages in a step. They are all loaded before the first is put down,
// so that it waits for memory once.
#define LEFT_HELD (LEFT_STAGED ? DIVIDE_UP(DEPTH * BLOCK_ROWS, GROUP) : 1)

/* Which of the block's rows and of a step's terms number `i` of the work-item is. Neighbouring
 * work-items take neighbouring numbers, whichever way the matrix lies. */
typedef struct left_place {
    int row, term;
} left_place;

static inline left_place left_place_of(int i, int transposed)
{
    int e = i * GROUP + group_item();
    left_place along = {e / DEPTH, e % DEPTH};
    left_place across = {e % BLOCK_ROWS, e / BLOCK_ROWS};
    return transposed ? across : along;
}

/* Its number, of the DEPTH terms from number `from` on: zero for terms from `end` on; rows past the
 * end repeat the last. */
static inline REAL left_number(left_matrix left, left_place p, int from, int end)
{
    const __global STORED *at = left.at + block_row() * left.row;
    int last = left.rows - 1 - block_row();
    int term = from + p.term;
    // One sum for the offset: added in two steps it costs gemm up to 28 registers more on NVIDIA.
    REAL value = GET(at + (min(p.row, last) * left.row + min(term, end - 1) * left.column));
    return term < end ? value : (REAL)0;
}

/* Load the work-item's numbers. `transposed`: rows are neighbours in memory, not terms. */
static inline void left_load(REAL held[LEFT_HELD], left_matrix left, int from, int end,
                             int transposed)
{
#pragma unroll
    for (int i = 0; i < LEFT_HELD; i++) {
        held[i] = left_number(left, left_place_of(i, transposed), from, end);
    }
}

/* Put them down, transposed where the matrix is not. */
static inline void left_store(__local REAL *stage, const REAL held[LEFT_HELD], int transposed)
{
#pragma unroll
    for (int i = 0; i < LEFT_HELD; i++) {
        left_place p = left_place_of(i, transposed);
        if (p.row < BLOCK_ROWS && p.term < DEPTH) {
            stage[p.term * LEFT_PITCH + p.row] = held[i];
        }
    }
}

/* Both at once, for a matrix whose terms are neighbours. Nothing without LEFT_STAGED. A work-item that
 * is the whole group has more numbers than it could hold, and puts each down where it finds it. */
static inline void left_stage(__local REAL *stage, left_matrix left, int from, int end)
{
    if (!LEFT_STAGED) {
        return;
    }
    if (GROUP > 1) {
        REAL held[LEFT_HELD];
        left_load(held, left, from, end, 0);
        left_store(stage, held, 0);
        return;
    }
    for (int i = 0; i < LEFT_HELD; i++) {
        left_place p = left_place_of(i, 0);
        stage[p.term * LEFT_PITCH + p.row] = left_number(left, p, from, end);
    }
}

/* One step of one tile. */
static inline void tile_add(REALV sum[TILE_ROWS][TILE_VECTORS], left_matrix left,
                            const __local REAL *left_stage, const __local REALV *right_stage,
                            int down, int across, int from, int steps)
{
    REALV c[TILE_ROWS][TILE_VECTORS];
#pragma unroll
    for (int i = 0; i < TILE_ROWS; i++) {
#pragma unroll
        for (int j = 0; j < TILE_VECTORS; j++) {
            c[i][j] = sum[i][j];
        }
    }
    // Rows past the end repeat the last one: their sums are never stored.
    const __global STORED *l[TILE_ROWS];
#pragma unroll
    for (int i = 0; i < TILE_ROWS; i++) {
        l[i] = left.at + min(tile_row(down) + i, left.rows - 1) * left.row + from * left.column;
    }
    const __local REAL *staged = left_stage + tile_row(down) - block_row();
    const __local REALV *r = right_stage + STAGED(0, tile_vector(across, 0));
#if GROUP > 1 // a CPU's tile is large enough without
#pragma unroll 16
#endif
    for (int d = 0; d < steps; d++, r += STRIP, staged += LEFT_PITCH) {
        REALV b[TILE_VECTORS];
#pragma unroll
        for (int j = 0; j < TILE_VECTORS; j++) {
            b[j] = r[j * GROUP_ACROSS];
        }
        REAL a[TILE_ROWS];
#if LEFT_STAGED
#pragma unroll
        for (int i = 0; i < TILE_ROWS; i += LEFT_WIDTH) {
            JOIN(vstore, LEFT_WIDTH)(*(const __local LEFTV *)(staged + i), 0, a + i);
        }
#else
#pragma unroll
        for (int i = 0; i < TILE_ROWS; i++) {
            a[i] = GET(l[i] + d * left.column);
        }
#endif
#pragma unroll
        for (int i = 0; i < TILE_ROWS; i++) {
#pragma unroll
            for (int j = 0; j < TILE_VECTORS; j++) {
                c[i][j] += (REALV)(a[i]) * b[j];
            }
        }
    }
#pragma unroll
    for (int i = 0; i < TILE_ROWS; i++) {
#pragma unroll
        for (int j = 0; j < TILE_VECTORS; j++) {
            sum[i][j] = c[i][j];
        }
    }
}

/* One step of the whole block: `steps` terms from number `from` on, whose right part is staged. */
static inline void block_add(block_sums *sums, left_matrix left, const __local REAL *left_stage,
                             const __local REALV *right_stage, int from, int steps)
{
    for (int across = 0; across < TILES_ACROSS; across++) {
        for (int down = 0; down < TILES_DOWN && tile_row(down) < left.rows; down++) {
            tile_add(sums->at[down][across], left, left_stage, right_stage, down, across, from,
                     steps);
        }
    }
}

/* Write what lies inside the matrix: plus the bias of its column (NULL: none), then the activation. A
 * part of the sums has neither, and its rows are whole vectors. */
static inline void block_store(const block_sums *sums, __global RESULT *out, int rows, int columns,
                               const __global STORED *bias)
{
    for (int down = 0; down < TILES_DOWN; down++) {
        for (int across = 0; across < TILES_ACROSS; across++) {
#pragma unroll
            for (int j = 0; j < TILE_VECTORS; j++) {
                int column = block_column() + tile_vector(across, j) * WIDTH;
                int count = min(columns - column, WIDTH);
                if (count <= 0) {
                    continue;
                }
                REALV add = (REALV)(0);
                if (bias != 0) {
                    add = load_part(bias + column, count);
                }
#pragma unroll
                for (int i = 0; i < TILE_ROWS; i++) {
                    int row = tile_row(down) + i;
                    if (row < rows) {
                        __global RESULT *result = out + (long)row * columns + column;
                        REALV value = sums->at[down][across][i][j] + add;
                        if (SPLIT_K > 1) {
                            *(__global REALV *)result = value;
                            continue;
                        }
                        __global STORED *to = (__global STORED *)result;
                        value = activate(value);
                        if (ALIGNED) {
                            store_aligned(value, to);
                        } else if (count == WIDTH) {
                            PUTV(value, to);
                        } else {
                            store_part(value, to, count);
                        }
                    }
                }
            }
        }
    }
}
