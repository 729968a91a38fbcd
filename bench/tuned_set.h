/* SPDX-License-Identifier: Apache-2.0 */
/* What a search found for one provider, as plain data: the tuning keeps it, a worker takes it. */
#ifndef GPUVERDICT_BENCH_TUNED_SET_H
#define GPUVERDICT_BENCH_TUNED_SET_H

#include "kernels/parameters.h"
#include <gpuverdict/measurement.h>

/** Providers of one workload. */
enum { GV__MAX_TUNED = 8 };

typedef struct gv__tuned_set {
    /** "CLBlast 1.5.3"; without a version ("CLBlast"): whichever is built in. */
    char provider[GV_PROVIDER_TEXT];
    char parameters[GV__PARAMETERS_TEXT]; /**< as gv__parameters_text(); "": what it takes itself */
    bool searched; /**< found on this device; false: what comes with the program */
} gv__tuned_set;

#endif
