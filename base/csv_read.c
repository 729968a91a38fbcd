/* SPDX-License-Identifier: Apache-2.0 */
#include "base/csv_read.h"

#include "base/support.h"

#include <string.h>

gv__csv gv__csv_begin(char *text, size_t length, const char *label)
{
    static const char mark[] = "\xef\xbb\xbf";
    text[length] = 0;
    size_t skipped = length >= 3 && memcmp(text, mark, 3) == 0 ? 3 : 0;
    char first = text[skipped + strcspn(text + skipped, ",;\t\r\n")];
    char separator = first == ';' || first == '\t' ? first : ',';
    return (gv__csv){text + skipped, text + length, label, 0, 1, separator};
}

static gv_status complain(const gv__csv *csv, const char *what, gv_error *err)
{
    return gv__fail(err, GV_FORMAT, 0, NULL, "%s, line %zu: %s", csv->label, csv->line, what);
}

/** Take the quotes out of the field at `csv->next`, leave `csv->next` behind the last one and
 * return where the text of the field ends; NULL where there is no last quote. */
static char *unquote(gv__csv *csv)
{
    char *to = csv->next, *from = csv->next + 1;
    const size_t line = csv->next_line;
    for (; from < csv->end; from++) {
        if (*from == '"' && *++from != '"') {
            csv->next = from;
            return to;
        }
        csv->next_line += *from == '\n';
        *to++ = *from;
    }
    /* The rest has moved to where the quote stood: it can still be skipped, line by line. */
    csv->next_line = line;
    csv->end = to;
    *to = 0;
    return NULL;
}

/** Read one field, and the separator or the end of the line behind it. */
static gv_status next_field(gv__csv *csv, char **field, bool *is_last, gv_error *err)
{
    *field = csv->next;
    char *end;
    if (*csv->next == '"') {
        end = unquote(csv);
        if (end == NULL) {
            return complain(csv, "a quoted field has no closing quote", err);
        }
    } else {
        csv->next += strcspn(csv->next, (char[]){csv->separator, '\r', '\n', '"', 0});
        end = csv->next;
    }
    char *behind = csv->next;
    if (behind[0] == '\r' && behind[1] == '\n') {
        behind++;
    }
    if (behind < csv->end && *behind != csv->separator && *behind != '\n') {
        return complain(csv,
                        *behind == '"'     ? "a quote stands inside a field"
                        : *behind == 0     ? "a zero byte: this is not text"
                        : end != csv->next ? "something follows a closing quote"
                                           : "a carriage return stands inside a field",
                        err);
    }
    *is_last = behind >= csv->end || *behind == '\n';
    csv->next_line += *behind == '\n';
    csv->next = behind < csv->end ? behind + 1 : csv->end;
    *end = 0;
    return GV_OK;
}

static void skip_empty_lines(gv__csv *csv)
{
    for (; *csv->next == '\n' || (csv->next[0] == '\r' && csv->next[1] == '\n'); csv->next++) {
        csv->next_line += *csv->next == '\n';
    }
}

gv_status gv__csv_next(gv__csv *csv, char **fields, size_t most, size_t *count, gv_error *err)
{
    size_t found = 0;
    bool is_last = false;
    skip_empty_lines(csv);
    csv->line = csv->next_line;
    if (csv->next >= csv->end) {
        *count = 0;
        return GV_OK;
    }
    while (!is_last) {
        if (found == most) {
            return gv__fail(err, GV_FORMAT, 0, NULL, "%s, line %zu: more than %zu fields",
                            csv->label, csv->line, most);
        }
        gv_status status = next_field(csv, &fields[found++], &is_last, err);
        if (status != GV_OK) {
            return status;
        }
    }
    *count = found;
    return GV_OK;
}

void gv__csv_skip_line(gv__csv *csv)
{
    char *end = memchr(csv->next, '\n', (size_t)(csv->end - csv->next));
    csv->next_line += end != NULL;
    csv->next = end != NULL ? end + 1 : csv->end;
}
