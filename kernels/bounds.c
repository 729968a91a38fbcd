/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels/bounds.h"

#include <math.h>

#define SIGMAS          8.0
#define DOUBLE_ROUNDOFF 0x1p-53
#define WINOGRAD_SUMS   4.0
#define WINOGRAD_UNITS  128.0
#define WINOGRAD_PASSES 32.0

double gv__bound_dot(gv_precision precision, uint64_t k)
{
    if (precision == GV_PRECISION_F16) { /* one half at the end of a sum of floats */
        return hypot(SIGMAS * gv_precision_roundoff(precision), gv__bound_dot(GV_PRECISION_F32, k));
    }
    return SIGMAS * gv_precision_roundoff(precision) * sqrt(((double)k + 3) / 2);
}

double gv__bound_least_norm(gv_precision precision)
{
    return precision == GV_PRECISION_F16 ? 0x1p-14 : 0.0;
}

double gv__bound_freivalds(gv_precision precision, uint64_t k, uint64_t n)
{
    double check = SIGMAS * DOUBLE_ROUNDOFF * sqrt(((double)k + 2 * (double)n + 9) / 2);
    return hypot(gv__bound_dot(precision, k), check);
}

/* How much fewer rows, or columns, of a 3x3 filter may lie in the image, as a ratio of variances.
 */
static double hanging(uint64_t size, uint64_t pad)
{
    return pad == 0 ? 1.0 : size == 1 ? 3.0 : 1.5;
}

static double bound_winograd(gv_precision precision, const gv_conv2d *conv, double magnified)
{
    if (precision == GV_PRECISION_F16) { /* as for a sum: one half at the end of floats */
        return hypot(SIGMAS * gv_precision_roundoff(precision),
                     bound_winograd(GV_PRECISION_F32, conv, magnified));
    }
    const double edge = sqrt(hanging(conv->h, conv->pad_h) * hanging(conv->w, conv->pad_w));
    const double roundings = ((double)conv->c + 3) / 2 + WINOGRAD_PASSES;
    return SIGMAS * gv_precision_roundoff(precision) * magnified * edge * sqrt(roundings);
}

static double bound_any(gv_precision precision, const gv_conv2d *conv, double sums)
{
    bool winograd = precision == GV_PRECISION_F32 && conv->r >= 3 && conv->s >= 3 &&
                    conv->stride_h == 1 && conv->stride_w == 1 && conv->dilation_h == 1 &&
                    conv->dilation_w == 1;
    double transforms = SIGMAS * gv_precision_roundoff(precision) * WINOGRAD_UNITS;
    return winograd ? WINOGRAD_SUMS * sums + transforms : sums;
}

double gv__bound_conv2d(gv_precision precision, const gv_conv2d *conv, gv__algorithm algorithm)
{
    const double sums = gv__bound_dot(precision, conv->c / conv->groups * conv->r * conv->s);
    switch (algorithm) {
    case GV__ALGORITHM_ANY:
        return bound_any(precision, conv, sums);
    case GV__ALGORITHM_SUMS:
        break;
    case GV__ALGORITHM_WINOGRAD_2:
        return bound_winograd(precision, conv, 5.0 / 3);
    case GV__ALGORITHM_WINOGRAD_4:
        return bound_winograd(precision, conv, 94.3 / 3);
    }
    return sums;
}

double gv__bound_fft(gv_precision precision, uint64_t points)
{
    double levels = log2((double)points) + 3;
    return SIGMAS * gv_precision_roundoff(precision) * sqrt(9 * levels);
}

double gv__bound_activation(gv_precision precision, gv_activation act)
{
    static const double roundoffs[GV_ACT_COUNT] = {
        [GV_ACT_NONE] = 0,     [GV_ACT_RELU] = 0,  [GV_ACT_GELU] = 128,
        [GV_ACT_SIGMOID] = 16, [GV_ACT_TANH] = 16,
    };
    return roundoffs[act] * gv_precision_roundoff(precision);
}

double gv__activation_slope(gv_activation act)
{
    static const double slopes[GV_ACT_COUNT] = {
        [GV_ACT_NONE] = 1,       [GV_ACT_RELU] = 1, [GV_ACT_GELU] = 1.13, /* at sqrt 2 */
        [GV_ACT_SIGMOID] = 0.25, [GV_ACT_TANH] = 1,
    };
    return slopes[act];
}
