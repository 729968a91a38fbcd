/* SPDX-License-Identifier: Apache-2.0 */
/* What a kernel must not be: an array with an index that is known at run time alone, and more numbers
 * alive than a work-item has registers. Every compiler has to put some of it in memory. */
#define ALIVE 160

__attribute__((reqd_work_group_size(1024, 1, 1)))
__kernel void spilled(__global float *x, const __global int *order, int n)
{
    float on_the_stack[256];
    float alive[ALIVE];
    for (int i = 0; i < 256; i++) {
        on_the_stack[i] = x[i * n];
    }
    for (int k = 0; k < n; k++) {
        on_the_stack[order[k] & 255] += on_the_stack[order[k + 1] & 255];
    }
#pragma unroll
    for (int i = 0; i < ALIVE; i++) {
        alive[i] = x[i * n] + on_the_stack[i & 255];
    }
    for (int k = 0; k < n; k++) {
#pragma unroll
        for (int i = 0; i < ALIVE; i++) {
            alive[i] = alive[i] * alive[(i + 1) % ALIVE] + alive[(i + 7) % ALIVE];
        }
    }
#pragma unroll
    for (int i = 0; i < ALIVE; i++) {
        x[get_global_id(0) + i * n] = alive[i];
    }
}
