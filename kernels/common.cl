/* SPDX-License-Identifier: Apache-2.0 */
/* What every kernel of ours starts with: the number, the vector, the activation.
 *
 * Passed to the compiler as the first source. Needs: double precision where REAL is double. */
#ifndef REAL
#define REAL float // the number: float, or double where the device offers it
#endif
#ifndef HALF_STORED
#define HALF_STORED 0 // 1: arrays hold half, which REAL (float) computes with; needs no cl_khr_fp16
#endif
#ifndef WIDTH
#define WIDTH 8 // numbers in a vector: 1, 2, 4, 8, 16; a CPU's register, 1 to 4 on a GPU
#endif
#ifndef SPLIT_K
#define SPLIT_K 1 // parts that the sums are cut into, 1 to 64; above 1, split_k.cl adds them
#endif
#ifndef ALIGNED
#define ALIGNED 0 // 1: rows of the right matrix and of the output are whole vectors, one load each
#endif
#ifndef ACTIVATION
#define ACTIVATION 0 // after the sum: 0 none, 1 relu, 2 gelu (erf form), 3 sigmoid, 4 tanh
#endif

#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)
#if WIDTH == 1 // OpenCL C has no vectors of one
#define REALV REAL
#define VLOAD(offset, from) ((from)[offset])
#define VSTORE(value, offset, to) ((to)[offset] = (value))
#else
#define REALV JOIN(REAL, WIDTH)
#define VLOAD JOIN(vload, WIDTH)
#define VSTORE JOIN(vstore, WIDTH)
#endif

// What an array holds, and the way between that and REAL.
#if HALF_STORED
#define STORED half
#define GET(from) vload_half(0, from)
#define PUT(value, to) vstore_half(value, 0, to)
#if WIDTH == 1
#define GETV GET
#define PUTV PUT
#else
#define GETV(from) JOIN(vload_half, WIDTH)(0, from)
#define PUTV(value, to) JOIN(vstore_half, WIDTH)(value, 0, to)
#endif
#else
#define STORED REAL
#define GET(from) (*(from))
#define PUT(value, to) (*(to) = (value))
#define GETV(from) VLOAD(0, from)
#define PUTV(value, to) VSTORE(value, 0, to)
#endif

// What a kernel leaves: its result, or a part of the sums, which no half could hold.
#if SPLIT_K > 1
#define RESULT REAL
#else
#define RESULT STORED
#endif

#define DIVIDE_UP(a, b) (((a) + (b)-1) / (b))

/* All lanes at once. A NaN stays one: a relu by fmax would turn it into 0 and hide a fault. */
static inline REALV activate(REALV x)
{
#if ACTIVATION == 1
    return x < (REALV)(0) ? (REALV)(0) : x;
#elif ACTIVATION == 2
    return (REAL)0.5f * x * ((REALV)(1) + erf(x * sqrt((REAL)0.5f)));
#elif ACTIVATION == 3
    return (REALV)(1) / ((REALV)(1) + exp(-x));
#elif ACTIVATION == 4
    return tanh(x);
#else
    return x;
#endif
}

/* A vector that lies at a multiple of its size, in one load. Halves come as the 16 bits that they are:
 * vloada_half, which says the same, is a load for each of them in NVIDIA's code. */
static inline REALV load_aligned(const __global STORED *from)
{
#if HALF_STORED && WIDTH > 1
    JOIN(ushort, WIDTH) bits = *(const __global JOIN(ushort, WIDTH) *)from;
    return JOIN(vload_half, WIDTH)(0, (const __private half *)&bits);
#elif HALF_STORED
    return GET(from);
#else
    return *(const __global REALV *)from;
#endif
}

/* And in one store. */
static inline void store_aligned(REALV value, __global STORED *to)
{
#if HALF_STORED && WIDTH > 1
    JOIN(ushort, WIDTH) bits;
    JOIN(vstore_half, WIDTH)(value, 0, (__private half *)&bits);
    *(__global JOIN(ushort, WIDTH) *)to = bits;
#elif HALF_STORED
    PUT(value, to);
#else
    *(__global REALV *)to = value;
#endif
}

/* `count` (1 to WIDTH) numbers from memory, zeros behind them. */
static inline REALV load_part(const __global STORED *from, int count)
{
    REAL lane[WIDTH];
#pragma unroll
    for (int i = 0; i < WIDTH; i++) {
        lane[i] = i < count ? GET(from + i) : (REAL)0;
    }
    return VLOAD(0, lane);
}

/* The first `count` lanes to memory; nothing behind them is touched. */
static inline void store_part(REALV value, __global STORED *to, int count)
{
    REAL lane[WIDTH];
    VSTORE(value, 0, lane);
#pragma unroll // or the lanes lie in memory, since a register has no index
    for (int i = 0; i < WIDTH; i++) {
        if (i < count) {
            PUT(lane[i], to + i);
        }
    }
}
