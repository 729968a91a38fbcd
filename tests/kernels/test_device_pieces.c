/* SPDX-License-Identifier: Apache-2.0 */
/* Work that is larger than the device may hold, on the first device, through our own kernels. */
#include "base/support.h"
#include "kernels/pieces_run.h"
#include "tests/gv_test.h"
#include "tests/kernels/check_case.h"
#include "tests/opencl/any_device.h"

static const struct {
    const char *workload;
    double memory_bytes;
    uint64_t least; /**< pieces */
    bool sums;      /**< in parts */
} cases[] = {
    {"matmul:m=150,n=90,k=40", 60000, 4, false},
    {"matmul:m=20,n=30,k=40,batch=7", 40000, 4, false},
    {"matmul:m=70,n=50,k=900,tb=t", 90000, 4, true},
    {"matmul:m=9,n=7,k=3000,ta=t", 30000, 4, true},
    {"dense:batch=70,in=50,out=140,act=relu", 60000, 4, false},
    {"dense:batch=5,in=3000,out=21,act=tanh", 60000, 4, true},
    {"dense:batch=200,in=60,out=70", 60000, 3, false},
    {"conv2d:n=5,c=3,h=19,w=18,k=6,r=3,s=3,pad=1x1", 60000, 3, false},
    {"conv2d:n=1,c=3,h=19,w=18,k=16,r=3,s=3,pad=1x1", 40000, 2, false},
    {"conv2d:n=1,c=4,h=61,w=18,k=4,r=3,s=3,pad=1x1", 25000, 4, false},
    {"conv2d:n=2,c=3,h=50,w=17,k=5,r=5,s=3,pad=2x1,stride=2x1", 16000, 4, false},
    {"conv2d:n=2,c=8,h=19,w=18,k=16,r=3,s=3,pad=1x1,groups=4", 30000, 4, false},
    {"fft:shape=256,batch=9", 30000, 3, false},
    {"fft:shape=4096", 20000, 8, false},
    {"fft:shape=3840,batch=2,dir=inverse", 30000, 8, false}, /* 60 * 64 */
    {"fft:shape=4096,precision=f64", 40000, 8, false},
};

/* By one provider; true also where it does not support the workload. */
static bool right_in_pieces(gv__context *context, const gv__device_provider *provider,
                            const gv__cut *cut, check_case *c)
{
    gv_error err = {0};
    void *pieces = NULL;
    gv__costs costs = gv__costs_none();
    gv_status status = gv__pieces_create(context, provider, NULL, cut, &pieces, &costs, &err);
    if (status == GV_UNSUPPORTED) {
        return true;
    }
    bool right = status == GV_OK;
    const bool keeps = gv__cut_keeps_weights(cut);
    for (int call = 0; call < 3 && right; call++) {
        gv__operand_poison(c->output, &c->operands.output);
        gv__pieces_overlap(pieces, call < 2);
        status = gv__pieces_run(pieces, (const void *const *)c->input, c->output,
                                keeps && call == 1, &err);
        right = status == GV_OK && check_case_check(c).right;
    }
    gv__pieces_free(pieces);
    if (!right) {
        print_message("%s: %s\n", provider->name, status != GV_OK ? err.text : "a wrong result");
    }
    return right;
}

static void our_kernels_are_right_in_pieces(void **state)
{
    gv__context *context = *state;
    const gv_device facts = context->facts;
    for (size_t i = 0; i < GV__COUNT(cases); i++) {
        check_case c;
        gv__cut cut;
        gv_error err = {0};
        size_t count = 0;
        check_case_open(&c, cases[i].workload, 1);
        check_case_compute(&c); /* what a check needs beside the output */
        context->facts.fact[GV_DEVICE_GLOBAL_MEM] = (gv_fact){.number = cases[i].memory_bytes};
        print_message("%s\n", cases[i].workload);
        const gv_status status = gv__pieces_cut(&context->facts, &c.workload, &cut, &err);
        if (status == GV_UNSUPPORTED && strstr(err.text, "cl_khr_fp64") != NULL) {
            print_message("%s\n", err.text);
            context->facts = facts;
            check_case_close(&c);
            continue;
        }
        assert_int_equal(status, GV_OK);
        assert_true(cut.count >= cases[i].least);
        assert_int_equal(cut.parts > 1, cases[i].sums);
        const gv__device_provider *const *rows = gv__device_providers(c.workload.op, &count);
        for (size_t row = 0; row < count; row++) {
            /* A library's would take minutes to compile here. */
            if (strstr(rows[row]->name, "gpuverdict") != NULL) {
                assert_true(right_in_pieces(context, rows[row], &cut, &c));
            }
        }
        context->facts = facts;
        check_case_close(&c);
    }
}

static void a_cap_is_the_memory_that_a_device_has(void **state)
{
    (void)state;
    const any_device found = any_device_find();
    gv_host host;
    gv_error err = {0};
    gv__context *capped = NULL;
    gv__host_facts(&host);
    setenv("GPUVERDICT_DEVICE_MEMORY", "1000000", 1);
    assert_int_equal(gv__context_open(found.platform, found.device, &host, &capped, &err), GV_OK);
    unsetenv("GPUVERDICT_DEVICE_MEMORY");
    assert_true(gv_device_number(&capped->facts, GV_DEVICE_GLOBAL_MEM) == 1e6);
    assert_true(gv_device_number(&capped->facts, GV_DEVICE_MAX_ALLOC) <= 1e6);
    gv__context_close(capped);
}

int main(void)
{
    if (!any_device_find().found) {
        return gv_test_no_device("no OpenCL device");
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(our_kernels_are_right_in_pieces),
        cmocka_unit_test(a_cap_is_the_memory_that_a_device_has),
    };
    return cmocka_run_group_tests(tests, any_device_open, any_device_close);
}
