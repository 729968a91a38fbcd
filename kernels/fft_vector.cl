/* SPDX-License-Identifier: Apache-2.0 */
/* Vectors of complex numbers for fft.cl: WIDTH real parts and WIDTH imaginary ones, each in a register
 * of its own, while memory holds them interleaved.
 *
 * Needs: double precision where REAL is double. */
#ifndef REAL
#define REAL float // the number: float, or double where the device offers it
#endif
#ifndef WIDTH
#define WIDTH 8 // complex numbers in a vector: 1, 2, 4, 8, 16; a CPU's register, 1 on a GPU
#endif

#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)

#ifdef SUBGROUP // work-items that share a thread's registers, where the driver can be told; the fewer, the more for each
#define ITEMS(group)                                                                               \
    __attribute__((reqd_work_group_size(group, 1, 1), intel_reqd_sub_group_size(SUBGROUP)))
#else
#define ITEMS(group) __attribute__((reqd_work_group_size(group, 1, 1)))
#endif

/* Radices are constants only where a function was inlined, and loops unrolled only then. */
#define INLINE static inline __attribute__((always_inline))

/* A loop that is unrolled whatever the compiler knows of `end` by then: up to the largest radix. */
#define EACH(i, first, end)                                                                        \
    _Pragma("unroll") for (int i = first; i < 16; i++) if (i < (end))

#if WIDTH == 1
#define REALV REAL
#define VLOAD(from) (*(from))
#define VSTORE(value, to) (*(to) = (value))
#else
#define REALV JOIN(REAL, WIDTH)
#define VLOAD(from) JOIN(vload, WIDTH)(0, from)
#define VSTORE(value, to) JOIN(vstore, WIDTH)(value, 0, to)
#endif

#if WIDTH == 1
#define REAL2V JOIN(REAL, 2)
#elif WIDTH == 2
#define REAL2V JOIN(REAL, 4)
#elif WIDTH == 4
#define REAL2V JOIN(REAL, 8)
#else
#define REAL2V JOIN(REAL, 16)
#endif

typedef struct complexv {
    REALV re, im;
} complexv;

INLINE complexv complex_add(complexv a, complexv b)
{
    complexv sum = {a.re + b.re, a.im + b.im};
    return sum;
}

INLINE complexv complex_subtract(complexv a, complexv b)
{
    complexv difference = {a.re - b.re, a.im - b.im};
    return difference;
}

INLINE complexv complex_times(complexv a, complexv b)
{
    complexv product = {a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
    return product;
}

/* a times re + i im, the same in all lanes. */
INLINE complexv complex_turn(complexv a, REAL re, REAL im)
{
    complexv product = {a.re * re - a.im * im, a.re * im + a.im * re};
    return product;
}

/* WIDTH interleaved numbers. */
INLINE complexv complex_load(const __global REAL *from)
{
#if WIDTH == 1
    REAL2V pair = vload2(0, from);
    complexv value = {pair.x, pair.y};
#elif WIDTH == 2
    REAL2V pairs = vload4(0, from);
    complexv value = {pairs.even, pairs.odd};
#elif WIDTH == 4
    REAL2V pairs = vload8(0, from);
    complexv value = {pairs.even, pairs.odd};
#elif WIDTH == 8
    REAL2V pairs = vload16(0, from);
    complexv value = {pairs.even, pairs.odd};
#else
    REAL2V low = vload16(0, from);
    REAL2V high = vload16(1, from);
    complexv value = {(REALV)(low.even, high.even), (REALV)(low.odd, high.odd)};
#endif
    return value;
}

INLINE void complex_store(complexv value, __global REAL *to)
{
#if WIDTH == 1
    vstore2((REAL2V)(value.re, value.im), 0, to);
#elif WIDTH == 16
    REAL2V pairs;
    pairs.even = value.re.lo;
    pairs.odd = value.im.lo;
    vstore16(pairs, 0, to);
    pairs.even = value.re.hi;
    pairs.odd = value.im.hi;
    vstore16(pairs, 1, to);
#else
    REAL2V pairs;
    pairs.even = value.re;
    pairs.odd = value.im;
#if WIDTH == 2
    vstore4(pairs, 0, to);
#elif WIDTH == 4
    vstore8(pairs, 0, to);
#else
    vstore16(pairs, 0, to);
#endif
#endif
}

#if WIDTH > 1
/* `count` vectors as one array of count * WIDTH numbers: both halves of it interleaved, once. */
INLINE void interleave(REALV v[], int count)
{
    REALV mixed[16];
    EACH(i, 0, count / 2)
    {
        REALV a = v[i];
        REALV b = v[i + count / 2];
        mixed[2 * i].even = a.lo;
        mixed[2 * i].odd = b.lo;
        mixed[2 * i + 1].even = a.hi;
        mixed[2 * i + 1].odd = b.hi;
    }
    EACH(i, 0, count)
    {
        v[i] = mixed[i];
    }
}
#endif

/* A matrix of `count` rows, 2, 4, 8 or 16, and WIDTH columns becomes its transpose, row after row. */
INLINE void transpose(REALV v[], int count)
{
    (void)v;
    (void)count;
#if WIDTH > 1
#pragma unroll
    for (int bit = 1; bit < 16; bit *= 2) {
        if (bit < count) {
            interleave(v, count);
        }
    }
#endif
}
