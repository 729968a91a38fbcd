/* SPDX-License-Identifier: Apache-2.0 */
/* Whether two measurements of one journal are the same, to the last bit. */
#ifndef GPUVERDICT_TESTS_BENCH_SAME_MEASUREMENT_H
#define GPUVERDICT_TESTS_BENCH_SAME_MEASUREMENT_H

#include <gpuverdict/measurement.h>
#include <string.h>

static inline bool same_number(double a, double b)
{
    return (gv_is_absent(a) && gv_is_absent(b)) || memcmp(&a, &b, sizeof a) == 0;
}

static inline bool same_view(const gv_view_times *a, const gv_view_times *b)
{
    bool same = a->samples == b->samples && a->calls == b->calls && a->outliers == b->outliers &&
                same_number(a->min_s, b->min_s) && same_number(a->speedup_low, b->speedup_low) &&
                same_number(a->speedup_high, b->speedup_high);
    for (int s = 0; s < GV_STAGE_COUNT; s++) {
        same = same && same_number(a->stage[s].median_s, b->stage[s].median_s) &&
               same_number(a->stage[s].low_s, b->stage[s].low_s) &&
               same_number(a->stage[s].high_s, b->stage[s].high_s);
    }
    return same;
}

/** Texts by their address: those of one journal are interned. */
static inline bool same_measurement(const gv_measurement *a, const gv_measurement *b)
{
    bool same = a->run == b->run && a->device == b->device && a->provider == b->provider &&
                a->workload == b->workload && a->parameters == b->parameters &&
                a->check == b->check && a->clock == b->clock && a->process == b->process &&
                a->flags == b->flags && same_number(a->error_rel, b->error_rel) &&
                same_number(a->bound_rel, b->bound_rel);
    for (int c = 0; c < GV_COST_COUNT; c++) {
        same = same && same_number(a->cost_s[c], b->cost_s[c]);
    }
    for (int v = 0; v < GV_VIEW_COUNT; v++) {
        same = same && same_view(&a->view[v], &b->view[v]);
    }
    return same;
}

#endif
