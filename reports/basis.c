/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/basis.h"
#include "reports/forecast.h"

#include <string.h>

gv_software gv__basis_software(const gv_dataset_device *device)
{
    return device->record == NULL && device->side != NULL ? device->side->software
                                                          : GV_SOFTWARE_OPENCL;
}

const char *gv__basis_library(gv_software software)
{
    return software == GV_SOFTWARE_VENDOR ? "its vendor's library" : "portable OpenCL kernels";
}

bool gv__basis_libraries_differ(const gv_dataset *d)
{
    for (uint32_t i = 1; i < d->ranked_count; i++) {
        if (gv__basis_software(&d->devices[i]) != gv__basis_software(&d->devices[0])) {
            return true;
        }
    }
    return false;
}

bool gv__basis_hosts_differ(const gv_dataset *d)
{
    for (uint32_t i = 1; i < d->ranked_count; i++) {
        if (d->devices[i].host != d->devices[0].host) {
            return true;
        }
    }
    return false;
}

bool gv__basis_is_host_silicon(const gv_dataset_device *device)
{
    return device->record != NULL && device->record->device->is_host_silicon;
}

bool gv__basis_is_half_a_card(const gv_dataset_device *device)
{
    /* The catalogue has no column for it: a row is a device as a program sees it, and its remark
     * says where that is less than a card. */
    static const char *const words[] = {"one of two dies", "one of two GCDs", "board carries two"};
    for (size_t i = 0; device->side != NULL && i < GV__COUNT(words); i++) {
        if (strstr(device->side->spec.flag, words[i]) != NULL) {
            return true;
        }
    }
    return false;
}

void gv__basis_add(const gv_dataset *d, const gv_dataset_device *device, gv__text *text)
{
    if (gv__basis_libraries_differ(d)) {
        gv__text_printf(text, ", %s", gv__basis_library(gv__basis_software(device)));
    }
    if (gv__basis_hosts_differ(d) && device->host != GV__NONE) {
        gv__text_printf(text, ", over %s", d->hosts[device->host].label);
    }
}

bool gv__basis_link_decides(const gv_dataset_device *device)
{
    return gv_verdict_of(device->kernel_only.value) == GV_VERDICT_SIGNIFICANT &&
           gv_verdict_of(device->headline.value) < GV_VERDICT_SIGNIFICANT &&
           !gv_is_absent(device->headline.value);
}

void gv__basis_add_advice(const gv_dataset_device *device, gv__text *text)
{
    if (gv_is_absent(device->headline.value) || gv__basis_is_host_silicon(device)) {
        return;
    }
    gv__text_add(text, gv_verdict_advice(gv_verdict_of(device->headline.value)));
    if (gv__basis_link_decides(device)) {
        gv__text_add(text, "; or keep the data on the device between calls: kernel only it is "
                           "significant");
    }
}
