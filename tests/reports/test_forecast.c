/* SPDX-License-Identifier: Apache-2.0 */
/* What a forecast makes of data sheets and small journals. The model's own figures: test_model.c.
 */
#include "reports/forecast.h"
#include "reports/forecast_batch.h"
#include "tests/reports/small_journal.h"

#define RUN  "00000000-0000-4000-8000-00000000000a"
#define CARD "0000:01:00.0"
#define MM   "matmul:m=1024,n=1024,k=1024"

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

static gv_forecast *forecast_of(const gv_dataset *dataset, double cpu_factor)
{
    gv_forecast *made = NULL;
    gv_error err = {0};
    gv_forecast_options options = {.software = GV_SOFTWARE_VENDOR, .cpu_factor = cpu_factor};
    assert_status(gv_forecast_create(catalogue, dataset, &options, &made, &err), GV_OK, err);
    return made;
}

static gv_answer ask(gv_forecast *forecast, const char *device, const char *text)
{
    const gv_side *side;
    gv_workload workload;
    gv_answer answer;
    gv_error err = {0};
    assert_status(gv_forecast_side(forecast, device, NAN, &side, &err), GV_OK, err);
    assert_status(gv_workload_parse(text, &workload, &err), GV_OK, err);
    assert_status(gv_forecast_answer(forecast, side, &workload, &answer, &err), GV_OK, err);
    return answer;
}

/* A host and a card of the catalogue; the card takes ten times what a roofline gives. */
static gv_journal small_journal(void)
{
    static const char *const sizes[] = {"256", "512", "1024", "2048"};
    gv_journal j = {0};
    add_run(&j, RUN, "2026-02-01T00:00:00Z");
    add_host(&j, RUN, "node-a");
    add_device(&j, RUN, CARD, "NVIDIA GeForce RTX 3070", "Vendor", CARD, false);
    for (size_t i = 0; i < GV__COUNT(sizes); i++) {
        char text[96];
        snprintf(text, sizeof text, "matmul:m=%s,n=%s,k=%s", sizes[i], sizes[i], sizes[i]);
        double n = atof(sizes[i]), flop = 2 * n * n * n;
        add_time(&j, RUN, 0, CARD, text, flop / 1e12, flop / 2e12, NAN, NAN);
        add_host_time(&j, RUN, 0, text, flop / 1e11);
    }
    return j;
}

static void without_a_journal_there_is_no_cpu_and_no_verdict(void **state)
{
    (void)state;
    gv_forecast *forecast = forecast_of(NULL, NAN);
    gv_answer a = ask(forecast, "RTX 3070", MM);
    assert_int_equal(a.device.origin, GV_ORIGIN_MODELLED);
    assert_int_equal(a.cpu.origin, GV_ORIGIN_ABSENT);
    assert_true(isnan(a.cpu.time_s));
    assert_true(isnan(a.speedup[GV_VIEW_TRANSFERS].value));
    assert_int_equal(a.verdict, GV_VERDICT_UNKNOWN);
    assert_null(gv_forecast_host(forecast));
    gv_forecast_free(forecast);
}

static void what_was_measured_of_the_host_is_its_time(void **state)
{
    (void)state;
    gv_journal j = small_journal();
    gv_dataset d;
    assert_int_equal(gv_dataset_build(&j, NULL, &d, NULL), GV_OK);
    gv_forecast *same = forecast_of(&d, NAN), *slower = forecast_of(&d, 3);
    double measured_s = 2 * pow(1024, 3) / 1e11;
    gv_answer a = ask(same, "Arc A770", MM), b = ask(slower, "Arc A770", MM);
    assert_int_equal(a.cpu.origin, GV_ORIGIN_MEASURED);
    assert_close(a.cpu.time_s, measured_s, 1e-12);
    assert_close(b.cpu.time_s, 3 * measured_s, 1e-12);
    assert_int_not_equal(b.cpu.origin, GV_ORIGIN_MEASURED); /* of another CPU */
    assert_true(b.cpu.spread > a.cpu.spread);
    assert_close(a.speedup[GV_VIEW_KERNEL_ONLY].value, measured_s / a.device.call_s, 1e-12);
    for (int v = 0; v < GV_VIEW_COUNT; v++) {
        assert_true(a.speedup[v].low < a.speedup[v].value);
        assert_true(a.speedup[v].value < a.speedup[v].high);
    }
    assert_int_equal(a.verdict, gv_verdict_of(a.speedup[GV_VIEW_TRANSFERS].value));
    /* Between measured sizes the host is modelled from them. */
    a = ask(same, "Arc A770", "matmul:m=1500,n=1500,k=1500");
    assert_int_equal(a.cpu.origin, GV_ORIGIN_CALIBRATED);
    assert_close(a.cpu.time_s, 2 * pow(1500, 3) / 1e11, 0.4);
    /* Nobody measured f64: half the rate of f32, not a sixteenth as on a GPU without a figure. */
    gv_answer f64 = ask(same, "V100 SXM2 16GB", "matmul:m=1024,n=1024,k=1024,precision=f64");
    assert_close(f64.cpu.time_s, 2 * measured_s, 0.6);
    gv_forecast_free(same);
    gv_forecast_free(slower);
    gv_dataset_free(&d);
    gv_journal_free(&j);
}

static void a_measured_device_is_calibrated_and_found_by_its_data_sheet(void **state)
{
    (void)state;
    gv_journal j = small_journal();
    gv_dataset d;
    assert_int_equal(gv_dataset_build(&j, NULL, &d, NULL), GV_OK);
    gv_forecast *with = forecast_of(&d, NAN), *without = forecast_of(NULL, NAN);
    gv_answer a = ask(with, "rtx3070", MM), b = ask(without, "rtx3070", MM);
    double measured_s = 2 * pow(1024, 3) / 2e12;
    assert_int_equal(a.device.origin, GV_ORIGIN_MEASURED);
    assert_close(a.device.call_s, measured_s, 1e-12);
    assert_close(a.device.view[GV_VIEW_TRANSFERS].total_s, 2 * measured_s, 1e-12);
    assert_int_equal(a.side->points, 4);
    assert_string_equal(a.side->measured_as, "NVIDIA GeForce RTX 3070");
    /* Between the measured sizes it is modelled from them. */
    measured_s = 2 * pow(1500, 3) / 2e12;
    a = ask(with, "rtx3070", "matmul:m=1500,n=1500,k=1500");
    b = ask(without, "rtx3070", "matmul:m=1500,n=1500,k=1500");
    assert_int_equal(a.device.origin, GV_ORIGIN_CALIBRATED);
    assert_true(fabs(log(a.device.call_s / measured_s)) < fabs(log(b.device.call_s / measured_s)));
    assert_close(a.device.call_s, measured_s, 0.5);
    gv_forecast_free(with);
    gv_forecast_free(without);
    gv_dataset_free(&d);
    gv_journal_free(&j);
}

static void another_host_of_the_journals_is_chosen_by_its_name(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        gv_status status;
        double time_s; /* of MM */
    } cases[] = {{NULL, GV_OK, 1},
                 {"node-b", GV_OK, 2},
                 {"node-a", GV_OK, 1},
                 {"node", GV_ARGUMENT, NAN},
                 {"node-c", GV_ARGUMENT, NAN}};
    static const char other[] = "00000000-0000-4000-8000-00000000000b";
    gv_journal j = {0};
    gv_dataset d;
    add_run(&j, RUN, "2026-02-01T00:00:00Z");
    add_run(&j, other, "2026-02-02T00:00:00Z");
    add_host(&j, RUN, "node-a");
    add_host(&j, other, "node-b");
    add_host_time(&j, RUN, 0, MM, 1);
    add_host_time(&j, RUN, 0, "fft:shape=1024", 1e-6);
    add_host_time(&j, other, 0, MM, 2);
    assert_int_equal(gv_dataset_build(&j, NULL, &d, NULL), GV_OK);
    for (size_t i = 0; i < GV__COUNT(cases); i++) {
        gv_forecast *forecast = NULL;
        gv_error err = {0};
        gv_forecast_options options = {
            .software = GV_SOFTWARE_VENDOR, .cpu_factor = NAN, .host = cases[i].name};
        assert_status(gv_forecast_create(catalogue, &d, &options, &forecast, &err), cases[i].status,
                      err);
        if (forecast == NULL) {
            assert_non_null(strstr(err.text, "node-a"));
            assert_non_null(strstr(err.text, "node-b"));
            continue;
        }
        assert_close(ask(forecast, "RTX 3070", MM).cpu.time_s, cases[i].time_s, 1e-12);
        gv_forecast_free(forecast);
    }
    gv_dataset_free(&d);
    gv_journal_free(&j);
}

static void ceilings_tell_launch_links_and_bandwidth_where_no_workload_does(void **state)
{
    (void)state;
    for (int with_times = 0; with_times < 2; with_times++) {
        gv_journal j = {0};
        gv_dataset d;
        const gv_side *side;
        gv_error err = {0};
        add_run(&j, RUN, "2026-02-01T00:00:00Z");
        add_host(&j, RUN, "node-a");
        add_device(&j, RUN, CARD, "Invented", "Vendor", CARD, false);
        add_ceiling(&j, RUN, CARD, GV_CEILING_LAUNCH, GV_PRECISION_F32, 0, 7e-6, 7e-6);
        add_ceiling(&j, RUN, CARD, GV_CEILING_MEMORY_READ, GV_PRECISION_F32, 0, 4e11, 4e11);
        add_ceiling(&j, RUN, CARD, GV_CEILING_MEMORY_TRIAD, GV_PRECISION_F32, 0, 5e11, 5e11);
        add_ceiling(&j, RUN, CARD, GV_CEILING_H2D_LATENCY, GV_PRECISION_F32, 0, 3e-6, 3e-6);
        add_ceiling(&j, RUN, CARD, GV_CEILING_H2D_PAGEABLE, GV_PRECISION_F32, 0, 6e9, 6e9);
        add_ceiling(&j, RUN, CARD, GV_CEILING_D2H_PINNED, GV_PRECISION_F32, 0, 24e9, 24e9);
        if (with_times) {
            add_time(&j, RUN, 0, CARD, MM, 2e-3, 1e-3, NAN, NAN);
        }
        assert_int_equal(gv_dataset_build(&j, NULL, &d, NULL), GV_OK);
        gv_forecast *forecast = forecast_of(&d, NAN);
        assert_status(gv_forecast_side(forecast, "Invented", NAN, &side, &err), GV_OK, err);
        assert_close(side->spec.bandwidth_bytes_per_s, 5e11, 1e-12);
        assert_close(side->options.to_device[0].latency_s, 3e-6, 1e-12);
        assert_close(side->options.to_device[0].bytes_per_s, 6e9, 1e-12);
        assert_true(isnan(side->options.to_device[1].bytes_per_s));
        assert_close(side->options.from_device[1].bytes_per_s, 24e9, 1e-12);
        /* What calls took is learned from calls. */
        assert_true(with_times ? isnan(side->options.launch_s) : side->options.launch_s == 7e-6);
        assert_status(gv_forecast_side(forecast, "Invented", 1e-6, &side, &err), GV_OK, err);
        assert_true(side->options.launch_s == 1e-6);
        gv_forecast_free(forecast);
        gv_dataset_free(&d);
        gv_journal_free(&j);
    }
}

static void what_both_did_in_one_run_has_the_range_of_its_block_ratios(void **state)
{
    (void)state;
    gv_journal j = small_journal();
    gv_dataset d;
    add_time(&j, RUN, 0, CARD, "fft:shape=4096", 3e-3, 1e-3, 0.2, 5); /* 0.33 in the median */
    add_host_time(&j, RUN, 0, "fft:shape=4096", 1e-3);
    add_time(&j, RUN, 0, CARD, "fft:shape=8192", 6e-3, 2e-3, NAN, NAN); /* too few blocks */
    add_host_time(&j, RUN, 0, "fft:shape=8192", 2e-3);
    assert_int_equal(gv_dataset_build(&j, NULL, &d, NULL), GV_OK);
    gv_forecast *same = forecast_of(&d, NAN), *slower = forecast_of(&d, 3);
    gv_answer a = ask(same, "rtx3070", "fft:shape=4096");
    const gv_view_estimate *total = &a.device.view[GV_VIEW_TRANSFERS];
    assert_true(a.beside && a.measured[GV_VIEW_TRANSFERS] && !a.measured[GV_VIEW_PINNED]);
    assert_close(a.speedup[GV_VIEW_TRANSFERS].value, 1.0 / 3, 1e-12);
    assert_close(a.speedup[GV_VIEW_TRANSFERS].low, 0.2, 1e-12);
    assert_close(a.speedup[GV_VIEW_TRANSFERS].high, 5, 1e-12);
    assert_true(a.wins > 0.1 && a.wins < 0.5);
    assert_close(total->low_s, 0.9 * 3e-3, 1e-12); /* as recorded */
    assert_close(total->high_s, 1.1 * 3e-3, 1e-12);
    assert_close(a.cpu.low_s, 0.9e-3, 1e-12);
    /* A view that was not measured keeps its transfer, around the call that was. */
    total = &a.device.view[GV_VIEW_PINNED];
    assert_close(total->total_s, a.device.call_s + total->transfer_s, 1e-12);
    assert_true(total->low_s < total->total_s && total->total_s < total->high_s);
    assert_int_equal(gv_answer_origin(&a, GV_VIEW_PINNED), GV_ORIGIN_CALIBRATED);
    /* Without enough blocks there is a value, and nothing is made up around it. */
    a = ask(same, "rtx3070", "fft:shape=8192");
    assert_close(a.speedup[GV_VIEW_TRANSFERS].value, 1.0 / 3, 1e-12);
    assert_true(isnan(a.speedup[GV_VIEW_TRANSFERS].low));
    assert_true(isfinite(gv_answer_rated(&a, GV_VIEW_TRANSFERS).spread));
    /* Another CPU stood beside nothing. */
    a = ask(slower, "rtx3070", "fft:shape=4096");
    assert_false(a.beside);
    assert_true(a.speedup[GV_VIEW_TRANSFERS].low > 0.3);
    gv_forecast_free(same);
    gv_forecast_free(slower);
    gv_dataset_free(&d);
    gv_journal_free(&j);
}

static void behind_a_given_link_the_call_alone_is_measured(void **state)
{
    (void)state;
    gv_journal j = small_journal();
    gv_dataset d;
    gv_forecast *forecast = NULL;
    gv_error err = {0};
    const gv_given_link link = {NAN, 5e-3};
    gv_forecast_options options = {
        .software = GV_SOFTWARE_VENDOR, .cpu_factor = NAN, .link = &link};
    assert_int_equal(gv_dataset_build(&j, NULL, &d, NULL), GV_OK);
    assert_status(gv_forecast_create(catalogue, &d, &options, &forecast, &err), GV_OK, err);
    gv_answer a = ask(forecast, "rtx3070", MM);
    assert_close(a.device.call_s, 2 * pow(1024, 3) / 2e12, 1e-12);
    assert_close(a.device.view[GV_VIEW_TRANSFERS].total_s, a.device.call_s + 5e-3, 1e-12);
    assert_close(a.speedup[GV_VIEW_TRANSFERS].value,
                 a.cpu.time_s / a.device.view[GV_VIEW_TRANSFERS].total_s, 1e-12);
    assert_int_equal(gv_answer_origin(&a, GV_VIEW_TRANSFERS), GV_ORIGIN_CALIBRATED);
    assert_true(a.measured[GV_VIEW_KERNEL_ONLY] && !a.measured[GV_VIEW_TRANSFERS]);
    gv_forecast_free(forecast);
    gv_dataset_free(&d);
    gv_journal_free(&j);
}

/* Work in pieces: copies and kernels overlap, so that nobody times a kernel alone. */
static void a_total_without_a_call_of_its_own_is_measured_too(void **state)
{
    (void)state;
    gv_journal j = small_journal();
    gv_dataset d;
    const char *const pieces = "matmul:m=8192,n=8192,k=8192";
    add_time(&j, RUN, 0, CARD, pieces, 2, NAN, NAN, NAN);
    assert_int_equal(gv_dataset_build(&j, NULL, &d, NULL), GV_OK);
    gv_forecast *forecast = forecast_of(&d, NAN);
    gv_answer a = ask(forecast, "rtx3070", pieces);
    assert_true(a.measured[GV_VIEW_TRANSFERS]);
    assert_close(a.device.view[GV_VIEW_TRANSFERS].total_s, 2, 1e-12);
    assert_true(isnan(a.device.view[GV_VIEW_TRANSFERS].transfer_s));
    assert_int_equal(gv_answer_origin(&a, GV_VIEW_TRANSFERS), GV_ORIGIN_MEASURED);
    assert_false(a.measured[GV_VIEW_KERNEL_ONLY]);
    assert_int_equal(gv_answer_origin(&a, GV_VIEW_KERNEL_ONLY), GV_ORIGIN_CALIBRATED);
    assert_true(a.device.view[GV_VIEW_KERNEL_ONLY].total_s > 0);
    assert_int_equal(a.side->points, 4);
    gv_forecast_free(forecast);
    gv_dataset_free(&d);
    gv_journal_free(&j);
}

static void noisy_measurements_of_the_host_are_counted(void **state)
{
    (void)state;
    gv_journal j = small_journal();
    gv_dataset d;
    for (size_t i = 0; i < 5; i++) { /* card, host, card, host, card */
        j.measurements[i].flags |= i == 3 ? GV_FLAG_THROTTLED : GV_FLAG_NOISY;
    }
    assert_int_equal(gv_dataset_build(&j, NULL, &d, NULL), GV_OK);
    gv_forecast *forecast = forecast_of(&d, NAN);
    const gv__host *host = gv_forecast_host_times(forecast);
    assert_int_equal(host->disturbed, 2);
    assert_int_equal(host->record_count, 4);
    gv_forecast_free(forecast);
    gv_dataset_free(&d);
    gv_journal_free(&j);
}

static void what_a_specification_leaves_out_widens_and_what_is_impossible_is_refused(void **state)
{
    (void)state;
    static const char mine[] = "name,vendor,architecture,fp32_flop_per_s,bandwidth_bytes_per_s,"
                               "units,l2_bytes,memory_bytes\n"
                               "Whole,NVIDIA,Ampere,2e13,4.5e11,46,4e6,8e9\n"
                               "Peak only,NVIDIA,Ampere,2e13,,,,\n"
                               "Name only,NVIDIA,Ampere,,,,,\n"
                               "Zero,NVIDIA,Ampere,0,4.5e11,46,4e6,8e9\n"
                               "Negative,NVIDIA,Ampere,2e13,-1,46,4e6,8e9\n"
                               "Absurd,NVIDIA,Ampere,20.3,4.5e11,46,4e6,8e9\n";
    static const char *const refused_names[] = {"Name only", "Zero", "Negative", "Absurd"};
    gv_catalogue *users;
    gv_error err = {0};
    gv_forecast *forecast;
    gv_forecast_options options = {.software = GV_SOFTWARE_VENDOR, .cpu_factor = NAN};
    assert_status(gv_catalogue_create_empty(&users, &err), GV_OK, err);
    assert_status(gv_catalogue_add(users, mine, strlen(mine), "mine.csv", &err), GV_OK, err);
    assert_status(gv_forecast_create(users, NULL, &options, &forecast, &err), GV_OK, err);
    gv_answer whole = ask(forecast, "Whole", MM), part = ask(forecast, "Peak only", MM);
    assert_true(part.device.spread > whole.device.spread);
    assert_int_not_equal(part.device.reasons & (uint32_t)GV_REASON_NO_BANDWIDTH, 0);
    for (size_t i = 0; i < GV__COUNT(refused_names); i++) {
        const gv_side *side;
        assert_int_equal(gv_forecast_side(forecast, refused_names[i], NAN, &side, NULL),
                         GV_ARGUMENT);
    }
    gv_forecast_free(forecast);
    gv_catalogue_free(users);
}

static void a_name_that_nobody_has_is_refused_each_time_it_is_asked(void **state)
{
    (void)state;
    gv_forecast *forecast = forecast_of(NULL, NAN);
    const gv_side *side = NULL;
    for (int i = 0; i < 2; i++) {
        gv_error err = {0};
        assert_int_equal(gv_forecast_side(forecast, "Quantum 9000", NAN, &side, &err), GV_ARGUMENT);
        assert_non_null(strstr(err.text, "Quantum 9000"));
        assert_null(side);
    }
    gv_forecast_free(forecast);
}

static void a_name_of_two_devices_of_a_journal_is_refused_unless_they_are_alike(void **state)
{
    (void)state;
    gv_journal j = {0};
    add_run(&j, RUN, "2026-02-01T00:00:00Z");
    add_host(&j, RUN, "node-a");
    add_device(&j, RUN, "0000:01:00.0", "Invented One", "Vendor", "0000:01:00.0", false);
    add_device(&j, RUN, "0000:02:00.0", "Invented One", "Vendor", "0000:02:00.0", false);
    add_device(&j, RUN, "0000:03:00.0", "Invented Two", "Vendor", "0000:03:00.0", false);
    /* Nobody probed them: what they did once is all that is known. */
    for (char bus = '1'; bus <= '3'; bus++) {
        const char key[] = {'0', '0', '0', '0', ':', '0', bus, ':', '0', '0', '.', '0', 0};
        add_time(&j, RUN, 0, key, MM, 2e-3, 1e-3, NAN, NAN);
    }
    static const struct {
        const char *name;
        gv_status status;
        const char *what; /* the device, or what is complained of */
    } cases[] = {
        {"invented two", GV_OK, "Invented Two"},
        {"Invented One", GV_OK, "0000:01:00.0"},
        {"0000:02:00.0", GV_OK, "0000:02:00.0"},
        {"Invented", GV_ARGUMENT, "may be any of Invented One"},
        {"vent", GV_ARGUMENT, "no device of the catalogue"},
        {"01", GV_ARGUMENT, "is no name of a device"},
    };
    gv_dataset d;
    assert_int_equal(gv_dataset_build(&j, NULL, &d, NULL), GV_OK);
    gv_forecast *forecast = forecast_of(&d, NAN);
    for (size_t i = 0; i < GV__COUNT(cases); i++) {
        const gv_side *side = NULL;
        gv_error err = {0};
        assert_status(gv_forecast_side(forecast, cases[i].name, NAN, &side, &err), cases[i].status,
                      err);
        assert_non_null(
            strstr(side != NULL ? d.devices[side->device].label : err.text, cases[i].what));
    }
    gv_forecast_free(forecast);
    gv_dataset_free(&d);
    gv_journal_free(&j);
}

/* ---- lists ---- */

/* The answer to a list, without the line of headings; freed by the caller. */
static char *answer_list(const char *text, size_t *open, gv_status *status, gv_error *err)
{
    char *copy = strdup(text), *answer = NULL;
    size_t length = strlen(text), size = 0;
    copy = realloc(copy, length + 2);
    FILE *out = open_memstream(&answer, &size);
    gv_forecast *forecast = forecast_of(NULL, NAN);
    *status = gv__forecast_batch(forecast, copy, length, "list.csv", out, open, err);
    fclose(out);
    gv_forecast_free(forecast);
    free(copy);
    return answer;
}

static const struct {
    const char *line, *answer;
} unanswerable[] = {
    {"T4,\"matmul:m=0,n=1,k=1\",", "T4,\"matmul:m=0,n=1,k=1\",,,,,,,,,,,"},
    {"Quantum 9000,fft:shape=8,", "Quantum 9000,fft:shape=8,,,,,,,,,,,"},
    {"T4,fft:shape=8,-1", "T4,fft:shape=8,,,,,,,,,,,\"launch_s: \"\"-1\"\" is not"},
    {"T4,fft:shape=8,nan", "T4,fft:shape=8,,,,,,,,,,,\"launch_s: \"\"nan\"\" is not"},
    {"T4,fft:shape=8", "T4,fft:shape=8,,,,,,,,,,,2 fields where the first line has 3 columns"},
    {",fft:shape=8,", ",fft:shape=8,,,,,,,,,,,no device is named"},
    {"1,fft:shape=8,", "1,fft:shape=8,,,,,,,,,,,\"\"\"1\"\" is no name of a device"},
    {"T\"4,fft:shape=8,", ",,,,,,,,,,,,\"list.csv, line 2: a quote stands inside a field\""},
    {"\"T4,fft:shape=8,", ",,,,,,,,,,,,\"list.csv, line 2: a quoted field has no closing quote\""},
    {"M1,\"fft:shape=8,precision=f64\",", "M1,\"fft:shape=8,precision=f64\",,,,,,,,,,,"},
};

static void a_line_without_an_answer_has_a_reason_and_no_number(void **state)
{
    (void)state;
    for (size_t i = 0; i < GV__COUNT(unanswerable); i++) {
        char text[256];
        size_t open = 0;
        gv_status status;
        gv_error err = {0};
        snprintf(text, sizeof text, "device,workload,launch_s\r\n%s\r\nT4,fft:shape=16,\r\n",
                 unanswerable[i].line);
        char *answer = answer_list(text, &open, &status, &err);
        assert_status(status, GV_OK, err);
        assert_int_equal(open, 1);
        const char *line = strstr(answer, "\r\n") + 2;
        if (strncmp(line, unanswerable[i].answer, strlen(unanswerable[i].answer)) != 0 ||
            strlen(line) < strlen(unanswerable[i].answer) + 2) {
            fail_msg("%s: %s", unanswerable[i].line, line);
        }
        /* It costs the next one nothing. */
        assert_non_null(strstr(line, "\r\nT4,fft:shape=16,"));
        assert_null(strstr(line, "\r\nT4,fft:shape=16,,"));
        free(answer);
    }
}

static void answers_keep_order_and_echo_and_their_interval_holds_the_time(void **state)
{
    (void)state;
    size_t open = 9;
    gv_status status;
    gv_error err = {0};
    char *answer = answer_list("workload,device\n\"" MM "\",\"RTX 3070\"\nfft:shape=1024,T4\n",
                               &open, &status, &err);
    assert_status(status, GV_OK, err);
    assert_int_equal(open, 0);
    double time_s, low_s, high_s, transfer_s, total_s;
    const char *line = strstr(answer, "\r\n") + 2;
    assert_int_equal(sscanf(line, "RTX 3070,\"" MM "\",%lf,%lf,%lf,%lf,%lf,,,,unknown,modelled",
                            &time_s, &low_s, &high_s, &transfer_s, &total_s),
                     5);
    assert_true(0 < low_s && low_s < time_s && time_s < high_s);
    assert_close(total_s, time_s + transfer_s, 1e-6);
    line = strstr(line, "\r\n") + 2;
    assert_int_equal(strncmp(line, "T4,fft:shape=1024,", 18), 0);
    free(answer);
}

static void launch_cost_is_taken_from_the_line(void **state)
{
    (void)state;
    size_t open;
    gv_status status;
    gv_error err = {0};
    char *answer =
        answer_list("device,workload,launch_s\nT4,fft:shape=64,0\nT4,fft:shape=64,1e-3\n", &open,
                    &status, &err);
    assert_status(status, GV_OK, err);
    double fast, slow;
    const char *line = strstr(answer, "\r\n") + 2;
    assert_int_equal(sscanf(line, "T4,fft:shape=64,%lf", &fast), 1);
    line = strstr(line, "\r\n") + 2;
    assert_int_equal(sscanf(line, "T4,fft:shape=64,%lf", &slow), 1);
    assert_true(slow >= 1e-3 && fast < 1e-3);
    free(answer);
}

static const struct {
    const char *text, *complaint;
} refused[] = {
    {"", "list.csv: its first line must name the columns device and workload"},
    {"device\nT4\n", "list.csv: its first line must name the columns device and workload"},
    {"device,workload,size\n", "list.csv, line 1: \"size\" is not a column"},
    {"device,device,workload\n", "list.csv, line 1: \"device\" is not a column, or stands there"},
    {"\"device,workload\nT4\n", "list.csv, line 1: a quoted field has no closing quote"},
};

static void what_is_no_list_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < GV__COUNT(refused); i++) {
        size_t open;
        gv_status status;
        gv_error err = {0};
        char *answer = answer_list(refused[i].text, &open, &status, &err);
        assert_int_equal(status, GV_FORMAT);
        if (strstr(err.text, refused[i].complaint) == NULL) {
            fail_msg("case %zu: %s", i, err.text);
        }
        free(answer);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_journal_there_is_no_cpu_and_no_verdict),
        cmocka_unit_test(what_was_measured_of_the_host_is_its_time),
        cmocka_unit_test(a_measured_device_is_calibrated_and_found_by_its_data_sheet),
        cmocka_unit_test(another_host_of_the_journals_is_chosen_by_its_name),
        cmocka_unit_test(ceilings_tell_launch_links_and_bandwidth_where_no_workload_does),
        cmocka_unit_test(what_both_did_in_one_run_has_the_range_of_its_block_ratios),
        cmocka_unit_test(behind_a_given_link_the_call_alone_is_measured),
        cmocka_unit_test(a_total_without_a_call_of_its_own_is_measured_too),
        cmocka_unit_test(noisy_measurements_of_the_host_are_counted),
        cmocka_unit_test(what_a_specification_leaves_out_widens_and_what_is_impossible_is_refused),
        cmocka_unit_test(a_name_that_nobody_has_is_refused_each_time_it_is_asked),
        cmocka_unit_test(a_name_of_two_devices_of_a_journal_is_refused_unless_they_are_alike),
        cmocka_unit_test(a_line_without_an_answer_has_a_reason_and_no_number),
        cmocka_unit_test(answers_keep_order_and_echo_and_their_interval_holds_the_time),
        cmocka_unit_test(launch_cost_is_taken_from_the_line),
        cmocka_unit_test(what_is_no_list_is_refused),
    };
    return cmocka_run_group_tests(tests, make, drop);
}
