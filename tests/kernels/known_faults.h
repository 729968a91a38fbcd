/* SPDX-License-Identifier: Apache-2.0 */
/* What libraries and drivers are known to do wrong, so that tests tell it from faults of ours.
 *
 * The program needs no such list: it checks every result, and what is wrong or fails is replaced. A
 * test that meets a known fault says so and goes on. tests/sweep/README.md shows the list. */
#ifndef GPUVERDICT_TESTS_KNOWN_FAULTS_H
#define GPUVERDICT_TESTS_KNOWN_FAULTS_H

#include <gpuverdict/device.h>
#include <gpuverdict/workload.h>

typedef struct known_fault {
    const char *provider;          /**< its name */
    const char *platform, *driver; /**< parts of the device's facts; "" fits all */
    const char *workload;          /**< the smallest known that shows it */
    const char *sign;              /**< part of what is then said; "" fits all */
} known_fault;

/** The fault that explains why `provider` failed or was wrong, or NULL.
 * @param said  an error's text, or what the check found; NULL where that is not known */
const known_fault *known_fault_find(const char *provider, const gv_device *facts,
                                    const gv_workload *workload, const char *said);

#endif
