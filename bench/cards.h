/* SPDX-License-Identifier: Apache-2.0 */
/* Cards that the kernel knows and no OpenCL device stands for: what to do about each.
 *
 *     /sys, /proc, /dev, inventory -> [cards] -> sentences */
#ifndef GPUVERDICT_BENCH_CARDS_H
#define GPUVERDICT_BENCH_CARDS_H

#include "base/support.h"
#include "bench/inventory.h"

/** Add a line for each card of AMD, Intel or NVIDIA that none of the inventory's devices is:
 * whether its device file is missing, closed to this user, or waits for a driver, and the command
 * that mends it. A device without a PCI address stands for every card of its vendor.
 *
 * @param root  in front of "/sys", "/proc" and "/dev": "" but in tests */
void gv_cards_unserved(const char *root, const gv_inventory *inventory, gv__text *out);

#endif
