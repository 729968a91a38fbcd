/* SPDX-License-Identifier: Apache-2.0 */
/* A million measurements, as merged from many quick runs, load within the time and memory that a
 * report leaves for them. They come through a pipe, so that no disk is needed or measured. */
#include "bench/journal_line.h"
#include "tests/bench/journal_records.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#ifdef NDEBUG
enum { MAX_CPU_S = 30 };
#else
enum { MAX_CPU_S = 90 }; /* not optimised: only a disaster shows */
#endif
enum { MEASUREMENTS = 1000000, MAX_MIB = 700 };

static const char *const workloads[] = {
    "matmul:m=128,n=128,k=128",
    "matmul:m=512,n=512,k=512",
    "matmul:m=1024,n=1024,k=1024",
    "conv2d:n=1,c=64,h=56,w=56,k=64,r=3,s=3,pad=1x1",
    "conv2d:n=1,c=256,h=56,w=56,k=64,r=1,s=1",
    "conv2d:n=1,c=512,h=7,w=7,k=512,r=3,s=3,pad=1x1",
    "fft:shape=1024",
    "fft:shape=65536",
    "fft:shape=1024x1024",
    "dense:batch=1,in=1024,out=1024",
    "dense:batch=32,in=1024,out=1024",
    "dense:batch=32,in=4096,out=4096",
};
enum { MEASUREMENTS_A_RUN = 2 * (int)GV__COUNT(workloads) };

/* The lines of one quick run: its run, device and host, and each workload on both. */
static void make_run(gv__text *lines)
{
    gv_error err = {0};
    gv_run_record run = run_record();
    assert_status(gv__line_of_run(lines, &run, &err), GV_OK, err);
    gv_device device = {0};
    gv_host host = {0};
    gv_device_record r = {
        .run = RUN_UUID,
        .key = "Portable Computing Language/pthread-AMD EPYC 9B45 128-Core Processor/3.1/0",
        .device = &device};
    gv_device_record h = {.run = RUN_UUID, .key = "host", .host = &host};
    assert_status(gv__line_of_device(lines, &r, &err), GV_OK, err);
    assert_status(gv__line_of_device(lines, &h, &err), GV_OK, err);
    for (size_t w = 0; w < GV__COUNT(workloads); w++) {
        gv_measurement on_device = full_measurement();
        gv_measurement on_host = bare_measurement();
        on_device.device = r.key;
        on_device.workload = on_host.workload = workloads[w];
        on_host.view[GV_VIEW_KERNEL_ONLY] = on_device.view[GV_VIEW_KERNEL_ONLY];
        assert_status(gv__lines_of_measurement(lines, &on_device, &err), GV_OK, err);
        assert_status(gv__lines_of_measurement(lines, &on_host, &err), GV_OK, err);
    }
}

static bool write_whole(int fd, const char *at, size_t length)
{
    while (length > 0) {
        ssize_t n = write(fd, at, length);
        if (n <= 0) {
            return false;
        }
        at += n;
        length -= (size_t)n;
    }
    return true;
}

/* Runs that differ in their UUID, and a last one that is cut off to come to a million. */
static bool write_runs(int fd, gv__text *lines)
{
    char *places[64];
    size_t count = 0;
    for (char *at = lines->data; (at = strstr(at, RUN_UUID)) != NULL; at += strlen(RUN_UUID)) {
        places[count++] = at;
    }
    int left = MEASUREMENTS;
    for (unsigned run = 0; left > 0; run++, left -= MEASUREMENTS_A_RUN) {
        char digits[9];
        snprintf(digits, sizeof digits, "%08x", run);
        for (size_t i = 0; i < count; i++) {
            memcpy(places[i], digits, 8);
        }
        size_t length = lines->length;
        for (int surplus = MEASUREMENTS_A_RUN - left; surplus > 0; surplus--) {
            for (length--; lines->data[length - 1] != '\n'; length--) {
            }
        }
        if (!write_whole(fd, lines->data, length)) {
            return false;
        }
    }
    return true;
}

static int load_and_count(int fd)
{
    char path[64];
    snprintf(path, sizeof path, "/dev/fd/%d", fd);
    gv_journal journal = {0};
    gv_error err = {0};
    if (gv_journal_load(path, &journal, &err) != GV_OK) {
        print_error("%s\n", err.text);
        return 1;
    }
    bool right = journal.measurement_count == MEASUREMENTS && journal.warning_count == 0;
    size_t runs = (MEASUREMENTS + MEASUREMENTS_A_RUN - 1) / MEASUREMENTS_A_RUN;
    right = right && journal.run_count == runs && journal.device_count == 2 * runs;
    gv_journal_free(&journal);
    return right ? 0 : 2;
}

static void a_million_measurements_load_in_time_and_memory(void **state)
{
    (void)state;
    gv__text lines = {0};
    make_run(&lines);
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    signal(SIGPIPE, SIG_IGN);
    pid_t child = fork();
    if (child == 0) {
        close(ends[1]);
        _exit(load_and_count(ends[0]));
    }
    close(ends[0]);
    bool written = write_runs(ends[1], &lines);
    close(ends[1]);
    int status;
    struct rusage used;
    assert_int_equal(wait4(child, &status, 0, &used), child);
    double cpu_s = (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
                   1e-6 * (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
    print_message("%.1f s of processor time, %ld MiB\n", cpu_s, used.ru_maxrss / 1024);
    assert_true(written);
    assert_int_equal(status, 0);
    assert_true(cpu_s <= MAX_CPU_S);
    assert_in_range(used.ru_maxrss / 1024, 1, MAX_MIB);
    gv__text_free(&lines);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_million_measurements_load_in_time_and_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
