/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels/check_parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LANES = 4 }; /* independent sums, so that the compiler may use vectors without reordering */

const double *gv__as_double(const void *array, gv_precision precision, size_t offset, size_t count,
                            double *buffer)
{
    if (precision == GV_PRECISION_F64) {
        return (const double *)array + offset;
    }
    if (precision == GV_PRECISION_F16) {
        for (size_t i = 0; i < count; i++) {
            buffer[i] = gv__from_f16(((const uint16_t *)array)[offset + i]);
        }
        return buffer;
    }
    const float *from = (const float *)array + offset;
    for (size_t i = 0; i < count; i++) {
        buffer[i] = (double)from[i];
    }
    return buffer;
}

gv_status gv__probe_create(gv__probe *probe, size_t count, gv_error *err)
{
    double *block = count > SIZE_MAX / 3 ? NULL : calloc(3 * count, sizeof(double));
    if (block == NULL) {
        return gv__fail(err, GV_MEMORY, 0, "calloc", "there is no memory for checking a result");
    }
    *probe = (gv__probe){{block, block + count}, block + 2 * count};
    return GV_OK;
}

void gv__probe_free(gv__probe *probe)
{
    free(probe->v[0]);
    *probe = (gv__probe){0};
}

void gv__probe_randomize(gv__probe *probe, size_t count, gv__random *random)
{
    for (size_t i = 0; i < count; i++) {
        double square = 0;
        for (size_t t = 0; t < 2; t++) {
            double x = gv__random_unit(random);
            probe->v[t][i] = x < 0 ? x - 1 : x + 1;
            square += probe->v[t][i] * probe->v[t][i];
        }
        probe->squares[i] = square;
    }
}

/* sums[0..2] += row·v0, row·v1, row²·squares over n numbers. */
static void add_products(const double *restrict row, const double *restrict v0,
                         const double *restrict v1, const double *restrict squares, size_t n,
                         double sums[3])
{
    double a[LANES] = {0};
    double b[LANES] = {0};
    double c[LANES] = {0};
    size_t whole = n - n % LANES;
    for (size_t i = 0; i < whole; i += LANES) {
        for (size_t lane = 0; lane < LANES; lane++) {
            double x = row[i + lane];
            a[lane] += x * v0[i + lane];
            b[lane] += x * v1[i + lane];
            c[lane] += x * x * squares[i + lane];
        }
    }
    for (size_t i = whole; i < n; i++) {
        a[0] += row[i] * v0[i];
        b[0] += row[i] * v1[i];
        c[0] += row[i] * row[i] * squares[i];
    }
    for (size_t lane = 0; lane < LANES; lane++) {
        sums[0] += a[lane];
        sums[1] += b[lane];
        sums[2] += c[lane];
    }
}

void gv__probe_apply(const gv__matrix *m, const gv__probe *x, gv__probe *y)
{
    double buffer[GV__CHUNK];
    for (size_t row = 0; row < m->rows; row++) {
        double sums[3] = {0};
        for (size_t start = 0; start < m->columns; start += GV__CHUNK) {
            size_t count = m->columns - start < GV__CHUNK ? m->columns - start : GV__CHUNK;
            const double *values = gv__as_double(
                m->array, m->precision, m->offset + row * m->columns + start, count, buffer);
            add_products(values, x->v[0] + start, x->v[1] + start, x->squares + start, count, sums);
        }
        y->v[0][row] = sums[0];
        y->v[1][row] = sums[1];
        y->squares[row] = sums[2];
    }
}

void gv__probe_apply_transposed(const gv__matrix *m, const gv__probe *x, gv__probe *y)
{
    double buffer[GV__CHUNK];
    for (size_t start = 0; start < m->columns; start += GV__CHUNK) {
        size_t count = m->columns - start < GV__CHUNK ? m->columns - start : GV__CHUNK;
        double *restrict y0 = y->v[0] + start;
        double *restrict y1 = y->v[1] + start;
        double *restrict squares = y->squares + start;
        memset(y0, 0, count * sizeof *y0);
        memset(y1, 0, count * sizeof *y1);
        memset(squares, 0, count * sizeof *squares);
        for (size_t row = 0; row < m->rows; row++) {
            const double *values = gv__as_double(
                m->array, m->precision, m->offset + row * m->columns + start, count, buffer);
            double a = x->v[0][row];
            double b = x->v[1][row];
            double c = x->squares[row];
            for (size_t i = 0; i < count; i++) {
                double value = values[i];
                y0[i] += value * a;
                y1[i] += value * b;
                squares[i] += value * value * c;
            }
        }
    }
}

gv_check_result gv__result_start(const char *method, double bound_rel)
{
    return (gv_check_result){.right = true, .method = method, .bound_rel = bound_rel};
}

bool gv__result_settle(gv_check_result *out, const gv__worst *worst, const char *format, ...)
{
    out->error_rel = worst->error_rel;
    out->right = worst->error_rel <= out->bound_rel;
    if (out->right) {
        return true;
    }
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(out->text, sizeof out->text, format, arguments);
    va_end(arguments);
    if (length >= 0 && (size_t)length < sizeof out->text) {
        char *rest = out->text + length;
        size_t room = sizeof out->text - (size_t)length;
        if (isinf(worst->error_rel)) {
            snprintf(rest, room, " is not a number, was not written, or should be 0");
        } else {
            snprintf(rest, room, " deviates by %.1e, allowed are %.1e", worst->error_rel,
                     out->bound_rel);
        }
    }
    return false;
}
