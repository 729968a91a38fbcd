/* SPDX-License-Identifier: Apache-2.0 */
/* Which device is it: a key that stays the same across processes, and whether the device is nothing
 * but the host's own processor. Pure functions of the facts. */
#include "opencl/facts.h"

#include "base/support.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

void gv__device_key(gv_device *device, uint32_t ordinal)
{
    const char *pci = gv_device_text(device, GV_DEVICE_PCI);
    const char *uuid = gv_device_text(device, GV_DEVICE_UUID);
    if (pci[0] != 0) {
        gv__copy_text(device->key, sizeof device->key, pci);
        return;
    }
    /* CPU runtimes make a UUID from the processor's model: it is the same for every driver and on
     * every such machine, where the driver is what tells these devices apart. */
    if (uuid[0] != 0 && !device->is_host_silicon) {
        gv__copy_text(device->key, sizeof device->key, uuid);
        return;
    }
    /* Cut piece by piece, so that the ordinal is always there. */
    char platform[32];
    char name[48];
    char driver[36];
    gv__copy_text(platform, sizeof platform, gv_device_text(device, GV_DEVICE_PLATFORM));
    gv__copy_text(name, sizeof name, gv_device_text(device, GV_DEVICE_NAME));
    gv__copy_text(driver, sizeof driver, gv_device_text(device, GV_DEVICE_DRIVER));
    snprintf(device->key, sizeof device->key, "%s/%s/%s/%u", platform, name, driver,
             (unsigned)(ordinal % 1000));
}

/* Whether `text` contains `part`, upper and lower case alike and any run of blanks as one. */
static bool contains(const char *text, const char *part)
{
    if (part[0] == 0) {
        return false;
    }
    for (; *text != 0; text++) {
        const char *a = text;
        const char *b = part;
        while (*b != 0 && tolower((unsigned char)*a) == tolower((unsigned char)*b)) {
            bool blank = isspace((unsigned char)*b);
            a += blank ? strspn(a, " \t") : 1;
            b += blank ? strspn(b, " \t") : 1;
        }
        if (*b == 0) {
            return true;
        }
    }
    return false;
}

/* The makers that processor models and CPU runtimes name. */
static bool same_maker(const char *model, const char *vendor)
{
    static const char *const makers[] = {"AMD", "Intel", "ARM", "Apple", "Ampere", "IBM"};
    for (size_t i = 0; i < GV__COUNT(makers); i++) {
        if (contains(model, makers[i]) && contains(vendor, makers[i])) {
            return true;
        }
    }
    return false;
}

/* Devices that compute on the host's processor whatever type they claim: part of the platform's
 * name, part of the device's. */
static const struct {
    const char *platform, *name;
} host_runtimes[] = {
    {"Portable Computing Language", "pthread"}, /* PoCL up to 3 */
    {"Portable Computing Language", "cpu-"},    /* PoCL 4 and later */
    {"Portable Computing Language", "basic"},
    {"", "llvmpipe"}, /* Mesa's software pipes */
    {"", "softpipe"},
    {"", "Oclgrind"},
};

bool gv__device_is_host(const gv_device *device, const gv_host *host)
{
    const gv_fact *processor = &host->fact[GV_HOST_MODEL];
    const char *model = processor->error == 0 ? processor->text : "";
    const char *name = gv_device_text(device, GV_DEVICE_NAME);
    const char *platform = gv_device_text(device, GV_DEVICE_PLATFORM);
    for (size_t i = 0; i < GV__COUNT(host_runtimes); i++) {
        const char *wanted = host_runtimes[i].platform;
        if ((wanted[0] == 0 || contains(platform, wanted)) &&
            contains(name, host_runtimes[i].name)) {
            return true;
        }
    }
    /* No GPU carries the processor's full model name. */
    if (contains(name, model)) {
        return true;
    }
    return strcmp(gv_device_text(device, GV_DEVICE_TYPE), "CPU") == 0 &&
           same_maker(model, gv_device_text(device, GV_DEVICE_VENDOR));
}
