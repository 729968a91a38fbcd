/* SPDX-License-Identifier: Apache-2.0 */
/* The OpenCL drivers that a loader would load, found by reading folders and .icd files alone. */
#ifndef GPUVERDICT_BENCH_DRIVERS_H
#define GPUVERDICT_BENCH_DRIVERS_H

#include <gpuverdict/error.h>
#include <stddef.h>

/** One driver: what a worker is told to load. */
typedef struct gv__driver {
    char path[256];    /**< the .icd file, or a library where the environment names one */
    char library[256]; /**< what the .icd file names: a path or a file name; "" where unreadable */
    char problem[384]; /**< why it is not worth loading; "" otherwise */
} gv__driver;

typedef struct gv__drivers {
    gv__driver *driver; /**< sorted by path */
    size_t count;
} gv__drivers;

/** List them as ocl-icd does: OCL_ICD_VENDORS is a folder, an .icd file or a library; without it
 * OPENCL_VENDOR_PATH is a folder; without that it is /etc/OpenCL/vendors. A folder that is not
 * there holds nothing. The second of two that name one library has a problem that says so.
 *
 * @param vendors, vendor_path  the values of those two variables; NULL where not set
 * @retval GV_MEMORY */
gv_status gv__drivers_list(const char *vendors, const char *vendor_path, gv__drivers *out,
                           gv_error *err);
void gv__drivers_free(gv__drivers *drivers);

#endif
