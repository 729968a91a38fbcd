/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/tune.h"

#include "bench/tuning_file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct work {
    const gv_inventory *inventory;
    const gv_tune_options *options;
    gv_tune_result *result;
    double started_s;
    uint32_t steps, done;
    bool any_time; /* a budget was given */
} work;

static void notice(const work *w, const char *text)
{
    if (w->options->progress.notice != NULL) {
        w->options->progress.notice(w->options->progress.context, text);
    }
}

/* What is left of the budget for each search that is left. */
static double share_s(const work *w)
{
    const double left_s = w->options->time_budget_s - (gv__now_s() - w->started_s);
    return w->any_time ? left_s / (double)(w->steps - w->done) : GV_TUNE_S;
}

static void say_step(const work *w, const gv_device *device, const char *workload)
{
    const gv_run_progress *progress = &w->options->progress;
    char text[512];
    if (progress->step != NULL) {
        snprintf(text, sizeof text, "%s on %s", workload, gv_device_text(device, GV_DEVICE_NAME));
        progress->step(progress->context, text, w->done, w->steps,
                       fmax(0, share_s(w) * (w->steps - w->done)));
    }
}

static void say_outcome(const work *w, const gv__search *search)
{
    char text[768];
    if (search->found.set_count == 0) {
        snprintf(text, sizeof text, "%s: nobody serves it there%s%s", search->workload,
                 search->last_fault[0] != 0 ? "; " : "", search->last_fault);
        notice(w, text);
    } else if (search->wrong + search->failed > 0) {
        snprintf(text, sizeof text,
                 "%s: of %u candidates %u computed something wrong and %u failed; the last: %s",
                 search->workload, (unsigned)search->tried, (unsigned)search->wrong,
                 (unsigned)search->failed, search->last_fault);
        notice(w, text);
    }
}

static gv_status keep_row(work *w, const gv__party *party, const gv__search *search, gv_error *err)
{
    gv_tune_result *result = w->result;
    gv_tune_row *roomy = realloc(result->rows, (result->count + 1) * sizeof *roomy);
    if (roomy == NULL) {
        return gv__fail(err, GV_MEMORY, 0, "realloc", "no room for what was tuned");
    }
    result->rows = roomy;
    roomy[result->count++] = (gv_tune_row){.device = party->device, .search = *search};
    return GV_OK;
}

static gv_status save(const work *w, const gv__party *party, const gv__tuned_class *found,
                      gv_error *err)
{
    const gv__tuned_for who = gv__tuned_for_device(party->device, party->opened.kernels);
    gv__tuning one = {.devices = NULL};
    gv_status status = gv__tuning_add(&one, &who, found, err);
    if (status == GV_OK) {
        status = gv__tuning_save(w->result->path, &one, err);
    }
    gv__tuning_free(&one);
    return status;
}

static gv_status tune_workload(work *w, gv__party *party, const char *workload, gv_error *err)
{
    gv__search search = {.workload = workload, .seed = w->options->seed, .seconds = share_s(w)};
    say_step(w, party->device, workload);
    gv_status status = gv__tuner_search(party, &search, err);
    if (status == GV_OK) {
        say_outcome(w, &search);
    }
    if (status == GV_OK && search.found.set_count > 0) {
        status = keep_row(w, party, &search, err);
        if (status == GV_OK) {
            status = save(w, party, &search.found, err);
        }
    }
    return status;
}

/* All workloads on one device; one that cannot be opened is said, and passed by. */
static gv_status tune_device(work *w, gv__party *party, gv_error *err)
{
    gv_error found = {0};
    gv_status status = gv__party_open(party, &found);
    w->result->usable_devices += status == GV_OK;
    for (size_t i = 0; i < w->options->workload_count && status == GV_OK; i++) {
        if (w->any_time && share_s(w) <= 0) {
            w->result->budget_spent = true;
            break;
        }
        status = tune_workload(w, party, w->options->workloads[i], &found);
        w->done++;
    }
    switch (status) {
    case GV_OK:
        return GV_OK;
    case GV_INTERRUPTED:
        return gv__fail(err, status, 0, NULL, "interrupted: what was finished is in %s",
                        w->result->path);
    case GV_NO_DEVICE:
    case GV_OPENCL:
    case GV_CRASHED:
    case GV_HUNG:
        notice(w, found.text);
        return GV_OK;
    default:
        return gv__fail(err, status, found.code, found.call, "%s", found.text);
    }
}

/* A file that cannot be is said before any work. */
static gv_status look_at_file(gv_tune_result *result, const gv_tune_options *options, gv_error *err)
{
    gv__tuning there = {.devices = NULL};
    if (options->output != NULL) {
        gv__copy_text(result->path, sizeof result->path, options->output);
    } else {
        gv__tuning_path(result->path);
    }
    if (result->path[0] == 0) {
        return gv__fail(err, GV_ARGUMENT, 0, NULL,
                        "neither XDG_CONFIG_HOME nor HOME names a place for the tuning file: give "
                        "one by -o FILE");
    }
    gv_status status = gv__tuning_load(result->path, &there, err);
    gv__tuning_free(&there);
    there = (gv__tuning){.devices = NULL};
    return status == GV_OK ? gv__tuning_save(result->path, &there, err) : status;
}

gv_status gv_tune(const gv_inventory *inventory, const gv_selection *selection,
                  const gv_tune_options *options, gv_tune_result *out, gv_error *err)
{
    work w = {.inventory = inventory,
              .options = options,
              .result = out,
              .started_s = gv__now_s(),
              .any_time = isfinite(options->time_budget_s)};
    for (size_t i = 0; i < inventory->device_count; i++) {
        w.steps +=
            !selection->host_only && selection->device[i] ? (uint32_t)options->workload_count : 0;
    }
    gv_status status = look_at_file(out, options, err);
    if (status == GV_OK && options->progress.plan != NULL) {
        options->progress.plan(options->progress.context, w.steps, share_s(&w) * w.steps);
    }
    uint32_t before = 0;
    for (size_t i = 0; i < inventory->device_count && w.steps > 0 && status == GV_OK; i++) {
        if (selection->device[i]) {
            gv__party party;
            gv__party_init(&party, inventory, &inventory->devices[i]);
            party.on_step = options->progress.doing;
            party.step_context = options->progress.context;
            status = tune_device(&w, &party, err);
            gv__party_free(&party);
            before += (uint32_t)options->workload_count;
            w.done = before;
        }
    }
    return status;
}

void gv_tune_result_free(gv_tune_result *result)
{
    free(result->rows);
    *result = (gv_tune_result){.rows = NULL};
}
