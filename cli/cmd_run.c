/* SPDX-License-Identifier: Apache-2.0 */
/* `gpuverdict run`: measure devices against the host, into a journal. */
#include "bench/interrupt.h"
#include "bench/runner.h"
#include "cli/catalogue_file.h"
#include "cli/command.h"
#include "cli/progress.h"
#include "cli/shapes.h"
#include "reports/summary.h"
#include "reports/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Any number will do, as long as it is recorded and the next run can have the same. */
static const uint64_t default_seed = 20240229;

typedef struct plan {
    const gv_suite *suite;
    const char *const *workloads;
    size_t workload_count;
    size_t devices;      /* selected */
    const char **chosen; /* owned: those of the suite that calibrate; else NULL */
} plan;

static plan plan_of(const gv_cli_options *options)
{
    plan p = {.suite = gv_suite_find(options->suite != NULL ? options->suite : "quick")};
    p.workloads = p.suite->workloads;
    p.workload_count = p.suite->count;
    if (options->workload.count > 0) {
        p.workloads = options->workload.items;
        p.workload_count = options->workload.count;
    }
    return p;
}

static void print_list(const plan *p)
{
    char duration[GV_CLI_DURATION];
    if (p->suite->ceilings) {
        for (int kind = 0; kind < GV_CEILING_KIND_COUNT; kind++) {
            printf("%s: %s\n", gv_ceiling_label((gv_ceiling_kind)kind),
                   gv_ceiling_meaning((gv_ceiling_kind)kind));
        }
        printf("on %zu device%s: about %s\n", p->devices, p->devices == 1 ? "" : "s",
               gv_cli_duration(gv_run_seconds(p->suite, NULL, 0, p->devices), duration));
        return;
    }
    for (size_t i = 0; i < p->workload_count; i++) {
        puts(p->workloads[i]);
    }
    double seconds = gv_run_seconds(p->suite, p->workloads, p->workload_count, p->devices);
    printf("%zu workload%s on %zu device%s and the host, %u process%s each: about %s\n",
           p->workload_count, p->workload_count == 1 ? "" : "s", p->devices,
           p->devices == 1 ? "" : "s", (unsigned)p->suite->processes,
           p->suite->processes == 1 ? "" : "es", gv_cli_duration(seconds, duration));
}

static size_t count_selected(const gv_inventory *inventory, const gv_selection *selection)
{
    size_t count = 0;
    for (size_t i = 0; i < inventory->device_count && !selection->host_only; i++) {
        count += selection->device[i];
    }
    return count;
}

#ifdef GV_HAVE_JANSSON
static const bool can_write_a_journal = true;
#else
static const bool can_write_a_journal = false;
#endif

/* "gpuverdict-<host>-20261124T234500Z.jsonl"; what a file name should not hold becomes '-'. */
static void default_journal(const gv_inventory *inventory, char *path, size_t size)
{
    char host[64];
    const gv_fact *name = &inventory->host.fact[GV_HOST_NAME];
    gv__copy_text(host, sizeof host, name->error == 0 ? name->text : "host");
    const char *kept = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";
    for (char *c = host; *c != 0; c++) {
        *c = strchr(kept, *c) != NULL ? *c : '-';
    }
    char when[32];
    time_t now = time(NULL);
    struct tm utc;
    strftime(when, sizeof when, "%Y%m%dT%H%M%SZ", gmtime_r(&now, &utc));
    snprintf(path, size, "gpuverdict-%s-%s.jsonl", host, when);
}

/* Beginning with what stands in the way of each driver: often it is a small thing. */
static void say_how_to_get_a_device(const gv_cli_options *options, const gv_inventory *inventory)
{
    const char *problem = inventory->loader_problem;
    for (size_t i = 0; i < inventory->platform_count; i++) {
        const gv_platform *platform = &inventory->platforms[i];
        if (platform->devices == 0 && !platform->failed && platform->problem[0] != 0) {
            gv_cli_say(options->verb, "%s: %s",
                       platform->name[0] != 0 ? platform->name : platform->driver,
                       platform->problem);
        }
    }
    gv_cli_say(options->verb,
               "no usable OpenCL device%s%s; apt-get install pocl-opencl-icd makes the processor "
               "one, and `gpuverdict devices` shows what each driver says",
               problem[0] != 0 ? ": " : "", problem);
}

/* The answer for scripts; no device wins over what is incomplete. */
static int exit_code(const gv_cli_options *options, const gv_inventory *inventory,
                     const gv_selection *selection, const gv_run_summary *summary)
{
    if (summary->interrupted) {
        return GV_EXIT_INTERRUPTED;
    }
    if (!selection->host_only && summary->usable_devices == 0) {
        say_how_to_get_a_device(options, inventory);
        return GV_EXIT_NO_DEVICE;
    }
    if (summary->budget_spent) {
        gv_cli_say(options->verb, "the time budget is spent: --resume measures the rest");
    }
    bool complete = summary->without_time == 0 && summary->host_without_time == 0;
    return complete && !summary->budget_spent ? GV_EXIT_DONE : GV_EXIT_INCOMPLETE;
}

static gv_status print_ceilings(const gv_cli_options *options, const gv_journal *journal,
                                const char *run, gv_error *err)
{
    gv_catalogue *catalogue = gv_cli_catalogue_if_sound(options->verb);
    gv_status status = gv_report_print_ceilings(journal, run, catalogue, stdout, err);
    gv_catalogue_free(catalogue);
    return status;
}

static int measure(const gv_cli_options *options, const plan *p, const gv_inventory *inventory,
                   const gv_selection *selection, double started_s)
{
    char path[160];
    gv_cli_progress progress;
    gv_cli_progress_init(&progress, stderr, "run");
    gv_run_options run = {
        .struct_size = sizeof run,
        .suite = p->suite,
        .workloads = p->workloads,
        .workload_count = p->workload_count,
        .output = options->journal,
        .command = options->command_line,
        .version = GPUVERDICT_VERSION,
        .time_budget_s = INFINITY,
        .resume = options->resume,
        .untuned = options->no_tune,
        .seed = default_seed,
        .progress = {gv_cli_progress_plan, gv_cli_progress_step, gv_cli_progress_doing,
                     gv_cli_progress_notice, &progress},
    };
    if (!isnan(options->time_budget)) {
        run.time_budget_s = options->time_budget - (gv__now_s() - started_s);
    }
    if (run.output == NULL && can_write_a_journal) {
        default_journal(inventory, path, sizeof path);
        run.output = path;
    } else if (run.output == NULL) {
        gv_cli_say(options->verb, "this build has no Jansson, so that no journal is written");
    }
    gv_journal journal = {0};
    gv_run_summary summary = {0};
    gv_error err = {0};
    gv_status status = gv_run(inventory, selection, &run, &journal, &summary, &err);
    gv_cli_progress_end(&progress);
    int code = GV_EXIT_FAILED;
    if (status != GV_OK && status != GV_INTERRUPTED) {
        code = gv_cli_fail(options->verb, &err);
        goto cleanup;
    }
    if (status == GV_INTERRUPTED) {
        gv_cli_say(options->verb, "%s", err.text);
    }
    /* What a resumed run skipped may stand in an earlier one. */
    const char *run_shown = options->resume ? NULL : summary.run;
    if (p->suite->ceilings && print_ceilings(options, &journal, summary.run, &err) != GV_OK) {
        code = gv_cli_fail(options->verb, &err);
        goto cleanup;
    }
    if (journal.measurement_count > 0 &&
        gv_report_print_summary(&journal, run_shown, stdout, &err) != GV_OK) {
        code = gv_cli_fail(options->verb, &err);
        goto cleanup;
    }
    code = exit_code(options, inventory, selection, &summary);
    if (run.output != NULL) {
        gv_cli_say(options->verb,
                   "journal: %s; `gpuverdict report %s -o report.xlsx` makes a workbook of it",
                   run.output, run.output);
    }
cleanup:
    gv_journal_free(&journal);
    return code;
}

/* Which of the suite's workloads tell most; needs no device. */
static gv_status choose_shapes(const gv_cli_options *options, plan *p, gv_error *err)
{
    if (!p->suite->calibrates || options->workload.count > 0) {
        return GV_OK;
    }
    size_t want = isnan(options->shapes) ? 20 : (size_t)options->shapes;
    gv_status status = gv_cli_choose_shapes(p->suite, want, &p->chosen, &p->workload_count, err);
    if (status == GV_OK) {
        p->workloads = p->chosen;
    }
    return status;
}

static bool asks_amiss_for_shapes(const gv_cli_options *options, const plan *p)
{
    bool amiss = !isnan(options->shapes) && (!p->suite->calibrates || options->workload.count > 0);
    if (amiss) {
        gv_cli_say(options->verb,
                   "--shapes: only --suite calibrate chooses, from its own workloads");
    }
    return amiss;
}

/* Estimates have their own command; better said before any driver is loaded. */
static bool asks_for_estimate(const gv_cli_options *options, const plan *p)
{
    for (size_t i = 0; i < p->workload_count; i++) {
        if (strncmp(p->workloads[i], "custom:", strlen("custom:")) == 0) {
            gv_cli_say(options->verb,
                       "--workload: %s is an estimate and is never run: ask gpuverdict estimate",
                       p->workloads[i]);
            return true;
        }
    }
    return false;
}

/* Ceilings belong to a device and are measured in one go: what else was asked for is a mistake. */
static bool asks_amiss_for_ceilings(const gv_cli_options *options, const plan *p)
{
    const char *amiss = options->workload.count > 0 ? "--workload: the suite ceilings takes none"
                        : options->resume           ? "--resume: the suite ceilings takes seconds "
                                                      "and is measured anew"
                                                    : NULL;
    if (p->suite->ceilings && amiss != NULL) {
        gv_cli_say(options->verb, "%s", amiss);
    }
    return p->suite->ceilings && amiss != NULL;
}

int gv_cmd_run(const gv_cli_options *options)
{
    const double started_s = gv__now_s();
    gv_inventory inventory;
    gv_selection selection;
    gv_error err = {0};
    plan p = plan_of(options);
    if (asks_for_estimate(options, &p) || asks_amiss_for_ceilings(options, &p) ||
        asks_amiss_for_shapes(options, &p)) {
        return GV_EXIT_USAGE;
    }
    if (options->resume && options->journal == NULL) {
        gv_cli_say(options->verb, "--resume: name the journal that it continues by -o FILE");
        return GV_EXIT_USAGE;
    }
    if (options->no_cache) {
        setenv("GPUVERDICT_NO_CACHE", "1", 1); /* workers inherit it */
    }
    if (!isnan(options->device_memory)) {
        char bytes[32];
        snprintf(bytes, sizeof bytes, "%.0f", ceil(options->device_memory));
        setenv("GPUVERDICT_DEVICE_MEMORY", bytes, 1);
    }
    if (choose_shapes(options, &p, &err) != GV_OK) {
        return gv_cli_fail(options->verb, &err);
    }
    gv__interrupt_catch();
    if (gv_inventory_collect(&inventory, &err) != GV_OK) {
        free(p.chosen);
        return gv_cli_fail(options->verb, &err);
    }
    gv_status status = gv_selection_resolve(&inventory, options->device.items,
                                            options->device.count, &selection, &err);
    int code;
    if (status != GV_OK) {
        code = gv_cli_fail(options->verb, &err);
        /* A selector that fits none of the devices there are is a mistake of the command line. */
        code = status == GV_NO_DEVICE && inventory.device_count > 0 ? GV_EXIT_USAGE : code;
        goto cleanup;
    }
    p.devices = count_selected(&inventory, &selection);
    if (p.suite->ceilings && selection.host_only) {
        gv_cli_say(options->verb, "--device: ceilings are those of devices, and none is selected");
        code = GV_EXIT_USAGE;
        gv_selection_free(&selection);
        goto cleanup;
    }
    if (options->list) {
        print_list(&p);
        code = GV_EXIT_DONE;
    } else {
        code = measure(options, &p, &inventory, &selection, started_s);
    }
    gv_selection_free(&selection);
cleanup:
    gv_inventory_free(&inventory);
    free(p.chosen);
    return code;
}
