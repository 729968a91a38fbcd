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
    ITEMS = 256,           /* enough for every core of a CPU; a GPU need not be full */
    RUNS = 3,              /* each must be ordered; the median ratio counts */
    FIRST_STEPS = 1 << 12, /* microseconds on any device */
    LAST_STEPS = 1 << 30,
};
static const double wanted_s = 0.015; /* 10 ms with some room for a faster clock next time */
static const double least_s = 0.010;
static const double least_ratio = 0.5;
static const double most_ratio = 1.05;
/* What is left of a run that cannot be made long enough, on a device that answers slowly. */
static const double patience_s = 3;

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
    status = gv__buffer_create(context, ITEMS * sizeof(cl_uint), &p->out, err);
    if (status != GV_OK) {
        return status;
    }
    code = clSetKernelArg(p->kernel, 1, sizeof p->out, &p->out);
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

static gv_status probe_run(probe *p, cl_uint steps, reading *out, gv_error *err)
{
    static const char what[] = "running the clock's kernel";
    const size_t items = ITEMS;
    cl_event event = NULL;
    reading now = {0};
    cl_int code = clSetKernelArg(p->kernel, 0, sizeof steps, &steps);
    if (code != CL_SUCCESS) {
        return gv__cl_fail(err, code, "clSetKernelArg", what);
    }
    double start = gv__now_s();
    code = clEnqueueNDRangeKernel(p->queue, p->kernel, 1, NULL, &items, NULL, 0, NULL, &event);
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

/* More steps until a run lasts long enough by the host's clock. The first run, which may compile,
 * is not looked at. */
static gv_status find_steps(probe *p, cl_uint *steps, reading *last, gv_error *err)
{
    double start = gv__now_s();
    gv_status status = probe_run(p, FIRST_STEPS, last, err);
    *steps = FIRST_STEPS;
    while (status == GV_OK) {
        status = probe_run(p, *steps, last, err);
        if (status != GV_OK || last->wall_s >= wanted_s || *steps >= LAST_STEPS ||
            gv__now_s() - start > patience_s) {
            break;
        }
        double factor = 1.3 * wanted_s / last->wall_s;
        factor = factor < 2 ? 2 : factor > 16 ? 16 : factor;
        double more = (double)*steps * factor;
        *steps = more < LAST_STEPS ? (cl_uint)more : LAST_STEPS;
    }
    return status;
}

/* What did not run cannot be timed: follow the first and the last work-item on the host. */
static gv_status check_result(probe *p, cl_uint steps, gv_error *err)
{
    cl_uint got[ITEMS] = {0};
    gv_status status = gv__buffer_read(p->device, p->out, got, sizeof got, err);
    for (cl_uint item = 0; item < ITEMS && status == GV_OK; item += ITEMS - 1) {
        cl_uint x = item + 1;
        for (cl_uint i = 0; i < steps; i++) {
            x ^= x << 13;
            x ^= x >> 17;
            x ^= x << 5;
        }
        if (got[item] != x) {
            status = gv__fail(err, GV_WRONG_RESULT, 0, NULL,
                              "the clock's kernel answered %u for work-item %u, right is %u: this "
                              "driver computes integers wrongly, try another version of it",
                              (unsigned)got[item], (unsigned)item, (unsigned)x);
        }
    }
    return status;
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
    for (size_t i = 0; i < RUNS; i++) {
        if (runs[i].code != CL_SUCCESS) {
            snprintf(text, sizeof clock.text, "events have no times: %s (%d)",
                     gv__cl_name(runs[i].code), (int)runs[i].code);
            return clock;
        }
        ratios[i] = ratio_of(&runs[i]);
        ordered = ordered && is_ordered(&runs[i]);
        ticking = ticking && (i == 0 || runs[i].end > runs[i - 1].end);
    }
    double longest = fmax(ratios[0], fmax(ratios[1], ratios[2]));
    qsort(ratios, RUNS, sizeof ratios[0], gv__compare_doubles);
    clock.ratio = ratios[RUNS / 2];
    const reading *last = &runs[RUNS - 1];
    double wall_ms = 1e3 * last->wall_s;
    if (last->wall_s < least_s) {
        snprintf(text, sizeof clock.text, "no kernel lasted the 10 ms that a proof needs");
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
    cl_uint steps = 0;
    gv_status status = probe_open(context, &p, err);
    if (status == GV_OK) {
        status = find_steps(&p, &steps, &runs[0], err);
    }
    for (size_t i = 0; i < RUNS && status == GV_OK; i++) {
        status = probe_run(&p, steps, &runs[i], err);
    }
    if (status == GV_OK) {
        status = check_result(&p, steps, err);
    }
    if (status == GV_OK) {
        *out = judge(runs);
    }
    probe_close(&p);
    return status;
}
