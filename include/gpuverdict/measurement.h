/* SPDX-License-Identifier: Apache-2.0 */
/* What one run of one operation took on one device or on the host, as plain data.
 *
 *     workload x device -> [measurement] -> verdict, tables
 *
 * Times are seconds, as double. A number that does not exist is NAN, never 0: test it with
 * gv_is_absent(). A measurement exists only where the result was checked; what failed its check is
 * a gv_incident without a time. */
#ifndef GPUVERDICT_MEASUREMENT_H
#define GPUVERDICT_MEASUREMENT_H

#include <gpuverdict/workload.h>

#ifdef __cplusplus
extern "C" {
#endif

/** How a number came to be. Whatever prints a number prints this beside it. */
#define GV_ORIGIN_MAP(X)                                                                           \
    X(ABSENT, "absent", "no number: it could not be had, or nobody asked")                         \
    X(MEASURED, "measured", "timed on the device named, with a checked result")                    \
    X(CALIBRATED, "calibrated", "modelled, with constants fitted to this device's measurements")   \
    X(MODELLED, "modelled", "computed by the estimator from specifications, never run")            \
    X(QUOTED, "quoted", "a figure from a data sheet, with its source")                             \
    X(COMMITTED, "committed", "a bidder's promise")

typedef enum gv_origin {
#define GV_ORIGIN_ENUM(code, name, meaning) GV_ORIGIN_##code,
    GV_ORIGIN_MAP(GV_ORIGIN_ENUM)
#undef GV_ORIGIN_ENUM
        GV_ORIGIN_COUNT
} gv_origin;

/** What is moved in each timed call. The names are the same in journal, estimator and reports. */
#define GV_VIEW_MAP(X)                                                                             \
    X(TRANSFERS, "transfers", "with transfers",                                                    \
      "every input goes to the device and the output comes back, from and to pageable memory")     \
    X(WEIGHTS_RESIDENT, "weights_resident", "weights resident",                                    \
      "as with transfers, but weights stay on the device (dense and conv2d only)")                 \
    X(PINNED, "pinned", "pinned or mapped",                                                        \
      "as with transfers, through memory that the driver maps or pins")                            \
    X(KERNEL_ONLY, "kernel_only", "kernel only", "everything stays on the device")

typedef enum gv_view {
#define GV_VIEW_ENUM(code, key, label, meaning) GV_VIEW_##code,
    GV_VIEW_MAP(GV_VIEW_ENUM)
#undef GV_VIEW_ENUM
        GV_VIEW_COUNT
} gv_view;

/** Parts of a call, in its order; total is their end-to-end wall time, from the same loop. */
typedef enum gv_stage { GV_STAGE_H2D, GV_STAGE_KERNEL, GV_STAGE_D2H, GV_STAGE_TOTAL } gv_stage;
enum { GV_STAGE_COUNT = 4 };

/** What is paid once, not in each call. */
typedef enum gv_cost { GV_COST_BUILD, GV_COST_PLAN, GV_COST_PACK, GV_COST_TUNE } gv_cost;
enum { GV_COST_COUNT = 4 };

/** What a reader must know about a measurement; kept as bits of `flags`. */
#define GV_FLAG_MAP(X)                                                                             \
    X(HOST_SILICON, 0, "host_silicon", "the device is the host's own processor")                   \
    X(FEW_SAMPLES, 1, "few_samples", "calls over 0.5 s: too few samples for an interval")          \
    X(NOISY, 2, "noisy", "the interval is wider than 10 % of the median")                          \
    X(OUTLIERS, 3, "outliers", "more than 5 % of the samples lie far off the median")              \
    X(UNSTEADY, 4, "unsteady", "the warm-up never became steady")                                  \
    X(THROTTLED, 5, "throttled", "later blocks are slower than the first by more than 15 %")       \
    X(STAGE_GAP, 6, "stage_gap", "the stages' sum differs from the total by more than 5 %")        \
    X(NOT_TUNED, 7, "not_tuned", "kernel parameters that no search on this device found")          \
    X(BUILD_CACHED, 8, "build_cached",                                                             \
      "programs came compiled from our cache (a driver's own goes unnoticed): build and plan are " \
      "no first run's")                                                                            \
    X(POLLED, 9, "polled", "calls end sooner where the caller polls than where it sleeps")         \
    X(MOVED, 10, "moved",                                                                          \
      "the processor's cores lay nearer or farther apart than when the run began: a virtual "      \
      "machine's host moved them")

typedef enum gv_flag {
#define GV_FLAG_ENUM(code, bit, name, meaning) GV_FLAG_##code = 1 << (bit),
    GV_FLAG_MAP(GV_FLAG_ENUM)
#undef GV_FLAG_ENUM
} gv_flag;

/** A median with its order-statistic interval (95 %). All NAN where the stage does not exist;
 * low and high NAN where there are too few samples for an interval. */
typedef struct gv_time {
    double median_s, low_s, high_s;
} gv_time;

/** One view of one measurement. `samples` is 0 where the view was not measured. */
typedef struct gv_view_times {
    uint32_t samples;  /**< timed samples, warm-up not counted */
    uint32_t calls;    /**< calls averaged in one sample, so that it lasts at least 1 ms */
    uint32_t outliers; /**< samples over 14.8 median absolute deviations off; counted, kept */
    double min_s;      /**< fastest total */
    gv_time stage[GV_STAGE_COUNT];
    double speedup_low, speedup_high; /**< range of the ratios host/device over the blocks run in
                                           turn; NAN with fewer than 6 blocks */
} gv_view_times;

/** The longest interned strings that a journal accepts (see bench/README.md). */
enum { GV_PROVIDER_TEXT = 48 };

/** One (run, process, device or host, provider, workload) with a checked result.
 * Strings are owned by whoever filled the struct (gv_journal keeps them as long as it lives). */
typedef struct gv_measurement {
    const char *run;              /**< UUID of the run */
    const char *device;           /**< the device's key, "host" for the host */
    const char *provider;         /**< "CLBlast 1.5.3", "OpenBLAS 0.3.21" */
    const char *workload;         /**< canonical text */
    const char *parameters;       /**< of its kernels, "TILE_ROWS=6 DEPTH=128"; "": its own */
    const char *check;            /**< how the result was checked: "freivalds", "every bin" */
    const char *clock;            /**< "wall" or "events" */
    uint32_t process;             /**< 0, 1, 2 … within the run */
    uint32_t flags;               /**< bits of gv_flag */
    double error_rel;             /**< largest deviation found, relative to the bound's scale */
    double bound_rel;             /**< what was allowed; error_rel <= bound_rel */
    double cost_s[GV_COST_COUNT]; /**< NAN where there is none */
    gv_view_times view[GV_VIEW_COUNT]; /**< the host has KERNEL_ONLY alone: it moves nothing */
} gv_measurement;

/** Why there is no number; the journal's record types. */
typedef enum gv_incident_kind {
    GV_INCIDENT_WRONG_RESULT, /**< rejected: the check found a deviation */
    GV_INCIDENT_ABOVE_ROOF,   /**< rejected: faster than the hardware can be */
    GV_INCIDENT_UNSUPPORTED,  /**< the reason is an answer, not a fault */
    GV_INCIDENT_FAILURE       /**< crash, hang, error */
} gv_incident_kind;
enum { GV_INCIDENT_KIND_COUNT = 4 };

typedef struct gv_incident {
    gv_incident_kind kind;
    const char *run, *device, *provider, *workload; /**< provider, workload "" where none applies */
    const char *doing;    /**< failure: what was being done, "building the kernels of clFFT" */
    const char *what;     /**< one sentence: what was found, the code by name */
    const char *replaced; /**< the provider that served instead; "" where none did */
    uint32_t process;
} gv_incident;

/** How fast one provider was when it was chosen who serves, without transfers, behind the same
 * check as a measurement: the fastest of a few calls in a row or, among those that were close to
 * each other, the median of several turns. It says who won and by how much, and is no measurement:
 * not in turn with the host, no interval. */
typedef struct gv_trial {
    const char *run, *device, *provider, *workload;
    const char *parameters; /**< as in gv_measurement */
    uint32_t process;
    double call_s; /**< with weights that move */
    bool earlier;  /**< it was far behind in earlier processes, of which this is the fastest time,
                      and was not tried in this one */
} gv_trial;

/** What the hardware can do at most, found by a short probe. NAN where not probed. */
typedef struct gv_roof {
    double flop_per_s[GV_PRECISION_COUNT]; /**< multiply-adds count two */
    double bytes_per_s;                    /**< streaming read of memory past the caches */
} gv_roof;

/** Whether device events may be believed, from one kernel of at least 10 ms. */
typedef struct gv_event_clock {
    bool proven;    /**< ordered, ticking, and end - start is 0.5 to 1.05 of the wall time */
    double ratio;   /**< (end - start) / wall time; NAN where events could not be read */
    char text[128]; /**< "events cover 0.97 of the wall time", "end - start is 1 ns: not a clock" */
} gv_event_clock;

/** True for a number that does not exist. */
static inline bool gv_is_absent(double value)
{
    return value != value;
}

/** "measured" … ; what it means. Static text. */
GV_API const char *gv_origin_name(gv_origin origin);
GV_API const char *gv_origin_meaning(gv_origin origin);
/** Key in files, label for people, and meaning of a view. Static text. */
GV_API const char *gv_view_key(gv_view view);
GV_API const char *gv_view_label(gv_view view);
GV_API const char *gv_view_meaning(gv_view view);
/** "h2d", "kernel", "d2h", "total"; "build", "plan", "pack", "tune". Static text. */
GV_API const char *gv_stage_key(gv_stage stage);
GV_API const char *gv_cost_key(gv_cost cost);
/** "wrong_result", "above_roof", "unsupported", "failure". Static text. */
GV_API const char *gv_incident_kind_key(gv_incident_kind kind);
/** Name and meaning of bit `index` of the flags; NULL past the last. Static text. */
GV_API const char *gv_flag_name(uint32_t index);
GV_API const char *gv_flag_meaning(uint32_t index);

#ifdef __cplusplus
}
#endif
#endif
