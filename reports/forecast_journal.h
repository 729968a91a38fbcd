/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the forecast: what a journal knows of a device, in the words of the model.
 *
 *     dataset -> [points, links, specification] -> model of the device */
#ifndef GPUVERDICT_REPORTS_FORECAST_JOURNAL_H
#define GPUVERDICT_REPORTS_FORECAST_JOURNAL_H

#include "reports/dataset.h"
#include <gpuverdict/catalogue.h>
#include <gpuverdict/model.h>

/** Times of a device, one a workload; freed by the caller. @retval GV_MEMORY */
gv_status gv__journal_points(const gv_dataset *dataset, uint32_t device, gv_point **out,
                             size_t *count, gv_error *err);

/** The highest rate of any call that a journal has of a device; NAN where it has none. */
double gv__journal_best_flop_per_s(const gv_dataset *dataset, uint32_t device);

/** How fast data moved to and from a device, pageable and pinned, in workloads or else by the suite
 * ceilings; what its driver offers of its memory; and, where no workload can tell it, what the
 * launch of a kernel takes. NAN where that cannot be told. */
void gv__journal_options(const gv_dataset *dataset, uint32_t device, gv_model_options *options);

/** A specification of what was probed, by ceilings too, and of the facts that a driver tells, where
 * no data sheet is at hand: of the host, and of a device with a record. `host`, the record of the
 * host beside it or NULL, completes a device that is the host's own processor. */
gv_spec gv__spec_of_host(const gv_device_record *record);
gv_spec gv__spec_of_device(const gv_dataset *dataset, uint32_t device,
                           const gv_device_record *host);

/** The data sheet of a journal's device, by what its driver calls it; NULL where none is found. */
const gv_spec *gv__sheet_of_device(const gv_catalogue *catalogue, const gv_dataset_device *device);

#endif
