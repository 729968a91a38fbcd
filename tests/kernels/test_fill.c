/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/gv_test.h"
#include "tests/kernels/check_case.h"

static void the_same_seed_and_place_give_the_same_values_in_every_precision(void **state)
{
    (void)state;
    enum { N = 5000 };
    const gv_operand operand = {.elements = N, .bytes = N * sizeof(double)};
    static float single[N];
    static double wide[N];
    static double other[N];
    gv__operand_fill(single, &operand, GV_PRECISION_F32, 9, 1);
    gv__operand_fill(wide, &operand, GV_PRECISION_F64, 9, 1);
    double sum = 0;
    double squares = 0;
    for (size_t i = 0; i < N; i++) {
        assert_true((double)single[i] == wide[i]);
        assert_true(wide[i] >= -1 && wide[i] < 1);
        sum += wide[i];
        squares += wide[i] * wide[i];
    }
    assert_true(fabs(sum / N) < 0.05);
    assert_true(fabs(squares / N - 1.0 / 3) < 0.02);
    gv__operand_fill(other, &operand, GV_PRECISION_F64, 9, 1);
    assert_memory_equal(wide, other, sizeof wide);
    gv__operand_fill(other, &operand, GV_PRECISION_F64, 9, 2);
    assert_memory_not_equal(wide, other, sizeof wide);
    gv__operand_fill(other, &operand, GV_PRECISION_F64, 8, 1);
    assert_memory_not_equal(wide, other, sizeof wide);
}

/* The value of a binary16. */
static double half_value(uint16_t half)
{
    int exponent = (half >> 10) & 0x1F;
    double mantissa = half & 0x3FF;
    double magnitude = exponent == 0 ? ldexp(mantissa, -24) : ldexp(1024 + mantissa, exponent - 25);
    return (half & 0x8000) != 0 ? -magnitude : magnitude;
}

static void half_precision_is_the_nearest_number(void **state)
{
    (void)state;
    enum { N = 20000 };
    const gv_operand operand = {.elements = N};
    static uint16_t half[N];
    static double wide[N];
    gv__operand_fill(half, &operand, GV_PRECISION_F16, 3, 0);
    gv__operand_fill(wide, &operand, GV_PRECISION_F64, 3, 0);
    for (size_t i = 0; i < N; i++) {
        double unit = fabs(wide[i]) < 0x1p-14 ? 0x1p-24 : ldexp(1, ilogb(wide[i]) - 10);
        assert_true(fabs(half_value(half[i]) - wide[i]) <= unit / 2);
    }
}

static void a_single_number_is_never_zero(void **state)
{
    (void)state;
    const gv_operand operand = {.elements = 1};
    for (uint64_t seed = 0; seed < 2000; seed++) {
        float value = 0;
        gv__operand_fill(&value, &operand, GV_PRECISION_F32, seed, 0);
        assert_true(value != 0);
    }
}

static void a_poisoned_output_is_nan_everywhere(void **state)
{
    (void)state;
    float single[7];
    double wide[7];
    gv__operand_poison(single, &(gv_operand){.bytes = sizeof single});
    gv__operand_poison(wide, &(gv_operand){.bytes = sizeof wide});
    for (size_t i = 0; i < 7; i++) {
        assert_true(isnan(single[i]) && isnan(wide[i]));
    }
}

/* X[-k] = conj X[k] on the two planes where both are stored. */
static void the_input_of_c2r_is_the_spectrum_of_real_numbers(void **state)
{
    (void)state;
    static const char *const texts[] = {"fft:shape=8,kind=c2r,batch=2",
                                        "fft:shape=9,kind=c2r",
                                        "fft:shape=6x8,kind=c2r,precision=f64",
                                        "fft:shape=5x7,kind=c2r,batch=2",
                                        "fft:shape=4x6x8,kind=c2r",
                                        "fft:shape=3x4x5,kind=c2r",
                                        "fft:shape=1,kind=c2r"};
    for (size_t t = 0; t < sizeof texts / sizeof texts[0]; t++) {
        check_case c;
        check_case_open(&c, texts[t], 21);
        const gv_fft *fft = &c.workload.as.fft;
        size_t n0 = fft->dims > 1 ? fft->shape[0] : 1;
        size_t n1 = fft->dims > 2 ? fft->shape[1] : 1;
        size_t last = fft->shape[fft->dims - 1];
        size_t half = last / 2 + 1;
        double squares = 0;
        for (size_t i = 0; i < fft->batch * n0 * n1 * half; i++) {
            size_t k = i % half;
            size_t b = i / half % n1;
            size_t a = i / half / n1 % n0;
            size_t transform = i / half / n1 / n0;
            double re = check_case_get(&c, c.input[0], 2 * i);
            double im = check_case_get(&c, c.input[0], 2 * i + 1);
            squares += re * re + im * im;
            if ((last - k) % last != k) {
                continue;
            }
            size_t j = ((transform * n0 + (n0 - a) % n0) * n1 + (n1 - b) % n1) * half + k;
            assert_true(check_case_get(&c, c.input[0], 2 * j) == re);
            assert_true(check_case_get(&c, c.input[0], 2 * j + 1) == -im);
        }
        assert_true(squares > 0);
        check_case_close(&c);
    }
}

static void an_input_that_does_not_exist_is_refused(void **state)
{
    (void)state;
    gv_workload workload;
    gv_error err = {0};
    double room[4];
    assert_status(gv_workload_parse("fft:shape=2", &workload, &err), GV_OK, err);
    assert_status(gv__input_fill(room, &workload, 1, 1, &err), GV_ARGUMENT, err);
}

static void any_half_comes_back_from_a_double(void **state)
{
    (void)state;
    for (uint32_t bits = 0; bits < 0x10000; bits++) {
        const double x = gv__from_f16((uint16_t)bits);
        if (isnan(x)) {
            assert_true(isnan(gv__from_f16(gv__to_f16(x))));
        } else {
            assert_int_equal(gv__to_f16(x), bits);
        }
    }
    assert_int_equal(gv__to_f16(65519), 0x7BFF);
    assert_int_equal(gv__to_f16(65520), 0x7C00);
    assert_int_equal(gv__to_f16(1 + 0x1p-11), 0x3C00);     /* half way: to the even one */
    assert_int_equal(gv__to_f16(1 + 3 * 0x1p-11), 0x3C02); /* and here upwards */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_half_comes_back_from_a_double),
        cmocka_unit_test(the_same_seed_and_place_give_the_same_values_in_every_precision),
        cmocka_unit_test(half_precision_is_the_nearest_number),
        cmocka_unit_test(a_single_number_is_never_zero),
        cmocka_unit_test(a_poisoned_output_is_nan_everywhere),
        cmocka_unit_test(the_input_of_c2r_is_the_spectrum_of_real_numbers),
        cmocka_unit_test(an_input_that_does_not_exist_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
