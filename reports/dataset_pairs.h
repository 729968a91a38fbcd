/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the dataset: what one device did with one workload, from the records of its processes. */
#ifndef GPUVERDICT_REPORTS_DATASET_PAIRS_H
#define GPUVERDICT_REPORTS_DATASET_PAIRS_H

#include "reports/dataset.h"

/** One measurement, by numbers. */
typedef struct gv__dataset_entry {
    uint32_t device; /**< GV__NONE: the host */
    uint32_t workload, run, process;
    uint32_t index; /**< among the journal's measurements */
} gv__dataset_entry;

typedef struct gv__dataset_entries {
    gv__dataset_entry *of_devices, *of_hosts;
    uint32_t of_device_count, of_host_count;
} gv__dataset_entries;

/** Make the pairs of a dataset and their members, and note which measurements count. The entries
 * are sorted on the way; the incidents must be sorted before. False: out of memory. */
bool gv__dataset_combine(gv_dataset *d, gv__dataset_entries *entries);

/** The median over a pair's processes of one stage, of the device or the host beside it; NAN where
 * none has it. `scratch`: room for as many values as there are members. */
double gv__dataset_median(const gv_dataset *d, const gv_dataset_pair *pair, bool host, gv_view view,
                          gv_stage stage, double *scratch);
/** The speed-up of a view that takes `device_s`, and the range over all processes of the ratios of
 * their blocks. */
gv_ratio gv__dataset_ratio(const gv_dataset *d, const gv_dataset_pair *pair, gv_view view,
                           double device_s);

/** The last incident of the newest run that has one of this device and workload; NULL for none. The
 * incidents must be sorted (gv__dataset_sort_incidents). */
const gv_dataset_incident *gv__dataset_last_incident(const gv_dataset *dataset, uint32_t device,
                                                     uint32_t workload);

#endif
