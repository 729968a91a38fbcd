/* SPDX-License-Identifier: Apache-2.0 */
/* What a speed-up stands on: whose library, over which host, how much of a card. Where these differ
 * within one ranking, everybody who shows it says so.
 *
 *     dataset, estimates -> [basis] -> headline, tables, workbook */
#ifndef GPUVERDICT_REPORTS_BASIS_H
#define GPUVERDICT_REPORTS_BASIS_H

#include "reports/dataset.h"
#include <gpuverdict/model.h>

/** Whose code the times of a device are of: what was measured ran OpenCL kernels. */
gv_software gv__basis_software(const gv_dataset_device *device);

/** "its vendor's library", "portable OpenCL kernels". Static text. */
const char *gv__basis_library(gv_software software);

/** Ranked devices run unlike libraries: their order is that of device and library together. */
bool gv__basis_libraries_differ(const gv_dataset *dataset);

/** Ranked devices stand over different hosts: their speed-ups have different bases. */
bool gv__basis_hosts_differ(const gv_dataset *dataset);

/** The device is the host's own processor: software is compared. */
bool gv__basis_is_host_silicon(const gv_dataset_device *device);

/** The device is one of the two dies of its card, which is sold as a whole. */
bool gv__basis_is_half_a_card(const gv_dataset_device *device);

/** Add what tells a device from others in this ranking: ", its vendor's library, over node-a"; no
 * more than differs, nothing where nothing does. */
void gv__basis_add(const gv_dataset *dataset, const gv_dataset_device *device, gv__text *text);

/** Add the advice that belongs to the verdict of a device's mean, and what it says where the data
 * may stay on the device; nothing for host silicon, which nobody buys beside itself, nor without a
 * mean. */
void gv__basis_add_advice(const gv_dataset_device *device, gv__text *text);

/** Kernel only the device is significantly faster, with transfers it is not. */
bool gv__basis_link_decides(const gv_dataset_device *device);

#endif
