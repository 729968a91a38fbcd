/* SPDX-License-Identifier: Apache-2.0 */
/* Devices of the catalogue beside the measured ones: a device's mean, then its workloads. Numbers
 * have the origin of their row. */
#include "reports/estimates.h"
#include "reports/forecast_text.h"
#include "reports/tables.h"

#define TEXT(width) "", "", 1, NULL, width, GV_ORIGIN_ABSENT, false
#define TIME        "s", "ms", 1e3, "[<10]0.000;[<100]0.00;#,##0.0", 11, GV_ORIGIN_MODELLED, false
#define RATIO       "", "×", 1, "[<0.1]0.000;0.00", 10, GV_ORIGIN_MODELLED, false

static const gv_column columns[] = {
    {"rank", "Rank", "", "", 1, "0", 7, GV_ORIGIN_ABSENT, false,
     "by the mean speed-up over the workloads that every device answers"},
    {"device", "Device", TEXT(36), NULL},
    {"origin", "Origin", TEXT(12), "measured, calibrated by measurements, or modelled: never run"},
    {"library", "Library", TEXT(10), "vendor: a tuned library of the vendor; opencl: our kernels"},
    {"workload", "Workload", TEXT(44), "\"all\": the mean"},
    {"total_s", "With transfers", TIME, "one call, end to end"},
    {"total_low_s", "from", TIME, "80 % interval"},
    {"total_high_s", "to", TIME, "80 % interval"},
    {"call_s", "Kernel only", TIME, "one call, launch included"},
    {"host_s", "Host", TIME, "measured, or calibrated by the host's measurements"},
    {"speedup", "Speed-up", RATIO, "over the host, with transfers"},
    {"speedup_low", "from", RATIO, "80 % interval, the host's uncertainty included"},
    {"speedup_high", "to", RATIO, "80 % interval, the host's uncertainty included"},
    {"verdict", "Verdict", TEXT(12), NULL},
    {"spent_on", "Spent on", TEXT(10), "what most of the time goes into"},
    {"reason", "Remark", TEXT(60), "why there is no time, or a wider interval than usual"},
};

/** The same as gv_table_add_number(), of another origin than the column's. */
static void add_number(gv_table *table, double number, gv_origin origin)
{
    size_t before = table->cell_count;
    gv_table_add_number(table, number);
    if (table->cell_count > before && table->cells[before].kind == GV_CELL_NUMBER) {
        table->cells[before].origin = origin;
    }
}

static void add_ratio(gv_table *table, const gv_ratio *ratio, gv_origin origin)
{
    add_number(table, ratio->value, origin);
    add_number(table, ratio->low, origin);
    add_number(table, ratio->high, origin);
}

/** The origin of a device's mean: the least certain of its answers'. */
static gv_origin origin_of(const gv_estimates *e, uint32_t row)
{
    gv_origin least = GV_ORIGIN_MEASURED;
    for (uint32_t w = 0; w < e->workload_count; w++) {
        size_t at = (size_t)row * e->workload_count + w;
        gv_origin origin = e->why[at] == NULL ? e->answers[at].device.origin : GV_ORIGIN_ABSENT;
        least = origin > least ? origin : least;
    }
    return least;
}

static void add_who(gv_table *table, const gv_estimates *e, uint32_t d, const char *origin,
                    const char *workload)
{
    gv_table_add_number(table, e->devices[d].mean.value > 0 ? d + 1.0 : (double)NAN);
    gv_table_add_text(table, e->devices[d].side->name);
    gv_table_add_text(table, origin);
    gv_table_add_text(table, gv_software_key(e->devices[d].side->software));
    gv_table_add_text(table, workload);
}

static void add_mean(gv_table *table, const gv_estimates *e, uint32_t d)
{
    const gv_estimates_device *device = &e->devices[d];
    gv_origin origin = origin_of(e, e->order[d]);
    bool has_mean = device->mean.value > 0;
    add_who(table, e, d, gv_origin_name(origin), "all");
    for (int blank = 0; blank < 5; blank++) {
        gv_table_add_blank(table);
    }
    add_ratio(table, &device->mean, origin);
    gv_table_add_text(table, has_mean ? gv_verdict_word(device->verdict) : NULL);
    gv_table_add_blank(table);
    gv_table_add_printf(table, "geometric mean over %u of %u workloads", (unsigned)e->common_count,
                        (unsigned)e->workload_count);
}

static void add_answer(gv_table *table, const gv_estimates *e, uint32_t d, const gv_answer *a,
                       const char *workload)
{
    const gv_view_estimate *view = &a->device.view[GV_VIEW_TRANSFERS];
    gv_origin origin = a->device.origin;
    gv__text reasons = {0};
    add_who(table, e, d, gv_origin_name(origin), workload);
    add_number(table, view->total_s, origin);
    add_number(table, view->low_s, origin);
    add_number(table, view->high_s, origin);
    add_number(table, a->device.call_s, origin);
    add_number(table, a->cpu.time_s, a->cpu.origin);
    add_ratio(table, &a->speedup[GV_VIEW_TRANSFERS], origin);
    gv_table_add_text(table, a->cpu.time_s > 0 ? gv_verdict_word(a->verdict) : NULL);
    gv_table_add_text(table, gv_term_key(a->device.dominant));
    gv__forecast_add_reasons(&a->device, &reasons);
    if (reasons.length > 0) {
        gv_table_add_printf(table, "%s", reasons.data);
    } else {
        gv_table_add_blank(table);
    }
    gv__text_free(&reasons);
}

static void add_silence(gv_table *table, const gv_estimates *e, uint32_t d, const char *why,
                        const char *workload)
{
    add_who(table, e, d, gv_origin_name(GV_ORIGIN_ABSENT), workload);
    for (int blank = 0; blank < 10; blank++) {
        gv_table_add_blank(table);
    }
    gv_table_add_text(table, why);
}

void gv__table_estimates(const gv_dataset *dataset, gv_table *table)
{
    const gv_estimates *e = dataset->estimates;
    table->columns = columns;
    table->column_count = GV__COUNT(columns);
    for (uint32_t d = 0; e != NULL && d < e->device_count; d++) {
        add_mean(table, e, d);
    }
    for (uint32_t w = 0; e != NULL && w < e->workload_count; w++) {
        for (uint32_t d = 0; d < e->device_count; d++) {
            size_t at = (size_t)e->order[d] * e->workload_count + w;
            const char *workload = dataset->workloads[w].text;
            if (e->why[at] == NULL) {
                add_answer(table, e, d, &e->answers[at], workload);
            } else {
                add_silence(table, e, d, e->why[at], workload);
            }
        }
    }
}
