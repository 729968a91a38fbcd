/* SPDX-License-Identifier: Apache-2.0 */
/* Devices and hosts with the facts that their drivers and the system tell. A query that failed
 * leaves its error in the value's place. */
#include "reports/tables.h"

/* By kind of fact: unit, shown unit, scale, number format, width, origin. What a driver claims
 * about itself was not measured. */
#define KIND_TEXT  "", "", 1, NULL, 30, GV_ORIGIN_ABSENT
#define KIND_COUNT "", "", 1, "#,##0", 14, GV_ORIGIN_QUOTED
#define KIND_KIB   "B", "KiB", 1.0 / 1024, "[<10]0.00;#,##0", 14, GV_ORIGIN_QUOTED
#define KIND_MIB   "B", "MiB", 1.0 / 1048576, "[<10]0.00;#,##0", 14, GV_ORIGIN_QUOTED
#define KIND_HZ    "Hz", "MHz", 1e-6, "#,##0", 14, GV_ORIGIN_QUOTED
#define KIND_FLAG  "", "", 1, NULL, 10, GV_ORIGIN_ABSENT
#define RATE       "flop/s", "GFLOP/s", 1e-9, "[<10]0.00;#,##0", 14, GV_ORIGIN_MEASURED
#define BANDWIDTH  "B/s", "GB/s", 1e-9, "[<10]0.00;#,##0", 14, GV_ORIGIN_MEASURED

/* Bytes by fact: small memories in KiB, so that 48 KiB is no 0.05 MiB. */
#define BYTES_GLOBAL_MEM KIND_MIB
#define BYTES_MAX_ALLOC  KIND_MIB
#define BYTES_LOCAL_MEM  KIND_KIB
#define BYTES_CACHE      KIND_KIB
#define BYTES_L1D        KIND_KIB
#define BYTES_L2         KIND_KIB
#define BYTES_L3         KIND_MIB
#define BYTES_MEMORY     KIND_MIB

#define STYLE_TEXT(code)  KIND_TEXT
#define STYLE_COUNT(code) KIND_COUNT
#define STYLE_BYTES(code) BYTES_##code
#define STYLE_HZ(code)    KIND_HZ
#define STYLE_FLAG(code)  KIND_FLAG

#define FACT_COLUMN(code, key, kind, label) {key, label, STYLE_##kind(code), false, NULL},

static const gv_column device_columns[] = {
    {"device", "Device", KIND_TEXT, false, "as it is called in this report"},
    {"key", "Key", KIND_TEXT, false, "what tells it from other devices"},
    {"rank", "Rank", "", "", 1, "0", 10, GV_ORIGIN_ABSENT, false, NULL},
    {"host_silicon", "Is the host's processor", KIND_FLAG, false,
     "then a verdict compares software, not hardware"},
    GV_DEVICE_FACT_MAP(FACT_COLUMN) /**/
    {"roof_f32", "Roof found, f32", RATE, false, "a short probe of multiply-adds"},
    {"roof_f64", "Roof found, f64", RATE, false, "a short probe of multiply-adds"},
    {"roof_bytes_per_s", "Memory bandwidth found", BANDWIDTH, false, "a short probe of reading"},
    {"events", "Event clock", KIND_TEXT, false, "whether its events may be believed"},
};

static const gv_column host_columns[] = {
    {"host", "Host", KIND_TEXT, false, "as it is called in this report"},
    GV_HOST_FACT_MAP(FACT_COLUMN) /**/
    {"roof_f32", "Roof found, f32", RATE, false, "a short probe of multiply-adds"},
    {"roof_f64", "Roof found, f64", RATE, false, "a short probe of multiply-adds"},
    {"roof_bytes_per_s", "Memory bandwidth found", BANDWIDTH, false, "a short probe of reading"},
};

static void add_fact(gv_table *table, const gv_fact *fact, gv_fact_kind kind)
{
    bool is_number = kind != GV_KIND_TEXT && kind != GV_KIND_FLAG;
    if (fact->error == GV_FACT_ABSENT) {
        gv_table_add_blank(table);
    } else if (fact->error == 0 && is_number) {
        gv_table_add_number(table, fact->number);
    } else {
        char text[192];
        gv_table_add_printf(table, "%s", gv_fact_format(fact, kind, text, sizeof(text)));
    }
}

static void add_roof(gv_table *table, const gv_roof *roof)
{
    gv_table_add_number(table, roof->flop_per_s[GV_PRECISION_F32]);
    gv_table_add_number(table, roof->flop_per_s[GV_PRECISION_F64]);
    gv_table_add_number(table, roof->bytes_per_s);
}

static void add_device(gv_table *table, const gv_dataset_device *device)
{
    const gv_device_record *record = device->record;
    gv_table_add_text(table, device->label);
    gv_table_add_text(table, device->key);
    if (device->rank > 0) {
        gv_table_add_number(table, device->rank);
    } else {
        gv_table_add_blank(table);
    }
    if (record == NULL) {
        while (table->cell_count % table->column_count != 0 && !table->failed) {
            gv_table_add_blank(table);
        }
        return;
    }
    gv_table_add_text(table, record->device->is_host_silicon ? "yes" : "no");
    for (int i = 0; i < GV_DEVICE_FACT_COUNT; i++) {
        add_fact(table, &record->device->fact[i], gv_device_fact_info((gv_device_fact)i)->kind);
    }
    add_roof(table, &record->roof);
    gv_table_add_text(table, record->events.text);
}

void gv__table_devices(const gv_dataset *dataset, gv_table *table)
{
    table->columns = device_columns;
    table->column_count = GV__COUNT(device_columns);
    for (uint32_t i = 0; i < dataset->device_count; i++) {
        bool ran = dataset->devices[i].record != NULL || dataset->devices[i].side == NULL;
        if (ran) { /* what never ran has a data sheet instead */
            add_device(table, &dataset->devices[i]);
        }
    }
}

void gv__table_hosts(const gv_dataset *dataset, gv_table *table)
{
    table->columns = host_columns;
    table->column_count = GV__COUNT(host_columns);
    for (uint32_t i = 0; i < dataset->host_count; i++) {
        const gv_device_record *record = dataset->hosts[i].record;
        gv_table_add_text(table, dataset->hosts[i].label);
        for (int fact = 0; fact < GV_HOST_FACT_COUNT; fact++) {
            add_fact(table, &record->host->fact[fact], gv_host_fact_info((gv_host_fact)fact)->kind);
        }
        add_roof(table, &record->roof);
    }
}
