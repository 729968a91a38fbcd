/* SPDX-License-Identifier: Apache-2.0 */
/* Devices in the order of rank. */
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
    TEXT("device", "Device", 36, NULL),
    TEXT("driver", "Driver", 36, "platform and driver version"),
    TEXT("key", "Key", 24, "what tells it from other devices: PCI address, UUID or driver"),
    TEXT("host", "Host", 36, "whose time the speed-ups are over"),
    COUNT("answered", "Answered", "workloads with a checked headline speed-up"),
    COUNT("common", "In the mean", "workloads that every ranked device answered"),
    RATIO("headline", "With transfers", "geometric mean of the speed-ups over the host"),
    RATIO("headline_low", "from", "mean of the lower ends of the intervals"),
    RATIO("headline_high", "to", "mean of the upper ends of the intervals"),
    RATIO("kernel_only", "Kernel only", "everything stays on the device"),
    TEXT("verdict", "Verdict", 12, NULL),
    TEXT("advice", "Advice", 44, NULL),
    TEXT("remark", "Remark", 60, NULL),
};

static void add_remark(const gv_dataset *d, const gv_dataset_device *device, gv_table *table)
{
    if (device->better != GV__NONE) {
        gv_table_add_printf(table, "the same card answers better through %s and is ranked there",
                            d->devices[device->better].driver);
    } else if (device->answered == 0) {
        gv_table_add_text(table, "no workload with a checked time: see Problems");
    } else if (device->record != NULL && device->record->device->is_host_silicon) {
        gv_table_add_text(table, "the host's own processor: compares software, not hardware");
    } else {
        gv_table_add_blank(table);
    }
}

void gv__table_verdict(const gv_dataset *dataset, gv_table *table)
{
    table->columns = columns;
    table->column_count = GV__COUNT(columns);
    for (uint32_t i = 0; i < dataset->device_count; i++) {
        const gv_dataset_device *device = &dataset->devices[i];
        bool mean = !gv_is_absent(device->headline.value);
        gv_verdict verdict = gv_verdict_of(device->headline.value);
        if (device->rank > 0) {
            gv_table_add_number(table, device->rank);
        } else {
            gv_table_add_blank(table);
        }
        gv_table_add_text(table, device->label);
        gv_table_add_text(table, device->driver);
        gv_table_add_text(table, device->key);
        gv_table_add_text(table,
                          device->host != GV__NONE ? dataset->hosts[device->host].label : NULL);
        gv_table_add_number(table, device->answered);
        gv_table_add_number(table, mean ? (double)dataset->common_count : (double)NAN);
        gv_table_add_number(table, device->headline.value);
        gv_table_add_number(table, device->headline.low);
        gv_table_add_number(table, device->headline.high);
        gv_table_add_number(table, device->kernel_only.value);
        gv_table_add_text(table, mean ? gv_verdict_word(verdict) : NULL);
        gv_table_add_text(table, mean ? gv_verdict_advice(verdict) : NULL);
        add_remark(dataset, device, table);
    }
}
