/* SPDX-License-Identifier: Apache-2.0 */
/* Matrix product, and the dense layer of a large batch:
 *
 *     out[m x n] = act(left[m x k] * right[k x n] + bias[n]), row-major, `batch` of them
 *
 * Scheme, work, traffic, needs and tunables: tile.cl. Global size: one group for each BLOCK_COLUMNS
 * columns, BLOCK_ROWS rows and product. */
#ifndef RIGHT_TRANSPOSED
#define RIGHT_TRANSPOSED 0 // 1: the right matrix is stored n x k
#endif
#ifndef BIAS
#define BIAS 0 // 1: a bias is added to each column
#endif

/* One vector of the right matrix: row d, columns [column, column + WIDTH). */
static inline REALV right_vector(const __global REAL *right, int n, int k, int d, int column)
{
    int count = min(n - column, WIDTH);
    if (RIGHT_TRANSPOSED) {
        // Columns past the end repeat the last one: their sums are never stored.
        REAL lane[WIDTH];
#pragma unroll
        for (int i = 0; i < WIDTH; i++) {
            lane[i] = right[(long)min(column + i, n - 1) * k + d];
        }
        return VLOAD(0, lane);
    }
    const __global REAL *from = right + (long)d * n + column;
    return count == WIDTH ? VLOAD(0, from) : load_part(from, count);
}

TILE_GROUP
__kernel void gemm(int m, int n, int k, long left_row, long left_column, const __global REAL *left,
                   const __global REAL *right, const __global REAL *bias, __global REAL *out)
{
    __local REALV right_stage[DEPTH * BLOCK_VECTORS];
    __local REAL left_staged[LEFT_STAGE_SIZE] LEFT_STAGE_ALIGNED;

    long product = (long)get_group_id(2);
    left_matrix l = {left + product * m * k, left_row, left_column, m};
    right += product * k * n;
    out += product * m * n;

    block_sums sums;
    sums_clear(&sums);
    for (int from = 0; from < k; from += DEPTH) {
        int steps = min(DEPTH, k - from);
        for (int e = group_item(); e < steps * BLOCK_VECTORS; e += GROUP) {
            int d = e / BLOCK_VECTORS;
            int v = e % BLOCK_VECTORS;
            right_stage[STAGED(d, v)] =
                right_vector(right, n, k, from + d, block_column() + v * WIDTH);
        }
        left_stage(left_staged, l, from, steps);
        GROUP_BARRIER();
        block_add(&sums, l, left_staged, right_stage, from, steps);
        GROUP_BARRIER();
    }
    block_store(&sums, out, m, n, BIAS ? bias : 0);
}
