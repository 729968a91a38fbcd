/* SPDX-License-Identifier: Apache-2.0 */
#include "opencl/program_cache.h"

#include "base/file_cache.h"
#include "base/support.h"

#include <stdlib.h>
#include <string.h>

/* A thousand programs of a CPU driver; some tens of thousands of a GPU's. */
static const size_t limit_bytes = (size_t)256 << 20;

/* With its length, so that no two lists of texts read alike. */
static void add_text(gv__sha256 *sha, const char *text, size_t length)
{
    const uint64_t size = length;
    gv__sha256_add(sha, &size, sizeof size);
    gv__sha256_add(sha, text, length);
}

static void add_fact(gv__sha256 *sha, const gv_fact *fact)
{
    const char *text = fact->error == 0 ? fact->text : "";
    add_text(sha, text, strlen(text));
}

/* PoCL keeps each kernel as it is launched (its POCL_KERNEL_CACHE). Asked for a program's binary it
 * compiles every kernel once more, in a general form which a launch does not use, so that keeping
 * programs would double the time of a first run to save 20 ms for each in later ones. */
static bool keeps_kernels_itself(const gv_device *facts)
{
    const char *keeps = getenv("POCL_KERNEL_CACHE");
    return strcmp(gv_device_text(facts, GV_DEVICE_PLATFORM), "Portable Computing Language") == 0 &&
           (keeps == NULL || strcmp(keeps, "0") != 0);
}

void gv__program_cache_open(gv__context *context, const gv_host *host)
{
    static const gv_device_fact facts[] = {
        GV_DEVICE_PLATFORM, GV_DEVICE_PLATFORM_VERSION, GV_DEVICE_NAME,   GV_DEVICE_BOARD,
        GV_DEVICE_VENDOR,   GV_DEVICE_DRIVER,           GV_DEVICE_VERSION};
    const char *no_cache = getenv("GPUVERDICT_NO_CACHE");
    if (no_cache != NULL && strcmp(no_cache, "1") == 0) {
        return;
    }
    gv__sha256 sha;
    gv__sha256_start(&sha);
    for (size_t i = 0; i < GV__COUNT(facts); i++) {
        add_fact(&sha, &context->facts.fact[facts[i]]);
    }
    /* A driver for the host's processor compiles for what it finds there, and machines of several
     * kinds may share a home. */
    if (context->facts.is_host_silicon) {
        add_fact(&sha, &host->fact[GV_HOST_MODEL]);
        add_fact(&sha, &host->fact[GV_HOST_ISA]);
    }
    gv__sha256_end(&sha, context->identity);
    context->programs = gv__cache_folder("programs");
    context->driver_keeps = keeps_kernels_itself(&context->facts);
}

void gv__program_key_make(const gv__context *context, const char *const texts[],
                          const size_t lengths[], size_t count, const char *options,
                          gv__program_key *key)
{
    gv__sha256 sha;
    gv__sha256_start(&sha);
    add_text(&sha, context->identity, strlen(context->identity));
    add_text(&sha, options != NULL ? options : "", options != NULL ? strlen(options) : 0);
    for (size_t i = 0; i < count; i++) {
        add_text(&sha, texts[i], lengths[i]);
    }
    gv__sha256_end(&sha, key->text);
}

static cl_program from_binary(gv__context *context, const void *bytes, size_t length,
                              const char *options)
{
    const unsigned char *binary = bytes;
    cl_int taken = CL_SUCCESS;
    cl_int code = CL_SUCCESS;
    cl_program program = clCreateProgramWithBinary(context->context, 1, &context->device, &length,
                                                   &binary, &taken, &code);
    if (program == NULL || code != CL_SUCCESS) {
        return NULL;
    }
    if (taken != CL_SUCCESS ||
        gv__program_compile(program, context->device, options) != CL_SUCCESS) {
        clReleaseProgram(program);
        return NULL;
    }
    return program;
}

cl_program gv__program_load(gv__context *context, const gv__program_key *key, const char *options)
{
    void *bytes = NULL;
    size_t length = 0;
    if (context->programs == NULL || context->driver_keeps || context->rebuild ||
        !gv__file_cache_get(context->programs, key->text, &bytes, &length)) {
        return NULL;
    }
    cl_program program = from_binary(context, bytes, length, options);
    free(bytes);
    if (program != NULL) {
        context->loaded_programs++;
    } else {
        gv__file_cache_drop(context->programs, key->text);
    }
    return program;
}

void gv__program_keep(const gv__context *context, const gv__program_key *key, cl_program program)
{
    size_t length = 0;
    if (context->programs == NULL || context->driver_keeps ||
        clGetProgramInfo(program, CL_PROGRAM_BINARY_SIZES, sizeof length, &length, NULL) !=
            CL_SUCCESS ||
        length == 0 || length > limit_bytes) {
        return;
    }
    unsigned char *binary = malloc(length);
    if (binary != NULL && clGetProgramInfo(program, CL_PROGRAM_BINARIES, sizeof binary, &binary,
                                           NULL) == CL_SUCCESS) {
        gv__file_cache_put(context->programs, key->text, binary, length, limit_bytes);
    }
    free(binary);
}
