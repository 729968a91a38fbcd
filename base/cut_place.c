/* SPDX-License-Identifier: Apache-2.0 */
/* What a piece computes, and where its arrays lie in those of the whole. */
#include "base/cut_split.h"
#include "base/support.h"

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* ---- rows of an image ---- */

/* Rows that the window of a filter reaches over. */
static uint64_t window(const gv_conv2d *conv)
{
    return conv->dilation_h * (conv->r - 1) + 1;
}

/* Output rows that a band begins earlier, since its first ones look into its padding. */
static uint64_t lead(const gv_conv2d *conv)
{
    return gv__divide_up(conv->pad_h, conv->stride_h);
}

/* Input rows of a band of output rows. It is a convolution with the padding of the whole, so that
 * the output rows near its edges are wrong where the image goes on: it begins `skipped` output rows
 * earlier and ends where its last window does. */
typedef struct band {
    uint64_t first, rows, skipped;
} band;

static band band_of(const gv_conv2d *conv, uint64_t at, uint64_t size)
{
    const uint64_t begin =
        least(at > lead(conv) ? at - lead(conv) : 0, (conv->h - 1) / conv->stride_h);
    const uint64_t first = begin * conv->stride_h;
    const uint64_t reach = (at + size - 1) * conv->stride_h + window(conv);
    const uint64_t end = reach > conv->pad_h + first ? reach - conv->pad_h : first + 1;
    return (band){first, least(end, conv->h) - first, at - begin};
}

/* ---- pieces ---- */

static gv_workload piece_workload(const gv__cut *cut, const uint64_t at[], const uint64_t size[])
{
    gv_workload piece = cut->whole;
    switch (piece.op) {
    case GV_OP_MATMUL:
        piece.as.matmul.batch = size[0];
        piece.as.matmul.m = size[1];
        piece.as.matmul.n = size[2];
        piece.as.matmul.k = size[3];
        break;
    case GV_OP_DENSE:
        piece.as.dense.batch = size[1];
        piece.as.dense.out = size[2];
        piece.as.dense.in = size[3];
        if (size[3] < cut->extent[3]) {
            piece.as.dense.act = GV_ACT_NONE; /* it comes after the whole sum */
        }
        break;
    case GV_OP_CONV2D: {
        gv_conv2d *conv = &piece.as.conv2d;
        conv->n = size[0];
        conv->c = conv->c / conv->groups * size[1];
        conv->k = size[2] * size[1];
        conv->groups = size[1];
        if (size[3] < cut->extent[3]) {
            conv->h = band_of(&cut->whole.as.conv2d, at[3], size[3]).rows;
        }
        break;
    }
    case GV_OP_FFT:
        piece.as.fft.batch = size[0];
        break;
    case GV_OP_CUSTOM:
        break;
    }
    return piece;
}

gv_workload gv__cut_largest(const gv__cut *cut)
{
    if (cut->split.points[0] > 0) {
        return gv__split_largest(cut);
    }
    const uint64_t at[GV__CUT_AXES] = {0};
    gv_workload largest = piece_workload(cut, at, cut->step);
    if (cut->whole.op == GV_OP_CONV2D && cut->step[3] < cut->extent[3]) {
        /* A band in the middle, with what it begins earlier. */
        const gv_conv2d *conv = &cut->whole.as.conv2d;
        const uint64_t reach = (cut->step[3] - 1 + lead(conv)) * conv->stride_h + window(conv);
        largest.as.conv2d.h = reach > conv->pad_h ? least(conv->h, reach - conv->pad_h) : 1;
    }
    return largest;
}

/* ---- where a piece lies ---- */

static gv__part strided(size_t offset, size_t row_bytes, size_t rows, size_t pitch)
{
    if (rows == 1 || row_bytes == pitch) {
        row_bytes *= rows;
        rows = 1;
        pitch = row_bytes;
    }
    return (gv__part){offset, row_bytes, rows, pitch, 0, row_bytes};
}

/* Rows [row, row + rows) and columns [column, column + columns) of a matrix with `width` columns.
 */
static gv__part block(size_t number, uint64_t width, uint64_t row, uint64_t rows, uint64_t column,
                      uint64_t columns)
{
    return strided((size_t)(row * width + column) * number, (size_t)columns * number, (size_t)rows,
                   (size_t)width * number);
}

/* The same of a transposed one: `rows` and `columns` are those of what is computed with. */
static gv__part block_of(size_t number, bool transposed, uint64_t height, uint64_t width,
                         uint64_t row, uint64_t rows, uint64_t column, uint64_t columns)
{
    return transposed ? block(number, height, column, columns, row, rows)
                      : block(number, width, row, rows, column, columns);
}

static gv__part shifted(gv__part part, uint64_t bytes)
{
    part.offset += (size_t)bytes;
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
    /* Several products are whole ones, one behind the other. */
    const uint64_t height = size[0] > 1 ? size[0] * m : size[1];
    out->input[0] =
        shifted(size[0] > 1 ? block(number, k, 0, height, 0, k)
                            : block_of(number, whole->ta, m, k, at[1], size[1], at[3], size[3]),
                at[0] * m * k * number);
    out->input[1] =
        shifted(size[0] > 1 ? block(number, n, 0, size[0] * k, 0, n)
                            : block_of(number, whole->tb, k, n, at[3], size[3], at[2], size[2]),
                at[0] * k * n * number);
    out->output = shifted(block(number, n, at[1], height, at[2], size[2]), at[0] * m * n * number);
}

static void place_dense(const gv__cut *cut, const uint64_t at[], const uint64_t size[],
                        gv__piece *out)
{
    const gv_dense *whole = &cut->whole.as.dense;
    const size_t number = gv_precision_bytes(cut->whole.precision);
    out->input[0] = block(number, whole->in, at[1], size[1], at[3], size[3]);
    out->input[1] = block(number, whole->out, at[3], size[3], at[2], size[2]);
    if (at[3] == 0) { /* the bias goes into one part of a sum */
        out->input[2] = block(number, whole->out, 0, 1, at[2], size[2]);
    }
    out->output = block(number, whole->out, at[1], size[1], at[2], size[2]);
}

static void place_conv2d(const gv__cut *cut, const uint64_t at[], const uint64_t size[],
                         gv__piece *out)
{
    const gv_conv2d *whole = &cut->whole.as.conv2d;
    const size_t number = gv_precision_bytes(cut->whole.precision);
    const uint64_t in_group = whole->c / whole->groups;
    const uint64_t filter = in_group * whole->r * whole->s;
    const uint64_t in_plane = whole->h * whole->w;
    const uint64_t columns = cut->operands.output.elements / (whole->n * whole->k) / cut->extent[3];
    const uint64_t out_plane = cut->extent[3] * columns;
    const uint64_t channel = at[1] * in_group;
    const uint64_t first_filter = at[1] * cut->extent[2] + at[2];
    const uint64_t filters = size[1] * size[2];
    const uint64_t in_at = (at[0] * whole->c + channel) * in_plane;
    const uint64_t out_at = (at[0] * whole->k + first_filter) * out_plane;
    out->input[1] =
        shifted(block(number, filter, 0, filters, 0, filter), first_filter * filter * number);
    if (size[3] == cut->extent[3]) {
        out->input[0] = shifted(
            block(number, whole->c * in_plane, 0, size[0], 0, size[1] * in_group * in_plane),
            in_at * number);
        out->output =
            shifted(block(number, whole->k * out_plane, 0, size[0], 0, filters * out_plane),
                    out_at * number);
        return;
    }
    const band rows = band_of(whole, at[3], size[3]);
    out->input[0] = shifted(
        block(number, in_plane, 0, size[1] * in_group, rows.first * whole->w, rows.rows * whole->w),
        in_at * number);
    /* Not put together by block(): its own array has more rows than these. */
    uint64_t own_rows = 0;
    uint64_t own_columns = 0;
    gv_conv2d_output(&out->workload.as.conv2d, &own_rows, &own_columns);
    out->output = (gv__part){.offset = (size_t)(out_at + at[3] * columns) * number,
                             .row_bytes = (size_t)(size[3] * columns) * number,
                             .rows = (size_t)filters,
                             .pitch = (size_t)out_plane * number,
                             .own_offset = (size_t)(rows.skipped * columns) * number,
                             .own_pitch = (size_t)(own_rows * columns) * number};
}

/* `size` of the `of` equal shares that an array consists of. */
static gv__part share(const gv_operand *operand, uint64_t of, uint64_t at, uint64_t size)
{
    const size_t each = operand->bytes / (size_t)of;
    return shifted(block(each, 1, 0, size, 0, 1), at * each);
}

gv__piece gv__cut_piece(const gv__cut *cut, uint64_t index)
{
    if (cut->split.points[0] > 0) {
        return gv__split_piece(cut, index);
    }
    uint64_t at[GV__CUT_AXES];
    uint64_t size[GV__CUT_AXES];
    for (int i = GV__CUT_AXES - 1; i >= 0; i--) {
        const int axis = cut->order[i];
        const uint64_t steps = gv__divide_up(cut->extent[axis], cut->step[axis]);
        at[axis] = index % steps * cut->step[axis];
        size[axis] = least(cut->step[axis], cut->extent[axis] - at[axis]);
        index /= steps;
    }
    gv__piece piece = {.workload = piece_workload(cut, at, size)};
    switch (cut->whole.op) {
    case GV_OP_MATMUL:
        place_matmul(cut, at, size, &piece);
        piece.part = at[3] / cut->step[3];
        break;
    case GV_OP_DENSE:
        place_dense(cut, at, size, &piece);
        piece.part = at[3] / cut->step[3];
        break;
    case GV_OP_CONV2D:
        place_conv2d(cut, at, size, &piece);
        break;
    case GV_OP_FFT:
        piece.input[0] = share(&cut->operands.input[0], cut->extent[0], at[0], size[0]);
        piece.output = share(&cut->operands.output, cut->extent[0], at[0], size[0]);
        break;
    case GV_OP_CUSTOM:
        break;
    }
    return piece;
}
