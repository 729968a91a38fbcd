/* SPDX-License-Identifier: Apache-2.0 */
/* Sets of tunables: values by name, and as text in a file that may hold anything. */
#include "kernels/parameters.h"
#include "tests/gv_test.h"

static void a_tunable_has_the_value_it_was_given_last(void **state)
{
    (void)state;
    gv__parameters set = {0};
    gv__parameters_set(&set, "DEPTH", 16);
    gv__parameters_set(&set, "TILE_ROWS", 6);
    gv__parameters_set(&set, "DEPTH", 128);
    assert_int_equal(set.count, 2);
    assert_int_equal(gv__parameters_get(&set, "DEPTH", 7), 128);
    assert_int_equal(gv__parameters_get(&set, "WIDTH", 7), 7);
    assert_int_equal(gv__parameters_get(NULL, "DEPTH", 7), 7);
}

static void a_provider_takes_what_lies_within_its_bounds(void **state)
{
    (void)state;
    gv__parameters set = {0};
    uint32_t depth = 64;
    uint32_t width = 8;
    const gv__tunable rows[] = {{"DEPTH", 1, 128, &depth}, {"WIDTH", 2, 16, &width}};
    gv__parameters_set(&set, "DEPTH", 128);
    assert_true(gv__parameters_take(&set, rows, GV__COUNT(rows)));
    assert_int_equal(depth, 128);
    assert_int_equal(width, 8); /* not named: as it was */
    assert_true(gv__parameters_take(NULL, rows, GV__COUNT(rows)));
    assert_int_equal(depth, 128);
    static const int32_t outside[] = {-1, 0, 1, 17, INT32_MIN, INT32_MAX};
    for (size_t i = 0; i < GV__COUNT(outside); i++) {
        gv__parameters_set(&set, "WIDTH", outside[i]);
        assert_false(gv__parameters_take(&set, rows, GV__COUNT(rows)));
        assert_int_equal(width, 8);
    }
}

static void text_is_read_back_as_it_was_written(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "DEPTH=128", "TILE_ROWS=6 DEPTH=-1 W8=2147483647"};
    for (size_t i = 0; i < GV__COUNT(texts); i++) {
        gv__parameters set;
        gv_error err = {0};
        char text[GV__PARAMETERS_TEXT];
        assert_status(gv__parameters_read(texts[i], &set, &err), GV_OK, err);
        assert_string_equal(gv__parameters_text(&set, text), texts[i]);
    }
}

static void what_is_no_set_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "DEPTH",
        "DEPTH=",
        "=3",
        "DEPTH=3x",
        "depth=3",
        "DEPTH=3 DEPTH=4",
        "DEPTH=2147483648",
        " DEPTH=3",
        "DEPTH=3  ROWS=2",
        "DEPTH=3;rm",
        "A_NAME_THAT_IS_FAR_TOO_LONG=1",
        "A=1 B=1 C=1 D=1 E=1 F=1 G=1 H=1 I=1 J=1 K=1 L=1 M=1 N=1 O=1 P=1 Q=1"};
    for (size_t i = 0; i < GV__COUNT(texts); i++) {
        gv__parameters set = {.count = 99};
        gv_error err = {0};
        gv_status status = gv__parameters_read(texts[i], &set, &err);
        if (status != GV_FORMAT) {
            print_error("\"%s\" was read\n", texts[i]);
        }
        assert_int_equal(status, GV_FORMAT);
        assert_int_equal(set.count, 99);
    }
}

static void sets_are_equal_whatever_their_order(void **state)
{
    (void)state;
    gv__parameters a = {0};
    gv__parameters b = {0};
    gv__parameters_set(&a, "DEPTH", 16);
    gv__parameters_set(&a, "ROWS", 4);
    gv__parameters_set(&b, "ROWS", 4);
    assert_false(gv__parameters_equal(&a, &b));
    gv__parameters_set(&b, "DEPTH", 16);
    assert_true(gv__parameters_equal(&a, &b));
    gv__parameters_set(&b, "ROWS", 5);
    assert_false(gv__parameters_equal(&a, &b));
}

static void a_set_becomes_build_options(void **state)
{
    (void)state;
    gv__parameters set = {0};
    gv__text options = {0};
    gv__parameters_set(&set, "DEPTH", 16);
    gv__parameters_set(&set, "ROWS", 4);
    gv__parameters_options(&set, &options);
    assert_string_equal(options.data, " -D DEPTH=16 -D ROWS=4");
    gv__text_free(&options);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tunable_has_the_value_it_was_given_last),
        cmocka_unit_test(a_provider_takes_what_lies_within_its_bounds),
        cmocka_unit_test(text_is_read_back_as_it_was_written),
        cmocka_unit_test(what_is_no_set_is_refused),
        cmocka_unit_test(sets_are_equal_whatever_their_order),
        cmocka_unit_test(a_set_becomes_build_options),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
