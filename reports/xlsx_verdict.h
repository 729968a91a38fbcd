/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the sheet Verdict: where its numbers stand, for its charts. */
#ifndef GPUVERDICT_REPORTS_XLSX_VERDICT_H
#define GPUVERDICT_REPORTS_XLSX_VERDICT_H

#include "reports/xlsx_inputs.h"

enum { GV__VERDICT_FIRST = 6 /**< the row of the first device */ };

typedef enum gv__verdict_column {
    GV__VERDICT_RANK,
    GV__VERDICT_PLACES,
    GV__VERDICT_DEVICE,
    GV__VERDICT_ORIGIN,
    GV__VERDICT_DRIVER,
    GV__VERDICT_HOST, /**< hidden where all stand over the same */
    GV__VERDICT_MEAN,
    GV__VERDICT_LOW,
    GV__VERDICT_HIGH,
    GV__VERDICT_KERNEL_ONLY,
    GV__VERDICT_KERNEL_ONLY_LOW,
    GV__VERDICT_KERNEL_ONLY_HIGH,
    GV__VERDICT_VERDICT,
    GV__VERDICT_ANSWERED,
    GV__VERDICT_COMMON,
    GV__VERDICT_PRICE,
    GV__VERDICT_PER_WORK,
    GV__VERDICT_REMARK,
    GV__VERDICT_COLUMNS
} gv__verdict_column;

/** Columns at the right of the table, outside of what is printed: what the charts draw, and texts
 * as they were written, which cells show as long as they hold. A range is two parts on an invisible
 * one, so that they meet at the value: an origin has its own two columns. */
enum {
    GV__VERDICT_NAME = GV__VERDICT_COLUMNS + 1,
    GV__VERDICT_LABEL,
    GV__VERDICT_BASE,
    GV__VERDICT_BELOW, /**< of measured; then above it; calibrated and modelled likewise */
    GV__VERDICT_WRITTEN = GV__VERDICT_BELOW + 2 * 3, /**< a device's remark */
    GV__VERDICT_ALL
};

/** The sentences on top, which follow what is filled in, in the rows `sentence` and the next. */
void gv__xlsx_verdict_top(gv__xlsx *x, lxw_row_t sentence, uint32_t characters);

/** Headings over what the charts draw, at the right of the table. */
void gv__xlsx_verdict_chart_headings(gv__xlsx *x);
/** What they draw of a ranked device, in its row. */
void gv__xlsx_verdict_chart_row(gv__xlsx *x, uint32_t device);
/** The charts themselves, from `row` on. Returns the row behind them. */
lxw_row_t gv__xlsx_verdict_charts(gv__xlsx *x, lxw_row_t row);

#endif
