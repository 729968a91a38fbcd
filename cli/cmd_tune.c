/* SPDX-License-Identifier: Apache-2.0 */
/* `gpuverdict tune`: find the fastest kernels for each device and keep them. */
#include "bench/interrupt.h"
#include "bench/tune.h"
#include "bench/tuning_file.h"
#include "cli/command.h"
#include "cli/progress.h"
#include "reports/text.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <sys/stat.h>

/* As `run` has it: the operands of a search are those that are measured later. */
static const uint64_t seed = 20240229;

static bool is_same_file(const char *a, const char *b)
{
    struct stat x, y;
    return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

static void print_time(gv_text_table *table, double seconds)
{
    if (isnan(seconds)) {
        gv_text_table_cell(table, "—");
    } else {
        gv_text_table_printf(table, "%.4g ms", seconds * 1e3);
    }
}

static void print_row(gv_text_table *table, const gv__search *search)
{
    const gv__tuned_class *found = &search->found;
    gv_text_table_cell(table, search->workload);
    gv_text_table_printf(table, "%u/%u", (unsigned)search->tried, (unsigned)search->candidates);
    print_time(table, found->default_s);
    print_time(table, found->best_s);
    if (isnan(found->default_s)) {
        gv_text_table_cell(table, "—");
    } else {
        gv_text_table_printf(table, "%.2f×", found->default_s / found->best_s);
    }
    gv_text_table_printf(table, "%s%s%s", search->best.provider,
                         search->best.parameters[0] != 0 ? " " : "", search->best.parameters);
}

/* One device's rows, from `first` on. Returns the first row of the next device. */
static size_t print_device(const gv_tune_result *result, size_t first)
{
    gv_text_table table = {0};
    gv_text_table_column(&table, "Workload", GV_TEXT_LEFT);
    gv_text_table_column(&table, "Tried", GV_TEXT_RIGHT);
    gv_text_table_column(&table, "Default", GV_TEXT_RIGHT);
    gv_text_table_column(&table, "Tuned", GV_TEXT_RIGHT);
    gv_text_table_column(&table, "Gain", GV_TEXT_RIGHT);
    gv_text_table_column(&table, "By", GV_TEXT_LEFT);
    gv_text_table_minor(&table);
    const gv_device *device = result->rows[first].device;
    double logarithms = 0;
    size_t count = 0, cut = 0, i = first;
    for (; i < result->count && result->rows[i].device == device; i++) {
        const gv__tuned_class *found = &result->rows[i].search.found;
        print_row(&table, &result->rows[i].search);
        cut += result->rows[i].search.cut_short;
        if (!isnan(found->default_s)) {
            logarithms += log(found->default_s / found->best_s);
            count++;
        }
    }
    printf("%s (%s)\n", gv_device_text(device, GV_DEVICE_NAME),
           gv_device_text(device, GV_DEVICE_PLATFORM));
    /* A failed write is seen when standard output is closed. */
    gv_text_table_print(&table, stdout, 2, NULL);
    gv_text_table_free(&table);
    if (count > 0) {
        printf(
            "  Geometric mean of the gains: %.2f×. Times are the fastest of a few calls, without "
            "transfers.\n",
            exp(logarithms / (double)count));
    }
    if (cut > 0) {
        printf("  In %zu of %zu workload%s the time ended before all promising sets were tried; "
               "--time-budget gives more.\n",
               cut, i - first, i - first == 1 ? "" : "s");
    }
    putchar('\n');
    return i;
}

static int exit_code(const gv_cli_options *options, const gv_inventory *inventory,
                     const gv_tune_result *result)
{
    if (result->usable_devices == 0) {
        gv_cli_say(options->verb,
                   "no usable OpenCL device%s%s; `gpuverdict devices` shows what each "
                   "driver says",
                   inventory->loader_problem[0] != 0 ? ": " : "", inventory->loader_problem);
        return GV_EXIT_NO_DEVICE;
    }
    if (result->budget_spent) {
        gv_cli_say(options->verb, "the time budget is spent: not every workload was searched");
    }
    return result->budget_spent ? GV_EXIT_INCOMPLETE : GV_EXIT_DONE;
}

/* `run` reads the usual file alone. */
static void say_file(const gv_cli_options *options, const char *path)
{
    char usual[GV__TUNING_PATH], absolute[PATH_MAX];
    gv__tuning_path(usual);
    if (is_same_file(path, usual)) {
        gv_cli_say(options->verb, "tuning file: %s; `gpuverdict run` uses it", path);
        return;
    }
    gv_cli_say(options->verb,
               "tuning file: %s; `gpuverdict run` uses it after: export GPUVERDICT_TUNING='%s'",
               path, realpath(path, absolute) != NULL ? absolute : path);
}

static int tune(const gv_cli_options *options, const gv_inventory *inventory,
                const gv_selection *selection, double started_s)
{
    const gv_suite *suite = gv_suite_find(options->suite != NULL ? options->suite : "standard");
    gv_cli_progress progress;
    gv_cli_progress_init(&progress, stderr, "tune");
    gv_tune_options tune = {
        .struct_size = sizeof tune,
        .workloads = suite->workloads,
        .workload_count = suite->count,
        .output = options->tuning,
        .time_budget_s = INFINITY,
        .seed = seed,
        .progress = {gv_cli_progress_plan, gv_cli_progress_step, gv_cli_progress_doing,
                     gv_cli_progress_notice, &progress},
    };
    if (options->workload.count > 0) {
        tune.workloads = options->workload.items;
        tune.workload_count = options->workload.count;
    }
    if (!isnan(options->time_budget)) {
        tune.time_budget_s = options->time_budget - (gv__now_s() - started_s);
    }
    gv_tune_result result = {.rows = NULL};
    gv_error err = {0};
    gv_status status = gv_tune(inventory, selection, &tune, &result, &err);
    gv_cli_progress_end(&progress);
    for (size_t i = 0; i < result.count;) {
        i = print_device(&result, i);
    }
    int code =
        status == GV_OK ? exit_code(options, inventory, &result) : gv_cli_fail(options->verb, &err);
    if (result.count > 0 && status == GV_OK) {
        say_file(options, result.path);
    }
    gv_tune_result_free(&result);
    return code;
}

int gv_cmd_tune(const gv_cli_options *options)
{
    const double started_s = gv__now_s();
    gv_inventory inventory;
    gv_selection selection;
    gv_error err = {0};
    if (options->suite != NULL && gv_suite_find(options->suite)->count == 0) {
        gv_cli_say(options->verb, "--suite: %s holds no workload to tune for", options->suite);
        return GV_EXIT_USAGE;
    }
    gv__interrupt_catch();
    if (gv_inventory_collect(&inventory, &err) != GV_OK) {
        return gv_cli_fail(options->verb, &err);
    }
    gv_status status = gv_selection_resolve(&inventory, options->device.items,
                                            options->device.count, &selection, &err);
    int code;
    if (status != GV_OK) {
        code = gv_cli_fail(options->verb, &err);
        /* A selector that fits none of the devices there are is a mistake of the command line. */
        code = status == GV_NO_DEVICE && inventory.device_count > 0 ? GV_EXIT_USAGE : code;
    } else {
        code = tune(options, &inventory, &selection, started_s);
        gv_selection_free(&selection);
    }
    gv_inventory_free(&inventory);
    return code;
}
