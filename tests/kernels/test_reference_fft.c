/* SPDX-License-Identifier: Apache-2.0 */
#include "base/support.h"
#include "kernels/reference_fft.h"
#include "tests/gv_test.h"

typedef struct exact {
    long double re, im;
} exact;

/* exp(-2 pi i k / n) for k < n. */
static exact *make_roots(uint64_t n)
{
    exact *roots = malloc(n * sizeof *roots);
    assert_non_null(roots);
    for (uint64_t k = 0; k < n; k++) {
        long double angle = -2 * acosl(-1.0L) * (long double)k / (long double)n;
        roots[k] = (exact){cosl(angle), sinl(angle)};
    }
    return roots;
}

static gv__complex *random_numbers(size_t n)
{
    gv__complex *x = malloc(n * sizeof *x);
    assert_non_null(x);
    gv__random random;
    gv__random_seed(&random, n);
    for (size_t i = 0; i < n; i++) {
        x[i] = (gv__complex){gv__random_unit(&random), gv__random_unit(&random)};
    }
    return x;
}

/* The error of up to `bins` bins against the definition in long double, over the rms of a bin. */
static double error_of(uint64_t n, size_t bins, bool inverse)
{
    const gv_fft fft = {.shape = {n}, .dims = 1, .batch = 1};
    gv_error err = {0};
    gv__reference_fft *plan = NULL;
    gv__complex *x = random_numbers(n);
    gv__complex *y = malloc(n * sizeof *y);
    assert_non_null(y);
    memcpy(y, x, n * sizeof *x);
    assert_status(gv__reference_fft_create(&fft, &plan, &err), GV_OK, err);
    gv__reference_fft_run(plan, y, inverse);
    double worst = 0;
    exact *roots = make_roots(n);
    for (size_t i = 0; i < bins && i < n; i++) {
        uint64_t k = bins >= n ? i : i * (n - 1) / (bins - 1);
        long double re = 0;
        long double im = 0;
        for (uint64_t j = 0; j < n; j++) {
            uint64_t turn = j * k % n;
            exact w = roots[inverse ? (n - turn) % n : turn];
            re += w.re * (long double)x[j].re - w.im * (long double)x[j].im;
            im += w.re * (long double)x[j].im + w.im * (long double)x[j].re;
        }
        worst = fmax(
            worst, hypot((double)(re - (long double)y[k].re), (double)(im - (long double)y[k].im)));
    }
    gv__reference_fft_free(plan);
    free(roots);
    free(x);
    free(y);
    return worst / sqrt(2.0 / 3.0 * (double)n);
}

static void every_length_up_to_200_is_right_to_the_last_places(void **state)
{
    (void)state;
    for (uint64_t n = 1; n <= 200; n++) {
        for (int inverse = 0; inverse < 2; inverse++) {
            double error = error_of(n, n, inverse != 0);
            if (!(error < 3e-15)) {
                print_error("n = %d: %.1e\n", (int)n, error);
                fail();
            }
        }
    }
}

static void large_lengths_are_right_to_the_last_places(void **state)
{
    (void)state;
    static const uint64_t lengths[] = {4096,    3 * 5 * 7 * 11 * 13, 4199, 10007, 59049, 65537,
                                       1U << 18};
    for (size_t i = 0; i < GV__COUNT(lengths); i++) {
        double error = error_of(lengths[i], 5, false);
        print_message("n = %-7d error %.1e of a bin's rms\n", (int)lengths[i], error);
        assert_true(error < 3e-15);
    }
}

/* Two and three axes are one axis after the other: shapes whose axes share no symmetry. */
static void axes_are_transformed_one_after_the_other(void **state)
{
    (void)state;
    static const uint64_t shapes[][3] = {{6, 10, 0}, {17, 9, 0}, {3, 19, 8}, {5, 2, 17}, {1, 6, 1}};
    for (size_t i = 0; i < GV__COUNT(shapes); i++) {
        gv_fft fft = {.shape = {shapes[i][0], shapes[i][1], shapes[i][2]}, .batch = 1};
        fft.dims = shapes[i][2] == 0 ? 2 : 3;
        uint64_t n2 = fft.dims == 3 ? fft.shape[2] : 1;
        size_t points = fft.shape[0] * fft.shape[1] * n2;
        gv__complex *x = random_numbers(points);
        gv__complex *y = random_numbers(points);
        gv__reference_fft *plan = NULL;
        gv_error err = {0};
        assert_status(gv__reference_fft_create(&fft, &plan, &err), GV_OK, err);
        gv__reference_fft_run(plan, y, false);
        for (size_t k = 0; k < points; k++) {
            long double re = 0;
            long double im = 0;
            for (size_t j = 0; j < points; j++) {
                uint64_t turns[3] = {(k / n2 / fft.shape[1]) * (j / n2 / fft.shape[1]),
                                     (k / n2 % fft.shape[1]) * (j / n2 % fft.shape[1]),
                                     (k % n2) * (j % n2)};
                long double part =
                    (long double)(turns[0] % fft.shape[0]) / (long double)fft.shape[0] +
                    (long double)(turns[1] % fft.shape[1]) / (long double)fft.shape[1] +
                    (long double)(turns[2] % n2) / (long double)n2;
                long double angle = -2 * acosl(-1.0L) * part;
                re += cosl(angle) * (long double)x[j].re - sinl(angle) * (long double)x[j].im;
                im += cosl(angle) * (long double)x[j].im + sinl(angle) * (long double)x[j].re;
            }
            assert_true(fabs((double)re - y[k].re) < 1e-13);
            assert_true(fabs((double)im - y[k].im) < 1e-13);
        }
        gv__reference_fft_run(plan, y, true);
        for (size_t k = 0; k < points; k++) {
            assert_true(fabs(y[k].re / (double)points - x[k].re) < 1e-14);
        }
        gv__reference_fft_free(plan);
        free(x);
        free(y);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_length_up_to_200_is_right_to_the_last_places),
        cmocka_unit_test(large_lengths_are_right_to_the_last_places),
        cmocka_unit_test(axes_are_transformed_one_after_the_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
