/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/kernels/device_case.h"
#include "base/support.h"
#include "kernels/bounds.h"
#include "tests/kernels/check_case.h"
#include "tests/kernels/known_faults.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const gv__device_provider *device_case_provider(gv_op op, const char *name)
{
    size_t count = 0;
    const gv__device_provider *const *rows = gv__device_providers(op, &count);
    for (size_t i = 0; i < count; i++) {
        if (strstr(rows[i]->name, name) != NULL) {
            return rows[i];
        }
    }
    return NULL;
}

/* How far element `want` may be off. Inputs are uniform in [-1, 1), so that a product is at most 1
 * and the 2-norm of k products at most sqrt(k); twice, since in f64 the expectation is no better.
 */
static double tolerance(const check_case *c, gv__algorithm algorithm, double want, double rms)
{
    const gv_workload *w = &c->workload;
    double terms = 0.0;
    switch (w->op) {
    case GV_OP_MATMUL:
        terms = (double)w->as.matmul.k;
        break;
    case GV_OP_CONV2D:
        terms = (double)(w->as.conv2d.c / w->as.conv2d.groups * w->as.conv2d.r * w->as.conv2d.s);
        break;
    case GV_OP_DENSE:
        terms = (double)w->as.dense.in + 1.0;
        break;
    default:
        return 2.0 * gv__bound_fft(w->precision, gv_fft_points(&w->as.fft)) * rms;
    }
    const double bound = w->op == GV_OP_CONV2D
                             ? gv__bound_conv2d(w->precision, &w->as.conv2d, algorithm)
                             : gv__bound_dot(w->precision, (uint64_t)terms);
    double allowed = 2.0 * bound * sqrt(terms);
    if (w->op == GV_OP_DENSE) {
        const double size = fabs(want) > 1.0 ? fabs(want) : 1.0;
        allowed = 1.2 * allowed + gv__bound_activation(w->precision, w->as.dense.act) * size;
    }
    return allowed + gv_precision_roundoff(w->precision) * fabs(want);
}

static bool is_close(const check_case *c, const void *got, const gv__device_provider *provider,
                     const char *text)
{
    const double rms = check_case_rms(c);
    for (size_t i = 0; i < c->operands.output.elements; i++) {
        const double want = check_case_get(c, c->output, i);
        const double have = check_case_get(c, got, i);
        const double allowed = tolerance(c, provider->algorithm, want, rms);
        if (!(fabs(have - want) <= allowed)) {
            printf("%s, %s: element %zu is %.9g, expected %.9g within %.2g\n", provider->name, text,
                   i, have, want, allowed);
            return false;
        }
    }
    return true;
}

typedef struct buffers {
    cl_mem in[GV_MAX_INPUTS], out;
} buffers;

static gv_status upload(gv__context *context, const check_case *c, buffers *b, gv_error *err)
{
    const gv_operands *o = &c->operands;
    gv_status status = gv__buffer_create(context, o->output.bytes, &b->out, err);
    for (uint32_t i = 0; status == GV_OK && i < o->inputs; i++) {
        status = gv__buffer_create(context, o->input[i].bytes, &b->in[i], err);
        if (status == GV_OK) {
            status = gv__buffer_write(context, b->in[i], c->input[i], o->input[i].bytes, err);
        }
    }
    return status;
}

static gv_status compute(gv__context *context, const check_case *c,
                         const gv__device_provider *provider, void *plan, buffers *b, void *got,
                         gv_error *err)
{
    const size_t bytes = c->operands.output.bytes;
    gv__operand_poison(got, &c->operands.output);
    gv_status status = gv__buffer_write(context, b->out, got, bytes, err);
    if (status == GV_OK) {
        status = provider->enqueue(plan, b->in, b->out, err);
    }
    if (status == GV_OK) {
        status = gv__finish(context, "the operation", err);
    }
    return status == GV_OK ? gv__buffer_read(context, b->out, got, bytes, err) : status;
}

static bool inputs_unchanged(gv__context *context, const check_case *c, const buffers *b,
                             const char *provider, const char *text)
{
    for (uint32_t i = 0; i < c->operands.inputs; i++) {
        const size_t bytes = c->operands.input[i].bytes;
        void *now = malloc(bytes);
        const bool same = now != NULL &&
                          gv__buffer_read(context, b->in[i], now, bytes, NULL) == GV_OK &&
                          memcmp(now, c->input[i], bytes) == 0;
        free(now);
        if (!same) {
            printf("%s, %s: %s was changed\n", provider, text, c->operands.input[i].name);
            return false;
        }
    }
    return true;
}

/* The first operand that is a weight, or a matmul's right matrix. */
static cl_mem weights(const check_case *c, const buffers *b)
{
    for (uint32_t i = 0; i < c->operands.inputs; i++) {
        if (c->operands.input[i].weight || (c->workload.op == GV_OP_MATMUL && i == 1)) {
            return b->in[i];
        }
    }
    return NULL;
}

static bool run_twice(gv__context *context, const gv__device_provider *provider,
                      const gv__parameters *parameters, const check_case *c, const char *text)
{
    gv_error err = {0};
    buffers b = {{NULL}, NULL};
    void *plan = NULL;
    void *got = malloc(c->operands.output.bytes);
    gv__costs costs = gv__costs_none();
    gv_status status = upload(context, c, &b, &err);
    if (status == GV_OK) {
        status = provider->create(context, &c->workload, parameters, &plan, &costs, &err);
    }
    bool right = true;
    /* Twice with weights that may change, then, where they can be packed, once with the packed. */
    const int runs = provider->pack != NULL ? 3 : 2;
    for (int run = 0; status == GV_OK && right && run < runs; run++) {
        status = run == 2 ? provider->pack(plan, weights(c, &b), &err) : GV_OK;
        if (status != GV_OK) {
            break;
        }
        status = compute(context, c, provider, plan, &b, got, &err);
        right = status == GV_OK && is_close(c, got, provider, text) &&
                inputs_unchanged(context, c, &b, provider->name, text);
    }
    if (status != GV_OK) {
        printf("%s, %s: %s: %s: %s\n", provider->name, text, gv_status_name(status), err.call,
               err.text);
    } else if (gv_is_absent(costs.s[GV_COST_BUILD]) && gv_is_absent(costs.s[GV_COST_PLAN])) {
        printf("%s, %s: no cost of building or planning was told\n", provider->name, text);
        right = false;
    }
    provider->destroy(plan);
    for (uint32_t i = 0; i < GV_MAX_INPUTS; i++) {
        gv__buffer_free(b.in[i]);
    }
    gv__buffer_free(b.out);
    free(got);
    return status == GV_OK && right;
}

bool device_case_is_right_with(gv__context *context, const gv__device_provider *provider,
                               const gv__parameters *parameters, const char *text)
{
    check_case c;
    gv_error err = {0};
    check_case_open(&c, text, 42);
    const int live_before = gv__live_objects();
    bool right = true;
    const gv_status status = provider->supports(&context->facts, &c.workload, &err);
    if (status == GV_UNSUPPORTED && c.workload.precision == GV_PRECISION_F64) {
        printf("%s, %s: %s\n", provider->name, text, err.text);
    } else if (status != GV_OK) {
        printf("%s, %s: refused: %s\n", provider->name, text, err.text);
        right = false;
    } else {
        check_case_compute(&c);
        right = run_twice(context, provider, parameters, &c, text);
    }
    if (gv__live_objects() != live_before) {
        printf("%s, %s: %d objects were not released\n", provider->name, text,
               gv__live_objects() - live_before);
        right = false;
    }
    check_case_close(&c);
    return right;
}

bool device_case_is_right(gv__context *context, const gv__device_provider *provider,
                          const char *text)
{
    return device_case_is_right_with(context, provider, NULL, text);
}

size_t device_case_count_wrong_candidates(gv__context *context, const gv__device_provider *provider,
                                          const char *text, uint32_t stride)
{
    gv_workload workload;
    gv__parameters set;
    gv_error err = {0};
    char name[GV__PARAMETERS_TEXT];
    size_t wrong = 0;
    if (provider->candidate == NULL || gv_workload_parse(text, &workload, &err) != GV_OK) {
        printf("%s, %s: nothing to tune %s\n", provider->name, text, err.text);
        return 1;
    }
    for (uint32_t i = 0; provider->candidate(&context->facts, &workload, i, &set); i += stride) {
        if (!device_case_is_right_with(context, provider, &set, text)) {
            printf("  with %s\n", gv__parameters_text(&set, name));
            wrong++;
        }
    }
    return wrong;
}

static bool is_known_fault(const gv__context *context, const gv__device_provider *provider,
                           const char *text)
{
    gv_workload workload;
    const bool known = gv_workload_parse(text, &workload, NULL) == GV_OK &&
                       known_fault_find(provider->name, &context->facts, &workload, NULL) != NULL;
    if (known) {
        printf("%s, %s: a known fault, which the program's check finds\n", provider->name, text);
    }
    return known;
}

size_t device_case_count_wrong(gv__context *context, const gv__device_provider *provider,
                               const char *const workloads[], size_t count)
{
    size_t wrong = 0;
    for (size_t i = 0; i < count; i++) {
        wrong += !device_case_is_right(context, provider, workloads[i]) &&
                 !is_known_fault(context, provider, workloads[i]);
    }
    return wrong;
}

gv_device device_case_dress(gv__context *context, const char *type)
{
    const gv_device facts = context->facts;
    gv__copy_text(context->facts.fact[GV_DEVICE_TYPE].text,
                  sizeof context->facts.fact[GV_DEVICE_TYPE].text, type);
    gv__copy_text(context->facts.fact[GV_DEVICE_LOCAL_MEM_TYPE].text,
                  sizeof context->facts.fact[GV_DEVICE_LOCAL_MEM_TYPE].text, "dedicated");
    return facts;
}

static size_t count_wrong_as(gv__context *context, const char *type,
                             const gv__device_provider *provider, const char *const workloads[],
                             size_t count)
{
    const gv_device facts = device_case_dress(context, type);
    const size_t wrong = device_case_count_wrong(context, provider, workloads, count);
    context->facts = facts;
    return wrong;
}

size_t device_case_count_wrong_as_gpu(gv__context *context, const gv__device_provider *provider,
                                      const char *const workloads[], size_t count)
{
    return count_wrong_as(context, "GPU", provider, workloads, count);
}

size_t device_case_count_wrong_as_cpu(gv__context *context, const gv__device_provider *provider,
                                      const char *const workloads[], size_t count)
{
    return count_wrong_as(context, "CPU", provider, workloads, count);
}

size_t device_case_count_wrong_sets_as_gpu(gv__context *context,
                                           const gv__device_provider *provider,
                                           const device_case_set sets[], size_t count)
{
    const gv_device facts = device_case_dress(context, "GPU");
    size_t wrong = 0;
    for (size_t i = 0; i < count; i++) {
        gv__parameters set;
        gv_error err = {0};
        wrong += gv__parameters_read(sets[i].parameters, &set, &err) != GV_OK ||
                 !device_case_is_right_with(context, provider, &set, sets[i].workload);
    }
    context->facts = facts;
    return wrong;
}
