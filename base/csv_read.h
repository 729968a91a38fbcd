/* SPDX-License-Identifier: Apache-2.0 */
/* CSV after RFC 4180, read from a text in memory, a record at a time.
 *
 * Where the first line has a semicolon or a tab before any comma, that stands between fields
 * throughout: so spreadsheets write CSV where the comma is the decimal point.
 *
 * The text is changed in place: quotes are taken out and each field ends with 0, so that fields
 * point into it and nothing is copied. LF is taken for CR LF, empty lines are skipped, so is a byte
 * order mark. */
#ifndef GPUVERDICT_BASE_CSV_READ_H
#define GPUVERDICT_BASE_CSV_READ_H

#include <gpuverdict/error.h>
#include <stddef.h>

typedef struct gv__csv {
    char *next, *end;
    const char *label; /**< what messages call the text: the file's name */
    size_t line;       /**< where the record that was read last begins; the first is 1 */
    size_t next_line;
    char separator; /**< between fields: ',', ';' or a tab */
} gv__csv;

/** Read from `text`, which has room for one byte behind its `length`; it and `label` are borrowed
 * until the last record. */
gv__csv gv__csv_begin(char *text, size_t length, const char *label);

/** Read the next record into at most `most` fields.
 *
 * @param[out] count  how many it has; 0 at the end of the text
 * @retval GV_FORMAT  a quote that does not belong, an unfinished field, a zero byte, too many
 *                    fields: label, line and what is wrong */
gv_status gv__csv_next(gv__csv *csv, char **fields, size_t most, size_t *count, gv_error *err);

/** Go on behind the line in which gv__csv_next() found a fault. */
void gv__csv_skip_line(gv__csv *csv);

#endif
