/* SPDX-License-Identifier: Apache-2.0 */
#include "estimator/pieces.h"

#include "base/support.h"

#include <math.h>

/* The sizes of an operation that can be cut. Rows of the first operand meet all columns of the
 * second, so that it is sent again for each band of columns; sums over a cut depth come back for
 * each part of it. */
enum { BATCH, ROWS, COLUMNS, DEPTH, SIZES };

typedef struct cuts {
    uint64_t *size[SIZES]; /* NULL where there is none */
} cuts;

static cuts cuts_of(gv_workload *w)
{
    switch (w->op) {
    case GV_OP_MATMUL: {
        gv_matmul *g = &w->as.matmul;
        return (cuts){{&g->batch, &g->m, &g->n, &g->k}};
    }
    case GV_OP_DENSE: {
        gv_dense *d = &w->as.dense;
        return (cuts){{NULL, &d->batch, &d->out, &d->in}};
    }
    case GV_OP_CONV2D: {
        gv_conv2d *c = &w->as.conv2d;
        return (cuts){{&c->n, NULL, c->groups == 1 ? &c->k : NULL, NULL}};
    }
    case GV_OP_FFT:
        return (cuts){{&w->as.fft.batch}};
    case GV_OP_CUSTOM:
        break;
    }
    return (cuts){{NULL}};
}

/* The batch first, then the largest of the other sizes. False where nothing is left to cut. */
static bool halve(const cuts *c)
{
    uint64_t *largest = c->size[BATCH];
    for (int i = ROWS; i < SIZES && (!c->size[BATCH] || *c->size[BATCH] == 1); i++) {
        bool larger = c->size[i] && (!largest || *c->size[i] > *largest);
        largest = larger ? c->size[i] : largest;
    }
    if (!largest || *largest == 1) {
        return false;
    }
    *largest = (*largest + 1) / 2;
    return true;
}

static void count_pieces(const gv_workload *workload, double first_bytes, gv__pieces *p)
{
    gv_workload whole = *workload;
    cuts all = cuts_of(&whole);
    cuts part = cuts_of(&p->piece);
    double times[SIZES];
    p->count = 1;
    for (int i = 0; i < SIZES; i++) {
        times[i] = all.size[i] ? ceil((double)*all.size[i] / (double)*part.size[i]) : 1;
        p->count *= times[i];
    }
    p->again_bytes = first_bytes * (times[COLUMNS] - 1) + 2 * p->out_bytes * (times[DEPTH] - 1);
}

gv_status gv__pieces_cut(const gv__machine *m, const gv_workload *workload, gv__pieces *out,
                         gv_error *err)
{
    gv_status status = gv_workload_check(workload, err);
    if (status != GV_OK) {
        return status;
    }
    double capacity = 0.95 * m->memory_bytes;
    gv__pieces p = {.piece = *workload, .count = 1};
    if (workload->op == GV_OP_CUSTOM) {
        gv_custom *piece = &p.piece.as.custom;
        p.in_bytes = piece->in;
        p.out_bytes = piece->out;
        p.count = fmax(1, ceil((piece->in + piece->out) / capacity));
        piece->flop /= p.count;
        piece->bytes /= p.count;
        p.bytes = piece->bytes;
        *out = p;
        return GV_OK;
    }
    gv_operands operands;
    status = gv_workload_operands(workload, &operands, err);
    if (status != GV_OK) {
        return status;
    }
    for (uint32_t i = 0; i < operands.inputs; i++) {
        p.in_bytes += (double)operands.input[i].bytes;
        p.weight_bytes += operands.input[i].weight ? (double)operands.input[i].bytes : 0;
    }
    p.out_bytes = (double)operands.output.bytes;
    p.bytes = p.in_bytes + p.out_bytes;
    if (p.bytes > capacity) {
        cuts sizes = cuts_of(&p.piece);
        while (p.bytes > capacity) {
            if (!halve(&sizes)) {
                return gv__fail(err, GV_UNSUPPORTED, 0, NULL,
                                "%.3g GB do not fit into the device's %.3g GB and cannot be cut up",
                                p.bytes / 1e9, m->memory_bytes / 1e9);
            }
            p.bytes = gv_workload_bytes(&p.piece);
        }
        count_pieces(workload, (double)operands.input[0].bytes, &p);
    }
    *out = p;
    return GV_OK;
}

double gv__transfer_s(const gv__machine *m, const gv__pieces *pieces, gv_view view)
{
    if (view == GV_VIEW_KERNEL_ONLY) {
        return 0;
    }
    int pinned = view == GV_VIEW_PINNED;
    bool resident = view == GV_VIEW_WEIGHTS_RESIDENT && pieces->count == 1;
    double in = pieces->in_bytes - (resident ? pieces->weight_bytes : 0) + pieces->again_bytes;
    double out = pieces->out_bytes;
    const gv_link *to = &m->to_device[pinned];
    const gv_link *from = &m->from_device[pinned];
    if (pinned && m->shared_memory) { /* mapped: nothing is copied */
        in = out = 0;
    }
    return pieces->count * (to->latency_s + from->latency_s) + in / to->bytes_per_s +
           out / from->bytes_per_s;
}
