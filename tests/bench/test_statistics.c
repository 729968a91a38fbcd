/* SPDX-License-Identifier: Apache-2.0 */
#include "base/support.h"
#include "bench/statistics.h"
#include "tests/gv_test.h"

static void ranks_are_those_of_the_sign_test(void **state)
{
    (void)state;
    /* Published two-sided 5 % critical values of the sign test, plus one. */
    static const struct {
        size_t count, rank;
    } cases[] = {{0, 0},   {1, 0},   {5, 0},   {6, 1},   {8, 1},   {9, 2},  {11, 2},
                 {12, 3},  {15, 4},  {17, 5},  {20, 6},  {23, 7},  {25, 8}, {30, 10},
                 {35, 12}, {40, 14}, {45, 16}, {50, 18}, {100, 40}};
    for (size_t i = 0; i < GV__COUNT(cases); i++) {
        size_t rank = gv__interval_rank(cases[i].count);
        if (rank != cases[i].rank) {
            print_error("%zu values: rank %zu, not %zu\n", cases[i].count, rank, cases[i].rank);
            fail();
        }
    }
}

static void rank_of_many_values_follows_the_normal_limit(void **state)
{
    (void)state;
    /* n/2 - 1.96 * sqrt(n)/2, where 2^-n is no longer a double. */
    size_t rank = gv__interval_rank(10000);
    assert_in_range(rank, 4901, 4903);
}

static void interval_covers_the_median_95_times_in_100(void **state)
{
    (void)state;
    /* A skewed distribution whose median is 0.25: the square of a uniform number. */
    gv__random random;
    gv__random_seed(&random, 7);
    enum { TRIALS = 4000, COUNT = 25 };
    int covered = 0;
    for (int trial = 0; trial < TRIALS; trial++) {
        double values[COUNT];
        for (int i = 0; i < COUNT; i++) {
            double u = (gv__random_unit(&random) + 1) / 2;
            values[i] = u * u;
        }
        gv_time time = gv__time_of(values, COUNT);
        covered += time.low_s <= 0.25 && 0.25 <= time.high_s;
    }
    /* Exactly 95.67 % are expected at n = 25; 0.9 % are nearly three standard errors. */
    assert_in_range(covered, (int)(0.947 * TRIALS), (int)(0.967 * TRIALS));
}

static void median_of_odd_and_even_counts(void **state)
{
    (void)state;
    double odd[] = {3, 1, 2};
    double even[] = {4, 1, 3, 2};
    double one[] = {5};
    assert_close(gv__median(odd, 3), 2, 0);
    assert_close(gv__median(even, 4), 2.5, 0);
    assert_close(gv__median(one, 1), 5, 0);
    assert_true(isnan(gv__median(one, 0)));
}

static void five_values_have_a_median_and_no_interval(void **state)
{
    (void)state;
    double values[] = {5, 4, 3, 2, 1};
    gv_time time = gv__time_of(values, 5);
    assert_close(time.median_s, 3, 0);
    assert_true(isnan(time.low_s) && isnan(time.high_s));
}

static void six_values_have_their_extremes_as_interval(void **state)
{
    (void)state;
    double values[] = {6, 4, 5, 1, 3, 2};
    gv_time time = gv__time_of(values, 6);
    assert_close(time.median_s, 3.5, 0);
    assert_close(time.low_s, 1, 0);
    assert_close(time.high_s, 6, 0);
}

static void twelve_values_have_the_third_from_each_end(void **state)
{
    (void)state;
    double values[] = {12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1};
    gv_time time = gv__time_of(values, 12);
    assert_close(time.low_s, 3, 0);
    assert_close(time.high_s, 10, 0);
}

static void one_absent_value_makes_all_absent(void **state)
{
    (void)state;
    double values[] = {1, 2, 3, NAN, 5, 6, 7};
    gv_time time = gv__time_of(values, 7);
    assert_true(isnan(time.median_s) && isnan(time.low_s) && isnan(time.high_s));
    assert_true(isnan(gv__time_of(values, 0).median_s));
}

static void outliers_lie_beyond_14_8_deviations(void **state)
{
    (void)state;
    /* Deviations of the first seven from 4: 3 2 1 0 1 2 3, median 2; the limit is 29.6. */
    static const struct {
        double values[8];
        size_t count;
        uint32_t outliers;
    } cases[] = {
        {{1, 2, 3, 4, 5, 6, 7}, 7, 0},
        {{1, 2, 3, 4, 5, 6, 33.5}, 7, 0},
        {{1, 2, 3, 4, 5, 6, 33.7}, 7, 1},
        {{-30, 2, 3, 4, 5, 6, 40}, 7, 2},
        {{1, 1, 1, 1, 1, 1, 1, 1}, 8, 0},
        {{1, 1, 1, 1, 1, 1, 1, 2}, 8, 1},
        {{1, 2, 3, 4}, 4, 0},
        {{1, 2}, 2, 0},
        {{1}, 1, 0},
        {{0}, 0, 0},
    };
    for (size_t i = 0; i < GV__COUNT(cases); i++) {
        uint32_t outliers = gv__outliers(cases[i].values, cases[i].count);
        if (outliers != cases[i].outliers) {
            print_error("case %zu: %u outliers, not %u\n", i, outliers, cases[i].outliers);
            fail();
        }
    }
}

static void ratio_range_needs_six_blocks(void **state)
{
    (void)state;
    double host[] = {10, 12, 9, 10, 11, 10};
    double device[] = {5, 4, 3, 5, 5, 10};
    double low = 0;
    double high = 0;
    gv__ratio_range(host, device, 6, &low, &high);
    assert_close(low, 1, 0);
    assert_close(high, 3, 0);
    gv__ratio_range(host, device, 5, &low, &high);
    assert_true(isnan(low) && isnan(high));
    device[3] = NAN;
    gv__ratio_range(host, device, 6, &low, &high);
    assert_true(isnan(low) && isnan(high));
}

static void variation_looks_at_the_last_values(void **state)
{
    (void)state;
    double values[] = {100, 50, 1, 3};
    assert_close(gv__variation(values, 4, 2), sqrt(2.0) / 2, 1e-15);
    double steady[] = {9, 2, 2, 2, 2, 2};
    assert_close(gv__variation(steady, 6, 5), 0, 0);
    assert_true(isnan(gv__variation(values, 1, 2)));
    assert_true(isnan(gv__variation(values, 4, 1)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranks_are_those_of_the_sign_test),
        cmocka_unit_test(rank_of_many_values_follows_the_normal_limit),
        cmocka_unit_test(interval_covers_the_median_95_times_in_100),
        cmocka_unit_test(median_of_odd_and_even_counts),
        cmocka_unit_test(five_values_have_a_median_and_no_interval),
        cmocka_unit_test(six_values_have_their_extremes_as_interval),
        cmocka_unit_test(twelve_values_have_the_third_from_each_end),
        cmocka_unit_test(one_absent_value_makes_all_absent),
        cmocka_unit_test(outliers_lie_beyond_14_8_deviations),
        cmocka_unit_test(ratio_range_needs_six_blocks),
        cmocka_unit_test(variation_looks_at_the_last_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
