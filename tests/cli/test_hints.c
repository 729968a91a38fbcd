/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/hints.h"

#include "base/support.h"
#include "tests/gv_test.h"

static const char *words(const void *context, size_t i)
{
    (void)context;
    static const char *const list[] = {"devices", "run", "report", "estimate"};
    return i < GV__COUNT(list) ? list[i] : NULL;
}

static const char *no_words(const void *context, size_t i)
{
    (void)context;
    (void)i;
    return NULL;
}

static void a_misspelt_word_finds_its_neighbour_and_a_strange_one_none(void **state)
{
    (void)state;
    static const struct {
        const char *word, *nearest;
    } cases[] = {
        {"device", "devices"},
        {"dveices", "devices"},
        {"devcies", "devices"},
        {"rn", "run"},
        {"runn", "run"},
        {"rnu", "run"},
        {"estmat", "estimate"},
        {"est", "estimate"},
        {"dev", "devices"},
        {"reprot", "report"},
        {"xyz", NULL},
        {"", NULL},
        {"quantise", NULL},
        {"r", NULL}, /* run or report */
        {"a very long word that is none of ours, whatever it means", NULL},
    };
    for (size_t i = 0; i < GV__COUNT(cases); i++) {
        const char *nearest = gv_hint_nearest(cases[i].word, words, NULL);
        if (nearest == NULL || cases[i].nearest == NULL ? nearest != cases[i].nearest
                                                        : strcmp(nearest, cases[i].nearest) != 0) {
            fail_msg("%s: %s, not %s", cases[i].word, nearest != NULL ? nearest : "none",
                     cases[i].nearest != NULL ? cases[i].nearest : "none");
        }
    }
    assert_null(gv_hint_nearest("run", no_words, NULL));
}

static void a_long_value_is_cut_and_says_so(void **state)
{
    (void)state;
    char text[GV_QUOTED], longer[200];
    assert_string_equal(gv_hint_quote("fast", text), "\"fast\"");
    memset(longer, 'x', sizeof longer);
    longer[sizeof longer - 1] = 0;
    gv_hint_quote(longer, text);
    assert_true(strlen(text) < sizeof text);
    assert_string_equal(text + strlen(text) - 5, "x…\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_misspelt_word_finds_its_neighbour_and_a_strange_one_none),
        cmocka_unit_test(a_long_value_is_cut_and_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
