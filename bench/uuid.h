/* SPDX-License-Identifier: Apache-2.0 */
/* Names for runs that no other run on any machine has. */
#ifndef GPUVERDICT_BENCH_UUID_H
#define GPUVERDICT_BENCH_UUID_H

#include <gpuverdict/error.h>

enum { GV__UUID_TEXT = 37 };

/** A random UUID (RFC 4122, version 4) in lower case. @retval GV_IO no random numbers */
gv_status gv__uuid_make(char text[GV__UUID_TEXT], gv_error *err);

#endif
