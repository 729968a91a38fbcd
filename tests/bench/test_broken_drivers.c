/* SPDX-License-Identifier: Apache-2.0 */
/* Real workers that load the broken drivers of tests/fault. */
#include "bench/inventory.h"
#include "tests/bench/worker_case.h"

static void each_broken_driver_is_listed_with_what_is_wrong(void **state)
{
    (void)state;
    static const struct {
        const char *icd, *problem; /* part of it */
    } drivers[] = {
        {"/abort.icd", "was killed by SIGABRT while listing the devices"},
        {"/crash.icd", "was killed by SIGSEGV while listing the devices"},
        {"/empty.icd", "no platform: the .icd file names no library"},
        {"/exit.icd", "exited with status 0 while listing the devices"},
        {"/loop.icd", "did not answer within 8 s while listing the devices"},
        {"/missing.icd", "no platform: the driver cannot be loaded: "
                         "/nonexistent/libgpuverdict-no-such.so: cannot open shared object file"},
        {"/no_driver.icd", "is no OpenCL driver"},
    };
    gv_inventory inventory;
    gv_error err = {0};
    assert_status(gv_inventory_collect(&inventory, &err), GV_OK, err);
    assert_int_equal(inventory.platform_count, GV__COUNT(drivers));
    assert_int_equal(inventory.device_count, 0);
    for (size_t i = 0; i < GV__COUNT(drivers); i++) {
        const gv_platform *platform = &inventory.platforms[i];
        assert_non_null(strstr(platform->driver, drivers[i].icd));
        if (strstr(platform->problem, drivers[i].problem) == NULL) {
            fail_msg("%s: %s", platform->driver, platform->problem);
        }
    }
    assert_string_equal(inventory.loader_problem, "");
    gv_inventory_free(&inventory);
}

int main(void)
{
    setenv("GPUVERDICT_WORKER_DIR", GV_TEST_BINARY_DIR, 1);
    gv_let_workers_crash();
    setenv("OCL_ICD_VENDORS", GV_TEST_BINARY_DIR "/tests/fault/icd", 1);
    /* Time enough for the others to load and die, however busy the machine is. */
    setenv("GPUVERDICT_DRIVER_LIMIT_S", "8", 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_broken_driver_is_listed_with_what_is_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
