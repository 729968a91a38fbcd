/* SPDX-License-Identifier: Apache-2.0 */
/* What was tuned, in memory: which shapes are alike, which devices the same. */
#include "bench/tuning.h"
#include "tests/gv_test.h"

static gv_workload parsed(const char *text)
{
    gv_workload workload;
    gv_error err = {0};
    assert_status(gv_workload_parse(text, &workload, &err), GV_OK, err);
    return workload;
}

static gv__tuned_class class_of(const char *text, const char *parameters)
{
    gv__tuned_class class = {.workload = parsed(text), .search_s = 1, .set_count = 1};
    gv__copy_text(class.text, sizeof class.text, text);
    gv__copy_text(class.set[0].provider, sizeof class.set[0].provider, "alpha 1.0");
    gv__copy_text(class.set[0].parameters, sizeof class.set[0].parameters, parameters);
    return class;
}

static gv__tuned_for device_named(const char *name)
{
    gv__tuned_for who = {.platform = "P", .driver = "1", .type = "GPU", .kernels = "abc"};
    who.compute_units = 8;
    who.vector_width = 4;
    gv__copy_text(who.name, sizeof who.name, name);
    return who;
}

static void add(gv__tuning *tuning, const gv__tuned_for *who, const char *text,
                const char *parameters)
{
    gv_error err = {0};
    const gv__tuned_class class = class_of(text, parameters);
    assert_status(gv__tuning_add(tuning, who, &class, &err), GV_OK, err);
}

static const char *found(const gv__tuning *tuning, const gv__tuned_for *who, const char *text)
{
    const gv_workload workload = parsed(text);
    const gv__tuned_class *class = gv__tuning_find(tuning, who, &workload);
    return class != NULL ? class->set[0].parameters : "none";
}

static void alike_is_within_a_factor_of_two_in_each_size_and_equal_in_the_rest(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        double distance;
    } cases[] = {
        {"matmul:m=512,n=512,k=512", "matmul:m=512,n=512,k=512", 0},
        {"matmul:m=512,n=512,k=512", "matmul:m=1024,n=512,k=512", 1},
        {"matmul:m=512,n=512,k=512", "matmul:m=1024,n=256,k=512", 2},
        {"matmul:m=512,n=512,k=512", "matmul:m=1025,n=512,k=512", INFINITY},
        {"matmul:m=512,n=512,k=512", "matmul:m=512,n=512,k=512,tb=t", INFINITY},
        {"matmul:m=512,n=512,k=512", "matmul:m=512,n=512,k=512,precision=f64", INFINITY},
        {"matmul:m=512,n=512,k=512", "dense:batch=512,in=512,out=512", INFINITY},
        {"matmul:m=64,n=64,k=64", "matmul:m=64,n=64,k=64,batch=2", INFINITY},
        {"dense:batch=1,in=512,out=512", "dense:batch=2,in=512,out=512", INFINITY},
        {"dense:batch=4,in=512,out=512", "dense:batch=2,in=512,out=512,act=relu", 1},
        {"fft:shape=1024", "fft:shape=1000", INFINITY},
        {"fft:shape=1024", "fft:shape=1024,batch=2", 1},
        {"fft:shape=1024", "fft:shape=1024,dir=inverse", INFINITY},
        {"fft:shape=32x32", "fft:shape=1024", INFINITY},
        {"conv2d:n=1,c=64,h=56,w=56,k=64,r=3,s=3", "conv2d:n=1,c=128,h=28,w=56,k=64,r=3,s=3", 2},
        {"conv2d:n=1,c=64,h=56,w=56,k=64,r=3,s=3", "conv2d:n=1,c=64,h=56,w=56,k=64,r=1,s=1",
         INFINITY},
        {"conv2d:n=1,c=64,h=56,w=56,k=64,r=3,s=3",
         "conv2d:n=1,c=64,h=56,w=56,k=64,r=3,s=3,groups=64", INFINITY},
    };
    for (size_t i = 0; i < GV__COUNT(cases); i++) {
        const gv_workload a = parsed(cases[i].a), b = parsed(cases[i].b);
        print_message("%s, %s\n", cases[i].a, cases[i].b);
        assert_close(gv__class_distance(&a, &b), cases[i].distance, 1e-12);
        assert_close(gv__class_distance(&b, &a), cases[i].distance, 1e-12);
    }
}

static void the_nearest_class_answers(void **state)
{
    (void)state;
    gv__tuning tuning = {.devices = NULL};
    const gv__tuned_for who = device_named("A");
    add(&tuning, &who, "matmul:m=512,n=512,k=512", "A=1");
    add(&tuning, &who, "matmul:m=1000,n=1000,k=1000", "A=2");
    assert_string_equal(found(&tuning, &who, "matmul:m=512,n=512,k=512"), "A=1");
    assert_string_equal(found(&tuning, &who, "matmul:m=600,n=600,k=600"), "A=1");
    assert_string_equal(found(&tuning, &who, "matmul:m=900,n=900,k=900"), "A=2");
    assert_string_equal(found(&tuning, &who, "matmul:m=100,n=900,k=900"), "none");
    /* A later search of the same workload takes the place of the first. */
    add(&tuning, &who, "matmul:m=512,n=512,k=512", "A=3");
    assert_string_equal(found(&tuning, &who, "matmul:m=512,n=512,k=512"), "A=3");
    assert_int_equal(tuning.device_count, 1);
    assert_int_equal(tuning.devices[0].class_count, 2);
    gv__tuning_free(&tuning);
}

static void another_driver_or_other_kernels_make_it_stale(void **state)
{
    (void)state;
    gv__tuning tuning = {.devices = NULL};
    const gv__tuned_for who = device_named("A");
    add(&tuning, &who, "matmul:m=512,n=512,k=512", "A=1");
    assert_false(gv__tuning_is_stale(&tuning, &who));
    for (int change = 0; change < 4; change++) {
        gv__tuned_for other = who;
        strcpy(change == 0   ? other.driver
               : change == 1 ? other.kernels
               : change == 2 ? other.name
                             : other.platform,
               "other");
        assert_string_equal(found(&tuning, &other, "matmul:m=512,n=512,k=512"), "none");
        assert_int_equal(gv__tuning_is_stale(&tuning, &other), change < 2);
    }
    gv__tuned_for fewer = who;
    fewer.compute_units = 4;
    assert_string_equal(found(&tuning, &fewer, "matmul:m=512,n=512,k=512"), "none");
    gv__tuning_free(&tuning);
}

static void what_is_left_open_fits_any_device(void **state)
{
    (void)state;
    gv__tuning tuning = {.devices = NULL};
    const gv__tuned_for narrow = {.type = "CPU", .compute_units = NAN, .vector_width = 8};
    const gv__tuned_for any = {.type = "CPU", .compute_units = NAN, .vector_width = NAN};
    add(&tuning, &narrow, "matmul:m=512,n=512,k=512", "A=8");
    add(&tuning, &any, "matmul:m=512,n=512,k=512", "A=0");
    add(&tuning, &any, "fft:shape=64", "F=0");
    gv__tuned_for who = device_named("A");
    assert_string_equal(found(&tuning, &who, "matmul:m=512,n=512,k=512"), "none");
    strcpy(who.type, "CPU");
    assert_string_equal(found(&tuning, &who, "matmul:m=512,n=512,k=512"), "A=0");
    who.vector_width = 8;
    assert_string_equal(found(&tuning, &who, "matmul:m=512,n=512,k=512"), "A=8");
    assert_string_equal(found(&tuning, &who, "fft:shape=64"), "F=0");
    gv__tuning_free(&tuning);
}

static void merging_keeps_the_newer_and_forgets_the_oldest_devices(void **state)
{
    (void)state;
    gv_error err = {0};
    gv__tuning tuning = {.devices = NULL};
    for (int i = 0; i < 100; i++) {
        char name[16];
        snprintf(name, sizeof name, "device %d", i);
        const gv__tuned_for who = device_named(name);
        gv__tuning one = {.devices = NULL};
        add(&one, &who, "fft:shape=64", i == 99 ? "F=9" : "F=1");
        assert_status(gv__tuning_merge(&tuning, &one, &err), GV_OK, err);
        gv__tuning_free(&one);
    }
    const gv__tuned_for first = device_named("device 0"), last = device_named("device 99");
    assert_int_equal(tuning.device_count, 64);
    assert_string_equal(found(&tuning, &first, "fft:shape=64"), "none");
    assert_string_equal(found(&tuning, &last, "fft:shape=64"), "F=9");
    gv__tuning_free(&tuning);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(alike_is_within_a_factor_of_two_in_each_size_and_equal_in_the_rest),
        cmocka_unit_test(the_nearest_class_answers),
        cmocka_unit_test(another_driver_or_other_kernels_make_it_stale),
        cmocka_unit_test(what_is_left_open_fits_any_device),
        cmocka_unit_test(merging_keeps_the_newer_and_forgets_the_oldest_devices),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
