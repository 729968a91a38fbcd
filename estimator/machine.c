/* SPDX-License-Identifier: Apache-2.0 */
/* What a data sheet leaves out is filled in from what devices of its kind have, and remembered. */
#include "estimator/machine.h"

#include "base/support.h"

#include <math.h>
#include <string.h>
#include <strings.h>

/* Figures that the model reads, with the limits of what is not absurd (catalogue.h). */
static const struct {
    const char *name;
    size_t offset;
    double least, most;
} figures[] = {
#define FIGURE(member, label, unit, scale, least, most)                                            \
    {label, offsetof(gv_spec, member), least, most},
    GV_SPEC_FIGURE_MAP(FIGURE)
#undef FIGURE
};

static gv_status check_figures(const gv_spec *spec, gv_error *err)
{
    for (size_t i = 0; i < GV__COUNT(figures); i++) {
        double value;
        memcpy(&value, (const char *)spec + figures[i].offset, sizeof value);
        if (isnan(value)) {
            continue;
        }
        if (!(value >= figures[i].least && value <= figures[i].most)) {
            return gv__fail(err, GV_ARGUMENT, 0, NULL,
                            "%s: %s is %g, outside of %g to %g; leave it out if it is not known",
                            spec->name, figures[i].name, value, figures[i].least, figures[i].most);
        }
    }
    return GV_OK;
}

static gv_status check_link(const gv_link *link, const char *name, gv_error *err)
{
    bool latency = isnan(link->latency_s) || (link->latency_s >= 0 && link->latency_s < 10);
    bool rate = isnan(link->bytes_per_s) || (link->bytes_per_s > 1e3 && link->bytes_per_s < 1e15);
    if (!latency || !rate) {
        return gv__fail(err, GV_ARGUMENT, 0, NULL, "%s: %g s and %g B/s is no link", name,
                        link->latency_s, link->bytes_per_s);
    }
    return GV_OK;
}

static gv_status check_options(const gv_model_options *options, gv_error *err)
{
    if (options->struct_size != sizeof *options || options->software >= GV_SOFTWARE_COUNT) {
        return gv__fail(err, GV_ARGUMENT, 0, NULL, "start from GV_MODEL_OPTIONS_INIT");
    }
    double launch_s = options->launch_s;
    if (!isnan(launch_s) && !(launch_s >= 0 && launch_s < 10)) {
        return gv__fail(err, GV_ARGUMENT, 0, NULL, "launch cost is %g s, outside of 0 to 10",
                        launch_s);
    }
    gv_status status = GV_OK;
    for (int i = 0; i < 2 && status == GV_OK; i++) {
        status = check_link(&options->to_device[i], "link to the device", err);
        if (status == GV_OK) {
            status = check_link(&options->from_device[i], "link from the device", err);
        }
    }
    return status;
}

static gv__vendor vendor_of(const char *name)
{
    static const struct {
        const char *name;
        gv__vendor vendor;
    } vendors[] = {{"NVIDIA", GV__VENDOR_NVIDIA},
                   {"AMD", GV__VENDOR_AMD},
                   {"Advanced Micro", GV__VENDOR_AMD},
                   {"Intel", GV__VENDOR_INTEL},
                   {"Apple", GV__VENDOR_APPLE}};
    for (size_t i = 0; i < GV__COUNT(vendors); i++) {
        if (strncasecmp(name, vendors[i].name, strlen(vendors[i].name)) == 0) {
            return vendors[i].vendor;
        }
    }
    return GV__VENDOR_OTHER;
}

static bool starts_with_any(const char *text, const char *const *words)
{
    for (; *words; words++) {
        if (strncasecmp(text, *words, strlen(*words)) == 0) {
            return true;
        }
    }
    return false;
}

/* Launch and synchronisation of one call in a tight loop, by vendor: the level of the published
 * harnesses with the least overhead (docs/model.md). */
static double usual_launch_s(gv__vendor vendor)
{
    switch (vendor) {
    case GV__VENDOR_NVIDIA:
        return 6e-6;
    case GV__VENDOR_AMD:
        return 10e-6;
    case GV__VENDOR_APPLE:
        return 120e-6;
    case GV__VENDOR_INTEL:
    case GV__VENDOR_OTHER:
        break;
    }
    return 15e-6;
}

static double larger(double a, double b) /* of those that are there */
{
    return isnan(a) || b > a ? b : a;
}

/* Doubled lanes that products cannot keep busy: Ampere and later share their ports with integers
 * and addresses, RDNA 3 issues two only where the compiler pairs them. Set from the makers'
 * descriptions, not fitted: the data has no such device. */
static double busy_lanes(const gv__machine *m, const gv_spec *spec)
{
    static const char *const dual[] = {"RDNA 3", "RDNA 4", NULL};
    if (m->vendor == GV__VENDOR_AMD && starts_with_any(spec->architecture, dual)) {
        return 0.55;
    }
    bool doubled = m->vendor == GV__VENDOR_NVIDIA && spec->year >= 2020 && spec->lanes >= 128;
    return doubled ? 0.85 : 1;
}

/* A board of few watts does not hold its boost clock through long products: makers fit small ones
 * with large chips. What a TFLOP/s of f32 takes at the boost clock halves every four years; the
 * trend is that of the data sheets of full-power cards, not fitted to times. */
static double sustained_clock(const gv_spec *spec)
{
    double needed_w = spec->fp32_flop_per_s / 1e12 * 17 * exp2((2016 - spec->year) / 4);
    double share = spec->power_w / needed_w;
    return share < 1 ? fmax(share, 0.5) : 1; /* false for NAN */
}

static void guess_peak(gv__machine *m, gv_precision precision, double value, double variance)
{
    m->product_flop_per_s[precision] = value;
    m->vector_flop_per_s[precision] = value;
    m->peak_variance[precision] = variance;
    m->peak_reasons[precision] = GV_REASON_NO_PEAK;
}

static void fill_peaks(gv__machine *m, const gv_spec *spec)
{
    double f32 = spec->fp32_flop_per_s;
    if (isnan(f32)) {
        f32 = spec->units * spec->lanes * 2 * spec->clock_hz;
    }
    double busy = busy_lanes(m, spec) * sustained_clock(spec);
    if (isnan(f32)) { /* 20 flop a byte: the middle of the catalogue, within a factor of 3 */
        f32 = 20 * spec->bandwidth_bytes_per_s;
        guess_peak(m, GV_PRECISION_F32, f32, 0.5);
    } else {
        m->vector_flop_per_s[GV_PRECISION_F32] = f32;
        m->product_flop_per_s[GV_PRECISION_F32] = f32 * busy;
    }
    bool matrix = m->software == GV_SOFTWARE_VENDOR;
    if (matrix) {
        m->product_flop_per_s[GV_PRECISION_F32] =
            larger(m->product_flop_per_s[GV_PRECISION_F32], spec->fp32_matrix_flop_per_s);
    }

    double f64 = spec->fp64_flop_per_s;
    if (m->vendor == GV__VENDOR_APPLE) {
        m->vector_flop_per_s[GV_PRECISION_F64] = m->product_flop_per_s[GV_PRECISION_F64] = NAN;
    } else if (isnan(f64)) { /* 1/2 to 1/64 of f32 */
        guess_peak(m, GV_PRECISION_F64, f32 / 16, 1.0);
    } else {
        m->vector_flop_per_s[GV_PRECISION_F64] = m->product_flop_per_s[GV_PRECISION_F64] = f64;
    }
    if (matrix) {
        m->product_flop_per_s[GV_PRECISION_F64] =
            larger(m->product_flop_per_s[GV_PRECISION_F64], spec->fp64_matrix_flop_per_s);
    }

    /* Where f16 is emulated or slow, libraries compute in f32 and only store in f16. */
    double f16 = spec->fp16_flop_per_s;
    if (isnan(f16)) {
        guess_peak(m, GV_PRECISION_F16, f32, 0.1);
    } else {
        m->vector_flop_per_s[GV_PRECISION_F16] = m->product_flop_per_s[GV_PRECISION_F16] =
            fmax(f16, f32);
    }
    m->matrix_f16 = matrix && !isnan(spec->fp16_matrix_flop_per_s);
    if (m->matrix_f16) {
        m->product_flop_per_s[GV_PRECISION_F16] = spec->fp16_matrix_flop_per_s;
        m->peak_variance[GV_PRECISION_F16] = 0;
        m->peak_reasons[GV_PRECISION_F16] = 0;
    }
    const double highest[GV_PRECISION_COUNT] = {
        [GV_PRECISION_F32] = larger(spec->fp32_flop_per_s, spec->fp32_matrix_flop_per_s),
        [GV_PRECISION_F64] = larger(spec->fp64_flop_per_s, spec->fp64_matrix_flop_per_s),
        [GV_PRECISION_F16] = larger(spec->fp16_flop_per_s, spec->fp16_matrix_flop_per_s),
    };
    for (int i = 0; i < GV_PRECISION_COUNT; i++) {
        double used = fmax(m->product_flop_per_s[i], m->vector_flop_per_s[i]);
        m->roof_flop_per_s[i] = larger(used, highest[i]);
    }
}

static void fill_memory(gv__machine *m, const gv_spec *spec)
{
    m->bandwidth_bytes_per_s = spec->bandwidth_bytes_per_s;
    if (isnan(m->bandwidth_bytes_per_s)) {
        m->bandwidth_bytes_per_s = m->vector_flop_per_s[GV_PRECISION_F32] / 20;
        m->bandwidth_variance = 0.5;
        m->reasons |= GV_REASON_NO_BANDWIDTH;
    }
    m->cache_bytes = larger(spec->l2_bytes, spec->llc_bytes);
    if (isnan(m->cache_bytes)) {
        m->cache_bytes = m->vendor == GV__VENDOR_APPLE ? 8e6 : 4e6;
        m->cache_variance = 0.05;
        /* Apple publishes none: the constants were fitted with this very guess. */
        m->reasons |= m->vendor == GV__VENDOR_APPLE ? 0 : (uint32_t)GV_REASON_NO_CACHE;
    }
    m->memory_bytes = spec->memory_bytes;
    if (isnan(m->memory_bytes)) {
        m->memory_bytes = INFINITY;
        m->reasons |= GV_REASON_NO_MEMORY;
    }
    m->units = spec->units;
    if (isnan(m->units)) { /* 64 to 128 lanes at 1 to 2.5 GHz: 0.13 to 0.6 TFLOP/s a unit */
        m->units = fmax(1, m->vector_flop_per_s[GV_PRECISION_F32] / 0.25e12);
        m->units_variance = 0.03;
        m->reasons |= GV_REASON_NO_UNITS;
    }
    m->clock_hz = isnan(spec->clock_hz) ? 1.5e9 : spec->clock_hz;
}

/* What PCIe carries a lane, less its encoding; pinned memory reaches four fifths of it, pageable
 * memory half, and no more than the host copies into its staging buffers. Medians of the published
 * transfers (docs/model.md). */
static void fill_links(gv__machine *m, const gv_spec *spec, const gv_model_options *options)
{
    static const double lane_bytes_per_s[] = {0.25e9, 0.5e9, 0.985e9, 1.97e9, 3.94e9, 7.56e9};
    m->shared_memory = m->vendor == GV__VENDOR_APPLE || options->host_silicon;
    gv_link link[2];
    m->link_known = true;
    m->link_spread = 0.4;
    if (m->shared_memory) {
        link[0] = (gv_link){10e-6, fmin(m->bandwidth_bytes_per_s / 4, 20e9)};
        link[1] = (gv_link){10e-6, m->bandwidth_bytes_per_s / 2};
    } else {
        double generation = spec->pcie_generation;
        double lanes = spec->pcie_lanes;
        if (isnan(generation) || isnan(lanes)) {
            m->link_known = false;
            m->link_spread = 0.7;
        }
        const size_t known = GV__COUNT(lane_bytes_per_s);
        generation = isnan(generation) ? 3 : fmin(generation, (double)known);
        lanes = isnan(lanes) ? 16 : lanes;
        double rate = lane_bytes_per_s[(size_t)generation - 1] * lanes;
        link[0] = (gv_link){15e-6, fmin(0.45 * rate, 12e9)};
        link[1] = (gv_link){10e-6, 0.8 * rate};
    }
    bool measured = true;
    for (int i = 0; i < 2; i++) {
        m->to_device[i] = options->to_device[i];
        m->from_device[i] = options->from_device[i];
        gv_link *both[] = {&m->to_device[i], &m->from_device[i]};
        for (size_t j = 0; j < GV__COUNT(both); j++) {
            measured = measured && !isnan(both[j]->bytes_per_s);
            both[j]->latency_s = isnan(both[j]->latency_s) ? link[i].latency_s : both[j]->latency_s;
            both[j]->bytes_per_s =
                isnan(both[j]->bytes_per_s) ? link[i].bytes_per_s : both[j]->bytes_per_s;
        }
    }
    if (measured) {
        m->link_known = true;
        m->link_spread = 0.15;
    }
}

gv_status gv__machine_make(const gv_spec *spec, const gv_model_options *options, gv__machine *out,
                           gv_error *err)
{
    gv_status status = check_figures(spec, err);
    if (status == GV_OK) {
        status = check_options(options, err);
    }
    if (status != GV_OK) {
        return status;
    }
    bool peak = !isnan(spec->fp32_flop_per_s) || !isnan(spec->units * spec->lanes * spec->clock_hz);
    if (!peak && isnan(spec->bandwidth_bytes_per_s)) {
        return gv__fail(err, GV_ARGUMENT, 0, NULL,
                        "%s: neither its peak nor its memory bandwidth is known; give one of them",
                        *spec->name ? spec->name : "the device");
    }
    static const char *const seen[] = {"Kepler", "Maxwell", "Pascal", "Volta", "Turing",
                                       "Ampere", "GCN 5",   "CDNA 1", "Apple", NULL};
    static const char *const old[] = {"Fermi", "Kepler", "Maxwell", "Pascal", NULL};
    gv__machine m = {.software = options->software, .host_silicon = options->host_silicon};
    m.vendor = vendor_of(*spec->vendor ? spec->vendor : spec->name);
    m.before_volta = m.vendor == GV__VENDOR_NVIDIA &&
                     (starts_with_any(spec->architecture, old) || spec->year < 2017);
    m.known = starts_with_any(spec->architecture, seen);
    m.launch_known = !isnan(options->launch_s);
    m.launch_s = m.launch_known ? options->launch_s : usual_launch_s(m.vendor);
    if (m.host_silicon) {
        m.reasons |= GV_REASON_HOST_SILICON;
    } else if (!m.known) {
        m.reasons |= GV_REASON_NEW_ARCHITECTURE;
    }
    fill_peaks(&m, spec);
    fill_memory(&m, spec);
    fill_links(&m, spec, options);
    *out = m;
    return GV_OK;
}
