/* SPDX-License-Identifier: Apache-2.0 */
/* Tunables: what a search finds, keeps, and leaves to a run that goes on. */
#include "base/support.h"
#include "bench/tuner.h"
#include "tests/bench/scene.h"

#include <unistd.h>

static const gv_trial *trial(const scene *s, size_t n)
{
    assert_true(n < s->journal.trial_count);
    return &s->journal.trials[n];
}

/* A suite that grants a search, and more time than it needs: one candidate hangs. */
static gv_suite searching_suite(void)
{
    gv_suite searching = suite;
    searching.tune_s = 300;
    return searching;
}

static void a_search_finds_the_tunables_which_the_record_names(void **state)
{
    (void)state;
    char path[64], tuning[80];
    temporary_path(path);
    snprintf(tuning, sizeof tuning, "%s.tuning", path);
    const gv_suite searching = searching_suite();
    for (int run = 0; run < 3; run++) {
        /* The second run has what the first one found, though it may not search; the third takes
         * everything as it is. */
        scene *s = set_scene("good");
        be_patient(SHORT_PATIENCE_S);
        s->options.suite = run == 1 ? &suite : &searching;
        s->options.tuning = tuning;
        s->options.untuned = run == 2;
        play(s, GV_OK);
        const gv_measurement *m = measured(s, "fake/0", 0);
        assert_string_equal(m->provider, "alpha 1.0");
        assert_string_equal(m->parameters, run == 2 ? "" : "A=1");
        assert_int_equal((m->flags & GV_FLAG_NOT_TUNED) != 0, run == 2);
        assert_int_equal(isnan(m->cost_s[GV_COST_TUNE]), run == 2);
        assert_string_equal(s->journal.runs[0].tuning, run == 2 ? "off" : "");
        assert_int_equal(s->journal.trial_count, 2);
        assert_string_equal(trial(s, 0)->provider, "alpha 1.0");
        assert_string_equal(trial(s, 0)->parameters, m->parameters);
        assert_string_equal(trial(s, 1)->provider, "beta 2.0");
        assert_close(trial(s, 1)->call_s, 1e-3, 1e-12);
        strike(s);
    }
    /* Foreign: said, and without effect. */
    FILE *file = fopen(tuning, "w");
    assert_non_null(file);
    fputs("my notes\n", file);
    fclose(file);
    scene *s = set_scene("good");
    s->options.tuning = tuning;
    play(s, GV_OK);
    assert_string_equal(measured(s, "fake/0", 0)->parameters, "");
    assert_non_null(strstr(s->notices, "is no tuning file"));
    strike(s);
    unlink(tuning);
    unlink(path);
}

/* What a search on a device of this mood leaves in its file; at most 8 KiB. */
static const char *searched(const char *mood, char text[8192])
{
    char path[64], tuning[80];
    temporary_path(path);
    snprintf(tuning, sizeof tuning, "%s.tuning", path);
    const gv_suite searching = searching_suite();
    scene *s = set_scene(mood);
    be_patient(SHORT_PATIENCE_S);
    s->options.suite = &searching;
    s->options.tuning = tuning;
    play(s, GV_OK);
    strike(s);
    FILE *file = fopen(tuning, "r");
    assert_non_null(file);
    text[fread(text, 1, 8191, file)] = 0;
    fclose(file);
    unlink(tuning);
    unlink(path);
    return text;
}

/* Who is 6 times behind at 5 us may be ahead tomorrow: what wakes the caller decides there. */
static void nobody_is_hopeless_at_brief_calls(void **state)
{
    (void)state;
    static const struct {
        const char *mood;
        bool kept;
    } cases[] = {{"is far ahead", false}, {"is briefly ahead", true}};
    for (size_t i = 0; i < GV__COUNT(cases); i++) {
        char text[8192];
        searched(cases[i].mood, text);
        assert_non_null(strstr(text, "alpha 1.0"));
        assert_int_equal(strstr(text, "beta 2.0") != NULL, cases[i].kept);
    }
}

/* Also one that is not among the best by itself: a gain of 1 % is noise for everybody. */
static void a_providers_own_set_stays_unless_another_is_clearly_faster(void **state)
{
    (void)state;
    static const struct {
        const char *mood;
        bool own;
    } cases[] = {{"gains little", true}, {"gains a lot", false}};
    for (size_t i = 0; i < GV__COUNT(cases); i++) {
        char text[8192];
        searched(cases[i].mood, text);
        const char *beta = strstr(text, "beta 2.0");
        assert_non_null(beta);
        assert_int_equal(strstr(beta, "B=") == NULL, cases[i].own);
    }
}

/* They are those of pieces: a run with all of the memory must not have them. */
static void a_search_says_whether_its_time_was_enough(void **state)
{
    (void)state;
    static const struct {
        double seconds;
        bool cut_short;
        uint32_t tried; /* each provider's own at least */
    } cases[] = {{1e-9, true, 2}, {300, false, 10}};
    for (size_t i = 0; i < GV__COUNT(cases); i++) {
        scene *s = set_scene("gains little");
        gv__party party;
        gv_error err = {0};
        gv__search search = {.workload = one_workload[0], .seconds = cases[i].seconds};
        gv__party_init(&party, &s->inventory, &s->devices[0]);
        assert_status(gv__tuner_search(&party, &search, &err), GV_OK, err);
        gv__party_stop(&party);
        assert_int_equal(search.candidates, 10);
        assert_int_equal(search.tried, cases[i].tried);
        assert_int_equal(search.cut_short, cases[i].cut_short);
        strike(s);
    }
}

static void what_limited_memory_finds_is_not_kept(void **state)
{
    (void)state;
    char path[64], tuning[80];
    temporary_path(path);
    snprintf(tuning, sizeof tuning, "%s.tuning", path);
    const gv_suite searching = searching_suite();
    setenv("GPUVERDICT_DEVICE_MEMORY", "1000000", 1);
    scene *s = set_scene("gains a lot");
    s->options.suite = &searching;
    s->options.tuning = tuning;
    play(s, GV_OK);
    unsetenv("GPUVERDICT_DEVICE_MEMORY");
    assert_non_null(strstr(s->doings, "trying B=1")); /* it was searched */
    assert_int_equal(access(tuning, F_OK), -1);
    strike(s);
}

static void tunables_that_kill_their_provider_are_tried_no_more(void **state)
{
    (void)state;
    char path[64], tuning[80];
    temporary_path(path);
    snprintf(tuning, sizeof tuning, "%s.tuning", path);
    const gv_suite searching = searching_suite();
    scene *s = set_scene("dies when tuned");
    be_patient(SHORT_PATIENCE_S);
    s->options.suite = &searching;
    s->options.tuning = tuning;
    play(s, GV_OK);
    assert_string_equal(measured(s, "fake/0", 0)->provider, "alpha 1.0");
    assert_string_equal(measured(s, "fake/0", 0)->parameters, "");
    assert_true((measured(s, "fake/0", 0)->flags & GV_FLAG_NOT_TUNED) != 0);
    assert_int_equal(incident(s, 0)->kind, GV_INCIDENT_FAILURE);
    assert_string_equal(incident(s, 0)->replaced, "");
    strike(s);
    unlink(tuning);
    unlink(path);
}

/* Of the first part of a run that is cut short. */
static const double budget_s = 8;

/* The budget ends when the second workload begins, and not before. */
static void let_the_budget_pass(void *context, const char *text, uint32_t done, uint32_t steps,
                                double left_s)
{
    (void)context;
    (void)left_s;
    static double started_s; /* a little after the budget's beginning */
    if (strcmp(text, "starting the workers") == 0) {
        started_s = gv__now_s();
    } else if (steps > 0 && done == 1) {
        gv__sleep_s(started_s + budget_s - gv__now_s());
    }
}

/* Cut short without a tuning; then there is one. */
static void a_continued_run_goes_on_with_its_own_tunables(void **state)
{
    (void)state;
    char path[64];
    temporary_path(path);
    gv_suite twice = searching_suite();
    twice.processes = 2;
    char run[37] = "";
    for (int part = 0; part < 2; part++) {
        scene *s = set_scene("good");
        twice.tune_s = part == 0 ? 0 : 300;
        s->options.suite = &twice;
        s->options.output = path;
        s->options.resume = part > 0;
        s->options.workloads = two_workloads;
        s->options.workload_count = 2;
        if (part == 0) {
            s->options.time_budget_s = budget_s;
            s->options.progress.step = let_the_budget_pass;
        } else {
            be_patient(SHORT_PATIENCE_S);
        }
        play(s, GV_OK);
        if (part == 0) {
            strcpy(run, s->summary.run);
            assert_true(s->summary.budget_spent);
            assert_non_null(measured(s, "fake/0", 0));
            assert_null(measured(s, "fake/0", 1));
        } else {
            assert_string_equal(s->summary.run, run);
            assert_null(measured(s, "fake/0", 4));
        }
        for (size_t n = 0; n < (part == 0 ? 1 : 4); n++) {
            const gv_measurement *m = measured(s, "fake/0", n);
            assert_string_equal(m->parameters,
                                strcmp(m->workload, two_workloads[0]) == 0 ? "" : "A=1");
        }
        strike(s);
    }
    unlink(path);
}

int main(void)
{
    setenv("GPUVERDICT_WORKER_DIR", GV_TEST_FAKE_PARTY_DIR, 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_search_finds_the_tunables_which_the_record_names),
        cmocka_unit_test(nobody_is_hopeless_at_brief_calls),
        cmocka_unit_test(a_providers_own_set_stays_unless_another_is_clearly_faster),
        cmocka_unit_test(a_search_says_whether_its_time_was_enough),
        cmocka_unit_test(what_limited_memory_finds_is_not_kept),
        cmocka_unit_test(tunables_that_kill_their_provider_are_tried_no_more),
        cmocka_unit_test(a_continued_run_goes_on_with_its_own_tunables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
