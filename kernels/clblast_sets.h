/* SPDX-License-Identifier: Apache-2.0 */
/* What CLBlast's two kernels for a matrix product are tuned by: which sets may be, and which of
 * them are worth a try. Pure arithmetic; CLBlast itself is not asked.
 *
 *     device facts + workload -> candidate -> [set, checked and complete] -> clblast_override.h
 *
 * A set belongs to one of the kernels and has all calls go there: "Xgemm", which wants its operands
 * copied into blocks, or "XgemmDirect", which reads them where they lie. Tunables have CLBlast's
 * own names; those that are not named here are tied to others or fixed, as in its tuner's short
 * list. */
#ifndef GPUVERDICT_KERNELS_CLBLAST_SETS_H
#define GPUVERDICT_KERNELS_CLBLAST_SETS_H

#include "kernels/parameters.h"
#include <gpuverdict/device.h>
#include <gpuverdict/workload.h>

/** All tunables of one kernel, as CLBlast takes them. `{0}`: CLBlast's own choice. */
typedef struct gv__clblast_set {
    const char *kernel; /**< "Xgemm" or "XgemmDirect"; NULL: its own */
    uint32_t count;
    const char *name[GV__MAX_PARAMETERS];
    size_t value[GV__MAX_PARAMETERS];
} gv__clblast_set;

/** gv__device_provider's candidate(): number 0 is the empty set, CLBlast's own choice. The kernel
 * that the size is likelier for goes ahead, then both in turn. */
bool gv__clblast_candidate(const gv_device *facts, const gv_workload *workload, uint32_t index,
                           gv__parameters *out);

/** Complete a set; NULL and an empty one are CLBlast's own.
 * @retval GV_UNSUPPORTED  it is of no kernel, or of both; a tunable is missing or out of range;
 * sizes do not divide each other as the kernel needs; the device's work-groups or local memory are
 * too small. Nothing was changed */
gv_status gv__clblast_complete(const gv_device *facts, gv_precision precision,
                               const gv__parameters *set, gv__clblast_set *out, gv_error *err);

#endif
