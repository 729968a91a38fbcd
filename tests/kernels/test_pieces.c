/* SPDX-License-Identifier: Apache-2.0 */
#include "base/support.h"
#include "kernels/pieces.h"
#include "tests/gv_test.h"

#include <math.h>
#include <stdlib.h>

static gv_workload read_workload(const char *text)
{
    gv_workload workload;
    gv_error err = {0};
    assert_int_equal(gv_workload_parse(text, &workload, &err), GV_OK);
    return workload;
}

/* Count each byte of the part in `seen`, and check that it lies within. */
static size_t mark(unsigned char *seen, size_t bytes, const gv__part *part)
{
    for (size_t row = 0; row < part->rows; row++) {
        for (size_t i = 0; i < part->row_bytes; i++) {
            const size_t at = part->offset + row * part->pitch + i;
            assert_true(at < bytes);
            seen[at]++;
        }
    }
    return part->rows * part->row_bytes;
}

static const struct {
    const char *workload;
    double array_bytes, all_bytes;
    uint64_t pieces;
} cases[] = {
    {"matmul:m=40,n=30,k=20", NAN, NAN, 1},
    {"matmul:m=40,n=30,k=20", NAN, 5000, 4},
    {"matmul:m=41,n=7,k=20,ta=t", 900, NAN, 4},
    {"matmul:m=13,n=70,k=5,tb=t", NAN, 1000, 8},
    {"matmul:m=8,n=8,k=8,batch=7", NAN, 2000, 4},
    {"matmul:m=300,n=200,k=16,batch=3", 20000, NAN, 60},
    {"dense:batch=33,in=20,out=50", NAN, 4000, 8},
    {"conv2d:n=5,c=3,h=9,w=8,k=6,r=3,s=3,pad=1x1", NAN, 6000, 3},
    {"conv2d:n=2,c=3,h=9,w=8,k=6,r=3,s=3,pad=1x1", NAN, 1900, 6},
    {"conv2d:n=5,c=4,h=9,w=8,k=6,r=3,s=3,pad=1x1,groups=2", NAN, 9000, 3},
    {"fft:shape=64,batch=9", NAN, 3000, 5},
    {"fft:shape=8x6,batch=9,kind=r2c", 500, NAN, 9},
};

static void every_element_is_computed_once_within_the_caps(void **state)
{
    (void)state;
    for (size_t i = 0; i < GV__COUNT(cases); i++) {
        const gv_workload whole = read_workload(cases[i].workload);
        gv__cut cut;
        gv_error err = {0};
        print_message("%s\n", cases[i].workload);
        assert_int_equal(gv__cut_find(&whole, cases[i].array_bytes, cases[i].all_bytes, &cut, &err),
                         GV_OK);
        assert_int_equal(cut.count, cases[i].pieces);
        unsigned char *seen = calloc(cut.operands.output.bytes, 1);
        assert_non_null(seen);
        for (uint64_t p = 0; p < cut.count; p++) {
            const gv__piece piece = gv__cut_piece(&cut, p);
            gv_operands arrays;
            assert_int_equal(gv_workload_operands(&piece.workload, &arrays, &err), GV_OK);
            assert_int_equal(mark(seen, cut.operands.output.bytes, &piece.output),
                             arrays.output.bytes);
            assert_false((double)arrays.output.bytes > cases[i].array_bytes);
            double all = (double)arrays.output.bytes;
            for (uint32_t k = 0; k < arrays.inputs; k++) {
                const gv__part *part = &piece.input[k];
                assert_int_equal(part->rows * part->row_bytes, arrays.input[k].bytes);
                assert_true(part->offset + (part->rows - 1) * part->pitch + part->row_bytes <=
                            cut.operands.input[k].bytes);
                assert_false((double)arrays.input[k].bytes > cases[i].array_bytes);
                all += (double)arrays.input[k].bytes;
            }
            assert_false(all > cases[i].all_bytes);
        }
        for (size_t b = 0; b < cut.operands.output.bytes; b++) {
            assert_int_equal(seen[b], 1);
        }
        free(seen);
    }
}

static void what_cannot_be_cut_is_unsupported_with_the_reason(void **state)
{
    (void)state;
    static const struct {
        const char *workload, *reason;
    } whole[] = {
        {"fft:shape=4096", "one transform"},
        {"matmul:m=4,n=4,k=4096", "a row and a column"},
        {"conv2d:n=1,c=64,h=64,w=64,k=2,r=1,s=1", "one image with one filter"},
        {"conv2d:n=1,c=64,h=64,w=64,k=64,r=1,s=1,groups=64", "all groups"},
    };
    for (size_t i = 0; i < GV__COUNT(whole); i++) {
        const gv_workload workload = read_workload(whole[i].workload);
        gv__cut cut;
        gv_error err = {0};
        assert_int_equal(gv__cut_find(&workload, NAN, 10000, &cut, &err), GV_UNSUPPORTED);
        assert_non_null(strstr(err.text, whole[i].reason));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_element_is_computed_once_within_the_caps),
        cmocka_unit_test(what_cannot_be_cut_is_unsupported_with_the_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
