/* SPDX-License-Identifier: Apache-2.0 */
/* One worker a driver, each asked by a thread of its own: workers die with the thread that started
 * them, and the slowest driver alone decides how long this takes. */
#include "bench/inventory.h"
#include "base/host_facts.h"
#include "base/support.h"
#include "bench/core_distance.h"
#include "bench/drivers.h"
#include "bench/link.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How long a driver may take to load and to list its devices. */
static double limit_s(void)
{
    const char *text = getenv("GPUVERDICT_DRIVER_LIMIT_S");
    double asked = text != NULL ? strtod(text, NULL) : 0;
    return asked > 0 ? asked : 10;
}

/* What one driver's worker said. */
typedef struct answer {
    const char *icd;
    gv_platform *platforms;
    gv_device *devices;
    size_t platform_count, device_count;
    bool memory_failed;
    gv_status status;
    gv_error err;
    pthread_t thread;
    bool threaded;
} answer;

/* Room for one more at the end of an array, whose count the caller raises. */
static void *grow(void *array, size_t count, size_t size, bool *failed)
{
    void *grown = realloc(array, (count + 1) * size);
    *failed = *failed || grown == NULL;
    return grown != NULL ? grown : array;
}

static void keep(void *context, gv__message_kind kind, const void *body)
{
    answer *a = context;
    bool failed = false;
    if (kind == GV__SAY_PLATFORM) {
        a->platforms = grow(a->platforms, a->platform_count, sizeof *a->platforms, &failed);
        if (!failed) {
            memcpy(&a->platforms[a->platform_count++], body, sizeof *a->platforms);
        }
    } else if (kind == GV__SAY_DEVICE) {
        a->devices = grow(a->devices, a->device_count, sizeof *a->devices, &failed);
        if (!failed) {
            memcpy(&a->devices[a->device_count++], body, sizeof *a->devices);
        }
    }
    a->memory_failed = a->memory_failed || failed;
}

static void *ask_driver(void *context)
{
    answer *a = context;
    gv__link link = {0};
    double limit = limit_s();
    a->status = gv__link_start(&link, GV__WORKER_DEVICE, a->icd, limit, &a->err);
    if (a->status == GV_OK) {
        a->status = gv__link_ask(&link, GV__ASK_ENUMERATE, NULL, limit, keep, a, GV__SAY_DONE, NULL,
                                 NULL, &a->err);
    }
    /* At once: a driver's way of leaving is nobody's business here. */
    gv__link_kill(&link);
    return NULL;
}

/* Ask all drivers that are worth it. */
static void ask_all(answer *answers, size_t count, const gv__drivers *drivers)
{
    for (size_t i = 0; i < count; i++) {
        answer *a = &answers[i];
        a->icd = drivers->count > 0 ? drivers->driver[i].path : "";
        if (drivers->count > 0 && drivers->driver[i].problem[0] != 0) {
            continue;
        }
        a->threaded = pthread_create(&a->thread, NULL, ask_driver, a) == 0;
        if (!a->threaded) {
            ask_driver(a);
        }
    }
}

/* Returns when the last has answered or was killed. */
static void hear_all(answer *answers, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (answers[i].threaded) {
            pthread_join(answers[i].thread, NULL);
        }
    }
}

/* ---- the inventory from the answers ---- */

static gv_platform *add_platform(gv_inventory *inventory, const gv_platform *from, const char *icd,
                                 bool *failed)
{
    inventory->platforms =
        grow(inventory->platforms, inventory->platform_count, sizeof *from, failed);
    if (*failed) {
        return NULL;
    }
    gv_platform *added = &inventory->platforms[inventory->platform_count];
    *added = *from;
    added->index = (uint32_t)inventory->platform_count++;
    added->devices = 0;
    gv__copy_text(added->driver, sizeof added->driver, icd);
    return added;
}

/* A driver that did not become a platform, or lost the ones it had told of. */
static void add_problem(gv_inventory *inventory, const answer *a, const char *problem, bool *failed)
{
    gv_platform nameless = {.name = ""};
    const gv_platform *from = a->platform_count > 0 ? &a->platforms[0] : &nameless;
    gv_platform *added = add_platform(inventory, from, a->icd, failed);
    if (added != NULL) {
        gv__copy_text(added->problem, sizeof added->problem, problem);
    }
}

/* One card through two drivers is two devices to measure; the PCI address still tells that they are
 * one card. */
static void make_key_unique(gv_inventory *inventory, size_t last)
{
    gv_device *device = &inventory->devices[last];
    for (size_t i = 0; i < last; i++) {
        if (strcmp(inventory->devices[i].key, device->key) == 0) {
            char key[GV_DEVICE_KEY + 64];
            snprintf(key, sizeof key, "%s via %.50s", inventory->in_driver[last].key,
                     inventory->platforms[device->platform_index].name);
            gv__copy_text(device->key, sizeof device->key, key);
            return;
        }
    }
}

static void add_device(gv_inventory *inventory, const gv_device *from, uint32_t first_platform,
                       bool *failed)
{
    size_t count = inventory->device_count;
    uint32_t in_driver = from->platform_index;
    inventory->devices = grow(inventory->devices, count, sizeof *from, failed);
    inventory->in_driver = grow(inventory->in_driver, count, sizeof *inventory->in_driver, failed);
    if (*failed || first_platform + in_driver >= inventory->platform_count) {
        return;
    }
    inventory->devices[count] = *from;
    inventory->devices[count].index = (uint32_t)count;
    inventory->devices[count].platform_index = first_platform + in_driver;
    inventory->in_driver[count].platform = in_driver;
    gv__copy_text(inventory->in_driver[count].key, GV_DEVICE_KEY, from->key);
    make_key_unique(inventory, count);
    inventory->platforms[first_platform + in_driver].devices++;
    inventory->device_count++;
}

static void add_answer(gv_inventory *inventory, const answer *a, bool *failed)
{
    if (a->status == GV_NO_DEVICE) {
        gv__copy_text(inventory->loader_problem, sizeof inventory->loader_problem, a->err.text);
    } else if (a->status != GV_OK) {
        add_problem(inventory, a, a->err.text, failed);
        if (!*failed) {
            inventory->platforms[inventory->platform_count - 1].failed = true;
        }
    } else if (a->platform_count == 0 && a->icd[0] != 0) {
        add_problem(inventory, a, "no platform: the loader could not use this driver", failed);
    }
    if (a->status != GV_OK) {
        return;
    }
    uint32_t first = (uint32_t)inventory->platform_count;
    for (size_t i = 0; i < a->platform_count && !*failed; i++) {
        gv_platform *added = add_platform(inventory, &a->platforms[i], a->icd, failed);
        if (added != NULL && a->platforms[i].devices == 0 && added->problem[0] == 0) {
            gv__copy_text(added->problem, sizeof added->problem, "a platform without a device");
        }
    }
    for (size_t i = 0; i < a->device_count && !*failed; i++) {
        add_device(inventory, &a->devices[i], first, failed);
    }
}

static void add_core_distance(gv_host *host)
{
    const double distance_s = gv__core_distance_s(GV__CORES_AWAKE_S);
    if (!isnan(distance_s)) {
        host->fact[GV_HOST_CORE_DISTANCE] = (gv_fact){.number = round(distance_s * 1e9)};
    }
}

gv_status gv_inventory_collect(gv_inventory *out, gv_error *err)
{
    gv_inventory found = {.platforms = NULL};
    gv__drivers drivers = {0};
    answer *answers = NULL;
    size_t count = 0;
    bool failed = false;
    gv_status status =
        gv__drivers_list(getenv("OCL_ICD_VENDORS"), getenv("OPENCL_VENDOR_PATH"), &drivers, err);
    if (status != GV_OK) {
        return status;
    }
    /* Without any driver one worker still tells whether there is a loader. */
    count = drivers.count > 0 ? drivers.count : 1;
    answers = calloc(count, sizeof *answers);
    if (answers == NULL) {
        status = gv__fail(err, GV_MEMORY, 0, NULL, "no room for the list of devices");
        goto cleanup;
    }
    ask_all(answers, count, &drivers);
    gv__host_facts(&found.host);
    hear_all(answers, count);
    add_core_distance(&found.host); /* now that nobody is at work */
    for (size_t i = 0; i < count; i++) {
        failed = failed || answers[i].memory_failed;
        if (drivers.count > 0 && drivers.driver[i].problem[0] != 0) {
            add_problem(&found, &answers[i], drivers.driver[i].problem, &failed);
        } else if (answers[i].status == GV_INTERRUPTED) {
            status = gv__fail(err, GV_INTERRUPTED, 0, NULL, "interrupted");
        } else {
            add_answer(&found, &answers[i], &failed);
        }
    }
    if (failed) {
        status = gv__fail(err, GV_MEMORY, 0, NULL, "no room for the list of devices");
    }
    if (status == GV_OK) {
        *out = found;
        found = (gv_inventory){.platforms = NULL};
    }
cleanup:
    for (size_t i = 0; answers != NULL && i < count; i++) {
        free(answers[i].platforms);
        free(answers[i].devices);
    }
    free(answers);
    gv__drivers_free(&drivers);
    gv_inventory_free(&found);
    return status;
}

void gv_inventory_free(gv_inventory *inventory)
{
    free(inventory->platforms);
    free(inventory->devices);
    free(inventory->in_driver);
    *inventory = (gv_inventory){.platforms = NULL};
}
