/* SPDX-License-Identifier: Apache-2.0 */
/* Questions about devices that are not here, answered for people, programs and workbooks.
 *
 *     catalogue, journals -> [sides: a model of each device, one of the host] -> answer
 *
 * A side is what is known of one device: its data sheet, and what journals measured of it. The host
 * is one too, known by measurements alone. */
#ifndef GPUVERDICT_REPORTS_FORECAST_H
#define GPUVERDICT_REPORTS_FORECAST_H

#include "base/support.h"
#include "reports/dataset.h"
#include "reports/forecast_host.h"
#include <gpuverdict/catalogue.h>
#include <gpuverdict/model.h>

/** One device, ready to be asked. */
typedef struct gv_side {
    const char *name; /**< as the catalogue or the journal has it */
    gv_spec spec;     /**< of a journal's device that the catalogue lacks: what was probed */
    gv_software software;
    gv_model_options options; /**< that the model was made with */
    gv_model *model;
    size_t points;           /**< measurements it is calibrated with */
    const char *lent_by;     /**< the device of its family that lent its calibration; else NULL */
    const char *measured_as; /**< the journal's device that calibrated it; else NULL */
    uint32_t device;         /**< among the dataset's; GV__NONE where no journal has it */
} gv_side;

typedef struct gv_forecast gv_forecast;

/** What the user knows of the link to a device; NAN where not. */
typedef struct gv_given_link {
    double bytes_per_s; /**< each way */
    double transfer_s;  /**< of a call there and back, whatever its size */
} gv_given_link;

/** What is common to all questions. NAN where not given. */
typedef struct gv_forecast_options {
    gv_software software; /**< that devices without measurements run */
    double cpu_factor;    /**< how many times slower the CPU is than the journals' host; 1 */
    bool like_measured;   /**< but those of a family that journals measured run what it ran, so that
                               they can be compared with it */
    const gv_given_link *link; /**< NULL: of the data sheet, or as measured */
    const char *host; /**< words of the host's label or name; NULL: the one measured most */
} gv_forecast_options;

/** Read what the journals measured.
 *
 * @param catalogue  borrowed
 * @param dataset    borrowed; NULL: no journal
 * @param[out] out   freed with gv_forecast_free(), which accepts NULL
 * @retval GV_MEMORY, GV_ARGUMENT */
gv_status gv_forecast_create(const gv_catalogue *catalogue, const gv_dataset *dataset,
                             const gv_forecast_options *options, gv_forecast **out, gv_error *err);
void gv_forecast_free(gv_forecast *forecast);

/** The side of a device, by a name of the catalogue or of a journal's device; made once, lives as
 * long as the forecast.
 *
 * @param launch_s  launch and synchronisation cost of a call; NAN: the model's own
 * @retval GV_ARGUMENT  unknown or ambiguous, or its specification cannot be true */
gv_status gv_forecast_side(gv_forecast *forecast, const char *name, double launch_s,
                           const gv_side **out, gv_error *err);

/** What the host takes for a workload. */
typedef struct gv_cpu_time {
    gv_origin origin; /**< absent, measured or calibrated */
    double time_s;
    double low_s, high_s; /**< measured: 95 % of its median, NAN with too few blocks; else 80 % */
    double spread;        /**< standard deviation of ln(time_s), measured again another day */
} gv_cpu_time;

gv_cpu_time gv_forecast_cpu(const gv_forecast *forecast, const gv_workload *workload);

/** The journals' host, "AMD EPYC"; NULL where none was measured. */
const char *gv_forecast_host(const gv_forecast *forecast);
/** What was measured of it. Lives as long as the forecast. */
const gv__host *gv_forecast_host_times(const gv_forecast *forecast);

/** One workload on one device against the host. */
typedef struct gv_answer {
    gv_workload workload;
    const gv_side *side;
    gv_estimate device;           /**< intervals: 80 %; of a measured view 95 % of its median, NAN
                                       with too few blocks */
    bool measured[GV_VIEW_COUNT]; /**< views that a journal measured of this device */
    bool beside;                  /**< and the CPU in the same run: the speed-ups of these views
                                       have the range of that run's block ratios */
    gv_cpu_time cpu;
    gv_ratio speedup[GV_VIEW_COUNT]; /**< with its 80 % interval; NAN without a CPU */
    double wins;                     /**< probability that the headline is above 1; NAN */
    gv_verdict verdict;              /**< of the headline */
} gv_answer;

/** What a journal measured of this device and workload stands in the place of the model's, with
 * transfers and kernel only at least, and the CPU's time of the same run where the forecast's CPU
 * is that host. Behind a link that the user gave, only the call is what was measured.
 * @retval GV_ARGUMENT, GV_UNSUPPORTED  as gv_model_estimate() */
gv_status gv_forecast_answer(const gv_forecast *forecast, const gv_side *side,
                             const gv_workload *workload, gv_answer *out, gv_error *err);

/** The time of a view as gv_compare_times() takes it, a measured one as if measured again another
 * day; its origin. */
gv_rated_time gv_answer_rated(const gv_answer *answer, gv_view view);
gv_origin gv_answer_origin(const gv_answer *answer, gv_view view);

/** The device and the host at all sizes of a break-even. As gv_model_ladder(). */
gv_status gv_forecast_ladder(const gv_forecast *forecast, const gv_side *side,
                             const gv_workload *workload, gv_rung *out, gv_error *err);

/** At which sizes the device beats the host. As gv_model_break_even(). */
gv_status gv_forecast_break_even(const gv_forecast *forecast, const gv_answer *answer, gv_view view,
                                 gv_break_even *out, gv_error *err);

/** "at every size", "at no size"; NULL where it is at some sizes alone, or not known. Static text.
 */
const char *gv_forecast_extent(gv_break_even_kind kind);

#endif
