/* SPDX-License-Identifier: Apache-2.0 */
/* Tables as CSV after RFC 4180: the first line holds the columns' keys, an absent value is empty,
 * numbers are SI with all their digits. */
#ifndef GPUVERDICT_REPORTS_CSV_H
#define GPUVERDICT_REPORTS_CSV_H

#include "reports/dataset.h"

/** One file a table, `<folder>/<table>.csv`, reserved before the work. */
typedef struct gv_csv_folder gv_csv_folder;

/** Make the folder where it is missing, and see that every file can be written.
 * @retval GV_IO, GV_MEMORY */
gv_status gv_csv_reserve(const char *folder, gv_csv_folder **out, gv_error *err);

/** Write all tables; each file appears whole or not at all. @retval GV_IO, GV_MEMORY */
gv_status gv_csv_write(gv_csv_folder *folder, const gv_dataset *dataset, gv_error *err);

/** Remove what was reserved and not written; accepts NULL. */
void gv_csv_release(gv_csv_folder *folder);

#endif
