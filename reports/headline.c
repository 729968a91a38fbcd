/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/headline.h"

int gv__ratio_decimals(double ratio)
{
    return ratio < 0.0995 ? 3 : ratio < 10 ? 2 : ratio < 100 ? 1 : 0;
}

static void add_ratio(gv__text *text, const gv_ratio *ratio)
{
    int decimals = gv__ratio_decimals(ratio->value);
    gv__text_printf(text, "%.*f×", decimals, ratio->value);
    if (!gv_is_absent(ratio->low) && !gv_is_absent(ratio->high)) {
        gv__text_printf(text, " (%.*f to %.*f)", decimals, ratio->low, decimals, ratio->high);
    }
}

static void add_single(const gv_dataset *d, const gv_dataset_device *best, gv__text *text)
{
    gv_verdict verdict = gv_verdict_of(best->headline.value);
    gv__text_printf(text, "%s computes ", best->label);
    add_ratio(text, &best->headline);
    gv__text_printf(text,
                    " as fast as the host, transfers included (geometric mean over %u %s): %s. "
                    "Advice: %s.",
                    (unsigned)d->common_count, d->common_count == 1 ? "workload" : "workloads",
                    gv_verdict_word(verdict), gv_verdict_advice(verdict));
}

static void add_rivals(const gv_dataset *d, gv__text *text)
{
    const gv_dataset_device *best = &d->devices[0], *second = &d->devices[1];
    gv__text_printf(text, " It ranks first of %u devices", (unsigned)d->ranked_count);
    gv__text_printf(text, "; the next is %s with ", second->label);
    add_ratio(text, &second->headline);
    /* With an absent end, no comparison holds and nothing is said. */
    if (second->headline.high > best->headline.low) {
        gv__text_add(text, ", and their ranges overlap: the order of the two is not certain");
    }
    gv__text_add(text, ".");
}

void gv__headline_add(const gv_dataset *d, gv__text *text)
{
    if (d->device_count == 0) {
        gv__text_printf(text, "No device was measured: the host alone, over %u workloads.",
                        (unsigned)d->workload_count);
    } else if (d->ranked_count == 0) {
        gv__text_add(text, "No device has a checked speed-up: see Problems for the reasons.");
    } else if (d->common_count == 0) {
        gv__text_printf(
            text,
            "No workload was answered by all %u devices, so that they cannot be ranked: "
            "see Speed-up for each of them.",
            (unsigned)d->ranked_count);
    } else {
        add_single(d, &d->devices[0], text);
        if (d->ranked_count > 1) {
            add_rivals(d, text);
        }
    }
}

/* Speed-ups over different hosts have different bases. */
static bool hosts_differ(const gv_dataset *d)
{
    for (uint32_t i = 1; i < d->ranked_count; i++) {
        if (d->devices[i].host != d->devices[0].host) {
            return true;
        }
    }
    return false;
}

static uint32_t shortest_processes(const gv_dataset *d)
{
    uint32_t fewest = GV__NONE;
    for (uint32_t i = 0; i < d->pair_count; i++) {
        bool ranked = d->pairs[i].device < d->ranked_count;
        fewest = ranked && d->pairs[i].count < fewest ? d->pairs[i].count : fewest;
    }
    return fewest;
}

void gv__headline_add_remarks(const gv_dataset *d, gv__text *text)
{
    if (d->host_count > 0 && !hosts_differ(d)) {
        uint32_t host = d->ranked_count > 0 ? d->devices[0].host : 0;
        if (host != GV__NONE) {
            gv__text_printf(text, "The host is %s. ", d->hosts[host].label);
        }
    }
    if (hosts_differ(d)) {
        gv__text_add(text, "The devices were measured beside different hosts: their speed-ups have "
                           "different bases, so compare their times before you rank them. ");
    }
    if (gv_dataset_has_host_silicon(d)) {
        gv__text_add(text, "A device that is the host's own processor compares software, not "
                           "hardware. ");
    }
    if (d->ranked_count > 0 && d->common_count < d->workload_count) {
        gv__text_printf(text,
                        "Not answered by every ranked device, and not in the means: %u of %u "
                        "workloads. ",
                        (unsigned)(d->workload_count - d->common_count),
                        (unsigned)d->workload_count);
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
