/* SPDX-License-Identifier: Apache-2.0 */
/* Records to write, and files to keep them in, for the tests of the journal. */
#ifndef GPUVERDICT_TESTS_BENCH_JOURNAL_RECORDS_H
#define GPUVERDICT_TESTS_BENCH_JOURNAL_RECORDS_H

#include "bench/journal.h"
#include "tests/gv_test.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define RUN_UUID   "3f0f5b0e-9d7c-4c63-8c1e-0a5b6c7d8e9f"
#define OTHER_UUID "11111111-2222-4333-8444-555555555555"

static inline gv_time time_of(double median_s)
{
    return (gv_time){median_s, median_s * 0.97, median_s * 1.02};
}

/** A view with every number in it. */
static inline gv_view_times full_view(double total_s)
{
    return (gv_view_times){
        .samples = 60,
        .calls = 12,
        .outliers = 2,
        .min_s = total_s * 0.9,
        .stage = {time_of(total_s * 0.3), time_of(total_s * 0.5), time_of(total_s * 0.2),
                  time_of(total_s)},
        .speedup_low = 1.2345,
        .speedup_high = 2.3456,
    };
}

static inline gv_view_times no_view(void)
{
    gv_view_times view = {.min_s = NAN, .speedup_low = NAN, .speedup_high = NAN};
    for (int s = 0; s < GV_STAGE_COUNT; s++) {
        view.stage[s] = (gv_time){NAN, NAN, NAN};
    }
    return view;
}

/** All four views, every cost. */
static inline gv_measurement full_measurement(void)
{
    gv_measurement m = {
        .run = RUN_UUID,
        .device = "0000:3b:00.0",
        .provider = "CLBlast 1.5.3",
        .workload = "dense:batch=32,in=4096,out=4096",
        .parameters = "TILE_ROWS=6 DEPTH=128",
        .check = "freivalds",
        .clock = "wall",
        .process = 2,
        .flags = GV_FLAG_NOISY | GV_FLAG_NOT_TUNED,
        .error_rel = 1.25e-7,
        .bound_rel = 3.5e-6,
        .cost_s = {1.5, 0.25, 1.25e-5, 12},
    };
    for (int v = 0; v < GV_VIEW_COUNT; v++) {
        m.view[v] = full_view(0.0123456 / (v + 1));
    }
    m.view[GV_VIEW_KERNEL_ONLY].stage[GV_STAGE_H2D] = (gv_time){NAN, NAN, NAN};
    m.view[GV_VIEW_KERNEL_ONLY].stage[GV_STAGE_D2H] = (gv_time){NAN, NAN, NAN};
    return m;
}

/** One view, and whatever else can be absent is. */
static inline gv_measurement bare_measurement(void)
{
    gv_measurement m = {
        .run = RUN_UUID,
        .device = "host",
        .provider = "OpenBLAS 0.3.21",
        .workload = "matmul:m=512,n=512,k=512",
        .check = "freivalds",
        .clock = "wall",
        .bound_rel = 1e-5,
        .cost_s = {NAN, NAN, NAN, NAN},
    };
    for (int v = 0; v < GV_VIEW_COUNT; v++) {
        m.view[v] = no_view();
    }
    gv_view_times *view = &m.view[GV_VIEW_KERNEL_ONLY];
    view->samples = 3;
    view->calls = 1;
    view->stage[GV_STAGE_TOTAL].median_s = 0.75;
    return m;
}

static inline gv_run_record run_record(void)
{
    return (gv_run_record){
        .run = RUN_UUID,
        .time = "2026-11-24T23:00:00Z",
        .command = "gpuverdict run --suite quick",
        .version = "0.1.0",
        .suite = "quick",
        .libraries = "CLBlast 1.5.3, clFFT 2.12.2",
        .kernels = "0f343b0931126a20f133d67c2b018a3b",
        .tuning = "off",
        .device_memory_bytes = 1234567,
        .seed = UINT64_C(18446744073709551615),
        .processes = 3,
    };
}

static inline gv_trial trial_record(void)
{
    return (gv_trial){
        .run = RUN_UUID,
        .device = "0000:3b:00.0",
        .provider = "CLBlast 1.5.3",
        .workload = "matmul:m=512,n=512,k=512",
        .parameters = "MWG=64",
        .process = 1,
        .call_s = 0.00125,
        .earlier = true,
    };
}

static inline gv_incident incident_record(gv_incident_kind kind)
{
    return (gv_incident){
        .kind = kind,
        .run = RUN_UUID,
        .device = "0000:3b:00.0",
        .provider = "clFFT 2.12.2",
        .workload = "fft:shape=1024",
        .doing = kind == GV_INCIDENT_FAILURE ? "building the kernels of clFFT 2.12.2" : "",
        .what = "clEnqueueNDRangeKernel answered CL_INVALID_PROGRAM (-44)",
        .replaced = kind == GV_INCIDENT_WRONG_RESULT ? "VkFFT 1.2.26" : "",
        .process = 1,
    };
}

/* ---- files, in a folder of the test's own ---- */

/** `name` in a fresh folder; static text, valid until the next call. */
static inline const char *file_path(const char *name)
{
    static char path[600];
    snprintf(path, sizeof path, "%s/%s", gv_test_folder(), name);
    return path;
}

static inline void write_bytes(const char *path, const void *bytes, size_t length)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

static inline void write_text(const char *path, const char *text)
{
    write_bytes(path, text, strlen(text));
}

/** The whole file, with a 0 behind it; free() it. */
static inline char *read_bytes(const char *path, size_t *length)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    *length = (size_t)ftell(file);
    rewind(file);
    char *bytes = malloc(*length + 1);
    assert_non_null(bytes);
    assert_int_equal(fread(bytes, 1, *length, file), *length);
    bytes[*length] = 0;
    assert_int_equal(fclose(file), 0);
    return bytes;
}

static inline gv_journal load_or_fail(const char *path)
{
    gv_journal journal = {0};
    gv_error err = {0};
    assert_status(gv_journal_load(path, &journal, &err), GV_OK, err);
    return journal;
}

#endif
