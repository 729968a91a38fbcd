/* SPDX-License-Identifier: Apache-2.0 */
/* A model learns from measurements of its device, and lends what it learned. */
#include "estimator/model.h"

#include "base/support.h"

#include <math.h>
#include <stdlib.h>

/* A residual beyond this is a broken row or another algorithm, not a device. */
static const double most_residual = 1.6;
static const double most_residual_host = 5;

typedef struct learned {
    gv__situation *at;
    double *residual;
    size_t count[GV__PROCESSES];
} learned;

static gv_status learn(const gv_model *model, const gv_point *points, size_t count, learned *out,
                       gv_error *err)
{
    double most = model->machine.host_silicon ? most_residual_host : most_residual;
    for (size_t i = 0; i < count; i++) {
        const gv_point *point = &points[i];
        if (point->workload.op == GV_OP_CUSTOM || !(point->call_s > 0) || isinf(point->call_s)) {
            return gv__fail(err, GV_ARGUMENT, 0, NULL,
                            "measurement %zu is custom work or has no time (%g s)", i + 1,
                            point->call_s);
        }
        gv_estimate estimate;
        gv__reckoning reckoning;
        gv_status status = gv__model_reckon(model, &point->workload, &estimate, &reckoning, err);
        if (status != GV_OK) {
            return status;
        }
        int kind = reckoning.situation.kind;
        if (out->count[kind] == GV_MAX_POINTS) {
            continue;
        }
        size_t slot = (size_t)kind * GV_MAX_POINTS + out->count[kind]++;
        out->at[slot] = reckoning.situation;
        double modelled_s = reckoning.pieces.count * reckoning.terms.call_s;
        out->residual[slot] = fmin(fmax(log(point->call_s / modelled_s), -most), most);
    }
    return GV_OK;
}

/* The process of one kind: its own points first, then those of the kind that is related. */
static gv_status condition(const gv_model *model, const learned *from, int kind, gv__process *out,
                           gv_error *err)
{
    size_t most = 2 * (size_t)GV_MAX_POINTS;
    gv__situation *at = malloc(most * sizeof *at);
    double *residual = malloc(most * sizeof *residual);
    gv_status status = GV_OK;
    if (!at || !residual) {
        status = gv__fail(err, GV_MEMORY, 0, "malloc", "no memory for measurements");
        goto cleanup;
    }
    size_t count = 0;
    for (int pass = 0; pass < 2; pass++) {
        for (int other = 0; other < GV__PROCESSES; other++) {
            bool wanted = pass == 0 ? other == kind : gv__related(kind, other);
            for (size_t i = 0; wanted && i < from->count[other]; i++) {
                at[count] = from->at[(size_t)other * GV_MAX_POINTS + i];
                residual[count++] = from->residual[(size_t)other * GV_MAX_POINTS + i];
            }
        }
    }
    status = gv__process_make(model->constants, kind, model->machine.host_silicon, at, residual,
                              count, from->count[kind], out, err);
cleanup:
    free(at);
    free(residual);
    return status;
}

static void replace_processes(gv_model *model, const gv__process *with, bool family)
{
    for (int i = 0; i < GV__PROCESSES; i++) {
        gv__process_free(&model->process[i]);
        model->process[i] = with[i];
    }
    model->family = family;
}

gv_status gv_model_calibrate(gv_model *model, const gv_point *points, size_t count, gv_error *err)
{
    gv__process fresh[GV__PROCESSES] = {0};
    size_t most = (size_t)GV__PROCESSES * GV_MAX_POINTS;
    learned from = {.at = malloc(most * sizeof *from.at),
                    .residual = malloc(most * sizeof *from.residual)};
    gv_status status = GV_OK;
    if (!from.at || !from.residual) {
        status = gv__fail(err, GV_MEMORY, 0, "malloc", "no memory for measurements");
        goto cleanup;
    }
    status = learn(model, points, count, &from, err);
    for (int kind = 0; kind < GV__PROCESSES && status == GV_OK; kind++) {
        status = condition(model, &from, kind, &fresh[kind], err);
    }
    if (status == GV_OK) {
        replace_processes(model, fresh, false);
    }
cleanup:
    for (int kind = 0; kind < GV__PROCESSES && status != GV_OK; kind++) {
        gv__process_free(&fresh[kind]);
    }
    free(from.at);
    free(from.residual);
    return status;
}

gv_status gv_model_lend(gv_model *to, const gv_model *from, gv_error *err)
{
    size_t points = 0;
    for (int i = 0; i < GV__PROCESSES; i++) {
        points += from->process[i].own;
    }
    if (points == 0) {
        return gv__fail(err, GV_ARGUMENT, 0, NULL, "the lending device is not calibrated");
    }
    gv__process copies[GV__PROCESSES] = {0};
    gv_status status = GV_OK;
    for (int i = 0; i < GV__PROCESSES && status == GV_OK; i++) {
        status = gv__process_copy(&from->process[i], &copies[i], err);
    }
    if (status == GV_OK) {
        replace_processes(to, copies, true);
    } else {
        for (int i = 0; i < GV__PROCESSES; i++) {
            gv__process_free(&copies[i]);
        }
    }
    return status;
}
