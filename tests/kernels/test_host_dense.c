/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/kernels/host_case.h"

static void every_provider_computes_layers_right(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "dense:batch=1,in=1,out=1",
        "dense:batch=1,in=77,out=133,act=relu",
        "dense:batch=3,in=64,out=5,act=gelu",
        "dense:batch=65,in=33,out=17,act=sigmoid",
        "dense:batch=31,in=200,out=129,act=tanh",
        "dense:batch=8,in=256,out=256,act=gelu",
        "dense:batch=300,in=40,out=3",
    };
    host_expect_all_right(GV_OP_DENSE, texts, sizeof texts / sizeof texts[0], 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_provider_computes_layers_right)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
