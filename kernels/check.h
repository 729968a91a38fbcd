/* SPDX-License-Identifier: Apache-2.0 */
/* Is this result right? Every result is checked in double before its time counts.
 *
 *     inputs, output -> [check] -> right, or where and by how much it is wrong
 *
 * matmul: Freivalds' check. dense: Freivalds on the result before the activation, then the
 * activation of every element. conv2d: Freivalds over the output channels, which covers every
 * output, with corner and edge samples summed directly. fft: every bin against a transform in
 * double, and the round trip. Checking costs less than measuring. Pure host code, any thread.
 * Bounds: kernels/bounds.h. */
#ifndef GPUVERDICT_KERNELS_CHECK_H
#define GPUVERDICT_KERNELS_CHECK_H

#include "kernels/bounds.h"

/** What a check found. */
typedef struct gv_check_result {
    bool right;
    const char *method; /**< "Freivalds", "every bin", …; static text */
    double error_rel;   /**< largest deviation, in units of the scale that bound_rel refers to;
                             INFINITY where an element is not a number or was never written */
    double bound_rel;   /**< what is allowed */
    char text[192];     /**< wrong: "row 17 deviates by 3.2e-2, allowed are 4.1e-6"; right: "" */
} gv_check_result;

/** A number as binary16, rounded to nearest even, and back. */
uint16_t gv__to_f16(double x);
double gv__from_f16(uint16_t bits);

/** Fill an operand's array with its random values: uniform in [-1, 1), never all zero. The same
 * (seed, index) always gives the same values, exact in every precision but f16.
 * @param index  position among the inputs */
void gv__operand_fill(void *array, const gv_operand *operand, gv_precision precision, uint64_t seed,
                      uint32_t index);

/** Fill input `index` of a workload: gv__operand_fill, and for a c2r transform also the symmetry
 * that the spectrum of real numbers has; without it the answer is not defined and libraries differ.
 * Whoever runs a workload fills its inputs with this.
 * @retval GV_ARGUMENT  the workload has no such input */
gv_status gv__input_fill(void *array, const gv_workload *workload, uint32_t index, uint64_t seed,
                         gv_error *err);

/** Overwrite an output with NaN, so that whatever is not written is seen. */
void gv__operand_poison(void *array, const gv_operand *operand);

/** Check an output.
 * @param inputs   arrays in the order of gv_operands, as they were given to the provider
 * @param output   what the provider wrote
 * @param linear   dense with an activation: what the same provider wrote with act = none;
 *                 otherwise NULL
 * @param inverse  fft only, may be NULL: what the same provider made of `output` by the inverse
 *                 transform, for the round trip
 * @param seed     of the random vectors
 * @retval GV_OK           `out` says whether it is right
 * @retval GV_MEMORY       no room to check
 * @retval GV_ARGUMENT     an array is missing
 * @retval GV_UNSUPPORTED  this operation or precision has no check: then it may not be timed */
gv_status gv__check(const gv_workload *workload, const void *const inputs[], const void *output,
                    const void *linear, const void *inverse, uint64_t seed, gv_check_result *out,
                    gv_error *err);

/** The same for a convolution whose algorithm is known; gv__check() allows what any may do. */
gv_status gv__check_as(gv__algorithm algorithm, const gv_workload *workload,
                       const void *const inputs[], const void *output, const void *linear,
                       const void *inverse, uint64_t seed, gv_check_result *out, gv_error *err);

#endif
