/* SPDX-License-Identifier: Apache-2.0 */
/* Which workloads of a suite to measure so that the estimator learns most. */
#ifndef GPUVERDICT_CLI_SHAPES_H
#define GPUVERDICT_CLI_SHAPES_H

#include "bench/suite.h"

/** The `want` workloads of the suite whose times say most of all others, best first; fewer where it
 * has no more.
 *
 * @param[out] out  texts of the suite; to be freed with free(), the texts not
 * @retval GV_MEMORY the host ran out of memory */
gv_status gv_cli_choose_shapes(const gv_suite *suite, size_t want, const char ***out, size_t *count,
                               gv_error *err);

#endif
