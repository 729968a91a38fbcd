/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/forecast_shares.h"

#include <math.h>
#include <stdlib.h>

/* Far enough that no other tile decides, near enough for a tangent. */
static const double step = 1.05;

struct gv_sharer {
    const gv_side *side;
    gv_model *higher_peak, *more_bandwidth;
    double latency_s; /**< of both directions */
};

static gv_spec with_higher_peak(const gv_spec *spec)
{
    gv_spec changed = *spec;
    double *const peaks[] = {
        &changed.fp64_flop_per_s,        &changed.fp32_flop_per_s,
        &changed.fp16_flop_per_s,        &changed.fp64_matrix_flop_per_s,
        &changed.fp32_matrix_flop_per_s, &changed.tf32_matrix_flop_per_s,
        &changed.fp16_matrix_flop_per_s, &changed.power_w}; /* else the clock would fall instead */
    for (size_t i = 0; i < GV__COUNT(peaks); i++) {
        *peaks[i] *= step; /* what is absent stays so */
    }
    return changed;
}

static gv_spec with_more_bandwidth(const gv_spec *spec)
{
    gv_spec changed = *spec;
    changed.bandwidth_bytes_per_s *= step;
    return changed;
}

/** The side's model with another specification, and the same corrections. */
static gv_status make_changed(const gv_side *side, const gv_spec *spec, gv_model **out,
                              gv_error *err)
{
    gv_status status = gv_model_create(spec, &side->options, out, err);
    if (status == GV_OK && (side->points > 0 || side->lent_by != NULL)) {
        status = gv_model_lend(*out, side->model, err);
    }
    return status;
}

/** What a transfer of next to nothing takes. */
static double latency_of(const gv_side *side)
{
    gv_workload least;
    gv_estimate estimate;
    bool known = gv_workload_parse("matmul:m=1,n=1,k=1", &least, NULL) == GV_OK &&
                 gv_model_estimate(side->model, &least, &estimate, NULL) == GV_OK;
    return known ? estimate.view[GV_VIEW_TRANSFERS].transfer_s : 0;
}

gv_status gv_sharer_create(const gv_side *side, gv_sharer **out, gv_error *err)
{
    gv_sharer *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return gv__fail(err, GV_MEMORY, 0, "calloc", "the estimates do not fit into memory");
    }
    gv_spec peak = with_higher_peak(&side->spec), bandwidth = with_more_bandwidth(&side->spec);
    made->side = side;
    made->latency_s = latency_of(side);
    gv_status status = make_changed(side, &peak, &made->higher_peak, err);
    if (status == GV_OK) {
        status = make_changed(side, &bandwidth, &made->more_bandwidth, err);
    }
    if (status != GV_OK) {
        gv_sharer_free(made);
        return status;
    }
    *out = made;
    return GV_OK;
}

void gv_sharer_free(gv_sharer *sharer)
{
    if (sharer != NULL) {
        gv_model_free(sharer->higher_peak);
        gv_model_free(sharer->more_bandwidth);
        free(sharer);
    }
}

/** How much of `call_s` became shorter by the step, as a share. */
static double share_of(const gv_model *changed, const gv_workload *workload, double call_s)
{
    gv_estimate estimate;
    if (gv_model_estimate(changed, workload, &estimate, NULL) != GV_OK) {
        return 0;
    }
    double share = (1 - estimate.call_s / call_s) / (1 - 1 / step);
    return fmin(fmax(share, 0), 1);
}

gv_shares gv_shares_of(const gv_sharer *sharer, const gv_workload *workload)
{
    gv_estimate estimate;
    gv_shares shares = {0, 0, 0};
    if (sharer == NULL ||
        gv_model_estimate(sharer->side->model, workload, &estimate, NULL) != GV_OK) {
        return shares;
    }
    double transfer_s = estimate.view[GV_VIEW_TRANSFERS].transfer_s;
    shares.compute = share_of(sharer->higher_peak, workload, estimate.call_s);
    shares.memory = share_of(sharer->more_bandwidth, workload, estimate.call_s);
    double sum = shares.compute + shares.memory;
    if (sum > 1) {
        shares.compute /= sum;
        shares.memory /= sum;
    }
    shares.data = transfer_s > 0 ? fmin(fmax(1 - sharer->latency_s / transfer_s, 0), 1) : 0;
    return shares;
}

/* ---- the link ---- */

/** What bytes take of a large transfer over a link of the data sheet's kind with other lanes; NAN
 * where there is no such device. */
static double data_s(const gv_side *side, double generation, double lanes)
{
    gv_side changed = {.spec = side->spec, .options = side->options};
    const gv_link unknown = {NAN, NAN};
    gv_workload large;
    gv_estimate estimate;
    double bytes_s = NAN;
    changed.spec.pcie_generation = generation;
    changed.spec.pcie_lanes = lanes;
    changed.spec.memory_bytes = NAN; /* nothing is cut */
    changed.options.memory_bytes = NAN;
    changed.options.array_bytes = NAN;
    changed.options.link_bytes_per_s = NAN;
    changed.options.transfer_s = NAN;
    for (int i = 0; i < 2; i++) {
        changed.options.to_device[i] = unknown;
        changed.options.from_device[i] = unknown;
    }
    if (gv_workload_parse("matmul:m=4096,n=4096,k=4096", &large, NULL) == GV_OK &&
        gv_model_create(&changed.spec, &changed.options, &changed.model, NULL) == GV_OK &&
        gv_model_estimate(changed.model, &large, &estimate, NULL) == GV_OK) {
        bytes_s = estimate.view[GV_VIEW_TRANSFERS].transfer_s - latency_of(&changed);
    }
    gv_model_free(changed.model);
    return bytes_s;
}

double gv_side_link_limit(const gv_side *side)
{
    enum { USUAL_LANES = 16, MOST_LANES = 32, NEWEST = 6 };
    double lanes = isnan(side->spec.pcie_lanes) ? USUAL_LANES : side->spec.pcie_lanes;
    double by_link_s = data_s(side, side->spec.pcie_generation, 1);
    double by_host_s = data_s(side, NEWEST, MOST_LANES);
    bool link = by_link_s > by_host_s * 1.01; /* false for NAN */
    return link ? by_link_s / by_host_s / lanes : NAN;
}
