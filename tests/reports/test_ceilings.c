/* SPDX-License-Identifier: Apache-2.0 */
/* The table of ceilings: units, data sheets, and what is above them. */
#include "reports/summary.h"
#include "reports/tables.h"
#include "tests/reports/small_journal.h"

#define RUN "00000000-0000-4000-8000-000000000001"

/* A card whose data sheet the catalogue has, and one that nobody has heard of. */
static gv_journal two_devices(void)
{
    gv_journal journal = {0};
    add_run(&journal, RUN, "2026-11-27T00:00:00Z");
    add_host(&journal, RUN, "here");
    add_device(&journal, RUN, "0000:00:06.0", "NVIDIA H100 80GB HBM3", "NVIDIA CUDA",
               "0000:00:06.0", false);
    add_device(&journal, RUN, "x/0", "Invented X", "Invented", "", false);
    add_ceiling(&journal, RUN, "0000:00:06.0", GV_CEILING_MEMORY_READ, 0, 0, 2.9e12, 3.0e12);
    add_ceiling(&journal, RUN, "0000:00:06.0", GV_CEILING_MULTIPLY_ADD, GV_PRECISION_F32, 4, 6.4e13,
                9e13);
    add_ceiling(&journal, RUN, "0000:00:06.0", GV_CEILING_LAUNCH, 0, 0, 7.25e-6, 7e-6);
    add_ceiling(&journal, RUN, "x/0", GV_CEILING_MEMORY_READ, 0, 0, 1e11, 1e11);
    return journal;
}

static gv_cell cell(const gv_table *table, size_t row, const char *key)
{
    for (size_t c = 0; c < table->column_count; c++) {
        if (strcmp(table->columns[c].key, key) == 0) {
            return table->cells[row * table->column_count + c];
        }
    }
    fail_msg("there is no column %s", key);
    return (gv_cell){0};
}

static void what_is_above_the_data_sheet_is_said(void **state)
{
    (void)state;
    gv_journal journal = two_devices();
    gv_dataset dataset;
    gv_table table;
    gv_error err = {0};
    assert_status(gv_dataset_build(&journal, NULL, &dataset, &err), GV_OK, err);
    assert_status(gv_table_make(GV_TABLE_CEILINGS, &dataset, &table, &err), GV_OK, err);
    assert_int_equal(table.row_count, 4);
    /* 3.35 TB/s and 66.9 TFLOP/s, as NVIDIA's data sheet has them. */
    assert_close(cell(&table, 0, "of_peak").number, 3.0e12 / 3.35e12, 0.02);
    assert_int_equal(cell(&table, 0, "remark").kind, GV_CELL_BLANK);
    assert_close(cell(&table, 1, "of_peak").number, 9e13 / 6.69e13, 0.02);
    assert_non_null(strstr(cell(&table, 1, "remark").text, "above the data sheet"));
    assert_string_equal(cell(&table, 1, "shown").text, "64.0 TFLOP/s");
    assert_int_equal(cell(&table, 2, "of_peak").kind, GV_CELL_BLANK);
    assert_string_equal(cell(&table, 2, "shown").text, "7.25 µs");
    assert_string_equal(cell(&table, 2, "unit").text, "s");
    assert_int_equal(cell(&table, 3, "peak").kind, GV_CELL_BLANK);
    gv_table_free(&table);
    gv_dataset_free(&dataset);
    gv_journal_free(&journal);
}

/* "Invented X" stands in no catalogue but the user's. */
static void a_users_own_data_sheet_counts(void **state)
{
    (void)state;
    static const char sheet[] = "name,bandwidth_bytes_per_s\nInvented X,8e10\n";
    gv_journal journal = two_devices();
    gv_catalogue *catalogue = NULL;
    gv_error err = {0};
    assert_status(gv_catalogue_create(&catalogue, &err), GV_OK, err);
    assert_status(gv_catalogue_add(catalogue, sheet, strlen(sheet), "mine.csv", &err), GV_OK, err);
    for (int own = 0; own < 2; own++) {
        gv_dataset dataset;
        gv_table table;
        assert_status(gv_dataset_build(&journal, NULL, &dataset, &err), GV_OK, err);
        dataset.catalogue = own ? catalogue : NULL;
        assert_status(gv_table_make(GV_TABLE_CEILINGS, &dataset, &table, &err), GV_OK, err);
        assert_int_equal(cell(&table, 3, "peak").kind == GV_CELL_BLANK, !own);
        assert_close(cell(&table, 0, "of_peak").number, 3.0e12 / 3.35e12, 0.02);
        if (own) {
            assert_close(cell(&table, 3, "of_peak").number, 1.25, 1e-12);
            assert_non_null(strstr(cell(&table, 3, "remark").text, "above the data sheet"));
        }
        gv_table_free(&table);
        gv_dataset_free(&dataset);
    }
    gv_catalogue_free(catalogue);
    gv_journal_free(&journal);
}

static void numbers_have_the_unit_that_people_read(void **state)
{
    (void)state;
    static const struct {
        gv_ceiling_unit unit;
        double value;
        const char *text;
    } cases[] = {{GV_UNIT_BYTES_PER_S, 999.4e6, "999 MB/s"},
                 {GV_UNIT_BYTES_PER_S, 999.6e6, "1.00 GB/s"},
                 {GV_UNIT_BYTES_PER_S, 3.35e12, "3.35 TB/s"},
                 {GV_UNIT_BYTES_PER_S, 2e15, "2000 TB/s"},
                 {GV_UNIT_FLOP_PER_S, 12.345e9, "12.3 GFLOP/s"},
                 {GV_UNIT_OPS_PER_S, 1e3, "0.00 Mop/s"},
                 {GV_UNIT_SECONDS, 754e-9, "754 ns"},
                 {GV_UNIT_SECONDS, 2.5e-3, "2.50 ms"},
                 {GV_UNIT_SECONDS, 12, "12.0 s"}};
    for (size_t i = 0; i < GV__COUNT(cases); i++) {
        char text[GV__SHOWN];
        assert_string_equal(gv__ceiling_shown(cases[i].unit, cases[i].value, text), cases[i].text);
    }
}

static void a_terminal_sees_every_device(void **state)
{
    (void)state;
    gv_journal journal = two_devices();
    gv_error err = {0};
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    assert_non_null(out);
    assert_status(gv_report_print_ceilings(&journal, NULL, NULL, out, &err), GV_OK, err);
    fclose(out);
    assert_non_null(strstr(text, "Multiply-adds f32 × 4  64.0 TFLOP/s"));
    assert_non_null(strstr(text, "above: 1"));
    assert_non_null(strstr(text, "Invented X"));
    free(text);
    gv_journal_free(&journal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_above_the_data_sheet_is_said),
        cmocka_unit_test(a_users_own_data_sheet_counts),
        cmocka_unit_test(numbers_have_the_unit_that_people_read),
        cmocka_unit_test(a_terminal_sees_every_device),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
