/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/gv_test.h"
#include "tests/kernels/check_case.h"

static const char *const sizes[] = {
    "dense:batch=1,in=1,out=1",      "dense:batch=1,in=70,out=600",   "dense:batch=33,in=65,out=7",
    "dense:batch=64,in=128,out=128", "dense:batch=3,in=1500,out=900",
};
static const char *const activations[] = {"none", "relu", "gelu", "sigmoid", "tanh"};

static void for_each_case(void (*run)(check_case *c))
{
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        for (size_t act = 0; act < GV_ACT_COUNT; act++) {
            for (int wide = 0; wide < 2; wide++) {
                char text[GV_WORKLOAD_TEXT];
                snprintf(text, sizeof text, "%s,act=%s%s", sizes[i], activations[act],
                         wide ? ",precision=f64" : "");
                check_case c;
                check_case_open(&c, text, 7);
                check_case_compute(&c);
                run(&c);
                check_case_close(&c);
            }
        }
    }
}

static void expect_right(check_case *c)
{
    gv_check_result result = check_case_check(c);
    if (!result.right) {
        print_error("%s\n", result.text);
    }
    assert_true(result.right);
    assert_true(result.error_rel < 0.5 * result.bound_rel);
}

static void right_layers_pass(void **state)
{
    (void)state;
    for_each_case(expect_right);
}

static void expect_all_caught(check_case *c)
{
    size_t count;
    const check_spoil *spoils = check_spoils(&count);
    assert_int_equal(check_case_count_missed(c, spoils, count), 0);
}

static void every_spoiled_layer_is_caught(void **state)
{
    (void)state;
    for_each_case(expect_all_caught);
}

static void expect_a_wrong_linear_result_caught(check_case *c)
{
    if (c->linear == NULL) {
        return;
    }
    size_t last = c->operands.output.elements - 1;
    double z = check_case_get(c, c->linear, last) + 0.3;
    check_case_set(c, c->linear, last, z);
    check_case_set(c, c->output, last, gv_activation_apply(c->workload.as.dense.act, z));
    assert_false(check_case_check(c).right);
}

/* Output and linear result agree with each other, yet not with the inputs. */
static void a_wrong_sum_before_the_activation_is_caught(void **state)
{
    (void)state;
    for_each_case(expect_a_wrong_linear_result_caught);
}

static void expect_other_activations_caught(check_case *c)
{
    gv_activation act = c->workload.as.dense.act;
    if (c->operands.output.elements < 100 || act == GV_ACT_NONE) {
        return;
    }
    for (gv_activation other = GV_ACT_NONE; (int)other < GV_ACT_COUNT; other++) {
        c->workload.as.dense.act = other;
        check_case_compute(c);
        c->workload.as.dense.act = act;
        if (check_case_check(c).right != (other == act)) {
            print_error("%s taken for %s\n", gv_activation_name(other), gv_activation_name(act));
            fail();
        }
    }
}

static void a_wrong_activation_is_caught(void **state)
{
    (void)state;
    for_each_case(expect_other_activations_caught);
}

static void gelu_by_its_tanh_approximation_is_caught(void **state)
{
    (void)state;
    check_case c;
    check_case_open(&c, "dense:batch=4,in=16,out=64,act=gelu", 1);
    check_case_compute(&c);
    for (size_t i = 0; i < c.operands.output.elements; i++) {
        double z = check_case_get(&c, c.linear, i);
        double inner = sqrt(2 / acos(-1.0)) * (z + 0.044715 * z * z * z);
        check_case_set(&c, c.output, i, z / 2 * (1 + tanh(inner)));
    }
    assert_false(check_case_check(&c).right);
    check_case_close(&c);
}

static void a_forgotten_bias_is_caught(void **state)
{
    (void)state;
    check_case c;
    check_case_open(&c, "dense:batch=8,in=1000,out=500", 1);
    float *bias = c.input[2];
    void *kept = malloc(c.operands.input[2].bytes);
    assert_non_null(kept);
    memcpy(kept, bias, c.operands.input[2].bytes);
    memset(bias, 0, c.operands.input[2].bytes);
    check_case_compute(&c);
    memcpy(bias, kept, c.operands.input[2].bytes);
    assert_false(check_case_check(&c).right);
    free(kept);
    check_case_close(&c);
}

static void an_activation_cannot_be_checked_without_the_linear_result(void **state)
{
    (void)state;
    check_case c;
    gv_error err = {0};
    gv_check_result result;
    check_case_open(&c, "dense:batch=2,in=2,out=2,act=relu", 1);
    const void *const inputs[GV_MAX_INPUTS] = {c.input[0], c.input[1], c.input[2]};
    assert_status(gv__check(&c.workload, inputs, c.output, NULL, NULL, 1, &result, &err),
                  GV_ARGUMENT, err);
    check_case_close(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(right_layers_pass),
        cmocka_unit_test(every_spoiled_layer_is_caught),
        cmocka_unit_test(a_wrong_sum_before_the_activation_is_caught),
        cmocka_unit_test(a_wrong_activation_is_caught),
        cmocka_unit_test(gelu_by_its_tanh_approximation_is_caught),
        cmocka_unit_test(a_forgotten_bias_is_caught),
        cmocka_unit_test(an_activation_cannot_be_checked_without_the_linear_result),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
