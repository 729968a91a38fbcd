/* SPDX-License-Identifier: Apache-2.0 */
/* The workbook: Verdict, Speed-up, Measurements, Devices, Method, Problems.
 *
 * Ratios are live formulas over the cells of Measurements, with their values cached, so that a
 * reader can follow each of them to the records behind it. Times are shown in milliseconds. */
#ifndef GPUVERDICT_REPORTS_XLSX_H
#define GPUVERDICT_REPORTS_XLSX_H

#include "reports/dataset.h"
#include "reports/output.h"

/** gv_output_reserve(), where this build writes workbooks.
 * @retval GV_UNSUPPORTED  built without libxlsxwriter
 * @retval GV_IO, GV_MEMORY */
gv_status gv_xlsx_reserve(const char *path, gv_output *out, gv_error *err);

/** Write the workbook to a reserved output.
 * @retval GV_IO  the file, or the temporary files beside it, do not take it
 * @retval GV_MEMORY
 * @retval GV_UNSUPPORTED  built without libxlsxwriter */
gv_status gv_xlsx_write(gv_output *output, const gv_dataset *dataset, gv_error *err);

#endif
