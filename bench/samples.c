/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/samples.h"

#include "base/support.h"
#include "bench/statistics.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Where a measurement gets which flag; the texts are in GV_FLAG_MAP. */
static const double noisy_rel = 0.10;
static const double outlier_share = 0.05;
static const double throttled_ratio = 1.15;
static const double stage_gap_rel = 0.05;
/* The warm-up looks at 5 samples; with room for fewer than 10 it had no fair chance. */
static const double calls_to_be_steady = 10;

gv_status gv__view_samples_add(gv__view_samples *samples, const gv__say_samples *block,
                               gv_error *err)
{
    if (block->count < 1 || block->count > GV__MAX_SAMPLES || samples->blocks >= GV__MAX_BLOCKS) {
        return gv__fail(err, GV_FORMAT, 0, NULL, "a block of %u samples cannot be",
                        (unsigned)block->count);
    }
    double total_s[GV__MAX_SAMPLES];
    for (uint32_t i = 0; i < block->count; i++) {
        total_s[i] = block->stage_s[i][GV_STAGE_TOTAL];
        if (!(total_s[i] > 0) || isinf(total_s[i])) {
            return gv__fail(err, GV_FORMAT, 0, NULL, "a call of %g s cannot be", total_s[i]);
        }
    }
    uint32_t needed = samples->count + block->count;
    if (needed > samples->capacity) {
        uint32_t capacity = 2 * needed;
        void *grown = realloc(samples->stage_s, capacity * sizeof samples->stage_s[0]);
        if (grown == NULL) {
            return gv__fail(err, GV_MEMORY, 0, "realloc", "no room for %u samples",
                            (unsigned)capacity);
        }
        samples->stage_s = grown;
        samples->capacity = capacity;
    }
    memcpy(samples->stage_s + samples->count, block->stage_s,
           block->count * sizeof samples->stage_s[0]);
    if (samples->blocks == 0) {
        samples->calls = block->calls;
        samples->steady = block->steady;
    }
    samples->count = needed;
    samples->block_s[samples->blocks++] = gv__median(total_s, block->count);
    return GV_OK;
}

void gv__view_samples_clear(gv__view_samples *samples)
{
    gv__view_samples kept = {.capacity = samples->capacity, .stage_s = samples->stage_s};
    *samples = kept;
}

void gv__view_samples_free(gv__view_samples *samples)
{
    free(samples->stage_s);
    *samples = (gv__view_samples){0};
}

static void widen(gv_view_times *times, double host_s)
{
    /* fmin and fmax pass over a NAN. */
    double ratio = host_s / times->stage[GV_STAGE_TOTAL].median_s;
    times->speedup_low = fmin(times->speedup_low, ratio);
    times->speedup_high = fmax(times->speedup_high, ratio);
}

/* What is reported as the speed-up is the quotient of the two recorded medians, and its interval
 * must hold it. Blocks need not hold equally many samples, so that under heavy noise it can lie off
 * every block's; and the host's median can be older than the blocks taken in turn with a provider
 * that replaced another. */
static gv_status hold_ratio_of_medians(const gv__view_samples *host, double host_s,
                                       gv_view_times *times, gv_error *err)
{
    if (isnan(times->speedup_low)) {
        return GV_OK;
    }
    gv_view_times baseline = {.samples = 0};
    gv_status status = gv__view_times_of(host, NULL, NAN, &baseline, err);
    if (status == GV_OK) {
        widen(times, baseline.stage[GV_STAGE_TOTAL].median_s);
        widen(times, host_s);
    }
    return status;
}

gv_status gv__view_times_of(const gv__view_samples *samples, const gv__view_samples *host,
                            double host_s, gv_view_times *out, gv_error *err)
{
    gv_view_times times = {.samples = samples->count, .calls = samples->calls};
    double *column = malloc((samples->count + 1) * sizeof *column);
    if (column == NULL) {
        return gv__fail(err, GV_MEMORY, 0, "malloc", "no room for statistics");
    }
    for (int stage = 0; stage < GV_STAGE_COUNT; stage++) {
        for (uint32_t i = 0; i < samples->count; i++) {
            column[i] = samples->stage_s[i][stage];
        }
        times.stage[stage] = gv__time_of(column, samples->count);
        if (samples->blocks < GV__MIN_FOR_INTERVAL) {
            times.stage[stage].low_s = times.stage[stage].high_s = NAN;
        }
    }
    /* The total came last and is sorted now. */
    times.min_s = samples->count > 0 ? column[0] : NAN;
    times.outliers = gv__outliers(column, samples->count);
    free(column);
    times.speedup_low = times.speedup_high = NAN;
    if (host != NULL && host->blocks == samples->blocks) {
        gv__ratio_range(host->block_s, samples->block_s, samples->blocks, &times.speedup_low,
                        &times.speedup_high);
    }
    *out = times;
    return host != NULL ? hold_ratio_of_medians(host, host_s, out, err) : GV_OK;
}

double gv__fastest_kernel_s(const gv_view_times view[GV_VIEW_COUNT])
{
    double fastest_s = NAN;
    for (int v = 0; v < GV_VIEW_COUNT; v++) {
        if (view[v].samples > 0) {
            double kernel_s = view[v].stage[GV_STAGE_KERNEL].median_s;
            double total_s = view[v].stage[GV_STAGE_TOTAL].median_s;
            fastest_s = fmin(fastest_s, isnan(kernel_s) ? total_s : kernel_s);
        }
    }
    return fastest_s;
}

/* Every block of the second half against the first block: single slow blocks are noise, a machine
 * that got hot stays slow. */
static bool throttled(const gv__view_samples *samples)
{
    if (samples->blocks < GV__MIN_FOR_INTERVAL) {
        return false;
    }
    double fastest_s = INFINITY;
    for (uint32_t i = samples->blocks - samples->blocks / 2; i < samples->blocks; i++) {
        fastest_s = fmin(fastest_s, samples->block_s[i]);
    }
    return fastest_s > throttled_ratio * samples->block_s[0];
}

uint32_t gv__view_flags(const gv__view_samples *samples, const gv_view_times *times,
                        double warm_up_s)
{
    const gv_time *total = &times->stage[GV_STAGE_TOTAL];
    const double sum_s = times->stage[GV_STAGE_H2D].median_s +
                         times->stage[GV_STAGE_KERNEL].median_s +
                         times->stage[GV_STAGE_D2H].median_s;
    const double sample_s = total->median_s * times->calls;
    uint32_t flags = 0;
    if (times->samples < GV__MIN_FOR_INTERVAL) {
        flags |= GV_FLAG_FEW_SAMPLES;
    }
    if (total->high_s - total->low_s > noisy_rel * total->median_s) {
        flags |= GV_FLAG_NOISY;
    }
    if (times->outliers > outlier_share * times->samples) {
        flags |= GV_FLAG_OUTLIERS;
    }
    if (!samples->steady && calls_to_be_steady * sample_s <= warm_up_s) {
        flags |= GV_FLAG_UNSTEADY;
    }
    if (throttled(samples)) {
        flags |= GV_FLAG_THROTTLED;
    }
    if (fabs(sum_s - total->median_s) > stage_gap_rel * total->median_s) {
        flags |= GV_FLAG_STAGE_GAP;
    }
    return flags;
}

uint32_t gv__view_samples_pick(const gv__view_samples *samples, uint32_t most,
                               double (*out)[GV_STAGE_COUNT])
{
    uint32_t picked = samples->count < most ? samples->count : most;
    for (uint32_t i = 0; i < picked; i++) {
        size_t from = (size_t)i * samples->count / picked;
        memcpy(out[i], samples->stage_s[from], sizeof out[i]);
    }
    return picked;
}
