/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/estimates.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static gv_status no_memory(gv_error *err)
{
    return gv__fail(err, GV_MEMORY, 0, "malloc", "the estimates do not fit into memory");
}

void gv_estimates_free(gv_estimates *e)
{
    for (size_t i = 0; e->why != NULL && i < (size_t)e->device_count * e->workload_count; i++) {
        free(e->why[i]);
    }
    free(e->why);
    free(e->answers);
    free(e->order);
    free(e->devices);
    *e = (gv_estimates){0};
}

/** Add a device by name, once. */
static gv_status add_device(gv_forecast *forecast, const char *name, gv_estimates *e, gv_error *err)
{
    const gv_side *side;
    gv_status status = gv_forecast_side(forecast, name, NAN, &side, err);
    for (uint32_t i = 0; status == GV_OK && i < e->device_count; i++) {
        if (e->devices[i].side == side || strcmp(e->devices[i].side->name, side->name) == 0) {
            return GV_OK;
        }
    }
    if (status == GV_OK) {
        e->devices[e->device_count++] = (gv_estimates_device){.side = side};
    }
    return status;
}

/** Ask one device for all workloads. */
static gv_status ask(const gv_forecast *forecast, const gv_dataset *dataset, uint32_t device,
                     gv_estimates *e, gv_error *err)
{
    for (uint32_t w = 0; w < e->workload_count; w++) {
        size_t at = (size_t)device * e->workload_count + w;
        gv_workload workload;
        gv_error why = {0};
        gv_status status = gv_workload_parse(dataset->workloads[w].text, &workload, &why);
        if (status == GV_OK) {
            status = gv_forecast_answer(forecast, e->devices[device].side, &workload,
                                        &e->answers[at], &why);
        }
        if (status != GV_OK) {
            e->why[at] = strdup(why.text);
            if (e->why[at] == NULL) {
                return no_memory(err);
            }
        }
    }
    return GV_OK;
}

static bool is_answered(const gv_estimates *e, uint32_t device, uint32_t w)
{
    size_t at = (size_t)device * e->workload_count + w;
    return e->why[at] == NULL && e->answers[at].speedup[GV_VIEW_TRANSFERS].value > 0;
}

/** Means over the workloads that every device answered. */
static void find_means(gv_estimates *e)
{
    for (uint32_t d = 0; d < e->device_count; d++) {
        e->devices[d].mean = (gv_ratio){0, 0, 0};
    }
    for (uint32_t w = 0; w < e->workload_count; w++) {
        bool common = true;
        for (uint32_t d = 0; d < e->device_count; d++) {
            e->devices[d].answered += is_answered(e, d, w);
            common = common && is_answered(e, d, w);
        }
        e->common_count += common;
        for (uint32_t d = 0; common && d < e->device_count; d++) {
            const gv_answer *answer = &e->answers[(size_t)d * e->workload_count + w];
            const gv_ratio *speedup = &answer->speedup[GV_VIEW_TRANSFERS];
            e->devices[d].mean.value += log(speedup->value);
            e->devices[d].mean.low += log(speedup->low);
            e->devices[d].mean.high += log(speedup->high);
        }
    }
    for (uint32_t d = 0; d < e->device_count; d++) {
        gv_ratio *mean = &e->devices[d].mean;
        double count = e->common_count > 0 ? e->common_count : (double)NAN;
        *mean =
            (gv_ratio){exp(mean->value / count), exp(mean->low / count), exp(mean->high / count)};
        e->devices[d].verdict = gv_verdict_of(mean->value);
    }
}

/** Sort the devices by their means; `order` keeps where their answers are. */
static void rank(gv_estimates *e)
{
    for (uint32_t d = 0; d < e->device_count; d++) {
        gv_estimates_device device = e->devices[d];
        uint32_t at = d;
        for (; at > 0 && e->devices[at - 1].mean.value < device.mean.value; at--) {
            e->devices[at] = e->devices[at - 1];
            e->order[at] = e->order[at - 1];
        }
        e->devices[at] = device;
        e->order[at] = d;
    }
}

gv_status gv_estimates_build(gv_forecast *forecast, const gv_dataset *dataset,
                             const char *const *names, size_t count, gv_estimates *out,
                             gv_error *err)
{
    gv_estimates e = {.workload_count = dataset->workload_count};
    size_t most = dataset->ranked_count + count;
    e.devices = calloc(most, sizeof *e.devices);
    e.order = calloc(most, sizeof *e.order);
    e.answers = calloc(most * e.workload_count + 1, sizeof *e.answers);
    e.why = calloc(most * e.workload_count + 1, sizeof *e.why);
    gv_status status = GV_OK;
    if (e.devices == NULL || e.order == NULL || e.answers == NULL || e.why == NULL) {
        gv_estimates_free(&e);
        return no_memory(err);
    }
    for (uint32_t i = 0; i < dataset->ranked_count && status == GV_OK; i++) {
        status = add_device(forecast, dataset->devices[i].label, &e, err);
    }
    for (size_t i = 0; i < count && status == GV_OK; i++) {
        status = add_device(forecast, names[i], &e, err);
    }
    for (uint32_t d = 0; d < e.device_count && status == GV_OK; d++) {
        status = ask(forecast, dataset, d, &e, err);
    }
    if (status != GV_OK) {
        gv_estimates_free(&e);
        return status;
    }
    find_means(&e);
    rank(&e);
    *out = e;
    return GV_OK;
}
