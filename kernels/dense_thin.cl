/* SPDX-License-Identifier: Apache-2.0 */
/* The dense layer of a small batch, where the weights are read once and that is the time:
 *
 *     out[ROWS x n] = act(left[ROWS x k] * right[k x n] + bias[n]), row-major
 *
 * Each work-item sums VECTORS vectors of columns for all rows, over every SLICES-th term; the slices
 * are added in local memory. Work: 2 ROWS n k flop. Least traffic: the k n weights once, 2 ROWS flop
 * for each number read: bound by memory up to several rows. On a CPU a group is one work-item; on a
 * GPU neighbouring work-items read neighbouring columns, and slices fill it where columns are few.
 *
 * Needs: SLICES * ROWS * GROUP_ACROSS * VECTORS vectors of local memory. Global size: one group for
 * each BLOCK_COLUMNS columns. */
#ifndef ROWS
#define ROWS 1 // the whole batch: 1 to 4
#endif
#ifndef VECTORS
#define VECTORS 8 // vectors of columns of a work-item: 1 to 8 / ROWS on a GPU, up to 16 on a CPU
#endif
#ifndef GROUP_ACROSS
#define GROUP_ACROSS 1 // work-items of a group that share the terms and have other columns
#endif
#ifndef SLICES
#define SLICES 1 // work-items of a group that share the columns and have other terms
#endif

#define BLOCK_COLUMNS (GROUP_ACROSS * VECTORS * WIDTH)

/* Sum the work-item's terms. `whole`: all its columns exist, which spares the question at each. */
static inline void sum_terms(REALV sum[ROWS][VECTORS], const __global REAL *left,
                             const __global REAL *right, int n, int k, int column, int whole)
{
    for (int d = (int)get_local_id(1); d < k; d += SLICES) {
        const __global REAL *from = right + (long)d * n;
#pragma unroll
        for (int j = 0; j < VECTORS; j++) {
            int at = column + j * GROUP_ACROSS * WIDTH;
            REALV b = whole ? VLOAD(0, from + at) : load_part(from + at, n - at);
#pragma unroll
            for (int i = 0; i < ROWS; i++) {
                sum[i][j] += left[i * k + d] * b;
            }
        }
    }
}

__attribute__((reqd_work_group_size(GROUP_ACROSS, SLICES, 1)))
__kernel void dense_thin(int n, int k, const __global REAL *left, const __global REAL *right,
                         const __global REAL *bias, __global REAL *out)
{
#if SLICES > 1
    __local REALV part[SLICES][ROWS][VECTORS][GROUP_ACROSS];
#endif
    int x = (int)get_local_id(0);
    int first = (int)get_group_id(0) * BLOCK_COLUMNS;
    int column = first + x * WIDTH;

    REALV sum[ROWS][VECTORS];
#pragma unroll
    for (int i = 0; i < ROWS; i++) {
#pragma unroll
        for (int j = 0; j < VECTORS; j++) {
            sum[i][j] = (REALV)(0);
        }
    }
    if (first + BLOCK_COLUMNS <= n) {
        sum_terms(sum, left, right, n, k, column, 1);
    } else {
        sum_terms(sum, left, right, n, k, column, 0);
    }
#if SLICES > 1
    int slice = (int)get_local_id(1);
    for (int i = 0; i < ROWS; i++) {
        for (int j = 0; j < VECTORS; j++) {
            part[slice][i][j][x] = sum[i][j];
        }
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    if (slice > 0) {
        return;
    }
    for (int s = 1; s < SLICES; s++) {
        for (int i = 0; i < ROWS; i++) {
            for (int j = 0; j < VECTORS; j++) {
                sum[i][j] += part[s][i][j][x];
            }
        }
    }
#endif
    for (int j = 0; j < VECTORS; j++) {
        int at = column + j * GROUP_ACROSS * WIDTH;
        int count = min(n - at, WIDTH);
        if (count > 0) {
            REALV add = load_part(bias + at, count);
            for (int i = 0; i < ROWS; i++) {
                store_part(activate(sum[i][j] + add), out + (long)i * n + at, count);
            }
        }
    }
}
