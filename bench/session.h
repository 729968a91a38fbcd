/* SPDX-License-Identifier: Apache-2.0 */
/* Those who take part in a run, each with a worker process of its own: the devices and the host.
 *
 *     runner -> [party: open, prepare with fallbacks, sample] -> link -> worker
 *
 * Whatever goes wrong becomes an incident of the party, kept until the workload ends, since only
 * then is it known who served instead. A provider that kills or hangs its worker is excluded, the
 * worker is started again, and the next provider is tried. */
#ifndef GPUVERDICT_BENCH_SESSION_H
#define GPUVERDICT_BENCH_SESSION_H

#include "bench/inventory.h"
#include "bench/link.h"
#include "bench/samples.h"

enum {
    GV__MAX_PENDING = 32, /**< incidents of one workload; more say nothing new */
    GV__STRIKES = 3       /**< workloads in a row that kill the worker, until it is left alone */
};

typedef struct gv__pending_incident {
    gv_incident_kind kind;
    char provider[GV_PROVIDER_TEXT];
    char doing[160]; /**< failures alone */
    char what[384];
} gv__pending_incident;

typedef struct gv__party {
    /* who */
    const gv_device *device; /**< NULL: the host */
    const char *key;         /**< the device's key, or "host" */
    const char *icd;         /**< the driver that its worker loads alone */
    gv_in_driver in_driver;  /**< how that worker knows the device */
    double cache_bytes;      /**< for the roof rule */

    /* its worker */
    gv__link link;
    /** Hears what it does while it prepares or tries something, "" when that is over; may be NULL.
     */
    void (*on_step)(void *context, const char *text);
    void *step_context;
    bool open;           /**< it runs and its device is open */
    double opened_bytes; /**< its resident size at that time */
    bool ever_open;
    bool lost; /**< left alone for the rest of the run */
    uint32_t strikes;
    gv__say_opened opened;  /**< what the first opening said */
    char open_problem[384]; /**< why the last opening failed */
    gv_roof roof;
    bool roof_sought[GV_PRECISION_COUNT]; /**< probed once more, since there was none */

    /* what shall be used for the workload at hand; set before gv__party_prepare */
    uint32_t tuned_count;
    gv__tuned_set tuned[GV__MAX_TUNED];
    double tune_s; /**< what finding it cost; NAN where nothing was searched */

    /* the workload at hand */
    bool ready;     /**< a provider is prepared */
    bool died;      /**< the workload killed the worker at least once */
    bool exhausted; /**< no other provider can be named: do not prepare again */
    bool cut_short; /**< its preparation was ended by the deadline */
    gv__say_prepared prepared;
    uint32_t excluded;
    char exclude[GV__MAX_EXCLUDED][GV_PROVIDER_TEXT];
    uint32_t pending_count;
    gv__pending_incident pending[GV__MAX_PENDING];
    uint32_t trial_count; /**< providers that the last gv__party_prepare compared */
    gv__say_trial trial[GV__MAX_TUNED];
    double leaked_bytes; /**< what its worker kept at the end, so that it was ended; else 0 */

    /* what was measured of it */
    bool measured;                   /**< the rest of this part counts */
    gv__say_prepared served;         /**< who computed it */
    bool view_failed[GV_VIEW_COUNT]; /**< not to be asked for again */
    gv__view_samples samples[GV_VIEW_COUNT];
    gv_view_times times[GV_VIEW_COUNT];
    uint32_t flags;
} gv__party;

/** A workload and how it shall be prepared. */
typedef struct gv__preparation {
    const char *workload; /**< canonical */
    uint64_t seed;
    double choose_s;    /**< as in gv__ask_prepare */
    bool trust_earlier; /**< likewise */
    double deadline_s;  /**< on gv__now_s()'s clock; INFINITY for none */
} gv__preparation;

/** A party for a device of the inventory; `device` NULL: the host. Starts nothing. */
void gv__party_init(gv__party *party, const gv_inventory *inventory, const gv_device *device);
/** Stop its worker; the next request starts another. */
void gv__party_stop(gv__party *party);
/** Stop its worker and forget everything. */
void gv__party_free(gv__party *party);

/** Start the worker and open the device, if that is not done.
 * @return GV_INTERRUPTED, or any other failure: the worker is gone, err->text says why */
gv_status gv__party_open(gv__party *party, gv_error *err);

/** Probe the roof of a precision; the higher figures stay. A failure leaves the roof as it is. */
gv_status gv__party_probe(gv__party *party, gv_precision precision, double seconds, gv_error *err);

/** Forget the last workload's state. */
void gv__party_begin(gv__party *party);

/** Find a provider that serves, through crashes and hangs; then `ready` is true. What stood in the
 * way is pending. At the deadline the worker is ended, `cut_short` is true, and nobody is to blame.
 * @retval GV_OK           also where nobody serves
 * @retval GV_INTERRUPTED */
gv_status gv__party_prepare(gv__party *party, const gv__preparation *what, gv_error *err);

/** After a worker died of something that is not its provider's fault: start it again and prepare
 * the provider that was ready, and no other, since its samples go on. Where that cannot be had,
 * `ready` is false and the provider excluded.
 * @retval GV_OK
 * @retval GV_INTERRUPTED */
gv_status gv__party_revive(gv__party *party, const gv__preparation *what, gv_error *err);

/** Take samples of a view.
 * @retval GV_OK           `out` is there
 * @retval GV_INTERRUPTED
 * @return otherwise the failure is pending (an unsupported view is none). Where it concerns the
 * provider (`ready` is then false) it is excluded, and gv__party_prepare finds the next; where it
 * concerns a view that is not the headline's, the view is not asked for again */
gv_status gv__party_sample(gv__party *party, const gv__ask_sample *ask, double timeout_s,
                           gv__say_samples *out, gv_error *err);

/** The prepared provider is not to be believed: exclude it, with the reason pending. */
void gv__party_reject(gv__party *party, gv_incident_kind kind, const char *what);

/** List the candidates for a workload, by `sink` (GV__SAY_CANDIDATE). The worker is started where
 * it does not run. Statuses as gv__link_ask. */
gv_status gv__party_candidates(gv__party *party, const char *workload, gv__item_sink sink,
                               void *context, gv_error *err);

/** Try one set of tunables. A worker that dies of it, or keeps more than `keep_bytes` afterwards
 * (compilers leak), is started anew by the next request; one that keeps an earlier set's tunables,
 * by this one.
 * @retval GV_NO_DEVICE  the worker could not be started, or the device not opened
 * @return otherwise as gv__link_ask; the fault is the candidate's unless GV_INTERRUPTED */
gv_status gv__party_try(gv__party *party, const gv__ask_try *ask, double keep_bytes,
                        gv__say_trial *out, gv_error *err);

/** Give the prepared workload's memory back, and count strikes. Where that kills or hangs the
 * worker, the failure is pending. A worker that does not shrink again (compilers leak) is ended;
 * the next workload starts it anew.
 * @retval GV_INTERRUPTED */
gv_status gv__party_end(gv__party *party, gv_error *err);

/** Add an incident of the workload at hand. */
void gv__party_note(gv__party *party, gv_incident_kind kind, const char *provider,
                    const char *doing, const char *what);

/** Seconds before a request is given up: GPUVERDICT_TIMEOUT_S where it is set, else `usual_s`. */
double gv__timeout_s(double usual_s);

#endif
