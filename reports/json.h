/* SPDX-License-Identifier: Apache-2.0 */
/* All tables as one JSON document.
 *
 *     {"schema": 1, "program": "gpuverdict",
 *      "headline": "Card computes 13.2× …", "remarks": "The host is …", "tables": {
 *        "speedup": {"title": …, "rows_are": …,
 *           "columns": [{"key": "headline", "label": …, "unit": "", "origin": "measured", …}, …],
 *           "rows": [{"workload": "fft:shape=1024", "headline": 13.2, …}, …]}, …}}
 *
 * Numbers are SI. An absent value has no member in its row. Each number's origin stands in its
 * column, or, where it differs, in the row's member "origins". */
#ifndef GPUVERDICT_REPORTS_JSON_H
#define GPUVERDICT_REPORTS_JSON_H

#include "reports/dataset.h"
#include "reports/output.h"

enum { GV_REPORT_JSON_SCHEMA = 1 };

/** Write all tables to a reserved output. @retval GV_IO, GV_MEMORY, GV_UNSUPPORTED (no Jansson) */
gv_status gv_json_write(gv_output *output, const gv_dataset *dataset, gv_error *err);

#endif
