/* SPDX-License-Identifier: Apache-2.0 */
#include "base/support.h"
#include "tests/gv_test.h"
#include <gpuverdict/estimate.h>

static const gv_simple_question convolution = {
    .op = GV_OP_CONV2D,
    .size = 5e6,
    .gpu_cores = 3584,
    .cpu_factor = 1.5,
    .bandwidth_bytes_per_s = 448e9,
    .transfer_s = 8e-3,
};
static const gv_simple_question matmul = {
    .op = GV_OP_MATMUL,
    .size = 1e7,
    .gpu_cores = 5120,
    .cpu_factor = 2.0,
    .bandwidth_bytes_per_s = 1555e9,
    .transfer_s = 12e-3,
};

static gv_simple_answer answer_to(gv_simple_question question)
{
    gv_error err = {0};
    gv_simple_answer answer = {0};
    assert_status(gv_simple_estimate(&question, &answer, &err), GV_OK, err);
    return answer;
}

static void the_worked_examples_come_out(void **state)
{
    (void)state;
    gv_simple_answer a = answer_to(convolution);
    assert_close(a.gpu_s, 45e-3, 1e-14);
    assert_close(a.cpu_s, 700e-3, 1e-14);
    assert_close(a.transfer_s, 8e-3, 0);
    assert_close(a.gpu_total_s, 53e-3, 1e-14);
    assert_close(a.cpu_total_s, 708e-3, 1e-14);
    assert_close(a.speedup_both, 708.0 / 53, 1e-14);
    assert_close(a.speedup_headline, 700.0 / 53, 1e-14);
    assert_close(a.speedup_kernel, 700.0 / 45, 1e-14);
    assert_close(a.bandwidth_transfer_s, 2 * 5e6 * 4 / 448e9, 1e-14);
    assert_int_equal(a.verdict, GV_VERDICT_SIGNIFICANT);

    a = answer_to(matmul);
    assert_close(a.gpu_s, 60e-3, 1e-14);
    assert_close(a.cpu_s, 2750e-3, 1e-14);
    assert_close(a.gpu_total_s, 72e-3, 1e-14);
    assert_close(a.cpu_total_s, 2762e-3, 1e-14);
    assert_close(a.speedup_both, 2762.0 / 72, 1e-14);
    assert_close(a.speedup_headline, 2750.0 / 72, 1e-14);
    assert_close(a.speedup_kernel, 2750.0 / 60, 1e-14);
    assert_int_equal(a.verdict, GV_VERDICT_SIGNIFICANT);
}

static void only_its_own_figure_moves_a_time(void **state)
{
    (void)state;
    for (int op = 0; op < GV_OP_COUNT; op++) {
        gv_simple_question question = convolution;
        question.op = (gv_op)op;
        gv_simple_answer base = answer_to(question);

        gv_simple_question other = question;
        other.size *= 2;
        gv_simple_answer a = answer_to(other);
        assert_close(a.gpu_s, 2 * base.gpu_s, 1e-14);
        assert_close(a.cpu_s, 2 * base.cpu_s, 1e-14);
        assert_true(a.speedup_headline > base.speedup_headline); /* the transfer was given */

        other = question;
        other.gpu_cores *= 2;
        a = answer_to(other);
        assert_close(a.gpu_s, base.gpu_s / 2, 1e-14);
        assert_close(a.cpu_s, base.cpu_s, 0);

        other = question;
        other.cpu_factor *= 2;
        a = answer_to(other);
        assert_close(a.gpu_s, base.gpu_s, 0);
        assert_close(a.cpu_s, base.cpu_s * 2, 1e-14);

        other = question;
        other.transfer_s *= 2;
        a = answer_to(other);
        assert_close(a.gpu_s, base.gpu_s, 0);
        assert_true(a.speedup_headline < base.speedup_headline);
        assert_true(a.speedup_both < base.speedup_both);
        assert_close(a.speedup_kernel, base.speedup_kernel, 0);

        other = question;
        other.bandwidth_bytes_per_s *= 2;
        a = answer_to(other);
        assert_close(a.bandwidth_transfer_s, base.bandwidth_transfer_s / 2, 1e-14);
        assert_close(a.speedup_headline, base.speedup_headline, 0);
    }
}

static void without_a_transfer_all_three_speedups_are_one_number(void **state)
{
    (void)state;
    gv_simple_question question = matmul;
    question.transfer_s = 0;
    gv_simple_answer a = answer_to(question);
    assert_close(a.speedup_both, a.speedup_kernel, 0);
    assert_close(a.speedup_headline, a.speedup_kernel, 0);
}

/* The conversions that estimator/README.md documents. */
static void a_size_in_flop_or_bytes_is_the_same_size(void **state)
{
    (void)state;
    static const struct {
        gv_op op;
        double flop, bytes;
    } cases[] = {
        {GV_OP_MATMUL, 2048, 4}, {GV_OP_CONV2D, 1152, 4}, {GV_OP_FFT, 100, 8},
        {GV_OP_DENSE, 2048, 4},  {GV_OP_CUSTOM, 1000, 4},
    };
    for (size_t i = 0; i < GV__COUNT(cases); i++) {
        gv_simple_question question = convolution;
        question.op = cases[i].op;
        gv_simple_answer elements = answer_to(question);
        question.unit = GV_SIZE_FLOP;
        question.size = convolution.size * cases[i].flop;
        gv_simple_answer flop = answer_to(question);
        question.unit = GV_SIZE_BYTES;
        question.size = convolution.size * cases[i].bytes;
        gv_simple_answer bytes = answer_to(question);
        assert_close(flop.gpu_s, elements.gpu_s, 1e-14);
        assert_close(flop.cpu_s, elements.cpu_s, 1e-14);
        assert_close(bytes.gpu_s, elements.gpu_s, 1e-14);
        assert_close(bytes.bandwidth_transfer_s, elements.bandwidth_transfer_s, 1e-14);
    }
}

static void a_figure_out_of_range_is_named(void **state)
{
    (void)state;
    static const struct {
        size_t offset;
        const char *name;
        bool zero_allowed;
    } figures[] = {
        {offsetof(gv_simple_question, size), "size", false},
        {offsetof(gv_simple_question, gpu_cores), "GPU cores", false},
        {offsetof(gv_simple_question, cpu_factor), "CPU factor", false},
        {offsetof(gv_simple_question, bandwidth_bytes_per_s), "bandwidth", false},
        {offsetof(gv_simple_question, transfer_s), "transfer time", true},
    };
    static const double bad[] = {NAN, INFINITY, -INFINITY, -1, -1e-300, 0};
    for (size_t i = 0; i < GV__COUNT(figures); i++) {
        for (size_t j = 0; j < GV__COUNT(bad); j++) {
            gv_simple_question question = convolution;
            memcpy((char *)&question + figures[i].offset, &bad[j], sizeof(double));
            gv_simple_answer answer = {.gpu_s = 42};
            gv_error err = {0};
            if (bad[j] == 0 && figures[i].zero_allowed) {
                assert_status(gv_simple_estimate(&question, &answer, &err), GV_OK, err);
                continue;
            }
            assert_status(gv_simple_estimate(&question, &answer, &err), GV_ARGUMENT, err);
            if (strncmp(err.text, figures[i].name, strlen(figures[i].name)) != 0) {
                fail_msg("%s = %g: \"%s\" does not name it", figures[i].name, bad[j], err.text);
            }
            assert_true(bad[j] != -1 || strstr(err.text, "is negative (-1)") != NULL);
            assert_close(answer.gpu_s, 42, 0); /* outputs are untouched */
        }
    }
}

static void a_result_outside_the_range_of_numbers_is_refused(void **state)
{
    (void)state;
    gv_simple_question question = convolution;
    gv_simple_answer answer = {0};
    gv_error err = {0};
    question.size = 1e308;
    question.cpu_factor = 1e300;
    assert_status(gv_simple_estimate(&question, &answer, &err), GV_ARGUMENT, err);
    question = convolution;
    question.size = 1e-300;
    question.gpu_cores = 1e300;
    assert_status(gv_simple_estimate(&question, &answer, &err), GV_ARGUMENT, err);
}

static void an_operation_or_unit_that_does_not_exist_is_refused(void **state)
{
    (void)state;
    gv_simple_answer answer = {0};
    gv_error err = {0};
    gv_simple_question question = convolution;
    question.op = (gv_op)GV_OP_COUNT;
    assert_status(gv_simple_estimate(&question, &answer, &err), GV_ARGUMENT, err);
    question = convolution;
    question.unit = (gv_size_unit)(GV_SIZE_BYTES + 1);
    assert_status(gv_simple_estimate(&question, &answer, NULL), GV_ARGUMENT, err);
}

static const struct {
    gv_op op;
    double size;
    gv_size_unit unit;
    const char *workload; /**< NULL: refused */
} shapes[] = {
    {GV_OP_MATMUL, 1e6, GV_SIZE_ELEMENTS, "matmul:m=1000,n=1000,k=1024"},
    {GV_OP_MATMUL, 2048e6, GV_SIZE_FLOP, "matmul:m=1000,n=1000,k=1024"},
    {GV_OP_CONV2D, 640000, GV_SIZE_ELEMENTS, "conv2d:n=1,c=64,h=100,w=100,k=64,r=3,s=3,pad=1x1"},
    {GV_OP_FFT, 1e6, GV_SIZE_ELEMENTS, "fft:shape=1048576"},
    {GV_OP_DENSE, 32768, GV_SIZE_ELEMENTS, "dense:batch=32,in=1024,out=1024"},
    {GV_OP_CUSTOM, 1000, GV_SIZE_ELEMENTS, "custom:flop=1000000,bytes=8000,in=4000,out=4000"},
    {GV_OP_MATMUL, 0, GV_SIZE_ELEMENTS, NULL},
    {GV_OP_MATMUL, NAN, GV_SIZE_ELEMENTS, NULL},
    {GV_OP_MATMUL, 1e300, GV_SIZE_ELEMENTS, NULL},
};

static void a_question_has_a_shape_for_other_models(void **state)
{
    (void)state;
    for (size_t i = 0; i < GV__COUNT(shapes); i++) {
        gv_simple_question question = {
            .op = shapes[i].op, .size = shapes[i].size, .unit = shapes[i].unit};
        gv_workload workload;
        char text[GV_WORKLOAD_TEXT];
        gv_status status = gv_simple_workload(&question, &workload, NULL);
        assert_int_equal(status, shapes[i].workload != NULL ? GV_OK : GV_ARGUMENT);
        if (status == GV_OK) {
            assert_string_equal(gv_workload_format(&workload, text), shapes[i].workload);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_worked_examples_come_out),
        cmocka_unit_test(only_its_own_figure_moves_a_time),
        cmocka_unit_test(without_a_transfer_all_three_speedups_are_one_number),
        cmocka_unit_test(a_size_in_flop_or_bytes_is_the_same_size),
        cmocka_unit_test(a_figure_out_of_range_is_named),
        cmocka_unit_test(a_result_outside_the_range_of_numbers_is_refused),
        cmocka_unit_test(an_operation_or_unit_that_does_not_exist_is_refused),
        cmocka_unit_test(a_question_has_a_shape_for_other_models),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
