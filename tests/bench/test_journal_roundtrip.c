/* SPDX-License-Identifier: Apache-2.0 */
/* What is written is what is read. */
#include "bench/journal_line.h"
#include "bench/journal_store.h"
#include "kernels/parameters.h"
#include "tests/bench/journal_records.h"

#include <locale.h>

/* A time keeps five digits, so half a unit of the fifth: at most 5e-5 of it. */
static const double time_rel = 5.0001e-5;

static void assert_time(const gv_time *actual, const gv_time *expected)
{
    assert_close(actual->median_s, expected->median_s, time_rel);
    assert_close(actual->low_s, expected->low_s, time_rel);
    assert_close(actual->high_s, expected->high_s, time_rel);
}

static void assert_measurement(const gv_measurement *actual, const gv_measurement *expected)
{
    assert_string_equal(actual->run, expected->run);
    assert_string_equal(actual->device, expected->device);
    assert_string_equal(actual->provider, expected->provider);
    assert_string_equal(actual->workload, expected->workload);
    assert_string_equal(actual->parameters,
                        expected->parameters != NULL ? expected->parameters : "");
    assert_string_equal(actual->check, expected->check);
    assert_string_equal(actual->clock, expected->clock);
    assert_int_equal(actual->process, expected->process);
    assert_int_equal(actual->flags, expected->flags);
    assert_close(actual->error_rel, expected->error_rel, time_rel);
    assert_close(actual->bound_rel, expected->bound_rel, time_rel);
    for (int c = 0; c < GV_COST_COUNT; c++) {
        assert_close(actual->cost_s[c], expected->cost_s[c], time_rel);
    }
    for (int v = 0; v < GV_VIEW_COUNT; v++) {
        const gv_view_times *a = &actual->view[v];
        const gv_view_times *e = &expected->view[v];
        assert_int_equal(a->samples, e->samples);
        assert_int_equal(a->calls, e->calls);
        assert_int_equal(a->outliers, e->outliers);
        assert_close(a->min_s, e->min_s, time_rel);
        for (int s = 0; s < GV_STAGE_COUNT; s++) {
            assert_time(&a->stage[s], &e->stage[s]);
        }
        assert_close(a->speedup_low, e->speedup_low, time_rel);
        assert_close(a->speedup_high, e->speedup_high, time_rel);
    }
}

static gv_journal_writer *create(const char *path)
{
    gv_error err = {0};
    gv_journal_writer *w = NULL;
    assert_status(gv_journal_create(path, &w, &err), GV_OK, err);
    return w;
}

static void measurements_come_back(void **state)
{
    (void)state;
    const char *path = file_path("measurements.jsonl");
    const gv_measurement written[] = {full_measurement(), bare_measurement()};
    gv_error err = {0};
    gv_journal_writer *w = create(path);
    for (size_t i = 0; i < GV__COUNT(written); i++) {
        assert_status(gv_journal_add_measurement(w, &written[i], &err), GV_OK, err);
    }
    assert_status(gv_journal_close(w, &err), GV_OK, err);

    gv_journal journal = load_or_fail(path);
    assert_int_equal(journal.warning_count, 0);
    assert_int_equal(journal.measurement_count, GV__COUNT(written));
    for (size_t i = 0; i < GV__COUNT(written); i++) {
        assert_measurement(&journal.measurements[i], &written[i]);
    }
    gv_journal_free(&journal);
}

static void numbers_do_not_depend_on_the_locale(void **state)
{
    (void)state;
    static const char *const commas[] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8"};
    for (size_t i = 0; i < GV__COUNT(commas) && setlocale(LC_ALL, commas[i]) == NULL; i++) {
    }
    measurements_come_back(state);
    setlocale(LC_ALL, "C");
}

static void every_other_record_comes_back(void **state)
{
    (void)state;
    const char *path = file_path("others.jsonl");
    gv_error err = {0};
    gv_journal_writer *w = create(path);
    gv_run_record run = run_record();
    assert_status(gv_journal_add_run(w, &run, &err), GV_OK, err);
    gv_run_record unlimited = run_record();
    unlimited.device_memory_bytes = NAN;
    assert_status(gv_journal_add_run(w, &unlimited, &err), GV_OK, err);
    for (int k = 0; k < GV_INCIDENT_KIND_COUNT; k++) {
        gv_incident incident = incident_record((gv_incident_kind)k);
        assert_status(gv_journal_add_incident(w, &incident, &err), GV_OK, err);
    }
    gv_trial trial = trial_record();
    assert_status(gv_journal_add_trial(w, &trial, &err), GV_OK, err);
    gv_end_record end = {.run = RUN_UUID, .how = "done", .elapsed_s = 12.5};
    assert_status(gv_journal_add_end(w, &end, &err), GV_OK, err);
    assert_status(gv_journal_close(w, &err), GV_OK, err);

    gv_journal journal = load_or_fail(path);
    assert_int_equal(journal.warning_count, 0);
    assert_int_equal(journal.run_count, 2);
    assert_string_equal(journal.runs[0].run, run.run);
    assert_string_equal(journal.runs[0].time, run.time);
    assert_string_equal(journal.runs[0].command, run.command);
    assert_string_equal(journal.runs[0].version, run.version);
    assert_string_equal(journal.runs[0].suite, run.suite);
    assert_string_equal(journal.runs[0].libraries, run.libraries);
    assert_string_equal(journal.runs[0].kernels, run.kernels);
    assert_string_equal(journal.runs[0].tuning, run.tuning);
    assert_close(journal.runs[0].device_memory_bytes, run.device_memory_bytes, 0);
    assert_true(isnan(journal.runs[1].device_memory_bytes));
    assert_int_equal(journal.trial_count, 1);
    assert_string_equal(journal.trials[0].run, trial.run);
    assert_string_equal(journal.trials[0].device, trial.device);
    assert_string_equal(journal.trials[0].provider, trial.provider);
    assert_string_equal(journal.trials[0].workload, trial.workload);
    assert_string_equal(journal.trials[0].parameters, trial.parameters);
    assert_int_equal(journal.trials[0].process, trial.process);
    assert_close(journal.trials[0].call_s, trial.call_s, time_rel);
    assert_true(journal.trials[0].earlier);
    assert_true(journal.runs[0].seed == run.seed);
    assert_int_equal(journal.runs[0].processes, 3);
    assert_int_equal(journal.incident_count, GV_INCIDENT_KIND_COUNT);
    for (int k = 0; k < GV_INCIDENT_KIND_COUNT; k++) {
        gv_incident expected = incident_record((gv_incident_kind)k);
        const gv_incident *actual = &journal.incidents[k];
        assert_int_equal(actual->kind, expected.kind);
        assert_string_equal(actual->run, expected.run);
        assert_string_equal(actual->device, expected.device);
        assert_string_equal(actual->provider, expected.provider);
        assert_string_equal(actual->workload, expected.workload);
        assert_string_equal(actual->doing, expected.doing);
        assert_string_equal(actual->what, expected.what);
        assert_string_equal(actual->replaced, expected.replaced);
        assert_int_equal(actual->process, expected.process);
    }
    assert_int_equal(journal.end_count, 1);
    assert_string_equal(journal.ends[0].how, "done");
    assert_close(journal.ends[0].elapsed_s, 12.5, 0);
    gv_journal_free(&journal);
}

static gv_device some_device(void)
{
    gv_device device = {.index = 3, .platform_index = 1, .device_index = 2};
    strcpy(device.key, "0000:3b:00.0");
    device.is_host_silicon = true;
    for (int f = 0; f < GV_DEVICE_FACT_COUNT; f++) {
        gv_fact *fact = &device.fact[f];
        switch (gv_device_fact_info((gv_device_fact)f)->kind) {
        case GV_KIND_TEXT:
            snprintf(fact->text, sizeof fact->text, "text %d with \"quotes\" and ®", f);
            break;
        case GV_KIND_FLAG:
            fact->number = f % 2;
            break;
        default:
            fact->number = 1e9 + f + 0.1 * (f % 2);
        }
    }
    device.fact[GV_DEVICE_CACHE].error = -30;
    strcpy(device.fact[GV_DEVICE_CACHE].text, "CL_INVALID_VALUE");
    device.fact[GV_DEVICE_PCI].error = GV_FACT_ABSENT;
    return device;
}

static void assert_fact(const gv_fact *actual, const gv_fact *expected, gv_fact_kind kind)
{
    assert_int_equal(actual->error, expected->error);
    if (expected->error == 0 && kind != GV_KIND_TEXT) {
        assert_close(actual->number, expected->number, 0);
    } else if (expected->error != GV_FACT_ABSENT) {
        assert_string_equal(actual->text, expected->text);
    }
}

static void facts_come_back_with_their_errors(void **state)
{
    (void)state;
    const char *path = file_path("facts.jsonl");
    gv_error err = {0};
    gv_journal_writer *w = create(path);
    gv_device device = some_device();
    gv_device_record r = {.run = RUN_UUID,
                          .key = device.key,
                          .device = &device,
                          .roof = {{1.0 / 3, 2e11, NAN}, 0.1},
                          .events = {true, 0.97, "events cover 0.97 of the wall time"}};
    gv_host host = {0};
    strcpy(host.fact[GV_HOST_MODEL].text, "A processor");
    host.fact[GV_HOST_CORES].number = 2;
    host.fact[GV_HOST_L3].error = GV_FACT_ABSENT;
    gv_device_record h = {
        .run = RUN_UUID, .key = "host", .host = &host, .roof = {{1e11, NAN, NAN}, NAN}};
    assert_status(gv_journal_add_device(w, &r, &err), GV_OK, err);
    assert_status(gv_journal_add_device(w, &h, &err), GV_OK, err);
    assert_status(gv_journal_close(w, &err), GV_OK, err);

    gv_journal journal = load_or_fail(path);
    assert_int_equal(journal.warning_count, 0);
    assert_int_equal(journal.device_count, 2);
    const gv_device_record *back = &journal.devices[0];
    assert_string_equal(back->key, device.key);
    assert_null(back->host);
    assert_non_null(back->device);
    assert_int_equal(back->device->index, 3);
    assert_int_equal(back->device->platform_index, 1);
    assert_int_equal(back->device->device_index, 2);
    assert_true(back->device->is_host_silicon);
    assert_string_equal(back->device->key, device.key);
    for (int f = 0; f < GV_DEVICE_FACT_COUNT; f++) {
        assert_fact(&back->device->fact[f], &device.fact[f],
                    gv_device_fact_info((gv_device_fact)f)->kind);
    }
    assert_close(back->roof.flop_per_s[0], 1.0 / 3, 0);
    assert_close(back->roof.flop_per_s[1], 2e11, 0);
    assert_close(back->roof.flop_per_s[2], NAN, 0);
    assert_close(back->roof.bytes_per_s, 0.1, 0);
    assert_true(back->events.proven);
    assert_close(back->events.ratio, 0.97, 0);
    assert_string_equal(back->events.text, r.events.text);
    back = &journal.devices[1];
    assert_null(back->device);
    assert_string_equal(back->host->fact[GV_HOST_MODEL].text, "A processor");
    assert_close(back->host->fact[GV_HOST_CORES].number, 2, 0);
    assert_int_equal(back->host->fact[GV_HOST_L3].error, GV_FACT_ABSENT);
    assert_close(back->roof.bytes_per_s, NAN, 0);
    gv_journal_free(&journal);
}

static void runs_of_one_device_share_its_facts(void **state)
{
    (void)state;
    gv_error err = {0};
    gv_journal journal = {0};
    gv_device device = some_device();
    gv_device_record r = {.key = device.key, .device = &device};
    r.run = RUN_UUID;
    assert_status(gv_journal_keep_device(&journal, &r, &err), GV_OK, err);
    r.run = OTHER_UUID;
    assert_status(gv_journal_keep_device(&journal, &r, &err), GV_OK, err);
    device.fact[GV_DEVICE_COMPUTE_UNITS].number = 7;
    assert_status(gv_journal_keep_device(&journal, &r, &err), GV_OK, err);
    assert_ptr_equal(journal.devices[0].device, journal.devices[1].device);
    assert_ptr_not_equal(journal.devices[0].device, journal.devices[2].device);
    gv_journal_free(&journal);
}

static void texts_that_are_not_clean_are_cleaned_alike_everywhere(void **state)
{
    (void)state;
    static const struct {
        const char *text, *clean;
    } cases[] = {
        {"plain", "plain"},
        {"Intel\xC2\xAE \xE2\x82\xAC \xF0\x9F\x98\x80",
         "Intel\xC2\xAE \xE2\x82\xAC \xF0\x9F\x98\x80"},
        {"tab\tnewline\nescape\x1B", "tab newline escape "},
        {"latin \xAE", "latin ?"},
        {"cut \xE2\x82", "cut ??"},
        {"overlong \xC0\x80", "overlong ??"},
        {"surrogate \xED\xA0\x80", "surrogate ???"},
        {"beyond \xF4\x90\x80\x80", "beyond ????"},
    };
    const char *path = file_path("unclean.jsonl");
    for (size_t i = 0; i < GV__COUNT(cases); i++) {
        unlink(path);
        gv_error err = {0};
        gv_measurement m = full_measurement();
        m.device = cases[i].text;
        gv_journal_writer *w = create(path);
        assert_status(gv_journal_add_measurement(w, &m, &err), GV_OK, err);
        assert_status(gv_journal_close(w, &err), GV_OK, err);
        gv_journal journal = load_or_fail(path);
        assert_status(gv_journal_keep_measurement(&journal, &m, &err), GV_OK, err);
        assert_int_equal(journal.measurement_count, 2);
        assert_string_equal(journal.measurements[0].device, cases[i].clean);
        /* Kept from memory, it is the same device. */
        assert_ptr_equal(journal.measurements[0].device, journal.measurements[1].device);
        gv_journal_free(&journal);
    }
}

static void writing_what_was_read_changes_nothing(void **state)
{
    (void)state;
    gv__random random;
    gv__random_seed(&random, 7);
    gv_error err = {0};
    for (int round = 0; round < 200; round++) {
        gv_measurement m = full_measurement();
        double total_s = pow(10, 4 * gv__random_unit(&random) - 2);
        m.view[GV_VIEW_TRANSFERS] = full_view(total_s);
        m.view[GV_VIEW_TRANSFERS].speedup_high = 3 + gv__random_unit(&random);
        gv__text first = {0};
        gv__text second = {0};
        gv_journal journal = {0};
        assert_status(gv__lines_of_measurement(&first, &m, &err), GV_OK, err);
        assert_status(gv__journal_prepare(&journal, &err), GV_OK, err);
        gv__line line;
        gv__line_read(journal.store, first.data, first.length - 1, &line);
        assert_int_equal(line.kind, GV__LINE_MEASUREMENT);
        assert_status(gv__lines_of_measurement(&second, &line.as.measurement, &err), GV_OK, err);
        assert_string_equal(first.data, second.data);
        gv__text_free(&first);
        gv__text_free(&second);
        gv_journal_free(&journal);
    }
}

static void samples_are_written_and_passed_over(void **state)
{
    (void)state;
    const char *path = file_path("samples.jsonl");
    double stage_s[70][GV_STAGE_COUNT];
    for (int i = 0; i < 70; i++) {
        stage_s[i][GV_STAGE_H2D] = NAN;
        stage_s[i][GV_STAGE_KERNEL] = i == 3 ? NAN : 1e-3 + 1e-6 * i;
        stage_s[i][GV_STAGE_D2H] = NAN;
        stage_s[i][GV_STAGE_TOTAL] = 2e-3;
    }
    gv_samples_record r = {
        RUN_UUID, "0000:3b:00.0", "CLBlast 1.5.3", "matmul:m=1,n=1,k=1", 0, GV_VIEW_KERNEL_ONLY,
        70,       stage_s};
    gv_error err = {0};
    gv_journal_writer *w = create(path);
    assert_status(gv_journal_add_samples(w, &r, &err), GV_OK, err);
    assert_status(gv_journal_close(w, &err), GV_OK, err);
    size_t length;
    char *text = read_bytes(path, &length);
    assert_non_null(strstr(text,
                           "\"view\":\"kernel_only\",\"count\":70,\"kernel_s\":[0.001,0.001001,"
                           "0.001002,null,0.001004,"));
    assert_null(strstr(text, "h2d_s"));
    size_t commas = 0;
    for (const char *at = strstr(text, "total_s"); *at != 0; at++) {
        commas += *at == ',';
    }
    assert_int_equal(commas, GV_JOURNAL_SAMPLES_MAX - 1);
    free(text);
    gv_journal journal = load_or_fail(path);
    assert_int_equal(journal.warning_count, 0);
    assert_int_equal(journal.measurement_count, 0);
    gv_journal_free(&journal);
}

static void what_cannot_be_true_is_not_written(void **state)
{
    (void)state;
    gv_error err = {0};
    gv_journal_writer *w = create(file_path("refused.jsonl"));
    gv_measurement m = full_measurement();
    m.view[0].stage[GV_STAGE_TOTAL].median_s = -1;
    assert_status(gv_journal_add_measurement(w, &m, &err), GV_ARGUMENT, err);
    m = full_measurement();
    m.workload = "matmul:m=0,n=1,k=1";
    assert_status(gv_journal_add_measurement(w, &m, &err), GV_ARGUMENT, err);
    gv_device_record r = {.run = RUN_UUID, .key = "neither"};
    assert_status(gv_journal_add_device(w, &r, &err), GV_ARGUMENT, err);
    gv_incident incident = incident_record(GV_INCIDENT_FAILURE);
    incident.what = "";
    assert_status(gv_journal_add_incident(w, &incident, &err), GV_ARGUMENT, err);
    assert_status(gv_journal_close(w, &err), GV_OK, err);
    size_t length;
    char *text = read_bytes(file_path("refused.jsonl"), &length);
    assert_int_equal(length, 0);
    free(text);
}

/* ---- the longest lines ---- */

static gv_measurement longest_measurement(void)
{
    static char device[GV_DEVICE_KEY], provider[GV_PROVIDER_TEXT], check[32];
    static char parameters[GV__PARAMETERS_TEXT];
    memset(parameters, 'P', sizeof parameters - 1);
    memset(device, 'd', sizeof device - 1);
    memset(provider, 'p', sizeof provider - 1);
    memset(check, 'c', sizeof check - 1);
    gv_measurement m = full_measurement();
    m.device = device;
    m.provider = provider;
    m.parameters = parameters;
    m.check = check;
    m.clock = "events";
    m.process = UINT32_MAX;
    m.flags = UINT32_MAX;
    m.error_rel = 1.23456789e-17;
    m.bound_rel = 1.23456789e-16;
    for (int c = 0; c < GV_COST_COUNT; c++) {
        m.cost_s[c] = 1.23456789e-5;
    }
    for (int v = 0; v < GV_VIEW_COUNT; v++) {
        m.view[v] = full_view(1.23456789e-12);
        m.view[v].samples = m.view[v].calls = m.view[v].outliers = UINT32_MAX;
        m.view[v].speedup_low = 1.23456789e-17;
        m.view[v].speedup_high = 1.23456789e+17;
    }
    return m;
}

/* About the longest canonical form of a workload that is accepted: every key, with sizes that just
 * keep the work below 2^53. */
static const char *const longest_workload =
    "conv2d:n=100,c=1000,h=10000,w=10000,k=1000,r=10,s=10,pad=10000x10000,stride=10000x10000,"
    "dilation=3111x3111,groups=100,precision=f64";

static void every_line_of_a_measurement_is_at_most_one_kibibyte(void **state)
{
    (void)state;
    gv_measurement typical = full_measurement();
    typical.device = "Portable Computing Language/pthread-AMD EPYC 9B45 128-Core Processor/3.1/0";
    typical.workload = "conv2d:n=32,c=256,h=56,w=56,k=512,r=3,s=3,pad=1x1,stride=2x2,precision=f64";
    gv_measurement many = typical;
    many.parameters = "VECTOR=16 TILE_ROWS=8 TILE_COLUMNS=2 BLOCK_DEPTH=256 BLOCK_ROWS=96";
    typical.parameters = NULL;
    gv_measurement longest = longest_measurement();
    longest.workload = longest_workload;
    const struct {
        const char *what;
        const gv_measurement *m;
        size_t lines;
    } cases[] = {{"typical", &typical, 1}, {"many tunables", &many, 2}, {"longest", &longest, 4}};
    for (size_t i = 0; i < GV__COUNT(cases); i++) {
        const char *path = file_path("long.jsonl");
        unlink(path);
        gv_error err = {0};
        gv_journal_writer *w = create(path);
        assert_status(gv_journal_add_measurement(w, cases[i].m, &err), GV_OK, err);
        assert_status(gv_journal_close(w, &err), GV_OK, err);
        size_t length;
        char *text = read_bytes(path, &length);
        size_t lines = 0;
        for (char *at = text; *at != 0; lines++) {
            char *end = strchr(at, '\n');
            assert_non_null(end);
            print_message("%s: a line of %zu bytes\n", cases[i].what, (size_t)(end + 1 - at));
            assert_in_range(end + 1 - at, 1, GV_JOURNAL_MEASUREMENT_MAX);
            at = end + 1;
        }
        free(text);
        assert_int_equal(lines, cases[i].lines);
        gv_journal journal = load_or_fail(path);
        assert_int_equal(journal.measurement_count, 1);
        gv_measurement expected = *cases[i].m;
        expected.flags &= 0x7FF;
        if (strlen(cases[i].m->parameters != NULL ? cases[i].m->parameters : "") > 200) {
            expected.parameters = ""; /* the trial has them */
        }
        assert_measurement(&journal.measurements[0], &expected);
        gv_journal_free(&journal);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(measurements_come_back),
        cmocka_unit_test(numbers_do_not_depend_on_the_locale),
        cmocka_unit_test(every_other_record_comes_back),
        cmocka_unit_test(facts_come_back_with_their_errors),
        cmocka_unit_test(runs_of_one_device_share_its_facts),
        cmocka_unit_test(texts_that_are_not_clean_are_cleaned_alike_everywhere),
        cmocka_unit_test(writing_what_was_read_changes_nothing),
        cmocka_unit_test(samples_are_written_and_passed_over),
        cmocka_unit_test(what_cannot_be_true_is_not_written),
        cmocka_unit_test(every_line_of_a_measurement_is_at_most_one_kibibyte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
