/* SPDX-License-Identifier: Apache-2.0 */
/* The end of a real transform that took several passes: `length` complex numbers, the transform of twice
 * as many real ones, become the length + 1 numbers of their spectrum (fft_real.cl).
 *
 * A block is LENGTH numbers and their mirror images. Work: 12 flop a number. Traffic: the array in and
 * out. Needs: fft_vector.cl, fft_radix.cl and fft_real.cl before it; length above WIDTH. */
#ifndef LENGTH
#define LENGTH 1024 // numbers of a block, a multiple of WIDTH
#endif
#ifndef GROUP
#define GROUP 1 // work-items of a group: 1 on a CPU, 16 to 512 on a GPU
#endif

/* `blocks` blocks in all, `per_group` of them for each group. Distances from a transform to the next,
 * in numbers of REAL. */
__kernel ITEMS(GROUP) void
fold_halves(int blocks, int per_group, int length, long in_distance, long out_distance,
            const __global REAL *roots, const __global REAL *in, __global REAL *out)
{
    const int item = (int)get_local_id(0);
    const int from = (int)get_group_id(0) * per_group;
    const int each = (length / 2 + LENGTH - 1) / LENGTH;
    for (int block = from; block < min(from + per_group, blocks); block++) {
        const __global REAL *z = in + block / each * in_distance;
        __global REAL *x = out + block / each * out_distance;
        const int first = block % each * LENGTH;
        const int end = min(first + LENGTH, length / 2);
        for (int i = first + item * WIDTH; i < end; i += GROUP * WIDTH) {
            int k = min(1 + i, length - WIDTH);
            complexv far = complex_load(z + 2 * ((long)length - k - WIDTH + 1));
            folded_store(complex_load(z + 2 * (long)k), complex_reverse(far), roots, x, length, k);
        }
        if (first + item == 0) {
            folded_store_ends(z[0], z[1], x, length);
        }
    }
}
