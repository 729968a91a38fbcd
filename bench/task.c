/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/task.h"
#include "bench/worker.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#if defined(__GLIBC__)
#include <malloc.h>
#endif

enum { PAGE = 4096 };

gv_status gv__task_read(gv__task *task, const char *workload, uint64_t seed, gv_error *err)
{
    gv__task read = {.seed = seed};
    gv_status status = gv_workload_parse(workload, &read.workload, err);
    if (status == GV_OK && read.workload.op == GV_OP_CUSTOM) {
        status = gv__fail(err, GV_UNSUPPORTED, 0, NULL,
                          "custom workloads are estimates and are never run");
    }
    if (status == GV_OK) {
        status = gv_workload_operands(&read.workload, &read.operands, err);
    }
    if (status == GV_OK) {
        *task = read;
    }
    return status;
}

void *gv__task_array(size_t bytes)
{
    void *array = NULL;
    return posix_memalign(&array, PAGE, bytes > 0 ? bytes : 1) == 0 ? array : NULL;
}

static gv_status no_room(const gv_operand *operand, gv_error *err)
{
    return gv__fail(err, GV_MEMORY, 0, "posix_memalign", "the host has no %.3g MiB for %s",
                    (double)operand->bytes / 0x1p20, operand->name);
}

gv_status gv__task_allocate(gv__task *task, gv_error *err)
{
    gv_status status = GV_OK;
    for (uint32_t i = 0; i < task->operands.inputs && status == GV_OK; i++) {
        task->input[i] = gv__task_array(task->operands.input[i].bytes);
        status = task->input[i] == NULL
                     ? no_room(&task->operands.input[i], err)
                     : gv__input_fill(task->input[i], &task->workload, i, task->seed, err);
    }
    if (status == GV_OK) {
        task->output = gv__task_array(task->operands.output.bytes);
        status = task->output == NULL ? no_room(&task->operands.output, err) : GV_OK;
    }
    if (status == GV_OK) {
        gv__operand_poison(task->output, &task->operands.output);
    }
    return status;
}

void gv__task_free(gv__task *task)
{
    for (uint32_t i = 0; i < GV_MAX_INPUTS; i++) {
        free(task->input[i]);
    }
    free(task->output);
    free(task->checked);
#if defined(__GLIBC__)
    /* Freed arrays would stay with the heap and add up from workload to workload. */
    malloc_trim(0);
#endif
    *task = (gv__task){.seed = 0};
}

gv__companion_kind gv__task_companion(const gv__task *task, gv_workload *workload, size_t *bytes)
{
    *workload = task->workload;
    if (task->workload.op == GV_OP_DENSE && task->workload.as.dense.act != GV_ACT_NONE) {
        workload->as.dense.act = GV_ACT_NONE;
        *bytes = task->operands.output.bytes;
        return GV__COMPANION_LINEAR;
    }
    if (task->workload.op == GV_OP_FFT) {
        gv_fft *fft = &workload->as.fft;
        static const gv_fft_kind back[GV_FFT_KIND_COUNT] = {
            [GV_FFT_C2C] = GV_FFT_C2C, [GV_FFT_R2C] = GV_FFT_C2R, [GV_FFT_C2R] = GV_FFT_R2C};
        fft->kind = back[fft->kind];
        fft->inverse = !fft->inverse;
        *bytes = task->operands.input[0].bytes;
        return GV__COMPANION_INVERSE;
    }
    return GV__COMPANION_NONE;
}

static double element(const void *array, gv_precision precision, size_t i)
{
    return precision == GV_PRECISION_F64 ? ((const double *)array)[i]
                                         : (double)((const float *)array)[i];
}

static double root_mean_square(const void *array, gv_precision precision, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        double x = element(array, precision, i);
        sum += x * x;
    }
    return count > 0 ? sqrt(sum / (double)count) : 0;
}

/* Remember a right output. Both it and a later one may be off by bound_rel of an element's scale,
 * the 2-norm of its products, which is at most three times the root mean square of all elements:
 * the factors are uniform in [-1, 1), so that the products' mean square is 1/9 and none is over 1.
 */
static gv_status keep(gv__task *task, const void *linear, double bound_rel, gv_error *err)
{
    const gv_operand *output = &task->operands.output;
    free(task->checked);
    task->checked = gv__task_array(output->bytes);
    if (task->checked == NULL) {
        return no_room(output, err);
    }
    memcpy(task->checked, task->output, output->bytes);
    /* No activation here is steeper than 1.13, and their own error is small beside the sum's. */
    double slope = linear != NULL ? 1.13 : 1;
    double scale = root_mean_square(linear != NULL ? linear : task->output,
                                    task->workload.precision, output->elements);
    task->tolerance = 2 * 3 * slope * bound_rel * scale;
    return GV_OK;
}

gv_status gv__task_check(gv__task *task, const void *companion, gv_check_result *out, gv_error *err)
{
    bool fft = task->workload.op == GV_OP_FFT;
    const void *linear = fft ? NULL : companion;
    const void *inputs[GV_MAX_INPUTS];
    for (uint32_t i = 0; i < GV_MAX_INPUTS; i++) {
        inputs[i] = task->input[i];
    }
    gv_check_result result = {.right = false};
    gv_status status = gv__check_as(task->algorithm, &task->workload, inputs, task->output, linear,
                                    fft ? companion : NULL, task->seed, &result, err);
    if (status == GV_OK && !result.right) {
        status = gv__fail(err, GV_WRONG_RESULT, 0, NULL, "%s", result.text);
    }
    if (status == GV_OK) {
        status = keep(task, linear, result.bound_rel, err);
    }
    if (status == GV_OK) {
        *out = result;
    }
    return status;
}

gv_status gv__task_verify(const gv__task *task, const void *output, gv_error *err)
{
    const gv_operand *operand = &task->operands.output;
    gv_precision precision = task->workload.precision;
    if (task->checked == NULL) {
        return gv__fail(err, GV_ARGUMENT, 0, NULL, "nothing was checked yet");
    }
    if (memcmp(output, task->checked, operand->bytes) == 0) {
        return GV_OK;
    }
    for (size_t i = 0; i < operand->elements; i++) {
        double was = element(task->checked, precision, i);
        double is = element(output, precision, i);
        /* A NaN is off too. */
        if (!(fabs(is - was) <= task->tolerance)) {
            return gv__fail(err, GV_WRONG_RESULT, 0, NULL,
                            "after the timed calls element %zu was %.6g, checked was %.6g", i, is,
                            was);
        }
    }
    return GV_OK;
}

char *gv__provider_text(char text[GV_PROVIDER_TEXT], const char *name, const char *version)
{
    char full[2 * GV_PROVIDER_TEXT];
    snprintf(full, sizeof full, "%s %s", name, version);
    return gv__copy_text(text, GV_PROVIDER_TEXT, full);
}

void gv__prepared_fill(gv__say_prepared *out, const gv__task *task, const char *provider,
                       const gv_check_result *result, const gv__costs *costs, double first_s,
                       double call_s)
{
    *out = (gv__say_prepared){.error_rel = result->error_rel,
                              .bound_rel = result->bound_rel,
                              .first_s = first_s,
                              .call_s = call_s};
    gv__copy_text(out->provider, sizeof out->provider, provider);
    gv__copy_text(out->check, sizeof out->check, result->method);
    memcpy(out->cost_s, costs->s, sizeof out->cost_s);
    for (uint32_t i = 0; i < task->operands.inputs; i++) {
        out->has_weights = out->has_weights || task->operands.input[i].weight;
    }
}

bool gv__provider_excluded(const gv__ask_prepare *ask, const char *provider)
{
    for (uint32_t i = 0; i < ask->excluded && i < GV__MAX_EXCLUDED; i++) {
        if (strcmp(ask->exclude[i], provider) == 0) {
            return true;
        }
    }
    return false;
}

void gv__provider_refused(const char *provider, const gv_error *err, gv__text *reasons)
{
    switch (err->status) {
    case GV_UNSUPPORTED:
        gv__text_printf(reasons, "%s%s: %s", reasons->length > 0 ? "; " : "", provider, err->text);
        break;
    case GV_WRONG_RESULT:
        gv__worker_incident(GV_INCIDENT_WRONG_RESULT, provider, err->text);
        break;
    default:
        gv__worker_incident(GV_INCIDENT_FAILURE, provider, err->text);
        break;
    }
}

void gv__nobody_served(const gv__ask_prepare *ask, bool any_incident, const gv__text *reasons)
{
    if (any_incident) {
        return;
    }
    if (reasons->length > 0) {
        gv__worker_incident(GV_INCIDENT_UNSUPPORTED, "", reasons->data);
    } else if (ask->excluded == 0) {
        gv__worker_incident(GV_INCIDENT_UNSUPPORTED, "", "no provider for it was built in");
    }
}

static bool is_listed(const char *list, const char *name)
{
    const size_t length = strlen(name);
    for (const char *at = strstr(list, name); at != NULL; at = strstr(at + 1, name)) {
        const bool begins = at == list || (at - list >= 2 && at[-2] == ',');
        if (begins && (at[length] == 0 || at[length] == ',')) {
            return true;
        }
    }
    return false;
}

gv_status gv__libraries_add(gv__say_opened *opened, const char *name, const char *version,
                            gv_error *err)
{
    char text[GV_PROVIDER_TEXT];
    char *list = opened->libraries;
    const size_t used = strlen(list), room = sizeof opened->libraries - used;
    const char *joint = used > 0 ? ", " : "";
    gv__provider_text(text, name, version);
    if (is_listed(list, text)) {
        return GV_OK;
    }
    if (strlen(joint) + strlen(text) >= room) {
        return gv__fail(err, GV_MEMORY, 0, NULL, "the list of libraries has no room for %s", text);
    }
    snprintf(list + used, room, "%s%s", joint, text);
    return GV_OK;
}
