/* SPDX-License-Identifier: Apache-2.0 */
/* Writing: records become lines in a buffer, and a flush is one write() at the end of the file. */
#include "bench/journal_line.h"
#include "bench/journal_store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct gv_journal_writer {
    int fd;
    char *path;
    gv__text buffer; /* lines that are not in the file yet */
    gv_error failed; /* the first failure to write, which stays */
};

static gv_status no_memory(gv_error *err)
{
    return gv__fail(err, GV_MEMORY, 0, NULL,
                    "The host ran out of memory while it wrote a journal.");
}

/* ---- opening ---- */

static gv_status cannot_open(const char *path, int code, gv_error *err)
{
    return gv__fail(err, GV_IO, code, "open", "The journal %s cannot be written: %s.", path,
                    strerror(code));
}

/* The journal or a new file in its place. Two programs may race for the creation: then one of them
 * appends to what the other has made. */
static int open_or_create(const char *path)
{
    for (int attempt = 0;; attempt++) {
        int fd = open(path, O_RDWR | O_APPEND | O_CLOEXEC);
        if (fd >= 0 || errno != ENOENT) {
            return fd;
        }
        fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd >= 0 || errno != EEXIST || attempt == 3) {
            return fd;
        }
    }
}

/* Whether records may follow what the file holds, and whether its last line lacks its end. */
static gv_status look_at_file(const char *path, int fd, bool *unended, gv_error *err)
{
    struct stat facts;
    if (fstat(fd, &facts) != 0) {
        return cannot_open(path, errno, err);
    }
    if (!S_ISREG(facts.st_mode)) {
        return gv__fail(err, GV_FORMAT, 0, NULL,
                        "%s is not an ordinary file, so no journal can be kept in it.", path);
    }
    *unended = false;
    if (facts.st_size == 0) {
        return GV_OK;
    }
    gv_status status = gv__journal_probe(path, fd, err);
    if (status != GV_OK) {
        return status;
    }
    char last;
    if (pread(fd, &last, 1, facts.st_size - 1) != 1) {
        return cannot_open(path, errno, err);
    }
    *unended = last != '\n';
    return GV_OK;
}

gv_status gv_journal_create(const char *path, gv_journal_writer **out, gv_error *err)
{
    if (!gv__journal_is_built()) {
        return gv__journal_not_built("written", err);
    }
    gv_journal_writer *w = calloc(1, sizeof *w);
    if (w == NULL) {
        return no_memory(err);
    }
    gv_status status;
    bool unended = false;
    w->fd = open_or_create(path);
    w->path = strdup(path);
    if (w->path == NULL) {
        status = no_memory(err);
    } else if (w->fd < 0) {
        status = cannot_open(path, errno, err);
    } else {
        status = look_at_file(path, w->fd, &unended, err);
    }
    if (status == GV_OK && unended) {
        /* A torn line: what follows starts on a line of its own. */
        gv__text_add(&w->buffer, "\n");
    }
    if (status == GV_OK && w->buffer.failed) {
        status = no_memory(err);
    }
    if (status != GV_OK) {
        if (w->fd >= 0) {
            close(w->fd);
        }
        free(w->path);
        free(w);
        return status;
    }
    *out = w;
    return GV_OK;
}

/* ---- lines ---- */

static gv_status failed_already(const gv_journal_writer *w, gv_error *err)
{
    if (err != NULL) {
        *err = w->failed;
    }
    return w->failed.status;
}

/* Put what was made of a record into the buffer, all of it or nothing. */
static gv_status append(gv_journal_writer *w, gv_status made, gv__text *lines, gv_error *err)
{
    gv_status status = w->failed.status != GV_OK ? failed_already(w, err) : made;
    if (status == GV_OK) {
        size_t before = w->buffer.length;
        gv__text_add_n(&w->buffer, lines->data, lines->length);
        if (w->buffer.failed) {
            w->buffer.failed = false;
            w->buffer.length = before;
            status = no_memory(err);
        }
    }
    gv__text_free(lines);
    return status;
}

gv_status gv_journal_add_run(gv_journal_writer *w, const gv_run_record *r, gv_error *err)
{
    gv__text line = {0};
    return append(w, gv__line_of_run(&line, r, err), &line, err);
}

gv_status gv_journal_add_device(gv_journal_writer *w, const gv_device_record *r, gv_error *err)
{
    gv__text line = {0};
    return append(w, gv__line_of_device(&line, r, err), &line, err);
}

gv_status gv_journal_add_measurement(gv_journal_writer *w, const gv_measurement *r, gv_error *err)
{
    gv__text lines = {0};
    return append(w, gv__lines_of_measurement(&lines, r, err), &lines, err);
}

gv_status gv_journal_add_samples(gv_journal_writer *w, const gv_samples_record *r, gv_error *err)
{
    gv__text line = {0};
    return append(w, gv__line_of_samples(&line, r, err), &line, err);
}

gv_status gv_journal_add_incident(gv_journal_writer *w, const gv_incident *r, gv_error *err)
{
    gv__text line = {0};
    return append(w, gv__line_of_incident(&line, r, err), &line, err);
}

gv_status gv_journal_add_ceiling(gv_journal_writer *w, const gv_ceiling *r, gv_error *err)
{
    gv__text line = {0};
    return append(w, gv__line_of_ceiling(&line, r, err), &line, err);
}

gv_status gv_journal_add_trial(gv_journal_writer *w, const gv_trial *r, gv_error *err)
{
    gv__text line = {0};
    return append(w, gv__line_of_trial(&line, r, err), &line, err);
}

gv_status gv_journal_add_end(gv_journal_writer *w, const gv_end_record *r, gv_error *err)
{
    gv__text line = {0};
    return append(w, gv__line_of_end(&line, r, err), &line, err);
}

/* ---- flushing ---- */

/* After a write that stopped in the middle of a line: cut the file behind the last whole line. Only
 * within the last piece, and only while that piece is the file's end: another program may append
 * too. */
static void cut_torn_line(const gv_journal_writer *w, size_t written, size_t piece)
{
    size_t whole = written;
    while (whole > written - piece && w->buffer.data[whole - 1] != '\n') {
        whole--;
    }
    off_t end = lseek(w->fd, 0, SEEK_CUR);
    struct stat facts;
    if (whole == written || end < (off_t)piece || fstat(w->fd, &facts) != 0 ||
        facts.st_size != end) {
        return;
    }
    if (ftruncate(w->fd, end - (off_t)(written - whole)) != 0) {
        return; /* the torn line stays, and readers skip it */
    }
}

gv_status gv_journal_flush(gv_journal_writer *w, gv_error *err)
{
    if (w->failed.status != GV_OK) {
        return failed_already(w, err);
    }
    size_t written = 0;
    size_t piece = 0;
    while (written < w->buffer.length) {
        ssize_t n = write(w->fd, w->buffer.data + written, w->buffer.length - written);
        if (n > 0) {
            piece = (size_t)n;
            written += piece;
        } else if (n == 0 || errno != EINTR) {
            int code = n == 0 ? ENOSPC : errno;
            cut_torn_line(w, written, piece);
            gv__fail(&w->failed, GV_IO, code, "write",
                     "The journal %s cannot be written: %s. What was saved before is whole.",
                     w->path, strerror(code));
            return failed_already(w, err);
        }
    }
    w->buffer.length = 0;
    return GV_OK;
}

gv_status gv_journal_close(gv_journal_writer *w, gv_error *err)
{
    if (w == NULL) {
        return GV_OK;
    }
    gv_status status = gv_journal_flush(w, err);
    /* A network file system may tell of a full disk only here. */
    if (close(w->fd) != 0 && status == GV_OK) {
        status = gv__fail(err, GV_IO, errno, "close", "The journal %s cannot be written: %s.",
                          w->path, strerror(errno));
    }
    gv__text_free(&w->buffer);
    free(w->path);
    free(w);
    return status;
}
