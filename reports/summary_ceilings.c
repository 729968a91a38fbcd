/* SPDX-License-Identifier: Apache-2.0 */
/* The ceilings of each device, for a terminal. */
#include "reports/summary.h"
#include "reports/tables.h"
#include "reports/text.h"

#include <stdlib.h>

static void add_size(gv_text_table *table, double bytes)
{
    if (gv_is_absent(bytes)) {
        gv_text_table_cell(table, "");
    } else if (bytes < 1024) {
        gv_text_table_printf(table, "%.0f B", bytes);
    } else if (bytes < 1048576) {
        gv_text_table_printf(table, "%.0f KiB", bytes / 1024);
    } else {
        gv_text_table_printf(table, "%.0f MiB", bytes / 1048576);
    }
}

/* "20.1–22.3" would leave open of what: both ends carry their unit. */
static void add_interval(gv_text_table *table, const gv_ceiling *r)
{
    const gv_ceiling_unit unit = gv_ceiling_unit_of(r->kind);
    char low[GV__SHOWN];
    char high[GV__SHOWN];
    if (gv_is_absent(r->low)) {
        gv_text_table_cell(table, "—");
    } else {
        gv_text_table_printf(table, "%s – %s", gv__ceiling_shown(unit, r->low, low),
                             gv__ceiling_shown(unit, r->high, high));
    }
}

/* What is above the data sheet is marked. */
static void add_share(gv_text_table *table, double share)
{
    if (gv_is_absent(share)) {
        gv_text_table_cell(table, "");
    } else {
        gv_text_table_printf(table, "%s%.0f %%", share > 1 ? "above: " : "", 100 * share);
    }
}

static gv_status print_device(const gv_dataset *d, const double *peaks, uint32_t device, FILE *out,
                              gv_error *err)
{
    gv_text_table table = {0};
    bool power = false;
    bool sheet = false;
    for (uint32_t i = 0; i < d->ceiling_count; i++) {
        power = power ||
                (d->ceilings[i].device == device && !gv_is_absent(d->ceilings[i].record->power_w));
    }
    gv_text_table_column(&table, "Ceiling", GV_TEXT_LEFT);
    gv_text_table_column(&table, "Median", GV_TEXT_RIGHT);
    gv_text_table_column(&table, "95 % interval", GV_TEXT_RIGHT);
    gv_text_table_column(&table, "Size", GV_TEXT_RIGHT);
    gv_text_table_column(&table, "By", GV_TEXT_LEFT);
    for (uint32_t i = 0; i < d->ceiling_count; i++) {
        sheet =
            sheet || (peaks != NULL && d->ceilings[i].device == device && !gv_is_absent(peaks[i]));
    }
    if (sheet) {
        gv_text_table_column(&table, "Of the data sheet", GV_TEXT_RIGHT);
    }
    if (power) {
        gv_text_table_column(&table, "Power (E1)", GV_TEXT_RIGHT);
    }
    for (uint32_t i = 0; i < d->ceiling_count; i++) {
        const gv_ceiling *r = d->ceilings[i].record;
        char name[GV_CEILING_TEXT];
        char median[GV__SHOWN];
        if (d->ceilings[i].device != device) {
            continue;
        }
        gv_text_table_cell(&table, gv__ceiling_name(r, name));
        gv_text_table_cell(&table,
                           gv__ceiling_shown(gv_ceiling_unit_of(r->kind), r->median, median));
        add_interval(&table, r);
        add_size(&table, r->bytes);
        gv_text_table_cell(&table, r->variant);
        if (sheet) {
            add_share(&table, gv__ceiling_share(r, peaks[i]));
        }
        if (power && gv_is_absent(r->power_w)) {
            gv_text_table_cell(&table, "—");
        } else if (power) {
            gv_text_table_printf(&table, "%.1f W", r->power_w);
        }
    }
    fprintf(out, "\n%s, %s\n\n", d->devices[device].label, d->devices[device].driver);
    gv_status status = gv_text_table_print(&table, out, 0, err);
    gv_text_table_free(&table);
    return status;
}

static gv_status print_all(const gv_dataset *d, FILE *out, gv_error *err)
{
    double *peaks = gv__ceiling_peaks(d);
    gv_status status =
        peaks != NULL ? GV_OK : gv__fail(err, GV_MEMORY, 0, NULL, "no memory for the ceilings");
    for (uint32_t device = 0; device < d->device_count && status == GV_OK; device++) {
        bool any = false;
        for (uint32_t i = 0; i < d->ceiling_count; i++) {
            any = any || d->ceilings[i].device == device;
        }
        if (any) {
            status = print_device(d, peaks, device, out, err);
        }
    }
    for (uint32_t i = 0; i < d->incident_count && status == GV_OK; i++) {
        fputs(i == 0 ? "\n- " : "- ", out);
        gv_text_paragraph(out, d->incidents[i].record->what, 2, 2, GV_TEXT_COLUMNS);
    }
    free(peaks);
    return status;
}

gv_status gv_report_print_ceilings(const gv_journal *journal, const char *run,
                                   const gv_catalogue *catalogue, FILE *out, gv_error *err)
{
    return gv__summary_print(journal, run, catalogue, "table of ceilings", print_all, out, err);
}
