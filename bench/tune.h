/* SPDX-License-Identifier: Apache-2.0 */
/* `gpuverdict tune`: a search for each device and workload, kept in the tuning file.
 *
 *     inventory, selection, workloads -> [tune] -> tuning file, what was gained */
#ifndef GPUVERDICT_BENCH_TUNE_H
#define GPUVERDICT_BENCH_TUNE_H

#include "bench/runner.h"
#include "bench/tuner.h"

/** Start with `{.struct_size = sizeof options}`. */
typedef struct gv_tune_options {
    size_t struct_size;
    const char *const *workloads; /**< canonical */
    size_t workload_count;
    const char *output;   /**< path of the tuning file; NULL: the usual one */
    double time_budget_s; /**< shared among devices and workloads; INFINITY: GV_TUNE_S for each */
    uint64_t seed;
    gv_run_progress progress;
} gv_tune_options;

/** Seconds of a search where no budget says otherwise. */
#define GV_TUNE_S 10.0

/** One search that came to its end. */
typedef struct gv_tune_row {
    const gv_device *device;
    gv__search search;
} gv_tune_row;

/** Start with `{0}`. */
typedef struct gv_tune_result {
    gv_tune_row *rows; /**< device by device; in the order of the workloads */
    size_t count;
    uint32_t usable_devices; /**< that could be opened */
    bool budget_spent;       /**< not everything was searched */
    char path[4096];         /**< the file */
} gv_tune_result;

/** Search. Each class is saved as soon as it is found.
 *
 * @param[out] out  also filled on GV_INTERRUPTED; to be freed
 * @retval GV_ARGUMENT     there is no place for the file
 * @retval GV_IO, GV_FORMAT, GV_UNSUPPORTED  the file cannot be read or written: before any work, or
 *                         in the middle (what was saved stays)
 * @retval GV_INTERRUPTED, GV_MEMORY */
gv_status gv_tune(const gv_inventory *inventory, const gv_selection *selection,
                  const gv_tune_options *options, gv_tune_result *out, gv_error *err);
void gv_tune_result_free(gv_tune_result *result);

#endif
