/* SPDX-License-Identifier: Apache-2.0 */
/* How far a right result may lie from the exact one: every bound, with its derivation.
 *
 * The bounds are probabilistic. The familiar worst case, k·u for a sum of k terms, is so wide in
 * f32 that wrong results fit in, and no right one ever comes near. Rounding errors behave like
 * independent random variables of mean zero (N. J. Higham, T. Mary: A New Approach to Probabilistic
 * Rounding Error Analysis, SIAM J. Sci. Comput. 41(5), 2019; for random data: Sharper Probabilistic
 * Backward Error Analysis for Basic Linear Algebra Kernels with Random Data, 42(5), 2020), so they
 * add up as the square root of their number.
 *
 * u is the unit roundoff of the precision (gv_precision_roundoff), SIGMAS = 8 the number of
 * standard deviations that are allowed. Each rounding counts with a standard deviation of u, where
 * a rounding error that is uniform within half a unit in the last place has 0.42 u on average: the
 * 8 are 19 in truth. That is meant: over a million elements a Gaussian reaches 5, and the error of
 * a single long sum has wider tails than a Gaussian, since its partial sums wander. What real
 * libraries reach of each bound stands in kernels/README.md. */
#ifndef GPUVERDICT_KERNELS_BOUNDS_H
#define GPUVERDICT_KERNELS_BOUNDS_H

#include <gpuverdict/workload.h>

/** Allowed deviation of a k-term dot product relative to the 2-norm s of its products.
 *
 * With products of mean zero, the partial sum of p of them has the standard deviation s·sqrt(p/k).
 * Rounding it adds an error of u times that; all k partial sums together
 * u·s·sqrt(sum of p/k) = u·s·sqrt((k+1)/2). The products themselves are rounded too (not with fused
 * multiply-add): u·s. Together u·s·sqrt((k+3)/2). This is a sum from left to right, the worst
 * order: blocks, vectors and trees come out lower.
 *
 * f16 is the precision of what is stored: sums are kept in f32 and rounded to a half once, at the
 * end. A sum of products of mean zero has the standard deviation s, so that this one rounding errs
 * by u·s, whatever k is: sqrt(u² + (the bound of f32)²). Who sums in halves is found out by it. */
double gv__bound_dot(gv_precision precision, uint64_t k);

/** What a norm s counts as at least. Halves below 2^-14 lie as far apart as those above it, so that
 * rounding to one errs by u times that. 0 in f32 and f64, whose smallest numbers no product of
 * inputs comes near. */
double gv__bound_least_norm(gv_precision precision);

/** Allowed deviation of a Freivalds row: sum over j of x_j·(computed C_ij - exact C_ij), relative
 * to the 2-norm over j of x_j·s_ij, for n columns of k-term dot products.
 *
 * The errors of different columns are independent, so that their weighted sum has the same standard
 * deviation, in units of that norm, as one of them: gv__bound_dot. The check itself computes in
 * double: B·x and C·x are sums of n terms, A·(B·x) one of k, which adds 2^-53·sqrt((k+2n+9)/2). It
 * counts in f64 alone. */
double gv__bound_freivalds(gv_precision precision, uint64_t k, uint64_t n);

/** How a convolution was summed, which decides what its errors may be. */
typedef enum gv__algorithm {
    GV__ALGORITHM_ANY,        /**< a library's choice, not known */
    GV__ALGORITHM_SUMS,       /**< the products of each output, in any order */
    GV__ALGORITHM_WINOGRAD_2, /**< F(2x2, 3x3) with the points 0, ±1, infinity */
    GV__ALGORITHM_WINOGRAD_4  /**< F(4x4, 3x3) with the points 0, ±1, ±2, infinity */
} gv__algorithm;

/** Allowed deviation of one output of conv2d, relative to the 2-norm of its (C/groups)·R·S
 * products.
 *
 * Sums: gv__bound_dot. Winograd's algorithm multiplies 2.25 to 4 times less and pays with accuracy,
 * since its transforms cancel (B. Barabasz, A. Anderson, K. M. Soodhalter, D. Gregg: Error Analysis
 * and Improving the Accuracy of Winograd Convolution for Deep Neural Networks, ACM TOMS 46(4),
 * 2020). It computes A^T [sum over c of (G g G^T).(B^T d B)] A. In one dimension, with rows a, g
 * and b of A^T, G and B^T, a point i has the variance |g_i|²·|b_i|² in units of a product's, and
 * reaches output k with a_ki². An output's exact variance is 3, so errors that are relative to the
 * points come out magnified by K = max over k of (sum over i of a_ki²·|g_i|²·|b_i|²)/3; two
 * dimensions multiply the variances, which makes the standard deviation K itself: 5/3 for
 * F(2), 94.3/3 = 31.4 for F(4). A point's sum over the channels errs by sqrt((C+3)/2)·u; the
 * transforms add at most 4 roundings a pass for the tile, 8 for the filter (its constants are
 * rounded too) and 4 for the sums, two passes each: 32 in all. Together K·u·sqrt((C+3)/2 + 32). A
 * patch that hangs over an edge has fewer products, while the errors of its whole tile reach it:
 * with one row and column of padding at most 3 in 2 or 3 in 1 for each axis in variance, which the
 * bound is multiplied by. In f16 the whole algorithm runs in f32, and its result is rounded once.
 *
 * Any: a library may pick Winograd where it applies (f32, 3x3 or larger filter, stride 1, no
 * dilation), oneDNN does. Such a result is usual and as good as was asked for, so it is allowed:
 * 128 roundings for the transforms, whose error does not grow with k, and 4 times the sum's bound,
 * since the way back magnifies the errors of the sums over channels. Both are measured, not
 * derived, since the points and the order are the library's secret: F(4x4, 3x3) in f32
 * (tests/kernels/test_check_conv2d.c) comes to 0.06 to 0.32 of the whole. */
double gv__bound_conv2d(gv_precision precision, const gv_conv2d *conv, gv__algorithm algorithm);

/** Allowed deviation of a transform's bin relative to the root mean square of all bins.
 *
 * A transform is orthogonal up to its scale, so each of its log2 N levels passes the error of those
 * before it on unchanged, in units of the rms, and adds that of one complex multiplication by a
 * rounded twiddle factor and one addition: sqrt(1 + 1 + 1)·u. A length with a large prime factor
 * goes through a convolution of up to 4N points (Bluestein, Rader), three such transforms and
 * three multiplications. Together u·sqrt(3·3·(log2 N + 3)). */
double gv__bound_fft(gv_precision precision, uint64_t points);

/** Allowed deviation of act(z) from act in double of the same z, relative to max(|act(z)|, 1).
 *
 * relu selects: no error. sigmoid and tanh: OpenCL C 1.2 (7.4) lets exp be wrong by 3 units in the
 * last place, a division by 2.5 and tanh by 5, where a unit is up to 2u; 16u hold them all. gelu:
 * erf may be wrong by 16 units, and for negative z the sum 1 + erf cancels, which leaves
 * |z|/2 times that, absolutely; |z| is below 6 where erf is not yet -1: 3·32u, rounded up to 128u.
 */
double gv__bound_activation(gv_precision precision, gv_activation act);

/** How much act passes on of an error of z: the largest |act'|. */
double gv__activation_slope(gv_activation act);

#endif
