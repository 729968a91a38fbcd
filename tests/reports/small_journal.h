/* SPDX-License-Identifier: Apache-2.0 */
/* Small journals, record by record, for the tests of reports. A failure ends the test. */
#ifndef GPUVERDICT_TESTS_REPORTS_SMALL_JOURNAL_H
#define GPUVERDICT_TESTS_REPORTS_SMALL_JOURNAL_H

#include "base/support.h"
#include "bench/journal.h"
#include "tests/gv_test.h"

static inline void set_text(gv_fact *fact, const char *text)
{
    fact->error = 0;
    gv__copy_text(fact->text, sizeof(fact->text), text);
}

/** A run that might use so many bytes of a device's memory; NAN: all of it. */
static inline void add_capped_run(gv_journal *journal, const char *run, const char *time,
                                  double memory_bytes)
{
    const gv_run_record record = {.run = run,
                                  .time = time,
                                  .command = "gpuverdict run",
                                  .version = "0.1.0",
                                  .suite = "quick",
                                  .libraries = "",
                                  .kernels = "",
                                  .device_memory_bytes = memory_bytes,
                                  .processes = 1};
    assert_int_equal(gv_journal_keep_run(journal, &record, NULL), GV_OK);
}

static inline void add_run(gv_journal *journal, const char *run, const char *time)
{
    add_capped_run(journal, run, time, NAN);
}

static inline void add_host(gv_journal *journal, const char *run, const char *name)
{
    gv_host host = {0};
    for (int i = 0; i < GV_HOST_FACT_COUNT; i++) {
        host.fact[i].error = GV_FACT_ABSENT;
    }
    set_text(&host.fact[GV_HOST_NAME], name);
    set_text(&host.fact[GV_HOST_MODEL], "Invented processor");
    gv_device_record record = {.run = run, .key = "host", .host = &host};
    record.roof = (gv_roof){{NAN, NAN, NAN}, NAN};
    assert_int_equal(gv_journal_keep_device(journal, &record, NULL), GV_OK);
}

/** `pci` may be "". */
static inline void add_device(gv_journal *journal, const char *run, const char *key,
                              const char *name, const char *platform, const char *pci, bool silicon)
{
    gv_device device = {.is_host_silicon = silicon};
    for (int i = 0; i < GV_DEVICE_FACT_COUNT; i++) {
        device.fact[i].error = GV_FACT_ABSENT;
    }
    gv__copy_text(device.key, sizeof(device.key), key);
    set_text(&device.fact[GV_DEVICE_NAME], name);
    set_text(&device.fact[GV_DEVICE_PLATFORM], platform);
    set_text(&device.fact[GV_DEVICE_DRIVER], "1.0");
    if (pci[0] != 0) {
        set_text(&device.fact[GV_DEVICE_PCI], pci);
    }
    gv_device_record record = {.run = run, .key = key, .device = &device};
    record.roof = (gv_roof){{NAN, NAN, NAN}, NAN};
    assert_int_equal(gv_journal_keep_device(journal, &record, NULL), GV_OK);
}

/** The last record once more, now with a roof in f32. */
static inline void add_roof(gv_journal *journal, double flop_per_s, double bytes_per_s)
{
    gv_device_record record = journal->devices[journal->device_count - 1];
    record.roof = (gv_roof){{flop_per_s, NAN, NAN}, bytes_per_s};
    assert_int_equal(gv_journal_keep_device(journal, &record, NULL), GV_OK);
}

static inline gv_view_times times_of(double total_s, double low, double high)
{
    const gv_time none = {NAN, NAN, NAN}, total = {total_s, total_s * 0.9, total_s * 1.1};
    return (gv_view_times){.samples = 20,
                           .calls = 1,
                           .min_s = total_s * 0.9,
                           .stage = {none, none, none, total},
                           .speedup_low = low,
                           .speedup_high = high};
}

static inline void add_time_by(gv_journal *journal, const char *provider, const char *run,
                               uint32_t process, const char *device, const char *workload,
                               double total_s, double kernel_s, double low, double high)
{
    gv_measurement m = {.run = run,
                        .device = device,
                        .provider = provider,
                        .workload = workload,
                        .check = "freivalds",
                        .clock = "wall",
                        .process = process,
                        .error_rel = 1e-7,
                        .bound_rel = 1e-6,
                        .cost_s = {NAN, NAN, NAN, NAN}};
    for (int v = 0; v < GV_VIEW_COUNT; v++) {
        m.view[v] = times_of(NAN, NAN, NAN);
        m.view[v].samples = 0;
    }
    bool is_host = strcmp(device, "host") == 0;
    if (!isnan(kernel_s)) {
        m.view[GV_VIEW_KERNEL_ONLY] = times_of(kernel_s, NAN, NAN);
    }
    if (!is_host) {
        m.view[GV_VIEW_TRANSFERS] = times_of(total_s, low, high);
    }
    assert_int_equal(gv_journal_keep_measurement(journal, &m, NULL), GV_OK);
}

/** A measurement with transfers and kernel only; the host's total is its kernel-only time. The
 * range of speed-ups is that of the view with transfers; NAN for none. */
static inline void add_time(gv_journal *journal, const char *run, uint32_t process,
                            const char *device, const char *workload, double total_s,
                            double kernel_s, double low, double high)
{
    add_time_by(journal, "CLBlast 1.5.3", run, process, device, workload, total_s, kernel_s, low,
                high);
}

static inline void add_host_time(gv_journal *journal, const char *run, uint32_t process,
                                 const char *workload, double seconds)
{
    add_time(journal, run, process, "host", workload, NAN, seconds, NAN, NAN);
}

static inline void add_ceiling(gv_journal *journal, const char *run, const char *device,
                               gv_ceiling_kind kind, gv_precision precision, uint32_t width,
                               double median, double best)
{
    const gv_ceiling record = {.run = run,
                               .device = device,
                               .kind = kind,
                               .precision = precision,
                               .width = width,
                               .median = median,
                               .low = NAN,
                               .high = NAN,
                               .best = best,
                               .samples = 3,
                               .bytes = NAN,
                               .variant = "",
                               .check = "sum",
                               .power_w = NAN,
                               .power_source = ""};
    assert_int_equal(gv_journal_keep_ceiling(journal, &record, NULL), GV_OK);
}

static inline void add_incident(gv_journal *journal, gv_incident_kind kind, const char *run,
                                const char *device, const char *workload, const char *what)
{
    const gv_incident record = {.kind = kind,
                                .run = run,
                                .device = device,
                                .provider = "",
                                .workload = workload,
                                .doing = "",
                                .what = what,
                                .replaced = ""};
    assert_int_equal(gv_journal_keep_incident(journal, &record, NULL), GV_OK);
}

#endif
