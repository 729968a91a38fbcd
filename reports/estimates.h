/* SPDX-License-Identifier: Apache-2.0 */
/* Devices of the catalogue beside those that were measured: one ranking, each number marked.
 *
 *     dataset, forecast, names -> [estimates] -> the same dataset, with more devices and pairs
 *
 * What was measured stays as it is. What a ranked device was not asked is estimated from its own
 * measurements (calibrated), if it stands beside the host that all estimates are over; what it was
 * asked and could not answer stays unanswered. */
#ifndef GPUVERDICT_REPORTS_ESTIMATES_H
#define GPUVERDICT_REPORTS_ESTIMATES_H

#include "reports/forecast_shares.h"

/** What stands behind an estimated pair of a dataset. */
typedef struct gv_estimated {
    gv_answer answer;
    gv_shares shares; /**< what a workbook needs to follow a changed data sheet */
} gv_estimated;

/** What the estimates own, and the dataset points to. */
typedef struct gv_estimates {
    gv_estimated *items;
    size_t count;
    gv_incident *silences; /**< why a device of the catalogue has no estimate */
    size_t silence_count;
    char **texts;                  /**< of silences */
    struct gv_crossing *crossings; /**< from which size on each device beats the host */
} gv_estimates;

/** Add the devices of the names to a dataset, and rank all anew.
 *
 * @param forecast  made of this dataset, and of no more use for it afterwards: ranks have changed
 * @param[out] out  must outlive the dataset; freed with gv_estimates_free(), also after a failure
 * @retval GV_ARGUMENT  a name that is unknown or ambiguous, or a data sheet that cannot be true
 * @retval GV_MEMORY */
gv_status gv_estimates_add(gv_forecast *forecast, gv_dataset *dataset, const char *const *names,
                           size_t count, gv_estimates *out, gv_error *err);
void gv_estimates_free(gv_estimates *estimates);

#endif
