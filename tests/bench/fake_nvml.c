/* SPDX-License-Identifier: Apache-2.0 */
/* Stands in for libnvidia-ml.so.1: one device at 0000:65:00.0 that draws 30 J from one look at its
 * counter to the next, or a momentary 125 W where GV_FAKE_NVML is "moment". */
#include <stdlib.h>
#include <string.h>

int nvmlInit_v2(void);
int nvmlShutdown(void);
int nvmlDeviceGetHandleByPciBusId_v2(const char *pci, void **device);
int nvmlDeviceGetTotalEnergyConsumption(void *device, unsigned long long *millijoules);
int nvmlDeviceGetPowerUsage(void *device, unsigned *milliwatts);

enum { SUCCESS = 0, NOT_SUPPORTED = 3, NOT_FOUND = 6 };

static int the_device;

int nvmlInit_v2(void)
{
    return SUCCESS;
}

int nvmlShutdown(void)
{
    return SUCCESS;
}

int nvmlDeviceGetHandleByPciBusId_v2(const char *pci, void **device)
{
    *device = &the_device;
    return strcmp(pci, "0000:65:00.0") == 0 ? SUCCESS : NOT_FOUND;
}

int nvmlDeviceGetTotalEnergyConsumption(void *device, unsigned long long *millijoules)
{
    static unsigned long long drawn;
    const char *mood = getenv("GV_FAKE_NVML");
    if (device != &the_device || (mood != NULL && strcmp(mood, "moment") == 0)) {
        return NOT_SUPPORTED;
    }
    *millijoules = drawn += 30000;
    return SUCCESS;
}

int nvmlDeviceGetPowerUsage(void *device, unsigned *milliwatts)
{
    *milliwatts = 125000;
    return device == &the_device ? SUCCESS : NOT_FOUND;
}
