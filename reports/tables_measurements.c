/* SPDX-License-Identifier: Apache-2.0 */
/* Every measurement record, made row by row: a million of them are never held as cells. */
#include "reports/tables.h"

/* Styles: unit, shown unit, scale, number format, width, origin. Milliseconds get more digits the
 * shorter they are: calls last from microseconds to seconds. */
#define STYLE_TIME    "s", "ms", 1e3, "[<1]0.0000;[<100]0.000;#,##0.0", 12, GV_ORIGIN_MEASURED
#define STYLE_RATIO   "", "×", 1, "[<0.1]0.000;[<10]0.00;#,##0.0", 12, GV_ORIGIN_MEASURED
#define STYLE_SCIENCE "", "", 1, "0.0E+00", 10, GV_ORIGIN_MEASURED
#define STYLE_COUNT   "", "", 1, "0", 9, GV_ORIGIN_ABSENT
#define STYLE_TALLY   "", "", 1, "0", 12, GV_ORIGIN_ABSENT
#define STYLE_WORD    "", "", 1, NULL, 10, GV_ORIGIN_ABSENT
#define STYLE_NAME    "", "", 1, NULL, 54, GV_ORIGIN_ABSENT
#define STYLE_SHAPE   "", "", 1, NULL, 48, GV_ORIGIN_ABSENT
#define STYLE_LIBRARY "", "", 1, NULL, 32, GV_ORIGIN_ABSENT
#define STYLE_REMARKS "", "", 1, NULL, 26, GV_ORIGIN_ABSENT

static const gv_column columns[] = {
#define GV_MEASUREMENT_COLUMN(code, key, label, style, detail, note)                               \
    {key, label, STYLE_##style, detail, note},
    GV_MEASUREMENT_COLUMN_MAP(GV_MEASUREMENT_COLUMN)
#undef GV_MEASUREMENT_COLUMN
};

static void fill_view(const gv_view_times *view, gv_cell *cells)
{
    const gv_origin measured = GV_ORIGIN_MEASURED;
    /* In the order of GV_MEASUREMENT_VIEW_MAP. */
    *cells++ = gv_cell_number(view->stage[GV_STAGE_TOTAL].median_s, measured);
    *cells++ = gv_cell_number(view->stage[GV_STAGE_TOTAL].low_s, measured);
    *cells++ = gv_cell_number(view->stage[GV_STAGE_TOTAL].high_s, measured);
    *cells++ = gv_cell_number(view->stage[GV_STAGE_H2D].median_s, measured);
    *cells++ = gv_cell_number(view->stage[GV_STAGE_KERNEL].median_s, measured);
    *cells++ = gv_cell_number(view->stage[GV_STAGE_D2H].median_s, measured);
    *cells++ = gv_cell_number(view->speedup_low, measured);
    *cells++ = gv_cell_number(view->speedup_high, measured);
    *cells++ = gv_cell_number(view->min_s, measured);
    *cells++ = gv_cell_number(view->samples, GV_ORIGIN_ABSENT);
    *cells++ = gv_cell_number(view->calls, GV_ORIGIN_ABSENT);
    *cells++ = gv_cell_number(view->outliers, GV_ORIGIN_ABSENT);
}

enum {
    VIEW_CELLS = GV_MEASUREMENT_KERNEL_ONLY_TOTAL - GV_MEASUREMENT_TRANSFERS_TOTAL,
    LAST_VIEW_CELL = GV_MEASUREMENT_TRANSFERS_OUTLIERS - GV_MEASUREMENT_TRANSFERS_TOTAL
};
_Static_assert(VIEW_CELLS == 12 && LAST_VIEW_CELL == 11, "fill_view() fills all of a view's cells");

static void fill_row(gv_table *table, size_t row, gv_cell *cells)
{
    static const struct {
        gv_view view;
        gv_measurement_column first;
    } views[] = {{GV_VIEW_TRANSFERS, GV_MEASUREMENT_TRANSFERS_TOTAL},
                 {GV_VIEW_KERNEL_ONLY, GV_MEASUREMENT_KERNEL_ONLY_TOTAL},
                 {GV_VIEW_WEIGHTS_RESIDENT, GV_MEASUREMENT_WEIGHTS_RESIDENT_TOTAL},
                 {GV_VIEW_PINNED, GV_MEASUREMENT_PINNED_TOTAL}};
    const gv_dataset *d = table->source;
    uint32_t index = (uint32_t)row;
    const gv_measurement *m = &d->journal->measurements[index];
    uint32_t device = d->device_of[index];
    cells[GV_MEASUREMENT_RECORD] = gv_cell_number((double)index + 1, GV_ORIGIN_ABSENT);
    cells[GV_MEASUREMENT_COUNTS] = gv_cell_text(d->counts[index] ? "yes" : NULL);
    cells[GV_MEASUREMENT_RUN] = gv_cell_number((double)d->run_of[index] + 1, GV_ORIGIN_ABSENT);
    cells[GV_MEASUREMENT_PROCESS] = gv_cell_number(m->process, GV_ORIGIN_ABSENT);
    cells[GV_MEASUREMENT_DEVICE] =
        gv_cell_text(device == GV__NONE ? "host" : d->devices[device].label);
    cells[GV_MEASUREMENT_WORKLOAD] = gv_cell_text(m->workload);
    cells[GV_MEASUREMENT_PROVIDER] = gv_cell_text(m->provider);
    for (size_t i = 0; i < GV__COUNT(views); i++) {
        const gv_view_times *times = &m->view[views[i].view];
        for (int c = 0; times->samples == 0 && c < VIEW_CELLS; c++) {
            cells[(int)views[i].first + c] = gv_cell_text(NULL);
        }
        if (times->samples > 0) {
            fill_view(times, cells + views[i].first);
        }
    }
    for (int cost = 0; cost < GV_COST_COUNT; cost++) {
        cells[GV_MEASUREMENT_BUILD + cost] = gv_cell_number(m->cost_s[cost], GV_ORIGIN_MEASURED);
    }
    table->scratch.length = 0;
    gv__flags_add(&table->scratch, m->flags);
    if (device != GV__NONE) {
        gv__memory_cap_add(&table->scratch, gv_dataset_memory_cap(d, d->run_of[index]));
    }
    cells[GV_MEASUREMENT_CHECK] = gv_cell_text(m->check);
    cells[GV_MEASUREMENT_ERROR] = gv_cell_number(m->error_rel, GV_ORIGIN_MEASURED);
    cells[GV_MEASUREMENT_BOUND] = gv_cell_number(m->bound_rel, GV_ORIGIN_MODELLED);
    cells[GV_MEASUREMENT_CLOCK] = gv_cell_text(m->clock);
    cells[GV_MEASUREMENT_FLAGS] =
        gv_cell_text(table->scratch.length > 0 ? table->scratch.data : NULL);
    cells[GV_MEASUREMENT_ORIGIN] = gv_cell_text(gv_origin_name(GV_ORIGIN_MEASURED));
}

void gv__table_measurements(const gv_dataset *dataset, gv_table *table)
{
    table->columns = columns;
    table->column_count = GV__COUNT(columns);
    table->row_count = dataset->journal->measurement_count;
    table->fill = fill_row;
}
