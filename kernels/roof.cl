/* SPDX-License-Identifier: Apache-2.0 */
/* A device's roof: multiply-adds in registers, and a streaming read.
 *
 * roof_chain_W: CHAINS chains of vectors of W, each work-item on its own: a = a * c + d, `steps` times;
 * out[item] = the sum of all its results (kernels/roof_chain.h tells which is right). Work: 2 * steps *
 * CHAINS * W flop a work-item, traffic one element.
 *
 * roof_fill, roof_read_…: in[i] = hash(i) for `count` vectors of 4 uint; then out[item] = the sum of all
 * that the item read, modulo 2^32. Traffic: 16 bytes a vector. _strided: neighbours read neighbouring
 * vectors, as a GPU coalesces them; _chunk: each item reads a stretch of its own, as a CPU prefetches.
 *
 * Needs OpenCL 1.2; cl_khr_fp64 where REAL is double. */
#ifndef REAL
#define REAL float // float or double
#endif

#define JOIN_(a, b) a##b
#define JOIN(a, b)  JOIN_(a, b)
#define REAL4       JOIN(REAL, 4)
#define REAL8       JOIN(REAL, 8)
#define REAL16      JOIN(REAL, 16)

#ifdef USE_FP64 // set where REAL is double
#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#define HAS_FAST_FMA 1 // a double-precision unit has it
#elif defined(FP_FAST_FMAF)
#define HAS_FAST_FMA 1
#else
#define HAS_FAST_FMA 0
#endif
#if HAS_FAST_FMA
#define MULTIPLY_ADD(a, b, c) fma(a, b, c)
#else
#define MULTIPLY_ADD(a, b, c) mad(a, b, c)
#endif

#define EACH_OF_8(X)  X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7)
#define EACH_OF_12(X) EACH_OF_8(X) X(8) X(9) X(10) X(11)
#define START(i)      VEC a##i = first + (REAL)(i) / (REAL)64;
#define STEP(i)       a##i = MULTIPLY_ADD(a##i, vc, vd);
#define ADD(i)        sum += a##i;

#define TOTAL_1(v)  (v)
#define TOTAL_4(v)  ((v).s0 + (v).s1 + (v).s2 + (v).s3)
#define TOTAL_8(v)  (TOTAL_4((v).lo) + TOTAL_4((v).hi))
#define TOTAL_16(v) (TOTAL_8((v).lo) + TOTAL_8((v).hi))

#define BODY(LANES, EACH, TOTAL)                                                                   \
    uint item = (uint)get_global_id(0);                                                            \
    VEC vc = c;                                                                                    \
    VEC vd = d;                                                                                    \
    VEC first = LANES / (REAL)128 + (REAL)1.25 + (REAL)(item % 64u) / (REAL)1024;                  \
    EACH(START)                                                                                    \
    for (uint s = 0; s < steps; s++) {                                                             \
        EACH(STEP)                                                                                 \
    }                                                                                              \
    VEC sum = 0;                                                                                   \
    EACH(ADD)                                                                                      \
    out[item] = TOTAL(sum);

#define VEC REAL
kernel void roof_chain_1(uint steps, REAL c, REAL d, global REAL *out)
{
    BODY((REAL)0, EACH_OF_8, TOTAL_1)
}
#undef VEC

#define VEC REAL4
kernel void roof_chain_4(uint steps, REAL c, REAL d, global REAL *out)
{
    BODY((REAL4)(0, 1, 2, 3), EACH_OF_8, TOTAL_4)
}
#undef VEC

#define VEC REAL8
kernel void roof_chain_8(uint steps, REAL c, REAL d, global REAL *out)
{
    BODY((REAL8)(0, 1, 2, 3, 4, 5, 6, 7), EACH_OF_12, TOTAL_8)
}
#undef VEC

#define VEC REAL16
kernel void roof_chain_16(uint steps, REAL c, REAL d, global REAL *out)
{
    BODY((REAL16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15), EACH_OF_12, TOTAL_16)
}
#undef VEC

kernel void roof_fill(global uint4 *data)
{
    uint i = 4u * (uint)get_global_id(0);
    data[get_global_id(0)] = (uint4)(i, i + 1u, i + 2u, i + 3u) * 2654435761u;
}

kernel void roof_read_strided(uint each, global const uint4 *in, global uint *out)
{
    size_t items = get_global_size(0);
    size_t at = get_global_id(0);
    uint4 sum = 0;
    for (uint i = 0; i < each; i++, at += items) {
        sum += in[at];
    }
    out[get_global_id(0)] = sum.s0 + sum.s1 + sum.s2 + sum.s3;
}

kernel void roof_read_scalar(uint each, global const uint *in, global uint *out)
{
    size_t items = get_global_size(0);
    size_t at = get_global_id(0);
    uint sum = 0;
    for (uint i = 0; i < each; i++, at += items) {
        sum += in[at];
    }
    out[get_global_id(0)] = sum;
}

kernel void roof_read_chunk(uint each, global const uint16 *in, global uint *out)
{
    size_t at = get_global_id(0) * each;
    uint16 sum = 0;
    for (uint i = 0; i < each; i++) {
        sum += in[at + i];
    }
    uint8 eight = sum.lo + sum.hi;
    uint4 four = eight.lo + eight.hi;
    out[get_global_id(0)] = four.s0 + four.s1 + four.s2 + four.s3;
}
