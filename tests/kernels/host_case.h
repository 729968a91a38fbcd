/* SPDX-License-Identifier: Apache-2.0 */
/* One table of workloads through every host provider of an operation. */
#ifndef GPUVERDICT_TESTS_HOST_CASE_H
#define GPUVERDICT_TESTS_HOST_CASE_H

#include "kernels/provider.h"
#include "tests/gv_test.h"
#include "tests/kernels/check_case.h"

typedef struct host_copy {
    void *array[GV_MAX_INPUTS];
} host_copy;

static inline host_copy host_keep_inputs(const check_case *c)
{
    host_copy copy = {{NULL}};
    for (uint32_t i = 0; i < c->operands.inputs; i++) {
        copy.array[i] = malloc(c->operands.input[i].bytes);
        assert_non_null(copy.array[i]);
        memcpy(copy.array[i], c->input[i], c->operands.input[i].bytes);
    }
    return copy;
}

static inline void host_expect_inputs(const check_case *c, host_copy *copy)
{
    for (uint32_t i = 0; i < c->operands.inputs; i++) {
        assert_memory_equal(copy->array[i], c->input[i], c->operands.input[i].bytes);
        free(copy->array[i]);
    }
}

/* Run `workload` on the case's inputs; false where it is not supported. */
static inline bool host_run(const gv__host_provider *provider, const gv_workload *workload,
                            const check_case *c, const void *input, void *output, uint32_t threads)
{
    gv_error err = {0};
    gv__costs costs = gv__costs_none();
    void *plan = NULL;
    const void *const inputs[GV_MAX_INPUTS] = {input, c->input[1], c->input[2]};
    if (provider->supports(workload, &err) != GV_OK) {
        assert_int_equal(err.status, GV_UNSUPPORTED);
        assert_true(err.text[0] != 0);
        return false;
    }
    assert_status(provider->create(workload, inputs, output, threads, &plan, &costs, &err), GV_OK,
                  err);
    assert_status(provider->run(plan, &err), GV_OK, err);
    provider->destroy(plan);
    return true;
}

/* What the check needs beside the output: the linear result of dense, the way back of an fft. */
static inline void host_run_extras(const gv__host_provider *provider, const check_case *c,
                                   uint32_t threads)
{
    gv_workload other = c->workload;
    if (other.op == GV_OP_DENSE && c->linear != NULL) {
        other.as.dense.act = GV_ACT_NONE;
        assert_true(host_run(provider, &other, c, c->input[0], c->linear, threads));
    } else if (other.op == GV_OP_FFT) {
        gv_fft *fft = &other.as.fft;
        fft->kind = fft->kind == GV_FFT_R2C   ? GV_FFT_C2R
                    : fft->kind == GV_FFT_C2R ? GV_FFT_R2C
                                              : GV_FFT_C2C;
        fft->inverse = !fft->inverse;
        assert_true(host_run(provider, &other, c, c->output, c->inverse, threads));
    }
}

/* Right, by the checker; inputs as they were; a second run of the same plan gives the same bits. */
static inline void host_expect_right(const gv__host_provider *provider, const char *text,
                                     uint32_t threads, double *worst, size_t *served)
{
    check_case c;
    check_case_open(&c, text, 77);
    host_copy copy = host_keep_inputs(&c);
    gv_error err = {0};
    if (provider->supports(&c.workload, &err) == GV_OK) {
        const void *const inputs[GV_MAX_INPUTS] = {c.input[0], c.input[1], c.input[2]};
        gv__costs costs = gv__costs_none();
        void *plan = NULL;
        assert_status(provider->create(&c.workload, inputs, c.output, threads, &plan, &costs, &err),
                      GV_OK, err);
        gv__operand_poison(c.output, &c.operands.output);
        assert_status(provider->run(plan, &err), GV_OK, err);
        void *first = malloc(c.operands.output.bytes);
        assert_non_null(first);
        memcpy(first, c.output, c.operands.output.bytes);
        gv__operand_poison(c.output, &c.operands.output);
        assert_status(provider->run(plan, &err), GV_OK, err);
        assert_memory_equal(first, c.output, c.operands.output.bytes);
        free(first);
        provider->destroy(plan);
        host_run_extras(provider, &c, threads);
        gv_check_result result = check_case_check(&c);
        if (!result.right) {
            print_error("%s, %s, %u threads: %s\n", provider->name, text, threads, result.text);
        }
        assert_true(result.right);
        *worst = fmax(*worst, result.error_rel / result.bound_rel);
        ++*served;
    } else {
        assert_true(err.text[0] != 0);
    }
    host_expect_inputs(&c, &copy);
    check_case_close(&c);
}

/* Every provider of `op` on every workload, in both precisions, with one thread and more. */
static inline void host_expect_all_right(gv_op op, const char *const *texts, size_t count,
                                         uint32_t most_threads)
{
    size_t rows;
    const gv__host_provider *const *providers = gv__host_providers(op, &rows);
    for (size_t row = 0; row < rows; row++) {
        double worst = 0;
        size_t served = 0;
        assert_int_equal(providers[row]->op, op);
        assert_true(providers[row]->version()[0] >= '0' && providers[row]->version()[0] <= '9');
        for (size_t i = 0; i < count; i++) {
            for (uint32_t threads = 1; threads <= most_threads; threads++) {
                char text[GV_WORKLOAD_TEXT];
                host_expect_right(providers[row], texts[i], threads, &worst, &served);
                snprintf(text, sizeof text, "%s,precision=f64", texts[i]);
                host_expect_right(providers[row], text, threads, &worst, &served);
            }
        }
        print_message("%s %s: %zu runs, at most %.3f of the bound\n", providers[row]->name,
                      providers[row]->version(), served, worst);
        assert_true(served > 0);
    }
}

#endif
