/* SPDX-License-Identifier: Apache-2.0 */
#include "base/support.h"
#include "bench/statistics.h"
#include "bench/suite.h"
#include "bench/wire.h"
#include "tests/gv_test.h"

static void every_text_is_canonical(void **state)
{
    (void)state;
    for (size_t s = 0; gv_suite_at(s) != NULL; s++) {
        const gv_suite *suite = gv_suite_at(s);
        for (size_t i = 0; i < suite->count; i++) {
            gv_workload workload;
            gv_error err = {0};
            assert_status(gv_workload_parse(suite->workloads[i], &workload, &err), GV_OK, err);
            char text[GV_WORKLOAD_TEXT];
            assert_string_equal(gv_workload_format(&workload, text), suite->workloads[i]);
        }
    }
}

static void no_suite_asks_twice_or_for_an_estimate(void **state)
{
    (void)state;
    for (size_t s = 0; gv_suite_at(s) != NULL; s++) {
        const gv_suite *suite = gv_suite_at(s);
        for (size_t i = 0; i < suite->count; i++) {
            assert_null(strstr(suite->workloads[i], "custom"));
            for (size_t j = 0; j < i; j++) {
                assert_string_not_equal(suite->workloads[i], suite->workloads[j]);
            }
        }
    }
}

static bool holds(const gv_suite *suite, const char *workload)
{
    for (size_t i = 0; i < suite->count; i++) {
        if (strcmp(suite->workloads[i], workload) == 0) {
            return true;
        }
    }
    return false;
}

static void each_suite_contains_the_smaller_one(void **state)
{
    (void)state;
    for (size_t s = 0; gv_suite_at(s + 1) != NULL && !gv_suite_at(s + 1)->ceilings; s++) {
        const gv_suite *small = gv_suite_at(s);
        const gv_suite *large = gv_suite_at(s + 1);
        for (size_t i = 0; i < small->count; i++) {
            if (!holds(large, small->workloads[i])) {
                print_error("%s lacks %s of %s\n", large->name, small->workloads[i], small->name);
                fail();
            }
        }
        assert_true(large->count > small->count);
    }
}

static void thoroughness_is_what_statistics_and_wire_allow(void **state)
{
    (void)state;
    for (size_t s = 0; gv_suite_at(s) != NULL; s++) {
        const gv_suite *suite = gv_suite_at(s);
        const bool once = suite->ceilings || strcmp(suite->name, "quick") == 0;
        assert_true(suite->processes == (once ? 1 : 3));
        assert_int_equal(suite->ceilings, suite->count == 0);
        assert_true(suite->blocks >= GV__MIN_FOR_INTERVAL);
        assert_true(suite->min_samples >= 10 && suite->min_s >= 0.1);
        assert_true(suite->min_samples / suite->blocks <= GV__MAX_SAMPLES);
        /* Samples of a millisecond fill a block before they overflow a reply. */
        assert_true(suite->min_s / suite->blocks <= GV__MAX_SAMPLES * 1e-3);
        assert_true(suite->min_s < suite->max_s);
    }
}

static void suites_are_found_by_name(void **state)
{
    (void)state;
    assert_ptr_equal(gv_suite_find("quick"), gv_suite_at(0));
    assert_non_null(gv_suite_find("standard"));
    assert_non_null(gv_suite_find("full"));
    assert_true(gv_suite_find("ceilings")->ceilings);
    assert_null(gv_suite_find("quickly"));
    assert_null(gv_suite_find(""));
    assert_int_equal(gv_suite_find("quick")->count, 12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_text_is_canonical),
        cmocka_unit_test(no_suite_asks_twice_or_for_an_estimate),
        cmocka_unit_test(each_suite_contains_the_smaller_one),
        cmocka_unit_test(thoroughness_is_what_statistics_and_wire_allow),
        cmocka_unit_test(suites_are_found_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
