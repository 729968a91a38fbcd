/* SPDX-License-Identifier: Apache-2.0 */
/* A device that is not here, by the facts that sizes are chosen by. */
#ifndef GPUVERDICT_TESTS_DRESSED_DEVICE_H
#define GPUVERDICT_TESTS_DRESSED_DEVICE_H

#include "base/support.h"
#include <gpuverdict/device.h>

/** With local memory of its own. NAN: the driver does not tell. */
static inline gv_device dressed_device(const char *type, double units, double work_group,
                                       double local_bytes)
{
    gv_device facts = {.index = 0};
    for (size_t i = 0; i < GV_DEVICE_FACT_COUNT; i++) {
        facts.fact[i].error = GV_FACT_ABSENT;
    }
    const struct {
        gv_device_fact fact;
        const char *text;
        double number;
    } known[] = {
        {GV_DEVICE_TYPE, type, 0},
        {GV_DEVICE_LOCAL_MEM_TYPE, "dedicated", 0},
        {GV_DEVICE_COMPUTE_UNITS, "", units},
        {GV_DEVICE_MAX_WORK_GROUP, "", work_group},
        {GV_DEVICE_LOCAL_MEM, "", local_bytes},
    };
    for (size_t i = 0; i < GV__COUNT(known); i++) {
        gv_fact *fact = &facts.fact[known[i].fact];
        *fact = (gv_fact){.number = known[i].number};
        gv__copy_text(fact->text, sizeof fact->text, known[i].text);
    }
    return facts;
}

#endif
