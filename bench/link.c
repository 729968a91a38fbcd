/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/link.h"
#include "base/support.h"
#include "bench/spawn.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdalign.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* How long a worker may take to leave once its connection is closed. */
static const double leave_s = 0.5;
/* How long a dying one may take to become a zombie: it may be writing a core file, on a busy
 * machine. */
static const double die_s = 5;

/* ---- the worker's standard error ---- */

static void keep_last_words(gv__link *link, const char *piece, size_t length)
{
    char *kept = link->last_words;
    const size_t room = sizeof link->last_words - 1;
    if (length > room) {
        piece += length - room;
        length = room;
    }
    size_t old = strlen(kept);
    if (old + length > room) {
        size_t drop = old + length - room;
        memmove(kept, kept + drop, old - drop);
        old -= drop;
    }
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)piece[i];
        kept[old + i] = c < 0x20 || c == 0x7F ? ' ' : (char)c;
    }
    kept[old + length] = 0;
}

/* Take what there is, so that a driver that floods its standard error never blocks on it; but not
 * for ever, since it may write faster than this reads. */
static void drain_stderr(gv__link *link)
{
    char piece[4096];
    for (int i = 0; i < 64 && link->stderr_fd >= 0; i++) {
        ssize_t got = read(link->stderr_fd, piece, sizeof piece);
        if (got == 0) {
            /* Closed for good: poll() would say so for ever. */
            close(link->stderr_fd);
            link->stderr_fd = -1;
        }
        if (got <= 0) {
            return;
        }
        keep_last_words(link, piece, (size_t)got);
    }
}

/* The last words without blanks around and at a character's start. */
static const char *last_words(const gv__link *link)
{
    const char *words = link->last_words;
    while (*words == ' ' || ((unsigned char)*words & 0xC0U) == 0x80U) {
        words++;
    }
    return words;
}

static void trim_last_words(gv__link *link)
{
    size_t length = strlen(link->last_words);
    while (length > 0 && link->last_words[length - 1] == ' ') {
        link->last_words[--length] = 0;
    }
}

/* ---- ends ---- */

static const char *signal_name(int number)
{
    static const struct {
        int number;
        const char *name;
    } names[] = {
        {SIGABRT, "SIGABRT"}, {SIGBUS, "SIGBUS"},   {SIGFPE, "SIGFPE"},   {SIGILL, "SIGILL"},
        {SIGKILL, "SIGKILL"}, {SIGPIPE, "SIGPIPE"}, {SIGSEGV, "SIGSEGV"}, {SIGSYS, "SIGSYS"},
        {SIGTERM, "SIGTERM"}, {SIGTRAP, "SIGTRAP"}, {SIGXCPU, "SIGXCPU"}, {SIGXFSZ, "SIGXFSZ"},
    };
    for (size_t i = 0; i < GV__COUNT(names); i++) {
        if (names[i].number == number) {
            return names[i].name;
        }
    }
    return "another signal";
}

static const char *worker_name(const gv__link *link)
{
    return link->kind == GV__WORKER_HOST ? "the host's worker" : "the device worker";
}

/* Wait until the worker is a zombie and take its status. */
static bool reap(gv__link *link, double patience_s, int *wait_status)
{
    double deadline_s = gv__now_s() + patience_s;
    double nap_s = 0.0005;
    for (;;) {
        pid_t reaped = waitpid(link->pid, wait_status, WNOHANG);
        if (reaped == link->pid) {
            return true;
        }
        if (reaped < 0 && errno != EINTR) {
            *wait_status = 0;
            return true;
        }
        /* It may be blocked on a full pipe. */
        drain_stderr(link);
        if (gv__now_s() >= deadline_s) {
            return false;
        }
        gv__sleep_s(nap_s);
        nap_s = fmin(2 * nap_s, 0.02);
    }
}

/* Helpers that a driver started (compilers, linkers) are in the worker's group and go with it. */
static void signal_group(const gv__link *link, int number)
{
    kill(-link->pid, number);
}

static void close_link(gv__link *link)
{
    drain_stderr(link);
    trim_last_words(link);
    signal_group(link, SIGKILL);
    close(link->fd);
    if (link->stderr_fd >= 0) {
        close(link->stderr_fd);
    }
    link->fd = link->stderr_fd = -1;
    link->pid = 0;
}

void gv__link_kill(gv__link *link)
{
    if (link->pid == 0) {
        return;
    }
    int ignored;
    signal_group(link, SIGKILL);
    reap(link, die_s, &ignored);
    close_link(link);
}

double gv__link_resident_bytes(const gv__link *link)
{
    char path[64];
    unsigned long size = 0;
    unsigned long resident = 0;
    snprintf(path, sizeof path, "/proc/%ld/statm", (long)link->pid);
    FILE *file = link->pid > 0 ? fopen(path, "r") : NULL;
    /* The kernel's own figures: nothing to be checked for overflow. */
    int read = file != NULL ? fscanf(file, "%lu %lu", &size, &resident) : 0; // NOLINT(cert-err34-c)
    if (file != NULL) {
        fclose(file);
    }
    return read == 2 ? (double)resident * (double)sysconf(_SC_PAGESIZE) : NAN;
}

void gv__link_stop(gv__link *link)
{
    if (link->pid == 0) {
        return;
    }
    int ignored;
    signal_group(link, SIGCONT);
    shutdown(link->fd, SHUT_RDWR);
    if (reap(link, leave_s, &ignored)) {
        close_link(link);
    } else {
        gv__link_kill(link);
    }
}

/* "; its last words: …" or nothing. */
static const char *words_clause(const gv__link *link)
{
    return last_words(link)[0] != 0 ? "; its last words: " : "";
}

/* The connection is closed: find out why, and bury the worker. */
static gv_status report_death(gv__link *link, gv_error *err)
{
    int wait_status = 0;
    bool ended = reap(link, die_s, &wait_status);
    if (!ended) {
        signal_group(link, SIGKILL);
        reap(link, die_s, &wait_status);
    }
    close_link(link);
    const char *who = worker_name(link);
    if (!ended) {
        return gv__fail(err, GV_CRASHED, 0, NULL,
                        "%s closed its connection while %s, and had to be killed%s%s", who,
                        link->doing, words_clause(link), last_words(link));
    }
    if (WIFSIGNALED(wait_status)) {
        int number = WTERMSIG(wait_status);
        return gv__fail(err, GV_CRASHED, number, NULL, "%s was killed by %s%s while %s%s%s", who,
                        signal_name(number), number == SIGKILL ? " (out of memory?)" : "",
                        link->doing, words_clause(link), last_words(link));
    }
    int code = WEXITSTATUS(wait_status);
    /* What ld.so answers where a library is missing. */
    if (code == 127 && strstr(link->last_words, "libOpenCL.so") != NULL) {
        return gv__fail(err, GV_NO_DEVICE, code, NULL,
                        "there is no OpenCL loader (libOpenCL.so.1): apt-get install "
                        "ocl-icd-libopencl1");
    }
    return gv__fail(err, GV_CRASHED, code, NULL, "%s exited with status %d while %s%s%s", who, code,
                    link->doing, words_clause(link), last_words(link));
}

static gv_status report_hang(gv__link *link, double timeout_s, gv_error *err)
{
    gv__link_kill(link);
    return gv__fail(
        err, GV_HUNG, 0, NULL, "%s did not answer within %.3g s while %s, and was killed%s%s",
        worker_name(link), timeout_s, link->doing, words_clause(link), last_words(link));
}

/* Turn a failed wait into what became of the worker, which does not survive it. */
static gv_status report_failure(gv__link *link, gv_status status, double timeout_s,
                                const gv_error *found, gv_error *err)
{
    switch (status) {
    case GV_CRASHED:
        return report_death(link, err);
    case GV_HUNG:
        return report_hang(link, timeout_s, err);
    default:
        gv__link_kill(link);
        return gv__fail(err, status, found->code, found->call, "%s, while %s was %s", found->text,
                        worker_name(link), link->doing);
    }
}

/* ---- questions ---- */

/* One message, with the worker's standard error kept flowing meanwhile. */
static gv_status receive(gv__link *link, double deadline_s, gv__message_kind *kind, void *body,
                         gv_error *err)
{
    for (;;) {
        struct pollfd wanted[] = {{.fd = link->fd, .events = POLLIN},
                                  {.fd = link->stderr_fd, .events = POLLIN},
                                  {.fd = gv__interrupt_fd(), .events = POLLIN}};
        int ready = poll(wanted, GV__COUNT(wanted), gv__poll_ms(deadline_s));
        if (ready > 0 && wanted[1].revents != 0) {
            drain_stderr(link);
        }
        if (gv__interrupted()) {
            return gv__fail(err, GV_INTERRUPTED, 0, NULL, "interrupted");
        }
        if (ready > 0 && wanted[0].revents != 0) {
            size_t size;
            return gv__wire_receive(link->fd, deadline_s, kind, body, &size, err);
        }
        if (gv__now_s() >= deadline_s) {
            return gv__fail(err, GV_HUNG, 0, NULL, "no answer came in time");
        }
    }
}

static const char *describe_request(gv__message_kind ask)
{
    switch (ask) {
    case GV__ASK_ENUMERATE:
        return "listing the devices";
    case GV__ASK_OPEN:
        return "opening the device";
    case GV__ASK_PROBE:
        return "probing the roof";
    case GV__ASK_PREPARE:
        return "preparing a workload";
    case GV__ASK_SAMPLE:
        return "taking samples";
    case GV__ASK_RELEASE:
        return "releasing a workload";
    case GV__ASK_CANDIDATES:
        return "listing what can be tuned";
    case GV__ASK_TRY:
        return "trying a set of tunables";
    default:
        return "answering";
    }
}

static gv_status greet(gv__link *link, double timeout_s, gv_error *err)
{
    alignas(max_align_t) unsigned char body[GV__WIRE_MAX_BODY];
    gv__message_kind kind;
    gv_error found = {0};
    gv_status status = receive(link, gv__now_s() + timeout_s, &kind, body, &found);
    if (status != GV_OK) {
        return report_failure(link, status, timeout_s, &found, err);
    }
    gv__say_hello hello = {0};
    if (kind == GV__SAY_HELLO) {
        memcpy(&hello, body, sizeof hello);
    }
    if (hello.version != GV__WIRE_VERSION || hello.sizes != gv__wire_sizes()) {
        gv__link_kill(link);
        return gv__fail(err, GV_FORMAT, (int32_t)hello.version, NULL,
                        "%s belongs to another build of gpuverdict: install both from the same one",
                        worker_name(link));
    }
    return GV_OK;
}

gv_status gv__link_start(gv__link *link, gv__worker_kind kind, const char *icd, double timeout_s,
                         gv_error *err)
{
    static const char *const programs[] = {
        [GV__WORKER_DEVICE] = "gpuverdict-device-worker",
        [GV__WORKER_HOST] = "gpuverdict-host-worker",
    };
    if (icd == NULL) {
        icd = "";
    }
    if (strlen(icd) >= sizeof link->icd) {
        return gv__fail(err, GV_ARGUMENT, 0, NULL, "the driver's path is too long: %s", icd);
    }
    gv__spawned spawned;
    gv_status status = gv__spawn(programs[kind], icd, &spawned, err);
    if (status != GV_OK) {
        return status;
    }
    gv__link started = {.kind = kind,
                        .pid = spawned.pid,
                        .fd = spawned.fd,
                        .stderr_fd = spawned.stderr_fd,
                        .doing = "starting"};
    gv__copy_text(started.icd, sizeof started.icd, icd);
    *link = started;
    status = greet(link, timeout_s, err);
    if (status == GV_OK) {
        signal_group(link, SIGSTOP);
    }
    return status;
}

/* The closing reply of a request, after its steps and items. */
static gv_status answer(gv__link *link, double timeout_s, gv__item_sink sink, void *context,
                        gv__message_kind *kind, void *body, gv_error *err)
{
    double deadline_s = gv__now_s() + timeout_s;
    for (;;) {
        gv_status status = receive(link, deadline_s, kind, body, err);
        if (status != GV_OK) {
            return status;
        }
        switch (*kind) {
        case GV__SAY_STEP:
            gv__copy_text(link->doing, sizeof link->doing, ((gv__say_step *)body)->text);
            gv__copy_text(link->provider, sizeof link->provider, ((gv__say_step *)body)->provider);
            if (sink != NULL) {
                sink(context, *kind, body);
            }
            break;
        case GV__SAY_PLATFORM:
        case GV__SAY_DEVICE:
        case GV__SAY_INCIDENT:
        case GV__SAY_CEILING:
        case GV__SAY_CANDIDATE:
        case GV__SAY_TRIAL:
            if (sink != NULL) {
                sink(context, *kind, body);
            }
            break;
        default:
            return GV_OK;
        }
    }
}

gv_status gv__link_ask(gv__link *link, gv__message_kind ask, const void *body, double timeout_s,
                       gv__item_sink sink, void *context, gv__message_kind expect, void *reply,
                       gv__message_kind *got, gv_error *err)
{
    if (link->pid == 0) {
        return gv__fail(err, GV_CRASHED, 0, NULL, "%s is not running", worker_name(link));
    }
    size_t size = 0;
    if (!gv__wire_size(ask, &size) || (size > 0 && body == NULL)) {
        return gv__fail(err, GV_ARGUMENT, 0, NULL, "request %d lacks its body", (int)ask);
    }
    gv__copy_text(link->doing, sizeof link->doing, describe_request(ask));
    link->provider[0] = 0;
    link->last_words[0] = 0;
    signal_group(link, SIGCONT);

    alignas(max_align_t) unsigned char answered[GV__WIRE_MAX_BODY];
    gv__message_kind kind = GV__SAY_DONE;
    gv_error found = {0};
    gv_status status = gv__wire_send(link->fd, ask, body, size, &found);
    if (status == GV_IO) {
        return report_death(link, err);
    }
    status = answer(link, timeout_s, sink, context, &kind, answered, &found);
    if (status == GV_OK && kind != expect && kind != GV__SAY_DONE && kind != GV__SAY_RENEW &&
        kind != GV__SAY_ERROR) {
        status = gv__fail(&found, GV_FORMAT, (int32_t)kind, NULL, "reply %d came instead of %d",
                          (int)kind, (int)expect);
    }
    if (status != GV_OK) {
        return report_failure(link, status, timeout_s, &found, err);
    }
    signal_group(link, SIGSTOP);
    if (kind == GV__SAY_ERROR) {
        gv_error *said = (gv_error *)answered;
        return gv__fail(err, said->status, said->code, said->call, "%s", said->text);
    }
    if (kind == expect && reply != NULL) {
        gv__wire_size(kind, &size);
        memcpy(reply, answered, size);
    }
    if (got != NULL) {
        *got = kind;
    }
    return GV_OK;
}
