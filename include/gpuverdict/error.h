/* SPDX-License-Identifier: Apache-2.0 */
/* How a call that can fail says so.
 *
 * Every function that can fail returns a gv_status and takes a caller-owned `gv_error *` last,
 * which may be NULL. On success it is left untouched, so that calls can be chained; on failure
 * every other output is left untouched. The library never prints, exits or aborts. */
#ifndef GPUVERDICT_ERROR_H
#define GPUVERDICT_ERROR_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Marks what a shared library exports; everything else is hidden. */
#if defined(__GNUC__)
#define GV_API __attribute__((visibility("default")))
#else
#define GV_API
#endif

/** Code, number and text of every status. Numbers never change their meaning; new ones go last. */
#define GV_STATUS_MAP(X)                                                                           \
    X(OK, 0, "success")                                                                            \
    X(ARGUMENT, 1, "a function was called with a value it does not accept")                        \
    X(MEMORY, 2, "the host ran out of memory")                                                     \
    X(NO_DEVICE, 3, "no OpenCL device matches the request")                                        \
    X(UNSUPPORTED, 4, "the device or library cannot do this")                                      \
    X(BUILD, 5, "a kernel did not compile")                                                        \
    X(OPENCL, 6, "an OpenCL call failed")                                                          \
    X(WRONG_RESULT, 7, "the device computed something else than the reference")                    \
    X(IO, 8, "a file could not be read or written")                                                \
    X(FORMAT, 9, "a file is not what it claims to be")                                             \
    X(LIBRARY, 10, "a compute library answered with an error")                                     \
    X(CRASHED, 11, "a worker process died")                                                        \
    X(HUNG, 12, "a worker process did not answer in time")                                         \
    X(INTERRUPTED, 13, "interrupted")

typedef enum gv_status {
#define GV_STATUS_ENUM(code, number, text) GV_##code = (number),
    GV_STATUS_MAP(GV_STATUS_ENUM)
#undef GV_STATUS_ENUM
} gv_status;

/** What went wrong. Lives on the caller's stack, `gv_error err = {0};`, and never allocates. */
typedef struct gv_error {
    gv_status status;
    int32_t code; /**< the OpenCL, CLBlast, clFFT, oneDNN … code or errno; 0 where there is none */
    char call[64];  /**< the call that failed: "clBuildProgram", "clfftBakePlan"; may be empty */
    char text[384]; /**< one sentence: what failed, the code by name, and what to try */
} gv_error;

/** The status' name, "GV_OPENCL"; "GV_?" for a number that is none. Static text. */
GV_API const char *gv_status_name(gv_status status);

/** What the status means, in one clause without a full stop. Static text. */
GV_API const char *gv_status_text(gv_status status);

#ifdef __cplusplus
}
#endif
#endif
