/* SPDX-License-Identifier: Apache-2.0 */
/* The request loop that the device worker and the host worker share.
 *
 *     parent --- descriptor 3 ---> [loop] -> a side's functions -> driver, libraries
 *
 * A worker ends when its connection closes, dies with its parent, and does not hear Ctrl-C: the
 * parent decides. Everything it says goes through here. */
#ifndef GPUVERDICT_BENCH_WORKER_H
#define GPUVERDICT_BENCH_WORKER_H

#include "base/support.h"
#include "bench/wire.h"

/** What a worker can do. A member that is NULL answers GV_UNSUPPORTED. */
typedef struct gv__worker_side {
    /** Say every platform and device. */
    gv_status (*enumerate)(gv_error *err);
    gv_status (*open)(const gv__ask_open *ask, gv__say_opened *out, gv_error *err);
    gv_status (*probe)(const gv__ask_probe *ask, gv_roof *out, gv_error *err);
    /** Sets `served` to false where nobody can serve the workload; the incidents said why. */
    gv_status (*prepare)(const gv__ask_prepare *ask, gv__say_prepared *out, bool *served,
                         gv_error *err);
    gv_status (*sample)(const gv__ask_sample *ask, gv__say_samples *out, gv_error *err);
    /** Say every ceiling, and as an incident each that cannot be had. */
    gv_status (*ceilings)(const gv__ask_ceilings *ask, gv_error *err);
    /** Say every candidate. */
    gv_status (*candidates)(const gv__ask_candidates *ask, gv_error *err);
    gv_status (*trial)(const gv__ask_try *ask, gv__say_trial *out, gv_error *err);
    /** Whether this process can answer PREPARE or TRY as a new one would; NULL: always. */
    bool (*is_fresh)(gv__message_kind ask, const void *body);
    /** Forget the prepared workload; none is fine. */
    void (*release)(void);
    /** Before the worker leaves. */
    void (*close)(void);
} gv__worker_side;

/** Greet and answer until the connection closes. Returns main's exit status. */
int gv__worker_run(const gv__worker_side *side);

/** Tell the parent what comes next, "building the kernels of clFFT 2.12.2".
 * @param provider  who is at work, as PREPARED names it; "" for nobody */
void gv__worker_step(const char *provider, const char *format, ...) GV__PRINTF(2, 3);

/** Tell the parent about a provider that did not serve. */
void gv__worker_incident(gv_incident_kind kind, const char *provider, const char *what);

/** Send an item. False when the parent is gone. */
bool gv__worker_say(gv__message_kind kind, const void *body);

#endif
