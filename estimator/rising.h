/* SPDX-License-Identifier: Apache-2.0 */
/* More work takes no less time. */
#ifndef GPUVERDICT_ESTIMATOR_RISING_H
#define GPUVERDICT_ESTIMATOR_RISING_H

#include <stddef.h>

enum { GV__RISING_MOST = 64 };

/** Level times of growing work that fall: the closest ones that rise, in the squares of their
 * logarithms.
 *
 * @param time_s  positive, `count` of them, GV__RISING_MOST at most
 * @param weight  one over a variance; INFINITY: stays as it is, and others go around it */
void gv__make_rising(double *time_s, const double *weight, size_t count);

#endif
