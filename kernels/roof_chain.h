/* SPDX-License-Identifier: Apache-2.0 */
/* The chains of multiply-adds that both roof probes run, and the right result of one.
 *
 * Chain i, vector lane l, work-item or block b: a = 1 + p, then `steps` times a = a * c + d with
 * d = 1 - c, whose fixed point is 1: afterwards a = 1 + p * c^steps. All p and c are exact in f32,
 * and c^steps = 1/e, so that a loop cut short by a tenth shows as a deviation of more than 1 %,
 * where the rounding of an f32 amounts to less than 0.1 %. */
#ifndef GPUVERDICT_KERNELS_ROOF_CHAIN_H
#define GPUVERDICT_KERNELS_ROOF_CHAIN_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

enum {
    GV__CHAIN_STEPS = 1 << 14, /* llvmpipe silently leaves a loop after 65535 iterations */
    GV__CHAIN_SHIFTS = 64      /* blocks b and b + 64 are alike */
};
static const double gv__chain_c = 1 - 1.0 / GV__CHAIN_STEPS;

/** The sum over `chains` chains of `lanes` lanes each. kernels/roof.cl starts its chains alike. */
static inline double gv__chain_sum(uint32_t chains, uint32_t lanes, uint64_t block)
{
    double decay = pow(gv__chain_c, GV__CHAIN_STEPS);
    double sum = 0;
    for (uint32_t i = 0; i < chains; i++) {
        for (uint32_t l = 0; l < lanes; l++) {
            double p = 0.25 + i / 64.0 + l / 128.0 + (double)(block % GV__CHAIN_SHIFTS) / 1024.0;
            sum += 1 + p * decay;
        }
    }
    return sum;
}

static inline bool gv__chain_is_right(double sum, double expected)
{
    return fabs(sum - expected) <= 1e-3 * expected;
}

#endif
