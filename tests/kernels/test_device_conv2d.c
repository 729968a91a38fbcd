/* SPDX-License-Identifier: Apache-2.0 */
/* Our convolutions on the first device, against direct sums in double. */
#include "base/support.h"
#include "tests/kernels/device_case.h"
#include "tests/opencl/any_device.h"

static const char *const workloads[] = {
    "conv2d:n=1,c=1,h=1,w=1,k=1,r=1,s=1",
    "conv2d:n=1,c=3,h=7,w=9,k=5,r=3,s=3,pad=1x1",
    "conv2d:n=2,c=4,h=8,w=8,k=6,r=1,s=1",
    "conv2d:n=1,c=16,h=14,w=14,k=100,r=3,s=3,pad=1x1",           /* more than a block of rows */
    "conv2d:n=1,c=20,h=9,w=40,k=3,r=3,s=3",                      /* more than one step of terms */
    "conv2d:n=1,c=3,h=23,w=21,k=8,r=7,s=7,pad=3x3,stride=2x2",   /* the first layer of a ResNet */
    "conv2d:n=2,c=2,h=13,w=17,k=3,r=5,s=2,pad=4x0,stride=3x1",   /* nothing is square */
    "conv2d:n=1,c=4,h=15,w=16,k=4,r=3,s=3,pad=2x2,dilation=2x3", /* holes in the filter */
    "conv2d:n=2,c=6,h=9,w=9,k=9,r=3,s=3,pad=1x1,groups=3",
    "conv2d:n=1,c=8,h=10,w=11,k=8,r=3,s=3,pad=1x1,groups=8", /* depthwise */
    "conv2d:n=1,c=2,h=4,w=4,k=2,r=3,s=3,pad=6x6",            /* patches wholly in the padding */
    "conv2d:n=1,c=3,h=10,w=12,k=5,r=3,s=3,pad=1x1,stride=2x1,precision=f64",
    "conv2d:n=2,c=4,h=7,w=7,k=6,r=3,s=3,pad=1x1,groups=2,precision=f64",
    "conv2d:n=1,c=20,h=9,w=40,k=11,r=3,s=3,pad=1x1,precision=f16",
    "conv2d:n=2,c=8,h=7,w=9,k=6,r=1,s=1,groups=2,precision=f16",
};

/* Fewer, since a CPU driver compiles these kernels slowly. */
static const char *const gpu_workloads[] = {
    "conv2d:n=1,c=16,h=14,w=14,k=100,r=3,s=3,pad=1x1",
    "conv2d:n=2,c=2,h=13,w=17,k=3,r=5,s=2,pad=4x0,stride=3x1",
    "conv2d:n=2,c=6,h=9,w=9,k=9,r=3,s=3,pad=1x1,dilation=2x1,groups=3",
    "conv2d:n=1,c=3,h=10,w=12,k=5,r=3,s=3,pad=1x1,stride=2x1,precision=f64",
    "conv2d:n=1,c=20,h=9,w=11,k=5,r=3,s=3,pad=1x1,precision=f16",
};

/* A filter or several for each channel: strips cut off, strides and holes, one column, several
 * images. */
static const char *const depthwise_workloads[] = {
    "conv2d:n=1,c=1,h=1,w=1,k=1,r=1,s=1",
    "conv2d:n=2,c=5,h=10,w=11,k=5,r=3,s=3,pad=1x1,groups=5",
    "conv2d:n=1,c=3,h=70,w=61,k=6,r=3,s=3,pad=1x1,stride=2x2,groups=3",
    "conv2d:n=1,c=4,h=13,w=40,k=4,r=5,s=2,pad=4x0,stride=1x3,dilation=2x1,groups=4",
    "conv2d:n=3,c=9,h=7,w=7,k=9,r=3,s=3,pad=1x1,groups=9",
    "conv2d:n=1,c=2,h=1100,w=1,k=4,r=2,s=1,pad=0x2,groups=2",
    "conv2d:n=1,c=2,h=4,w=4,k=2,r=3,s=3,pad=6x6,groups=2",
    "conv2d:n=2,c=3,h=9,w=20,k=3,r=3,s=3,pad=1x1,groups=3,precision=f64",
    "conv2d:n=2,c=3,h=9,w=20,k=3,r=3,s=3,pad=1x1,groups=3,precision=f16",
};

/* What Winograd's algorithm serves: an image smaller than a tile, tiles cut off at every edge,
 * several images and vectors, each kind of padding. Each is compiled for two sizes of tiles and two
 * families, so that the kinds of edges are shared out among the precisions. */
static const char *const winograd_workloads[] = {
    "conv2d:n=1,c=1,h=1,w=1,k=1,r=3,s=3,pad=1x1",
    "conv2d:n=3,c=3,h=9,w=71,k=4,r=3,s=3,pad=1x1",
    "conv2d:n=2,c=4,h=11,w=6,k=6,r=3,s=3,pad=0x1,precision=f64",
    "conv2d:n=2,c=17,h=13,w=23,k=9,r=3,s=3,pad=1x0,precision=f16",
};

/* What it must refuse: another filter, stride, dilation, group, padding. */
static const char *const no_winograd[] = {
    "conv2d:n=1,c=4,h=9,w=9,k=4,r=5,s=5,pad=1x1",
    "conv2d:n=1,c=4,h=9,w=9,k=4,r=3,s=3,pad=1x1,stride=2x2",
    "conv2d:n=1,c=4,h=9,w=9,k=4,r=3,s=3,pad=1x1,dilation=2x2",
    "conv2d:n=1,c=4,h=9,w=9,k=4,r=3,s=3,pad=1x1,groups=2",
    "conv2d:n=1,c=4,h=9,w=9,k=4,r=3,s=3,pad=2x2",
};

/* Staged with two groups of channels; and the image as it is, rows of pixels counted through. */
static const char *const tuned_workloads[] = {
    "conv2d:n=2,c=6,h=11,w=13,k=14,r=3,s=3,pad=1x1,groups=2",
    "conv2d:n=2,c=5,h=20,w=14,k=17,r=2,s=1",
};

static void expect_right(void **state, const char *name)
{
    const gv__device_provider *provider = device_case_provider(GV_OP_CONV2D, name);
    assert_non_null(provider);
    assert_int_equal(device_case_count_wrong(*state, provider, workloads, GV__COUNT(workloads)), 0);
}

static void expect_right_as_gpu(void **state, const char *name)
{
    const gv__device_provider *provider = device_case_provider(GV_OP_CONV2D, name);
    assert_non_null(provider);
    assert_int_equal(
        device_case_count_wrong_as_gpu(*state, provider, gpu_workloads, GV__COUNT(gpu_workloads)),
        0);
}

static void implicit_gemm_convolves_any_shape(void **state)
{
    expect_right(state, "implicit GEMM");
}

static void implicit_gemm_for_gpus_convolves_any_shape(void **state)
{
    expect_right_as_gpu(state, "implicit GEMM");
}

static void direct_sums_convolve_any_shape(void **state)
{
    expect_right(state, "direct");
}

static void direct_sums_for_gpus_convolve_any_shape(void **state)
{
    expect_right_as_gpu(state, "direct");
}

static void winograd_convolves_what_it_serves(void **state)
{
    static const char *const names[] = {"Winograd 2x2", "Winograd 4x4"};
    for (size_t i = 0; i < GV__COUNT(names); i++) {
        const gv__device_provider *provider = device_case_provider(GV_OP_CONV2D, names[i]);
        const gv__context *context = *state;
        assert_non_null(provider);
        gv_workload workload;
        gv_error err = {0};
        assert_int_equal(device_case_count_wrong_as_cpu(*state, provider, winograd_workloads,
                                                        GV__COUNT(winograd_workloads)),
                         0);
        assert_int_equal(device_case_count_wrong_as_gpu(*state, provider, winograd_workloads,
                                                        GV__COUNT(winograd_workloads)),
                         0);
        for (size_t j = 0; j < GV__COUNT(no_winograd); j++) {
            assert_status(gv_workload_parse(no_winograd[j], &workload, &err), GV_OK, err);
            assert_status(provider->supports(&context->facts, &workload, &err), GV_UNSUPPORTED,
                          err);
        }
    }
}

static void depthwise_convolves_what_it_serves(void **state)
{
    const gv__device_provider *provider = device_case_provider(GV_OP_CONV2D, "depthwise");
    const gv__context *context = *state;
    gv_workload workload;
    gv_error err = {0};
    assert_non_null(provider);
    assert_int_equal(device_case_count_wrong(*state, provider, depthwise_workloads,
                                             GV__COUNT(depthwise_workloads)),
                     0);
    assert_int_equal(device_case_count_wrong_as_gpu(*state, provider, depthwise_workloads,
                                                    GV__COUNT(depthwise_workloads)),
                     0);
    static const char *const refused[] = {"conv2d:n=1,c=4,h=9,w=9,k=4,r=3,s=3,groups=2",
                                          "conv2d:n=1,c=4,h=19,w=19,k=4,r=9,s=9,groups=4"};
    for (size_t i = 0; i < GV__COUNT(refused); i++) {
        assert_status(gv_workload_parse(refused[i], &workload, &err), GV_OK, err);
        assert_status(provider->supports(&context->facts, &workload, &err), GV_UNSUPPORTED, err);
    }
}

static void depthwise_candidates_are_right(void **state)
{
    const gv__device_provider *provider = device_case_provider(GV_OP_CONV2D, "depthwise");
    assert_int_equal(
        device_case_count_wrong_candidates(*state, provider, depthwise_workloads[1], 3), 0);
    const gv_device facts = device_case_dress(*state, "GPU");
    const size_t wrong =
        device_case_count_wrong_candidates(*state, provider, depthwise_workloads[4], 17);
    ((gv__context *)*state)->facts = facts;
    assert_int_equal(wrong, 0);
}

static void direct_candidates_are_right(void **state)
{
    const gv__device_provider *provider = device_case_provider(GV_OP_CONV2D, "direct");
    assert_non_null(provider);
    for (size_t i = 0; i < GV__COUNT(tuned_workloads); i++) {
        assert_int_equal(
            device_case_count_wrong_candidates(*state, provider, tuned_workloads[i], 27), 0);
    }
}

static void implicit_gemm_candidates_are_right(void **state)
{
    const gv__device_provider *provider = device_case_provider(GV_OP_CONV2D, "implicit GEMM");
    assert_non_null(provider);
    assert_int_equal(device_case_count_wrong_candidates(*state, provider, tuned_workloads[0], 101),
                     0);
    const gv_device facts = device_case_dress(*state, "GPU");
    const size_t wrong =
        device_case_count_wrong_candidates(*state, provider, tuned_workloads[1], 61);
    ((gv__context *)*state)->facts = facts;
    assert_int_equal(wrong, 0);
}

static void expect_refused(gv__context *context, const char *name, const char *text,
                           const char *const sets[], size_t count)
{
    const gv__device_provider *provider = device_case_provider(GV_OP_CONV2D, name);
    gv_workload workload;
    gv_error err = {0};
    assert_status(gv_workload_parse(text, &workload, &err), GV_OK, err);
    for (size_t i = 0; i < count; i++) {
        gv__parameters set;
        void *plan = NULL;
        gv__costs costs = gv__costs_none();
        assert_status(gv__parameters_read(sets[i], &set, &err), GV_OK, err);
        assert_status(provider->create(context, &workload, &set, &plan, &costs, &err),
                      GV_UNSUPPORTED, err);
        assert_null(plan);
    }
}

/* A tuning file may hold anything: what the kernel cannot be is refused, never built. */
static void impossible_tunables_of_direct_sums_are_refused(void **state)
{
    static const char *const sets[] = {
        "WIDTH=8",
        "WIDTH=7 TILE_FILTERS=6 TILE_VECTORS=2 TILES_DOWN=1 TILES_ACROSS=1 GROUP_ACROSS=1 STAGED=1",
        "WIDTH=8 TILE_FILTERS=0 TILE_VECTORS=2 TILES_DOWN=1 TILES_ACROSS=1 GROUP_ACROSS=1 STAGED=1",
        "WIDTH=8 TILE_FILTERS=6 TILE_VECTORS=2 TILES_DOWN=0 TILES_ACROSS=1 GROUP_ACROSS=1 STAGED=1",
        "WIDTH=8 TILE_FILTERS=6 TILE_VECTORS=2 TILES_DOWN=1 TILES_ACROSS=1 GROUP_ACROSS=1 STAGED=0",
    };
    expect_refused(*state, "direct", workloads[1], sets, GV__COUNT(sets));
}

static void impossible_tunables_of_the_implicit_gemm_are_refused(void **state)
{
    static const char *const sets[] = {
        "TILE_ROWS=5 LEFT_STAGED=1",
        "TILE_VECTORS=0",
        "GROUP_DOWN=64 GROUP_ACROSS=64 TILES_ACROSS=64",
        "TILES_DOWN=64 TILES_ACROSS=64",
    };
    expect_refused(*state, "implicit GEMM", workloads[1], sets, GV__COUNT(sets));
}

static void impossible_tunables_of_depthwise_are_refused(void **state)
{
    static const char *const sets[] = {
        "WIDTH=16", /* more than a row has */
        "WIDTH=3",
        "TILE_ROWS=3 STRIP_ROWS=8",
        "STRIP_ROWS=4096 PLANES=64",
    };
    expect_refused(*state, "depthwise", depthwise_workloads[1], sets, GV__COUNT(sets));
}

int main(void)
{
    if (!any_device_find().found) {
        return gv_test_no_device("no OpenCL device");
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(implicit_gemm_convolves_any_shape),
        cmocka_unit_test(implicit_gemm_for_gpus_convolves_any_shape),
        cmocka_unit_test(direct_sums_convolve_any_shape),
        cmocka_unit_test(direct_sums_for_gpus_convolve_any_shape),
        cmocka_unit_test(winograd_convolves_what_it_serves),
        cmocka_unit_test(depthwise_convolves_what_it_serves),
        cmocka_unit_test(depthwise_candidates_are_right),
        cmocka_unit_test(impossible_tunables_of_depthwise_are_refused),
        cmocka_unit_test(direct_candidates_are_right),
        cmocka_unit_test(implicit_gemm_candidates_are_right),
        cmocka_unit_test(impossible_tunables_of_direct_sums_are_refused),
        cmocka_unit_test(impossible_tunables_of_the_implicit_gemm_are_refused),
    };
    return cmocka_run_group_tests(tests, any_device_open, any_device_close);
}
