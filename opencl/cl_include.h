/* SPDX-License-Identifier: Apache-2.0 */
/* The one place that includes OpenCL, so that every file asks for the same version. */
#ifndef GPUVERDICT_OPENCL_CL_INCLUDE_H
#define GPUVERDICT_OPENCL_CL_INCLUDE_H

#define CL_TARGET_OPENCL_VERSION 300
#define CL_USE_DEPRECATED_OPENCL_1_2_APIS
#include <CL/cl.h>
#include <CL/cl_ext.h>

#endif
