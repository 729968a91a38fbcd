/* SPDX-License-Identifier: Apache-2.0 */
/* No more digits than a figure is sure of, and sizes as people say them. */
#include "reports/forecast_words.h"
#include "tests/gv_test.h"

#include <math.h>

static void a_ratio_has_two_digits_where_its_interval_is_wide(void **state)
{
    (void)state;
    static const struct {
        gv_ratio ratio;
        const char *value, *range;
    } cases[] = {
        {{11475, 4910, 26818}, "11,000×", "4,900 to 27,000"},
        {{1234567, 1234000, 1235000}, "1,234,567×", "1,234,000 to 1,235,000"},
        {{13.24, 8.1, 21.4}, "13×", "8.1 to 21"},
        {{13.24, 13.1, 13.4}, "13.2×", "13.1 to 13.4"},
        {{13.24, NAN, NAN}, "13.2×", "—"},
        {{0.2033, 0.15992, 5.0606}, "0.20×", "0.16 to 5.1"},
        {{0.0337, 0.0247, 0.0421}, "0.034×", "0.025 to 0.042"},
        {{5.04, 2, 9.99}, "5.04×", "2.0 to 10"}, /* 5.0 is no more significant */
        {{0.9961, 0.5, 1.5}, "0.996×", "0.50 to 1.5"},
        {{NAN, NAN, NAN}, "—", "—"},
    };
    for (size_t i = 0; i < GV__COUNT(cases); i++) {
        char value[GV_RATIO_TEXT], range[GV_RATIO_TEXT];
        assert_string_equal(gv__times(&cases[i].ratio, value), cases[i].value);
        assert_string_equal(gv__times_range(&cases[i].ratio, range), cases[i].range);
    }
}

static void nothing_that_is_estimated_is_certain(void **state)
{
    (void)state;
    static const struct {
        double probability;
        const char *text;
    } cases[] = {{1, "> 99 %"},    {0.9951, "> 99 %"}, {0.99, "99 %"}, {0.26, "26 %"},
                 {0.004, "< 1 %"}, {0, "< 1 %"},       {NAN, "—"}};
    for (size_t i = 0; i < GV__COUNT(cases); i++) {
        char text[GV_PERCENT_TEXT];
        assert_string_equal(gv__percent(cases[i].probability, text), cases[i].text);
    }
}

#define CUBE "matmul:m=2048,n=2048,k=2048"

static void a_break_even_is_told_in_sizes(void **state)
{
    (void)state;
    static const struct {
        const char *asked;
        gv_break_even_kind kind;
        const char *from;
        double low, high;
        const char *text;
    } cases[] = {
        {CUBE, GV_BREAK_EVEN_FROM, "matmul:m=129,n=129,k=129", 97 / 2048.0, 160 / 2048.0,
         "from 129×129×129 (between 97 and 160)"},
        {CUBE, GV_BREAK_EVEN_FROM, "matmul:m=129,n=129,k=129", 0, 160 / 2048.0,
         "from 129×129×129, perhaps at every size, perhaps only from 160"},
        {CUBE, GV_BREAK_EVEN_FROM, "matmul:m=129,n=129,k=129", 97 / 2048.0, INFINITY,
         "from 129×129×129, perhaps from 97, perhaps at none"},
        {CUBE, GV_BREAK_EVEN_ALWAYS, CUBE, 0, 0, "at every size"},
        {CUBE, GV_BREAK_EVEN_ALWAYS, CUBE, 0, 63 / 2048.0,
         "at every size, perhaps only from 63×63×63"},
        {CUBE, GV_BREAK_EVEN_NEVER, CUBE, INFINITY, INFINITY, "at no size"},
        {CUBE, GV_BREAK_EVEN_NEVER, CUBE, 0, INFINITY, "at no size, perhaps at every size"},
        {CUBE, GV_BREAK_EVEN_UNKNOWN, CUBE, NAN, NAN, "unknown: no time of the CPU"},
        {"conv2d:n=16,c=64,h=56,w=56,k=64,r=3,s=3", GV_BREAK_EVEN_FROM,
         "conv2d:n=1,c=64,h=56,w=56,k=64,r=3,s=3", 0.01, 2, "from 1 image (between 1 and 32)"},
        {"conv2d:n=16,c=64,h=56,w=56,k=64,r=3,s=3", GV_BREAK_EVEN_NEVER,
         "conv2d:n=16,c=64,h=56,w=56,k=64,r=3,s=3", 0.7, INFINITY,
         "at no size, perhaps from 12 images"},
        {"dense:batch=32,in=64,out=64", GV_BREAK_EVEN_FROM, "dense:batch=40,in=64,out=64", 1.01, 2,
         "from a batch of 40 (between 33 and 64)"},
        {"fft:shape=1024x1024", GV_BREAK_EVEN_FROM, "fft:shape=2048x2048", 1.2, 2.45,
         "from 2048×2048 points (between 1230 and 2510)"},
        {"matmul:m=200,n=100,k=50", GV_BREAK_EVEN_FROM, "matmul:m=400,n=200,k=100", 1.5, 2.5,
         "from 400×200×100 (between 300×150×75 and 500×250×125)"},
    };
    for (size_t i = 0; i < GV__COUNT(cases); i++) {
        gv_workload asked;
        gv_break_even even = {.kind = cases[i].kind, .low = cases[i].low, .high = cases[i].high};
        gv__text text = {0};
        assert_int_equal(gv_workload_parse(cases[i].asked, &asked, NULL), GV_OK);
        assert_int_equal(gv_workload_parse(cases[i].from, &even.workload, NULL), GV_OK);
        gv__wins_from(&asked, &even, &text);
        assert_string_equal(text.data, cases[i].text);
        gv__text_free(&text);
    }
}

static void sizes_that_were_not_looked_at_are_not_promised(void **state)
{
    (void)state;
    static const struct {
        gv_break_even_kind kind;
        bool cut;
        double scale, low;
        const char *text;
    } cases[] = {
        {GV_BREAK_EVEN_ALWAYS, true, NAN, 0, "at every size up to 8192×8192×8192"},
        {GV_BREAK_EVEN_NEVER, true, NAN, INFINITY, "at no size up to 8192×8192×8192"},
        {GV_BREAK_EVEN_BETWEEN, false, 0.1, INFINITY, "from 129×129×129 to 8192×8192×8192"},
        {GV_BREAK_EVEN_BETWEEN, false, 0, 0.5, "up to 8192×8192×8192, perhaps beyond"},
    };
    for (size_t i = 0; i < GV__COUNT(cases); i++) {
        gv_workload asked;
        gv_break_even even = {.kind = cases[i].kind,
                              .cut = cases[i].cut,
                              .scale = cases[i].scale,
                              .low = cases[i].low,
                              .high = cases[i].kind == GV_BREAK_EVEN_ALWAYS ? 0 : INFINITY};
        gv__text text = {0};
        assert_int_equal(gv_workload_parse(CUBE, &asked, NULL), GV_OK);
        assert_int_equal(gv_workload_parse("matmul:m=129,n=129,k=129", &even.workload, NULL),
                         GV_OK);
        assert_int_equal(gv_workload_parse("matmul:m=8192,n=8192,k=8192", &even.last, NULL), GV_OK);
        gv__wins_from(&asked, &even, &text);
        assert_string_equal(text.data, cases[i].text);
        gv__text_free(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_ratio_has_two_digits_where_its_interval_is_wide),
        cmocka_unit_test(nothing_that_is_estimated_is_certain),
        cmocka_unit_test(a_break_even_is_told_in_sizes),
        cmocka_unit_test(sizes_that_were_not_looked_at_are_not_promised),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
