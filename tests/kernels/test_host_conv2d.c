/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/kernels/host_case.h"

static void every_provider_convolves_right(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "conv2d:n=1,c=1,h=1,w=1,k=1,r=1,s=1",
        "conv2d:n=2,c=3,h=9,w=7,k=5,r=3,s=3,pad=1x1",
        "conv2d:n=1,c=3,h=20,w=19,k=8,r=7,s=7,pad=3x3,stride=2x2",
        "conv2d:n=2,c=4,h=11,w=13,k=6,r=3,s=2,pad=2x1,stride=2x3,dilation=2x1,groups=2",
        "conv2d:n=1,c=8,h=10,w=10,k=8,r=3,s=3,pad=1x1,groups=8",
        "conv2d:n=1,c=4,h=9,w=30,k=4,r=3,s=5,pad=0x7,dilation=1x3",
        "conv2d:n=2,c=16,h=8,w=9,k=32,r=1,s=1",
        "conv2d:n=1,c=16,h=9,w=8,k=33,r=1,s=1,stride=2x2",
        "conv2d:n=1,c=2,h=3,w=3,k=3,r=3,s=3,pad=4x4",
        "conv2d:n=1,c=16,h=28,w=28,k=16,r=3,s=3,pad=1x1",
        "conv2d:n=1,c=64,h=7,w=7,k=64,r=3,s=3,pad=1x1",
    };
    host_expect_all_right(GV_OP_CONV2D, texts, sizeof texts / sizeof texts[0], 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_provider_convolves_right)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
