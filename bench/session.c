/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/session.h"

#include "base/support.h"
#include "bench/roof_rule.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Generous: the first use of a library may compile for a minute on a small machine, and a request
 * to prepare may try several. They only have to be finite. */
static const double start_timeout_s = 60;
static const double probe_timeout_s = 60;
static const double prepare_timeout_s = 240;
static const double release_timeout_s = 30;
static const double try_timeout_s = 60;

/* What a worker may keep from one workload to the next. PoCL's compiler keeps some 20 MiB of each
 * kernel it compiled; a new worker costs half a second. */
static const double leak_bytes = 192.0 * 1024 * 1024;

double gv__timeout_s(double usual_s)
{
    const char *text = getenv("GPUVERDICT_TIMEOUT_S");
    if (text == NULL) {
        return usual_s;
    }
    char *end;
    double wanted_s = strtod(text, &end);
    return wanted_s > 0 && *end == 0 ? wanted_s : usual_s;
}

void gv__party_init(gv__party *party, const gv_inventory *inventory, const gv_device *device)
{
    *party = (gv__party){.device = device, .key = "host", .icd = "", .roof = gv__roof_none()};
    party->tune_s = NAN;
    party->opened.events.ratio = NAN;
    party->cache_bytes = gv__host_cache_bytes(&inventory->host);
    if (device != NULL) {
        party->key = device->key;
        party->icd = inventory->platforms[device->platform_index].driver;
        party->in_driver = inventory->in_driver[device->index];
        party->cache_bytes = gv__device_cache_bytes(device, &inventory->host);
    }
}

void gv__party_stop(gv__party *party)
{
    gv__link_stop(&party->link);
    party->open = party->ready = false;
}

void gv__party_free(gv__party *party)
{
    gv__party_stop(party);
    for (int v = 0; v < GV_VIEW_COUNT; v++) {
        gv__view_samples_free(&party->samples[v]);
    }
}

/* After any failed request: is the worker gone with it? */
static void see_whether_alive(gv__party *party)
{
    if (party->link.pid == 0) {
        party->open = party->ready = false;
        party->died = true;
    }
}

static gv_status start_and_open(gv__party *party, gv_error *err)
{
    gv_status status =
        gv__link_start(&party->link, party->device != NULL ? GV__WORKER_DEVICE : GV__WORKER_HOST,
                       party->icd, gv__timeout_s(start_timeout_s), err);
    if (status != GV_OK) {
        return status;
    }
    gv__ask_open ask = {.platform_index = party->in_driver.platform};
    if (party->device != NULL) {
        ask.device_index = party->device->device_index;
        gv__copy_text(ask.key, sizeof ask.key, party->in_driver.key);
    }
    gv__say_opened opened;
    status = gv__link_ask(&party->link, GV__ASK_OPEN, &ask, gv__timeout_s(start_timeout_s), NULL,
                          NULL, GV__SAY_OPENED, &opened, NULL, err);
    if (status != GV_OK) {
        gv__link_kill(&party->link);
    } else if (!party->ever_open) {
        party->opened = opened;
    }
    return status;
}

gv_status gv__party_open(gv__party *party, gv_error *err)
{
    if (party->open) {
        return GV_OK;
    }
    gv__link_stop(&party->link);
    gv_error found = {0};
    gv_status status = start_and_open(party, &found);
    if (status != GV_OK) {
        gv__copy_text(party->open_problem, sizeof party->open_problem, found.text);
        return gv__fail(err, status, found.code, found.call, "%s", found.text);
    }
    party->open = party->ever_open = true;
    party->opened_bytes = gv__link_resident_bytes(&party->link);
    return GV_OK;
}

gv_status gv__party_probe(gv__party *party, gv_precision precision, double seconds, gv_error *err)
{
    gv__ask_probe ask = {.precision = precision, .seconds = seconds};
    gv_roof roof = gv__roof_none();
    gv_status status =
        gv__link_ask(&party->link, GV__ASK_PROBE, &ask, gv__timeout_s(probe_timeout_s + seconds),
                     NULL, NULL, GV__SAY_ROOF, &roof, NULL, err);
    if (status == GV_OK) {
        party->roof = gv__roof_higher(&party->roof, &roof);
    } else {
        see_whether_alive(party);
    }
    return status;
}

void gv__party_begin(gv__party *party)
{
    party->ready = party->died = party->exhausted = party->measured = party->cut_short = false;
    party->excluded = 0;
    party->pending_count = 0;
    party->leaked_bytes = 0;
    for (int v = 0; v < GV_VIEW_COUNT; v++) {
        party->view_failed[v] = false;
        gv__view_samples_clear(&party->samples[v]);
    }
}

void gv__party_note(gv__party *party, gv_incident_kind kind, const char *provider,
                    const char *doing, const char *what)
{
    if (party->pending_count == GV__MAX_PENDING) {
        return;
    }
    gv__pending_incident *note = &party->pending[party->pending_count++];
    note->kind = kind;
    gv__copy_text(note->provider, sizeof note->provider, provider);
    gv__copy_text(note->doing, sizeof note->doing, doing);
    gv__copy_text(note->what, sizeof note->what, what);
}

static void take_item(void *context, gv__message_kind kind, const void *body)
{
    gv__party *party = context;
    if (kind == GV__SAY_INCIDENT) {
        const gv__say_incident *said = body;
        const char *doing = said->kind == GV_INCIDENT_FAILURE ? party->link.doing : "";
        gv__party_note(party, said->kind, said->provider, doing, said->what);
    } else if (kind == GV__SAY_TRIAL && party->trial_count < GV__MAX_TUNED) {
        party->trial[party->trial_count++] = *(const gv__say_trial *)body;
    } else if (kind == GV__SAY_STEP && party->on_step != NULL) {
        party->on_step(party->step_context, party->link.doing);
    }
}

/* A provider that is unknown, or was excluded already, or is one too many: nothing new to try. */
static void exclude(gv__party *party, const char *provider)
{
    party->exhausted = provider[0] == 0 || party->excluded == GV__MAX_EXCLUDED;
    for (uint32_t i = 0; i < party->excluded; i++) {
        party->exhausted = party->exhausted || strcmp(party->exclude[i], provider) == 0;
    }
    if (!party->exhausted) {
        gv__copy_text(party->exclude[party->excluded++], GV_PROVIDER_TEXT, provider);
    }
}

/* True where a set names this provider, with its version or without; "in 9 pieces" is the same. */
static bool is_set_of(const gv__tuned_set *set, const char *provider)
{
    const char *in_pieces = strstr(provider, " in ");
    const size_t named = in_pieces != NULL ? (size_t)(in_pieces - provider) : strlen(provider);
    const size_t length = strlen(set->provider);
    if (length >= named) {
        return strncmp(set->provider, provider, length) == 0;
    }
    return strncmp(set->provider, provider, length) == 0 && provider[length] == ' ' &&
           memchr(&provider[length + 1], ' ', named - length - 1) == NULL;
}

/* A provider broke down or was wrong. With tunables that were given to it, these may be at fault:
 * it is tried without them first. */
static void blame(gv__party *party, const char *provider)
{
    for (uint32_t i = 0; i < party->tuned_count && provider[0] != 0; i++) {
        gv__tuned_set *set = &party->tuned[i];
        if (is_set_of(set, provider) && set->parameters[0] != 0) {
            set->parameters[0] = 0;
            set->searched = false;
            return;
        }
    }
    exclude(party, provider);
}

/* Views that failed were the last provider's. */
static void set_ready(gv__party *party, const char *last)
{
    party->ready = true;
    for (int v = 0; v < GV_VIEW_COUNT && strcmp(party->prepared.provider, last) != 0; v++) {
        party->view_failed[v] = false;
    }
}

static gv__ask_prepare asking_for(const gv__party *party, const gv__preparation *what)
{
    gv__ask_prepare ask = {.seed = what->seed,
                           .excluded = party->excluded,
                           .tuned_count = party->tuned_count,
                           .choose_s = what->choose_s,
                           .trust_earlier = what->trust_earlier};
    gv__copy_text(ask.workload, sizeof ask.workload, what->workload);
    memcpy(ask.exclude, party->exclude, sizeof ask.exclude);
    memcpy(ask.tuned, party->tuned, sizeof ask.tuned);
    return ask;
}

/* Ask, and ask a new worker the same where this one keeps what another request left in it. */
static gv_status ask_a_fresh_one(gv__party *party, gv__message_kind ask, const void *body,
                                 double timeout_s, gv__message_kind expect, void *reply,
                                 gv__message_kind *got, gv_error *err)
{
    gv_status status =
        gv__link_ask(&party->link, ask, body, timeout_s, take_item, party, expect, reply, got, err);
    if (status == GV_OK && *got == GV__SAY_RENEW) {
        gv__party_stop(party);
        status = gv__party_open(party, err);
        if (status == GV_OK) {
            status = gv__link_ask(&party->link, ask, body, timeout_s, take_item, party, expect,
                                  reply, got, err);
        }
    }
    if (party->on_step != NULL) {
        party->on_step(party->step_context, "");
    }
    return status;
}

/* One request. What comes of it is in `party->prepared` where `*got` says so. */
static gv_status prepare_once(gv__party *party, const gv__preparation *what, gv__message_kind *got,
                              gv_error *err)
{
    const gv__ask_prepare ask = asking_for(party, what);
    const double left_s = what->deadline_s - gv__now_s();
    const double timeout_s = fmin(gv__timeout_s(prepare_timeout_s), fmax(left_s, 0));
    party->trial_count = 0;
    gv_status status = ask_a_fresh_one(party, GV__ASK_PREPARE, &ask, timeout_s, GV__SAY_PREPARED,
                                       &party->prepared, got, err);
    party->cut_short = status == GV_HUNG && timeout_s >= left_s;
    return status;
}

gv_status gv__party_prepare(gv__party *party, const gv__preparation *what, gv_error *err)
{
    char last[GV_PROVIDER_TEXT];
    gv__copy_text(last, sizeof last, party->prepared.provider);
    party->ready = false;
    while (!party->exhausted) {
        gv_error found = {0};
        gv_status status = gv__party_open(party, &found);
        if (status != GV_OK) {
            /* Without a worker there is no next provider. */
            party->died = true;
            gv__party_note(party, GV_INCIDENT_FAILURE, "", party->link.doing, found.text);
            return status == GV_INTERRUPTED ? gv__fail(err, status, 0, NULL, "%s", found.text)
                                            : GV_OK;
        }
        gv__message_kind got = GV__SAY_DONE;
        status = prepare_once(party, what, &got, &found);
        if (status == GV_OK) {
            if (got == GV__SAY_PREPARED) {
                if (party->prepared.tuned) {
                    party->prepared.cost_s[GV_COST_TUNE] = party->tune_s;
                }
                set_ready(party, last);
            }
            return GV_OK;
        }
        if (status == GV_INTERRUPTED) {
            see_whether_alive(party);
            return gv__fail(err, status, 0, NULL, "%s", found.text);
        }
        if (party->cut_short) {
            see_whether_alive(party);
            return GV_OK;
        }
        gv__party_note(party,
                       status == GV_UNSUPPORTED ? GV_INCIDENT_UNSUPPORTED : GV_INCIDENT_FAILURE,
                       party->link.provider, party->link.doing, found.text);
        see_whether_alive(party);
        if (party->open) {
            /* A worker that lives says that the fault is no provider's. */
            return GV_OK;
        }
        blame(party, party->link.provider);
    }
    return GV_OK;
}

gv_status gv__party_revive(gv__party *party, const gv__preparation *what, gv_error *err)
{
    const gv__say_prepared wanted = party->prepared;
    const uint32_t excluded = party->excluded;
    const uint32_t trial_count = party->trial_count;
    gv__say_trial trial[GV__MAX_TUNED];
    bool view_failed[GV_VIEW_COUNT];
    memcpy(trial, party->trial, sizeof trial);
    memcpy(view_failed, party->view_failed, sizeof view_failed);
    for (;;) {
        gv_status status = gv__party_prepare(party, what, err);
        if (status != GV_OK) {
            return status;
        }
        if (!party->ready || strcmp(party->prepared.provider, wanted.provider) == 0) {
            break;
        }
        /* Another one was faster this time: ask again without it. */
        exclude(party, party->prepared.provider);
    }
    if (party->ready) {
        party->prepared = wanted;
        party->excluded = excluded;
        party->trial_count = trial_count;
        memcpy(party->trial, trial, sizeof trial);
        memcpy(party->view_failed, view_failed, sizeof view_failed);
    } else if (!party->exhausted && !party->cut_short) {
        exclude(party, wanted.provider);
    }
    return GV_OK;
}

gv_status gv__party_sample(gv__party *party, const gv__ask_sample *ask, double timeout_s,
                           gv__say_samples *out, gv_error *err)
{
    gv_error found = {0};
    gv__message_kind got = GV__SAY_DONE;
    gv_status status = gv__link_ask(&party->link, GV__ASK_SAMPLE, ask, gv__timeout_s(timeout_s),
                                    NULL, NULL, GV__SAY_SAMPLES, out, &got, &found);
    if (status == GV_OK && got != GV__SAY_SAMPLES) {
        status = gv__fail(&found, GV_FORMAT, 0, NULL, "no samples came");
    }
    if (status == GV_OK) {
        return GV_OK;
    }
    see_whether_alive(party);
    if (status == GV_INTERRUPTED) {
        return gv__fail(err, status, 0, NULL, "%s", found.text);
    }
    bool headline = ask->view == GV_VIEW_TRANSFERS || party->device == NULL;
    if (party->open && !headline && status != GV_WRONG_RESULT) {
        /* The view alone cannot be had: no memory to pin, say. */
        party->view_failed[ask->view] = true;
        if (status != GV_UNSUPPORTED) {
            gv__party_note(party, GV_INCIDENT_FAILURE, party->prepared.provider, party->link.doing,
                           found.text);
        }
    } else {
        gv__party_note(party,
                       status == GV_WRONG_RESULT ? GV_INCIDENT_WRONG_RESULT : GV_INCIDENT_FAILURE,
                       party->prepared.provider, status == GV_WRONG_RESULT ? "" : party->link.doing,
                       found.text);
        blame(party, party->prepared.provider);
        party->ready = false;
    }
    return gv__fail(err, status, found.code, found.call, "%s", found.text);
}

void gv__party_reject(gv__party *party, gv_incident_kind kind, const char *what)
{
    gv__party_note(party, kind, party->prepared.provider, "", what);
    blame(party, party->prepared.provider);
    party->ready = false;
}

gv_status gv__party_candidates(gv__party *party, const char *workload, gv__item_sink sink,
                               void *context, gv_error *err)
{
    gv__ask_candidates ask = {.workload = ""};
    gv__copy_text(ask.workload, sizeof ask.workload, workload);
    gv_status status = gv__party_open(party, err);
    if (status == GV_OK) {
        status = gv__link_ask(&party->link, GV__ASK_CANDIDATES, &ask, gv__timeout_s(try_timeout_s),
                              sink, context, GV__SAY_DONE, NULL, NULL, err);
        see_whether_alive(party);
    }
    return status;
}

gv_status gv__party_try(gv__party *party, const gv__ask_try *ask, double keep_bytes,
                        gv__say_trial *out, gv_error *err)
{
    gv_error found = {0};
    gv_status status = gv__party_open(party, &found);
    if (status != GV_OK) {
        status = status == GV_INTERRUPTED ? status : GV_NO_DEVICE;
        return gv__fail(err, status, found.code, found.call, "%s", found.text);
    }
    gv__message_kind got = GV__SAY_DONE;
    status = ask_a_fresh_one(party, GV__ASK_TRY, ask, gv__timeout_s(try_timeout_s), GV__SAY_TRIED,
                             out, &got, err);
    if (status == GV_OK && got != GV__SAY_TRIED) {
        status = gv__fail(err, GV_FORMAT, 0, NULL, "no times came");
    }
    see_whether_alive(party);
    if (party->open && gv__link_resident_bytes(&party->link) - party->opened_bytes > keep_bytes) {
        gv__link_stop(&party->link);
        party->open = false;
    }
    return status;
}

/* What it did before is recorded all the same; the next workload starts it anew. */
static void note_deadly_release(gv__party *party, const char *what)
{
    const char *provider = party->ready ? party->prepared.provider : "";
    gv__party_note(party, GV_INCIDENT_FAILURE, provider, party->link.doing, what);
    gv__link_kill(&party->link);
    party->open = party->ready = false;
    party->died = true;
}

static void stop_where_it_leaked(gv__party *party)
{
    double kept_bytes = gv__link_resident_bytes(&party->link) - party->opened_bytes;
    if (kept_bytes > leak_bytes) {
        gv__link_stop(&party->link);
        party->open = false;
        party->leaked_bytes = kept_bytes;
    }
}

gv_status gv__party_end(gv__party *party, gv_error *err)
{
    gv_error found = {0};
    gv_status status = GV_OK;
    if (party->open) {
        status = gv__link_ask(&party->link, GV__ASK_RELEASE, NULL, gv__timeout_s(release_timeout_s),
                              NULL, NULL, GV__SAY_DONE, NULL, NULL, &found);
        if (status == GV_INTERRUPTED) {
            gv__link_kill(&party->link);
            party->open = party->ready = false;
            return gv__fail(err, status, 0, NULL, "%s", found.text);
        }
        if (status != GV_OK) {
            note_deadly_release(party, found.text);
        } else {
            stop_where_it_leaked(party);
        }
    }
    party->strikes = party->died && !party->ready ? party->strikes + 1 : 0;
    party->lost = party->lost || party->strikes >= GV__STRIKES;
    party->ready = false;
    return GV_OK;
}
