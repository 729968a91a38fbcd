/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/shapes.h"

#include "base/support.h"
#include <gpuverdict/model.h>

#include <stdlib.h>

/* One choice for every device of a run: which shapes tell most hangs on the shapes, and on the
 * device only by what bounds them. This is a device of the middle. */
static gv_status middling_model(gv_model **out, gv_error *err)
{
    gv_spec spec = gv_spec_empty();
    spec.name = "a device of the middle";
    spec.fp32_flop_per_s = 10e12;
    spec.fp64_flop_per_s = 5e12;
    spec.bandwidth_bytes_per_s = 400e9;
    spec.units = 40;
    spec.l2_bytes = 4e6;
    gv_model_options options = GV_MODEL_OPTIONS_INIT;
    options.software = GV_SOFTWARE_OPENCL;
    return gv_model_create(&spec, &options, out, err);
}

gv_status gv_cli_choose_shapes(const gv_suite *suite, size_t want, const char ***out, size_t *count,
                               gv_error *err)
{
    gv_model *model = NULL;
    gv_workload *candidates = malloc(suite->count * sizeof *candidates);
    size_t *chosen = malloc(suite->count * sizeof *chosen);
    const char **texts = malloc(suite->count * sizeof *texts);
    gv_status status = GV_OK;
    if (!candidates || !chosen || !texts) {
        status = gv__fail(err, GV_MEMORY, 0, "malloc", "no memory for %zu workloads", suite->count);
        goto cleanup;
    }
    status = middling_model(&model, err);
    for (size_t i = 0; i < suite->count && status == GV_OK; i++) {
        status = gv_workload_parse(suite->workloads[i], &candidates[i], err);
    }
    if (status != GV_OK) {
        goto cleanup;
    }
    want = want < suite->count ? want : suite->count;
    size_t found = gv_model_choose(model, candidates, suite->count, want, chosen);
    for (size_t i = 0; i < found; i++) {
        texts[i] = suite->workloads[chosen[i]];
    }
    *out = texts;
    *count = found;
    texts = NULL;
cleanup:
    free(texts);
    free(chosen);
    free(candidates);
    gv_model_free(model);
    return status;
}
