/* SPDX-License-Identifier: Apache-2.0 */
/* One table row per property: how it is asked, and how the answer becomes a value. */
#include "opencl/facts.h"

#include "base/support.h"
#include "opencl/cl_names.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* No honest answer is longer; extension lists take about 2 KiB. */
enum { LONGEST_ANSWER = 1 << 20 };

/* Length of the UTF-8 sequence at `bytes`, 0 where there is no valid and printable one. */
static size_t character_length(const unsigned char *bytes, size_t left)
{
    unsigned char lead = bytes[0];
    if (lead < 0x80) {
        return lead >= 0x20 && lead != 0x7F ? 1 : 0;
    }
    size_t length = lead >= 0xF0 && lead <= 0xF4   ? 4
                    : lead >= 0xE0 && lead <= 0xEF ? 3
                    : lead >= 0xC2 && lead <= 0xDF ? 2
                                                   : 0;
    if (length == 0 || length > left) {
        return 0;
    }
    for (size_t i = 1; i < length; i++) {
        if ((bytes[i] & 0xC0) != 0x80) {
            return 0;
        }
    }
    /* Overlong forms, surrogates, and numbers past U+10FFFF start like valid ones. */
    bool wrong = (lead == 0xE0 && bytes[1] < 0xA0) || (lead == 0xED && bytes[1] > 0x9F) ||
                 (lead == 0xF0 && bytes[1] < 0x90) || (lead == 0xF4 && bytes[1] > 0x8F);
    return wrong ? 0 : length;
}

void gv__text_clean(char *out, size_t size, const char *bytes, size_t length)
{
    const char *end = memchr(bytes, 0, length);
    length = end != NULL ? (size_t)(end - bytes) : length;
    while (length > 0 && isspace((unsigned char)bytes[length - 1])) {
        length--;
    }
    while (length > 0 && isspace((unsigned char)bytes[0])) {
        bytes++;
        length--;
    }
    size_t used = 0;
    for (size_t i = 0; i < length;) {
        size_t step = character_length((const unsigned char *)bytes + i, length - i);
        if (used + (step > 0 ? step : 1) >= size) {
            break;
        }
        if (step > 0) {
            memcpy(out + used, bytes + i, step);
            used += step;
            i += step;
        } else {
            out[used++] = isspace((unsigned char)bytes[i]) ? ' ' : '?';
            i++;
        }
    }
    out[used] = 0;
}

/* ---- asking -------------------------------------------------------------------------------- */

/* The whole answer to a query of any length, with a 0 behind it; caller frees. */
static cl_int device_bytes(cl_device_id device, cl_device_info info, char **out, size_t *length)
{
    size_t size = 0;
    cl_int code = clGetDeviceInfo(device, info, 0, NULL, &size);
    if (code != CL_SUCCESS) {
        return code;
    }
    if (size > LONGEST_ANSWER) {
        return CL_INVALID_VALUE;
    }
    char *bytes = calloc(size + 1, 1);
    if (bytes == NULL) {
        return CL_OUT_OF_HOST_MEMORY;
    }
    code = size > 0 ? clGetDeviceInfo(device, info, size, bytes, NULL) : CL_SUCCESS;
    if (code != CL_SUCCESS) {
        free(bytes);
        return code;
    }
    *out = bytes;
    *length = size;
    return CL_SUCCESS;
}

cl_int gv__device_text(cl_device_id device, cl_device_info info, char *out, size_t size)
{
    char *bytes = NULL;
    size_t length = 0;
    cl_int code = device_bytes(device, info, &bytes, &length);
    out[0] = 0;
    if (code == CL_SUCCESS) {
        gv__text_clean(out, size, bytes, length);
        free(bytes);
    }
    return code;
}

cl_int gv__platform_text(cl_platform_id platform, cl_platform_info info, char *out, size_t size)
{
    char bytes[1024] = {0};
    size_t length = 0;
    out[0] = 0;
    cl_int code = clGetPlatformInfo(platform, info, 0, NULL, &length);
    if (code == CL_SUCCESS && length > sizeof bytes) {
        code = CL_INVALID_VALUE;
    }
    if (code == CL_SUCCESS && length > 0) {
        code = clGetPlatformInfo(platform, info, sizeof bytes, bytes, NULL);
    }
    if (code == CL_SUCCESS) {
        gv__text_clean(out, size, bytes, sizeof bytes);
    }
    return code;
}

/* A reader asks one property and turns the answer into a value; it returns the query's code. */
typedef cl_int reader(cl_device_id device, cl_device_info info, gv_fact *out);

static cl_int read_text(cl_device_id device, cl_device_info info, gv_fact *out)
{
    return gv__device_text(device, info, out->text, sizeof out->text);
}

/* cl_uint, cl_bool, cl_ulong and size_t answers alike: the size that comes back tells. */
static cl_int read_number(cl_device_id device, cl_device_info info, gv_fact *out)
{
    cl_ulong value = 0;
    size_t size = 0;
    cl_int code = clGetDeviceInfo(device, info, sizeof value, &value, &size);
    if (code != CL_SUCCESS) {
        return code;
    }
    if (size == sizeof(cl_uint)) {
        cl_uint narrow = 0;
        memcpy(&narrow, &value, sizeof narrow);
        value = narrow;
    } else if (size != sizeof value) {
        return CL_INVALID_VALUE;
    }
    out->number = (double)value;
    return CL_SUCCESS;
}

static cl_int read_megahertz(cl_device_id device, cl_device_info info, gv_fact *out)
{
    cl_int code = read_number(device, info, out);
    out->number *= 1e6;
    return code;
}

static cl_int read_nonzero(cl_device_id device, cl_device_info info, gv_fact *out)
{
    cl_int code = read_number(device, info, out);
    out->number = out->number != 0;
    return code;
}

static cl_int read_type(cl_device_id device, cl_device_info info, gv_fact *out)
{
    static const struct {
        cl_device_type bit;
        const char *word;
    } words[] = {{CL_DEVICE_TYPE_GPU, "GPU"},
                 {CL_DEVICE_TYPE_CPU, "CPU"},
                 {CL_DEVICE_TYPE_ACCELERATOR, "accelerator"},
                 {CL_DEVICE_TYPE_CUSTOM, "custom"}};
    cl_device_type type = 0;
    cl_int code = clGetDeviceInfo(device, info, sizeof type, &type, NULL);
    const char *word = "unknown";
    for (size_t i = 0; i < GV__COUNT(words); i++) {
        if ((type & words[i].bit) != 0) {
            word = words[i].word;
            break;
        }
    }
    gv__copy_text(out->text, sizeof out->text, word);
    return code;
}

static cl_int read_local_mem_type(cl_device_id device, cl_device_info info, gv_fact *out)
{
    cl_device_local_mem_type type = CL_NONE;
    cl_int code = clGetDeviceInfo(device, info, sizeof type, &type, NULL);
    gv__copy_text(out->text, sizeof out->text,
                  type == CL_LOCAL    ? "dedicated"
                  : type == CL_GLOBAL ? "part of global memory"
                                      : "none");
    return code;
}

static cl_int read_word_count(cl_device_id device, cl_device_info info, gv_fact *out)
{
    char *bytes = NULL;
    size_t length = 0;
    cl_int code = device_bytes(device, info, &bytes, &length);
    if (code == CL_SUCCESS) {
        bool inside = false;
        for (const char *c = bytes; *c != 0; c++) {
            out->number += !isspace((unsigned char)*c) && !inside;
            inside = !isspace((unsigned char)*c);
        }
        free(bytes);
    }
    return code;
}

static bool lists_word(const char *list, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = list; (at = strstr(at, word)) != NULL; at += length) {
        if ((at == list || isspace((unsigned char)at[-1])) &&
            (at[length] == 0 || isspace((unsigned char)at[length]))) {
            return true;
        }
    }
    return false;
}

static cl_int read_fp16(cl_device_id device, cl_device_info info, gv_fact *out)
{
    char *bytes = NULL;
    size_t length = 0;
    cl_int code = device_bytes(device, info, &bytes, &length);
    if (code == CL_SUCCESS) {
        out->number = lists_word(bytes, "cl_khr_fp16");
        free(bytes);
    }
    return code;
}

/* An array of the sizes among which a kernel, or its compiler, may choose. */
static cl_int read_smallest(cl_device_id device, cl_device_info info, gv_fact *out)
{
    char *bytes = NULL;
    size_t length = 0;
    cl_int code = device_bytes(device, info, &bytes, &length);
    if (code != CL_SUCCESS) {
        return code;
    }
    out->error = GV_FACT_ABSENT;
    for (size_t at = 0; at + sizeof(size_t) <= length; at += sizeof(size_t)) {
        size_t size = 0;
        memcpy(&size, bytes + at, sizeof size);
        if (size > 0 && (out->error != 0 || (double)size < out->number)) {
            *out = (gv_fact){.number = (double)size};
        }
    }
    free(bytes);
    return CL_SUCCESS;
}

static void format_pci(gv_fact *out, unsigned domain, unsigned bus, unsigned device,
                       unsigned function)
{
    snprintf(out->text, sizeof out->text, "%04x:%02x:%02x.%x", domain, bus, device, function);
}

static cl_int read_pci_khr(cl_device_id device, cl_device_info info, gv_fact *out)
{
    cl_uint place[4] = {0}; /* domain, bus, device, function */
    cl_int code = clGetDeviceInfo(device, info, sizeof place, place, NULL);
    format_pci(out, place[0], place[1], place[2], place[3]);
    return code;
}

static cl_int read_pci_nvidia(cl_device_id device, cl_device_info info, gv_fact *out)
{
    cl_uint bus = 0;
    cl_uint slot = 0;   /* device and function */
    cl_uint domain = 0; /* drivers before 450 do not tell, and 0 is nearly always right */
    cl_int code = clGetDeviceInfo(device, info, sizeof bus, &bus, NULL);
    if (code == CL_SUCCESS) {
        code = clGetDeviceInfo(device, CL_DEVICE_PCI_SLOT_ID_NV, sizeof slot, &slot, NULL);
    }
    if (clGetDeviceInfo(device, CL_DEVICE_PCI_DOMAIN_ID_NV, sizeof domain, &domain, NULL) !=
        CL_SUCCESS) {
        domain = 0;
    }
    format_pci(out, domain, bus, slot >> 3, slot & 7U);
    return code;
}

static cl_int read_pci_amd(cl_device_id device, cl_device_info info, gv_fact *out)
{
    /* A cl_uint that is 1 for PCI Express, 17 unused bytes, then bus, device, function. */
    unsigned char answer[24] = {0};
    cl_uint kind = 0;
    cl_int code = clGetDeviceInfo(device, info, sizeof answer, answer, NULL);
    memcpy(&kind, answer, sizeof kind);
    if (code == CL_SUCCESS && kind != 1) {
        out->error = GV_FACT_ABSENT;
        return CL_SUCCESS;
    }
    format_pci(out, 0, answer[21], answer[22], answer[23]);
    return code;
}

static cl_int read_uuid(cl_device_id device, cl_device_info info, gv_fact *out)
{
    unsigned char uuid[16] = {0};
    cl_int code = clGetDeviceInfo(device, info, sizeof uuid, uuid, NULL);
    size_t used = 0;
    bool any = false;
    for (size_t i = 0; i < sizeof uuid; i++) {
        any = any || uuid[i] != 0;
        used += (size_t)snprintf(out->text + used, sizeof out->text - used, "%s%02x",
                                 i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", uuid[i]);
    }
    if (code == CL_SUCCESS && !any) {
        out->error = GV_FACT_ABSENT; /* all zeros name nothing */
    }
    return code;
}

/* Rows of one fact stand in the order of trust: the first that yields a value wins. A row with an
 * extension is asked only where the device lists it; else the fact stays absent. */
static const struct {
    gv_device_fact fact;
    const char *extension;
    cl_device_info info;
    reader *read;
} rows[] = {
    {GV_DEVICE_NAME, NULL, CL_DEVICE_NAME, read_text},
    {GV_DEVICE_BOARD, "cl_amd_device_attribute_query", CL_DEVICE_BOARD_NAME_AMD, read_text},
    {GV_DEVICE_VENDOR, NULL, CL_DEVICE_VENDOR, read_text},
    {GV_DEVICE_TYPE, NULL, CL_DEVICE_TYPE, read_type},
    {GV_DEVICE_DRIVER, NULL, CL_DRIVER_VERSION, read_text},
    {GV_DEVICE_VERSION, NULL, CL_DEVICE_VERSION, read_text},
    {GV_DEVICE_C_VERSION, NULL, CL_DEVICE_OPENCL_C_VERSION, read_text},
    {GV_DEVICE_COMPUTE_UNITS, NULL, CL_DEVICE_MAX_COMPUTE_UNITS, read_number},
    {GV_DEVICE_CLOCK, NULL, CL_DEVICE_MAX_CLOCK_FREQUENCY, read_megahertz},
    {GV_DEVICE_GLOBAL_MEM, NULL, CL_DEVICE_GLOBAL_MEM_SIZE, read_number},
    {GV_DEVICE_MAX_ALLOC, NULL, CL_DEVICE_MAX_MEM_ALLOC_SIZE, read_number},
    {GV_DEVICE_LOCAL_MEM, NULL, CL_DEVICE_LOCAL_MEM_SIZE, read_number},
    {GV_DEVICE_LOCAL_MEM_TYPE, NULL, CL_DEVICE_LOCAL_MEM_TYPE, read_local_mem_type},
    {GV_DEVICE_CACHE, NULL, CL_DEVICE_GLOBAL_MEM_CACHE_SIZE, read_number},
    {GV_DEVICE_MAX_WORK_GROUP, NULL, CL_DEVICE_MAX_WORK_GROUP_SIZE, read_number},
    {GV_DEVICE_VECTOR_WIDTH, NULL, CL_DEVICE_NATIVE_VECTOR_WIDTH_FLOAT, read_number},
    {GV_DEVICE_FP64, NULL, CL_DEVICE_DOUBLE_FP_CONFIG, read_nonzero},
    {GV_DEVICE_FP16, NULL, CL_DEVICE_EXTENSIONS, read_fp16},
    {GV_DEVICE_UNIFIED, NULL, CL_DEVICE_HOST_UNIFIED_MEMORY, read_nonzero},
    {GV_DEVICE_PCI, "cl_khr_pci_bus_info", CL_DEVICE_PCI_BUS_INFO_KHR, read_pci_khr},
    {GV_DEVICE_PCI, "cl_nv_device_attribute_query", CL_DEVICE_PCI_BUS_ID_NV, read_pci_nvidia},
    {GV_DEVICE_PCI, "cl_amd_device_attribute_query", CL_DEVICE_TOPOLOGY_AMD, read_pci_amd},
    {GV_DEVICE_UUID, "cl_khr_device_uuid", CL_DEVICE_UUID_KHR, read_uuid},
    {GV_DEVICE_EXTENSIONS, NULL, CL_DEVICE_EXTENSIONS, read_word_count},
    {GV_DEVICE_TIMER, NULL, CL_DEVICE_PROFILING_TIMER_RESOLUTION, read_number},
    {GV_DEVICE_SUBGROUP, "cl_intel_required_subgroup_size", CL_DEVICE_SUB_GROUP_SIZES_INTEL,
     read_smallest},
};

static void set_error(gv_fact *fact, cl_int code)
{
    *fact = (gv_fact){.error = code};
    gv__copy_text(fact->text, sizeof fact->text, gv__cl_name(code));
}

static void read_platform_fact(cl_platform_id platform, cl_platform_info info, gv_fact *out)
{
    gv_fact fact = {0};
    cl_int code = gv__platform_text(platform, info, fact.text, sizeof fact.text);
    if (code != CL_SUCCESS) {
        set_error(&fact, code);
    }
    *out = fact;
}

void gv__device_facts(cl_platform_id platform, cl_device_id device, uint32_t ordinal,
                      const gv_host *host, gv_device *out)
{
    memset(out, 0, sizeof *out);
    for (size_t i = 0; i < GV_DEVICE_FACT_COUNT; i++) {
        out->fact[i].error = GV_FACT_ABSENT;
    }
    read_platform_fact(platform, CL_PLATFORM_NAME, &out->fact[GV_DEVICE_PLATFORM]);
    read_platform_fact(platform, CL_PLATFORM_VERSION, &out->fact[GV_DEVICE_PLATFORM_VERSION]);
    char *extensions = NULL;
    size_t length = 0;
    if (device_bytes(device, CL_DEVICE_EXTENSIONS, &extensions, &length) != CL_SUCCESS) {
        extensions = NULL;
    }
    for (size_t i = 0; i < GV__COUNT(rows); i++) {
        gv_fact *fact = &out->fact[rows[i].fact];
        bool offered = rows[i].extension == NULL ||
                       (extensions != NULL && lists_word(extensions, rows[i].extension));
        if (!offered || fact->error == 0) {
            continue;
        }
        gv_fact answer = {0};
        cl_int code = rows[i].read(device, rows[i].info, &answer);
        if (code != CL_SUCCESS) {
            set_error(&answer, code);
        }
        *fact = answer;
    }
    free(extensions);
    out->is_host_silicon = gv__device_is_host(out, host);
    gv__device_key(out, ordinal);
}
