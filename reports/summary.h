/* SPDX-License-Identifier: Apache-2.0 */
/* What a journal says, for a terminal of 100 columns: what `run` prints at its end. */
#ifndef GPUVERDICT_REPORTS_SUMMARY_H
#define GPUVERDICT_REPORTS_SUMMARY_H

#include "reports/dataset.h"
#include <stdio.h>

/** Print for each device and workload the time, GFLOP/s, share of transfers, speed-ups, verdict and
 * advice; a bar chart; what has no time, and why.
 *
 * @param run  UUID of the one run to tell of; NULL: everything, as `report` ranks it
 * @retval GV_MEMORY
 * @retval GV_IO  `out` does not take it */
gv_status gv_report_print_summary(const gv_journal *journal, const char *run, FILE *out,
                                  gv_error *err);

/** Print the ceilings of every device, those of the run `run` alone where it is not NULL.
 * @param catalogue  the data sheets that they are held against; NULL: the program's own
 * @retval GV_MEMORY, GV_IO  as above */
gv_status gv_report_print_ceilings(const gv_journal *journal, const char *run,
                                   const gv_catalogue *catalogue, FILE *out, gv_error *err);

/** What prints a dataset, in the C locale. */
typedef gv_status (*gv__summary_printer)(const gv_dataset *dataset, FILE *out, gv_error *err);

/** Build the dataset, let `print` have it with this catalogue, and see that `out` took it all.
 * `what` is for the message: "summary". */
gv_status gv__summary_print(const gv_journal *journal, const char *run,
                            const gv_catalogue *catalogue, const char *what,
                            gv__summary_printer print, FILE *out, gv_error *err);

#endif
