/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the dataset: what is made of its pairs. */
#ifndef GPUVERDICT_REPORTS_DATASET_RANK_H
#define GPUVERDICT_REPORTS_DATASET_RANK_H

#include "reports/dataset.h"

/** Choose the better driver of each card, find the common workloads, means and ranks, put devices
 * and workloads into their order, and label the devices. False: out of memory. */
bool gv__dataset_rank(gv_dataset *d);

/** The same again, after devices and pairs were added: which driver stands for a card was decided
 * by measurements and stays. */
bool gv__dataset_rank_anew(gv_dataset *d);

/** Put the incidents into their order, after their devices or workloads were renumbered. */
void gv__dataset_sort_incidents(gv_dataset *d);

/** A copy of `text` that lives as long as the dataset; NULL: out of memory. */
const char *gv__dataset_keep(gv_dataset *d, const char *text);

#endif
