/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/measure.h"

#include "base/support.h"
#include "bench/core_distance.h"
#include "bench/roof_rule.h"

#include <math.h>
#include <stdlib.h>

/* A call as long as this warms whatever there is to warm within itself. */
static const double self_warming_s = 0.1;
static const double shortest_sample_s = 1e-3;
/* A request for samples may take this many times what it should, and so much more. */
static const double patience = 20;
static const double patience_s = 60;
/* Moving operands is not in what PREPARED says of a call: slower than any bus. */
static const double slowest_bus_bytes_per_s = 1e8;

static gv__party *host_of(const gv__measure *m)
{
    return &m->parties[m->count - 1];
}

static bool is_host(const gv__party *party)
{
    return party->device == NULL;
}

static bool on_host_silicon(const gv__party *party)
{
    return is_host(party) || party->device->is_host_silicon;
}

gv_roof gv__measure_roof(const gv__measure *m, const gv__party *party)
{
    gv_roof roof = party->roof;
    for (size_t i = 0; i < m->count && on_host_silicon(party); i++) {
        if (on_host_silicon(&m->parties[i])) {
            roof = gv__roof_higher(&roof, &m->parties[i].roof);
        }
    }
    return roof;
}

/* ---- blocks in turn ---- */

static bool has_view(const gv__party *party, gv_view view)
{
    if (party->view_failed[view]) {
        return false;
    }
    if (is_host(party)) {
        return view == GV_VIEW_KERNEL_ONLY;
    }
    return view != GV_VIEW_WEIGHTS_RESIDENT || party->prepared.has_weights;
}

/* The latest that is known about a call; PREPARED knows the kernel alone. */
static double call_s(const gv__party *party, const gv__view_samples *samples)
{
    return samples->blocks > 0 ? samples->block_s[samples->blocks - 1] : party->prepared.call_s;
}

static uint32_t blocks_wanted(const gv_suite *suite, double seconds)
{
    return seconds > GV__LONG_CALL_S ? GV__LONG_CALL_BLOCKS : suite->blocks;
}

/* What to ask for in the next block of a view: its share of the samples and of the time. */
static gv__ask_sample plan_block(const gv_suite *suite, gv_view view, double seconds,
                                 const gv__view_samples *samples)
{
    const double max_s = suite->max_s / suite->blocks;
    const double fit = floor(max_s / fmax(seconds, shortest_sample_s));
    const double share = ceil((double)suite->min_samples / suite->blocks);
    const bool first = samples->blocks == 0;
    gv__ask_sample ask = {.view = view,
                          .calls = samples->calls,
                          .samples = (uint32_t)fmax(1, fmin(fit, share)),
                          .min_s = suite->min_s / suite->blocks,
                          .max_s = max_s,
                          .warm_up_s = first ? suite->warm_up_s : 0};
    if (seconds > GV__LONG_CALL_S) {
        ask.samples = 1;
        ask.min_s = ask.max_s = 0;
        ask.warm_up_s = -1;
    } else if (seconds > self_warming_s && !first) {
        ask.warm_up_s = -1;
    }
    return ask;
}

static double timeout_of(const gv__ask_sample *ask, double seconds, const gv_workload *workload)
{
    const double call = seconds + gv_workload_bytes(workload) / slowest_bus_bytes_per_s;
    const double request = fmax(ask->warm_up_s, 0) + ask->max_s + call * (ask->samples + 2);
    return patience_s + patience * request;
}

/* One block of one view. A failure is the party's and already noted; only what ends the run comes
 * back as a status. */
static gv_status take_block(gv__measure *m, gv__party *party, gv_view view,
                            const gv_workload *workload, gv__view_samples *samples, gv_error *err)
{
    const double seconds = call_s(party, samples);
    if (samples->blocks >= blocks_wanted(m->suite, seconds)) {
        return GV_OK;
    }
    gv__ask_sample ask = plan_block(m->suite, view, seconds, samples);
    gv__say_samples block;
    gv_status status =
        gv__party_sample(party, &ask, timeout_of(&ask, seconds, workload), &block, err);
    if (status == GV_OK) {
        gv_error found = {0};
        status = gv__view_samples_add(samples, &block, &found);
        if (status == GV_FORMAT) {
            gv__party_reject(party, GV_INCIDENT_FAILURE, found.text);
        } else if (status != GV_OK) {
            return gv__fail(err, status, 0, NULL, "%s", found.text);
        }
    }
    return status == GV_INTERRUPTED ? status : GV_OK;
}

static gv_status take_turn(gv__measure *m, gv__party *party, const gv_workload *workload,
                           gv__view_samples *host_samples, gv_error *err)
{
    gv_status status = GV_OK;
    for (int v = 0; v < GV_VIEW_COUNT && status == GV_OK && party->ready; v++) {
        gv_view view = (gv_view)v;
        if (has_view(party, view)) {
            status = take_block(m, party, view, workload,
                                is_host(party) ? host_samples : &party->samples[v], err);
        }
    }
    return status;
}

static bool is_pending(const gv__party *party)
{
    return party->ready && !party->measured;
}

/* True where a party of this round still lacks a block. */
static bool lacks_blocks(const gv__measure *m, const gv__view_samples *host_samples)
{
    for (size_t i = 0; i < m->count; i++) {
        const gv__party *party = &m->parties[i];
        bool goes = is_pending(party) || (is_host(party) && party->ready);
        for (int v = 0; v < GV_VIEW_COUNT && goes; v++) {
            const gv__view_samples *samples = is_host(party) ? host_samples : &party->samples[v];
            if (has_view(party, (gv_view)v) &&
                samples->blocks < blocks_wanted(m->suite, call_s(party, samples))) {
                return true;
            }
        }
    }
    return false;
}

/* All blocks of those that have no time yet, in turn with the host. `*whole` is false where the
 * deadline came before the last one. */
static gv_status take_round(gv__measure *m, const gv_workload *workload,
                            gv__view_samples *host_samples, bool *whole, gv_error *err)
{
    *whole = true;
    gv_status status = GV_OK;
    for (size_t i = 0; i < m->count; i++) {
        for (int v = 0; v < GV_VIEW_COUNT && is_pending(&m->parties[i]); v++) {
            gv__view_samples_clear(&m->parties[i].samples[v]);
        }
    }
    gv__view_samples_clear(host_samples);
    for (uint32_t block = 0; block < m->suite->blocks && status == GV_OK; block++) {
        if (block > 0 && gv__now_s() > m->deadline_s && lacks_blocks(m, host_samples)) {
            m->budget_spent = true;
            *whole = false;
            break;
        }
        for (size_t i = 0; i < m->count && status == GV_OK; i++) {
            gv__party *party = &m->parties[i];
            if (is_pending(party) || is_host(party)) {
                status = take_turn(m, party, workload, host_samples, err);
            }
        }
    }
    return status;
}

/* ---- judgement ---- */

static gv_status count_up(const gv__measure *m, gv__party *party,
                          const gv__view_samples *host_samples, gv_error *err)
{
    const gv_view headline = is_host(party) ? GV_VIEW_KERNEL_ONLY : GV_VIEW_TRANSFERS;
    const gv__party *host = host_of(m);
    const double host_s =
        host->measured ? host->times[GV_VIEW_KERNEL_ONLY].stage[GV_STAGE_TOTAL].median_s : NAN;
    for (int v = 0; v < GV_VIEW_COUNT; v++) {
        const gv__view_samples *samples = &party->samples[v];
        if (party->view_failed[v]) {
            gv__view_samples_clear(&party->samples[v]);
        }
        gv_status status = gv__view_times_of(samples, is_host(party) ? NULL : host_samples, host_s,
                                             &party->times[v], err);
        if (status != GV_OK) {
            return status;
        }
    }
    party->flags =
        gv__view_flags(&party->samples[headline], &party->times[headline], m->suite->warm_up_s);
    party->flags |= m->cores_moved && on_host_silicon(party) ? GV_FLAG_MOVED : 0;
    if (!is_host(party)) {
        party->flags |= party->device->is_host_silicon ? GV_FLAG_HOST_SILICON : 0;
        party->flags |= party->prepared.tuned ? 0 : GV_FLAG_NOT_TUNED;
        party->flags |= party->prepared.cached ? GV_FLAG_BUILD_CACHED : 0;
        party->flags |= party->prepared.polled ? GV_FLAG_POLLED : 0;
    }
    return GV_OK;
}

/* Probe a roof once more. A worker that dies of it is no word against its provider, nor against the
 * samples that were taken of it. */
static gv_status reprobe(gv__measure *m, gv__party *party, const gv__preparation *what,
                         gv_precision precision, gv_error *err)
{
    const bool was_ready = party->ready;
    gv_error found = {0};
    gv_status status = gv__party_probe(party, precision, GV__PROBE_S, &found);
    if (status == GV_INTERRUPTED) {
        return gv__fail(err, status, 0, NULL, "%s", found.text);
    }
    m->roof_raised = true;
    if (party->open) {
        return GV_OK;
    }
    gv__party_note(party, GV_INCIDENT_FAILURE, "", party->link.doing, found.text);
    return was_ready ? gv__party_revive(party, what, err) : GV_OK;
}

/* Everybody whose probe counts for this party's roof, once more. */
static gv_status probe_again(gv__measure *m, const gv__party *party, const gv__preparation *what,
                             gv_precision precision, gv_error *err)
{
    gv_status status = GV_OK;
    for (size_t i = 0; i < m->count && status == GV_OK; i++) {
        gv__party *other = &m->parties[i];
        bool counts = other == party || (on_host_silicon(other) && on_host_silicon(party));
        if (counts && other->open) {
            status = reprobe(m, other, what, precision, err);
        }
    }
    return status;
}

/* Against a roof that is not known every time stands. Where the first probe failed, one more chance
 * in this run. */
static gv_status seek_roof(gv__measure *m, gv__party *party, const gv__preparation *what,
                           gv_precision precision, gv_error *err)
{
    gv_roof roof = gv__measure_roof(m, party);
    if (!isnan(roof.flop_per_s[precision]) || party->roof_sought[precision] || !party->open) {
        return GV_OK;
    }
    party->roof_sought[precision] = true;
    return reprobe(m, party, what, precision, err);
}

/* Times that beat the roof are rejected; then the party is no longer ready. */
static gv_status judge(gv__measure *m, gv__party *party, const gv__preparation *what,
                       const gv_workload *workload, gv_error *err)
{
    char why[GV__ROOF_TEXT];
    gv_status status = seek_roof(m, party, what, workload->precision, err);
    if (status != GV_OK || !party->ready) {
        return status;
    }
    for (int look = 0;; look++) {
        gv_roof roof = gv__measure_roof(m, party);
        if (!gv__beats_roof(workload, gv__fastest_kernel_s(party->times), &roof, party->cache_bytes,
                            why)) {
            return GV_OK;
        }
        if (look == 1) {
            gv__party_reject(party, GV_INCIDENT_ABOVE_ROOF, why);
            return GV_OK;
        }
        status = probe_again(m, party, what, workload->precision, err);
        if (status != GV_OK || !party->ready) {
            return status;
        }
    }
}

/* A party that went through a round gets its times, or its next provider. */
static gv_status settle(gv__measure *m, gv__party *party, const gv__preparation *what,
                        const gv_workload *workload, const gv__view_samples *host_samples,
                        gv_error *err)
{
    gv_status status = GV_OK;
    if (party->ready) {
        status = count_up(m, party, host_samples, err);
    }
    if (status == GV_OK && party->ready) {
        status = judge(m, party, what, workload, err);
        if (status == GV_OK && party->ready) {
            party->measured = true;
            party->served = party->prepared;
        }
    }
    if (status == GV_OK && !party->ready) {
        status = gv__party_prepare(party, what, err);
    }
    return status;
}

/* The host's provider proved wrong or broke down after its time was taken: that time is worth
 * nothing, and no speed-up that rests on it. */
static void take_back_all(gv__measure *m)
{
    for (size_t i = 0; i < m->count; i++) {
        m->parties[i].measured = false;
    }
}

/* The host first: where it lost its provider and got another, the devices have no baseline yet and
 * stay pending, so that the next round measures them in turn with the new one. */
static gv_status settle_all(gv__measure *m, const bool *went, const gv__preparation *what,
                            const gv_workload *workload, const gv__view_samples *host_samples,
                            gv_error *err)
{
    gv__party *host = host_of(m);
    gv_status status = GV_OK;
    /* One that has its time goes on as a baseline, unless it broke down at that. */
    const bool broke_down = went[m->count - 1] && host->measured && !host->ready;
    if (broke_down) {
        take_back_all(m);
    }
    if (went[m->count - 1] && !host->measured) {
        status = settle(m, host, what, workload, host_samples, err);
    }
    const bool again = broke_down || is_pending(host);
    for (size_t i = 0; i + 1 < m->count && status == GV_OK; i++) {
        gv__party *party = &m->parties[i];
        if (went[i] && !(again && party->ready)) {
            /* Samples of a host that nobody believes are no baseline. */
            status = settle(m, party, what, workload, host->measured ? host_samples : NULL, err);
        }
    }
    return status;
}

/* Who goes into the next round, the host always as a baseline; false where nobody has to. */
static bool gather(const gv__measure *m, bool *went)
{
    bool any = false;
    for (size_t i = 0; i < m->count; i++) {
        went[i] = is_pending(&m->parties[i]);
        any = any || went[i];
    }
    went[m->count - 1] = host_of(m)->ready;
    return any;
}

/* What a short look finds may be a core that has not reached its clock yet. */
static void watch_cores(gv__measure *m)
{
    const double before_s = m->core_distance_s;
    if (!isnan(before_s) && !m->cores_moved) {
        m->cores_moved =
            gv__core_distance_differs(before_s, gv__core_distance_s(0)) &&
            gv__core_distance_differs(before_s, gv__core_distance_s(GV__CORES_AWAKE_S));
    }
}

static gv_status prepare_all(gv__measure *m, const gv__preparation *what, const bool *wanted,
                             gv_error *err)
{
    gv_status status = GV_OK;
    for (size_t i = 0; i < m->count && status == GV_OK; i++) {
        gv__party *party = &m->parties[i];
        gv__party_begin(party);
        if (!party->lost && (wanted[i] || is_host(party))) {
            status = gv__party_prepare(party, what, err);
        }
    }
    return status;
}

static bool is_cut_short(const gv__measure *m)
{
    bool any = false;
    for (size_t i = 0; i < m->count; i++) {
        any = any || m->parties[i].cut_short;
    }
    return any;
}

gv_status gv__measure_workload(gv__measure *m, const char *text, const gv_workload *workload,
                               const bool *wanted, gv_error *err)
{
    bool *went = calloc(m->count, sizeof *went);
    if (went == NULL) {
        return gv__fail(err, GV_MEMORY, 0, "calloc", "no room for %zu parties", m->count);
    }
    const gv__preparation what = {.workload = text,
                                  .seed = m->seed,
                                  .choose_s = m->suite->min_s,
                                  .trust_earlier = m->suite->processes == 1,
                                  .deadline_s = m->deadline_s};
    m->cores_moved = false;
    watch_cores(m);
    gv_status status = prepare_all(m, &what, wanted, err);
    /* What the deadline cut short is no measurement: --resume takes it from the start. */
    bool whole = !is_cut_short(m);
    while (status == GV_OK && whole && gather(m, went)) {
        gv__party *host = host_of(m);
        gv__view_samples *host_samples =
            host->measured ? &m->pairing : &host->samples[GV_VIEW_KERNEL_ONLY];
        status = take_round(m, workload, host_samples, &whole, err);
        watch_cores(m);
        if (status == GV_OK && whole) {
            status = settle_all(m, went, &what, workload, host_samples, err);
            whole = !is_cut_short(m);
        }
    }
    m->budget_spent = m->budget_spent || is_cut_short(m);
    for (size_t i = 0; i < m->count && status == GV_OK; i++) {
        status = gv__party_end(&m->parties[i], err);
    }
    free(went);
    return status;
}

void gv__measure_free(gv__measure *m)
{
    gv__view_samples_free(&m->pairing);
}
