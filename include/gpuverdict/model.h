/* SPDX-License-Identifier: Apache-2.0 */
/* How long an operation would take on a device that was never tried, and how wrong that may be.
 *
 *     specification -> [model] -> estimate with an interval -> comparison, break-even, verdict
 *     measurements of that device -----^ (calibration)
 *
 * A model is one device, ready to be asked. It speaks of a tuned library unless it is calibrated;
 * docs/model.md gives the formulas, the constants and the errors on devices held out. Pure
 * arithmetic: no device, no clock, no files. A model that nobody changes may be asked by any number
 * of threads. Seconds, bytes, flop; NAN where a figure is absent. Intervals hold the truth in 80 %
 * of the cases, on average over devices, not for each. */
#ifndef GPUVERDICT_MODEL_H
#define GPUVERDICT_MODEL_H

#include <gpuverdict/catalogue.h>
#include <gpuverdict/measurement.h>
#include <gpuverdict/workload.h>

#include <math.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Whose code a time is of: key, meaning. */
#define GV_SOFTWARE_MAP(X)                                                                         \
    X(VENDOR, "vendor", "a tuned library of the device's vendor (cuBLAS, cuDNN, rocBLAS, MPS …)")  \
    X(OPENCL, "opencl", "OpenCL kernels without matrix units: CLBlast, clFFT, ours")

typedef enum gv_software {
#define GV_SOFTWARE_ENUM(code, key, meaning) GV_SOFTWARE_##code,
    GV_SOFTWARE_MAP(GV_SOFTWARE_ENUM)
#undef GV_SOFTWARE_ENUM
        GV_SOFTWARE_COUNT
} gv_software;

/** What a call's time is spent on: key, what would lessen it. */
#define GV_TERM_MAP(X)                                                                             \
    X(COMPUTE, "compute", "a device with a higher peak, or a lower precision")                     \
    X(MEMORY, "memory", "a device with more memory bandwidth, or more work on each byte")          \
    X(LAUNCH, "launch", "more work in each call: larger sizes or a batch")                         \
    X(TRANSFER, "transfer", "leaving data on the device between calls, or a faster link")

typedef enum gv_term {
#define GV_TERM_ENUM(code, key, remedy) GV_TERM_##code,
    GV_TERM_MAP(GV_TERM_ENUM)
#undef GV_TERM_ENUM
        GV_TERM_COUNT
} gv_term;

/** Why an interval is wider than usual, as bits: code, bit, reason as one clause. */
#define GV_REASON_MAP(X)                                                                           \
    X(NO_PEAK, 0, "its peak at this precision is not in the specification")                        \
    X(NO_BANDWIDTH, 1, "its memory bandwidth is not in the specification")                         \
    X(NO_UNITS, 2, "its number of compute units is not in the specification")                      \
    X(NO_CACHE, 3, "its cache is not in the specification")                                        \
    X(NO_MEMORY, 4, "its memory size is not in the specification: taken to be large enough")       \
    X(NEW_ARCHITECTURE, 5, "the model saw no measurement of this architecture")                    \
    X(NEW_SOFTWARE, 6, "the model saw no measurement of this library on such a device")            \
    X(LAUNCH_GUESSED, 7, "the launch cost is a vendor's usual one and matters here")               \
    X(FAR_SHAPE, 8, "the shape lies outside of those that the model saw")                          \
    X(PIECES, 9, "the work does not fit into the device's memory and is cut up")                   \
    X(GIVEN_WORK, 10, "work and traffic are given, not modelled")                                  \
    X(FAMILY, 11, "calibrated on another device of the same family")                               \
    X(OTHER_OPERATION, 12, "calibrated on another operation only")                                 \
    X(NO_LINK, 13, "the link to the host is not in the specification")                             \
    X(HOST_SILICON, 14, "no processor is modelled honestly without measurements of it")

typedef enum gv_reason {
#define GV_REASON_ENUM(code, bit, text) GV_REASON_##code = 1 << (bit),
    GV_REASON_MAP(GV_REASON_ENUM)
#undef GV_REASON_ENUM
} gv_reason;

/** Latency and rate of moving data one way. NAN where not known. */
typedef struct gv_link {
    double latency_s, bytes_per_s;
} gv_link;

/** What is known of a device beside its specification. */
typedef struct gv_model_options {
    size_t struct_size; /**< sizeof(gv_model_options) */
    gv_software software;
    bool host_silicon;      /**< the device is a processor: nothing is known until calibrated */
    double launch_s;        /**< launch and synchronisation of one call; NAN: the vendor's usual */
    gv_link to_device[2];   /**< pageable, pinned; NAN: from the PCIe generation and lanes */
    gv_link from_device[2]; /**< likewise */
    double memory_bytes;    /**< what its driver offers of it; NAN: as specified */
    double array_bytes;     /**< the largest array that it allocates; NAN: any */
    /* What a user knows of the link, in the place of both rates above, or of all: */
    double link_bytes_per_s; /**< of every transfer, each way; NAN: not known */
    double transfer_s; /**< of one call there and back, whatever its size; NAN: by its bytes */
} gv_model_options;

#define GV_MODEL_OPTIONS_INIT                                                                      \
    {                                                                                              \
        sizeof(gv_model_options), GV_SOFTWARE_VENDOR, false, NAN, {{NAN, NAN}, {NAN, NAN}},        \
            {{NAN, NAN}, {NAN, NAN}}, NAN, NAN, NAN, NAN                                           \
    }

typedef struct gv_model gv_model;

/** A model of one device. To be freed with gv_model_free(), which accepts NULL.
 *
 * @param spec        copied; its texts must outlive the model. Absent figures widen the intervals
 * @param options     NULL for the defaults
 * @param[out] out    written only on GV_OK
 * @retval GV_ARGUMENT a figure is zero, negative, infinite or absurd, or neither a peak nor a
 *                     bandwidth is known: err->text names it
 * @retval GV_MEMORY   the host ran out of memory */
GV_API gv_status gv_model_create(const gv_spec *spec, const gv_model_options *options,
                                 gv_model **out, gv_error *err);
GV_API void gv_model_free(gv_model *model);

/** One checked time of the device: a call without transfers, launch included. */
typedef struct gv_point {
    gv_workload workload;
    double call_s;
} gv_point;

/** Fit the model to measurements of its device, in place of an earlier calibration. Points of
 * custom or with a time that is not positive are an error; of more than GV_MAX_POINTS an operation,
 * the first are taken.
 *
 * @retval GV_ARGUMENT a point is none, err->text says which
 * @retval GV_MEMORY   the host ran out of memory */
GV_API gv_status gv_model_calibrate(gv_model *model, const gv_point *points, size_t count,
                                    gv_error *err);
enum { GV_MAX_POINTS = 200 };

/** Lend a calibrated model's corrections to another device of its family (the same architecture,
 * driver and software): a prior, marked by GV_REASON_FAMILY, with the wider interval. In place of
 * an earlier calibration of `to`. GV_ARGUMENT: `from` is not calibrated. */
GV_API gv_status gv_model_lend(gv_model *to, const gv_model *from, gv_error *err);

/** How many measurements of this operation the model is calibrated with. */
GV_API size_t gv_model_points(const gv_model *model, gv_op op);

/** One view (contract: with transfers, weights resident, pinned, kernel only). */
typedef struct gv_view_estimate {
    double transfer_s;             /**< both ways; 0 for kernel only */
    double total_s, low_s, high_s; /**< call and transfer, 80 % interval */
} gv_view_estimate;

typedef struct gv_estimate {
    gv_origin origin;             /**< modelled or calibrated */
    double call_s, low_s, high_s; /**< one call without transfers, launch included; low <= call <=
                                       high; never less than the roof allows */
    double compute_s, memory_s, launch_s; /**< what each alone would take */
    double uncorrected_s; /**< the three, overlapping: the call by the specification alone */
    double roof_s;        /**< no call can be faster: peak and bandwidth */
    double spread;        /**< standard deviation of ln(call_s) behind the interval */
    double shared_spread; /**< the part of it that the model errs by on any device alike */
    double pieces;        /**< into which the work is cut; 1 where it fits */
    uint32_t reasons;     /**< bits of gv_reason */
    gv_term dominant;     /**< what the headline (with transfers) is mostly spent on */
    gv_view_estimate view[GV_VIEW_COUNT];
} gv_estimate;

/** How long a workload takes.
 *
 * @param[out] out  written only on GV_OK; every number in it is finite
 * @retval GV_ARGUMENT     the workload's sizes or given work are not possible
 * @retval GV_UNSUPPORTED  f64 or f16 that the device does not have; work that does not fit into its
 *                         memory and cannot be cut so small */
GV_API gv_status gv_model_estimate(const gv_model *model, const gv_workload *workload,
                                   gv_estimate *out, gv_error *err);

/** One line of the arithmetic behind an estimate. */
typedef struct gv_step {
    char name[48];    /**< "memory" */
    double value;     /**< SI */
    const char *unit; /**< "s", "flop/s", "B", ""; static text */
    char how[144];    /**< "traffic / (0.86 * bandwidth)" */
} gv_step;

/** The arithmetic of gv_model_estimate(), line by line. Writes the first `most` lines and sets
 * `count` to how many there are (below 40). Statuses as gv_model_estimate(). */
GV_API gv_status gv_model_explain(const gv_model *model, const gv_workload *workload, gv_step *out,
                                  size_t most, size_t *count, gv_error *err);

/** Choose the `want` workloads whose times would lower the model's uncertainty over all candidates
 * most; needs no times. Candidates that cannot be estimated are never chosen.
 *
 * @param[out] chosen   indices into `candidates`, in the order in which they help
 * @return how many were chosen: `want`, or fewer where there are no more; 0 when out of memory */
GV_API size_t gv_model_choose(const gv_model *model, const gv_workload *candidates, size_t count,
                              size_t want, size_t *chosen);

/** A comparison of two times has four answers: code, word. */
#define GV_ORDER_MAP(X)                                                                            \
    X(FASTER, "faster")                                                                            \
    X(SAME, "same")                                                                                \
    X(SLOWER, "slower")                                                                            \
    X(UNDECIDED, "undecided")

typedef enum gv_order {
#define GV_ORDER_ENUM(code, word) GV_ORDER_##code,
    GV_ORDER_MAP(GV_ORDER_ENUM)
#undef GV_ORDER_ENUM
        GV_ORDER_COUNT
} gv_order;

/** A time with what is known of its error. A measured one has shared_spread 0. */
typedef struct gv_rated_time {
    double time_s;
    double spread;        /**< standard deviation of its logarithm; 0: exact */
    double shared_spread; /**< <= spread: error that another estimate of this workload has alike */
} gv_rated_time;

/** Is A faster than B on the same workload? What both err by alike is counted once.
 *
 * @param[out] probability  that A's true time is the lower one; may be NULL
 * @return FASTER or SLOWER with a probability of at least 0.9 that A is so, SAME where both are
 *         within 5 % with that probability, else UNDECIDED; UNDECIDED where a time is absent */
GV_API gv_order gv_compare_times(gv_rated_time a, gv_rated_time b, double *probability);
/** The estimate's call without transfers, and the total of one view, as rated times. */
GV_API gv_rated_time gv_estimate_rated(const gv_estimate *estimate, gv_view view);

/** What the other side (the host) takes for a workload. */
typedef struct gv_rival {
    double time_s; /**< NAN: not known */
    double spread; /**< standard deviation of its logarithm */
    bool measured; /**< of this very workload: stays as it is, whatever its neighbours take */
} gv_rival;

typedef gv_rival (*gv_rival_time)(void *user, const gv_workload *workload);

/** Both sides at one of the sizes that a break-even looks at. NAN where one is not known. */
typedef struct gv_rung {
    gv_workload workload;
    double scale;  /**< its true one: sizes are whole numbers, and of fft powers of two */
    double spread; /**< of the device's time, as of gv_estimate */
    double rival_s;
    gv_view_estimate view[GV_VIEW_COUNT];
} gv_rung;

/** 2^-12 to 2^12 times the size asked for by halves of a doubling; that size is the middle one. */
enum { GV_RUNGS = 49 };

/** Both sides at all sizes of a break-even, GV_RUNGS of them. More work takes no less time: where
 * corrections by distant measurements say otherwise, what stands in each other's way is levelled,
 * what is less certain by more; only measured times fall. Statuses as gv_model_estimate(). */
GV_API gv_status gv_model_ladder(const gv_model *model, const gv_workload *workload,
                                 gv_rival_time rival, void *user, gv_rung *out, gv_error *err);

/** At which sizes a device wins. */
typedef enum gv_break_even_kind {
    GV_BREAK_EVEN_ALWAYS,  /**< at every size looked at */
    GV_BREAK_EVEN_NEVER,   /**< at none of them */
    GV_BREAK_EVEN_FROM,    /**< from `workload` on */
    GV_BREAK_EVEN_BETWEEN, /**< from `workload` to `last`, and not at the largest */
    GV_BREAK_EVEN_UNKNOWN  /**< the rival's time is not known */
} gv_break_even_kind;

typedef struct gv_break_even {
    gv_break_even_kind kind;
    gv_workload workload; /**< FROM, BETWEEN: the smallest that wins, as all do to the end */
    gv_workload last;     /**< BETWEEN: the largest that wins; else the largest looked at */
    bool cut;             /**< larger ones are too far from all that was measured to look at */
    double scale;         /**< FROM, BETWEEN: where the times cross below `workload`, over the size
                               asked for (see gv_workload_scale); between two sizes where no workload
                               lies there, as in fft's powers of two; 0 where the smallest size wins;
                               else NAN */
    double low, high;     /**< the scale of FROM if every device time were its low, its high; 0 for
                               always, INFINITY for none from which on; NAN where it is UNKNOWN */
} gv_break_even;

/** At which sizes the device beats the rival in a view by more than 5 % (within which two times
 * are the same), over those of gv_model_ladder() that fit into sensible numbers and, of a
 * calibrated model, are not far from all measured ones. Statuses as gv_model_estimate().
 */
GV_API gv_status gv_model_break_even(const gv_model *model, const gv_workload *workload,
                                     gv_view view, gv_rival_time rival, void *user,
                                     gv_break_even *out, gv_error *err);

/** "vendor", its meaning; "compute", its remedy; "faster". Static texts, "?" for none. */
GV_API const char *gv_software_key(gv_software software);
GV_API const char *gv_software_meaning(gv_software software);
GV_API const char *gv_term_key(gv_term term);
GV_API const char *gv_term_remedy(gv_term term);
GV_API const char *gv_order_word(gv_order order);
/** Reason of bit `index`; NULL past the last. Static text. */
GV_API const char *gv_reason_text(uint32_t index);
/** Which data the constants come from: "shared/data/published, SHA-256 …". Static text. */
GV_API const char *gv_model_source(void);

#ifdef __cplusplus
}
#endif
#endif
