/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/opencl/any_device.h"

enum { MOST_DEVICES = 64 };

typedef struct listing {
    size_t platforms, devices;
    uint32_t promised; /* devices that the platforms announced */
    gv_device device[MOST_DEVICES];
} listing;

static bool count_platform(void *context, const gv_platform *platform)
{
    listing *list = context;
    assert_int_equal(platform->index, list->platforms);
    list->platforms++;
    list->promised += platform->devices;
    print_message("platform %s, %s: %u devices. %s\n", platform->name, platform->version,
                  platform->devices, platform->problem);
    assert_true(platform->devices > 0 || platform->problem[0] != 0);
    return true;
}

static bool keep_device(void *context, const gv_device *device)
{
    listing *list = context;
    assert_true(list->devices < MOST_DEVICES);
    assert_int_equal(device->index, list->devices);
    assert_int_equal(device->platform_index, list->platforms - 1);
    list->device[list->devices++] = *device;
    return true;
}

static listing *list_all(void)
{
    listing *list = calloc(1, sizeof *list);
    assert_non_null(list);
    gv_host host;
    gv_error err = {0};
    gv__host_facts(&host);
    const gv__enumerate_sink sink = {count_platform, keep_device, list};
    assert_status(gv__enumerate(&host, &sink, &err), GV_OK, err);
    return list;
}

static void every_fact_is_a_value_or_says_why_not(void **state)
{
    (void)state;
    listing *list = list_all();
    assert_int_equal(list->devices, list->promised);
    for (size_t i = 0; i < list->devices; i++) {
        const gv_device *device = &list->device[i];
        print_message("device %s%s\n", device->key, device->is_host_silicon ? " (host)" : "");
        for (int f = 0; f < GV_DEVICE_FACT_COUNT; f++) {
            const gv_fact *fact = &device->fact[f];
            const gv_fact_info *info = gv_device_fact_info((gv_device_fact)f);
            char text[192];
            print_message("    %-24s %s\n", info->label,
                          gv_fact_format(fact, info->kind, text, sizeof text));
            if (fact->error != 0 && fact->error != GV_FACT_ABSENT) {
                assert_true(strncmp(fact->text, "CL_", 3) == 0);
            }
        }
        assert_true(gv_device_text(device, GV_DEVICE_NAME)[0] != 0);
        assert_true(gv_device_number(device, GV_DEVICE_COMPUTE_UNITS) >= 1);
        assert_true(gv_device_number(device, GV_DEVICE_MAX_ALLOC) > 0);
        assert_true(gv_device_number(device, GV_DEVICE_MAX_ALLOC) <=
                    gv_device_number(device, GV_DEVICE_GLOBAL_MEM));
    }
    free(list);
}

static void keys_are_unique_and_the_same_each_time(void **state)
{
    (void)state;
    listing *first = list_all();
    listing *second = list_all();
    assert_int_equal(first->devices, second->devices);
    for (size_t i = 0; i < first->devices; i++) {
        assert_true(first->device[i].key[0] != 0);
        assert_string_equal(first->device[i].key, second->device[i].key);
        for (size_t j = 0; j < i; j++) {
            /* One card seen through two drivers may have one key; within a platform it may not. */
            if (first->device[i].platform_index == first->device[j].platform_index) {
                assert_string_not_equal(first->device[i].key, first->device[j].key);
            }
        }
    }
    free(first);
    free(second);
}

static void a_device_is_found_again_by_its_positions(void **state)
{
    (void)state;
    listing *list = list_all();
    gv_host host;
    gv__host_facts(&host);
    for (size_t i = 0; i < list->devices; i++) {
        cl_platform_id platform = NULL;
        cl_device_id device = NULL;
        gv_device facts;
        gv_error err = {0};
        assert_status(gv__device_find(list->device[i].platform_index, list->device[i].device_index,
                                      &host, &platform, &device, &facts, &err),
                      GV_OK, err);
        assert_non_null(platform);
        assert_non_null(device);
        assert_memory_equal(&facts, &list->device[i], sizeof facts);
    }
    free(list);
}

static void a_position_without_a_device_is_no_device(void **state)
{
    (void)state;
    static const uint32_t places[][2] = {{0, 1000}, {1000, 0}, {UINT32_MAX, UINT32_MAX}};
    gv_host host;
    gv__host_facts(&host);
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        cl_platform_id platform = NULL;
        cl_device_id device = NULL;
        gv_device facts;
        gv_error err = {0};
        assert_status(
            gv__device_find(places[i][0], places[i][1], &host, &platform, &device, &facts, &err),
            GV_NO_DEVICE, err);
        assert_null(platform);
        assert_null(device);
    }
}

static bool stop_at_platform(void *context, const gv_platform *platform)
{
    (void)platform;
    ++*(int *)context;
    return false;
}

static bool never_called(void *context, const gv_device *device)
{
    (void)context;
    (void)device;
    fail_msg("a device came after the sink had enough");
    return true;
}

static void a_sink_that_has_enough_hears_no_more(void **state)
{
    (void)state;
    int calls = 0;
    gv_host host;
    gv__host_facts(&host);
    const gv__enumerate_sink sink = {stop_at_platform, never_called, &calls};
    gv_error err = {0};
    assert_status(gv__enumerate(&host, &sink, &err), GV_OK, err);
    assert_int_equal(calls, 1);
}

int main(void)
{
    if (!any_device_find().found) {
        return gv_test_no_device("no OpenCL device");
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_fact_is_a_value_or_says_why_not),
        cmocka_unit_test(keys_are_unique_and_the_same_each_time),
        cmocka_unit_test(a_device_is_found_again_by_its_positions),
        cmocka_unit_test(a_position_without_a_device_is_no_device),
        cmocka_unit_test(a_sink_that_has_enough_hears_no_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
