/* SPDX-License-Identifier: Apache-2.0 */
/* From which size on each device beats the host, and the curves that cross there.
 *
 *     forecast, ranked dataset -> [a ladder of sizes for each operation] -> break_even, curves
 *
 * All by the models, calibrated where journals measured the operation on the device or one that
 * tells of it, so that a curve is of one kind. */
#ifndef GPUVERDICT_REPORTS_CROSSINGS_H
#define GPUVERDICT_REPORTS_CROSSINGS_H

#include "reports/forecast.h"

enum { GV_CURVE_POINTS = 11, GV_GROWTHS = 4 };

/** What grows from one size to the next. */
typedef struct gv_growth {
    const char *workload; /**< in the middle of the ladder */
    int doublings;        /**< of gv_workload_scale(), from one size to the next */
    const char *title;    /**< "Product of square matrices" */
    const char *size;     /**< what a size counts: "rows and columns" */
} gv_growth;

/** One size. NAN where the device cannot, or the host's time is not known. */
typedef struct gv_curve_point {
    gv_workload workload;
    double size;
    gv_origin host_origin;
    double host_s;
    double total_s, low_s, high_s; /**< with transfers, 80 % interval */
    double call_s;                 /**< kernel only */
} gv_curve_point;

/** One device and operation. */
typedef struct gv_crossing {
    uint32_t device; /**< among the dataset's, a ranked one */
    const gv_growth *growth;
    gv_origin origin; /**< of the device's times: calibrated or modelled */
    gv_break_even transfers, kernel_only;
    gv_curve_point points[GV_CURVE_POINTS];
} gv_crossing;

/** What of a workload grows: rows and columns, images, points, batch. NAN of custom. */
double gv_growth_size(const gv_workload *workload);

/** "from 145", "at every size", "at every size up to 8,192", "up to 128", "from 16 to 128"; ""
 * where the host's time is not known. Returns `text`. */
enum { GV_CROSSING_TEXT = 80 };
char *gv_crossing_text(const gv_break_even *even, char text[GV_CROSSING_TEXT]);

/** All ranked devices that the forecast can be asked about, in the order of ranks, each with every
 * operation that the host was measured at.
 *
 * @param[out] out  `count` of them, freed by the caller; not NULL where there are none, as without
 *                  a host that was measured
 * @retval GV_MEMORY */
gv_status gv_crossings_find(gv_forecast *forecast, const gv_dataset *dataset, gv_crossing **out,
                            uint32_t *count, gv_error *err);

#endif
