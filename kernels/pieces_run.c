/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels/pieces_run.h"
#include "base/support.h"
#include "kernels/fft_columns.h"
#include "kernels/part_sum.h"

#include <stdlib.h>
#include <string.h>

enum { SLOTS = 2, MOST_SIZES = 32 };

/* A size of piece: all but those at the ends of an axis have the same. */
typedef struct sized_plan {
    char workload[GV_WORKLOAD_TEXT];
    void *plan;
    uint64_t packed; /**< weights of which sending; 0: it packs in every call, or not at all */
} sized_plan;

typedef struct pieces {
    const gv__device_provider *provider;
    gv__cut cut;
    gv__context *compute;   /* borrowed */
    gv__context *beside[2]; /* queues of its own, for copies */
    gv__context *in, *out;  /* those in use */
    cl_mem input[GV_MAX_INPUTS][SLOTS], output[SLOTS], partial;
    gv__part held[GV_MAX_INPUTS]; /* of a kept input, in this call's arrays; no bytes: nothing */
    uint64_t sent[GV_MAX_INPUTS]; /* how often, over all calls */
    cl_event computed[SLOTS], emptied[SLOTS];
    gv__part_sum sum;        /* where sums have parts */
    gv__fft_columns columns; /* where transforms are split */
    sized_plan sizes[MOST_SIZES];
    size_t size_count;
} pieces;

gv_status gv__pieces_cut(const gv_device *facts, const gv_workload *whole, gv__cut *out,
                         gv_error *err)
{
    gv__cut cut;
    gv_status status =
        gv__cut_find(whole, gv_device_number(facts, GV_DEVICE_MAX_ALLOC),
                     gv__cut_share * gv_device_number(facts, GV_DEVICE_GLOBAL_MEM), &cut, err);
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

static sized_plan *plan_of(pieces *p, const gv_workload *workload)
{
    char text[GV_WORKLOAD_TEXT];
    gv_workload_format(workload, text);
    for (size_t i = 0; i < p->size_count; i++) {
        if (strcmp(p->sizes[i].workload, text) == 0) {
            return &p->sizes[i];
        }
    }
    return NULL;
}

static gv_status add_plan(pieces *p, const gv_workload *workload, const gv__parameters *parameters,
                          gv__costs *costs, gv_error *err)
{
    if (plan_of(p, workload) != NULL) {
        return GV_OK;
    }
    if (p->size_count == MOST_SIZES) {
        return gv__fail(err, GV_UNSUPPORTED, 0, NULL, "its pieces have too many sizes");
    }
    gv_status status = p->provider->supports(&p->compute->facts, workload, err);
    if (status != GV_OK) {
        return status;
    }
    sized_plan *added = &p->sizes[p->size_count];
    gv_error found = {0};
    status = p->provider->create(p->compute, workload, parameters, &added->plan, costs, &found);
    if (status == GV_UNSUPPORTED && parameters != NULL && p->size_count > 0) {
        status = p->provider->create(p->compute, workload, NULL, &added->plan, costs, &found);
    }
    if (status != GV_OK) {
        return gv__fail(err, status, found.code, found.call, "%s", found.text);
    }
    gv_workload_format(workload, added->workload);
    p->size_count++;
    return GV_OK;
}

static gv_status add_plans(pieces *p, const gv__parameters *parameters, gv__costs *costs,
                           gv_error *err)
{
    gv_status status = GV_OK;
    for (uint64_t i = 0; i < p->cut.count && status == GV_OK; i++) {
        const gv__piece piece = gv__cut_piece(&p->cut, i);
        status = add_plan(p, &piece.workload, parameters, costs, err);
    }
    return status;
}

static gv_status add_buffers(pieces *p, gv_error *err)
{
    const gv__cut *cut = &p->cut;
    gv_status status = GV_OK;
    for (uint32_t i = 0; i < cut->operands.inputs; i++) {
        const int slots = cut->streamed[i] ? SLOTS : 1;
        for (int s = 0; s < slots && status == GV_OK; s++) {
            status = gv__buffer_create(p->compute, cut->piece.input[i].bytes, &p->input[i][s], err);
        }
    }
    for (int s = 0; s < SLOTS && status == GV_OK; s++) {
        status = gv__buffer_create(p->compute, cut->piece.output.bytes, &p->output[s], err);
    }
    if (status == GV_OK && cut->parts > 1) {
        status = gv__buffer_create(p->compute, cut->piece.output.bytes, &p->partial, err);
    }
    return status;
}

gv_status gv__pieces_create(gv__context *context, const gv__device_provider *provider,
                            const gv__parameters *parameters, const gv__cut *cut, void **out,
                            gv__costs *costs, gv_error *err)
{
    pieces *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return gv__fail(err, GV_MEMORY, 0, NULL, "no memory to cut work into pieces");
    }
    made->provider = provider;
    made->cut = *cut;
    made->compute = context;
    gv_status status = GV_OK;
    for (size_t i = 0; i < GV__COUNT(made->beside) && status == GV_OK; i++) {
        status = gv__context_beside(context, &made->beside[i], err);
    }
    gv__pieces_overlap(made, true);
    if (status == GV_OK) {
        status = add_plans(made, parameters, costs, err);
    }
    if (status == GV_OK && cut->parts > 1) {
        status = gv__part_sum_create(context, &cut->whole, &made->sum, costs, err);
    }
    if (status == GV_OK && cut->split.points[0] > 0) {
        status = gv__fft_columns_create(context, cut, &made->columns, costs, err);
    }
    if (status == GV_OK) {
        status = add_buffers(made, err);
    }
    if (status != GV_OK) {
        gv__pieces_free(made);
        return status;
    }
    *out = made;
    return GV_OK;
}

void gv__pieces_overlap(void *plan, bool overlap)
{
    pieces *p = plan;
    p->in = overlap ? p->beside[0] : p->compute;
    p->out = overlap ? p->beside[1] : p->compute;
}

static void forget_events(pieces *p)
{
    for (int s = 0; s < SLOTS; s++) {
        gv__event_free(p->computed[s]);
        gv__event_free(p->emptied[s]);
        p->computed[s] = p->emptied[s] = NULL;
    }
}

void gv__pieces_free(void *plan)
{
    pieces *p = plan;
    if (p == NULL) {
        return;
    }
    for (size_t i = 0; i < p->size_count; i++) {
        p->provider->destroy(p->sizes[i].plan);
    }
    for (int s = 0; s < SLOTS; s++) {
        for (int i = 0; i < GV_MAX_INPUTS; i++) {
            gv__buffer_free(p->input[i][s]);
        }
        gv__buffer_free(p->output[s]);
    }
    gv__buffer_free(p->partial);
    gv__part_sum_release(&p->sum);
    gv__fft_columns_release(&p->columns);
    forget_events(p);
    for (size_t i = 0; i < GV__COUNT(p->beside); i++) {
        gv__context_beside_close(p->beside[i]);
    }
    free(p);
}

/* ---- a call ---- */

/* Where a piece of a call goes. */
typedef struct turn {
    gv__piece piece;
    cl_mem input[GV_MAX_INPUTS], output;
    int slot, out_slot; /* those of its streamed inputs, and of its output */
    bool last_part;
} turn;

static turn turn_of(const pieces *p, uint64_t index)
{
    turn t = {.piece = gv__cut_piece(&p->cut, index),
              .slot = (int)(index % SLOTS),
              .out_slot = (int)(index / p->cut.parts % SLOTS)};
    for (uint32_t i = 0; i < p->cut.operands.inputs; i++) {
        t.input[i] = p->input[i][p->cut.streamed[i] ? t.slot : 0];
    }
    t.output = p->output[t.out_slot];
    t.last_part = t.piece.part + 1 == p->cut.parts;
    return t;
}

static bool same_part(const gv__part *a, const gv__part *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

static gv__rows rows_of(const gv__part *part)
{
    return (gv__rows){part->row_bytes, part->rows, part->pitch, part->own_offset, part->own_pitch};
}

static gv_status send_one(pieces *p, const turn *t, uint32_t i, const void *from, gv_error *err)
{
    const gv__part *part = &t->piece.input[i];
    if (part->rows == 0) {
        return gv__buffer_zero(p->in, t->input[i], p->cut.piece.input[i].bytes, err);
    }
    const gv__rows rows = rows_of(part);
    return gv__buffer_write_rows(p->in, t->input[i], (const char *)from + part->offset, &rows, err);
}

/* A streamed input goes where the last piece but one was, a kept one where the last one may still
 * be at work. */
static gv_status send_inputs(pieces *p, const turn *t, const void *const inputs[], gv_error *err)
{
    const uint32_t count = p->cut.operands.inputs;
    gv_status status = gv__await(p->in, p->computed[t->slot], err);
    for (uint32_t i = 0; i < count && status == GV_OK; i++) {
        if (p->cut.streamed[i]) {
            status = send_one(p, t, i, inputs[i], err);
        }
    }
    for (uint32_t i = 0; i < count && status == GV_OK; i++) {
        if (!p->cut.streamed[i] && !same_part(&p->held[i], &t->piece.input[i])) {
            status = gv__await(p->in, p->computed[(t->slot + 1) % SLOTS], err);
            if (status == GV_OK) {
                status = send_one(p, t, i, inputs[i], err);
            }
            p->held[i] = t->piece.input[i];
            p->sent[i]++;
        }
    }
    return status;
}

/* What a provider can pack: the weights, or a matmul's right matrix. */
static uint32_t packable(const gv__cut *cut)
{
    uint32_t i = 0;
    while (i + 1 < cut->operands.inputs && !cut->operands.input[i].weight) {
        i++;
    }
    return i;
}

/* Where that is kept it serves several pieces: packed once for each plan that uses it. */
static gv_status pack_kept(pieces *p, sized_plan *plan, const turn *t, gv_error *err)
{
    const uint32_t i = packable(&p->cut);
    if (p->provider->pack == NULL || p->cut.streamed[i] || plan->packed == p->sent[i]) {
        return GV_OK;
    }
    plan->packed = p->sent[i];
    return p->provider->pack(plan->plan, t->input[i], err);
}

static gv_status compute(pieces *p, const turn *t, gv_error *err)
{
    sized_plan *plan = plan_of(p, &t->piece.workload);
    const bool adds = t->piece.part > 0;
    if (t->piece.pass > 0) {
        return gv__fft_columns_enqueue(&p->columns, &t->piece, p->provider, plan->plan, t->input[0],
                                       t->output, err);
    }
    gv_status status = pack_kept(p, plan, t, err);
    if (status == GV_OK) {
        status = p->provider->enqueue(plan->plan, t->input, adds ? p->partial : t->output, err);
    }
    if (status == GV_OK && adds) {
        gv_operands arrays;
        status = gv_workload_operands(&t->piece.workload, &arrays, err);
        if (status == GV_OK) {
            status = gv__part_sum_add(&p->sum, t->last_part, arrays.output.elements, p->partial,
                                      t->output, err);
        }
    }
    return status;
}

/* What was enqueued on `from` so far comes before what will be on `to`; `*kept` remembers it. */
static gv_status follow(gv__context *from, gv__context *to, cl_event *kept, gv_error *err)
{
    cl_event event = NULL;
    gv_status status = gv__mark(from, &event, err);
    if (status == GV_OK) {
        status = gv__flush(from, err);
    }
    if (status == GV_OK && to != NULL) {
        status = gv__await(to, event, err);
    }
    if (status == GV_OK && kept != NULL) {
        gv__event_free(*kept);
        *kept = event;
    } else {
        gv__event_free(event);
    }
    return status;
}

static gv_status run_piece(pieces *p, const turn *t, const void *const inputs[], void *output,
                           gv_error *err)
{
    gv_status status = send_inputs(p, t, inputs, err);
    if (status == GV_OK) {
        status = follow(p->in, p->compute, NULL, err);
    }
    if (status == GV_OK) {
        status = gv__await(p->compute, p->emptied[t->out_slot], err);
    }
    if (status == GV_OK) {
        status = compute(p, t, err);
    }
    if (status == GV_OK) {
        status = follow(p->compute, t->last_part ? p->out : NULL, &p->computed[t->slot], err);
    }
    if (status == GV_OK && t->last_part) {
        const gv__rows rows = rows_of(&t->piece.output);
        status = gv__buffer_read_rows(p->out, t->output, (char *)output + t->piece.output.offset,
                                      &rows, err);
        if (status == GV_OK) {
            status = follow(p->out, NULL, &p->emptied[t->out_slot], err);
        }
    }
    return status;
}

/* Wait for all queues; also behind a failure, since nothing may be written to the caller's memory
 * later. First for the last reads themselves: with Mesa 22.3 clFinish returns before reads that
 * nobody waits for. */
static gv_status finish(pieces *p, gv_status status, gv_error *err)
{
    gv__context *const queues[] = {p->in, p->compute, p->out};
    gv_error ignored = {0};
    for (size_t i = 0; i < GV__COUNT(queues); i++) {
        gv__flush(queues[i], &ignored); /* they may wait for each other */
    }
    for (int s = 0; s < SLOTS; s++) {
        const gv_status ended = gv__event_wait(p->emptied[s], status == GV_OK ? err : &ignored);
        status = status == GV_OK ? ended : status;
    }
    for (size_t i = 0; i < GV__COUNT(queues); i++) {
        const gv_status ended = gv__finish(queues[i], "the pieces of a larger workload",
                                           status == GV_OK ? err : &ignored);
        status = status == GV_OK ? ended : status;
    }
    forget_events(p);
    return status;
}

gv_status gv__pieces_run(void *plan, const void *const inputs[], void *output, bool weights_stay,
                         gv_error *err)
{
    pieces *p = plan;
    const void *const between[GV_MAX_INPUTS] = {output};
    gv_status status = GV_OK;
    for (uint32_t i = 0; i < p->cut.operands.inputs; i++) {
        if (!(weights_stay && p->cut.operands.input[i].weight)) {
            p->held[i] = (gv__part){0};
        }
    }
    for (uint64_t i = 0; i < p->cut.count && status == GV_OK; i++) {
        const turn t = turn_of(p, i);
        const bool second = t.piece.pass == 2;
        if (second && t.piece.column == 0) {
            status = finish(p, status, err); /* it reads what the first pass wrote */
        }
        if (status == GV_OK) {
            status = run_piece(p, &t, second ? between : inputs, output, err);
        }
    }
    return finish(p, status, err);
}
