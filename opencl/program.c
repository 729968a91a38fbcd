/* SPDX-License-Identifier: Apache-2.0 */
/* From sources to a program for one device, compiled once; where that fails, the line that says
 * why.
 */
#include "opencl/context.h"

#include "base/support.h"
#include "opencl/cl_names.h"
#include "opencl/facts.h"
#include "opencl/live.h"
#include "opencl/program_cache.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_SOURCES = 16, LONGEST_LOG = 1 << 22 };

/* The line of the log that tells of an error, else its first with anything in it. */
static void find_complaint(const char *log, size_t length, char *out, size_t size)
{
    out[0] = 0;
    const char *end = log + length;
    for (const char *line = log; line < end;) {
        const char *stop = memchr(line, '\n', (size_t)(end - line));
        stop = stop != NULL ? stop : end;
        char text[320];
        gv__text_clean(text, sizeof text, line, (size_t)(stop - line));
        bool tells = strstr(text, "error") != NULL || strstr(text, "Error") != NULL ||
                     strstr(text, "ERROR") != NULL;
        if (text[0] != 0 && (tells || out[0] == 0)) {
            gv__copy_text(out, size, text);
        }
        if (tells) {
            return;
        }
        line = stop + 1;
    }
}

static void read_complaint(cl_program program, cl_device_id device, char *out, size_t size)
{
    size_t length = 0;
    gv__copy_text(out, size, "the driver left no build log");
    if (clGetProgramBuildInfo(program, device, CL_PROGRAM_BUILD_LOG, 0, NULL, &length) !=
            CL_SUCCESS ||
        length == 0 || length > LONGEST_LOG) {
        return;
    }
    char *log = calloc(length + 1, 1);
    if (log != NULL && clGetProgramBuildInfo(program, device, CL_PROGRAM_BUILD_LOG, length, log,
                                             NULL) == CL_SUCCESS) {
        char line[320];
        find_complaint(log, strlen(log), line, sizeof line);
        if (line[0] != 0) {
            gv__copy_text(out, size, line);
        }
    }
    free(log);
}

static gv_status fail_build(gv__context *context, cl_program program, const char *path, cl_int code,
                            gv_error *err)
{
    char complaint[288];
    read_complaint(program, context->device, complaint, sizeof complaint);
    return gv__fail(err, GV_BUILD, code, "clBuildProgram", "%s does not compile here: %s (%s)",
                    path, complaint, gv__cl_name(code));
}

cl_int gv__program_compile(cl_program program, cl_device_id device, const char *options)
{
    cl_int code = clBuildProgram(program, 1, &device, options, NULL, NULL);
    cl_build_status state = CL_BUILD_NONE;
    if (code == CL_SUCCESS) {
        code = clGetProgramBuildInfo(program, device, CL_PROGRAM_BUILD_STATUS, sizeof state, &state,
                                     NULL);
    }
    return code == CL_SUCCESS && state != CL_BUILD_SUCCESS ? CL_BUILD_PROGRAM_FAILURE : code;
}

static gv_status build_anew(gv__context *context, const char *texts[], const size_t lengths[],
                            size_t count, const char *options, const char *path, cl_program *out,
                            gv_error *err)
{
    cl_int code = CL_SUCCESS;
    cl_program program =
        clCreateProgramWithSource(context->context, (cl_uint)count, texts, lengths, &code);
    if (program == NULL || code != CL_SUCCESS) {
        return gv__cl_fail(err, code, "clCreateProgramWithSource", path);
    }
    code = gv__program_compile(program, context->device, options);
    if (code != CL_SUCCESS) {
        gv_status status = fail_build(context, program, path, code, err);
        clReleaseProgram(program);
        return status;
    }
    *out = program;
    return GV_OK;
}

gv_status gv__program_build(gv__context *context, const gv__embedded *const sources[],
                            size_t source_count, const char *options, cl_program *out,
                            double *build_s, gv_error *err)
{
    const char *texts[MOST_SOURCES];
    size_t lengths[MOST_SOURCES];
    if (source_count == 0 || source_count > MOST_SOURCES) {
        return gv__fail(err, GV_ARGUMENT, 0, NULL, "a program is made of 1 to %d sources",
                        MOST_SOURCES);
    }
    for (size_t i = 0; i < source_count; i++) {
        texts[i] = (const char *)sources[i]->text;
        lengths[i] = sources[i]->length;
    }
    /* The last source is the one that a message should name: those before it are shared. */
    const char *path = sources[source_count - 1]->path;
    /* What the kernels are written and checked in. A driver's own choice may be a dialect in which
     * pointers to private arrays need casts (PoCL 6). */
    char all_options[512];
    int length = snprintf(all_options, sizeof all_options, "-cl-std=CL1.2 %s",
                          options != NULL ? options : "");
    if (length < 0 || (size_t)length >= sizeof all_options) {
        return gv__fail(err, GV_ARGUMENT, 0, NULL, "the build options of %s are too long", path);
    }
    double start = gv__now_s();
    gv__program_key key;
    gv__program_key_make(context, texts, lengths, source_count, all_options, &key);
    cl_program program = gv__program_load(context, &key, all_options);
    const bool loaded = program != NULL;
    if (!loaded) {
        gv_status status =
            build_anew(context, texts, lengths, source_count, all_options, path, &program, err);
        if (status != GV_OK) {
            return status;
        }
    }
    if (build_s != NULL) {
        *build_s = gv__now_s() - start;
    }
    if (!loaded) {
        gv__program_keep(context, &key, program);
    }
    gv__live_add(1);
    *out = program;
    return GV_OK;
}

void gv__program_free(cl_program program)
{
    if (program != NULL) {
        clReleaseProgram(program);
        gv__live_add(-1);
    }
}
