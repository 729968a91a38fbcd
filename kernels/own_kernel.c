/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels/own_kernel.h"
#include "opencl/cl_names.h"

#include <stdio.h>

gv_status gv__kernel_create(gv__context *context, const gv__embedded *const sources[],
                            size_t source_count, const char *options, const char *name,
                            gv__kernel *out, gv__costs *costs, gv_error *err)
{
    gv__kernel made = {.context = context};
    double build_s = 0.0;
    gv_status status =
        gv__program_build(context, sources, source_count, options, &made.program, &build_s, err);
    if (status != GV_OK) {
        return status;
    }
    cl_int code = CL_SUCCESS;
    made.kernel = clCreateKernel(made.program, name, &code);
    if (code != CL_SUCCESS) {
        made.kernel = NULL;
        gv__kernel_release(&made);
        return gv__cl_fail(err, code, "clCreateKernel", name);
    }
    gv__costs_add(costs, GV_COST_BUILD, build_s);
    *out = made;
    return GV_OK;
}

gv_status gv__kernel_sibling(const gv__kernel *first, const char *name, gv__kernel *out,
                             gv_error *err)
{
    cl_int code = CL_SUCCESS;
    cl_kernel kernel = clCreateKernel(first->program, name, &code);
    if (code != CL_SUCCESS) {
        return gv__cl_fail(err, code, "clCreateKernel", name);
    }
    *out = (gv__kernel){.context = first->context, .kernel = kernel};
    return GV_OK;
}

gv_status gv__kernel_enqueue(const gv__kernel *kernel, const gv__argument *arguments, cl_uint count,
                             gv_error *err)
{
    for (cl_uint i = 0; i < count; i++) {
        cl_int code = clSetKernelArg(kernel->kernel, i, arguments[i].bytes, arguments[i].value);
        if (code != CL_SUCCESS) {
            return gv__cl_fail(err, code, "clSetKernelArg", "passing a kernel's argument");
        }
    }
    cl_int code =
        clEnqueueNDRangeKernel(kernel->context->queue, kernel->kernel, 3, NULL, kernel->global,
                               kernel->local, 0, NULL, gv__last_event(kernel->context));
    return code == CL_SUCCESS
               ? GV_OK
               : gv__cl_fail(err, code, "clEnqueueNDRangeKernel", "launching a kernel");
}

void gv__subgroup_option(const gv_device *facts, gv__text *options)
{
    const double subgroup = gv_device_number(facts, GV_DEVICE_SUBGROUP);
    if (subgroup >= 1.0) {
        gv__text_printf(options, " -D SUBGROUP=%.0f", subgroup);
    }
}

void gv__kernel_release(gv__kernel *kernel)
{
    if (kernel->kernel != NULL) {
        clReleaseKernel(kernel->kernel);
    }
    gv__program_free(kernel->program);
    *kernel = (gv__kernel){0};
}

const char *gv__sources_version(const gv__embedded *const sources[], size_t count, char *text)
{
    uint32_t hash = 2166136261U; /* FNV-1a over the files' digests */
    for (size_t i = 0; i < count; i++) {
        for (const char *digit = sources[i]->sha256; *digit != 0; digit++) {
            hash = (hash ^ (unsigned char)*digit) * 16777619U;
        }
    }
    snprintf(text, 9, "%08x", (unsigned)hash);
    return text;
}
