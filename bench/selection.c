/* SPDX-License-Identifier: Apache-2.0 */
/* Which devices a user means. */
#include "base/support.h"
#include "bench/inventory.h"

#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A number without sign or blanks; leaves `text` behind it. */
static bool read_number(const char **text, uint32_t *out)
{
    const char *digits = *text;
    uint64_t value = 0;
    while (isdigit((unsigned char)**text) && value <= UINT32_MAX) {
        value = value * 10 + (uint64_t)(**text - '0');
        (*text)++;
    }
    *out = (uint32_t)value;
    return *text != digits && value <= UINT32_MAX;
}

static bool is_index(const char *selector, uint32_t *index)
{
    return read_number(&selector, index) && *selector == 0;
}

static bool is_pair(const char *selector, uint32_t *platform, uint32_t *device)
{
    if (!read_number(&selector, platform) || *selector != ':') {
        return false;
    }
    selector++;
    return read_number(&selector, device) && *selector == 0;
}

/* Whether `text` contains `part`, upper and lower case alike. */
static bool contains(const char *text, const char *part)
{
    size_t length = strlen(part);
    for (; *text != 0; text++) {
        if (strncasecmp(text, part, length) == 0) {
            return true;
        }
    }
    return false;
}

/* A PCI address, "0000:03:00.0"; the domain may be left out. */
static bool is_pci_of(const gv_device *device, const char *selector)
{
    const char *pci = gv_device_text(device, GV_DEVICE_PCI);
    const char *after_domain = strchr(pci, ':');
    return pci[0] != 0 && (strcasecmp(pci, selector) == 0 ||
                           (after_domain != NULL && strcasecmp(after_domain + 1, selector) == 0));
}

static bool names_device(const gv_device *device, const char *selector)
{
    return contains(gv_device_text(device, GV_DEVICE_NAME), selector) ||
           contains(gv_device_text(device, GV_DEVICE_BOARD), selector);
}

static bool names_platform(const gv_inventory *inventory, const gv_device *device,
                           const char *selector)
{
    const gv_platform *platform = &inventory->platforms[device->platform_index];
    const char *file = strrchr(platform->driver, '/');
    return contains(platform->name, selector) ||
           contains(file != NULL ? file + 1 : platform->driver, selector);
}

/* Ways to mean a device, the strictest first: the first one with a match decides. */
typedef enum reading { BY_KEY, BY_PCI, BY_NAME, BY_PLATFORM, READINGS } reading;

static bool fits(const gv_inventory *inventory, const gv_device *device, const char *selector,
                 reading as)
{
    switch (as) {
    case BY_KEY:
        return strcasecmp(device->key, selector) == 0;
    case BY_PCI:
        return is_pci_of(device, selector);
    case BY_NAME:
        return names_device(device, selector);
    default:
        return names_platform(inventory, device, selector);
    }
}

/* "0 = gfx90a (AMD, 0000:03:00.0)", of the marked ones; without an address the driver's version
 * tells two of a name apart. */
static void list_devices(const gv_inventory *inventory, const bool *marked, gv__text *text)
{
    const char *between = "";
    for (size_t i = 0; i < inventory->device_count; i++) {
        const gv_device *device = &inventory->devices[i];
        const char *pci = gv_device_text(device, GV_DEVICE_PCI);
        const char *mark = pci[0] != 0 ? pci : gv_device_text(device, GV_DEVICE_DRIVER);
        if (marked == NULL || marked[i]) {
            gv__text_printf(
                text, "%s%zu = %s (%s%s%s)", between, i, gv_device_text(device, GV_DEVICE_NAME),
                inventory->platforms[device->platform_index].name, mark[0] != 0 ? ", " : "", mark);
            between = "; ";
        }
    }
}

static gv_status fail_with_list(const gv_inventory *inventory, const bool *marked, gv_status status,
                                const char *selector, const char *problem, gv_error *err)
{
    gv__text list = {0};
    if (inventory->device_count == 0) {
        return gv__fail(err, status, 0, NULL, "there is no OpenCL device, so none is \"%.80s\"",
                        selector);
    }
    list_devices(inventory, marked, &list);
    gv__fail(err, status, 0, NULL, "\"%.80s\" %s: %s", selector, problem,
             list.data != NULL ? list.data : "");
    gv__text_free(&list);
    return status;
}

static gv_status no_match(const gv_inventory *inventory, const char *selector, gv_error *err)
{
    return fail_with_list(inventory, NULL, GV_NO_DEVICE, selector, "matches no device; there are",
                          err);
}

/* Text that is neither index nor pair: mark its one device in `chosen`. */
static gv_status select_by_text(const gv_inventory *inventory, const char *selector, bool *chosen,
                                gv_error *err)
{
    bool *matches = calloc(inventory->device_count + 1, sizeof *matches);
    size_t count = 0;
    size_t match = 0;
    if (matches == NULL) {
        return gv__fail(err, GV_MEMORY, 0, NULL, "no room to select devices");
    }
    for (int as = 0; as < READINGS && count == 0 && selector[0] != 0; as++) {
        for (size_t i = 0; i < inventory->device_count; i++) {
            matches[i] = fits(inventory, &inventory->devices[i], selector, (reading)as);
            if (matches[i]) {
                match = i;
                count++;
            }
        }
    }
    gv_status status = GV_OK;
    if (count == 0) {
        status = no_match(inventory, selector, err);
    } else if (count > 1) {
        status = fail_with_list(inventory, matches, GV_ARGUMENT, selector, "is ambiguous", err);
    } else {
        chosen[match] = true;
    }
    free(matches);
    return status;
}

static gv_status select_one(const gv_inventory *inventory, const char *selector, bool *chosen,
                            gv_error *err)
{
    uint32_t index = 0;
    uint32_t platform = 0;
    if (is_index(selector, &index)) {
        if (index >= inventory->device_count) {
            return no_match(inventory, selector, err);
        }
        chosen[index] = true;
        return GV_OK;
    }
    if (is_pair(selector, &platform, &index)) {
        for (size_t i = 0; i < inventory->device_count; i++) {
            const gv_device *device = &inventory->devices[i];
            if (device->platform_index == platform && device->device_index == index) {
                chosen[i] = true;
                return GV_OK;
            }
        }
        return no_match(inventory, selector, err);
    }
    return select_by_text(inventory, selector, chosen, err);
}

gv_status gv_selection_resolve(const gv_inventory *inventory, const char *const *selectors,
                               size_t count, gv_selection *out, gv_error *err)
{
    bool *chosen = calloc(inventory->device_count + 1, sizeof *chosen);
    if (chosen == NULL) {
        return gv__fail(err, GV_MEMORY, 0, NULL, "no room to select devices");
    }
    bool none = false;
    bool devices = false;
    gv_status status = GV_OK;
    for (size_t i = 0; i < count && status == GV_OK; i++) {
        if (strcmp(selectors[i], "none") == 0) {
            none = true;
        } else if (strcmp(selectors[i], "host") != 0) {
            /* The host is measured with every device: beside one, "host" adds nothing. */
            devices = true;
            status = select_one(inventory, selectors[i], chosen, err);
        }
    }
    if (status == GV_OK && none && devices) {
        status = gv__fail(err, GV_ARGUMENT, 0, NULL,
                          "\"none\" and a device exclude each other: leave one of them out");
    }
    if (status != GV_OK) {
        free(chosen);
        return status;
    }
    for (size_t i = 0; i < inventory->device_count && count == 0; i++) {
        chosen[i] = true;
    }
    *out = (gv_selection){.host_only = count > 0 && !devices, .device = chosen};
    return GV_OK;
}

void gv_selection_free(gv_selection *selection)
{
    free(selection->device);
    *selection = (gv_selection){.host_only = false};
}
