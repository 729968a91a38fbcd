/* SPDX-License-Identifier: Apache-2.0 */
/* The parent's side of a worker: start it by exec, ask, time out, kill, say how it died.
 *
 *     runner, inventory <-> [link] <-> worker process
 *
 * A worker's standard output is thrown away and the end of its standard error is kept for the
 * failure record. Between questions a worker is stopped (SIGSTOP), so that the spinning threads of
 * one library never take cycles from the measurement of another. One thread at a time may use a
 * link, and it must be the one that started the worker: when that thread ends, so does the worker.
 */
#ifndef GPUVERDICT_BENCH_LINK_H
#define GPUVERDICT_BENCH_LINK_H

#include "bench/interrupt.h"
#include "bench/wire.h"
#include <sys/types.h>

typedef enum gv__worker_kind { GV__WORKER_DEVICE, GV__WORKER_HOST } gv__worker_kind;

/** Start with `{0}`; after gv__link_stop and after a death it can be started again. */
typedef struct gv__link {
    gv__worker_kind kind;
    char
        icd[256]; /**< device workers: the driver that it loads alone; "" for the loader's choice */
    pid_t pid;    /**< 0: not running; also the id of its process group */
    int fd, stderr_fd;
    char doing[160];                 /**< what was asked, then the last STEP … */
    char provider[GV_PROVIDER_TEXT]; /**< … and the provider that it names; "" from each request's
                                          start to its first STEP */
    char last_words[256];            /**< the end of what it wrote to standard error */
} gv__link;

/** Start a worker and exchange greetings. Its program is looked for in $GPUVERDICT_WORKER_DIR, else
 * beside this program, else in ../libexec/gpuverdict.
 *
 * @param timeout_s  for loading and greeting
 * @retval GV_NO_DEVICE  the device worker cannot be loaded for want of libOpenCL.so.1; err->text
 * says how to get it
 * @retval GV_IO     there is no such program, or no descriptor or process left
 * @retval GV_FORMAT it is of another build
 * @retval GV_CRASHED, GV_HUNG, GV_INTERRUPTED  it died or did not greet in time */
gv_status gv__link_start(gv__link *link, gv__worker_kind kind, const char *icd, double timeout_s,
                         gv_error *err);

/** Called for each STEP and item reply (PLATFORM, DEVICE, INCIDENT, CANDIDATE, TRIAL) before the
 * closing one. */
typedef void (*gv__item_sink)(void *context, gv__message_kind kind, const void *body);

/** Ask and wait for the closing reply, which must be `expect`, DONE or RENEW.
 *
 * The worker is woken before and stopped after. On GV_HUNG, GV_CRASHED, GV_FORMAT and
 * GV_INTERRUPTED it has been killed and reaped, link->pid is 0, and err->text says what it was
 * doing and how it ended (signal by name, exit status, the end of its standard error).
 *
 * @param body        of the type that belongs to `ask`; NULL where it has none
 * @param timeout_s   of the whole request; a STEP does not extend it
 * @param sink        may be NULL
 * @param[out] reply  a body of the type that belongs to `expect`; may be NULL. Untouched on others
 * @param[out] got    which closing reply came; may be NULL
 * @retval GV_CRASHED also where the worker is not running
 * @return otherwise the worker's own ERROR is passed on, with its status; the worker lives */
gv_status gv__link_ask(gv__link *link, gv__message_kind ask, const void *body, double timeout_s,
                       gv__item_sink sink, void *context, gv__message_kind expect, void *reply,
                       gv__message_kind *got, gv_error *err);

/** Memory that a worker occupies now, in bytes; NAN where the system does not tell. */
double gv__link_resident_bytes(const gv__link *link);

/** End a worker: close, a moment to leave, then SIGKILL. Accepts one that is not running. */
void gv__link_stop(gv__link *link);

/** End a worker at once. Accepts one that is not running. */
void gv__link_kill(gv__link *link);

#endif
