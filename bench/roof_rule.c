/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/roof_rule.h"

#include <math.h>
#include <stdio.h>

static const double bandwidth_limit = 1.25;
static const double caches_to_exceed = 4;
static const double hidden_cache_bytes = 128.0 * 1024 * 1024;

static double compute_limit(gv_op op)
{
    switch (op) {
    case GV_OP_CONV2D:
        return 4.5;
    case GV_OP_FFT:
        return 3.2;
    default:
        return 1.25;
    }
}

bool gv__beats_roof(const gv_workload *workload, double seconds, const gv_roof *roof,
                    double cache_bytes, char text[GV__ROOF_TEXT])
{
    double flop_per_s = gv_workload_flop(workload) / seconds;
    double flop_limit = compute_limit(workload->op) * roof->flop_per_s[workload->precision];
    if (flop_per_s > flop_limit) {
        snprintf(text, GV__ROOF_TEXT,
                 "%.4g GFLOP/s, but no more than %.4g can be (%.3g times the measured roof): the "
                 "work was not done, or not waited for",
                 flop_per_s * 1e-9, flop_limit * 1e-9, compute_limit(workload->op));
        return true;
    }
    double bytes = gv_workload_bytes(workload);
    double bytes_per_s = bytes / seconds;
    double bytes_limit = bandwidth_limit * roof->bytes_per_s;
    if (bytes > caches_to_exceed * cache_bytes && bytes_per_s > bytes_limit) {
        snprintf(text, GV__ROOF_TEXT,
                 "%.4g GB/s, but no more than %.4g can be (%.3g times the measured bandwidth): the "
                 "operands were not all read and written",
                 bytes_per_s * 1e-9, bytes_limit * 1e-9, bandwidth_limit);
        return true;
    }
    return false;
}

gv__roof_share gv__share_of_roof(const gv_workload *workload, double seconds, const gv_roof *roof)
{
    const double compute =
        gv_workload_flop(workload) / roof->flop_per_s[workload->precision] / seconds;
    const double memory = gv_workload_bytes(workload) / roof->bytes_per_s / seconds;
    if (isnan(compute) || isnan(memory)) {
        return (gv__roof_share){.value = NAN};
    }
    return (gv__roof_share){fmax(compute, memory), memory > compute};
}

gv_roof gv__roof_none(void)
{
    gv_roof roof = {.bytes_per_s = NAN};
    for (int i = 0; i < GV_PRECISION_COUNT; i++) {
        roof.flop_per_s[i] = NAN;
    }
    return roof;
}

gv_roof gv__roof_higher(const gv_roof *a, const gv_roof *b)
{
    /* fmax passes over a NAN. */
    gv_roof roof = {.bytes_per_s = fmax(a->bytes_per_s, b->bytes_per_s)};
    for (int i = 0; i < GV_PRECISION_COUNT; i++) {
        roof.flop_per_s[i] = fmax(a->flop_per_s[i], b->flop_per_s[i]);
    }
    return roof;
}

static double host_number(const gv_host *host, gv_host_fact fact)
{
    return host->fact[fact].error == 0 ? host->fact[fact].number : NAN;
}

double gv__host_cache_bytes(const gv_host *host)
{
    double l3 = host_number(host, GV_HOST_L3);
    if (l3 > 0) {
        return l3;
    }
    double l2 = host_number(host, GV_HOST_L2) * host_number(host, GV_HOST_CORES);
    return l2 > 0 ? l2 : NAN;
}

double gv__device_cache_bytes(const gv_device *device, const gv_host *host)
{
    double told = gv_device_number(device, GV_DEVICE_CACHE);
    if (device->is_host_silicon) {
        return fmax(told, gv__host_cache_bytes(host));
    }
    return fmax(told, hidden_cache_bytes);
}
