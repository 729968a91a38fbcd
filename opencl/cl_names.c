/* SPDX-License-Identifier: Apache-2.0 */
#include "opencl/cl_names.h"

#include "base/support.h"

#include <stddef.h>

/* Code by number, since a name may be younger than the headers; its name; what to try, or NULL
 * where the name says all. */
static const struct {
    cl_int code;
    const char *name;
    const char *advice;
} codes[] = {
    {0, "CL_SUCCESS", NULL},
    {-1, "CL_DEVICE_NOT_FOUND", "the driver is loaded but offers no device"},
    {-2, "CL_DEVICE_NOT_AVAILABLE", "another process may hold the device"},
    {-3, "CL_COMPILER_NOT_AVAILABLE", "install the driver's compiler package"},
    {-4, "CL_MEM_OBJECT_ALLOCATION_FAILURE", "the device's memory is full: try smaller sizes"},
    {-5, "CL_OUT_OF_RESOURCES",
     "try smaller sizes; on a GPU it also follows a kernel that was stopped by a fault or a "
     "timeout"},
    {-6, "CL_OUT_OF_HOST_MEMORY", "close other programs or try smaller sizes"},
    {-7, "CL_PROFILING_INFO_NOT_AVAILABLE", NULL},
    {-8, "CL_MEM_COPY_OVERLAP", NULL},
    {-9, "CL_IMAGE_FORMAT_MISMATCH", NULL},
    {-10, "CL_IMAGE_FORMAT_NOT_SUPPORTED", NULL},
    {-11, "CL_BUILD_PROGRAM_FAILURE", NULL},
    {-12, "CL_MAP_FAILURE", NULL},
    {-13, "CL_MISALIGNED_SUB_BUFFER_OFFSET", NULL},
    {-14, "CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST", "a command before it failed"},
    {-15, "CL_COMPILE_PROGRAM_FAILURE", NULL},
    {-16, "CL_LINKER_NOT_AVAILABLE", NULL},
    {-17, "CL_LINK_PROGRAM_FAILURE", NULL},
    {-18, "CL_DEVICE_PARTITION_FAILED", NULL},
    {-19, "CL_KERNEL_ARG_INFO_NOT_AVAILABLE", NULL},
    {-30, "CL_INVALID_VALUE", NULL},
    {-31, "CL_INVALID_DEVICE_TYPE", NULL},
    {-32, "CL_INVALID_PLATFORM", NULL},
    {-33, "CL_INVALID_DEVICE", NULL},
    {-34, "CL_INVALID_CONTEXT", NULL},
    {-35, "CL_INVALID_QUEUE_PROPERTIES", NULL},
    {-36, "CL_INVALID_COMMAND_QUEUE", "the driver gave the queue up after an earlier fault"},
    {-37, "CL_INVALID_HOST_PTR", NULL},
    {-38, "CL_INVALID_MEM_OBJECT", NULL},
    {-39, "CL_INVALID_IMAGE_FORMAT_DESCRIPTOR", NULL},
    {-40, "CL_INVALID_IMAGE_SIZE", NULL},
    {-41, "CL_INVALID_SAMPLER", NULL},
    {-42, "CL_INVALID_BINARY", NULL},
    {-43, "CL_INVALID_BUILD_OPTIONS", NULL},
    {-44, "CL_INVALID_PROGRAM", NULL},
    {-45, "CL_INVALID_PROGRAM_EXECUTABLE", "the kernel did not compile for this device"},
    {-46, "CL_INVALID_KERNEL_NAME", NULL},
    {-47, "CL_INVALID_KERNEL_DEFINITION", NULL},
    {-48, "CL_INVALID_KERNEL", NULL},
    {-49, "CL_INVALID_ARG_INDEX", NULL},
    {-50, "CL_INVALID_ARG_VALUE", NULL},
    {-51, "CL_INVALID_ARG_SIZE", NULL},
    {-52, "CL_INVALID_KERNEL_ARGS", NULL},
    {-53, "CL_INVALID_WORK_DIMENSION", NULL},
    {-54, "CL_INVALID_WORK_GROUP_SIZE", NULL},
    {-55, "CL_INVALID_WORK_ITEM_SIZE", NULL},
    {-56, "CL_INVALID_GLOBAL_OFFSET", NULL},
    {-57, "CL_INVALID_EVENT_WAIT_LIST", NULL},
    {-58, "CL_INVALID_EVENT", NULL},
    {-59, "CL_INVALID_OPERATION", NULL},
    {-60, "CL_INVALID_GL_OBJECT", NULL},
    {-61, "CL_INVALID_BUFFER_SIZE", "the buffer is larger than this device allows"},
    {-62, "CL_INVALID_MIP_LEVEL", NULL},
    {-63, "CL_INVALID_GLOBAL_WORK_SIZE", NULL},
    {-64, "CL_INVALID_PROPERTY", NULL},
    {-65, "CL_INVALID_IMAGE_DESCRIPTOR", NULL},
    {-66, "CL_INVALID_COMPILER_OPTIONS", NULL},
    {-67, "CL_INVALID_LINKER_OPTIONS", NULL},
    {-68, "CL_INVALID_DEVICE_PARTITION_COUNT", NULL},
    {-69, "CL_INVALID_PIPE_SIZE", NULL},
    {-70, "CL_INVALID_DEVICE_QUEUE", NULL},
    {-71, "CL_INVALID_SPEC_ID", NULL},
    {-72, "CL_MAX_SIZE_RESTRICTION_EXCEEDED", NULL},
    {-1001, "CL_PLATFORM_NOT_FOUND_KHR",
     "no driver could be loaded: install one, for example pocl-opencl-icd"},
    {-1057, "CL_DEVICE_PARTITION_FAILED_EXT", NULL},
    {-1058, "CL_INVALID_PARTITION_COUNT_EXT", NULL},
    {-1059, "CL_INVALID_PARTITION_NAME_EXT", NULL},
    {-9999, "NVIDIA code", "a kernel read or wrote where it may not"},
};

static size_t find(cl_int code)
{
    size_t i = 0;
    while (i < GV__COUNT(codes) && codes[i].code != code) {
        i++;
    }
    return i;
}

const char *gv__cl_name(cl_int code)
{
    size_t i = find(code);
    return i < GV__COUNT(codes) ? codes[i].name : "unknown OpenCL code";
}

gv_status gv__cl_fail(gv_error *err, cl_int code, const char *call, const char *what)
{
    size_t i = find(code);
    const char *advice = i < GV__COUNT(codes) ? codes[i].advice : NULL;
    gv_status status = code == CL_OUT_OF_HOST_MEMORY ? GV_MEMORY : GV_OPENCL;
    return gv__fail(err, status, code, call, "%s failed: %s answered %s (%d)%s%s", what, call,
                    gv__cl_name(code), (int)code, advice != NULL ? "; " : "",
                    advice != NULL ? advice : "");
}
