/* SPDX-License-Identifier: Apache-2.0 */
#include "base/support.h"
#include "tests/gv_test.h"

static void a_text_grows_and_stays_terminated(void **state)
{
    (void)state;
    gv__text text = {0};
    for (int i = 0; i < 1000; i++) {
        gv__text_printf(&text, "%d,", i);
    }
    gv__text_add(&text, "end");
    assert_false(text.failed);
    assert_int_equal(strlen(text.data), text.length);
    assert_int_equal(text.length, 10 * 2 + 90 * 3 + 900 * 4 + 3);
    assert_string_equal(text.data + text.length - 7, "999,end");
    gv__text_free(&text);
    assert_null(text.data);
}

static void a_copy_is_cut_between_characters(void **state)
{
    (void)state;
    static const struct {
        size_t size;
        const char *from, *expected;
    } cases[] = {
        {8, "plain", "plain"}, {4, "plain", "pla"}, {1, "plain", ""},
        {3, "a—b", "a"},       {4, "a—b", "a"},     {5, "a—b", "a—"},
    };
    for (size_t i = 0; i < GV__COUNT(cases); i++) {
        char to[8];
        gv__copy_text(to, cases[i].size, cases[i].from);
        assert_string_equal(to, cases[i].expected);
    }
}

static void a_seed_repeats_its_numbers_and_another_gives_others(void **state)
{
    (void)state;
    gv__random a;
    gv__random b;
    gv__random c;
    gv__random_seed(&a, 42);
    gv__random_seed(&b, 42);
    gv__random_seed(&c, 43);
    int equal = 0;
    for (int i = 0; i < 1000; i++) {
        uint64_t x = gv__random_next(&a);
        assert_true(x == gv__random_next(&b));
        equal += x == gv__random_next(&c);
    }
    assert_int_equal(equal, 0);
}

static void unit_numbers_are_uniform_and_exact_in_single_precision(void **state)
{
    (void)state;
    enum { COUNT = 200000 };
    gv__random random;
    gv__random_seed(&random, 7);
    double sum = 0;
    double squares = 0;
    double low = 1;
    double high = -1;
    for (int i = 0; i < COUNT; i++) {
        double x = gv__random_unit(&random);
        assert_true((double)(float)x == x);
        sum += x;
        squares += x * x;
        low = x < low ? x : low;
        high = x > high ? x : high;
    }
    assert_true(low >= -1 && low < -0.999);
    assert_true(high < 1 && high > 0.999);
    /* Five standard deviations of the mean (1/sqrt 3n) and of the second moment. */
    assert_true(fabs(sum / COUNT) < 5 * sqrt(1.0 / 3 / COUNT));
    assert_true(fabs(squares / COUNT - 1.0 / 3) < 5 * sqrt(4.0 / 45 / COUNT));
}

static void the_clock_moves_forward_and_sleep_lasts(void **state)
{
    (void)state;
    double before = gv__now_s();
    gv__sleep_s(0.02);
    double slept = gv__now_s() - before;
    assert_true(slept >= 0.02 && slept < 10);
    gv__sleep_s(-1);
    gv__sleep_s(NAN);
}

static void a_quotient_is_rounded_up_without_overflow(void **state)
{
    (void)state;
    assert_int_equal(gv__divide_up(0, 3), 0);
    assert_int_equal(gv__divide_up(6, 3), 2);
    assert_int_equal(gv__divide_up(7, 3), 3);
    assert_int_equal(gv__divide_up(UINT64_MAX, 2), UINT64_MAX / 2 + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_grows_and_stays_terminated),
        cmocka_unit_test(a_copy_is_cut_between_characters),
        cmocka_unit_test(a_seed_repeats_its_numbers_and_another_gives_others),
        cmocka_unit_test(unit_numbers_are_uniform_and_exact_in_single_precision),
        cmocka_unit_test(the_clock_moves_forward_and_sleep_lasts),
        cmocka_unit_test(a_quotient_is_rounded_up_without_overflow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
