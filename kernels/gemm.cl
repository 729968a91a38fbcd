/* SPDX-License-Identifier: Apache-2.0 */
/* Matrix product, and the dense layer of a large batch, on GPUs:
 *
 *     out[m x n] = act(left[m x k] * right[k x n] + bias[n]), row-major, `batch` of them
 *
 * Scheme, work, traffic, needs and tunables: tile.cl. What a step stages is loaded all at once. With
 * SPLIT_K a group sums a part of the terms, and split_k.cl adds the parts. Global size: one group for
 * each BLOCK_COLUMNS columns, BLOCK_ROWS rows and part of a product. */
#ifndef AHEAD
#define AHEAD 1 // 1: the next step's numbers are loaded, to registers, while this one is computed
#endif
#ifndef LEFT_TRANSPOSED
#define LEFT_TRANSPOSED 0 // 1: the left matrix is stored k x m
#endif
#ifndef RIGHT_TRANSPOSED
#define RIGHT_TRANSPOSED 0 // 1: the right matrix is stored n x k
#endif
#ifndef BIAS
#define BIAS 0 // 1: a bias is added to each column
#endif

/* One vector of the right matrix: row d, columns [column, column + WIDTH). Columns past the end may
 * be anything: their sums are never stored. */
static inline REALV right_vector(const __global STORED *right, int n, int k, int d, int column)
{
    int count = min(n - column, WIDTH);
    if (RIGHT_TRANSPOSED) {
        REAL lane[WIDTH];
#pragma unroll
        for (int i = 0; i < WIDTH; i++) {
            lane[i] = GET(right + ((long)min(column + i, n - 1) * k + d));
        }
        return VLOAD(0, lane);
    }
    if (ALIGNED) {
        return load_aligned(right + (long)d * n + min(column, n - WIDTH));
    }
    const __global STORED *from = right + (long)d * n + column;
    return count == WIDTH ? GETV(from) : load_part(from, count);
}

// Vectors of it that a work-item stages in a step.
#define RIGHT_HELD DIVIDE_UP(DEPTH *BLOCK_VECTORS, GROUP)

/* Load the work-item's vectors of the DEPTH terms from number `from` on: zeros for terms from `end`
 * on. */
static inline void right_load(REALV held[RIGHT_HELD], const __global STORED *right, int n, int k,
                              int from, int end)
{
#pragma unroll
    for (int i = 0; i < RIGHT_HELD; i++) {
        int e = i * GROUP + group_item();
        int term = from + e / BLOCK_VECTORS;
        int column = block_column() + e % BLOCK_VECTORS * WIDTH;
        REALV value = right_vector(right, n, k, min(term, end - 1), column);
        held[i] = term < end ? value : (REALV)(0);
    }
}

/* Put them down. */
static inline void right_store(__local REALV *stage, const REALV held[RIGHT_HELD])
{
#pragma unroll
    for (int i = 0; i < RIGHT_HELD; i++) {
        int e = i * GROUP + group_item();
        if (e < DEPTH * BLOCK_VECTORS) {
            stage[STAGED(e / BLOCK_VECTORS, e % BLOCK_VECTORS)] = held[i];
        }
    }
}

#if !LEFT_STAGED
#error "gemm.cl is for GPUs: it stages both matrices"
#endif

TILE_GROUP
__kernel void gemm(int m, int n, int k, const __global STORED *left, const __global STORED *right,
                   const __global STORED *bias, __global RESULT *out)
{
    __local REALV right_stage[DEPTH * BLOCK_VECTORS];
    __local REAL left_staged[LEFT_STAGE_SIZE] LEFT_STAGE_ALIGNED;

    long product = (long)get_group_id(2) / SPLIT_K;
    left += product * m * k;
    left_matrix l = {left, LEFT_TRANSPOSED ? 1 : k, LEFT_TRANSPOSED ? m : 1, m};
    right += product * k * n;

    int terms = SPLIT_K_TERMS(k, DEPTH);
    int first = (int)get_group_id(2) % SPLIT_K * terms;
    int end = min(k, first + terms);

    block_sums sums;
    sums_clear(&sums);
    REALV right_held[RIGHT_HELD];
    REAL left_held[LEFT_HELD];
    if (AHEAD) {
        right_load(right_held, right, n, k, first, end);
        left_load(left_held, l, first, end, LEFT_TRANSPOSED);
    }
    for (int from = first; from < end; from += DEPTH) {
        if (!AHEAD) {
            right_load(right_held, right, n, k, from, end);
            left_load(left_held, l, from, end, LEFT_TRANSPOSED);
        }
        right_store(right_stage, right_held);
        left_store(left_staged, left_held, LEFT_TRANSPOSED);
        GROUP_BARRIER();
        if (AHEAD && from + DEPTH < end) {
            right_load(right_held, right, n, k, from + DEPTH, end);
            left_load(left_held, l, from + DEPTH, end, LEFT_TRANSPOSED);
        }
        block_add(&sums, l, left_staged, right_stage, from, DEPTH);
        GROUP_BARRIER();
    }
    int pitch = SPLIT_K > 1 ? SPLIT_K_PITCH(n) : n;
    block_store(&sums, out + (long)get_group_id(2) * m * pitch, m, pitch,
                SPLIT_K > 1 ? 0 : BIAS ? bias : 0);
}
