/* SPDX-License-Identifier: Apache-2.0 */
/* The program that loads OpenCL drivers: one driver, named by its argument, and one device of it.
 */
#include "base/host_facts.h"
#include "bench/worker.h"
#include "opencl/context.h"
#include "opencl/enumerate.h"

#include <stdio.h>
#include <string.h>

static gv_host host;
static gv__context *opened;

static bool say_platform(void *context, const gv_platform *platform)
{
    (void)context;
    return gv__worker_say(GV__SAY_PLATFORM, platform);
}

static bool say_device(void *context, const gv_device *device)
{
    (void)context;
    return gv__worker_say(GV__SAY_DEVICE, device);
}

static gv_status enumerate(gv_error *err)
{
    static const gv__enumerate_sink sink = {.platform = say_platform, .device = say_device};
    gv__host_facts(&host);
    return gv__enumerate(&host, &sink, err);
}

static void close_device(void)
{
    gv__context_close(opened);
    opened = NULL;
}

static gv_status open_device(const gv__ask_open *ask, gv__say_opened *out, gv_error *err)
{
    gv__context *context = NULL;
    close_device();
    gv__host_facts(&host);
    gv_status status =
        gv__context_open(ask->platform_index, ask->device_index, &host, &context, err);
    if (status != GV_OK) {
        return status;
    }
    if (strcmp(context->facts.key, ask->key) != 0) {
        status = gv__fail(err, GV_NO_DEVICE, 0, NULL,
                          "the device %s is gone: %s stands in its place; list them again",
                          ask->key, context->facts.key);
    }
    if (status == GV_OK) {
        gv__worker_step("", "proving the event clock");
        status = gv__event_clock_prove(context, &out->events, err);
    }
    if (status != GV_OK) {
        gv__context_close(context);
        return status;
    }
    opened = context;
    return GV_OK;
}

int main(int count, char **arguments)
{
    static const gv__worker_side side = {
        .enumerate = enumerate, .open = open_device, .close = close_device};
    gv_error err = {0};
    /* Before any driver is loaded and before there are threads. */
    if (gv__loader_choose(count > 1 ? arguments[1] : "", &err) != GV_OK) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    return gv__worker_run(&side);
}
