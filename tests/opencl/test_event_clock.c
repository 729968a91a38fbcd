/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/opencl/any_device.h"

/* What a device's clock should turn out to be cannot be known here; that the verdict follows from
 * the evidence can. tests/fault feeds it events that lie. */
static void the_verdict_agrees_with_the_ratio_it_reports(void **state)
{
    gv_event_clock clock = {0};
    gv_error err = {0};
    assert_status(gv__event_clock_prove(*state, &clock, &err), GV_OK, err);
    print_message("%s (ratio %g)\n", clock.text, clock.ratio);
    assert_true(clock.text[0] != 0);
    if (clock.proven) {
        assert_true(clock.ratio >= 0.5 && clock.ratio <= 1.05);
    } else {
        assert_non_null(strstr(clock.text, "clock"));
    }
}

int main(void)
{
    if (!any_device_find().found) {
        return gv_test_no_device("no OpenCL device");
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_verdict_agrees_with_the_ratio_it_reports),
    };
    return cmocka_run_group_tests(tests, any_device_open, any_device_close);
}
