/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/host_task.h"
#include "bench/sampler.h"
#include "bench/statistics.h"
#include "bench/worker.h"

#include <math.h>
#include <stdlib.h>

/* One provider under trial. */
typedef struct candidate {
    const gv__host_provider *provider;
    char text[GV_PROVIDER_TEXT];
    void *plan;
    gv__say_prepared said;
} candidate;

static void drop(candidate *c)
{
    if (c->provider != NULL) {
        c->provider->destroy(c->plan);
    }
    *c = (candidate){.provider = NULL};
}

void gv__host_task_release(gv__host_task *t)
{
    if (t->provider != NULL) {
        t->provider->destroy(t->plan);
    }
    gv__task_free(&t->task);
    *t = (gv__host_task){.threads = t->threads};
}

/* Compute the companion (see gv__task_companion) by a plan of its own. `*out` stays NULL where
 * there is none, or where the provider does not serve it. */
static gv_status run_companion(const gv__host_task *t, const candidate *c, void **out,
                               gv_error *err)
{
    gv_workload workload;
    size_t bytes = 0;
    gv__companion_kind kind = gv__task_companion(&t->task, &workload, &bytes);
    gv_error ignored = {0};
    if (kind == GV__COMPANION_NONE || c->provider->supports(&workload, &ignored) != GV_OK) {
        return GV_OK;
    }
    gv__worker_step(c->text, "planning %s of %s for the check",
                    kind == GV__COMPANION_LINEAR ? "the layer without its activation"
                                                 : "the inverse transform",
                    c->text);
    void *plan = NULL;
    gv__costs costs = gv__costs_none();
    const void *inputs[GV_MAX_INPUTS] = {t->task.output};
    for (uint32_t i = 0; i < GV_MAX_INPUTS && kind == GV__COMPANION_LINEAR; i++) {
        inputs[i] = t->task.input[i];
    }
    void *array = gv__task_array(bytes);
    if (array == NULL) {
        return gv__fail(err, GV_MEMORY, 0, NULL, "no room to check the result");
    }
    gv_status status =
        c->provider->create(&workload, inputs, array, t->threads, &plan, &costs, err);
    if (status == GV_OK) {
        status = c->provider->run(plan, err);
    }
    c->provider->destroy(plan);
    if (status == GV_OK) {
        *out = array;
    } else {
        free(array);
    }
    return status;
}

static gv_status check_output(gv__host_task *t, const candidate *c, gv_check_result *result,
                              gv_error *err)
{
    void *companion = NULL;
    gv_status status = run_companion(t, c, &companion, err);
    if (status == GV_OK) {
        gv__worker_step(c->text, "checking the result of %s", c->text);
        status = gv__task_check(&t->task, companion, result, err);
    }
    free(companion);
    return status;
}

typedef struct timed_plan {
    const gv__host_provider *provider;
    void *plan;
} timed_plan;

/* gv__timed_call */
static gv_status call(void *context, gv_view view, double stage_s[GV_STAGE_COUNT], gv_error *err)
{
    (void)view;
    const timed_plan *timed = context;
    double start_s = gv__now_s();
    gv_status status = timed->provider->run(timed->plan, err);
    double took_s = gv__now_s() - start_s;
    stage_s[GV_STAGE_H2D] = stage_s[GV_STAGE_D2H] = NAN;
    stage_s[GV_STAGE_KERNEL] = stage_s[GV_STAGE_TOTAL] = took_s;
    return status;
}

/* Seconds of a later call: enough to choose by, the runner measures in earnest. */
static gv_status time_later_call(const candidate *c, double *call_s, gv_error *err)
{
    static const gv__ask_sample quick = {
        .view = GV_VIEW_KERNEL_ONLY, .samples = 5, .min_s = 0.01, .max_s = 0.1, .warm_up_s = 0};
    timed_plan timed = {c->provider, c->plan};
    gv__say_samples samples;
    double total_s[GV__MAX_SAMPLES];
    gv_status status = gv__sample(call, &timed, &quick, &samples, err);
    if (status != GV_OK) {
        return status;
    }
    for (uint32_t i = 0; i < samples.count; i++) {
        total_s[i] = samples.stage_s[i][GV_STAGE_TOTAL];
    }
    *call_s = gv__median(total_s, samples.count);
    return GV_OK;
}

/* Plan, run, check and time one provider. */
static gv_status try_candidate(gv__host_task *t, candidate *c, gv_error *err)
{
    gv__costs costs = gv__costs_none();
    gv_check_result result = {.right = false};
    const void *inputs[GV_MAX_INPUTS];
    for (uint32_t i = 0; i < GV_MAX_INPUTS; i++) {
        inputs[i] = t->task.input[i];
    }
    gv__worker_step(c->text, "planning %s", c->text);
    gv_status status = c->provider->create(&t->task.workload, inputs, t->task.output, t->threads,
                                           &c->plan, &costs, err);
    if (status != GV_OK) {
        return status;
    }
    gv__worker_step(c->text, "running %s for its check", c->text);
    gv__operand_poison(t->task.output, &t->task.operands.output);
    double start_s = gv__now_s();
    status = c->provider->run(c->plan, err);
    double first_s = gv__now_s() - start_s;
    if (status == GV_OK) {
        status = check_output(t, c, &result, err);
    }
    double call_s = 0;
    if (status == GV_OK) {
        gv__worker_step(c->text, "running %s again", c->text);
        status = time_later_call(c, &call_s, err);
    }
    if (status == GV_OK) {
        gv__prepared_fill(&c->said, &t->task, c->text, &result, &costs, first_s, call_s);
    }
    return status;
}

/* Try every provider and keep the fastest; `any_incident` tells whether one was wrong or failed. */
static void find_fastest(gv__host_task *t, const gv__ask_prepare *ask, candidate *best,
                         bool *any_incident, gv__text *reasons)
{
    size_t count = 0;
    const gv__host_provider *const *rows = gv__host_providers(t->task.workload.op, &count);
    for (size_t i = 0; i < count; i++) {
        candidate c = {.provider = rows[i]};
        gv_error found = {0};
        gv__provider_text(c.text, rows[i]->name, rows[i]->version());
        if (gv__provider_excluded(ask, c.text)) {
            continue;
        }
        gv_status status = rows[i]->supports(&t->task.workload, &found);
        if (status == GV_OK) {
            status = try_candidate(t, &c, &found);
        }
        if (status != GV_OK) {
            gv__provider_refused(c.text, &found, reasons);
            *any_incident = *any_incident || status != GV_UNSUPPORTED;
        } else if (best->provider == NULL || c.said.call_s < best->said.call_s) {
            candidate slower = *best;
            *best = c;
            c = slower;
        }
        drop(&c);
    }
}

gv_status gv__host_task_prepare(gv__host_task *t, const gv__ask_prepare *ask, gv__say_prepared *out,
                                bool *served, gv_error *err)
{
    gv__text reasons = {0};
    bool any_incident = false;
    candidate best = {.provider = NULL};
    gv_error found = {0};
    gv__host_task_release(t);
    gv_status status = gv__task_read(&t->task, ask->workload, ask->seed, &found);
    if (status == GV_UNSUPPORTED) {
        gv__worker_incident(GV_INCIDENT_UNSUPPORTED, "", found.text);
        *served = false;
        return GV_OK;
    }
    if (status == GV_OK) {
        status = gv__task_allocate(&t->task, &found);
    }
    if (status != GV_OK) {
        gv__host_task_release(t);
        return gv__fail(err, status, found.code, found.call, "%s", found.text);
    }
    find_fastest(t, ask, &best, &any_incident, &reasons);
    *served = best.provider != NULL;
    if (*served) {
        t->provider = best.provider;
        t->plan = best.plan;
        gv__copy_text(t->provider_text, sizeof t->provider_text, best.text);
        *out = best.said;
    } else {
        gv__nobody_served(ask, any_incident, &reasons);
        gv__host_task_release(t);
    }
    gv__text_free(&reasons);
    return GV_OK;
}

gv_status gv__host_task_sample(gv__host_task *t, const gv__ask_sample *ask, gv__say_samples *out,
                               gv_error *err)
{
    if (t->provider == NULL) {
        return gv__fail(err, GV_ARGUMENT, 0, NULL, "no workload is prepared");
    }
    if (ask->view != GV_VIEW_KERNEL_ONLY) {
        return gv__fail(err, GV_ARGUMENT, 0, NULL, "the host moves nothing: it has no other view");
    }
    gv__worker_step(t->provider_text, "timing %s", t->provider_text);
    timed_plan timed = {t->provider, t->plan};
    gv__say_samples taken;
    gv__operand_poison(t->task.output, &t->task.operands.output);
    gv_status status = gv__sample(call, &timed, ask, &taken, err);
    if (status == GV_OK) {
        status = gv__task_verify(&t->task, t->task.output, err);
    }
    if (status == GV_OK) {
        *out = taken;
    }
    return status;
}
