/* SPDX-License-Identifier: Apache-2.0 */
/* Every ceiling on the first device: its work is done, and what was not done is seen. */
#include "base/support.h"
#include "kernels/ceilings.h"
#include "tests/opencl/any_device.h"

static gv__ceilings *ceilings;

static int open_ceilings(void **state)
{
    gv_error err = {0};
    if (any_device_open(state) != 0 || gv__ceilings_open(*state, &ceilings, &err) != GV_OK) {
        print_error("%s\n", err.text);
        return 1;
    }
    return 0;
}

static int close_ceilings(void **state)
{
    gv__ceilings_close(ceilings);
    return any_device_close(state);
}

static bool is_offered(const gv_device *device, gv_precision precision)
{
    return precision == GV_PRECISION_F32 ||
           gv_device_number(device,
                            precision == GV_PRECISION_F64 ? GV_DEVICE_FP64 : GV_DEVICE_FP16) == 1;
}

static void every_ceiling_does_its_work_and_sees_when_it_was_not_done(void **state)
{
    const gv__context *context = *state;
    gv__ceiling_ask ask;
    for (size_t i = 0; gv__ceiling_at(i, &ask); i++) {
        gv__ceiling *ceiling = NULL;
        gv_error err = {0};
        gv_status status = gv__ceiling_open(ceilings, &ask, &ceiling, &err);
        if (!is_offered(&context->facts, ask.precision)) {
            assert_int_equal(status, GV_UNSUPPORTED);
            assert_null(ceiling);
            continue;
        }
        assert_status(status, GV_OK, err);
        assert_true(gv__ceiling_work(ceiling) > 0);
        assert_true(gv__ceiling_check(ceiling)[0] != 0);
        assert_status(gv__ceiling_poison(ceiling, &err), GV_OK, err);
        const double start_s = gv__now_s();
        assert_status(gv__ceiling_call(ceiling, &err), GV_OK, err);
        const double took_s = gv__now_s() - start_s;
        assert_status(gv__ceiling_verify(ceiling, &err), GV_OK, err);
        print_message("%-16s %s %2u %-9s %.4g %s, a call of %.2g ms\n", gv_ceiling_key(ask.kind),
                      gv_precision_name(ask.precision), (unsigned)ask.width,
                      gv__ceiling_variant(ceiling), gv__ceiling_work(ceiling) / took_s,
                      gv_ceiling_unit_text(gv_ceiling_unit_of(ask.kind)), 1e3 * took_s);
        assert_status(gv__ceiling_poison(ceiling, &err), GV_OK, err);
        status = gv__ceiling_verify(ceiling, &err);
        /* Counters that are 0 after no call are right. */
        const bool counts = strcmp(gv__ceiling_check(ceiling), "count") == 0;
        assert_status(status, counts ? GV_OK : GV_WRONG_RESULT, err);
        gv__ceiling_close(ceiling);
    }
}

static void each_ceiling_is_asked_once(void **state)
{
    (void)state;
    gv__ceiling_ask a;
    gv__ceiling_ask b;
    size_t count = 0;
    for (; gv__ceiling_at(count, &a); count++) {
        for (size_t j = 0; j < count; j++) {
            assert_true(gv__ceiling_at(j, &b));
            assert_false(a.kind == b.kind && a.precision == b.precision && a.width == b.width);
        }
        assert_int_equal(a.width > 0, a.kind == GV_CEILING_MULTIPLY_ADD);
    }
    assert_int_equal(count, GV_CEILING_KIND_COUNT - 1 + 15);
}

int main(void)
{
    if (!any_device_find().found) {
        return gv_test_no_device("no OpenCL device");
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_ceiling_is_asked_once),
        cmocka_unit_test(every_ceiling_does_its_work_and_sees_when_it_was_not_done),
    };
    return cmocka_run_group_tests(tests, open_ceilings, close_ceilings);
}
