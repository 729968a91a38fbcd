/* SPDX-License-Identifier: Apache-2.0 */
/* Reading files: into lines, each counted once, each broken one named and passed over. */
#include "base/sha256.h"
#include "bench/journal_line.h"
#include "bench/journal_store.h"
#include "bench/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum {
    /* A file without a record in so many lines is something else. */
    LINES_TO_JUDGE = 16,
    /* More warnings than anybody reads; the rest is counted. */
    MAX_WARNINGS = 100
};

/* One file on its way into a journal. */
typedef struct load {
    gv_journal *journal;
    const char *name;       /* as warnings show it */
    gv__journal_mark start; /* what the journal held before */
    size_t records;         /* lines that are records, of whatever type */
    size_t judged;          /* lines that are not blank */
    size_t unwarned;        /* warnings beyond MAX_WARNINGS */
} load;

static gv_status no_memory(const char *name, gv_error *err)
{
    return gv__fail(err, GV_MEMORY, 0, NULL, "The host ran out of memory while it read %s.", name);
}

static gv_status not_a_journal(const char *name, gv_error *err)
{
    return gv__fail(err, GV_FORMAT, 0, NULL,
                    "%s is not a journal: none of its first lines is a record.", name);
}

static gv_status other_schema(const char *name, const gv__line *line, gv_error *err)
{
    return gv__fail(err, GV_FORMAT, 0, NULL,
                    "%s holds records of schema %lld; this program reads schema %d: try a newer "
                    "version of it.",
                    name, line->schema, (int)GV_JOURNAL_SCHEMA);
}

/* Warn about a line. False when out of memory. */
static bool warn(load *l, size_t number, const char *what, const char *detail)
{
    if (l->journal->warning_count - l->start.warnings >= MAX_WARNINGS) {
        l->unwarned++;
        return true;
    }
    gv__text text = {0};
    gv__text_printf(&text, "%s:%zu: %s%s%s", l->name, number, what, detail[0] != 0 ? ": " : "",
                    detail);
    return gv__journal_push_warning(l->journal, &text);
}

static bool warn_of_the_rest(load *l)
{
    if (l->unwarned == 0) {
        return true;
    }
    gv__text text = {0};
    gv__text_printf(&text, "%s: %zu more lines of this kind", l->name, l->unwarned);
    return gv__journal_push_warning(l->journal, &text);
}

/* ---- measurements that were spread over several lines ---- */

static bool continues(const gv_measurement *last, const gv_measurement *m)
{
    /* Equal texts have one address. */
    if (last->run != m->run || last->device != m->device || last->provider != m->provider ||
        last->workload != m->workload || last->process != m->process) {
        return false;
    }
    for (int v = 0; v < GV_VIEW_COUNT; v++) {
        if (last->view[v].samples > 0 && m->view[v].samples > 0) {
            return false;
        }
    }
    return true;
}

static bool keep_measurement(load *l, const gv_measurement *m)
{
    gv_journal *journal = l->journal;
    if (journal->measurement_count > l->start.measurements) {
        gv_measurement *last = &journal->measurements[journal->measurement_count - 1];
        if (continues(last, m)) {
            for (int v = 0; v < GV_VIEW_COUNT; v++) {
                if (m->view[v].samples > 0) {
                    last->view[v] = m->view[v];
                }
            }
            return true;
        }
    }
    return gv__journal_push_measurement(journal, m);
}

/* ---- lines ---- */

static bool keep_record(load *l, size_t number, const gv__line *line)
{
    switch (line->kind) {
    case GV__LINE_RUN:
        return gv__journal_push_run(l->journal, &line->as.run);
    case GV__LINE_DEVICE:
        return gv__journal_push_device(l->journal, &line->as.device);
    case GV__LINE_MEASUREMENT:
        return keep_measurement(l, &line->as.measurement);
    case GV__LINE_INCIDENT:
        return gv__journal_push_incident(l->journal, &line->as.incident);
    case GV__LINE_CEILING:
        return gv__journal_push_ceiling(l->journal, &line->as.ceiling);
    case GV__LINE_TRIAL:
        return gv__journal_push_trial(l->journal, &line->as.trial);
    case GV__LINE_END:
        return gv__journal_push_end(l->journal, &line->as.end);
    case GV__LINE_FOREIGN:
        return warn(l, number, "the line is no record and was skipped", "");
    case GV__LINE_UNKNOWN:
        return warn(l, number, "the line was passed over", line->why);
    case GV__LINE_UNSOUND:
        return warn(l, number, "the record cannot be true and was skipped", line->why);
    default:
        return true;
    }
}

static bool starts_with(const char *text, size_t length, const char *start)
{
    size_t known = strlen(start);
    return length >= known && memcmp(text, start, known) == 0;
}

/* Where another record starts behind a torn one, as where a torn journal was followed by a second
 * one (`cat a b`); NULL where none does. */
static const char *later_start(const char *text, size_t length)
{
    const char *found = NULL;
    const char *end = text + length;
    for (const char *at = text + 1; at < end; at++) {
        at = memchr(at, '{', (size_t)(end - at));
        if (at == NULL) {
            break;
        }
        if (starts_with(at, (size_t)(end - at), GV__LINE_START)) {
            found = at;
        }
    }
    return found;
}

/* Raw times need not be parsed: most of a journal's bytes are theirs. */
static bool is_whole_samples_line(const char *text, size_t length)
{
    return starts_with(text, length, GV__LINE_START "1,\"type\":\"samples\",") &&
           text[length - 1] == '}' && later_start(text, length) == NULL;
}

/* Whether a line that is no JSON may be a record of which the end is missing. Only at the file's
 * end can so little be left of it that even its start is cut. */
static bool may_be_torn(const char *text, size_t length, bool ended)
{
    size_t known = strlen(GV__LINE_START);
    return starts_with(text, length, GV__LINE_START) ||
           (!ended && length < known && memcmp(text, GV__LINE_START, length) == 0);
}

static gv_status take_text(load *l, const gv__input_line *input, const char *text, size_t length,
                           gv_error *err);

/* A line that holds no record: what it is, and what can be saved of it. */
static gv_status take_broken(load *l, const gv__input_line *input, const char *text, size_t length,
                             const char *why, gv_error *err)
{
    const char *later = later_start(text, length);
    const char *what = "the line is broken and was skipped";
    if (may_be_torn(text, length, input->ended)) {
        l->records++;
        if (!input->ended) {
            what = "the last line is torn and was skipped";
            why = "";
        } else if (later != NULL) {
            what = "a torn record was skipped, the one behind it was read";
            why = "";
        }
    }
    if (!warn(l, input->number, what, why)) {
        return no_memory(l->name, err);
    }
    if (later == NULL) {
        return GV_OK;
    }
    return take_text(l, input, later, length - (size_t)(later - text), err);
}

static gv_status take_text(load *l, const gv__input_line *input, const char *text, size_t length,
                           gv_error *err)
{
    if (is_whole_samples_line(text, length)) {
        l->records++;
        return GV_OK;
    }
    struct gv__journal_store *store = l->journal->store;
    gv__hash hash = gv__hash_of(text, length);
    if (gv__hash_set_has(&store->lines, hash)) {
        l->records++;
        return GV_OK;
    }
    gv__line line;
    if (!gv__line_scan(store, text, length, &line)) {
        gv__line_read(store, text, length, &line);
    }
    if (line.kind == GV__LINE_BROKEN) {
        return take_broken(l, input, text, length, line.why, err);
    }
    if (line.kind == GV__LINE_SCHEMA) {
        return other_schema(l->name, &line, err);
    }
    if (line.kind != GV__LINE_FOREIGN) {
        l->records++;
        if (!gv__hash_set_add(&store->lines, hash)) {
            return no_memory(l->name, err);
        }
    }
    return line.kind != GV__LINE_MEMORY && keep_record(l, input->number, &line)
               ? GV_OK
               : no_memory(l->name, err);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static gv_status take_line(load *l, const gv__input_line *input, gv_error *err)
{
    if (input->too_long) {
        l->judged++;
        return warn(l, input->number, "the line is longer than any record and was skipped", "")
                   ? GV_OK
                   : no_memory(l->name, err);
    }
    const char *text = input->text;
    size_t length = input->length;
    while (length > 0 && is_blank(text[length - 1])) {
        length--;
    }
    if (length == 0) {
        return GV_OK;
    }
    l->judged++;
    return take_text(l, input, text, length, err);
}

/* ---- files ---- */

static gv_status cannot_read(const char *name, int code, gv_error *err)
{
    return gv__fail(err, GV_IO, code, "read", "%s cannot be read: %s.", name, strerror(code));
}

static gv_status take_lines(load *l, gv__lines *lines, gv_error *err)
{
    gv__input_line input;
    gv_status status = GV_OK;
    while (status == GV_OK && gv__lines_next(lines, &input)) {
        status = take_line(l, &input, err);
        if (status == GV_OK && l->records == 0 && l->judged == LINES_TO_JUDGE) {
            status = not_a_journal(l->name, err);
        }
    }
    if (status != GV_OK) {
        return status;
    }
    if (lines->code != 0) {
        return cannot_read(l->name, lines->code, err);
    }
    if (l->judged > 0 && l->records == 0) {
        return not_a_journal(l->name, err);
    }
    if (l->judged == 0 && !warn(l, 1, "the file is empty", "")) {
        return no_memory(l->name, err);
    }
    return warn_of_the_rest(l) ? GV_OK : no_memory(l->name, err);
}

static gv_status load_open_file(int fd, const char *name, gv_journal *journal, gv_error *err)
{
    gv_status status = gv__journal_prepare(journal, err);
    if (status != GV_OK) {
        return status;
    }
    gv__lines lines;
    if (!gv__lines_start(&lines, fd)) {
        return no_memory(name, err);
    }
    load l = {.journal = journal, .name = name, .start = gv__journal_mark_of(journal)};
    status = take_lines(&l, &lines, err);
    if (status == GV_OK) {
        char digest[GV__SHA256_TEXT];
        gv__lines_digest(&lines, digest);
        if (!gv__journal_push_file(journal, name, digest)) {
            status = no_memory(name, err);
        }
    }
    gv__lines_end(&lines);
    if (status != GV_OK) {
        gv__journal_return_to(journal, l.start);
    }
    return status;
}

gv_status gv_journal_load(const char *path, gv_journal *journal, gv_error *err)
{
    if (!gv__journal_is_built()) {
        return gv__journal_not_built("read", err);
    }
    if (strcmp(path, "-") == 0) {
        return load_open_file(STDIN_FILENO, "standard input", journal, err);
    }
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return cannot_read(path, errno, err);
    }
    gv_status status = load_open_file(fd, path, journal, err);
    close(fd);
    return status;
}

/* ---- before appending ---- */

gv_status gv__journal_probe(const char *path, int fd, gv_error *err)
{
    gv_journal scratch = {0};
    gv_status status = gv__journal_prepare(&scratch, err);
    if (status != GV_OK) {
        return status;
    }
    gv__lines lines;
    if (!gv__lines_start(&lines, fd)) {
        gv_journal_free(&scratch);
        return no_memory(path, err);
    }
    load l = {.journal = &scratch, .name = path};
    gv__input_line input;
    while (status == GV_OK && l.records == 0 && l.judged < LINES_TO_JUDGE &&
           gv__lines_next(&lines, &input)) {
        status = take_line(&l, &input, err);
    }
    if (status == GV_OK && lines.code != 0) {
        status = cannot_read(path, lines.code, err);
    }
    if (status == GV_OK && l.records == 0) {
        status = not_a_journal(path, err);
    }
    gv__lines_end(&lines);
    gv_journal_free(&scratch);
    return status;
}
