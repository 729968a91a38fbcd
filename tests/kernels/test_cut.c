/* SPDX-License-Identifier: Apache-2.0 */
#include "base/cut.h"
#include "base/support.h"
#include "tests/gv_test.h"
#include "tests/kernels/check_case.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *workload;
    double array_bytes, all_bytes;
    uint64_t least; /**< pieces */
    enum { WHOLE, PARTS, ANY } sums;
} cases[] = {
    {"matmul:m=40,n=30,k=20", NAN, NAN, 1, WHOLE},
    {"matmul:m=40,n=30,k=20", NAN, 5000, 2, ANY},
    {"matmul:m=41,n=7,k=20,ta=t", 900, NAN, 4, ANY},
    {"matmul:m=13,n=70,k=5,tb=t", NAN, 1000, 8, ANY},
    {"matmul:m=70,n=50,k=90,ta=t,tb=t", NAN, 20000, 4, ANY},
    {"matmul:m=8,n=8,k=8,batch=7", NAN, 2000, 4, WHOLE},
    {"matmul:m=9,n=8,k=7,batch=5,ta=t", NAN, 700, 5, ANY},
    {"matmul:m=100,n=70,k=16,batch=3", 2000, NAN, 12, ANY},
    {"matmul:m=4,n=5,k=4096", NAN, 10000, 4, PARTS},
    {"matmul:m=4,n=5,k=2000,precision=f64", NAN, 10000, 4, ANY},
    {"matmul:m=40,n=50,k=64,precision=f16", NAN, 3000, 4, WHOLE},
    {"dense:batch=33,in=20,out=50", NAN, 4000, 3, ANY},
    {"dense:batch=3,in=900,out=7,act=gelu", NAN, 8000, 4, PARTS},
    {"dense:batch=30,in=300,out=70,act=relu", NAN, 6000, 8, ANY},
    {"conv2d:n=5,c=3,h=9,w=8,k=6,r=3,s=3,pad=1x1", NAN, 9000, 2, WHOLE},
    {"conv2d:n=2,c=3,h=9,w=8,k=6,r=3,s=3,pad=1x1", NAN, 1900, 6, WHOLE},
    {"conv2d:n=1,c=2,h=40,w=9,k=3,r=3,s=3,pad=1x1", NAN, 2600, 4, WHOLE},
    {"conv2d:n=2,c=2,h=41,w=9,k=3,r=5,s=3,pad=2x1,stride=2x1", NAN, 2600, 6, WHOLE},
    {"conv2d:n=1,c=1,h=37,w=7,k=2,r=3,s=2,pad=3x0,stride=2x2,dilation=4x1", NAN, 900, 3, WHOLE},
    {"conv2d:n=1,c=1,h=30,w=7,k=1,r=1,s=1,pad=3x0,stride=4x3", NAN, 300, 2, WHOLE},
    {"conv2d:n=5,c=4,h=9,w=8,k=6,r=3,s=3,pad=1x1,groups=2", NAN, 9000, 3, WHOLE},
    {"conv2d:n=3,c=6,h=12,w=8,k=12,r=3,s=3,pad=1x1,groups=3", NAN, 2500, 9, WHOLE},
    {"conv2d:n=1,c=12,h=12,w=8,k=12,r=3,s=3,groups=12", NAN, 1500, 6, WHOLE},
    {"fft:shape=64,batch=9", NAN, 3000, 5, WHOLE},
    {"fft:shape=8x6,batch=9,kind=r2c", 500, NAN, 9, WHOLE},
};

/* The stretches of a part between the whole's array and its own. */
static void copy_part(const gv__part *part, char *whole, size_t whole_bytes, char *own,
                      size_t own_bytes, bool back)
{
    for (size_t row = 0; row < part->rows; row++) {
        const size_t at = part->offset + row * part->pitch;
        const size_t own_at = part->own_offset + row * part->own_pitch;
        assert_true(at + part->row_bytes <= whole_bytes);
        assert_true(own_at + part->row_bytes <= own_bytes);
        memcpy(back ? whole + at : own + own_at, back ? own + own_at : whole + at, part->row_bytes);
    }
}

/* Add what a piece found to the sums before it, and apply the activation behind the last. */
static void add_part(const gv__cut *cut, uint64_t part, check_case *piece, check_case *sum)
{
    for (size_t i = 0; i < piece->operands.output.elements; i++) {
        double x = check_case_get(piece, piece->output, i);
        x += part > 0 ? check_case_get(sum, sum->output, i) : 0.0;
        if (cut->parts > 1 && part + 1 == cut->parts && cut->whole.op == GV_OP_DENSE) {
            x = gv_activation_apply(cut->whole.as.dense.act, x);
        }
        check_case_set(piece, piece->output, i, x);
    }
}

/* Compute one piece by itself. Returns the bytes of output that were written. */
static size_t compute_piece(const gv__cut *cut, uint64_t index, check_case *whole,
                            check_case *before)
{
    const gv__piece piece = gv__cut_piece(cut, index);
    char text[GV_WORKLOAD_TEXT];
    check_case c;
    check_case_open(&c, gv_workload_format(&piece.workload, text), 1);
    for (uint32_t i = 0; i < c.operands.inputs; i++) {
        const size_t bytes = c.operands.input[i].bytes;
        assert_true(bytes <= cut->piece.input[i].bytes);
        assert_true(piece.input[i].rows == 0 ||
                    piece.input[i].rows * piece.input[i].row_bytes == bytes);
        memset(c.input[i], 0, bytes);
        copy_part(&piece.input[i], whole->input[i], whole->operands.input[i].bytes, c.input[i],
                  bytes, false);
    }
    assert_true(c.operands.output.bytes <= cut->piece.output.bytes);
    check_case_compute(&c);
    add_part(cut, piece.part, &c, before);
    size_t written = 0;
    if (piece.part + 1 == cut->parts) {
        copy_part(&piece.output, whole->output, whole->operands.output.bytes, c.output,
                  c.operands.output.bytes, true);
        written = piece.output.rows * piece.output.row_bytes;
    }
    check_case_close(before);
    *before = c;
    return written;
}

static void pieces_within_the_caps_compute_the_whole(void **state)
{
    (void)state;
    for (size_t i = 0; i < GV__COUNT(cases); i++) {
        check_case whole;
        check_case before = {.output = NULL};
        gv__cut cut;
        gv_error err = {0};
        print_message("%s\n", cases[i].workload);
        check_case_open(&whole, cases[i].workload, 1);
        check_case_compute(&whole); /* what a check needs beside the output */
        gv__operand_poison(whole.output, &whole.operands.output);
        assert_int_equal(
            gv__cut_find(&whole.workload, cases[i].array_bytes, cases[i].all_bytes, &cut, &err),
            GV_OK);
        assert_true(cut.count >= cases[i].least);
        assert_true(cases[i].sums == ANY || (cut.parts > 1) == (cases[i].sums == PARTS));
        assert_false(gv__cut_bytes(&cut) > cases[i].all_bytes);
        assert_false((double)cut.piece.output.bytes > cases[i].array_bytes);
        size_t written = 0;
        for (uint64_t p = 0; p < cut.count; p++) {
            written += compute_piece(&cut, p, &whole, &before);
        }
        assert_int_equal(written, whole.operands.output.bytes);
        const gv_check_result result = check_case_check(&whole);
        if (!result.right) {
            print_message("%s\n", result.text);
        }
        assert_true(result.right);
        check_case_close(&before);
        check_case_close(&whole);
    }
}

static void what_the_inner_loop_does_not_change_is_kept(void **state)
{
    (void)state;
    static const struct {
        const char *workload;
        double all_bytes;
        bool streamed[2], shared[2];
    } kept[] = {
        /* All of A and slices of B; all filters and images one after the other. */
        {"matmul:m=8,n=4096,k=512", 1e6, {false, true}, {true, false}},
        {"matmul:m=4096,n=8,k=512", 1e6, {true, false}, {false, true}},
        {"dense:batch=8,in=512,out=4096", 1e6, {false, true}, {true, false}},
        {"conv2d:n=64,c=16,h=28,w=28,k=16,r=3,s=3,pad=1x1", 1e6, {true, false}, {false, true}},
        {"conv2d:n=1,c=256,h=7,w=7,k=1024,r=3,s=3,pad=1x1", 1e6, {false, true}, {true, false}},
    };
    for (size_t i = 0; i < GV__COUNT(kept); i++) {
        gv_workload workload;
        gv__cut cut;
        gv_error err = {0};
        print_message("%s\n", kept[i].workload);
        assert_int_equal(gv_workload_parse(kept[i].workload, &workload, &err), GV_OK);
        assert_int_equal(gv__cut_find(&workload, NAN, kept[i].all_bytes, &cut, &err), GV_OK);
        for (int k = 0; k < 2; k++) {
            assert_int_equal(cut.streamed[k], kept[i].streamed[k]);
            assert_int_equal(cut.shared[k], kept[i].shared[k]);
        }
    }
}

static void what_cannot_be_cut_is_unsupported_with_the_reason(void **state)
{
    (void)state;
    static const struct {
        const char *workload, *reason;
    } whole[] = {
        {"fft:shape=4096,kind=r2c", "one transform"},
        {"matmul:m=4,n=4,k=4096,precision=f16", "a row and a column"},
        {"conv2d:n=1,c=64,h=64,w=64,k=2,r=3,s=3", "one row of an image's output"},
    };
    for (size_t i = 0; i < GV__COUNT(whole); i++) {
        gv_workload workload;
        gv__cut cut;
        gv_error err = {0};
        assert_int_equal(gv_workload_parse(whole[i].workload, &workload, &err), GV_OK);
        assert_int_equal(gv__cut_find(&workload, NAN, 10000, &cut, &err), GV_UNSUPPORTED);
        assert_non_null(strstr(err.text, whole[i].reason));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_within_the_caps_compute_the_whole),
        cmocka_unit_test(what_the_inner_loop_does_not_change_is_kept),
        cmocka_unit_test(what_cannot_be_cut_is_unsupported_with_the_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
