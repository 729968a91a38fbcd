/* SPDX-License-Identifier: Apache-2.0 */
/* Built without Jansson, every function says so and does nothing; the journal in memory works. */
#include "bench/journal_line.h"
#include "tests/bench/journal_records.h"

static void nothing_can_be_written_or_read(void **state)
{
    (void)state;
    const char *path = file_path("absent.jsonl");
    gv_error err = {0};
    gv_journal_writer *w = NULL;
    assert_status(gv_journal_create(path, &w, &err), GV_UNSUPPORTED, err);
    assert_non_null(
        strstr(err.text, "built without Jansson (libjansson-dev): no journal can be written"));
    assert_null(w);
    assert_int_equal(access(path, F_OK), -1);
    write_text(path, "");
    gv_journal journal = {0};
    assert_status(gv_journal_load(path, &journal, &err), GV_UNSUPPORTED, err);
    assert_non_null(strstr(err.text, "no journal can be read"));
    gv__text lines = {0};
    gv_measurement m = full_measurement();
    assert_status(gv__lines_of_measurement(&lines, &m, &err), GV_UNSUPPORTED, err);
    assert_status(gv_journal_close(NULL, &err), GV_OK, err);
}

static void records_can_be_kept(void **state)
{
    (void)state;
    gv_journal journal = {0};
    gv_error err = {0};
    gv_measurement m = full_measurement();
    gv_run_record run = run_record();
    gv_incident incident = incident_record(GV_INCIDENT_FAILURE);
    gv_end_record end = {.run = RUN_UUID, .how = "done"};
    assert_status(gv_journal_keep_measurement(&journal, &m, &err), GV_OK, err);
    assert_status(gv_journal_keep_run(&journal, &run, &err), GV_OK, err);
    assert_status(gv_journal_keep_incident(&journal, &incident, &err), GV_OK, err);
    assert_status(gv_journal_keep_end(&journal, &end, &err), GV_OK, err);
    assert_int_equal(journal.measurement_count, 1);
    assert_ptr_not_equal(journal.measurements[0].run, m.run);
    assert_ptr_equal(journal.measurements[0].run, journal.runs[0].run);
    assert_ptr_equal(journal.measurements[0].device, journal.incidents[0].device);
    m.error_rel = 1;
    assert_status(gv_journal_keep_measurement(&journal, &m, &err), GV_ARGUMENT, err);
    m = full_measurement();
    m.workload = "matmul:m=1";
    assert_status(gv_journal_keep_measurement(&journal, &m, &err), GV_ARGUMENT, err);
    incident.run = NULL;
    assert_status(gv_journal_keep_incident(&journal, &incident, &err), GV_ARGUMENT, err);
    assert_int_equal(journal.measurement_count, 1);
    gv_journal_free(&journal);
    gv_journal_free(&journal);
    gv_journal_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_can_be_written_or_read),
        cmocka_unit_test(records_can_be_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
