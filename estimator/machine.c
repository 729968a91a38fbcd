/* SPDX-License-Identifier: Apache-2.0 */
/* What a data sheet leaves out is filled in from what devices of its kind have, and remembered. */
#include "estimator/machine.h"

#include "base/support.h"

#include <math.h>
#include <string.h>
#include <strings.h>

static gv_status check_figures(const gv_spec *spec, gv_error *err)
{
    const gv_spec_column *column;
    for (size_t i = 0; (column = gv_spec_column_at(i)) != NULL; i++) {
        double value = column->is_text ? NAN : gv_spec_figure(spec, column);
        if (value < column->least || value > column->most) { /* false where it is absent */
            return gv__fail(err, GV_ARGUMENT, 0, NULL,
                            "%s: %s is %g, outside of %g to %g; leave it out if it is not known",
                            spec->name, column->label, value, column->least, column->most);
        }
    }
    bool peak = !isnan(spec->fp32_flop_per_s) || !isnan(spec->units * spec->lanes * spec->clock_hz);
    if (!peak && isnan(spec->bandwidth_bytes_per_s)) {
        return gv__fail(err, GV_ARGUMENT, 0, NULL,
                        "%s: neither its peak nor its memory bandwidth is known; give one of them",
                        *spec->name ? spec->name : "the device");
    }
    return GV_OK;
}

static bool is_link(gv_link link)
{
    return !(link.latency_s < 0 || link.latency_s >= 10) &&
           !(link.bytes_per_s <= 1e3 || link.bytes_per_s >= 1e15);
}

static gv_status check_options(const gv_model_options *options, gv_error *err)
{
    if (options->struct_size != sizeof *options || options->software >= GV_SOFTWARE_COUNT) {
        return gv__fail(err, GV_ARGUMENT, 0, NULL, "start from GV_MODEL_OPTIONS_INIT");
    }
    if (options->launch_s < 0 || options->launch_s >= 10) {
        return gv__fail(err, GV_ARGUMENT, 0, NULL, "launch cost is %g s, outside of 0 to 10",
                        options->launch_s);
    }
    if (options->memory_bytes <= 0 || options->array_bytes <= 0) {
        return gv__fail(err, GV_ARGUMENT, 0, NULL, "a device's memory has more than 0 bytes");
    }
    const gv_link given = {options->transfer_s, options->link_bytes_per_s};
    for (int i = 0; i < 2; i++) {
        if (!is_link(options->to_device[i]) || !is_link(options->from_device[i]) ||
            !is_link(given)) {
            return gv__fail(err, GV_ARGUMENT, 0, NULL,
                            "a link has a latency of 0 to 10 s and a rate of 1e3 to 1e15 B/s");
        }
    }
    return GV_OK;
}

/* By the start of what a sheet or driver calls it. Launch and synchronisation of one call in a
 * tight loop: the level of the published harnesses with the least overhead (docs/model.md). */
static const struct vendor {
    const char *name;
    gv__vendor vendor;
    double launch_s;
} vendors[] = {{"NVIDIA", GV__VENDOR_NVIDIA, 6e-6},       {"AMD", GV__VENDOR_AMD, 10e-6},
               {"Advanced Micro", GV__VENDOR_AMD, 10e-6}, {"Intel", GV__VENDOR_INTEL, 15e-6},
               {"Apple", GV__VENDOR_APPLE, 120e-6},       {"", GV__VENDOR_OTHER, 15e-6}};

static const struct vendor *vendor_of(const char *name)
{
    const struct vendor *v = vendors;
    while (strncasecmp(name, v->name, strlen(v->name)) != 0) {
        v++;
    }
    return v;
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

/* A processor calls a library like any function; its OpenCL driver wakes threads first. */
static const double processor_launch_s[GV_SOFTWARE_COUNT] = {2e-6, 30e-6};

static void fill_launch(gv__machine *m, double usual_s, const gv_model_options *options)
{
    m->launch_known = !isnan(options->launch_s);
    m->usual_launch_s = m->host_silicon ? processor_launch_s[m->software] : usual_s;
    m->launch_s = m->launch_known ? options->launch_s : m->usual_launch_s;
    m->launch_spread = m->host_silicon ? 1.2 : 0.7;
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

/* Of vector units, and what products reach of it; of matrix units, where libraries use them. */
static void set_peak(gv__machine *m, gv_precision precision, double vector, double busy,
                     double matrix)
{
    m->vector_flop_per_s[precision] = vector;
    m->product_flop_per_s[precision] = vector * busy;
    if (m->software == GV_SOFTWARE_VENDOR) {
        m->product_flop_per_s[precision] = larger(vector * busy, matrix);
    }
    m->roof_flop_per_s[precision] = larger(fmax(vector, matrix), m->product_flop_per_s[precision]);
}

static void guess_peak(gv__machine *m, gv_precision precision, double variance)
{
    m->peak_variance[precision] = variance;
    m->peak_reasons[precision] = GV_REASON_NO_PEAK;
}

static void fill_peaks(gv__machine *m, const gv_spec *spec)
{
    double f32 = spec->fp32_flop_per_s, f64 = spec->fp64_flop_per_s, f16 = spec->fp16_flop_per_s;
    double busy = busy_lanes(m, spec) * sustained_clock(spec);
    if (isnan(f32)) {
        f32 = spec->units * spec->lanes * 2 * spec->clock_hz;
    }
    if (isnan(f32)) { /* 20 flop a byte: the middle of the catalogue, within a factor of 3 */
        f32 = 20 * spec->bandwidth_bytes_per_s;
        busy = 1;
        guess_peak(m, GV_PRECISION_F32, 0.5);
    }
    set_peak(m, GV_PRECISION_F32, f32, busy, spec->fp32_matrix_flop_per_s);

    if (m->vendor == GV__VENDOR_APPLE) {
        f64 = NAN;
    } else if (isnan(f64)) { /* 1/2 to 1/64 of f32 */
        f64 = f32 / 16;
        guess_peak(m, GV_PRECISION_F64, 1.0);
    }
    set_peak(m, GV_PRECISION_F64, f64, 1, spec->fp64_matrix_flop_per_s);

    /* Where f16 is emulated or slow, libraries compute in f32 and only store in f16. */
    m->matrix_f16 = m->software == GV_SOFTWARE_VENDOR && !isnan(spec->fp16_matrix_flop_per_s);
    if (isnan(f16) && !m->matrix_f16) {
        guess_peak(m, GV_PRECISION_F16, 0.1);
    }
    set_peak(m, GV_PRECISION_F16, larger(f16, f32), 1, spec->fp16_matrix_flop_per_s);
}

static void fill_memory(gv__machine *m, const gv_spec *spec, const gv_model_options *options)
{
    m->bandwidth_bytes_per_s = spec->bandwidth_bytes_per_s;
    if (isnan(m->bandwidth_bytes_per_s)) {
        m->bandwidth_bytes_per_s = m->vector_flop_per_s[GV_PRECISION_F32] / 20;
        m->bandwidth_variance = 0.5;
        m->reasons |= GV_REASON_NO_BANDWIDTH;
    }
    m->cache_bytes = larger(spec->l2_bytes, spec->llc_bytes);
    if (isnan(m->cache_bytes)) {
        m->cache_bytes = m->host_silicon ? 16e6 : m->vendor == GV__VENDOR_APPLE ? 8e6 : 4e6;
        m->cache_variance = 0.05;
        /* Apple publishes none: the constants were fitted with this very guess. */
        m->reasons |= m->vendor == GV__VENDOR_APPLE ? 0 : (uint32_t)GV_REASON_NO_CACHE;
    }
    m->memory_bytes = isnan(options->memory_bytes) ? spec->memory_bytes : options->memory_bytes;
    m->array_bytes = options->array_bytes;
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

static gv_link known_link(gv_link given, gv_link usual, bool *measured)
{
    *measured = *measured && !isnan(given.bytes_per_s);
    return (gv_link){isnan(given.latency_s) ? usual.latency_s : given.latency_s,
                     isnan(given.bytes_per_s) ? usual.bytes_per_s : given.bytes_per_s};
}

/* What PCIe carries a lane, less its encoding; pinned memory reaches four fifths of it, pageable
 * memory half, and no more than the host copies into its staging buffers. Medians of the published
 * transfers (docs/model.md). */
static void fill_links(gv__machine *m, const gv_spec *spec, const gv_model_options *options)
{
    static const double lane_bytes_per_s[] = {0.25e9, 0.5e9, 0.985e9, 1.97e9, 3.94e9, 7.56e9};
    m->shared_memory = m->vendor == GV__VENDOR_APPLE || options->host_silicon;
    bool sheet = !isnan(spec->pcie_generation) && !isnan(spec->pcie_lanes);
    double generation = isnan(spec->pcie_generation) ? 3 : fmin(spec->pcie_generation, 6);
    double lanes = isnan(spec->pcie_lanes) ? 16 : spec->pcie_lanes;
    double pcie_bytes_per_s = lane_bytes_per_s[(size_t)generation - 1] * lanes;
    gv_link usual[2] = {{15e-6, fmin(0.45 * pcie_bytes_per_s, 12e9)},
                        {10e-6, 0.8 * pcie_bytes_per_s}};
    if (m->shared_memory) {
        usual[0] = (gv_link){10e-6, fmin(m->bandwidth_bytes_per_s / 4, 20e9)};
        usual[1] = (gv_link){10e-6, m->bandwidth_bytes_per_s / 2};
    }
    bool measured = true;
    for (int i = 0; i < 2; i++) {
        m->to_device[i] = known_link(options->to_device[i], usual[i], &measured);
        m->from_device[i] = known_link(options->from_device[i], usual[i], &measured);
    }
    bool rate = !isnan(options->link_bytes_per_s);
    for (int i = 0; i < 2 && rate; i++) {
        m->to_device[i].bytes_per_s = m->from_device[i].bytes_per_s = options->link_bytes_per_s;
    }
    m->transfer_s = options->transfer_s;
    m->link_given = rate || !isnan(m->transfer_s);
    m->link_known = measured || sheet || m->shared_memory || m->link_given;
    m->link_spread = !isnan(m->transfer_s) ? 0
                     : measured || rate    ? 0.15
                     : m->link_known       ? 0.4
                                           : 0.7;
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
    static const char *const seen[] = {"Kepler", "Maxwell", "Pascal", "Volta", "Turing",
                                       "Ampere", "GCN 5",   "CDNA 1", "Apple", NULL};
    static const char *const old[] = {"Fermi", "Kepler", "Maxwell", "Pascal", NULL};
    gv__machine m = {.software = options->software, .host_silicon = options->host_silicon};
    const struct vendor *vendor = vendor_of(*spec->vendor ? spec->vendor : spec->name);
    m.vendor = vendor->vendor;
    m.before_volta = m.vendor == GV__VENDOR_NVIDIA &&
                     (starts_with_any(spec->architecture, old) || spec->year < 2017);
    m.known = starts_with_any(spec->architecture, seen);
    if (m.host_silicon) {
        m.reasons |= GV_REASON_HOST_SILICON;
    } else if (!m.known) {
        m.reasons |= GV_REASON_NEW_ARCHITECTURE;
    }
    fill_launch(&m, vendor->launch_s, options);
    fill_peaks(&m, spec);
    fill_memory(&m, spec, options);
    fill_links(&m, spec, options);
    *out = m;
    return GV_OK;
}
