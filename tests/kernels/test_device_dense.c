/* SPDX-License-Identifier: Apache-2.0 */
/* Our dense layer on the first device, against direct sums in double. */
#include "base/support.h"
#include "tests/kernels/device_case.h"
#include "tests/opencl/any_device.h"

/* Every activation by each of the two kernels, which part at a batch of 4. */
static const char *const workloads[] = {
    "dense:batch=1,in=1,out=1",
    "dense:batch=1,in=100,out=1000",
    "dense:batch=1,in=33,out=67,act=relu",
    "dense:batch=2,in=65,out=129,act=gelu",
    "dense:batch=3,in=64,out=63,act=sigmoid",
    "dense:batch=4,in=31,out=200,act=tanh",
    "dense:batch=5,in=40,out=30",
    "dense:batch=9,in=130,out=70,act=relu",
    "dense:batch=17,in=64,out=65,act=gelu",
    "dense:batch=100,in=20,out=10,act=sigmoid",
    "dense:batch=32,in=200,out=100,act=tanh",
    "dense:batch=1,in=30,out=77,act=gelu,precision=f64",
    "dense:batch=8,in=70,out=33,act=gelu,precision=f64",
    "dense:batch=1,in=300,out=64,act=relu,precision=f16",
    "dense:batch=20,in=70,out=33,act=gelu,precision=f16",
};

/* Fewer, since a CPU driver compiles these kernels slowly. */
static const char *const gpu_workloads[] = {
    "dense:batch=1,in=100,out=1000",
    "dense:batch=3,in=64,out=63,act=sigmoid",
    "dense:batch=17,in=64,out=65,act=gelu",
    "dense:batch=8,in=70,out=33,act=relu,precision=f64",
    "dense:batch=2,in=75,out=133,act=gelu,precision=f16",
    "dense:batch=17,in=64,out=68,act=sigmoid,precision=f16",
};

/* Whole vectors and ragged ones; a part that ends within what a slice loads ahead. */
static const device_case_set gpu_sets[] = {
    {"dense:batch=1,in=300,out=200", "SPLIT_K=4 SLICES=8 AHEAD=4"},
    {"dense:batch=3,in=131,out=67,act=gelu", "SPLIT_K=3 SLICES=4 AHEAD=8 GROUP_ACROSS=16"},
    {"dense:batch=4,in=70,out=130,act=tanh,precision=f64", "SPLIT_K=2 AHEAD=2 VECTORS=2"},
    {"dense:batch=9,in=100,out=50,act=relu", "SPLIT_K=3 TILE_ROWS=4 TILE_VECTORS=1"},
    {"dense:batch=1,in=300,out=200,precision=f16", "SPLIT_K=4 SLICES=8 AHEAD=4"},
    {"dense:batch=3,in=131,out=67,act=tanh,precision=f16", "WIDTH=2 SPLIT_K=3 VECTORS=2"},
    {"dense:batch=9,in=100,out=50,act=relu,precision=f16", "SPLIT_K=3 TILE_ROWS=4 TILE_VECTORS=1"},
};

static void our_panels_compute_any_layer(void **state)
{
    const gv__device_provider *provider = device_case_provider(GV_OP_DENSE, "panels");
    assert_non_null(provider);
    assert_int_equal(
        device_case_count_wrong_as_cpu(*state, provider, workloads, GV__COUNT(workloads)), 0);
}

static void our_tiles_for_gpus_compute_any_layer(void **state)
{
    const gv__device_provider *provider = device_case_provider(GV_OP_DENSE, "tiled");
    assert_non_null(provider);
    assert_int_equal(
        device_case_count_wrong_as_gpu(*state, provider, gpu_workloads, GV__COUNT(gpu_workloads)),
        0);
}

static void our_tiles_for_gpus_add_parts_of_the_sums(void **state)
{
    const gv__device_provider *provider = device_case_provider(GV_OP_DENSE, "tiled");
    assert_non_null(provider);
    assert_int_equal(
        device_case_count_wrong_sets_as_gpu(*state, provider, gpu_sets, GV__COUNT(gpu_sets)), 0);
}

int main(void)
{
    if (!any_device_find().found) {
        return gv_test_no_device("no OpenCL device");
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(our_panels_compute_any_layer),
        cmocka_unit_test(our_tiles_for_gpus_compute_any_layer),
        cmocka_unit_test(our_tiles_for_gpus_add_parts_of_the_sums),
    };
    return cmocka_run_group_tests(tests, any_device_open, any_device_close);
}
