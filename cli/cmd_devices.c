/* SPDX-License-Identifier: Apache-2.0 */
/* `gpuverdict devices`: every platform and device, and the host. */
#include "bench/cards.h"
#include "bench/interrupt.h"
#include "bench/inventory.h"
#include "cli/command.h"
#include "reports/text.h"

#include <string.h>

#ifdef GV_HAVE_JANSSON
#include <jansson.h>
#endif

enum { DEVICES_SCHEMA = 1 };

/* ---- for people ---- */

/* A column of a table of devices, one fact each. */
typedef struct column {
    gv_device_fact fact;
    const char *heading;
    gv_text_align align;
} column;

static const char *device_fact(const gv_device *device, gv_device_fact fact, char text[192])
{
    if (fact == GV_DEVICE_PCI && device->fact[fact].error == GV_FACT_ABSENT) {
        fact = GV_DEVICE_UUID;
    }
    gv_fact_format(&device->fact[fact], gv_device_fact_info(fact)->kind, text, 192);
    if (fact == GV_DEVICE_VERSION && strncmp(text, "OpenCL ", 7) == 0) {
        /* "OpenCL 3.0 and what the vendor adds": the number is what the column is for. */
        text += 7;
        text[strcspn(text, " ")] = 0;
    }
    return text;
}

static gv_status print_facts(const gv_inventory *inventory, const column *columns, size_t count,
                             gv_error *err)
{
    char text[192];
    gv_text_table table = {0};
    gv_text_table_column(&table, "#", GV_TEXT_RIGHT);
    for (size_t c = 0; c < count; c++) {
        gv_text_table_column(&table, columns[c].heading, columns[c].align);
        if (c > 0) {
            gv_text_table_minor(&table);
        }
    }
    for (size_t i = 0; i < inventory->device_count; i++) {
        gv_text_table_printf(&table, "%zu", i);
        for (size_t c = 0; c < count; c++) {
            gv_text_table_cell(&table, device_fact(&inventory->devices[i], columns[c].fact, text));
        }
    }
    gv_status status = gv_text_table_print(&table, stdout, 2, err);
    gv_text_table_free(&table);
    putchar('\n');
    return status;
}

static void print_host_silicon(const gv_inventory *inventory)
{
    gv__text note = {0};
    size_t count = 0;
    for (size_t i = 0; i < inventory->device_count; i++) {
        if (inventory->devices[i].is_host_silicon) {
            gv__text_printf(&note, "%s%zu", count++ > 0 ? ", " : "", i);
        }
    }
    if (count > 0) {
        gv__text_printf(&note,
                        " %s the host's own silicon: a verdict there compares software, not "
                        "hardware.",
                        count > 1 ? "are" : "is");
        printf("%s ", count > 1 ? "Devices" : "Device");
        gv_text_paragraph(stdout, note.data != NULL ? note.data : "", count > 1 ? 8 : 7, 0,
                          GV_TEXT_COLUMNS);
    }
    gv__text_free(&note);
}

static gv_status print_devices(const gv_inventory *inventory, gv_error *err)
{
    static const column who[] = {
        {GV_DEVICE_NAME, "Device", GV_TEXT_LEFT},    {GV_DEVICE_TYPE, "Type", GV_TEXT_LEFT},
        {GV_DEVICE_VENDOR, "Vendor", GV_TEXT_LEFT},  {GV_DEVICE_DRIVER, "Driver", GV_TEXT_LEFT},
        {GV_DEVICE_VERSION, "OpenCL", GV_TEXT_LEFT},
    };
    static const column what[] = {
        {GV_DEVICE_COMPUTE_UNITS, "Units", GV_TEXT_RIGHT},
        {GV_DEVICE_CLOCK, "Clock", GV_TEXT_RIGHT},
        {GV_DEVICE_GLOBAL_MEM, "Memory", GV_TEXT_RIGHT},
        {GV_DEVICE_MAX_ALLOC, "Largest buffer", GV_TEXT_RIGHT},
        {GV_DEVICE_LOCAL_MEM, "Local", GV_TEXT_RIGHT},
        {GV_DEVICE_FP64, "fp64", GV_TEXT_LEFT},
        {GV_DEVICE_FP16, "fp16", GV_TEXT_LEFT},
        {GV_DEVICE_UNIFIED, "Host's memory", GV_TEXT_LEFT},
        {GV_DEVICE_PCI, "PCI address or UUID", GV_TEXT_LEFT},
    };
    puts("Devices");
    gv_status status = print_facts(inventory, who, GV__COUNT(who), err);
    if (status == GV_OK) {
        puts("What their drivers claim");
        status = print_facts(inventory, what, GV__COUNT(what), err);
    }
    print_host_silicon(inventory);
    return status;
}

static gv_status print_platforms(const gv_inventory *inventory, gv_error *err)
{
    gv_text_table table = {0};
    gv_text_table_column(&table, "#", GV_TEXT_RIGHT);
    gv_text_table_column(&table, "Platform", GV_TEXT_LEFT);
    gv_text_table_column(&table, "Devices", GV_TEXT_RIGHT);
    gv_text_table_column(&table, "Driver", GV_TEXT_LEFT);
    for (size_t i = 0; i < inventory->platform_count; i++) {
        const gv_platform *platform = &inventory->platforms[i];
        gv_text_table_printf(&table, "%zu", i);
        gv_text_table_cell(&table, platform->name[0] != 0 ? platform->name : "—");
        gv_text_table_printf(&table, "%u", (unsigned)platform->devices);
        gv_text_table_cell(&table, platform->driver[0] != 0 ? platform->driver : "—");
    }
    puts("\nPlatforms");
    gv_status status = gv_text_table_print(&table, stdout, 2, err);
    gv_text_table_free(&table);
    for (size_t i = 0; i < inventory->platform_count; i++) {
        const gv_platform *platform = &inventory->platforms[i];
        char note[sizeof platform->problem + 32];
        if (platform->problem[0] != 0) {
            snprintf(note, sizeof note, "Platform %zu: %s.", i, platform->problem);
            gv_text_paragraph(stdout, note, 0, 4, GV_TEXT_COLUMNS);
        }
    }
    return status;
}

static gv_status print_host(const gv_host *host, gv_error *err)
{
    gv_text_table table = {0};
    gv_text_table_column(&table, NULL, GV_TEXT_LEFT);
    gv_text_table_column(&table, NULL, GV_TEXT_LEFT);
    for (int i = 0; i < GV_HOST_FACT_COUNT; i++) {
        char text[192];
        const gv_fact_info *info = gv_host_fact_info((gv_host_fact)i);
        gv_text_table_cell(&table, info->label);
        gv_text_table_cell(&table, gv_fact_format(&host->fact[i], info->kind, text, sizeof text));
    }
    puts("\nHost, which a device has to beat");
    gv_status status = gv_text_table_print(&table, stdout, 2, err);
    gv_text_table_free(&table);
    return status;
}

static void print_how_to_get_one(const gv_inventory *inventory)
{
    char text[sizeof inventory->loader_problem + 64];
    if (inventory->loader_problem[0] != 0) {
        snprintf(text, sizeof text, "No OpenCL device: %s.", inventory->loader_problem);
        gv_text_paragraph(stdout, text, 0, 0, GV_TEXT_COLUMNS);
    } else {
        puts("No OpenCL device.");
    }
    gv_text_paragraph(stdout,
                      "A driver brings one: apt-get install pocl-opencl-icd makes the processor a "
                      "device, intel-opencl-icd serves Intel GPUs, mesa-opencl-icd AMD's, and "
                      "NVIDIA's own driver theirs.",
                      0, 0, GV_TEXT_COLUMNS);
}

/* Cards that are here, and why none of the devices is one of them: a call for each line. */
static void each_unserved(const gv_inventory *inventory, void (*take)(void *context, const char *),
                          void *context)
{
    gv__text cards = {0};
    gv_cards_unserved("", inventory, &cards);
    char *line = cards.failed ? NULL : cards.data, *end;
    for (; line != NULL && (end = strchr(line, '\n')) != NULL; line = end + 1) {
        *end = 0;
        take(context, line);
    }
    gv__text_free(&cards);
}

static void print_unserved(void *out, const char *line)
{
    gv_text_paragraph(out, line, 0, 4, GV_TEXT_COLUMNS);
}

static int print_text(const gv_cli_options *options, const gv_inventory *inventory)
{
    gv_error err = {0};
    gv_status status = GV_OK;
    if (inventory->device_count > 0) {
        status = print_devices(inventory, &err);
    } else {
        print_how_to_get_one(inventory);
    }
    if (status == GV_OK && inventory->platform_count > 0) {
        status = print_platforms(inventory, &err);
    }
    if (status == GV_OK) {
        each_unserved(inventory, print_unserved, stdout);
        status = print_host(&inventory->host, &err);
    }
    return status == GV_OK ? GV_EXIT_DONE : gv_cli_fail(options->verb, &err);
}

/* ---- for programs ---- */

#ifdef GV_HAVE_JANSSON
/* What drivers say need not be UTF-8; then every byte that is not ASCII becomes '?'. */
static json_t *json_text(const char *text)
{
    json_t *string = json_string(text);
    if (string == NULL) {
        char plain[sizeof(gv_platform)];
        gv__copy_text(plain, sizeof plain, text);
        for (char *c = plain; *c != 0; c++) {
            *c = (unsigned char)*c < 0x80 ? *c : '?';
        }
        string = json_string(plain);
    }
    return string;
}

/* "" is nothing. */
static json_t *json_text_or_null(const char *text)
{
    return text[0] != 0 ? json_text(text) : json_null();
}

static json_t *json_fact(const gv_fact *fact, gv_fact_kind kind)
{
    if (fact->error == GV_FACT_ABSENT) {
        return json_null();
    }
    if (fact->error != 0) {
        return json_pack("{s:i, s:o}", "error", (int)fact->error, "name", json_text(fact->text));
    }
    switch (kind) {
    case GV_KIND_TEXT:
        return json_text(fact->text);
    case GV_KIND_FLAG:
        return json_boolean(fact->number != 0);
    default:
        return fact->number == (double)(json_int_t)fact->number
                   ? json_integer((json_int_t)fact->number)
                   : json_real(fact->number);
    }
}

static json_t *json_device(const gv_device *device)
{
    json_t *facts = json_object();
    for (int i = 0; i < GV_DEVICE_FACT_COUNT; i++) {
        const gv_fact_info *info = gv_device_fact_info((gv_device_fact)i);
        json_object_set_new(facts, info->key, json_fact(&device->fact[i], info->kind));
    }
    return json_pack("{s:i, s:i, s:i, s:o, s:b, s:o}", "index", (int)device->index, "platform",
                     (int)device->platform_index, "device", (int)device->device_index, "key",
                     json_text(device->key), "host_silicon", (int)device->is_host_silicon, "facts",
                     facts);
}

static json_t *json_platform(const gv_platform *platform)
{
    return json_pack(
        "{s:i, s:o, s:o, s:o, s:o, s:i, s:o}", "index", (int)platform->index, "name",
        json_text_or_null(platform->name), "vendor", json_text_or_null(platform->vendor), "version",
        json_text_or_null(platform->version), "driver", json_text_or_null(platform->driver),
        "devices", (int)platform->devices, "problem", json_text_or_null(platform->problem));
}

static void add_unserved(void *list, const char *line)
{
    json_array_append_new(list, json_text(line));
}

static json_t *json_inventory(const gv_inventory *inventory)
{
    json_t *devices = json_array();
    json_t *platforms = json_array();
    json_t *unserved = json_array();
    json_t *host = json_object();
    each_unserved(inventory, add_unserved, unserved);
    for (size_t i = 0; i < inventory->device_count; i++) {
        json_array_append_new(devices, json_device(&inventory->devices[i]));
    }
    for (size_t i = 0; i < inventory->platform_count; i++) {
        json_array_append_new(platforms, json_platform(&inventory->platforms[i]));
    }
    for (int i = 0; i < GV_HOST_FACT_COUNT; i++) {
        const gv_fact_info *info = gv_host_fact_info((gv_host_fact)i);
        json_object_set_new(host, info->key, json_fact(&inventory->host.fact[i], info->kind));
    }
    return json_pack("{s:i, s:s, s:o, s:o, s:o, s:o, s:o}", "schema", (int)DEVICES_SCHEMA, "type",
                     "devices", "loader_problem", json_text_or_null(inventory->loader_problem),
                     "devices", devices, "platforms", platforms, "unserved_cards", unserved, "host",
                     host);
}

static int print_json(const gv_cli_options *options, const gv_inventory *inventory)
{
    json_t *document = json_inventory(inventory);
    if (document == NULL || json_dumpf(document, stdout, JSON_INDENT(2)) != 0) {
        json_decref(document);
        gv_cli_say(options->verb, "the JSON object could not be written");
        return GV_EXIT_FAILED;
    }
    putchar('\n');
    json_decref(document);
    return GV_EXIT_DONE;
}
#else
static int print_json(const gv_cli_options *options, const gv_inventory *inventory)
{
    (void)inventory;
    gv_cli_say(options->verb,
               "--json: this build has no Jansson; install libjansson-dev and build again");
    return GV_EXIT_FAILED;
}
#endif

int gv_cmd_devices(const gv_cli_options *options)
{
    gv_inventory inventory;
    gv_error err = {0};
    gv__interrupt_catch();
    if (gv_inventory_collect(&inventory, &err) != GV_OK) {
        return gv_cli_fail(options->verb, &err);
    }
    int code = options->json ? print_json(options, &inventory) : print_text(options, &inventory);
    gv_inventory_free(&inventory);
    return code;
}
