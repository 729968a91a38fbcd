/* SPDX-License-Identifier: Apache-2.0 */
#include "recording_cl.h"

#include "opencl/cl_include.h"

#include <stdlib.h>
#include <string.h>

static recorded_program programs[RECORDED_PROGRAMS];
static size_t program_count;

/* Handles only have to differ from NULL. A program's is its entry, a kernel's its name. */
static char some_object;

const recorded_program *recorder_programs(size_t *count)
{
    *count = program_count;
    return programs;
}

void recorder_forget(void)
{
    for (size_t i = 0; i < program_count; i++) {
        for (size_t k = 0; k < programs[i].kernel_count; k++) {
            free((char *)programs[i].kernels[k]);
        }
        free(programs[i].source);
        free(programs[i].options);
        programs[i] = (recorded_program){0};
    }
    program_count = 0;
}

static cl_int answer(cl_int *where, cl_int code)
{
    if (where != NULL) {
        *where = code;
    }
    return code;
}

/* ---- programs ---- */

CL_API_ENTRY cl_program CL_API_CALL clCreateProgramWithSource(cl_context context, cl_uint count,
                                                              const char **strings,
                                                              const size_t *lengths, cl_int *code)
{
    (void)context;
    size_t all = 1;
    for (cl_uint i = 0; i < count; i++) {
        all += lengths[i];
    }
    char *source = program_count < RECORDED_PROGRAMS ? calloc(all, 1) : NULL;
    if (answer(code, source != NULL ? CL_SUCCESS : CL_OUT_OF_HOST_MEMORY) != CL_SUCCESS) {
        return NULL;
    }
    char *end = source;
    for (cl_uint i = 0; i < count; i++) {
        memcpy(end, strings[i], lengths[i]);
        end += lengths[i];
    }
    recorded_program *made = &programs[program_count++];
    *made = (recorded_program){.source = source};
    return (cl_program)made;
}

CL_API_ENTRY cl_int CL_API_CALL
clBuildProgram(cl_program program, cl_uint count, const cl_device_id *devices, const char *options,
               void(CL_CALLBACK *notify)(cl_program program, void *data), void *data)
{
    (void)count;
    (void)devices;
    (void)notify;
    (void)data;
    recorded_program *made = (recorded_program *)program;
    free(made->options);
    made->options = strdup(options != NULL ? options : "");
    return made->options != NULL ? CL_SUCCESS : CL_OUT_OF_HOST_MEMORY;
}

CL_API_ENTRY cl_int CL_API_CALL clGetProgramBuildInfo(cl_program program, cl_device_id device,
                                                      cl_program_build_info what, size_t size,
                                                      void *value, size_t *size_out)
{
    (void)program;
    (void)device;
    const cl_build_status built = CL_BUILD_SUCCESS;
    if (what != CL_PROGRAM_BUILD_STATUS || size < sizeof built || size_out != NULL) {
        return CL_INVALID_VALUE;
    }
    memcpy(value, &built, sizeof built);
    return CL_SUCCESS;
}

CL_API_ENTRY cl_int CL_API_CALL clReleaseProgram(cl_program program)
{
    (void)program;
    return CL_SUCCESS;
}

CL_API_ENTRY cl_kernel CL_API_CALL clCreateKernel(cl_program program, const char *name,
                                                  cl_int *code)
{
    recorded_program *made = (recorded_program *)program;
    char *copy = made->kernel_count < RECORDED_KERNELS ? strdup(name) : NULL;
    if (answer(code, copy != NULL ? CL_SUCCESS : CL_OUT_OF_HOST_MEMORY) == CL_SUCCESS) {
        made->kernels[made->kernel_count++] = copy;
    }
    return (cl_kernel)copy;
}

CL_API_ENTRY cl_int CL_API_CALL clReleaseKernel(cl_kernel kernel)
{
    (void)kernel;
    return CL_SUCCESS;
}

CL_API_ENTRY cl_int CL_API_CALL clSetKernelArg(cl_kernel kernel, cl_uint index, size_t size,
                                               const void *value)
{
    (void)kernel;
    (void)index;
    (void)size;
    (void)value;
    return CL_SUCCESS;
}

/* ---- work space that a plan may want ---- */

CL_API_ENTRY cl_mem CL_API_CALL clCreateBuffer(cl_context context, cl_mem_flags flags, size_t size,
                                               void *host, cl_int *code)
{
    (void)context;
    (void)flags;
    (void)size;
    (void)host;
    answer(code, CL_SUCCESS);
    return (cl_mem)&some_object;
}

CL_API_ENTRY cl_int CL_API_CALL clReleaseMemObject(cl_mem buffer)
{
    (void)buffer;
    return CL_SUCCESS;
}

CL_API_ENTRY cl_int CL_API_CALL clEnqueueFillBuffer(cl_command_queue queue, cl_mem buffer,
                                                    const void *pattern, size_t pattern_size,
                                                    size_t offset, size_t size, cl_uint waits,
                                                    const cl_event *wait, cl_event *event)
{
    (void)queue;
    (void)buffer;
    (void)pattern;
    (void)pattern_size;
    (void)offset;
    (void)size;
    (void)waits;
    (void)wait;
    (void)event;
    return CL_SUCCESS;
}

CL_API_ENTRY cl_int CL_API_CALL clEnqueueWriteBuffer(cl_command_queue queue, cl_mem buffer,
                                                     cl_bool blocking, size_t offset, size_t size,
                                                     const void *from, cl_uint waits,
                                                     const cl_event *wait, cl_event *event)
{
    (void)queue;
    (void)buffer;
    (void)blocking;
    (void)offset;
    (void)size;
    (void)from;
    (void)waits;
    (void)wait;
    (void)event;
    return CL_SUCCESS;
}

CL_API_ENTRY cl_int CL_API_CALL clEnqueueNDRangeKernel(cl_command_queue queue, cl_kernel kernel,
                                                       cl_uint dimensions, const size_t *offset,
                                                       const size_t *global, const size_t *local,
                                                       cl_uint waits, const cl_event *wait,
                                                       cl_event *event)
{
    (void)queue;
    (void)kernel;
    (void)dimensions;
    (void)offset;
    (void)global;
    (void)local;
    (void)waits;
    (void)wait;
    (void)event;
    return CL_SUCCESS;
}

CL_API_ENTRY cl_int CL_API_CALL clFinish(cl_command_queue queue)
{
    (void)queue;
    return CL_SUCCESS;
}
