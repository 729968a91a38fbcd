/* SPDX-License-Identifier: Apache-2.0 */
#include "base/support.h"
#include "tests/gv_test.h"
#include <gpuverdict/catalogue.h>

static void an_empty_specification_has_no_text_and_no_figure(void **state)
{
    (void)state;
    gv_spec spec = gv_spec_empty();
    const gv_spec_column *column;
    size_t i = 0;
    for (; (column = gv_spec_column_at(i)) != NULL; i++) {
        assert_ptr_equal(gv_spec_column_find(column->key), column);
        if (column->is_text) {
            assert_string_equal(gv_spec_text(&spec, column), "");
        } else {
            assert_true(isnan(gv_spec_figure(&spec, column)));
        }
    }
    assert_int_equal(i, 29);
    assert_null(gv_spec_column_find("speed"));
}

static const struct {
    const char *key;
    double value;
    bool is_error;
    const char *text; /**< "" for no finding */
} cases[] = {
    {"power_w", NAN, false, ""},
    {"power_w", 300, false, ""},
    {"power_w", 0, true, "power_w is zero (0)"},
    {"power_w", -5, true, "power_w is negative (-5)"},
    {"power_w", INFINITY, true, "power_w is infinite"},
    {"power_w", 1e6, true, "power_w is absurd: 1e+06 is not between 1 and 5000 (SI units)"},
    {"fp32_flop_per_s", 19.5, true,
     "fp32_flop_per_s is absurd: 19.5 is not between 1e+09 and 1e+16 (SI units)"},
    {"fp32_flop_per_s", 2e13, false, "units, lanes and clock give 1e+13, fp32_flop_per_s is 2e+13"},
    {"bandwidth_bytes_per_s", 1.03e11, false, ""},
    {"bandwidth_bytes_per_s", 2e11, false,
     "bus and pins give 1e+11, bandwidth_bytes_per_s is 2e+11"},
    {"fp64_flop_per_s", 2e13, false, "fp64_flop_per_s (2e+13) is above fp32_flop_per_s (1e+13)"},
    {"fp16_matrix_flop_per_s", 1e12, false,
     "fp16_flop_per_s (2e+13) is above fp16_matrix_flop_per_s (1e+12)"},
    {"base_clock_hz", 2e9, false, "base_clock_hz (2e+09) is above clock_hz (1e+09)"},
};

static void impossible_figures_are_errors_and_what_disagrees_is_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < GV__COUNT(cases); i++) {
        gv_spec spec = gv_spec_empty();
        spec.name = "X";
        spec.units = 50;
        spec.lanes = 100;
        spec.clock_hz = 1e9;
        spec.fp32_flop_per_s = 1e13;
        spec.fp16_flop_per_s = 2e13;
        spec.bus_bits = 80;
        spec.pin_bits_per_s = 1e10;
        spec.bandwidth_bytes_per_s = 1e11;
        double *figure =
            (double *)(void *)((char *)&spec + gv_spec_column_find(cases[i].key)->offset);
        *figure = cases[i].value;
        gv_spec_finding finding = {.text = ""};
        gv_spec_check(&spec, &finding, 1);
        assert_string_equal(finding.text, cases[i].text);
        assert_int_equal(finding.is_error, cases[i].is_error);
    }
}

static void findings_are_counted_beyond_what_is_written_and_errors_come_first(void **state)
{
    (void)state;
    gv_spec spec = gv_spec_empty();
    spec.fp64_flop_per_s = 1e13;
    spec.fp32_flop_per_s = 1e12;
    spec.year = 1900;
    gv_spec_finding found[2];
    assert_int_equal(gv_spec_check(&spec, found, 2), 3);
    assert_string_equal(found[0].text, "it has no name");
    assert_true(found[1].is_error);
    assert_int_equal(gv_spec_check(&spec, NULL, 0), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_specification_has_no_text_and_no_figure),
        cmocka_unit_test(impossible_figures_are_errors_and_what_disagrees_is_found),
        cmocka_unit_test(findings_are_counted_beyond_what_is_written_and_errors_come_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
