/* SPDX-License-Identifier: Apache-2.0 */
/* Records that lie are skipped with the reason, and both ways of reading a line agree. */
#include "bench/journal_line.h"
#include "bench/journal_store.h"
#include "tests/bench/journal_records.h"
#include "tests/bench/same_measurement.h"

/* A line with a gap where a field's value stands. */
static const char *const sound =
    "{\"schema\":1,\"type\":\"measurement\",\"run\":\"r\",\"process\":0,\"device\":\"d\","
    "\"provider\":\"p\",\"workload\":\"matmul:m=1,n=1,k=1\",\"check\":\"c\",\"clock\":\"wall\","
    "\"error_rel\":1e-7,\"bound_rel\":1e-6,\"cost_s\":{\"build\":0.5},\"flags\":[\"noisy\"],"
    "\"views_us\":{\"transfers\":[6,1,0,9.5,[1,0.5,1.5],[7,6,8],[2],[10,9.9,11],[0.5,2]]}}";

/* `sound` with the first `from` replaced by `to`; free() it. */
static char *changed(const char *from, const char *to)
{
    const char *at = strstr(sound, from);
    assert_non_null(at);
    gv__text text = {0};
    gv__text_add_n(&text, sound, (size_t)(at - sound));
    gv__text_add(&text, to);
    gv__text_add(&text, at + strlen(from));
    return text.data;
}

static void a_record_that_cannot_be_true_is_skipped_with_the_reason(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to, *why;
    } cases[] = {
        {"\"run\":\"r\",", "", "its run, device, provider or workload is missing"},
        {"\"device\":\"d\"", "\"device\":7", "its run, device, provider or workload is missing"},
        {"\"provider\":\"p\"", "\"provider\":\"\"", "its run, device, provider or workload"},
        {"m=1,n=1", "m=0,n=1", "its workload is none"},
        {"matmul:m=1,n=1,k=1", "", "its workload is none"},
        {"matmul:m=1,n=1,k=1", "sort:n=1", "its workload is none"},
        {"matmul:m=1,n=1,k=1", "custom:flop=1,bytes=1,in=1,out=1",
         "its workload is none that can be measured"},
        {"\"check\":\"c\"", "\"check\":\"\"", "was not checked"},
        {"\"error_rel\":1e-7", "\"error_rel\":1e-5", "failed its check"},
        {"\"error_rel\":1e-7", "\"error_rel\":-1", "failed its check"},
        {"\"error_rel\":1e-7,", "", "failed its check"},
        {"\"bound_rel\":1e-6,", "", "failed its check"},
        {"{\"build\":0.5}", "{\"build\":-0.5}", "a one-time cost is negative"},
        {"[6,1,0,", "[0,1,0,", "it has no samples"},
        {"[6,1,0,", "[-6,1,0,", "it has no samples"},
        {"[6,1,0,", "[6.5,1,0,", "it has no samples"},
        {"[6,1,0,", "[6,0,0,", "a sample holds no call"},
        {"[6,1,0,", "[6,1,7,", "more outliers than samples"},
        {"9.5,", "10.5,", "the fastest sample is slower than the median"},
        {"9.5,", "-9.5,", "the fastest sample is slower than the median"},
        {"9.5,", "0,", "the fastest sample is slower than the median"},
        {"[10,9.9,11]", "null", "a view has no total time"},
        {"[10,9.9,11]", "[0,0,0]", "a view has no total time"},
        {"[10,9.9,11]", "[-10]", "a view has no total time"},
        {"[10,9.9,11]", "[10,10.1,11]", "an interval does not hold its median"},
        {"[10,9.9,11]", "[10,9.9,9.95]", "an interval does not hold its median"},
        {"[10,9.9,11]", "[10,9.9]", "an interval does not hold its median"},
        {"[10,9.9,11]", "[10,-1,11]", "an interval does not hold its median"},
        {"[1,0.5,1.5]", "[null,0.5,1.5]", "an interval has no median"},
        {"[1,0.5,1.5]", "[-1,-2,1]", "a time is negative or without end"},
        {"[1,0.5,1.5]", "[1e300,1,2]", "a time is negative or without end"},
        {"[0.5,2]", "[2,0.5]", "speed-ups is upside down"},
        {"[0.5,2]", "[0,2]", "speed-ups is upside down"},
        {"[0.5,2]", "[0.5]", "speed-ups is upside down"},
        {"[0.5,2]", "[-1,2]", "speed-ups is upside down"},
        {"\"views_us\"", "\"views\"", "it has no samples"},
    };
    for (size_t i = 0; i < GV__COUNT(cases); i++) {
        char *line = changed(cases[i].from, cases[i].to);
        const char *path = file_path("lie.jsonl");
        write_text(path, line);
        print_message("%s\n", line);
        gv_journal journal = load_or_fail(path);
        assert_int_equal(journal.measurement_count, 0);
        assert_int_equal(journal.warning_count, 1);
        assert_non_null(strstr(journal.warnings[0], ":1: the record cannot be true"));
        assert_non_null(strstr(journal.warnings[0], cases[i].why));
        gv_journal_free(&journal);
        free(line);
    }
}

static void other_records_that_say_nothing_are_skipped(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "{\"schema\":1,\"type\":\"run\"}",
        "{\"schema\":1,\"type\":\"end\",\"run\":3}",
        "{\"schema\":1,\"type\":\"device\",\"run\":\"r\"}",
        "{\"schema\":1,\"type\":\"host\",\"device\":\"host\"}",
        "{\"schema\":1,\"type\":\"rejected\",\"run\":\"r\",\"what\":\"w\"}",
        "{\"schema\":1,\"type\":\"rejected\",\"reason\":\"failure\",\"run\":\"r\",\"what\":\"w\"}",
        "{\"schema\":1,\"type\":\"unsupported\",\"run\":\"r\"}",
        "{\"schema\":1,\"type\":\"failure\",\"what\":\"w\"}",
        "{\"schema\":1,\"type\":\"trial\",\"run\":\"r\",\"device\":\"d\",\"call_s\":1}",
        ("{\"schema\":1,\"type\":\"trial\",\"run\":\"r\",\"device\":\"d\",\"provider\":\"p\","
         "\"workload\":\"w\",\"call_s\":0}"),
    };
    for (size_t i = 0; i < GV__COUNT(lines); i++) {
        const char *path = file_path("empty_record.jsonl");
        write_text(path, lines[i]);
        print_message("%s\n", lines[i]);
        gv_journal journal = load_or_fail(path);
        assert_int_equal(journal.warning_count, 1);
        assert_int_equal(journal.run_count + journal.end_count + journal.device_count +
                             journal.incident_count + journal.trial_count,
                         0);
        gv_journal_free(&journal);
    }
}

static void facts_of_a_wrong_kind_are_absent(void **state)
{
    (void)state;
    const char *path = file_path("facts.jsonl");
    write_text(path, "{\"schema\":1,\"type\":\"device\",\"run\":\"r\",\"device\":\"d\","
                     "\"facts\":{\"name\":7,\"compute_units\":\"many\",\"fp64\":1,"
                     "\"clock_hz\":-5,\"max_alloc_bytes\":{\"error\":\"X\",\"code\":0},"
                     "\"cache_bytes\":{\"error\":9,\"code\":-5},\"vendor\":\"V\"},"
                     "\"roof\":{\"flop_per_s\":{\"f32\":-1,\"f64\":\"x\"},\"bytes_per_s\":0},"
                     "\"events\":{\"proven\":\"yes\",\"ratio\":\"x\"}}");
    gv_journal journal = load_or_fail(path);
    assert_int_equal(journal.device_count, 1);
    const gv_device_record *r = &journal.devices[0];
    static const gv_device_fact absent[] = {GV_DEVICE_NAME,      GV_DEVICE_COMPUTE_UNITS,
                                            GV_DEVICE_FP64,      GV_DEVICE_CLOCK,
                                            GV_DEVICE_MAX_ALLOC, GV_DEVICE_LOCAL_MEM};
    for (size_t i = 0; i < GV__COUNT(absent); i++) {
        assert_int_equal(r->device->fact[absent[i]].error, GV_FACT_ABSENT);
    }
    assert_int_equal(r->device->fact[GV_DEVICE_CACHE].error, -5);
    assert_string_equal(gv_device_text(r->device, GV_DEVICE_VENDOR), "V");
    assert_true(gv_is_absent(r->roof.flop_per_s[0]) && gv_is_absent(r->roof.flop_per_s[1]));
    assert_true(gv_is_absent(r->roof.bytes_per_s) && gv_is_absent(r->events.ratio));
    assert_false(r->events.proven);
    gv_journal_free(&journal);
}

/* ---- the fast way and Jansson's ---- */

/* Whether the fast way took the line; what it took, Jansson reads alike. */
static bool scans_as_it_reads(struct gv__journal_store *store, const char *line, size_t length)
{
    gv__line fast;
    gv__line slow;
    if (!gv__line_scan(store, line, length, &fast)) {
        return false;
    }
    gv__line_read(store, line, length, &slow);
    assert_int_equal(fast.kind, GV__LINE_MEASUREMENT);
    assert_int_equal(slow.kind, GV__LINE_MEASUREMENT);
    assert_true(same_measurement(&fast.as.measurement, &slow.as.measurement));
    return true;
}

static void lines_as_we_write_them_are_scanned(void **state)
{
    (void)state;
    gv_error err = {0};
    gv_journal journal = {0};
    assert_status(gv__journal_prepare(&journal, &err), GV_OK, err);
    gv__random random;
    gv__random_seed(&random, 1);
    for (int i = 0; i < 3000; i++) {
        gv_measurement m = i % 7 == 0 ? bare_measurement() : full_measurement();
        m.flags = (uint32_t)gv__random_next(&random) & (i % 3 == 0 ? 0 : 0x7FF);
        m.process = (uint32_t)gv__random_next(&random) >> (i % 32);
        for (int c = 0; c < GV_COST_COUNT; c++) {
            m.cost_s[c] =
                gv__random_unit(&random) < 0 ? NAN : pow(10, 6 * gv__random_unit(&random));
        }
        for (int v = 0; v < GV_VIEW_COUNT; v++) {
            if (gv__random_unit(&random) < 0.5 && m.view[v].samples > 0) {
                m.view[v] = full_view(pow(10, 6 * gv__random_unit(&random)));
            }
        }
        gv__text lines = {0};
        assert_status(gv__lines_of_measurement(&lines, &m, &err), GV_OK, err);
        char *end = strchr(lines.data, '\n');
        assert_true(scans_as_it_reads(journal.store, lines.data, (size_t)(end - lines.data)));
        gv__text_free(&lines);
    }
    gv_journal_free(&journal);
}

static void a_changed_byte_never_makes_the_two_ways_differ(void **state)
{
    (void)state;
    gv_error err = {0};
    gv_journal journal = {0};
    assert_status(gv__journal_prepare(&journal, &err), GV_OK, err);
    size_t length = strlen(sound);
    char *line = strdup(sound);
    assert_true(scans_as_it_reads(journal.store, line, length));
    static const char bytes[] = "0159.-+eE,:[]{}\"\\ nulx\x7F\xC3\x01";
    size_t taken = 0;
    for (size_t at = 0; at < length; at++) {
        for (const char *byte = bytes; *byte != 0; byte++) {
            line[at] = *byte;
            taken += scans_as_it_reads(journal.store, line, length);
        }
        line[at] = sound[at];
    }
    assert_true(taken > length); /* digits and letters of texts may change */
    for (size_t cut = 0; cut < length; cut++) {
        assert_false(scans_as_it_reads(journal.store, line, cut));
    }
    free(line);
    gv_journal_free(&journal);
}

static void numbers_that_one_multiplication_cannot_round_are_left_to_jansson(void **state)
{
    (void)state;
    static const struct {
        const char *from, *number;
        bool scanned;
    } cases[] = {
        {"1e-6", "1e22", true},
        {"1e-6", "1e23", false},
        {"9.5", "9.5", true},
        {"9.5", "0.95e1", true},
        {"9.5", "9.50000000000001", true},
        {"9.5", "9.500000000000001", false}, /* 16 digits */
        {"9.5", "95e-1", true},
        {"9.5", "9500000e-6", true},
        {"9.5", "95e-23", false}, /* beyond an exact power of ten */
        {"9.5", "9.5E0", false},
        {"9.5", "9.5e+0", false},
        {"9.5", "9.", false},
        {"9.5", ".5", false},
        {"9.5", "09.5", false},
        {"9.5", "9.5e", false},
        {"9.5", "+9.5", false},
        {"9.5", "0x9", false},
        {"9.5", "-0", false},
    };
    gv_error err = {0};
    gv_journal journal = {0};
    assert_status(gv__journal_prepare(&journal, &err), GV_OK, err);
    for (size_t i = 0; i < GV__COUNT(cases); i++) {
        char *line = changed(cases[i].from, cases[i].number);
        print_message("%s\n", cases[i].number);
        assert_int_equal(scans_as_it_reads(journal.store, line, strlen(line)), cases[i].scanned);
        free(line);
    }
    gv_journal_free(&journal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_that_cannot_be_true_is_skipped_with_the_reason),
        cmocka_unit_test(other_records_that_say_nothing_are_skipped),
        cmocka_unit_test(facts_of_a_wrong_kind_are_absent),
        cmocka_unit_test(lines_as_we_write_them_are_scanned),
        cmocka_unit_test(a_changed_byte_never_makes_the_two_ways_differ),
        cmocka_unit_test(numbers_that_one_multiplication_cannot_round_are_left_to_jansson),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
