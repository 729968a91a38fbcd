/* SPDX-License-Identifier: Apache-2.0 */
/* From journals to what is ranked: which records count, speed-ups, the mean of each device.
 *
 *     journals -> [dataset] -> tables -> xlsx | csv | json
 *                           -> summary on a terminal
 *
 * The rules (what the records mean: bench/README.md):
 * - The newest run of a (device, driver, workload) ranks; older ones only stay in the tables. A run
 *   that might not use all of the device's memory ranks only where no other has a time.
 * - Processes of a run combine: the median of their medians. The interval of a speed-up is the
 * range over all of them, and exists only where each has one.
 * - The baseline is the host of the same run and process. With transfers and kernel only are both
 *   compared with the host's one time: the host moves nothing.
 * - A card is its PCI address on its host (else its UUID, else its key). Seen through two drivers
 * it is ranked once, through the better one.
 * - A device's mean is geometric, over the workloads that every ranked device answered. What was
 * not answered is shown and never counted. */
#ifndef GPUVERDICT_REPORTS_DATASET_H
#define GPUVERDICT_REPORTS_DATASET_H

#include "base/support.h"
#include "bench/journal.h"
#include "bench/roof_rule.h"
#include "reports/ids.h"
#include <gpuverdict/catalogue.h>
#include <gpuverdict/estimate.h>

/** A quotient of two times and the range of its block ratios; NAN where there is none. */
typedef struct gv_ratio {
    double value, low, high;
} gv_ratio;

/** A run, in the order of time; its position + 1 is the run's number in all tables. */
typedef struct gv_dataset_run {
    const char *run;             /**< UUID */
    const gv_run_record *record; /**< NULL where the journal lost it */
    const gv_end_record *end;    /**< NULL where the run was killed */
    uint32_t host;               /**< among the dataset's hosts; GV__NONE where unknown */
} gv_dataset_run;

/** A host, by its name and processor. */
typedef struct gv_dataset_host {
    const gv_device_record *record; /**< the newest */
    const char *label;              /**< its processor, with the host's name where several differ */
    gv_roof roof; /**< the highest of its records, and of devices on its silicon */
} gv_dataset_host;

/** A device through one driver. */
typedef struct gv_dataset_device {
    const char *key;
    const gv_device_record *record; /**< the newest; NULL where the journal lost it */
    const char *label;              /**< name, with what tells it from others of the same name */
    const char *driver;             /**< platform and driver version */
    uint32_t host;                  /**< among the dataset's hosts, or GV__NONE */
    gv_roof roof;                   /**< the highest of its records: a probe can be disturbed but
                                         never too fast. On the host's silicon, the host's */
    uint32_t card;                  /**< devices with the same number are one card */
    uint32_t better; /**< the device that ranks in its place: the same card through another driver;
                          GV__NONE where there is none */
    uint32_t rank;   /**< 1 is the fastest; 0: not ranked */
    uint32_t first_place, last_place;  /**< where it may stand, as far as intervals overlap; 0: not
                                            ranked */
    uint32_t answered;                 /**< workloads with a headline speed-up */
    uint32_t origins[GV_ORIGIN_COUNT]; /**< how many of those in its means are of each; of all
                                            answered where there are no means; of all its times
                                            where no host is beside them */
    gv_origin origin;                  /**< the least certain of these; ABSENT without a time */
    gv_ratio headline; /**< geometric means over the common workloads; the interval is that of the
                            ends of the intervals, where every workload has one */
    gv_ratio kernel_only;
    const struct gv_side *side; /**< that was asked for what was not measured; NULL: none was. It is
                                     a device of the catalogue where `record` is NULL, too */
} gv_dataset_device;

/** A workload, those that every ranked device answered first. */
typedef struct gv_dataset_workload {
    const char *text;  /**< canonical */
    double flop;       /**< work of one call; NAN where the text could not be read */
    uint32_t answered; /**< ranked devices with a headline speed-up */
    bool common;       /**< counts in the means */
} gv_dataset_workload;

/** The records of one process: positions in the journal's measurements. */
typedef struct gv_dataset_member {
    uint32_t device; /**< GV__NONE where the device's time is an estimate */
    uint32_t host;   /**< GV__NONE where the host has no time */
} gv_dataset_member;

/** What one device did with one workload, in the run that ranks; or would do. */
typedef struct gv_dataset_pair {
    uint32_t device, workload;
    uint32_t run;          /**< GV__NONE: an estimate */
    uint32_t first, count; /**< among the dataset's members: one for each process */
    uint32_t flags;        /**< of all processes */
    gv_origin origin;      /**< of the device's times: measured, calibrated, modelled */
    const struct gv_estimated *estimated; /**< reports/estimates.h; NULL: measured */
    double host_s;                        /**< NAN where the host has no time */
    double stage_s[GV_STAGE_COUNT];       /**< with transfers; of an estimate the total alone */
    double transfer_s;                    /**< both ways, within that total */
    double kernel_only_s;
    gv_ratio headline, kernel_only; /**< speed-ups over the host */
} gv_dataset_pair;

/** An incident, and what it is about; GV__NONE where nothing applies. */
typedef struct gv_dataset_incident {
    const gv_incident *record;
    uint32_t run, device, workload, order;
} gv_dataset_incident;

/** A ceiling, and whose it is. */
typedef struct gv_dataset_ceiling {
    const gv_ceiling *record;
    uint32_t run, device;
} gv_dataset_ceiling;

typedef struct gv_dataset {
    const gv_journal *journal; /**< borrowed */
    /** The data sheets that ceilings are held against; borrowed, set by the caller. NULL: the
     * program's own. */
    const gv_catalogue *catalogue;
    gv_dataset_run *runs;
    uint32_t run_count;
    gv_dataset_host *hosts;
    uint32_t host_count;
    gv_dataset_device *devices; /**< ranked ones first, in the order of their ranks */
    uint32_t device_count, ranked_count;
    gv_dataset_workload *workloads;
    uint32_t workload_count, common_count;
    gv_dataset_pair *pairs; /**< by device, then by workload */
    uint32_t pair_count;
    gv_dataset_member *members;
    uint32_t member_count;
    uint32_t *run_of;    /**< of each measurement; GV__NONE: not in the runs that were asked for */
    uint32_t *device_of; /**< of each measurement; GV__NONE for the host */
    bool *counts;        /**< of each measurement: it stands behind a ranked number */
    gv_dataset_incident *incidents; /**< by device, workload, then as recorded */
    uint32_t incident_count;
    gv_dataset_ceiling *ceilings; /**< as recorded */
    uint32_t ceiling_count;
    const struct gv_crossing *crossings; /**< reports/crossings.h; NULL: nobody asked; none of them
                                              where no host was measured */
    uint32_t crossing_count;
    char **texts; /**< owned labels */
    uint32_t text_count;
} gv_dataset;

/** Find what counts.
 *
 * @param journal  borrowed; must outlive the dataset
 * @param run      UUID of the one run to look at; NULL: all
 * @param[out] out written only on GV_OK; free with gv_dataset_free()
 * @retval GV_MEMORY
 * @retval GV_ARGUMENT more than 2^32 - 2 records */
gv_status gv_dataset_build(const gv_journal *journal, const char *run, gv_dataset *out,
                           gv_error *err);
void gv_dataset_free(gv_dataset *dataset);

/** What `device` did with `workload`; NULL where it has no checked time. */
const gv_dataset_pair *gv_dataset_find(const gv_dataset *dataset, uint32_t device,
                                       uint32_t workload);

/** Why `device` has no time for `workload`: the last incident; NULL where none is recorded. */
const gv_incident *gv_dataset_why(const gv_dataset *dataset, uint32_t device, uint32_t workload);

/** True if any ranked device computes on the host's own silicon. */
bool gv_dataset_has_host_silicon(const gv_dataset *dataset);

/** The flags of a measurement that others or the machine disturbed. */
enum { GV_DISTURBED = GV_FLAG_NOISY | GV_FLAG_UNSTEADY | GV_FLAG_THROTTLED };

/** How many of the measurements behind ranked numbers were disturbed; without a ranked device, of
 * all that were asked for. */
typedef struct gv_dataset_noise {
    uint32_t measurements, affected;
    uint32_t flags; /**< those of GV_DISTURBED that occur */
} gv_dataset_noise;

gv_dataset_noise gv_dataset_find_noise(const gv_dataset *dataset);

/** True where the range of a ratio holds 1: either may be faster. */
bool gv_ratio_holds_one(const gv_ratio *ratio);

/** "measured", or "measured 7, modelled 1" where its mean is made of both. */
void gv_dataset_add_origins(const gv_dataset_device *device, gv__text *text);

/** True if a device was asked for what was not measured. */
bool gv_dataset_has_estimates(const gv_dataset *dataset);

/** True where a device has times and the host has none beside any of them: no speed-up. */
bool gv_dataset_lacks_host(const gv_dataset_device *device);

/** Who computed a measured pair, in its first process: "gpuverdict direct a558c9a8 in 7 pieces"; ""
 * of an estimate. */
const char *gv_dataset_provider(const gv_dataset *dataset, const gv_dataset_pair *pair);

/** True where a pair's work was larger than the device and was measured in pieces. */
bool gv_dataset_is_cut(const gv_dataset *dataset, const gv_dataset_pair *pair);

/** How close the kernel alone of a measured pair came to the roof of its device; NAN of an
 * estimate, and where no kernel alone was measured. */
gv__roof_share gv_dataset_roof_share(const gv_dataset *dataset, const gv_dataset_pair *pair);

/** How many of a device's measured pairs are of runs that might not use all of its memory, and the
 * lowest limit among them; NAN for none. */
typedef struct gv_dataset_limit {
    uint32_t pairs, of;
    double bytes;
} gv_dataset_limit;

gv_dataset_limit gv_dataset_find_limit(const gv_dataset *dataset, uint32_t device);

/** Bytes of a device's memory that a run might use at most; NAN: all of it, or `run` is GV__NONE.
 */
double gv_dataset_memory_cap(const gv_dataset *dataset, uint32_t run);

/** Share of transfers in the headline time of a pair, 0 to 1; NAN where that is not known. */
double gv_dataset_transfer_share(const gv_dataset_pair *pair);

#endif
