/* SPDX-License-Identifier: Apache-2.0 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* sched_setaffinity */
#endif
#include "base/support.h"
#include "bench/core_distance.h"
#include "tests/gv_test.h"

#include <sched.h>

static void cores_are_nanoseconds_apart(void **state)
{
    (void)state;
    const double start_s = gv__now_s();
    const double distance_s = gv__core_distance_s(0);
    print_message("%.1f ns, found in %.1f ms\n", distance_s * 1e9, (gv__now_s() - start_s) * 1e3);
    cpu_set_t usable;
    assert_int_equal(sched_getaffinity(0, sizeof usable, &usable), 0);
    if (CPU_COUNT(&usable) == 1 || isnan(distance_s)) {
        skip(); /* one core, or somebody keeps the others */
    }
    /* The fastest of neighbours, and the slowest of a machine of many packages. */
    assert_true(distance_s > 1e-9);
    assert_true(distance_s < 10e-6);
}

static void cores_have_time_to_wake(void **state)
{
    (void)state;
    const double awake_s = 0.05, start_s = gv__now_s();
    const double distance_s = gv__core_distance_s(awake_s);
    if (isnan(distance_s)) {
        skip(); /* one core, or somebody keeps the others */
    }
    assert_true(gv__now_s() - start_s >= awake_s);
}

static void one_core_has_no_distance(void **state)
{
    (void)state;
    cpu_set_t usable;
    cpu_set_t one;
    assert_int_equal(sched_getaffinity(0, sizeof usable, &usable), 0);
    size_t first = 0;
    while (!CPU_ISSET(first, &usable)) {
        first++;
    }
    CPU_ZERO(&one);
    CPU_SET(first, &one);
    assert_int_equal(sched_setaffinity(0, sizeof one, &one), 0);
    assert_true(isnan(gv__core_distance_s(0)));
    assert_int_equal(sched_setaffinity(0, sizeof usable, &usable), 0);
}

static void only_another_place_differs(void **state)
{
    (void)state;
    static const struct {
        double one_s, other_s;
        bool differs;
    } cases[] = {{28e-9, 28e-9, false}, {28e-9, 50e-9, false}, {28e-9, 160e-9, true},
                 {160e-9, 28e-9, true}, {NAN, 28e-9, false},   {28e-9, NAN, false}};
    for (size_t i = 0; i < GV__COUNT(cases); i++) {
        assert_int_equal(gv__core_distance_differs(cases[i].one_s, cases[i].other_s),
                         cases[i].differs);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cores_are_nanoseconds_apart),
        cmocka_unit_test(cores_have_time_to_wake),
        cmocka_unit_test(one_core_has_no_distance),
        cmocka_unit_test(only_another_place_differs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
