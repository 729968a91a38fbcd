/* SPDX-License-Identifier: Apache-2.0 */
/* Freivalds' check: C·x against A·(B·x), which costs three matrix-vector products. */
#include "kernels/bounds.h"
#include "kernels/check_parts.h"

/* Both sides for one product; `middle` has k, `exact` and `found` m elements. */
typedef struct sides {
    gv__probe x, middle, exact, found;
} sides;

static void sides_free(sides *s)
{
    gv__probe_free(&s->x);
    gv__probe_free(&s->middle);
    gv__probe_free(&s->exact);
    gv__probe_free(&s->found);
}

static gv_status sides_create(sides *s, const gv_matmul *shape, gv_error *err)
{
    gv_status status = gv__probe_create(&s->x, shape->n, err);
    if (status == GV_OK) {
        status = gv__probe_create(&s->middle, shape->k, err);
    }
    if (status == GV_OK) {
        status = gv__probe_create(&s->exact, shape->m, err);
    }
    if (status == GV_OK) {
        status = gv__probe_create(&s->found, shape->m, err);
    }
    return status;
}

/* y = op(M)·x for op(M) of rows x columns. */
static void apply(const void *array, gv_precision precision, size_t offset, size_t rows,
                  size_t columns, bool transposed, const gv__probe *x, gv__probe *y)
{
    gv__matrix m = {array, precision, offset, transposed ? columns : rows,
                    transposed ? rows : columns};
    if (transposed) {
        gv__probe_apply_transposed(&m, x, y);
    } else {
        gv__probe_apply(&m, x, y);
    }
}

/* The bias adds the same to every row: one more term of each dot product. */
static void add_bias(const gv_matmul *shape, gv_precision precision, const void *bias, sides *s)
{
    gv__probe sum = {{&(double){0}, &(double){0}}, &(double){0}};
    apply(bias, precision, 0, 1, shape->n, false, &s->x, &sum);
    for (size_t row = 0; row < shape->m; row++) {
        s->exact.v[0][row] += sum.v[0][0];
        s->exact.v[1][row] += sum.v[1][0];
        s->exact.squares[row] += sum.squares[0];
    }
}

/* Both vectors count together, like two coordinates: their scale is one norm. */
static void compare_rows(const gv_matmul *shape, gv_precision precision, size_t batch,
                         const sides *s, double norm, double *row_rms, gv__worst *worst)
{
    const double least = gv__bound_least_norm(precision) * norm;
    for (size_t row = 0; row < shape->m; row++) {
        double deviation =
            hypot(s->found.v[0][row] - s->exact.v[0][row], s->found.v[1][row] - s->exact.v[1][row]);
        double scale = hypot(sqrt(s->exact.squares[row]), least);
        gv__worst_note(worst, gv__relative(deviation, scale), batch, row, 0, 0);
        if (row_rms != NULL) {
            row_rms[batch * shape->m + row] = scale / norm;
        }
    }
}

gv_status gv__check_product(const gv_matmul *shape, gv_precision precision, const void *a,
                            const void *b, const void *bias, const void *c, uint64_t seed,
                            double *row_rms, gv_check_result *out, gv_error *err)
{
    size_t m = shape->m;
    size_t n = shape->n;
    size_t k = shape->k;
    sides s = {0};
    gv__worst worst = {0};
    gv_status status = sides_create(&s, shape, err);
    if (status != GV_OK) {
        goto cleanup;
    }
    gv__random random;
    gv__random_seed(&random, seed);
    gv__probe_randomize(&s.x, n, &random);
    double norm = 0;
    for (size_t j = 0; j < n; j++) {
        norm += s.x.squares[j];
    }
    norm = sqrt(norm);
    for (size_t batch = 0; batch < shape->batch; batch++) {
        apply(b, precision, batch * k * n, k, n, shape->tb, &s.x, &s.middle);
        apply(a, precision, batch * m * k, m, k, shape->ta, &s.middle, &s.exact);
        apply(c, precision, batch * m * n, m, n, false, &s.x, &s.found);
        if (bias != NULL) {
            add_bias(shape, precision, bias, &s);
        }
        compare_rows(shape, precision, batch, &s, norm, row_rms, &worst);
    }
    uint64_t terms = bias != NULL ? k + 1 : k;
    *out = gv__result_start("Freivalds", gv__bound_freivalds(precision, terms, n));
    if (shape->batch > 1) {
        gv__result_settle(out, &worst, "row %zu of product %zu", worst.where[1], worst.where[0]);
    } else {
        gv__result_settle(out, &worst, "row %zu", worst.where[1]);
    }

cleanup:
    sides_free(&s);
    return status;
}

gv_status gv__check_matmul(const gv_workload *workload, const void *const inputs[],
                           const void *output, uint64_t seed, gv_check_result *out, gv_error *err)
{
    return gv__check_product(&workload->as.matmul, workload->precision, inputs[0], inputs[1], NULL,
                             output, seed, NULL, out, err);
}
