/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/tables.h"
#include "reports/output.h"

static const struct {
    const char *name, *title, *rows;
    void (*make)(const gv_dataset *dataset, gv_table *table);
} tables[] = {
#define GV_TABLE_ROW(code, name, title, rows) {#name, title, rows, gv__table_##name},
    GV_TABLE_MAP(GV_TABLE_ROW)
#undef GV_TABLE_ROW
};

const char *gv_table_rows_are(gv_table_id id)
{
    return tables[id].rows;
}

gv_status gv_table_make(gv_table_id id, const gv_dataset *dataset, gv_table *out, gv_error *err)
{
    gv_table table = {.name = tables[id].name, .title = tables[id].title, .source = dataset};
    void *locale = gv__locale_enter(); /* some texts hold numbers */
    if (locale != NULL) {
        tables[id].make(dataset, &table);
    }
    gv__locale_leave(locale);
    if (table.failed || locale == NULL) {
        gv_table_free(&table);
        return gv__fail(err, GV_MEMORY, 0, NULL, "not enough memory for the table \"%s\"",
                        tables[id].title);
    }
    *out = table;
    return GV_OK;
}

void gv__memory_cap_add(gv__text *text, double bytes)
{
    const char *unit = bytes < 1e6 ? "kB" : bytes < 1e9 ? "MB" : "GB";
    const double scale = bytes < 1e6 ? 1e3 : bytes < 1e9 ? 1e6 : 1e9;
    if (!gv_is_absent(bytes)) {
        gv__text_printf(text, "%sdevice memory limited to %.4g %s", text->length > 0 ? ", " : "",
                        bytes / scale, unit);
    }
}

void gv__flags_add(gv__text *text, uint32_t flags)
{
    bool first = true;
    for (uint32_t bit = 0; gv_flag_name(bit) != NULL; bit++) {
        if ((flags >> bit & 1U) != 0) {
            gv__text_add(text, first ? "" : ", ");
            gv__text_add(text, gv_flag_name(bit));
            first = false;
        }
    }
}
