/* SPDX-License-Identifier: Apache-2.0 */
/* Keeps a device busy for as long as it is told, to compare its event clock with the host's.
 *
 * out[i] = the (8 * steps)-th successor of xorshift32 from seed i + 1. Each step needs the one before
 * and has no shorter form, so no compiler can leave the loop out, and the host can follow it to see
 * that the kernel really ran. Traffic: 4 bytes a work-item. Needs nothing beyond OpenCL 1.2. */
uint next(uint x)
{
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    return x;
}

kernel void clock_busy(uint steps, global uint *out)
{
    uint x = (uint)get_global_id(0) + 1u;
    for (uint i = 0; i < steps; i++) {
        x = next(next(next(next(next(next(next(next(x))))))));
    }
    out[get_global_id(0)] = x;
}
