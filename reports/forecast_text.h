/* SPDX-License-Identifier: Apache-2.0 */
/* Answers of a forecast as a person reads them. */
#ifndef GPUVERDICT_REPORTS_FORECAST_TEXT_H
#define GPUVERDICT_REPORTS_FORECAST_TEXT_H

#include "reports/forecast.h"
#include <stdio.h>

/** A paragraph behind "label: "; one below a table, which stands two columns in. */
void gv__say(FILE *out, const char *label, const char *format, ...) GV__PRINTF(3, 4);
void gv__say_below(FILE *out, const char *label, const char *format, ...) GV__PRINTF(3, 4);

/** What to do where no journal knows the host. */
extern const char gv__no_host[];

/** One answer in full: times, bars, speed-ups with intervals, verdict, what dominates, from which
 * size the device wins, what would change the verdict, origins. @retval GV_MEMORY, GV_IO */
gv_status gv__forecast_print(const gv_forecast *forecast, const gv_answer *answer, FILE *out,
                             gv_error *err);

/** Several devices for one workload: with transfers and kernel only, the fastest first and which of
 * two neighbours is the faster, and from which size on each beats the host. Sorts the answers.
 * @retval GV_MEMORY, GV_IO */
gv_status gv__forecast_print_ranking(const gv_forecast *forecast, gv_answer *answers, size_t count,
                                     FILE *out, gv_error *err);

/** The arithmetic, line by line. @retval GV_MEMORY, GV_IO */
gv_status gv__forecast_explain(const gv_answer *answer, FILE *out, gv_error *err);

/** What the user gave of the link, as a clause; "" where nothing was given. */
void gv__forecast_add_link(const gv_answer *answer, gv__text *text);

/** How many measurements of the host were disturbed, as a clause; "" for none. */
void gv__forecast_add_noise(const gv_forecast *forecast, gv__text *text);

/** Why the interval is wider than usual, as clauses with "; " between them; "" for no reason. */
void gv__forecast_add_reasons(const gv_estimate *estimate, gv__text *text);

#endif
