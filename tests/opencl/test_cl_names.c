/* SPDX-License-Identifier: Apache-2.0 */
#include "opencl/cl_names.h"
#include "tests/gv_test.h"

/* Against the header's own numbers. */
static void names_belong_to_their_codes(void **state)
{
    (void)state;
#define ROW(code)                                                                                  \
    {                                                                                              \
        code, #code                                                                                \
    }
    static const struct {
        cl_int code;
        const char *name;
    } rows[] = {
        ROW(CL_SUCCESS),
        ROW(CL_DEVICE_NOT_FOUND),
        ROW(CL_MEM_OBJECT_ALLOCATION_FAILURE),
        ROW(CL_OUT_OF_RESOURCES),
        ROW(CL_OUT_OF_HOST_MEMORY),
        ROW(CL_PROFILING_INFO_NOT_AVAILABLE),
        ROW(CL_BUILD_PROGRAM_FAILURE),
        ROW(CL_MAP_FAILURE),
        ROW(CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST),
        ROW(CL_KERNEL_ARG_INFO_NOT_AVAILABLE),
        ROW(CL_INVALID_VALUE),
        ROW(CL_INVALID_DEVICE),
        ROW(CL_INVALID_COMMAND_QUEUE),
        ROW(CL_INVALID_MEM_OBJECT),
        ROW(CL_INVALID_BUILD_OPTIONS),
        ROW(CL_INVALID_PROGRAM),
        ROW(CL_INVALID_PROGRAM_EXECUTABLE),
        ROW(CL_INVALID_KERNEL_NAME),
        ROW(CL_INVALID_KERNEL),
        ROW(CL_INVALID_KERNEL_ARGS),
        ROW(CL_INVALID_WORK_GROUP_SIZE),
        ROW(CL_INVALID_EVENT),
        ROW(CL_INVALID_OPERATION),
        ROW(CL_INVALID_BUFFER_SIZE),
        ROW(CL_INVALID_GLOBAL_WORK_SIZE),
        ROW(CL_INVALID_PROPERTY),
        ROW(CL_INVALID_DEVICE_PARTITION_COUNT),
        ROW(CL_INVALID_SPEC_ID),
        ROW(CL_MAX_SIZE_RESTRICTION_EXCEEDED),
        ROW(CL_PLATFORM_NOT_FOUND_KHR),
    };
#undef ROW
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_string_equal(gv__cl_name(rows[i].code), rows[i].name);
    }
    assert_string_equal(gv__cl_name(-12345), "unknown OpenCL code");
    assert_string_equal(gv__cl_name(1), "unknown OpenCL code");
}

static void a_failure_names_what_where_and_why(void **state)
{
    (void)state;
    gv_error err = {0};
    assert_int_equal(gv__cl_fail(&err, CL_OUT_OF_RESOURCES, "clFinish", "multiplying on X"),
                     GV_OPENCL);
    assert_int_equal(err.status, GV_OPENCL);
    assert_int_equal(err.code, CL_OUT_OF_RESOURCES);
    assert_string_equal(err.call, "clFinish");
    assert_non_null(strstr(err.text, "multiplying on X failed: clFinish answered "
                                     "CL_OUT_OF_RESOURCES (-5); try smaller sizes"));
    assert_int_equal(gv__cl_fail(&err, CL_OUT_OF_HOST_MEMORY, "clFinish", "x"), GV_MEMORY);
    assert_int_equal(gv__cl_fail(&err, -777, "clFinish", "x"), GV_OPENCL);
    assert_non_null(strstr(err.text, "unknown OpenCL code (-777)"));
    assert_int_equal(gv__cl_fail(NULL, -5, "clFinish", "x"), GV_OPENCL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_belong_to_their_codes),
        cmocka_unit_test(a_failure_names_what_where_and_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
