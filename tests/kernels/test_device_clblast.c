/* SPDX-License-Identifier: Apache-2.0 */
/* CLBlast with tunables of ours on the first device: what is in force, told by the work space that
 * CLBlast asks for, and that it computes the same. The tests build on each other, since what was
 * overridden stays so until the process ends. */
#include "base/support.h"
#include "kernels/clblast_override.h"
#include "tests/kernels/device_case.h"
#include "tests/opencl/any_device.h"

#include <clblast_c.h>

/* Small, since a CPU driver unrolls and compiles them slowly. */
#define XGEMM  "MWG=16 NWG=32 KWG=8 MDIMC=8 NDIMC=8 VWM=2 VWN=1 SA=1 SB=0"
#define DIRECT "WGD=16 MDIMCD=8 NDIMCD=8 VWMD=1 VWND=2 PADA=1 PADB=0 KWID=2"

static const gv__device_provider *clblast(void)
{
    return device_case_provider(GV_OP_MATMUL, "CLBlast");
}

/* Bytes of work space for a product of 1 x 1 by 1 x 1: none where it is read where it lies, else
 * one block of A, B and C each. */
static size_t space_of_a_single_number(gv__context *context)
{
    size_t bytes = 0;
    assert_int_equal(CLBlastSGemmTempBufferSize(CLBlastLayoutRowMajor, CLBlastTransposeNo,
                                                CLBlastTransposeNo, 1, 1, 1, 0, 1, 0, 1, 0, 1,
                                                &context->queue, &bytes),
                     CLBlastSuccess);
    return bytes;
}

enum { XGEMM_BYTES = (16 * 8 + 8 * 32 + 16 * 32) * 4 };

static gv_status create(gv__context *context, const char *set_text, void **plan, gv_error *err)
{
    gv__parameters set;
    gv_workload workload;
    gv__costs costs = gv__costs_none();
    *plan = NULL;
    assert_status(gv_workload_parse("matmul:m=8,n=9,k=10", &workload, err), GV_OK, *err);
    assert_status(gv__parameters_read(set_text, &set, err), GV_OK, *err);
    return clblast()->create(context, &workload, set.count > 0 ? &set : NULL, plan, &costs, err);
}

static void a_set_that_cannot_be_leaves_clblasts_own_in_force(void **state)
{
    static const char *const odd[] = {
        "MWG=16",
        "MWG=16 NWG=32 KWG=8 MDIMC=8 NDIMC=8 VWM=4 VWN=1 SA=1 SB=0",
        "MWG=256 NWG=256 KWG=64 MDIMC=64 NDIMC=64 VWM=1 VWN=1 SA=1 SB=1",
        "TILE_ROWS=4",
    };
    gv_error err = {0};
    gv_workload workload;
    assert_status(gv_workload_parse("matmul:m=8,n=9,k=10", &workload, &err), GV_OK, err);
    const size_t own_bytes = space_of_a_single_number(*state);
    assert_int_not_equal(own_bytes, XGEMM_BYTES);
    gv__context *context = *state;
    const gv_device facts = context->facts;
    context->facts.fact[GV_DEVICE_MAX_WORK_GROUP] = (gv_fact){.number = 256};
    for (size_t i = 0; i < GV__COUNT(odd); i++) {
        void *plan = NULL;
        assert_status(create(context, odd[i], &plan, &err), GV_UNSUPPORTED, err);
        assert_null(plan);
    }
    context->facts = facts;
    assert_true(clblast()->own_remains(context, &workload));
    assert_int_equal(space_of_a_single_number(context), own_bytes);
}

static void each_plan_works_with_its_own_tunables(void **state)
{
    static const char *const sets[] = {XGEMM, DIRECT};
    static const size_t bytes[] = {XGEMM_BYTES, 0};
    gv_error err = {0};
    void *plans[2];
    cl_mem number[3];
    for (int i = 0; i < 3; i++) {
        assert_status(gv__buffer_create(*state, 512, &number[i], &err), GV_OK, err);
    }
    for (int i = 0; i < 2; i++) {
        assert_status(create(*state, sets[i], &plans[i], &err), GV_OK, err);
        assert_int_equal(space_of_a_single_number(*state), bytes[i]);
    }
    for (int i = 0; i < 4; i++) {
        assert_status(clblast()->enqueue(plans[i % 2], number, number[2], &err), GV_OK, err);
        assert_int_equal(space_of_a_single_number(*state), bytes[i % 2]);
    }
    assert_status(gv__finish(*state, "CLBlast", &err), GV_OK, err);
    for (int i = 0; i < 2; i++) {
        clblast()->destroy(plans[i]);
    }
    for (int i = 0; i < 3; i++) {
        gv__buffer_free(number[i]);
    }
}

static void its_results_are_right_with_either_kernel(void **state)
{
    /* Few, since each kernel is compiled anew for each set. */
    static const device_case_set cases[] = {
        {"matmul:m=37,n=41,k=53", XGEMM},
        {"matmul:m=7,n=19,k=23,batch=3,ta=t,tb=t", XGEMM},
        {"matmul:m=37,n=41,k=53", DIRECT},
    };
    for (size_t i = 0; i < GV__COUNT(cases); i++) {
        gv__parameters set;
        gv_error err = {0};
        assert_status(gv__parameters_read(cases[i].parameters, &set, &err), GV_OK, err);
        assert_true(device_case_is_right_with(*state, clblast(), &set, cases[i].workload));
    }
}

static void its_own_tunables_are_gone_for_that_precision_alone(void **state)
{
    gv_error err = {0};
    void *plan = NULL;
    gv_workload f32, f64;
    assert_status(gv_workload_parse("matmul:m=8,n=9,k=10", &f32, &err), GV_OK, err);
    assert_status(gv_workload_parse("matmul:m=8,n=9,k=10,precision=f64", &f64, &err), GV_OK, err);
    assert_false(clblast()->own_remains(*state, &f32));
    assert_true(clblast()->own_remains(*state, &f64));
    assert_status(create(*state, "", &plan, &err), GV_UNSUPPORTED, err);
    assert_non_null(strstr(err.text, "until this process ends"));
    assert_null(plan);
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
        cmocka_unit_test(a_set_that_cannot_be_leaves_clblasts_own_in_force),
        cmocka_unit_test(each_plan_works_with_its_own_tunables),
        cmocka_unit_test(its_results_are_right_with_either_kernel),
        cmocka_unit_test(its_own_tunables_are_gone_for_that_precision_alone),
    };
    return cmocka_run_group_tests(tests, any_device_open, close_libraries_and_device);
}
