/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of ranking, each on the smallest journal that can break it. */
#include "reports/dataset.h"
#include "tests/reports/small_journal.h"

#define OLD  "00000000-0000-4000-8000-00000000000a"
#define NEW  "00000000-0000-4000-8000-00000000000b"
#define CARD "0000:01:00.0"
#define FFT  "fft:shape=1024"
#define MM   "matmul:m=64,n=64,k=64"
#define BIG  "matmul:m=512,n=512,k=512"

static gv_dataset build(const gv_journal *journal, const char *run)
{
    gv_dataset dataset;
    gv_error err = {0};
    assert_status(gv_dataset_build(journal, run, &dataset, &err), GV_OK, err);
    return dataset;
}

/* One run, one host, one card. */
static gv_journal one_card(void)
{
    gv_journal j = {0};
    add_run(&j, NEW, "2026-02-01T00:00:00Z");
    add_host(&j, NEW, "node-a");
    add_device(&j, NEW, CARD, "Card", "Vendor", CARD, false);
    return j;
}

static void done(gv_journal *journal, gv_dataset *dataset)
{
    gv_dataset_free(dataset);
    gv_journal_free(journal);
}

static uint32_t workload_number(const gv_dataset *d, const char *text)
{
    for (uint32_t i = 0; i < d->workload_count; i++) {
        if (strcmp(d->workloads[i].text, text) == 0) {
            return i;
        }
    }
    fail_msg("no workload %s", text);
    return 0;
}

static const gv_dataset_pair *pair_of(const gv_dataset *d, uint32_t device, const char *workload)
{
    const gv_dataset_pair *pair = gv_dataset_find(d, device, workload_number(d, workload));
    assert_non_null(pair);
    return pair;
}

static void an_empty_journal_has_nothing_to_rank(void **state)
{
    (void)state;
    gv_journal j = {0};
    gv_dataset d = build(&j, NULL);
    assert_int_equal(d.device_count, 0);
    assert_int_equal(d.ranked_count, 0);
    assert_int_equal(d.workload_count, 0);
    done(&j, &d);
}

static void a_speedup_is_host_time_over_device_time(void **state)
{
    (void)state;
    gv_journal j = one_card();
    add_time(&j, NEW, 0, CARD, MM, 2e-3, 5e-4, 1.8, 2.2);
    add_host_time(&j, NEW, 0, MM, 4e-3);
    gv_dataset d = build(&j, NULL);
    const gv_dataset_pair *pair = pair_of(&d, 0, MM);
    assert_close(pair->headline.value, 2.0, 1e-15);
    assert_close(pair->headline.low, 1.8, 0);
    assert_close(pair->headline.high, 2.2, 0);
    assert_close(pair->kernel_only.value, 8.0, 1e-15);
    assert_close(pair->kernel_only.low, NAN, 0);
    assert_int_equal(d.devices[0].rank, 1);
    assert_close(d.devices[0].headline.value, 2.0, 1e-14);
    done(&j, &d);
}

static void the_newest_run_of_a_workload_ranks_and_older_ones_stay(void **state)
{
    (void)state;
    /* In the file the newer run comes first: the time decides, not the order. */
    gv_journal j = one_card();
    add_time(&j, NEW, 0, CARD, MM, 1e-3, 1e-3, NAN, NAN);
    add_host_time(&j, NEW, 0, MM, 3e-3);
    add_run(&j, OLD, "2026-01-01T00:00:00Z");
    add_host(&j, OLD, "node-a");
    add_device(&j, OLD, CARD, "Card", "Vendor", CARD, false);
    add_time(&j, OLD, 0, CARD, MM, 1e-3, 1e-3, NAN, NAN);
    add_host_time(&j, OLD, 0, MM, 9e-3);
    add_time(&j, OLD, 0, CARD, FFT, 1e-3, 1e-3, NAN, NAN);
    add_host_time(&j, OLD, 0, FFT, 5e-3);
    gv_dataset d = build(&j, NULL);
    assert_int_equal(d.device_count, 1);
    assert_int_equal(d.host_count, 1);
    assert_close(pair_of(&d, 0, MM)->headline.value, 3.0, 1e-14);
    assert_close(pair_of(&d, 0, FFT)->headline.value, 5.0, 1e-14); /* only the old run has it */
    static const bool counts[] = {true, true, false, false, true, true};
    for (size_t i = 0; i < GV__COUNT(counts); i++) {
        assert_int_equal(d.counts[i], counts[i]);
    }
    assert_string_equal(d.runs[0].run, OLD); /* runs are numbered in the order of time */
    done(&j, &d);
}

static void an_older_time_does_not_stand_in_for_a_newer_failure(void **state)
{
    (void)state;
    gv_journal j = {0};
    add_run(&j, OLD, "2026-01-01T00:00:00Z");
    add_host(&j, OLD, "node-a");
    add_device(&j, OLD, CARD, "Card", "Vendor", CARD, false);
    add_time(&j, OLD, 0, CARD, MM, 1e-3, 1e-3, NAN, NAN);
    add_host_time(&j, OLD, 0, MM, 9e-3);
    add_time(&j, OLD, 0, CARD, FFT, 1e-3, 1e-3, NAN, NAN);
    add_host_time(&j, OLD, 0, FFT, 5e-3);
    add_run(&j, NEW, "2026-02-01T00:00:00Z");
    add_host(&j, NEW, "node-a");
    add_device(&j, NEW, CARD, "Card", "Vendor", CARD, false);
    add_incident(&j, GV_INCIDENT_WRONG_RESULT, NEW, CARD, MM, "row 3 deviates");
    gv_dataset d = build(&j, NULL);
    assert_null(gv_dataset_find(&d, 0, workload_number(&d, MM)));
    assert_string_equal(gv_dataset_why(&d, 0, workload_number(&d, MM))->what, "row 3 deviates");
    assert_close(pair_of(&d, 0, FFT)->headline.value, 5.0, 1e-14);
    /* Seen alone, the old run keeps its time. */
    gv_dataset old = build(&j, OLD);
    assert_close(pair_of(&old, 0, MM)->headline.value, 9.0, 1e-14);
    gv_dataset_free(&old);
    done(&j, &d);
}

/* One run with all of the device's memory and one that was limited, in either order of time; either
 * may end without a time. */
static void limited_memory_ranks_only_where_nothing_else_has_a_time(void **state)
{
    (void)state;
    static const struct {
        bool limited_first;
        double whole_s, limited_s; /* NAN: it fails */
        double speedup, cap_bytes;
    } cases[] = {
        {true, 1e-3, 4e-3, 8, NAN},  {false, 1e-3, 4e-3, 8, NAN}, {false, 1e-3, NAN, 8, NAN},
        {true, 1e-3, NAN, 8, NAN},   {false, NAN, 4e-3, 2, 1e6},  {true, NAN, 4e-3, NAN, NAN},
        {false, NAN, NAN, NAN, NAN},
    };
    for (size_t i = 0; i < GV__COUNT(cases); i++) {
        gv_journal j = {0};
        for (int run = 0; run < 2; run++) {
            const bool limited = (run == 0) == cases[i].limited_first;
            const char *name = run == 0 ? OLD : NEW;
            const double time_s = limited ? cases[i].limited_s : cases[i].whole_s;
            add_capped_run(&j, name, run == 0 ? "2026-01-01T00:00:00Z" : "2026-02-01T00:00:00Z",
                           limited ? 1e6 : (double)NAN);
            add_host(&j, name, "node-a");
            add_device(&j, name, CARD, "Card", "Vendor", CARD, false);
            add_host_time(&j, name, 0, MM, 8e-3);
            if (isnan(time_s)) {
                add_incident(&j, GV_INCIDENT_FAILURE, name, CARD, MM, "it died");
            } else {
                add_time(&j, name, 0, CARD, MM, time_s, time_s, NAN, NAN);
            }
        }
        gv_dataset d = build(&j, NULL);
        const gv_dataset_pair *pair = gv_dataset_find(&d, 0, workload_number(&d, MM));
        print_message("case %zu\n", i);
        assert_int_equal(pair != NULL, !isnan(cases[i].speedup));
        if (pair != NULL) {
            assert_close(pair->headline.value, cases[i].speedup, 1e-14);
            assert_close(gv_dataset_memory_cap(&d, pair->run), cases[i].cap_bytes, 0);
        }
        const gv_dataset_limit limit = gv_dataset_find_limit(&d, 0);
        assert_int_equal(limit.of, pair != NULL);
        assert_int_equal(limit.pairs, !isnan(cases[i].cap_bytes));
        assert_close(limit.bytes, cases[i].cap_bytes, 0);
        done(&j, &d);
    }
}

/* 64^3 in 0.5 ms are 1.05 GFLOP/s. On the host's silicon the host's probe counts too. */
static void a_share_of_the_roof_is_of_the_highest_that_anybody_measured(void **state)
{
    (void)state;
    for (int silicon = 0; silicon < 2; silicon++) {
        gv_journal j = {0};
        for (int run = 0; run < 2; run++) {
            const char *name = run == 0 ? OLD : NEW;
            add_run(&j, name, run == 0 ? "2026-01-01T00:00:00Z" : "2026-02-01T00:00:00Z");
            add_host(&j, name, "node-a");
            add_roof(&j, 8e9, 1e9);
            add_device(&j, name, CARD, "Card", "Vendor", CARD, silicon != 0);
            add_roof(&j, run == 0 ? 4e9 : 2e9, run == 0 ? 1e9 : 2e9);
        }
        add_time(&j, NEW, 0, CARD, MM, 1e-3, 5e-4, NAN, NAN);
        add_host_time(&j, NEW, 0, MM, 2e-3);
        add_time(&j, NEW, 0, CARD, MM ",precision=f64", 1e-3, 5e-4, NAN, NAN);
        add_host_time(&j, NEW, 0, MM ",precision=f64", 2e-3);
        gv_dataset d = build(&j, NULL);
        const gv__roof_share share = gv_dataset_roof_share(&d, pair_of(&d, 0, MM));
        const double flop = 2.0 * 64 * 64 * 64;
        assert_close(share.value, flop / 5e-4 / (silicon ? 8e9 : 4e9), 1e-12);
        assert_false(share.by_memory);
        assert_close(d.devices[0].roof.bytes_per_s, 2e9, 0);
        assert_true(isnan(gv_dataset_roof_share(&d, pair_of(&d, 0, MM ",precision=f64")).value));
        done(&j, &d);
    }
}

static void processes_combine_by_the_median_and_the_whole_range(void **state)
{
    (void)state;
    gv_journal j = one_card();
    static const double device_s[] = {1e-3, 4e-3, 2e-3}, host_s[] = {6e-3, 8e-3, 7e-3};
    for (uint32_t p = 0; p < 3; p++) {
        double ratio = host_s[p] / device_s[p];
        add_time(&j, NEW, p, CARD, MM, device_s[p], 1e-3, ratio * 0.9, ratio * 1.1);
        add_host_time(&j, NEW, p, MM, host_s[p]);
    }
    gv_dataset d = build(&j, NULL);
    const gv_dataset_pair *pair = pair_of(&d, 0, MM);
    assert_int_equal(pair->count, 3);
    assert_close(pair->headline.value, 3.5, 1e-14); /* 7 ms over 2 ms */
    assert_close(pair->headline.low, 2 * 0.9, 1e-14);
    assert_close(pair->headline.high, 6 * 1.1, 1e-14);
    done(&j, &d);
}

static void a_process_without_an_interval_leaves_none_at_all(void **state)
{
    (void)state;
    gv_journal j = one_card();
    add_time(&j, NEW, 0, CARD, MM, 1e-3, 1e-3, 1.9, 2.1);
    add_host_time(&j, NEW, 0, MM, 2e-3);
    add_time(&j, NEW, 1, CARD, MM, 1e-3, 1e-3, NAN, NAN);
    add_host_time(&j, NEW, 1, MM, 2e-3);
    gv_dataset d = build(&j, NULL);
    assert_close(pair_of(&d, 0, MM)->headline.value, 2.0, 1e-14);
    assert_close(pair_of(&d, 0, MM)->headline.low, NAN, 0);
    assert_close(d.devices[0].headline.low, NAN, 0);
    done(&j, &d);
}

static void the_host_of_another_process_is_no_baseline(void **state)
{
    (void)state;
    gv_journal j = one_card();
    add_time(&j, NEW, 0, CARD, MM, 1e-3, 1e-3, NAN, NAN);
    add_time(&j, NEW, 1, CARD, MM, 2e-3, 2e-3, NAN, NAN);
    add_host_time(&j, NEW, 1, MM, 8e-3);
    add_time(&j, NEW, 0, CARD, FFT, 1e-3, 1e-3, NAN, NAN); /* the host has no time at all */
    gv_dataset d = build(&j, NULL);
    assert_int_equal(pair_of(&d, 0, MM)->count, 1);
    assert_close(pair_of(&d, 0, MM)->headline.value, 4.0, 1e-14);
    assert_close(pair_of(&d, 0, FFT)->headline.value, NAN, 0);
    assert_int_equal(d.devices[0].answered, 1);
    done(&j, &d);
}

/* One card, two drivers: the first is better at MM by far, the second a little at FFT. */
static void a_card_through_two_drivers_is_ranked_once_through_the_better(void **state)
{
    (void)state;
    gv_journal j = one_card();
    add_device(&j, NEW, CARD " via other", "Card again", "Other", CARD, false);
    add_time(&j, NEW, 0, CARD, MM, 4e-3, 4e-3, NAN, NAN);
    add_time(&j, NEW, 0, CARD " via other", MM, 1e-3, 1e-3, NAN, NAN);
    add_host_time(&j, NEW, 0, MM, 8e-3);
    add_time(&j, NEW, 0, CARD, FFT, 1.0e-3, 1e-3, NAN, NAN);
    add_time(&j, NEW, 0, CARD " via other", FFT, 1.2e-3, 1e-3, NAN, NAN);
    add_host_time(&j, NEW, 0, FFT, 1e-3);
    gv_dataset d = build(&j, NULL);
    assert_int_equal(d.device_count, 2);
    assert_int_equal(d.ranked_count, 1);
    assert_string_equal(d.devices[0].label, "Card again");
    assert_int_equal(d.devices[0].rank, 1);
    assert_int_equal(d.devices[0].better, GV__NONE);
    assert_int_equal(d.devices[1].rank, 0);
    assert_int_equal(d.devices[1].better, 0);
    assert_int_equal(d.devices[0].card, d.devices[1].card);
    done(&j, &d);
}

static void identical_cards_are_told_apart_by_their_pci_addresses(void **state)
{
    (void)state;
    gv_journal j = one_card();
    add_device(&j, NEW, "0000:02:00.0", "Card", "Vendor", "0000:02:00.0", false);
    add_time(&j, NEW, 0, CARD, MM, 2e-3, 2e-3, NAN, NAN);
    add_time(&j, NEW, 0, "0000:02:00.0", MM, 1e-3, 1e-3, NAN, NAN);
    add_host_time(&j, NEW, 0, MM, 4e-3);
    gv_dataset d = build(&j, NULL);
    assert_int_equal(d.ranked_count, 2);
    assert_string_equal(d.devices[0].label, "Card @ 0000:02:00.0");
    assert_string_equal(d.devices[1].label, "Card @ 0000:01:00.0");
    assert_int_equal(d.devices[1].rank, 2);
    done(&j, &d);
}

/* Two CPU runtimes on one processor make the same UUID from its model. */
static void two_cpu_runtimes_with_one_uuid_both_rank(void **state)
{
    (void)state;
    gv_journal j = {0};
    add_run(&j, NEW, "2026-02-01T00:00:00Z");
    add_host(&j, NEW, "node-a");
    const char *keys[] = {"Intel/CPU/2025/0", "Intel/CPU/2026/0"};
    for (size_t i = 0; i < 2; i++) {
        add_device(&j, NEW, keys[i], "CPU", keys[i], "", true);
        set_text(
            &((gv_device *)(uintptr_t)j.devices[j.device_count - 1].device)->fact[GV_DEVICE_UUID],
            "2210110f-a000-0332-faff-fffb8b170000");
        add_time(&j, NEW, 0, keys[i], MM, 1e-3, 1e-3, NAN, NAN);
    }
    add_host_time(&j, NEW, 0, MM, 4e-3);
    gv_dataset d = build(&j, NULL);
    assert_int_equal(d.ranked_count, 2);
    assert_int_equal(d.devices[1].better, GV__NONE);
    done(&j, &d);
}

static void the_same_address_in_two_hosts_is_two_cards(void **state)
{
    (void)state;
    gv_journal j = one_card();
    add_run(&j, OLD, "2026-01-01T00:00:00Z");
    add_host(&j, OLD, "node-b");
    add_device(&j, OLD, CARD, "Card", "Vendor", CARD, false);
    add_time(&j, NEW, 0, CARD, MM, 1e-3, 1e-3, NAN, NAN);
    add_host_time(&j, NEW, 0, MM, 4e-3);
    add_time(&j, OLD, 0, CARD, MM, 1e-3, 1e-3, NAN, NAN);
    add_host_time(&j, OLD, 0, MM, 5e-3);
    gv_dataset d = build(&j, NULL);
    assert_int_equal(d.ranked_count, 2);
    assert_string_equal(d.devices[0].label, "Card in node-b");
    assert_string_equal(d.devices[1].label, "Card in node-a");
    done(&j, &d);
}

static void a_mean_is_over_what_every_ranked_device_answered(void **state)
{
    (void)state;
    gv_journal j = one_card();
    add_device(&j, NEW, "0000:02:00.0", "Other", "Vendor", "0000:02:00.0", false);
    add_device(&j, NEW, "0000:03:00.0", "Broken", "Vendor", "0000:03:00.0", false);
    static const char *const both[] = {MM, BIG};
    static const double other_s[] = {1e-3, 4e-3};
    for (size_t i = 0; i < 2; i++) {
        add_time(&j, NEW, 0, CARD, both[i], 2e-3, 1e-3, NAN, NAN);
        add_time(&j, NEW, 0, "0000:02:00.0", both[i], other_s[i], 1e-3, NAN, NAN);
        add_host_time(&j, NEW, 0, both[i], 8e-3);
    }
    add_time(&j, NEW, 0, "0000:02:00.0", FFT, 1e-6, 1e-6, NAN, NAN); /* 1000 times: not counted */
    add_host_time(&j, NEW, 0, FFT, 1e-3);
    add_incident(&j, GV_INCIDENT_UNSUPPORTED, NEW, CARD, FFT, "no such length");
    add_incident(&j, GV_INCIDENT_FAILURE, NEW, "0000:03:00.0", "", "the driver died");
    gv_dataset d = build(&j, NULL);
    assert_int_equal(d.ranked_count, 2);
    assert_int_equal(d.common_count, 2);
    assert_string_equal(d.workloads[2].text, FFT); /* behind the common ones */
    assert_false(d.workloads[2].common);
    for (uint32_t i = 0; i < 2; i++) {
        assert_close(d.devices[i].headline.value, 4.0, 1e-14); /* sqrt(4 * 4), sqrt(8 * 2) */
        assert_int_equal(d.devices[i].rank,
                         d.devices[0].headline.value == d.devices[1].headline.value ? 1 : i + 1);
    }
    assert_string_equal(d.devices[2].label, "Broken");
    assert_int_equal(d.devices[2].rank, 0);
    uint32_t card = strcmp(d.devices[0].label, "Card") == 0 ? 0 : 1;
    assert_int_equal(d.devices[card].answered, 2);
    assert_int_equal(d.devices[1 - card].answered, 3);
    assert_null(gv_dataset_find(&d, card, 2));
    assert_string_equal(gv_dataset_why(&d, card, 2)->what, "no such length");
    assert_null(gv_dataset_why(&d, 1 - card, 2));
    assert_null(gv_dataset_why(&d, card, 0));
    done(&j, &d);
}

static void devices_without_a_common_workload_have_no_ranks(void **state)
{
    (void)state;
    gv_journal j = one_card();
    add_device(&j, NEW, "0000:02:00.0", "Other", "Vendor", "0000:02:00.0", false);
    add_time(&j, NEW, 0, CARD, MM, 2e-3, 1e-3, NAN, NAN);
    add_host_time(&j, NEW, 0, MM, 8e-3);
    add_time(&j, NEW, 0, "0000:02:00.0", FFT, 1e-3, 1e-3, NAN, NAN);
    add_host_time(&j, NEW, 0, FFT, 8e-3);
    gv_dataset d = build(&j, NULL);
    assert_int_equal(d.ranked_count, 2);
    assert_int_equal(d.common_count, 0);
    for (uint32_t i = 0; i < 2; i++) {
        assert_int_equal(d.devices[i].rank, 0);
        assert_close(d.devices[i].headline.value, NAN, 0);
    }
    done(&j, &d);
}

static void one_run_can_be_looked_at_alone(void **state)
{
    (void)state;
    gv_journal j = one_card();
    add_run(&j, OLD, "2026-01-01T00:00:00Z");
    add_host(&j, OLD, "node-a");
    add_device(&j, OLD, CARD, "Card", "Vendor", CARD, true);
    add_time(&j, NEW, 0, CARD, MM, 1e-3, 1e-3, NAN, NAN);
    add_host_time(&j, NEW, 0, MM, 4e-3);
    add_time(&j, OLD, 0, CARD, FFT, 1e-3, 1e-3, NAN, NAN);
    add_host_time(&j, OLD, 0, FFT, 5e-3);
    gv_dataset d = build(&j, OLD);
    assert_int_equal(d.run_count, 1);
    assert_int_equal(d.workload_count, 1);
    assert_int_equal(d.run_of[0], GV__NONE);
    assert_close(d.devices[0].headline.value, 5.0, 1e-14);
    assert_true(gv_dataset_has_host_silicon(&d));
    done(&j, &d);
}

static void records_whose_device_was_lost_are_kept_by_their_key(void **state)
{
    (void)state;
    gv_journal j = {0};
    add_time(&j, NEW, 0, "0000:09:00.0", MM, 1e-3, 1e-3, NAN, NAN);
    add_host_time(&j, NEW, 0, MM, 2e-3);
    gv_dataset d = build(&j, NULL);
    assert_int_equal(d.ranked_count, 1);
    assert_string_equal(d.devices[0].label, "0000:09:00.0");
    assert_null(d.runs[0].record);
    done(&j, &d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_journal_has_nothing_to_rank),
        cmocka_unit_test(a_speedup_is_host_time_over_device_time),
        cmocka_unit_test(the_newest_run_of_a_workload_ranks_and_older_ones_stay),
        cmocka_unit_test(an_older_time_does_not_stand_in_for_a_newer_failure),
        cmocka_unit_test(limited_memory_ranks_only_where_nothing_else_has_a_time),
        cmocka_unit_test(a_share_of_the_roof_is_of_the_highest_that_anybody_measured),
        cmocka_unit_test(processes_combine_by_the_median_and_the_whole_range),
        cmocka_unit_test(a_process_without_an_interval_leaves_none_at_all),
        cmocka_unit_test(the_host_of_another_process_is_no_baseline),
        cmocka_unit_test(a_card_through_two_drivers_is_ranked_once_through_the_better),
        cmocka_unit_test(identical_cards_are_told_apart_by_their_pci_addresses),
        cmocka_unit_test(two_cpu_runtimes_with_one_uuid_both_rank),
        cmocka_unit_test(the_same_address_in_two_hosts_is_two_cards),
        cmocka_unit_test(a_mean_is_over_what_every_ranked_device_answered),
        cmocka_unit_test(devices_without_a_common_workload_have_no_ranks),
        cmocka_unit_test(one_run_can_be_looked_at_alone),
        cmocka_unit_test(records_whose_device_was_lost_are_kept_by_their_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
