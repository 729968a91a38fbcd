/* SPDX-License-Identifier: Apache-2.0 */
#include "base/support.h"
#include "tests/gv_test.h"
#include <gpuverdict/estimate.h>

static const struct {
    double speedup;
    const char *word;
} cases[] = {
    {0.01, "slower"},
    {0x1.fffffffffffffp-1, "slower"}, /* the double below 1 */
    {1, "marginal"},
    {0x1.fffffffffffffp0, "marginal"}, /* below 2 */
    {2, "noticeable"},
    {5, "noticeable"},
    {0x1.4000000000001p2, "significant"}, /* above 5 */
    {1e300, "significant"},
    {0, "unknown"},
    {-1, "unknown"},
    {NAN, "unknown"},
    {-INFINITY, "unknown"},
};

static void one_two_and_five_are_the_limits(void **state)
{
    (void)state;
    for (size_t i = 0; i < GV__COUNT(cases); i++) {
        const char *word = gv_verdict_word(gv_verdict_of(cases[i].speedup));
        if (strcmp(word, cases[i].word) != 0) {
            fail_msg("%.17g is %s, not %s", cases[i].speedup, word, cases[i].word);
        }
    }
}

static void every_verdict_has_a_word_and_an_advice_of_its_own(void **state)
{
    (void)state;
    for (int i = 0; i < GV_VERDICT_COUNT; i++) {
        for (int j = 0; j < i; j++) {
            assert_string_not_equal(gv_verdict_word((gv_verdict)i), gv_verdict_word((gv_verdict)j));
            assert_string_not_equal(gv_verdict_advice((gv_verdict)i),
                                    gv_verdict_advice((gv_verdict)j));
        }
    }
    assert_string_equal(gv_verdict_word(GV_VERDICT_COUNT), "?");
    assert_string_equal(gv_verdict_advice(GV_VERDICT_COUNT), "?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_two_and_five_are_the_limits),
        cmocka_unit_test(every_verdict_has_a_word_and_an_advice_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
