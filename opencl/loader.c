/* SPDX-License-Identifier: Apache-2.0 */
/* Lets this process see one driver alone, whichever OpenCL loader it was linked with.
 *
 * Both families are told at once, since asking a loader which one it is would already load drivers:
 * ocl-icd takes an .icd file or a library in OCL_ICD_VENDORS and ignores OCL_ICD_FILENAMES;
 * Khronos' takes OCL_ICD_VENDORS for a folder, finds none of that name, and loads the library named
 * in OCL_ICD_FILENAMES. */
#include "opencl/enumerate.h"

#include "base/support.h"
#include "opencl/cl_names.h"

#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_icd_file(const char *path)
{
    size_t length = strlen(path);
    return length >= 4 && strcmp(path + length - 4, ".icd") == 0;
}

/* The library that an .icd file names in its first line. */
static gv_status read_library(const char *path, char *library, size_t size, gv_error *err)
{
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        return gv__fail(err, GV_IO, errno, "fopen", "the driver file %s cannot be read: %s", path,
                        strerror(errno));
    }
    char line[PATH_MAX] = "";
    bool read = fgets(line, sizeof line, file) != NULL;
    fclose(file);
    line[strcspn(line, "\r\n")] = 0;
    if (!read || line[0] == 0) {
        return gv__fail(err, GV_FORMAT, 0, NULL,
                        "the driver file %s names no library: reinstall the driver's package",
                        path);
    }
    gv__copy_text(library, size, line);
    return GV_OK;
}

/* The library of the chosen driver. */
static char chosen[PATH_MAX];

gv_status gv__loader_choose(const char *icd, gv_error *err)
{
    if (icd == NULL || icd[0] == 0) {
        return GV_OK;
    }
    char library[PATH_MAX];
    if (is_icd_file(icd)) {
        gv_status status = read_library(icd, library, sizeof library, err);
        if (status != GV_OK) {
            return status;
        }
    } else {
        gv__copy_text(library, sizeof library, icd);
    }
    gv__copy_text(chosen, sizeof chosen, library);
    unsetenv("OPENCL_VENDOR_PATH");
    if (setenv("OCL_ICD_VENDORS", icd, 1) != 0 || setenv("OCL_ICD_FILENAMES", library, 1) != 0) {
        return gv__fail(err, GV_MEMORY, errno, "setenv", "no room for an environment variable");
    }
    return GV_OK;
}

/* Function and object pointers are different things to C, but not to dlsym. */
static void *function_of(void *library, const char *name, void *function, size_t size)
{
    void *symbol = dlsym(library, name);
    if (symbol != NULL) {
        memcpy(function, &symbol, size);
    }
    return symbol;
}

static void explain_platforms(clIcdGetPlatformIDsKHR_fn list, char *text, size_t size)
{
    cl_uint count = 0;
    cl_int code = list(0, NULL, &count);
    if (code == CL_SUCCESS && count > 0) {
        gv__copy_text(text, size, "no platform: the driver offers one, but the loader refused it");
    } else {
        snprintf(text, size,
                 "no platform: the driver loads, but finds nothing to serve "
                 "(clIcdGetPlatformIDsKHR answered %s (%d))",
                 gv__cl_name(code), (int)code);
    }
}

char *gv__loader_explain(char *text, size_t size)
{
    void *(CL_API_CALL * address)(const char *name) = NULL;
    clIcdGetPlatformIDsKHR_fn list = NULL;
    if (chosen[0] == 0) {
        return gv__copy_text(text, size, "no platform");
    }
    void *library = dlopen(chosen, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        const char *reason = dlerror();
        snprintf(text, size, "no platform: the driver cannot be loaded: %s",
                 reason != NULL ? reason : chosen);
        return text;
    }
    if (function_of(library, "clGetExtensionFunctionAddress", &address, sizeof address) == NULL) {
        snprintf(text, size, "no platform: %s is no OpenCL driver", chosen);
        return text;
    }
    void *found = address("clIcdGetPlatformIDsKHR");
    memcpy(&list, &found, sizeof list);
    if (list == NULL) {
        snprintf(text, size, "no platform: %s is too old for an OpenCL loader", chosen);
        return text;
    }
    explain_platforms(list, text, size);
    return text;
}
