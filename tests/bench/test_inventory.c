/* SPDX-License-Identifier: Apache-2.0 */
/* What becomes of drivers of every kind, told by workers that misbehave as their .icd file is
 * called (fake_worker.c). */
#include "base/support.h"
#include "bench/drivers.h"
#include "bench/inventory.h"
#include "tests/gv_test.h"

#include <dirent.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/gv_test_inventory_XXXXXX";

static void write_icd(const char *name, const char *text)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static int make_folder(void **state)
{
    (void)state;
    setenv("OCL_ICD_VENDORS", folder, 1);
    return mkdir(folder, 0700);
}

static int remove_folder(void **state)
{
    (void)state;
    DIR *stream = opendir(folder);
    const struct dirent *entry;
    while (stream != NULL && (entry = readdir(stream)) != NULL) {
        char path[PATH_MAX];
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        unlink(path);
    }
    closedir(stream);
    return rmdir(folder);
}

static bool ends_with(const char *text, const char *end)
{
    return strlen(text) >= strlen(end) && strcmp(text + strlen(text) - strlen(end), end) == 0;
}

/* ---- drivers ---- */

static void drivers_are_the_icd_files_of_a_folder_in_the_order_of_their_names(void **state)
{
    (void)state;
    gv__drivers drivers = {0};
    gv_error err = {0};
    write_icd("b.icd", "libb.so.1\n");
    write_icd("a.icd", "/opt/a/liba.so\r\nlibsecond.so\n");
    write_icd("c.icd", "");
    write_icd("d.icd.off", "libd.so\n");
    write_icd("e.icd", "libb.so.1");
    assert_status(gv__drivers_list(folder, NULL, &drivers, &err), GV_OK, err);
    assert_int_equal(drivers.count, 4);
    assert_string_equal(drivers.driver[0].library, "/opt/a/liba.so");
    assert_string_equal(drivers.driver[0].problem, "");
    assert_true(ends_with(drivers.driver[1].path, "/b.icd"));
    assert_string_equal(drivers.driver[1].library, "libb.so.1");
    assert_string_equal(drivers.driver[1].problem, "");
    assert_string_equal(drivers.driver[2].problem, "no platform: the .icd file names no library");
    assert_non_null(strstr(drivers.driver[3].problem, "/b.icd"));
    gv__drivers_free(&drivers);
}

static void one_library_under_two_names_is_one_driver(void **state)
{
    (void)state;
    gv__drivers drivers = {0};
    gv_error err = {0};
    char path[PATH_MAX], other[PATH_MAX];
    write_icd("library.so", "anything");
    snprintf(path, sizeof path, "%s/library.so", folder);
    snprintf(other, sizeof other, "%s/alias.so", folder);
    assert_int_equal(symlink(path, other), 0);
    write_icd("a.icd", path);
    write_icd("b.icd", other);
    assert_status(gv__drivers_list(folder, NULL, &drivers, &err), GV_OK, err);
    assert_int_equal(drivers.count, 2);
    assert_string_equal(drivers.driver[0].problem, "");
    assert_non_null(strstr(drivers.driver[1].problem, "/a.icd"));
    gv__drivers_free(&drivers);
}

static void the_environment_names_a_folder_a_file_or_a_library(void **state)
{
    (void)state;
    write_icd("one.icd", "libone.so\n");
    char icd[PATH_MAX];
    snprintf(icd, sizeof icd, "%s/one.icd", folder);
    const struct {
        const char *vendors, *vendor_path;
        size_t count;
        const char *path, *library;
    } cases[] = {
        {folder, "/nowhere", 1, icd, "libone.so"},
        {NULL, folder, 1, icd, "libone.so"},
        {"", folder, 1, icd, "libone.so"},
        {icd, NULL, 1, icd, "libone.so"},
        {"libpocl.so.2", NULL, 1, "libpocl.so.2", "libpocl.so.2"},
        {"no-such.icd", NULL, 1, "/etc/OpenCL/vendors/no-such.icd", ""},
        {"/nowhere", folder, 0, NULL, NULL},
        {NULL, "/nowhere", 0, NULL, NULL},
    };
    for (size_t i = 0; i < GV__COUNT(cases); i++) {
        gv__drivers drivers = {0};
        gv_error err = {0};
        assert_status(gv__drivers_list(cases[i].vendors, cases[i].vendor_path, &drivers, &err),
                      GV_OK, err);
        if (drivers.count != cases[i].count) {
            fail_msg("case %zu: %zu drivers", i, drivers.count);
        }
        if (drivers.count == 1) {
            assert_string_equal(drivers.driver[0].path, cases[i].path);
            assert_string_equal(drivers.driver[0].library, cases[i].library);
        }
        gv__drivers_free(&drivers);
    }
}

/* ---- inventory ---- */

static void good_and_broken_drivers_stand_side_by_side(void **state)
{
    (void)state;
    gv_inventory inventory = {.platforms = NULL};
    gv_error err = {0};
    static const struct {
        const char *icd, *problem; /* how the problem starts */
        uint32_t platforms, devices;
    } drivers[] = {
        {"early crash.icd", "the device worker was killed by SIGSEGV while starting", 1, 0},
        {"early exit.icd", "the device worker exited with status 3 while starting", 1, 0},
        {"early hang.icd", "the device worker did not answer within 5 s", 1, 0},
        {"empty.icd", "no platform: the loader could not use this driver", 1, 0},
        {"good.icd", "", 2, 2},
        {"listing crash.icd", "the device worker was killed by SIGSEGV while listing the devices",
         1, 0},
        {"listing flood.icd", "", 2, 2},
        {"listing hang.icd", "the device worker did not answer within 5 s while listing", 1, 0},
    };
    for (size_t i = 0; i < GV__COUNT(drivers); i++) {
        write_icd(drivers[i].icd, drivers[i].icd); /* each names another library */
    }
    /* Time enough for the others, however busy the machine is. */
    setenv("GPUVERDICT_DRIVER_LIMIT_S", "5", 1);
    double start_s = gv__now_s();
    assert_status(gv_inventory_collect(&inventory, &err), GV_OK, err);
    /* All at once: the hanging ones are waited for together. */
    assert_true(gv__now_s() - start_s < 2 * 5);
    unsetenv("GPUVERDICT_DRIVER_LIMIT_S");

    size_t p = 0, d = 0;
    for (size_t i = 0; i < GV__COUNT(drivers); i++) {
        for (uint32_t j = 0; j < drivers[i].platforms; j++, p++) {
            const gv_platform *platform = &inventory.platforms[p];
            bool bare = drivers[i].devices > 0 && j == 0;
            const char *problem = bare ? "a platform without a device" : drivers[i].problem;
            assert_true(p < inventory.platform_count);
            assert_int_equal(platform->index, p);
            assert_true(ends_with(platform->driver, drivers[i].icd));
            if (strncmp(platform->problem, problem, strlen(problem)) != 0) {
                fail_msg("%s: %s", drivers[i].icd, platform->problem);
            }
            assert_int_equal(platform->problem[0] == 0, problem[0] == 0);
            assert_int_equal(platform->devices, bare ? 0 : drivers[i].devices);
            assert_int_equal(platform->failed, strncmp(problem, "the device worker", 17) == 0);
        }
        for (uint32_t j = 0; j < drivers[i].devices; j++, d++) {
            assert_true(d < inventory.device_count);
            assert_int_equal(inventory.devices[d].index, d);
            assert_int_equal(inventory.devices[d].platform_index, p - 1);
            assert_int_equal(inventory.devices[d].device_index, j);
            assert_int_equal(inventory.in_driver[d].platform, 1);
        }
    }
    assert_int_equal(inventory.platform_count, p);
    assert_int_equal(inventory.device_count, d);
    assert_string_equal(inventory.loader_problem, "");
    assert_int_equal(inventory.host.fact[GV_HOST_CORES].error, 0);
    gv_inventory_free(&inventory);
}

static void one_card_through_two_drivers_has_two_keys(void **state)
{
    (void)state;
    gv_inventory inventory = {.platforms = NULL};
    gv_error err = {0};
    write_icd("card a.icd", "liba.so");
    write_icd("card b.icd", "libb.so");
    assert_status(gv_inventory_collect(&inventory, &err), GV_OK, err);
    assert_int_equal(inventory.device_count, 4);
    static const char *const keys[] = {"fake/card/0", "fake/card/1", "fake/card/0 via Fake",
                                       "fake/card/1 via Fake"};
    for (size_t d = 0; d < 4; d++) {
        assert_string_equal(inventory.devices[d].key, keys[d]);
        assert_string_equal(inventory.in_driver[d].key, keys[d % 2]);
    }
    gv_inventory_free(&inventory);
}

static void a_missing_loader_is_told_once(void **state)
{
    (void)state;
    gv_inventory inventory = {.platforms = NULL};
    gv_error err = {0};
    write_icd("no loader.icd", "liba.so");
    assert_status(gv_inventory_collect(&inventory, &err), GV_OK, err);
    assert_non_null(strstr(inventory.loader_problem, "ocl-icd-libopencl1"));
    assert_int_equal(inventory.platform_count, 0);
    assert_int_equal(inventory.device_count, 0);
    gv_inventory_free(&inventory);
}

int main(void)
{
    setenv("GPUVERDICT_WORKER_DIR", GV_TEST_FAKE_WORKER_DIR, 1);
    unsetenv("OPENCL_VENDOR_PATH");
    if (mkdtemp(folder) == NULL || rmdir(folder) != 0) {
        return 1;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            drivers_are_the_icd_files_of_a_folder_in_the_order_of_their_names, make_folder,
            remove_folder),
        cmocka_unit_test_setup_teardown(one_library_under_two_names_is_one_driver, make_folder,
                                        remove_folder),
        cmocka_unit_test_setup_teardown(the_environment_names_a_folder_a_file_or_a_library,
                                        make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(good_and_broken_drivers_stand_side_by_side, make_folder,
                                        remove_folder),
        cmocka_unit_test_setup_teardown(one_card_through_two_drivers_has_two_keys, make_folder,
                                        remove_folder),
        cmocka_unit_test_setup_teardown(a_missing_loader_is_told_once, make_folder, remove_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
