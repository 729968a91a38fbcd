/* SPDX-License-Identifier: Apache-2.0 */
/* What a device can do at most, one kernel a question. kernels/ceilings.h tells which results are right.
 *
 * ceiling_chain_W: CHAINS_W chains of vectors of W numbers, each work-item on its own: a = a * c + d,
 * `steps` times; out[item] = the sum of all its results. Work: 2 * steps * CHAINS_W * W flop a work-item.
 *
 * ceiling_read_…, _copy_…, _triad_…: `each` vectors a work-item of memory past the caches, the sum of what
 * was read to out[item], b = a, or c = a + 3 * b. _strided: neighbours take neighbouring vectors, as a GPU
 * coalesces them; _chunk: each item takes a stretch of its own, as a CPU prefetches.
 *
 * ceiling_cache: the same vectors again and again, of a buffer that a cache holds, never the same ones by
 * the same work-item. ceiling_local: `steps` vectors of local memory a work-item. ceiling_atomic_…: `steps`
 * increments a work-item, of one number, of one of `spread`, or of one in local memory.
 *
 * Needs OpenCL 1.2; cl_khr_fp64 with USE_FP64, cl_khr_fp16 with USE_FP16. */
#ifdef USE_FP64
#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#define REAL  double
#define START(i, lane) ((REAL)1.25 + (REAL)(i) / 64 + (lane) / 128 + (REAL)(item % 64u) / 1024)
#define SUM   double
#elif defined(USE_FP16)
#pragma OPENCL EXTENSION cl_khr_fp16 : enable
#define REAL  half
/* Whole numbers: with c = d = 1 everything stays exact below 2048. */
#define START(i, lane) ((REAL)(i) + (lane) + (REAL)(item % 64u))
#define SUM   float
#else
#define REAL  float
#define START(i, lane) ((REAL)1.25 + (REAL)(i) / 64 + (lane) / 128 + (REAL)(item % 64u) / 1024)
#define SUM   float
#endif

#ifndef CHAINS_1
#define CHAINS_1 8 // independent chains of each width: 4, 5, 8 or 10, as many as hide the latency
#endif
#ifndef CHAINS_2
#define CHAINS_2 8
#endif
#ifndef CHAINS_4
#define CHAINS_4 8
#endif
#ifndef CHAINS_8
#define CHAINS_8 8
#endif
#ifndef CHAINS_16
#define CHAINS_16 5
#endif

#ifndef LOCAL_VECTOR
#define LOCAL_VECTOR 4 // floats in one load of ceiling_local: 4 or 16
#endif
#define LOCAL_SLOTS 256 // vectors of local memory, a power of two

#define JOIN_(a, b) a##b
#define JOIN(a, b)  JOIN_(a, b)

#define EACH_OF_4(X)  X(0) X(1) X(2) X(3)
#define EACH_OF_5(X)  EACH_OF_4(X) X(4)
#define EACH_OF_8(X)  EACH_OF_5(X) X(5) X(6) X(7)
#define EACH_OF_10(X) EACH_OF_8(X) X(8) X(9)

/* One expression, which OpenCL lets a compiler contract: it takes fma where the hardware has that, which
 * neither mad() (a product and a sum on PoCL) nor fma() (a function call without it) does everywhere. */
#define MULTIPLY_ADD(a, b, c) ((a) * (b) + (c))

#define LANES_1  ((VEC)0)
#define LANES_2  ((VEC)(0, 1))
#define LANES_4  ((VEC)(0, 1, 2, 3))
#define LANES_8  ((VEC)(0, 1, 2, 3, 4, 5, 6, 7))
#define LANES_16 ((VEC)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15))

#define TOTAL_1(v)  ((SUM)(v))
#define TOTAL_2(v)  (TOTAL_1((v).s0) + TOTAL_1((v).s1))
#define TOTAL_4(v)  (TOTAL_2((v).lo) + TOTAL_2((v).hi))
#define TOTAL_8(v)  (TOTAL_4((v).lo) + TOTAL_4((v).hi))
#define TOTAL_16(v) (TOTAL_8((v).lo) + TOTAL_8((v).hi))

#define BEGIN(i)  VEC a##i = START(i, lanes);
#define STEP(i)   a##i = MULTIPLY_ADD(a##i, vc, vd);
#define FINISH(i) sum += TOTAL(a##i);

#define EACH_(N, X) EACH_OF_##N(X)
#define EACH(N, X)  EACH_(N, X)

#define CHAIN_KERNEL(W)                                                                            \
    kernel void ceiling_chain_##W(uint steps, float c, float d, global SUM *out)                   \
    {                                                                                              \
        uint item = (uint)get_global_id(0);                                                        \
        VEC vc = (REAL)c;                                                                          \
        VEC vd = (REAL)d;                                                                          \
        VEC lanes = LANES_##W;                                                                     \
        EACH(CHAINS_##W, BEGIN)                                                                    \
        for (uint s = 0; s < steps; s++) {                                                         \
            EACH(CHAINS_##W, STEP)                                                                 \
        }                                                                                          \
        SUM sum = 0;                                                                               \
        EACH(CHAINS_##W, FINISH)                                                                   \
        out[item] = sum;                                                                           \
    }

#ifndef NO_CHAINS
#define VEC   REAL
#define TOTAL TOTAL_1
CHAIN_KERNEL(1)
#undef VEC
#undef TOTAL
#define VEC   JOIN(REAL, 2)
#define TOTAL TOTAL_2
CHAIN_KERNEL(2)
#undef VEC
#undef TOTAL
#define VEC   JOIN(REAL, 4)
#define TOTAL TOTAL_4
CHAIN_KERNEL(4)
#undef VEC
#undef TOTAL
#define VEC   JOIN(REAL, 8)
#define TOTAL TOTAL_8
CHAIN_KERNEL(8)
#undef VEC
#undef TOTAL
#define VEC   JOIN(REAL, 16)
#define TOTAL TOTAL_16
CHAIN_KERNEL(16)
#endif

#ifndef NO_MEMORY
uint total4(uint4 v)
{
    return v.s0 + v.s1 + v.s2 + v.s3;
}

uint total16(uint16 v)
{
    uint8 eight = v.lo + v.hi;
    return total4(eight.lo + eight.hi);
}

/* data[i] = i * `factor` modulo 2^32, for numbers of four at a time. */
kernel void ceiling_fill(uint factor, global uint4 *data)
{
    uint i = 4u * (uint)get_global_id(0);
    data[get_global_id(0)] = (uint4)(i, i + 1u, i + 2u, i + 3u) * factor;
}

/* data[i] = i / `divide` % 1024, as floats. */
kernel void ceiling_fill_floats(uint divide, global float4 *data)
{
    uint i = 4u * (uint)get_global_id(0);
    data[get_global_id(0)] = convert_float4((uint4)(i, i + 1u, i + 2u, i + 3u) / divide % 1024u);
}

/* Whole numbers that floats hold, summed as ceiling_read_strided does. */
kernel void ceiling_sum_floats(uint each, global const float4 *in, global uint *out)
{
    size_t items = get_global_size(0);
    size_t at = get_global_id(0);
    uint4 sum = 0;
    for (uint i = 0; i < each; i++, at += items) {
        sum += convert_uint4(in[at]);
    }
    out[get_global_id(0)] = total4(sum);
}

kernel void ceiling_read_strided(uint each, global const uint4 *in, global uint *out)
{
    size_t items = get_global_size(0);
    size_t at = get_global_id(0);
    uint4 sum = 0;
    for (uint i = 0; i < each; i++, at += items) {
        sum += in[at];
    }
    out[get_global_id(0)] = total4(sum);
}

kernel void ceiling_read_chunk(uint each, global const uint16 *in, global uint *out)
{
    size_t at = get_global_id(0) * each;
    uint16 sum = 0;
    for (uint i = 0; i < each; i++) {
        sum += in[at + i];
    }
    out[get_global_id(0)] = total16(sum);
}

kernel void ceiling_copy_strided(uint each, global const uint4 *a, global uint4 *b)
{
    size_t items = get_global_size(0);
    size_t at = get_global_id(0);
    for (uint i = 0; i < each; i++, at += items) {
        b[at] = a[at];
    }
}

kernel void ceiling_copy_chunk(uint each, global const uint16 *a, global uint16 *b)
{
    size_t at = get_global_id(0) * each;
    for (uint i = 0; i < each; i++) {
        b[at + i] = a[at + i];
    }
}

kernel void ceiling_triad_strided(uint each, global const float4 *a, global const float4 *b,
                                  global float4 *c)
{
    size_t items = get_global_size(0);
    size_t at = get_global_id(0);
    for (uint i = 0; i < each; i++, at += items) {
        c[at] = a[at] + 3.0f * b[at];
    }
}

kernel void ceiling_triad_chunk(uint each, global const float16 *a, global const float16 *b,
                                global float16 *c)
{
    size_t at = get_global_id(0) * each;
    for (uint i = 0; i < each; i++) {
        c[at + i] = a[at + i] + 3.0f * b[at + i];
    }
}

/* Every pass reads all `vectors` (a power of two) equally often, each work-item `each` of them, spread over
 * all (_strided: the items are a multiple of the vectors) or in a stretch. From pass to pass it moves on by
 * `shift`, so that what lies nearest to it does not serve. */
kernel void ceiling_cache_strided(uint passes, uint each, uint vectors, uint shift, global const uint4 *in,
                                  global uint *out)
{
    uint apart = vectors / each;
    uint start = (uint)get_global_id(0);
    uint4 sum = 0;
    for (uint p = 0; p < passes; p++, start += shift) {
        uint at = start;
        for (uint i = 0; i < each; i++, at += apart) {
            sum += in[at & (vectors - 1u)];
        }
    }
    out[get_global_id(0)] = total4(sum);
}

kernel void ceiling_cache_chunk(uint passes, uint each, uint vectors, uint shift, global const uint16 *in,
                                global uint *out)
{
    uint start = (uint)get_global_id(0) * each;
    uint16 sum = 0;
    for (uint p = 0; p < passes; p++, start += shift) {
        global const uint16 *from = in + (start & (vectors - 1u));
        for (uint i = 0; i < each; i++) {
            sum += from[i];
        }
    }
    out[get_global_id(0)] = total16(sum);
}

#define LOCAL_TYPE JOIN(float, LOCAL_VECTOR)
#define LOCAL_ADD(i) sum##i += slots[(at + i * 64u) & (LOCAL_SLOTS - 1u)];

/* Slot i holds i in each lane; an item begins at its own and takes 4 at a time, 64 apart. */
kernel void ceiling_local(uint steps, global float *out)
{
    local LOCAL_TYPE slots[LOCAL_SLOTS];
    uint id = (uint)get_local_id(0);
    for (uint i = id; i < LOCAL_SLOTS; i += (uint)get_local_size(0)) {
        slots[i] = (float)i;
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    LOCAL_TYPE sum0 = 0, sum1 = 0, sum2 = 0, sum3 = 0;
    uint at = id;
    for (uint s = 0; s < steps; s++, at++) {
        EACH_OF_4(LOCAL_ADD)
    }
    LOCAL_TYPE sum = (sum0 + sum1) + (sum2 + sum3);
    /* The lanes are alike: one stands for all, and the others must be read to know that. */
#if LOCAL_VECTOR == 16
    float8 eight = max(sum.lo, sum.hi);
    float4 four = max(eight.lo, eight.hi);
#else
    float4 four = sum;
#endif
    out[get_global_id(0)] = max(max(four.s0, four.s1), max(four.s2, four.s3));
}

kernel void ceiling_atomic_one(uint steps, volatile global uint *counters)
{
    for (uint s = 0; s < steps; s++) {
        atomic_inc(&counters[0]);
    }
}

kernel void ceiling_atomic_spread(uint steps, uint spread, volatile global uint *counters)
{
    uint at = (uint)get_global_id(0) & (spread - 1u);
    for (uint s = 0; s < steps; s++) {
        atomic_inc(&counters[at]);
    }
}

/* counters[group] += what the group counted. */
kernel void ceiling_atomic_local(uint steps, global uint *counters)
{
    local uint counter;
    if (get_local_id(0) == 0) {
        counter = 0;
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    for (uint s = 0; s < steps; s++) {
        atomic_inc(&counter);
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    if (get_local_id(0) == 0) {
        counters[get_group_id(0)] += counter;
    }
}

/* As good as empty: one work-item, which tells that it ran. */
kernel void ceiling_empty(global uint *counters)
{
    counters[0]++;
}
#endif
