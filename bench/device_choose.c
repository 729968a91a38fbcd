/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/device_choose.h"
#include "bench/device_pieces.h"
#include "bench/device_serve.h"
#include "bench/earlier.h"
#include "bench/statistics.h"
#include "bench/worker.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of timed calls, in a first look. */
static const double look_s = 0.01;
/* Calls of one turn last so long; one that lasts longer than this needs none to warm it. */
static const double turn_s = 3e-3;
/* Of calls with weights packed, of the one that serves. */
static const double packed_look_s = 0.02;
/* Where the fastest takes this many times as long as it once did, all are tried once more. */
static const double has_become_slow = 3.0;
/* Plans of several providers may lie in a device's memory where it is so many times as large as the
 * operands. */
static const double roomy = 16;

enum { MOST_CLOSE = 4, MOST_CALLS = 1000, MOST_TURNS = 64, LEAST_TURNS = 3 };

/* A provider with its plan, and the result that it was checked by. */
typedef struct contender {
    gv__device_serving by;
    gv__say_prepared said;
    uint32_t trial; /* its number among the trials */
    void *checked;
    double tolerance;
    gv__algorithm algorithm;
    uint32_t turns;
    double turn_s[MOST_TURNS];
} contender;

typedef struct choice {
    gv__device_task *task;
    const gv__ask_prepare *ask;
    uint32_t room; /* for contenders */
    uint32_t count;
    contender close[MOST_CLOSE]; /* the fastest first */
    uint32_t trial_count;
    gv__say_trial trial[GV__MAX_TUNED];
    gv__earlier earlier;
    bool any_incident;
    gv__text *reasons;
} choice;

/* ---- contenders ---- */

static double call_s(const choice *c, const contender *who)
{
    return c->trial[who->trial].call_s;
}

/* Take from the task what a provider left there. */
static void hold(choice *c, const gv__say_prepared *said)
{
    gv__task *task = &c->task->task;
    c->close[c->count++] = (contender){.by = c->task->by,
                                       .said = *said,
                                       .trial = c->trial_count - 1,
                                       .checked = task->checked,
                                       .tolerance = task->tolerance,
                                       .algorithm = task->algorithm};
    task->checked = NULL;
    c->task->by = (gv__device_serving){.provider = NULL};
}

static void take_out(choice *c, uint32_t place)
{
    c->count--;
    memmove(&c->close[place], &c->close[place + 1], (c->count - place) * sizeof c->close[0]);
}

static void drop(choice *c, uint32_t place)
{
    gv__device_drop(&c->close[place].by);
    free(c->close[place].checked);
    take_out(c, place);
}

/* Give the task back what it needs to work with the fastest, who is none of them then. */
static void let_fastest_serve(choice *c)
{
    gv__task *task = &c->task->task;
    free(task->checked);
    task->checked = c->close[0].checked;
    task->tolerance = c->close[0].tolerance;
    task->algorithm = c->close[0].algorithm;
    c->task->by = c->close[0].by;
    take_out(c, 0);
}

static void sort(choice *c)
{
    for (uint32_t i = 1; i < c->count; i++) {
        for (uint32_t j = i; j > 0 && call_s(c, &c->close[j]) < call_s(c, &c->close[j - 1]); j--) {
            const contender slower = c->close[j - 1];
            c->close[j - 1] = c->close[j];
            c->close[j] = slower;
        }
    }
}

/* Who is far behind the fastest, or has no room, is out. */
static void keep_close(choice *c)
{
    sort(c);
    while (c->count > c->room ||
           call_s(c, &c->close[c->count - 1]) > gv__far_behind_s(call_s(c, &c->close[0]))) {
        drop(c, c->count - 1);
    }
}

static double fastest_s(const choice *c)
{
    return c->count > 0 ? call_s(c, &c->close[0]) : INFINITY;
}

static void refuse(choice *c, const char *provider, const gv_error *why)
{
    gv__provider_refused(provider, why, c->reasons);
    c->any_incident = c->any_incident || why->status != GV_UNSUPPORTED;
}

/* ---- a look at each ---- */

static bool is_cut(const gv__device_task *t)
{
    return t->cut.count > 1;
}

static void name_provider(gv__device_task *t, const gv__device_provider *row)
{
    gv__provider_text(t->by.text, row->name, row->version());
    if (is_cut(t)) {
        gv__device_pieces_name(t->by.text, &t->cut);
    }
}

/* The tunables that the parent wants for a provider, whole or in pieces, or NULL. */
static const gv__tuned_set *tuned_for(const choice *c, const gv__device_provider *row)
{
    const gv__ask_prepare *ask = c->ask;
    char whole[GV_PROVIDER_TEXT];
    gv__provider_text(whole, row->name, row->version());
    for (uint32_t i = 0; i < ask->tuned_count && i < GV__MAX_TUNED; i++) {
        const char *named = ask->tuned[i].provider;
        if (strcmp(named, whole) == 0 || strcmp(named, row->name) == 0 ||
            strcmp(named, c->task->by.text) == 0) {
            return &ask->tuned[i];
        }
    }
    return NULL;
}

/* A set that cannot be, or computes something wrong, costs its provider nothing: the provider's own
 * one is tried in its place. Anything may stand in a file. */
static gv_status serve_tuned(gv__device_task *t, const gv__tuned_set *set, const gv__effort *effort,
                             gv__say_prepared *out, gv__say_trial *trial, gv_error *err)
{
    gv__parameters parameters = {0};
    gv_error found = {0};
    gv_status status = GV_UNSUPPORTED;
    if (set != NULL && set->parameters[0] != 0) {
        status = gv__parameters_read(set->parameters, &parameters, &found);
        if (status == GV_OK) {
            status = gv__device_serve(t, &parameters, effort, out, trial, &found);
        }
        if (status != GV_OK && status != GV_UNSUPPORTED && status != GV_FORMAT) {
            char what[GV__PARAMETERS_TEXT + sizeof found.text + 8];
            snprintf(what, sizeof what, "with %s: %s", set->parameters, found.text);
            gv__worker_incident(status == GV_WRONG_RESULT ? GV_INCIDENT_WRONG_RESULT
                                                          : GV_INCIDENT_FAILURE,
                                t->by.text, what);
        }
        if (status != GV_OK) {
            gv__device_drop_plan(t);
        }
    }
    const bool as_found = status == GV_OK || (set != NULL && set->parameters[0] == 0);
    if (status != GV_OK) {
        status = gv__device_serve(t, NULL, effort, out, trial, err);
    }
    out->tuned = status == GV_OK && as_found && set->searched;
    return status;
}

/* Whether a search was made for this workload and device. */
static bool was_searched(const gv__ask_prepare *ask)
{
    bool searched = false;
    for (uint32_t i = 0; i < ask->tuned_count && i < GV__MAX_TUNED; i++) {
        searched = searched || ask->tuned[i].searched;
    }
    return searched;
}

static void look_at(choice *c, const gv__device_provider *row)
{
    gv__device_task *t = c->task;
    const gv__effort effort = {
        .seconds = look_s, .brief_s = gv__far_behind_s(fastest_s(c)), .give_up_s = INFINITY};
    gv__say_prepared said = {.call_s = NAN};
    gv__say_trial trial = {.call_s = NAN};
    gv_error found = {0};
    /* In pieces it is asked about each size of them. */
    gv_status status =
        is_cut(t) ? GV_OK : row->supports(&t->context->facts, &t->task.workload, &found);
    if (status == GV_OK) {
        t->by.provider = row;
        status = serve_tuned(t, tuned_for(c, row), &effort, &said, &trial, &found);
        /* What has no tunables may have been too slow for the search's list, and serve all the
         * same. */
        said.tuned = said.tuned || (row->candidate == NULL && was_searched(c->ask));
    }
    if (status == GV_OK && c->trial_count == GV__MAX_TUNED) {
        status = gv__fail(&found, GV_UNSUPPORTED, 0, NULL, "it is one provider too many");
    }
    if (status != GV_OK) {
        refuse(c, t->by.text, &found);
        gv__device_drop(&t->by);
        return;
    }
    c->trial[c->trial_count++] = trial;
    hold(c, &said);
    keep_close(c);
}

/* Those whom earlier processes have outrun, or the others. */
static void look_at_all(choice *c, bool outrun)
{
    gv__device_task *t = c->task;
    size_t count = 0;
    const gv__device_provider *const *rows = gv__device_providers(t->task.workload.op, &count);
    for (size_t i = 0; i < count; i++) {
        name_provider(t, rows[i]);
        const bool behind =
            c->ask->trust_earlier && gv__earlier_outrun(&c->earlier, t->by.text) != NULL;
        if (behind == outrun && !gv__provider_excluded(c->ask, t->by.text)) {
            look_at(c, rows[i]);
        }
    }
}

/* The trials of those who were not built again are those of earlier processes. */
static void take_over_trials(choice *c)
{
    for (uint32_t i = 0; i < c->earlier.count && c->trial_count < GV__MAX_TUNED; i++) {
        const gv__say_trial *then =
            gv__earlier_outrun(&c->earlier, c->earlier.of[i].trial.provider);
        if (then != NULL) {
            c->trial[c->trial_count++] = *then;
        }
    }
}

static bool is_slower_than_ever(const choice *c)
{
    return !(fastest_s(c) <= has_become_slow * gv__earlier_fastest_s(&c->earlier));
}

/* ---- turns ---- */

/* Calls of one provider, after one that brings its data back into the caches. */
static gv_status take_turn(choice *c, contender *who, gv_error *err)
{
    gv__device_task *t = c->task;
    const double guess_s = call_s(c, who);
    const double wanted = ceil(turn_s / guess_s);
    const uint32_t calls = wanted > MOST_CALLS ? MOST_CALLS : wanted > 1 ? (uint32_t)wanted : 1;
    gv_status status = GV_OK;
    t->by = who->by;
    gv__worker_step(t->by.text, "comparing %s with others", t->by.text);
    if (calls > 1) {
        status = gv__device_call(t, err);
    }
    const double start_s = gv__now_s();
    for (uint32_t i = 0; i < calls && status == GV_OK; i++) {
        status = gv__device_call(t, err);
    }
    if (status == GV_OK) {
        who->turn_s[who->turns++] = (gv__now_s() - start_s) / calls;
    }
    t->by = (gv__device_serving){.provider = NULL};
    return status;
}

/* Everybody once; who fails is out. */
static void take_turns(choice *c)
{
    for (uint32_t i = 0; i < c->count;) {
        gv_error found = {0};
        if (take_turn(c, &c->close[i], &found) == GV_OK) {
            i++;
        } else {
            refuse(c, c->close[i].by.text, &found);
            drop(c, i);
        }
    }
}

/* Where several are close, the medians of their turns decide. One alone takes a few if they are
 * short, so that its time is of the same kind from process to process. */
static void compare(choice *c)
{
    if (c->count == 1 && call_s(c, &c->close[0]) > turn_s) {
        return;
    }
    const double started_s = gv__now_s();
    double spent_s = 0;
    for (int turn = 0; turn < MOST_TURNS && c->count > 0; turn++) {
        const bool enough = c->count == 1 || spent_s >= c->ask->choose_s;
        if (turn >= LEAST_TURNS ? enough : turn > 0 && spent_s >= 4 * c->ask->choose_s) {
            break;
        }
        take_turns(c);
        spent_s = gv__now_s() - started_s;
    }
    for (uint32_t i = 0; i < c->count; i++) {
        contender *who = &c->close[i];
        if (who->turns > 0) {
            who->said.call_s = gv__median(who->turn_s, who->turns);
            c->trial[who->trial].call_s = who->said.call_s;
        }
    }
    sort(c);
}

/* The fastest serves, unless its weights cannot be packed. */
static void settle(choice *c, gv__say_prepared *out)
{
    while (c->count > 0) {
        gv_error found = {0};
        double ignored_s;
        *out = c->close[0].said;
        let_fastest_serve(c);
        gv__worker_step(c->task->by.text, "packing the weights of %s", c->task->by.text);
        if (gv__device_pack_weights(c->task, packed_look_s, out, &ignored_s, &found) == GV_OK) {
            break;
        }
        refuse(c, c->task->by.text, &found);
        gv__device_drop(&c->task->by);
    }
    while (c->count > 0) {
        drop(c, c->count - 1);
    }
}

/* How many providers' work space, beside the operands, the device surely holds. */
static uint32_t room_for(const gv__device_task *t)
{
    const double memory = gv_device_number(&t->context->facts, GV_DEVICE_GLOBAL_MEM);
    const bool tight = is_cut(t) || memory < roomy * gv_workload_bytes(&t->task.workload);
    return tight ? 1 : MOST_CLOSE - 1;
}

void gv__device_choose(gv__device_task *t, const gv__ask_prepare *ask, gv__say_prepared *out,
                       bool *any_incident, gv__text *reasons)
{
    choice c = {.task = t, .ask = ask, .room = room_for(t), .reasons = reasons};
    gv__earlier_load(t->context, t->task.workload.op, ask, &c.earlier);
    look_at_all(&c, false);
    if (c.count == 0 || (ask->trust_earlier && is_slower_than_ever(&c))) {
        look_at_all(&c, true);
    } else if (ask->trust_earlier) {
        take_over_trials(&c);
    }
    compare(&c);
    settle(&c, out);
    *any_incident = *any_incident || c.any_incident;
    for (uint32_t i = 0; i < c.trial_count; i++) {
        gv__worker_say(GV__SAY_TRIAL, &c.trial[i]);
    }
    gv__earlier_keep(&c.earlier, c.trial, c.trial_count);
}
