/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of a report. CSV and JSON are these tables as they stand; the workbook lays the same
 * columns out for people and puts formulas in the place of ratios. */
#ifndef GPUVERDICT_REPORTS_TABLES_H
#define GPUVERDICT_REPORTS_TABLES_H

#include "reports/dataset.h"
#include "reports/table.h"

/** Code, name in files, title, what its rows are. */
#define GV_TABLE_MAP(X)                                                                            \
    X(VERDICT, verdict, "Verdict", "one row a device and driver, in the order of rank")            \
    X(SPEEDUP, speedup, "Speed-up", "one row a device and workload, from the run that ranks")      \
    X(ESTIMATES, estimates, "Estimates",                                                           \
      "one row a device and workload that was not measured: calibrated or modelled")               \
    X(BREAK_EVEN, break_even, "Break-even",                                                        \
      "one row a device and operation: from which size on it beats the host, by the models")       \
    X(CURVES, curves, "Curves", "one row a device, operation and size: what Break-even draws")     \
    X(DATASHEETS, datasheets, "Data sheets", "one row a device that estimates were made of")       \
    X(MEASUREMENTS, measurements, "Measurements", "one row a measurement record of the journals")  \
    X(DEVICES, devices, "Devices", "one row a device and driver: facts as the driver tells them")  \
    X(HOSTS, hosts, "Hosts", "one row a host")                                                     \
    X(CEILINGS, ceilings, "Ceilings", "one row a ceiling: what a device can do at most")           \
    X(PROVIDERS, providers, "Providers",                                                           \
      "one row a device, workload and provider: who was tried, who served, why not the others")    \
    X(METHOD, method, "Method", "how the numbers came to be")                                      \
    X(PROBLEMS, problems, "Problems", "rejected, unsupported and failed, with the reason")

typedef enum gv_table_id {
#define GV_TABLE_ENUM(code, name, title, rows) GV_TABLE_##code,
    GV_TABLE_MAP(GV_TABLE_ENUM)
#undef GV_TABLE_ENUM
        GV_TABLE_COUNT
} gv_table_id;

/** What the rows of a table are. Static text. */
const char *gv_table_rows_are(gv_table_id id);

/** Make a table of a dataset, which is borrowed and must outlive it.
 * @param[out] out  written only on GV_OK; free with gv_table_free()
 * @retval GV_MEMORY */
gv_status gv_table_make(gv_table_id id, const gv_dataset *dataset, gv_table *out, gv_error *err);

/* What gv_table_make() calls, one for each table: set columns and rows, keep failures in `failed`.
 */
#define GV_TABLE_MAKER(code, name, title, rows)                                                    \
    void gv__table_##name(const gv_dataset *dataset, gv_table *table);
GV_TABLE_MAP(GV_TABLE_MAKER)
#undef GV_TABLE_MAKER

/** Columns of the measurements, which formulas refer to by name. */
#define GV_MEASUREMENT_VIEW_MAP(X, CODE, key, label, detail)                                       \
    X(CODE##_TOTAL, key "_total_s", label, TIME, false, "median of one call, end to end")          \
    X(CODE##_LOW, key "_low_s", label ", from", TIME, detail, "95 % interval of the median")       \
    X(CODE##_HIGH, key "_high_s", label ", to", TIME, detail, "95 % interval of the median")       \
    X(CODE##_H2D, key "_h2d_s", label ": host to device", TIME, detail, NULL)                      \
    X(CODE##_KERNEL, key "_kernel_s", label ": kernel", TIME, true, NULL)                          \
    X(CODE##_D2H, key "_d2h_s", label ": device to host", TIME, detail, NULL)                      \
    X(CODE##_RATIO_LOW, key "_speedup_low", label ": speed-up, from", RATIO, detail,               \
      "range of the ratios host / device over the blocks run in turn")                             \
    X(CODE##_RATIO_HIGH, key "_speedup_high", label ": speed-up, to", RATIO, detail,               \
      "range of the ratios host / device over the blocks run in turn")                             \
    X(CODE##_MIN, key "_min_s", label ": fastest", TIME, true, "fastest sample")                   \
    X(CODE##_SAMPLES, key "_samples", label ": samples", TALLY, true, "timed, without warm-up")    \
    X(CODE##_CALLS, key "_calls", label ": calls a sample", TALLY, true,                           \
      "calls averaged in one sample, so that it lasts at least 1 ms")                              \
    X(CODE##_OUTLIERS, key "_outliers", label ": outliers", TALLY, true,                           \
      "samples far off the median: counted, kept")

#define GV_MEASUREMENT_COLUMN_MAP(X)                                                               \
    X(RECORD, "record", "#", COUNT, false, "number of the record, in the order of the journals")   \
    X(COUNTS, "ranks", "Ranks", WORD, false, "it stands behind a number of Verdict or Speed-up")   \
    X(RUN, "run", "Run", COUNT, false, "number of the run: see Method")                            \
    X(PROCESS, "process", "Process", COUNT, false, NULL)                                           \
    X(DEVICE, "device", "Device", NAME, false, NULL)                                               \
    X(WORKLOAD, "workload", "Workload", SHAPE, false, NULL)                                        \
    X(PROVIDER, "provider", "Provider", LIBRARY, false, "the library that served")                 \
    GV_MEASUREMENT_VIEW_MAP(X, TRANSFERS, "transfers", "With transfers", false)                    \
    GV_MEASUREMENT_VIEW_MAP(X, KERNEL_ONLY, "kernel_only", "Kernel only", false)                   \
    GV_MEASUREMENT_VIEW_MAP(X, WEIGHTS_RESIDENT, "weights_resident", "Weights resident", true)     \
    GV_MEASUREMENT_VIEW_MAP(X, PINNED, "pinned", "Pinned or mapped", true)                         \
    X(BUILD, "build_s", "Once: build", TIME, true, "compiling kernels")                            \
    X(PLAN, "plan_s", "Once: plan", TIME, true, "making a plan")                                   \
    X(PACK, "pack_s", "Once: pack", TIME, true, "packing weights")                                 \
    X(TUNE, "tune_s", "Once: tune", TIME, true, "finding kernel parameters")                       \
    X(CHECK, "check", "Check", WORD, false, "how the result was checked")                          \
    X(ERROR, "error_rel", "Error found", SCIENCE, false, "largest deviation, relative")            \
    X(BOUND, "bound_rel", "Error allowed", SCIENCE, true, "from precision and sizes")              \
    X(CLOCK, "clock", "Clock", WORD, false, "what timed it")                                       \
    X(FLAGS, "flags", "Remarks", REMARKS, false, "see Method")                                     \
    X(ORIGIN, "origin", "Origin", WORD, false, "how the times of this row came to be")

typedef enum gv_measurement_column {
#define GV_MEASUREMENT_ENUM(code, key, label, style, detail, note) GV_MEASUREMENT_##code,
    GV_MEASUREMENT_COLUMN_MAP(GV_MEASUREMENT_ENUM)
#undef GV_MEASUREMENT_ENUM
        GV_MEASUREMENT_COLUMN_COUNT
} gv_measurement_column;

/** "483 GFLOP/s", "21.4 GB/s", "3.52 µs": `value` of a ceiling's unit, as people read it. Written
 * to `text` of GV__SHOWN bytes, which is returned. */
enum { GV__SHOWN = 32 };
const char *gv__ceiling_shown(gv_ceiling_unit unit, double value, char *text);
/** How a spreadsheet shows `value` and others of its size: the number format, with its unit, of
 * what was multiplied by `*scale`. Static text. */
const char *gv__ceiling_format(gv_ceiling_unit unit, double value, double *scale);
/** What the data sheet of its device says that each of the dataset's ceilings can be at most, in
 * the ceiling's unit; NAN where no sheet is known, or it is silent. Freed by the caller; NULL: no
 * memory. */
double *gv__ceiling_peaks(const gv_dataset *dataset);
/** Its share of that peak; NAN where there is none. Above 1 something is wrong, or the sheet is. */
double gv__ceiling_share(const gv_ceiling *ceiling, double peak);
/** "Multiply-adds f32 × 8", or the kind's label. `text` has GV_CEILING_TEXT bytes; returned. */
const char *gv__ceiling_name(const gv_ceiling *ceiling, char *text);

/** Names of the flags that are set, with ", " between them, added to `text`. */
void gv__flags_add(gv__text *text, uint32_t flags);

/** "device memory limited to 1 MB", behind ", " where `text` holds something; nothing where that is
 * NAN (gv_dataset_memory_cap). */
void gv__memory_cap_add(gv__text *text, double bytes);

#endif
