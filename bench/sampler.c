/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/sampler.h"
#include "base/support.h"
#include "bench/statistics.h"

#include <math.h>
#include <string.h>

static const double shortest_sample_s = 1e-3;
static const double steady_variation = 0.02;
enum { STEADY_WINDOW = 5, MOST_CALLS = 1 << 20 };

typedef struct sampler {
    gv__timed_call call;
    void *context;
    gv_view view;
    double started_s; /* on the clock, when this phase began */
    double spent_s;   /* what its calls say they took */
} sampler;

static void start_phase(sampler *s)
{
    s->started_s = gv__now_s();
    s->spent_s = 0;
}

static double elapsed_s(const sampler *s)
{
    return fmax(s->spent_s, gv__now_s() - s->started_s);
}

/* The mean of `calls` calls. */
static gv_status take(sampler *s, uint32_t calls, double mean_s[GV_STAGE_COUNT], gv_error *err)
{
    double sum_s[GV_STAGE_COUNT] = {0};
    for (uint32_t i = 0; i < calls; i++) {
        double stage_s[GV_STAGE_COUNT];
        gv_status status = s->call(s->context, s->view, stage_s, err);
        if (status != GV_OK) {
            return status;
        }
        for (int stage = 0; stage < GV_STAGE_COUNT; stage++) {
            sum_s[stage] += stage_s[stage];
        }
    }
    s->spent_s += sum_s[GV_STAGE_TOTAL];
    for (int stage = 0; stage < GV_STAGE_COUNT; stage++) {
        mean_s[stage] = sum_s[stage] / calls;
    }
    return GV_OK;
}

static uint32_t calls_for(double call_s)
{
    double calls = ceil(shortest_sample_s / call_s);
    return calls > MOST_CALLS ? MOST_CALLS : calls > 1 ? (uint32_t)calls : 1;
}

/* Run until the last samples agree or the time is up. */
static gv_status warm_up(sampler *s, double limit_s, bool find_calls, uint32_t *calls, bool *steady,
                         gv_error *err)
{
    double window_s[STEADY_WINDOW] = {0};
    size_t count = 0;
    start_phase(s);
    do {
        double mean_s[GV_STAGE_COUNT];
        gv_status status = take(s, *calls, mean_s, err);
        if (status != GV_OK) {
            return status;
        }
        uint32_t needed = calls_for(mean_s[GV_STAGE_TOTAL]);
        if (find_calls && needed > *calls) {
            /* At most twice at once: the first calls are slow ones. */
            *calls = needed > 2 * *calls ? 2 * *calls : needed;
            count = 0;
            continue;
        }
        memmove(window_s, window_s + 1, (STEADY_WINDOW - 1) * sizeof window_s[0]);
        window_s[STEADY_WINDOW - 1] = mean_s[GV_STAGE_TOTAL];
        count++;
        *steady = count >= STEADY_WINDOW &&
                  gv__variation(window_s, STEADY_WINDOW, STEADY_WINDOW) < steady_variation;
    } while (!*steady && elapsed_s(s) < limit_s);
    return GV_OK;
}

gv_status gv__sample(gv__timed_call call, void *context, const gv__ask_sample *ask,
                     gv__say_samples *out, gv_error *err)
{
    sampler s = {.call = call, .context = context, .view = ask->view};
    gv__say_samples taken = {.calls = ask->calls > 0 ? ask->calls : 1, .clock_mhz = NAN};
    double stage_s[GV_STAGE_COUNT];
    gv_status status = GV_OK;
    if (ask->samples < 1 || ask->samples > GV__MAX_SAMPLES) {
        return gv__fail(err, GV_ARGUMENT, 0, NULL, "%u samples are none or too many",
                        (unsigned)ask->samples);
    }
    if (ask->warm_up_s > 0) {
        status = warm_up(&s, ask->warm_up_s, ask->calls == 0, &taken.calls, &taken.steady, err);
    } else if (ask->warm_up_s == 0) {
        status = take(&s, 1, stage_s, err);
        if (status == GV_OK && ask->calls == 0) {
            taken.calls = calls_for(stage_s[GV_STAGE_TOTAL]);
        }
    }
    start_phase(&s);
    while (status == GV_OK && taken.count < GV__MAX_SAMPLES) {
        double passed_s = elapsed_s(&s);
        bool enough = taken.count >= ask->samples && passed_s >= ask->min_s;
        if (taken.count > 0 && (enough || passed_s >= ask->max_s)) {
            break;
        }
        status = take(&s, taken.calls, taken.stage_s[taken.count], err);
        taken.count += status == GV_OK;
    }
    if (status == GV_OK) {
        *out = taken;
    }
    return status;
}
