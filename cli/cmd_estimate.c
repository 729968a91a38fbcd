/* SPDX-License-Identifier: Apache-2.0 */
/* `gpuverdict estimate`: questions about devices that are not here. */
#include "cli/catalogue_file.h"
#include "cli/command.h"
#include "cli/estimate.h"
#include "cli/words.h"
#include "reports/forecast_batch.h"
#include "reports/forecast_text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/** All that answers come from. */
typedef struct sources {
    gv_catalogue *catalogue;
    gv_journal journal;
    gv_dataset dataset;
    gv_given_link link;
    gv_forecast *forecast;
} sources;

static gv_status open_sources(const gv_cli_options *options, sources *s, gv_error *err)
{
    bool has_journal = options->calibrate.count > 0;
    gv_status status = gv_cli_catalogue_load(&s->catalogue, err);
    for (size_t i = 0; i < options->calibrate.count && status == GV_OK; i++) {
        status = gv_journal_load(options->calibrate.items[i], &s->journal, err);
    }
    for (size_t i = 0; i < s->journal.warning_count; i++) {
        gv_cli_say(options->verb, "%s", s->journal.warnings[i]);
    }
    if (status == GV_OK && has_journal) {
        status = gv_dataset_build(&s->journal, NULL, &s->dataset, err);
    }
    if (status == GV_OK) {
        s->link = (gv_given_link){options->bandwidth * 1e9, options->transfer_ms / 1e3};
        bool given = !isnan(s->link.bytes_per_s) || !isnan(s->link.transfer_s);
        gv_forecast_options forecast = {.software = gv_cli_software_of(options->software),
                                        .cpu_factor = options->cpu_factor,
                                        .link = given ? &s->link : NULL,
                                        .host = options->host.count > 0 ? options->host.items[0]
                                                                        : NULL};
        status = gv_forecast_create(s->catalogue, has_journal ? &s->dataset : NULL, &forecast,
                                    &s->forecast, err);
    }
    if (status == GV_OK && s->dataset.host_count > 1 && options->host.count == 0 &&
        gv_forecast_host(s->forecast) != NULL) {
        gv_cli_say(options->verb,
                   "the journals tell of %u hosts; the CPU's times are of %s; --host takes another",
                   s->dataset.host_count, gv_forecast_host(s->forecast));
    }
    return status;
}

static void close_sources(sources *s)
{
    gv_forecast_free(s->forecast);
    gv_dataset_free(&s->dataset);
    gv_journal_free(&s->journal);
    gv_catalogue_free(s->catalogue);
}

/* ---- a list ---- */

static int answer_batch(const gv_cli_options *options, sources *s)
{
    char *text = NULL;
    size_t length = 0, open = 0;
    gv_error err = {0};
    gv_status status = gv_cli_read_file(options->batch, &text, &length, &err);
    if (status == GV_OK) {
        status = gv__forecast_batch(s->forecast, text, length, options->batch, stdout, &open, &err);
    }
    free(text);
    if (status != GV_OK) {
        return gv_cli_fail(options->verb, &err);
    }
    gv__text noise = {0};
    gv__forecast_add_noise(s->forecast, &noise);
    if (noise.length > 0) {
        gv_cli_say(options->verb, "%s", noise.data);
    }
    gv__text_free(&noise);
    if (open > 0) {
        gv_cli_say(options->verb, "%zu line%s could not be answered; the column reason says why",
                   open, open == 1 ? "" : "s");
    }
    return open > 0 ? GV_EXIT_INCOMPLETE : GV_EXIT_DONE;
}

/* ---- questions ---- */

/** The workloads that were asked for; freed by the caller. */
static gv_status collect_workloads(const gv_cli_options *options, const sources *s,
                                   gv_workload **out, size_t *count, gv_error *err)
{
    bool all = options->question.count == 0 && options->op == NULL;
    size_t most = options->question.count + 1 + s->dataset.workload_count;
    gv_workload *workloads = calloc(most, sizeof *workloads);
    gv_status status =
        workloads != NULL ? GV_OK : gv__fail(err, GV_MEMORY, 0, NULL, "not enough memory");
    *count = 0;
    for (size_t i = 0; i < options->question.count && status == GV_OK; i++) {
        status = gv_workload_parse(options->question.items[i], &workloads[(*count)++], err);
    }
    if (options->op != NULL && status == GV_OK) {
        gv_simple_question question = gv_cli_simple_question(options);
        status = gv_simple_workload(&question, &workloads[(*count)++], err);
    }
    for (uint32_t i = 0; all && i < s->dataset.workload_count && status == GV_OK; i++) {
        *count +=
            gv_workload_parse(s->dataset.workloads[i].text, &workloads[*count], NULL) == GV_OK;
    }
    if (status != GV_OK) {
        free(workloads);
        return status;
    }
    *out = workloads;
    return GV_OK;
}

/** Answer one workload for every device; what a device cannot do is said. */
static gv_status answer_workload(const gv_cli_options *options, sources *s,
                                 const gv_workload *workload, gv_answers *all, gv_error *err)
{
    for (size_t i = 0; i < options->asked_device.count; i++) {
        const gv_side *side;
        gv_error why = {0};
        gv_status status =
            gv_forecast_side(s->forecast, options->asked_device.items[i], NAN, &side, err);
        if (status != GV_OK) {
            return status;
        }
        status = gv_forecast_answer(s->forecast, side, workload, &all->answers[all->count], &why);
        if (status == GV_OK) {
            all->count++;
        } else {
            char text[GV_WORKLOAD_TEXT];
            if (!options->json) {
                gv_cli_say(options->verb, "%s on %s: %s", gv_workload_format(workload, text),
                           side->name, why.text);
            }
            all->none[all->none_count++] = (gv_no_answer){*workload, side, why};
        }
    }
    return GV_OK;
}

/** Whether anything stays open; what cannot be done is answered. */
static bool any_open(const gv_answers *all)
{
    bool open = false;
    for (size_t i = 0; i < all->none_count; i++) {
        open = open || all->none[i].why.status != GV_UNSUPPORTED;
    }
    return open;
}

static gv_status print_answers(const gv_cli_options *options, const sources *s, gv_answer *answers,
                               size_t count, gv_error *err)
{
    gv_status status = GV_OK;
    if (count > 1) {
        status = gv__forecast_print_ranking(s->forecast, answers, count, stdout, err);
    } else if (count == 1) {
        status = gv__forecast_print(s->forecast, &answers[0], stdout, err);
    }
    for (size_t i = 0; i < count && options->explain && status == GV_OK; i++) {
        status = gv__forecast_explain(&answers[i], stdout, err);
    }
    return status;
}

/** What became of a size without shapes. */
static void say_assumed(const gv_cli_options *options, const gv_workload *workload)
{
    static const char *const shapes[GV_OP_COUNT] = {
        [GV_OP_MATMUL] = "a square result, each element of which meets 1024 others",
        [GV_OP_CONV2D] = "3×3, 64 to 64 channels, a square image",
        [GV_OP_FFT] = "the nearest power of two",
        [GV_OP_DENSE] = "1024 inputs and outputs",
        [GV_OP_CUSTOM] = "1000 flop an element, moved once each way"};
    char text[GV_WORKLOAD_TEXT];
    gv__say(stdout, "Assumed", "%.15g %s are %s: %s. --workload takes your own sizes.",
            options->size, gv_cli_size_unit_word((size_t)gv_cli_size_unit_of(options->size_unit)),
            gv_workload_format(workload, text), shapes[workload->op]);
    putchar('\n');
}

static int answer_questions(const gv_cli_options *options, sources *s)
{
    gv_workload *workloads = NULL;
    size_t count = 0;
    gv_error err = {0};
    gv_answers all = {.answers = NULL};
    gv_status status = collect_workloads(options, s, &workloads, &count, &err);
    if (status == GV_OK) {
        const size_t most = count * options->asked_device.count + 1;
        all.answers = calloc(most, sizeof *all.answers);
        all.none = calloc(most, sizeof *all.none);
        status = all.answers != NULL && all.none != NULL
                     ? GV_OK
                     : gv__fail(&err, GV_MEMORY, 0, NULL, "not enough memory");
    }
    for (size_t i = 0; i < count && status == GV_OK; i++) {
        const size_t before = all.count;
        status = answer_workload(options, s, &workloads[i], &all, &err);
        if (status == GV_OK && !options->json) {
            fputs(i > 0 ? "\n" : "", stdout);
            if (options->op != NULL && i + 1 == count) { /* behind those of --workload */
                say_assumed(options, &workloads[i]);
            }
            status = print_answers(options, s, all.answers + before, all.count - before, &err);
        }
    }
    int code = any_open(&all) ? GV_EXIT_INCOMPLETE : GV_EXIT_DONE;
    if (status == GV_OK && options->json) {
        int written = gv_cli_estimate_json(options, s->forecast, &all);
        code = written != GV_EXIT_DONE ? written : code;
    }
    free(all.answers);
    free(all.none);
    free(workloads);
    return status == GV_OK ? code : gv_cli_fail(options->verb, &err);
}

/* ---- the command ---- */

/** A usage error of the fitted model in a clause; NULL where there is none. */
static const char *usage_fault(const gv_cli_options *options)
{
    bool asked = options->question.count > 0 || options->op != NULL;
    if (options->op == NULL && (!isnan(options->size) || options->size_unit != NULL)) {
        return "--size goes with --op; a --workload has its sizes in it";
    }
    if (options->op == NULL && !isnan(options->gpu_cores)) {
        return "--gpu-cores is a figure of the original's model, which --op asks; --device names a "
               "device";
    }
    if (options->batch != NULL) {
        return asked || options->asked_device.count > 0
                   ? "--batch names devices and workloads itself; --workload, --op and --device do "
                     "not "
                     "go with it"
               : options->json || options->explain
                   ? "--batch answers in CSV; --json and --explain do "
                     "not go with it"
                   : NULL;
    }
    if (options->asked_device.count == 0) {
        return "--device is missing; gpuverdict catalogue list names devices";
    }
    if (!asked && options->calibrate.count == 0) {
        return "--workload is missing: what shall the device do?";
    }
    if (options->op != NULL && isnan(options->size)) {
        return "--size is missing";
    }
    if (options->host.count > 1) {
        return "--host is given twice: a speed-up is over one host";
    }
    return NULL;
}

int gv_cmd_estimate(const gv_cli_options *options)
{
    bool fitted = options->model != NULL
                      ? strcmp(options->model, "fitted") == 0
                      : options->asked_device.count > 0 || options->batch != NULL ||
                            options->question.count > 0 || options->calibrate.count > 0;
    if (!fitted && (options->asked_device.count > 0 || options->batch != NULL ||
                    options->question.count > 0 || options->calibrate.count > 0)) {
        gv_cli_say(options->verb, "the simple model knows neither devices nor workloads; leave out "
                                  "--model simple");
        return GV_EXIT_USAGE;
    }
    bool simple = options->model != NULL || options->op != NULL || !isnan(options->size) ||
                  !isnan(options->gpu_cores) || !isnan(options->cpu_factor) ||
                  !isnan(options->bandwidth) || !isnan(options->transfer_ms);
    if (!fitted && !simple) {
        gv_cli_say(options->verb,
                   "what shall be estimated? --workload W --device NAME, such as --workload "
                   "matmul:m=4096,n=4096,k=4096 --device \"RTX 3070\"");
        return GV_EXIT_USAGE;
    }
    if (!fitted) {
        return gv_cli_estimate_simple(options);
    }
    const char *fault = usage_fault(options);
    if (fault != NULL) {
        gv_cli_say(options->verb, "%s", fault);
        return GV_EXIT_USAGE;
    }
    sources s = {0};
    gv_error err = {0};
    int code;
    if (open_sources(options, &s, &err) != GV_OK) {
        code = gv_cli_fail(options->verb, &err);
    } else if (options->batch != NULL) {
        code = answer_batch(options, &s);
    } else {
        code = answer_questions(options, &s);
        /* The original's words: both models, side by side. */
        if (code == GV_EXIT_DONE && !options->json && options->op != NULL &&
            !isnan(options->gpu_cores)) {
            puts("\nThe original's model, for comparison\n");
            code = gv_cli_estimate_simple(options);
        }
    }
    close_sources(&s);
    return code;
}
