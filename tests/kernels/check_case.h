/* SPDX-License-Identifier: Apache-2.0 */
/* A workload with its arrays, an obvious computation of its result, and ways to spoil it: what the
 * tests of the checkers and of the host's providers share. */
#ifndef GPUVERDICT_TESTS_CHECK_CASE_H
#define GPUVERDICT_TESTS_CHECK_CASE_H

#include "kernels/check.h"

typedef struct check_case {
    gv_workload workload;
    gv_operands operands;
    void *input[GV_MAX_INPUTS];
    void *output, *linear, *inverse; /* NULL where the operation has none */
    size_t rows, columns;            /* the output's shape, all axes but the last as one */
} check_case;

/** Parse, allocate and fill; ends the program with a message where that fails. */
void check_case_open(check_case *c, const char *text, uint64_t seed);
void check_case_close(check_case *c);

/** Output, linear and inverse by direct summation in double (an fft by its definition up to 2^12
 * points and by the reference transform above), rounded once to the precision. */
void check_case_compute(check_case *c);

/** gv__check of the case; a status other than GV_OK ends the program. */
gv_check_result check_case_check(const check_case *c);

double check_case_get(const check_case *c, const void *array, size_t i);
void check_case_set(const check_case *c, void *array, size_t i, double value);
/** Root mean square of the output: the typical size of an element. */
double check_case_rms(const check_case *c);

/** A way to spoil an output. Returns false where the case is too small for it. */
typedef struct check_spoil {
    const char *name;
    bool (*apply)(check_case *c);
} check_spoil;

/** Those that any output may suffer; `count` of them. */
const check_spoil *check_spoils(size_t *count);

/** Each spoil in turn on a right output: the number of those that were not caught, printed. */
size_t check_case_count_missed(check_case *c, const check_spoil *spoils, size_t count);

#endif
