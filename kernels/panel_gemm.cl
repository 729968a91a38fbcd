/* SPDX-License-Identifier: Apache-2.0 */
/* Matrix product and dense layer where a work-group is a loop on one core:
 *
 *     out[m x n] = act(left[m x k] * right[k x n] + bias[n]), row-major, `batch` of them
 *
 * Both matrices are first laid into panels (pack_panels), each read from front to end: a left one
 * holds TILE_ROWS rows, a right one TILE_COLUMNS columns. A work-item multiplies PANELS_DOWN left
 * ones by PANELS_ACROSS right ones; a register tile of TILE_ROWS x TILE_VECTORS vectors takes DEPTH
 * terms at a time, so that the parts of the left panels stay in the second cache, while the part of
 * a right one streams through the first.
 *
 *                      right panels: TILE_COLUMNS wide, k deep
 *                      +------+------+------+
 *                      | DEPTH|      |      |    d: one vector load for each TILE_VECTORS,
 *                      +------+------+------+       one broadcast for each TILE_ROWS,
 *     left panels      | tile | ---> |      |       TILE_ROWS x TILE_VECTORS multiply-adds
 *     TILE_ROWS high   |  |   |      |      |
 *                      |  v   |      |      |
 *                      +------+------+------+
 *
 * Work: 2 m n k flop. Least traffic: both matrices and the output once; packing adds two passes over
 * what it packs. A left matrix may be read where it lies (LEFT_PACKED 0), and so may a right one, not
 * transposed, whose columns fill whole panels: the strides are arguments.
 *
 * Needs: nothing optional. Groups of one work-item. Only the register tile is compiled in: PANELS_DOWN,
 * PANELS_ACROSS and DEPTH are arguments, so that one program serves many shapes. Where halves are
 * stored, DEPTH has to be all of k: the sums stay in registers, since the output cannot hold them. */
#ifndef TILE_ROWS
#define TILE_ROWS 6 // rows of a register tile: 6 with 16 registers, 8 to 14 with 32
#endif
#ifndef TILE_VECTORS
#define TILE_VECTORS 2 // vectors in each of its rows: 1 to 4
#endif
#ifndef LEFT_PACKED
#define LEFT_PACKED 1 // 0: the left matrix is read where it lies, with any strides
#endif

#define TILE_COLUMNS (TILE_VECTORS * WIDTH)
#define ONE_ITEM __attribute__((reqd_work_group_size(1, 1, 1)))

#if LEFT_PACKED
#define LEFT REAL
#define LEFT_GET(from) (*(from))
#else
#define LEFT STORED
#define LEFT_GET(from) GET(from)
#endif

/* Packing, `depth` terms of one panel for each group. Where `lines` is TILE_ROWS or TILE_COLUMNS,
 *
 *     to[panel][d][i] = from[(panel * lines + i) * line + d * term], zeros past the last line
 *
 * Global size: parts of k, panels, batch. */
typedef struct part {
    int steps, here; // terms; lines that exist
    long from, to;
} part;

static inline part part_of(int lines, int count, int k, int depth, long line, long term)
{
    int first = (int)get_group_id(0) * depth;
    int panel = (int)get_group_id(1);
    long number = (long)get_group_id(2);
    part p = {min(depth, k - first), min(lines, count - panel * lines),
              number * count * k + (long)panel * lines * line + first * term,
              ((number * (long)get_num_groups(1) + panel) * k + first) * lines};
    return p;
}

/* Rows as REAL, so that a half is converted once and not for each tile. */
ONE_ITEM
__kernel void pack_left(int m, int k, int depth, long line, long term,
                        const __global STORED *from, __global REAL *to)
{
    part p = part_of(TILE_ROWS, m, k, depth, line, term);
    from += p.from;
    to += p.to;
    for (int i = 0; i < TILE_ROWS; i++) {
        for (int d = 0; d < p.steps; d++) {
            to[d * TILE_ROWS + i] = i < p.here ? GET(from + i * line + d * term) : (REAL)0;
        }
    }
}

/* Columns as they are stored. */
ONE_ITEM
__kernel void pack_right(int n, int k, int depth, long line, long term,
                         const __global STORED *from, __global STORED *to)
{
    part p = part_of(TILE_COLUMNS, n, k, depth, line, term);
    from += p.from;
    to += p.to;
    if (line == 1 && p.here == TILE_COLUMNS) {
        for (int d = 0; d < p.steps; d++) {
#pragma unroll
            for (int j = 0; j < TILE_COLUMNS; j += WIDTH) {
                PUTV(GETV(from + d * term + j), to + d * TILE_COLUMNS + j);
            }
        }
    } else {
        for (int j = 0; j < TILE_COLUMNS; j++) {
            for (int d = 0; d < p.steps; d++) {
                REAL value = j < p.here ? GET(from + j * line + d * term) : (REAL)0;
                PUT(value, to + d * TILE_COLUMNS + j);
            }
        }
    }
}

/* `steps` terms of one tile, whose left part starts at `l` and whose right part starts at `r`. */
static inline void tile_add(REALV c[TILE_ROWS][TILE_VECTORS], const __global LEFT *const l[],
                            long left_term, const __global STORED *r, long right_term, int steps)
{
    for (int d = 0; d < steps; d++) {
        REALV b[TILE_VECTORS];
#pragma unroll
        for (int j = 0; j < TILE_VECTORS; j++) {
            b[j] = GETV(r + d * right_term + j * WIDTH);
        }
#pragma unroll
        for (int i = 0; i < TILE_ROWS; i++) {
            REALV a = (REALV)(LEFT_GET(l[i] + d * left_term));
#pragma unroll
            for (int j = 0; j < TILE_VECTORS; j++) {
                c[i][j] += a * b[j];
            }
        }
    }
}

typedef struct product {
    int m, n, k;
    long left_row, left_term;    // strides of a left matrix that is not packed
    long right_panel, right_term; // strides from panel to panel, from term to term
    const __global LEFT *left;
    const __global STORED *right;
    const __global STORED *bias; // of each column, or 0
    __global STORED *out;
} product;

/* Terms [from, from + steps) of the tile in row panel `down` and column panel `across`. */
static inline void tile(const product *p, int down, int across, int from, int steps)
{
    int row = down * TILE_ROWS;
    int column = across * TILE_COLUMNS;
    const __global LEFT *l[TILE_ROWS];
#pragma unroll
    for (int i = 0; i < TILE_ROWS; i++) {
        // Rows past the end repeat the last one: their sums are never stored.
        l[i] = LEFT_PACKED ? p->left + ((long)down * p->k + from) * TILE_ROWS + i
                           : p->left + min(row + i, p->m - 1) * p->left_row + from * p->left_term;
    }
    const __global STORED *r = p->right + across * p->right_panel + from * p->right_term;
    bool whole = row + TILE_ROWS <= p->m && column + TILE_COLUMNS <= p->n;
    __global STORED *out = p->out + (long)row * p->n + column;

    REALV c[TILE_ROWS][TILE_VECTORS];
#pragma unroll
    for (int i = 0; i < TILE_ROWS; i++) {
#pragma unroll
        for (int j = 0; j < TILE_VECTORS; j++) {
            c[i][j] = (REALV)(0);
        }
    }
    tile_add(c, l, LEFT_PACKED ? TILE_ROWS : p->left_term, r, p->right_term, steps);
    bool last = from + steps == p->k;
#pragma unroll
    for (int j = 0; j < TILE_VECTORS; j++) {
        int count = whole ? WIDTH : min(WIDTH, p->n - column - j * WIDTH);
        if (count <= 0) {
            continue;
        }
        REALV add = (REALV)(0);
        if (last && p->bias != 0) {
            add = load_part(p->bias + column + j * WIDTH, count);
        }
#pragma unroll
        for (int i = 0; i < TILE_ROWS; i++) {
            __global STORED *to = out + (long)i * p->n + j * WIDTH;
            if (whole) {
                REALV value = c[i][j] + add;
                if (from > 0) {
                    value += GETV(to);
                }
                PUTV(last ? activate(value) : value, to);
            } else if (row + i < p->m) {
                REALV value = c[i][j] + add;
                if (from > 0) {
                    value += load_part(to, count);
                }
                store_part(last ? activate(value) : value, to, count);
            }
        }
    }
}

/* Global size: one item for each PANELS_ACROSS panels of columns, PANELS_DOWN of rows, batch. */
ONE_ITEM
__kernel void panel_gemm(int m, int n, int k, int panels_down, int panels_across, int depth,
                         long left_row, long left_term, long right_panel, long right_term,
                         const __global LEFT *left, const __global STORED *right,
                         const __global STORED *bias, __global STORED *out)
{
    int row_panels = DIVIDE_UP(m, TILE_ROWS);
    int column_panels = DIVIDE_UP(n, TILE_COLUMNS);
    long number = (long)get_group_id(2);
    product p = {m,           n,          k,    left_row, left_term,
                 right_panel, right_term, left, right,    bias,
                 out + number * m * n};
    // Panels that are read where they lie are whole, so that both kinds have the same size.
    p.left += number * k * (LEFT_PACKED ? (long)row_panels * TILE_ROWS : m);
    p.right += number * k * (long)column_panels * TILE_COLUMNS;

    int first_down = (int)get_group_id(1) * panels_down;
    int first_across = (int)get_group_id(0) * panels_across;
    int end_down = min(first_down + panels_down, row_panels);
    int end_across = min(first_across + panels_across, column_panels);
    for (int from = 0; from < k; from += depth) {
        int steps = min(depth, k - from);
        for (int across = first_across; across < end_across; across++) {
            for (int down = first_down; down < end_down; down++) {
                tile(&p, down, across, from, steps);
            }
        }
    }
}
