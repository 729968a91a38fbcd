/* SPDX-License-Identifier: Apache-2.0 */
/* One transform that does not fit into a device, cut by four steps: pure arithmetic, as cut.h.
 *
 * Its N = P * Q points are a matrix of P rows. With n = Q p + q and k = p' + P q',
 *
 *     1. transform the columns (P points each):   T[q][p'] = sum of x[p][q] w_P^(p p')
 *     2. turn T[q][p'] by w_N^(q p')
 *     3. transform the columns of T (Q points):   X[q'][p'] = sum of T[q][p'] w_Q^(q q')
 *
 * and X, read row by row, is the result. The first pass is step 1, column after column; its output
 * lies where the result will. The second pass takes columns of that, does steps 2 and 3, and puts
 * them back where they were, so that no room is needed beside input and output. The fourth step is
 * that a device turns columns to rows and back, since providers transform rows. */
#ifndef GPUVERDICT_BASE_CUT_SPLIT_H
#define GPUVERDICT_BASE_CUT_SPLIT_H

#include "base/cut.h"

/** Split each transform of `cut->whole` and fill in all but whole and operands, which are there.
 * False where it is not complex along one axis, where its length is prime, or where not even a
 * column fits. */
bool gv__split_find(gv__cut *cut, double array_bytes, double all_bytes);

/** As those without split_: gv__cut_piece(), gv__cut_largest(), gv__cut_bytes(). */
gv__piece gv__split_piece(const gv__cut *cut, uint64_t index);
gv_workload gv__split_largest(const gv__cut *cut);
double gv__split_bytes(const gv__cut *cut);

#endif
