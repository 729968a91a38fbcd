/* SPDX-License-Identifier: Apache-2.0 */
#include "estimator/pieces.h"

#include "base/support.h"

#include <math.h>

static const double most_elements = 0x1p53;

static bool sizes_fit(const uint64_t *sizes, size_t count)
{
    double product = 1;
    for (size_t i = 0; i < count; i++) {
        product *= (double)sizes[i];
    }
    return product >= 1 && product <= most_elements; /* a zero makes it 0 */
}

#define SIZES_FIT(...)                                                                             \
    sizes_fit((const uint64_t[]){__VA_ARGS__},                                                     \
              sizeof((const uint64_t[]){__VA_ARGS__}) / sizeof(uint64_t))

static bool custom_is_possible(const gv_custom *c)
{
    const double given[] = {c->flop, c->bytes, c->in, c->out};
    for (size_t i = 0; i < GV__COUNT(given); i++) {
        if (!(given[i] >= 0 && given[i] < 1e30)) {
            return false;
        }
    }
    return c->flop + c->bytes > 0 && c->parallel >= 0 && c->parallel <= 1 && c->launches >= 1 &&
           c->launches < 1e12;
}

static bool is_possible(const gv_workload *w)
{
    if ((size_t)w->precision >= GV_PRECISION_COUNT) {
        return false;
    }
    switch (w->op) {
    case GV_OP_MATMUL: {
        const gv_matmul *g = &w->as.matmul;
        return SIZES_FIT(g->m, g->k, g->batch) && SIZES_FIT(g->k, g->n, g->batch) &&
               SIZES_FIT(g->m, g->n, g->batch);
    }
    case GV_OP_DENSE: {
        const gv_dense *d = &w->as.dense;
        return SIZES_FIT(d->batch, d->in) && SIZES_FIT(d->in, d->out) &&
               SIZES_FIT(d->batch, d->out);
    }
    case GV_OP_CONV2D: {
        const gv_conv2d *c = &w->as.conv2d;
        uint64_t p = 0;
        uint64_t q = 0;
        if (SIZES_FIT(c->n, c->c, c->h, c->w) &&
            SIZES_FIT(c->groups, c->stride_h, c->stride_w, c->dilation_h, c->dilation_w) &&
            SIZES_FIT(c->k, c->c, c->r, c->s) && c->pad_h < 1u << 30 && c->pad_w < 1u << 30 &&
            c->c % c->groups == 0 && c->k % c->groups == 0) {
            gv_conv2d_output(c, &p, &q);
        }
        return SIZES_FIT(c->n, c->k, p, q);
    }
    case GV_OP_FFT: {
        const gv_fft *f = &w->as.fft;
        return f->dims >= 1 && f->dims <= GV_FFT_MAX_DIMS &&
               SIZES_FIT(f->shape[0], f->dims > 1 ? f->shape[1] : 1, f->dims > 2 ? f->shape[2] : 1,
                         f->batch);
    }
    case GV_OP_CUSTOM:
        return custom_is_possible(&w->as.custom);
    }
    return false;
}

gv_status gv__workload_check(const gv_workload *workload, gv_error *err)
{
    if (!is_possible(workload)) {
        return gv__fail(err, GV_ARGUMENT, 0, NULL,
                        "the workload's sizes are not possible: one is zero, or an array is larger "
                        "than 2^53 numbers, or given work is not a finite number");
    }
    return GV_OK;
}

/* Halve the largest of the sizes that may be cut. False where all are 1. */
static bool halve_largest(uint64_t *const *sizes, size_t count)
{
    uint64_t *largest = sizes[0];
    for (size_t i = 1; i < count; i++) {
        largest = *sizes[i] > *largest ? sizes[i] : largest;
    }
    if (*largest < 2) {
        return false;
    }
    *largest = (*largest + 1) / 2;
    return true;
}

static bool halve(gv_workload *w)
{
    switch (w->op) {
    case GV_OP_MATMUL: {
        gv_matmul *g = &w->as.matmul;
        uint64_t *batch[] = {&g->batch};
        uint64_t *sizes[] = {&g->m, &g->n, &g->k};
        return halve_largest(batch, 1) || halve_largest(sizes, GV__COUNT(sizes));
    }
    case GV_OP_DENSE: {
        gv_dense *d = &w->as.dense;
        uint64_t *sizes[] = {&d->batch, &d->out, &d->in};
        return halve_largest(sizes, GV__COUNT(sizes));
    }
    case GV_OP_CONV2D: {
        gv_conv2d *c = &w->as.conv2d;
        uint64_t *images[] = {&c->n};
        uint64_t *filters[] = {&c->k};
        return halve_largest(images, 1) || (c->groups == 1 && halve_largest(filters, 1));
    }
    case GV_OP_FFT: {
        uint64_t *batch[] = {&w->as.fft.batch};
        return halve_largest(batch, 1);
    }
    case GV_OP_CUSTOM:
        break;
    }
    return false;
}

static double ratio(uint64_t whole, uint64_t part)
{
    return ceil((double)whole / (double)part);
}

/* Rows of the first operand meet all columns of the second, so that one is sent again for each
 * band of columns; sums over a cut k come back for each part. */
static double again_of_product(double a_bytes, double c_bytes, double bands, double parts)
{
    return a_bytes * (bands - 1) + 2 * c_bytes * (parts - 1);
}

static void count_pieces(const gv_workload *w, gv__pieces *p)
{
    double size = (double)gv_precision_bytes(w->precision);
    switch (w->op) {
    case GV_OP_MATMUL: {
        const gv_matmul *g = &w->as.matmul;
        const gv_matmul *part = &p->piece.as.matmul;
        double bands = ratio(g->n, part->n);
        double parts = ratio(g->k, part->k);
        p->count = ratio(g->batch, part->batch) * ratio(g->m, part->m) * bands * parts;
        double batch = size * (double)g->batch;
        p->again_bytes = again_of_product(batch * (double)g->m * (double)g->k,
                                          batch * (double)g->m * (double)g->n, bands, parts);
        break;
    }
    case GV_OP_DENSE: {
        const gv_dense *d = &w->as.dense;
        const gv_dense *part = &p->piece.as.dense;
        double bands = ratio(d->out, part->out);
        double parts = ratio(d->in, part->in);
        p->count = ratio(d->batch, part->batch) * bands * parts;
        p->again_bytes = again_of_product(size * (double)d->batch * (double)d->in,
                                          size * (double)d->batch * (double)d->out, bands, parts);
        break;
    }
    case GV_OP_CONV2D: {
        const gv_conv2d *c = &w->as.conv2d;
        double bands = ratio(c->k, p->piece.as.conv2d.k);
        p->count = ratio(c->n, p->piece.as.conv2d.n) * bands;
        p->again_bytes =
            size * (double)c->n * (double)c->c * (double)c->h * (double)c->w * (bands - 1);
        break;
    }
    case GV_OP_FFT:
        p->count = ratio(w->as.fft.batch, p->piece.as.fft.batch);
        break;
    case GV_OP_CUSTOM:
        break;
    }
}

gv_status gv__pieces_cut(const gv__machine *m, const gv_workload *workload, gv__pieces *out,
                         gv_error *err)
{
    *out = (gv__pieces){.piece = *workload, .count = 1};
    double capacity = 0.95 * m->memory_bytes;
    if (workload->op == GV_OP_CUSTOM) {
        const gv_custom *c = &workload->as.custom;
        out->count = fmax(1, ceil((c->in + c->out) / capacity));
        gv_custom *piece = &out->piece.as.custom;
        piece->flop /= out->count;
        piece->bytes /= out->count;
        return GV_OK;
    }
    if (gv_workload_bytes(workload) <= capacity) {
        return GV_OK;
    }
    while (gv_workload_bytes(&out->piece) > capacity) {
        if (!halve(&out->piece)) {
            return gv__fail(err, GV_UNSUPPORTED, 0, NULL,
                            "%.3g GB do not fit into the device's %.3g GB and cannot be cut up",
                            gv_workload_bytes(&out->piece) / 1e9, m->memory_bytes / 1e9);
        }
    }
    count_pieces(workload, out);
    return GV_OK;
}

double gv__transfer_s(const gv__machine *m, const gv_workload *workload, const gv__pieces *pieces,
                      gv_view view)
{
    if (view == GV_VIEW_KERNEL_ONLY) {
        return 0;
    }
    int pinned = view == GV_VIEW_PINNED;
    bool resident = view == GV_VIEW_WEIGHTS_RESIDENT && pieces->count == 1;
    double in = gv_workload_bytes_in(workload, resident) + pieces->again_bytes;
    double out = gv_workload_bytes_out(workload);
    const gv_link *to = &m->to_device[pinned];
    const gv_link *from = &m->from_device[pinned];
    if (pinned && m->shared_memory) { /* mapped: nothing is copied */
        in = out = 0;
    }
    return pieces->count * (to->latency_s + from->latency_s) + in / to->bytes_per_s +
           out / from->bytes_per_s;
}
