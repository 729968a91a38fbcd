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

/** What was asked and has no estimate. */
typedef struct gv_no_answer {
    gv_workload workload;
    const gv_side *side;
    gv_error why; /**< GV_UNSUPPORTED: it cannot be done there, which is an answer as well */
} gv_no_answer;

/** What all questions came to. */
typedef struct gv_answers {
    gv_answer *answers;
    gv_no_answer *none;
    size_t count, none_count;
} gv_answers;

/** Print answers as one JSON object. @return an exit code */
int gv_cli_estimate_json(const gv_cli_options *options, const gv_forecast *forecast,
                         const gv_answers *answers);

#endif
