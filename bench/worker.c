/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/worker.h"

#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>

bool gv__worker_say(gv__message_kind kind, const void *body)
{
    size_t size = 0;
    return gv__wire_size(kind, &size) &&
           gv__wire_send(GV__WIRE_FD, kind, body, size, NULL) == GV_OK;
}

void gv__worker_step(const char *provider, const char *format, ...)
{
    gv__say_step step = {.text = ""};
    gv__copy_text(step.provider, sizeof step.provider, provider);
    char text[4 * sizeof step.text];
    va_list arguments;
    va_start(arguments, format);
    /* clang-tidy 14 forgets va_start() where it has seen other files before this one. */
    vsnprintf(text, sizeof text, format, arguments); // NOLINT(clang-analyzer-valist.Uninitialized)
    va_end(arguments);
    gv__copy_text(step.text, sizeof step.text, text);
    gv__worker_say(GV__SAY_STEP, &step);
}

void gv__worker_incident(gv_incident_kind kind, const char *provider, const char *what)
{
    gv__say_incident incident = {.kind = kind};
    gv__copy_text(incident.provider, sizeof incident.provider, provider);
    gv__copy_text(incident.what, sizeof incident.what, what);
    gv__worker_say(GV__SAY_INCIDENT, &incident);
}

static gv_status cannot(gv_error *err)
{
    return gv__fail(err, GV_UNSUPPORTED, 0, NULL, "this worker has no answer to that request");
}

/* Answer one request; `reply` is the body of the closing reply `kind`. */
static gv_status answer(const gv__worker_side *side, gv__message_kind ask, const void *body,
                        gv__message_kind *kind, void *reply, gv_error *err)
{
    bool served = false;
    gv_status status = GV_OK;
    const bool measures = ask == GV__ASK_PREPARE || ask == GV__ASK_TRY;
    if (measures && side->is_fresh != NULL && !side->is_fresh(ask, body)) {
        *kind = GV__SAY_RENEW;
        return GV_OK;
    }
    *kind = GV__SAY_DONE;
    switch (ask) {
    case GV__ASK_ENUMERATE:
        return side->enumerate == NULL ? cannot(err) : side->enumerate(err);
    case GV__ASK_OPEN:
        *kind = GV__SAY_OPENED;
        return side->open == NULL ? cannot(err) : side->open(body, reply, err);
    case GV__ASK_PROBE:
        *kind = GV__SAY_ROOF;
        return side->probe == NULL ? cannot(err) : side->probe(body, reply, err);
    case GV__ASK_PREPARE:
        status = side->prepare == NULL ? cannot(err) : side->prepare(body, reply, &served, err);
        *kind = served ? GV__SAY_PREPARED : GV__SAY_DONE;
        return status;
    case GV__ASK_SAMPLE:
        *kind = GV__SAY_SAMPLES;
        return side->sample == NULL ? cannot(err) : side->sample(body, reply, err);
    case GV__ASK_CANDIDATES:
        return side->candidates == NULL ? cannot(err) : side->candidates(body, err);
    case GV__ASK_TRY:
        *kind = GV__SAY_TRIED;
        return side->trial == NULL ? cannot(err) : side->trial(body, reply, err);
    case GV__ASK_RELEASE:
        if (side->release != NULL) {
            side->release();
        }
        return GV_OK;
    case GV__ASK_CEILINGS:
        return side->ceilings == NULL ? cannot(err) : side->ceilings(body, err);
    default:
        return gv__fail(err, GV_FORMAT, (int32_t)ask, NULL, "message %d is no request", (int)ask);
    }
}

static void serve(const gv__worker_side *side)
{
    alignas(max_align_t) static unsigned char body[GV__WIRE_MAX_BODY], reply[GV__WIRE_MAX_BODY];
    for (;;) {
        gv__message_kind ask, kind;
        size_t size;
        if (gv__wire_receive(GV__WIRE_FD, INFINITY, &ask, body, &size, NULL) != GV_OK) {
            return;
        }
        gv_error err = {0};
        memset(reply, 0, sizeof reply);
        gv_status status = answer(side, ask, body, &kind, reply, &err);
        bool heard =
            status == GV_OK ? gv__worker_say(kind, reply) : gv__worker_say(GV__SAY_ERROR, &err);
        if (!heard) {
            return;
        }
    }
}

int gv__worker_run(const gv__worker_side *side)
{
    /* Where the parent died before this call, the connection is closed and the greeting fails. */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGINT, SIG_IGN);
    /* What a driver starts must not keep the connection open after this process died. */
    fcntl(GV__WIRE_FD, F_SETFD, FD_CLOEXEC);

    gv__say_hello hello = {.version = GV__WIRE_VERSION, .sizes = gv__wire_sizes()};
    if (!gv__worker_say(GV__SAY_HELLO, &hello)) {
        fputs("this program is started by gpuverdict, with a connection on descriptor 3\n", stderr);
        return 2;
    }
    serve(side);
    if (side->close != NULL) {
        side->close();
    }
    return 0;
}
