/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/shapes.h"

#include "tests/gv_test.h"
#include <gpuverdict/workload.h>

#include <stdlib.h>

static const char **choose(size_t want, size_t *count)
{
    const char **texts = NULL;
    gv_error err = {0};
    const gv_suite *suite = gv_suite_find("calibrate");
    assert_status(gv_cli_choose_shapes(suite, want, &texts, count, &err), GV_OK, err);
    return texts;
}

static void twenty_shapes_are_of_every_operation(void **state)
{
    (void)state;
    size_t count = 0;
    const char **texts = choose(20, &count);
    assert_int_equal(count, 20);
    size_t of[GV_OP_COUNT] = {0};
    for (size_t i = 0; i < count; i++) {
        gv_workload workload;
        gv_error err = {0};
        assert_status(gv_workload_parse(texts[i], &workload, &err), GV_OK, err);
        of[workload.op]++;
        for (size_t j = 0; j < i; j++) {
            assert_string_not_equal(texts[i], texts[j]);
        }
    }
    for (int op = 0; op < GV_OP_CUSTOM; op++) {
        assert_true(of[op] >= 2);
    }
    free(texts);
}

static void fewer_shapes_are_the_first_of_more(void **state)
{
    (void)state;
    size_t few = 0;
    size_t many = 0;
    const char **first = choose(5, &few);
    const char **all = choose(1000, &many);
    assert_int_equal(few, 5);
    assert_int_equal(many, gv_suite_find("calibrate")->count);
    for (size_t i = 0; i < few; i++) {
        assert_string_equal(first[i], all[i]);
    }
    free(first);
    free(all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(twenty_shapes_are_of_every_operation),
        cmocka_unit_test(fewer_shapes_are_the_first_of_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
