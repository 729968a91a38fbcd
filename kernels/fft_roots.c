/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels/fft_roots.h"

#include <math.h>

/* Lengths and tables are at least 1, which the analyzer cannot see. */
// NOLINTBEGIN(clang-analyzer-core.DivideZero)

/* The angle is taken within [0, pi / 4], where sine and cosine are best. */
void gv__fft_root(uint64_t k, uint64_t n, double *re, double *im)
{
    const uint64_t quarter = (8 * k / n + 1) / 2;
    const bool below = 4 * k < quarter * n;
    const uint64_t distance = below ? quarter * n - 4 * k : 4 * k - quarter * n;
    const long double half_pi = 1.57079632679489661923132169163975144L;
    const double angle = (double)(half_pi * (long double)distance / (long double)n);
    const double c = cos(angle);
    const double s = below ? -sin(angle) : sin(angle);
    *re = quarter % 4 == 0 ? c : quarter % 4 == 1 ? -s : quarter % 4 == 2 ? -c : s;
    *im = quarter % 4 == 0 ? -s : quarter % 4 == 1 ? -c : quarter % 4 == 2 ? s : c;
}

static uint64_t split_count(const gv__fft_pass *pass)
{
    return pass->parts > 1 ? pass->parts * (pass->fine + pass->length / pass->fine) : 0;
}

/* Those behind the table are for vectors that begin near its end. */
static uint64_t fold_fine_count(const gv__fft_pass *pass)
{
    return pass->fold_fine > 0 ? pass->fold_fine + 16 : 0;
}

static uint64_t fold_coarse_count(const gv__fft_pass *pass)
{
    return pass->fold_fine > 0 ? gv__fft_fold_points(pass) / pass->fold_fine + 1 : 0;
}

uint64_t gv__fft_roots_count(const gv__fft_pass *pass)
{
    const uint64_t radices = pass->mode == GV__FFT_FOLD ? 0 : pass->length + split_count(pass);
    return 2 * (radices + fold_fine_count(pass) + fold_coarse_count(pass));
}

/* One radix: root p k of the length that it meets, k from 1 on. Neighbours in a vector share p, and
 * the table goes p by p; where they do not, vectors of p are loaded, and real and imaginary parts
 * lie apart. Returns the place behind it. */
static double *fill_radix(uint32_t radix, uint64_t length, bool apart, double *at)
{
    const uint64_t parts = length / radix;
    for (uint64_t p = 0; p < parts; p++) {
        for (uint32_t k = 1; k < radix; k++) {
            double *re =
                at + (apart ? 2 * (uint64_t)(k - 1) * parts + p : 2 * (p * (radix - 1) + k - 1));
            gv__fft_root(p * k, length, re, re + (apart ? parts : 1));
        }
    }
    return at + 2 * (length - parts);
}

/* exp(-2 pi i k / n) for the first `count` multiples of `step`. Returns the place behind them. */
static double *fill_multiples(uint64_t count, uint64_t step, uint64_t n, double *at)
{
    for (uint64_t i = 0; i < count; i++, at += 2) {
        gv__fft_root(i * step, n, at, at + 1);
    }
    return at;
}

static double *fill_radices(const gv__fft_pass *pass, double *at)
{
    uint64_t length = pass->length;
    for (uint32_t i = 0; i < pass->radices; i++) {
        at = fill_radix(pass->radix[i], length, i == 0 && pass->mode == GV__FFT_ROWS, at);
        length /= pass->radix[i];
    }
    *at++ = 0.0; /* fft.cl counts `length` roots, one more than there are */
    *at++ = 0.0;
    if (pass->parts > 1) {
        const uint64_t n = pass->length * pass->parts;
        for (uint64_t part = 0; part < pass->parts; part++) {
            at = fill_multiples(pass->fine, part, n, at);
        }
        for (uint64_t part = 0; part < pass->parts; part++) {
            at = fill_multiples(pass->length / pass->fine, part * pass->fine, n, at);
        }
    }
    return at;
}

void gv__fft_roots_fill(const gv__fft_pass *pass, double roots[])
{
    double *at = pass->mode == GV__FFT_FOLD ? roots : fill_radices(pass, roots);
    if (pass->fold_fine > 0) {
        const uint64_t points = gv__fft_fold_points(pass);
        at = fill_multiples(fold_fine_count(pass), 1, 2 * points, at);
        fill_multiples(fold_coarse_count(pass), pass->fold_fine, 2 * points, at);
    }
}

// NOLINTEND(clang-analyzer-core.DivideZero)
