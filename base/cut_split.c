/* SPDX-License-Identifier: Apache-2.0 */
#include "base/cut_split.h"
#include "base/support.h"

#include <math.h>

/* ARRAYS of a piece lie on the device: two inputs, two outputs, and one between columns and rows.
 * Columns are taken in LINEs, which is what memory moves at once. */
enum { ARRAYS = 5, LINE = 16 };

/* The largest divisor up to the root: 1 of a prime. */
static uint64_t balanced_divisor(uint64_t n)
{
    uint64_t divisor = (uint64_t)sqrt((double)n);
    while (divisor > 1 && n % divisor != 0) {
        divisor--;
    }
    return divisor;
}

static size_t point_bytes(const gv__cut *cut)
{
    return 2 * gv_precision_bytes(cut->whole.precision);
}

/* Of pass 0 or 1: as many columns as the other pass has points. */
static uint64_t columns_of(const gv__cut *cut, int pass)
{
    return cut->split.points[1 - pass];
}

static uint64_t pieces_of(const gv__cut *cut, int pass)
{
    return gv__divide_up(columns_of(cut, pass), cut->split.step[pass]);
}

static gv_workload pass_workload(const gv__cut *cut, int pass, uint64_t columns)
{
    gv_workload workload = cut->whole;
    workload.as.fft.shape[0] = cut->split.points[pass];
    workload.as.fft.batch = columns;
    return workload;
}

/* Equal steps of at most `most` columns, whole lines of them where there is room. */
static uint64_t even_step(uint64_t columns, uint64_t most)
{
    const uint64_t step = gv__divide_up(columns, gv__divide_up(columns, most));
    const uint64_t lines = gv__divide_up(step, LINE) * LINE;
    return lines <= most && lines <= columns ? lines : step;
}

bool gv__split_find(gv__cut *cut, double array_bytes, double all_bytes)
{
    const gv_fft *fft = &cut->whole.as.fft;
    if (cut->whole.op != GV_OP_FFT || fft->kind != GV_FFT_C2C || fft->dims != 1) {
        return false;
    }
    const double most_bytes = fmin(array_bytes, all_bytes / ARRAYS); /* NAN: the other */
    cut->split.points[0] = balanced_divisor(fft->shape[0]);
    cut->split.points[1] = fft->shape[0] / cut->split.points[0];
    if (cut->split.points[0] < 2) {
        return false;
    }
    cut->count = 0;
    for (int pass = 0; pass < 2; pass++) {
        const double column_bytes = (double)cut->split.points[pass] * (double)point_bytes(cut);
        const uint64_t columns = columns_of(cut, pass);
        const double most = fmin(floor(most_bytes / column_bytes), (double)columns);
        if (most < 1.0) {
            return false;
        }
        cut->split.step[pass] = even_step(columns, (uint64_t)most);
        cut->count += pieces_of(cut, pass) * fft->batch;
    }
    const gv_workload largest = gv__split_largest(cut);
    cut->parts = 1;
    cut->streamed[0] = true;
    cut->shared[0] = false;
    return gv_workload_operands(&largest, &cut->piece, NULL) == GV_OK;
}

gv_workload gv__split_largest(const gv__cut *cut)
{
    const gv_workload first = pass_workload(cut, 0, cut->split.step[0]);
    const gv_workload second = pass_workload(cut, 1, cut->split.step[1]);
    const uint64_t first_points = cut->split.points[0] * cut->split.step[0];
    return first_points >= cut->split.points[1] * cut->split.step[1] ? first : second;
}

double gv__split_bytes(const gv__cut *cut)
{
    return ARRAYS * (double)cut->piece.input[0].bytes;
}

gv__piece gv__split_piece(const gv__cut *cut, uint64_t index)
{
    const uint64_t firsts = pieces_of(cut, 0);
    const uint64_t each = firsts + pieces_of(cut, 1);
    const uint64_t in_transform = index % each;
    const int pass = in_transform < firsts ? 0 : 1;
    const uint64_t points = cut->split.points[pass];
    const uint64_t columns = columns_of(cut, pass);
    const uint64_t step = cut->split.step[pass];
    const uint64_t at = (pass == 0 ? in_transform : in_transform - firsts) * step;
    const uint64_t size = step < columns - at ? step : columns - at;
    const size_t number = point_bytes(cut);
    const size_t begin = (size_t)(index / each * points * columns) * number;
    const size_t row_bytes = (size_t)size * number;
    const gv__part across = {.offset = begin + (size_t)at * number,
                             .row_bytes = row_bytes,
                             .rows = (size_t)points,
                             .pitch = (size_t)columns * number,
                             .own_pitch = row_bytes};
    const size_t all = (size_t)points * row_bytes;
    const gv__part along = {.offset = begin + (size_t)(at * points) * number,
                            .row_bytes = all,
                            .rows = 1,
                            .pitch = all,
                            .own_pitch = all};
    return (gv__piece){.workload = pass_workload(cut, pass, size),
                       .input = {across},
                       .output = pass == 0 ? along : across,
                       .pass = pass + 1,
                       .column = at};
}
