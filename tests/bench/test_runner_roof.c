/* SPDX-License-Identifier: Apache-2.0 */
/* The roof against workers that hide it, lie about it or die of it: what the journal says. */
#include "base/support.h"
#include "tests/bench/scene.h"

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

int main(void)
{
    setenv("GPUVERDICT_WORKER_DIR", GV_TEST_FAKE_PARTY_DIR, 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ceilings_become_records_and_the_roof),
        cmocka_unit_test(a_disturbed_probe_condemns_nobody),
        cmocka_unit_test(a_roof_that_is_not_known_is_sought_before_a_time_stands),
        cmocka_unit_test(where_there_is_no_roof_it_is_said),
        cmocka_unit_test(dying_of_a_probe_is_no_word_against_a_provider),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
