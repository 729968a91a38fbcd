/* SPDX-License-Identifier: Apache-2.0 */
/* An OpenCL that compiles nothing and remembers what it was asked to compile.
 *
 *     provider -> clCreateProgramWithSource, clBuildProgram, clCreateKernel -> [programs]
 *
 * recording_cl.c defines the OpenCL functions that a provider calls while it makes a plan. An
 * executable that links it gets these in the place of the loader's, so that what is printed is what
 * the program would have given to a driver. */
#ifndef GPUVERDICT_TESTS_RECORDING_CL_H
#define GPUVERDICT_TESTS_RECORDING_CL_H

#include <stddef.h>

enum { RECORDED_KERNELS = 16, RECORDED_PROGRAMS = 64 };

typedef struct recorded_program {
    char *source;  /**< all its sources in a row */
    char *options; /**< NULL: never built */
    const char *kernels[RECORDED_KERNELS];
    size_t kernel_count;
} recorded_program;

/** What was built since the last recorder_forget(). */
const recorded_program *recorder_programs(size_t *count);
/** Programs and kernels must have been released. */
void recorder_forget(void);

#endif
