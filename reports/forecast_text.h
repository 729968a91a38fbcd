/* SPDX-License-Identifier: Apache-2.0 */
/* Answers of a forecast as a person reads them. */
#ifndef GPUVERDICT_REPORTS_FORECAST_TEXT_H
#define GPUVERDICT_REPORTS_FORECAST_TEXT_H

#include "reports/forecast.h"
#include <stdio.h>

enum { GV_DURATION_TEXT = 32 };

/** "12.3 µs", "4.56 ms", "1.20 s", "—" where absent: three digits. Returns `text`. */
char *gv__duration(double seconds, char text[GV_DURATION_TEXT]);

/** One answer in full: times, bars, speed-ups with intervals, verdict, what dominates, from which
 * size the device wins, what would change the verdict, origins. @retval GV_MEMORY, GV_IO */
gv_status gv__forecast_print(const gv_forecast *forecast, const gv_answer *answer, FILE *out,
                             gv_error *err);

/** Several devices for one workload, the fastest first, a line each, and which of two neighbours is
 * the faster. @retval GV_MEMORY, GV_IO */
gv_status gv__forecast_print_ranking(gv_answer *answers, size_t count, FILE *out, gv_error *err);

/** The arithmetic, line by line. @retval GV_MEMORY, GV_IO */
gv_status gv__forecast_explain(const gv_answer *answer, FILE *out, gv_error *err);

/** Why the interval is wider than usual, as clauses with "; " between them; "" for no reason. */
void gv__forecast_add_reasons(const gv_estimate *estimate, gv__text *text);

#endif
