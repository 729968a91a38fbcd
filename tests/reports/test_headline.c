/* SPDX-License-Identifier: Apache-2.0 */
/* What is said of the numbers, on the smallest journals that call for it. */
#include "reports/headline.h"
#include "reports/summary.h"
#include "reports/tables.h"
#include "tests/reports/small_journal.h"

#define RUN  "00000000-0000-4000-8000-00000000000b"
#define CARD "0000:01:00.0"
#define FFT  "fft:shape=1024"
#define MM   "matmul:m=64,n=64,k=64"

static gv_journal one_card(void)
{
    gv_journal j = {0};
    add_run(&j, RUN, "2026-02-01T00:00:00Z");
    add_host(&j, RUN, "node-a");
    add_device(&j, RUN, CARD, "Card", "Vendor", CARD, false);
    return j;
}

/* The summary, which the caller frees; also frees the journal. */
static char *summary_of(gv_journal *j)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    gv_error err = {0};
    assert_non_null(out);
    assert_status(gv_report_print_summary(j, NULL, out, &err), GV_OK, err);
    fclose(out);
    gv_journal_free(j);
    return text;
}

static void assert_says(const char *text, const char *words, bool said)
{
    if ((strstr(text, words) != NULL) != said) {
        print_error("%s: \"%s\" in\n%s\n", said ? "missing" : "unexpected", words, text);
    }
    assert_int_equal(strstr(text, words) != NULL, said);
}

static void digits_never_hide_the_side_of_a_verdicts_limit(void **state)
{
    static const struct {
        double ratio;
        const char *text;
    } cases[] = {{0.998, "0.998"},   {0.9996, "0.9996"}, {1, "1.00"},     {1.002, "1.00"},
                 {1.9999, "1.9999"}, {2, "2.00"},        {5, "5.00"},     {5.001, "5.001"},
                 {0.0421, "0.042"},  {0.12, "0.12"},     {45.04, "45.0"}, {123.4, "123"}};
    (void)state;
    for (size_t i = 0; i < GV__COUNT(cases); i++) {
        char text[32];
        snprintf(text, sizeof(text), "%.*f", gv__ratio_decimals(cases[i].ratio), cases[i].ratio);
        assert_string_equal(text, cases[i].text);
    }
}

static void a_share_of_the_roof_tells_what_bounds(void **state)
{
    (void)state;
    static const struct {
        double flop_per_s, bytes_per_s;
        const char *cell;
    } cases[] = {{2e9, 1e9, "  52 c "},
                 {2e9, 1e8, "  98 m "},
                 {4e8, 1e9, "  262 c "},
                 {NAN, 1e9, "   — "},
                 {2e12, 1e11, "  <1 m "}};
    for (size_t i = 0; i < GV__COUNT(cases); i++) {
        gv_journal j = one_card();
        add_roof(&j, cases[i].flop_per_s, cases[i].bytes_per_s);
        add_time(&j, RUN, 0, CARD, MM, 1e-3, 5e-4, NAN, NAN);
        add_host_time(&j, RUN, 0, MM, 3e-3);
        char *text = summary_of(&j);
        assert_says(text, cases[i].cell, true);
        assert_says(text, "Roof: percent of the peak (c) or of", true);
        free(text);
    }
}

static void work_that_was_cut_names_its_pieces_and_the_limit(void **state)
{
    (void)state;
    for (int cut = 0; cut < 2; cut++) {
        gv_journal j = {0};
        add_capped_run(&j, RUN, "2026-02-01T00:00:00Z", cut ? 1e6 : (double)NAN);
        add_host(&j, RUN, "node-a");
        add_device(&j, RUN, CARD, "Card", "Vendor", CARD, false);
        add_time_by(&j, cut ? "direct 1 in 7 pieces" : "direct 1", RUN, 0, CARD, MM, 1e-3,
                    cut ? (double)NAN : 1e-3, NAN, NAN);
        add_host_time(&j, RUN, 0, MM, 3e-3);
        char *text = summary_of(&j);
        assert_says(text, "noticeable, cut\n", cut != 0);
        assert_says(text, "  cut: matmul 64×64×64 by direct 1 in 7 pieces.", cut != 0);
        assert_says(text, "device memory limited to 1 MB in 1 of 1 workload ", cut != 0);
        free(text);
    }
}

/* In f16 no library of the host computes. */
static void a_device_whose_host_has_no_time_has_its_own(void **state)
{
    (void)state;
    gv_journal j = one_card();
    add_time(&j, RUN, 0, CARD, MM, 1e-3, 5e-4, NAN, NAN);
    add_incident(&j, GV_INCIDENT_UNSUPPORTED, RUN, "host", MM, "no products in f16");
    gv_dataset d;
    assert_int_equal(gv_dataset_build(&j, NULL, &d, NULL), GV_OK);
    gv_table verdict;
    assert_int_equal(gv_table_make(GV_TABLE_VERDICT, &d, &verdict, NULL), GV_OK);
    assert_string_equal(verdict.cells[verdict.column_count - 1].text,
                        "the host has no time for what it computed: see Problems");
    gv_table_free(&verdict);
    gv_dataset_free(&d);
    char *text = summary_of(&j);
    assert_says(text, "since the host has no time for what was computed: see Problems", true);
    assert_says(text, "Not ranked: Card (Vendor, driver 1.0); the host has no time", true);
    assert_says(text, "checked time", false);
    assert_says(text, "matmul 64×64×64         1.00 ms  500 µs     1.05  CLBlast 1.5.3", true);
    free(text);
}

static void each_end_of_a_range_has_its_own_digits(void **state)
{
    (void)state;
    gv_journal j = one_card();
    add_time(&j, RUN, 0, CARD, MM, 1e-3, 1e-3, 0.0421, 45.04);
    add_host_time(&j, RUN, 0, MM, 3e-3);
    char *text = summary_of(&j);
    assert_says(text, "0.042–45.0", true);
    assert_says(text, "(0.042 to 45.0)", true);
    free(text);
}

static void what_the_link_costs_is_said_where_it_changes_the_verdict(void **state)
{
    (void)state;
    for (int moves = 0; moves < 2; moves++) {
        gv_journal j = one_card();
        add_time(&j, RUN, 0, CARD, MM, moves ? 4e-3 : 1e-3, 1e-3, 0.7, 6);
        add_host_time(&j, RUN, 0, MM, 3e-3);
        char *text = summary_of(&j);
        assert_says(text, moves ? ": slower." : ": noticeable.", true);
        assert_says(text, "With the data left on the device Card computes 3.00×", moves != 0);
        free(text);
    }
}

static void a_range_that_holds_1_is_marked_in_its_row(void **state)
{
    (void)state;
    gv_journal j = one_card();
    add_time(&j, RUN, 0, CARD, MM, 1e-3, 1e-3, 0.9, 1.1);
    add_host_time(&j, RUN, 0, MM, 0.998e-3);
    add_time(&j, RUN, 0, CARD, FFT, 1e-3, 1e-3, 1.5, 1.6);
    add_host_time(&j, RUN, 0, FFT, 1.55e-3);
    char *text = summary_of(&j);
    assert_says(text, "slower?", true);
    assert_says(text, "0.998×", true);
    assert_says(text, "marginal?", false);
    assert_says(text, "?: not certain: the range of 1 workload holds 1", true);
    free(text);
}

static void disturbed_measurements_are_counted_and_named(void **state)
{
    static const struct {
        uint32_t device, host;
        const char *words; /* NULL: nothing is said */
    } cases[] = {
        {0, GV_FLAG_FEW_SAMPLES, NULL},
        {GV_FLAG_NOISY, 0, "1 of 2 measurements were noisy: repeat on a quiet machine."},
        {GV_FLAG_NOISY, GV_FLAG_THROTTLED,
         "2 of 2 measurements were noisy or throttled: repeat on a quiet machine."},
    };
    (void)state;
    for (size_t i = 0; i < GV__COUNT(cases); i++) {
        gv_journal j = one_card();
        /* Another process has no host's time: it does not rank, and its noise is nobody's. */
        add_time(&j, RUN, 0, CARD, MM, 1e-3, 1e-3, 1.9, 2.1);
        add_host_time(&j, RUN, 0, MM, 2e-3);
        add_time(&j, RUN, 1, CARD, MM, 1e-3, 1e-3, 1.9, 2.1);
        j.measurements[0].flags = cases[i].device;
        j.measurements[1].flags = cases[i].host;
        j.measurements[2].flags = GV_FLAG_UNSTEADY;
        gv_dataset d;
        gv__text text = {0};
        assert_int_equal(gv_dataset_build(&j, NULL, &d, NULL), GV_OK);
        gv__headline_add_remarks(&d, &text);
        assert_says(text.data, cases[i].words != NULL ? cases[i].words : "quiet machine",
                    cases[i].words != NULL);
        gv__text_free(&text);
        gv_dataset_free(&d);
        gv_journal_free(&j);
    }
}

static void advice_fits_what_is_compared(void **state)
{
    static const struct {
        bool silicon;
        double total_s;
        const char *words, *never;
    } cases[] = {
        {true, 4e-3, "software is compared", "Advice"},
        {false, 4e-3, "send more work at once; or keep the data on the device", "software"},
        {false, 1e-4, "Advice: worth optimising for the device.", "keep the data"},
    };
    (void)state;
    for (size_t i = 0; i < GV__COUNT(cases); i++) {
        gv_journal j = {0};
        gv_dataset d;
        gv__text text = {0};
        add_run(&j, RUN, "2026-02-01T00:00:00Z");
        add_host(&j, RUN, "node-a");
        add_device(&j, RUN, CARD, "Card", "Vendor", CARD, cases[i].silicon);
        add_time(&j, RUN, 0, CARD, MM, cases[i].total_s, 1e-4, NAN, NAN);
        add_host_time(&j, RUN, 0, MM, 2e-3);
        assert_int_equal(gv_dataset_build(&j, NULL, &d, NULL), GV_OK);
        gv__headline_add(&d, &text);
        assert_says(text.data, cases[i].words, true);
        assert_says(text.data, cases[i].never, false);
        gv__text_free(&text);
        gv_dataset_free(&d);
        gv_journal_free(&j);
    }
}

static void no_order_is_claimed_across_hosts(void **state)
{
    static const char other_run[] = "00000000-0000-4000-8000-00000000000e";
    (void)state;
    gv_journal j = one_card();
    add_time(&j, RUN, 0, CARD, MM, 1e-3, 1e-3, 2.9, 3.1);
    add_host_time(&j, RUN, 0, MM, 3e-3);
    add_run(&j, other_run, "2026-02-02T00:00:00Z");
    add_host(&j, other_run, "node-b");
    add_device(&j, other_run, "0000:02:00.0", "Other", "Vendor", "0000:02:00.0", false);
    add_time(&j, other_run, 0, "0000:02:00.0", MM, 1e-3, 1e-3, 1.4, 1.6);
    add_host_time(&j, other_run, 0, MM, 1.5e-3);
    char *text = summary_of(&j);
    assert_says(text, "It ranks first", false);
    assert_says(text, "(node-a): Card computes 3.00×", true);
    assert_says(text, "(node-b): Other computes 1.50×", true);
    free(text);
}

static void the_host_alone_says_where_devices_are_looked_for(void **state)
{
    (void)state;
    gv_journal j = {0};
    add_run(&j, RUN, "2026-02-01T00:00:00Z");
    add_host(&j, RUN, "node-a");
    add_host_time(&j, RUN, 0, MM, 2e-3);
    j.measurements[0].flags = GV_FLAG_NOISY;
    char *text = summary_of(&j);
    assert_says(text, "over 1 workload.", true);
    assert_says(text, "`gpuverdict devices`", true);
    assert_says(text, "1 of 1 measurement was noisy", true);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(digits_never_hide_the_side_of_a_verdicts_limit),
        cmocka_unit_test(a_share_of_the_roof_tells_what_bounds),
        cmocka_unit_test(work_that_was_cut_names_its_pieces_and_the_limit),
        cmocka_unit_test(a_device_whose_host_has_no_time_has_its_own),
        cmocka_unit_test(each_end_of_a_range_has_its_own_digits),
        cmocka_unit_test(what_the_link_costs_is_said_where_it_changes_the_verdict),
        cmocka_unit_test(a_range_that_holds_1_is_marked_in_its_row),
        cmocka_unit_test(disturbed_measurements_are_counted_and_named),
        cmocka_unit_test(advice_fits_what_is_compared),
        cmocka_unit_test(no_order_is_claimed_across_hosts),
        cmocka_unit_test(the_host_alone_says_where_devices_are_looked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
