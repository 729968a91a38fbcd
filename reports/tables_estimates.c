/* SPDX-License-Identifier: Apache-2.0 */
/* What was not measured but estimated, with the terms behind each time; and the data sheets that
 * the estimates start from. */
#include "reports/estimates.h"
#include "reports/forecast_text.h"
#include "reports/tables.h"

/* ---- estimates ---- */

#define TEXT(width) "", "", 1, NULL, width, GV_ORIGIN_ABSENT, false
#define TIME        "s", "ms", 1e3, "[<10]0.000;[<100]0.00;#,##0.0", 11, GV_ORIGIN_MODELLED, false
#define RATIO       "", "×", 1, "[<0.1]0.000;0.00", 10, GV_ORIGIN_MODELLED, false
#define SHARE       "", "", 1, "0 %", 10, GV_ORIGIN_MODELLED, false

static const gv_column columns[] = {
    {"device", "Device", TEXT(36), NULL},
    {"origin", "Origin", TEXT(12), "of all numbers but the host's"},
    {"library", "Library", TEXT(10), "vendor: a tuned library of the vendor; opencl: our kernels"},
    {"workload", "Workload", TEXT(44), NULL},
    {"compute_s", "Compute alone", TIME, "what the arithmetic alone would take"},
    {"memory_s", "Memory alone", TIME, "what the memory traffic alone would take"},
    {"launch_s", "Launch", TIME, "launch and synchronisation"},
    {"call_s", "Kernel only", TIME, "one call, launch included"},
    {"call_low_s", "from", TIME, "80 % interval"},
    {"call_high_s", "to", TIME, "80 % interval"},
    {"transfer_s", "Transfer", TIME, "both ways, pageable memory"},
    {"total_s", "With transfers", TIME, "one call, end to end"},
    {"total_low_s", "from", TIME, "80 % interval"},
    {"total_high_s", "to", TIME, "80 % interval"},
    {"host_s", "Host", TIME, "of its own origin, in the next column"},
    {"host_origin", "Origin of the host's time", TEXT(12), NULL},
    {"speedup", "Speed-up", RATIO, "over the host, with transfers"},
    {"speedup_low", "from", RATIO, "80 % interval, the host's uncertainty included"},
    {"speedup_high", "to", RATIO, "80 % interval, the host's uncertainty included"},
    {"wins", "It wins", SHARE, "probability that the device is faster than the host"},
    {"verdict", "Verdict", TEXT(12), NULL},
    {"spent_on", "Spent on", TEXT(10), "what most of the time goes into"},
    {"compute_share", "Follows the peak", SHARE,
     "share of the kernel's time that a higher peak would lessen in proportion"},
    {"memory_share", "Follows the bandwidth", SHARE,
     "share of the kernel's time that more memory bandwidth would lessen in proportion"},
    {"data_share", "Is data", SHARE,
     "share of the transfer that goes with the link's speed, up to link_limit of the data sheet; "
     "the "
     "rest is latency"},
    {"reason", "Remark", TEXT(60), "why the interval is wider than usual"},
};

static void add_numbers(gv_table *table, const double *numbers, size_t count, gv_origin origin)
{
    for (size_t i = 0; i < count; i++) {
        gv_table_add_number_of(table, numbers[i], origin);
    }
}

static void add_reasons(gv_table *table, const gv_estimate *estimate)
{
    gv__text reasons = {0};
    gv__forecast_add_reasons(estimate, &reasons);
    gv_table_add_printf(table, "%s", reasons.data != NULL ? reasons.data : "");
    gv__text_free(&reasons);
}

static void add_estimate(gv_table *table, const gv_dataset *d, const gv_dataset_pair *pair)
{
    const gv_answer *a = &pair->estimated->answer;
    const gv_shares *shares = &pair->estimated->shares;
    const gv_estimate *e = &a->device;
    const gv_view_estimate *whole = &e->view[GV_VIEW_TRANSFERS];
    const gv_ratio *speedup = &a->speedup[GV_VIEW_TRANSFERS];
    const double times[] = {e->compute_s, e->memory_s,  e->launch_s,       e->call_s,
                            e->low_s,     e->high_s,    whole->transfer_s, whole->total_s,
                            whole->low_s, whole->high_s};
    const double ratios[] = {speedup->value, speedup->low, speedup->high, a->wins};
    const double follows[] = {shares->compute, shares->memory, shares->data};
    bool has_cpu = a->cpu.origin != GV_ORIGIN_ABSENT;
    gv_table_add_text(table, d->devices[pair->device].label);
    gv_table_add_text(table, gv_origin_name(e->origin));
    gv_table_add_text(table, gv_software_key(a->side->software));
    gv_table_add_text(table, d->workloads[pair->workload].text);
    add_numbers(table, times, GV__COUNT(times), e->origin);
    gv_table_add_number_of(table, a->cpu.time_s, a->cpu.origin);
    gv_table_add_text(table, gv_origin_name(a->cpu.origin));
    add_numbers(table, ratios, GV__COUNT(ratios), e->origin);
    gv_table_add_text(table, has_cpu ? gv_verdict_word(a->verdict) : NULL);
    gv_table_add_text(table, gv_term_key(e->dominant));
    add_numbers(table, follows, GV__COUNT(follows), e->origin);
    add_reasons(table, e);
}

void gv__table_estimates(const gv_dataset *dataset, gv_table *table)
{
    table->columns = columns;
    table->column_count = GV__COUNT(columns);
    for (uint32_t i = 0; i < dataset->pair_count; i++) {
        if (dataset->pairs[i].estimated != NULL) {
            add_estimate(table, dataset, &dataset->pairs[i]);
        }
    }
}

/* ---- data sheets ---- */

#define FIGURE(unit, shown, scale, format) unit, shown, scale, format, 12, GV_ORIGIN_QUOTED, false
#define RATE                               FIGURE("flop/s", "TFLOP/s", 1e-12, "#,##0.00")
#define BYTES(shown, scale)                FIGURE("B", shown, scale, "#,##0.0")
#define COUNT                              FIGURE("", "", 1, "0")

static const gv_column sheet_columns[] = {
    {"device", "Device", TEXT(36), NULL},
    {"library", "Library", TEXT(10), "whose code the estimates speak of"},
    {"measurements", "Measurements", "", "", 1, "0", 12, GV_ORIGIN_ABSENT, false,
     "of the device itself, that its model is calibrated with; blank: none"},
    {"lent_by", "Corrected by", TEXT(30), "a measured device of the same family"},
    {"architecture", "Architecture", TEXT(14), NULL},
    {"year", "Year", COUNT, NULL},
    {"fp64_flop_per_s", "Peak f64", RATE, NULL},
    {"fp32_flop_per_s", "Peak f32", RATE, NULL},
    {"fp16_flop_per_s", "Peak f16", RATE, NULL},
    {"fp32_matrix_flop_per_s", "Matrix peak f32", RATE, NULL},
    {"fp16_matrix_flop_per_s", "Matrix peak f16", RATE, NULL},
    {"bandwidth_bytes_per_s", "Memory bandwidth", FIGURE("B/s", "GB/s", 1e-9, "#,##0"), NULL},
    {"memory_bytes", "Memory", BYTES("GiB", 1.0 / 1073741824), NULL},
    {"l2_bytes", "L2 cache", BYTES("MiB", 1.0 / 1048576), NULL},
    {"units", "Compute units", COUNT, NULL},
    {"clock_hz", "Boost clock", FIGURE("Hz", "MHz", 1e-6, "#,##0"), NULL},
    {"power_w", "Power", FIGURE("W", "W", 1, "0"), "of the data sheet: never an energy measured"},
    {"pcie_generation", "PCIe generation", COUNT, "blank: shares the host's memory, or not known"},
    {"pcie_lanes", "PCIe lanes", COUNT, NULL},
    {"link_limit", "The host keeps up with", "", "×", 1, "0.00", 12, GV_ORIGIN_MODELLED, false,
     "the fastest link that speeds pageable transfers up, in links of this data sheet: the host "
     "copies pageable memory itself, and below 1 no faster link helps"},
    {"source", "Source", TEXT(40), "blank: what was probed on the device"},
    {"date", "Date", TEXT(12), "when the figures were taken from there"},
    {"remarks", "Remarks", TEXT(60), "what was corrected, what disagrees, what is not certain"},
};

static void add_sheet(gv_table *table, const gv_dataset_device *device)
{
    const gv_side *side = device->side;
    const gv_spec *s = &side->spec;
    bool probed = device->record != NULL && s->source[0] == 0;
    const double figures[] = {s->year,
                              s->fp64_flop_per_s,
                              s->fp32_flop_per_s,
                              s->fp16_flop_per_s,
                              s->fp32_matrix_flop_per_s,
                              s->fp16_matrix_flop_per_s,
                              s->bandwidth_bytes_per_s,
                              s->memory_bytes,
                              s->l2_bytes,
                              s->units,
                              s->clock_hz,
                              s->power_w,
                              s->pcie_generation,
                              s->pcie_lanes};
    gv_table_add_text(table, device->label);
    gv_table_add_text(table, gv_software_key(side->software));
    gv_table_add_number(table, side->points > 0 ? (double)side->points : (double)NAN);
    gv_table_add_text(table, side->lent_by);
    gv_table_add_text(table, s->architecture);
    add_numbers(table, figures, GV__COUNT(figures), probed ? GV_ORIGIN_MEASURED : GV_ORIGIN_QUOTED);
    gv_table_add_number(table, gv_side_link_limit(side));
    gv_table_add_text(table, s->source);
    gv_table_add_text(table, s->date);
    gv_table_add_text(table, s->flag);
}

void gv__table_datasheets(const gv_dataset *dataset, gv_table *table)
{
    table->columns = sheet_columns;
    table->column_count = GV__COUNT(sheet_columns);
    for (uint32_t i = 0; i < dataset->device_count; i++) {
        if (dataset->devices[i].side != NULL) {
            add_sheet(table, &dataset->devices[i]);
        }
    }
}
