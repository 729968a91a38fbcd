/* SPDX-License-Identifier: Apache-2.0 */
/* What a run may not do: more than its budget, its memory or its user allows. */
#include "base/support.h"
#include "bench/interrupt.h"
#include "tests/bench/scene.h"

static void a_spent_budget_ends_the_run_and_is_said(void **state)
{
    (void)state;
    scene *s = set_scene("good");
    s->options.time_budget_s = 1e-3;
    play(s, GV_OK);
    assert_int_equal(s->journal.measurement_count, 0);
    assert_true(s->summary.budget_spent);
    assert_int_equal(s->summary.without_time, 1);
    assert_string_equal(s->journal.ends[0].how, "budget");
    strike(s);
}

/* The deadline comes in the second of six blocks. */
static void what_the_budget_cuts_short_is_no_measurement(void **state)
{
    (void)state;
    scene *s = set_scene("dawdles");
    s->options.time_budget_s = 2.5;
    play(s, GV_OK);
    assert_int_equal(s->journal.measurement_count, 0);
    assert_int_equal(s->journal.incident_count, 0);
    assert_true(s->summary.budget_spent);
    assert_int_equal(s->summary.without_time, 1);
    assert_string_equal(s->journal.ends[0].how, "budget");
    strike(s);
}

/* However long a compiler may take otherwise; and it is nobody's failure. */
static void a_preparation_that_hangs_ends_with_the_budget(void **state)
{
    (void)state;
    scene *s = set_scene("hangs in prepare");
    const double otherwise_s = 120;
    be_patient((int)otherwise_s);
    s->options.time_budget_s = 1.5;
    play(s, GV_OK);
    assert_true(s->journal.ends[0].elapsed_s < otherwise_s);
    assert_int_equal(s->journal.measurement_count, 0);
    assert_int_equal(s->journal.incident_count, 0);
    assert_true(s->summary.budget_spent);
    assert_string_equal(s->journal.ends[0].how, "budget");
    strike(s);
}

/* Two copies of 48 KiB would be the host's, four more a device's: what does not hold both holds
 * neither, and that is an answer of the host's too. No time is planned for it. */
static void sizes_are_checked_before_a_driver_sees_them(void **state)
{
    (void)state;
    static const double memory_bytes[] = {100e3, 200e3};
    for (size_t i = 0; i < GV__COUNT(memory_bytes); i++) {
        scene *s = set_scene("good");
        s->inventory.host.fact[GV_HOST_MEMORY] = (gv_fact){.number = memory_bytes[i]};
        play(s, GV_OK);
        assert_int_equal(s->journal.measurement_count, 0);
        assert_int_equal(s->journal.incident_count, 2);
        for (size_t k = 0; k < 2; k++) {
            assert_int_equal(incident(s, k)->kind, GV_INCIDENT_UNSUPPORTED);
            assert_non_null(strstr(incident(s, k)->what, "GiB"));
        }
        assert_int_equal(s->summary.unsupported, 1);
        assert_int_equal(s->summary.host_without_time, 0);
        assert_close(s->planned_s, 0, 0);
        strike(s);
    }
}

/* Two devices and the host need 10 copies of 48 KiB, one device and the host 6. */
static void too_large_for_so_many_at_once_is_no_answer(void **state)
{
    (void)state;
    scene *s = set_scene("good");
    add_device(s, "good");
    s->inventory.host.fact[GV_HOST_MEMORY] = (gv_fact){.number = 400e3};
    play(s, GV_OK);
    assert_int_equal(s->journal.measurement_count, 0);
    assert_int_equal(s->journal.incident_count, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(incident(s, i)->kind, GV_INCIDENT_FAILURE);
        assert_non_null(strstr(incident(s, i)->what, "fewer devices"));
    }
    assert_int_equal(s->summary.unsupported, 0);
    assert_int_equal(s->summary.without_time, 2);
    strike(s);
}

static void what_cannot_be_run_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"custom:flop=1e9,bytes=1e6,in=1,out=1", "matmul:m=0,n=1,k=1"};
    for (size_t i = 0; i < GV__COUNT(bad); i++) {
        scene *s = set_scene("good");
        s->options.workloads = &bad[i];
        s->options.workload_count = 1;
        play(s, GV_ARGUMENT);
        assert_true(strlen(s->err.text) > 0);
        strike(s);
    }
}

/* The last test: an interrupt is for good. */
static void ctrl_c_keeps_what_was_finished(void **state)
{
    (void)state;
    static const char *const workloads[] = {"matmul:m=64,n=64,k=64", "matmul:m=65,n=64,k=64"};
    scene *s = set_scene("interrupts");
    s->options.workloads = workloads;
    s->options.workload_count = 2;
    gv__interrupt_catch();
    play(s, GV_INTERRUPTED);
    assert_true(s->summary.interrupted);
    assert_int_equal(s->journal.measurement_count, 0);
    assert_int_equal(s->journal.end_count, 1);
    assert_string_equal(s->journal.ends[0].how, "interrupted");
    strike(s);
}

int main(void)
{
    setenv("GPUVERDICT_WORKER_DIR", GV_TEST_FAKE_PARTY_DIR, 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_spent_budget_ends_the_run_and_is_said),
        cmocka_unit_test(what_the_budget_cuts_short_is_no_measurement),
        cmocka_unit_test(a_preparation_that_hangs_ends_with_the_budget),
        cmocka_unit_test(sizes_are_checked_before_a_driver_sees_them),
        cmocka_unit_test(too_large_for_so_many_at_once_is_no_answer),
        cmocka_unit_test(what_cannot_be_run_is_refused),
        cmocka_unit_test(ctrl_c_keeps_what_was_finished),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
