/* SPDX-License-Identifier: Apache-2.0 */
/* What gv__loader_choose tells a loader. That a loader obeys is seen where drivers are listed one
 * by one (tests/bench, tests/fault). */
#include "opencl/enumerate.h"
#include "tests/gv_test.h"

#include <unistd.h>

static char path[] = "/tmp/gpuverdict-loader-XXXXXX.icd";

static void write_icd(const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void an_icd_file_reaches_either_kind_of_loader(void **state)
{
    (void)state;
    static const char *const contents[] = {"libone.so.1\n", "libone.so.1",
                                           "libone.so.1\r\nsecond\n"};
    for (size_t i = 0; i < sizeof contents / sizeof contents[0]; i++) {
        write_icd(contents[i]);
        setenv("OPENCL_VENDOR_PATH", "/elsewhere", 1);
        gv_error err = {0};
        assert_status(gv__loader_choose(path, &err), GV_OK, err);
        assert_string_equal(getenv("OCL_ICD_VENDORS"), path);
        assert_string_equal(getenv("OCL_ICD_FILENAMES"), "libone.so.1");
        assert_null(getenv("OPENCL_VENDOR_PATH"));
    }
}

static void a_library_is_taken_as_it_is(void **state)
{
    (void)state;
    gv_error err = {0};
    assert_status(gv__loader_choose("/opt/x/libtwo.so", &err), GV_OK, err);
    assert_string_equal(getenv("OCL_ICD_VENDORS"), "/opt/x/libtwo.so");
    assert_string_equal(getenv("OCL_ICD_FILENAMES"), "/opt/x/libtwo.so");
}

static void no_choice_leaves_the_environment(void **state)
{
    (void)state;
    gv_error err = {0};
    setenv("OCL_ICD_VENDORS", "mine", 1);
    assert_status(gv__loader_choose(NULL, &err), GV_OK, err);
    assert_status(gv__loader_choose("", &err), GV_OK, err);
    assert_string_equal(getenv("OCL_ICD_VENDORS"), "mine");
}

static void a_file_that_names_nothing_is_an_error(void **state)
{
    (void)state;
    gv_error err = {0};
    setenv("OCL_ICD_VENDORS", "mine", 1);
    write_icd("");
    assert_status(gv__loader_choose(path, &err), GV_FORMAT, err);
    write_icd("\n");
    assert_status(gv__loader_choose(path, &err), GV_FORMAT, err);
    assert_status(gv__loader_choose("/nonexistent/x.icd", &err), GV_IO, err);
    assert_non_null(strstr(err.text, "/nonexistent/x.icd"));
    assert_string_equal(getenv("OCL_ICD_VENDORS"), "mine");
}

static int make_file(void **state)
{
    (void)state;
    int file = mkstemps(path, 4);
    return file < 0 ? 1 : close(file);
}

static int remove_file(void **state)
{
    (void)state;
    return unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_icd_file_reaches_either_kind_of_loader),
        cmocka_unit_test(a_library_is_taken_as_it_is),
        cmocka_unit_test(no_choice_leaves_the_environment),
        cmocka_unit_test(a_file_that_names_nothing_is_an_error),
    };
    return cmocka_run_group_tests(tests, make_file, remove_file);
}
