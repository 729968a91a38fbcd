/* SPDX-License-Identifier: Apache-2.0 */
#include "base/support.h"
#include "tests/gv_test.h"
#include <gpuverdict/device.h>
#include <gpuverdict/measurement.h>

static void facts_are_written_for_people(void **state)
{
    (void)state;
    static const struct {
        gv_fact fact;
        gv_fact_kind kind;
        const char *expected;
    } cases[] = {
        {{0, 0, "PoCL"}, GV_KIND_TEXT, "PoCL"},
        {{0, 2, ""}, GV_KIND_COUNT, "2"},
        {{0, 524288, ""}, GV_KIND_BYTES, "512 KiB"},
        {{0, 8321499136.0, ""}, GV_KIND_BYTES, "7.75 GiB"},
        {{0, 0, ""}, GV_KIND_BYTES, "0 B"},
        {{0, 2450000000.0, ""}, GV_KIND_HZ, "2.45 GHz"},
        {{0, 1, ""}, GV_KIND_FLAG, "yes"},
        {{0, 0, ""}, GV_KIND_FLAG, "no"},
        {{GV_FACT_ABSENT, 0, ""}, GV_KIND_BYTES, "—"},
        {{-30, 0, "CL_INVALID_VALUE"}, GV_KIND_BYTES, "<CL_INVALID_VALUE (-30)>"},
    };
    for (size_t i = 0; i < GV__COUNT(cases); i++) {
        char text[192];
        assert_string_equal(gv_fact_format(&cases[i].fact, cases[i].kind, text, sizeof text),
                            cases[i].expected);
    }
}

static void a_missing_number_is_absent_and_not_zero(void **state)
{
    (void)state;
    gv_device device = {0};
    device.fact[GV_DEVICE_CLOCK].error = GV_FACT_ABSENT;
    device.fact[GV_DEVICE_GLOBAL_MEM].error = -30;
    device.fact[GV_DEVICE_COMPUTE_UNITS].number = 4;
    assert_true(gv_is_absent(gv_device_number(&device, GV_DEVICE_CLOCK)));
    assert_true(gv_is_absent(gv_device_number(&device, GV_DEVICE_GLOBAL_MEM)));
    assert_true(gv_is_absent(gv_device_number(&device, GV_DEVICE_NAME)));
    assert_close(gv_device_number(&device, GV_DEVICE_COMPUTE_UNITS), 4, 0);
}

static void a_failed_text_is_empty(void **state)
{
    (void)state;
    gv_device device = {0};
    gv__copy_text(device.fact[GV_DEVICE_NAME].text, 16, "name");
    device.fact[GV_DEVICE_PCI] = (gv_fact){-30, 0, "CL_INVALID_VALUE"};
    assert_string_equal(gv_device_text(&device, GV_DEVICE_NAME), "name");
    assert_string_equal(gv_device_text(&device, GV_DEVICE_PCI), "");
}

static void keys_of_facts_are_unique(void **state)
{
    (void)state;
    for (int i = 0; i < GV_DEVICE_FACT_COUNT; i++) {
        for (int j = 0; j < i; j++) {
            assert_string_not_equal(gv_device_fact_info((gv_device_fact)i)->key,
                                    gv_device_fact_info((gv_device_fact)j)->key);
        }
    }
}

static void every_enum_of_a_measurement_has_its_words(void **state)
{
    (void)state;
    for (int i = 0; i < GV_ORIGIN_COUNT; i++) {
        assert_string_not_equal(gv_origin_name((gv_origin)i), "?");
    }
    for (int i = 0; i < GV_VIEW_COUNT; i++) {
        assert_string_not_equal(gv_view_key((gv_view)i), "?");
    }
    for (int i = 0; i < GV_INCIDENT_KIND_COUNT; i++) {
        assert_string_not_equal(gv_incident_kind_key((gv_incident_kind)i), "?");
    }
    assert_string_equal(gv_stage_key(GV_STAGE_TOTAL), "total");
    assert_string_equal(gv_cost_key(GV_COST_TUNE), "tune");
    assert_string_equal(gv_flag_name(0), "host_silicon");
    assert_null(gv_flag_name(32));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(facts_are_written_for_people),
        cmocka_unit_test(a_missing_number_is_absent_and_not_zero),
        cmocka_unit_test(a_failed_text_is_empty),
        cmocka_unit_test(keys_of_facts_are_unique),
        cmocka_unit_test(every_enum_of_a_measurement_has_its_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
