/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/text.h"
#include "tests/gv_test.h"

#include <math.h>

/* What `print` writes, as text that the caller frees. */
typedef void (*printer)(FILE *out);

static char *printed(printer print)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    assert_non_null(out);
    print(out);
    fclose(out);
    return text;
}

static void assert_printed(printer print, const char *expected)
{
    char *text = printed(print);
    assert_string_equal(text, expected);
    free(text);
}

static void width_counts_what_a_terminal_shows(void **state)
{
    static const struct {
        const char *text;
        size_t width;
    } cases[] = {{"", 0},          {"GPU", 3},          {"13.2×", 5},   {"µs", 2},
                 {"e\xCC\x81", 1}, {"中文", 4},         {"🚀", 2},       {"\xFF\xFE", 2},
                 {"\xC3", 1},      {"\xF0\x9F\x9A", 3}, {"\xC2\x9B", 1}};
    (void)state;
    for (size_t i = 0; i < GV__COUNT(cases); i++) {
        if (gv_text_width(cases[i].text) != cases[i].width) {
            print_error("case %zu, \"%s\"\n", i, cases[i].text);
        }
        assert_int_equal(gv_text_width(cases[i].text), cases[i].width);
    }
}

static void print_devices(FILE *out)
{
    gv_text_table table = {0};
    gv_text_table_column(&table, "Device", GV_TEXT_LEFT);
    gv_text_table_column(&table, "Time", GV_TEXT_RIGHT);
    gv_text_table_column(&table, "Note", GV_TEXT_LEFT);
    gv_text_table_cell(&table, "中文卡");
    gv_text_table_printf(&table, "%.1f µs", 8.25);
    gv_text_table_cell(&table, "a\033[31mb");
    gv_text_table_cell(&table, "A100");
    gv_text_table_printf(&table, "%.1f µs", 112.5);
    assert_int_equal(gv_text_table_print(&table, out, 2, NULL), GV_OK);
    gv_text_table_free(&table);
}

static void a_table_is_aligned_by_displayed_width(void **state)
{
    (void)state;
    assert_printed(print_devices, "  Device      Time  Note\n"
                                  "  ──────  ────────  ───────\n"
                                  "  中文卡    8.2 µs  a?[31mb\n"
                                  "  A100    112.5 µs\n");
}

static void print_pairs(FILE *out)
{
    gv_text_table table = {0};
    gv_text_table_column(&table, NULL, GV_TEXT_LEFT);
    gv_text_table_column(&table, NULL, GV_TEXT_RIGHT);
    gv_text_table_cell(&table, "GPU time");
    gv_text_table_cell(&table, "45.0 ms");
    gv_text_table_cell(&table, "Transfer");
    gv_text_table_cell(&table, "8.0 ms");
    assert_int_equal(gv_text_table_print(&table, out, 0, NULL), GV_OK);
    gv_text_table_free(&table);
}

static void a_table_without_headings_has_no_heading_line(void **state)
{
    (void)state;
    assert_printed(print_pairs, "GPU time  45.0 ms\nTransfer   8.0 ms\n");
}

static void print_bars(FILE *out)
{
    static const gv_text_bar bars[] = {
        {"fast", 4.0, "4.0×"}, {"half", 2.0, "2.0×"}, {"tiny", 1e-9, "0.0×"}, {"none", NAN, "—"}};
    gv_text_bars(out, bars, GV__COUNT(bars), 0);
}

static void bars_share_one_scale_and_an_absent_value_has_none(void **state)
{
    (void)state;
    char *text = printed(print_bars);
    const char *const full = "██████████████████████████████████████████████████";
    const char *half = full + 25 * strlen("█");
    char expected[1024];
    snprintf(expected, sizeof(expected),
             "fast  %s  4.0×\nhalf  %s%25s  2.0×\ntiny  ▏%49s  0.0×\nnone  %50s     —\n", full,
             half, "", "", "");
    assert_string_equal(text, expected);
    free(text);
}

static void print_paragraph(FILE *out)
{
    fputs("Note: ", out);
    gv_text_paragraph(out, "one two three averyveryverylongword end", 6, 2, 14);
}

static void a_paragraph_breaks_at_spaces_only(void **state)
{
    (void)state;
    assert_printed(print_paragraph, "Note: one two\n  three\n  averyveryverylongword\n  end\n");
}

static void a_full_disk_is_an_error(void **state)
{
    (void)state;
    FILE *full = fopen("/dev/full", "w");
    if (full == NULL) {
        return; /* not Linux */
    }
    setvbuf(full, NULL, _IONBF, 0);
    gv_text_table table = {0};
    gv_error err = {0};
    gv_text_table_column(&table, "x", GV_TEXT_LEFT);
    assert_status(gv_text_table_print(&table, full, 0, &err), GV_IO, err);
    gv_text_table_free(&table);
    fclose(full);
}

static void thousands_stand_apart(void **state)
{
    static const struct {
        double number;
        const char *text;
    } cases[] = {{0, "0"},
                 {999, "999"},
                 {1000, "1,000"},
                 {2097152, "2,097,152"},
                 {-123456, "-123,456"},
                 {99999.6, "100,000"},
                 {NAN, ""}};
    (void)state;
    for (size_t i = 0; i < GV__COUNT(cases); i++) {
        char text[GV__GROUPED];
        assert_string_equal(gv__grouped(cases[i].number, text), cases[i].text);
    }
}

static void print_narrow(FILE *out)
{
    gv_text_table table = {0};
    gv_text_table_column(&table, "Device", GV_TEXT_LEFT);
    gv_text_table_column(&table, "Time", GV_TEXT_RIGHT);
    gv_text_table_column(&table, "Origin", GV_TEXT_LEFT);
    gv_text_table_minor(&table);
    gv_text_table_column(&table, "Total", GV_TEXT_RIGHT);
    gv_text_table_column(&table, "Library", GV_TEXT_LEFT);
    gv_text_table_minor(&table);
    static const char *const cells[] = {"A card of a long name",
                                        "8.25 µs",
                                        "measured",
                                        "12 µs",
                                        "opencl",
                                        "A100",
                                        "112 µs",
                                        "",
                                        "120 µs",
                                        "",
                                        "T4",
                                        "1 s",
                                        "modelled",
                                        "1.2 s",
                                        "vendor"};
    for (size_t i = 0; i < GV__COUNT(cells); i++) {
        gv_text_table_cell(&table, cells[i]);
    }
    assert_int_equal(gv_text_table_print(&table, out, 2, NULL), GV_OK);
    gv_text_table_free(&table);
    gv_text_paragraph(out, "eight words that end behind the fortieth column", 0, 2, 100);
}

static void what_a_terminal_has_no_room_for_stands_below(void **state)
{
    (void)state;
    static const char whole[] = "  Device                    Time  Origin     Total  Library\n"
                                "  ─────────────────────  ───────  ────────  ──────  ───────\n"
                                "  A card of a long name  8.25 µs  measured   12 µs  opencl\n"
                                "  A100                    112 µs            120 µs  \n"
                                "  T4                         1 s  modelled   1.2 s  vendor\n"
                                "eight words that end behind the fortieth column\n";
    static const char one_below[] = "  Device                    Time  Origin     Total\n"
                                    "  ─────────────────────  ───────  ────────  ──────\n"
                                    "  A card of a long name  8.25 µs  measured   12 µs\n"
                                    "      Library: opencl\n"
                                    "  A100                    112 µs            120 µs\n"
                                    "  T4                         1 s  modelled   1.2 s\n"
                                    "      Library: vendor\n"
                                    "eight words that end behind the fortieth column\n";
    static const char both_below[] = "  Device                    Time   Total\n"
                                     "  ─────────────────────  ───────  ──────\n"
                                     "  A card of a long name  8.25 µs   12 µs\n"
                                     "      Origin: measured; Library: opencl\n"
                                     "  A100                    112 µs  120 µs\n"
                                     "  T4                         1 s   1.2 s\n"
                                     "      Origin: modelled; Library: vendor\n"
                                     "eight words that end behind the fortieth\n"
                                     "  column\n";
    static const struct {
        const char *columns, *expected;
    } cases[] = {{"59", whole}, {"50", one_below}, {"40", both_below}, {"nonsense", whole}};
    for (size_t i = 0; i < GV__COUNT(cases); i++) {
        setenv("COLUMNS", cases[i].columns, 1);
        assert_printed(print_narrow, cases[i].expected);
    }
    unsetenv("COLUMNS");
    assert_printed(print_narrow, whole);
}

int main(void)
{
    unsetenv("COLUMNS");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_terminal_has_no_room_for_stands_below),
        cmocka_unit_test(width_counts_what_a_terminal_shows),
        cmocka_unit_test(a_table_is_aligned_by_displayed_width),
        cmocka_unit_test(a_table_without_headings_has_no_heading_line),
        cmocka_unit_test(bars_share_one_scale_and_an_absent_value_has_none),
        cmocka_unit_test(a_paragraph_breaks_at_spaces_only),
        cmocka_unit_test(thousands_stand_apart),
        cmocka_unit_test(a_full_disk_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
