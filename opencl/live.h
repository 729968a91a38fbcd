/* SPDX-License-Identifier: Apache-2.0 */
/* Counts what this room hands out, so that tests find what was not given back. */
#ifndef GPUVERDICT_OPENCL_LIVE_H
#define GPUVERDICT_OPENCL_LIVE_H

/** Add to the count: 1 for an object made, -1 for one released. Any thread. */
void gv__live_add(int change);

#endif
