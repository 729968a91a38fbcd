/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels/pieces_run.h"
#include "base/support.h"

#include <stdlib.h>
#include <string.h>

enum { LANES = 2, MOST_SIZES = 8 };

/* Of the device's memory for each lane; the rest is for what a provider allocates itself. */
static const double LANE_SHARE = 0.4;

/* A size of piece: all but the last ones along an axis have the same. */
typedef struct sized_plan {
    char workload[GV_WORKLOAD_TEXT];
    void *plan;
} sized_plan;

typedef struct lane {
    gv__context *context;
    cl_mem input[GV_MAX_INPUTS], output;
    gv__part held[GV_MAX_INPUTS]; /* what `input` holds of this call's arrays; no rows: nothing */
    sized_plan sizes[MOST_SIZES];
    size_t size_count;
} lane;

typedef struct pieces {
    const gv__device_provider *provider;
    gv__cut cut;
    lane lanes[LANES];
} pieces;

gv_status gv__pieces_cut(const gv_device *facts, const gv_workload *whole, gv__cut *out,
                         gv_error *err)
{
    gv__cut cut;
    gv_status status =
        gv__cut_find(whole, gv_device_number(facts, GV_DEVICE_MAX_ALLOC),
                     LANE_SHARE * gv_device_number(facts, GV_DEVICE_GLOBAL_MEM), &cut, err);
    if (status == GV_OK) {
        /* What is left to say is said of a piece: the precision, for one. */
        const gv__piece first = gv__cut_piece(&cut, 0);
        status = gv__device_fits(facts, &first.workload, err);
    }
    if (status == GV_OK) {
        *out = cut;
    }
    return status;
}

/* ---- plans ---- */

static void *plan_of(const lane *l, const gv_workload *workload)
{
    char text[GV_WORKLOAD_TEXT];
    gv_workload_format(workload, text);
    for (size_t i = 0; i < l->size_count; i++) {
        if (strcmp(l->sizes[i].workload, text) == 0) {
            return l->sizes[i].plan;
        }
    }
    return NULL;
}

static gv_status add_plan(pieces *p, lane *l, const gv_workload *workload, gv__costs *costs,
                          gv_error *err)
{
    if (plan_of(l, workload) != NULL) {
        return GV_OK;
    }
    gv_status status = p->provider->supports(&l->context->facts, workload, err);
    if (status != GV_OK) {
        return status;
    }
    sized_plan *added = &l->sizes[l->size_count];
    status = p->provider->create(l->context, workload, NULL, &added->plan, costs, err);
    if (status == GV_OK) {
        gv_workload_format(workload, added->workload);
        l->size_count++;
    }
    return status;
}

/* Two sizes an axis, three axes: at most MOST_SIZES plans. */
static gv_status add_plans(pieces *p, lane *l, gv__costs *costs, gv_error *err)
{
    gv_status status = GV_OK;
    for (uint64_t i = 0; i < p->cut.count && status == GV_OK; i++) {
        const gv__piece piece = gv__cut_piece(&p->cut, i);
        status = add_plan(p, l, &piece.workload, costs, err);
    }
    return status;
}

/* The first piece is the largest. */
static gv_status add_buffers(const pieces *p, lane *l, gv_error *err)
{
    const gv__piece first = gv__cut_piece(&p->cut, 0);
    gv_operands arrays;
    gv_status status = gv_workload_operands(&first.workload, &arrays, err);
    for (uint32_t i = 0; i < p->cut.operands.inputs && status == GV_OK; i++) {
        status = gv__buffer_create(l->context, arrays.input[i].bytes, &l->input[i], err);
    }
    if (status == GV_OK) {
        status = gv__buffer_create(l->context, arrays.output.bytes, &l->output, err);
    }
    return status;
}

gv_status gv__pieces_create(gv__context *context, const gv__device_provider *provider,
                            const gv__cut *cut, void **out, gv__costs *costs, gv_error *err)
{
    pieces *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return gv__fail(err, GV_MEMORY, 0, NULL, "no memory to cut work into pieces");
    }
    made->provider = provider;
    made->cut = *cut;
    gv_status status = GV_OK;
    for (int i = 0; i < LANES && status == GV_OK; i++) {
        lane *l = &made->lanes[i];
        status = gv__context_beside(context, &l->context, err);
        if (status == GV_OK) {
            status = add_buffers(made, l, err);
        }
        if (status == GV_OK) {
            status = add_plans(made, l, costs, err);
        }
    }
    if (status != GV_OK) {
        gv__pieces_free(made);
        return status;
    }
    *out = made;
    return GV_OK;
}

void gv__pieces_free(void *plan)
{
    pieces *p = plan;
    for (int i = 0; p != NULL && i < LANES; i++) {
        lane *l = &p->lanes[i];
        for (size_t s = 0; s < l->size_count; s++) {
            p->provider->destroy(l->sizes[s].plan);
        }
        for (int k = 0; k < GV_MAX_INPUTS; k++) {
            gv__buffer_free(l->input[k]);
        }
        gv__buffer_free(l->output);
        gv__context_beside_close(l->context);
    }
    free(p);
}

/* ---- a call ---- */

static bool same_part(const gv__part *a, const gv__part *b)
{
    return a->offset == b->offset && a->row_bytes == b->row_bytes && a->rows == b->rows &&
           a->pitch == b->pitch;
}

static gv_status run_piece(const pieces *p, lane *l, const gv__piece *piece,
                           const void *const inputs[], void *output, gv_error *err)
{
    gv_status status = GV_OK;
    for (uint32_t i = 0; i < p->cut.operands.inputs && status == GV_OK; i++) {
        const gv__part *part = &piece->input[i];
        const gv__rows rows = {part->row_bytes, part->rows, part->pitch};
        if (!same_part(part, &l->held[i])) {
            status = gv__buffer_write_rows(l->context, l->input[i],
                                           (const char *)inputs[i] + part->offset, &rows, err);
            l->held[i] = *part;
        }
    }
    if (status == GV_OK) {
        status = p->provider->enqueue(plan_of(l, &piece->workload), l->input, l->output, err);
    }
    if (status == GV_OK) {
        const gv__part *part = &piece->output;
        const gv__rows rows = {part->row_bytes, part->rows, part->pitch};
        status =
            gv__buffer_read_rows(l->context, l->output, (char *)output + part->offset, &rows, err);
    }
    return status == GV_OK ? gv__flush(l->context, err) : status;
}

gv_status gv__pieces_run(void *plan, const void *const inputs[], void *output, gv_error *err)
{
    pieces *p = plan;
    gv_status status = GV_OK;
    for (int i = 0; i < LANES; i++) {
        memset(p->lanes[i].held, 0, sizeof p->lanes[i].held);
    }
    for (uint64_t i = 0; i < p->cut.count && status == GV_OK; i++) {
        const gv__piece piece = gv__cut_piece(&p->cut, i);
        status = run_piece(p, &p->lanes[i % LANES], &piece, inputs, output, err);
    }
    /* Also behind a failure: nothing may be written to the caller's memory later. */
    for (int i = 0; i < LANES; i++) {
        gv_error ignored = {0};
        gv_status ended = gv__finish(p->lanes[i].context, "the pieces of a larger workload",
                                     status == GV_OK ? err : &ignored);
        status = status == GV_OK ? ended : status;
    }
    return status;
}
