/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/xlsx_whole.h"
#include "base/support.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/statvfs.h>

enum {
    SLACK = 1 << 20, /* styles, charts, the archive's own records */
    FRAME = 400      /* what surrounds the rows of a sheet takes at least this */
};

gv_status gv__xlsx_check_room(const char *folder, const uint64_t *rows, uint32_t count,
                              gv_error *err)
{
    uint64_t largest = 0, all = 0;
    struct statvfs disk;
    for (uint32_t i = 0; i < count; i++) {
        largest = rows[i] > largest ? rows[i] : largest;
        all += rows[i];
    }
    if (statvfs(folder, &disk) != 0) {
        return gv__fail(err, GV_IO, errno, "statvfs", "%s cannot be looked at: %s", folder,
                        strerror(errno));
    }
    struct rlimit limit;
    if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur < largest + SLACK) {
        return gv__fail(err, GV_IO, EFBIG, "getrlimit",
                        "a sheet needs a temporary file of %.1f MiB, and files may not grow that "
                        "large: see ulimit -f",
                        (double)(largest + SLACK) / SLACK);
    }
    /* Rows of numbers shrink to a third in the archive at worst, to a tenth as a rule. */
    uint64_t needed = largest + all / 2 + SLACK;
    uint64_t room = (uint64_t)disk.f_bavail * disk.f_frsize;
    if (room < needed) {
        return gv__fail(err, GV_IO, ENOSPC, "statvfs",
                        "the workbook needs %.1f MiB in %s and there are %.1f: free some space, or "
                        "write it elsewhere",
                        (double)needed / SLACK, folder, (double)room / SLACK);
    }
    return GV_OK;
}

/* ---- the directory of a ZIP archive: PKWARE's APPNOTE 4.3.12 and 4.3.16 ---- */

enum { END_BYTES = 22, ENTRY_BYTES = 46, NAME_MOST = 64 };

static uint32_t little(const unsigned char *bytes, int count)
{
    uint32_t value = 0;
    for (int i = count - 1; i >= 0; i--) {
        value = value << 8 | bytes[i];
    }
    return value;
}

/* Position the file at the directory; its number of entries, 0 where there is none. */
static uint32_t find_directory(FILE *file)
{
    unsigned char end[END_BYTES];
    bool found = fseek(file, -END_BYTES, SEEK_END) == 0 &&
                 fread(end, 1, sizeof(end), file) == sizeof(end) && little(end, 4) == 0x06054B50U &&
                 fseek(file, (long)little(end + 16, 4), SEEK_SET) == 0;
    return found ? little(end + 10, 2) : 0;
}

/* The next entry's name and size before compression. */
static bool read_entry(FILE *file, char name[NAME_MOST], uint64_t *size)
{
    unsigned char entry[ENTRY_BYTES];
    if (fread(entry, 1, sizeof(entry), file) != sizeof(entry) || little(entry, 4) != 0x02014B50U) {
        return false;
    }
    uint32_t length = little(entry + 28, 2);
    uint32_t behind = little(entry + 30, 2) + little(entry + 32, 2);
    if (length >= NAME_MOST || fread(name, 1, length, file) != length) {
        return false;
    }
    name[length] = 0;
    *size = little(entry + 24, 4);
    return fseek(file, (long)behind, SEEK_CUR) == 0;
}

static uint32_t count_whole_sheets(FILE *file, const uint64_t *rows, uint32_t count)
{
    uint32_t whole = 0, entries = find_directory(file);
    char name[NAME_MOST];
    uint64_t size;
    for (uint32_t i = 0; i < entries && read_entry(file, name, &size); i++) {
        static const char stem[] = "xl/worksheets/sheet";
        if (strncmp(name, stem, sizeof(stem) - 1) == 0) {
            unsigned long number = strtoul(name + sizeof(stem) - 1, NULL, 10);
            whole += number >= 1 && number <= count && size >= rows[number - 1] + FRAME;
        }
    }
    return whole;
}

gv_status gv__xlsx_check_whole(const char *path, const uint64_t *rows, uint32_t count,
                               gv_error *err)
{
    FILE *file = fopen(path, "rb");
    uint32_t whole = file != NULL ? count_whole_sheets(file, rows, count) : 0;
    if (file != NULL) {
        fclose(file);
    }
    return whole == count
               ? GV_OK
               : gv__fail(
                     err, GV_IO, ENOSPC, "workbook_close",
                     "the workbook was cut short: %u of %u sheets are whole; the disk is full, "
                     "or files may not grow that large",
                     (unsigned)whole, (unsigned)count);
}
