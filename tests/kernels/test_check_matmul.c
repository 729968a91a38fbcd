/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/gv_test.h"
#include "tests/kernels/check_case.h"

static const char *const sizes[] = {
    "matmul:m=1,n=1,k=1",
    "matmul:m=1,n=9,k=5",
    "matmul:m=7,n=1,k=3",
    "matmul:m=17,n=31,k=29,batch=3",
    "matmul:m=17,n=31,k=29,batch=2,ta=t",
    "matmul:m=17,n=31,k=29,batch=2,tb=t",
    "matmul:m=17,n=31,k=29,ta=t,tb=t",
    "matmul:m=128,n=128,k=128",
    "matmul:m=3,n=1500,k=1100,ta=t",
    "matmul:m=1100,n=5,k=700,tb=t",
    "matmul:m=4,n=4,k=100000",
    "matmul:m=257,n=300,k=600",
};

static void for_each_size(void (*run)(check_case *c))
{
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        for (int wide = 0; wide < 2; wide++) {
            char text[GV_WORKLOAD_TEXT];
            snprintf(text, sizeof text, "%s%s", sizes[i], wide ? ",precision=f64" : "");
            check_case c;
            check_case_open(&c, text, 1);
            check_case_compute(&c);
            run(&c);
            check_case_close(&c);
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
    assert_string_equal(result.text, "");
    assert_true(result.error_rel < 0.5 * result.bound_rel);
}

static void right_products_pass(void **state)
{
    (void)state;
    for_each_size(expect_right);
}

static void expect_all_caught(check_case *c)
{
    size_t count;
    const check_spoil *spoils = check_spoils(&count);
    assert_int_equal(check_case_count_missed(c, spoils, count), 0);
}

static void every_spoiled_product_is_caught(void **state)
{
    (void)state;
    for_each_size(expect_all_caught);
}

/* What a f32 kernel does at worst: one sum from left to right, rounded at each step. */
static void a_sum_from_left_to_right_in_f32_passes(void **state)
{
    (void)state;
    static const char *const texts[] = {"matmul:m=1000,n=1,k=1000", "matmul:m=1,n=300,k=20000",
                                        "matmul:m=128,n=128,k=500", "matmul:m=3,n=3,k=300000"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        check_case c;
        check_case_open(&c, texts[i], 3);
        const gv_matmul *s = &c.workload.as.matmul;
        const float *a = c.input[0];
        const float *b = c.input[1];
        for (size_t row = 0; row < s->m; row++) {
            for (size_t column = 0; column < s->n; column++) {
                float sum = 0;
                for (size_t p = 0; p < s->k; p++) {
                    sum += a[row * s->k + p] * b[p * s->n + column];
                }
                ((float *)c.output)[row * s->n + column] = sum;
            }
        }
        gv_check_result result = check_case_check(&c);
        print_message("%-28s %.3f of the bound\n", texts[i], result.error_rel / result.bound_rel);
        assert_true(result.right);
        check_case_close(&c);
    }
}

static void factors_rounded_to_half_precision_are_caught(void **state)
{
    (void)state;
    check_case c;
    check_case_open(&c, "matmul:m=64,n=64,k=64", 1);
    check_case_compute(&c);
    float *a = c.input[0];
    for (size_t i = 0; i < c.operands.input[0].elements; i++) {
        a[i] = roundf(a[i] * 1024) / 1024; /* the product was made of the others */
    }
    assert_false(check_case_check(&c).right);
    check_case_close(&c);
}

static void the_place_of_a_wrong_element_is_named(void **state)
{
    (void)state;
    check_case c;
    check_case_open(&c, "matmul:m=20,n=20,k=20,batch=2", 1);
    check_case_compute(&c);
    ((float *)c.output)[400 + 17 * 20 + 3] += 1;
    gv_check_result result = check_case_check(&c);
    assert_non_null(strstr(result.text, "row 17 of product 1 deviates by"));
    assert_string_equal(result.method, "Freivalds");
    check_case_close(&c);
}

static void half_precision_and_custom_have_no_check_and_missing_arrays_are_refused(void **state)
{
    (void)state;
    gv_error err = {0};
    gv_workload workload;
    gv_check_result result = {.text = "untouched"};
    float one = 1;
    const void *const inputs[GV_MAX_INPUTS] = {&one, NULL, NULL};
    assert_status(gv_workload_parse("matmul:m=1,n=1,k=1", &workload, &err), GV_OK, err);
    assert_status(gv__check(&workload, inputs, &one, NULL, NULL, 1, &result, &err), GV_ARGUMENT,
                  err);
    assert_status(gv_workload_parse("fft:shape=8,precision=f16", &workload, &err), GV_OK, err);
    assert_status(gv__check(&workload, inputs, &one, NULL, NULL, 1, &result, &err), GV_UNSUPPORTED,
                  err);
    assert_status(gv_workload_parse("custom:flop=1,bytes=1,in=1,out=1", &workload, &err), GV_OK,
                  err);
    assert_status(gv__check(&workload, inputs, &one, NULL, NULL, 1, &result, &err), GV_UNSUPPORTED,
                  err);
    assert_string_equal(result.text, "untouched");
}

static void f16_is_checked_as_what_its_halves_hold(void **state)
{
    (void)state;
    check_case c;
    gv_check_result result = {.right = false};
    gv_error err = {0};
    check_case_open(&c, "matmul:m=9,n=7,k=40,precision=f16", 5);
    check_case_compute(&c);
    const void *inputs[] = {c.input[0], c.input[1]};
    assert_status(gv__check(&c.workload, inputs, c.output, NULL, NULL, 1, &result, &err), GV_OK,
                  err);
    assert_true(result.right);
    check_case_set(&c, c.output, 20, check_case_get(&c, c.output, 20) + 3 * check_case_rms(&c));
    assert_status(gv__check(&c.workload, inputs, c.output, NULL, NULL, 1, &result, &err), GV_OK,
                  err);
    assert_false(result.right);
    check_case_close(&c);
}

/* Products below 2^-14, where halves are 2^-24 apart. */
static void the_smallest_halves_are_as_far_off_as_they_lie_apart(void **state)
{
    (void)state;
    check_case c;
    gv_check_result result = {.right = false};
    gv_error err = {0};
    check_case_open(&c, "matmul:m=3,n=4,k=1,precision=f16", 5);
    for (size_t i = 0; i < 3; i++) {
        check_case_set(&c, c.input[0], i, 0x1.8p-20);
    }
    check_case_compute(&c);
    const void *inputs[] = {c.input[0], c.input[1]};
    assert_status(gv__check(&c.workload, inputs, c.output, NULL, NULL, 1, &result, &err), GV_OK,
                  err);
    assert_true(result.right);
    check_case_set(&c, c.output, 5, check_case_get(&c, c.output, 5) + 100 * 0x1p-24);
    assert_status(gv__check(&c.workload, inputs, c.output, NULL, NULL, 1, &result, &err), GV_OK,
                  err);
    assert_false(result.right);
    check_case_close(&c);
}

/* Halves are what is stored. A sum kept in one loses its low digits term by term. */
static void who_sums_in_halves_is_caught(void **state)
{
    (void)state;
    check_case c;
    gv_check_result result = {.right = true};
    gv_error err = {0};
    check_case_open(&c, "matmul:m=5,n=6,k=4096,precision=f16", 5);
    for (size_t i = 0; i < 5; i++) {
        for (size_t j = 0; j < 6; j++) {
            double sum = 0;
            for (size_t p = 0; p < 4096; p++) {
                sum += check_case_get(&c, c.input[0], i * 4096 + p) *
                       check_case_get(&c, c.input[1], p * 6 + j);
                sum = gv__from_f16(gv__to_f16(sum));
            }
            check_case_set(&c, c.output, i * 6 + j, sum);
        }
    }
    const void *inputs[] = {c.input[0], c.input[1]};
    assert_status(gv__check(&c.workload, inputs, c.output, NULL, NULL, 1, &result, &err), GV_OK,
                  err);
    assert_false(result.right);
    check_case_close(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(f16_is_checked_as_what_its_halves_hold),
        cmocka_unit_test(who_sums_in_halves_is_caught),
        cmocka_unit_test(the_smallest_halves_are_as_far_off_as_they_lie_apart),
        cmocka_unit_test(right_products_pass),
        cmocka_unit_test(every_spoiled_product_is_caught),
        cmocka_unit_test(a_sum_from_left_to_right_in_f32_passes),
        cmocka_unit_test(factors_rounded_to_half_precision_are_caught),
        cmocka_unit_test(the_place_of_a_wrong_element_is_named),
        cmocka_unit_test(half_precision_and_custom_have_no_check_and_missing_arrays_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
