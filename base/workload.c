/* SPDX-License-Identifier: Apache-2.0 */
/* What an operation is: names, shapes, work and traffic. Its text form is workload_text.c. */
#include "base/support.h"
#include <gpuverdict/workload.h>

#include <math.h>

const char *gv_op_name(gv_op op)
{
    static const char *const names[GV_OP_COUNT] = {"matmul", "conv2d", "fft", "dense", "custom"};
    return (size_t)op < GV__COUNT(names) ? names[op] : "?";
}

const char *gv_precision_name(gv_precision precision)
{
    static const char *const names[GV_PRECISION_COUNT] = {"f32", "f64", "f16"};
    return (size_t)precision < GV__COUNT(names) ? names[precision] : "?";
}

size_t gv_precision_bytes(gv_precision precision)
{
    static const size_t bytes[GV_PRECISION_COUNT] = {4, 8, 2};
    return bytes[precision];
}

double gv_precision_roundoff(gv_precision precision)
{
    static const double roundoff[GV_PRECISION_COUNT] = {0x1p-24, 0x1p-53, 0x1p-11};
    return roundoff[precision];
}

const char *gv_activation_name(gv_activation act)
{
    static const char *const names[GV_ACT_COUNT] = {"none", "relu", "gelu", "sigmoid", "tanh"};
    return (size_t)act < GV__COUNT(names) ? names[act] : "?";
}

double gv_activation_apply(gv_activation act, double x)
{
    switch (act) {
    case GV_ACT_NONE:
        return x;
    case GV_ACT_RELU:
        return x > 0 ? x : x != x ? x : 0;
    case GV_ACT_GELU:
        return 0.5 * x * (1.0 + erf(x * 0.70710678118654752440));
    case GV_ACT_SIGMOID:
        return 1.0 / (1.0 + exp(-x));
    case GV_ACT_TANH:
        return tanh(x);
    }
    return x;
}

static uint64_t output_size(uint64_t size, uint64_t pad, uint64_t filter, uint64_t dilation,
                            uint64_t stride)
{
    uint64_t padded = size + 2 * pad;
    uint64_t reach = dilation * (filter - 1) + 1;
    return reach > padded ? 0 : (padded - reach) / stride + 1;
}

void gv_conv2d_output(const gv_conv2d *conv, uint64_t *p, uint64_t *q)
{
    *p = output_size(conv->h, conv->pad_h, conv->r, conv->dilation_h, conv->stride_h);
    *q = output_size(conv->w, conv->pad_w, conv->s, conv->dilation_w, conv->stride_w);
    if (*p == 0 || *q == 0) {
        *p = *q = 0;
    }
}

uint64_t gv_fft_points(const gv_fft *fft)
{
    uint64_t points = 1;
    for (uint32_t i = 0; i < fft->dims; i++) {
        points *= fft->shape[i];
    }
    return points;
}

double gv_workload_flop(const gv_workload *workload)
{
    switch (workload->op) {
    case GV_OP_MATMUL: {
        const gv_matmul *g = &workload->as.matmul;
        return 2.0 * (double)g->m * (double)g->n * (double)g->k * (double)g->batch;
    }
    case GV_OP_CONV2D: {
        const gv_conv2d *c = &workload->as.conv2d;
        uint64_t p;
        uint64_t q;
        gv_conv2d_output(c, &p, &q);
        uint64_t group_channels = c->c / c->groups;
        return 2.0 * (double)c->n * (double)c->k * (double)p * (double)q * (double)group_channels *
               (double)c->r * (double)c->s;
    }
    case GV_OP_FFT: {
        const gv_fft *f = &workload->as.fft;
        double points = (double)gv_fft_points(f);
        double flop = 5.0 * points * log2(points) * (double)f->batch;
        return f->kind == GV_FFT_C2C ? flop : 0.5 * flop;
    }
    case GV_OP_DENSE: {
        const gv_dense *d = &workload->as.dense;
        return 2.0 * (double)d->batch * (double)d->in * (double)d->out;
    }
    case GV_OP_CUSTOM:
        return workload->as.custom.flop;
    }
    return NAN;
}

/* ---- operands ---- */

/* A product of sizes that knows when it no longer fits. */
typedef struct extent {
    uint64_t elements;
    bool overflow;
} extent;

/* 2^53: beyond it a double no longer counts every element, and no device has the memory. */
static const uint64_t largest_extent = UINT64_C(1) << 53;

static extent extent_of(const uint64_t *sizes, size_t count)
{
    extent e = {1, false};
    for (size_t i = 0; i < count; i++) {
        if (sizes[i] != 0 && e.elements > largest_extent / sizes[i]) {
            e.overflow = true;
            return e;
        }
        e.elements *= sizes[i];
    }
    return e;
}

#define EXTENT(...)                                                                                \
    extent_of((const uint64_t[]){__VA_ARGS__},                                                     \
              sizeof((const uint64_t[]){__VA_ARGS__}) / sizeof(uint64_t))

/* Real numbers on either side of a transform. */
static extent fft_side(const gv_fft *fft, bool real, bool half)
{
    uint64_t sizes[GV_FFT_MAX_DIMS + 2] = {fft->batch, real ? 1 : 2};
    for (uint32_t i = 0; i < fft->dims; i++) {
        bool last = i + 1 == fft->dims;
        sizes[i + 2] = last && half ? fft->shape[i] / 2 + 1 : fft->shape[i];
    }
    return extent_of(sizes, (size_t)fft->dims + 2);
}

typedef struct operand_row {
    const char *name;
    extent extent;
    bool weight;
} operand_row;

static uint32_t operand_rows(const gv_workload *workload, operand_row rows[GV_MAX_INPUTS + 1])
{
    switch (workload->op) {
    case GV_OP_MATMUL: {
        const gv_matmul *g = &workload->as.matmul;
        rows[0] = (operand_row){"A", EXTENT(g->batch, g->m, g->k), false};
        rows[1] = (operand_row){"B", EXTENT(g->batch, g->k, g->n), false};
        rows[2] = (operand_row){"C", EXTENT(g->batch, g->m, g->n), false};
        return 2;
    }
    case GV_OP_CONV2D: {
        const gv_conv2d *c = &workload->as.conv2d;
        uint64_t p;
        uint64_t q;
        gv_conv2d_output(c, &p, &q);
        rows[0] = (operand_row){"input", EXTENT(c->n, c->c, c->h, c->w), false};
        rows[1] = (operand_row){"filters", EXTENT(c->k, c->c / c->groups, c->r, c->s), true};
        rows[2] = (operand_row){"output", EXTENT(c->n, c->k, p, q), false};
        return 2;
    }
    case GV_OP_FFT: {
        const gv_fft *f = &workload->as.fft;
        bool r2c = f->kind == GV_FFT_R2C;
        bool c2r = f->kind == GV_FFT_C2R;
        rows[0] = (operand_row){"input", fft_side(f, r2c, c2r), false};
        rows[1] = (operand_row){"output", fft_side(f, c2r, r2c), false};
        return 1;
    }
    case GV_OP_DENSE: {
        const gv_dense *d = &workload->as.dense;
        rows[0] = (operand_row){"X", EXTENT(d->batch, d->in), false};
        rows[1] = (operand_row){"W", EXTENT(d->in, d->out), true};
        rows[2] = (operand_row){"b", EXTENT(d->out), true};
        rows[3] = (operand_row){"Y", EXTENT(d->batch, d->out), false};
        return 3;
    }
    case GV_OP_CUSTOM:
        break;
    }
    return 0;
}

gv_status gv_workload_operands(const gv_workload *workload, gv_operands *out, gv_error *err)
{
    operand_row rows[GV_MAX_INPUTS + 1];
    uint32_t inputs = operand_rows(workload, rows);
    if (inputs == 0) {
        return gv__fail(err, GV_ARGUMENT, 0, "gv_workload_operands",
                        "a custom workload is an estimate only and has no arrays");
    }
    size_t real_bytes = gv_precision_bytes(workload->precision);
    gv_operands operands = {.inputs = inputs};
    for (uint32_t i = 0; i <= inputs; i++) {
        uint64_t limit = largest_extent < SIZE_MAX ? largest_extent : SIZE_MAX;
        if (rows[i].extent.overflow || rows[i].extent.elements > limit / real_bytes) {
            return gv__fail(err, GV_ARGUMENT, 0, "gv_workload_operands",
                            "the array %s has more bytes than can be counted", rows[i].name);
        }
        gv_operand *operand = i < inputs ? &operands.input[i] : &operands.output;
        *operand = (gv_operand){.name = rows[i].name,
                                .elements = (size_t)rows[i].extent.elements,
                                .bytes = (size_t)rows[i].extent.elements * real_bytes,
                                .weight = rows[i].weight};
    }
    *out = operands;
    return GV_OK;
}

double gv_workload_bytes(const gv_workload *workload)
{
    if (workload->op == GV_OP_CUSTOM) {
        return workload->as.custom.bytes;
    }
    return gv_workload_bytes_in(workload, false) + gv_workload_bytes_out(workload);
}

double gv_workload_bytes_in(const gv_workload *workload, bool weights_resident)
{
    if (workload->op == GV_OP_CUSTOM) {
        return workload->as.custom.in;
    }
    gv_operands operands = {0};
    if (gv_workload_operands(workload, &operands, NULL) != GV_OK) {
        return NAN;
    }
    double bytes = 0;
    for (uint32_t i = 0; i < operands.inputs; i++) {
        if (!(weights_resident && operands.input[i].weight)) {
            bytes += (double)operands.input[i].bytes;
        }
    }
    return bytes;
}

double gv_workload_bytes_out(const gv_workload *workload)
{
    if (workload->op == GV_OP_CUSTOM) {
        return workload->as.custom.out;
    }
    gv_operands operands = {0};
    return gv_workload_operands(workload, &operands, NULL) == GV_OK ? (double)operands.output.bytes
                                                                    : NAN;
}

/* ---- sizes ---- */

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

/* Before anything is divided by a size or multiplied without looking. */
static bool conv2d_is_possible(const gv_conv2d *c)
{
    const uint64_t sizes[] = {c->h,        c->w,        c->r,          c->s,         c->groups,
                              c->stride_h, c->stride_w, c->dilation_h, c->dilation_w};
    for (size_t i = 0; i < GV__COUNT(sizes); i++) {
        if (sizes[i] < 1 || sizes[i] > INT32_MAX) {
            return false;
        }
    }
    return c->pad_h < INT32_MAX && c->pad_w < INT32_MAX && c->c % c->groups == 0 &&
           c->k % c->groups == 0;
}

/* Before its arrays can be counted. */
static bool figures_are_possible(const gv_workload *w)
{
    if ((size_t)w->precision >= GV_PRECISION_COUNT || (size_t)w->op >= GV_OP_COUNT) {
        return false;
    }
    return w->op == GV_OP_CUSTOM   ? custom_is_possible(&w->as.custom)
           : w->op == GV_OP_CONV2D ? conv2d_is_possible(&w->as.conv2d)
           : w->op == GV_OP_FFT    ? w->as.fft.dims >= 1 && w->as.fft.dims <= GV_FFT_MAX_DIMS
                                   : true;
}

gv_status gv_workload_check(const gv_workload *workload, gv_error *err)
{
    bool possible = figures_are_possible(workload);
    if (possible && workload->op != GV_OP_CUSTOM) {
        gv_operands operands = {0};
        gv_status status = gv_workload_operands(workload, &operands, err);
        if (status != GV_OK) {
            return status;
        }
        possible = operands.output.elements > 0;
        for (uint32_t i = 0; i < operands.inputs; i++) {
            possible = possible && operands.input[i].elements > 0;
        }
    }
    return possible ? GV_OK
                    : gv__fail(err, GV_ARGUMENT, 0, NULL,
                               "the workload's sizes are not possible: one is zero, or given work "
                               "is not a finite number");
}

static uint64_t scaled(uint64_t size, double scale)
{
    double value = floor((double)size * scale + 0.5);
    return value < 1 ? 1 : value > 0x1p53 ? UINT64_C(1) << 53 : (uint64_t)value;
}

gv_workload gv_workload_scale(const gv_workload *workload, double scale)
{
    gv_workload w = *workload;
    switch (w.op) {
    case GV_OP_MATMUL:
        w.as.matmul.m = scaled(w.as.matmul.m, scale);
        w.as.matmul.n = scaled(w.as.matmul.n, scale);
        w.as.matmul.k = scaled(w.as.matmul.k, scale);
        break;
    case GV_OP_CONV2D:
        w.as.conv2d.n = scaled(w.as.conv2d.n, scale);
        break;
    case GV_OP_DENSE:
        w.as.dense.batch = scaled(w.as.dense.batch, scale);
        break;
    case GV_OP_FFT:
        for (uint32_t i = 0; i < w.as.fft.dims && scale != 1; i++) {
            double power = round(log2((double)w.as.fft.shape[i] * scale));
            w.as.fft.shape[i] = scaled(1, exp2(power));
        }
        break;
    case GV_OP_CUSTOM:
        w.as.custom.flop *= scale;
        w.as.custom.bytes *= scale;
        w.as.custom.in *= scale;
        w.as.custom.out *= scale;
        break;
    }
    return w;
}
