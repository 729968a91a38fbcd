/* SPDX-License-Identifier: Apache-2.0 */
/* The suite `ceilings`: one request a device, whose answers become records as they come. */
#include "bench/run_state.h"

#include <math.h>
#include <string.h>

/* A slow driver compiles for a minute before the first number. */
static const double timeout_s = 240;

/* What comes back while one device is asked. */
typedef struct answers {
    gv__run *run;
    gv__party *party;
    gv_status status; /* of writing; the first failure stays */
    gv_error err;
    bool faulty; /* an incident that is no mere "unsupported" */
} answers;

static void take_ceiling(answers *a, const gv__say_ceiling *said)
{
    const gv_ceiling record = {.run = a->run->uuid,
                               .device = a->party->key,
                               .process = a->run->first_process,
                               .kind = said->kind,
                               .precision = said->precision,
                               .width = said->width,
                               .median = said->median,
                               .low = said->low,
                               .high = said->high,
                               .best = said->best,
                               .samples = said->samples,
                               .outliers = said->outliers,
                               .bytes = said->bytes,
                               .variant = said->variant,
                               .check = said->check,
                               .power_w = said->power_w,
                               .power_source = said->power_source};
    gv_roof *roof = &a->party->roof;
    if (said->kind == GV_CEILING_MULTIPLY_ADD) {
        roof->flop_per_s[said->precision] = fmax(roof->flop_per_s[said->precision], said->best);
    } else if (said->kind == GV_CEILING_MEMORY_READ) {
        roof->bytes_per_s = fmax(roof->bytes_per_s, said->best);
    }
    a->status = gv__record_ceiling(&a->run->recorder, &record, &a->err);
}

static void take_incident(answers *a, const gv__say_incident *said)
{
    const gv_incident record = {.kind = said->kind,
                                .run = a->run->uuid,
                                .device = a->party->key,
                                .provider = "",
                                .workload = "",
                                .doing =
                                    said->kind == GV_INCIDENT_FAILURE ? a->party->link.doing : "",
                                .what = said->what,
                                .replaced = "",
                                .process = a->run->first_process};
    if (said->kind != GV_INCIDENT_UNSUPPORTED) {
        a->faulty = true;
        gv__run_notice(a->run, "%s: %s", gv_device_text(a->party->device, GV_DEVICE_NAME),
                       said->what);
    }
    a->status = gv__record_incident(&a->run->recorder, &record, &a->err);
}

static void take(void *context, gv__message_kind kind, const void *body)
{
    answers *a = context;
    if (a->status != GV_OK) {
        return;
    }
    if (kind == GV__SAY_CEILING) {
        take_ceiling(a, body);
    } else if (kind == GV__SAY_INCIDENT) {
        take_incident(a, body);
    }
}

/* `*whole`: the device has all ceilings that it can have. */
static gv_status ask_device(gv__run *run, gv__party *party, bool *whole, gv_error *err)
{
    const gv_suite *suite = run->suite;
    const gv__ask_ceilings ask = {.blocks = suite->blocks,
                                  .samples = suite->min_samples / suite->blocks,
                                  .min_s = suite->min_s / suite->blocks,
                                  .max_s = suite->max_s / suite->blocks,
                                  .warm_up_s = suite->warm_up_s};
    answers a = {.run = run, .party = party};
    gv_error found = {0};
    gv_status status = gv__link_ask(&party->link, GV__ASK_CEILINGS, &ask, gv__timeout_s(timeout_s),
                                    take, &a, GV__SAY_DONE, NULL, NULL, &found);
    if (a.status != GV_OK) {
        return gv__fail(err, a.status, a.err.code, a.err.call, "%s", a.err.text);
    }
    if (status == GV_INTERRUPTED) {
        return gv__fail(err, status, 0, NULL, "interrupted: what was finished is in the journal");
    }
    *whole = status == GV_OK && !a.faulty;
    return status == GV_OK ? GV_OK
                           : gv__run_write_failure(run, party, run->first_process,
                                                   party->link.doing, found.text, err);
}

gv_status gv__run_ceilings(gv__run *run, uint32_t *without, gv_error *err)
{
    const gv_run_progress *progress = &run->options->progress;
    const uint32_t devices = (uint32_t)run->measure.count - 1;
    gv_status status = gv__run_write_parties(run, err); /* a killed run has them, too */
    if (progress->plan != NULL) {
        progress->plan(progress->context, devices, gv_run_seconds(run->suite, NULL, 0, devices));
    }
    for (size_t i = 0; i < run->measure.count && status == GV_OK; i++) {
        gv__party *party = &run->measure.parties[i];
        bool whole = false;
        if (party->device == NULL) {
            continue;
        }
        if (gv__now_s() >= run->measure.deadline_s) {
            run->budget_spent = true;
            break;
        }
        if (progress->step != NULL) {
            progress->step(progress->context, gv_device_text(party->device, GV_DEVICE_NAME),
                           (uint32_t)i, devices, gv_run_seconds(run->suite, NULL, 0, devices - i));
        }
        if (party->open) {
            status = ask_device(run, party, &whole, err);
        }
        *without += !whole;
        if (status == GV_OK) {
            status = gv__record_flush(&run->recorder, err);
        }
    }
    /* Once more, with the roofs that were found; also where it ended early. */
    gv_error ignored = {0};
    gv_status written = gv__run_write_parties(run, status == GV_OK ? err : &ignored);
    return status == GV_OK ? written : status;
}
