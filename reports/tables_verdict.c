/* SPDX-License-Identifier: Apache-2.0 */
/* Devices in the order of rank. */
#include "reports/basis.h"
#include "reports/forecast.h"
#include "reports/tables.h"

#include <math.h>

#define TEXT(key, label, width, note)                                                              \
    {                                                                                              \
        key, label, "", "", 1, NULL, width, GV_ORIGIN_ABSENT, false, note                          \
    }
#define COUNT(key, label, note)                                                                    \
    {                                                                                              \
        key, label, "", "", 1, "0", 10, GV_ORIGIN_ABSENT, false, note                              \
    }
#define RATIO(key, label, note)                                                                    \
    {                                                                                              \
        key, label, "", "×", 1, "0.00", 10, GV_ORIGIN_MEASURED, false, note                        \
    }

static const gv_column columns[] = {
    COUNT("rank", "Rank", "by the headline mean; blank: not ranked"),
    COUNT("first_place", "Place, from", "behind those alone whose whole interval is above its own"),
    COUNT("last_place", "Place, to", "before those alone whose whole interval is below its own"),
    TEXT("device", "Device", 36, NULL),
    TEXT("origin", "Origin", 12,
         "of its numbers: measured here, calibrated by measurements of it, or modelled: never run; "
         "with how many of its mean are of each where it is mixed"),
    TEXT("driver", "Driver or library", 36,
         "platform and driver version; of what never ran, the library it is modelled with"),
    TEXT("library", "Library", 10, "vendor: its vendor's own; opencl: portable OpenCL kernels"),
    TEXT("key", "Key", 24, "what tells it from other devices: PCI address, UUID or driver"),
    TEXT("host", "Host", 36, "whose time the speed-ups are over"),
    COUNT("answered", "Answered", "workloads with a checked headline speed-up"),
    COUNT("common", "In the mean", "workloads that every ranked device answered"),
    RATIO("headline", "With transfers", "geometric mean of the speed-ups over the host"),
    RATIO("headline_low", "from", "mean of the lower ends: of block ratios, or of 80 % intervals"),
    RATIO("headline_high", "to", "mean of the upper ends: of block ratios, or of 80 % intervals"),
    RATIO("kernel_only", "Kernel only", "everything stays on the device"),
    RATIO("kernel_only_low", "from", "as of the headline"),
    RATIO("kernel_only_high", "to", "as of the headline"),
    TEXT("verdict", "Verdict", 12, NULL),
    TEXT("advice", "Advice", 44, NULL),
    TEXT("remark", "Remark", 60, NULL),
};

/** "; " between the remarks of a row. */
static void add_clause(gv__text *text, const char *clause)
{
    gv__text_printf(text, "%s%s", text->length > 0 ? "; " : "", clause);
}

/* Of a device as it is. */
static void add_state(const gv_dataset *d, const gv_dataset_device *device, gv__text *text)
{
    if (device->better != GV__NONE) {
        gv__text_printf(text, "the same card answers better through %s and is ranked there",
                        d->devices[device->better].driver);
    } else if (device->record == NULL && device->side != NULL) {
        gv__text_printf(text, "never run: from its data sheet%s%s",
                        device->side->lent_by != NULL ? ", corrected by what was measured on " : "",
                        device->side->lent_by != NULL ? device->side->lent_by : "");
    } else if (gv_dataset_lacks_host(device)) {
        gv__text_add(text, "the host has no time for what it computed: see Problems");
    } else if (device->answered == 0) {
        gv__text_add(text, "no workload with a checked time: see Problems");
    } else if (gv__basis_is_host_silicon(device)) {
        gv__text_add(text, "the host's own processor: compares software, not hardware");
    }
}

/* What its mean stands on, beside those of others. */
static void add_bases(const gv_dataset *d, const gv_dataset_device *device, gv__text *text)
{
    if (device->rank > 0 && gv__basis_libraries_differ(d)) {
        add_clause(text,
                   gv__basis_software(device) == GV_SOFTWARE_VENDOR
                       ? "with its vendor's library, others with portable OpenCL kernels"
                       : "with portable OpenCL kernels, others with their vendors' libraries");
    }
    if (gv__basis_is_half_a_card(device)) {
        add_clause(text, "one of the 2 dies of its card: a card's price buys two of these");
    }
    if (device->rank > 0 && !gv__basis_is_host_silicon(device) && gv__basis_link_decides(device)) {
        add_clause(text, "significant with the data kept on the device");
    }
}

static void add_remark(const gv_dataset *d, uint32_t device, gv_table *table)
{
    gv__text text = {0};
    add_state(d, &d->devices[device], &text);
    add_bases(d, &d->devices[device], &text);
    gv__memory_cap_add(&text, gv_dataset_find_limit(d, device).bytes);
    gv_table_add_printf(table, "%s", text.data != NULL ? text.data : "");
    table->failed = table->failed || text.failed;
    gv__text_free(&text);
}

/** With the origin of the device's mean. */
static void add_ratios(gv_table *table, const gv_dataset_device *device)
{
    const double ratios[] = {device->headline.value,  device->headline.low,
                             device->headline.high,   device->kernel_only.value,
                             device->kernel_only.low, device->kernel_only.high};
    for (size_t i = 0; i < GV__COUNT(ratios); i++) {
        gv_table_add_number_of(table, ratios[i], device->origin);
    }
}

static void add_advice(gv_table *table, const gv_dataset_device *device)
{
    gv__text advice = {0};
    gv__basis_add_advice(device, &advice);
    gv_table_add_printf(table, "%s", advice.data != NULL ? advice.data : "");
    table->failed = table->failed || advice.failed;
    gv__text_free(&advice);
}

static void add_place(gv_table *table, uint32_t place)
{
    gv_table_add_number(table, place > 0 ? (double)place : (double)NAN);
}

void gv__table_verdict(const gv_dataset *dataset, gv_table *table)
{
    table->columns = columns;
    table->column_count = GV__COUNT(columns);
    for (uint32_t i = 0; i < dataset->device_count; i++) {
        const gv_dataset_device *device = &dataset->devices[i];
        bool mean = !gv_is_absent(device->headline.value);
        gv_verdict verdict = gv_verdict_of(device->headline.value);
        gv__text origins = {0};
        gv_dataset_add_origins(device, &origins);
        add_place(table, device->rank);
        add_place(table, device->first_place);
        add_place(table, device->last_place);
        gv_table_add_text(table, device->label);
        gv_table_add_printf(table, "%s", origins.data != NULL ? origins.data : "");
        gv__text_free(&origins);
        gv_table_add_text(table, device->driver);
        gv_table_add_text(table, gv_software_key(gv__basis_software(device)));
        gv_table_add_text(table, device->key);
        gv_table_add_text(table,
                          device->host != GV__NONE ? dataset->hosts[device->host].label : NULL);
        gv_table_add_number(table, device->answered);
        gv_table_add_number(table, mean ? (double)dataset->common_count : (double)NAN);
        add_ratios(table, device);
        gv_table_add_text(table, mean ? gv_verdict_word(verdict) : NULL);
        add_advice(table, device);
        add_remark(dataset, i, table);
    }
}
