/* SPDX-License-Identifier: Apache-2.0 */
/* Devices, workers, drivers and hosts that fail: what a run makes of the rest. */
#include "base/support.h"
#include "tests/bench/scene.h"

static void one_bad_device_takes_nothing_down(void **state)
{
    (void)state;
    scene *s = set_scene("crashes always");
    add_device(s, "good");
    add_device(s, "dies at once");
    play(s, GV_OK);
    assert_null(measured(s, "fake/0", 0));
    assert_non_null(measured(s, "fake/1", 0));
    assert_null(measured(s, "fake/2", 0));
    assert_int_equal(s->summary.measured, 1);
    assert_int_equal(s->summary.without_time, 2);
    assert_int_equal(s->summary.usable_devices, 2);
    strike(s);
}

static void a_device_that_cannot_be_opened_is_no_usable_one(void **state)
{
    (void)state;
    scene *s = set_scene("closed");
    play(s, GV_OK);
    assert_int_equal(s->summary.usable_devices, 0);
    assert_int_equal(s->summary.without_time, 1);
    assert_int_equal(incident(s, 0)->kind, GV_INCIDENT_FAILURE);
    assert_string_equal(incident(s, 0)->workload, "");
    assert_non_null(strstr(incident(s, 0)->what, "CL_OUT_OF_HOST_MEMORY (-6)"));
    assert_non_null(measured(s, "host", 0));
    strike(s);
}

static void three_deadly_workloads_in_a_row_are_enough(void **state)
{
    (void)state;
    scene *s = set_scene("crashes always");
    s->options.workloads = five_workloads;
    s->options.workload_count = 5;
    play(s, GV_OK);
    /* Two providers in each of three workloads, and the word that ends it. */
    assert_int_equal(s->journal.incident_count, 7);
    assert_string_equal(incident(s, 6)->workload, "");
    assert_non_null(strstr(incident(s, 6)->what, "one workload after the other"));
    assert_int_equal(s->summary.without_time, 5);
    assert_non_null(measured(s, "host", 4));
    strike(s);
}

static void a_deadly_release_is_said_and_costs_no_time(void **state)
{
    (void)state;
    static const struct {
        const char *mood, *what;
    } cases[] = {{"crashes in release", "SIGSEGV"}, {"hangs in release", "within 4 s"}};
    for (size_t i = 0; i < GV__COUNT(cases); i++) {
        scene *s = set_scene(cases[i].mood);
        be_patient(SHORT_PATIENCE_S);
        s->options.workloads = five_workloads;
        s->options.workload_count = 4;
        play(s, GV_OK);
        /* Three strikes, and the word that ends it. */
        assert_non_null(measured(s, "fake/0", 2));
        assert_null(measured(s, "fake/0", 3));
        assert_int_equal(s->journal.incident_count, 4);
        for (size_t n = 0; n < 3; n++) {
            assert_int_equal(incident(s, n)->kind, GV_INCIDENT_FAILURE);
            assert_string_equal(incident(s, n)->provider, "alpha 1.0");
            assert_string_equal(incident(s, n)->workload, five_workloads[n]);
            assert_string_equal(incident(s, n)->replaced, "");
            assert_non_null(strstr(incident(s, n)->what, cases[i].what));
            assert_true(strlen(incident(s, n)->doing) > 0);
        }
        assert_non_null(strstr(incident(s, 3)->what, "one workload after the other"));
        strike(s);
    }
}

static void a_worker_that_leaks_is_started_anew_and_said(void **state)
{
    (void)state;
    scene *s = set_scene("leaks");
    s->options.workloads = two_workloads;
    s->options.workload_count = 2;
    play(s, GV_OK);
    assert_non_null(measured(s, "fake/0", 1));
    assert_int_equal(s->journal.incident_count, 0);
    assert_non_null(strstr(s->notices, "started anew"));
    strike(s);
}

static void without_devices_the_host_is_measured(void **state)
{
    (void)state;
    scene *s = set_scene(NULL);
    play(s, GV_OK);
    assert_int_equal(s->journal.measurement_count, 1);
    assert_string_equal(s->journal.measurements[0].device, "host");
    assert_int_equal(s->summary.usable_devices, 0);
    assert_int_equal(s->summary.host_without_time, 0);
    strike(s);
}

static void a_host_that_fails_leaves_times_without_speed_ups(void **state)
{
    (void)state;
    static const char *const moods[] = {"crashes always", "too fast always"};
    for (size_t i = 0; i < GV__COUNT(moods); i++) {
        scene *s = set_scene("good");
        setenv("GV_FAKE_HOST", moods[i], 1);
        play(s, GV_OK);
        const gv_measurement *m = measured(s, "fake/0", 0);
        assert_close(m->view[GV_VIEW_TRANSFERS].stage[GV_STAGE_TOTAL].median_s, 1e-3, 1e-12);
        assert_true(isnan(m->view[GV_VIEW_TRANSFERS].speedup_low));
        assert_int_equal(s->summary.host_without_time, 1);
        strike(s);
    }
}

static void devices_are_measured_again_with_a_new_baseline(void **state)
{
    (void)state;
    scene *s = set_scene("good");
    setenv("GV_FAKE_HOST", "killed in sample", 1);
    play(s, GV_OK);
    const gv_measurement *m = measured(s, "fake/0", 0);
    assert_close(m->view[GV_VIEW_TRANSFERS].speedup_low, 2, 1e-12);
    assert_int_equal(m->view[GV_VIEW_TRANSFERS].samples, 12);
    assert_string_equal(measured(s, "host", 0)->provider, "beta 2.0");
    assert_null(measured(s, "fake/0", 1));
    strike(s);
}

/* The first device has its time when the host's provider, paired with the second one, turns out to
 * be wrong: nothing of it counts. */
static void a_baseline_that_proves_wrong_is_taken_back(void **state)
{
    (void)state;
    scene *s = set_scene("good");
    add_device(s, "too fast");
    setenv("GV_FAKE_HOST", "drifts away later", 1);
    play(s, GV_OK);
    assert_string_equal(measured(s, "host", 0)->provider, "beta 2.0");
    assert_null(measured(s, "host", 1));
    for (int i = 0; i < 2; i++) {
        const gv_measurement *m = measured(s, i == 0 ? "fake/0" : "fake/1", 0);
        assert_string_equal(m->provider, i == 0 ? "alpha 1.0" : "beta 2.0");
        assert_int_equal(m->view[GV_VIEW_TRANSFERS].samples, 12);
        assert_close(m->view[GV_VIEW_TRANSFERS].speedup_low, 2, 1e-12);
        assert_close(m->view[GV_VIEW_TRANSFERS].speedup_high, 2, 1e-12);
    }
    assert_int_equal(s->journal.incident_count, 2);
    assert_int_equal(incident(s, 1)->kind, GV_INCIDENT_WRONG_RESULT);
    assert_string_equal(incident(s, 1)->replaced, "beta 2.0");
    strike(s);
}

/* The host's recorded time is of the first round, the replacement was paired with the second. */
static void the_speed_up_of_a_replacement_lies_in_its_range(void **state)
{
    (void)state;
    scene *s = set_scene("too fast");
    setenv("GV_FAKE_HOST", "slow later", 1);
    play(s, GV_OK);
    const gv_view_times *host = &measured(s, "host", 0)->view[GV_VIEW_KERNEL_ONLY];
    const gv_view_times *device = &measured(s, "fake/0", 0)->view[GV_VIEW_TRANSFERS];
    double speed_up = host->stage[GV_STAGE_TOTAL].median_s / device->stage[GV_STAGE_TOTAL].median_s;
    assert_close(speed_up, 2, 1e-12);
    assert_close(device->speedup_low, 2, 1e-12);
    assert_close(device->speedup_high, 3, 1e-12);
    strike(s);
}

static void a_driver_that_died_while_listing_is_in_the_journal(void **state)
{
    (void)state;
    for (int host_only = 0; host_only < 2; host_only++) {
        scene *s = set_scene("good");
        s->inventory.platform_count = 3;
        for (uint32_t i = 1; i < 3; i++) {
            gv__copy_text(s->platforms[i].driver, sizeof s->platforms[i].driver, "bad.icd");
            gv__copy_text(s->platforms[i].problem, sizeof s->platforms[i].problem,
                          "the device worker was killed by SIGSEGV");
        }
        s->platforms[1].failed = true; /* the other one merely has no device */
        s->selection.host_only = host_only != 0;
        play(s, GV_OK);
        assert_int_equal(s->journal.incident_count, host_only ? 0 : 1);
        if (!host_only) {
            assert_int_equal(incident(s, 0)->kind, GV_INCIDENT_FAILURE);
            assert_string_equal(incident(s, 0)->device, "");
            assert_string_equal(incident(s, 0)->doing, "listing the devices");
            assert_string_equal(incident(s, 0)->what,
                                "the driver bad.icd: the device worker was killed by SIGSEGV");
            assert_non_null(strstr(s->notices, "bad.icd"));
        }
        strike(s);
    }
}

int main(void)
{
    setenv("GPUVERDICT_WORKER_DIR", GV_TEST_FAKE_PARTY_DIR, 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_bad_device_takes_nothing_down),
        cmocka_unit_test(a_device_that_cannot_be_opened_is_no_usable_one),
        cmocka_unit_test(three_deadly_workloads_in_a_row_are_enough),
        cmocka_unit_test(a_deadly_release_is_said_and_costs_no_time),
        cmocka_unit_test(a_worker_that_leaks_is_started_anew_and_said),
        cmocka_unit_test(without_devices_the_host_is_measured),
        cmocka_unit_test(a_host_that_fails_leaves_times_without_speed_ups),
        cmocka_unit_test(devices_are_measured_again_with_a_new_baseline),
        cmocka_unit_test(a_baseline_that_proves_wrong_is_taken_back),
        cmocka_unit_test(the_speed_up_of_a_replacement_lies_in_its_range),
        cmocka_unit_test(a_driver_that_died_while_listing_is_in_the_journal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
