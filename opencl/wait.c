/* SPDX-License-Identifier: Apache-2.0 */
/* Waiting for a queue, asleep or polling. */
#include "opencl/context.h"

#include "base/support.h"
#include "opencl/cl_names.h"

/* Of a longer call, waking the thread that waits is a small part. */
static const double brief_call_s = 200e-6;
/* A call that takes longer than that was not expected to: sleep. */
static const double longest_poll_s = 1e-3;
/* Polling has to save so much: it takes a processor. */
static const double worth_polling = 0.9;

enum { TURNS = 9 };

static void forget_last(gv__context *context)
{
    gv__event_free(context->last);
    context->last = NULL;
}

cl_event *gv__last_event(gv__context *context)
{
    forget_last(context);
    return context->poll_s > 0 ? &context->last : NULL;
}

static gv_status poll_last(gv__context *context, const char *what, gv_error *err)
{
    cl_int code = CL_SUCCESS;
    const char *call = "clEnqueueMarkerWithWaitList";
    if (context->last == NULL) {
        code = clEnqueueMarkerWithWaitList(context->queue, 0, NULL, &context->last);
    }
    if (code == CL_SUCCESS) {
        call = "clFlush";
        code = clFlush(context->queue);
    }
    const double end_s = gv__now_s() + context->poll_s;
    cl_int state = CL_QUEUED;
    while (code == CL_SUCCESS && state > CL_COMPLETE && gv__now_s() < end_s) {
        call = "clGetEventInfo";
        code = clGetEventInfo(context->last, CL_EVENT_COMMAND_EXECUTION_STATUS, sizeof state,
                              &state, NULL);
    }
    if (code == CL_SUCCESS && state < 0) {
        return gv__cl_fail(err, state, "a command", what); /* its own code */
    }
    return code == CL_SUCCESS ? GV_OK : gv__cl_fail(err, code, call, what);
}

gv_status gv__finish(gv__context *context, const char *what, gv_error *err)
{
    const gv_status polled = context->poll_s > 0 ? poll_last(context, what, err) : GV_OK;
    forget_last(context);
    /* Whatever the event said: nothing is left in the queue now. */
    const cl_int code = clFinish(context->queue);
    if (polled != GV_OK) {
        return polled;
    }
    return code == CL_SUCCESS ? GV_OK : gv__cl_fail(err, code, "clFinish", what);
}

static gv_status time_call(gv__waited_call call, void *of, double *call_s, gv_error *err)
{
    const double start_s = gv__now_s();
    gv_status status = call(of, err);
    *call_s = gv__now_s() - start_s;
    return status;
}

gv_status gv__wait_choose(gv__waited_call call, void *of, double *poll_s, gv_error *err)
{
    int saved = 0; /* turns in which polling saved enough */
    int slow = 0;  /* in which the call was not brief; one may be somebody else's doing */
    for (int i = 0; i < TURNS; i++) {
        double asleep_s = 0;
        double polling_s = 0;
        *poll_s = 0;
        gv_status status = time_call(call, of, &asleep_s, err);
        slow += asleep_s > brief_call_s;
        if (status != GV_OK || slow > 1) {
            return status;
        }
        *poll_s = longest_poll_s;
        status = time_call(call, of, &polling_s, err);
        if (status != GV_OK) {
            return status;
        }
        saved += polling_s < worth_polling * asleep_s;
    }
    *poll_s = saved > TURNS / 2 ? longest_poll_s : 0;
    return GV_OK;
}
