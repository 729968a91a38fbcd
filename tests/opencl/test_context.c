/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/opencl/any_device.h"

static gv__embedded source(const char *path, const char *text)
{
    return (gv__embedded){path, (const unsigned char *)text, strlen(text), ""};
}

static void what_is_written_is_read_back(void **state)
{
    static const size_t sizes[] = {1, 3, 4, 4096, 1000003};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        unsigned char *from = malloc(sizes[i]);
        unsigned char *to = calloc(sizes[i], 1);
        assert_true(from != NULL && to != NULL);
        for (size_t j = 0; j < sizes[i]; j++) {
            from[j] = (unsigned char)(j * 7 + 1);
        }
        cl_mem buffer = NULL;
        gv_error err = {0};
        assert_status(gv__buffer_create(*state, sizes[i], &buffer, &err), GV_OK, err);
        assert_status(gv__buffer_write(*state, buffer, from, sizes[i], &err), GV_OK, err);
        assert_status(gv__buffer_read(*state, buffer, to, sizes[i], &err), GV_OK, err);
        assert_memory_equal(from, to, sizes[i]);
        gv__buffer_free(buffer);
        free(from);
        free(to);
    }
}

static void a_new_buffer_holds_nan(void **state)
{
    float values[64] = {0};
    cl_mem buffer = NULL;
    gv_error err = {0};
    assert_status(gv__buffer_create(*state, sizeof values, &buffer, &err), GV_OK, err);
    assert_status(gv__buffer_read(*state, buffer, values, sizeof values, &err), GV_OK, err);
    for (size_t i = 0; i < 64; i++) {
        assert_true(isnan(values[i]));
    }
    gv__buffer_free(buffer);
}

static void a_buffer_that_cannot_be_had_says_how_large(void **state)
{
    cl_mem buffer = NULL;
    gv_error err = {0};
    gv_status status = gv__buffer_create(*state, (size_t)1 << 50, &buffer, &err);
    assert_true(status == GV_OPENCL || status == GV_MEMORY);
    assert_null(buffer);
    assert_non_null(strstr(err.text, "allocating 1024 TiB on "));
    assert_non_null(strstr(err.text, "CL_"));
    err = (gv_error){0};
    assert_int_not_equal(gv__buffer_create(*state, 0, &buffer, &err), GV_OK);
    assert_null(buffer);
}

static void pinned_memory_carries_data_both_ways(void **state)
{
    enum { BYTES = 1 << 16 };
    gv__pinned pinned = {0};
    cl_mem buffer = NULL;
    gv_error err = {0};
    unsigned char *plain = malloc(BYTES);
    assert_non_null(plain);
    assert_status(gv__pinned_create(*state, BYTES, &pinned, &err), GV_OK, err);
    assert_int_equal(pinned.bytes, BYTES);
    assert_status(gv__buffer_create(*state, BYTES, &buffer, &err), GV_OK, err);
    for (size_t i = 0; i < BYTES; i++) {
        ((unsigned char *)pinned.host)[i] = (unsigned char)(i * 5);
    }
    assert_status(gv__buffer_write(*state, buffer, pinned.host, BYTES, &err), GV_OK, err);
    assert_status(gv__buffer_read(*state, buffer, plain, BYTES, &err), GV_OK, err);
    assert_memory_equal(plain, pinned.host, BYTES);
    memset(pinned.host, 0, BYTES);
    assert_status(gv__buffer_read(*state, buffer, pinned.host, BYTES, &err), GV_OK, err);
    assert_memory_equal(plain, pinned.host, BYTES);
    gv__buffer_free(buffer);
    gv__pinned_free(*state, &pinned);
    gv__pinned_free(*state, &pinned); /* twice does no harm */
    assert_null(pinned.buffer);
    free(plain);
}

static void several_sources_and_options_make_one_program(void **state)
{
    const gv__embedded first = source("a.cl", "int f(void) { return VALUE; }\n");
    const gv__embedded second = source("b.cl", "kernel void k(global int *o) { o[0] = f(); }\n");
    const gv__embedded *const sources[] = {&first, &second};
    cl_program program = NULL;
    double build_s = -1;
    gv_error err = {0};
    assert_status(gv__program_build(*state, sources, 2, "-DVALUE=42", &program, &build_s, &err),
                  GV_OK, err);
    assert_non_null(program);
    assert_true(build_s > 0);
    gv__program_free(program);
}

static void a_compile_error_is_told_by_its_line(void **state)
{
    static const char text[] = "#line 1 \"kernels/broken.cl\"\n"
                               "kernel void k(global int *o)\n"
                               "{\n"
                               "    o[0] = no_such_thing_anywhere;\n"
                               "}\n";
    const gv__embedded broken = source("kernels/broken.cl", text);
    const gv__embedded *const sources[] = {&broken};
    cl_program program = NULL;
    double build_s = -1;
    gv_error err = {0};
    assert_status(gv__program_build(*state, sources, 1, NULL, &program, &build_s, &err), GV_BUILD,
                  err);
    print_message("%s\n", err.text);
    assert_null(program);
    assert_true(build_s == -1);
    assert_string_equal(err.call, "clBuildProgram");
    assert_non_null(strstr(err.text, "kernels/broken.cl"));
    assert_non_null(strstr(err.text, "no_such_thing_anywhere"));
}

static void objects_are_counted(void **state)
{
    cl_mem buffer = NULL;
    gv_error err = {0};
    int before = gv__live_objects();
    assert_status(gv__buffer_create(*state, 16, &buffer, &err), GV_OK, err);
    assert_int_equal(gv__live_objects(), before + 1);
    gv__buffer_free(buffer);
    assert_int_equal(gv__live_objects(), before);
    gv__buffer_free(NULL);
    gv__program_free(NULL);
    gv__context_close(NULL);
    gv__pinned_free(*state, NULL);
    assert_int_equal(gv__live_objects(), before);
}

static void a_device_that_is_not_there_cannot_be_opened(void **state)
{
    (void)state;
    gv__context *context = NULL;
    gv_host host;
    gv_error err = {0};
    int before = gv__live_objects();
    gv__host_facts(&host);
    assert_status(gv__context_open(0, 1000, &host, &context, &err), GV_NO_DEVICE, err);
    assert_null(context);
    assert_int_equal(gv__live_objects(), before);
}

int main(void)
{
    if (!any_device_find().found) {
        return gv_test_no_device("no OpenCL device");
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read_back),
        cmocka_unit_test(a_new_buffer_holds_nan),
        cmocka_unit_test(a_buffer_that_cannot_be_had_says_how_large),
        cmocka_unit_test(pinned_memory_carries_data_both_ways),
        cmocka_unit_test(several_sources_and_options_make_one_program),
        cmocka_unit_test(a_compile_error_is_told_by_its_line),
        cmocka_unit_test(objects_are_counted),
        cmocka_unit_test(a_device_that_is_not_there_cannot_be_opened),
    };
    return cmocka_run_group_tests(tests, any_device_open, any_device_close);
}
