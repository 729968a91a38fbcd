/* SPDX-License-Identifier: Apache-2.0 */
#include "base/support.h"
#include "bench/samples.h"
#include "tests/gv_test.h"

/* A block of `count` calls of `total_s`, a tenth of it each way to move. */
static gv__say_samples block_of(uint32_t count, double total_s)
{
    gv__say_samples block = {.count = count, .calls = 2, .steady = true};
    for (uint32_t i = 0; i < count; i++) {
        block.stage_s[i][GV_STAGE_H2D] = block.stage_s[i][GV_STAGE_D2H] = 0.1 * total_s;
        block.stage_s[i][GV_STAGE_KERNEL] = 0.8 * total_s;
        block.stage_s[i][GV_STAGE_TOTAL] = total_s;
    }
    return block;
}

static void add(gv__view_samples *samples, uint32_t count, double total_s)
{
    gv_error err = {0};
    gv__say_samples block = block_of(count, total_s);
    assert_status(gv__view_samples_add(samples, &block, &err), GV_OK, err);
}

static gv_view_times times_of(const gv__view_samples *samples, const gv__view_samples *host)
{
    gv_view_times times;
    gv_error err = {0};
    assert_status(gv__view_times_of(samples, host, NAN, &times, &err), GV_OK, err);
    return times;
}

static void speed_up_is_the_range_of_block_ratios(void **state)
{
    (void)state;
    static const double device_s[] = {1, 2, 1, 1, 1, 1};
    static const double host_s[] = {4, 4, 4, 6, 4, 4};
    gv__view_samples device = {0};
    gv__view_samples host = {0};
    for (size_t i = 0; i < 6; i++) {
        add(&device, 2, device_s[i]);
        add(&host, 3, host_s[i]);
    }
    gv_view_times times = times_of(&device, &host);
    assert_int_equal(times.samples, 12);
    assert_int_equal(times.calls, 2);
    assert_close(times.speedup_low, 2, 1e-12);
    assert_close(times.speedup_high, 6, 1e-12);
    assert_close(times.min_s, 1, 1e-12);
    assert_close(times.stage[GV_STAGE_TOTAL].median_s, 1, 1e-12);
    assert_close(times.stage[GV_STAGE_KERNEL].median_s, 0.8, 1e-12);
    /* A block more on one side: nothing was in turn then. */
    add(&host, 3, 4);
    assert_true(isnan(times_of(&device, &host).speedup_low));
    assert_true(isnan(times_of(&device, NULL).speedup_low));
    gv__view_samples_free(&device);
    gv__view_samples_free(&host);
}

static void the_range_holds_the_recorded_medians_quotient(void **state)
{
    (void)state;
    gv__view_samples host = {0}, device = {0};
    gv_error err = {0};
    for (int i = 0; i < 6; i++) {
        add(&host, 2, 3);
        add(&device, 2, 1);
    }
    static const struct {
        double host_s, low, high;
    } cases[] = {{NAN, 3, 3}, {2, 2, 3}, {5, 3, 5}};
    for (size_t i = 0; i < GV__COUNT(cases); i++) {
        gv_view_times times;
        assert_status(gv__view_times_of(&device, &host, cases[i].host_s, &times, &err), GV_OK, err);
        assert_close(times.speedup_low, cases[i].low, 1e-12);
        assert_close(times.speedup_high, cases[i].high, 1e-12);
    }
    gv__view_samples_free(&host);
    gv__view_samples_free(&device);
}

static void fewer_than_six_blocks_have_no_interval(void **state)
{
    (void)state;
    gv__view_samples samples = {0};
    for (int i = 0; i < 5; i++) {
        add(&samples, 10, 1);
    }
    gv_view_times times = times_of(&samples, &samples);
    assert_close(times.stage[GV_STAGE_TOTAL].median_s, 1, 1e-12);
    assert_true(isnan(times.stage[GV_STAGE_TOTAL].low_s));
    assert_true(isnan(times.speedup_low));
    add(&samples, 10, 1);
    assert_close(times_of(&samples, NULL).stage[GV_STAGE_TOTAL].low_s, 1, 1e-12);
    gv__view_samples_free(&samples);
}

static void no_samples_are_no_times(void **state)
{
    (void)state;
    gv__view_samples samples = {0};
    gv_view_times times = times_of(&samples, NULL);
    assert_int_equal(times.samples, 0);
    assert_true(isnan(times.stage[GV_STAGE_TOTAL].median_s) && isnan(times.min_s));
}

static void what_cannot_be_a_block_is_refused(void **state)
{
    (void)state;
    gv__view_samples samples = {0};
    gv_error err = {0};
    gv__say_samples blocks[] = {block_of(0, 1), block_of(2, 0), block_of(2, -1), block_of(2, NAN),
                                block_of(2, INFINITY)};
    for (size_t i = 0; i < GV__COUNT(blocks); i++) {
        assert_int_equal(gv__view_samples_add(&samples, &blocks[i], &err), GV_FORMAT);
    }
    assert_int_equal(samples.count, 0);
    blocks[0].count = GV__MAX_SAMPLES + 1;
    assert_int_equal(gv__view_samples_add(&samples, &blocks[0], &err), GV_FORMAT);
    for (int i = 0; i < GV__MAX_BLOCKS; i++) {
        add(&samples, 1, 1);
    }
    gv__say_samples more = block_of(1, 1);
    assert_int_equal(gv__view_samples_add(&samples, &more, &err), GV_FORMAT);
    gv__view_samples_free(&samples);
}

static void each_flag_has_its_cause(void **state)
{
    (void)state;
    static const struct {
        double block_s[6];
        bool steady;
        uint32_t flags;
    } cases[] = {
        {{1, 1, 1, 1, 1, 1}, true, 0},
        {{1, 1, 1, 1, 1, 1}, false, GV_FLAG_UNSTEADY},
        {{1, 1.05, 1, 1.05, 1, 1.05}, true, 0},
        {{1, 1.2, 1, 1.2, 1, 1.2}, true, GV_FLAG_NOISY},
        {{1.2, 1, 1.2, 1, 1.2, 1}, true, GV_FLAG_NOISY},
        {{1, 1, 1, 1.2, 1.2, 1.2}, true, GV_FLAG_NOISY | GV_FLAG_THROTTLED},
        {{1, 1, 1, 1, 1, 9}, true, GV_FLAG_OUTLIERS},
    };
    for (size_t i = 0; i < GV__COUNT(cases); i++) {
        gv__view_samples samples = {0};
        for (size_t b = 0; b < 6; b++) {
            add(&samples, 2, cases[i].block_s[b]);
        }
        samples.steady = cases[i].steady;
        gv_view_times times = times_of(&samples, NULL);
        uint32_t flags = gv__view_flags(&samples, &times, 20);
        if (flags != cases[i].flags) {
            print_error("case %zu: flags %x, not %x\n", i, (unsigned)flags,
                        (unsigned)cases[i].flags);
            fail();
        }
        gv__view_samples_free(&samples);
    }
}

static void a_call_too_long_for_the_warm_up_is_not_unsteady(void **state)
{
    (void)state;
    gv__view_samples samples = {0};
    for (int i = 0; i < 6; i++) {
        add(&samples, 2, 1);
    }
    samples.steady = false;
    gv_view_times times = times_of(&samples, NULL);
    /* Ten samples of two calls of a second. */
    assert_int_equal(gv__view_flags(&samples, &times, 19.9), 0);
    assert_int_equal(gv__view_flags(&samples, &times, 20), GV_FLAG_UNSTEADY);
    gv__view_samples_free(&samples);
}

static void stages_that_do_not_add_up_are_flagged(void **state)
{
    (void)state;
    gv__view_samples samples = {0};
    gv_error err = {0};
    for (int i = 0; i < 6; i++) {
        gv__say_samples block = block_of(2, 1);
        block.stage_s[0][GV_STAGE_KERNEL] = block.stage_s[1][GV_STAGE_KERNEL] = 0.7;
        assert_status(gv__view_samples_add(&samples, &block, &err), GV_OK, err);
    }
    gv_view_times times = times_of(&samples, NULL);
    assert_int_equal(gv__view_flags(&samples, &times, 1), GV_FLAG_STAGE_GAP);
    gv__view_samples_free(&samples);
}

static void the_roof_is_asked_about_the_fastest_kernel(void **state)
{
    (void)state;
    gv_view_times view[GV_VIEW_COUNT];
    gv__view_samples none = {0};
    gv__view_samples slow = {0};
    gv__view_samples fast = {0};
    add(&slow, 1, 1);
    add(&fast, 1, 0.5);
    for (int v = 0; v < GV_VIEW_COUNT; v++) {
        view[v] = times_of(&none, NULL);
    }
    assert_true(isnan(gv__fastest_kernel_s(view)));
    view[GV_VIEW_TRANSFERS] = times_of(&fast, NULL);
    view[GV_VIEW_KERNEL_ONLY] = times_of(&slow, NULL);
    assert_close(gv__fastest_kernel_s(view), 0.4, 1e-12);
    gv__view_samples_free(&slow);
    gv__view_samples_free(&fast);
}

static void picked_samples_are_spread_over_all(void **state)
{
    (void)state;
    gv__view_samples samples = {0};
    for (int i = 0; i < 4; i++) {
        add(&samples, 25, i + 1);
    }
    double picked[100][GV_STAGE_COUNT];
    assert_int_equal(gv__view_samples_pick(&samples, 10, picked), 10);
    assert_close(picked[0][GV_STAGE_TOTAL], 1, 0);
    assert_close(picked[9][GV_STAGE_TOTAL], 4, 0);
    assert_close(picked[5][GV_STAGE_TOTAL], 3, 0);
    assert_int_equal(gv__view_samples_pick(&samples, 200, picked), 100);
    gv__view_samples_free(&samples);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(speed_up_is_the_range_of_block_ratios),
        cmocka_unit_test(the_range_holds_the_recorded_medians_quotient),
        cmocka_unit_test(fewer_than_six_blocks_have_no_interval),
        cmocka_unit_test(no_samples_are_no_times),
        cmocka_unit_test(what_cannot_be_a_block_is_refused),
        cmocka_unit_test(each_flag_has_its_cause),
        cmocka_unit_test(a_call_too_long_for_the_warm_up_is_not_unsteady),
        cmocka_unit_test(stages_that_do_not_add_up_are_flagged),
        cmocka_unit_test(the_roof_is_asked_about_the_fastest_kernel),
        cmocka_unit_test(picked_samples_are_spread_over_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
