/* SPDX-License-Identifier: Apache-2.0 */
/* A model learns from measurements of its device, and lends what it learned. */
#include "estimator/model.h"

#include "base/support.h"

#include <math.h>
#include <stdlib.h>

/* A residual beyond this is a broken row or another algorithm, not a device. */
static const double most_residual = 1.6;
static const double most_residual_host = 5;

/* Launch costs that are tried where none is given: up to 2^4 times the usual one up and down. */
enum { LAUNCH_STEPS = 8 };
static const double launch_step = 0.34657; /* ln of half a doubling */

/* Where each point stands, and by how much the model errs there. */
typedef struct learned {
    gv__situation *at;
    double *residual;
    size_t count;
} learned;

static gv_status learn(const gv_model *model, const gv_point *points, learned *out, gv_error *err)
{
    double most = model->machine.host_silicon ? most_residual_host : most_residual;
    for (size_t i = 0; i < out->count; i++) {
        const gv_point *point = &points[i];
        if (point->workload.op == GV_OP_CUSTOM || !(point->call_s > 0) || isinf(point->call_s)) {
            return gv__fail(err, GV_ARGUMENT, 0, NULL,
                            "measurement %zu is custom work or has no time (%g s)", i + 1,
                            point->call_s);
        }
        gv_estimate estimate;
        gv__reckoning r;
        gv_status status = gv__model_reckon(model, &point->workload, &estimate, &r, err);
        if (status != GV_OK) {
            return status;
        }
        double modelled_s = r.pieces.count * r.terms.call_s;
        out->at[i] = r.situation;
        out->residual[i] = fmin(fmax(log(point->call_s / modelled_s), -most), most);
    }
    return GV_OK;
}

/* The process of one kind: its own points first, then those of the kinds that are related. */
static gv_status condition(const gv_model *model, const learned *from, int kind, gv__process *out,
                           gv_error *err)
{
    const gv__situation self = {.kind = kind,
                                .row = model->machine.host_silicon ? GV__PROCESS_CPU : kind};
    gv__situation at[GV__MOST_RELATED];
    double residual[GV__MOST_RELATED];
    size_t count = 0, own = 0;
    for (int pass = 0; pass < 2; pass++) {
        size_t most = pass == 0 ? GV_MAX_POINTS : GV__MOST_RELATED;
        for (size_t i = 0; i < from->count && count < most; i++) {
            if (pass == 0 ? from->at[i].kind == kind : gv__related(&self, &from->at[i])) {
                at[count] = from->at[i];
                residual[count++] = from->residual[i];
            }
        }
        own = pass == 0 ? count : own;
    }
    return gv__process_make(model->constants, at, residual, count, own, out, err);
}

/* `out` becomes the model with this launch cost and the points' processes; to be forgotten also
 * where that fails. */
static gv_status condition_all(const gv_model *model, double launch_s, const gv_point *points,
                               learned *room, gv_model *out, double *surprise, gv_error *err)
{
    *out = (gv_model){.constants = model->constants, .machine = model->machine};
    out->machine.launch_s = launch_s;
    gv_status status = learn(out, points, room, err);
    *surprise = 0;
    for (int kind = 0; kind < GV__KINDS && status == GV_OK; kind++) {
        status = condition(out, room, kind, &out->process[kind], err);
        *surprise += out->process[kind].surprise;
    }
    return status;
}

/* A launch cost that was not given is the one to which the points are the least surprise, the
 * usual one being likely. */
gv_status gv_model_calibrate(gv_model *model, const gv_point *points, size_t count, gv_error *err)
{
    const gv__machine *m = &model->machine;
    learned room = {.at = calloc(count + 1, sizeof *room.at),
                    .residual = calloc(count + 1, sizeof *room.residual),
                    .count = count};
    gv_model best = {.family = false};
    double least = INFINITY;
    gv_status status = GV_OK;
    if (!room.at || !room.residual) {
        status = gv__fail(err, GV_MEMORY, 0, "calloc", "no memory for %zu measurements", count);
        goto cleanup;
    }
    int steps = m->launch_known ? 0 : LAUNCH_STEPS;
    for (int i = -steps; i <= steps && status == GV_OK; i++) {
        double launch_s = m->usual_launch_s * exp(launch_step * i);
        double unusual = launch_step * i / m->launch_spread;
        gv_model trial;
        double surprise;
        status = condition_all(model, m->launch_known ? m->launch_s : launch_s, points, &room,
                               &trial, &surprise, err);
        surprise = status == GV_OK ? surprise + 0.5 * unusual * unusual : INFINITY;
        gv__model_forget(surprise < least ? &best : &trial);
        if (surprise < least) {
            least = surprise;
            best = trial;
        }
    }
    if (status == GV_OK) {
        gv__model_forget(model);
        *model = best;
    } else {
        gv__model_forget(&best);
    }
cleanup:
    free(room.at);
    free(room.residual);
    return status;
}

gv_status gv_model_lend(gv_model *to, const gv_model *from, gv_error *err)
{
    gv_model heir = {.constants = to->constants, .machine = to->machine, .family = true};
    if (!heir.machine.launch_known) {
        heir.machine.launch_s = from->machine.launch_s;
    }
    size_t points = 0;
    gv_status status = GV_OK;
    for (int i = 0; i < GV__KINDS && status == GV_OK; i++) {
        points += from->process[i].own;
        status = gv__process_copy(&from->process[i], &heir.process[i], err);
    }
    if (status == GV_OK && points == 0) {
        status = gv__fail(err, GV_ARGUMENT, 0, NULL, "the lending device is not calibrated");
    }
    gv__model_forget(status == GV_OK ? to : &heir);
    if (status == GV_OK) {
        *to = heir;
    }
    return status;
}
