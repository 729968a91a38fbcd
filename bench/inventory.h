/* SPDX-License-Identifier: Apache-2.0 */
/* Everything this machine has, collected by workers: one a driver, all at once.
 *
 *     .icd files -> worker each -> [inventory] -> selection -> runner
 *
 * A driver that crashes, hangs or exits while it is loaded becomes a platform with a problem, and
 * so does one whose .icd file leads nowhere. */
#ifndef GPUVERDICT_BENCH_INVENTORY_H
#define GPUVERDICT_BENCH_INVENTORY_H

#include <gpuverdict/device.h>

/** How the worker that loads a device's driver alone knows the device. */
typedef struct gv_in_driver {
    uint32_t platform; /**< position among the platforms of that driver */
    char key[GV_DEVICE_KEY];
} gv_in_driver;

typedef struct gv_inventory {
    gv_host host;
    gv_platform *platforms;
    size_t platform_count;
    /** `index` and `platform_index` are positions in these arrays. Keys are unique: of a card that
     * several drivers serve, all but the first are "KEY via PLATFORM". */
    gv_device *devices;
    gv_in_driver *in_driver; /**< of each device */
    size_t device_count;
    char loader_problem[384]; /**< "" where an OpenCL loader was found */
} gv_inventory;

/** Platforms come in the order of their .icd files' names. Never fails for want of drivers: an
 * empty list is an answer. A driver gets 10 s to load and 10 s to answer
 * (GPUVERDICT_DRIVER_LIMIT_S).
 * @retval GV_MEMORY, GV_INTERRUPTED */
gv_status gv_inventory_collect(gv_inventory *out, gv_error *err);
void gv_inventory_free(gv_inventory *inventory);

/** What `--device` selects. */
typedef struct gv_selection {
    bool host_only; /**< "host" or "none" alone: no device is measured */
    bool *device;   /**< `device_count` flags */
} gv_selection;

/** Resolve selectors: an index, "platform:device", a key, a PCI address with or without its domain,
 * part of a device's name (else of its platform's name or .icd file), "host", "none".
 * @param count  0: all devices
 * @retval GV_ARGUMENT   one is ambiguous; err->text lists the matches
 * @retval GV_NO_DEVICE  one matches nothing; err->text lists what there is */
gv_status gv_selection_resolve(const gv_inventory *inventory, const char *const *selectors,
                               size_t count, gv_selection *out, gv_error *err);
void gv_selection_free(gv_selection *selection);

#endif
