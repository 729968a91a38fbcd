/* SPDX-License-Identifier: Apache-2.0 */
/* Creating, appending, foreign files, a full disk, and two writers at once. */
#include "bench/journal_line.h"
#include "tests/bench/journal_records.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

static gv_journal_writer *create(const char *path)
{
    gv_error err = {0};
    gv_journal_writer *w = NULL;
    assert_status(gv_journal_create(path, &w, &err), GV_OK, err);
    return w;
}

static void add_end(gv_journal_writer *w, const char *run)
{
    gv_error err = {0};
    gv_end_record end = {.run = run, .how = "done", .elapsed_s = 1};
    assert_status(gv_journal_add_end(w, &end, &err), GV_OK, err);
}

static void nothing_is_in_the_file_before_a_flush_and_all_is_after(void **state)
{
    (void)state;
    const char *path = file_path("flush.jsonl");
    gv_error err = {0};
    size_t length;
    gv_journal_writer *w = create(path);
    add_end(w, "one");
    free(read_bytes(path, &length));
    assert_int_equal(length, 0);
    assert_status(gv_journal_flush(w, &err), GV_OK, err);
    char *text = read_bytes(path, &length);
    assert_string_equal(
        text, "{\"schema\":1,\"type\":\"end\",\"run\":\"one\",\"how\":\"done\",\"elapsed_s\":1}\n");
    free(text);
    assert_status(gv_journal_close(w, &err), GV_OK, err);
    assert_status(gv_journal_close(NULL, &err), GV_OK, err);
}

static void an_existing_journal_is_appended_to(void **state)
{
    (void)state;
    const char *path = file_path("append.jsonl");
    gv_error err = {0};
    for (int i = 0; i < 3; i++) {
        gv_journal_writer *w = create(path);
        char run[] = {(char)('a' + i), 0};
        add_end(w, run);
        assert_status(gv_journal_close(w, &err), GV_OK, err);
    }
    gv_journal journal = load_or_fail(path);
    assert_int_equal(journal.end_count, 3);
    assert_string_equal(journal.ends[0].run, "a");
    assert_string_equal(journal.ends[2].run, "c");
    assert_int_equal(journal.warning_count, 0);
    gv_journal_free(&journal);
}

static void behind_a_torn_line_a_fresh_one_starts(void **state)
{
    (void)state;
    const char *first = "{\"schema\":1,\"type\":\"end\",\"run\":\"first\"}";
    const char *torn = "{\"schema\":1,\"type\":\"end\",\"run\":\"torn\"}";
    for (size_t cut = 1; cut <= strlen(torn); cut++) {
        gv_error err = {0};
        const char *path = file_path("torn.jsonl");
        gv__text text = {0};
        gv__text_printf(&text, "%s\n%.*s", first, (int)cut, torn);
        write_text(path, text.data);
        gv_journal_writer *w = create(path);
        add_end(w, "new");
        assert_status(gv_journal_close(w, &err), GV_OK, err);
        gv_journal journal = load_or_fail(path);
        bool whole = cut == strlen(torn);
        assert_int_equal(journal.end_count, whole ? 3 : 2);
        assert_string_equal(journal.ends[journal.end_count - 1].run, "new");
        assert_int_equal(journal.warning_count, whole ? 0 : 1);
        gv_journal_free(&journal);
        gv__text_free(&text);
    }
}

static void an_empty_file_becomes_a_journal(void **state)
{
    (void)state;
    const char *path = file_path("empty.jsonl");
    write_text(path, "");
    gv_error err = {0};
    gv_journal_writer *w = create(path);
    add_end(w, "x");
    assert_status(gv_journal_close(w, &err), GV_OK, err);
    gv_journal journal = load_or_fail(path);
    assert_int_equal(journal.end_count, 1);
    gv_journal_free(&journal);
}

static void a_foreign_file_is_refused_and_untouched(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *why;
    } cases[] = {
        {"device,time\n0,1.5\n", "is not a journal"},
        {"my notes, without an end of line", "is not a journal"},
        {"{\n  \"schema\": 1,\n  \"type\": \"run\"\n}\n", "is not a journal"},
        {"{\"level\":\"info\",\"message\":\"a log in JSON Lines\"}\n", "is not a journal"},
        {"{\"schema\":2,\"type\":\"run\",\"run\":\"x\"}\n", "schema 2"},
        {"\n\n\n", "is not a journal"},
    };
    for (size_t i = 0; i < GV__COUNT(cases); i++) {
        const char *path = file_path("foreign");
        write_text(path, cases[i].text);
        gv_error err = {0};
        gv_journal_writer *w = NULL;
        print_message("%s\n", cases[i].text);
        assert_status(gv_journal_create(path, &w, &err), GV_FORMAT, err);
        assert_non_null(strstr(err.text, cases[i].why));
        assert_null(w);
        size_t length;
        char *after = read_bytes(path, &length);
        assert_string_equal(after, cases[i].text);
        free(after);
    }
}

static void what_is_no_file_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        gv_status status;
    } cases[] = {{"/dev/null", GV_FORMAT}, {"/nonexistent/x.jsonl", GV_IO}, {"/proc", GV_IO}};
    for (size_t i = 0; i < GV__COUNT(cases); i++) {
        gv_error err = {0};
        gv_journal_writer *w = NULL;
        assert_status(gv_journal_create(cases[i].path, &w, &err), cases[i].status, err);
        assert_non_null(strstr(err.text, cases[i].path));
        assert_null(w);
    }
}

/* ---- a full disk ---- */

/* Write until the file may not grow any more; in a child, since the limit is the process's. */
static int fill_to(const char *path, rlim_t limit)
{
    struct rlimit small = {.rlim_cur = limit, .rlim_max = limit};
    if (setrlimit(RLIMIT_FSIZE, &small) != 0 || signal(SIGXFSZ, SIG_IGN) == SIG_ERR) {
        return 10;
    }
    gv_error err = {0};
    gv_journal_writer *w = NULL;
    if (gv_journal_create(path, &w, &err) != GV_OK) {
        return 11;
    }
    gv_measurement m = full_measurement();
    for (int i = 0; i < 1000; i++) {
        m.process = (uint32_t)i;
        gv_status added = gv_journal_add_measurement(w, &m, &err);
        gv_status flushed = added == GV_OK && i % 3 == 2 ? gv_journal_flush(w, &err) : added;
        if (flushed == GV_IO) {
            bool stays = gv_journal_add_measurement(w, &m, &err) == GV_IO &&
                         gv_journal_flush(w, &err) == GV_IO && err.code == EFBIG &&
                         strstr(err.text, strerror(EFBIG)) != NULL &&
                         strstr(err.text, path) != NULL;
            return gv_journal_close(w, &err) == GV_IO && stays ? 0 : 12;
        }
        if (flushed != GV_OK) {
            return 13;
        }
    }
    return 14;
}

static void a_full_disk_leaves_whole_lines(void **state)
{
    (void)state;
    /* Limits around the ends of lines, and in the middle of them. */
    for (rlim_t limit = 5000; limit < 5000 + 900; limit += 53) {
        const char *path = file_path("full.jsonl");
        unlink(path);
        pid_t child = fork();
        if (child == 0) {
            _exit(fill_to(path, limit));
        }
        int status;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 0);
        size_t length;
        char *text = read_bytes(path, &length);
        assert_in_range(length, limit - 1024, limit);
        assert_int_equal(text[length - 1], '\n');
        free(text);
        gv_journal journal = load_or_fail(path);
        assert_int_equal(journal.warning_count, 0);
        assert_true(journal.measurement_count > 3);
        for (size_t i = 0; i < journal.measurement_count; i++) {
            assert_int_equal(journal.measurements[i].process, i);
        }
        gv_journal_free(&journal);
    }
}

/* ---- two writers ---- */

enum { WRITERS = 4, FLUSHES = 100, LINES_A_FLUSH = 7 };

static int write_many(const char *path, uint32_t writer)
{
    gv_error err = {0};
    gv_journal_writer *w = NULL;
    if (gv_journal_create(path, &w, &err) != GV_OK) {
        return 1;
    }
    gv_measurement m = full_measurement();
    for (uint32_t i = 0; i < FLUSHES * LINES_A_FLUSH; i++) {
        m.process = writer * FLUSHES * LINES_A_FLUSH + i;
        if (gv_journal_add_measurement(w, &m, &err) != GV_OK ||
            (i % LINES_A_FLUSH == 0 && gv_journal_flush(w, &err) != GV_OK)) {
            return 2;
        }
    }
    return gv_journal_close(w, &err) == GV_OK ? 0 : 3;
}

static void writers_at_once_never_meet_inside_a_line(void **state)
{
    (void)state;
    const char *path = file_path("shared.jsonl");
    pid_t children[WRITERS];
    for (uint32_t i = 0; i < WRITERS; i++) {
        children[i] = fork();
        if (children[i] == 0) {
            _exit(write_many(path, i));
        }
    }
    for (int i = 0; i < WRITERS; i++) {
        int status;
        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_int_equal(status, 0);
    }
    gv_journal journal = load_or_fail(path);
    assert_int_equal(journal.warning_count, 0);
    assert_int_equal(journal.measurement_count, WRITERS * FLUSHES * LINES_A_FLUSH);
    gv_journal_free(&journal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_in_the_file_before_a_flush_and_all_is_after),
        cmocka_unit_test(an_existing_journal_is_appended_to),
        cmocka_unit_test(behind_a_torn_line_a_fresh_one_starts),
        cmocka_unit_test(an_empty_file_becomes_a_journal),
        cmocka_unit_test(a_foreign_file_is_refused_and_untouched),
        cmocka_unit_test(what_is_no_file_is_refused),
        cmocka_unit_test(a_full_disk_leaves_whole_lines),
        cmocka_unit_test(writers_at_once_never_meet_inside_a_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
