/* SPDX-License-Identifier: Apache-2.0 */
/* The output of a timed call against the one that was checked, on a product computed here. */
#include "bench/task.h"
#include "tests/gv_test.h"

#include <math.h>

enum { M = 24, N = 20, K = 300 };

static gv__task task;

static float *output(void)
{
    return task.output;
}

/* C = A * B, summed forwards or backwards: two right results that differ in their last bits. */
static void multiply(bool backwards)
{
    const float *a = task.input[0];
    const float *b = task.input[1];
    for (size_t i = 0; i < M; i++) {
        for (size_t j = 0; j < N; j++) {
            float sum = 0;
            for (size_t l = 0; l < K; l++) {
                size_t p = backwards ? K - 1 - l : l;
                sum += a[i * K + p] * b[p * N + j];
            }
            output()[i * N + j] = sum;
        }
    }
}

static gv_status prepare(const char *workload, gv_error *err)
{
    gv_status status = gv__task_read(&task, workload, 7, err);
    return status == GV_OK ? gv__task_allocate(&task, err) : status;
}

static int prepare_checked(void **state)
{
    (void)state;
    gv_error err = {0};
    gv_check_result result;
    if (prepare("matmul:m=24,n=20,k=300", &err) != GV_OK) {
        return 1;
    }
    multiply(false);
    return gv__task_check(&task, NULL, &result, &err) == GV_OK ? 0 : 1;
}

static int release(void **state)
{
    (void)state;
    gv__task_free(&task);
    return 0;
}

static void the_same_and_another_order_of_summation_are_right(void **state)
{
    (void)state;
    gv_error err = {0};
    assert_status(gv__task_verify(&task, task.output, &err), GV_OK, err);
    multiply(true);
    assert_memory_not_equal(task.output, task.checked, task.operands.output.bytes);
    assert_status(gv__task_verify(&task, task.output, &err), GV_OK, err);
}

static void spoil_one(size_t at)
{
    output()[at] += 0.01F;
}

static void leave_unwritten(size_t at)
{
    output()[at] = NAN;
}

static void make_infinite(size_t at)
{
    output()[at] = INFINITY;
}

static void swap_rows(size_t at)
{
    for (size_t j = 0; j < N; j++) {
        float *a = &output()[at / N * N + j];
        float *b = &output()[(at / N + 1) % M * N + j];
        float kept = *a;
        *a = *b;
        *b = kept;
    }
}

static void each_kind_of_damage_is_found_wherever_it_lies(void **state)
{
    (void)state;
    static void (*const damages[])(size_t) = {spoil_one, leave_unwritten, make_infinite, swap_rows};
    static const size_t places[] = {0, M * N / 2, M * N - 1};
    for (size_t d = 0; d < GV__COUNT(damages); d++) {
        for (size_t p = 0; p < GV__COUNT(places); p++) {
            gv_error err = {0};
            multiply(false);
            damages[d](places[p]);
            gv_status status = gv__task_verify(&task, task.output, &err);
            if (status != GV_WRONG_RESULT) {
                fail_msg("damage %zu at place %zu was not found", d, p);
            }
            assert_non_null(strstr(err.text, "after the timed calls element "));
        }
    }
}

static void a_wrong_output_is_not_kept(void **state)
{
    (void)state;
    gv_error err = {0};
    gv_check_result result;
    gv__task_free(&task);
    assert_status(prepare("matmul:m=24,n=20,k=300", &err), GV_OK, err);
    multiply(false);
    spoil_one(3);
    assert_status(gv__task_check(&task, NULL, &result, &err), GV_WRONG_RESULT, err);
    assert_null(task.checked);
    assert_status(gv__task_verify(&task, task.output, &err), GV_ARGUMENT, err);
}

static void companions_are_the_layer_without_activation_and_the_way_back(void **state)
{
    (void)state;
    static const struct {
        const char *workload, *companion; /* NULL: none */
        gv__companion_kind kind;
    } cases[] = {
        {"matmul:m=2,n=2,k=2", NULL, GV__COMPANION_NONE},
        {"dense:batch=2,in=3,out=4", NULL, GV__COMPANION_NONE},
        {"dense:batch=2,in=3,out=4,act=tanh", "dense:batch=2,in=3,out=4", GV__COMPANION_LINEAR},
        {"fft:shape=8", "fft:shape=8,dir=inverse", GV__COMPANION_INVERSE},
        {"fft:shape=8,dir=inverse", "fft:shape=8", GV__COMPANION_INVERSE},
        {"fft:shape=9,kind=r2c", "fft:shape=9,kind=c2r", GV__COMPANION_INVERSE},
        {"fft:shape=9,kind=c2r", "fft:shape=9,kind=r2c", GV__COMPANION_INVERSE},
    };
    for (size_t i = 0; i < GV__COUNT(cases); i++) {
        gv_error err = {0};
        gv_workload companion;
        gv_operands operands;
        char text[GV_WORKLOAD_TEXT];
        size_t bytes = 0;
        gv__task_free(&task);
        assert_status(prepare(cases[i].workload, &err), GV_OK, err);
        assert_int_equal(gv__task_companion(&task, &companion, &bytes), cases[i].kind);
        if (cases[i].companion != NULL) {
            assert_string_equal(gv_workload_format(&companion, text), cases[i].companion);
            assert_status(gv_workload_operands(&companion, &operands, &err), GV_OK, err);
            assert_int_equal(bytes, operands.output.bytes);
        }
    }
}

static void arrays_begin_at_a_page(void **state)
{
    (void)state;
    assert_int_equal((uintptr_t)task.input[0] % 4096, 0);
    assert_int_equal((uintptr_t)task.input[1] % 4096, 0);
    assert_int_equal((uintptr_t)task.output % 4096, 0);
}

static void only_the_named_provider_is_excluded(void **state)
{
    (void)state;
    gv__ask_prepare ask = {.excluded = 1, .exclude = {"CLBlast 1.5.3", "clFFT 2.12.2"}};
    char text[GV_PROVIDER_TEXT];
    assert_true(gv__provider_excluded(&ask, gv__provider_text(text, "CLBlast", "1.5.3")));
    assert_false(gv__provider_excluded(&ask, "CLBlast 1.6.3"));
    assert_false(gv__provider_excluded(&ask, "clFFT 2.12.2")); /* past the count */
}

/* A list that is cut would hide that a library changed. */
static void a_list_of_libraries_names_each_once_or_has_no_room(void **state)
{
    (void)state;
    gv__say_opened opened = {.libraries = ""};
    gv_error err = {0};
    static const char *const names[] = {"our FFT", "FFT", "FFT", "clFFT", "our FFT"};
    for (size_t i = 0; i < GV__COUNT(names); i++) {
        assert_status(gv__libraries_add(&opened, names[i], "1.2", &err), GV_OK, err);
    }
    assert_status(gv__libraries_add(&opened, "FFT", "1", &err), GV_OK, err);
    assert_string_equal(opened.libraries, "our FFT 1.2, FFT 1.2, clFFT 1.2, FFT 1");
    char before[sizeof opened.libraries] = "";
    gv_status status = GV_OK;
    for (int i = 0; status == GV_OK && i < (int)sizeof before; i++) {
        char version[16];
        snprintf(version, sizeof version, "%d.0", i);
        strcpy(before, opened.libraries);
        status = gv__libraries_add(&opened, "library", version, &err);
    }
    assert_int_equal(status, GV_MEMORY);
    assert_non_null(strstr(err.text, "no room for library "));
    assert_string_equal(opened.libraries, before);
    assert_true(strlen(before) > sizeof before - 16);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_same_and_another_order_of_summation_are_right,
                                        prepare_checked, release),
        cmocka_unit_test_setup_teardown(each_kind_of_damage_is_found_wherever_it_lies,
                                        prepare_checked, release),
        cmocka_unit_test_setup_teardown(a_wrong_output_is_not_kept, prepare_checked, release),
        cmocka_unit_test_setup_teardown(
            companions_are_the_layer_without_activation_and_the_way_back, prepare_checked, release),
        cmocka_unit_test_setup_teardown(arrays_begin_at_a_page, prepare_checked, release),
        cmocka_unit_test(only_the_named_provider_is_excluded),
        cmocka_unit_test(a_list_of_libraries_names_each_once_or_has_no_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
