/* SPDX-License-Identifier: Apache-2.0 */
/* What the main process and its workers say to each other.
 *
 *     runner <--- socket pair, descriptor 3 ---> device worker | host worker
 *
 * Parent and workers are built together, so that a message is a plain struct behind a small header;
 * GV__WIRE_VERSION and the sizes are compared once, in the greeting. Descriptors 0 to 2 belong to
 * the drivers, which print what they like. A request gets any number of STEP replies (what the
 * worker is about to do, so that a crash or a hang has a name) and of item replies, then one
 * closing reply: DONE, a result, or ERROR. */
#ifndef GPUVERDICT_BENCH_WIRE_H
#define GPUVERDICT_BENCH_WIRE_H

#include "bench/tuned_set.h"
#include <gpuverdict/ceiling.h>
#include <gpuverdict/device.h>

enum {
    GV__WIRE_VERSION = 1,
    GV__WIRE_FD = 3,
    GV__MAX_SAMPLES = 64, /**< of one SAMPLE request */
    GV__MAX_EXCLUDED = 8
};

typedef enum gv__message_kind {
    /* requests */
    GV__ASK_ENUMERATE = 1, /**< -> PLATFORM*, DEVICE*, DONE */
    GV__ASK_OPEN,          /**< gv__ask_open -> OPENED */
    GV__ASK_PROBE,      /**< gv__ask_probe -> ROOF: the roof of one precision and the bandwidth */
    GV__ASK_PREPARE,    /**< gv__ask_prepare -> INCIDENT* (rejected, unsupported), TRIAL* (who was
                             tried), PREPARED, DONE (nobody can serve it) or RENEW */
    GV__ASK_SAMPLE,     /**< gv__ask_sample -> SAMPLES */
    GV__ASK_RELEASE,    /**< forget the prepared workload -> DONE */
    GV__ASK_CANDIDATES, /**< gv__ask_candidates -> CANDIDATE*, DONE */
    GV__ASK_TRY,        /**< gv__ask_try -> TRIED or RENEW */
    GV__ASK_CEILINGS,   /**< gv__ask_ceilings -> CEILING*, INCIDENT* (what cannot be had), DONE */
    /* replies */
    GV__SAY_HELLO = 64, /**< gv__say_hello, unasked, first */
    GV__SAY_STEP,       /**< gv__say_step */
    GV__SAY_PLATFORM,   /**< gv_platform */
    GV__SAY_DEVICE,     /**< gv_device */
    GV__SAY_OPENED,     /**< gv__say_opened */
    GV__SAY_ROOF,       /**< gv_roof */
    GV__SAY_INCIDENT,   /**< gv__say_incident */
    GV__SAY_PREPARED,   /**< gv__say_prepared */
    GV__SAY_SAMPLES,    /**< gv__say_samples */
    GV__SAY_CEILING,    /**< gv__say_ceiling */
    GV__SAY_CANDIDATE,  /**< gv__tuned_set */
    GV__SAY_TRIAL,      /**< gv__say_trial, an item */
    GV__SAY_TRIED,      /**< gv__say_trial, a closing reply */
    GV__SAY_ERROR,      /**< gv_error: the request failed, the worker lives */
    GV__SAY_DONE,       /**< nothing follows */
    GV__SAY_RENEW       /**< nothing was done: a new process is to be asked the same, since this one
                             keeps what another request gave to a library */
} gv__message_kind;

typedef struct gv__say_hello {
    uint32_t version;
    uint32_t sizes; /**< gv__wire_sizes(): another build is refused */
} gv__say_hello;

typedef struct gv__say_step {
    char text[160]; /**< "building the kernels of clFFT 2.12.2" */
    /** While it is being prepared or sampled: the provider, as PREPARED and `exclude` name it, so
     * that one which kills the worker is known. "" where none is at work. */
    char provider[GV_PROVIDER_TEXT];
} gv__say_step;

/** Open a device: positions as the same worker's enumeration gives them. Ignored by the host. */
typedef struct gv__ask_open {
    uint32_t platform_index, device_index;
    char key[GV_DEVICE_KEY]; /**< must match, since positions are not stable */
} gv__ask_open;

typedef struct gv__say_opened {
    gv_event_clock events; /**< devices; the host's says "no events" */
    char libraries[2048];  /**< what was built into the worker: "CLBlast 1.5.3, clFFT 2.12.2" */
    char kernels[65];      /**< devices: SHA-256 over all sources of our kernels; "" for the host */
} gv__say_opened;

typedef struct gv__ask_probe {
    gv_precision precision;
    double seconds; /**< at most this long */
} gv__ask_probe;

typedef struct gv__ask_prepare {
    char workload[GV_WORKLOAD_TEXT];
    uint64_t seed;
    uint32_t excluded; /**< providers not to be tried: they crashed, hung, or beat the roof */
    char exclude[GV__MAX_EXCLUDED][GV_PROVIDER_TEXT]; /**< name and version, as PREPARED gives it */
    uint32_t tuned_count; /**< providers that shall use other tunables than their own */
    gv__tuned_set tuned[GV__MAX_TUNED];
    double choose_s;    /**< of timed calls, where several providers are close to each other */
    bool trust_earlier; /**< whom earlier processes have outrun need not be tried again */
} gv__ask_prepare;

typedef struct gv__say_incident {
    gv_incident_kind kind;
    char provider[GV_PROVIDER_TEXT];
    char what[384];
} gv__say_incident;

/** A provider computed the workload and its result was right. */
typedef struct gv__say_prepared {
    char provider[GV_PROVIDER_TEXT]; /**< "CLBlast 1.5.3" */
    char check[32];
    double error_rel, bound_rel;
    double cost_s[GV_COST_COUNT];
    double first_s; /**< the checked call itself, compilation included where the library hides it */
    double call_s;  /**< a later call, kernel only: what the runner plans with */
    bool has_weights; /**< the view "weights resident" differs from "with transfers" */
    bool tuned;       /**< by a search on this device, whichever tunables it found best */
    bool cached;      /**< a program of it came from our cache, and was not compiled */
    bool polled;      /**< its calls end sooner where the caller polls */
    char parameters[GV__PARAMETERS_TEXT]; /**< that were given to it; "": its own */
} gv__say_prepared;

/** All sets of tunables that are worth a try, of all providers: each provider's first one is what
 * it takes by itself. Nothing is allocated. */
typedef struct gv__ask_candidates {
    char workload[GV_WORKLOAD_TEXT];
} gv__ask_candidates;

/** Compute a workload with one set of tunables; what was prepared is forgotten. Operands stay from
 * one try of a workload to the next. A wrong result is an ERROR, GV_WRONG_RESULT. */
typedef struct gv__ask_try {
    char workload[GV_WORKLOAD_TEXT];
    uint64_t seed;
    gv__tuned_set set;
    double seconds;   /**< of timed calls */
    double give_up_s; /**< a call that is slower is not worth a check or a second look */
} gv__ask_try;

/** A provider's short trial: a few calls in a row, without transfers. It decides who serves; it is
 * no measurement. */
typedef struct gv__say_trial {
    char provider[GV_PROVIDER_TEXT];
    char parameters[GV__PARAMETERS_TEXT];
    double call_s;   /**< with weights that move: the fastest call, or the median of turns */
    double packed_s; /**< with weights that were packed before; NAN where it packs none */
    bool given_up;   /**< slower than asked for, and so not checked */
    bool earlier;    /**< of an earlier process: it was not tried in this one */
} gv__say_trial;

/** Take samples of one view until `samples` are there and `min_s` have passed, or `max_s` have. */
typedef struct gv__ask_sample {
    gv_view view;     /**< the host knows KERNEL_ONLY alone */
    uint32_t calls;   /**< calls averaged in one sample; 0: the worker finds how many last 1 ms */
    uint32_t samples; /**< 1 to GV__MAX_SAMPLES */
    double min_s, max_s; /**< at least one sample is taken, however long */
    double warm_up_s;    /**< first run until steady (coefficient of variation of the last 5 calls
                              below 2 %), at most this long; 0: one call, not timed; negative: none,
                              for calls so long that nothing is left to warm */
} gv__ask_sample;

typedef struct gv__say_samples {
    uint32_t count;
    uint32_t calls;
    bool steady;     /**< the warm-up ended because it was steady */
    float clock_mhz; /**< not used for verdicts; NAN where unknown */
    double stage_s[GV__MAX_SAMPLES][GV_STAGE_COUNT]; /**< NAN for stages that the view has not */
} gv__say_samples;

/** Measure every ceiling, each in so many blocks of so many samples at least. */
typedef struct gv__ask_ceilings {
    uint32_t blocks, samples; /**< in each block */
    double min_s, max_s;      /**< of a block; at least one sample is taken, however long */
    double warm_up_s;         /**< before the first block, at most */
} gv__ask_ceilings;

/** gv_ceiling, without run and device, and with texts of its own. */
typedef struct gv__say_ceiling {
    gv_ceiling_kind kind;
    gv_precision precision;
    uint32_t width, samples, outliers;
    double median, low, high, best, bytes, power_w;
    char variant[GV_CEILING_TEXT], check[GV_CEILING_TEXT], power_source[GV_CEILING_TEXT];
} gv__say_ceiling;

/** Send one message. GV_IO when the other side is gone. `body` may be NULL when `size` is 0. */
gv_status gv__wire_send(int fd, gv__message_kind kind, const void *body, size_t size,
                        gv_error *err);

/** The largest body of any message. */
enum { GV__WIRE_MAX_BODY = 16384 };

/** Receive one message, waiting until the monotonic time `deadline_s` (INFINITY: for ever).
 *
 * @param body     GV__WIRE_MAX_BODY bytes, aligned for any type
 * @param[out] size  bytes received
 * @retval GV_HUNG         the deadline passed
 * @retval GV_CRASHED      the other side closed
 * @retval GV_INTERRUPTED  gv__interrupted() became true meanwhile (bench/interrupt.h)
 * @retval GV_FORMAT       not one of our messages, or a body of the wrong size */
gv_status gv__wire_receive(int fd, double deadline_s, gv__message_kind *kind, void *body,
                           size_t *size, gv_error *err);

/** The number of gv__say_hello that differs when any message's size does. */
uint32_t gv__wire_sizes(void);

/** Bytes that a message of this kind carries. False for a number that is no kind. */
bool gv__wire_size(gv__message_kind kind, size_t *size);

/** Milliseconds until the monotonic time `deadline_s`, as poll() wants them: 0 when it has passed,
 * at most a minute. */
int gv__poll_ms(double deadline_s);

#endif
