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
 * order: blocks, vectors and trees come out lower. */
double gv__bound_dot(gv_precision precision, uint64_t k);

/** Allowed deviation of a Freivalds row: sum over j of x_j·(computed C_ij - exact C_ij), relative
 * to the 2-norm over j of x_j·s_ij, for n columns of k-term dot products.
 *
 * The errors of different columns are independent, so that their weighted sum has the same standard
 * deviation, in units of that norm, as one of them: gv__bound_dot. The check itself computes in
 * double: B·x and C·x are sums of n terms, A·(B·x) one of k, which adds 2^-53·sqrt((k+2n+9)/2). It
 * counts in f64 alone. */
double gv__bound_freivalds(gv_precision precision, uint64_t k, uint64_t n);

/** Allowed deviation of one output of conv2d, a dot product of (C/groups)·R·S terms.
 *
 * Where Winograd's algorithm applies (f32, 3x3 or larger filter, stride 1, no dilation) a library
 * may pick it, oneDNN does: it multiplies 2.25 to 4 times less and pays with accuracy, since its
 * transforms cancel (B. Barabasz, A. Anderson, K. M. Soodhalter, D. Gregg: Error Analysis and
 * Improving the Accuracy of Winograd Convolution for Deep Neural Networks, ACM TOMS 46(4), 2020).
 * Such a result is usual and as good as was asked for, so it is allowed: 128 roundings for the
 * transforms, whose error does not grow with k, and 4 times the sum's bound, since the way back
 * magnifies the errors of the sums over channels. Both are measured, not derived: F(4x4, 3x3) with
 * the points 0, ±1, ±2, inf in f32 (tests/kernels/test_check_conv2d.c) comes to 0.06 to
 * 0.32 of the whole. */
double gv__bound_conv2d(gv_precision precision, const gv_conv2d *conv);

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
