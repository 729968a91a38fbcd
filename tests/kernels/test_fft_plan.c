/* SPDX-License-Identifier: Apache-2.0 */
/* How transforms are cut into passes: lengths multiply up, strides and spaces fit together, and the
 * roots are those of unity. */
#include "kernels/fft_plan.h"
#include "kernels/fft_roots.h"
#include "tests/gv_test.h"

#include <math.h>

static const gv__fft_sizes cpu = {.width = 16,
                                  .radix = 16,
                                  .column_radix = 8,
                                  .row = 4096,
                                  .column = 1024,
                                  .lanes = 32,
                                  .span = 32768,
                                  .blocks = 8};
static const gv__fft_sizes gpu = {.width = 1,
                                  .radix = 16,
                                  .column_radix = 16,
                                  .row = 4096,
                                  .column = 1024,
                                  .lanes = 8,
                                  .span = 4096,
                                  .blocks = 1,
                                  .points = 16,
                                  .group = 256};

static gv__fft_plan plan_of(const char *text, const gv__fft_sizes *sizes)
{
    gv_workload workload;
    gv__fft_plan plan = {0};
    gv_error err = {0};
    assert_status(gv_workload_parse(text, &workload, &err), GV_OK, err);
    assert_status(gv__fft_plan_make(&workload.as.fft, sizes, &plan, &err), GV_OK, err);
    return plan;
}

static void radices_multiply_to_the_length_and_fill_vectors(void **state)
{
    (void)state;
    for (uint64_t n = 2; n <= 4096; n++) {
        const gv_fft fft = {.shape = {n}, .dims = 1, .batch = 3};
        gv__fft_plan plan;
        if (gv__fft_plan_make(&fft, &cpu, &plan, NULL) != GV_OK) {
            continue;
        }
        for (uint32_t i = 0; i < plan.passes; i++) {
            const gv__fft_pass *pass = &plan.pass[i];
            uint32_t length = 1;
            for (uint32_t k = 0; k < pass->radices; k++) {
                length *= pass->radix[k];
            }
            assert_int_equal(length, pass->length);
            /* Vectors along the axis find `width` neighbours in every radix. */
            if (pass->mode == GV__FFT_ROWS) {
                assert_true(pass->width <= pass->radix[0]);
                assert_true(pass->width <= pass->length / pass->radix[0]);
            } else {
                assert_int_equal(pass->lanes % pass->width, 0);
            }
            assert_int_equal(pass->length % pass->fine, 0);
        }
    }
}

static void powers_of_two_are_cut_evenly(void **state)
{
    (void)state;
    gv__fft_plan plan = plan_of("fft:shape=1024", &cpu);
    assert_int_equal(plan.passes, 1);
    assert_int_equal(plan.pass[0].mode, GV__FFT_ROWS);
    assert_int_equal(plan.pass[0].radices, 3);
    assert_int_equal(plan.pass[0].radix[0], 16);
    assert_int_equal(plan.pass[0].width, 16);

    plan = plan_of("fft:shape=1048576", &cpu);
    assert_int_equal(plan.passes, 2);
    assert_int_equal(plan.pass[0].mode, GV__FFT_SPLIT);
    assert_int_equal(plan.pass[0].length, 1024);
    assert_int_equal(plan.pass[0].parts, 1024);
    assert_int_equal(plan.pass[1].mode, GV__FFT_COLUMNS);
    assert_int_equal(plan.pass[1].stride, 1024);
    assert_int_equal(plan.pass[1].blocks, 32);
    assert_int_equal(plan.work[GV__FFT_WORK], 0); /* the second pass works in the output */
}

static void blocks_fit_and_are_many_enough(void **state)
{
    (void)state;
    /* Half as many lanes, so that there are 8 blocks. */
    gv__fft_plan plan = plan_of("fft:shape=16384", &cpu);
    assert_int_equal(plan.pass[0].lanes, 16);
    assert_int_equal(plan.pass[0].blocks, 8);
    /* Half as many lanes, so that 1024 points of each fit. */
    plan = plan_of("fft:shape=1048576", &gpu);
    assert_int_equal(plan.passes, 2);
    assert_int_equal(plan.pass[1].lanes, 4);
    assert_int_equal(plan.pass[1].group, 256);
    assert_int_equal(plan.pass[1].held, 16);
    /* Four short transforms in a group of 64 work-items. */
    plan = plan_of("fft:shape=256,batch=9", &gpu);
    assert_int_equal(plan.pass[0].lanes, 4);
    assert_int_equal(plan.pass[0].group, 64);
    assert_int_equal(plan.pass[0].blocks, 3);
}

/* Every pass reads what the one before it wrote, the last writes the output, nobody writes the
 * input, and who reorders does not write where it reads. */
static void passes_hand_over_from_input_to_output(void **state)
{
    (void)state;
    static const char *const texts[] = {"fft:shape=1024x1024",
                                        "fft:shape=16777216",
                                        "fft:shape=8x65536",
                                        "fft:shape=65536x8",
                                        "fft:shape=65536x8,kind=r2c",
                                        "fft:shape=65536x8,kind=c2r",
                                        "fft:shape=1048576,kind=r2c",
                                        "fft:shape=1048576,kind=c2r",
                                        "fft:shape=6x10x14,kind=c2r",
                                        "fft:shape=16777216,kind=c2r,batch=2",
                                        "fft:shape=8x16777216,kind=r2c"};
    for (size_t i = 0; i < GV__COUNT(texts); i++) {
        for (int on_gpu = 0; on_gpu < 2; on_gpu++) {
            const gv__fft_plan plan = plan_of(texts[i], on_gpu ? &gpu : &cpu);
            assert_int_equal(plan.pass[0].from, GV__FFT_IN);
            assert_int_equal(plan.pass[plan.passes - 1].to, GV__FFT_OUT);
            for (uint32_t k = 0; k < plan.passes; k++) {
                const gv__fft_pass *pass = &plan.pass[k];
                assert_true(pass->to != GV__FFT_IN);
                assert_true(k == 0 || pass->from == plan.pass[k - 1].to);
                assert_true(pass->parts == 1 || pass->from != pass->to);
                assert_true(pass->input == pass->output || pass->from != pass->to);
                if (pass->to >= GV__FFT_WORK) {
                    assert_true(plan.work[pass->to] >= pass->outer * pass->out_distance);
                }
            }
        }
    }
}

static void other_primes_and_lengths_of_one_are_refused_by_number(void **state)
{
    (void)state;
    static const struct {
        const char *text, *number;
    } cases[] = {{"fft:shape=8x11", "11"}, {"fft:shape=1x16", "1"}, {"fft:shape=65537", "65537"}};
    for (size_t i = 0; i < GV__COUNT(cases); i++) {
        gv_workload workload;
        gv__fft_plan plan;
        gv_error err = {0};
        assert_status(gv_workload_parse(cases[i].text, &workload, &err), GV_OK, err);
        assert_status(gv__fft_plan_make(&workload.as.fft, &cpu, &plan, &err), GV_UNSUPPORTED, err);
        assert_non_null(strstr(err.text, cases[i].number));
    }
}

static void expect_root(const double *root, uint64_t k, uint64_t n)
{
    const double angle = -2.0 * acos(-1.0) * (double)(k % n) / (double)n;
    assert_true(fabs(root[0] - cos(angle)) < 1e-15 && fabs(root[1] - sin(angle)) < 1e-15);
}

/* SPLIT: the radices' roots p by p, then the fine and the coarse steps, whose products turn number
 * k of part p. */
static void tables_hold_roots_of_unity(void **state)
{
    (void)state;
    const gv__fft_plan plan = plan_of("fft:shape=16384", &cpu);
    const gv__fft_pass *pass = &plan.pass[0];
    const uint64_t n = pass->length * pass->parts;
    double *roots = malloc(gv__fft_roots_count(pass) * sizeof *roots);
    assert_non_null(roots);
    gv__fft_roots_fill(pass, roots);
    const uint32_t radix = pass->radix[0];
    for (uint32_t p = 0; p < pass->length / radix; p++) {
        for (uint32_t k = 1; k < radix; k++) {
            expect_root(roots + 2 * (p * (radix - 1) + k - 1), p * k, pass->length);
        }
    }
    const double *fine = roots + 2 * pass->length;
    const double *coarse = fine + 2 * pass->parts * pass->fine;
    for (uint64_t p = 0; p < pass->parts; p++) {
        for (uint64_t i = 0; i < pass->fine; i++) {
            expect_root(fine + 2 * (p * pass->fine + i), p * i, n);
        }
        for (uint64_t i = 0; i < pass->length / pass->fine; i++) {
            expect_root(coarse + 2 * (p * (pass->length / pass->fine) + i), p * i * pass->fine, n);
        }
    }
    free(roots);
}

static void even_numbers_of_reals_are_transformed_as_half_as_many_complex_ones(void **state)
{
    (void)state;
    gv__fft_plan plan = plan_of("fft:shape=2048,kind=r2c", &cpu);
    assert_int_equal(plan.passes, 1);
    assert_int_equal(plan.pass[0].length, 1024);
    assert_int_equal(plan.pass[0].input, GV__FFT_COMPLEX);
    assert_int_equal(plan.pass[0].output, GV__FFT_FOLDED);
    assert_int_equal(plan.pass[0].in_distance, 2048);
    assert_int_equal(plan.pass[0].out_distance, 2050);
    plan = plan_of("fft:shape=1048576,kind=r2c", &cpu);
    assert_int_equal(plan.passes, 3);
    assert_int_equal(plan.pass[0].length * plan.pass[1].length, 524288);
    assert_int_equal(plan.pass[2].mode, GV__FFT_FOLD);
    assert_int_equal(plan.pass[2].parts, 524288);
    plan = plan_of("fft:shape=1048576,kind=c2r", &cpu);
    assert_int_equal(plan.passes, 2);
    assert_int_equal(plan.pass[0].input, GV__FFT_FOLDED);
    assert_int_equal(plan.pass[1].output, GV__FFT_COMPLEX);
    assert_int_equal(plan.work[GV__FFT_WORK], 0); /* the output holds half as many complex ones */
    plan = plan_of("fft:shape=15,kind=r2c", &cpu);
    assert_int_equal(plan.pass[0].length, 15);
    assert_int_equal(plan.pass[0].input, GV__FFT_REAL);
    assert_int_equal(plan.pass[0].output, GV__FFT_HALF);
}

/* Fine steps and 16 more, then coarse ones, as far as the fold goes. */
static void tables_hold_the_roots_of_a_fold(void **state)
{
    (void)state;
    static const char *const texts[] = {"fft:shape=1400,kind=r2c", "fft:shape=1400,kind=c2r",
                                        "fft:shape=262144,kind=r2c", "fft:shape=262144,kind=c2r"};
    for (size_t i = 0; i < GV__COUNT(texts); i++) {
        const gv__fft_plan plan = plan_of(texts[i], &cpu);
        const gv__fft_pass *pass = &plan.pass[i % 2 == 0 ? plan.passes - 1 : 0];
        const uint64_t points = i < 2 ? 700 : 131072;
        const uint64_t fine = pass->fold_fine;
        const uint64_t coarse = points / fine + 1;
        const uint64_t count = gv__fft_roots_count(pass);
        double *roots = malloc(count * sizeof *roots);
        assert_non_null(roots);
        gv__fft_roots_fill(pass, roots);
        const double *at = roots + count - 2 * (coarse + fine + 16);
        for (uint64_t k = 0; k < fine + 16; k++) {
            expect_root(at + 2 * k, k, 2 * points);
        }
        at += 2 * (fine + 16);
        for (uint64_t k = 0; k < coarse; k++) {
            expect_root(at + 2 * k, k * fine, 2 * points);
        }
        free(roots);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(radices_multiply_to_the_length_and_fill_vectors),
        cmocka_unit_test(powers_of_two_are_cut_evenly),
        cmocka_unit_test(blocks_fit_and_are_many_enough),
        cmocka_unit_test(passes_hand_over_from_input_to_output),
        cmocka_unit_test(other_primes_and_lengths_of_one_are_refused_by_number),
        cmocka_unit_test(tables_hold_roots_of_unity),
        cmocka_unit_test(even_numbers_of_reals_are_transformed_as_half_as_many_complex_ones),
        cmocka_unit_test(tables_hold_the_roots_of_a_fold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
