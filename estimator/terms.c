/* SPDX-License-Identifier: Apache-2.0 */
#include "estimator/terms.h"

#include <math.h>

/* Shares of peak and bandwidth that hand-written work usually reaches. Set, not fitted. */
static const double usual_compute = 0.6;
static const double usual_bandwidth = 0.85;

/* Amdahl: what is not parallel runs on one lane, at two flop a clock. */
void gv__custom_terms(const gv__machine *m, const gv_custom *custom, gv_precision precision,
                      gv__terms *out)
{
    double serial = (1 - custom->parallel) * custom->flop / (2 * m->clock_hz);
    double parallel =
        custom->parallel * custom->flop / (usual_compute * m->vector_flop_per_s[precision]);
    out->compute_s = serial + parallel;
    out->memory_s = custom->bytes / (usual_bandwidth * m->bandwidth_bytes_per_s);
    out->launch_s = custom->launches * m->launch_s;
    out->traffic_bytes = custom->bytes;
    out->roof_flop = custom->flop;
    out->method = "given work";
    gv__terms_join(out, 2, 1);
}

void gv__terms_of(const gv__constants *c, const gv__machine *m, const gv_workload *workload,
                  gv__terms *out)
{
    gv_precision precision = workload->precision;
    switch (workload->op) {
    case GV_OP_MATMUL:
        gv__matmul_terms(c, m, &workload->as.matmul, precision, out);
        break;
    case GV_OP_DENSE:
        gv__dense_terms(c, m, &workload->as.dense, precision, out);
        break;
    case GV_OP_CONV2D:
        gv__conv2d_terms(c, m, &workload->as.conv2d, precision, out);
        break;
    case GV_OP_FFT:
        gv__fft_terms(&c->fft[gv__fft_library(m)], m, &workload->as.fft, precision, out);
        break;
    case GV_OP_CUSTOM:
        gv__custom_terms(m, &workload->as.custom, precision, out);
        break;
    }
}
