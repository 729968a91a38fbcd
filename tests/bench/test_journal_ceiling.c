/* SPDX-License-Identifier: Apache-2.0 */
/* Ceilings in a journal: what is written is what is read, and what cannot be is neither. */
#include "base/support.h"
#include "tests/bench/journal_records.h"

static gv_ceiling full_ceiling(void)
{
    return (gv_ceiling){.run = RUN_UUID,
                        .device = "0000:3b:00.0",
                        .process = 1,
                        .kind = GV_CEILING_MULTIPLY_ADD,
                        .precision = GV_PRECISION_F64,
                        .width = 8,
                        .median = 1.2345e12,
                        .low = 1.2e12,
                        .high = 1.25e12,
                        .best = 1.26e12,
                        .samples = 20,
                        .outliers = 1,
                        .bytes = 65536,
                        .variant = "10 chains",
                        .check = "chain sums",
                        .power_w = 245.5,
                        .power_source = "NVML"};
}

/* A latency without anything that can be absent. */
static gv_ceiling bare_ceiling(void)
{
    return (gv_ceiling){.run = RUN_UUID,
                        .device = "0000:3b:00.0",
                        .kind = GV_CEILING_LAUNCH,
                        .median = 4e-6,
                        .low = NAN,
                        .high = NAN,
                        .best = 3e-6,
                        .samples = 3,
                        .bytes = NAN,
                        .variant = "",
                        .check = "count",
                        .power_w = NAN,
                        .power_source = ""};
}

static void assert_ceiling(const gv_ceiling *a, const gv_ceiling *e, double relative)
{
    assert_string_equal(a->run, e->run);
    assert_string_equal(a->device, e->device);
    assert_int_equal(a->process, e->process);
    assert_int_equal(a->kind, e->kind);
    assert_int_equal(a->precision, e->precision);
    assert_int_equal(a->width, e->width);
    assert_close(a->median, e->median, relative);
    assert_close(a->low, e->low, relative);
    assert_close(a->high, e->high, relative);
    assert_close(a->best, e->best, relative);
    assert_int_equal(a->samples, e->samples);
    assert_int_equal(a->outliers, e->outliers);
    assert_close(a->bytes, e->bytes, relative);
    assert_string_equal(a->variant, e->variant);
    assert_string_equal(a->check, e->check);
    assert_close(a->power_w, e->power_w, relative);
    assert_string_equal(a->power_source, e->power_source);
}

static void ceilings_come_back(void **state)
{
    (void)state;
    const char *path = file_path("ceilings.jsonl");
    const gv_ceiling written[] = {full_ceiling(), bare_ceiling()};
    gv_error err = {0};
    gv_journal_writer *w = NULL;
    assert_status(gv_journal_create(path, &w, &err), GV_OK, err);
    for (size_t i = 0; i < GV__COUNT(written); i++) {
        assert_status(gv_journal_add_ceiling(w, &written[i], &err), GV_OK, err);
    }
    assert_status(gv_journal_close(w, &err), GV_OK, err);
    gv_journal journal = load_or_fail(path);
    assert_int_equal(journal.warning_count, 0);
    assert_int_equal(journal.ceiling_count, GV__COUNT(written));
    for (size_t i = 0; i < GV__COUNT(written); i++) {
        assert_ceiling(&journal.ceilings[i], &written[i], 5.0001e-5);
    }
    gv_journal_free(&journal);
}

static void ceilings_are_kept_without_a_file(void **state)
{
    (void)state;
    gv_journal journal = {0};
    gv_error err = {0};
    const gv_ceiling kept = full_ceiling();
    assert_status(gv_journal_keep_ceiling(&journal, &kept, &err), GV_OK, err);
    assert_ceiling(&journal.ceilings[0], &kept, 0);
    gv_journal_free(&journal);
}

static void every_kind_has_a_key_of_its_own(void **state)
{
    (void)state;
    for (int a = 0; a < GV_CEILING_KIND_COUNT; a++) {
        assert_true(gv_ceiling_label((gv_ceiling_kind)a)[0] != 0);
        assert_true(gv_ceiling_meaning((gv_ceiling_kind)a)[0] != 0);
        for (int b = 0; b < a; b++) {
            assert_string_not_equal(gv_ceiling_key((gv_ceiling_kind)a),
                                    gv_ceiling_key((gv_ceiling_kind)b));
        }
    }
    assert_string_equal(gv_ceiling_key(GV_CEILING_KIND_COUNT), "?");
}

static void what_cannot_be_true_is_neither_written_nor_kept(void **state)
{
    (void)state;
    gv_ceiling cases[12];
    for (size_t i = 0; i < GV__COUNT(cases); i++) {
        cases[i] = full_ceiling();
    }
    cases[0].run = "";
    cases[1].device = "";
    cases[2].check = "";
    cases[3].samples = 0;
    cases[4].outliers = 21;
    cases[5].median = -1;
    cases[6].median = INFINITY;
    cases[7].width = 0;
    cases[8].best = 1e12; /* a rate below the median */
    cases[9].power_w = -1;
    cases[10].low = 1.3e12;
    cases[11] = bare_ceiling();
    cases[11].best = 5e-6; /* a time above the median */
    gv_journal_writer *w = NULL;
    gv_error err = {0};
    assert_status(gv_journal_create(file_path("unsound.jsonl"), &w, &err), GV_OK, err);
    for (size_t i = 0; i < GV__COUNT(cases); i++) {
        gv_journal journal = {0};
        if (gv_journal_add_ceiling(w, &cases[i], &err) != GV_ARGUMENT ||
            gv_journal_keep_ceiling(&journal, &cases[i], &err) != GV_ARGUMENT) {
            fail_msg("case %zu was taken", i);
        }
        gv_journal_free(&journal);
    }
    assert_status(gv_journal_close(w, &err), GV_OK, err);
}

static void unknown_kinds_and_precisions_are_passed_over_with_a_warning(void **state)
{
    (void)state;
#define START "{\"schema\":1,\"type\":\"ceiling\",\"run\":\"" RUN_UUID "\",\"device\":\"d\","
#define END   ",\"median\":2,\"best\":3,\"samples\":6,\"check\":\"sum\"}\n"
    const char *path = file_path("strange.jsonl");
    write_text(path, START "\"ceiling\":\"memory_read\"" END      /* sound, and short */
                         START "\"ceiling\":\"quantum_read\"" END /* of a later version */
                             START
                           "\"ceiling\":\"multiply_add\",\"width\":4,\"precision\":\"f8\"" END START
                           "\"ceiling\":\"memory_read\",\"width\":4,\"precision\":\"f32\"" END);
    gv_journal journal = load_or_fail(path);
    assert_int_equal(journal.ceiling_count, 1);
    assert_int_equal(journal.ceilings[0].outliers, 0);
    assert_true(isnan(journal.ceilings[0].power_w));
    assert_int_equal(journal.warning_count, 3);
    gv_journal_free(&journal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ceilings_come_back),
        cmocka_unit_test(ceilings_are_kept_without_a_file),
        cmocka_unit_test(every_kind_has_a_key_of_its_own),
        cmocka_unit_test(what_cannot_be_true_is_neither_written_nor_kept),
        cmocka_unit_test(unknown_kinds_and_precisions_are_passed_over_with_a_warning),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
