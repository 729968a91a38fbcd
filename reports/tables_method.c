/* SPDX-License-Identifier: Apache-2.0 */
/* How the numbers came to be: enough to repeat them, and to read them rightly. */
#include "reports/tables.h"

#include <stdio.h>
#include <string.h>

static const gv_column columns[] = {
    {"section", "Section", "", "", 1, NULL, 14, GV_ORIGIN_ABSENT, false, NULL},
    {"subject", "Subject", "", "", 1, NULL, 34, GV_ORIGIN_ABSENT, false, NULL},
    {"item", "Item", "", "", 1, NULL, 26, GV_ORIGIN_ABSENT, false, NULL},
    {"value", "Value", "", "", 1, NULL, 110, GV_ORIGIN_ABSENT, false, NULL},
};

static void add(gv_table *table, const char *section, const char *subject, const char *item,
                const char *value)
{
    if (value == NULL || value[0] == 0) {
        return;
    }
    gv_table_add_text(table, section);
    gv_table_add_printf(table, "%s", subject);
    gv_table_add_text(table, item);
    gv_table_add_printf(table, "%s", value);
}

static void add_statistics(gv_table *table)
{
    static const char *const rows[][2] = {
        {"Speed-up", "The host's time over the device's. The headline is the one with transfers: "
                     "every input goes to the device and the output comes back in each call."},
        {"Time",
         "The median of the samples of a process; of several processes, the median of their "
         "medians. Wall time of the host's monotonic clock around enqueue and finish."},
        {"Interval of a time", "95 %, from order statistics, within one process; needs 6 samples."},
        {"Interval of a speed-up",
         "The range of the ratios of blocks, which are run in turn on device and host, over all "
         "processes. With fewer than 6 blocks there is none."},
        {"Mean of a device",
         "The geometric mean of its headline speed-ups over the workloads that every ranked device "
         "answered. What was not answered is shown and never counted. "
         "Its range is that of the ends of the intervals: no probability belongs to it."},
        {"Estimate",
         "Of a device that was asked for with --device, or of a workload that a measured device "
         "was "
         "not asked: from its data sheet (modelled), or corrected by what else was measured of it "
         "(calibrated). The range of one workload is its 80 % interval. It speaks of the library "
         "in the column "
         "Driver or Provider. docs/model.md has the errors on devices that the model had not "
         "seen."},
        {"Transfer of an estimate",
         "Of pageable memory: the host's processor copies it into the driver's buffers, at 12 GB/s "
         "at most in the model. So a faster link changes nothing from PCIe 4 ×16 on, where "
         "0.45 of the link would be more than that. Where transfers were measured, their rate is "
         "taken to move with the link as the data sheet's would."},
        {"Sheets on demand",
         "Break-even and Estimates where a device was asked for (`gpuverdict report --device "
         "NAME`, "
         "also one that was measured), Ceilings where some were measured (`gpuverdict run --suite "
         "ceilings`)."},
        {"Place",
         "Behind those whose whole range is above a device's own, before those whose whole "
         "range is below it. Where ranges overlap, the order is undecided."},
        {"Of the roof",
         "How close the kernel alone came to what was measured as possible on the device: the "
         "larger "
         "of the work counted over the peak of its precision, and every operand moved once over "
         "the "
         "memory bandwidth; compute or memory is what bounds it then. The peaks stand in Devices. "
         "Over 100 % where an algorithm does less than the work counted (Winograd, FFT) or caches "
         "hold the operands. Blank where a peak is not known, as in f16."},
        {"Weights", "In the workbook, the mean of a device follows the weights in Speed-up: 1 each "
                    "at first. CSV and JSON hold the means at weights of 1."},
        {"Baseline",
         "The host's best libraries on all its physical cores, in a process of its own, "
         "in the same run. Speed-ups over different hosts are not comparable."},
        {"Check", "Each result is checked in double precision before its time counts. What failed "
                  "its check, or beat the hardware's roof, has no time and is listed in Problems."},
        {"Which run ranks", "The newest of a device, driver and workload. One that might not use "
                            "all of the device's memory (--device-memory) ranks only where no "
                            "other has a time. The rest stays in Measurements."},
        {"One card, two drivers", "It is ranked once, by its PCI address, through the driver with "
                                  "the better mean over what both answered."},
        {"Outliers", "Samples more than 14.8 median absolute deviations off: counted, never "
                     "removed."},
    };
    for (size_t i = 0; i < GV__COUNT(rows); i++) {
        add(table, "Statistics", "How to read this", rows[i][0], rows[i][1]);
    }
    for (int v = GV_VERDICT_SLOWER; v < GV_VERDICT_COUNT; v++) {
        static const char *const ranges[GV_VERDICT_COUNT] = {"", "below 1", "1 to 2", "2 to 5",
                                                             "above 5"};
        char value[192];
        snprintf(value, sizeof(value), "speed-up %s: %s", ranges[v],
                 gv_verdict_advice((gv_verdict)v));
        add(table, "Statistics", "Verdicts", gv_verdict_word((gv_verdict)v), value);
    }
    for (int v = 0; v < GV_VIEW_COUNT; v++) {
        add(table, "Statistics", "Views", gv_view_label((gv_view)v), gv_view_meaning((gv_view)v));
    }
    for (int o = 0; o < GV_ORIGIN_COUNT; o++) {
        add(table, "Statistics", "Origins", gv_origin_name((gv_origin)o),
            gv_origin_meaning((gv_origin)o));
    }
    for (uint32_t bit = 0; gv_flag_name(bit) != NULL; bit++) {
        add(table, "Statistics", "Remarks", gv_flag_name(bit), gv_flag_meaning(bit));
    }
}

static void add_run(gv_table *table, const gv_dataset *d, uint32_t index)
{
    const gv_dataset_run *run = &d->runs[index];
    const gv_run_record *r = run->record;
    char subject[32], value[64];
    snprintf(subject, sizeof(subject), "Run %u", (unsigned)index + 1);
    add(table, "Runs", subject, "UUID", run->run);
    if (r == NULL) {
        add(table, "Runs", subject, "Record", "lost: the journal has no line of type run for it");
    } else {
        add(table, "Runs", subject, "Time", r->time);
        add(table, "Runs", subject, "Command", r->command);
        add(table, "Runs", subject, "Program", r->version);
        add(table, "Runs", subject, "Suite", r->suite);
        add(table, "Runs", subject, "Libraries", r->libraries);
        add(table, "Runs", subject, "Kernels, SHA-256", r->kernels);
        snprintf(value, sizeof(value), "%llu", (unsigned long long)r->seed);
        add(table, "Runs", subject, "Seed of the inputs", value);
        snprintf(value, sizeof(value), "%u", (unsigned)r->processes);
        add(table, "Runs", subject, "Processes a device", value);
        snprintf(value, sizeof(value), "%.0f B at most (--device-memory)", r->device_memory_bytes);
        add(table, "Runs", subject, "Device memory", gv__run_is_capped(r) ? value : NULL);
    }
    add(table, "Runs", subject, "Host",
        run->host != GV__NONE ? d->hosts[run->host].label : "unknown");
    if (run->end == NULL) {
        add(table, "Runs", subject, "End", "it did not end: killed, or still running");
    } else {
        snprintf(value, sizeof(value), "%s, after %.1f s", run->end->how, run->end->elapsed_s);
        add(table, "Runs", subject, "End", value);
    }
}

static void add_drivers(gv_table *table, const gv_dataset *d)
{
    for (uint32_t i = 0; i < d->device_count; i++) {
        const gv_dataset_device *device = &d->devices[i];
        add(table, "Drivers", device->label, "Driver", device->driver);
        if (device->record != NULL) {
            const gv_device *facts = device->record->device;
            add(table, "Drivers", device->label, "OpenCL",
                gv_device_text(facts, GV_DEVICE_VERSION));
            add(table, "Drivers", device->label, "Event clock", device->record->events.text);
        }
        if (device->better != GV__NONE) {
            gv__text value = {0};
            gv__text_printf(&value, "the same card is ranked through %s",
                            d->devices[device->better].driver);
            add(table, "Drivers", device->label, "Not ranked", value.data);
            gv__text_free(&value);
        }
    }
}

/* A report is handed on: folders of the machine it was made on tell its reader nothing. */
static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL && slash[1] != 0 ? slash + 1 : path;
}

void gv__table_method(const gv_dataset *dataset, gv_table *table)
{
    const gv_journal *j = dataset->journal;
    table->columns = columns;
    table->column_count = GV__COUNT(columns);
    add_statistics(table);
    for (size_t i = 0; i < j->file_count; i++) {
        add(table, "Journals", base_name(j->files[i]), "SHA-256", j->sha256[i]);
    }
    for (size_t i = 0; i < j->warning_count; i++) {
        add(table, "Journals", "Warnings of the reader", "Warning", j->warnings[i]);
    }
    for (uint32_t i = 0; i < dataset->run_count; i++) {
        add_run(table, dataset, i);
    }
    add_drivers(table, dataset);
}
