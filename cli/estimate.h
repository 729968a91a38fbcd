/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of `gpuverdict estimate`. */
#ifndef GPUVERDICT_CLI_ESTIMATE_H
#define GPUVERDICT_CLI_ESTIMATE_H

#include "cli/options.h"
#include "reports/forecast.h"

/** The original's question, from its words; figures that were not given are NAN. */
gv_simple_question gv_cli_simple_question(const gv_cli_options *options);

/** Answer by the original's model. @return an exit code */
int gv_cli_estimate_simple(const gv_cli_options *options);

/** Print answers as one JSON object. @return an exit code */
int gv_cli_estimate_json(const gv_cli_options *options, const gv_forecast *forecast,
                         const gv_answer *answers, size_t count);

#endif
