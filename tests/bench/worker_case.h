/* SPDX-License-Identifier: Apache-2.0 */
/* Asking a real worker, for the tests of both. */
#ifndef GPUVERDICT_TESTS_BENCH_WORKER_CASE_H
#define GPUVERDICT_TESTS_BENCH_WORKER_CASE_H

#include "base/support.h"
#include "bench/inventory.h"
#include "bench/link.h"
#include "tests/gv_test.h"

/** Cold kernel caches on a busy machine. */
static const double gv_patience_s = 600;

/** Under AddressSanitizer a worker shall die of a signal as it does without. */
static inline void gv_let_workers_crash(void)
{
    const char *set = getenv("ASAN_OPTIONS");
    char options[512];
    snprintf(options, sizeof options, "%s%shandle_segv=0", set != NULL ? set : "",
             set != NULL ? ":" : "");
    setenv("ASAN_OPTIONS", options, 1);
}

/** How its own worker knows the first device. */
static inline gv__ask_open gv_asking_to_open_first(const gv_inventory *inventory)
{
    const gv_device *first = &inventory->devices[0];
    gv__ask_open ask = {.platform_index = inventory->in_driver[0].platform,
                        .device_index = first->device_index};
    gv__copy_text(ask.key, sizeof ask.key, first->key);
    return ask;
}

static inline const char *gv_driver_of_first(const gv_inventory *inventory)
{
    return inventory->platforms[inventory->devices[0].platform_index].driver;
}

/** Start a worker, and have it open the first device. */
static inline gv_status gv_open_first(const gv_inventory *inventory, gv__link *link,
                                      gv__say_opened *opened, gv_error *err)
{
    const gv__ask_open ask = gv_asking_to_open_first(inventory);
    gv_status status =
        gv__link_start(link, GV__WORKER_DEVICE, gv_driver_of_first(inventory), gv_patience_s, err);
    return status != GV_OK ? status
                           : gv__link_ask(link, GV__ASK_OPEN, &ask, gv_patience_s, NULL, NULL,
                                          GV__SAY_OPENED, opened, NULL, err);
}

/** What a request said besides its closing reply. */
typedef struct gv_heard {
    uint32_t incidents;
    gv__say_incident last;
} gv_heard;

static inline void gv_hear(void *context, gv__message_kind kind, const void *body)
{
    gv_heard *heard = context;
    if (kind == GV__SAY_INCIDENT) {
        heard->incidents++;
        heard->last = *(const gv__say_incident *)body;
    }
}

/** Prepare a workload; true where somebody serves it. */
static inline bool gv_prepare(gv__link *link, const gv__ask_prepare *ask, gv__say_prepared *out,
                              gv_heard *heard)
{
    gv_error err = {0};
    gv__message_kind got = GV__SAY_DONE;
    *heard = (gv_heard){.incidents = 0};
    assert_status(gv__link_ask(link, GV__ASK_PREPARE, ask, gv_patience_s, gv_hear, heard,
                               GV__SAY_PREPARED, out, &got, &err),
                  GV_OK, err);
    return got == GV__SAY_PREPARED;
}

static inline gv__ask_prepare gv_asking_for(const char *workload)
{
    gv__ask_prepare ask = {.seed = 42};
    gv__copy_text(ask.workload, sizeof ask.workload, workload);
    return ask;
}

/** A few quick samples of one view. */
static inline gv_status gv_take(gv__link *link, gv_view view, gv__say_samples *out, gv_error *err)
{
    const gv__ask_sample ask = {
        .view = view, .samples = 4, .min_s = 0, .max_s = 0.2, .warm_up_s = 0};
    return gv__link_ask(link, GV__ASK_SAMPLE, &ask, gv_patience_s, NULL, NULL, GV__SAY_SAMPLES, out,
                        NULL, err);
}

#endif
