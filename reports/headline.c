/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/headline.h"
#include "reports/basis.h"

#include <math.h>

static bool keeps_verdict(double ratio, int decimals)
{
    double scale = pow(10, decimals);
    return gv_verdict_of(round(ratio * scale) / scale) == gv_verdict_of(ratio);
}

int gv__ratio_decimals(double ratio)
{
    enum { MOST = 9 };
    int decimals = ratio < 0.0995 ? 3 : ratio < 10 ? 2 : ratio < 100 ? 1 : 0;
    while (ratio >= 0.0995 && decimals < MOST && !keeps_verdict(ratio, decimals)) {
        decimals++;
    }
    return decimals;
}

const char *gv__workloads(uint32_t count)
{
    return count == 1 ? "workload" : "workloads";
}

static void add_ratio(gv__text *text, const gv_ratio *ratio)
{
    gv__text_printf(text, "%.*f×", gv__ratio_decimals(ratio->value), ratio->value);
    if (!gv_is_absent(ratio->low) && !gv_is_absent(ratio->high)) {
        gv__text_printf(text, " (%.*f to %.*f)", gv__ratio_decimals(ratio->low), ratio->low,
                        gv__ratio_decimals(ratio->high), ratio->high);
    }
}

/** "Card", "Card (modelled, never run)", "Card (measured 7, calibrated 1)"; with its library where
 * these differ: "Card (measured, portable OpenCL kernels)". */
static void add_name(const gv_dataset *d, const gv_dataset_device *device, gv__text *text)
{
    bool differ = gv__basis_libraries_differ(d);
    gv__text_add(text, device->label);
    if (device->origin > GV_ORIGIN_MEASURED || differ) {
        gv__text_add(text, " (");
        gv_dataset_add_origins(device, text);
        gv__text_add(text, device->record == NULL ? ", never run" : "");
        if (differ) {
            gv__text_printf(text, ", %s", gv__basis_library(gv__basis_software(device)));
        }
        gv__text_add(text, ")");
    }
}

/** "Card computes 3.00× (2.9 to 3.1) as fast". */
static void add_speed(const gv_dataset *d, const gv_dataset_device *device, gv__text *text)
{
    add_name(d, device, text);
    gv__text_add(text, device->origin > GV_ORIGIN_MEASURED ? " would compute " : " computes ");
    add_ratio(text, &device->headline);
    gv__text_add(text, " as fast");
}

static void add_mean(const gv_dataset *d, gv__text *text)
{
    gv__text_printf(text, "transfers included (geometric mean over %u %s)",
                    (unsigned)d->common_count, gv__workloads(d->common_count));
}

static void add_single(const gv_dataset *d, const gv_dataset_device *best, gv__text *text)
{
    gv__text advice = {0};
    add_speed(d, best, text);
    gv__text_add(text, " as the host, ");
    add_mean(d, text);
    gv__text_printf(text, ": %s.", gv_verdict_word(gv_verdict_of(best->headline.value)));
    gv__basis_add_advice(best, &advice);
    if (advice.length > 0) {
        gv__text_printf(text, " Advice: %s.", advice.data);
    } else if (gv__basis_is_host_silicon(best)) {
        gv__text_add(text, " It is the host's own processor: software is compared, and nothing "
                           "follows for a purchase.");
    }
    text->failed = text->failed || advice.failed;
    gv__text_free(&advice);
}

static void add_rivals(const gv_dataset *d, gv__text *text)
{
    const gv_dataset_device *best = &d->devices[0], *second = &d->devices[1];
    gv__text_printf(text, " It ranks first of %u devices", (unsigned)d->ranked_count);
    gv__text_add(text, "; the next is ");
    add_name(d, second, text);
    gv__text_add(text, " with ");
    add_ratio(text, &second->headline);
    /* With an absent end, no comparison holds and nothing is said. */
    if (second->headline.high > best->headline.low) {
        gv__text_add(text, ", and their ranges overlap: the order of the two is not certain");
    }
    gv__text_add(text, ".");
}

/** The first of the devices over a host, and how many stand beside it; not an order across hosts.
 */
static void add_first_over(const gv_dataset *d, uint32_t first, gv__text *text)
{
    const gv_dataset_device *best = &d->devices[first];
    uint32_t count = 0;
    for (uint32_t i = 0; i < d->ranked_count; i++) {
        count += d->devices[i].host == best->host;
    }
    gv__text_printf(
        text, " Over %s: ", best->host != GV__NONE ? d->hosts[best->host].label : "a host unknown");
    add_speed(d, best, text);
    gv__text_printf(text, ", %s", gv_verdict_word(gv_verdict_of(best->headline.value)));
    if (count > 1) {
        gv__text_printf(text, ", first of %u devices there", (unsigned)count);
    }
    gv__text_add(text, ".");
}

/** Each host with its first, where there are several. */
static void add_hosts(const gv_dataset *d, gv__text *text)
{
    enum { TOLD = 6 };
    uint32_t hosts = 0, host_of_estimates = GV__NONE;
    gv__text_add(text, "The devices stand beside different hosts: each speed-up is over its own, ");
    add_mean(d, text);
    gv__text_add(text, ", and ranks across hosts order these ratios alone.");
    for (uint32_t i = 0; i < d->ranked_count; i++) {
        bool known = false;
        for (uint32_t k = 0; k < i; k++) {
            known = known || d->devices[k].host == d->devices[i].host;
        }
        if (!known && hosts++ < TOLD) {
            add_first_over(d, i, text);
        }
        host_of_estimates = d->devices[i].record == NULL ? d->devices[i].host : host_of_estimates;
    }
    if (hosts > TOLD) {
        gv__text_printf(text, " %u more hosts: see the column Host.", (unsigned)(hosts - TOLD));
    }
    if (host_of_estimates != GV__NONE) {
        gv__text_printf(text, " Devices that were never run are compared with %s.",
                        d->hosts[host_of_estimates].label);
    }
}

static void add_libraries(gv__text *text)
{
    gv__text_add(text, " Mind: these are unlike libraries, and the order is that of device and "
                       "library together; `report --software opencl` models every device with the "
                       "kernels that were measured.");
}

/** Where an estimate leads, the best of what was measured. */
static void add_best_measured(const gv_dataset *d, gv__text *text)
{
    for (uint32_t i = 1; i < d->ranked_count; i++) {
        const gv_dataset_device *device = &d->devices[i];
        if (device->origin == GV_ORIGIN_MEASURED) {
            gv__text_printf(text, " Best of those measured is %s with ", device->label);
            add_ratio(text, &device->headline);
            gv__text_add(text, ".");
            return;
        }
    }
}

static bool any_lacks_host(const gv_dataset *d)
{
    for (uint32_t i = 0; i < d->device_count; i++) {
        if (gv_dataset_lacks_host(&d->devices[i])) {
            return true;
        }
    }
    return false;
}

void gv__headline_add(const gv_dataset *d, gv__text *text)
{
    if (d->device_count == 0) {
        gv__text_printf(text,
                        "No device was measured: the host alone, over %u %s. `gpuverdict devices` "
                        "shows each driver, and what stands in the way of one that has no device.",
                        (unsigned)d->workload_count, gv__workloads(d->workload_count));
    } else if (d->ranked_count == 0) {
        gv__text_add(text, any_lacks_host(d)
                               ? "No device has a checked speed-up, since the host has no time for "
                                 "what was computed: see Problems for the reasons."
                               : "No device has a checked speed-up: see Problems for the reasons.");
    } else if (d->common_count == 0) {
        gv__text_printf(
            text,
            "No workload was answered by all %u devices, so that they cannot be ranked: "
            "see Speed-up for each of them.",
            (unsigned)d->ranked_count);
    } else if (gv__basis_hosts_differ(d)) {
        add_hosts(d, text);
    } else {
        add_single(d, &d->devices[0], text);
        if (d->ranked_count > 1) {
            add_rivals(d, text);
        }
        if (d->devices[0].origin != GV_ORIGIN_MEASURED && d->ranked_count > 1 &&
            d->devices[1].origin != GV_ORIGIN_MEASURED) {
            add_best_measured(d, text);
        }
    }
    if (d->common_count > 0 && gv__basis_libraries_differ(d)) {
        add_libraries(text);
    }
}

/** What it would be with the data left on the device, where that is another verdict. */
static void add_kernel_only(const gv_dataset *d, gv__text *text)
{
    const gv_dataset_device *best = &d->devices[0];
    for (uint32_t i = 1; i < d->ranked_count; i++) {
        best = d->devices[i].kernel_only.value > best->kernel_only.value ? &d->devices[i] : best;
    }
    double value = best->kernel_only.value;
    if (isfinite(value) && gv_verdict_of(value) != gv_verdict_of(d->devices[0].headline.value)) {
        gv__text_add(text, "With the data left on the device ");
        add_name(d, best, text);
        gv__text_printf(text, "%s%.*f× as fast: %s. ",
                        best->origin > GV_ORIGIN_MEASURED ? " would compute " : " computes ",
                        gv__ratio_decimals(value), value, gv_verdict_word(gv_verdict_of(value)));
    }
}

static uint32_t shortest_processes(const gv_dataset *d)
{
    uint32_t fewest = GV__NONE;
    for (uint32_t i = 0; i < d->pair_count; i++) {
        bool ranked = d->pairs[i].device < d->ranked_count && d->pairs[i].estimated == NULL;
        fewest = ranked && d->pairs[i].count < fewest ? d->pairs[i].count : fewest;
    }
    return fewest;
}

/* "15 of 24 measurements were noisy or throttled: repeat on a quiet machine." */
static void add_noise(const gv_dataset *d, gv__text *text)
{
    gv_dataset_noise noise = gv_dataset_find_noise(d);
    uint32_t kinds = 0, told = 0;
    for (uint32_t bit = 0; gv_flag_name(bit) != NULL; bit++) {
        kinds += (noise.flags >> bit) & 1;
    }
    if (noise.affected == 0) {
        return;
    }
    gv__text_printf(text, "%u of %u %s", (unsigned)noise.affected, (unsigned)noise.measurements,
                    noise.measurements == 1 ? "measurement was" : "measurements were");
    for (uint32_t bit = 0; gv_flag_name(bit) != NULL; bit++) {
        if (((noise.flags >> bit) & 1) != 0) {
            const char *joint = told == 0 ? " " : told + 1 == kinds ? " or " : ", ";
            gv__text_printf(text, "%s%s", joint, gv_flag_name(bit));
            told++;
        }
    }
    gv__text_add(text, ": repeat on a quiet machine. ");
}

static void add_remarks(const gv_dataset *d, bool figures, gv__text *text)
{
    if (d->host_count > 0 && !gv__basis_hosts_differ(d)) {
        uint32_t host = d->ranked_count > 0 ? d->devices[0].host : 0;
        if (host != GV__NONE) {
            gv__text_printf(text, "The host is %s. ", d->hosts[host].label);
        }
    }
    if (figures && d->ranked_count > 0 && d->common_count > 0) {
        add_kernel_only(d, text);
    }
    add_noise(d, text);
    if (gv_dataset_has_host_silicon(d)) {
        gv__text_add(text, "A device that is the host's own processor compares software, not "
                           "hardware. ");
    }
    if (d->ranked_count > 0 && d->common_count < d->workload_count) {
        gv__text_printf(text,
                        "Not answered by every ranked device, and not in the means: %u of %u "
                        "%s. ",
                        (unsigned)(d->workload_count - d->common_count),
                        (unsigned)d->workload_count, gv__workloads(d->workload_count));
    }
    if (gv_dataset_has_estimates(d)) {
        gv__text_add(text, "The range of a mean is the mean of its workloads' ranges, which are "
                           "80 % intervals of what was estimated and those of the block ratios of "
                           "what was measured: no probability belongs to it. ");
    }
    if (d->ranked_count > 0 && shortest_processes(d) < 3) {
        gv__text_add(text,
                     "Quick figures: fewer than three processes a device; a standard run tells "
                     "more. ");
    }
    if (text->length > 0) {
        text->data[--text->length] = 0; /* the last space */
    }
}

void gv__headline_add_remarks(const gv_dataset *d, gv__text *text)
{
    add_remarks(d, true, text);
}

void gv__headline_add_lasting_remarks(const gv_dataset *d, gv__text *text)
{
    add_remarks(d, false, text);
}
