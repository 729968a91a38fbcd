/* SPDX-License-Identifier: Apache-2.0 */
/* `gpuverdict report`: journals into a workbook, CSV tables, JSON. */
#include "bench/interrupt.h"
#include "cli/catalogue_file.h"
#include "cli/command.h"
#include "cli/words.h"
#include "reports/csv.h"
#include "reports/estimates.h"
#include "reports/json.h"
#include "reports/xlsx.h"

#include <errno.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

/* What was asked for, reserved before the journals are read: a million records take a while, and
 * then a folder that cannot be written would be a poor answer. */
typedef struct outputs {
    gv_output xlsx, json;
    gv_csv_folder *csv;
} outputs;

static bool is_stdout(const char *path)
{
    return path != NULL && strcmp(path, "-") == 0;
}

/* Whether a workbook's name says that it is something else: spreadsheets go by that. */
static bool has_other_ending(const char *path)
{
    const char *name = strrchr(path, '/');
    const char *ending = strrchr(name != NULL ? name : path, '.');
    return ending != NULL && ending[1] != 0 && strcasecmp(ending, ".xlsx") != 0;
}

/* A usage error in a clause; NULL where there is none. */
static const char *usage_fault(const gv_cli_options *options)
{
    if (options->xlsx == NULL && options->csv == NULL && options->json_file == NULL) {
        return "nothing to write; ask for -o FILE.xlsx, --csv DIR or --json FILE";
    }
    if (options->operands.count == 0 && options->estimated_device.count > 0) {
        return "no journal to rank the devices in; name one that `gpuverdict run` wrote (of the "
               "host "
               "alone is enough: run --device host), or ask `gpuverdict estimate`, which needs "
               "none";
    }
    if (options->operands.count == 0) {
        return "no journal; name the files that `gpuverdict run` wrote (- is standard input)";
    }
    if (options->xlsx != NULL && options->json_file != NULL &&
        strcmp(options->xlsx, options->json_file) == 0) {
        return "-o and --json name the same file";
    }
    if (options->xlsx != NULL && has_other_ending(options->xlsx)) {
        return "-o writes a workbook: name it FILE.xlsx (--csv DIR and --json FILE write the rest)";
    }
    if (is_stdout(options->xlsx) && isatty(STDOUT_FILENO)) {
        return "a workbook is not for a terminal; -o FILE.xlsx, or redirect standard output";
    }
    return NULL;
}

/* The journal that an output would replace; NULL where there is none. A workbook is no place for
 * the only copy of what was measured. */
static const char *replaced_journal(const gv_cli_options *options)
{
    const char *const replaced[] = {options->xlsx, options->json_file};
    for (size_t o = 0; o < GV__COUNT(replaced); o++) {
        struct stat output, journal;
        if (replaced[o] == NULL || is_stdout(replaced[o]) || stat(replaced[o], &output) != 0 ||
            !S_ISREG(output.st_mode)) {
            continue;
        }
        for (size_t i = 0; i < options->operands.count; i++) {
            if (stat(options->operands.items[i], &journal) == 0 &&
                journal.st_dev == output.st_dev && journal.st_ino == output.st_ino) {
                return replaced[o];
            }
        }
    }
    return NULL;
}

static gv_status reserve(const gv_cli_options *options, outputs *out, gv_error *err)
{
    gv_status status = GV_OK;
    if (options->xlsx != NULL) {
        status = gv_xlsx_reserve(options->xlsx, &out->xlsx, err);
    }
    if (status == GV_OK && options->json_file != NULL) {
        status = gv_output_reserve(options->json_file, &out->json, err);
    }
    if (status == GV_OK && options->csv != NULL) {
        status = gv_csv_reserve(options->csv, &out->csv, err);
    }
    return status;
}

static void release(outputs *out)
{
    gv_output_release(&out->xlsx);
    gv_output_release(&out->json);
    gv_csv_release(out->csv);
}

static gv_status stop_if_interrupted(gv_error *err)
{
    return gv__interrupted()
               ? gv__fail(err, GV_INTERRUPTED, 0, NULL, "interrupted; no further file was written")
               : GV_OK;
}

/* `foreign`: files that are no journals, which `report *.jsonl` may well meet. Each is named and
 * passed over as long as others are journals. */
static gv_status load(const gv_cli_options *options, gv_journal *journal, size_t *foreign,
                      gv_error *err)
{
    gv_status status = GV_OK;
    *foreign = 0;
    for (size_t i = 0; i < options->operands.count && status == GV_OK; i++) {
        gv_error why = {0};
        status = gv_journal_load(options->operands.items[i], journal, &why);
        if (status == GV_FORMAT && ++*foreign < options->operands.count) {
            gv_cli_say(options->verb, "%s", why.text);
            status = GV_OK;
        } else if (status != GV_OK) {
            *err = why;
        }
        status = status == GV_OK ? stop_if_interrupted(err) : status;
    }
    enum { SHOWN = 5 };
    for (size_t i = 0; i < journal->warning_count && i < SHOWN; i++) {
        gv_cli_say(options->verb, "%s", journal->warnings[i]);
    }
    if (journal->warning_count > SHOWN) {
        gv_cli_say(options->verb, "%zu more warnings; the table Method lists them",
                   journal->warning_count - SHOWN);
    }
    return status;
}

/* Said on standard error where standard output holds a file. */
static void say_written(const gv_cli_options *options, const gv_dataset *d, const char *path)
{
    if (path != NULL && !is_stdout(path)) {
        bool taken = is_stdout(options->xlsx) || is_stdout(options->json_file);
        fprintf(taken ? stderr : stdout, "%s: %u device%s, %u workload%s, %zu measurement%s\n",
                path, (unsigned)d->device_count, d->device_count == 1 ? "" : "s",
                (unsigned)d->workload_count, d->workload_count == 1 ? "" : "s",
                d->journal->measurement_count, d->journal->measurement_count == 1 ? "" : "s");
    }
}

static gv_status write_all(const gv_cli_options *options, outputs *out, const gv_dataset *dataset,
                           gv_error *err)
{
    gv_status status = GV_OK;
    if (options->csv != NULL) {
        status = gv_csv_write(out->csv, dataset, err);
        status = status == GV_OK ? stop_if_interrupted(err) : status;
    }
    if (options->json_file != NULL && status == GV_OK) {
        status = gv_json_write(&out->json, dataset, err);
        status = status == GV_OK ? stop_if_interrupted(err) : status;
    }
    if (options->xlsx != NULL && status == GV_OK) {
        status = gv_xlsx_write(&out->xlsx, dataset, err);
    }
    return status;
}

/* Devices that are not here, ranked beside those that the journals measured. */
typedef struct estimates {
    gv_catalogue *catalogue;
    gv_forecast *forecast;
    gv_estimates made;
} estimates;

static gv_status estimate(const gv_cli_options *options, gv_dataset *dataset, estimates *out,
                          gv_error *err)
{
    const gv_cli_list *names = &options->estimated_device;
    /* Unless somebody says which, relatives of what was measured run what that ran. */
    gv_forecast_options forecast = {.software = gv_cli_software_of(options->software),
                                    .cpu_factor = 1,
                                    .like_measured = options->software == NULL};
    if (names->count == 0) { /* ceilings alone are held against it */
        out->catalogue =
            dataset->ceiling_count > 0 ? gv_cli_catalogue_if_sound(options->verb) : NULL;
        dataset->catalogue = out->catalogue;
        return GV_OK;
    }
    gv_status status = gv_cli_catalogue_load(&out->catalogue, err);
    dataset->catalogue = out->catalogue;
    if (status == GV_OK) {
        status = gv_forecast_create(out->catalogue, dataset, &forecast, &out->forecast, err);
    }
    if (status == GV_OK) {
        status =
            gv_estimates_add(out->forecast, dataset, names->items, names->count, &out->made, err);
    }
    return status;
}

static void free_estimates(estimates *e)
{
    gv_estimates_free(&e->made);
    gv_forecast_free(e->forecast);
    gv_catalogue_free(e->catalogue);
}

int gv_cmd_report(const gv_cli_options *options)
{
    const char *replaced = replaced_journal(options);
    if (replaced != NULL) {
        gv_cli_say(options->verb,
                   "%s is one of the journals, and would be replaced: name another "
                   "file for the report",
                   replaced);
        return GV_EXIT_USAGE;
    }
    const char *fault = usage_fault(options);
    if (fault != NULL) {
        gv_cli_say(options->verb, "%s", fault);
        return GV_EXIT_USAGE;
    }
    gv__interrupt_catch();
    outputs out = {0};
    gv_journal journal = {0};
    gv_dataset dataset = {0};
    estimates devices = {0};
    size_t foreign = 0;
    gv_error err = {0};
    gv_status status = reserve(options, &out, &err);
    if (status == GV_OK) {
        status = load(options, &journal, &foreign, &err);
    }
    if (status == GV_OK) {
        status = gv_dataset_build(&journal, NULL, &dataset, &err);
    }
    if (status == GV_OK) {
        status = estimate(options, &dataset, &devices, &err);
    }
    if (status == GV_OK) {
        status = write_all(options, &out, &dataset, &err);
    }
    if (status == GV_OK) {
        say_written(options, &dataset, options->xlsx);
        say_written(options, &dataset, options->csv);
        say_written(options, &dataset, options->json_file);
    }
    gv_dataset_free(&dataset);
    free_estimates(&devices);
    gv_journal_free(&journal);
    release(&out);
    if (status == GV_OK && foreign > 0) {
        gv_cli_say(options->verb, "%zu file%s passed over, being no journal%s", foreign,
                   foreign == 1 ? " was" : "s were", foreign == 1 ? "" : "s");
    }
    if (status == GV_OK) {
        return foreign > 0 ? GV_EXIT_FAILED : GV_EXIT_DONE;
    }
    if (status == GV_IO && err.code == EPIPE) {
        gv_cli_end_by_pipe();
    }
    return gv_cli_fail(options->verb, &err);
}
