/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/sweep/trial.h"

#include "base/support.h"
#include "kernels/check.h"
#include "tests/sweep/guarded.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a trial holds. */
typedef struct bench {
    const sweep_trial *trial;
    gv_operands operands;
    void *input[GV_MAX_INPUTS];
    void *output, *linear, *read_back;
    guarded in[GV_MAX_INPUTS], out;
    void *plan, *linear_plan;
    gv_error err;
} bench;

/* ---- set up ---- */

/* A dense layer with an activation is checked by the same one without. */
static bool has_linear(const gv_workload *workload)
{
    return workload->op == GV_OP_DENSE && workload->as.dense.act != GV_ACT_NONE;
}

static gv_status no_memory(bench *b)
{
    return gv__fail(&b->err, GV_MEMORY, 0, "malloc", "no memory for a trial");
}

static gv_status set_up_input(bench *b, uint32_t i, uint64_t seed)
{
    gv__context *context = b->trial->context;
    const size_t bytes = b->operands.input[i].bytes;
    b->input[i] = malloc(bytes);
    if (b->input[i] == NULL) {
        return no_memory(b);
    }
    gv_status status = gv__input_fill(b->input[i], &b->trial->workload, i, seed, &b->err);
    if (status == GV_OK) {
        status = guarded_create(context, bytes, b->trial->plain, &b->in[i], &b->err);
    }
    return status == GV_OK ? gv__buffer_write(context, b->in[i].middle, b->input[i], bytes, &b->err)
                           : status;
}

static gv_status set_up(bench *b, uint64_t seed)
{
    const sweep_trial *trial = b->trial;
    gv_status status = gv_workload_operands(&trial->workload, &b->operands, &b->err);
    size_t largest = b->operands.output.bytes;
    for (uint32_t i = 0; status == GV_OK && i < b->operands.inputs; i++) {
        const size_t bytes = b->operands.input[i].bytes;
        largest = bytes > largest ? bytes : largest;
        status = set_up_input(b, i, seed);
    }
    b->output = malloc(b->operands.output.bytes);
    b->linear = malloc(b->operands.output.bytes);
    b->read_back = malloc(largest);
    if (status == GV_OK && (b->output == NULL || b->linear == NULL || b->read_back == NULL)) {
        status = no_memory(b);
    }
    return status == GV_OK ? guarded_create(trial->context, b->operands.output.bytes, trial->plain,
                                            &b->out, &b->err)
                           : status;
}

static void clear_away(bench *b)
{
    b->trial->provider->destroy(b->plan);
    b->trial->provider->destroy(b->linear_plan);
    for (uint32_t i = 0; i < GV_MAX_INPUTS; i++) {
        guarded_free(&b->in[i]);
        free(b->input[i]);
    }
    guarded_free(&b->out);
    free(b->output);
    free(b->linear);
    free(b->read_back);
}

static gv_status create(bench *b)
{
    const sweep_trial *trial = b->trial;
    gv__costs costs = gv__costs_none();
    gv_status status = trial->provider->create(trial->context, &trial->workload, trial->parameters,
                                               &b->plan, &costs, &b->err);
    if (status == GV_OK && has_linear(&trial->workload)) {
        gv_workload linear = trial->workload;
        linear.as.dense.act = GV_ACT_NONE;
        status = trial->provider->create(trial->context, &linear, trial->parameters,
                                         &b->linear_plan, &costs, &b->err);
    }
    return status;
}

/* ---- run ---- */

static gv_status compute(bench *b, void *plan, void *result)
{
    gv__context *context = b->trial->context;
    const size_t bytes = b->operands.output.bytes;
    cl_mem inputs[GV_MAX_INPUTS] = {NULL};
    for (uint32_t i = 0; i < b->operands.inputs; i++) {
        inputs[i] = b->in[i].middle;
    }
    gv__operand_poison(result, &b->operands.output);
    gv_status status = gv__buffer_write(context, b->out.middle, result, bytes, &b->err);
    if (status == GV_OK) {
        status = b->trial->provider->enqueue(plan, inputs, b->out.middle, &b->err);
    }
    if (status == GV_OK) {
        status = gv__finish(context, "the operation", &b->err);
    }
    return status == GV_OK ? gv__buffer_read(context, b->out.middle, result, bytes, &b->err)
                           : status;
}

static gv_status pack(bench *b, void *plan)
{
    for (uint32_t i = 0; i < b->operands.inputs; i++) {
        if (b->operands.input[i].weight) {
            return b->trial->provider->pack(plan, b->in[i].middle, &b->err);
        }
    }
    return GV_OK; /* nothing of this workload stays */
}

/* ---- judge ---- */

/* Nothing but the output was written. */
static gv_status untouched(bench *b)
{
    gv__context *context = b->trial->context;
    bool whole = false;
    gv_status status = guarded_is_whole(context, &b->out, &whole, &b->err);
    if (status == GV_OK && !whole) {
        return gv__fail(&b->err, GV_WRONG_RESULT, 0, NULL, "wrote past the output");
    }
    for (uint32_t i = 0; status == GV_OK && i < b->operands.inputs; i++) {
        const gv_operand *operand = &b->operands.input[i];
        status = guarded_is_whole(context, &b->in[i], &whole, &b->err);
        if (status == GV_OK && !whole) {
            return gv__fail(&b->err, GV_WRONG_RESULT, 0, NULL, "wrote past %s", operand->name);
        }
        if (status == GV_OK) {
            status =
                gv__buffer_read(context, b->in[i].middle, b->read_back, operand->bytes, &b->err);
        }
        if (status == GV_OK && memcmp(b->read_back, b->input[i], operand->bytes) != 0) {
            return gv__fail(&b->err, GV_WRONG_RESULT, 0, NULL, "changed %s", operand->name);
        }
    }
    return status;
}

static gv_status judge(bench *b, uint64_t seed)
{
    const sweep_trial *trial = b->trial;
    gv_check_result found = {0};
    gv_status status = gv__check_as(
        trial->provider->algorithm, &trial->workload, (const void *const *)b->input, b->output,
        has_linear(&trial->workload) ? b->linear : NULL, NULL, seed, &found, &b->err);
    if (status == GV_OK && !found.right) {
        return gv__fail(&b->err, GV_WRONG_RESULT, 0, NULL, "%s", found.text);
    }
    return status == GV_OK ? untouched(b) : status;
}

static gv_status run_and_judge(bench *b, uint64_t seed)
{
    gv_status status = GV_OK;
    if (b->linear_plan != NULL) {
        status = compute(b, b->linear_plan, b->linear);
    }
    if (status == GV_OK) {
        status = compute(b, b->plan, b->output);
    }
    return status == GV_OK ? judge(b, seed) : status;
}

/* GV_UNSUPPORTED before anything was computed is an answer; afterwards it is a fault. */
static sweep_outcome try_on(bench *b, uint64_t seed)
{
    const sweep_trial *trial = b->trial;
    gv_status status = trial->provider->supports(&trial->context->facts, &trial->workload, &b->err);
    if (status == GV_OK) {
        status = set_up(b, seed);
    }
    if (status == GV_OK) {
        status = create(b);
    }
    if (status == GV_UNSUPPORTED) {
        return SWEEP_UNSUPPORTED;
    }
    if (status == GV_OK) {
        status = run_and_judge(b, seed);
    }
    if (status == GV_OK && trial->provider->pack != NULL) {
        status = pack(b, b->plan);
        if (status == GV_OK && b->linear_plan != NULL) {
            status = pack(b, b->linear_plan);
        }
        if (status == GV_OK) {
            status = run_and_judge(b, seed + 1);
        }
    }
    return status == GV_OK ? SWEEP_RIGHT : status == GV_WRONG_RESULT ? SWEEP_WRONG : SWEEP_FAILED;
}

sweep_outcome sweep_try(const sweep_trial *trial, uint64_t seed, char *why, size_t size)
{
    bench b = {.trial = trial};
    const int live_before = gv__live_objects();
    const sweep_outcome outcome = try_on(&b, seed);
    clear_away(&b);
    const int left = gv__live_objects() - live_before;
    if (outcome == SWEEP_RIGHT && left != 0) {
        snprintf(why, size, "%d objects were not released", left);
        return SWEEP_WRONG;
    }
    gv__copy_text(why, size, b.err.text);
    return outcome;
}
