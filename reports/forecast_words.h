/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the answers of a forecast: figures and sizes as a person reads them, with no more digits
 * than they are sure of. */
#ifndef GPUVERDICT_REPORTS_FORECAST_WORDS_H
#define GPUVERDICT_REPORTS_FORECAST_WORDS_H

#include "reports/forecast.h"

enum { GV_DURATION_TEXT = 32, GV_RATIO_TEXT = 64, GV_PERCENT_TEXT = 16 };

/** "12.3 µs", "4.56 ms", "1.20 s", "—" where absent: three digits. Returns `text`. */
char *gv__duration(double seconds, char text[GV_DURATION_TEXT]);

/** "13.2×", and its interval as "8.1 to 21"; "—" where absent. Two digits where the interval is
 * wider than 20 % of the value, or as many as its verdict needs: "11,000×", "4,900 to 27,000".
 * Return `text`. */
char *gv__times(const gv_ratio *ratio, char text[GV_RATIO_TEXT]);
char *gv__times_range(const gv_ratio *ratio, char text[GV_RATIO_TEXT]);

/** "96 %", "> 99 %", "< 1 %": nothing that is estimated is certain. Returns `text`. */
char *gv__percent(double probability, char text[GV_PERCENT_TEXT]);

/** From which size on a device wins, and how sure that is, in sizes: "from 129×129×129 (between 97
 * and 160)", "at every size", "at no size, perhaps from 12 images". "unknown: no time of the CPU".
 */
void gv__wins_from(const gv_workload *asked, const gv_break_even *even, gv__text *text);

#endif
