/* SPDX-License-Identifier: Apache-2.0 */
/* The matmul providers on the first device, against direct sums in double. */
#include "base/support.h"
#include "tests/kernels/device_case.h"
#include "tests/opencl/any_device.h"

/* Odd sizes, edges of tiles and blocks from both sides, flat shapes, transposes, batches. How many
 * rows there are decides the tile, and each tile is a program: 8 share that of more. */
static const char *const workloads[] = {
    "matmul:m=1,n=1,k=1",
    "matmul:m=3,n=5,k=7",
    "matmul:m=5,n=17,k=129,ta=t",
    "matmul:m=97,n=65,k=130,tb=t",
    "matmul:m=96,n=64,k=128,ta=t,tb=t",
    "matmul:m=31,n=33,k=9,batch=5",
    "matmul:m=8,n=19,k=23,batch=3,ta=t,tb=t",
    "matmul:m=200,n=1,k=300",
    "matmul:m=1,n=300,k=200,tb=t",
    "matmul:m=101,n=103,k=1",
    "matmul:m=37,n=41,k=53,ta=t,precision=f64",
    "matmul:m=65,n=70,k=140,tb=t,precision=f64",
    "matmul:m=37,n=64,k=300,ta=t,precision=f16",
    "matmul:m=8,n=33,k=90,tb=t,batch=2,precision=f16",
};

enum { F16_WORKLOADS = 2 }; /* the last ones, which CLBlast does not serve */

/* Fewer, since a CPU driver compiles these kernels slowly. */
static const char *const gpu_workloads[] = {
    "matmul:m=97,n=65,k=130,tb=t",
    "matmul:m=5,n=16,k=129,ta=t",
    "matmul:m=31,n=33,k=9,batch=5",
    "matmul:m=37,n=41,k=53,ta=t,precision=f64",
    "matmul:m=37,n=41,k=53,ta=t,precision=f16",
    "matmul:m=31,n=36,k=140,tb=t,batch=3,precision=f16",
};

/* Whole vectors and ragged ones, parts that end within a step, tiles of every kind. */
static const device_case_set gpu_sets[] = {
    {"matmul:m=37,n=41,k=200", "TILE_ROWS=4 TILE_VECTORS=1 GROUP_DOWN=8 SPLIT_K=3"},
    {"matmul:m=20,n=64,k=130,batch=3,ta=t", "TILE_ROWS=8 TILE_VECTORS=2 GROUP_ACROSS=8 SPLIT_K=3"},
    {"matmul:m=70,n=12,k=90,precision=f64", "TILE_ROWS=4 TILE_VECTORS=1 DEPTH=8 SPLIT_K=3 AHEAD=0"},
    {"matmul:m=33,n=100,k=65,tb=t", "TILE_ROWS=2 TILE_VECTORS=1 GROUP_DOWN=4 DEPTH=32"},
    {"matmul:m=20,n=64,k=130,batch=3,precision=f16", "TILE_ROWS=4 TILE_VECTORS=1 SPLIT_K=3"},
    {"matmul:m=37,n=41,k=200,ta=t,tb=t,precision=f16", "TILE_ROWS=4 TILE_VECTORS=1 SPLIT_K=2"},
};

static void expect_right(void **state, const char *name)
{
    const gv__device_provider *provider = device_case_provider(GV_OP_MATMUL, name);
    if (provider == NULL) {
        printf("%s was not built in\n", name);
        return;
    }
    assert_int_equal(
        device_case_count_wrong(*state, provider, workloads, GV__COUNT(workloads) - F16_WORKLOADS),
        0);
}

static void our_panels_multiply_any_shape(void **state)
{
    const gv__device_provider *provider = device_case_provider(GV_OP_MATMUL, "panels");
    assert_non_null(provider);
    assert_int_equal(
        device_case_count_wrong_as_cpu(*state, provider, workloads, GV__COUNT(workloads)), 0);
}

static void our_panels_multiply_with_any_tunables(void **state)
{
    const gv__device_provider *provider = device_case_provider(GV_OP_MATMUL, "panels");
    assert_non_null(provider);
    /* Several parts of k, blocks with an edge, a right matrix that may lie or be packed. */
    gv__context *context = *state;
    const gv_device facts = device_case_dress(context, "CPU");
    const size_t wrong =
        device_case_count_wrong_candidates(context, provider, "matmul:m=37,n=192,k=300", 61);
    context->facts = facts;
    assert_int_equal(wrong, 0);
}

static void expect_unsupported(gv__context *context, const char *name, const char *const sets[],
                               size_t count)
{
    const gv__device_provider *provider = device_case_provider(GV_OP_MATMUL, name);
    assert_non_null(provider);
    gv_workload workload;
    gv_error err = {0};
    assert_status(gv_workload_parse("matmul:m=8,n=9,k=10", &workload, &err), GV_OK, err);
    for (size_t i = 0; i < count; i++) {
        gv__parameters set;
        void *plan = NULL;
        gv__costs costs = gv__costs_none();
        assert_status(gv__parameters_read(sets[i], &set, &err), GV_OK, err);
        assert_status(provider->create(context, &workload, &set, &plan, &costs, &err),
                      GV_UNSUPPORTED, err);
    }
}

static void tunables_that_cannot_be_are_unsupported(void **state)
{
    static const char *const panels[] = {"TILE_ROWS=0", "TILE_ROWS=30 TILE_VECTORS=4", "WIDTH=3",
                                         "RIGHT_PACKED=0", "DEPTH=-1"};
    expect_unsupported(*state, "panels", panels, GV__COUNT(panels));
    /* An odd tile, a part without terms, none at all. */
    static const char *const tiles[] = {"TILE_ROWS=3", "SPLIT_K=2", "SPLIT_K=0", "DEPTH=1000"};
    gv__context *context = *state;
    const gv_device facts = device_case_dress(context, "GPU");
    expect_unsupported(context, "tiled", tiles, GV__COUNT(tiles));
    context->facts = facts;
}

static void our_tiles_for_gpus_multiply_with_any_tunables(void **state)
{
    const gv__device_provider *provider = device_case_provider(GV_OP_MATMUL, "tiled");
    assert_non_null(provider);
    assert_int_equal(
        device_case_count_wrong_sets_as_gpu(*state, provider, gpu_sets, GV__COUNT(gpu_sets)), 0);
}

static void clblast_multiplies_any_shape(void **state)
{
    expect_right(state, "CLBlast");
}

static void a_providers_name_and_version_fit_into_a_journal(void **state)
{
    (void)state;
    for (int op = 0; op < GV_OP_COUNT; op++) {
        size_t count = 0;
        const gv__device_provider *const *rows = gv__device_providers((gv_op)op, &count);
        for (size_t i = 0; i < count; i++) {
            assert_int_equal(rows[i]->op, op);
            assert_true(strlen(rows[i]->version()) >= 5);
            assert_true(strlen(rows[i]->name) + 1 + strlen(rows[i]->version()) < GV_PROVIDER_TEXT);
        }
    }
}

static void our_tiles_for_gpus_multiply_any_shape(void **state)
{
    const gv__device_provider *provider = device_case_provider(GV_OP_MATMUL, "tiled");
    assert_non_null(provider);
    assert_int_equal(
        device_case_count_wrong_as_gpu(*state, provider, gpu_workloads, GV__COUNT(gpu_workloads)),
        0);
}

static int close_libraries_and_device(void **state)
{
    gv__device_providers_release();
    return any_device_close(state);
}

int main(void)
{
    if (!any_device_find().found) {
        return gv_test_no_device("no OpenCL device");
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(our_panels_multiply_any_shape),
        cmocka_unit_test(our_panels_multiply_with_any_tunables),
        cmocka_unit_test(tunables_that_cannot_be_are_unsupported),
        cmocka_unit_test(our_tiles_for_gpus_multiply_any_shape),
        cmocka_unit_test(our_tiles_for_gpus_multiply_with_any_tunables),
        cmocka_unit_test(clblast_multiplies_any_shape),
        cmocka_unit_test(a_providers_name_and_version_fit_into_a_journal),
    };
    return cmocka_run_group_tests(tests, any_device_open, close_libraries_and_device);
}
