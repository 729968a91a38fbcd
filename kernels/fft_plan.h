/* SPDX-License-Identifier: Apache-2.0 */
/* How our own fft cuts a transform into passes over memory, and the tables that they need.
 *
 *     gv_fft + sizes of a device -> [passes, roots of unity] -> own_fft.c -> fft.cl
 *
 * Pure arithmetic; any thread. fft.cl says what a pass does. Distances and work spaces are counted
 * in real numbers, lengths in points. */
#ifndef GPUVERDICT_KERNELS_FFT_PLAN_H
#define GPUVERDICT_KERNELS_FFT_PLAN_H

#include "base/support.h"
#include <gpuverdict/workload.h>

enum {
    GV__FFT_MAX_RADICES = 6, /**< of one pass */
    GV__FFT_MAX_PASSES = 12,
    GV__FFT_LONGEST = 16384 /**< points of one pass at most */
};

/** The values are those of the macros in fft_memory.cl; FOLD is fft_fold.cl. */
typedef enum gv__fft_mode {
    GV__FFT_ROWS,
    GV__FFT_SPLIT,
    GV__FFT_COLUMNS,
    GV__FFT_FOLD
} gv__fft_mode;

/** An even number of reals is transformed as half as many complex numbers, and its spectrum is
 * FOLDED; an odd one as complex numbers without imaginary parts, and its spectrum is HALF. */
typedef enum gv__fft_numbers {
    GV__FFT_COMPLEX,
    GV__FFT_REAL,
    GV__FFT_HALF,
    GV__FFT_FOLDED
} gv__fft_numbers;

/** Where a pass reads and writes: the operands, or one of two work spaces. */
typedef enum gv__fft_space {
    GV__FFT_IN,
    GV__FFT_OUT,
    GV__FFT_WORK,
    GV__FFT_WORK_2,
    GV__FFT_SPACE_COUNT
} gv__fft_space;

/** What a device wants. */
typedef struct gv__fft_sizes {
    uint32_t width;        /**< complex numbers in a vector: 1, 2, 4, 8, 16 */
    uint32_t radix;        /**< largest radix of powers of two along an axis: 4, 8, 16 */
    uint32_t column_radix; /**< the same where vectors lie across */
    uint32_t row;          /**< longest axis that one group transforms by itself */
    uint32_t column;       /**< longest piece of any other axis */
    uint32_t lanes;        /**< neighbours in a block of such pieces; a power of two */
    uint32_t span;         /**< most numbers of such a block: fewer lanes where pieces are long */
    uint32_t blocks; /**< fewer lanes than `lanes`, too, where there are fewer blocks than these */
    uint32_t points; /**< numbers of a work-item, on a GPU; 0: a group is one work-item */
    uint32_t group;  /**< most work-items of a group, on a GPU */
} gv__fft_sizes;

typedef struct gv__fft_pass {
    gv__fft_mode mode;
    gv__fft_numbers input, output;
    gv__fft_space from, to;
    uint32_t length, radices, radix[GV__FFT_MAX_RADICES];
    uint32_t width, lanes, group, held, fine; /**< fft.cl's tunables */
    uint32_t fold_fine;                       /**< fft_real.cl's; 0: nothing is folded */
    uint64_t outer, parts, stride; /**< the array is outer x length * parts x stride; FOLD: blocks
                                        of `length` among `parts` numbers */
    uint64_t in_distance, out_distance; /**< between outermost indices, real numbers */
    uint64_t blocks;                    /**< of `lanes` sub-transforms, all together */
} gv__fft_pass;

typedef struct gv__fft_plan {
    uint32_t passes;
    gv__fft_pass pass[GV__FFT_MAX_PASSES];
    uint64_t work[GV__FFT_SPACE_COUNT]; /**< real numbers of each work space; 0: not needed */
} gv__fft_plan;

/** Cut a transform into passes.
 * @retval GV_UNSUPPORTED  a length of 1 or with a prime factor above 7, or too long a one */
gv_status gv__fft_plan_make(const gv_fft *fft, const gv__fft_sizes *sizes, gv__fft_plan *out,
                            gv_error *err);

/** Complex points that a pass's fold makes real numbers of, or the other way. */
uint64_t gv__fft_fold_points(const gv__fft_pass *pass);

#endif
