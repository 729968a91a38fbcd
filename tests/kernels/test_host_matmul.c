/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/kernels/host_case.h"

static void every_provider_multiplies_right(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "matmul:m=1,n=1,k=1",
        "matmul:m=1,n=7,k=5",
        "matmul:m=1,n=7,k=5,ta=t,tb=t",
        "matmul:m=9,n=1,k=5",
        "matmul:m=9,n=1,k=5,ta=t",
        "matmul:m=9,n=1,k=5,batch=3,tb=t",
        "matmul:m=17,n=31,k=29,batch=2",
        "matmul:m=17,n=31,k=29,batch=7,ta=t",
        "matmul:m=17,n=31,k=29,batch=5,tb=t",
        "matmul:m=17,n=31,k=29,ta=t,tb=t",
        "matmul:m=200,n=131,k=257",
    };
    host_expect_all_right(GV_OP_MATMUL, texts, sizeof texts / sizeof texts[0], 3);
}

static void half_precision_and_sizes_beyond_32_bits_are_unsupported_with_a_reason(void **state)
{
    (void)state;
    size_t rows;
    const gv__host_provider *const *providers = gv__host_providers(GV_OP_MATMUL, &rows);
    for (size_t row = 0; row < rows; row++) {
        gv_workload workload = {.op = GV_OP_MATMUL,
                                .precision = GV_PRECISION_F16,
                                .as.matmul = {.m = 2, .n = 2, .k = 2, .batch = 1}};
        gv_error err = {0};
        assert_status(providers[row]->supports(&workload, &err), GV_UNSUPPORTED, err);
        assert_non_null(strstr(err.text, "f16"));
        workload.precision = GV_PRECISION_F32;
        workload.as.matmul.m = UINT64_C(1) << 31;
        assert_status(providers[row]->supports(&workload, &err), GV_UNSUPPORTED, err);
        assert_non_null(strstr(err.text, "32 bits"));
    }
}

static void a_plan_that_was_never_made_can_be_destroyed(void **state)
{
    (void)state;
    for (gv_op op = GV_OP_MATMUL; (int)op < GV_OP_COUNT; op++) {
        size_t rows;
        const gv__host_provider *const *providers = gv__host_providers(op, &rows);
        assert_true(op != GV_OP_CUSTOM || rows == 0);
        for (size_t row = 0; row < rows; row++) {
            providers[row]->destroy(NULL);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_provider_multiplies_right),
        cmocka_unit_test(half_precision_and_sizes_beyond_32_bits_are_unsupported_with_a_reason),
        cmocka_unit_test(a_plan_that_was_never_made_can_be_destroyed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
