/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/crossings.h"
#include "reports/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const gv_growth growths[GV_GROWTHS] = {
    {"matmul:m=512,n=512,k=512", 1, "Product of square matrices", "rows and columns"},
    {"conv2d:n=32,c=64,h=56,w=56,k=64,r=3,s=3,pad=1x1", 1, "Convolution 3×3, 64 channels of 56×56",
     "images"},
    {"fft:shape=65536", 2, "Complex FFT", "points"},
    {"dense:batch=32,in=4096,out=4096", 1, "Dense layer 4096→4096", "rows of a batch"},
};

double gv_growth_size(const gv_workload *workload)
{
    switch (workload->op) {
    case GV_OP_MATMUL:
        return (double)workload->as.matmul.n;
    case GV_OP_CONV2D:
        return (double)workload->as.conv2d.n;
    case GV_OP_DENSE:
        return (double)workload->as.dense.batch;
    case GV_OP_FFT:
        return (double)gv_fft_points(&workload->as.fft);
    case GV_OP_CUSTOM:
        break;
    }
    return NAN;
}

char *gv_crossing_text(const gv_break_even *even, char text[GV_CROSSING_TEXT])
{
    char first[GV__GROUPED], last[GV__GROUPED];
    const char *extent = gv_forecast_extent(even->kind);
    gv__grouped(gv_growth_size(&even->workload), first);
    gv__grouped(gv_growth_size(&even->last), last);
    text[0] = 0;
    if (even->kind == GV_BREAK_EVEN_BETWEEN && even->scale > 0) {
        snprintf(text, GV_CROSSING_TEXT, "from %s to %s", first, last);
    } else if (even->kind == GV_BREAK_EVEN_BETWEEN) {
        snprintf(text, GV_CROSSING_TEXT, "up to %s", last);
    } else if (even->kind == GV_BREAK_EVEN_FROM) {
        snprintf(text, GV_CROSSING_TEXT, "from %s", first);
    } else if (extent != NULL) {
        snprintf(text, GV_CROSSING_TEXT, even->cut ? "%s up to %s" : "%s", extent, last);
    }
    return text;
}

/** Whether the host was measured at this operation: elsewhere nothing is known of its time. */
static bool host_knows(const gv__host *host, gv_op op)
{
    gv_workload workload;
    for (size_t i = 0; i < host->count; i++) {
        if (gv_workload_parse(host->times[i].workload, &workload, NULL) == GV_OK &&
            workload.op == op) {
            return true;
        }
    }
    return false;
}

static gv_curve_point point_of(const gv_forecast *forecast, const gv_rung *rung)
{
    const gv_view_estimate *whole = &rung->view[GV_VIEW_TRANSFERS];
    return (gv_curve_point){.workload = rung->workload,
                            .size = gv_growth_size(&rung->workload),
                            .host_origin = gv_forecast_cpu(forecast, &rung->workload).origin,
                            .host_s = rung->rival_s,
                            .total_s = whole->total_s,
                            .low_s = whole->low_s,
                            .high_s = whole->high_s,
                            .call_s = rung->view[GV_VIEW_KERNEL_ONLY].total_s};
}

/** False: the device cannot be asked about the operation at all. */
static bool find(const gv_forecast *forecast, const gv_side *side, const gv_growth *growth,
                 const gv_workload *middle, gv_crossing *out)
{
    gv_answer asked = {.workload = *middle, .side = side};
    gv_estimate estimate;
    gv_rung rungs[GV_RUNGS];
    if (gv_model_estimate(side->model, middle, &estimate, NULL) != GV_OK ||
        gv_forecast_ladder(forecast, side, middle, rungs, NULL) != GV_OK) {
        return false;
    }
    out->growth = growth;
    /* What a relative lent does not make a device one that was run. */
    out->origin = side->measured_as != NULL ? estimate.origin : GV_ORIGIN_MODELLED;
    for (int i = 0; i < GV_CURVE_POINTS; i++) { /* a doubling is two rungs */
        int from_middle = 2 * growth->doublings * (i - GV_CURVE_POINTS / 2);
        out->points[i] = point_of(forecast, &rungs[GV_RUNGS / 2 + from_middle]);
    }
    return gv_forecast_break_even(forecast, &asked, GV_VIEW_TRANSFERS, &out->transfers, NULL) ==
               GV_OK &&
           gv_forecast_break_even(forecast, &asked, GV_VIEW_KERNEL_ONLY, &out->kernel_only, NULL) ==
               GV_OK;
}

/** The side of a ranked device; NULL where there is none, or its host is another than the
 * forecast's. */
static const gv_side *side_of(gv_forecast *forecast, const gv_dataset_device *device)
{
    const gv_side *side = device->side;
    if (side == NULL && device->host == gv_forecast_host_times(forecast)->host &&
        gv_forecast_side(forecast, device->label, NAN, &side, NULL) != GV_OK) {
        return NULL;
    }
    return side;
}

gv_status gv_crossings_find(gv_forecast *forecast, const gv_dataset *dataset, gv_crossing **out,
                            uint32_t *count, gv_error *err)
{
    const gv__host *host = gv_forecast_host_times(forecast);
    gv_workload middle[GV_GROWTHS];
    bool known[GV_GROWTHS];
    *out = NULL;
    *count = 0;
    gv_crossing *found = calloc((size_t)dataset->ranked_count * GV_GROWTHS + 1, sizeof *found);
    if (found == NULL) {
        return gv__fail(err, GV_MEMORY, 0, "calloc", "the curves do not fit into memory");
    }
    for (int g = 0; g < GV_GROWTHS; g++) {
        known[g] = host->model != NULL &&
                   gv_workload_parse(growths[g].workload, &middle[g], NULL) == GV_OK &&
                   host_knows(host, middle[g].op);
    }
    for (uint32_t i = 0; i < dataset->ranked_count; i++) {
        const gv_side *side = side_of(forecast, &dataset->devices[i]);
        for (int g = 0; side != NULL && g < GV_GROWTHS; g++) {
            gv_crossing *next = &found[*count];
            next->device = i;
            *count += known[g] && find(forecast, side, &growths[g], &middle[g], next);
        }
    }
    *out = found;
    return GV_OK;
}
