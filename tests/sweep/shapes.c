/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/sweep/shapes.h"

#include "base/support.h"

enum { MOST_DIMS = 4, MOST_SIZES = 128 };

typedef struct walker {
    gv_op op;
    const sweep_reach *reach;
    gv_precision precision; /* of walks */
    gv__random random;
    sweep_sink *sink;
    void *context;
} walker;

/* ---- chance ---- */

static uint64_t below(walker *w, uint64_t n)
{
    return gv__random_next(&w->random) % n;
}

static bool one_in(walker *w, uint64_t n)
{
    return below(w, n) == 0;
}

/* Edges of registers, vectors and tiles, from both sides. */
static uint64_t awkward(walker *w)
{
    static const uint8_t sizes[] = {1, 2, 3, 5, 7, 8, 9, 15, 16, 17, 31, 33, 37, 63, 64, 65, 70};
    uint64_t size;
    do {
        size = sizes[below(w, GV__COUNT(sizes))];
    } while (size > w->reach->largest);
    return size;
}

/* ---- one workload of given sizes ---- */

static gv_precision any_precision(walker *w)
{
    static const gv_precision precisions[] = {GV_PRECISION_F32, GV_PRECISION_F32, GV_PRECISION_F64,
                                              GV_PRECISION_F16};
    return precisions[below(w, GV__COUNT(precisions))];
}

/* Many of what is small, otherwise few. */
static uint64_t how_many(walker *w, uint64_t each)
{
    enum { SMALL = 4096 };
    return each <= SMALL ? 1 + below(w, w->reach->largest) : 1 + below(w, 3);
}

static gv_matmul matmul_of(walker *w, const uint64_t size[])
{
    return (gv_matmul){.m = size[0],
                       .n = size[1],
                       .k = size[2],
                       .batch = one_in(w, 2) ? how_many(w, size[0] * size[1] * size[2]) : 1,
                       .ta = one_in(w, 2),
                       .tb = one_in(w, 2)};
}

/* Activations are other programs, which take long to compile: only what is drawn has any, all of
 * them in f32 and the two with the longest formulas elsewhere. */
static gv_activation activation_of(walker *w, gv_precision precision, sweep_way way)
{
    const gv_activation any = (gv_activation)below(w, GV_ACT_COUNT);
    if (way != SWEEP_DRAWN) {
        return GV_ACT_NONE;
    }
    return precision == GV_PRECISION_F32   ? any
           : any == GV_ACT_NONE            ? any
           : precision == GV_PRECISION_F64 ? GV_ACT_GELU
                                           : GV_ACT_TANH;
}

static gv_dense dense_of(const uint64_t size[], gv_activation act)
{
    return (gv_dense){.batch = size[0], .in = size[1], .out = size[2], .act = act};
}

/* A filter's extent, with its padding, stride and dilation, which fit into `length`. */
static uint64_t filter_of(walker *w, uint64_t length, uint64_t *pad, uint64_t *stride,
                          uint64_t *dilation)
{
    static const uint8_t extents[] = {1, 1, 2, 3, 3, 3, 4, 5, 7, 11};
    uint64_t extent = extents[below(w, GV__COUNT(extents))];
    *pad = one_in(w, 3) ? below(w, extent + 2) : extent / 2;
    *stride = one_in(w, 3) ? 1 + below(w, 4) : 1;
    *dilation = one_in(w, 4) ? 1 + below(w, 3) : 1;
    if ((extent - 1) * *dilation + 1 > length + 2 * *pad) {
        *dilation = 1;
        extent = extent < length ? extent : length;
    }
    return extent;
}

static gv_conv2d conv2d_of(walker *w, const uint64_t size[])
{
    gv_conv2d conv = {.n = how_many(w, size[0] * size[1] * size[2] * size[3]),
                      .h = size[2],
                      .w = size[3],
                      .groups = one_in(w, 4) ? 2 + below(w, 3) : 1};
    conv.r = filter_of(w, conv.h, &conv.pad_h, &conv.stride_h, &conv.dilation_h);
    conv.s = filter_of(w, conv.w, &conv.pad_w, &conv.stride_w, &conv.dilation_w);
    conv.c = size[0] * conv.groups;
    conv.k = size[1] * conv.groups;
    if (one_in(w, 8)) { /* depthwise */
        conv.c = conv.k = conv.groups = size[0];
    }
    if (w->reach->convolutions == SWEEP_DEPTHWISE && !one_in(w, 8)) {
        conv.c = conv.groups = size[0];
        conv.k = size[0] * (1 + below(w, 3));
    }
    if (w->reach->convolutions == SWEEP_WINOGRAD && !one_in(w, 8)) {
        conv.r = conv.s = 3;
        conv.stride_h = conv.stride_w = conv.dilation_h = conv.dilation_w = 1;
        conv.pad_h = conv.h < 3 ? 1 : below(w, 2);
        conv.pad_w = conv.w < 3 ? 1 : below(w, 2);
        conv.c = size[0];
        conv.k = size[1];
        conv.groups = 1;
    }
    return conv;
}

/* A length of small primes, which most libraries serve, up to the square of the largest size. */
static uint64_t long_length(walker *w)
{
    static const uint8_t primes[] = {2, 2, 2, 2, 3, 3, 5, 7};
    const uint64_t most = (uint64_t)w->reach->largest * w->reach->largest;
    const uint64_t wanted = 1 + below(w, most);
    uint64_t length = 1;
    while (length < wanted) {
        length *= primes[below(w, GV__COUNT(primes))];
    }
    return length;
}

static gv_fft fft_of(walker *w, const uint64_t size[], uint32_t dims, sweep_way way)
{
    gv_fft fft = {.dims = dims, .batch = dims == 1 ? size[1] : 1 + below(w, 3)};
    for (uint32_t i = 0; i < dims && i < GV_FFT_MAX_DIMS; i++) {
        fft.shape[i] = size[i];
    }
    if (dims == 1 && way == SWEEP_DRAWN) {
        fft.shape[0] = long_length(w);
        fft.batch = 1 + below(w, 4);
    }
    static const gv_fft_kind kinds[] = {GV_FFT_C2C, GV_FFT_C2C, GV_FFT_R2C, GV_FFT_C2R};
    fft.kind = kinds[below(w, GV__COUNT(kinds))];
    fft.inverse = fft.kind == GV_FFT_C2R || (fft.kind == GV_FFT_C2C && one_in(w, 2));
    return fft;
}

static bool offer(walker *w, const uint64_t size[], uint32_t dims, sweep_way way)
{
    gv_workload made = {.op = w->op};
    made.precision = way == SWEEP_DRAWN ? any_precision(w) : w->precision;
    switch (w->op) {
    case GV_OP_MATMUL:
        made.as.matmul = matmul_of(w, size);
        break;
    case GV_OP_DENSE:
        made.as.dense = dense_of(size, activation_of(w, made.precision, way));
        break;
    case GV_OP_CONV2D:
        made.as.conv2d = conv2d_of(w, size);
        break;
    case GV_OP_FFT:
        made.as.fft = fft_of(w, size, dims, way);
        break;
    case GV_OP_CUSTOM:
        return true;
    }
    return w->sink(w->context, &made, way);
}

/* ---- ways through the sizes ---- */

static uint32_t size_count(const sweep_reach *reach, uint32_t every)
{
    const uint32_t count = (reach->largest + every - 1) / every;
    return count < MOST_SIZES ? count : MOST_SIZES;
}

/* Every size of every dimension once, the dimensions shuffled against each other. */
static bool walk_together(walker *w, uint32_t dims, uint32_t every)
{
    uint64_t order[MOST_DIMS][MOST_SIZES];
    const uint32_t count = size_count(w->reach, every);
    for (uint32_t d = 0; d < MOST_DIMS; d++) {
        for (uint32_t i = 0; i < count; i++) {
            const uint64_t at = below(w, i + 1);
            order[d][i] = order[d][at];
            order[d][at] = 1 + (uint64_t)i * every;
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        const uint64_t size[MOST_DIMS] = {order[0][i], order[1][i], order[2][i], order[3][i]};
        if (!offer(w, size, dims, SWEEP_TOGETHER)) {
            return false;
        }
    }
    return true;
}

static bool walk_alone(walker *w, uint32_t dims, uint32_t every)
{
    for (uint32_t d = 0; d < MOST_DIMS; d++) {
        for (uint32_t i = 0; i < size_count(w->reach, every); i++) {
            uint64_t size[MOST_DIMS] = {awkward(w), awkward(w), awkward(w), awkward(w)};
            size[d] = 1 + (uint64_t)i * every;
            if (!offer(w, size, dims, SWEEP_ALONE)) {
                return false;
            }
        }
    }
    return true;
}

static bool draw(walker *w, uint32_t dims, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        uint64_t size[MOST_DIMS];
        for (uint32_t d = 0; d < MOST_DIMS; d++) {
            size[d] = one_in(w, 3) ? awkward(w) : 1 + below(w, w->reach->largest);
        }
        if (!offer(w, size, dims, SWEEP_DRAWN)) {
            return false;
        }
    }
    return true;
}

/* Transforms of several axes: fewer, since they grow and each is several programs. */
static bool walk_axes(walker *w)
{
    const sweep_reach *reach = w->reach;
    for (uint32_t dims = 1; dims <= GV_FFT_MAX_DIMS; dims++) {
        const uint32_t rarer = dims * dims;
        if (!walk_together(w, dims, reach->every * rarer) ||
            !draw(w, dims, (reach->drawn + rarer - 1) / rarer)) {
            return false;
        }
    }
    return true;
}

bool sweep_shapes(gv_op op, const sweep_reach *reach, uint64_t seed, sweep_sink *sink,
                  void *context)
{
    walker w = {
        .op = op, .reach = reach, .precision = GV_PRECISION_F32, .sink = sink, .context = context};
    gv__random_seed(&w.random, seed);
    if (op == GV_OP_FFT) {
        return walk_axes(&w);
    }
    if (!walk_together(&w, MOST_DIMS, reach->every) || !draw(&w, MOST_DIMS, reach->drawn) ||
        (reach->alone && !walk_alone(&w, MOST_DIMS, reach->every))) {
        return false;
    }
    w.precision = GV_PRECISION_F16;
    return reach->halves == 0 || walk_together(&w, MOST_DIMS, reach->halves);
}
