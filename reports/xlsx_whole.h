/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a workbook holds all that was written into it.
 *
 * libxlsxwriter looks at the errors of the archive, but not at those of the temporary files that it
 * copies rows through: on a full disk it reports success and leaves sheets that end in the middle.
 */
#ifndef GPUVERDICT_REPORTS_XLSX_WHOLE_H
#define GPUVERDICT_REPORTS_XLSX_WHOLE_H

#include <gpuverdict/error.h>
#include <stdint.h>

/** Before the workbook is closed: is there room in `folder` for the copy of one sheet after the
 * other, and for the archive beside it?
 * @param rows  bytes of each of `count` sheets' rows
 * @retval GV_IO  err->text says how much is missing */
gv_status gv__xlsx_check_room(const char *folder, const uint64_t *rows, uint32_t count,
                              gv_error *err);

/** After it was closed: does the archive's directory list every sheet, none shorter than its rows?
 * @retval GV_IO */
gv_status gv__xlsx_check_whole(const char *path, const uint64_t *rows, uint32_t count,
                               gv_error *err);

#endif
