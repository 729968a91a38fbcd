/* SPDX-License-Identifier: Apache-2.0 */
/* From entries to pairs: the processes of the run of a device and workload that ranks become one
 * time, one speed-up and one range. */
#include "reports/dataset_pairs.h"
#include "base/support.h"
#include "bench/statistics.h"

#include <math.h>
#include <stdlib.h>

static int compare_entries(const void *a, const void *b)
{
    const gv__dataset_entry *x = a, *y = b;
    const uint32_t left[] = {x->device, x->workload, x->run, x->process, x->index};
    const uint32_t right[] = {y->device, y->workload, y->run, y->process, y->index};
    for (size_t i = 0; i < GV__COUNT(left); i++) {
        if (left[i] != right[i]) {
            return left[i] < right[i] ? -1 : 1;
        }
    }
    return 0;
}

static bool is_same_pair(const gv__dataset_entry *a, const gv__dataset_entry *b)
{
    return a->device == b->device && a->workload == b->workload;
}

/* The host's last measurement of the same run, process and workload. */
static uint32_t host_beside(const gv__dataset_entries *entries, const gv__dataset_entry *e)
{
    uint32_t low = 0, high = entries->of_host_count; /* the first entry past what is looked for */
    const gv__dataset_entry after = {GV__NONE, e->workload, e->run, e->process, UINT32_MAX};
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (compare_entries(&entries->of_hosts[middle], &after) <= 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == 0) {
        return GV__NONE;
    }
    const gv__dataset_entry *found = &entries->of_hosts[low - 1];
    bool same =
        found->workload == e->workload && found->run == e->run && found->process == e->process;
    return same ? found->index : GV__NONE;
}

double gv__dataset_median(const gv_dataset *d, const gv_dataset_pair *pair, bool host, gv_view view,
                          gv_stage stage, double *scratch)
{
    size_t count = 0;
    for (uint32_t i = 0; i < pair->count; i++) {
        const gv_dataset_member *member = &d->members[pair->first + i];
        uint32_t index = host ? member->host : member->device;
        if (index == GV__NONE) {
            continue;
        }
        double value = d->journal->measurements[index].view[view].stage[stage].median_s;
        if (!gv_is_absent(value)) {
            scratch[count++] = value;
        }
    }
    return gv__median(scratch, count);
}

gv_ratio gv__dataset_ratio(const gv_dataset *d, const gv_dataset_pair *pair, gv_view view,
                           double device_s)
{
    gv_ratio ratio = {NAN, NAN, NAN};
    if (!(pair->host_s > 0) || !(device_s > 0)) {
        return ratio;
    }
    ratio.value = pair->host_s / device_s;
    ratio.low = INFINITY;
    ratio.high = 0;
    for (uint32_t i = 0; i < pair->count; i++) {
        const gv_measurement *m = &d->journal->measurements[d->members[pair->first + i].device];
        const gv_view_times *times = &m->view[view];
        if (gv_is_absent(times->speedup_low) || gv_is_absent(times->speedup_high)) {
            return (gv_ratio){ratio.value, NAN, NAN};
        }
        ratio.low = fmin(ratio.low, times->speedup_low);
        ratio.high = fmax(ratio.high, times->speedup_high);
    }
    return ratio;
}

static void combine_members(gv_dataset *d, gv_dataset_pair *pair, double *scratch)
{
    for (uint32_t i = 0; i < pair->count; i++) {
        const gv_dataset_member *member = &d->members[pair->first + i];
        pair->flags |= d->journal->measurements[member->device].flags;
        d->counts[member->device] = true;
        if (member->host != GV__NONE) {
            d->counts[member->host] = true;
        }
    }
    pair->host_s = gv__dataset_median(d, pair, true, GV_VIEW_KERNEL_ONLY, GV_STAGE_TOTAL, scratch);
    for (int stage = 0; stage < GV_STAGE_COUNT; stage++) {
        pair->stage_s[stage] =
            gv__dataset_median(d, pair, false, GV_VIEW_TRANSFERS, (gv_stage)stage, scratch);
    }
    pair->transfer_s = pair->stage_s[GV_STAGE_H2D] + pair->stage_s[GV_STAGE_D2H];
    pair->kernel_only_s =
        gv__dataset_median(d, pair, false, GV_VIEW_KERNEL_ONLY, GV_STAGE_TOTAL, scratch);
    pair->headline = gv__dataset_ratio(d, pair, GV_VIEW_TRANSFERS, pair->stage_s[GV_STAGE_TOTAL]);
    pair->kernel_only = gv__dataset_ratio(d, pair, GV_VIEW_KERNEL_ONLY, pair->kernel_only_s);
}

static bool is_capped(const gv_dataset *d, uint32_t run)
{
    return isfinite(gv_dataset_memory_cap(d, run));
}

/* The newest of one device and workload; before any that might not use all of its memory, the
 * newest of those that might. */
static uint32_t run_that_ranks(const gv_dataset *d, const gv__dataset_entry *entries,
                               uint32_t count)
{
    uint32_t ranks = count - 1;
    while (ranks > 0 && is_capped(d, entries[ranks].run)) {
        ranks--;
    }
    return entries[is_capped(d, entries[ranks].run) ? count - 1 : ranks].run;
}

/* Whether a newer run than `run` tried this pair and ended without a time: what failed has none,
 * and an older time must not stand in for it. What fails with less memory than the device has is no
 * word about a time with all of it. */
static bool failed_since(const gv_dataset *d, const gv__dataset_entry *e, uint32_t run)
{
    const gv_dataset_incident *at = gv__dataset_last_incident(d, e->device, e->workload);
    while (at != NULL && at->device == e->device && at->workload == e->workload) {
        if (is_capped(d, run) || !is_capped(d, at->run)) {
            return at->run > run && at->record->replaced[0] == 0;
        }
        at = at > d->incidents ? at - 1 : NULL;
    }
    return false;
}

/* Members of the run that ranks among `count` entries of one device and workload. Processes whose
 * host has no time stand back where others have one: a ratio wants both from the same process. */
static void add_pair(gv_dataset *d, const gv__dataset_entries *all,
                     const gv__dataset_entry *entries, uint32_t count, double *scratch)
{
    uint32_t run = run_that_ranks(d, entries, count), first = d->member_count;
    bool complete = false;
    if (failed_since(d, entries, run)) {
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        const gv__dataset_entry *e = &entries[i];
        bool repeated = i + 1 < count && e[1].run == e->run && e[1].process == e->process;
        if (e->run != run || repeated) {
            continue;
        }
        gv_dataset_member member = {e->index, host_beside(all, e)};
        if (member.host != GV__NONE && !complete) {
            complete = true;
            d->member_count = first; /* drop the incomplete ones */
        }
        if (member.host != GV__NONE || !complete) {
            d->members[d->member_count++] = member;
        }
    }
    gv_dataset_pair *pair = &d->pairs[d->pair_count++];
    *pair = (gv_dataset_pair){.device = entries->device,
                              .workload = entries->workload,
                              .run = run,
                              .origin = GV_ORIGIN_MEASURED,
                              .first = first,
                              .count = d->member_count - first};
    combine_members(d, pair, scratch);
}

/* Room for the pairs, for all members, and for the values of the longest group of entries. */
static double *reserve(gv_dataset *d, const gv__dataset_entry *entries, uint32_t count)
{
    uint32_t pairs = 0, longest = 0;
    for (uint32_t i = 0, start = 0; i < count; i++) {
        bool fresh = i == 0 || !is_same_pair(&entries[i], &entries[i - 1]);
        start = fresh ? i : start;
        pairs += fresh;
        longest = i - start + 1 > longest ? i - start + 1 : longest;
    }
    d->pairs = malloc((pairs + (size_t)1) * sizeof(*d->pairs));
    d->members = malloc((count + (size_t)1) * sizeof(*d->members));
    double *scratch = malloc((longest + (size_t)1) * sizeof(*scratch));
    if (d->pairs == NULL || d->members == NULL) {
        free(scratch);
        return NULL;
    }
    return scratch;
}

bool gv__dataset_combine(gv_dataset *d, gv__dataset_entries *entries)
{
    gv__dataset_entry *of_devices = entries->of_devices;
    uint32_t count = entries->of_device_count;
    if (count > 0) {
        qsort(of_devices, count, sizeof(*of_devices), compare_entries);
    }
    if (entries->of_host_count > 0) {
        qsort(entries->of_hosts, entries->of_host_count, sizeof(*entries->of_hosts),
              compare_entries);
    }
    double *scratch = reserve(d, of_devices, count);
    if (scratch == NULL) {
        return false;
    }
    for (uint32_t i = 0, start = 0; i < count; i++) {
        if (i + 1 == count || !is_same_pair(&of_devices[i], &of_devices[i + 1])) {
            add_pair(d, entries, &of_devices[start], i - start + 1, scratch);
            start = i + 1;
        }
    }
    free(scratch);
    return true;
}
