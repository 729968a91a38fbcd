/* SPDX-License-Identifier: Apache-2.0 */
/* Freivalds over the output channels: convolution is linear in its filters, so a random combination
 * of a group's filters, applied as one filter in double, must give the same combination of the
 * group's output channels, at every pixel. It costs 2/(K/groups) of the convolution. Corners and
 * edges, where padding is, are summed directly beside it. */
#include "kernels/bounds.h"
#include "kernels/check_parts.h"

#include <stdlib.h>
#include <string.h>

typedef struct conv_check {
    const gv_conv2d *conv;
    gv_precision precision;
    const void *input, *filters, *output;
    uint64_t p, q;          /* output rows and columns */
    size_t group_in;        /* channels of a group's input */
    size_t group_out;       /* filters of a group */
    gv__probe mix;          /* the random weight of each filter: K */
    gv__probe filter;       /* the combined filters: groups x C/groups x R x S */
    gv__probe exact, found; /* one output row: Q */
    double *line;           /* one row converted: max(W, Q, R·S·C/groups) */
} conv_check;

/* The combined filter of every group, and the combination of the squares. */
static void combine_filters(conv_check *check)
{
    const gv_conv2d *conv = check->conv;
    size_t size = check->group_in * conv->r * conv->s;
    for (size_t group = 0; group < conv->groups; group++) {
        size_t first = group * check->group_out;
        gv__matrix filters = {check->filters, check->precision, first * size, check->group_out,
                              size};
        gv__probe mix = {{check->mix.v[0] + first, check->mix.v[1] + first},
                         check->mix.squares + first};
        gv__probe to = {{check->filter.v[0] + group * size, check->filter.v[1] + group * size},
                        check->filter.squares + group * size};
        gv__probe_apply_transposed(&filters, &mix, &to);
    }
}

/* acc[q] += in[q·stride]·weights for the three sums. */
static void add_line(const double *in, size_t stride, const double weight[3], size_t count,
                     double *restrict a, double *restrict b, double *restrict squares)
{
    if (stride == 1) { /* apart, for vectors */
        for (size_t q = 0; q < count; q++) {
            double x = in[q];
            a[q] += x * weight[0];
            b[q] += x * weight[1];
            squares[q] += x * x * weight[2];
        }
        return;
    }
    for (size_t q = 0; q < count; q++) {
        double x = in[q * stride];
        a[q] += x * weight[0];
        b[q] += x * weight[1];
        squares[q] += x * x * weight[2];
    }
}

/* The output columns [first, last) whose input column q·stride + shift - pad lies inside. */
static void valid_columns(const gv_conv2d *conv, size_t columns, size_t shift, size_t *first,
                          size_t *last)
{
    size_t pad = conv->pad_w;
    size_t stride = conv->stride_w;
    *first = shift >= pad ? 0 : (pad - shift + stride - 1) / stride;
    size_t end = conv->w + pad; /* q·stride + shift < W + pad */
    *last = end <= shift ? 0 : (end - shift + stride - 1) / stride;
    if (*last > columns) {
        *last = columns;
    }
    if (*first > *last) {
        *first = *last;
    }
}

/* exact = the combined filters of `group` on the input of image n, output row p. */
static void exact_row(conv_check *check, size_t n, size_t group, size_t p)
{
    const gv_conv2d *conv = check->conv;
    memset(check->exact.v[0], 0, 3 * check->q * sizeof(double));
    for (size_t c = 0; c < check->group_in; c++) {
        for (size_t r = 0; r < conv->r; r++) {
            size_t below = p * conv->stride_h + r * conv->dilation_h;
            if (below < conv->pad_h || below - conv->pad_h >= conv->h) {
                continue;
            }
            size_t channel = n * conv->c + group * check->group_in + c;
            size_t offset = (channel * conv->h + below - conv->pad_h) * conv->w;
            const double *in =
                gv__as_double(check->input, check->precision, offset, conv->w, check->line);
            for (size_t s = 0; s < conv->s; s++) {
                size_t first;
                size_t last;
                size_t shift = s * conv->dilation_w;
                valid_columns(conv, check->q, shift, &first, &last);
                if (first == last) {
                    continue;
                }
                size_t f = ((group * check->group_in + c) * conv->r + r) * conv->s + s;
                const double weight[3] = {check->filter.v[0][f], check->filter.v[1][f],
                                          check->filter.squares[f]};
                add_line(in + first * conv->stride_w + shift - conv->pad_w, conv->stride_w, weight,
                         last - first, check->exact.v[0] + first, check->exact.v[1] + first,
                         check->exact.squares + first);
            }
        }
    }
}

/* found = the same combination of the group's output channels. */
static void found_row(conv_check *check, size_t n, size_t group, size_t p)
{
    memset(check->found.v[0], 0, 3 * check->q * sizeof(double));
    for (size_t j = 0; j < check->group_out; j++) {
        size_t k = group * check->group_out + j;
        size_t offset = ((n * check->conv->k + k) * check->p + p) * check->q;
        const double *in =
            gv__as_double(check->output, check->precision, offset, check->q, check->line);
        const double weight[3] = {check->mix.v[0][k], check->mix.v[1][k], 0};
        add_line(in, 1, weight, check->q, check->found.v[0], check->found.v[1],
                 check->found.squares);
    }
}

/* 2-norm of the weights of a group's filters. */
static double mix_norm(const conv_check *check, size_t group)
{
    double squares = 0;
    for (size_t i = 0; i < check->group_out; i++) {
        squares += check->mix.squares[group * check->group_out + i];
    }
    return sqrt(squares);
}

static void check_every_pixel(conv_check *check, gv__worst *worst)
{
    const double least = gv__bound_least_norm(check->precision);
    for (size_t n = 0; n < check->conv->n; n++) {
        for (size_t group = 0; group < check->conv->groups; group++) {
            const double group_least = least * mix_norm(check, group);
            for (size_t p = 0; p < check->p; p++) {
                exact_row(check, n, group, p);
                found_row(check, n, group, p);
                for (size_t q = 0; q < check->q; q++) {
                    double deviation = hypot(check->found.v[0][q] - check->exact.v[0][q],
                                             check->found.v[1][q] - check->exact.v[1][q]);
                    double scale = hypot(sqrt(check->exact.squares[q]), group_least);
                    gv__worst_note(worst, gv__relative(deviation, scale), n, group, p, q);
                }
            }
        }
    }
}

/* One output summed directly; returns its deviation relative to the norm of its products. */
static double check_sample(conv_check *check, size_t n, size_t k, size_t p, size_t q)
{
    const gv_conv2d *conv = check->conv;
    size_t group = k / check->group_out;
    double sum = 0;
    double squares = 0;
    for (size_t c = 0; c < check->group_in; c++) {
        for (size_t r = 0; r < conv->r; r++) {
            for (size_t s = 0; s < conv->s; s++) {
                size_t y = p * conv->stride_h + r * conv->dilation_h;
                size_t x = q * conv->stride_w + s * conv->dilation_w;
                if (y < conv->pad_h || x < conv->pad_w || y - conv->pad_h >= conv->h ||
                    x - conv->pad_w >= conv->w) {
                    continue;
                }
                size_t channel = n * conv->c + group * check->group_in + c;
                size_t at = (channel * conv->h + y - conv->pad_h) * conv->w + x - conv->pad_w;
                size_t f = ((k * check->group_in + c) * conv->r + r) * conv->s + s;
                double in;
                double filter;
                double product = *gv__as_double(check->input, check->precision, at, 1, &in) *
                                 *gv__as_double(check->filters, check->precision, f, 1, &filter);
                sum += product;
                squares += product * product;
            }
        }
    }
    double out;
    size_t at = ((n * conv->k + k) * check->p + p) * check->q + q;
    double found = *gv__as_double(check->output, check->precision, at, 1, &out);
    return gv__relative(fabs(found - sum),
                        hypot(sqrt(squares), gv__bound_least_norm(check->precision)));
}

/* The four corners of the first and last image and filter, and places on the edges at random. */
static void check_samples(conv_check *check, gv__random *random, gv__worst *worst)
{
    const gv_conv2d *conv = check->conv;
    enum { CORNERS = 16, EDGES = 16 };
    for (uint32_t i = 0; i < CORNERS + EDGES; i++) {
        size_t p = i & 1U ? check->p - 1 : 0;
        size_t q = i & 2U ? check->q - 1 : 0;
        size_t n = i & 4U ? conv->n - 1 : 0;
        size_t k = i & 8U ? conv->k - 1 : 0;
        if (i >= CORNERS) {
            n = gv__random_next(random) % conv->n;
            k = gv__random_next(random) % conv->k;
            if (i & 4U) { /* along the top or bottom row, else the left or right column */
                q = gv__random_next(random) % check->q;
            } else {
                p = gv__random_next(random) % check->p;
            }
        }
        gv__worst_note(worst, check_sample(check, n, k, p, q), n, k, p, q);
    }
}

static gv_status create(conv_check *check, gv_error *err)
{
    const gv_conv2d *conv = check->conv;
    size_t longest = conv->w > check->q ? conv->w : check->q;
    check->line = calloc(longest, sizeof *check->line);
    if (check->line == NULL) {
        return gv__fail(err, GV_MEMORY, 0, "calloc", "there is no memory for checking a result");
    }
    gv_status status = gv__probe_create(&check->mix, conv->k, err);
    if (status == GV_OK) {
        status = gv__probe_create(&check->filter, conv->c * conv->r * conv->s, err);
    }
    if (status == GV_OK) {
        status = gv__probe_create(&check->exact, check->q, err);
    }
    if (status == GV_OK) {
        status = gv__probe_create(&check->found, check->q, err);
    }
    return status;
}

gv_status gv__check_conv2d(gv__algorithm algorithm, const gv_workload *workload,
                           const void *const inputs[], const void *output, uint64_t seed,
                           gv_check_result *out, gv_error *err)
{
    const gv_conv2d *conv = &workload->as.conv2d;
    conv_check check = {
        .conv = conv,
        .precision = workload->precision,
        .input = inputs[0],
        .filters = inputs[1],
        .output = output,
        .group_in = conv->c / conv->groups,
        .group_out = conv->k / conv->groups,
    };
    gv_conv2d_output(conv, &check.p, &check.q);
    gv_status status = create(&check, err);
    if (status != GV_OK) {
        goto cleanup;
    }
    gv__random random;
    gv__random_seed(&random, seed);
    gv__probe_randomize(&check.mix, conv->k, &random);
    combine_filters(&check);
    uint64_t terms = check.group_in * conv->r * conv->s;
    double single = gv__bound_conv2d(workload->precision, conv, algorithm);
    /* What the check in double adds, which counts in f64 alone. */
    double whole = hypot(single, gv__bound_freivalds(GV_PRECISION_F64, terms, check.group_out));
    *out = gv__result_start("Freivalds over channels", whole);
    gv__worst worst = {0};
    check_every_pixel(&check, &worst);
    if (gv__result_settle(out, &worst, "image %zu, group %zu, row %zu, column %zu", worst.where[0],
                          worst.where[1], worst.where[2], worst.where[3])) {
        gv__worst sample = worst;
        check_samples(&check, &random, &sample);
        gv__result_settle(out, &sample, "image %zu, channel %zu, row %zu, column %zu",
                          sample.where[0], sample.where[1], sample.where[2], sample.where[3]);
    }

cleanup:
    gv__probe_free(&check.mix);
    gv__probe_free(&check.filter);
    gv__probe_free(&check.exact);
    gv__probe_free(&check.found);
    free(check.line);
    return status;
}
