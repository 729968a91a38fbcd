/* SPDX-License-Identifier: Apache-2.0 */
/* Timing policy, on calls that say what they took instead of taking it. */
#include "base/support.h"
#include "bench/sampler.h"
#include "tests/gv_test.h"

#include <math.h>

/* A machine whose n-th call takes what a formula says. */
typedef struct machine {
    double (*call_s)(uint32_t n);
    uint32_t calls;
    uint32_t fail_at; /* 0: never */
} machine;

static gv_status call(void *context, gv_view view, double stage_s[GV_STAGE_COUNT], gv_error *err)
{
    machine *m = context;
    double total_s = m->call_s(m->calls++);
    if (m->fail_at != 0 && m->calls == m->fail_at) {
        return gv__fail(err, GV_OPENCL, -5, "clFake", "call %u fails", (unsigned)m->calls);
    }
    bool moves = view != GV_VIEW_KERNEL_ONLY;
    stage_s[GV_STAGE_H2D] = moves ? 0.25 * total_s : NAN;
    stage_s[GV_STAGE_KERNEL] = moves ? 0.5 * total_s : total_s;
    stage_s[GV_STAGE_D2H] = moves ? 0.25 * total_s : NAN;
    stage_s[GV_STAGE_TOTAL] = total_s;
    return GV_OK;
}

static double two_milliseconds(uint32_t n)
{
    (void)n;
    return 2e-3;
}

static double ten_microseconds(uint32_t n)
{
    (void)n;
    return 10e-6;
}

static double two_seconds(uint32_t n)
{
    (void)n;
    return 2;
}

/* Compiles, warms up over 20 calls, then runs at 2 ms. */
static double slow_start(uint32_t n)
{
    return n == 0 ? 1.0 : n < 20 ? 2e-3 * (1 + 0.1 * (20 - n)) : 2e-3;
}

static double never_steady(uint32_t n)
{
    return n % 2 == 0 ? 2e-3 : 4e-3;
}

static gv__say_samples sample(double (*call_s)(uint32_t), const gv__ask_sample *ask,
                              machine *out_machine)
{
    machine m = {.call_s = call_s};
    gv__say_samples taken = {0};
    gv_error err = {0};
    assert_status(gv__sample(call, &m, ask, &taken, &err), GV_OK, err);
    if (out_machine != NULL) {
        *out_machine = m;
    }
    return taken;
}

static void stages_are_kept_apart_and_absent_ones_stay_absent(void **state)
{
    (void)state;
    gv__ask_sample ask = {.view = GV_VIEW_TRANSFERS, .samples = 3, .max_s = 10};
    gv__say_samples taken = sample(two_milliseconds, &ask, NULL);
    assert_int_equal(taken.count, 3);
    assert_int_equal(taken.calls, 1);
    for (uint32_t i = 0; i < taken.count; i++) {
        assert_close(taken.stage_s[i][GV_STAGE_H2D], 0.5e-3, 1e-12);
        assert_close(taken.stage_s[i][GV_STAGE_KERNEL], 1e-3, 1e-12);
        assert_close(taken.stage_s[i][GV_STAGE_D2H], 0.5e-3, 1e-12);
        assert_close(taken.stage_s[i][GV_STAGE_TOTAL], 2e-3, 1e-12);
    }
    ask.view = GV_VIEW_KERNEL_ONLY;
    taken = sample(two_milliseconds, &ask, NULL);
    assert_true(isnan(taken.stage_s[0][GV_STAGE_H2D]));
    assert_true(isnan(taken.stage_s[0][GV_STAGE_D2H]));
    assert_close(taken.stage_s[0][GV_STAGE_TOTAL], 2e-3, 1e-12);
    assert_true(isnan(taken.clock_mhz));
}

static void short_calls_are_averaged_until_a_sample_lasts_a_millisecond(void **state)
{
    (void)state;
    static const double warm_ups_s[] = {0, 0.1};
    for (size_t i = 0; i < GV__COUNT(warm_ups_s); i++) {
        machine m;
        gv__ask_sample ask = {.samples = 4, .max_s = 10, .warm_up_s = warm_ups_s[i]};
        gv__say_samples taken = sample(ten_microseconds, &ask, &m);
        assert_in_range(taken.calls, 100, 101); /* 1e-3 / 10e-6 may round up */
        assert_true(taken.calls * 10e-6 >= 1e-3 * (1 - 1e-12));
        assert_int_equal(taken.count, 4);
        assert_close(taken.stage_s[0][GV_STAGE_TOTAL], 10e-6, 1e-9);
        assert_true(m.calls >= 4 * taken.calls + 1);
    }
}

static void a_given_number_of_calls_is_kept(void **state)
{
    (void)state;
    machine m;
    gv__ask_sample ask = {.calls = 7, .samples = 2, .max_s = 10, .warm_up_s = -1};
    gv__say_samples taken = sample(ten_microseconds, &ask, &m);
    assert_int_equal(taken.calls, 7);
    assert_int_equal(m.calls, 14);
    ask.warm_up_s = 0;
    taken = sample(ten_microseconds, &ask, &m);
    assert_int_equal(taken.calls, 7);
    assert_int_equal(m.calls, 15);
}

static void the_warm_up_ends_when_five_calls_agree(void **state)
{
    (void)state;
    machine m;
    gv__ask_sample ask = {.samples = 1, .max_s = 10, .warm_up_s = 30};
    gv__say_samples taken = sample(slow_start, &ask, &m);
    assert_true(taken.steady);
    assert_close(taken.stage_s[0][GV_STAGE_TOTAL], 2e-3, 1e-12);
    /* Not before the drift has left the window, and not long after. */
    assert_in_range(m.calls, 20 + 4, 20 + 8);
}

static void the_warm_up_ends_at_its_limit_where_nothing_is_steady(void **state)
{
    (void)state;
    machine m;
    gv__ask_sample ask = {.samples = 1, .max_s = 10, .warm_up_s = 0.3};
    gv__say_samples taken = sample(never_steady, &ask, &m);
    assert_false(taken.steady);
    assert_in_range(m.calls, 90, 105);
}

static void sampling_goes_on_for_the_least_time_and_ends_at_the_most(void **state)
{
    (void)state;
    static const struct {
        double (*call_s)(uint32_t);
        uint32_t samples;
        double min_s, max_s;
        uint32_t low, high; /* samples taken */
    } cases[] = {
        {two_milliseconds, 10, 0, 1, 10, 10},    /* enough samples */
        {two_milliseconds, 10, 0.06, 1, 30, 31}, /* enough time */
        {two_milliseconds, 60, 0, 0.03, 15, 16}, /* no time left */
        {two_milliseconds, 10, 60, 60, 64, 64},  /* no room left */
        {two_seconds, 10, 0.1, 1, 1, 1},         /* at least one */
    };
    for (size_t i = 0; i < GV__COUNT(cases); i++) {
        gv__ask_sample ask = {.calls = 1,
                              .samples = cases[i].samples,
                              .min_s = cases[i].min_s,
                              .max_s = cases[i].max_s,
                              .warm_up_s = -1};
        gv__say_samples taken = sample(cases[i].call_s, &ask, NULL);
        if (taken.count < cases[i].low || taken.count > cases[i].high) {
            fail_msg("case %zu: %u samples", i, (unsigned)taken.count);
        }
    }
}

static void a_failing_call_ends_it_and_leaves_the_output_alone(void **state)
{
    (void)state;
    static const uint32_t fail_at[] = {1, 3, 12};
    for (size_t i = 0; i < GV__COUNT(fail_at); i++) {
        machine m = {.call_s = two_milliseconds, .fail_at = fail_at[i]};
        gv__ask_sample ask = {.samples = 10, .max_s = 10, .warm_up_s = 1};
        gv__say_samples taken = {.count = 77};
        gv_error err = {0};
        assert_status(gv__sample(call, &m, &ask, &taken, &err), GV_OPENCL, err);
        assert_int_equal(taken.count, 77);
        assert_int_equal(err.code, -5);
    }
}

static void no_samples_or_too_many_are_refused(void **state)
{
    (void)state;
    static const uint32_t counts[] = {0, GV__MAX_SAMPLES + 1};
    for (size_t i = 0; i < GV__COUNT(counts); i++) {
        machine m = {.call_s = two_milliseconds};
        gv__ask_sample ask = {.samples = counts[i], .max_s = 1};
        gv__say_samples taken;
        gv_error err = {0};
        assert_status(gv__sample(call, &m, &ask, &taken, &err), GV_ARGUMENT, err);
        assert_int_equal(m.calls, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stages_are_kept_apart_and_absent_ones_stay_absent),
        cmocka_unit_test(short_calls_are_averaged_until_a_sample_lasts_a_millisecond),
        cmocka_unit_test(a_given_number_of_calls_is_kept),
        cmocka_unit_test(the_warm_up_ends_when_five_calls_agree),
        cmocka_unit_test(the_warm_up_ends_at_its_limit_where_nothing_is_steady),
        cmocka_unit_test(sampling_goes_on_for_the_least_time_and_ends_at_the_most),
        cmocka_unit_test(a_failing_call_ends_it_and_leaves_the_output_alone),
        cmocka_unit_test(no_samples_or_too_many_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
