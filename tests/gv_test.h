/* SPDX-License-Identifier: Apache-2.0 */
/* cmocka, and what it lacks. Test names are sentences; tables are looped over with the failing row
 * printed. */
#ifndef GPUVERDICT_TESTS_GV_TEST_H
#define GPUVERDICT_TESTS_GV_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <math.h>

/** ctest's skip. cmocka's own skip() exits 0 and reads as passed. */
enum { GV_TEST_SKIPPED = 77 };

/** |actual - expected| <= relative * |expected|; both NAN is equal. Prints texts and values. */
#define assert_close(actual, expected, relative)                                                   \
    gv_test_close((actual), (expected), (relative), #actual, #expected, __FILE__, __LINE__)

static inline void gv_test_close(double actual, double expected, double relative,
                                 const char *actual_text, const char *expected_text,
                                 const char *file, int line)
{
    if ((isnan(actual) && isnan(expected)) || actual == expected ||
        fabs(actual - expected) <= relative * fabs(expected)) {
        return;
    }
    print_error("%s = %.17g, but %s = %.17g\n", actual_text, actual, expected_text, expected);
    _fail(file, line);
}

/** assert_int_equal on statuses that also prints err.text. */
#define assert_status(call, expected, err)                                                         \
    do {                                                                                           \
        gv_status gv_test_status = (call);                                                         \
        if (gv_test_status != (expected)) {                                                        \
            print_error("%s: %s: %s\n", #call, gv_status_name(gv_test_status), (err).text);        \
        }                                                                                          \
        assert_int_equal(gv_test_status, (expected));                                              \
    } while (0)

/* The one that made it, and no child of that. */
static pid_t gv_test_folder_of;
static char gv_test_folder_path[] = "/tmp/gv-test-XXXXXX";

static inline void gv_test_remove_folder(void)
{
    char command[sizeof gv_test_folder_path + 16];
    snprintf(command, sizeof command, "rm -rf %s", gv_test_folder_path);
    if (getpid() == gv_test_folder_of && system(command) != 0) {
        print_error("%s is left\n", gv_test_folder_path);
    }
}

/** A folder of this program's own, which goes when it ends. */
static inline const char *gv_test_folder(void)
{
    if (gv_test_folder_of == 0) {
        assert_non_null(mkdtemp(gv_test_folder_path));
        gv_test_folder_of = getpid();
        atexit(gv_test_remove_folder);
    }
    return gv_test_folder_path;
}

/** For main(): 77 where a device is missing, 1 where GPUVERDICT_REQUIRE_DEVICE=1 forbids that. */
static inline int gv_test_no_device(const char *reason)
{
    const char *required = getenv("GPUVERDICT_REQUIRE_DEVICE");
    printf("skipped: %s\n", reason);
    return required != NULL && strcmp(required, "1") == 0 ? 1 : GV_TEST_SKIPPED;
}

#endif
