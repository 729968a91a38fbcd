/* SPDX-License-Identifier: Apache-2.0 */
/* Multiply-adds, atomics, and the launch of a kernel that does next to nothing. */
#include "kernels/ceiling_parts.h"

#include "kernels/roof_chain.h"
#include "opencl/cl_names.h"

#include <math.h>
#include <stdio.h>

enum {
    FLOP_PER_LANE = 1 << 17, /* steps times chains times width: alike for every width */
    F16_STEPS = 1 << 10,     /* whole numbers below 2048 are exact */
    WINDOW = GV__CHAIN_SHIFTS,
    GROUP = 256,
    ATOMIC_STEPS = 1 << 8,
    SPREAD = 1 << 14
};

/* ---- multiply-adds ---- */

static uint32_t chains_of(const gv__ceiling *c)
{
    const bool wide = gv_device_number(&c->of->context->facts, GV_DEVICE_VECTOR_WIDTH) >= 16;
    switch (c->ask.width) {
    case 8:
        return c->of->cpu ? 10 : 8;
    case 16:
        return !c->of->cpu ? 4 : wide ? 10 : 5;
    default:
        return 8;
    }
}

/* A power of two, so that c is exact. */
static cl_uint steps_of(const gv__ceiling *c)
{
    cl_uint steps = 1;
    while (2 * steps * chains_of(c) * c->ask.width <= FLOP_PER_LANE) {
        steps *= 2;
    }
    return c->ask.precision == GV_PRECISION_F16 ? F16_STEPS : steps;
}

static const char *chains_text(uint32_t chains)
{
    return chains == 4   ? "4 chains"
           : chains == 5 ? "5 chains"
           : chains == 8 ? "8 chains"
                         : "10 chains";
}

static gv_status has_precision(const gv__ceiling *c, gv_error *err)
{
    const gv_device *facts = &c->of->context->facts;
    static const struct {
        gv_device_fact fact;
        const char *extension;
    } needs[] = {[GV_PRECISION_F64] = {GV_DEVICE_FP64, "double precision (cl_khr_fp64)"},
                 [GV_PRECISION_F16] = {GV_DEVICE_FP16, "half precision (cl_khr_fp16)"}};
    const gv_precision precision = c->ask.precision;
    return precision == GV_PRECISION_F32 || gv_device_number(facts, needs[precision].fact) == 1
               ? GV_OK
               : gv__fail(err, GV_UNSUPPORTED, 0, NULL, "the device does not offer %s",
                          needs[precision].extension);
}

static gv_status prepare_chains(gv__ceiling *c, gv_error *err)
{
    gv_status status = has_precision(c, err);
    if (status != GV_OK) {
        return status;
    }
    const bool half = c->ask.precision == GV_PRECISION_F16;
    const bool cpu = c->of->cpu;
    char name[32];
    snprintf(name, sizeof name, "ceiling_chain_%u", (unsigned)c->ask.width);
    c->steps = steps_of(c);
    c->variant = chains_text(chains_of(c));
    /* CPU: groups of as many items as one vector holds. GPU: several times what its units hold. */
    c->local = cpu ? 16 : 64;
    c->items = WINDOW;
    while ((double)c->items < gv__ceiling_units(c->of) * (cpu ? 256 : 4096)) {
        c->items *= 2;
    }
    c->work_per_launch = 2.0 * c->steps * chains_of(c) * c->ask.width * (double)c->items;
    status = gv__ceiling_take(c->of, (int)c->ask.precision, name, &c->kernel, err);
    const size_t element = c->ask.precision == GV_PRECISION_F64 ? sizeof(double) : sizeof(float);
    if (status == GV_OK) {
        status = gv__ceiling_reserve(c, 0, c->items * element, err);
    }
    const float factors[] = {half ? 1 : 1 - 1 / (float)c->steps, half ? 1 : 1 / (float)c->steps};
    if (status == GV_OK) {
        status = gv__ceiling_set(c, 0, &c->steps, sizeof c->steps, err);
    }
    for (cl_uint i = 0; i < 2 && status == GV_OK; i++) {
        status = gv__ceiling_set(c, i + 1, &factors[i], sizeof factors[i], err);
    }
    return status == GV_OK ? gv__ceiling_set(c, 3, &c->buffer[0], sizeof c->buffer[0], err)
                           : status;
}

static gv_status poison_first(gv__ceiling *c, gv_error *err)
{
    return gv__ceiling_fill(c, 0, UINT32_MAX, err);
}

/* As roof_chain.h has it, with steps of our own; f16: what was started with, and one for each step.
 */
static double right_chain(const gv__ceiling *c, size_t item)
{
    const double decay = pow(1 - 1.0 / c->steps, c->steps);
    double sum = 0;
    for (uint32_t i = 0; i < chains_of(c); i++) {
        for (uint32_t lane = 0; lane < c->ask.width; lane++) {
            const double shift = (double)(item % GV__CHAIN_SHIFTS);
            sum += c->ask.precision == GV_PRECISION_F16
                       ? i + lane + shift + c->steps
                       : 1 + (0.25 + i / 64.0 + lane / 128.0 + shift / 1024) * decay;
        }
    }
    return sum;
}

static gv_status verify_chains(gv__ceiling *c, gv_error *err)
{
    double wide[WINDOW];
    float narrow[WINDOW];
    const bool f64 = c->ask.precision == GV_PRECISION_F64;
    const size_t first = c->items - WINDOW;
    const size_t element = f64 ? sizeof *wide : sizeof *narrow;
    void *to = f64 ? (void *)wide : (void *)narrow;
    cl_int code = clEnqueueReadBuffer(c->of->context->queue, c->buffer[0], CL_TRUE, first * element,
                                      WINDOW * element, to, 0, NULL, NULL);
    gv_status status = code == CL_SUCCESS ? GV_OK
                                          : gv__cl_fail(err, code, "clEnqueueReadBuffer",
                                                        "reading the result of multiply-adds");
    for (size_t i = 0; i < WINDOW && status == GV_OK; i++) {
        const double got = f64 ? wide[i] : (double)narrow[i];
        const double right = right_chain(c, first + i);
        if (!gv__chain_is_right(got, right)) {
            status = gv__fail(err, GV_WRONG_RESULT, 0, NULL,
                              "multiply-adds, vectors of %u: work-item %zu gave %g, right is %g",
                              (unsigned)c->ask.width, first + i, got, right);
        }
    }
    return status;
}

const gv__ceiling_way gv__ceiling_chains = {prepare_chains, poison_first, gv__ceiling_launch_all,
                                            verify_chains, "chain sums"};

/* ---- atomics ---- */

static gv_status prepare_atomics(gv__ceiling *c, gv_error *err)
{
    static const char *const names[] = {[GV_CEILING_ATOMIC_ONE] = "ceiling_atomic_one",
                                        [GV_CEILING_ATOMIC_SPREAD] = "ceiling_atomic_spread",
                                        [GV_CEILING_ATOMIC_LOCAL] = "ceiling_atomic_local"};
    const bool cpu = c->of->cpu;
    const cl_uint spread = SPREAD;
    c->local = cpu ? 16 : 64;
    c->items = (size_t)gv__ceiling_units(c->of) * (cpu ? 16 : 512);
    c->steps = ATOMIC_STEPS;
    c->work_per_launch = (double)c->steps * (double)c->items;
    gv_status status =
        gv__ceiling_take(c->of, GV__CEILING_OTHERS, names[c->ask.kind], &c->kernel, err);
    size_t counters = 1;
    if (c->ask.kind == GV_CEILING_ATOMIC_SPREAD) {
        counters = SPREAD;
    } else if (c->ask.kind == GV_CEILING_ATOMIC_LOCAL) {
        counters = c->items / c->local;
    }
    if (status == GV_OK) {
        status = gv__ceiling_reserve(c, 0, counters * sizeof(cl_uint), err);
    }
    if (status == GV_OK) {
        status = gv__ceiling_set(c, 0, &c->steps, sizeof c->steps, err);
    }
    cl_uint next = 1;
    if (status == GV_OK && c->ask.kind == GV_CEILING_ATOMIC_SPREAD) {
        status = gv__ceiling_set(c, next++, &spread, sizeof spread, err);
    }
    return status == GV_OK ? gv__ceiling_set(c, next, &c->buffer[0], sizeof c->buffer[0], err)
                           : status;
}

static gv_status zero_first(gv__ceiling *c, gv_error *err)
{
    return gv__ceiling_fill(c, 0, 0, err);
}

static gv_status verify_count(gv__ceiling *c, gv_error *err)
{
    uint32_t sum = 0;
    gv_status status =
        gv__ceiling_sum_results(c, 0, c->buffer_bytes[0] / sizeof(cl_uint), &sum, err);
    const uint32_t right = (uint32_t)((uint64_t)c->steps * c->items * c->launched);
    return status == GV_OK ? gv__ceiling_compare(c, sum, right, err) : status;
}

const gv__ceiling_way gv__ceiling_atomics = {prepare_atomics, zero_first, gv__ceiling_launch_all,
                                             verify_count, "count"};

/* ---- launch ---- */

/* One launch a call, and waited for: that is what is asked. */
static gv_status call_launch(gv__ceiling *c, gv_error *err)
{
    return gv__ceiling_launch_all(c, err);
}

/* gv__waited_call. */
static gv_status launch_again(void *ceiling, gv_error *err)
{
    return call_launch(ceiling, err);
}

static gv_status prepare_launch(gv__ceiling *c, gv_error *err)
{
    c->items = c->local = c->steps = 1;
    c->work_per_launch = 1;
    gv_status status =
        gv__ceiling_take(c->of, GV__CEILING_OTHERS, "ceiling_empty", &c->kernel, err);
    if (status == GV_OK) {
        status = gv__ceiling_reserve(c, 0, sizeof(cl_uint), err);
    }
    if (status == GV_OK) {
        status = gv__ceiling_set(c, 0, &c->buffer[0], sizeof c->buffer[0], err);
    }
    c->launches = 1;
    if (status == GV_OK) {
        status = call_launch(c, err); /* which may compile */
    }
    if (status == GV_OK) {
        status = gv__wait_choose(launch_again, c, &c->poll_s, err);
    }
    c->variant = c->poll_s > 0 ? "polled" : "";
    return status;
}

const gv__ceiling_way gv__ceiling_launch = {prepare_launch, zero_first, call_launch, verify_count,
                                            "count"};
