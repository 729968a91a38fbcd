/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/cards.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct maker {
    unsigned id;       /* of PCI */
    const char *name;  /* in what drivers call the vendor, too */
    const char *other; /* how they call it else */
    const char *driver, *container;
} makers[] = {
    {0x1002, "AMD", "Advanced Micro Devices",
     "rocm-opencl-icd (ROCm), or mesa-opencl-icd and set RUSTICL_ENABLE=radeonsi",
     "--device /dev/kfd --device /dev/dri"},
    {0x8086, "Intel", "Intel", "intel-opencl-icd", "--device /dev/dri"},
    {0x10de, "NVIDIA", "NVIDIA",
     "nvidia-opencl-icd; a container needs NVIDIA_DRIVER_CAPABILITIES=compute,utility as well",
     "--gpus all"},
};

static const struct maker *maker_of(unsigned id)
{
    for (size_t i = 0; i < GV__COUNT(makers); i++) {
        if (makers[i].id == id) {
            return &makers[i];
        }
    }
    return NULL;
}

/** Whether a device is the card at this address, or may be. */
static bool serves(const gv_device *device, const struct maker *maker, const char *address)
{
    const gv_fact *pci = &device->fact[GV_DEVICE_PCI], *vendor = &device->fact[GV_DEVICE_VENDOR];
    if (device->is_host_silicon) {
        return false;
    }
    if (pci->error == 0) {
        return strcmp(pci->text, address) == 0;
    }
    return vendor->error == 0 && (strstr(vendor->text, maker->name) != NULL ||
                                  strstr(vendor->text, maker->other) != NULL);
}

static void judge(const char *root, const gv_inventory *inventory, const struct maker *maker,
                  const char *address, const char *node, gv__text *out)
{
    char path[PATH_MAX];
    for (size_t i = 0; i < inventory->device_count; i++) {
        if (serves(&inventory->devices[i], maker, address)) {
            return;
        }
    }
    if (out->data != NULL && strstr(out->data, address) != NULL) {
        return; /* found the other way already */
    }
    snprintf(path, sizeof path, "%s%s", root, node);
    gv__text_printf(out, "The %s card at %s has no OpenCL device: ", maker->name, address);
    if (access(path, R_OK | W_OK) == 0) {
        gv__text_printf(out, "no driver serves it. Install or mend %s.\n", maker->driver);
    } else if (errno == EACCES || errno == EPERM) {
        gv__text_printf(out,
                        "this user may not open %s. Join its group (sudo usermod -aG render,video "
                        "$USER) and log in again.\n",
                        node);
    } else {
        gv__text_printf(out, "%s is missing here. In a container, pass it in (docker run %s).\n",
                        node, maker->container);
    }
}

/** A card that a render node stands for. */
static void look_at_node(const char *root, const gv_inventory *inventory, const char *name,
                         gv__text *out)
{
    char path[PATH_MAX], place[PATH_MAX], node[64];
    unsigned vendor = 0;
    snprintf(path, sizeof path, "%s/sys/class/drm/%s/device/vendor", root, name);
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        return;
    }
    char line[32] = "";
    if (fgets(line, sizeof line, file) != NULL) {
        vendor = (unsigned)strtoul(line, NULL, 16);
    }
    fclose(file);
    snprintf(path, sizeof path, "%s/sys/class/drm/%s/device", root, name);
    const struct maker *maker = maker_of(vendor);
    if (maker != NULL && realpath(path, place) != NULL) {
        const char *address = strrchr(place, '/');
        snprintf(node, sizeof node, "/dev/dri/%.40s", name);
        judge(root, inventory, maker, address != NULL ? address + 1 : place, node, out);
    }
}

void gv_cards_unserved(const char *root, const gv_inventory *inventory, gv__text *out)
{
    char path[PATH_MAX];
    const struct dirent *entry;
    /* NVIDIA's driver tells its cards by itself and needs no render node: a container often shows
     * one in /sys and has none in /dev. So it is asked first. */
    snprintf(path, sizeof path, "%s/proc/driver/nvidia/gpus", root);
    DIR *folder = opendir(path);
    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        if (entry->d_name[0] != '.') {
            judge(root, inventory, maker_of(0x10de), entry->d_name, "/dev/nvidiactl", out);
        }
    }
    if (folder != NULL) {
        closedir(folder);
    }
    snprintf(path, sizeof path, "%s/sys/class/drm", root);
    folder = opendir(path);
    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        if (strncmp(entry->d_name, "renderD", 7) == 0) {
            look_at_node(root, inventory, entry->d_name, out);
        }
    }
    if (folder != NULL) {
        closedir(folder);
    }
}
