/* SPDX-License-Identifier: Apache-2.0 */
/* A message is one packet of a SOCK_SEQPACKET pair: it arrives whole or not at all. */
#include "bench/wire.h"
#include "base/support.h"
#include "bench/interrupt.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

enum { MAGIC = 0x67567764 };

typedef struct header {
    uint32_t magic, kind;
} header;

/* What each kind carries. 0 for those without a body. */
static const struct {
    gv__message_kind kind;
    uint32_t size;
} bodies[] = {
    {GV__ASK_ENUMERATE, 0},
    {GV__ASK_OPEN, sizeof(gv__ask_open)},
    {GV__ASK_PROBE, sizeof(gv__ask_probe)},
    {GV__ASK_PREPARE, sizeof(gv__ask_prepare)},
    {GV__ASK_SAMPLE, sizeof(gv__ask_sample)},
    {GV__ASK_RELEASE, 0},
    {GV__ASK_CEILINGS, sizeof(gv__ask_ceilings)},
    {GV__ASK_CANDIDATES, sizeof(gv__ask_candidates)},
    {GV__ASK_TRY, sizeof(gv__ask_try)},
    {GV__SAY_HELLO, sizeof(gv__say_hello)},
    {GV__SAY_STEP, sizeof(gv__say_step)},
    {GV__SAY_PLATFORM, sizeof(gv_platform)},
    {GV__SAY_DEVICE, sizeof(gv_device)},
    {GV__SAY_OPENED, sizeof(gv__say_opened)},
    {GV__SAY_ROOF, sizeof(gv_roof)},
    {GV__SAY_INCIDENT, sizeof(gv__say_incident)},
    {GV__SAY_PREPARED, sizeof(gv__say_prepared)},
    {GV__SAY_SAMPLES, sizeof(gv__say_samples)},
    {GV__SAY_CEILING, sizeof(gv__say_ceiling)},
    {GV__SAY_CANDIDATE, sizeof(gv__tuned_set)},
    {GV__SAY_TRIAL, sizeof(gv__say_trial)},
    {GV__SAY_TRIED, sizeof(gv__say_trial)},
    {GV__SAY_ERROR, sizeof(gv_error)},
    {GV__SAY_DONE, 0},
    {GV__SAY_RENEW, 0},
};

_Static_assert(sizeof(gv_device) <= GV__WIRE_MAX_BODY, "a device fits into one message");
_Static_assert(sizeof(gv__say_samples) <= GV__WIRE_MAX_BODY, "samples fit into one message");

bool gv__wire_size(gv__message_kind kind, size_t *size)
{
    for (size_t i = 0; i < GV__COUNT(bodies); i++) {
        if (bodies[i].kind == kind) {
            *size = bodies[i].size;
            return true;
        }
    }
    return false;
}

uint32_t gv__wire_sizes(void)
{
    uint32_t sum = 0;
    for (size_t i = 0; i < GV__COUNT(bodies); i++) {
        /* By position, so that one type growing as another shrinks is seen too. */
        sum += bodies[i].size * (uint32_t)(2 * i + 1);
    }
    return sum;
}

gv_status gv__wire_send(int fd, gv__message_kind kind, const void *body, size_t size, gv_error *err)
{
    header head = {.magic = MAGIC, .kind = (uint32_t)kind};
    struct iovec parts[2] = {
        {.iov_base = &head, .iov_len = sizeof head},
        /* sendmsg only reads it. */
        {.iov_base = (void *)(uintptr_t)body, .iov_len = size},
    };
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = size > 0 ? 2 : 1};
    ssize_t sent;
    do {
        sent = sendmsg(fd, &message, MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR && !gv__interrupted());
    if (sent < 0) {
        return gv__fail(err, GV_IO, errno, "sendmsg",
                        "the other end of a worker's connection is gone (%s)", strerror(errno));
    }
    return GV_OK;
}

/* Wait until `fd` can be read. A deadline that has passed still takes what has already come. */
static gv_status wait_readable(int fd, double deadline_s, gv_error *err)
{
    for (;;) {
        struct pollfd wanted[2] = {{.fd = fd, .events = POLLIN},
                                   {.fd = gv__interrupt_fd(), .events = POLLIN}};
        int ready = poll(wanted, 2, gv__poll_ms(deadline_s));
        if (gv__interrupted()) {
            return gv__fail(err, GV_INTERRUPTED, 0, NULL, "interrupted");
        }
        if (ready > 0 && wanted[0].revents != 0) {
            return GV_OK;
        }
        if (ready < 0 && errno != EINTR) {
            return gv__fail(err, GV_IO, errno, "poll", "cannot wait for a worker: %s",
                            strerror(errno));
        }
        if (gv__now_s() >= deadline_s) {
            return gv__fail(err, GV_HUNG, 0, NULL, "no answer came in time");
        }
    }
}

int gv__poll_ms(double deadline_s)
{
    double left_s = deadline_s - gv__now_s();
    if (!(left_s > 0)) {
        return 0;
    }
    /* Rounded up: a poll that ends early would spin until the deadline. */
    return left_s > 60 ? 60000 : (int)ceil(left_s * 1e3);
}

gv_status gv__wire_receive(int fd, double deadline_s, gv__message_kind *kind, void *body,
                           size_t *size, gv_error *err)
{
    gv_status status = wait_readable(fd, deadline_s, err);
    if (status != GV_OK) {
        return status;
    }
    header head = {0};
    struct iovec parts[2] = {{.iov_base = &head, .iov_len = sizeof head},
                             {.iov_base = body, .iov_len = GV__WIRE_MAX_BODY}};
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
    ssize_t got;
    do {
        got = recvmsg(fd, &message, 0);
    } while (got < 0 && errno == EINTR);
    if (got == 0 || (got < 0 && errno == ECONNRESET)) {
        return gv__fail(err, GV_CRASHED, 0, NULL, "the other side closed the connection");
    }
    if (got < 0) {
        return gv__fail(err, GV_IO, errno, "recvmsg", "cannot hear a worker: %s", strerror(errno));
    }
    size_t expected = 0;
    if ((size_t)got < sizeof head || head.magic != MAGIC ||
        !gv__wire_size((gv__message_kind)head.kind, &expected)) {
        return gv__fail(err, GV_FORMAT, 0, NULL,
                        "%zu bytes came that are no message of this program", (size_t)got);
    }
    if ((size_t)got - sizeof head != expected || (message.msg_flags & MSG_TRUNC) != 0) {
        return gv__fail(err, GV_FORMAT, 0, NULL, "message %u has %zu bytes instead of %zu",
                        (unsigned)head.kind, (size_t)got - sizeof head, expected);
    }
    *kind = (gv__message_kind)head.kind;
    *size = expected;
    return GV_OK;
}
