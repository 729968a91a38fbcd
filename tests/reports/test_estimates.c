/* SPDX-License-Identifier: Apache-2.0 */
/* One ranking of what was measured and what was not, on small journals. */
#include "reports/crossings.h"
#include "reports/estimates.h"
#include "reports/headline.h"
#include "reports/tables.h"
#include "tests/reports/small_journal.h"

#define RUN  "00000000-0000-4000-8000-00000000000c"
#define CARD "0000:01:00.0"
#define NAME "NVIDIA GeForce RTX 3070"
#define FFT  "fft:shape=4096"
#define F64  "matmul:m=512,n=512,k=512,precision=f64"

static const char *const sizes[] = {"256", "512", "1024", "2048"};

static gv_catalogue *catalogue;

static int make(void **state)
{
    (void)state;
    return gv_catalogue_create(&catalogue, NULL) == GV_OK ? 0 : 1;
}

static int drop(void **state)
{
    (void)state;
    gv_catalogue_free(catalogue);
    return 0;
}

/* Everything that a ranking hangs on. */
typedef struct ranking {
    gv_journal journal;
    gv_dataset dataset;
    gv_forecast *forecast;
    gv_estimates estimates;
} ranking;

static const char *size_text(size_t i, char text[96])
{
    snprintf(text, 96, "matmul:m=%s,n=%s,k=%s", sizes[i], sizes[i], sizes[i]);
    return text;
}

/* A host; a card that was not run on the FFT, and failed at f64. */
static void journal_of(gv_journal *j, bool card)
{
    add_run(j, RUN, "2026-02-01T00:00:00Z");
    add_host(j, RUN, "node-a");
    if (card) {
        add_device(j, RUN, CARD, NAME, "Vendor", CARD, false);
        add_incident(j, GV_INCIDENT_FAILURE, RUN, CARD, F64, "it crashed");
    }
    for (size_t i = 0; i < GV__COUNT(sizes); i++) {
        char text[96];
        double n = atof(sizes[i]), flop = 2 * n * n * n;
        if (card) {
            add_time(j, RUN, 0, CARD, size_text(i, text), flop / 1e12, flop / 2e12, 9, 11);
        }
        add_host_time(j, RUN, 0, size_text(i, text), flop / 1e11);
    }
    add_host_time(j, RUN, 0, FFT, 5e-5);
    add_host_time(j, RUN, 0, F64, 6e-3);
}

static void rank_with(ranking *r, bool card, const char *const *names, size_t count,
                      gv_forecast_options options)
{
    gv_error err = {0};
    journal_of(&r->journal, card);
    assert_status(gv_dataset_build(&r->journal, NULL, &r->dataset, &err), GV_OK, err);
    assert_status(gv_forecast_create(catalogue, &r->dataset, &options, &r->forecast, &err), GV_OK,
                  err);
    assert_status(gv_estimates_add(r->forecast, &r->dataset, names, count, &r->estimates, &err),
                  GV_OK, err);
}

static void rank(ranking *r, bool card, const char *const *names, size_t count)
{
    rank_with(r, card, names, count,
              (gv_forecast_options){
                  .software = GV_SOFTWARE_VENDOR, .cpu_factor = 1, .like_measured = true});
}

static void end(ranking *r)
{
    gv_dataset_free(&r->dataset);
    gv_estimates_free(&r->estimates);
    gv_forecast_free(r->forecast);
    gv_journal_free(&r->journal);
}

static uint32_t device_named(const ranking *r, const char *label)
{
    uint32_t i = 0;
    while (i < r->dataset.device_count && strcmp(r->dataset.devices[i].label, label) != 0) {
        i++;
    }
    assert_in_range(i, 0, r->dataset.device_count - 1);
    return i;
}

static const gv_dataset_pair *pair_of(const ranking *r, const char *label, const char *workload)
{
    for (uint32_t w = 0; w < r->dataset.workload_count; w++) {
        if (strcmp(r->dataset.workloads[w].text, workload) == 0) {
            return gv_dataset_find(&r->dataset, device_named(r, label), w);
        }
    }
    fail_msg("no workload %s", workload);
    return NULL;
}

static void measured_and_modelled_stand_in_one_ranking_each_with_its_origin(void **state)
{
    (void)state;
    static const char *const names[] = {"T4", "MI250X"};
    ranking r = {0};
    char text[96];
    rank(&r, true, names, GV__COUNT(names));
    const gv_dataset *d = &r.dataset;
    assert_int_equal(d->ranked_count, 3);
    assert_int_equal(d->common_count, 5); /* all but f64 */
    for (uint32_t i = 0; i < d->ranked_count; i++) {
        assert_int_equal(d->devices[i].rank, i + 1);
        assert_true(i == 0 || d->devices[i - 1].headline.value >= d->devices[i].headline.value);
    }
    assert_int_equal(d->devices[device_named(&r, "NVIDIA Tesla T4")].origin, GV_ORIGIN_MODELLED);
    /* What was measured stays as it was, and the host's time is the same for all. */
    const gv_dataset_pair *run = pair_of(&r, NAME, size_text(2, text));
    const gv_dataset_pair *not_run = pair_of(&r, "AMD Instinct MI250X", text);
    assert_int_equal(run->origin, GV_ORIGIN_MEASURED);
    assert_null(run->estimated);
    assert_true(fabs(run->headline.value - 10) < 1e-12 && run->headline.low == 9);
    assert_int_equal(not_run->origin, GV_ORIGIN_MODELLED);
    assert_true(not_run->host_s == run->host_s && not_run->count == 1);
    assert_true(not_run->headline.low < not_run->headline.value);
    end(&r);
}

static void a_device_beats_the_host_from_where_its_curve_crosses(void **state)
{
    (void)state;
    static const char *const names[] = {"T4"};
    ranking r = {0};
    rank(&r, true, names, GV__COUNT(names));
    const gv_dataset *d = &r.dataset;
    assert_int_equal(d->crossing_count, 4); /* the host has products and FFTs, f64 aside */
    for (uint32_t i = 0; i < d->crossing_count; i++) {
        const gv_crossing *c = &d->crossings[i];
        bool card = c->device == device_named(&r, NAME);
        /* Its products were measured, and they say nothing of an FFT. */
        bool told = card && c->points[0].workload.op == GV_OP_MATMUL;
        assert_int_equal(c->origin, told ? GV_ORIGIN_CALIBRATED : GV_ORIGIN_MODELLED);
        for (int p = 1; p < GV_CURVE_POINTS; p++) {
            assert_true(c->points[p].size > c->points[p - 1].size);
            assert_true(c->points[p].call_s < c->points[p].total_s);
            if (c->transfers.kind == GV_BREAK_EVEN_FROM &&
                c->points[p].size >= gv_growth_size(&c->transfers.workload)) {
                assert_true(c->points[p].host_s > c->points[p].total_s);
            }
        }
    }
    end(&r);
    r = (ranking){0};
    rank(&r, true, names, 0); /* the card alone is asked about too */
    assert_int_equal(r.dataset.crossing_count, 2);
    end(&r);
}

static void without_a_host_there_is_nothing_to_cross_though_it_was_asked(void **state)
{
    (void)state;
    static const char *const names[] = {"T4"};
    gv_forecast_options options = {
        .software = GV_SOFTWARE_VENDOR, .cpu_factor = 1, .like_measured = true};
    ranking r = {0};
    gv_error err = {0};
    char text[96];
    add_run(&r.journal, RUN, "2026-02-01T00:00:00Z");
    add_device(&r.journal, RUN, CARD, NAME, "Vendor", CARD, false);
    add_time(&r.journal, RUN, 0, CARD, size_text(0, text), 1e-3, 1e-3, NAN, NAN);
    assert_status(gv_dataset_build(&r.journal, NULL, &r.dataset, &err), GV_OK, err);
    assert_null(r.dataset.crossings);
    assert_status(gv_forecast_create(catalogue, &r.dataset, &options, &r.forecast, &err), GV_OK,
                  err);
    assert_status(gv_estimates_add(r.forecast, &r.dataset, names, 1, &r.estimates, &err), GV_OK,
                  err);
    assert_non_null(r.dataset.crossings);
    assert_int_equal(r.dataset.crossing_count, 0);
    end(&r);
}

static void what_was_not_asked_is_calibrated_and_what_failed_stays_failed(void **state)
{
    (void)state;
    static const char *const names[] = {"T4"};
    ranking r = {0};
    rank(&r, true, names, 1);
    const gv_dataset_pair *fft = pair_of(&r, NAME, FFT);
    assert_non_null(fft);
    assert_int_not_equal(fft->origin, GV_ORIGIN_MEASURED);
    assert_null(pair_of(&r, NAME, F64));
    assert_non_null(pair_of(&r, "NVIDIA Tesla T4", F64));
    /* Its mean is of both kinds, and says so. */
    const gv_dataset_device *card = &r.dataset.devices[device_named(&r, NAME)];
    gv__text origins = {0};
    gv_dataset_add_origins(card, &origins);
    assert_true(strncmp(origins.data, "measured 4, ", 12) == 0);
    assert_int_not_equal(card->origin, GV_ORIGIN_MEASURED);
    gv__text_free(&origins);
    end(&r);
}

static void a_speed_up_never_mixes_two_hosts(void **state)
{
    (void)state;
    static const char other_run[] = "00000000-0000-4000-8000-00000000000d";
    static const char other_name[] = "NVIDIA GeForce RTX 2080 Ti";
    static const char *const names[] = {"T4"};
    ranking r = {0};
    char text[96];
    add_run(&r.journal, other_run, "2026-02-02T00:00:00Z");
    add_host(&r.journal, other_run, "node-b");
    add_device(&r.journal, other_run, "0000:02:00.0", other_name, "Vendor", "0000:02:00.0", false);
    add_time(&r.journal, other_run, 0, "0000:02:00.0", size_text(2, text), 4e-3, 2e-3, 9, 11);
    add_host_time(&r.journal, other_run, 0, text, 4e-2);
    rank(&r, true, names, 1);
    assert_non_null(pair_of(&r, other_name, text));
    assert_null(pair_of(&r, other_name, FFT)); /* node-b was not asked, and node-a is no stand-in */
    assert_non_null(pair_of(&r, NAME, FFT));
    end(&r);
}

static void a_host_alone_is_enough(void **state)
{
    (void)state;
    static const char *const names[] = {"T4", "Arc A770", "Tesla T4"};
    ranking r = {0};
    gv__text text = {0};
    rank(&r, false, names, GV__COUNT(names));
    assert_int_equal(r.dataset.device_count, 2); /* one device by two names is one */
    assert_int_equal(r.dataset.ranked_count, 2);
    gv__headline_add(&r.dataset, &text);
    assert_non_null(strstr(text.data, "(modelled, never run) would compute "));
    gv__text_free(&text);
    end(&r);
}

static void a_relative_of_a_measured_card_runs_what_that_ran_and_is_still_modelled(void **state)
{
    (void)state;
    static const char *const names[] = {"RTX 3080", "T4"};
    ranking r = {0};
    char text[96];
    rank(&r, true, names, GV__COUNT(names));
    const gv_dataset *d = &r.dataset;
    for (uint32_t i = 0; i < d->device_count; i++) {
        const gv_side *side = d->devices[i].side;
        bool relative = strstr(d->devices[i].label, "3080") != NULL;
        if (relative) {
            assert_int_equal(side->software, GV_SOFTWARE_OPENCL);
            assert_string_equal(side->lent_by, NAME);
            /* Of matrix products something was lent, and yet they were never run here. */
            const gv_dataset_pair *lent = pair_of(&r, d->devices[i].label, size_text(2, text));
            assert_int_equal(lent->origin, GV_ORIGIN_MODELLED);
        } else if (d->devices[i].record == NULL) {
            assert_int_equal(side->software, GV_SOFTWARE_VENDOR);
            assert_null(side->lent_by);
        }
    }
    end(&r);
}

static void unlike_libraries_are_named_and_like_ones_are_not(void **state)
{
    (void)state;
    static const char *const names[] = {"RTX 3080", "T4", "MI250X"};
    static const gv_forecast_options all[] = {
        {.software = GV_SOFTWARE_VENDOR, .cpu_factor = 1, .like_measured = true},
        {.software = GV_SOFTWARE_VENDOR, .cpu_factor = 1},
        {.software = GV_SOFTWARE_OPENCL, .cpu_factor = 1}};
    static const uint32_t vendors[] = {2, 3, 0};
    for (size_t i = 0; i < GV__COUNT(all); i++) {
        ranking r = {0};
        gv_table table;
        gv__text text = {0};
        uint32_t told = 0, halves = 0;
        rank_with(&r, true, names, GV__COUNT(names), all[i]);
        gv__headline_add(&r.dataset, &text);
        assert_int_equal(strstr(text.data, "unlike libraries") != NULL, vendors[i] > 0);
        assert_int_equal(gv_table_make(GV_TABLE_VERDICT, &r.dataset, &table, NULL), GV_OK);
        for (size_t row = 0; row < table.row_count; row++) {
            const gv_cell *remark = &table.cells[(row + 1) * table.column_count - 1];
            const char *words = remark->text != NULL ? remark->text : "";
            told += strstr(words, "with its vendor's library, others") != NULL;
            halves += strstr(words, "one of the 2 dies of its card") != NULL;
        }
        assert_int_equal(told, vendors[i]);
        assert_int_equal(halves, 1); /* the MI250X */
        gv_table_free(&table);
        gv__text_free(&text);
        end(&r);
    }
}

static void a_place_is_certain_only_as_far_as_ranges_tell(void **state)
{
    (void)state;
    static const char *const names[] = {"T4", "MI250X", "GeForce GT 710 OEM"};
    ranking r = {0};
    rank(&r, false, names, GV__COUNT(names));
    const gv_dataset *d = &r.dataset;
    for (uint32_t i = 0; i < d->ranked_count; i++) {
        uint32_t above = 0, below = 0;
        for (uint32_t k = 0; k < d->ranked_count; k++) {
            above += d->devices[k].headline.low > d->devices[i].headline.high;
            below += d->devices[k].headline.high < d->devices[i].headline.low;
        }
        assert_int_equal(d->devices[i].first_place, 1 + above);
        assert_int_equal(d->devices[i].last_place, d->ranked_count - below);
    }
    /* A card of 2014 with two compute units is last for certain. */
    assert_non_null(strstr(d->devices[2].label, "GT 710"));
    assert_int_equal(d->devices[2].first_place, 3);
    end(&r);
}

static void a_device_that_cannot_is_named_with_its_reason(void **state)
{
    (void)state;
    static const char *const names[] = {"Apple M1"};
    ranking r = {0};
    gv_table table;
    bool told = false;
    rank(&r, false, names, 1);
    uint32_t m1 = device_named(&r, r.dataset.devices[0].label);
    assert_null(pair_of(&r, r.dataset.devices[m1].label, F64));
    assert_int_equal(gv_table_make(GV_TABLE_PROBLEMS, &r.dataset, &table, NULL), GV_OK);
    for (size_t row = 0; row < table.row_count; row++) {
        const gv_cell *cells = table.cells + row * table.column_count;
        told =
            told || (strcmp(cells[0].text, "unsupported") == 0 && strcmp(cells[2].text, F64) == 0);
    }
    assert_true(told);
    gv_table_free(&table);
    end(&r);
}

/* The workbook's formula for a changed data sheet against the model's own answer for it. */
static void a_tangent_follows_small_changes_of_a_data_sheet(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "matmul:m=2048,n=2048,k=2048", "dense:batch=1,in=4096,out=4096",
        "fft:shape=1024,batch=4096", "conv2d:n=8,c=64,h=56,w=56,k=64,r=3,s=3,pad=1x1"};
    static const double factors[] = {0.9, 1.1};
    const gv_spec *spec;
    gv_error err = {0};
    assert_status(gv_catalogue_find(catalogue, "A100 PCIe 40GB", &spec, &err), GV_OK, err);
    gv_side side = {.spec = *spec, .options = GV_MODEL_OPTIONS_INIT};
    gv_sharer *sharer;
    assert_status(gv_model_create(&side.spec, &side.options, &side.model, &err), GV_OK, err);
    assert_status(gv_sharer_create(&side, &sharer, &err), GV_OK, err);
    for (size_t i = 0; i < GV__COUNT(texts) * GV__COUNT(factors); i++) {
        double factor = factors[i % GV__COUNT(factors)];
        gv_workload workload;
        gv_model *changed;
        gv_estimate before, after;
        gv_spec other = *spec;
        other.bandwidth_bytes_per_s *= factor;
        other.fp32_flop_per_s *= factor;
        assert_status(gv_workload_parse(texts[i / GV__COUNT(factors)], &workload, &err), GV_OK,
                      err);
        assert_status(gv_model_create(&other, &side.options, &changed, &err), GV_OK, err);
        assert_status(gv_model_estimate(side.model, &workload, &before, &err), GV_OK, err);
        assert_status(gv_model_estimate(changed, &workload, &after, &err), GV_OK, err);
        gv_shares shares = gv_shares_of(sharer, &workload);
        assert_true(shares.compute >= 0 && shares.memory >= 0);
        assert_true(shares.compute + shares.memory <= 1 + 1e-12);
        double told = before.call_s * (1 + (shares.compute + shares.memory) * (1 / factor - 1));
        if (fabs(told / after.call_s - 1) > 0.01) {
            fail_msg("%s, bandwidth and peak * %g: %g s by the tangent, %g s by the model",
                     texts[i / GV__COUNT(factors)], factor, told, after.call_s);
        }
        gv_model_free(changed);
    }
    gv_sharer_free(sharer);
    gv_model_free(side.model);
}

/* The same for a changed link: exact, also beyond what the host keeps up with. */
static void transfers_follow_a_link_as_far_as_the_model_does(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        double gain; /* of a link twice as fast, on a large transfer */
    } devices[] = {{"MI300X", 1},      {"A100 PCIe 40GB", 1},
                   {"Tesla T4", 1.69}, {"GeForce GT 710 OEM", 2},
                   {"Arc A770", 1},    {"RTX 4090", 1}};
    static const char *const texts[] = {"matmul:m=64,n=64,k=64", "matmul:m=2048,n=2048,k=2048",
                                        "dense:batch=32,in=4096,out=4096"};
    static const double factors[] = {0.25, 0.5, 1.5, 2};
    const gv_side usual = {.options = GV_MODEL_OPTIONS_INIT};
    for (size_t i = 0; i < GV__COUNT(devices) * GV__COUNT(texts) * GV__COUNT(factors); i++) {
        const char *name = devices[i / GV__COUNT(texts) / GV__COUNT(factors)].name;
        double gain = devices[i / GV__COUNT(texts) / GV__COUNT(factors)].gain;
        double factor = factors[i % GV__COUNT(factors)];
        const gv_spec *spec;
        gv_sharer *sharer;
        gv_side side = usual, other = usual;
        gv_workload workload;
        gv_estimate before, after;
        gv_error err = {0};
        assert_status(gv_catalogue_find(catalogue, name, &spec, &err), GV_OK, err);
        assert_status(
            gv_workload_parse(texts[i / GV__COUNT(factors) % GV__COUNT(texts)], &workload, &err),
            GV_OK, err);
        side.spec = other.spec = *spec;
        other.spec.pcie_lanes *= factor;
        assert_status(gv_model_create(&side.spec, &side.options, &side.model, &err), GV_OK, err);
        assert_status(gv_model_create(&other.spec, &other.options, &other.model, &err), GV_OK, err);
        assert_status(gv_sharer_create(&side, &sharer, &err), GV_OK, err);
        assert_status(gv_model_estimate(side.model, &workload, &before, &err), GV_OK, err);
        assert_status(gv_model_estimate(other.model, &workload, &after, &err), GV_OK, err);
        double data = gv_shares_of(sharer, &workload).data, limit = gv_side_link_limit(&side);
        double was_s = before.view[GV_VIEW_TRANSFERS].transfer_s;
        double is_s = after.view[GV_VIEW_TRANSFERS].transfer_s;
        double told_s = was_s * (1 - data + data * fmin(1, limit) / fmin(factor, limit));
        if (fabs(told_s / is_s - 1) > 1e-3) {
            fail_msg("%s, %s, link * %g: %g s by the workbook, %g s by the model", name,
                     texts[i / GV__COUNT(factors) % GV__COUNT(texts)], factor, told_s, is_s);
        }
        if (factor == 2 && workload.op == GV_OP_MATMUL && workload.as.matmul.m == 2048) {
            assert_true(fabs(was_s / is_s / gain - 1) < 0.02);
        }
        gv_sharer_free(sharer);
        gv_model_free(side.model);
        gv_model_free(other.model);
    }
}

static void what_shares_the_hosts_memory_has_no_link(void **state)
{
    (void)state;
    const gv_spec *spec;
    gv_error err = {0};
    gv_side side = {.options = GV_MODEL_OPTIONS_INIT};
    assert_status(gv_catalogue_find(catalogue, "Apple M1", &spec, &err), GV_OK, err);
    side.spec = *spec;
    assert_true(isnan(gv_side_link_limit(&side)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(measured_and_modelled_stand_in_one_ranking_each_with_its_origin),
        cmocka_unit_test(a_device_beats_the_host_from_where_its_curve_crosses),
        cmocka_unit_test(without_a_host_there_is_nothing_to_cross_though_it_was_asked),
        cmocka_unit_test(what_was_not_asked_is_calibrated_and_what_failed_stays_failed),
        cmocka_unit_test(a_speed_up_never_mixes_two_hosts),
        cmocka_unit_test(a_host_alone_is_enough),
        cmocka_unit_test(a_relative_of_a_measured_card_runs_what_that_ran_and_is_still_modelled),
        cmocka_unit_test(unlike_libraries_are_named_and_like_ones_are_not),
        cmocka_unit_test(a_place_is_certain_only_as_far_as_ranges_tell),
        cmocka_unit_test(a_device_that_cannot_is_named_with_its_reason),
        cmocka_unit_test(a_tangent_follows_small_changes_of_a_data_sheet),
        cmocka_unit_test(transfers_follow_a_link_as_far_as_the_model_does),
        cmocka_unit_test(what_shares_the_hosts_memory_has_no_link),
    };
    return cmocka_run_group_tests(tests, make, drop);
}
