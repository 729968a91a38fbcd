/* SPDX-License-Identifier: Apache-2.0 */
/* Power from a kernel's files and a vendor's library that are made up here. */
#include "base/support.h"
#include "bench/power.h"
#include "tests/gv_test.h"

#include <sys/stat.h>

static char root[64];

static int start(void **state)
{
    (void)state;
    snprintf(root, sizeof root, "/tmp/gv-power-XXXXXX");
    unsetenv("GV_FAKE_NVML");
    return mkdtemp(root) == NULL;
}

static int stop(void **state)
{
    (void)state;
    char command[96];
    snprintf(command, sizeof command, "rm -r %s", root);
    return system(command);
}

static void write_file(const char *path, const char *text)
{
    char command[512];
    snprintf(command, sizeof command, "mkdir -p $(dirname %s/%s) && printf %s > %s/%s", root, path,
             text, root, path);
    assert_int_equal(system(command), 0);
}

static gv_device device_at(const char *pci)
{
    gv_device device = {.is_host_silicon = pci == NULL};
    gv_fact *fact = &device.fact[GV_DEVICE_PCI];
    fact->error = pci == NULL ? GV_FACT_ABSENT : 0;
    gv__copy_text(fact->text, sizeof fact->text, pci != NULL ? pci : "");
    return device;
}

/* When the last measurement began lies between these two, whatever else the machine does. */
static double before_s, begun_s;

static void begin(gv__power *power)
{
    before_s = gv__now_s();
    gv__power_begin(power);
    begun_s = gv__now_s();
}

/* Ends it, by a counter that moved so far meanwhile. */
static void end_after(gv__power *power, double joules)
{
    const double ending_s = gv__now_s();
    const double watts = gv__power_end(power);
    const double ended_s = gv__now_s();
    if (!(watts >= joules / (ended_s - before_s) && watts <= joules / (ending_s - begun_s))) {
        fail_msg("%g W of %g J in %g to %g s", watts, joules, ending_s - begun_s,
                 ended_s - before_s);
    }
}

static void a_counter_gives_the_mean_since_the_beginning(void **state)
{
    (void)state;
    static const char file[] = "sys/bus/pci/devices/0000:03:00.0/hwmon/hwmon3/energy1_input";
    const gv_device device = device_at("0000:03:00.0");
    write_file(file, "5000000");
    gv__power *power = gv__power_open_at(&device, root, "/nowhere/nvml.so");
    assert_string_equal(gv__power_source(power), "hwmon");
    begin(power);
    gv__sleep_s(0.12);
    write_file(file, "35000000"); /* 30 J more */
    end_after(power, 30);
    double watts;
    do { /* until nothing came between */
        begin(power);
        watts = gv__power_end(power);
    } while (gv__now_s() - before_s >= 0.1);
    assert_true(isnan(watts)); /* too soon to say */
    gv__power_close(power);
}

static void packages_add_up_and_a_counter_may_wrap(void **state)
{
    (void)state;
    const gv_device device = device_at(NULL);
    write_file("sys/class/powercap/intel-rapl:0/energy_uj", "90000000");
    write_file("sys/class/powercap/intel-rapl:0/max_energy_range_uj", "100000000");
    write_file("sys/class/powercap/intel-rapl:1/energy_uj", "0");
    write_file("sys/class/powercap/intel-rapl:0:0/energy_uj", "1"); /* a part of the first */
    gv__power *power = gv__power_open_at(&device, root, "/nowhere/nvml.so");
    assert_string_equal(gv__power_source(power), "RAPL");
    begin(power);
    gv__sleep_s(0.12);
    write_file("sys/class/powercap/intel-rapl:0/energy_uj", "10000000"); /* 20 J more */
    write_file("sys/class/powercap/intel-rapl:1/energy_uj", "10000000"); /* 10 J more */
    write_file("sys/class/powercap/intel-rapl:0:0/energy_uj", "9000000");
    end_after(power, 30);
    gv__power_close(power);
}

static void moments_are_averaged(void **state)
{
    (void)state;
    static const char file[] = "sys/bus/pci/devices/0000:03:00.0/hwmon/hwmon0/power1_average";
    const gv_device device = device_at("0000:03:00.0");
    write_file(file, "40000000");
    gv__power *power = gv__power_open_at(&device, root, "/nowhere/nvml.so");
    gv__power_begin(power);
    assert_true(isnan(gv__power_end(power)));
    gv__power_look(power);
    write_file(file, "60000000");
    gv__power_look(power);
    assert_close(gv__power_end(power), 50, 1e-12);
    gv__power_close(power);
}

static void nvml_tells_of_its_devices_alone(void **state)
{
    (void)state;
    gv_device device = device_at("0000:65:00.0");
    gv__power *power = gv__power_open_at(&device, root, GV_TEST_NVML);
    assert_string_equal(gv__power_source(power), "NVML");
    begin(power);
    gv__sleep_s(0.12);
    end_after(power, 30);
    gv__power_close(power);

    setenv("GV_FAKE_NVML", "moment", 1);
    power = gv__power_open_at(&device, root, GV_TEST_NVML);
    gv__power_begin(power);
    gv__power_look(power);
    assert_close(gv__power_end(power), 125, 1e-12);
    gv__power_close(power);

    device = device_at("0000:66:00.0");
    power = gv__power_open_at(&device, root, GV_TEST_NVML);
    assert_string_equal(gv__power_source(power), "");
    gv__power_close(power);
}

static void where_nobody_tells_power_is_absent(void **state)
{
    (void)state;
    const char *const addresses[] = {"0000:03:00.0", NULL, ""};
    for (size_t i = 0; i < GV__COUNT(addresses); i++) {
        const gv_device device = device_at(addresses[i]);
        gv__power *power = gv__power_open_at(&device, root, "/nowhere/nvml.so");
        assert_string_equal(gv__power_source(power), "");
        gv__power_begin(power);
        gv__power_look(power);
        gv__sleep_s(0.11);
        assert_true(isnan(gv__power_end(power)));
        gv__power_close(power);
    }
    gv__power_begin(NULL);
    gv__power_look(NULL);
    assert_true(isnan(gv__power_end(NULL)));
    gv__power_close(NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_counter_gives_the_mean_since_the_beginning),
        TEST(packages_add_up_and_a_counter_may_wrap),
        TEST(moments_are_averaged),
        TEST(nvml_tells_of_its_devices_alone),
        TEST(where_nobody_tells_power_is_absent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
