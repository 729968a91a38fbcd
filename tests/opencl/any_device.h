/* SPDX-License-Identifier: Apache-2.0 */
/* What device tests share: is there a device, and an open context to it. */
#ifndef GPUVERDICT_TESTS_OPENCL_ANY_DEVICE_H
#define GPUVERDICT_TESTS_OPENCL_ANY_DEVICE_H

#include "base/host_facts.h"
#include "opencl/context.h"
#include "opencl/enumerate.h"
#include "tests/gv_test.h"

/** Positions of the first device of this process. */
typedef struct any_device {
    bool found;
    uint32_t platform, device;
} any_device;

static inline bool any_device_skip_platform(void *context, const gv_platform *platform)
{
    (void)context;
    (void)platform;
    return true;
}

static inline bool any_device_take(void *context, const gv_device *device)
{
    *(any_device *)context = (any_device){true, device->platform_index, device->device_index};
    return false;
}

static inline any_device any_device_find(void)
{
    any_device found = {0};
    gv_host host;
    gv__host_facts(&host);
    const gv__enumerate_sink sink = {any_device_skip_platform, any_device_take, &found};
    gv__enumerate(&host, &sink, NULL);
    return found;
}

/** For group setup: opens the first device into *state. */
static inline int any_device_open(void **state)
{
    any_device found = any_device_find();
    gv_host host;
    gv_error err = {0};
    gv__host_facts(&host);
    gv__context *context = NULL;
    if (gv__context_open(found.platform, found.device, &host, &context, &err) != GV_OK) {
        print_error("%s\n", err.text);
        return 1;
    }
    *state = context;
    return 0;
}

/** For group teardown: nothing may be left over. */
static inline int any_device_close(void **state)
{
    gv__context_close(*state);
    *state = NULL;
    if (gv__live_objects() != 0) {
        print_error("%d objects were not released\n", gv__live_objects());
        return 1;
    }
    return 0;
}

#endif
