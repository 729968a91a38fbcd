/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/cards.h"
#include "tests/gv_test.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char root[] = "/tmp/gpuverdict-cards-XXXXXX";

static void folder(const char *path)
{
    char all[256];
    snprintf(all, sizeof all, "%s%s", root, path);
    for (char *c = all + strlen(root) + 1;; c++) {
        if (*c == '/' || *c == 0) {
            char kept = *c;
            *c = 0;
            mkdir(all, 0777);
            *c = kept;
            if (kept == 0) {
                return;
            }
        }
    }
}

static void file(const char *path, const char *text)
{
    char all[256];
    snprintf(all, sizeof all, "%s%s", root, path);
    FILE *out = fopen(all, "w");
    assert_non_null(out);
    fputs(text, out);
    assert_int_equal(fclose(out), 0);
}

/* A card of a maker, as the kernel tells it. */
static void card(const char *node, const char *address, const char *vendor)
{
    char place[128], link[256], path[160];
    snprintf(place, sizeof place, "/sys/devices/%s", address);
    folder(place);
    snprintf(path, sizeof path, "%s/vendor", place);
    file(path, vendor);
    snprintf(path, sizeof path, "/sys/class/drm/%s", node);
    folder(path);
    snprintf(link, sizeof link, "%s/sys/class/drm/%s/device", root, node);
    snprintf(path, sizeof path, "../../../devices/%s", address);
    assert_int_equal(symlink(path, link), 0);
}

static int make(void **state)
{
    (void)state;
    if (mkdtemp(root) == NULL) {
        return 1;
    }
    card("renderD128", "0000:03:00.0", "0x1002\n");
    card("renderD129", "0000:00:02.0", "0x8086\n");
    card("renderD130", "0000:04:00.0", "0x1a03\n"); /* a display controller of a server */
    folder("/proc/driver/nvidia/gpus/0000:65:00.0");
    card("renderD131", "0000:67:00.0", "0x10de\n"); /* known in both places */
    folder("/proc/driver/nvidia/gpus/0000:67:00.0");
    folder("/dev/dri");
    file("/dev/dri/renderD128", "");
    return 0;
}

static int drop(void **state)
{
    (void)state;
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", root);
    return system(command);
}

static gv_device gpu(const char *vendor, const char *pci)
{
    gv_device device = {0};
    gv__copy_text(device.fact[GV_DEVICE_VENDOR].text, 164, vendor);
    gv__copy_text(device.fact[GV_DEVICE_PCI].text, 164, pci);
    device.fact[GV_DEVICE_PCI].error = pci[0] != 0 ? 0 : GV_FACT_ABSENT;
    return device;
}

static void each_card_that_no_driver_serves_is_named_with_what_mends_it(void **state)
{
    (void)state;
    gv_inventory none = {0};
    gv__text said = {0};
    gv_cards_unserved(root, &none, &said);
    assert_non_null(strstr(said.data, "The AMD card at 0000:03:00.0 has no OpenCL device: no "
                                      "driver serves it. Install or mend rocm-opencl-icd"));
    assert_non_null(strstr(said.data, "The Intel card at 0000:00:02.0 has no OpenCL device: "
                                      "/dev/dri/renderD129 is missing here."));
    assert_non_null(strstr(said.data, "The NVIDIA card at 0000:65:00.0 has no OpenCL device: "
                                      "/dev/nvidiactl is missing here."));
    assert_null(strstr(said.data, "0000:04:00.0"));
    gv__text_free(&said);
}

static void a_card_with_a_device_is_no_news(void **state)
{
    (void)state;
    gv_device devices[] = {gpu("Advanced Micro Devices, Inc.", ""),
                           gpu("Intel(R) Corporation", "0000:00:02.0"),
                           gpu("NVIDIA Corporation", "0000:66:00.0")};
    gv_inventory inventory = {.devices = devices, .device_count = GV__COUNT(devices)};
    gv__text said = {0};
    gv_cards_unserved(root, &inventory, &said);
    assert_non_null(said.data);
    assert_non_null(strstr(said.data, "0000:65:00.0")); /* another card of NVIDIA's than this */
    assert_null(strstr(said.data, "AMD"));
    assert_null(strstr(said.data, "Intel"));
    gv__text_free(&said);
    /* A processor's own runtime serves no card of its maker. */
    gv_device cpu = gpu("Intel(R) Corporation", "");
    cpu.is_host_silicon = true;
    inventory = (gv_inventory){.devices = &cpu, .device_count = 1};
    gv_cards_unserved(root, &inventory, &said);
    assert_non_null(strstr(said.data, "The Intel card"));
    gv__text_free(&said);
}

/* A container that passes in what computes, and nothing that draws. */
static void a_card_of_nvidia_needs_no_render_node(void **state)
{
    (void)state;
    char control[64];
    snprintf(control, sizeof control, "%s/dev/nvidiactl", root);
    file("/dev/nvidiactl", "");
    gv_inventory none = {0};
    gv__text said = {0};
    gv_cards_unserved(root, &none, &said);
    assert_int_equal(unlink(control), 0);
    assert_non_null(strstr(said.data, "The NVIDIA card at 0000:67:00.0 has no OpenCL device: no "
                                      "driver serves it. Install or mend nvidia-opencl-icd"));
    assert_null(strstr(said.data, "renderD131"));
    gv__text_free(&said);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_card_that_no_driver_serves_is_named_with_what_mends_it),
        cmocka_unit_test(a_card_with_a_device_is_no_news),
        cmocka_unit_test(a_card_of_nvidia_needs_no_render_node),
    };
    return cmocka_run_group_tests(tests, make, drop);
}
