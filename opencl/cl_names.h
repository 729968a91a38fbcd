/* SPDX-License-Identifier: Apache-2.0 */
/* OpenCL codes by name. No OpenCL call is made here. */
#ifndef GPUVERDICT_OPENCL_CL_NAMES_H
#define GPUVERDICT_OPENCL_CL_NAMES_H

#include "opencl/cl_include.h"
#include <gpuverdict/error.h>

/** "CL_OUT_OF_RESOURCES"; "unknown OpenCL code" for others. Static text. */
const char *gv__cl_name(cl_int code);

/** Fail with GV_OPENCL (GV_MEMORY for CL_OUT_OF_HOST_MEMORY): names the call and the code, and says
 * what to try where the code has a usual cause. `what` is a clause like "copying 4 MiB to PoCL". */
gv_status gv__cl_fail(gv_error *err, cl_int code, const char *call, const char *what);

#endif
