/* SPDX-License-Identifier: Apache-2.0 */
/* How far a right result may lie from the exact one: every bound, with its derivation. */
#ifndef GPUVERDICT_KERNELS_BOUNDS_H
#define GPUVERDICT_KERNELS_BOUNDS_H

#include <gpuverdict/workload.h>

/** Allowed deviation of a k-term dot product relative to the 2-norm of its products. */
double gv__bound_dot(gv_precision precision, uint64_t k);

/** Allowed deviation of a transform's bin relative to the root mean square of all bins. */
double gv__bound_fft(gv_precision precision, uint64_t points);

/** Allowed deviation of act(z) from act in double of the same z, relative to max(|act(z)|, 1). */
double gv__bound_activation(gv_precision precision, gv_activation act);

#endif
