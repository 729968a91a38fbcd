/* SPDX-License-Identifier: Apache-2.0 */
/* The dense layer of a small batch on GPUs, where the weights are read once and that is the time:
 *
 *     out[ROWS x n] = act(left[ROWS x k] * right[k x n] + bias[n]), row-major
 *
 * Each work-item sums VECTORS vectors of columns for all rows, AHEAD terms of every SLICES times AHEAD;
 * the slices are added in local memory. With SPLIT_K a group sums a part of the terms, and split_k.cl
 * adds the parts. Work: 2 ROWS n k flop. Least traffic: the k n weights once, 2 ROWS flop for each
 * number read: bound by memory up to several rows. Neighbouring work-items read neighbouring vectors of
 * 16 bytes; slices, parts and the terms that are loaded ahead keep enough of those on their way.
 *
 * Needs: SLICES * ROWS * GROUP_ACROSS * VECTORS vectors of local memory. Global size: one group for
 * each BLOCK_COLUMNS columns and each part. */
#ifndef ROWS
#define ROWS 1 // the whole batch: 1 to 4
#endif
#ifndef VECTORS
#define VECTORS 1 // vectors of columns of a work-item: 1 or 2
#endif
#ifndef GROUP_ACROSS
#define GROUP_ACROSS 32 // work-items of a group that share the terms and have other columns
#endif
#ifndef SLICES
#define SLICES 8 // work-items of a group that share the columns and have other terms
#endif
#ifndef AHEAD
#define AHEAD 4 // terms whose weights are loaded before the first is used: 1 to 8
#endif

#define BLOCK_COLUMNS (GROUP_ACROSS * VECTORS * WIDTH)

/* The vector of `weights` (a row of the right matrix) at column `at`; columns past the end may be
 * anything, since their sums are never stored. `whole`: all columns of the group exist. */
static inline REALV weights_vector(const __global STORED *weights, int n, int at, int whole)
{
    if (ALIGNED) {
        return load_aligned(weights + min(at, n - WIDTH));
    }
    return whole ? GETV(weights + at) : load_part(weights + at, n - at);
}

/* Add AHEAD terms from number `d` on, whose weights are all on their way before the first is used. */
static inline void add_terms(REALV sum[ROWS][VECTORS], const __global STORED *left,
                             const __global STORED *right, int n, int k, int d, int column, int whole)
{
    REALV b[AHEAD][VECTORS];
#pragma unroll
    for (int t = 0; t < AHEAD; t++) {
#pragma unroll
        for (int j = 0; j < VECTORS; j++) {
            b[t][j] = weights_vector(right + (long)(d + t) * n, n,
                                     column + j * GROUP_ACROSS * WIDTH, whole);
        }
    }
#pragma unroll
    for (int t = 0; t < AHEAD; t++) {
#pragma unroll
        for (int i = 0; i < ROWS; i++) {
            REAL a = GET(left + ((long)i * k + d + t));
#pragma unroll
            for (int j = 0; j < VECTORS; j++) {
                sum[i][j] += a * b[t][j];
            }
        }
    }
}

/* Sum the work-item's terms among [first, end). */
static inline void sum_terms(REALV sum[ROWS][VECTORS], const __global STORED *left,
                             const __global STORED *right, int n, int k, int first, int end,
                             int column, int whole)
{
    int d = first + (int)get_local_id(1) * AHEAD;
    for (; d + AHEAD <= end; d += SLICES * AHEAD) {
        add_terms(sum, left, right, n, k, d, column, whole);
    }
    for (; d < end; d++) {
#pragma unroll
        for (int j = 0; j < VECTORS; j++) {
            REALV b = weights_vector(right + (long)d * n, n, column + j * GROUP_ACROSS * WIDTH,
                                     whole);
#pragma unroll
            for (int i = 0; i < ROWS; i++) {
                sum[i][j] += GET(left + ((long)i * k + d)) * b;
            }
        }
    }
}

__attribute__((reqd_work_group_size(GROUP_ACROSS, SLICES, 1)))
__kernel void dense_thin(int n, int k, const __global STORED *left, const __global STORED *right,
                         const __global STORED *bias, __global RESULT *out)
{
    __local REALV slices[SLICES][ROWS][VECTORS][GROUP_ACROSS];
    int x = (int)get_local_id(0);
    int block = (int)get_group_id(0) * BLOCK_COLUMNS;
    int column = block + x * WIDTH;
    int part = (int)get_group_id(1);
    int first = part * SPLIT_K_TERMS(k, SLICES * AHEAD);
    int end = min(k, first + SPLIT_K_TERMS(k, SLICES * AHEAD));

    REALV sum[ROWS][VECTORS];
#pragma unroll
    for (int i = 0; i < ROWS; i++) {
#pragma unroll
        for (int j = 0; j < VECTORS; j++) {
            sum[i][j] = (REALV)(0);
        }
    }
    if (ALIGNED || block + BLOCK_COLUMNS <= n) {
        sum_terms(sum, left, right, n, k, first, end, column, 1);
    } else {
        sum_terms(sum, left, right, n, k, first, end, column, 0);
    }
    int slice = (int)get_local_id(1);
#pragma unroll
    for (int i = 0; i < ROWS; i++) {
#pragma unroll
        for (int j = 0; j < VECTORS; j++) {
            slices[slice][i][j][x] = sum[i][j];
        }
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    // Each row of the batch is added up by a slice of its own, as far as there are slices.
    for (int i = slice; i < ROWS; i += SLICES) {
#pragma unroll
        for (int j = 0; j < VECTORS; j++) {
            int at = column + j * GROUP_ACROSS * WIDTH;
            int count = min(n - at, WIDTH);
            REALV all = slices[0][i][j][x];
            for (int s = 1; s < SLICES; s++) {
                all += slices[s][i][j][x];
            }
            if (count <= 0) {
                continue;
            }
            if (SPLIT_K > 1) {
                int pitch = SPLIT_K_PITCH(n);
                *(__global REALV *)(out + ((long)part * ROWS + i) * pitch + at) = all;
            } else {
                all = activate(all + load_part(bias + at, count));
                store_part(all, (__global STORED *)out + (long)i * n + at, count);
            }
        }
    }
}
