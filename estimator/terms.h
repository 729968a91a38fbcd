/* SPDX-License-Identifier: Apache-2.0 */
/* What each part of an operation takes on a machine, before any calibration.
 *
 *     machine, workload, constants -> [terms] -> time and shares */
#ifndef GPUVERDICT_ESTIMATOR_TERMS_H
#define GPUVERDICT_ESTIMATOR_TERMS_H

#include "estimator/constants.h"
#include "estimator/machine.h"

/** Times of one piece that fits into the device's memory. */
typedef struct gv__terms {
    double compute_s, memory_s, launch_s; /**< what each alone would take */
    double call_s;                        /**< together */
    double share[3];                      /**< of call_s: compute, memory, launch; sum 1 */
    double traffic_bytes;                 /**< of device memory */
    double roof_flop;                     /**< arithmetic that cannot be avoided */
    const char *method;                   /**< "tiles of 128 x 64"; static text */
} gv__terms;

/** compute and memory overlap by exponent p, both with the launch by q; fills call_s and share. */
void gv__terms_join(gv__terms *terms, double p, double q);

/** b products of m x k by k x n. */
typedef struct gv__product {
    double m, n, k, b;
} gv__product;

/** What products reach of a machine. */
typedef struct gv__speed {
    double flop_per_s, bytes_per_s;
} gv__speed;

/** Whose row of tile constants serves a machine: `on_gpu`, or one of a processor's. */
const gv__tile_constants *gv__tile_of(const gv__constants *c, const gv__machine *m, int on_gpu);

gv__speed gv__speed_of(const gv__tile_constants *t, const gv__machine *m, gv_precision precision);

/** Arithmetic seconds by the best tile; `split_s_per_part` (0: k is never split) is what writing
 * and adding one part of a split k takes. */
double gv__product_compute_s(const gv__tile_constants *t, const gv__product *product,
                             double flop_per_s, double units, double split_s_per_part,
                             const char **method);

/** The share of traffic that memory sees, the rest being served by caches: from `all_cached`, where
 * everything fits, to 1. `fill`: traffic over what the caches hold. */
double gv__missed(double all_cached, double fill);

/** Any operation. */
void gv__terms_of(const gv__constants *c, const gv__machine *m, const gv_workload *workload,
                  gv__terms *out);

void gv__conv2d_terms(const gv__constants *c, const gv__machine *m, const gv_conv2d *conv,
                      gv_precision precision, gv__terms *out);
void gv__fft_terms(const gv__constants *c, const gv__machine *m, const gv_fft *fft,
                   gv_precision precision, gv__terms *out);

/** Whose row of FFT constants serves a machine. */
int gv__fft_library(const gv__machine *m);

/** What is left of n without its prime factors up to `most` (2 to 7). */
uint64_t gv__without_primes(uint64_t n, uint64_t most);

#endif
