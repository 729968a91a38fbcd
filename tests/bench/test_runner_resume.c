/* SPDX-License-Identifier: Apache-2.0 */
/* A journal that is there already: what a run does again, and what it does not. */
#include "base/support.h"
#include "tests/bench/scene.h"

#include <unistd.h>

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

/* Without a limit, with one, with another, and with the first again. */
static void another_limit_of_memory_starts_a_new_run(void **state)
{
    (void)state;
    static const struct {
        const char *limit;
        size_t runs;
    } cases[] = {{NULL, 1}, {"1000000", 2}, {"2000000", 3}, {"1e6", 3}, {NULL, 3}, {"none", 3}};
    char path[64];
    temporary_path(path);
    for (size_t i = 0; i < GV__COUNT(cases); i++) {
        if (cases[i].limit != NULL) {
            setenv("GPUVERDICT_DEVICE_MEMORY", cases[i].limit, 1);
        }
        scene *s = set_scene("good");
        s->options.output = path;
        s->options.resume = i > 0;
        play(s, GV_OK);
        assert_int_equal(s->journal.run_count, cases[i].runs);
        assert_int_equal(s->journal.measurement_count, 2 * cases[i].runs);
        strike(s);
        unsetenv("GPUVERDICT_DEVICE_MEMORY");
    }
    unlink(path);
}

/* What a run finds in the place of the distance of this machine's cores. */
static double found_distance_s = NAN;
double __wrap_gv__core_distance_s(double awake_s);
double __wrap_gv__core_distance_s(double awake_s)
{
    (void)awake_s;
    return found_distance_s;
}

/* The second part of a run finds the cores elsewhere, and there they stay. */
static void cores_that_were_moved_before_a_run_goes_on_are_a_remark(void **state)
{
    (void)state;
    char path[64];
    temporary_path(path);
    for (int part = 0; part < 2; part++) {
        scene *s = set_scene("good");
        s->inventory.host.fact[GV_HOST_CORE_DISTANCE] = (gv_fact){.number = part == 0 ? 40 : 160};
        found_distance_s = part == 0 ? 40e-9 : 160e-9;
        s->options.output = path;
        s->options.workloads = two_workloads;
        s->options.workload_count = part == 0 ? 1 : 2;
        s->options.resume = part > 0;
        play(s, GV_OK);
        assert_int_equal(s->journal.run_count, 1);
        assert_int_equal(measured(s, "host", 0)->flags, 0);
        if (part > 0) {
            assert_int_equal(measured(s, "host", 1)->flags, GV_FLAG_MOVED);
        }
        strike(s);
    }
    found_distance_s = NAN;
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

int main(void)
{
    setenv("GPUVERDICT_WORKER_DIR", GV_TEST_FAKE_PARTY_DIR, 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(resume_continues_the_run_and_tries_failures_once_more),
        cmocka_unit_test(resume_measures_a_device_again_where_the_host_has_no_time),
        cmocka_unit_test(resume_keeps_the_roofs_that_it_does_not_probe),
        cmocka_unit_test(resume_completes_the_newest_run_whatever_older_ones_hold),
        cmocka_unit_test(another_limit_of_memory_starts_a_new_run),
        cmocka_unit_test(cores_that_were_moved_before_a_run_goes_on_are_a_remark),
        cmocka_unit_test(another_driver_starts_a_new_run),
        cmocka_unit_test(a_foreign_file_is_an_error_before_any_work),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
