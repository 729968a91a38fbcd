/* SPDX-License-Identifier: Apache-2.0 */
/* The original calculator: every time is proportional to the size, and nothing else matters.
 *
 *     gpu_s = elements * gpu_core_s / gpu_cores
 *     cpu_s = elements * cpu_s_per_element * cpu_factor
 */
#include "base/support.h"
#include <gpuverdict/estimate.h>

#include <math.h>

/** What one element of an operation costs, and what it stands for where the size is given in flop
 * or bytes. estimator/README.md says where each figure comes from. */
typedef struct simple_constants {
    double gpu_core_s; /**< seconds that one GPU core spends on one element */
    double cpu_s;      /**< seconds that the reference CPU spends on one element */
    double flop;       /**< work that one element stands for */
    double bytes;      /**< size of one element */
} simple_constants;

static const simple_constants constants[GV_OP_COUNT] = {
    /* 60 ms for 1e7 elements on 5120 cores; 2750 ms with factor 2. An element meets 1024 others. */
    [GV_OP_MATMUL] = {60e-3 * 5120 / 1e7, 2750e-3 / (1e7 * 2.0), 2.0 * 1024, 4},
    /* 45 ms for 5e6 elements on 3584 cores; 700 ms with factor 1.5. 3 x 3 over 64 channels. */
    [GV_OP_CONV2D] = {45e-3 * 3584 / 5e6, 700e-3 / (5e6 * 1.5), 2.0 * 3 * 3 * 64, 4},
    /* Ours: 20 MFLOP/s a GPU core, 5 GFLOP/s the CPU. 5 log2 N at N = 2^20; complex numbers. */
    [GV_OP_FFT] = {100 / 20e6, 100 / 5e9, 5.0 * 20, 8},
    /* Ours: 50 MFLOP/s a GPU core, 10 GFLOP/s the CPU. An output of a layer with 1024 inputs. */
    [GV_OP_DENSE] = {2048 / 50e6, 2048 / 10e9, 2.0 * 1024, 4},
    /* Ours: 40 MFLOP/s a GPU core, 10 GFLOP/s the CPU, and a thousand flop an element. */
    [GV_OP_CUSTOM] = {1000 / 40e6, 1000 / 10e9, 1000, 4},
};

static gv_status check_figure(const char *name, double value, bool zero_allowed, gv_error *err)
{
    if (isfinite(value) && value < 0) {
        return gv__fail(err, GV_ARGUMENT, 0, NULL, "%s is negative (%g)", name, value);
    }
    const char *why = isnan(value)                  ? "is missing"
                      : isinf(value)                ? "is not a finite number"
                      : value == 0 && !zero_allowed ? "is zero; it must be larger"
                                                    : NULL;
    return why ? gv__fail(err, GV_ARGUMENT, 0, NULL, "%s %s", name, why) : GV_OK;
}

static gv_status check_size(const gv_simple_question *question, gv_error *err)
{
    if ((size_t)question->op >= GV__COUNT(constants)) {
        return gv__fail(err, GV_ARGUMENT, 0, NULL, "op is not an operation");
    }
    if ((size_t)question->unit > GV_SIZE_BYTES) {
        return gv__fail(err, GV_ARGUMENT, 0, NULL, "size unit is not elements, flop or bytes");
    }
    return check_figure("size", question->size, false, err);
}

static gv_status check_question(const gv_simple_question *question, gv_error *err)
{
    const struct {
        const char *name;
        double value;
        bool zero_allowed;
    } figures[] = {
        {"GPU cores", question->gpu_cores, false},
        {"CPU factor", question->cpu_factor, false},
        {"bandwidth", question->bandwidth_bytes_per_s, false},
        {"transfer time", question->transfer_s, true},
    };
    gv_status status = check_size(question, err);
    for (size_t i = 0; i < GV__COUNT(figures) && status == GV_OK; i++) {
        status = check_figure(figures[i].name, figures[i].value, figures[i].zero_allowed, err);
    }
    return status;
}

static double elements_of(const gv_simple_question *question, const simple_constants *c)
{
    const double each[] = {
        [GV_SIZE_ELEMENTS] = 1, [GV_SIZE_FLOP] = c->flop, [GV_SIZE_BYTES] = c->bytes};
    return question->size / each[question->unit];
}

gv_status gv_simple_estimate(const gv_simple_question *question, gv_simple_answer *out,
                             gv_error *err)
{
    gv_status status = check_question(question, err);
    if (status != GV_OK) {
        return status;
    }
    const simple_constants *c = &constants[question->op];
    double elements = elements_of(question, c);

    gv_simple_answer answer = {
        .gpu_s = elements * c->gpu_core_s / question->gpu_cores,
        .cpu_s = elements * c->cpu_s * question->cpu_factor,
        .transfer_s = question->transfer_s,
        .bandwidth_transfer_s = 2 * elements * c->bytes / question->bandwidth_bytes_per_s,
    };
    answer.gpu_total_s = answer.gpu_s + answer.transfer_s;
    answer.cpu_total_s = answer.cpu_s + answer.transfer_s;
    answer.speedup_both = answer.cpu_total_s / answer.gpu_total_s;
    answer.speedup_headline = answer.cpu_s / answer.gpu_total_s;
    answer.speedup_kernel = answer.cpu_s / answer.gpu_s;
    answer.verdict = gv_verdict_of(answer.speedup_headline);

    /* Each figure can be finite and their product still overflow, or vanish. */
    const double results[] = {answer.gpu_s,          answer.cpu_s,
                              answer.speedup_both,   answer.speedup_headline,
                              answer.speedup_kernel, answer.bandwidth_transfer_s};
    for (size_t i = 0; i < GV__COUNT(results); i++) {
        if (!isfinite(results[i]) || !(results[i] > 0)) {
            return gv__fail(err, GV_ARGUMENT, 0, NULL,
                            "size %g on %g GPU cores with CPU factor %g and bandwidth %g B/s gives "
                            "a time outside the range of numbers",
                            question->size, question->gpu_cores, question->cpu_factor,
                            question->bandwidth_bytes_per_s);
        }
    }
    *out = answer;
    return GV_OK;
}

static uint64_t rounded(double value)
{
    return value < 1 ? 1 : (uint64_t)fmin(round(value), 0x1p31);
}

gv_status gv_simple_workload(const gv_simple_question *question, gv_workload *out, gv_error *err)
{
    gv_status status = check_size(question, err);
    if (status != GV_OK) {
        return status;
    }
    const simple_constants *c = &constants[question->op];
    double elements = elements_of(question, c);
    double bytes = elements * c->bytes;
    uint64_t side = rounded(sqrt(question->op == GV_OP_CONV2D ? elements / 64 : elements));
    uint64_t power = rounded(exp2(round(log2(fmax(elements, 2)))));
    gv_workload made = {.op = question->op};
    switch (question->op) {
    case GV_OP_MATMUL:
        made.as.matmul = (gv_matmul){.m = side, .n = side, .k = 1024, .batch = 1};
        break;
    case GV_OP_CONV2D: /* an image of 64 channels to as many, 3 x 3, padded by 1 x 1 */
        made.as.conv2d = (gv_conv2d){1, 64, side, side, 64, 3, 3, 1, 1, 1, 1, 1, 1, 1};
        break;
    case GV_OP_FFT:
        made.as.fft = (gv_fft){.shape = {power}, .dims = 1, .batch = 1};
        break;
    case GV_OP_DENSE:
        made.as.dense = (gv_dense){.batch = rounded(elements / 1024), .in = 1024, .out = 1024};
        break;
    case GV_OP_CUSTOM:
        made.as.custom = (gv_custom){elements * c->flop, 2 * bytes, bytes, bytes, 1, 1};
        break;
    }
    status = gv_workload_check(&made, err);
    if (status == GV_OK) {
        *out = made;
    }
    return status;
}
