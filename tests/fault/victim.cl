/* SPDX-License-Identifier: Apache-2.0 */
/* out[i] = in[i] + 1: anything simple whose result shows whether it ran. */
kernel void add_one(global const float *in, global float *out)
{
    size_t i = get_global_id(0);
    out[i] = in[i] + 1.0f;
}
