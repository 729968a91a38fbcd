/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever bytes a driver gives as a text: what is kept is printable UTF-8 that fits, cleaning it
 * again changes nothing, and the device's key ends with its ordinal. */
#include "opencl/facts.h"
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <string.h>

/* A strict decoder of its own, by code point: the cleaner judges by leading bytes. */
static size_t decoded_length(const unsigned char *c)
{
    uint32_t lead = c[0];
    size_t length = lead < 0x80 ? 1 : lead >> 5 == 6 ? 2 : lead >> 4 == 14 ? 3 : 4;
    static const uint32_t least[] = {0, 0x20, 0x80, 0x800, 0x10000};
    uint32_t point = length == 1 ? lead : lead & (0x7FU >> length);
    FUZZ_CHECK(length < 4 || lead >> 3 == 30);
    for (size_t i = 1; i < length; i++) {
        FUZZ_CHECK(c[i] >> 6 == 2);
        point = point << 6 | (c[i] & 0x3FU);
    }
    FUZZ_CHECK(point >= least[length] && point <= 0x10FFFF && point != 0x7F);
    FUZZ_CHECK(point < 0xD800 || point > 0xDFFF);
    return length;
}

static void check_clean(const char *bytes, size_t length, size_t size)
{
    char once[256];
    char twice[256];
    gv__text_clean(once, size, bytes, length);
    size_t kept = strlen(once);
    FUZZ_CHECK(kept < size);
    for (size_t i = 0; i < kept;) {
        i += decoded_length((const unsigned char *)once + i);
    }
    gv__text_clean(twice, sizeof twice, once, kept);
    /* A cut may leave a blank at the end, which the second time takes away. */
    FUZZ_CHECK(strncmp(once, twice, strlen(twice)) == 0);
    FUZZ_CHECK(strspn(once + strlen(twice), " ") == kept - strlen(twice));
}

static void check_key(const char *bytes, size_t length)
{
    gv_device device;
    memset(&device, 0, sizeof device);
    device.fact[GV_DEVICE_PCI].error = GV_FACT_ABSENT;
    device.fact[GV_DEVICE_UUID].error = GV_FACT_ABSENT;
    static const gv_device_fact parts[] = {GV_DEVICE_PLATFORM, GV_DEVICE_NAME, GV_DEVICE_DRIVER};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        gv_fact *fact = &device.fact[parts[i]];
        gv__text_clean(fact->text, sizeof fact->text, bytes, length);
    }
    gv__device_key(&device, 12);
    size_t used = strlen(device.key);
    FUZZ_CHECK(used < sizeof device.key && used >= 3);
    FUZZ_CHECK(strcmp(device.key + used - 3, "/12") == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    check_clean((const char *)data, size, 256);
    check_clean((const char *)data, size, 8);
    check_clean((const char *)data, size, 1);
    check_key((const char *)data, size);
    return 0;
}
