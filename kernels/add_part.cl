/* SPDX-License-Identifier: Apache-2.0 */
/* One part of sums that were cut up along their terms, added to those before it:
 *
 *     sum[count] = act(sum[count] + part[count])
 *
 * Work: count flop. Least traffic: two numbers read and one written for each: bound by memory. The
 * work-items of a group take neighbouring vectors, ROUNDS times.
 *
 * Needs: nothing. Global size: a group of GROUP for each GROUP * ROUNDS * WIDTH numbers. */
#ifndef GROUP
#define GROUP 64 // work-items of a group
#endif
#ifndef ROUNDS
#define ROUNDS 16 // vectors of a work-item, GROUP apart
#endif

__attribute__((reqd_work_group_size(GROUP, 1, 1)))
__kernel void add_part(long count, const __global REAL *part, __global REAL *sum)
{
    long at = ((long)get_group_id(0) * ROUNDS * GROUP + (long)get_local_id(0)) * WIDTH;
    for (int i = 0; i < ROUNDS; i++, at += GROUP * WIDTH) {
        if (at + WIDTH <= count) {
            VSTORE(activate(VLOAD(0, sum + at) + VLOAD(0, part + at)), 0, sum + at);
        } else if (at < count) {
            int left = (int)(count - at);
            store_part(activate(load_part(sum + at, left) + load_part(part + at, left)), sum + at,
                       left);
        }
    }
}
