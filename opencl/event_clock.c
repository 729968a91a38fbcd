/* SPDX-License-Identifier: Apache-2.0 */
/* Do events tick, and do they cover the whole call? A driver may stamp constants, nothing at all,
 * or the last of several kernels; "end > start" holds for all but one of these. */
#include "opencl/context.h"

#include "base/support.h"
#include "opencl/cl_names.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

extern const gv__embedded gv__clock_cl;

enum {
    STEPS = 1 << 14, /* iterations of 8: llvmpipe silently leaves a loop after 65535 */
    FIRST_ITEMS = 1 << 6,
    LAST_ITEMS = 1 << 22, /* 16 MiB; tens of milliseconds on the largest GPU */
    RUNS = 3              /* each must be ordered; the median ratio counts */
};
static const double wanted_s = 0.015; /* with some room for a machine that gets faster meanwhile */
static const double least_s = 0.010;
static const double least_ratio = 0.5;
static const double most_ratio = 1.05;
static const double patience_s = 3; /* for growing the work */

typedef struct probe {
    gv__context *device;
    cl_command_queue queue; /* with profiling, unlike the context's own */
    cl_program program;
    cl_kernel kernel;
    cl_mem out;
} probe;

/* One run: the host's seconds, and what the event says, in its nanoseconds. */
typedef struct reading {
    double wall_s;
    cl_int code; /* of the profiling queries; the stamps hold where it is CL_SUCCESS */
    cl_ulong queued, submit, start, end;
} reading;

static gv_status probe_open(gv__context *context, probe *p, gv_error *err)
{
    static const char what[] = "preparing the clock's kernel";
    static const gv__embedded *const sources[] = {&gv__clock_cl};
    cl_int code = CL_SUCCESS;
    p->device = context;
    p->queue =
        clCreateCommandQueue(context->context, context->device, CL_QUEUE_PROFILING_ENABLE, &code);
    if (p->queue == NULL || code != CL_SUCCESS) {
        return gv__cl_fail(err, code, "clCreateCommandQueue", what);
    }
    gv_status status = gv__program_build(context, sources, 1, NULL, &p->program, NULL, err);
    if (status != GV_OK) {
        return status;
    }
    p->kernel = clCreateKernel(p->program, "clock_busy", &code);
    if (p->kernel == NULL || code != CL_SUCCESS) {
        return gv__cl_fail(err, code, "clCreateKernel", what);
    }
    status = gv__buffer_create(context, LAST_ITEMS * sizeof(cl_uint), &p->out, err);
    if (status != GV_OK) {
        return status;
    }
    const cl_uint steps = STEPS;
    code = clSetKernelArg(p->kernel, 0, sizeof steps, &steps);
    if (code == CL_SUCCESS) {
        code = clSetKernelArg(p->kernel, 1, sizeof p->out, &p->out);
    }
    return code == CL_SUCCESS ? GV_OK : gv__cl_fail(err, code, "clSetKernelArg", what);
}

static void probe_close(probe *p)
{
    gv__buffer_free(p->out);
    if (p->kernel != NULL) {
        clReleaseKernel(p->kernel);
    }
    gv__program_free(p->program);
    if (p->queue != NULL) {
        clReleaseCommandQueue(p->queue);
    }
}

static void read_stamps(cl_event event, reading *out)
{
    const struct {
        cl_profiling_info info;
        cl_ulong *stamp;
    } stamps[] = {{CL_PROFILING_COMMAND_QUEUED, &out->queued},
                  {CL_PROFILING_COMMAND_SUBMIT, &out->submit},
                  {CL_PROFILING_COMMAND_START, &out->start},
                  {CL_PROFILING_COMMAND_END, &out->end}};
    for (size_t i = 0; i < GV__COUNT(stamps) && out->code == CL_SUCCESS; i++) {
        out->code =
            clGetEventProfilingInfo(event, stamps[i].info, sizeof(cl_ulong), stamps[i].stamp, NULL);
    }
}

static gv_status probe_run(probe *p, size_t items, reading *out, gv_error *err)
{
    static const char what[] = "running the clock's kernel";
    cl_event event = NULL;
    reading now = {0};
    double start = gv__now_s();
    cl_int code =
        clEnqueueNDRangeKernel(p->queue, p->kernel, 1, NULL, &items, NULL, 0, NULL, &event);
    if (code != CL_SUCCESS) {
        return gv__cl_fail(err, code, "clEnqueueNDRangeKernel", what);
    }
    code = clFinish(p->queue);
    now.wall_s = gv__now_s() - start;
    if (code == CL_SUCCESS) {
        read_stamps(event, &now);
        *out = now;
    }
    clReleaseEvent(event);
    return code == CL_SUCCESS ? GV_OK : gv__cl_fail(err, code, "clFinish", what);
}

/* Runs that follow each other, with more and more work until the shortest lasts long enough by the
 * host's clock, or patience ends. */
static gv_status probe_long_runs(probe *p, size_t *items, reading runs[RUNS], gv_error *err)
{
    double start = gv__now_s();
    *items = FIRST_ITEMS;
    gv_status status = probe_run(p, *items, &runs[0], err); /* may compile: not looked at */
    while (status == GV_OK) {
        double shortest_s = INFINITY;
        for (size_t i = 0; i < RUNS && status == GV_OK; i++) {
            status = probe_run(p, *items, &runs[i], err);
            shortest_s = fmin(shortest_s, runs[i].wall_s);
        }
        if (shortest_s >= least_s || *items >= LAST_ITEMS || gv__now_s() - start > patience_s) {
            break;
        }
        double more = (double)*items * fmax(2, fmin(16, wanted_s / shortest_s));
        *items = more < LAST_ITEMS ? (size_t)more : LAST_ITEMS;
    }
    return status;
}

static gv_status check_item(probe *p, size_t item, gv_error *err)
{
    cl_uint got = 0;
    cl_int code = clEnqueueReadBuffer(p->queue, p->out, CL_TRUE, item * sizeof got, sizeof got,
                                      &got, 0, NULL, NULL);
    if (code != CL_SUCCESS) {
        return gv__cl_fail(err, code, "clEnqueueReadBuffer", "reading the clock's kernel's result");
    }
    cl_uint right = (cl_uint)item + 1;
    for (size_t i = 0; i < (size_t)8 * STEPS; i++) {
        right ^= right << 13;
        right ^= right >> 17;
        right ^= right << 5;
    }
    return got == right ? GV_OK
                        : gv__fail(err, GV_WRONG_RESULT, 0, NULL,
                                   "the clock's kernel answered %u for work-item %zu, right is %u: "
                                   "this driver computes integers wrongly, try another version",
                                   (unsigned)got, item, (unsigned)right);
}

static bool is_ordered(const reading *r)
{
    return r->queued <= r->submit && r->submit <= r->start && r->start <= r->end;
}

/* (end - start) / wall time; negative where the end comes first. */
static double ratio_of(const reading *r)
{
    double span_s = r->end >= r->start ? 1e-9 * (double)(r->end - r->start)
                                       : -1e-9 * (double)(r->start - r->end);
    return span_s / r->wall_s;
}

/* The verdict over runs that followed each other on one queue. */
static gv_event_clock judge(const reading runs[RUNS])
{
    gv_event_clock clock = {.proven = false, .ratio = NAN};
    char *text = clock.text;
    double ratios[RUNS];
    bool ordered = true;
    bool ticking = true;
    bool lasting = true;
    for (size_t i = 0; i < RUNS; i++) {
        if (runs[i].code != CL_SUCCESS) {
            snprintf(text, sizeof clock.text, "events have no times: %s (%d)",
                     gv__cl_name(runs[i].code), (int)runs[i].code);
            return clock;
        }
        ratios[i] = ratio_of(&runs[i]);
        lasting = lasting && runs[i].wall_s >= least_s;
        ordered = ordered && is_ordered(&runs[i]);
        ticking = ticking && (i == 0 || runs[i].end > runs[i - 1].end);
    }
    double longest = fmax(ratios[0], fmax(ratios[1], ratios[2]));
    qsort(ratios, RUNS, sizeof ratios[0], gv__compare_doubles);
    clock.ratio = ratios[RUNS / 2];
    const reading *last = &runs[RUNS - 1];
    double wall_ms = 1e3 * last->wall_s;
    if (!lasting) {
        snprintf(text, sizeof clock.text,
                 "no kernel lasted the 10 ms that a proof of the clock needs");
    } else if (clock.ratio < least_ratio) {
        snprintf(text, sizeof clock.text,
                 "end - start is %.0f ns in a call of %.0f ms: not a clock",
                 1e9 * ratio_of(last) * last->wall_s, wall_ms);
    } else if (longest > most_ratio) {
        snprintf(text, sizeof clock.text, "events claim %.2f of the wall time: not a clock",
                 longest);
    } else if (!ordered) {
        snprintf(text, sizeof clock.text,
                 "queued, submit, start and end are out of order: not a clock");
    } else if (!ticking) {
        snprintf(text, sizeof clock.text, "the clock does not advance between kernels");
    } else {
        clock.proven = true;
        snprintf(text, sizeof clock.text, "events cover %.2f of the wall time", clock.ratio);
    }
    return clock;
}

gv_status gv__event_clock_prove(gv__context *context, gv_event_clock *out, gv_error *err)
{
    probe p = {0};
    reading runs[RUNS] = {0};
    size_t items = 0;
    gv_status status = probe_open(context, &p, err);
    if (status == GV_OK) {
        status = probe_long_runs(&p, &items, runs, err);
    }
    /* What did not run cannot be timed. */
    if (status == GV_OK) {
        status = check_item(&p, 0, err);
    }
    if (status == GV_OK) {
        status = check_item(&p, items - 1, err);
    }
    if (status == GV_OK) {
        *out = judge(runs);
    }
    probe_close(&p);
    return status;
}
