/* SPDX-License-Identifier: Apache-2.0 */
/* From which size on devices beat the host, and the curves behind that. */
#include "reports/crossings.h"
#include "reports/tables.h"

#include <math.h>

#define TEXT(width) "", "", 1, NULL, width, GV_ORIGIN_ABSENT, false
#define SIZE        "", "", 1, "#,##0", 12, GV_ORIGIN_MODELLED, false
#define GIVEN       "", "", 1, "#,##0", 12, GV_ORIGIN_ABSENT, false
#define TIME        "s", "ms", 1e3, "[<10]0.000;[<100]0.00;#,##0.0", 11, GV_ORIGIN_MODELLED, false
#define RATIO       "", "×", 1, "[<0.1]0.000;0.00", 10, GV_ORIGIN_MODELLED, false

static const gv_column columns[] = {
    {"device", "Device", TEXT(36), NULL},
    {"origin", "Origin", TEXT(12), "of the device's times, and so of all sizes"},
    {"operation", "Operation", TEXT(38), NULL},
    {"size_counts", "A size counts", TEXT(18), NULL},
    {"transfers", "With transfers", TEXT(18), "at which sizes the device beats the host"},
    {"transfers_size", "Size", SIZE, "the smallest that wins; blank for every size and none"},
    {"transfers_last", "Up to", SIZE,
     "the largest looked at: beyond it nothing like that was measured or can be; where the device "
     "does not win there, the largest that wins"},
    {"transfers_low", "from", SIZE, "80 % interval; 0: at every size, blank: at none"},
    {"transfers_high", "to", SIZE, "80 % interval; 0: at every size, blank: at none"},
    {"kernel_only", "Kernel only", TEXT(18), "the same, with all data on the device"},
    {"kernel_only_size", "Size", SIZE, "the smallest that wins; blank for every size and none"},
    {"kernel_only_last", "Up to", SIZE, "as with transfers"},
    {"kernel_only_low", "from", SIZE, "80 % interval; 0: at every size, blank: at none"},
    {"kernel_only_high", "to", SIZE, "80 % interval; 0: at every size, blank: at none"},
};

static void add_view(gv_table *table, const gv_crossing *c, const gv_break_even *even)
{
    char text[GV_CROSSING_TEXT];
    gv_workload middle;
    bool from = even->kind == GV_BREAK_EVEN_FROM || even->kind == GV_BREAK_EVEN_BETWEEN;
    bool known = even->kind != GV_BREAK_EVEN_UNKNOWN;
    double unit = gv_workload_parse(c->growth->workload, &middle, NULL) == GV_OK
                      ? gv_growth_size(&middle)
                      : (double)NAN;
    gv_table_add_printf(table, "%s", gv_crossing_text(even, text));
    gv_table_add_number_of(table, from ? gv_growth_size(&even->workload) : (double)NAN, c->origin);
    gv_table_add_number_of(table, known ? gv_growth_size(&even->last) : (double)NAN, c->origin);
    gv_table_add_number_of(table, even->low * unit, c->origin);
    gv_table_add_number_of(table, even->high * unit, c->origin);
}

void gv__table_break_even(const gv_dataset *dataset, gv_table *table)
{
    table->columns = columns;
    table->column_count = GV__COUNT(columns);
    for (uint32_t i = 0; i < dataset->crossing_count; i++) {
        const gv_crossing *c = &dataset->crossings[i];
        gv_table_add_text(table, dataset->devices[c->device].label);
        gv_table_add_text(table, gv_origin_name(c->origin));
        gv_table_add_text(table, c->growth->title);
        gv_table_add_text(table, c->growth->size);
        add_view(table, c, &c->transfers);
        add_view(table, c, &c->kernel_only);
    }
}

static const gv_column curve_columns[] = {
    {"device", "Device", TEXT(36), NULL},
    {"origin", "Origin", TEXT(12), "of all numbers but the host's"},
    {"workload", "Workload", TEXT(44), NULL},
    {"size", "Size", GIVEN, "what the operation's size counts: see break_even"},
    {"host_s", "Host", TIME, "of its own origin, in the next column"},
    {"host_origin", "Origin of the host's time", TEXT(12), NULL},
    {"total_s", "With transfers", TIME, "one call, end to end"},
    {"total_low_s", "from", TIME, "80 % interval"},
    {"total_high_s", "to", TIME, "80 % interval"},
    {"call_s", "Kernel only", TIME, "one call, launch included"},
    {"speedup", "Speed-up with transfers", RATIO, "over the host"},
    {"speedup_kernel_only", "Speed-up, kernel only", RATIO, "over the host"},
};

void gv__table_curves(const gv_dataset *dataset, gv_table *table)
{
    table->columns = curve_columns;
    table->column_count = GV__COUNT(curve_columns);
    for (uint32_t i = 0; i < dataset->crossing_count * GV_CURVE_POINTS; i++) {
        const gv_crossing *c = &dataset->crossings[i / GV_CURVE_POINTS];
        const gv_curve_point *p = &c->points[i % GV_CURVE_POINTS];
        const double times[] = {
            p->total_s,           p->low_s, p->high_s, p->call_s, p->host_s / p->total_s,
            p->host_s / p->call_s};
        char text[GV_WORKLOAD_TEXT];
        gv_table_add_text(table, dataset->devices[c->device].label);
        gv_table_add_text(table, gv_origin_name(c->origin));
        gv_table_add_printf(table, "%s", gv_workload_format(&p->workload, text));
        gv_table_add_number(table, p->size);
        gv_table_add_number_of(table, p->host_s, p->host_origin);
        gv_table_add_text(table, gv_origin_name(p->host_origin));
        for (size_t t = 0; t < GV__COUNT(times); t++) {
            gv_table_add_number_of(table, times[t], c->origin);
        }
    }
}
