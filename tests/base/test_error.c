/* SPDX-License-Identifier: Apache-2.0 */
#include "base/support.h"
#include "tests/gv_test.h"

static void every_status_has_a_name_and_a_text(void **state)
{
    (void)state;
#define CHECK(code, number, meaning)                                                               \
    assert_int_equal(GV_##code, number);                                                           \
    assert_string_equal(gv_status_name(GV_##code), "GV_" #code);                                   \
    assert_string_equal(gv_status_text(GV_##code), meaning);
    GV_STATUS_MAP(CHECK)
#undef CHECK
    assert_string_equal(gv_status_name((gv_status)999), "GV_?");
}

static void a_failure_fills_the_error_and_returns_its_status(void **state)
{
    (void)state;
    gv_error err = {0};
    assert_int_equal(gv__fail(&err, GV_IO, 28, "fwrite", "%s: disk %d", "x", 7), GV_IO);
    assert_int_equal(err.status, GV_IO);
    assert_int_equal(err.code, 28);
    assert_string_equal(err.call, "fwrite");
    assert_string_equal(err.text, "x: disk 7");
}

static void a_failure_without_a_place_for_it_still_returns_its_status(void **state)
{
    (void)state;
    assert_int_equal(gv__fail(NULL, GV_HUNG, 0, NULL, "nobody reads this"), GV_HUNG);
}

static void an_error_may_be_made_from_its_own_text(void **state)
{
    (void)state;
    gv_error err = {0};
    gv__fail(&err, GV_IO, 1, "open", "inner");
    gv__fail(&err, GV_FORMAT, 2, err.call, "outer: %s", err.text);
    assert_string_equal(err.text, "outer: inner");
    assert_string_equal(err.call, "open");
}

static void a_long_text_is_cut_at_a_character_and_ends(void **state)
{
    (void)state;
    gv_error err = {0};
    char long_text[1000];
    memset(long_text, 'a', sizeof long_text - 1);
    long_text[sizeof long_text - 1] = 0;
    /* The two bytes of a character straddle the limit. */
    memcpy(long_text + sizeof err.text - 2, "\xc3\xa9", 2);
    gv__fail(&err, GV_IO, 0, NULL, "%s", long_text);
    assert_int_equal(strlen(err.text), sizeof err.text - 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_status_has_a_name_and_a_text),
        cmocka_unit_test(a_failure_fills_the_error_and_returns_its_status),
        cmocka_unit_test(a_failure_without_a_place_for_it_still_returns_its_status),
        cmocka_unit_test(an_error_may_be_made_from_its_own_text),
        cmocka_unit_test(a_long_text_is_cut_at_a_character_and_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
