/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/gv_test.h"
#include "tests/kernels/check_case.h"

static const char *const sizes[] = {
    "fft:shape=2",
    "fft:shape=8,batch=3",
    "fft:shape=7,batch=2,dir=inverse",
    "fft:shape=360",
    "fft:shape=17",
    "fft:shape=1009,dir=inverse",
    "fft:shape=16,kind=r2c",
    "fft:shape=15,batch=2,kind=r2c",
    "fft:shape=16,batch=2,kind=c2r",
    "fft:shape=15,kind=c2r",
    "fft:shape=12x10",
    "fft:shape=9x8,batch=2,kind=r2c",
    "fft:shape=6x8,batch=2,kind=c2r",
    "fft:shape=4x6x5,dir=inverse",
    "fft:shape=4x3x6,batch=2,kind=r2c",
    "fft:shape=4x6x8,kind=c2r",
    "fft:shape=5x7x9,kind=c2r",
    "fft:shape=131072",
    "fft:shape=128x256x4,kind=r2c",
};

static void for_each_size(void (*run)(check_case *c))
{
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        for (int wide = 0; wide < 2; wide++) {
            char text[GV_WORKLOAD_TEXT];
            snprintf(text, sizeof text, "%s%s", sizes[i], wide ? ",precision=f64" : "");
            check_case c;
            check_case_open(&c, text, 13);
            check_case_compute(&c);
            run(&c);
            check_case_close(&c);
        }
    }
}

static void expect_right(check_case *c)
{
    gv_check_result result = check_case_check(c);
    if (!(result.error_rel < 0.2 * result.bound_rel)) {
        char text[GV_WORKLOAD_TEXT];
        print_error("%s: %.1e of %.1e\n", gv_workload_format(&c->workload, text), result.error_rel,
                    result.bound_rel);
        fail();
    }
    assert_true(result.right);
}

static void right_transforms_pass(void **state)
{
    (void)state;
    for_each_size(expect_right);
}

static bool is_complex(const check_case *c)
{
    return c->workload.as.fft.kind != GV_FFT_C2R;
}

static bool spoil_conjugate(check_case *c)
{
    for (size_t i = 1; is_complex(c) && i < c->operands.output.elements; i += 2) {
        check_case_set(c, c->output, i, -check_case_get(c, c->output, i));
    }
    return is_complex(c);
}

static bool scale_by(check_case *c, double factor)
{
    for (size_t i = 0; i < c->operands.output.elements; i++) {
        check_case_set(c, c->output, i, factor * check_case_get(c, c->output, i));
    }
    return true;
}

static bool spoil_scale_up(check_case *c)
{
    return scale_by(c, (double)gv_fft_points(&c->workload.as.fft));
}

static bool spoil_scale_down(check_case *c)
{
    return scale_by(c, 1 / (double)gv_fft_points(&c->workload.as.fft));
}

/* As if the axes had been taken in the other order. */
static bool spoil_transposed(check_case *c)
{
    const gv_fft *fft = &c->workload.as.fft;
    if (fft->dims != 2 || fft->kind != GV_FFT_C2C || fft->batch != 1) {
        return false;
    }
    size_t rows = fft->shape[0];
    size_t columns = fft->shape[1];
    double *copy = malloc(2 * rows * columns * sizeof *copy);
    assert_non_null(copy);
    for (size_t i = 0; i < 2 * rows * columns; i++) {
        copy[i] = check_case_get(c, c->output, i);
    }
    for (size_t i = 0; i < rows * columns; i++) {
        size_t from = i % rows * columns + i / rows;
        check_case_set(c, c->output, 2 * i, copy[2 * from]);
        check_case_set(c, c->output, 2 * i + 1, copy[2 * from + 1]);
    }
    free(copy);
    return true;
}

/* Bins in another order: bit reversal forgotten, or the zero frequency in the middle. */
static bool spoil_shifted(check_case *c)
{
    size_t half = c->columns / 4 * 2;
    if (c->columns < 8) {
        return false;
    }
    for (size_t j = 0; j < half; j++) {
        double a = check_case_get(c, c->output, j);
        check_case_set(c, c->output, j, check_case_get(c, c->output, half + j));
        check_case_set(c, c->output, half + j, a);
    }
    return true;
}

static void expect_all_caught(check_case *c)
{
    static const check_spoil own[] = {
        {"conjugated", spoil_conjugate},     {"scaled by N", spoil_scale_up},
        {"scaled by 1/N", spoil_scale_down}, {"transposed", spoil_transposed},
        {"halves exchanged", spoil_shifted},
    };
    size_t count;
    const check_spoil *spoils = check_spoils(&count);
    assert_int_equal(check_case_count_missed(c, spoils, count), 0);
    assert_int_equal(check_case_count_missed(c, own, sizeof own / sizeof own[0]), 0);
}

static void every_spoiled_transform_is_caught(void **state)
{
    (void)state;
    for_each_size(expect_all_caught);
}

static void expect_a_wrong_way_back_caught(check_case *c)
{
    size_t last = c->operands.input[0].elements - 1;
    double kept = check_case_get(c, c->inverse, last);
    check_case_set(c, c->inverse, last, kept + 0.02);
    gv_check_result result = check_case_check(c);
    assert_false(result.right);
    assert_non_null(strstr(result.text, "round trip"));
    check_case_set(c, c->inverse, last, (double)NAN);
    assert_false(check_case_check(c).right);
    check_case_set(c, c->inverse, last, kept);
    void *inverse = c->inverse; /* and it need not be given */
    c->inverse = NULL;
    assert_true(check_case_check(c).right);
    c->inverse = inverse;
}

static void a_wrong_way_back_is_caught(void **state)
{
    (void)state;
    for_each_size(expect_a_wrong_way_back_caught);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(right_transforms_pass),
        cmocka_unit_test(every_spoiled_transform_is_caught),
        cmocka_unit_test(a_wrong_way_back_is_caught),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
