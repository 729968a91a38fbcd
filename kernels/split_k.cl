/* SPDX-License-Identifier: Apache-2.0 */
/* A product whose inner dimension is cut into parts, so that a GPU has enough groups where the result
 * is small. Each part's group leaves its sums, and this adds them, always in the same order:
 *
 *     out[m x n] = act(sums[0] + sums[1] + ... + bias[n]),  sums[batch][SPLIT_K][m][pitch]
 *
 * Rows of the sums are whole vectors. Traffic: SPLIT_K times the output, and the output.
 *
 * Passed to the compiler before the kernel that computes the sums. Global size of split_k_add:
 * (vectors of a row, rows, products). */
#ifndef BIAS
#define BIAS 0 // 1: a bias is added to each column
#endif

// Terms of a part, whole steps of them but for the last part; numbers from row to row of the sums.
#define SPLIT_K_TERMS(k, step) (DIVIDE_UP(DIVIDE_UP(k, SPLIT_K), step) * (step))
#define SPLIT_K_PITCH(n) (DIVIDE_UP(n, WIDTH) * WIDTH)

__attribute__((reqd_work_group_size(64, 1, 1)))
__kernel void split_k_add(int m, int n, const __global REALV *sums, const __global STORED *bias,
                          __global STORED *out)
{
    int vectors = DIVIDE_UP(n, WIDTH);
    int v = (int)get_global_id(0);
    int row = (int)get_global_id(1);
    long product = (long)get_global_id(2);
    if (v >= vectors) {
        return;
    }
    const __global REALV *from = sums + (product * SPLIT_K * m + row) * vectors + v;
    REALV sum = (REALV)(0);
#pragma unroll
    for (int part = 0; part < SPLIT_K; part++) {
        sum += from[(long)part * m * vectors];
    }
    int count = min(n - v * WIDTH, WIDTH);
    if (BIAS) {
        sum += load_part(bias + v * WIDTH, count);
    }
    sum = activate(sum);
    __global STORED *to = out + (product * m + row) * n + v * WIDTH;
    if (ALIGNED) {
        store_aligned(sum, to);
    } else {
        store_part(sum, to, count);
    }
}
