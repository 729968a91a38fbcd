/* SPDX-License-Identifier: Apache-2.0 */
/* Forward transforms of 2 to 16 complex vectors in registers, in place and in natural order:
 *
 *     v[k] = sum over j of v[j] exp(-2 pi i j k / radix)
 *
 * `radix` is a constant wherever these are used, and every loop is unrolled, so that v[] never
 * becomes memory. Needs: fft_vector.cl before it. */

#define COS_8 ((REAL)0.70710678118654752440)  // cos(2 pi / 8)
#define COS_16 ((REAL)0.92387953251128675613) // cos(2 pi / 16)
#define SIN_16 ((REAL)0.38268343236508977173)

INLINE complexv times_minus_i(complexv a)
{
    complexv turned = {a.im, -a.re};
    return turned;
}

INLINE void radix_2(complexv *a, complexv *b)
{
    complexv sum = complex_add(*a, *b);
    *b = complex_subtract(*a, *b);
    *a = sum;
}

INLINE void radix_4(complexv *a, complexv *b, complexv *c, complexv *d)
{
    radix_2(a, c);
    radix_2(b, d);
    *d = times_minus_i(*d);
    radix_2(a, b); // numbers 0 and 2
    radix_2(c, d); // numbers 1 and 3
    complexv second = *c;
    *c = *b;
    *b = second;
}

INLINE void radix_8(complexv v[])
{
    radix_4(&v[0], &v[2], &v[4], &v[6]);
    radix_4(&v[1], &v[3], &v[5], &v[7]);
    complexv odd[4];
    odd[0] = v[1];
    odd[1].re = (v[3].re + v[3].im) * COS_8;
    odd[1].im = (v[3].im - v[3].re) * COS_8;
    odd[2] = times_minus_i(v[5]);
    odd[3].re = (v[7].im - v[7].re) * COS_8;
    odd[3].im = (v[7].re + v[7].im) * -COS_8;
    complexv even[4] = {v[0], v[2], v[4], v[6]};
#pragma unroll
    for (int k = 0; k < 4; k++) {
        v[k] = complex_add(even[k], odd[k]);
        v[k + 4] = complex_subtract(even[k], odd[k]);
    }
}

INLINE void radix_16(complexv v[])
{
#pragma unroll
    for (int j = 0; j < 4; j++) {
        radix_4(&v[j], &v[j + 4], &v[j + 8], &v[j + 12]);
    }
    // Row k of column j turns by exp(-2 pi i j k / 16).
    v[5] = complex_turn(v[5], COS_16, -SIN_16);
    v[6] = complex_turn(v[6], COS_8, -COS_8);
    v[7] = complex_turn(v[7], SIN_16, -COS_16);
    v[9] = complex_turn(v[9], COS_8, -COS_8);
    v[10] = times_minus_i(v[10]);
    v[11] = complex_turn(v[11], -COS_8, -COS_8);
    v[13] = complex_turn(v[13], SIN_16, -COS_16);
    v[14] = complex_turn(v[14], -COS_8, -COS_8);
    v[15] = complex_turn(v[15], -COS_16, SIN_16);
#pragma unroll
    for (int k = 0; k < 4; k++) {
        radix_4(&v[4 * k], &v[4 * k + 1], &v[4 * k + 2], &v[4 * k + 3]);
    }
#pragma unroll
    for (int k = 0; k < 4; k++) {
#pragma unroll
        for (int j = k + 1; j < 4; j++) {
            complexv kept = v[4 * k + j];
            v[4 * k + j] = v[4 * j + k];
            v[4 * j + k] = kept;
        }
    }
}

/* The pairs of a prime, up to three, unrolled whatever the compiler knows of `radix` by then. */
#define PAIRS(i, radix) _Pragma("unroll") for (int i = 1; i < 4; i++) if (i <= (radix) / 2)

/* A prime: pairs v[j] and v[radix - j], whose sums meet cosines and whose differences sines. `cosine` and
 * `sine` hold those of 2 pi j / radix from j = 1 on. */
INLINE void radix_odd(complexv v[], int radix, const REAL cosine[], const REAL sine[])
{
    complexv sum[3];
    complexv difference[3];
    complexv first = v[0];
    PAIRS(j, radix)
    {
        sum[j - 1] = complex_add(v[j], v[radix - j]);
        difference[j - 1] = complex_subtract(v[j], v[radix - j]);
        v[0] = complex_add(v[0], sum[j - 1]);
    }
    PAIRS(k, radix)
    {
        complexv even = first;
        complexv odd = {(REALV)(0), (REALV)(0)};
        PAIRS(j, radix)
        {
            int turn = j * k % radix; // cos(-x) = cos(x), sin(-x) = -sin(x)
            int near = turn <= radix / 2 ? turn : radix - turn;
            REAL c = cosine[near - 1];
            REAL s = turn <= radix / 2 ? sine[near - 1] : -sine[near - 1];
            even.re += sum[j - 1].re * c;
            even.im += sum[j - 1].im * c;
            odd.re += difference[j - 1].re * s;
            odd.im += difference[j - 1].im * s;
        }
        complexv turned = times_minus_i(odd);
        v[k] = complex_add(even, turned);
        v[radix - k] = complex_subtract(even, turned);
    }
}

INLINE void radix_any(complexv v[], int radix)
{
    const REAL cosine_3[1] = {(REAL)-0.5};
    const REAL sine_3[1] = {(REAL)0.86602540378443864676};
    const REAL cosine_5[2] = {(REAL)0.30901699437494742410, (REAL)-0.80901699437494742410};
    const REAL sine_5[2] = {(REAL)0.95105651629515357212, (REAL)0.58778525229247312917};
    const REAL cosine_7[3] = {(REAL)0.62348980185873353053, (REAL)-0.22252093395631440429,
                              (REAL)-0.90096886790241912624};
    const REAL sine_7[3] = {(REAL)0.78183148246802980871, (REAL)0.97492791218182360702,
                            (REAL)0.43388373911755812048};
    switch (radix) {
    case 2:
        radix_2(&v[0], &v[1]);
        break;
    case 3:
        radix_odd(v, 3, cosine_3, sine_3);
        break;
    case 4:
        radix_4(&v[0], &v[1], &v[2], &v[3]);
        break;
    case 5:
        radix_odd(v, 5, cosine_5, sine_5);
        break;
    case 7:
        radix_odd(v, 7, cosine_7, sine_7);
        break;
    case 8:
        radix_8(v);
        break;
    default:
        radix_16(v);
        break;
    }
}
