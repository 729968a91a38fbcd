/* SPDX-License-Identifier: Apache-2.0 */
/* What each device did with each workload; behind them, what it did not answer and why. */
#include "reports/estimates.h"
#include "reports/forecast_text.h"
#include "reports/tables.h"

#include <stdlib.h>

#define STYLE_TIME    "s", "ms", 1e3, "[<1]0.0000;[<100]0.000;#,##0.0", 12, GV_ORIGIN_MEASURED
#define STYLE_RATE    "flop/s", "GFLOP/s", 1e-9, "[<10]0.00;#,##0.0", 12, GV_ORIGIN_MEASURED
#define STYLE_RATIO   "", "×", 1, "0.00", 10, GV_ORIGIN_MEASURED
#define STYLE_SHARE   "", "", 1, "0 %", 10, GV_ORIGIN_MEASURED
#define STYLE_COUNT   "", "", 1, "0", 9, GV_ORIGIN_ABSENT
#define STYLE_WORD    "", "", 1, NULL, 12, GV_ORIGIN_ABSENT
#define STYLE_NAME    "", "", 1, NULL, 34, GV_ORIGIN_ABSENT
#define STYLE_LIBRARY "", "", 1, NULL, 18, GV_ORIGIN_ABSENT
#define STYLE_REMARKS "", "", 1, NULL, 40, GV_ORIGIN_ABSENT

#define RANGE "range over the blocks of all processes; of an estimate: 80 % interval"

#define COLUMN_MAP(X)                                                                              \
    X(WORKLOAD, "workload", "Workload", NAME, NULL)                                                \
    X(DEVICE, "device", "Device", NAME, NULL)                                                      \
    X(ORIGIN, "origin", "Origin", WORD, "of the device's times and of the speed-ups")              \
    X(RANKED, "ranked", "Ranked", WORD, "the device, through this driver, is ranked")              \
    X(COMMON, "common", "In the mean", WORD, "every ranked device answered the workload")          \
    X(RUN, "run", "Run", COUNT, "number of the run: see Method")                                   \
    X(PROCESSES, "processes", "Processes", COUNT, "whose medians are combined")                    \
    X(PROVIDER, "provider", "Provider", LIBRARY, "of an estimate: whose code it speaks of")        \
    X(HOST_PROVIDER, "host_provider", "Host's provider", LIBRARY, NULL)                            \
    X(HOST, "host_s", "Host", TIME, "median of one call on the host")                              \
    X(TRANSFERS, "transfers_s", "Device, with transfers", TIME, "median of one call")              \
    X(SHARE, "transfer_share", "Share of transfers", SHARE, "of the time with transfers")          \
    X(KERNEL, "kernel_only_s", "Device, kernel only", TIME, "median of one call")                  \
    X(RATE, "kernel_only_flop_per_s", "Rate, kernel only", RATE, "work over kernel-only time")     \
    X(ROOF, "kernel_only_roof_share", "Of the roof", SHARE, "kernel only: see Method")             \
    X(BOUND, "kernel_only_bound", "Bound by", WORD, "whose roof is the nearer one")                \
    X(HEADLINE, "headline", "Speed-up with transfers", RATIO, "host / device with transfers")      \
    X(HEADLINE_LOW, "headline_low", "from", RATIO, RANGE)                                          \
    X(HEADLINE_HIGH, "headline_high", "to", RATIO, RANGE)                                          \
    X(VERDICT, "verdict", "Verdict", WORD, "of the speed-up with transfers")                       \
    X(KERNEL_RATIO, "kernel_only", "Speed-up, kernel only", RATIO, "host / device, kernel only")   \
    X(KERNEL_LOW, "kernel_only_low", "from", RATIO, RANGE)                                         \
    X(KERNEL_HIGH, "kernel_only_high", "to", RATIO, RANGE)                                         \
    X(FLAGS, "flags", "Remarks", REMARKS, "see Method")                                            \
    X(REASON, "reason", "Why there is no time", REMARKS, NULL)

enum {
#define COLUMN_ENUM(code, key, label, style, note) COLUMN_##code,
    COLUMN_MAP(COLUMN_ENUM)
#undef COLUMN_ENUM
        COLUMN_COUNT
};

static const gv_column columns[] = {
#define COLUMN_ROW(code, key, label, style, note) {key, label, STYLE_##style, false, note},
    COLUMN_MAP(COLUMN_ROW)
#undef COLUMN_ROW
};

static gv_cell yes(bool is)
{
    return gv_cell_text(is ? "yes" : NULL);
}

static void fill_pair(const gv_dataset *d, const gv_dataset_pair *pair, gv_cell *cells,
                      gv__text *scratch)
{
    const gv_origin origin = pair->origin;
    const gv_measurement *records = d->journal->measurements;
    const gv_answer *answer = pair->estimated != NULL ? &pair->estimated->answer : NULL;
    const gv_dataset_member none = {GV__NONE, GV__NONE};
    const gv_dataset_member *member = pair->count > 0 ? &d->members[pair->first] : &none;
    bool headline = !gv_is_absent(pair->headline.value);
    if (answer == NULL) {
        cells[COLUMN_RUN] = gv_cell_number((double)pair->run + 1, GV_ORIGIN_ABSENT);
        cells[COLUMN_PROCESSES] = gv_cell_number(pair->count, GV_ORIGIN_ABSENT);
    }
    cells[COLUMN_ORIGIN] = gv_cell_text(gv_origin_name(origin));
    cells[COLUMN_PROVIDER] = gv_cell_text(answer != NULL ? gv_software_key(answer->side->software)
                                                         : records[member->device].provider);
    cells[COLUMN_HOST_PROVIDER] =
        gv_cell_text(member->host != GV__NONE ? records[member->host].provider : NULL);
    cells[COLUMN_HOST] =
        gv_cell_number(pair->host_s, answer != NULL ? answer->cpu.origin : GV_ORIGIN_MEASURED);
    cells[COLUMN_TRANSFERS] = gv_cell_number(pair->stage_s[GV_STAGE_TOTAL], origin);
    cells[COLUMN_SHARE] = gv_cell_number(gv_dataset_transfer_share(pair), origin);
    cells[COLUMN_KERNEL] = gv_cell_number(pair->kernel_only_s, origin);
    cells[COLUMN_RATE] =
        gv_cell_number(d->workloads[pair->workload].flop / pair->kernel_only_s, origin);
    const gv__roof_share roof = gv_dataset_roof_share(d, pair);
    cells[COLUMN_ROOF] = gv_cell_number(roof.value, origin);
    cells[COLUMN_BOUND] = gv_cell_text(gv_is_absent(roof.value) ? NULL
                                       : roof.by_memory         ? "memory"
                                                                : "compute");
    cells[COLUMN_HEADLINE] = gv_cell_number(pair->headline.value, origin);
    cells[COLUMN_HEADLINE_LOW] = gv_cell_number(pair->headline.low, origin);
    cells[COLUMN_HEADLINE_HIGH] = gv_cell_number(pair->headline.high, origin);
    cells[COLUMN_VERDICT] =
        gv_cell_text(headline ? gv_verdict_word(gv_verdict_of(pair->headline.value)) : NULL);
    cells[COLUMN_KERNEL_RATIO] = gv_cell_number(pair->kernel_only.value, origin);
    cells[COLUMN_KERNEL_LOW] = gv_cell_number(pair->kernel_only.low, origin);
    cells[COLUMN_KERNEL_HIGH] = gv_cell_number(pair->kernel_only.high, origin);
    scratch->length = 0;
    if (answer != NULL) {
        gv__forecast_add_reasons(&answer->device, scratch);
    } else {
        gv__flags_add(scratch, pair->flags);
        gv__memory_cap_add(scratch, gv_dataset_memory_cap(d, pair->run));
    }
    cells[COLUMN_FLAGS] = gv_cell_text(scratch->length > 0 ? scratch->data : NULL);
    cells[COLUMN_REASON] =
        gv_cell_text(headline ? NULL : "the host or the device has no time with transfers");
}

static void fill_row(gv_table *table, size_t row, gv_cell *cells)
{
    const gv_dataset *d = table->source;
    bool answered = row < d->pair_count;
    size_t gap = 2 * (row - d->pair_count);
    uint32_t device = answered ? d->pairs[row].device : table->index[gap];
    uint32_t workload = answered ? d->pairs[row].workload : table->index[gap + 1];
    for (int c = 0; c < COLUMN_COUNT; c++) {
        cells[c] = gv_cell_text(NULL);
    }
    cells[COLUMN_WORKLOAD] = gv_cell_text(d->workloads[workload].text);
    cells[COLUMN_DEVICE] = gv_cell_text(d->devices[device].label);
    cells[COLUMN_RANKED] = yes(device < d->ranked_count);
    cells[COLUMN_COMMON] = yes(d->workloads[workload].common);
    if (answered) {
        fill_pair(d, &d->pairs[row], cells, &table->scratch);
    } else {
        const gv_incident *why = gv_dataset_why(d, device, workload);
        cells[COLUMN_REASON] = gv_cell_text(why != NULL ? why->what : "not run");
    }
}

/* What has no pair, as (device, workload) twos in `index`: everything where that is a table a
 * person could read, else only what was tried. */
static void find_gaps(const gv_dataset *d, gv_table *table)
{
    enum { READABLE = 1 << 20 };
    uint64_t all = (uint64_t)d->device_count * d->workload_count;
    uint64_t room = all <= READABLE ? all : d->incident_count;
    uint32_t *index = malloc((size_t)(room + 1) * 2 * sizeof(*index));
    size_t count = 0;
    if (index == NULL) {
        table->failed = true;
        return;
    }
    for (uint64_t i = 0; i < room; i++) {
        uint32_t device =
            all <= READABLE ? (uint32_t)(i / d->workload_count) : d->incidents[i].device;
        uint32_t workload =
            all <= READABLE ? (uint32_t)(i % d->workload_count) : d->incidents[i].workload;
        bool repeated =
            count > 0 && index[2 * count - 2] == device && index[2 * count - 1] == workload;
        if (device != GV__NONE && workload != GV__NONE && !repeated &&
            gv_dataset_find(d, device, workload) == NULL) {
            index[2 * count] = device;
            index[2 * count + 1] = workload;
            count++;
        }
    }
    table->index = index;
    table->row_count = d->pair_count + count;
}

void gv__table_speedup(const gv_dataset *dataset, gv_table *table)
{
    table->columns = columns;
    table->column_count = GV__COUNT(columns);
    table->fill = fill_row;
    find_gaps(dataset, table);
}
