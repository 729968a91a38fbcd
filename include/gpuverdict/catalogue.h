/* SPDX-License-Identifier: Apache-2.0 */
/* The data sheets of devices, also of those that are not here.
 *
 *     catalogue.csv (built in), a user's own file -> [catalogue] -> one specification -> estimate
 *
 * A specification is what a maker or a curated table says of a device, never what was measured: its
 * origin is "quoted". SI units, as double; a figure that is not known is NAN. One row is one device
 * as a program sees it: one of the two dies of an Instinct MI250X, one of the two GPUs of a K80.
 * Pure arithmetic on texts in memory: no files, no clock, no output. A catalogue that nobody adds
 * to may be read by any number of threads. */
#ifndef GPUVERDICT_CATALOGUE_H
#define GPUVERDICT_CATALOGUE_H

#include <gpuverdict/error.h>
#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Texts of a specification: member and CSV column, label, meaning. */
#define GV_SPEC_TEXT_MAP(X)                                                                        \
    X(name, "Name", "as its maker sells it, with the maker in front")                              \
    X(vendor, "Vendor", "NVIDIA, AMD, Intel, Apple …")                                             \
    X(architecture, "Architecture", "Ampere, RDNA 3, CDNA 2, Xe-HPG, Apple M2 …")                  \
    X(chip, "Chip", "GA102, Navi 31 …")                                                            \
    X(aliases, "Other names", "names that drivers and people use, separated by |")                 \
    X(source, "Source", "where the figures come from")                                             \
    X(date, "Date", "when they were taken from there, year-month-day")                             \
    X(flag, "Remarks", "what was corrected and why, what disagrees, what is not certain")

/** Figures of a specification: member and CSV column, label, unit for people and how many SI units
 * it is, least and greatest value that is not absurd.
 *
 * Peaks count a multiply-add as two and are dense: without the factor that structured sparsity
 * would give. Matrix peaks are those of tensor, matrix or XMX units with f32 accumulation (f64 for
 * f64), as the vendors' libraries use them; NAN where the device has no such units. `lanes` is the
 * f32 multiply-adds that a unit starts per clock: units * lanes * 2 * clock_hz is
 * fp32_flop_per_s. */
#define GV_SPEC_FIGURE_MAP(X)                                                                      \
    X(year, "Year", "", 1, 2000, 2100)                                                             \
    X(fp64_flop_per_s, "Peak f64", "TFLOP/s", 1e12, 1e8, 1e16)                                     \
    X(fp32_flop_per_s, "Peak f32", "TFLOP/s", 1e12, 1e9, 1e16)                                     \
    X(fp16_flop_per_s, "Peak f16", "TFLOP/s", 1e12, 1e8, 1e16)                                     \
    X(fp64_matrix_flop_per_s, "Matrix peak f64", "TFLOP/s", 1e12, 1e9, 1e16)                       \
    X(fp32_matrix_flop_per_s, "Matrix peak f32", "TFLOP/s", 1e12, 1e9, 1e16)                       \
    X(tf32_matrix_flop_per_s, "Matrix peak tf32", "TFLOP/s", 1e12, 1e9, 1e17)                      \
    X(fp16_matrix_flop_per_s, "Matrix peak f16", "TFLOP/s", 1e12, 1e9, 1e17)                       \
    X(bandwidth_bytes_per_s, "Memory bandwidth", "GB/s", 1e9, 1e9, 1e14)                           \
    X(memory_bytes, "Memory", "GiB", 1073741824, 1e8, 1e13)                                        \
    X(bus_bits, "Memory bus", "bit", 1, 16, 65536)                                                 \
    X(pin_bits_per_s, "Memory rate of a pin", "Gbit/s", 1e9, 1e8, 1e11)                            \
    X(l2_bytes, "L2 cache", "MiB", 1048576, 1024, 1e10)                                            \
    X(llc_bytes, "Last-level cache", "MiB", 1048576, 1024, 1e10)                                   \
    X(units, "Compute units", "", 1, 1, 4096)                                                      \
    X(lanes, "f32 lanes of a unit", "", 1, 1, 1024)                                                \
    X(clock_hz, "Boost clock", "MHz", 1e6, 1e8, 6e9)                                               \
    X(base_clock_hz, "Base clock", "MHz", 1e6, 5e7, 6e9)                                           \
    X(power_w, "Power", "W", 1, 1, 5000)                                                           \
    X(pcie_generation, "PCIe generation", "", 1, 1, 8)                                             \
    X(pcie_lanes, "PCIe lanes", "", 1, 1, 32)

/** What a data sheet says. Texts are never NULL ("" where there is none), figures NAN where absent.
 * PCIe is absent where the device shares the host's memory, as Apple's do. */
typedef struct gv_spec {
#define GV_SPEC_TEXT(member, label, meaning) const char *member;
    GV_SPEC_TEXT_MAP(GV_SPEC_TEXT)
#undef GV_SPEC_TEXT
#define GV_SPEC_FIGURE(member, label, unit, scale, least, most) double member;
    GV_SPEC_FIGURE_MAP(GV_SPEC_FIGURE)
#undef GV_SPEC_FIGURE
} gv_spec;

/** A specification of which nothing is known: every text "", every figure NAN. */
GV_API gv_spec gv_spec_empty(void);

/** What one column of a specification is called and holds. Static texts. */
typedef struct gv_spec_column {
    const char *key;     /**< "fp32_flop_per_s" */
    const char *label;   /**< "Peak f32" */
    const char *meaning; /**< of a text; "" for a figure */
    const char *unit;    /**< of a figure, for people; "" */
    double scale;        /**< how many SI units that is */
    double least, most;  /**< outside of these a figure is absurd */
    bool is_text;
    size_t offset; /**< of the member in gv_spec: a const char * or a double */
} gv_spec_column;

/** The columns in the order of the file; NULL past the last. */
GV_API const gv_spec_column *gv_spec_column_at(size_t i);
/** The column of this key; NULL for none. */
GV_API const gv_spec_column *gv_spec_column_find(const char *key);
/** A column's value. `column->is_text` says which of the two applies. */
GV_API const char *gv_spec_text(const gv_spec *spec, const gv_spec_column *column);
GV_API double gv_spec_figure(const gv_spec *spec, const gv_spec_column *column);

/** One thing that is not right with a specification. */
typedef struct gv_spec_finding {
    bool is_error;  /**< impossible (negative, absurd): nothing may be computed from it; else two
                         figures disagree */
    char text[256]; /**< one clause: which figures, how they disagree */
} gv_spec_finding;

/** Look at a specification: a missing name, figures that are zero, negative, infinite or absurd
 * (errors); units * lanes * 2 * clock that is not the f32 peak, bus * rate that is not the
 * bandwidth, peaks in an order that no device has (disagreements, beyond 3 %).
 * Returns how many findings there are and writes the first `most` of them, errors first. */
GV_API size_t gv_spec_check(const gv_spec *spec, gv_spec_finding *out, size_t most);

typedef struct gv_catalogue gv_catalogue;

/** The built-in catalogue. To be freed with gv_catalogue_free(), which accepts NULL.
 *
 * @param[out] out  written only on GV_OK
 * @retval GV_MEMORY the host ran out of memory */
GV_API gv_status gv_catalogue_create(gv_catalogue **out, gv_error *err);
GV_API void gv_catalogue_free(gv_catalogue *catalogue);

/** A catalogue without any device, for a user's own. Otherwise as gv_catalogue_create(). */
GV_API gv_status gv_catalogue_create_empty(gv_catalogue **out, gv_error *err);

/** Add a user's specifications, CSV after RFC 4180 with a line of column keys, of which `name` is
 * the only one needed; an empty cell is absent. A row whose name the catalogue has already stands
 * in its place. All or nothing.
 *
 * @param text    `length` bytes; copied
 * @param label   what messages call it: the file's name
 * @retval GV_FORMAT  not such a file: label, line and column are named
 * @retval GV_MEMORY  the host ran out of memory */
GV_API gv_status gv_catalogue_add(gv_catalogue *catalogue, const char *text, size_t length,
                                  const char *label, gv_error *err);

/** All specifications, in the order of the files. The pointers live until the next
 * gv_catalogue_add() or gv_catalogue_free(). */
GV_API size_t gv_catalogue_count(const gv_catalogue *catalogue);
GV_API const gv_spec *gv_catalogue_at(const gv_catalogue *catalogue, size_t i);

/** The specification that a name means: exactly one of the names or aliases, or every word of it
 * found in just one of them. Case, punctuation, the maker's name and words like "Graphics", "(R)"
 * or "GPU" do not matter; a memory size or a form (SXM, PCIe, Mobile, Ti) does.
 *
 * @param[out] out    written only on GV_OK; lives as gv_catalogue_at()'s
 * @retval GV_ARGUMENT  no specification, or several: err->text lists them, or what is near */
GV_API gv_status gv_catalogue_find(const gv_catalogue *catalogue, const char *name,
                                   const gv_spec **out, gv_error *err);

#ifdef __cplusplus
}
#endif
#endif
