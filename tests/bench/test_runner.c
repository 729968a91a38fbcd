/* SPDX-License-Identifier: Apache-2.0 */
/* The runner against workers that misbehave (fake_party.c): what the journal says of each. */
#include "base/support.h"
#include "tests/bench/scene.h"

static void a_good_device_is_measured_in_turn_with_the_host(void **state)
{
    (void)state;
    scene *s = set_scene("good");
    play(s, GV_OK);
    assert_int_equal(s->journal.measurement_count, 2);
    assert_int_equal(s->journal.incident_count, 0);
    assert_int_equal(s->journal.device_count, 2);
    const gv_measurement *m = measured(s, "fake/0", 0);
    assert_string_equal(m->provider, "alpha 1.0");
    assert_string_equal(m->check, "freivalds");
    assert_string_equal(m->clock, "wall");
    const gv_view_times *headline = &m->view[GV_VIEW_TRANSFERS];
    assert_int_equal(headline->samples, 12);
    assert_close(headline->stage[GV_STAGE_TOTAL].median_s, 1e-3, 1e-12);
    assert_close(headline->stage[GV_STAGE_TOTAL].low_s, 1e-3, 1e-12);
    assert_close(headline->stage[GV_STAGE_H2D].median_s, 2e-4, 1e-12);
    assert_close(headline->speedup_low, 2, 1e-12);
    assert_close(headline->speedup_high, 2, 1e-12);
    assert_close(m->view[GV_VIEW_KERNEL_ONLY].speedup_low, 4, 1e-12);
    assert_int_equal(m->view[GV_VIEW_WEIGHTS_RESIDENT].samples, 0);
    assert_int_equal(m->flags, GV_FLAG_NOT_TUNED);
    const gv_measurement *host = measured(s, "host", 0);
    assert_int_equal(host->view[GV_VIEW_TRANSFERS].samples, 0);
    assert_close(host->view[GV_VIEW_KERNEL_ONLY].stage[GV_STAGE_TOTAL].median_s, 2e-3, 1e-12);
    assert_int_equal(host->flags, 0);
    assert_int_equal(s->summary.measured, 1);
    assert_int_equal(s->summary.usable_devices, 1);
    assert_string_equal(s->journal.ends[0].how, "done");
    assert_string_equal(s->journal.runs[0].kernels, "0123abcd");
    assert_string_equal(s->journal.runs[0].libraries, "alpha, beta, hostlib 3");
    strike(s);
}

/* What a run finds in the place of the distance of this machine's cores, which is not to be had
 * where others keep them busy. */
static double found_distance_s = NAN, found_awake_s = NAN;
double __wrap_gv__core_distance_s(double awake_s);
double __wrap_gv__core_distance_s(double awake_s)
{
    return awake_s > 0 ? found_awake_s : found_distance_s;
}

static void cores_that_were_moved_are_a_remark(void **state)
{
    (void)state;
    scene *s = set_scene("good");
    s->inventory.host.fact[GV_HOST_CORE_DISTANCE] = (gv_fact){.number = 40};
    found_distance_s = found_awake_s = 160e-9;
    play(s, GV_OK);
    found_distance_s = found_awake_s = NAN;
    assert_int_equal(measured(s, "host", 0)->flags, GV_FLAG_MOVED);
    /* Its silicon is its own. */
    assert_int_equal(measured(s, "fake/0", 0)->flags, GV_FLAG_NOT_TUNED);
    assert_non_null(strstr(s->notices, "1 of 2 measurements were made while"));
    strike(s);
}

/* They only look farther apart, as long as their clocks are low. */
static void cores_that_were_asleep_are_none(void **state)
{
    (void)state;
    scene *s = set_scene("good");
    s->inventory.host.fact[GV_HOST_CORE_DISTANCE] = (gv_fact){.number = 40};
    found_distance_s = 160e-9;
    found_awake_s = 42e-9;
    play(s, GV_OK);
    found_distance_s = found_awake_s = NAN;
    assert_int_equal(measured(s, "host", 0)->flags, 0);
    assert_null(strstr(s->notices, "were made while"));
    strike(s);
}

/* No word of what is done while times are taken: whoever draws it would disturb them. */
static void what_is_prepared_is_told_and_ends(void **state)
{
    (void)state;
    scene *s = set_scene("good");
    play(s, GV_OK);
    const char *built = strstr(s->doings, "building the kernels of alpha");
    assert_non_null(built);
    assert_non_null(strstr(built, "\n\n"));
    assert_null(strstr(s->doings, "timing"));
    assert_string_equal(s->doings + strlen(s->doings) - 2, "\n\n");
    strike(s);
}

static void weights_stay_where_there_are_any(void **state)
{
    (void)state;
    scene *s = set_scene("good");
    s->options.workloads = two_workloads;
    s->options.workload_count = 2;
    play(s, GV_OK);
    assert_int_equal(measured(s, "fake/0", 0)->view[GV_VIEW_WEIGHTS_RESIDENT].samples, 0);
    assert_int_equal(measured(s, "fake/0", 1)->view[GV_VIEW_WEIGHTS_RESIDENT].samples, 12);
    strike(s);
}

/* The first provider does something; the second serves in its place and the journal says so. */
static void a_provider_that_fails_is_replaced(void **state)
{
    (void)state;
    static const struct {
        const char *mood;
        gv_incident_kind kind;
        const char *doing, *what;
    } cases[] = {
        {"crashes in prepare", GV_INCIDENT_FAILURE, "building the kernels of alpha 1.0", "SIGSEGV"},
        {"hangs in prepare", GV_INCIDENT_FAILURE, "building the kernels of alpha 1.0",
         "within 4 s"},
        {"wrong", GV_INCIDENT_WRONG_RESULT, "", "row 3 deviates"},
        {"killed in sample", GV_INCIDENT_FAILURE, "timing alpha 1.0", "SIGKILL"},
        {"hangs in sample", GV_INCIDENT_FAILURE, "timing alpha 1.0", "within 4 s"},
        {"drifts away", GV_INCIDENT_WRONG_RESULT, "", "element 7"},
        {"too fast", GV_INCIDENT_ABOVE_ROOF, "", "GFLOP/s"},
    };
    for (size_t i = 0; i < GV__COUNT(cases); i++) {
        scene *s = set_scene(cases[i].mood);
        if (strstr(cases[i].mood, "hangs") != NULL) {
            be_patient(SHORT_PATIENCE_S);
        }
        play(s, GV_OK);
        const gv_measurement *m = measured(s, "fake/0", 0);
        bool as_expected = m != NULL && strcmp(m->provider, "beta 2.0") == 0 &&
                           s->journal.incident_count == 1 &&
                           incident(s, 0)->kind == cases[i].kind &&
                           strstr(incident(s, 0)->what, cases[i].what) != NULL;
        if (!as_expected) {
            print_error("%s: %s: %s\n", cases[i].mood, m != NULL ? m->provider : "no time",
                        s->journal.incident_count > 0 ? incident(s, 0)->what : "no incident");
            fail();
        }
        assert_string_equal(incident(s, 0)->doing, cases[i].doing);
        assert_string_equal(incident(s, 0)->provider, "alpha 1.0");
        assert_string_equal(incident(s, 0)->replaced, "beta 2.0");
        assert_string_equal(incident(s, 0)->workload, one_workload[0]);
        /* Its replacement was measured in turn with the host, which has one time all the same. */
        assert_close(m->view[GV_VIEW_TRANSFERS].speedup_low, 2, 1e-12);
        assert_int_equal(m->view[GV_VIEW_TRANSFERS].samples, 12);
        assert_non_null(measured(s, "host", 0));
        assert_null(measured(s, "host", 1));
        assert_int_equal(s->summary.measured, 1);
        assert_int_equal(s->summary.without_time, 0);
        strike(s);
    }
}

static void where_every_provider_fails_there_is_no_time(void **state)
{
    (void)state;
    static const struct {
        const char *mood;
        size_t incidents;
        gv_incident_kind kind;
    } cases[] = {{"wrong always", 2, GV_INCIDENT_WRONG_RESULT},
                 {"crashes always", 2, GV_INCIDENT_FAILURE}};
    for (size_t i = 0; i < GV__COUNT(cases); i++) {
        scene *s = set_scene(cases[i].mood);
        play(s, GV_OK);
        assert_null(measured(s, "fake/0", 0));
        assert_non_null(measured(s, "host", 0));
        assert_int_equal(s->journal.incident_count, cases[i].incidents);
        assert_int_equal(incident(s, 1)->kind, cases[i].kind);
        assert_string_equal(incident(s, 1)->provider, "beta 2.0");
        assert_string_equal(incident(s, 1)->replaced, "");
        assert_int_equal(s->summary.without_time, 1);
        assert_int_equal(s->summary.measured, 0);
        strike(s);
    }
}

static void unsupported_is_an_answer(void **state)
{
    (void)state;
    scene *s = set_scene("unsupported");
    play(s, GV_OK);
    assert_int_equal(s->journal.incident_count, 1);
    assert_int_equal(incident(s, 0)->kind, GV_INCIDENT_UNSUPPORTED);
    assert_string_equal(incident(s, 0)->what, "alpha 1.0: no fp64");
    assert_int_equal(s->summary.unsupported, 1);
    assert_int_equal(s->summary.without_time, 0);
    strike(s);
}

static void long_calls_have_three_samples_and_no_interval(void **state)
{
    (void)state;
    scene *s = set_scene("long");
    play(s, GV_OK);
    const gv_measurement *m = measured(s, "fake/0", 0);
    const gv_view_times *headline = &m->view[GV_VIEW_TRANSFERS];
    /* The first block was planned by what PREPARED said: two samples. */
    assert_in_range(headline->samples, 3, 4);
    assert_close(headline->stage[GV_STAGE_TOTAL].median_s, 1.2, 1e-12);
    assert_true(isnan(headline->stage[GV_STAGE_TOTAL].low_s));
    assert_true(isnan(headline->speedup_low));
    assert_true((m->flags & GV_FLAG_FEW_SAMPLES) != 0);
    strike(s);
}

static void noise_and_heat_are_said(void **state)
{
    (void)state;
    static const struct {
        const char *mood;
        uint32_t flag;
        const char *notice;
    } cases[] = {{"noisy", GV_FLAG_NOISY, "are noisy"}, {"hot", GV_FLAG_THROTTLED, "got slower"}};
    for (size_t i = 0; i < GV__COUNT(cases); i++) {
        scene *s = set_scene(cases[i].mood);
        play(s, GV_OK);
        const gv_measurement *m = measured(s, "fake/0", 0);
        if ((m->flags & cases[i].flag) == 0 || strstr(s->notices, cases[i].notice) == NULL) {
            print_error("%s: flags %x, notices: %s\n", cases[i].mood, (unsigned)m->flags,
                        s->notices);
            fail();
        }
        assert_true((measured(s, "host", 0)->flags & cases[i].flag) == 0);
        strike(s);
    }
}

static void a_view_that_fails_costs_only_itself(void **state)
{
    (void)state;
    static const struct {
        const char *mood;
        size_t incidents;
    } cases[] = {{"cannot pin", 1}, {"nothing to pin", 0}};
    for (size_t i = 0; i < GV__COUNT(cases); i++) {
        scene *s = set_scene(cases[i].mood);
        play(s, GV_OK);
        const gv_measurement *m = measured(s, "fake/0", 0);
        assert_string_equal(m->provider, "alpha 1.0");
        assert_int_equal(m->view[GV_VIEW_PINNED].samples, 0);
        assert_int_equal(m->view[GV_VIEW_TRANSFERS].samples, 12);
        assert_int_equal(m->view[GV_VIEW_KERNEL_ONLY].samples, 12);
        assert_int_equal(s->journal.incident_count, cases[i].incidents);
        strike(s);
    }
}

static void a_replacement_is_asked_for_the_views_that_failed_before(void **state)
{
    (void)state;
    scene *s = set_scene("cannot pin, then dies");
    play(s, GV_OK);
    const gv_measurement *m = measured(s, "fake/0", 0);
    assert_string_equal(m->provider, "beta 2.0");
    assert_int_equal(m->view[GV_VIEW_PINNED].samples, 12);
    assert_int_equal(s->journal.incident_count, 2);
    strike(s);
}

static void three_processes_give_three_measurements(void **state)
{
    (void)state;
    gv_suite thrice = suite;
    thrice.processes = 3;
    scene *s = set_scene("good");
    s->options.suite = &thrice;
    play(s, GV_OK);
    for (uint32_t i = 0; i < 3; i++) {
        assert_int_equal(measured(s, "fake/0", i)->process, i);
        assert_int_equal(measured(s, "host", i)->process, i);
    }
    assert_int_equal(s->summary.measured, 1);
    strike(s);
}

static void two_forms_of_one_workload_are_measured_once(void **state)
{
    (void)state;
    static const char *const forms[] = {"matmul:m=64,n=64,k=64", "matmul:k=64,n=64,m=64,batch=1"};
    scene *s = set_scene("good");
    s->options.workloads = forms;
    s->options.workload_count = 2;
    play(s, GV_OK);
    assert_int_equal(s->journal.measurement_count, 2);
    strike(s);
}

int main(void)
{
    setenv("GPUVERDICT_WORKER_DIR", GV_TEST_FAKE_PARTY_DIR, 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_device_is_measured_in_turn_with_the_host),
        cmocka_unit_test(cores_that_were_moved_are_a_remark),
        cmocka_unit_test(cores_that_were_asleep_are_none),
        cmocka_unit_test(what_is_prepared_is_told_and_ends),
        cmocka_unit_test(weights_stay_where_there_are_any),
        cmocka_unit_test(a_provider_that_fails_is_replaced),
        cmocka_unit_test(where_every_provider_fails_there_is_no_time),
        cmocka_unit_test(unsupported_is_an_answer),
        cmocka_unit_test(long_calls_have_three_samples_and_no_interval),
        cmocka_unit_test(noise_and_heat_are_said),
        cmocka_unit_test(a_view_that_fails_costs_only_itself),
        cmocka_unit_test(a_replacement_is_asked_for_the_views_that_failed_before),
        cmocka_unit_test(three_processes_give_three_measurements),
        cmocka_unit_test(two_forms_of_one_workload_are_measured_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
