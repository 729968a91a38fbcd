/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/runner.h"

#include "bench/noise.h"
#include "bench/roof_rule.h"
#include "bench/run_state.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Above this share of the processors' time, others disturb what is measured. */
static const double busy_share = 0.10;
static const double busy_look_s = 0.2;
/* From this share of noisy measurements on, the machine is called noisy. */
static const double noisy_share = 0.25;
/* Each worker keeps its operands in ordinary memory, again where the driver maps them, and once
 * more to check; a device on the host's silicon keeps its own copy there too. */
static const double copies_host = 2;
static const double copies_device = 4;
static const double usable_memory = 0.8;

/* ---- what a workload needs ---- */

/* What the workers of the host and so many devices need together, in bytes. */
static double needed_bytes(const gv_workload *workload, size_t devices)
{
    return (copies_host + copies_device * (double)devices) * gv_workload_bytes(workload);
}

static bool host_holds(const gv__run *run, double bytes)
{
    const gv_fact *memory = &run->inventory->host.fact[GV_HOST_MEMORY];
    return memory->error != 0 || bytes <= usable_memory * memory->number;
}

bool gv__run_fits_into_memory(const gv__run *run, const gv_workload *workload)
{
    return host_holds(run, needed_bytes(workload, run->measure.count - 1));
}

/* Which parties are measured; false where none needs this workload. */
static bool choose(gv__run *run, size_t workload, uint32_t process)
{
    bool any = false;
    for (size_t i = 0; i < run->measure.count; i++) {
        run->wanted[i] = gv__run_needs(run, i, workload, process);
        any = any || run->wanted[i];
    }
    return any;
}

/* Too large for this host is an answer; too large for so many workers at once is none: fewer can
 * measure it, and --resume asks again. The host is measured beside a device, where there is any. */
static void refuse(const gv__run *run, gv__party *party, const gv_workload *workload)
{
    const double memory_bytes = run->inventory->host.fact[GV_HOST_MEMORY].number;
    const double alone_bytes = needed_bytes(workload, run->measure.count > 1 ? 1 : 0);
    char text[384];
    gv__party_begin(party);
    if (!host_holds(run, alone_bytes)) {
        snprintf(text, sizeof text,
                 "%.3g GiB would be needed, and the host has %.3g GiB: take a smaller size",
                 alone_bytes / 0x1p30, memory_bytes / 0x1p30);
        gv__party_note(party, GV_INCIDENT_UNSUPPORTED, "", "", text);
    } else {
        snprintf(text, sizeof text,
                 "%.3g GiB would be needed for %zu workers, and the host has %.3g GiB: measure "
                 "fewer devices at once, or a smaller size",
                 needed_bytes(workload, run->measure.count - 1) / 0x1p30, run->measure.count,
                 memory_bytes / 0x1p30);
        gv__party_note(party, GV_INCIDENT_FAILURE, "", "planning the run", text);
    }
}

static void refuse_workload(gv__run *run, const gv_workload *workload)
{
    for (size_t i = 0; i < run->measure.count; i++) {
        refuse(run, &run->measure.parties[i], workload);
    }
}

/* ---- progress ---- */

/* What is left of the plan, at the pace so far. */
static double left_s(const gv__run *run)
{
    double pace = run->done_s > 0 ? (gv__now_s() - run->started_s) / run->done_s : 1;
    return fmax(0, run->planned_s - run->done_s) * pace;
}

static void say_step(const gv__run *run, const char *text)
{
    const gv_run_progress *progress = &run->options->progress;
    if (progress->step != NULL) {
        progress->step(progress->context, text, run->steps_done, run->steps, left_s(run));
    }
}

static void plan(gv__run *run)
{
    for (size_t w = 0; w < run->workload_count; w++) {
        if (!gv__run_fits_into_memory(run, &run->workloads[w].workload)) {
            run->workloads[w].planned_s = 0; /* it is refused at once */
        }
    }
    for (uint32_t process = 0; process < run->suite->processes; process++) {
        for (size_t w = 0; w < run->workload_count; w++) {
            if (choose(run, w, process)) {
                run->steps++;
                run->planned_s += run->workloads[w].planned_s;
            }
        }
    }
    const gv_run_progress *progress = &run->options->progress;
    if (progress->plan != NULL) {
        progress->plan(progress->context, run->steps, run->planned_s);
    }
}

/* ---- the course of a run ---- */

/* The time of one more workload is not there. */
static bool budget_is_spent(gv__run *run)
{
    run->budget_spent =
        run->budget_spent || run->measure.budget_spent || gv__now_s() >= run->measure.deadline_s;
    return run->budget_spent;
}

static gv_status interrupted(gv_error *err)
{
    return gv__fail(err, GV_INTERRUPTED, 0, NULL,
                    "interrupted: what was finished is in the journal");
}

static gv_status run_workload(gv__run *run, size_t workload, uint32_t process, gv_error *err)
{
    const gv__run_workload *work = &run->workloads[workload];
    say_step(run, work->text);
    gv__run_hand_out_tunables(run, workload);
    gv_status status = GV_OK;
    if (gv__run_fits_into_memory(run, &work->workload)) {
        status = gv__measure_workload(&run->measure, work->text, &work->workload, run->wanted, err);
    } else {
        refuse_workload(run, &work->workload);
    }
    if (status != GV_OK) {
        return status;
    }
    if (run->measure.roof_raised) {
        run->measure.roof_raised = false;
        status = gv__run_write_parties(run, err);
    }
    if (status == GV_OK) {
        status = gv__run_write_workload(run, workload, process, err);
    }
    run->steps_done++;
    run->done_s += work->planned_s;
    return status;
}

/* Parties that killed their worker in too many workloads in a row are left alone, and said so once.
 */
static gv_status write_lost(gv__run *run, bool *known, uint32_t process, gv_error *err)
{
    gv_status status = GV_OK;
    for (size_t i = 0; i < run->measure.count && status == GV_OK; i++) {
        const gv__party *party = &run->measure.parties[i];
        if (party->lost && !known[i]) {
            known[i] = true;
            status = gv__run_write_failure(
                run, party, process, "measuring",
                "its worker died in one workload after the other, so the rest was not tried", err);
        }
    }
    return status;
}

static gv_status run_process(gv__run *run, uint32_t process, bool *lost, gv_error *err)
{
    const uint32_t number = run->first_process + process;
    gv_status status = GV_OK;
    for (size_t w = 0; w < run->workload_count && status == GV_OK; w++) {
        if (!choose(run, w, process)) {
            continue;
        }
        if (gv__interrupted()) {
            return interrupted(err);
        }
        if (budget_is_spent(run)) {
            return GV_OK;
        }
        status = run_workload(run, w, number, err);
        if (status == GV_OK) {
            status = write_lost(run, lost, number, err);
        }
    }
    return status;
}

/* New processes for the next turn: each lands in a state of its own, fast or slow. */
static void stop_workers(gv__run *run)
{
    for (size_t i = 0; i < run->measure.count; i++) {
        gv__party_stop(&run->measure.parties[i]);
    }
}

static gv_status run_processes(gv__run *run, gv_error *err)
{
    bool *lost = calloc(run->measure.count, sizeof *lost);
    if (lost == NULL) {
        return gv__fail(err, GV_MEMORY, 0, "calloc", "no room for %zu parties", run->measure.count);
    }
    gv_status status = GV_OK;
    for (uint32_t process = 0; process < run->suite->processes && status == GV_OK; process++) {
        if (process > 0) {
            stop_workers(run);
        }
        status = run_process(run, process, lost, err);
    }
    free(lost);
    return status;
}

/* Only what ends the run comes back as a status. */
static gv_status probe(gv__run *run, gv__party *party, gv_precision precision, gv_error *err)
{
    gv_error found = {0};
    gv_status status = gv__party_probe(party, precision, GV__PROBE_S, &found);
    switch (status) {
    case GV_OK:
        return GV_OK;
    case GV_INTERRUPTED:
        return gv__fail(err, status, 0, NULL, "%s", found.text);
    case GV_UNSUPPORTED:
        return gv__run_write_roofless(run, party, precision, found.text, err);
    default:
        return gv__run_write_failure(run, party, run->first_process, "probing the roof", found.text,
                                     err);
    }
}

/* The roof of every precision that is about to be measured. */
static gv_status probe_all(gv__run *run, gv_error *err)
{
    bool needed[GV_PRECISION_COUNT] = {false};
    for (size_t w = 0; w < run->workload_count; w++) {
        needed[run->workloads[w].workload.precision] |= choose(run, w, 0);
    }
    gv_status status = GV_OK;
    for (size_t i = 0; i < run->measure.count; i++) {
        gv__party *party = &run->measure.parties[i];
        for (int p = 0; p < GV_PRECISION_COUNT && party->open && status == GV_OK; p++) {
            status = needed[p] ? probe(run, party, (gv_precision)p, err) : GV_OK;
        }
    }
    return status;
}

/* ---- beginning and end ---- */

static void say_if_busy(const gv__run *run)
{
    double share = gv__busy_share(busy_look_s);
    if (share > busy_share) {
        gv__run_notice(run,
                       "other programs keep %.0f %% of the processors busy: the times will be "
                       "noisy; stop them and run again for better ones",
                       share * 100);
    }
}

static void say_if_noisy(const gv__run *run)
{
    if (run->moved > 0) {
        gv__run_notice(run,
                       "%u of %u measurements were made while the processor's cores lay nearer or "
                       "farther apart than at the beginning: the host of this virtual machine "
                       "moves them, and times change with it (remark \"moved\")",
                       run->moved, run->measurements);
    }
    if (run->throttled > noisy_share * run->measurements) {
        gv__run_notice(run,
                       "%u of %u measurements got slower while they ran: the machine throttles or "
                       "is shared; check its cooling and power settings",
                       run->throttled, run->measurements);
    } else if (run->noisy > noisy_share * run->measurements) {
        gv__run_notice(run,
                       "%u of %u measurements are noisy (interval over 10 %% of the median): stop "
                       "other programs and run again for better ones",
                       run->noisy, run->measurements);
    }
}

static void sum_up(const gv__run *run, gv_run_summary *summary)
{
    gv_run_summary sum = {.budget_spent = run->budget_spent || run->measure.budget_spent};
    gv__copy_text(sum.run, sizeof sum.run, run->uuid);
    for (size_t i = 0; i < run->measure.count; i++) {
        const gv__party *party = &run->measure.parties[i];
        sum.usable_devices += party->device != NULL && party->ever_open;
        for (size_t w = 0; w < run->workload_count; w++) {
            gv__pair_state state = run->pair[i * run->workload_count + w];
            if (party->device == NULL) {
                sum.host_without_time += state == GV__PAIR_OPEN;
            } else {
                sum.measured += state == GV__PAIR_MEASURED;
                sum.unsupported += state == GV__PAIR_UNSUPPORTED;
                sum.without_time += state == GV__PAIR_OPEN;
            }
        }
    }
    *summary = sum;
}

static gv_status write_end(gv__run *run, gv_status how, gv_error *err)
{
    gv_end_record end = {.run = run->uuid,
                         .how = how == GV_INTERRUPTED                            ? "interrupted"
                                : how != GV_OK                                   ? "failed"
                                : run->budget_spent || run->measure.budget_spent ? "budget"
                                                                                 : "done",
                         .elapsed_s = gv__now_s() - run->started_s};
    gv_status status = gv__record_end(&run->recorder, &end, err);
    return status == GV_OK ? gv__record_flush(&run->recorder, err) : status;
}

/* The journal is opened first: an output that cannot be written is an error before any work. */
static gv_status open_journal(gv__run *run, gv_journal *journal, gv_error *err)
{
    const gv_run_options *options = run->options;
    run->recorder.journal = journal;
    if (options->output == NULL) {
        return GV_OK;
    }
    gv_status status = gv_journal_create(options->output, &run->recorder.writer, err);
    if (status == GV_OK && options->resume) {
        status = gv_journal_load(options->output, journal, err);
    }
    return status;
}

/* Devices that could not be opened are tried again with each workload, but this is said now. */
static gv_status write_unopened(gv__run *run, gv_error *err)
{
    gv_status status = GV_OK;
    for (size_t i = 0; i < run->measure.count && status == GV_OK; i++) {
        gv__party *party = &run->measure.parties[i];
        if (!party->open) {
            status = gv__run_write_failure(run, party, run->first_process, party->link.doing,
                                           party->open_problem, err);
        }
    }
    return status;
}

static gv_status start(gv__run *run, gv_error *err)
{
    say_step(run, "starting the workers");
    gv_status status = gv__run_open_all(run, err);
    if (status == GV_OK) {
        status = gv__run_identify(run, err);
    }
    if (status != GV_OK) {
        return status;
    }
    if (run->options->resume && run->resume.run == NULL) {
        gv__run_notice(run, "nothing in the journal was measured with these settings, libraries "
                            "and drivers: everything is measured");
    }
    status = gv__run_write_head(run, err);
    if (status == GV_OK && !run->host_only) {
        status = gv__run_write_drivers(run, err);
    }
    if (status == GV_OK) {
        status = write_unopened(run, err);
    }
    if (run->suite->ceilings) {
        return status;
    }
    if (status == GV_OK) {
        status = gv__run_tune(run, err);
    }
    plan(run);
    if (status != GV_OK || run->steps == 0) {
        return status; /* with nothing to measure, the run that is continued says it all */
    }
    say_step(run, "probing the roof");
    status = probe_all(run, err);
    return status == GV_OK ? gv__run_write_parties(run, err) : status;
}

gv_status gv_run(const gv_inventory *inventory, const gv_selection *selection,
                 const gv_run_options *options, gv_journal *journal, gv_run_summary *summary,
                 gv_error *err)
{
    gv__run run = {.inventory = inventory,
                   .options = options,
                   .suite = options->suite,
                   .started_s = gv__now_s()};
    gv_error found = {0};
    uint32_t without_ceilings = 0;
    gv_status status = gv__run_setup(&run, selection, &found);
    if (status == GV_OK) {
        status = gv__run_load_tuning(&run, &found);
    }
    if (status == GV_OK) {
        status = open_journal(&run, journal, &found);
    }
    if (status != GV_OK) {
        goto cleanup;
    }
    say_if_busy(&run);
    status = start(&run, &found);
    if (status == GV_OK && run.suite->ceilings) {
        status = gv__run_ceilings(&run, &without_ceilings, &found);
    } else if (status == GV_OK) {
        status = run_processes(&run, &found);
    }
    if (status == GV_OK || status == GV_INTERRUPTED) {
        say_if_noisy(&run);
        sum_up(&run, summary);
        summary->without_time += without_ceilings;
        summary->interrupted = status == GV_INTERRUPTED;
        if (run.uuid[0] != 0) {
            gv_status written = write_end(&run, status, &found);
            status = written != GV_OK ? written : status;
        }
    }
cleanup:
    gv__run_free(&run);
    gv_error closing = {0};
    gv_status closed = gv_journal_close(run.recorder.writer, &closing);
    if (status == GV_OK && closed != GV_OK) {
        found = closing;
        status = closed;
    }
    return status == GV_OK ? GV_OK
                           : gv__fail(err, status, found.code, found.call, "%s", found.text);
}
