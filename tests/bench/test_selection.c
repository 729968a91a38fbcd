/* SPDX-License-Identifier: Apache-2.0 */
#include "base/support.h"
#include "bench/inventory.h"
#include "tests/gv_test.h"

static gv_platform platforms[] = {
    {.index = 0, .devices = 1, .name = "Portable Computing Language", .driver = "/x/pocl.icd"},
    {.index = 1, .problem = "crashed", .driver = "/x/broken.icd"},
    {.index = 2, .devices = 2, .name = "AMD Accelerated Parallel Processing", .driver = "/x/a.icd"},
};
static gv_device devices[3];
static const gv_inventory inventory = {
    .platforms = platforms, .platform_count = 3, .devices = devices, .device_count = 3};

static void text(gv_device *device, gv_device_fact fact, const char *value)
{
    device->fact[fact] = (gv_fact){.error = 0};
    gv__copy_text(device->fact[fact].text, sizeof device->fact[fact].text, value);
}

static int fill(void **state)
{
    (void)state;
    static const struct {
        uint32_t platform, device;
        const char *name, *board, *pci, *key;
    } rows[] = {
        {0, 0, "pthread-AMD EPYC", NULL, NULL, "Portable/pthread-AMD EPYC/3.1/0"},
        {2, 0, "gfx90a", "AMD Instinct MI210", "0000:03:00.0", "0000:03:00.0"},
        {2, 1, "gfx90a", "AMD Instinct MI210", "0000:c3:00.0", "0000:c3:00.0"},
    };
    for (uint32_t i = 0; i < GV__COUNT(rows); i++) {
        gv_device *device = &devices[i];
        *device = (gv_device){.index = i};
        device->platform_index = rows[i].platform;
        device->device_index = rows[i].device;
        gv__copy_text(device->key, sizeof device->key, rows[i].key);
        for (int fact = 0; fact < GV_DEVICE_FACT_COUNT; fact++) {
            device->fact[fact].error = GV_FACT_ABSENT;
        }
        text(device, GV_DEVICE_NAME, rows[i].name);
        text(device, GV_DEVICE_DRIVER, "3.1");
        if (rows[i].board != NULL) {
            text(device, GV_DEVICE_BOARD, rows[i].board);
            text(device, GV_DEVICE_PCI, rows[i].pci);
        }
    }
    return 0;
}

static void each_kind_of_selector_finds_its_device(void **state)
{
    (void)state;
    static const struct {
        const char *selectors[2];
        size_t count;
        unsigned chosen; /* bit i: device i */
        bool host_only;
    } cases[] = {
        {{NULL}, 0, 7, false},
        {{"0"}, 1, 1, false},
        {{"2"}, 1, 4, false},
        {{"0", "2"}, 2, 5, false},
        {{"2:1"}, 1, 4, false},
        {{"0:0"}, 1, 1, false},
        {{"0000:03:00.0"}, 1, 2, false},
        {{"C3:00.0"}, 1, 4, false},
        {{"Portable/pthread-AMD EPYC/3.1/0"}, 1, 1, false},
        {{"epyc"}, 1, 1, false},
        {{"pocl"}, 1, 1, false},
        {{"portable"}, 1, 1, false},
        {{"host"}, 1, 0, true},
        {{"none"}, 1, 0, true},
        {{"host", "none"}, 2, 0, true},
        {{"host", "1"}, 2, 2, false},
    };
    for (size_t i = 0; i < GV__COUNT(cases); i++) {
        gv_selection selection;
        gv_error err = {0};
        assert_status(
            gv_selection_resolve(&inventory, cases[i].selectors, cases[i].count, &selection, &err),
            GV_OK, err);
        unsigned chosen = 0;
        for (unsigned d = 0; d < 3; d++) {
            chosen |= (unsigned)selection.device[d] << d;
        }
        if (chosen != cases[i].chosen || selection.host_only != cases[i].host_only) {
            fail_msg("case %zu: %u", i, chosen);
        }
        gv_selection_free(&selection);
    }
}

static void what_cannot_be_meant_says_what_there_is(void **state)
{
    (void)state;
    static const struct {
        const char *selectors[2];
        size_t count;
        gv_status status;
        const char *text;
    } cases[] = {
        {{"3"}, 1, GV_NO_DEVICE, "\"3\" matches no device; there are: 0 = pthread-AMD EPYC"},
        {{"99999999999999999999"}, 1, GV_NO_DEVICE, "matches no device"},
        {{"1:0"}, 1, GV_NO_DEVICE, "matches no device"},
        {{"2:2"}, 1, GV_NO_DEVICE, "matches no device"},
        {{"-1"}, 1, GV_NO_DEVICE, "matches no device"},
        {{""}, 1, GV_NO_DEVICE, "matches no device"},
        {{"geforce"},
         1,
         GV_NO_DEVICE,
         "1 = gfx90a (AMD Accelerated Parallel Processing, 0000:03:00.0); 2 = gfx90a"},
        {{"mi210"}, 1, GV_ARGUMENT, "\"mi210\" is ambiguous: 1 = gfx90a"},
        {{"AMD"},
         1,
         GV_ARGUMENT,
         "\"AMD\" is ambiguous: 0 = pthread-AMD EPYC (Portable Computing Language, 3.1); 1"},
        {{"0", "geforce"}, 2, GV_NO_DEVICE, "\"geforce\""},
        {{"none", "0"}, 2, GV_ARGUMENT, "exclude each other"},
    };
    for (size_t i = 0; i < GV__COUNT(cases); i++) {
        gv_selection selection = {.host_only = false};
        gv_error err = {0};
        assert_status(
            gv_selection_resolve(&inventory, cases[i].selectors, cases[i].count, &selection, &err),
            cases[i].status, err);
        if (strstr(err.text, cases[i].text) == NULL) {
            fail_msg("case %zu: %s", i, err.text);
        }
        assert_null(selection.device);
    }
}

static void without_any_device_only_the_host_can_be_meant(void **state)
{
    (void)state;
    static const gv_inventory nothing = {.platforms = NULL};
    static const char *const zero[] = {"0"};
    gv_selection selection = {.host_only = false};
    gv_error err = {0};
    assert_status(gv_selection_resolve(&nothing, NULL, 0, &selection, &err), GV_OK, err);
    assert_false(selection.host_only);
    gv_selection_free(&selection);
    assert_status(gv_selection_resolve(&nothing, zero, 1, &selection, &err), GV_NO_DEVICE, err);
    assert_string_equal(err.text, "there is no OpenCL device, so none is \"0\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_of_selector_finds_its_device),
        cmocka_unit_test(what_cannot_be_meant_says_what_there_is),
        cmocka_unit_test(without_any_device_only_the_host_can_be_meant),
    };
    return cmocka_run_group_tests(tests, fill, NULL);
}
