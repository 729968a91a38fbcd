/* SPDX-License-Identifier: Apache-2.0 */
#include "base/support.h"
#include "tests/gv_test.h"
#include <gpuverdict/workload.h>

static gv_workload parsed(const char *text)
{
    gv_workload workload = {0};
    gv_error err = {0};
    assert_status(gv_workload_parse(text, &workload, &err), GV_OK, err);
    return workload;
}

static void work_and_traffic_are_counted_by_convention(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double flop, in, in_resident, out;
    } cases[] = {
        {"matmul:m=2,n=3,k=5", 60, 4 * (10 + 15), 4 * (10 + 15), 4 * 6},
        {"matmul:m=2,n=3,k=5,batch=7,precision=f64", 420, 8 * 7 * 25, 8 * 7 * 25, 8 * 7 * 6},
        {"conv2d:n=1,c=64,h=56,w=56,k=64,r=3,s=3,pad=1", 231211008.0, 4 * (200704 + 36864),
         4 * 200704, 4 * 200704},
        {"conv2d:n=2,c=4,h=5,w=7,k=8,r=3,s=2,stride=2,groups=2", 2.0 * 2 * 8 * 2 * 3 * 2 * 3 * 2,
         4 * (2 * 4 * 35 + 8 * 2 * 6), 4 * 2 * 4 * 35, 4 * 2 * 8 * 6},
        {"fft:shape=1024", 51200, 8192, 8192, 8192},
        {"fft:shape=4x8,batch=3,kind=r2c", 2.5 * 32 * 5 * 3, 4 * 96, 4 * 96, 8 * 3 * 4 * 5},
        {"fft:shape=4x8,batch=3,kind=c2r", 2.5 * 32 * 5 * 3, 8 * 3 * 4 * 5, 8 * 3 * 4 * 5, 4 * 96},
        {"dense:batch=2,in=3,out=5", 60, 4 * (6 + 15 + 5), 4 * 6, 4 * 10},
        {"custom:flop=1e9,bytes=2e6,in=3,out=4", 1e9, 3, 3, 4},
    };
    for (size_t i = 0; i < GV__COUNT(cases); i++) {
        gv_workload w = parsed(cases[i].text);
        print_message("%s\n", cases[i].text);
        assert_close(gv_workload_flop(&w), cases[i].flop, 1e-15);
        assert_close(gv_workload_bytes_in(&w, false), cases[i].in, 0);
        assert_close(gv_workload_bytes_in(&w, true), cases[i].in_resident, 0);
        assert_close(gv_workload_bytes_out(&w), cases[i].out, 0);
        if (w.op != GV_OP_CUSTOM) {
            assert_close(gv_workload_bytes(&w), cases[i].in + cases[i].out, 0);
        }
    }
}

static void output_sizes_follow_padding_stride_and_dilation(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t p, q;
    } cases[] = {
        {"conv2d:n=1,c=1,h=7,w=9,k=1,r=3,s=3", 5, 7},
        {"conv2d:n=1,c=1,h=7,w=9,k=1,r=3,s=3,pad=1x2", 7, 11},
        {"conv2d:n=1,c=1,h=7,w=9,k=1,r=3,s=3,stride=2x3", 3, 3},
        {"conv2d:n=1,c=1,h=7,w=9,k=1,r=3,s=3,dilation=3x4", 1, 1},
        {"conv2d:n=1,c=3,h=224,w=224,k=64,r=7,s=7,pad=3,stride=2", 112, 112},
    };
    for (size_t i = 0; i < GV__COUNT(cases); i++) {
        gv_workload w = parsed(cases[i].text);
        uint64_t p;
        uint64_t q;
        gv_conv2d_output(&w.as.conv2d, &p, &q);
        assert_int_equal(p, cases[i].p);
        assert_int_equal(q, cases[i].q);
    }
    gv_conv2d too_small = {1, 1, 2, 2, 1, 3, 3, 0, 0, 1, 1, 1, 1, 1};
    uint64_t p = 9;
    uint64_t q = 9;
    gv_conv2d_output(&too_small, &p, &q);
    assert_int_equal(p + q, 0);
}

static void operands_stand_in_their_documented_order(void **state)
{
    (void)state;
    gv_workload w = parsed("dense:batch=2,in=3,out=5,precision=f64");
    gv_operands o;
    gv_error err = {0};
    assert_status(gv_workload_operands(&w, &o, &err), GV_OK, err);
    assert_int_equal(o.inputs, 3);
    assert_string_equal(o.input[0].name, "X");
    assert_string_equal(o.input[1].name, "W");
    assert_string_equal(o.input[2].name, "b");
    assert_false(o.input[0].weight);
    assert_true(o.input[1].weight && o.input[2].weight);
    assert_int_equal(o.input[1].elements, 15);
    assert_int_equal(o.input[1].bytes, 120);
    assert_int_equal(o.output.elements, 10);

    w = parsed("custom:flop=1,bytes=1,in=0,out=0");
    assert_int_equal(gv_workload_operands(&w, &o, &err), GV_ARGUMENT);
}

static void activations_are_what_they_are_called(void **state)
{
    (void)state;
    assert_close(gv_activation_apply(GV_ACT_NONE, -3), -3, 0);
    assert_close(gv_activation_apply(GV_ACT_RELU, -3), 0, 0);
    assert_close(gv_activation_apply(GV_ACT_RELU, 3), 3, 0);
    assert_close(gv_activation_apply(GV_ACT_SIGMOID, 0), 0.5, 0);
    assert_close(gv_activation_apply(GV_ACT_TANH, 1), 0.76159415595576489, 1e-15);
    /* x * Phi(x) at 1: the normal distribution's 0.841344746… */
    assert_close(gv_activation_apply(GV_ACT_GELU, 1), 0.84134474606854293, 1e-14);
    assert_true(isnan(gv_activation_apply(GV_ACT_RELU, NAN)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(work_and_traffic_are_counted_by_convention),
        cmocka_unit_test(output_sizes_follow_padding_stride_and_dilation),
        cmocka_unit_test(operands_stand_in_their_documented_order),
        cmocka_unit_test(activations_are_what_they_are_called),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
