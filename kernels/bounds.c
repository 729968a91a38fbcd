/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels/bounds.h"

#include <math.h>

#define SIGMAS          8.0
#define DOUBLE_ROUNDOFF 0x1p-53
#define WINOGRAD_SUMS   4.0
#define WINOGRAD_UNITS  128.0

double gv__bound_dot(gv_precision precision, uint64_t k)
{
    return SIGMAS * gv_precision_roundoff(precision) * sqrt(((double)k + 3) / 2);
}

double gv__bound_freivalds(gv_precision precision, uint64_t k, uint64_t n)
{
    double check = SIGMAS * DOUBLE_ROUNDOFF * sqrt(((double)k + 2 * (double)n + 9) / 2);
    return hypot(gv__bound_dot(precision, k), check);
}

double gv__bound_conv2d(gv_precision precision, const gv_conv2d *conv)
{
    double direct = gv__bound_dot(precision, conv->c / conv->groups * conv->r * conv->s);
    bool winograd = precision == GV_PRECISION_F32 && conv->r >= 3 && conv->s >= 3 &&
                    conv->stride_h == 1 && conv->stride_w == 1 && conv->dilation_h == 1 &&
                    conv->dilation_w == 1;
    double transforms = SIGMAS * gv_precision_roundoff(precision) * WINOGRAD_UNITS;
    return winograd ? WINOGRAD_SUMS * direct + transforms : direct;
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
