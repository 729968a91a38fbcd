/* SPDX-License-Identifier: Apache-2.0 */
/* Lets this process see one driver alone, whichever OpenCL loader it was linked with.
 *
 * Both families are told at once, since asking a loader which one it is would already load drivers:
 * ocl-icd takes an .icd file or a library in OCL_ICD_VENDORS and ignores OCL_ICD_FILENAMES;
 * Khronos' takes OCL_ICD_VENDORS for a folder, finds none of that name, and loads the library named
 * in OCL_ICD_FILENAMES. */
#include "opencl/enumerate.h"

#include "base/support.h"

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
    unsetenv("OPENCL_VENDOR_PATH");
    if (setenv("OCL_ICD_VENDORS", icd, 1) != 0 || setenv("OCL_ICD_FILENAMES", library, 1) != 0) {
        return gv__fail(err, GV_MEMORY, errno, "setenv", "no room for an environment variable");
    }
    return GV_OK;
}
