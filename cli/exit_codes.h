/* SPDX-License-Identifier: Apache-2.0 */
/* What the program's exit status says; scripts rely on it. Shown by --help and in the man page. */
#ifndef GPUVERDICT_CLI_EXIT_CODES_H
#define GPUVERDICT_CLI_EXIT_CODES_H

#include <gpuverdict/error.h>

/* 5 is kept for a comparison that finds a loss. */
#define GV_EXIT_MAP(X)                                                                             \
    X(DONE, 0, "done; an operation that a device does not support is an answer, not a failure")    \
    X(FAILED, 1,                                                                                   \
      "failed, or a file cannot be read, cannot be written or is not what it claims to be")        \
    X(USAGE, 2, "the command line is wrong, or a selector matches none of the devices there are")  \
    X(NO_DEVICE, 3, "no usable device (devices itself exits 0 with an empty list)")                \
    X(INCOMPLETE, 4, "some device and workload pairs have no checked time, or time ran out")       \
    X(INTERRUPTED, 130, "interrupted; what was finished is saved")

typedef enum gv_exit {
#define GV_EXIT_ENUM(code, number, meaning) GV_EXIT_##code = (number),
    GV_EXIT_MAP(GV_EXIT_ENUM)
#undef GV_EXIT_ENUM
} gv_exit;

/** The exit code of a command that a status ended: GV_ARGUMENT is USAGE, GV_INTERRUPTED is
 * INTERRUPTED, GV_NO_DEVICE is NO_DEVICE, GV_OK is DONE, anything else FAILED. */
gv_exit gv_exit_of(gv_status status);

#endif
