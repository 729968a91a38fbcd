/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/device_trial.h"
#include "bench/device_serve.h"
#include "bench/worker.h"

#include <math.h>
#include <string.h>

/* A list that does not end is a provider's mistake, and not the parent's to sit through. */
enum { MOST_CANDIDATES = 1024 };

static void say_candidates(const gv_device *facts, const gv_workload *workload,
                           const gv__device_provider *row)
{
    gv__tuned_set said = {.searched = true};
    gv__provider_text(said.provider, row->name, row->version());
    gv__parameters set = {0};
    for (uint32_t i = 0; i < MOST_CANDIDATES; i++) {
        if (row->candidate != NULL && !row->candidate(facts, workload, i, &set)) {
            break;
        }
        gv__parameters_text(&set, said.parameters);
        gv__worker_say(GV__SAY_CANDIDATE, &said);
        if (row->candidate == NULL) {
            break; /* itself, with nothing to tune */
        }
    }
}

gv_status gv__device_candidates(const gv_device *facts, const gv__ask_candidates *ask,
                                gv_error *err)
{
    gv__task task = {.seed = 0};
    gv_error ignored = {0};
    gv_status status = gv__task_read(&task, ask->workload, 0, err);
    if (status != GV_OK || gv__device_fits(facts, &task.workload, &ignored) != GV_OK) {
        return status;
    }
    size_t count = 0;
    const gv__device_provider *const *rows = gv__device_providers(task.workload.op, &count);
    for (size_t i = 0; i < count; i++) {
        if (rows[i]->supports(facts, &task.workload, &ignored) == GV_OK) {
            say_candidates(facts, &task.workload, rows[i]);
        }
    }
    return GV_OK;
}

/* Have the workload's operands, those of the last try where they are the same. */
static gv_status load(gv__device_task *t, const gv__ask_try *ask, gv_error *err)
{
    if (t->by.provider == NULL && strcmp(t->trying, ask->workload) == 0 &&
        t->task.seed == ask->seed) {
        return GV_OK;
    }
    gv__device_task_release(t);
    gv_status status = gv__task_read(&t->task, ask->workload, ask->seed, err);
    if (status == GV_OK) {
        status = gv__device_fits(&t->context->facts, &t->task.workload, err);
    }
    if (status == GV_OK) {
        status = gv__device_task_allocate(t, err);
    }
    if (status == GV_OK) {
        gv__copy_text(t->trying, sizeof t->trying, ask->workload);
    } else {
        gv__device_task_release(t);
    }
    return status;
}

static const gv__device_provider *provider_named(gv_op op, const char *wanted)
{
    size_t count = 0;
    const gv__device_provider *const *rows = gv__device_providers(op, &count);
    for (size_t i = 0; i < count; i++) {
        char text[GV_PROVIDER_TEXT];
        if (strcmp(gv__provider_text(text, rows[i]->name, rows[i]->version()), wanted) == 0) {
            return rows[i];
        }
    }
    return NULL;
}

gv_status gv__device_try(gv__device_task *t, const gv__ask_try *ask, gv__say_trial *out,
                         gv_error *err)
{
    gv_status status = load(t, ask, err);
    if (status != GV_OK) {
        return status;
    }
    const gv__device_provider *row = provider_named(t->task.workload.op, ask->set.provider);
    if (row == NULL) {
        return gv__fail(err, GV_UNSUPPORTED, 0, NULL, "%s is not built in", ask->set.provider);
    }
    status = row->supports(&t->context->facts, &t->task.workload, err);
    gv__parameters parameters = {0};
    if (status == GV_OK) {
        status = gv__parameters_read(ask->set.parameters, &parameters, err);
    }
    if (status != GV_OK) {
        return status;
    }
    const gv__effort effort = {
        .seconds = ask->seconds, .brief_s = INFINITY, .give_up_s = ask->give_up_s, .compare = true};
    gv__say_prepared ignored;
    gv__say_trial tried;
    gv__copy_text(t->by.text, sizeof t->by.text, ask->set.provider);
    t->by.provider = row;
    status = gv__device_serve(t, parameters.count > 0 ? &parameters : NULL, &effort, &ignored,
                              &tried, err);
    if (status == GV_OK && !tried.given_up) {
        status = gv__device_pack_weights(t, ask->seconds, &ignored, &tried.packed_s, err);
    }
    if (status == GV_OK) {
        *out = tried;
    }
    gv__device_drop(&t->by);
    return status;
}
