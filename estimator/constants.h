/* SPDX-License-Identifier: Apache-2.0 */
/* The one set of constants behind every estimate. docs/model.md has the formulas that they stand
 * in.
 *
 * Nothing but doubles: estimator/fit reads the members' names here and sees an array. It writes
 * constants.c. */
#ifndef GPUVERDICT_ESTIMATOR_CONSTANTS_H
#define GPUVERDICT_ESTIMATOR_CONSTANTS_H

enum { GV__TILE_GEMM, GV__TILE_CONV, GV__TILE_CPU, GV__TILE_CPU_OPENCL, GV__TILE_MODELS };

/** Products of matrices by tiles: matmul and dense together, convolution, all of them on a
 * processor by its library and by our kernels. */
typedef struct gv__tile_constants {
    double e0;      /**< efficiency of 128 x 128 tiles */
    double e1;      /**< of 128 x 64 */
    double e2;      /**< of 64 x 64 */
    double e3;      /**< of 64 x 32 */
    double e4;      /**< of 32 x 32 */
    double e5;      /**< of bands of 8 rows or columns; 0: there are none */
    double e6;      /**< of single rows or columns */
    double e7;      /**< of blocks of 16 x 16, a processor's; 0: there are none */
    double k0;      /**< steps of k that starting a tile costs */
    double h;       /**< latency shown by a unit with one tile */
    double em;      /**< reached share of the bandwidth */
    double cached;  /**< memory time where all fits into the cache */
    double p;       /**< how far arithmetic and memory overlap */
    double q;       /**< how far both overlap with the launch */
    double sp;      /**< traffic of adding up the parts of a split k */
    double dx;      /**< further passes over the output of a dense layer: its bias */
    double narrow;  /**< memory time for each halving of the short side below 32 */
    double spill;   /**< exponent of rows that miss the cache, before Volta */
    double amd;     /**< AMD: arithmetic */
    double amd_m;   /**< AMD: bandwidth */
    double apple;   /**< Apple: arithmetic */
    double apple_m; /**< Apple: bandwidth */
    double f16;     /**< f16 on matrix units: arithmetic */
    double w2;      /**< Winograd F(2x2): time of its arithmetic */
    double w4;      /**< Winograd F(4x4): time of its arithmetic */
    double wk;      /**< seconds of its further kernels, which transform there and back */
    double w5;      /**< 5 x 5 filters of stride 1: time of the arithmetic */
    double ws;      /**< filters larger than 1 x 1 with a stride: likewise */
    double px; /**< reached share of the peak from pixel to pixel, for groups of few channels */
} gv__tile_constants;

enum { GV__FFT_TODAY, GV__FFT_CUFFT8, GV__FFT_CLFFT, GV__FFT_CPU, GV__FFT_LIBRARIES };

/** Transforms: libraries of today in a tight loop, cuFFT 8 and its time, clFFT 2.12,
 * a processor's. */
typedef struct gv__fft_constants {
    double tk;  /**< seconds of a further kernel at 1.3 GHz */
    double cp;  /**< exponent of the clock in it */
    double r;   /**< log2 of the longest axis of one kernel, f32 */
    double ac;  /**< passes over memory of the last of several axes */
    double a0;  /**< passes of another axis, or of a single transform */
    double a1;  /**< further passes for each doubling of its length */
    double a2;  /**< further passes for a further kernel */
    double b0;  /**< passes of a batch of one axis in one kernel */
    double n3;  /**< traffic of lengths with factors 3, 5, 7 */
    double no;  /**< traffic of lengths with larger prime factors */
    double ok;  /**< kernels of such lengths */
    double ro;  /**< traffic of odd real lengths */
    double l2;  /**< traffic where all fits into the cache */
    double lc;  /**< caches that count as fitting */
    double ec;  /**< reached share of the f32 peak */
    double e64; /**< reached share of the f64 peak */
    double oc;  /**< bytes at which 40 units reach half the bandwidth */
    double rk;  /**< further kernels of a real transform */
    double rm;  /**< further passes of a real transform */
} gv__fft_constants;

enum {
    GV__PROCESS_MATMUL,
    GV__PROCESS_DENSE,
    GV__PROCESS_CONV,
    GV__PROCESS_FFT,
    GV__PROCESS_CLFFT,
    GV__KINDS,                   /**< of work, each with a process of its own */
    GV__PROCESS_CPU = GV__KINDS, /**< what all of them are like on a processor */
    GV__PROCESSES
};

/** What ln(true / modelled) is like: standard deviations, lengths, interval scales. */
typedef struct gv__process_constants {
    double a;         /**< of the device as a whole */
    double s_compute; /**< of its arithmetic */
    double s_memory;  /**< of its memory */
    double s_launch;  /**< of its launches */
    double r;         /**< of a shape and its neighbours */
    double l;         /**< doublings over which shapes are neighbours */
    double n;         /**< of one measurement */
    double c_prior;   /**< scale of the 80 % interval, uncalibrated */
    double c_few;     /**< likewise, calibrated with 5 */
    double c_many;    /**< likewise, calibrated with 20 and more */
    double alike;     /**< share of the uncalibrated error that all devices have alike */
    double flop_low;  /**< log2 of the least work among the rows seen */
    double flop_high; /**< and of the most */
} gv__process_constants;

typedef struct gv__constants {
    gv__tile_constants tile[GV__TILE_MODELS];
    gv__fft_constants fft[GV__FFT_LIBRARIES];
    gv__process_constants process[GV__PROCESSES];
} gv__constants;

extern const gv__constants gv__fitted;

/** The data that they were fitted to: folder and SHA-256. */
extern const char gv__fitted_source[];

#endif
