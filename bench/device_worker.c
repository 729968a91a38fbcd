/* SPDX-License-Identifier: Apache-2.0 */
/* The program that loads OpenCL drivers: one driver, named by its argument, and one device of it.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* pthread_setattr_default_np */
#endif
#include "base/host_facts.h"
#include "base/sha256.h"
#include "bench/ceiling_task.h"
#include "bench/device_fresh.h"
#include "bench/device_trial.h"
#include "bench/worker.h"
#include "kernels/roof.h"
#include "kernels/sources.h"
#include "opencl/enumerate.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

static gv_host host;
static bool one_driver; /* and not all that the loader finds */
static gv__device_task prepared;

static bool say_platform(void *context, const gv_platform *platform)
{
    *(bool *)context = true;
    return gv__worker_say(GV__SAY_PLATFORM, platform);
}

static bool say_device(void *context, const gv_device *device)
{
    (void)context;
    return gv__worker_say(GV__SAY_DEVICE, device);
}

static gv_status enumerate(gv_error *err)
{
    bool any = false;
    const gv__enumerate_sink sink = {
        .platform = say_platform, .device = say_device, .context = &any};
    gv__host_facts(&host);
    gv_status status = gv__enumerate(&host, &sink, err);
    if (status == GV_OK && !any && one_driver) {
        /* It takes a platform's place, so that the driver is listed with what is wrong. */
        gv_platform none = {.name = ""};
        gv__loader_explain(none.problem, sizeof none.problem);
        gv__worker_say(GV__SAY_PLATFORM, &none);
    }
    return status;
}

static void release(void)
{
    if (prepared.context != NULL) {
        gv__device_task_release(&prepared);
    }
}

static void close_device(void)
{
    release();
    gv__device_providers_release();
    gv__context_close(prepared.context);
    prepared.context = NULL;
}

/* Over the sources in the order of their names. */
static void digest_kernels(char text[GV__SHA256_TEXT])
{
    static const gv__embedded *const sources[] = {
        &gv__cl_add_part,
        &gv__cl_common,
        &gv__cl_conv2d,
        &gv__cl_conv2d_depthwise,
        &gv__cl_conv2d_direct,
        &gv__cl_conv2d_winograd,
        &gv__cl_conv2d_winograd_gpu,
        &gv__cl_dense_thin,
        &gv__cl_fft,
        &gv__cl_fft_columns,
        &gv__cl_fft_fold,
        &gv__cl_fft_memory,
        &gv__cl_fft_radix,
        &gv__cl_fft_real,
        &gv__cl_fft_vector,
        &gv__cl_gemm,
        &gv__cl_panel_gemm,
        &gv__cl_split_k,
        &gv__cl_tile,
        &gv__cl_winograd_points,
    };
    gv__sha256 sha;
    gv__sha256_start(&sha);
    for (size_t i = 0; i < GV__COUNT(sources); i++) {
        gv__sha256_add(&sha, sources[i]->text, sources[i]->length);
    }
    gv__sha256_end(&sha, text);
}

static gv_status list_libraries(gv__say_opened *out, gv_error *err)
{
    gv_status status = GV_OK;
    for (int op = 0; op < GV_OP_COUNT; op++) {
        size_t count = 0;
        const gv__device_provider *const *rows = gv__device_providers((gv_op)op, &count);
        for (size_t i = 0; i < count && status == GV_OK; i++) {
            status = gv__libraries_add(out, rows[i]->name, rows[i]->version(), err);
        }
    }
    return status;
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
    if (status == GV_OK) {
        status = list_libraries(out, err);
    }
    if (status != GV_OK) {
        gv__context_close(context);
        return status;
    }
    prepared.context = context;
    digest_kernels(out->kernels);
    return GV_OK;
}

static gv_status must_be_open(gv_error *err)
{
    return prepared.context != NULL ? GV_OK
                                    : gv__fail(err, GV_ARGUMENT, 0, NULL, "no device is open");
}

static gv_status probe(const gv__ask_probe *ask, gv_roof *out, gv_error *err)
{
    gv_status status = must_be_open(err);
    return status == GV_OK
               ? gv__device_roof(prepared.context, ask->precision, ask->seconds, out, err)
               : status;
}

static gv_status prepare(const gv__ask_prepare *ask, gv__say_prepared *out, bool *served,
                         gv_error *err)
{
    gv_status status = must_be_open(err);
    return status == GV_OK ? gv__device_task_prepare(&prepared, ask, out, served, err) : status;
}

static gv_status sample(const gv__ask_sample *ask, gv__say_samples *out, gv_error *err)
{
    gv_status status = must_be_open(err);
    return status == GV_OK ? gv__device_task_sample(&prepared, ask, out, err) : status;
}

static gv_status ceilings(const gv__ask_ceilings *ask, gv_error *err)
{
    gv_status status = must_be_open(err);
    return status == GV_OK ? gv__ceiling_task_run(prepared.context, ask, err) : status;
}

static gv_status candidates(const gv__ask_candidates *ask, gv_error *err)
{
    gv_status status = must_be_open(err);
    return status == GV_OK ? gv__device_candidates(&prepared.context->facts, ask, err) : status;
}

static gv_status try_set(const gv__ask_try *ask, gv__say_trial *out, gv_error *err)
{
    gv_status status = must_be_open(err);
    return status == GV_OK ? gv__device_try(&prepared, ask, out, err) : status;
}

static bool is_fresh(gv__message_kind ask, const void *body)
{
    if (prepared.context == NULL) {
        return true;
    }
    return ask == GV__ASK_PREPARE ? gv__device_fresh_for_prepare(prepared.context, body)
                                  : gv__device_fresh_for_try(prepared.context, body);
}

/* Let a driver's threads have stacks of 32 MiB. PoCL keeps there what the work-items of a group
 * hold across a barrier, all of them at once: VkFFT's kernel of 98304 to 131072 points needs more
 * than the usual 8 MiB. Pages that nobody touches cost nothing. */
static void widen_stacks(void)
{
    const size_t wanted = (size_t)32 << 20;
    pthread_attr_t usual;
    size_t size = 0;
    if (pthread_getattr_default_np(&usual) != 0) {
        return;
    }
    if (pthread_attr_getstacksize(&usual, &size) == 0 && size < wanted &&
        pthread_attr_setstacksize(&usual, wanted) == 0) {
        pthread_setattr_default_np(&usual);
    }
    pthread_attr_destroy(&usual);
}

int main(int count, char **arguments)
{
    static const gv__worker_side side = {.enumerate = enumerate,
                                         .open = open_device,
                                         .probe = probe,
                                         .prepare = prepare,
                                         .sample = sample,
                                         .ceilings = ceilings,
                                         .candidates = candidates,
                                         .trial = try_set,
                                         .is_fresh = is_fresh,
                                         .release = release,
                                         .close = close_device};
    gv_error err = {0};
    /* Before any driver is loaded and before there are threads. */
    const char *icd = count > 1 ? arguments[1] : "";
    one_driver = icd[0] != 0;
    widen_stacks();
    if (gv__loader_choose(icd, &err) != GV_OK) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    return gv__worker_run(&side);
}
