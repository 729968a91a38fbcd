/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/gv_test.h"
#include "tests/kernels/check_case.h"

static const char *const sizes[] = {
    "conv2d:n=1,c=1,h=1,w=1,k=1,r=1,s=1",
    "conv2d:n=2,c=3,h=9,w=7,k=5,r=3,s=3,pad=1x1",
    "conv2d:n=1,c=4,h=11,w=13,k=6,r=3,s=2,pad=2x1,stride=2x3,dilation=2x1,groups=2",
    "conv2d:n=1,c=8,h=10,w=10,k=8,r=3,s=3,pad=1x1,groups=8",
    "conv2d:n=2,c=16,h=8,w=8,k=32,r=1,s=1",
    "conv2d:n=1,c=2,h=3,w=3,k=3,r=3,s=3,pad=4x4",
    "conv2d:n=1,c=32,h=28,w=28,k=32,r=3,s=3,pad=1x1",
    "conv2d:n=1,c=256,h=7,w=7,k=256,r=3,s=3,pad=1x1",
};

static void for_each_size(void (*run)(check_case *c))
{
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        static const char *const precisions[] = {"", ",precision=f64", ",precision=f16"};
        /* Halves are rounded by so much that 3 % of one number in 256 channels is no error. */
        const size_t count = i + 1 < sizeof sizes / sizeof sizes[0] ? 3 : 2;
        for (size_t p = 0; p < count; p++) {
            char text[GV_WORKLOAD_TEXT];
            snprintf(text, sizeof text, "%s%s", sizes[i], precisions[p]);
            check_case c;
            check_case_open(&c, text, 11);
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
    assert_true(result.error_rel < 0.5 * result.bound_rel);
}

static void right_convolutions_pass(void **state)
{
    (void)state;
    for_each_size(expect_right);
}

/* One corner of one channel, where padding is: a tiny part of what the random filter sums. */
static bool spoil_corner(check_case *c)
{
    size_t plane = c->operands.output.elements / c->workload.as.conv2d.n / c->workload.as.conv2d.k;
    if (plane < 4) {
        return false;
    }
    double value = check_case_get(c, c->output, plane - 1);
    check_case_set(c, c->output, plane - 1, value * 1.1 + 0.05);
    return true;
}

static bool spoil_channels_swapped(check_case *c)
{
    const gv_conv2d *conv = &c->workload.as.conv2d;
    size_t plane = c->operands.output.elements / conv->n / conv->k;
    if (conv->k < 2) {
        return false;
    }
    for (size_t i = 0; i < plane; i++) {
        double a = check_case_get(c, c->output, i);
        double b = check_case_get(c, c->output, plane + i);
        check_case_set(c, c->output, i, b);
        check_case_set(c, c->output, plane + i, a);
    }
    return true;
}

static void expect_all_caught(check_case *c)
{
    static const check_spoil own[] = {
        {"a wrong corner", spoil_corner},
        {"two channels swapped", spoil_channels_swapped},
    };
    size_t count;
    const check_spoil *spoils = check_spoils(&count);
    assert_int_equal(check_case_count_missed(c, spoils, count), 0);
    assert_int_equal(check_case_count_missed(c, own, sizeof own / sizeof own[0]), 0);
}

static void every_spoiled_convolution_is_caught(void **state)
{
    (void)state;
    for_each_size(expect_all_caught);
}

/* A true convolution, with the filter turned by 180 degrees, is another operation. */
static void a_turned_filter_is_caught(void **state)
{
    (void)state;
    check_case c;
    check_case_open(&c, "conv2d:n=1,c=8,h=12,w=12,k=8,r=3,s=3,pad=1x1", 1);
    float *filters = c.input[1];
    for (int pass = 0; pass < 2; pass++) { /* turn, compute, turn back */
        for (size_t f = 0; f < 64; f++) {
            for (size_t i = 0; i < 4; i++) {
                float kept = filters[9 * f + i];
                filters[9 * f + i] = filters[9 * f + 8 - i];
                filters[9 * f + 8 - i] = kept;
            }
        }
        if (pass == 0) {
            check_case_compute(&c);
        }
    }
    assert_false(check_case_check(&c).right);
    check_case_close(&c);
}

/* One dimension of Winograd's F(4, 3) with the points 0, ±1, ±2, infinity. */
static const float bt[6][6] = {{4, 0, -5, 0, 1, 0},  {0, -4, -4, 1, 1, 0}, {0, 4, -4, -1, 1, 0},
                               {0, -2, -1, 2, 1, 0}, {0, 2, -1, -2, 1, 0}, {0, 4, 0, -5, 0, 1}};
static const float g[6][3] = {{1.F / 4, 0, 0},
                              {-1.F / 6, -1.F / 6, -1.F / 6},
                              {-1.F / 6, 1.F / 6, -1.F / 6},
                              {1.F / 24, 1.F / 12, 1.F / 6},
                              {1.F / 24, -1.F / 12, 1.F / 6},
                              {0, 0, 1}};
static const float at[4][6] = {
    {1, 1, 1, 1, 1, 0}, {0, 1, -1, 2, -2, 0}, {0, 1, 1, 4, 4, 0}, {0, 1, -1, 8, -8, 1}};

/* out[rows x rows] = left[rows x inner] · in[inner x inner] · left^T, all in f32. */
static void sandwich(const float *left, size_t rows, size_t inner, const float *in, float *out)
{
    float middle[36];
    for (size_t i = 0; i < rows; i++) {
        for (size_t j = 0; j < inner; j++) {
            float sum = 0;
            for (size_t p = 0; p < inner; p++) {
                sum += left[i * inner + p] * in[p * inner + j];
            }
            middle[i * inner + j] = sum;
        }
    }
    for (size_t i = 0; i < rows; i++) {
        for (size_t j = 0; j < rows; j++) {
            float sum = 0;
            for (size_t p = 0; p < inner; p++) {
                sum += middle[i * inner + p] * left[j * inner + p];
            }
            out[i * rows + j] = sum;
        }
    }
}

/* F(4x4, 3x3) with padding 1, all sums from left to right in f32. */
static void winograd(check_case *c)
{
    const gv_conv2d *s = &c->workload.as.conv2d;
    const float *in = c->input[0];
    float *filters = malloc(s->k * s->c * 36 * sizeof *filters);
    float *tiles = malloc(s->c * 36 * sizeof *tiles);
    assert_non_null(filters);
    assert_non_null(tiles);
    for (size_t f = 0; f < s->k * s->c; f++) {
        sandwich(&g[0][0], 6, 3, (const float *)c->input[1] + 9 * f, filters + 36 * f);
    }
    for (size_t top = 0; top < s->h; top += 4) {
        for (size_t left = 0; left < s->w; left += 4) {
            for (size_t channel = 0; channel < s->c; channel++) {
                float tile[36];
                for (size_t i = 0; i < 36; i++) {
                    size_t y = top + i / 6 - 1;
                    size_t x = left + i % 6 - 1;
                    tile[i] = y < s->h && x < s->w ? in[(channel * s->h + y) * s->w + x] : 0;
                }
                sandwich(&bt[0][0], 6, 6, tile, tiles + 36 * channel);
            }
            for (size_t k = 0; k < s->k; k++) {
                float sums[36] = {0};
                float out[16];
                for (size_t channel = 0; channel < s->c; channel++) {
                    for (size_t i = 0; i < 36; i++) {
                        sums[i] += tiles[36 * channel + i] * filters[36 * (k * s->c + channel) + i];
                    }
                }
                sandwich(&at[0][0], 4, 6, sums, out);
                for (size_t i = 0; i < 16; i++) {
                    size_t y = top + i / 4;
                    size_t x = left + i % 4;
                    if (y < s->h && x < s->w) {
                        ((float *)c->output)[(k * s->h + y) * s->w + x] = out[i];
                    }
                }
            }
        }
    }
    free(filters);
    free(tiles);
}

static gv_check_result check_as(gv__algorithm algorithm, const check_case *c)
{
    const void *const inputs[] = {c->input[0], c->input[1]};
    gv_check_result result = {0};
    gv_error err = {0};
    assert_status(
        gv__check_as(algorithm, &c->workload, inputs, c->output, NULL, NULL, 42, &result, &err),
        GV_OK, err);
    return result;
}

static void winograd_is_wrong_for_who_claims_to_sum(void **state)
{
    (void)state;
    check_case c;
    check_case_open(&c, "conv2d:n=1,c=16,h=32,w=32,k=32,r=3,s=3,pad=1x1", 5);
    check_case_compute(&c);
    assert_true(check_as(GV__ALGORITHM_SUMS, &c).right);
    assert_true(check_as(GV__ALGORITHM_WINOGRAD_2, &c).right);
    winograd(&c);
    assert_false(check_as(GV__ALGORITHM_SUMS, &c).right);
    assert_false(check_as(GV__ALGORITHM_WINOGRAD_2, &c).right);
    assert_true(check_as(GV__ALGORITHM_WINOGRAD_4, &c).right);
    check_case_close(&c);
}

static void winograd_in_f32_is_right_too(void **state)
{
    (void)state;
    static const char *const texts[] = {"conv2d:n=1,c=1,h=16,w=16,k=16,r=3,s=3,pad=1x1",
                                        "conv2d:n=1,c=16,h=32,w=32,k=32,r=3,s=3,pad=1x1",
                                        "conv2d:n=1,c=64,h=56,w=56,k=64,r=3,s=3,pad=1x1",
                                        "conv2d:n=1,c=512,h=7,w=7,k=128,r=3,s=3,pad=1x1",
                                        "conv2d:n=1,c=4096,h=12,w=12,k=8,r=3,s=3,pad=1x1"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        check_case c;
        check_case_open(&c, texts[i], 5);
        winograd(&c);
        gv_check_result result = check_case_check(&c);
        print_message("%-50s %.3f of the bound\n", texts[i], result.error_rel / result.bound_rel);
        assert_true(result.right);
        result = check_as(GV__ALGORITHM_WINOGRAD_4, &c);
        print_message("%-50s %.3f of the derived one\n", "", result.error_rel / result.bound_rel);
        assert_true(result.right);
        check_case_close(&c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(right_convolutions_pass),
        cmocka_unit_test(every_spoiled_convolution_is_caught),
        cmocka_unit_test(a_turned_filter_is_caught),
        cmocka_unit_test(winograd_in_f32_is_right_too),
        cmocka_unit_test(winograd_is_wrong_for_who_claims_to_sum),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
