/* SPDX-License-Identifier: Apache-2.0 */
/* Files that are torn, broken, foreign, newer, merged, or strangely laid out. */
#include "base/sha256.h"
#include "bench/journal_line.h"
#include "bench/lines.h"
#include "tests/bench/journal_records.h"

#define RUN_LINE "{\"schema\":1,\"type\":\"run\",\"run\":\"" RUN_UUID "\"}"
#define END_LINE "{\"schema\":1,\"type\":\"end\",\"run\":\"" RUN_UUID "\",\"how\":\"done\"}"

/* One measurement as we write it, with its end of line; free() it. */
static char *measurement_line(const char *run)
{
    gv_measurement m = full_measurement();
    m.run = run;
    gv__text line = {0};
    gv_error err = {0};
    assert_status(gv__lines_of_measurement(&line, &m, &err), GV_OK, err);
    assert_ptr_equal(strchr(line.data, '\n'), line.data + line.length - 1);
    return line.data;
}

static void assert_warning(const gv_journal *journal, size_t i, const char *part)
{
    assert_true(i < journal->warning_count);
    if (strstr(journal->warnings[i], part) == NULL) {
        print_error("\"%s\" does not hold \"%s\"\n", journal->warnings[i], part);
        fail();
    }
}

/* Load a file of this text. */
static gv_journal load_text(const char *text)
{
    const char *path = file_path("text.jsonl");
    write_text(path, text);
    return load_or_fail(path);
}

/* ---- torn and broken lines ---- */

static void a_line_torn_at_any_byte_is_reported_and_loses_nothing_else(void **state)
{
    (void)state;
    char *torn = measurement_line(OTHER_UUID);
    size_t length = strlen(torn) - 1; /* without its end */
    size_t start = strlen(RUN_LINE "\n");
    char *text = malloc(start + length + 1);
    memcpy(text, RUN_LINE "\n", start);
    memcpy(text + start, torn, length);
    for (size_t cut = 0; cut <= length; cut++) {
        const char *path = file_path("torn.jsonl");
        write_bytes(path, text, start + cut);
        gv_journal journal = load_or_fail(path);
        bool whole = cut == length;
        assert_int_equal(journal.run_count, 1);
        assert_int_equal(journal.measurement_count, whole ? 1 : 0);
        assert_int_equal(journal.warning_count, whole || cut == 0 ? 0 : 1);
        if (journal.warning_count > 0) {
            assert_warning(&journal, 0, ":2: the last line is torn and was skipped");
        }
        gv_journal_free(&journal);
    }
    free(text);
    free(torn);
}

static void a_journal_of_one_torn_line_is_a_journal(void **state)
{
    (void)state;
    for (size_t cut = 1; cut < strlen(RUN_LINE); cut++) {
        const char *path = file_path("alone.jsonl");
        write_bytes(path, RUN_LINE, cut);
        gv_journal journal = load_or_fail(path);
        assert_int_equal(journal.run_count, 0);
        assert_warning(&journal, 0, ":1: the last line is torn and was skipped");
        gv_journal_free(&journal);
    }
}

static void what_follows_a_torn_journal_is_saved(void **state)
{
    (void)state;
    char *line = measurement_line(RUN_UUID);
    for (size_t cut = strlen(GV__LINE_START); cut < strlen(line) - 1; cut += 13) {
        /* cat torn.jsonl whole.jsonl */
        gv__text text = {0};
        gv__text_add_n(&text, line, cut);
        gv__text_add(&text, RUN_LINE "\n" END_LINE "\n");
        gv_journal journal = load_text(text.data);
        assert_int_equal(journal.measurement_count, 0);
        assert_int_equal(journal.run_count, 1);
        assert_int_equal(journal.end_count, 1);
        assert_int_equal(journal.warning_count, 1);
        assert_warning(&journal, 0, ":1: a torn record was skipped, the one behind it was read");
        gv_journal_free(&journal);
        gv__text_free(&text);
    }
    free(line);
}

static void a_broken_line_in_the_middle_is_named_and_skipped(void **state)
{
    (void)state;
    static const char *const broken[] = {
        "{\"schema\":1,\"type\":\"run\"",
        "{\"schema\":1,\"type\":\"run\",\"run\":\"x\",}",
        "{\"schema\":1,\"type\":\"run\",\"run\":\"x\"} trailing",
        "{\"schema\":1,\"schema\":1,\"type\":\"run\",\"run\":\"x\"}",
        "{\"schema\":1,\"type\":\"run\",\"run\":\"x\\u0000y\"}",
        "{\"schema\":1,\"type\":\"run\",\"run\":\"\xC3\x28\"}",
        "{\"schema\":1,\"type\":\"run\",\"run\":\"x\",\"seed\":01}",
        "{\"schema\":1,\"type\":\"run\",\"run\":\"x\",\"seed\":1e999}",
        "{\"schema\":1,\"type\":\"run\",\"run\":\"x\",\"seed\":NaN}",
        "no JSON",
        "42",
        "[]",
        "{}",
        "{\"schema\":1}",
        "{\"schema\":\"1\",\"type\":\"run\",\"run\":\"x\"}",
        "{\"schema\":1.0,\"type\":\"run\",\"run\":\"x\"}",
        "{\"type\":\"run\",\"run\":\"x\"}",
    };
    for (size_t i = 0; i < GV__COUNT(broken); i++) {
        gv__text text = {0};
        gv__text_printf(&text, RUN_LINE "\n\n%s\n" END_LINE "\n", broken[i]);
        gv_journal journal = load_text(text.data);
        print_message("%s\n", broken[i]);
        assert_int_equal(journal.run_count, 1);
        assert_int_equal(journal.end_count, 1);
        assert_int_equal(journal.warning_count, 1);
        assert_warning(&journal, 0, "text.jsonl:3: the line is ");
        gv_journal_free(&journal);
        gv__text_free(&text);
    }
}

static void endless_warnings_are_counted(void **state)
{
    (void)state;
    gv__text text = {0};
    gv__text_add(&text, RUN_LINE "\n");
    for (int i = 0; i < 250; i++) {
        gv__text_printf(&text, "broken %d\n", i);
    }
    gv_journal journal = load_text(text.data);
    assert_int_equal(journal.warning_count, 101);
    assert_warning(&journal, 100, "150 more lines of this kind");
    gv_journal_free(&journal);
    gv__text_free(&text);
}

/* ---- other layouts, other versions ---- */

static void fields_in_any_order_with_blanks_and_unknown_ones_are_read(void **state)
{
    (void)state;
    gv_journal journal = load_text(
        "\xEF\xBB\xBF {\"later\": {\"schema\": [1, null, {\"x\": true}]}, \"workload\": "
        "\"matmul:n=4,m=3,k=2\", "
        "\"views_us\": {\"future_view\": [1, 2], \"kernel_only\": [3, 1, 0, null, null, [2.5], "
        "null, [3, 2, 4], [0.5, 1.5, 9], \"more\"]}, \"type\": \"measurement\", \"schema\": 1, "
        "\"run\": \"r\\u00e9\", \"device\": \"d\", \"provider\": \"p\", \"check\": \"c\", "
        "\"flags\": [\"noisy\", \"unheard_of\", 7], \"clock\": \"wall\", \"error_rel\": 0, "
        "\"bound_rel\": 1E-5} \r\n\r\n   \n" END_LINE "\r\n");
    assert_int_equal(journal.warning_count, 0);
    assert_int_equal(journal.end_count, 1);
    assert_int_equal(journal.measurement_count, 1);
    const gv_measurement *m = &journal.measurements[0];
    assert_string_equal(m->run, "r\xC3\xA9");
    assert_string_equal(m->workload, "matmul:m=3,n=4,k=2"); /* canonical */
    assert_int_equal(m->flags, GV_FLAG_NOISY);
    assert_close(m->bound_rel, 1e-5, 0);
    const gv_view_times *view = &m->view[GV_VIEW_KERNEL_ONLY];
    assert_int_equal(view->samples, 3);
    assert_close(view->stage[GV_STAGE_KERNEL].median_s, 2.5e-6, 0);
    assert_close(view->stage[GV_STAGE_KERNEL].low_s, NAN, 0);
    assert_close(view->stage[GV_STAGE_TOTAL].low_s, 2e-6, 0);
    assert_close(view->stage[GV_STAGE_TOTAL].high_s, 4e-6, 0);
    assert_close(view->speedup_high, 1.5, 0);
    assert_int_equal(m->view[GV_VIEW_TRANSFERS].samples, 0);
    gv_journal_free(&journal);
}

static void an_unknown_type_is_passed_over_with_a_warning(void **state)
{
    (void)state;
    gv_journal journal =
        load_text(RUN_LINE "\n{\"schema\":1,\"type\":\"energy\",\"run\":\"x\"}\n" END_LINE "\n");
    assert_int_equal(journal.run_count, 1);
    assert_int_equal(journal.end_count, 1);
    assert_int_equal(journal.warning_count, 1);
    assert_warning(&journal, 0,
                   ":2: the line was passed over: a record of the unknown type \"energy\"");
    gv_journal_free(&journal);
}

static void another_schema_is_refused_by_name_and_the_journal_keeps_what_it_had(void **state)
{
    (void)state;
    gv_journal journal = load_text(RUN_LINE "\n" END_LINE "\nbroken\n");
    const char *path = file_path("newer.jsonl");
    write_text(path, "{\"schema\":1,\"type\":\"run\",\"run\":\"second\"}\nbroken too\n"
                     "{\"schema\":2,\"type\":\"run\",\"run\":\"x\"}\n");
    gv_error err = {0};
    assert_status(gv_journal_load(path, &journal, &err), GV_FORMAT, err);
    assert_non_null(strstr(err.text, "newer.jsonl holds records of schema 2"));
    assert_non_null(strstr(err.text, "reads schema 1"));
    assert_int_equal(journal.run_count, 1);
    assert_int_equal(journal.end_count, 1);
    assert_int_equal(journal.warning_count, 1);
    assert_int_equal(journal.file_count, 1);
    /* What was taken back may come again. */
    write_text(path, "{\"schema\":1,\"type\":\"run\",\"run\":\"second\"}\n");
    assert_status(gv_journal_load(path, &journal, &err), GV_OK, err);
    assert_int_equal(journal.run_count, 2);
    assert_string_equal(journal.runs[1].run, "second");
    assert_int_equal(journal.file_count, 2);
    gv_journal_free(&journal);
}

static void files_of_another_kind_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t length;
    } foreign[] = {
        {"time,device\n1,2\n", 16},
        {"{\n  \"schema\": 1\n}\n", 18},
        {"}\n}\n}\n", 6},
        {"{\"schema\":\"https://example.org/x\",\"type\":\"object\"}\n", 52},
        {"\x7F"
         "ELF\0\0\0\0\0",
         9},
        {"PK\3\4", 4},
    };
    for (size_t i = 0; i < GV__COUNT(foreign); i++) {
        const char *path = file_path("foreign");
        write_bytes(path, foreign[i].text, foreign[i].length);
        gv_journal journal = {0};
        gv_error err = {0};
        print_message("%s\n", foreign[i].text);
        assert_status(gv_journal_load(path, &journal, &err), GV_FORMAT, err);
        assert_non_null(strstr(err.text, "is not a journal"));
        assert_int_equal(journal.file_count, 0);
        assert_int_equal(journal.warning_count, 0);
        gv_journal_free(&journal);
    }
}

static void what_cannot_be_opened_or_read_is_an_error_with_its_name(void **state)
{
    (void)state;
    static const char *const paths[] = {"/nonexistent/x.jsonl", "/proc/self"};
    for (size_t i = 0; i < GV__COUNT(paths); i++) {
        gv_journal journal = {0};
        gv_error err = {0};
        assert_status(gv_journal_load(paths[i], &journal, &err), GV_IO, err);
        assert_non_null(strstr(err.text, paths[i]));
        assert_int_not_equal(err.code, 0);
        gv_journal_free(&journal);
    }
}

static void an_empty_file_is_an_empty_journal(void **state)
{
    (void)state;
    gv_journal journal = load_text("");
    assert_warning(&journal, 0, "the file is empty");
    assert_int_equal(journal.file_count, 1);
    gv_journal_free(&journal);
}

static void a_line_beyond_all_bounds_is_skipped(void **state)
{
    (void)state;
    /* Just at the bound, beyond it within the buffer, and far beyond it. */
    static const struct {
        size_t length;
        bool skipped;
    } cases[] = {{GV__LINE_MAX, false},
                 {GV__LINE_MAX + 1, true},
                 {GV__LINE_MAX + 300000, true},
                 {5 * GV__LINE_MAX, true}};
    for (size_t i = 0; i < GV__COUNT(cases); i++) {
        gv__text text = {0};
        gv__text_add(&text, RUN_LINE "\n");
        size_t start = text.length;
        gv__text_add(&text, "{\"schema\":1,\"type\":\"run\",\"run\":\"long\",\"command\":\"");
        while (text.length - start < cases[i].length - 2) {
            gv__text_add(&text, "x");
        }
        gv__text_add(&text, "\"}\n" END_LINE "\n");
        gv_journal journal = load_text(text.data);
        assert_int_equal(journal.run_count, cases[i].skipped ? 1 : 2);
        assert_int_equal(journal.end_count, 1);
        assert_int_equal(journal.warning_count, cases[i].skipped ? 1 : 0);
        if (cases[i].skipped) {
            assert_warning(&journal, 0, ":2: the line is longer than any record");
        }
        gv_journal_free(&journal);
        gv__text_free(&text);
    }
}

/* ---- merging ---- */

static void a_merge_by_concatenation_equals_loading_both(void **state)
{
    (void)state;
    char *one = measurement_line(RUN_UUID);
    char *two = measurement_line(OTHER_UUID);
    const char *path = file_path("both.jsonl");
    gv__text both = {0};
    gv__text_printf(&both, RUN_LINE "\n%s%s%s" END_LINE "\n", one, two, one);
    write_text(path, both.data);
    gv_journal merged = load_or_fail(path);
    gv_error err = {0};
    gv_journal loaded = {0};
    write_text(path, RUN_LINE "\n");
    assert_status(gv_journal_load(path, &loaded, &err), GV_OK, err);
    write_text(path, one);
    assert_status(gv_journal_load(path, &loaded, &err), GV_OK, err);
    gv__text rest = {0};
    gv__text_printf(&rest, "%s" END_LINE, two);
    write_text(path, rest.data);
    assert_status(gv_journal_load(path, &loaded, &err), GV_OK, err);
    assert_int_equal(merged.measurement_count, 2);
    assert_int_equal(loaded.measurement_count, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_string_equal(merged.measurements[i].run, i == 0 ? RUN_UUID : OTHER_UUID);
        assert_string_equal(merged.measurements[i].run, loaded.measurements[i].run);
    }
    assert_int_equal(loaded.run_count, merged.run_count);
    assert_int_equal(loaded.end_count, merged.end_count);
    assert_int_equal(loaded.file_count, 3);
    gv__text_free(&both);
    gv__text_free(&rest);
    gv_journal_free(&merged);
    gv_journal_free(&loaded);
    free(one);
    free(two);
}

static void the_same_file_twice_counts_once(void **state)
{
    (void)state;
    char *line = measurement_line(RUN_UUID);
    gv__text text = {0};
    gv__text_printf(&text, RUN_LINE "\n%s" END_LINE "\n", line);
    gv_journal journal = load_text(text.data);
    gv_error err = {0};
    assert_status(gv_journal_load(file_path("text.jsonl"), &journal, &err), GV_OK, err);
    assert_int_equal(journal.run_count, 1);
    assert_int_equal(journal.measurement_count, 1);
    assert_int_equal(journal.end_count, 1);
    assert_int_equal(journal.file_count, 2);
    assert_int_equal(journal.warning_count, 0);
    gv_journal_free(&journal);
    gv__text_free(&text);
    free(line);
}

static void lines_that_differ_in_one_byte_are_two(void **state)
{
    (void)state;
    gv__text text = {0};
    for (int i = 0; i < 2000; i++) {
        gv__text_printf(&text, "{\"schema\":1,\"type\":\"run\",\"run\":\"%c%07d\"}\n", 'a' + i % 20,
                        i / 20);
    }
    gv_journal journal = load_text(text.data);
    assert_int_equal(journal.run_count, 2000);
    gv_journal_free(&journal);
    gv__text_free(&text);
}

static void views_on_following_lines_belong_to_one_measurement(void **state)
{
    (void)state;
    gv_measurement first = full_measurement();
    gv_measurement second = first;
    gv_measurement stranger = first;
    for (int v = 0; v < GV_VIEW_COUNT; v++) {
        gv_measurement *lacks = v < 2 ? &second : &first;
        lacks->view[v].samples = 0;
    }
    stranger.process = 9;
    gv__text text = {0};
    gv_error err = {0};
    assert_status(gv__lines_of_measurement(&text, &first, &err), GV_OK, err);
    assert_status(gv__lines_of_measurement(&text, &second, &err), GV_OK, err);
    assert_status(gv__lines_of_measurement(&text, &stranger, &err), GV_OK, err);
    second.error_rel = 0; /* no duplicate, but views that are there already */
    assert_status(gv__lines_of_measurement(&text, &second, &err), GV_OK, err);
    gv_journal journal = load_text(text.data);
    assert_int_equal(journal.measurement_count, 3);
    for (int v = 0; v < GV_VIEW_COUNT; v++) {
        assert_int_equal(journal.measurements[0].view[v].samples, 60);
    }
    assert_int_equal(journal.measurements[1].process, 9);
    assert_int_equal(journal.measurements[2].view[0].samples, 0);
    gv_journal_free(&journal);
    gv__text_free(&text);
}

/* ---- where bytes come from ---- */

static void standard_input_is_a_file_too(void **state)
{
    (void)state;
    const char *path = file_path("stdin.jsonl");
    write_text(path, RUN_LINE "\n");
    int saved = dup(STDIN_FILENO);
    int fd = open(path, O_RDONLY);
    assert_int_equal(dup2(fd, STDIN_FILENO), STDIN_FILENO);
    close(fd);
    gv_journal journal = {0};
    gv_error err = {0};
    gv_status status = gv_journal_load("-", &journal, &err);
    dup2(saved, STDIN_FILENO);
    close(saved);
    assert_status(status, GV_OK, err);
    assert_int_equal(journal.run_count, 1);
    assert_string_equal(journal.files[0], "standard input");
    gv_journal_free(&journal);
}

static void a_pipe_that_gives_one_byte_at_a_time_is_read_whole(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    const char text[] = RUN_LINE "\n" END_LINE;
    pid_t child = fork();
    if (child == 0) {
        for (size_t i = 0; i < sizeof text - 1; i++) {
            if (write(ends[1], text + i, 1) != 1) {
                _exit(1);
            }
        }
        _exit(0);
    }
    close(ends[1]);
    char path[64];
    snprintf(path, sizeof path, "/dev/fd/%d", ends[0]);
    gv_journal journal = load_or_fail(path);
    assert_int_equal(journal.run_count, 1);
    assert_int_equal(journal.end_count, 1);
    assert_int_equal(journal.warning_count, 0);
    close(ends[0]);
    gv_journal_free(&journal);
}

static void the_digest_of_each_file_is_kept(void **state)
{
    (void)state;
    gv_journal journal = load_text("{\"schema\":1,\"type\":\"end\",\"run\":\"a\"}\n");
    /* sha256sum's answer for these bytes */
    assert_string_equal(journal.sha256[0],
                        "299691588149392dbb1ec07f16bd47244d6c192639702a150920d86cfbc8cc7f");
    gv_journal_free(&journal);
}

static void sha256_agrees_with_the_standard(void **state)
{
    (void)state;
    char text[GV__SHA256_TEXT];
    gv__sha256 sha;
    gv__sha256_start(&sha);
    gv__sha256_end(&sha, text);
    assert_string_equal(text, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    gv__sha256_start(&sha);
    gv__sha256_add(&sha, "abc", 3);
    gv__sha256_end(&sha, text);
    assert_string_equal(text, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    gv__sha256_start(&sha);
    const char *two_blocks = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
    gv__sha256_add(&sha, two_blocks, strlen(two_blocks));
    gv__sha256_end(&sha, text);
    assert_string_equal(text, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    /* A million times "a", in pieces of every length. */
    gv__sha256_start(&sha);
    char piece[1000];
    memset(piece, 'a', sizeof piece);
    size_t added = 0;
    for (size_t length = 0; added < 1000000; length = (length + 7) % sizeof piece) {
        size_t n = length < 1000000 - added ? length : 1000000 - added;
        gv__sha256_add(&sha, piece, n);
        added += n;
    }
    gv__sha256_end(&sha, text);
    assert_string_equal(text, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

/* ---- the documentation ---- */

static void every_example_of_the_readme_is_a_record(void **state)
{
    (void)state;
    size_t length;
    char *readme = read_bytes(GV_TEST_SOURCE_DIR "/bench/README.md", &length);
    gv__text lines = {0};
    for (char *at = readme; *at != 0;) {
        size_t n = strcspn(at, "\n") + 1;
        if (strncmp(at, GV__LINE_START, strlen(GV__LINE_START)) == 0) {
            gv__text_add_n(&lines, at, n);
        }
        at += n;
    }
    gv_journal journal = load_text(lines.data);
    assert_int_equal(journal.warning_count, 0);
    assert_int_equal(journal.run_count, 1);
    assert_int_equal(journal.device_count, 2);
    assert_int_equal(journal.measurement_count, 1);
    assert_int_equal(journal.incident_count, 3);
    assert_int_equal(journal.ceiling_count, 2);
    assert_int_equal(journal.trial_count, 1);
    assert_int_equal(journal.end_count, 1);
    assert_non_null(strstr(lines.data, "\"type\":\"samples\""));
    /* The example is laid out as the program lays it out. */
    gv__text again = {0};
    gv_error err = {0};
    assert_status(gv__lines_of_measurement(&again, &journal.measurements[0], &err), GV_OK, err);
    assert_non_null(strstr(lines.data, again.data));
    for (size_t i = 0; i < journal.ceiling_count; i++) {
        again.length = 0;
        assert_status(gv__line_of_ceiling(&again, &journal.ceilings[i], &err), GV_OK, err);
        assert_non_null(strstr(lines.data, again.data));
    }
    gv__text_free(&again);
    gv_journal_free(&journal);
    gv__text_free(&lines);
    free(readme);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_torn_at_any_byte_is_reported_and_loses_nothing_else),
        cmocka_unit_test(a_journal_of_one_torn_line_is_a_journal),
        cmocka_unit_test(what_follows_a_torn_journal_is_saved),
        cmocka_unit_test(a_broken_line_in_the_middle_is_named_and_skipped),
        cmocka_unit_test(endless_warnings_are_counted),
        cmocka_unit_test(fields_in_any_order_with_blanks_and_unknown_ones_are_read),
        cmocka_unit_test(an_unknown_type_is_passed_over_with_a_warning),
        cmocka_unit_test(another_schema_is_refused_by_name_and_the_journal_keeps_what_it_had),
        cmocka_unit_test(files_of_another_kind_are_refused),
        cmocka_unit_test(what_cannot_be_opened_or_read_is_an_error_with_its_name),
        cmocka_unit_test(an_empty_file_is_an_empty_journal),
        cmocka_unit_test(a_line_beyond_all_bounds_is_skipped),
        cmocka_unit_test(a_merge_by_concatenation_equals_loading_both),
        cmocka_unit_test(the_same_file_twice_counts_once),
        cmocka_unit_test(lines_that_differ_in_one_byte_are_two),
        cmocka_unit_test(views_on_following_lines_belong_to_one_measurement),
        cmocka_unit_test(standard_input_is_a_file_too),
        cmocka_unit_test(a_pipe_that_gives_one_byte_at_a_time_is_read_whole),
        cmocka_unit_test(the_digest_of_each_file_is_kept),
        cmocka_unit_test(sha256_agrees_with_the_standard),
        cmocka_unit_test(every_example_of_the_readme_is_a_record),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
