/* SPDX-License-Identifier: Apache-2.0 */
#include "estimator/pieces.h"

#include "base/cut.h"

#include <math.h>

/* Given work has no arrays: it is cut into equal parts. */
static void cut_custom(const gv__machine *m, gv__pieces *p)
{
    gv_custom *custom = &p->piece.as.custom;
    p->in_bytes = custom->in;
    p->out_bytes = custom->out;
    if (custom->in + custom->out > m->memory_bytes) {
        p->count = ceil((custom->in + custom->out) / (gv__cut_share * m->memory_bytes));
        custom->flop /= p->count;
        custom->bytes /= p->count;
    }
}

/* `cut` is NULL where the work fits. */
static void add_inputs(const gv_operands *operands, const gv__cut *cut, gv__pieces *p)
{
    bool stay = cut == NULL || gv__cut_keeps_weights(cut);
    for (uint32_t i = 0; i < operands->inputs; i++) {
        double sent = cut ? gv__cut_sent_bytes(cut, i) : (double)operands->input[i].bytes;
        p->in_bytes += sent;
        p->resident_bytes += stay && operands->input[i].weight ? sent : 0;
    }
}

gv_status gv__pieces_of(const gv__machine *m, const gv_workload *workload, gv__pieces *out,
                        gv_error *err)
{
    gv_status status = gv_workload_check(workload, err);
    if (status != GV_OK) {
        return status;
    }
    gv__pieces p = {.piece = *workload, .count = 1};
    if (workload->op == GV_OP_CUSTOM) {
        cut_custom(m, &p);
        *out = p;
        return GV_OK;
    }
    gv_operands operands;
    status = gv_workload_operands(workload, &operands, err);
    if (status == GV_OK && gv__fits_whole(&operands, m->array_bytes, m->memory_bytes)) {
        add_inputs(&operands, NULL, &p);
        p.out_bytes = (double)operands.output.bytes;
    } else if (status == GV_OK) {
        gv__cut cut;
        status = gv__cut_find(workload, m->array_bytes, gv__cut_share * m->memory_bytes, &cut, err);
        if (status == GV_OK) {
            p.piece = gv__cut_largest(&cut);
            p.count = (double)cut.count;
            add_inputs(&operands, &cut, &p);
            p.out_bytes = gv__cut_received_bytes(&cut);
        }
    }
    if (status == GV_OK) {
        *out = p;
    }
    return status;
}

double gv__transfer_s(const gv__machine *m, const gv__pieces *pieces, gv_view view)
{
    if (view == GV_VIEW_KERNEL_ONLY) {
        return 0;
    }
    if (!isnan(m->transfer_s)) {
        return m->transfer_s;
    }
    int pinned = view == GV_VIEW_PINNED;
    double resident = view == GV_VIEW_WEIGHTS_RESIDENT ? pieces->resident_bytes : 0;
    double in = pieces->in_bytes - resident;
    double out = pieces->out_bytes;
    const gv_link *to = &m->to_device[pinned];
    const gv_link *from = &m->from_device[pinned];
    /* Mapping what the host shares takes a call each way too; nothing to move takes none. */
    double calls_s = (in > 0 ? to->latency_s : 0) + (out > 0 ? from->latency_s : 0);
    if (pinned && m->shared_memory) { /* mapped: nothing is copied */
        in = out = 0;
    }
    return pieces->count * calls_s + in / to->bytes_per_s + out / from->bytes_per_s;
}
