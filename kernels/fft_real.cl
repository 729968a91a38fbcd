/* SPDX-License-Identifier: Apache-2.0 */
/* Real transforms at half the work, for fft.cl: N = 2 M real numbers lie in memory as M complex ones do.
 *
 *     N real numbers = M complex -> transform -> Z -> fold, halve -> X: numbers 0 to M of N
 *     X: numbers 0 to M -> fold -> Z -> inverse transform -> M complex = N real numbers
 *
 * The fold of A and B is (A + B*) - i exp(-2 pi i k / N) (A - B*), where A is number k and B number M - k;
 * numbers 0 and M of X are real, and what else stands there counts for nothing.
 *
 * Its roots of unity: FOLD_FINE and 16 more exp(-2 pi i k / N), then as many steps of FOLD_FINE as there
 * are. Needs: fft_vector.cl and fft_radix.cl before it. */
#ifndef FOLD_FINE
#define FOLD_FINE 64 // a power of two
#endif

#if WIDTH == 1
#define REVERSE(v) (v)
#define FIRST(v) (v)
#elif WIDTH == 2
#define REVERSE(v) (v).s10
#define FIRST(v) (v).s0
#elif WIDTH == 4
#define REVERSE(v) (v).s3210
#define FIRST(v) (v).s0
#elif WIDTH == 8
#define REVERSE(v) (v).s76543210
#define FIRST(v) (v).s0
#else
#define REVERSE(v) (v).sfedcba9876543210
#define FIRST(v) (v).s0
#endif

INLINE complexv complex_reverse(complexv a)
{
    complexv reversed = {REVERSE(a.re), REVERSE(a.im)};
    return reversed;
}

INLINE complexv fold_root(const __global REAL *roots, int k)
{
    const __global REAL *coarse = roots + 2 * (FOLD_FINE + 16 + k / FOLD_FINE);
    return complex_turn(complex_load(roots + 2 * (k % FOLD_FINE)), coarse[0], coarse[1]);
}

/* A fold is even + odd; that of the mirrored number, M - k, is the conjugate of even - odd. */
INLINE void fold(complexv a, complexv b, complexv root, complexv *even, complexv *odd)
{
    complexv difference = {a.re - b.re, a.im + b.im};
    even->re = a.re + b.re;
    even->im = a.im - b.im;
    *odd = times_minus_i(complex_times(difference, root));
}

/* `count` numbers of Z from `position` on, zeros behind them; imaginary parts times `in_im`. */
INLINE complexv folded_load(const __global REAL *in, const __global REAL *roots, int length,
                            int position, int count, REAL in_im)
{
    complexv a;
    complexv b;
    if (count >= WIDTH) {
        a = complex_load(in + 2 * (long)position);
        b = complex_reverse(complex_load(in + 2 * ((long)length - position - WIDTH + 1)));
    } else {
        REAL near[2][WIDTH];
        REAL far[2][WIDTH];
        for (int i = 0; i < WIDTH; i++) {
            for (int part = 0; part < 2; part++) {
                near[part][i] = i < count ? in[2 * ((long)position + i) + part] : 0;
                far[part][i] = i < count ? in[2 * ((long)length - position - i) + part] : 0;
            }
        }
        a.re = VLOAD(near[0]);
        a.im = VLOAD(near[1]);
        b.re = VLOAD(far[0]);
        b.im = VLOAD(far[1]);
    }
    if (position == 0) {
        FIRST(a.im) = 0;
        FIRST(b.im) = 0;
    }
    a.im *= in_im;
    b.im *= in_im;
    complexv even;
    complexv odd;
    fold(a, b, fold_root(roots, position), &even, &odd);
    return complex_add(even, odd);
}

/* Numbers k to k + WIDTH - 1 of X and their mirror images; `b` is numbers M - k and down. */
INLINE void folded_store(complexv a, complexv b, const __global REAL *roots, __global REAL *out,
                         int length, int k)
{
    complexv even;
    complexv odd;
    fold(a, b, fold_root(roots, k), &even, &odd);
    const REAL half_of = (REAL)0.5;
    complexv near = {(even.re + odd.re) * half_of, (even.im + odd.im) * half_of};
    complexv far = {(even.re - odd.re) * half_of, (odd.im - even.im) * half_of};
    complex_store(near, out + 2 * (long)k);
    complex_store(complex_reverse(far), out + 2 * ((long)length - k - WIDTH + 1));
}

/* Numbers 0 and M of X from number 0 of Z. */
INLINE void folded_store_ends(REAL re, REAL im, __global REAL *out, int length)
{
    out[0] = re + im;
    out[1] = 0;
    out[2 * (long)length] = re - im;
    out[2 * (long)length + 1] = 0;
}
