/* SPDX-License-Identifier: Apache-2.0 */
/* Workloads as people read them. */
#ifndef GPUVERDICT_REPORTS_BRIEF_H
#define GPUVERDICT_REPORTS_BRIEF_H

#include <gpuverdict/workload.h>

enum { GV__BRIEF = GV_WORKLOAD_TEXT + 32 };

/** "conv2d 1×64×56×56→64 3×3 pad=1x1": the sizes that are always there by their places, what is
 * left as in the canonical form. A text that cannot be read stays as it is. `text` may be returned,
 * or `canonical`. */
const char *gv__workload_brief(const char *canonical, char text[GV__BRIEF]);

#endif
