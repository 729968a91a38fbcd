/* SPDX-License-Identifier: Apache-2.0 */
/* A specification made ready for arithmetic: every figure present, and what had to be guessed. */
#ifndef GPUVERDICT_ESTIMATOR_MACHINE_H
#define GPUVERDICT_ESTIMATOR_MACHINE_H

#include <gpuverdict/model.h>

typedef enum gv__vendor {
    GV__VENDOR_OTHER,
    GV__VENDOR_NVIDIA,
    GV__VENDOR_AMD,
    GV__VENDOR_INTEL,
    GV__VENDOR_APPLE
} gv__vendor;

typedef struct gv__machine {
    gv__vendor vendor;
    gv_software software;
    bool host_silicon;
    bool before_volta;  /**< an NVIDIA device without matrix units of its time */
    bool matrix_f16;    /**< f16 products run on matrix units */
    bool known;         /**< an architecture that the constants saw */
    bool launch_known;  /**< else launch_s is the usual one, or learned */
    bool shared_memory; /**< with the host: a transfer is a copy */
    bool link_known;    /**< PCIe generation and lanes, or measured, or given */
    bool link_given;    /**< by who asks: link_bytes_per_s or transfer_s */
    double product_flop_per_s[GV_PRECISION_COUNT]; /**< what matmul and conv2d can use; NAN: none */
    double vector_flop_per_s[GV_PRECISION_COUNT];  /**< what fft can use; NAN: none */
    double roof_flop_per_s[GV_PRECISION_COUNT];    /**< of the fastest unit there is */
    double bandwidth_bytes_per_s, units, cache_bytes, clock_hz;
    double memory_bytes, array_bytes; /**< together, and of one; array_bytes: NAN for any */
    double launch_s, usual_launch_s, launch_spread; /**< spread: of ln(true / usual) */
    gv_link to_device[2], from_device[2];           /**< pageable, pinned */
    double transfer_s;                              /**< NAN: by the links */
    double link_spread;                             /**< of ln(transfer time) */
    double peak_variance[GV_PRECISION_COUNT];       /**< of ln(peak), where it was guessed */
    double bandwidth_variance, units_variance, cache_variance;
    uint32_t peak_reasons[GV_PRECISION_COUNT]; /**< bits of gv_reason */
    uint32_t reasons;
} gv__machine;

/** Make a machine of a specification. GV_ARGUMENT as gv_model_create(). */
gv_status gv__machine_make(const gv_spec *spec, const gv_model_options *options, gv__machine *out,
                           gv_error *err);

#endif
