/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels/pieces.h"
#include "base/support.h"

/* Blocks of our kernels and of the libraries' divide this. */
static const uint64_t ROUND = 64;

static uint64_t divide_up(uint64_t a, uint64_t b)
{
    return a / b + (a % b != 0);
}

/* ---- what can be cut ---- */

static void extents(const gv_workload *whole, uint64_t extent[GV__CUT_AXES])
{
    extent[0] = extent[1] = extent[2] = 1;
    switch (whole->op) {
    case GV_OP_MATMUL:
        extent[0] = whole->as.matmul.batch;
        extent[1] = whole->as.matmul.m;
        extent[2] = whole->as.matmul.n;
        break;
    case GV_OP_DENSE:
        extent[1] = whole->as.dense.batch;
        extent[2] = whole->as.dense.out;
        break;
    case GV_OP_CONV2D:
        extent[0] = whole->as.conv2d.n;
        extent[1] = whole->as.conv2d.groups == 1 ? whole->as.conv2d.k : 1;
        break;
    case GV_OP_FFT:
        extent[0] = whole->as.fft.batch;
        break;
    case GV_OP_CUSTOM:
        break;
    }
}

static const char *what_stays_whole(const gv_workload *whole)
{
    switch (whole->op) {
    case GV_OP_MATMUL:
    case GV_OP_DENSE:
        return "a row and a column of one product";
    case GV_OP_CONV2D:
        return whole->as.conv2d.groups == 1 ? "one image with one filter"
                                            : "one image with all groups of filters";
    case GV_OP_FFT:
        return "one transform";
    case GV_OP_CUSTOM:
        break;
    }
    return "it";
}

static gv_workload piece_workload(const gv_workload *whole, const uint64_t size[GV__CUT_AXES])
{
    gv_workload piece = *whole;
    switch (whole->op) {
    case GV_OP_MATMUL:
        piece.as.matmul.batch = size[0];
        piece.as.matmul.m = size[1];
        piece.as.matmul.n = size[2];
        break;
    case GV_OP_DENSE:
        piece.as.dense.batch = size[1];
        piece.as.dense.out = size[2];
        break;
    case GV_OP_CONV2D:
        piece.as.conv2d.n = size[0];
        if (whole->as.conv2d.groups == 1) {
            piece.as.conv2d.k = size[1];
        }
        break;
    case GV_OP_FFT:
        piece.as.fft.batch = size[0];
        break;
    case GV_OP_CUSTOM:
        break;
    }
    return piece;
}

/* ---- how small ---- */

static bool fits(const gv__cut *cut, double array_bytes, double all_bytes)
{
    const gv_workload piece = piece_workload(&cut->whole, cut->step);
    gv_operands operands;
    if (gv_workload_operands(&piece, &operands, NULL) != GV_OK) {
        return false;
    }
    double all = (double)operands.output.bytes;
    bool small = !(all > array_bytes);
    for (uint32_t i = 0; i < operands.inputs; i++) {
        all += (double)operands.input[i].bytes;
        small = small && !((double)operands.input[i].bytes > array_bytes);
    }
    return small && !(all > all_bytes);
}

static uint64_t halved(uint64_t step)
{
    const uint64_t half = divide_up(step, 2);
    return half > ROUND ? divide_up(half, ROUND) * ROUND : half;
}

/* Whole products, images or transforms first: each lies in one stretch. Then the longer side, since
 * square tiles move least. */
static bool shrink(gv__cut *cut)
{
    uint64_t *step = cut->step;
    uint64_t *longest = step[0] > 1 ? &step[0] : step[1] >= step[2] ? &step[1] : &step[2];
    if (*longest == 1) {
        return false;
    }
    *longest = longest == &step[0] ? divide_up(*longest, 2) : halved(*longest);
    return true;
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
    for (int i = 0; i < GV__CUT_AXES; i++) {
        cut.step[i] = cut.extent[i];
    }
    while (!fits(&cut, array_bytes, all_bytes)) {
        if (!shrink(&cut)) {
            return gv__fail(err, GV_UNSUPPORTED, 0, NULL,
                            "it does not fit into the device's memory and cannot be cut so small: "
                            "%s would have to fit",
                            what_stays_whole(whole));
        }
    }
    cut.count = 1;
    for (int i = 0; i < GV__CUT_AXES; i++) {
        cut.count *= divide_up(cut.extent[i], cut.step[i]);
    }
    *out = cut;
    return GV_OK;
}

/* ---- where a piece lies ---- */

static gv__part stretch(size_t offset, size_t bytes)
{
    return (gv__part){.offset = offset, .row_bytes = bytes, .rows = 1, .pitch = bytes};
}

/* Rows [row, row + rows) and columns [column, column + columns) of a matrix with `width` columns.
 */
static gv__part block(size_t number, uint64_t width, uint64_t row, uint64_t rows, uint64_t column,
                      uint64_t columns)
{
    if (columns == width) {
        return stretch((size_t)(row * width) * number, (size_t)(rows * width) * number);
    }
    return (gv__part){.offset = (size_t)(row * width + column) * number,
                      .row_bytes = (size_t)columns * number,
                      .rows = (size_t)rows,
                      .pitch = (size_t)width * number};
}

static gv__part shifted(gv__part part, size_t bytes)
{
    part.offset += bytes;
    return part;
}

static void place_matmul(const gv__cut *cut, const uint64_t at[], const uint64_t size[],
                         gv__piece *out)
{
    const gv_matmul *whole = &cut->whole.as.matmul;
    const size_t number = gv_precision_bytes(cut->whole.precision);
    const uint64_t m = whole->m;
    const uint64_t n = whole->n;
    const uint64_t k = whole->k;
    if (size[0] > 1) { /* then a piece is of whole products */
        out->input[0] =
            stretch((size_t)(at[0] * m * k) * number, (size_t)(size[0] * m * k) * number);
        out->input[1] =
            stretch((size_t)(at[0] * k * n) * number, (size_t)(size[0] * k * n) * number);
        out->output = stretch((size_t)(at[0] * m * n) * number, (size_t)(size[0] * m * n) * number);
        return;
    }
    const gv__part a =
        whole->ta ? block(number, m, 0, k, at[1], size[1]) : block(number, k, at[1], size[1], 0, k);
    const gv__part b =
        whole->tb ? block(number, k, at[2], size[2], 0, k) : block(number, n, 0, k, at[2], size[2]);
    const gv__part c = block(number, n, at[1], size[1], at[2], size[2]);
    out->input[0] = shifted(a, (size_t)(at[0] * m * k) * number);
    out->input[1] = shifted(b, (size_t)(at[0] * k * n) * number);
    out->output = shifted(c, (size_t)(at[0] * m * n) * number);
}

static void place_dense(const gv__cut *cut, const uint64_t at[], const uint64_t size[],
                        gv__piece *out)
{
    const gv_dense *whole = &cut->whole.as.dense;
    const size_t number = gv_precision_bytes(cut->whole.precision);
    out->input[0] = block(number, whole->in, at[1], size[1], 0, whole->in);
    out->input[1] = block(number, whole->out, 0, whole->in, at[2], size[2]);
    out->input[2] = stretch((size_t)at[2] * number, (size_t)size[2] * number);
    out->output = block(number, whole->out, at[1], size[1], at[2], size[2]);
}

/* Shares of an array that consists of `of` equal ones. */
static gv__part share(const gv_operand *operand, uint64_t of, uint64_t at, uint64_t size)
{
    const size_t each = operand->bytes / (size_t)of;
    return stretch((size_t)at * each, (size_t)size * each);
}

static void place_conv2d(const gv__cut *cut, const uint64_t at[], const uint64_t size[],
                         gv__piece *out)
{
    const gv_operands *arrays = &cut->operands;
    out->input[0] = share(&arrays->input[0], cut->extent[0], at[0], size[0]);
    out->input[1] = share(&arrays->input[1], cut->extent[1], at[1], size[1]);
    /* Channels are cut only where a piece is of one image. */
    const size_t channel = arrays->output.bytes / (size_t)(cut->extent[0] * cut->extent[1]);
    out->output = stretch((size_t)(at[0] * cut->extent[1] + at[1]) * channel,
                          (size_t)(size[0] * size[1]) * channel);
}

static void place_fft(const gv__cut *cut, const uint64_t at[], const uint64_t size[],
                      gv__piece *out)
{
    out->input[0] = share(&cut->operands.input[0], cut->extent[0], at[0], size[0]);
    out->output = share(&cut->operands.output, cut->extent[0], at[0], size[0]);
}

gv__piece gv__cut_piece(const gv__cut *cut, uint64_t index)
{
    uint64_t at[GV__CUT_AXES];
    uint64_t size[GV__CUT_AXES];
    for (int i = GV__CUT_AXES - 1; i >= 0; i--) {
        const uint64_t steps = divide_up(cut->extent[i], cut->step[i]);
        const uint64_t left = cut->extent[i] - index % steps * cut->step[i];
        at[i] = cut->extent[i] - left;
        size[i] = left < cut->step[i] ? left : cut->step[i];
        index /= steps;
    }
    gv__piece piece = {.workload = piece_workload(&cut->whole, size)};
    switch (cut->whole.op) {
    case GV_OP_MATMUL:
        place_matmul(cut, at, size, &piece);
        break;
    case GV_OP_DENSE:
        place_dense(cut, at, size, &piece);
        break;
    case GV_OP_CONV2D:
        place_conv2d(cut, at, size, &piece);
        break;
    case GV_OP_FFT:
        place_fft(cut, at, size, &piece);
        break;
    case GV_OP_CUSTOM:
        break;
    }
    return piece;
}
