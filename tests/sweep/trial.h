/* SPDX-License-Identifier: Apache-2.0 */
/* One workload by one provider: right or wrong, failed or not supported.
 *
 *     workload -> provider, between guards -> [gv__check, guards, inputs] -> outcome */
#ifndef GPUVERDICT_TESTS_SWEEP_TRIAL_H
#define GPUVERDICT_TESTS_SWEEP_TRIAL_H

#include "kernels/device_provider.h"

typedef enum sweep_outcome {
    SWEEP_RIGHT,
    SWEEP_UNSUPPORTED, /**< refused before anything was computed */
    SWEEP_FAILED,      /**< a call answered with an error: no result */
    SWEEP_WRONG,       /**< a wrong result, or something beside the output was written */
    SWEEP_OUTCOMES
} sweep_outcome;

typedef struct sweep_trial {
    gv__context *context;
    const gv__device_provider *provider;
    const gv__parameters *parameters; /**< NULL: the provider's own */
    gv_workload workload;
    bool plain; /**< buffers without guards */
} sweep_trial;

/** Run it, with weights that may change and, where they can be packed, with packed ones. `why` (of
 * `size` bytes) says what was not supported, failed or is wrong: a result, a write past the end of
 * an operand, a changed input, an object that was not released. */
sweep_outcome sweep_try(const sweep_trial *trial, uint64_t seed, char *why, size_t size);

#endif
