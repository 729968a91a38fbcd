/* SPDX-License-Identifier: Apache-2.0 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* sched_setaffinity */
#endif
#include "base/host_facts.h"
#include "tests/gv_test.h"

#include <sched.h>
#include <unistd.h>

static void every_fact_is_a_value_or_absent(void **state)
{
    (void)state;
    gv_host host;
    gv__host_facts(&host);
    for (int i = 0; i < GV_HOST_FACT_COUNT; i++) {
        const gv_fact_info *info = gv_host_fact_info((gv_host_fact)i);
        const gv_fact *fact = &host.fact[i];
        char text[192];
        print_message("%-26s %s\n", info->label, gv_fact_format(fact, info->kind, text, 192));
        if (fact->error != 0) {
            assert_int_equal(fact->error, GV_FACT_ABSENT);
        } else if (info->kind == GV_KIND_TEXT) {
            assert_true(fact->text[0] != 0);
        } else {
            assert_true(fact->number > 0);
        }
    }
}

static void counts_agree_with_each_other_and_with_the_system(void **state)
{
    (void)state;
    gv_host host;
    gv__host_facts(&host);
    double cores = host.fact[GV_HOST_CORES].number;
    double threads = host.fact[GV_HOST_THREADS].number;
    double usable = host.fact[GV_HOST_USABLE_CORES].number;
    assert_true(cores >= 1 && cores <= threads);
    assert_true(usable >= 1 && usable <= cores);
    assert_true(host.fact[GV_HOST_PACKAGES].number <= cores);
    assert_int_equal((int)threads, (int)sysconf(_SC_NPROCESSORS_ONLN));
    assert_int_equal((int)usable, (int)gv__host_cores());
    double memory = (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE);
    assert_close(host.fact[GV_HOST_MEMORY].number, memory, 1e-12);
}

static void a_process_bound_to_one_thread_may_use_one_core(void **state)
{
    (void)state;
    cpu_set_t before;
    assert_int_equal(sched_getaffinity(0, sizeof before, &before), 0);
    size_t first = 0;
    while (!CPU_ISSET(first, &before)) {
        first++;
    }
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(first, &one);
    assert_int_equal(sched_setaffinity(0, sizeof one, &one), 0);
    uint32_t cores = gv__host_cores();
    assert_int_equal(sched_setaffinity(0, sizeof before, &before), 0);
    assert_int_equal(cores, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_fact_is_a_value_or_absent),
        cmocka_unit_test(counts_agree_with_each_other_and_with_the_system),
        cmocka_unit_test(a_process_bound_to_one_thread_may_use_one_core),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
