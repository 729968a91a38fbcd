/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/tuner.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A first look at a candidate, and one at those that are left. */
static const double look_s = 0.01;
static const double final_look_s = 0.05;
/* What is this many times slower than the fastest so far, and so much, is not checked. A brief call
 * is as long as its caller takes to wake: 5 or 30 us for one and the same kernel. */
static const double hopeless = 2.5;
static const double hopeless_s = 200e-6;
/* First looks may take this share of the time; the rest is for the last rounds. */
static const double look_share = 0.75;
/* One that stays behind, this one: a library that compiles for seconds leaves time for others. */
static const double behind_share = 0.15;
/* Those who wait have this share too, where it is long enough for one that compiles slowly. */
static const double least_wait_s = 5.0;
/* What does not win this much stays as it is: less is noise, and tomorrow's driver may differ. */
static const double worth_it = 0.97;
/* A compiler leaks while hundreds of programs pass through it. */
static const double leak_bytes = 768.0 * 1024 * 1024;

enum {
    MOST_CANDIDATES = 2048,
    FINALISTS = 6, /* in the first of the last rounds; half of them in each later one */
    FINAL_ROUNDS = 3,
    FAIR_CHANCE = 6 /* candidates, before a provider that stays behind is left */
};

typedef struct candidate {
    gv__tuned_set set;
    uint32_t provider; /* its number, in the order of the list */
    uint32_t rank;     /* among its provider's; 0: what that takes by itself */
    bool tried;
    double spent_s; /* on first looks */
    double call_s;  /* with weights that move: what is given up by */
    double score_s; /* what is compared; INFINITY where it is out */
    double final_s; /* the same from the last rounds alone */
    int rounds;     /* of these that it was asked to go into */
} candidate;

typedef struct field {
    gv__party *party;
    gv__search *search;
    candidate *list; /* by rank, then provider */
    size_t count;
    uint32_t providers;
    bool memory; /* ran out of it */
    double started_s, best_call_s;
} field;

/* ---- the list ---- */

static void add_candidate(void *context, gv__message_kind kind, const void *body)
{
    field *f = context;
    if (kind != GV__SAY_CANDIDATE || f->count == MOST_CANDIDATES) {
        return;
    }
    candidate *roomy = realloc(f->list, (f->count + 1) * sizeof *roomy);
    if (roomy == NULL) {
        f->memory = true;
        return;
    }
    f->list = roomy;
    candidate *added = &roomy[f->count];
    const candidate *last = f->count > 0 ? &roomy[f->count - 1] : NULL;
    *added =
        (candidate){.set = *(const gv__tuned_set *)body, .score_s = INFINITY, .final_s = INFINITY};
    const bool same = last != NULL && strcmp(last->set.provider, added->set.provider) == 0;
    f->providers += !same;
    added->provider = f->providers - 1;
    added->rank = same ? last->rank + 1 : 0;
    f->count++;
}

static int by_rank(const void *a, const void *b)
{
    const candidate *x = a, *y = b;
    const int rank = (x->rank > y->rank) - (x->rank < y->rank);
    return rank != 0 ? rank : (x->provider > y->provider) - (x->provider < y->provider);
}

static gv_status list_candidates(field *f, gv_error *err)
{
    gv_status status = gv__party_candidates(f->party, f->search->workload, add_candidate, f, err);
    if (status == GV_OK && f->memory) {
        status = gv__fail(err, GV_MEMORY, 0, "realloc", "no room for a list of candidates");
    }
    if (status == GV_OK && f->count > 0) {
        qsort(f->list, f->count, sizeof *f->list, by_rank);
    }
    for (size_t i = 0; i < f->count; i++) {
        if (f->list[i].rank == 0) {
            /* By itself, whatever that will be in the program's next version. */
            f->list[i].set.parameters[0] = 0;
        }
    }
    f->search->candidates = (uint32_t)f->count;
    return status;
}

/* ---- one try ---- */

/* Weights stay in most programs, and where they move, moving them takes most of the time: a call
 * that finds them packed counts three times. */
static double score_of(const gv__say_trial *trial)
{
    return isnan(trial->packed_s) ? trial->call_s
                                  : pow(trial->call_s, 0.25) * pow(trial->packed_s, 0.75);
}

static void drop(field *f, candidate *c, gv_status why, const char *text)
{
    gv__search *search = f->search;
    c->score_s = c->final_s = INFINITY;
    if (why == GV_UNSUPPORTED) {
        return;
    }
    search->wrong += why == GV_WRONG_RESULT;
    search->failed += why != GV_WRONG_RESULT;
    char fault[sizeof c->set + sizeof((gv_error *)0)->text];
    snprintf(fault, sizeof fault, "%s %s: %s", c->set.provider, c->set.parameters, text);
    gv__copy_text(search->last_fault, sizeof search->last_fault, fault);
}

/* Only what ends the search comes back as a status. `*score_s` stays where it could not be had. */
static gv_status attempt(field *f, candidate *c, double seconds, double *score_s, gv_error *err)
{
    gv_workload workload;
    gv__ask_try ask = {.seed = f->search->seed,
                       .set = c->set,
                       .seconds = seconds,
                       .give_up_s = hopeless * f->best_call_s + hopeless_s};
    gv__copy_text(ask.workload, sizeof ask.workload, f->search->workload);
    gv_status status = gv_workload_parse(ask.workload, &workload, err);
    if (status != GV_OK) {
        return status;
    }
    gv__say_trial trial;
    gv_error found = {0};
    status = gv__party_try(f->party, &ask, leak_bytes + 4 * gv_workload_bytes(&workload), &trial,
                           &found);
    c->tried = true;
    if (status == GV_INTERRUPTED || status == GV_NO_DEVICE) {
        return gv__fail(err, status, found.code, found.call, "%s", found.text);
    }
    if (status != GV_OK) {
        drop(f, c, status, found.text);
    } else if (!trial.given_up) {
        c->call_s = trial.call_s;
        *score_s = fmin(*score_s, score_of(&trial));
        f->best_call_s = fmin(f->best_call_s, trial.call_s);
    }
    return GV_OK;
}

/* ---- first looks ---- */

/* Of one provider's candidates: what was tried, and what came of it. */
typedef struct standing {
    double own_s, best_s; /* the fastest of its own, and of all */
    double spent_s;
    uint32_t tried;
} standing;

static standing standing_of(const field *f, uint32_t provider)
{
    standing s = {.own_s = INFINITY, .best_s = INFINITY};
    for (size_t i = 0; i < f->count; i++) {
        const candidate *c = &f->list[i];
        s.best_s = fmin(s.best_s, c->score_s);
        if (c->provider == provider && c->tried) {
            s.own_s = fmin(s.own_s, c->score_s);
            s.spent_s += c->spent_s;
            s.tried++;
        }
    }
    return s;
}

/* A provider stays behind where none of its first candidates came near the best of all, and those
 * that it may have were tried or have taken their time. */
static bool stays_behind(const field *f, uint32_t provider)
{
    const standing s = standing_of(f, provider);
    const bool had_its_chance =
        s.tried >= FAIR_CHANCE || s.spent_s > behind_share * f->search->seconds;
    return had_its_chance && s.own_s > hopeless / 2 * s.best_s;
}

/* One that begins so far behind waits until the others are through: what its tunables could win
 * back is seldom worth the others' time. */
static bool has_to_wait(const field *f, uint32_t provider)
{
    const standing s = standing_of(f, provider);
    return s.tried > 0 && s.own_s > hopeless * s.best_s;
}

static double spent_s(const field *f)
{
    return gv__now_s() - f->started_s;
}

static gv_status look_at(field *f, candidate *c, gv_error *err)
{
    const double start_s = gv__now_s();
    gv_status status = attempt(f, c, look_s, &c->score_s, err);
    c->spent_s = gv__now_s() - start_s;
    f->search->tried++;
    return status;
}

/* Of the search, when a pass ends. Behind the first all are looked at whose turn has not come. */
static double pass_ends_s(const field *f, int pass)
{
    const double seconds = f->search->seconds;
    const bool early = pass == 0 && behind_share * seconds >= least_wait_s;
    return (early ? look_share - behind_share : look_share) * seconds;
}

static gv_status look_at_all(field *f, gv_error *err)
{
    gv_status status = GV_OK;
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < f->count && status == GV_OK; i++) {
            candidate *c = &f->list[i];
            if (c->rank > 0 && spent_s(f) > pass_ends_s(f, pass)) {
                break;
            }
            const bool waits = pass == 0 && has_to_wait(f, c->provider);
            if (!c->tried && !waits && !stays_behind(f, c->provider)) {
                status = look_at(f, c, err);
            }
        }
    }
    for (size_t i = 0; i < f->count; i++) {
        bool waits = !f->list[i].tried && !stays_behind(f, f->list[i].provider);
        f->search->cut_short = f->search->cut_short || waits;
    }
    return status;
}

/* ---- the last rounds ---- */

static bool is_better(const candidate *a, const candidate *b, bool final)
{
    return b == NULL || (final ? a->final_s < b->final_s : a->score_s < b->score_s);
}

/* The fastest that is right, or NULL; of the defaults alone, or of one provider's. */
static candidate *fastest(const field *f, bool defaults, uint32_t provider, bool final)
{
    candidate *best = NULL;
    for (size_t i = 0; i < f->count; i++) {
        candidate *c = &f->list[i];
        const bool counts = (!defaults || c->rank == 0) &&
                            (provider == UINT32_MAX || c->provider == provider) &&
                            isfinite(final ? c->final_s : c->score_s);
        if (counts && is_better(c, best, final)) {
            best = c;
        }
    }
    return best;
}

static int by_score(const void *a, const void *b)
{
    const candidate *x = *(candidate *const *)a, *y = *(candidate *const *)b;
    if (x->final_s != y->final_s) {
        return x->final_s < y->final_s ? -1 : 1;
    }
    return (x->score_s > y->score_s) - (x->score_s < y->score_s);
}

/* Once a round, as long as it is right. */
static gv_status go(field *f, candidate *c, int round, gv_error *err)
{
    if (c == NULL || c->rounds == round || !isfinite(c->score_s)) {
        return GV_OK;
    }
    c->rounds = round;
    return attempt(f, c, final_look_s, &c->final_s, err);
}

/* The best few and the best default once more, in turn, so that all meet the same machine. Half of
 * the few are left after each round; the default stays, since a gain is told against it. Each of
 * the few has its provider's own set beside it, which it has to beat. */
static gv_status last_rounds(field *f, gv_error *err)
{
    candidate **order = calloc(f->count + 1, sizeof *order);
    if (order == NULL) {
        return gv__fail(err, GV_MEMORY, 0, "calloc", "no room for a list of candidates");
    }
    size_t left = 0;
    candidate *usual = fastest(f, true, UINT32_MAX, false);
    for (size_t i = 0; i < f->count; i++) {
        if (isfinite(f->list[i].score_s) && &f->list[i] != usual) {
            order[left++] = &f->list[i];
        }
    }
    gv_status status = GV_OK;
    size_t stay = FINALISTS;
    for (int round = 1; round <= FINAL_ROUNDS && status == GV_OK; round++, stay = (stay + 1) / 2) {
        qsort(order, left, sizeof(candidate *), by_score);
        left = left < stay ? left : stay;
        if (spent_s(f) > f->search->seconds) {
            break;
        }
        status = go(f, usual, round, err);
        for (size_t i = 0; i < left && status == GV_OK; i++) {
            status = go(f, fastest(f, true, order[i]->provider, false), round, err);
            if (status == GV_OK) {
                status = go(f, order[i], round, err);
            }
        }
    }
    free(order);
    return status;
}

/* ---- what came of it ---- */

static bool is_clearly_better(const candidate *c, const candidate *own)
{
    const bool final = isfinite(c->final_s) && isfinite(own->final_s);
    return final ? c->final_s < worth_it * own->final_s : c->score_s < worth_it * own->score_s;
}

/* A provider's best set: its own, unless another one was clearly faster in the last rounds, or in
 * the first looks where they did not both get there. */
static candidate *best_of(const field *f, uint32_t provider)
{
    candidate *own = fastest(f, true, provider, false);
    candidate *best = fastest(f, false, provider, true);
    best = best != NULL ? best : fastest(f, false, provider, false);
    return best == NULL || own == NULL || is_clearly_better(best, own) ? best : own;
}

static double last_known_s(const candidate *c)
{
    return isfinite(c->final_s) ? c->final_s : c->score_s;
}

/* Insert so that the fastest provider stands first; the slowest has no place where it is full. */
static void keep_set(gv__tuned_class *found, double at_s[], const candidate *c)
{
    uint32_t place = found->set_count;
    while (place > 0 && at_s[place - 1] > last_known_s(c)) {
        place--;
    }
    if (place == GV__MAX_TUNED) {
        return;
    }
    const uint32_t last = found->set_count < GV__MAX_TUNED ? found->set_count++ : GV__MAX_TUNED - 1;
    for (uint32_t i = last; i > place; i--) {
        found->set[i] = found->set[i - 1];
        at_s[i] = at_s[i - 1];
    }
    found->set[place] = c->set;
    at_s[place] = last_known_s(c);
}

static void sum_up(field *f)
{
    gv__search *search = f->search;
    gv__tuned_class *found = &search->found;
    double at_s[GV__MAX_TUNED];
    const candidate *best = NULL;
    const candidate *usual = fastest(f, true, UINT32_MAX, true);
    usual = usual != NULL ? usual : fastest(f, true, UINT32_MAX, false);
    for (uint32_t p = 0; p < f->providers; p++) {
        const candidate *c = best_of(f, p);
        if (c != NULL) {
            keep_set(found, at_s, c);
            best = best == NULL || last_known_s(c) < last_known_s(best) ? c : best;
        }
    }
    found->search_s = spent_s(f);
    found->default_s = usual != NULL ? last_known_s(usual) : NAN;
    if (best != NULL) {
        found->best_s = last_known_s(best);
        search->best = best->set;
    }
    if (usual != NULL) {
        search->best_default = usual->set;
    }
}

gv_status gv__tuner_search(gv__party *party, gv__search *search, gv_error *err)
{
    field f = {.party = party, .search = search, .started_s = gv__now_s(), .best_call_s = INFINITY};
    search->found = (gv__tuned_class){.default_s = NAN, .best_s = NAN};
    gv__copy_text(search->found.text, sizeof search->found.text, search->workload);
    gv_status status = gv_workload_parse(search->workload, &search->found.workload, err);
    if (status == GV_OK) {
        status = list_candidates(&f, err);
    }
    if (status == GV_OK) {
        status = look_at_all(&f, err);
    }
    if (status == GV_OK) {
        status = last_rounds(&f, err);
    }
    if (status == GV_OK) {
        sum_up(&f);
    }
    free(f.list);
    return status;
}
