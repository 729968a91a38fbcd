/* SPDX-License-Identifier: Apache-2.0 */
/* The answer in a sentence, for every output that people read. */
#ifndef GPUVERDICT_REPORTS_HEADLINE_H
#define GPUVERDICT_REPORTS_HEADLINE_H

#include "base/support.h"
#include "reports/dataset.h"

/** Decimals that give a measured ratio three digits, or two behind a zero: "13.2", "0.042". One
 * more wherever rounding would move it across a limit of the verdicts: "0.998" is slower, "1.00" is
 * not. */
int gv__ratio_decimals(double ratio);

/** Which device is best, by how much, and what to do. */
void gv__headline_add(const gv_dataset *dataset, gv__text *text);

/** What a reader must know before believing it; nothing where there is nothing to say. */
void gv__headline_add_remarks(const gv_dataset *dataset, gv__text *text);
/** Of these what holds whatever weights and data sheets are: no figure of a mean. */
void gv__headline_add_lasting_remarks(const gv_dataset *dataset, gv__text *text);

/** "workload" or "workloads". */
const char *gv__workloads(uint32_t count);

#endif
