/* SPDX-License-Identifier: Apache-2.0 */
#include "base/memory_cap.h"
#include "base/support.h"
#include "tests/gv_test.h"

static void only_a_positive_number_of_bytes_is_a_limit(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double bytes;
    } cases[] = {{"1000000", 1e6}, {"4e9", 4e9}, {"1.5", 1}, {"0.5", NAN}, {"0", NAN},
                 {"-1", NAN},      {"", NAN},    {"x", NAN}, {"inf", NAN}, {"nan", NAN}};
    unsetenv("GPUVERDICT_DEVICE_MEMORY");
    assert_true(isnan(gv__memory_cap_bytes()));
    for (size_t i = 0; i < GV__COUNT(cases); i++) {
        setenv("GPUVERDICT_DEVICE_MEMORY", cases[i].text, 1);
        assert_close(gv__memory_cap_bytes(), cases[i].bytes, 0);
    }
    unsetenv("GPUVERDICT_DEVICE_MEMORY");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_a_positive_number_of_bytes_is_a_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
