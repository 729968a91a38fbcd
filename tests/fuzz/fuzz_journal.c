/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a journal: nothing crashes, the two ways of reading a line agree, what was kept is
 * sound, counts once, and survives being written and read again. */
#define _GNU_SOURCE /* memfd_create */
#include "bench/journal_line.h"
#include "bench/journal_store.h"
#include "tests/bench/same_measurement.h"
#include "tests/fuzz/fuzz.h"

#include <sys/mman.h>
#include <unistd.h>

static void check_both_ways(const char *text, size_t length)
{
    gv_journal journal = {0};
    FUZZ_CHECK(gv__journal_prepare(&journal, NULL) == GV_OK);
    const char *end = text + length;
    while (text < end) {
        const char *stop = memchr(text, '\n', (size_t)(end - text));
        size_t n = stop != NULL ? (size_t)(stop - text) : (size_t)(end - text);
        gv__line fast;
        gv__line slow;
        if (gv__line_scan(journal.store, text, n, &fast)) {
            gv__line_read(journal.store, text, n, &slow);
            FUZZ_CHECK(slow.kind == GV__LINE_MEASUREMENT);
            FUZZ_CHECK(same_measurement(&fast.as.measurement, &slow.as.measurement));
        }
        text += n + 1;
    }
    gv_journal_free(&journal);
}

static gv_status load_bytes(const void *bytes, size_t size, gv_journal *journal)
{
    char path[64];
    int fd = memfd_create("fuzz", MFD_CLOEXEC);
    FUZZ_CHECK(fd >= 0 && write(fd, bytes, size) == (ssize_t)size);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    gv_status status = gv_journal_load(path, journal, NULL);
    close(fd);
    return status;
}

static void write_all(const gv_journal *journal, gv__text *lines)
{
    for (size_t i = 0; i < journal->run_count; i++) {
        FUZZ_CHECK(gv__line_of_run(lines, &journal->runs[i], NULL) == GV_OK);
    }
    for (size_t i = 0; i < journal->device_count; i++) {
        FUZZ_CHECK(gv__line_of_device(lines, &journal->devices[i], NULL) == GV_OK);
    }
    for (size_t i = 0; i < journal->measurement_count; i++) {
        const gv_measurement *m = &journal->measurements[i];
        FUZZ_CHECK(gv__measurement_fault(m) == NULL);
        size_t before = lines->length;
        gv_status status = gv__lines_of_measurement(lines, m, NULL);
        FUZZ_CHECK(status == GV_OK || status == GV_ARGUMENT); /* its texts are too long */
        for (size_t start = before; start < lines->length;) {
            size_t n = strcspn(lines->data + start, "\n") + 1;
            FUZZ_CHECK(n <= GV_JOURNAL_MEASUREMENT_MAX);
            start += n;
        }
    }
    for (size_t i = 0; i < journal->incident_count; i++) {
        FUZZ_CHECK(gv__line_of_incident(lines, &journal->incidents[i], NULL) == GV_OK);
    }
    for (size_t i = 0; i < journal->trial_count; i++) {
        FUZZ_CHECK(gv__line_of_trial(lines, &journal->trials[i], NULL) == GV_OK);
    }
    for (size_t i = 0; i < journal->end_count; i++) {
        FUZZ_CHECK(gv__line_of_end(lines, &journal->ends[i], NULL) == GV_OK);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    check_both_ways((const char *)bytes, size);
    gv_journal journal = {0};
    gv_status status = load_bytes(bytes, size, &journal);
    FUZZ_CHECK(status == GV_OK || status == GV_FORMAT);
    if (status != GV_OK) {
        FUZZ_CHECK(journal.file_count == 0 && journal.warning_count == 0);
        FUZZ_CHECK(journal.measurement_count == 0 && journal.run_count == 0);
        gv_journal_free(&journal);
        return 0;
    }
    gv__journal_mark once = gv__journal_mark_of(&journal);
    FUZZ_CHECK(load_bytes(bytes, size, &journal) == GV_OK);
    gv__journal_mark twice = gv__journal_mark_of(&journal);
    FUZZ_CHECK(once.runs == twice.runs && once.devices == twice.devices);
    FUZZ_CHECK(once.measurements == twice.measurements && once.incidents == twice.incidents);
    FUZZ_CHECK(once.trials == twice.trials);
    FUZZ_CHECK(once.ends == twice.ends && once.lines == twice.lines);

    gv__text lines = {0};
    write_all(&journal, &lines);
    gv_journal again = {0};
    if (lines.length > 0) {
        FUZZ_CHECK(load_bytes(lines.data, lines.length, &again) == GV_OK);
        FUZZ_CHECK(again.warning_count == 0);
    }
    gv_journal_free(&again);
    gv__text_free(&lines);
    gv_journal_free(&journal);
    return 0;
}
