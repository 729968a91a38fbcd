/* SPDX-License-Identifier: Apache-2.0 */
#include "base/cut.h"
#include "base/cut_split.h"
#include "base/support.h"

#include <math.h>

const double gv__cut_share = 0.8;

/* Blocks of our kernels and of the libraries' divide this. */
enum { ROUND = 128, ORDERS = 2, MOST_STEPS = 80 };

/* What a byte that moves is worth in flop: a processor's copy and a GPU's link both lie near it. */
static const double FLOP_PER_BYTE = 100.0;
/* What a byte is worth that an addition of partial sums reads or writes: it stays on the device. */
static const double FLOP_PER_BYTE_ADDED = 10.0;
/* A tile of so many rows or columns computes at half of the speed. */
static const double THIN = 32.0;

/* ---- what can be cut ---- */

#define AXIS(a) (1U << (a))

typedef struct cut_rule {
    uint8_t order[ORDERS][GV__CUT_AXES]; /* the loops that are worth a try */
    uint8_t input[GV_MAX_INPUTS];        /* axes that each input depends on */
    uint8_t rounded;                     /* axes along which kernels work in blocks */
    uint8_t summed;                      /* axes that results are added up along */
    const char *whole;                   /* what stays whole */
} cut_rule;

static const cut_rule rules[GV_OP_COUNT] = {
    [GV_OP_MATMUL] = {.order = {{0, 1, 2, 3}, {0, 2, 1, 3}},
                      .input = {AXIS(0) | AXIS(1) | AXIS(3), AXIS(0) | AXIS(2) | AXIS(3)},
                      .rounded = AXIS(1) | AXIS(2) | AXIS(3),
                      .summed = AXIS(3),
                      .whole = "a row and a column of one product"},
    [GV_OP_DENSE] = {.order = {{0, 1, 2, 3}, {0, 2, 1, 3}},
                     .input = {AXIS(1) | AXIS(3), AXIS(2) | AXIS(3), AXIS(2) | AXIS(3)},
                     .rounded = AXIS(1) | AXIS(2) | AXIS(3),
                     .summed = AXIS(3),
                     .whole = "a row and a column of the product"},
    [GV_OP_CONV2D] = {.order = {{1, 2, 0, 3}, {1, 0, 3, 2}},
                      .input = {AXIS(0) | AXIS(1) | AXIS(3), AXIS(1) | AXIS(2)},
                      .rounded = AXIS(2),
                      .whole = "one row of an image's output with one filter"},
    [GV_OP_FFT] = {.order = {{0, 1, 2, 3}, {0, 1, 2, 3}},
                   .input = {AXIS(0)},
                   .whole = "one transform"},
};

static const cut_rule *rule_of(const gv__cut *cut)
{
    return &rules[cut->whole.op];
}

static void extents(const gv_workload *whole, uint64_t extent[GV__CUT_AXES])
{
    uint64_t columns = 0;
    for (int i = 0; i < GV__CUT_AXES; i++) {
        extent[i] = 1;
    }
    switch (whole->op) {
    case GV_OP_MATMUL:
        extent[0] = whole->as.matmul.batch;
        extent[1] = whole->as.matmul.m;
        extent[2] = whole->as.matmul.n;
        extent[3] = whole->as.matmul.k;
        break;
    case GV_OP_DENSE:
        extent[1] = whole->as.dense.batch;
        extent[2] = whole->as.dense.out;
        extent[3] = whole->as.dense.in;
        break;
    case GV_OP_CONV2D:
        extent[0] = whole->as.conv2d.n;
        extent[1] = whole->as.conv2d.groups;
        extent[2] = whole->as.conv2d.k / whole->as.conv2d.groups;
        gv_conv2d_output(&whole->as.conv2d, &extent[3], &columns);
        break;
    case GV_OP_FFT:
        extent[0] = whole->as.fft.batch;
        break;
    case GV_OP_CUSTOM:
        break;
    }
}

/* A part has one pitch: whole products and images, or one that is cut; filters of one group. */
static bool is_allowed(const gv__cut *cut)
{
    const uint64_t *extent = cut->extent;
    const uint64_t *step = cut->step;
    const bool rows_whole = step[3] == extent[3];
    switch (cut->whole.op) {
    case GV_OP_MATMUL:
    case GV_OP_DENSE:
        return (step[0] == 1 || (step[1] == extent[1] && step[2] == extent[2] && rows_whole)) &&
               (rows_whole || cut->whole.precision != GV_PRECISION_F16);
    case GV_OP_CONV2D:
        return (step[0] == 1 || rows_whole) && (step[1] == 1 || step[2] == extent[2]);
    case GV_OP_FFT:
    case GV_OP_CUSTOM:
        break;
    }
    return true;
}

/* ---- which cut ---- */

static uint64_t steps_along(const gv__cut *cut, int axis)
{
    return gv__divide_up(cut->extent[axis], cut->step[axis]);
}

/* How often an input is sent: in every turn of the loops down to the last one that it depends on.
 */
static double sends(const gv__cut *cut, uint8_t axes)
{
    double turns = 1.0;
    double sent = 1.0;
    for (int i = 0; i < GV__CUT_AXES; i++) {
        const uint64_t steps = steps_along(cut, cut->order[i]);
        turns *= (double)steps;
        if (steps > 1 && (axes & AXIS(cut->order[i])) != 0) {
            sent = turns;
        }
    }
    return sent;
}

double gv__cut_sent_bytes(const gv__cut *cut, uint32_t input)
{
    if (cut->split.points[0] > 0) {
        return 2.0 * (double)cut->operands.input[input].bytes; /* in both passes */
    }
    return (double)cut->piece.input[input].bytes * sends(cut, rule_of(cut)->input[input]);
}

double gv__cut_received_bytes(const gv__cut *cut)
{
    return (double)cut->operands.output.bytes * (cut->split.points[0] > 0 ? 2.0 : 1.0);
}

bool gv__cut_keeps_weights(const gv__cut *cut)
{
    bool any = false;
    bool all = true;
    for (uint32_t i = 0; i < cut->operands.inputs; i++) {
        if (cut->operands.input[i].weight) {
            any = true;
            all = all && cut->shared[i];
        }
    }
    return any && all;
}

/* What follows from extents, steps and order. */
static void finish(gv__cut *cut)
{
    const cut_rule *rule = rule_of(cut);
    int innermost = -1;
    cut->count = 1;
    cut->parts = 1;
    for (int i = 0; i < GV__CUT_AXES; i++) {
        const int axis = cut->order[i];
        const uint64_t steps = steps_along(cut, axis);
        cut->count *= steps;
        cut->parts *= (rule->summed & AXIS(axis)) != 0 ? steps : 1;
        innermost = steps > 1 ? axis : innermost;
    }
    for (uint32_t i = 0; i < cut->operands.inputs; i++) {
        cut->streamed[i] = innermost >= 0 && (rule->input[i] & AXIS(innermost)) != 0;
        cut->shared[i] = sends(cut, rule->input[i]) == 1.0;
    }
}

double gv__cut_bytes(const gv__cut *cut)
{
    if (cut->split.points[0] > 0) {
        return gv__split_bytes(cut);
    }
    double all = (double)cut->piece.output.bytes * (cut->parts > 1 ? 3 : 2);
    for (uint32_t i = 0; i < cut->operands.inputs; i++) {
        all += (double)cut->piece.input[i].bytes * (cut->streamed[i] ? 2 : 1);
    }
    return all;
}

static bool arrays_fit(const gv_operands *operands, double array_bytes)
{
    bool fit = !((double)operands->output.bytes > array_bytes);
    for (uint32_t i = 0; i < operands->inputs; i++) {
        fit = fit && !((double)operands->input[i].bytes > array_bytes);
    }
    return fit;
}

bool gv__fits_whole(const gv_operands *operands, double array_bytes, double memory_bytes)
{
    double all = (double)operands->output.bytes;
    for (uint32_t i = 0; i < operands->inputs; i++) {
        all += (double)operands->input[i].bytes;
    }
    return arrays_fit(operands, array_bytes) && !(all > memory_bytes);
}

/* The work of the whole, `flop`, as thin pieces do it. */
static double work_of(const gv__cut *cut, double flop)
{
    for (int i = 1; i < GV__CUT_AXES; i++) {
        flop *= cut->step[i] < cut->extent[i] ? 1.0 + THIN / (double)cut->step[i] : 1.0;
    }
    return flop;
}

static double moving_of(const gv__cut *cut)
{
    const double output = (double)cut->piece.output.bytes;
    const uint64_t tiles = cut->count / cut->parts;
    const double outputs = (double)tiles;
    const double added = 3.0 * output * ((double)cut->count - outputs);
    double moved = output * outputs;
    for (uint32_t i = 0; i < cut->operands.inputs; i++) {
        moved += gv__cut_sent_bytes(cut, i);
    }
    return FLOP_PER_BYTE * moved + FLOP_PER_BYTE_ADDED * added;
}

/* Steps that are worth a try, the longest first: the axis in 1, 2, 3 … 16, 32, 64 … parts. */
static int list_steps(uint64_t extent, bool rounded, uint64_t steps[MOST_STEPS])
{
    int count = 0;
    for (uint64_t parts = 1; count < MOST_STEPS; parts += parts < 16 ? 1 : parts) {
        uint64_t step = gv__divide_up(extent, parts);
        if (rounded && step > ROUND && parts > 1) {
            const uint64_t rounds = gv__divide_up(step, ROUND) * ROUND;
            step = rounds < extent ? rounds : extent;
        }
        if (count == 0 || step < steps[count - 1]) {
            steps[count++] = step;
        }
        if (step == 1) {
            break;
        }
    }
    return count;
}

/* Every combination of steps in both orders; false where none fits. */
static bool search(gv__cut *cut, double array_bytes, double all_bytes)
{
    const cut_rule *rule = rule_of(cut);
    const double flop = gv_workload_flop(&cut->whole);
    const double moved_once = FLOP_PER_BYTE * gv_workload_bytes(&cut->whole);
    uint64_t steps[GV__CUT_AXES][MOST_STEPS];
    int counts[GV__CUT_AXES];
    uint64_t combinations = ORDERS;
    double best_cost = INFINITY;
    gv__cut best = *cut;
    for (int i = 0; i < GV__CUT_AXES; i++) {
        counts[i] = list_steps(cut->extent[i], (rule->rounded & AXIS(i)) != 0, steps[i]);
        combinations *= (uint64_t)counts[i];
    }
    for (uint64_t c = 0; c < combinations; c++) {
        uint64_t left = c / ORDERS;
        for (int i = 0; i < GV__CUT_AXES; i++) {
            cut->step[i] = steps[i][left % (uint64_t)counts[i]];
            left /= (uint64_t)counts[i];
        }
        cut->order = rule->order[c % ORDERS];
        const double work = work_of(cut, flop);
        if (work + moved_once >= best_cost || !is_allowed(cut)) {
            continue;
        }
        const gv_workload largest = gv__cut_largest(cut);
        if (gv_workload_operands(&largest, &cut->piece, NULL) != GV_OK) {
            continue;
        }
        finish(cut);
        const double cost = work + moving_of(cut);
        if (cost < best_cost && arrays_fit(&cut->piece, array_bytes) &&
            !(gv__cut_bytes(cut) > all_bytes)) {
            best = *cut;
            best_cost = cost;
        }
    }
    *cut = best;
    return best_cost < INFINITY;
}

gv_status gv__cut_find(const gv_workload *whole, double array_bytes, double all_bytes, gv__cut *out,
                       gv_error *err)
{
    gv__cut cut = {.whole = *whole};
    gv_status status = gv_workload_operands(whole, &cut.operands, err);
    if (status != GV_OK) {
        return status;
    }
    extents(whole, cut.extent);
    if (!search(&cut, array_bytes, all_bytes) && !gv__split_find(&cut, array_bytes, all_bytes)) {
        return gv__fail(err, GV_UNSUPPORTED, 0, NULL,
                        "it does not fit into the device's memory and cannot be cut so small: %s "
                        "would have to fit; take a smaller size",
                        rule_of(&cut)->whole);
    }
    *out = cut;
    return GV_OK;
}
