/* SPDX-License-Identifier: Apache-2.0 */
#include "base/csv_read.h"
#include "base/support.h"
#include "tests/gv_test.h"

/* The records of a text, fields in brackets, one line a record; the error's text where it fails. */
static void read_all(const char *text, size_t length, char *out, size_t size)
{
    char copy[256], *fields[4];
    assert_true(length < sizeof copy);
    memcpy(copy, text, length);
    gv__csv csv = gv__csv_begin(copy, length, "file.csv");
    size_t count = 1, used = 0;
    gv_error err = {0};
    while (count > 0 && gv__csv_next(&csv, fields, GV__COUNT(fields), &count, &err) == GV_OK) {
        for (size_t i = 0; i < count; i++) {
            used += (size_t)snprintf(out + used, size - used, "[%s]", fields[i]);
        }
        used += count > 0 ? (size_t)snprintf(out + used, size - used, "@%zu\n", csv.line) : 0;
    }
    snprintf(out + used, size - used, "%s", err.text);
}

static const struct {
    const char *text, *records;
} cases[] = {
    {"", ""},
    {"a,b\r\nc,d\r\n", "[a][b]@1\n[c][d]@2\n"},
    {"a,b\nc,d", "[a][b]@1\n[c][d]@2\n"},
    {",\n", "[][]@1\n"},
    {"\xef\xbb\xbfname\n", "[name]@1\n"},
    {"\n\r\na\n\n\nb\n", "[a]@3\n[b]@6\n"},
    {"\"a,b\",\"c\"\"d\"\n", "[a,b][c\"d]@1\n"},
    {"\"a\r\nb\",c\nd\n", "[a\r\nb][c]@1\n[d]@3\n"},
    {"\"\",x\n", "[][x]@1\n"},
    {"a;b\nc,d;\"e;f\"\n", "[a][b]@1\n[c,d][e;f]@2\n"},
    {"a\tb\nc;d\te,f\n", "[a][b]@1\n[c;d][e,f]@2\n"},
    {"a,b;c\nd;e,f\n", "[a][b;c]@1\n[d;e][f]@2\n"},
    {"\"a", "file.csv, line 1: a quoted field has no closing quote"},
    {"x\n\"a\"b\n", "[x]@1\nfile.csv, line 2: something follows a closing quote"},
    {"a\"b\n", "file.csv, line 1: a quote stands inside a field"},
    {"a\rb\n", "file.csv, line 1: a carriage return stands inside a field"},
    {"1,2,3,4\n1,2,3,4,5\n", "[1][2][3][4]@1\nfile.csv, line 2: more than 4 fields"},
};

static void records_are_read_and_faults_are_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < GV__COUNT(cases); i++) {
        char out[512] = "";
        read_all(cases[i].text, strlen(cases[i].text), out, sizeof out);
        if (strcmp(out, cases[i].records) != 0) {
            fail_msg("case %zu: %s\ngave\n%s\nnot\n%s", i, cases[i].text, out, cases[i].records);
        }
    }
}

static void a_zero_byte_is_no_text(void **state)
{
    (void)state;
    char out[512] = "";
    read_all("a\0b\n", 4, out, sizeof out);
    assert_string_equal(out, "file.csv, line 1: a zero byte: this is not text");
}

/* Behind a line that is no record the next one is read, under its own number. */
static void what_follows_a_fault_is_read(void **state)
{
    (void)state;
    static const char *const faulty[] = {"a\"b", "\"a\"b", "1,2,3,4,5", "\"a\"\"b,\nc", "a\rb"};
    for (size_t i = 0; i < GV__COUNT(faulty); i++) {
        char copy[64], *fields[4];
        gv_error err = {0};
        size_t count;
        snprintf(copy, sizeof copy, "x\n%s\ny,z\n", faulty[i]);
        gv__csv csv = gv__csv_begin(copy, strlen(copy), "file.csv");
        assert_status(gv__csv_next(&csv, fields, GV__COUNT(fields), &count, &err), GV_OK, err);
        assert_int_equal(gv__csv_next(&csv, fields, GV__COUNT(fields), &count, NULL), GV_FORMAT);
        /* What has no closing quote may be the rest of the text: it is skipped a line at a time. */
        const size_t lines = strchr(faulty[i], '\n') != NULL ? 2 : 1;
        for (size_t l = 0; l < lines; l++) {
            gv__csv_skip_line(&csv);
        }
        assert_status(gv__csv_next(&csv, fields, GV__COUNT(fields), &count, &err), GV_OK, err);
        assert_int_equal(count, 2);
        assert_string_equal(fields[0], "y");
        assert_string_equal(fields[1], "z");
        assert_int_equal(csv.line, 2 + lines);
        assert_status(gv__csv_next(&csv, fields, GV__COUNT(fields), &count, &err), GV_OK, err);
        assert_int_equal(count, 0);
        gv__csv_skip_line(&csv);
        assert_status(gv__csv_next(&csv, fields, GV__COUNT(fields), &count, &err), GV_OK, err);
        assert_int_equal(count, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_are_read_and_faults_are_named),
        cmocka_unit_test(a_zero_byte_is_no_text),
        cmocka_unit_test(what_follows_a_fault_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
