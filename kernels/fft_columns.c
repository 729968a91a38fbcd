/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels/fft_columns.h"
#include "base/support.h"
#include "kernels/fft_roots.h"
#include "kernels/sources.h"

#include <stdlib.h>

enum { TILE = 16, LINES = 4 }; /* those of fft_columns.cl */

static const gv__embedded *const sources[] = {&gv__cl_common, &gv__cl_fft_columns};

/* ---- roots of unity ---- */

static void put(void *table, bool doubles, uint64_t index, double re, double im)
{
    if (doubles) {
        double *at = (double *)table + 2 * index;
        at[0] = re;
        at[1] = im;
    } else {
        float *at = (float *)table + 2 * index;
        at[0] = (float)re;
        at[1] = (float)im;
    }
}

static gv_status create_roots(gv__context *context, const gv_workload *whole, gv__fft_columns *out,
                              gv_error *err)
{
    const uint64_t points = whole->as.fft.shape[0];
    while ((uint64_t)1 << (2 * out->shift) < points) {
        out->shift++;
    }
    const uint64_t fine = (uint64_t)1 << out->shift;
    const uint64_t count = fine + gv__divide_up(points, fine);
    const size_t bytes = (size_t)count * 2 * gv_precision_bytes(whole->precision);
    void *table = malloc(bytes);
    if (table == NULL) {
        return gv__fail(err, GV_MEMORY, 0, NULL, "no memory for the roots of unity");
    }
    for (uint64_t i = 0; i < count; i++) {
        double re = 0.0;
        double im = 0.0;
        gv__fft_root(i < fine ? i : (i - fine) * fine, points, &re, &im);
        put(table, whole->precision == GV_PRECISION_F64, i, re, whole->as.fft.inverse ? -im : im);
    }
    gv_status status = gv__buffer_create(context, bytes, &out->roots, err);
    if (status == GV_OK) {
        status = gv__buffer_write(context, out->roots, table, bytes, err);
    }
    free(table);
    return status;
}

gv_status gv__fft_columns_create(gv__context *context, const gv__cut *cut, gv__fft_columns *out,
                                 gv__costs *costs, gv_error *err)
{
    const char *options = cut->whole.precision == GV_PRECISION_F64 ? "-D REAL=double" : "";
    gv_status status = gv__kernel_create(context, sources, GV__COUNT(sources), options,
                                         "columns_to_rows", &out->kernel, costs, err);
    if (status == GV_OK) {
        status = create_roots(context, &cut->whole, out, err);
    }
    if (status == GV_OK) {
        status = gv__buffer_create(context, cut->piece.input[0].bytes, &out->between, err);
    }
    return status;
}

/* ---- a piece ---- */

static gv_status transpose(gv__fft_columns *by, uint64_t rows, uint64_t columns, bool turned,
                           uint64_t first, cl_mem from, cl_mem to, gv_error *err)
{
    const cl_ulong height = rows;
    const cl_ulong width = columns;
    const cl_int turns = turned;
    const cl_ulong begin = first;
    const gv__argument arguments[] = {
        GV__ARGUMENT(height),    GV__ARGUMENT(width),     GV__ARGUMENT(turns), GV__ARGUMENT(begin),
        GV__ARGUMENT(by->shift), GV__ARGUMENT(by->roots), GV__ARGUMENT(from),  GV__ARGUMENT(to),
    };
    gv__kernel *kernel = &by->kernel;
    kernel->local[0] = TILE;
    kernel->local[1] = LINES;
    kernel->local[2] = kernel->global[2] = 1;
    kernel->global[0] = (size_t)gv__divide_up(columns, TILE) * TILE;
    kernel->global[1] = (size_t)gv__divide_up(rows, TILE) * LINES;
    return gv__kernel_enqueue(kernel, arguments, GV__COUNT(arguments), err);
}

gv_status gv__fft_columns_enqueue(gv__fft_columns *by, const gv__piece *piece,
                                  const gv__device_provider *provider, void *plan, cl_mem input,
                                  cl_mem output, gv_error *err)
{
    const bool second = piece->pass == 2;
    const uint64_t points = piece->workload.as.fft.shape[0];
    const uint64_t columns = piece->workload.as.fft.batch;
    const cl_mem transformed = second ? input : output;
    gv_status status =
        transpose(by, points, columns, second, piece->column, input, by->between, err);
    if (status == GV_OK) {
        status = provider->enqueue(plan, &by->between, transformed, err);
    }
    return status == GV_OK && second
               ? transpose(by, columns, points, false, 0, transformed, output, err)
               : status;
}

void gv__fft_columns_release(gv__fft_columns *by)
{
    gv__kernel_release(&by->kernel);
    gv__buffer_free(by->roots);
    gv__buffer_free(by->between);
    *by = (gv__fft_columns){0};
}
