/* SPDX-License-Identifier: Apache-2.0 */
#include "base/support.h"
#include "tests/opencl/any_device.h"

static void a_polled_queue_is_empty_as_one_that_was_slept_for(void **state)
{
    enum { NUMBERS = 1 << 20, BYTES = NUMBERS * sizeof(uint32_t) };
    gv__context *context = *state;
    uint32_t *from = malloc(BYTES);
    uint32_t *to = calloc(NUMBERS, sizeof *to);
    cl_mem buffer[2] = {NULL, NULL};
    gv_error err = {0};
    assert_true(from != NULL && to != NULL);
    for (uint32_t i = 0; i < NUMBERS; i++) {
        from[i] = i * 2654435761U;
    }
    for (int i = 0; i < 2; i++) {
        assert_status(gv__buffer_create(context, BYTES, &buffer[i], &err), GV_OK, err);
    }
    assert_status(gv__buffer_write(context, buffer[0], from, BYTES, &err), GV_OK, err);
    /* By a marker; by a budget that ends first; by the event of the first of two commands. */
    static const double budgets_s[] = {1.0, 1e-9, 1.0};
    for (int i = 0; i < 3; i++) {
        context->poll_s = budgets_s[i];
        assert_status(gv__buffer_zero(context, buffer[1], BYTES, &err), GV_OK, err);
        if (i == 2) {
            cl_event *event = gv__last_event(context);
            assert_non_null(event);
            assert_int_equal(clEnqueueMarkerWithWaitList(context->queue, 0, NULL, event), 0);
        }
        assert_status(gv__buffer_copy(context, buffer[0], buffer[1], BYTES, &err), GV_OK, err);
        assert_status(gv__finish(context, "a test", &err), GV_OK, err);
        assert_null(context->last);
        context->poll_s = 0;
        assert_status(gv__buffer_read(context, buffer[1], to, BYTES, &err), GV_OK, err);
        assert_memory_equal(from, to, BYTES);
    }
    for (int i = 0; i < 2; i++) {
        gv__buffer_free(buffer[i]);
    }
    free(from);
    free(to);
}

static void a_queue_that_is_slept_for_keeps_no_event(void **state)
{
    gv__context *context = *state;
    assert_null(gv__last_event(context));
    context->poll_s = 1;
    cl_event *event = gv__last_event(context);
    assert_ptr_equal(event, &context->last);
    assert_int_equal(clEnqueueMarkerWithWaitList(context->queue, 0, NULL, event), 0);
    context->poll_s = 0;
    assert_null(gv__last_event(context));
    assert_null(context->last);
}

/* Calls that last as long as their way of waiting says. */
typedef struct pretended {
    double poll_s;
    double asleep_s, polling_s;
    int calls, failing_call;
} pretended;

static gv_status pretend(void *of, gv_error *err)
{
    pretended *p = of;
    const double end_s = gv__now_s() + (p->poll_s > 0 ? p->polling_s : p->asleep_s);
    while (gv__now_s() < end_s) {
    }
    return ++p->calls == p->failing_call ? gv__fail(err, GV_OPENCL, -5, "clFinish", "lost") : GV_OK;
}

/* What it chooses in most of 21 goes: others may use the processor meanwhile. */
static bool polls(double asleep_s, double polling_s)
{
    int polled = 0;
    for (int i = 0; i < 21; i++) {
        pretended p = {.asleep_s = asleep_s, .polling_s = polling_s};
        gv_error err = {0};
        assert_status(gv__wait_choose(pretend, &p, &p.poll_s, &err), GV_OK, err);
        polled += p.poll_s > 0;
    }
    return polled > 10;
}

static void what_is_quicker_is_chosen(void **state)
{
    (void)state;
    assert_true(polls(50e-6, 20e-6));
    assert_false(polls(20e-6, 50e-6));
    assert_false(polls(20e-6, 20e-6));
}

static void a_long_call_is_slept_for(void **state)
{
    (void)state;
    pretended p = {.asleep_s = 1e-3};
    gv_error err = {0};
    assert_status(gv__wait_choose(pretend, &p, &p.poll_s, &err), GV_OK, err);
    assert_true(p.poll_s == 0);
    assert_true(p.calls <= 3);
}

static void a_call_that_fails_ends_the_trial(void **state)
{
    (void)state;
    pretended p = {.failing_call = 4};
    gv_error err = {0};
    assert_int_equal(gv__wait_choose(pretend, &p, &p.poll_s, &err), GV_OPENCL);
    assert_int_equal(p.calls, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_polled_queue_is_empty_as_one_that_was_slept_for),
        cmocka_unit_test(a_queue_that_is_slept_for_keeps_no_event),
        cmocka_unit_test(what_is_quicker_is_chosen),
        cmocka_unit_test(a_long_call_is_slept_for),
        cmocka_unit_test(a_call_that_fails_ends_the_trial),
    };
    return cmocka_run_group_tests(tests, any_device_open, any_device_close);
}
