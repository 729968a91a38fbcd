/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels/roof.h"
#include "tests/opencl/any_device.h"

static void a_roof_has_the_precision_that_was_asked_for(void **state)
{
    static const gv_precision precisions[] = {GV_PRECISION_F32, GV_PRECISION_F64};
    const gv__context *context = *state;
    for (size_t i = 0; i < 2; i++) {
        gv_roof roof = {{0}, 0};
        gv_error err = {0};
        gv_status status = gv__device_roof(*state, precisions[i], 0.3, &roof, &err);
        if (i == 1 && gv_device_number(&context->facts, GV_DEVICE_FP64) != 1) {
            assert_int_equal(status, GV_UNSUPPORTED);
            continue;
        }
        assert_status(status, GV_OK, err);
        print_message("%.1f GFLOP/s, %.1f GB/s\n", roof.flop_per_s[precisions[i]] / 1e9,
                      roof.bytes_per_s / 1e9);
        /* Any device is faster than a pocket calculator, none beats 10 PFLOP/s or 100 TB/s. */
        assert_true(roof.flop_per_s[precisions[i]] > 1e7 && roof.flop_per_s[precisions[i]] < 1e16);
        assert_true(roof.bytes_per_s > 1e7 && roof.bytes_per_s < 1e14);
        assert_true(gv_is_absent(roof.flop_per_s[1 - i]));
        assert_true(gv_is_absent(roof.flop_per_s[GV_PRECISION_F16]));
    }
}

static void half_precision_is_unsupported_and_leaves_the_output_alone(void **state)
{
    gv_roof roof = {{1, 2, 3}, 4};
    gv_error err = {0};
    assert_status(gv__device_roof(*state, GV_PRECISION_F16, 0.1, &roof, &err), GV_UNSUPPORTED, err);
    assert_true(roof.flop_per_s[2] == 3 && roof.bytes_per_s == 4);
}

int main(void)
{
    if (!any_device_find().found) {
        return gv_test_no_device("no OpenCL device");
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_roof_has_the_precision_that_was_asked_for),
        cmocka_unit_test(half_precision_is_unsupported_and_leaves_the_output_alone),
    };
    return cmocka_run_group_tests(tests, any_device_open, any_device_close);
}
