/* SPDX-License-Identifier: Apache-2.0 */
/* How far apart this process's cores are. It is fixed on a machine of its own; the host of a
 * virtual machine moves cores about while they measure, from one part of the chip to another. What
 * cores hand to each other then takes several times as long, and memory is read faster, through two
 * parts' links instead of one. */
#ifndef GPUVERDICT_BENCH_CORE_DISTANCE_H
#define GPUVERDICT_BENCH_CORE_DISTANCE_H

#include <stdbool.h>

/** So long a core that was idle needs to reach its clock, with some to spare. */
#define GV__CORES_AWAKE_S 10e-3

/** Seconds from a store on one core to its being seen on another: the most between the first core
 * that this process may use and up to seven others, each the least of several rallies. NAN where
 * there is one core only, threads cannot be placed, or others keep the cores.
 *
 * @param awake_s  each pair of cores plays at least so long: GV__CORES_AWAKE_S, or 0 for a look
 *                 that takes 1 to 10 ms on a quiet machine, but finds cores with low clocks farther
 *                 apart than they are. Half a second longer at most, where others are at work */
double gv__core_distance_s(double awake_s);

/** Whether the cores lie otherwise: one is more than twice the other. False where one is NAN. */
bool gv__core_distance_differs(double one_s, double other_s);

#endif
