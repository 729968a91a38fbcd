/* SPDX-License-Identifier: Apache-2.0 */
/* The runner against workers that misbehave (fake_party.c): what the journal says of each. */
#include "base/support.h"
#include "bench/interrupt.h"
#include "bench/runner.h"
#include "tests/gv_test.h"

#include <unistd.h>

static const char *const one_workload[] = {"matmul:m=64,n=64,k=64"};
static const char *const two_workloads[] = {"matmul:m=64,n=64,k=64", "dense:batch=8,in=64,out=64"};
static const char *const five_workloads[] = {"matmul:m=64,n=64,k=64", "matmul:m=65,n=64,k=64",
                                             "matmul:m=66,n=64,k=64", "matmul:m=67,n=64,k=64",
                                             "matmul:m=68,n=64,k=64"};

static const gv_suite suite = {.name = "test",
                               .meaning = "",
                               .workloads = one_workload,
                               .count = 1,
                               .processes = 1,
                               .blocks = 6,
                               .min_samples = 12,
                               .min_s = 0,
                               .max_s = 1,
                               .warm_up_s = 0};

enum { MAX_DEVICES = 3 };

/* A machine of fake devices, each with its mood, and what a run on it gave. */
typedef struct scene {
    gv_platform platforms[MAX_DEVICES];
    gv_device devices[MAX_DEVICES];
    gv_in_driver in_driver[MAX_DEVICES];
    bool selected[MAX_DEVICES];
    gv_inventory inventory;
    gv_selection selection;
    gv_run_options options;
    gv_journal journal;
    gv_run_summary summary;
    gv_error err;
    char notices[4096];
    double planned_s;
} scene;

static void keep_plan(void *context, uint32_t steps, double seconds)
{
    (void)steps;
    scene *s = context;
    s->planned_s = seconds;
}

static void keep_notice(void *context, const char *text)
{
    scene *s = context;
    size_t used = strlen(s->notices);
    snprintf(s->notices + used, sizeof s->notices - used, "%s\n", text);
    if (getenv("GV_TEST_TALK") != NULL) {
        print_message("%s\n", text);
    }
}

static void set_text(gv_fact *fact, const char *text)
{
    *fact = (gv_fact){.number = NAN};
    gv__copy_text(fact->text, sizeof fact->text, text);
}

static void add_device(scene *s, const char *mood)
{
    uint32_t i = (uint32_t)s->inventory.device_count++;
    s->inventory.platform_count++;
    gv_device *device = &s->devices[i];
    for (int f = 0; f < GV_DEVICE_FACT_COUNT; f++) {
        device->fact[f] = (gv_fact){.error = GV_FACT_ABSENT, .number = NAN};
    }
    device->index = device->platform_index = i;
    snprintf(device->key, sizeof device->key, "fake/%u", (unsigned)i);
    gv__copy_text(s->in_driver[i].key, sizeof s->in_driver[i].key, device->key);
    set_text(&device->fact[GV_DEVICE_NAME], mood);
    set_text(&device->fact[GV_DEVICE_DRIVER], "1");
    gv__copy_text(s->platforms[i].driver, sizeof s->platforms[i].driver, mood);
    s->selected[i] = true;
}

static scene *set_scene(const char *mood)
{
    scene *s = calloc(1, sizeof *s);
    assert_non_null(s);
    s->inventory.platforms = s->platforms;
    s->inventory.devices = s->devices;
    s->inventory.in_driver = s->in_driver;
    s->selection.device = s->selected;
    for (int f = 0; f < GV_HOST_FACT_COUNT; f++) {
        s->inventory.host.fact[f] = (gv_fact){.error = GV_FACT_ABSENT, .number = NAN};
    }
    set_text(&s->inventory.host.fact[GV_HOST_NAME], "here");
    s->options =
        (gv_run_options){.struct_size = sizeof s->options,
                         .suite = &suite,
                         .command = "test",
                         .version = "0",
                         .time_budget_s = INFINITY,
                         .tuning = "",
                         .seed = 1,
                         .progress = {.plan = keep_plan, .notice = keep_notice, .context = s}};
    setenv("GV_FAKE_HOST", "", 1);
    setenv("GPUVERDICT_TIMEOUT_S", "20", 1);
    if (mood != NULL) {
        add_device(s, mood);
    }
    return s;
}

static void play(scene *s, gv_status expected)
{
    assert_status(
        gv_run(&s->inventory, &s->selection, &s->options, &s->journal, &s->summary, &s->err),
        expected, s->err);
}

static void strike(scene *s)
{
    gv_journal_free(&s->journal);
    free(s);
}

/* The n-th measurement of a device, or NULL. */
static const gv_measurement *measured(const scene *s, const char *device, size_t n)
{
    for (size_t i = 0; i < s->journal.measurement_count; i++) {
        if (strcmp(s->journal.measurements[i].device, device) == 0 && n-- == 0) {
            return &s->journal.measurements[i];
        }
    }
    return NULL;
}

static const gv_incident *incident(const scene *s, size_t n)
{
    assert_true(n < s->journal.incident_count);
    return &s->journal.incidents[n];
}

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
         "within 1 s"},
        {"wrong", GV_INCIDENT_WRONG_RESULT, "", "row 3 deviates"},
        {"killed in sample", GV_INCIDENT_FAILURE, "timing alpha 1.0", "SIGKILL"},
        {"hangs in sample", GV_INCIDENT_FAILURE, "timing alpha 1.0", "within 1 s"},
        {"drifts away", GV_INCIDENT_WRONG_RESULT, "", "element 7"},
        {"too fast", GV_INCIDENT_ABOVE_ROOF, "", "GFLOP/s"},
    };
    for (size_t i = 0; i < GV__COUNT(cases); i++) {
        scene *s = set_scene(cases[i].mood);
        if (strstr(cases[i].mood, "hangs") != NULL) {
            setenv("GPUVERDICT_TIMEOUT_S", "1", 1);
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

static void ceilings_become_records_and_the_roof(void **state)
{
    (void)state;
    static const struct {
        const char *mood;
        size_t ceilings, incidents;
        uint32_t without;
    } cases[] = {{"good", 3, 1, 0}, {"wrong", 3, 2, 1}, {"crashes always", 0, 1, 1}};
    for (size_t i = 0; i < GV__COUNT(cases); i++) {
        scene *s = set_scene(cases[i].mood);
        s->options.suite = gv_suite_find("ceilings");
        s->options.workloads = NULL;
        play(s, GV_OK);
        assert_int_equal(s->journal.ceiling_count, cases[i].ceilings);
        assert_int_equal(s->journal.incident_count, cases[i].incidents);
        assert_int_equal(s->summary.without_time, cases[i].without);
        assert_int_equal(s->journal.measurement_count, 0);
        assert_string_equal(s->journal.ends[0].how, "done");
        if (cases[i].ceilings > 0) {
            const gv_ceiling *c = &s->journal.ceilings[1];
            assert_int_equal(c->kind, GV_CEILING_MULTIPLY_ADD);
            assert_int_equal(c->width, 4);
            assert_string_equal(c->device, "fake/0");
            assert_string_equal(c->run, s->summary.run);
            /* The newest record of the device; the host's comes behind it. */
            const gv_roof *roof = &s->journal.devices[s->journal.device_count - 2].roof;
            assert_close(roof->flop_per_s[GV_PRECISION_F32], 2.4e11, 1e-12);
            assert_close(roof->bytes_per_s, 1.2e10, 1e-12);
            assert_true(isnan(roof->flop_per_s[GV_PRECISION_F64]));
        } else {
            assert_non_null(strstr(incident(s, 0)->what, "SIGSEGV"));
            assert_string_equal(incident(s, 0)->doing, "measuring a ceiling: Memory: read");
        }
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

static void a_disturbed_probe_condemns_nobody(void **state)
{
    (void)state;
    scene *s = set_scene("disturbed");
    play(s, GV_OK);
    assert_int_equal(s->journal.incident_count, 0);
    assert_string_equal(measured(s, "fake/0", 0)->provider, "alpha 1.0");
    /* The journal's newest record of the device has the roof that counted. */
    double roof = NAN;
    for (size_t i = 0; i < s->journal.device_count; i++) {
        if (strcmp(s->journal.devices[i].key, "fake/0") == 0) {
            roof = s->journal.devices[i].roof.flop_per_s[GV_PRECISION_F32];
        }
    }
    assert_close(roof, 2e9, 1e-12);
    strike(s);
}

/* Its first provider is too fast, which shows as soon as there is a roof. */
static void a_roof_that_is_not_known_is_sought_before_a_time_stands(void **state)
{
    (void)state;
    scene *s = set_scene("hides its roof");
    play(s, GV_OK);
    assert_string_equal(measured(s, "fake/0", 0)->provider, "beta 2.0");
    assert_int_equal(s->journal.incident_count, 2);
    assert_string_equal(incident(s, 0)->doing, "probing the roof");
    assert_int_equal(incident(s, 1)->kind, GV_INCIDENT_ABOVE_ROOF);
    strike(s);
}

static void where_there_is_no_roof_it_is_said(void **state)
{
    (void)state;
    scene *s = set_scene("has no roof");
    play(s, GV_OK);
    assert_string_equal(measured(s, "fake/0", 0)->provider, "alpha 1.0");
    assert_int_equal(s->journal.incident_count, 1);
    assert_int_equal(incident(s, 0)->kind, GV_INCIDENT_UNSUPPORTED);
    assert_string_equal(incident(s, 0)->workload, "");
    assert_non_null(strstr(incident(s, 0)->what, "no roof of f32"));
    strike(s);
}

/* All are on the host's silicon: the first one's impossible time has everybody probed once more, of
 * which the second device and the host die, with all their samples taken. */
static void dying_of_a_probe_is_no_word_against_a_provider(void **state)
{
    (void)state;
    scene *s = set_scene("too fast");
    add_device(s, "dies when probed again");
    s->devices[0].is_host_silicon = s->devices[1].is_host_silicon = true;
    setenv("GV_FAKE_HOST", "dies when probed again", 1);
    play(s, GV_OK);
    assert_string_equal(measured(s, "host", 0)->provider, "alpha 1.0");
    assert_string_equal(measured(s, "fake/0", 0)->provider, "beta 2.0");
    assert_string_equal(measured(s, "fake/1", 0)->provider, "alpha 1.0");
    assert_int_equal(measured(s, "fake/1", 0)->view[GV_VIEW_TRANSFERS].samples, 12);
    assert_close(measured(s, "fake/0", 0)->view[GV_VIEW_TRANSFERS].speedup_low, 2, 1e-12);
    assert_close(measured(s, "fake/1", 0)->view[GV_VIEW_TRANSFERS].speedup_low, 2, 1e-12);
    assert_int_equal(s->journal.incident_count, 3);
    assert_int_equal(incident(s, 0)->kind, GV_INCIDENT_ABOVE_ROOF);
    for (size_t i = 1; i < 3; i++) {
        assert_int_equal(incident(s, i)->kind, GV_INCIDENT_FAILURE);
        assert_string_equal(incident(s, i)->provider, "");
        assert_non_null(strstr(incident(s, i)->what, "SIGKILL"));
    }
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
    } cases[] = {{"crashes in release", "SIGSEGV"}, {"hangs in release", "within 1 s"}};
    for (size_t i = 0; i < GV__COUNT(cases); i++) {
        scene *s = set_scene(cases[i].mood);
        setenv("GPUVERDICT_TIMEOUT_S", "1", 1);
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

static void sizes_are_checked_before_a_driver_sees_them(void **state)
{
    (void)state;
    scene *s = set_scene("good");
    s->inventory.host.fact[GV_HOST_MEMORY] = (gv_fact){.number = 100e3};
    play(s, GV_OK);
    assert_int_equal(s->journal.measurement_count, 0);
    assert_int_equal(s->journal.incident_count, 2);
    assert_int_equal(incident(s, 0)->kind, GV_INCIDENT_UNSUPPORTED);
    assert_non_null(strstr(incident(s, 0)->what, "GiB"));
    assert_int_equal(s->summary.unsupported, 1);
    /* An answer of the host's too, and no time was planned for it. */
    assert_int_equal(s->summary.host_without_time, 0);
    assert_close(s->planned_s, 0, 0);
    strike(s);
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

#ifdef GV_HAVE_JANSSON
static char *temporary_path(char *path)
{
    strcpy(path, "/tmp/gv_test_runner.XXXXXX");
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    assert_int_equal(unlink(path), 0);
    return path;
}

/* ---- tunables ---- */

static const gv_trial *trial(const scene *s, size_t n)
{
    assert_true(n < s->journal.trial_count);
    return &s->journal.trials[n];
}

/* A suite that grants a search. */
static gv_suite searching_suite(void)
{
    gv_suite searching = suite;
    searching.tune_s = 30;
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
        setenv("GPUVERDICT_TIMEOUT_S", "1", 1);
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

static void tunables_that_kill_their_provider_are_tried_no_more(void **state)
{
    (void)state;
    char path[64], tuning[80];
    temporary_path(path);
    snprintf(tuning, sizeof tuning, "%s.tuning", path);
    const gv_suite searching = searching_suite();
    scene *s = set_scene("dies when tuned");
    setenv("GPUVERDICT_TIMEOUT_S", "1", 1);
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
        scene *s = set_scene(part == 0 ? "dawdles" : "good");
        twice.tune_s = part == 0 ? 0 : 30;
        s->options.suite = &twice;
        s->options.output = path;
        s->options.resume = part > 0;
        s->options.workloads = two_workloads;
        s->options.workload_count = 2;
        s->options.time_budget_s = part == 0 ? 5 : INFINITY;
        setenv("GPUVERDICT_TIMEOUT_S", part == 0 ? "20" : "1", 1);
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

static void resume_continues_the_run_and_tries_failures_once_more(void **state)
{
    (void)state;
    char path[64];
    temporary_path(path);
    scene *s = set_scene("good");
    add_device(s, "crashes always");
    s->options.output = path;
    s->options.workloads = two_workloads;
    s->options.workload_count = 2;
    play(s, GV_OK);
    assert_int_equal(s->summary.without_time, 2);
    char run[37];
    strcpy(run, s->summary.run);
    strike(s);

    s = set_scene("good");
    add_device(s, "good");
    s->options.output = path;
    s->options.workloads = two_workloads;
    s->options.workload_count = 2;
    s->options.resume = true;
    play(s, GV_OK);
    assert_string_equal(s->summary.run, run);
    assert_int_equal(s->journal.run_count, 1);
    assert_int_equal(s->summary.measured, 4);
    assert_int_equal(s->summary.without_time, 0);
    /* The first device was not measured again; the second, and the host in turn with it, were. */
    assert_null(measured(s, "fake/0", 2));
    assert_int_equal(measured(s, "fake/1", 0)->process, 1);
    assert_int_equal(measured(s, "host", 2)->process, 1);
    assert_null(measured(s, "fake/1", 2));
    strike(s);

    s = set_scene("good");
    add_device(s, "good");
    s->options.output = path;
    s->options.workloads = two_workloads;
    s->options.workload_count = 2;
    s->options.resume = true;
    play(s, GV_OK);
    assert_int_equal(s->journal.measurement_count, 8);
    assert_int_equal(s->summary.measured, 4);
    strike(s);
    unlink(path);
}

static void resume_measures_a_device_again_where_the_host_has_no_time(void **state)
{
    (void)state;
    char path[64];
    temporary_path(path);
    scene *s = set_scene("good");
    s->options.output = path;
    setenv("GV_FAKE_HOST", "crashes always", 1);
    play(s, GV_OK);
    assert_true(isnan(measured(s, "fake/0", 0)->view[GV_VIEW_TRANSFERS].speedup_low));
    strike(s);

    for (int look = 0; look < 2; look++) {
        s = set_scene("good");
        s->options.output = path;
        s->options.resume = true;
        play(s, GV_OK);
        assert_int_equal(measured(s, "host", 0)->process, 1);
        assert_int_equal(measured(s, "fake/0", 1)->process, 1);
        assert_close(measured(s, "fake/0", 1)->view[GV_VIEW_TRANSFERS].speedup_low, 2, 1e-12);
        /* That is the whole answer: the second look finds nothing to do. */
        assert_null(measured(s, "fake/0", 2));
        assert_null(measured(s, "host", 1));
        strike(s);
    }
    unlink(path);
}

/* The newest record of a device, the one that counts. */
static const gv_device_record *newest_record(const scene *s, const char *key)
{
    const gv_device_record *newest = NULL;
    for (size_t i = 0; i < s->journal.device_count; i++) {
        if (strcmp(s->journal.devices[i].key, key) == 0) {
            newest = &s->journal.devices[i];
        }
    }
    assert_non_null(newest);
    return newest;
}

/* First f32 alone, then nothing is left, then f64 is asked for as well. */
static void resume_keeps_the_roofs_that_it_does_not_probe(void **state)
{
    (void)state;
    static const char *const workloads[] = {"matmul:m=64,n=64,k=64",
                                            "matmul:m=64,n=64,k=64,precision=f64"};
    char path[64];
    temporary_path(path);
    for (size_t run = 0; run < 3; run++) {
        scene *s = set_scene("good");
        s->options.output = path;
        s->options.workloads = workloads;
        s->options.workload_count = run == 2 ? 2 : 1;
        s->options.resume = run > 0;
        play(s, GV_OK);
        assert_int_equal(s->journal.device_count, run == 2 ? 4 : 2);
        const gv_roof *roof = &newest_record(s, "fake/0")->roof;
        assert_close(roof->flop_per_s[GV_PRECISION_F32], 2e9, 1e-12);
        assert_int_equal(isnan(roof->flop_per_s[GV_PRECISION_F64]), run < 2);
        strike(s);
    }
    unlink(path);
}

static void resume_completes_the_newest_run_whatever_older_ones_hold(void **state)
{
    (void)state;
    char path[64];
    temporary_path(path);
    char newest[37] = "";
    for (size_t run = 0; run < 3; run++) {
        scene *s = set_scene("good");
        s->options.output = path;
        s->options.workloads = two_workloads;
        s->options.workload_count = run == 1 ? 1 : 2;
        s->options.resume = run == 2;
        play(s, GV_OK);
        if (run == 1) {
            strcpy(newest, s->summary.run);
        } else if (run == 2) {
            assert_string_equal(s->summary.run, newest);
            assert_int_equal(s->journal.measurement_count, 8);
            assert_string_equal(measured(s, "fake/0", 3)->run, newest);
            assert_string_equal(measured(s, "fake/0", 3)->workload,
                                measured(s, "fake/0", 1)->workload);
        }
        strike(s);
    }
    unlink(path);
}

static void another_driver_starts_a_new_run(void **state)
{
    (void)state;
    char path[64];
    temporary_path(path);
    scene *s = set_scene("good");
    s->options.output = path;
    play(s, GV_OK);
    strike(s);

    s = set_scene("good");
    set_text(&s->devices[0].fact[GV_DEVICE_DRIVER], "2");
    s->options.output = path;
    s->options.resume = true;
    play(s, GV_OK);
    assert_int_equal(s->journal.run_count, 2);
    assert_non_null(measured(s, "fake/0", 1));
    strike(s);
    unlink(path);
}

static void a_foreign_file_is_an_error_before_any_work(void **state)
{
    (void)state;
    char path[64];
    FILE *file = fopen(temporary_path(path), "w");
    assert_non_null(file);
    fputs("not a journal\n", file);
    fclose(file);
    scene *s = set_scene("good");
    s->options.output = path;
    play(s, GV_FORMAT);
    assert_int_equal(s->journal.measurement_count, 0);
    strike(s);
    unlink(path);
}
#endif

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
        cmocka_unit_test(a_good_device_is_measured_in_turn_with_the_host),
        cmocka_unit_test(weights_stay_where_there_are_any),
        cmocka_unit_test(a_provider_that_fails_is_replaced),
        cmocka_unit_test(where_every_provider_fails_there_is_no_time),
        cmocka_unit_test(ceilings_become_records_and_the_roof),
        cmocka_unit_test(unsupported_is_an_answer),
        cmocka_unit_test(a_disturbed_probe_condemns_nobody),
        cmocka_unit_test(a_roof_that_is_not_known_is_sought_before_a_time_stands),
        cmocka_unit_test(where_there_is_no_roof_it_is_said),
        cmocka_unit_test(dying_of_a_probe_is_no_word_against_a_provider),
        cmocka_unit_test(long_calls_have_three_samples_and_no_interval),
        cmocka_unit_test(noise_and_heat_are_said),
        cmocka_unit_test(a_view_that_fails_costs_only_itself),
        cmocka_unit_test(a_replacement_is_asked_for_the_views_that_failed_before),
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
        cmocka_unit_test(three_processes_give_three_measurements),
        cmocka_unit_test(a_spent_budget_ends_the_run_and_is_said),
        cmocka_unit_test(what_the_budget_cuts_short_is_no_measurement),
        cmocka_unit_test(sizes_are_checked_before_a_driver_sees_them),
        cmocka_unit_test(too_large_for_so_many_at_once_is_no_answer),
        cmocka_unit_test(what_cannot_be_run_is_refused),
        cmocka_unit_test(two_forms_of_one_workload_are_measured_once),
#ifdef GV_HAVE_JANSSON
        cmocka_unit_test(a_search_finds_the_tunables_which_the_record_names),
        cmocka_unit_test(tunables_that_kill_their_provider_are_tried_no_more),
        cmocka_unit_test(a_continued_run_goes_on_with_its_own_tunables),
        cmocka_unit_test(resume_continues_the_run_and_tries_failures_once_more),
        cmocka_unit_test(resume_measures_a_device_again_where_the_host_has_no_time),
        cmocka_unit_test(resume_keeps_the_roofs_that_it_does_not_probe),
        cmocka_unit_test(resume_completes_the_newest_run_whatever_older_ones_hold),
        cmocka_unit_test(another_driver_starts_a_new_run),
        cmocka_unit_test(a_foreign_file_is_an_error_before_any_work),
#endif
        cmocka_unit_test(ctrl_c_keeps_what_was_finished),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
