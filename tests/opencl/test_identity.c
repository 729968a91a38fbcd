/* SPDX-License-Identifier: Apache-2.0 */
#include "opencl/facts.h"
#include "tests/gv_test.h"

static void set(gv_fact *fact, const char *text)
{
    *fact = (gv_fact){.error = text == NULL ? GV_FACT_ABSENT : 0};
    if (text != NULL) {
        snprintf(fact->text, sizeof fact->text, "%s", text);
    }
}

static gv_device make_device(const char *platform, const char *name, const char *vendor,
                             const char *type)
{
    gv_device device;
    memset(&device, 0, sizeof device);
    for (int i = 0; i < GV_DEVICE_FACT_COUNT; i++) {
        device.fact[i].error = GV_FACT_ABSENT;
    }
    set(&device.fact[GV_DEVICE_PLATFORM], platform);
    set(&device.fact[GV_DEVICE_NAME], name);
    set(&device.fact[GV_DEVICE_VENDOR], vendor);
    set(&device.fact[GV_DEVICE_TYPE], type);
    set(&device.fact[GV_DEVICE_DRIVER], "1.2.3");
    return device;
}

static void the_hosts_own_silicon_is_told_from_a_card(void **state)
{
    (void)state;
    static const struct {
        const char *model, *platform, *name, *vendor, *type;
        bool host;
    } rows[] = {
        {"AMD EPYC", "Portable Computing Language", "pthread-haswell-AMD EPYC", "AuthenticAMD",
         "CPU", true},
        {"AMD EPYC", "Portable Computing Language", "cpu-haswell-AMD EPYC", "AuthenticAMD", "CPU",
         true},
        {"AMD EPYC", "Portable Computing Language", "pthread-haswell-AMD EPYC", "AuthenticAMD",
         "GPU", true},
        {"AMD EPYC", "Intel(R) OpenCL", "AMD EPYC", "Intel(R) Corporation", "CPU", true},
        {"Intel(R) Xeon(R) Gold 6338 CPU @ 2.00GHz", "Intel(R) OpenCL",
         "Intel(R) Xeon(R)  Gold 6338 CPU @ 2.00GHz", "Intel(R) Corporation", "CPU", true},
        {"AMD EPYC", "rusticl", "llvmpipe (LLVM 15.0.6, 256 bits)", "Mesa/X.org", "CPU", true},
        {"AMD EPYC", "rusticl", "llvmpipe (LLVM 15.0.6, 256 bits)", "Mesa/X.org", "GPU", true},
        {"AMD EPYC", "Oclgrind", "Oclgrind Simulator", "University of Bristol", "GPU", true},
        /* a card of the processor's maker, and one driven by PoCL */
        {"AMD Ryzen 7 5800U with Radeon Graphics", "AMD Accelerated Parallel Processing",
         "gfx90c:xnack-", "Advanced Micro Devices, Inc.", "GPU", false},
        {"Intel(R) Core(TM) i7-8700 CPU @ 3.20GHz", "Intel(R) OpenCL Graphics",
         "Intel(R) UHD Graphics 630", "Intel(R) Corporation", "GPU", false},
        {"AMD EPYC", "Portable Computing Language", "NVIDIA GeForce RTX 3070", "NVIDIA Corporation",
         "GPU", false},
        {"AMD EPYC", "NVIDIA CUDA", "NVIDIA H100 PCIe", "NVIDIA Corporation", "GPU", false},
        {"AMD EPYC", "rusticl", "AMD Radeon RX 6800 (radeonsi, navi21)", "AMD", "GPU", false},
        /* nothing is known of the processor */
        {NULL, "NVIDIA CUDA", "NVIDIA H100 PCIe", "NVIDIA Corporation", "GPU", false},
        {NULL, "Portable Computing Language", "cpu-cortex-a72", "ARM", "CPU", true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        gv_host host;
        memset(&host, 0, sizeof host);
        set(&host.fact[GV_HOST_MODEL], rows[i].model);
        gv_device device =
            make_device(rows[i].platform, rows[i].name, rows[i].vendor, rows[i].type);
        if (gv__device_is_host(&device, &host) != rows[i].host) {
            print_error("%s, %s, %s\n", rows[i].platform, rows[i].name, rows[i].type);
        }
        assert_int_equal(gv__device_is_host(&device, &host), rows[i].host);
    }
}

static void a_key_is_the_best_name_that_there_is(void **state)
{
    (void)state;
    static const struct {
        const char *pci, *uuid;
        bool host_silicon;
        const char *key;
    } rows[] = {
        {"0000:41:00.0", "01234567-89ab-cdef-0123-456789abcdef", false, "0000:41:00.0"},
        {NULL, "01234567-89ab-cdef-0123-456789abcdef", false,
         "01234567-89ab-cdef-0123-456789abcdef"},
        {NULL, "01234567-89ab-cdef-0123-456789abcdef", true, "P/Card/1.2.3/7"},
        {NULL, NULL, false, "P/Card/1.2.3/7"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        gv_device device = make_device("P", "Card", "V", "GPU");
        set(&device.fact[GV_DEVICE_PCI], rows[i].pci);
        set(&device.fact[GV_DEVICE_UUID], rows[i].uuid);
        device.is_host_silicon = rows[i].host_silicon;
        gv__device_key(&device, 7);
        assert_string_equal(device.key, rows[i].key);
    }
}

static void identical_cards_differ_in_their_keys_however_long_the_names(void **state)
{
    (void)state;
    char longest[150];
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = 0;
    gv_device first = make_device(longest, longest, "V", "GPU");
    set(&first.fact[GV_DEVICE_DRIVER], longest);
    gv_device second = first;
    gv__device_key(&first, 0);
    gv__device_key(&second, 1);
    assert_string_not_equal(first.key, second.key);
    assert_true(strlen(first.key) < sizeof first.key);
}

static void what_drivers_say_is_made_safe(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t length, size;
        const char *clean;
    } rows[] = {
        {"  AMD EPYC   ", 13, 64, "AMD EPYC"},
        {"tab\there\r\n", 10, 64, "tab here"},
        {"a\0hidden", 8, 64, "a"},
        {"", 0, 64, ""},
        {"   ", 3, 64, ""},
        {"\x1b[31mred", 8, 64, "?[31mred"},
        {"M\xC3\xBCller", 7, 64, "M\xC3\xBCller"},
        {"M\xFCller", 6, 64, "M?ller"},
        {"\xC0\xAF\xED\xA0\x80\xF4\x90\x80\x80", 9, 64, "?????????"},
        {"cut \xC3", 5, 64, "cut ?"},
        /* cut at a character's edge */
        {"abc\xC3\xBC", 5, 5, "abc"},
        {"abcdef", 6, 4, "abc"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char out[64];
        memset(out, '#', sizeof out);
        gv__text_clean(out, rows[i].size, rows[i].bytes, rows[i].length);
        assert_string_equal(out, rows[i].clean);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_hosts_own_silicon_is_told_from_a_card),
        cmocka_unit_test(a_key_is_the_best_name_that_there_is),
        cmocka_unit_test(identical_cards_differ_in_their_keys_however_long_the_names),
        cmocka_unit_test(what_drivers_say_is_made_safe),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
