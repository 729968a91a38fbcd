/* SPDX-License-Identifier: Apache-2.0 */
/* Long transforms split into pieces, computed piece by piece as a device would. */
#include "base/cut.h"
#include "base/support.h"
#include "kernels/fft_roots.h"
#include "tests/gv_test.h"
#include "tests/kernels/check_case.h"

#include <math.h>
#include <string.h>

static const struct {
    const char *workload;
    double array_bytes, all_bytes;
    uint64_t points[2], least; /**< pieces */
} cases[] = {
    {"fft:shape=4096", NAN, 20000, {64, 64}, 16},
    {"fft:shape=4096,dir=inverse", 16384, 1e6, {64, 64}, 4},
    {"fft:shape=1000", NAN, 9000, {25, 40}, 10},
    {"fft:shape=1000,batch=3,precision=f64", NAN, 30000, {25, 40}, 18},
    {"fft:shape=34", NAN, 700, {2, 17}, 4},
    {"fft:shape=1156,dir=inverse", NAN, 1360, {34, 34}, 68},
};

/* Number `column` of a part's row `row`, as an index into the whole's array of real numbers. */
static size_t index_of(const check_case *whole, const gv__part *part, uint64_t row, uint64_t column)
{
    const size_t number = gv_precision_bytes(whole->workload.precision);
    return (part->offset + (size_t)row * part->pitch) / number + 2 * (size_t)column;
}

/* Columns to rows, turned in the second pass. */
static void take(const check_case *whole, const gv__piece *piece, check_case *c)
{
    const uint64_t points = piece->workload.as.fft.shape[0];
    const void *from = piece->pass == 2 ? whole->output : whole->input[0];
    for (uint64_t row = 0; row < points; row++) {
        for (uint64_t column = 0; column < piece->workload.as.fft.batch; column++) {
            const size_t at = index_of(whole, &piece->input[0], row, column);
            const size_t to = 2 * (size_t)(column * points + row);
            double re = 1.0;
            double im = 0.0;
            if (piece->pass == 2) {
                gv__fft_root(row * (piece->column + column), whole->workload.as.fft.shape[0], &re,
                             &im);
                im = whole->workload.as.fft.inverse ? -im : im;
            }
            const double x = check_case_get(whole, from, at);
            const double y = check_case_get(whole, from, at + 1);
            check_case_set(c, c->input[0], to, x * re - y * im);
            check_case_set(c, c->input[0], to + 1, x * im + y * re);
        }
    }
}

static void put(check_case *whole, const gv__piece *piece, const check_case *c)
{
    const uint64_t points = piece->workload.as.fft.shape[0];
    for (size_t i = 0; i < c->operands.output.elements / 2; i++) {
        const size_t at = piece->pass == 2 ? index_of(whole, &piece->output, i % points, i / points)
                                           : index_of(whole, &piece->output, 0, i);
        for (size_t part = 0; part < 2; part++) {
            check_case_set(whole, whole->output, at + part,
                           check_case_get(c, c->output, 2 * i + part));
        }
    }
}

static void expect_within(const gv__part *part, size_t bytes, size_t whole_bytes)
{
    assert_int_equal(part->rows * part->row_bytes, bytes);
    assert_int_equal(part->own_pitch, part->row_bytes);
    assert_true(part->offset + (part->rows - 1) * part->pitch + part->row_bytes <= whole_bytes);
}

static void compute_piece(const gv__cut *cut, uint64_t index, check_case *whole)
{
    const gv__piece piece = gv__cut_piece(cut, index);
    char text[GV_WORKLOAD_TEXT];
    check_case c;
    check_case_open(&c, gv_workload_format(&piece.workload, text), 1);
    assert_true(c.operands.input[0].bytes <= cut->piece.input[0].bytes);
    expect_within(&piece.input[0], c.operands.input[0].bytes, whole->operands.input[0].bytes);
    expect_within(&piece.output, c.operands.output.bytes, whole->operands.output.bytes);
    take(whole, &piece, &c);
    check_case_compute(&c);
    put(whole, &piece, &c);
    check_case_close(&c);
}

static void two_passes_of_pieces_within_the_caps_transform_the_whole(void **state)
{
    (void)state;
    for (size_t i = 0; i < GV__COUNT(cases); i++) {
        check_case whole;
        gv__cut cut;
        gv_error err = {0};
        print_message("%s\n", cases[i].workload);
        check_case_open(&whole, cases[i].workload, 1);
        check_case_compute(&whole); /* what a check needs beside the output */
        gv__operand_poison(whole.output, &whole.operands.output);
        assert_int_equal(
            gv__cut_find(&whole.workload, cases[i].array_bytes, cases[i].all_bytes, &cut, &err),
            GV_OK);
        assert_memory_equal(cut.split.points, cases[i].points, sizeof cut.split.points);
        assert_true(cut.count >= cases[i].least);
        assert_false(gv__cut_bytes(&cut) > cases[i].all_bytes);
        assert_false((double)cut.piece.output.bytes > cases[i].array_bytes);
        for (uint64_t p = 0; p < cut.count; p++) {
            compute_piece(&cut, p, &whole);
        }
        const gv_check_result result = check_case_check(&whole);
        if (!result.right) {
            print_message("%s\n", result.text);
        }
        assert_true(result.right);
        check_case_close(&whole);
    }
}

static void a_transform_that_cannot_be_split_is_unsupported(void **state)
{
    (void)state;
    static const char *const whole[] = {
        "fft:shape=4096,kind=c2r", /* only complex ones are split */
        "fft:shape=4099",          /* a prime */
        "fft:shape=8198",          /* twice one: its columns do not fit */
        "fft:shape=64x64",
    };
    for (size_t i = 0; i < GV__COUNT(whole); i++) {
        gv_workload workload;
        gv__cut cut;
        gv_error err = {0};
        assert_int_equal(gv_workload_parse(whole[i], &workload, &err), GV_OK);
        assert_int_equal(gv__cut_find(&workload, NAN, 10000, &cut, &err), GV_UNSUPPORTED);
        assert_non_null(strstr(err.text, "one transform"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_passes_of_pieces_within_the_caps_transform_the_whole),
        cmocka_unit_test(a_transform_that_cannot_be_split_is_unsupported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
