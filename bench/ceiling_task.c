/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/ceiling_task.h"

#include "bench/power.h"
#include "bench/sampler.h"
#include "bench/statistics.h"
#include "bench/worker.h"
#include "kernels/ceilings.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MOST_BLOCKS = 16 };

/* Seconds of a call, of every sample so far. */
typedef struct series {
    uint32_t count;
    uint32_t calls; /* averaged in each; 0: not known yet */
    double call_s[MOST_BLOCKS * GV__MAX_SAMPLES];
} series;

/* gv__timed_call. */
static gv_status call(void *context, gv_view view, double stage_s[GV_STAGE_COUNT], gv_error *err)
{
    (void)view;
    const double start_s = gv__now_s();
    gv_status status = gv__ceiling_call(context, err);
    const double took_s = gv__now_s() - start_s;
    stage_s[GV_STAGE_H2D] = stage_s[GV_STAGE_D2H] = NAN;
    stage_s[GV_STAGE_KERNEL] = stage_s[GV_STAGE_TOTAL] = took_s;
    return status;
}

static gv_status take_block(gv__ceiling *ceiling, const gv__ask_ceilings *ask, bool first,
                            series *to, gv_error *err)
{
    const gv__ask_sample block = {.view = GV_VIEW_KERNEL_ONLY,
                                  .calls = to->calls,
                                  .samples = ask->samples,
                                  .min_s = ask->min_s,
                                  .max_s = ask->max_s,
                                  .warm_up_s = first ? ask->warm_up_s : 0};
    gv__say_samples taken;
    gv_status status = gv__ceiling_poison(ceiling, err);
    if (status == GV_OK) {
        status = gv__sample(call, ceiling, &block, &taken, err);
    }
    if (status == GV_OK) {
        status = gv__ceiling_verify(ceiling, err);
    }
    to->calls = status == GV_OK ? taken.calls : 0;
    for (uint32_t i = 0; status == GV_OK && i < taken.count; i++) {
        to->call_s[to->count++] = taken.stage_s[i][GV_STAGE_TOTAL];
    }
    return status;
}

/* From seconds a call to what people compare: rates, or a latency. */
static void judge(series *s, const gv__ceiling *ceiling, const gv__ceiling_ask *ask,
                  gv__say_ceiling *out)
{
    const bool is_time = gv_ceiling_unit_of(ask->kind) == GV_UNIT_SECONDS;
    const double work = gv__ceiling_work(ceiling);
    for (uint32_t i = 0; i < s->count; i++) {
        s->call_s[i] = is_time ? s->call_s[i] / work : work / s->call_s[i];
    }
    const gv_time found = gv__time_of(s->call_s, s->count); /* also sorts them */
    *out = (gv__say_ceiling){.kind = ask->kind,
                             .precision = ask->precision,
                             .width = ask->width,
                             .samples = s->count,
                             .outliers = gv__outliers(s->call_s, s->count),
                             .median = found.median_s,
                             .low = found.low_s,
                             .high = found.high_s,
                             .best = s->call_s[is_time ? 0 : s->count - 1],
                             .bytes = gv__ceiling_bytes(ceiling)};
    gv__copy_text(out->variant, sizeof out->variant, gv__ceiling_variant(ceiling));
    gv__copy_text(out->check, sizeof out->check, gv__ceiling_check(ceiling));
}

static gv_status measure(gv__ceilings *ceilings, const gv__ceiling_ask *which,
                         const gv__ask_ceilings *ask, gv__power *power, gv__say_ceiling *out,
                         gv_error *err)
{
    static series taken; /* too large for a stack, and one is measured at a time */
    gv__ceiling *ceiling = NULL;
    taken.count = taken.calls = 0;
    gv_status status = gv__ceiling_open(ceilings, which, &ceiling, err);
    if (status != GV_OK) {
        return status;
    }
    gv__power_begin(power);
    const uint32_t blocks = ask->blocks < MOST_BLOCKS ? ask->blocks : MOST_BLOCKS;
    for (uint32_t block = 0; block < blocks && status == GV_OK; block++) {
        status = take_block(ceiling, ask, block == 0, &taken, err);
        gv__power_look(power);
    }
    const double power_w = gv__power_end(power);
    if (status == GV_OK) {
        judge(&taken, ceiling, which, out);
        out->power_w = power_w;
        gv__copy_text(out->power_source, sizeof out->power_source,
                      gv_is_absent(power_w) ? "" : gv__power_source(power));
    }
    gv__ceiling_close(ceiling);
    return status;
}

/* Every width of a precision that is not there has the same reason: once is enough. */
static void say_why(const gv__ceiling_ask *which, const gv_error *found, char *last, size_t size)
{
    char what[sizeof found->text + GV_CEILING_TEXT];
    snprintf(what, sizeof what, "%s: %s", gv_ceiling_label(which->kind), found->text);
    if (strcmp(what, last) != 0) {
        gv__worker_incident(found->status == GV_UNSUPPORTED    ? GV_INCIDENT_UNSUPPORTED
                            : found->status == GV_WRONG_RESULT ? GV_INCIDENT_WRONG_RESULT
                                                               : GV_INCIDENT_FAILURE,
                            "", what);
    }
    gv__copy_text(last, size, what);
}

gv_status gv__ceiling_task_run(gv__context *context, const gv__ask_ceilings *ask, gv_error *err)
{
    gv__ceilings *ceilings = NULL;
    gv__ceiling_ask which;
    char last[sizeof err->text + GV_CEILING_TEXT] = "";
    gv_status status = gv__ceilings_open(context, &ceilings, err);
    if (status != GV_OK) {
        return status;
    }
    gv__power *power = gv__power_open(&context->facts);
    for (size_t i = 0; gv__ceiling_at(i, &which); i++) {
        gv__say_ceiling said;
        gv_error found = {0};
        gv__worker_step("", "measuring a ceiling: %s", gv_ceiling_label(which.kind));
        if (measure(ceilings, &which, ask, power, &said, &found) == GV_OK) {
            gv__worker_say(GV__SAY_CEILING, &said);
        } else {
            say_why(&which, &found, last, sizeof last);
        }
    }
    gv__power_close(power);
    gv__ceilings_close(ceilings);
    return GV_OK;
}
