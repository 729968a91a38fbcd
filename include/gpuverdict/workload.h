/* SPDX-License-Identifier: Apache-2.0 */
/* What is computed: one operation with its sizes, as plain data and as text.
 *
 *     [workload] -> device or host runs it -> measurement -> verdict
 *
 * Matrices are row-major and a shape is written rows x columns; tensors are NCHW. Work is counted
 * in floating-point operations (flop), sizes in bytes, both as double: they are figures to divide
 * by a time. Everything here is pure arithmetic: no allocation, no input or output, any thread. */
#ifndef GPUVERDICT_WORKLOAD_H
#define GPUVERDICT_WORKLOAD_H

#include <gpuverdict/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum gv_op { GV_OP_MATMUL, GV_OP_CONV2D, GV_OP_FFT, GV_OP_DENSE, GV_OP_CUSTOM } gv_op;
enum { GV_OP_COUNT = 5 };

typedef enum gv_precision { GV_PRECISION_F32, GV_PRECISION_F64, GV_PRECISION_F16 } gv_precision;
enum { GV_PRECISION_COUNT = 3 };

typedef enum gv_activation {
    GV_ACT_NONE,
    GV_ACT_RELU,
    GV_ACT_GELU, /**< the erf form: x/2 * (1 + erf(x/sqrt 2)) */
    GV_ACT_SIGMOID,
    GV_ACT_TANH
} gv_activation;
enum { GV_ACT_COUNT = 5 };

typedef enum gv_fft_kind { GV_FFT_C2C, GV_FFT_R2C, GV_FFT_C2R } gv_fft_kind;
enum { GV_FFT_KIND_COUNT = 3 };

enum {
    GV_FFT_MAX_DIMS = 3,
    GV_WORKLOAD_TEXT = 200, /**< bytes that hold any canonical form, the final 0 included */
    GV_MAX_INPUTS = 3
};

/** C[m x n] = op(A) * op(B); op(A) is m x k, op(B) k x n; `batch` independent, contiguous products.
 */
typedef struct gv_matmul {
    uint64_t m, n, k, batch;
    bool ta, tb; /**< A is stored k x m, B is stored n x k */
} gv_matmul;

/** Cross-correlation, forward, no bias: N x C x H x W by K x (C/groups) x R x S gives N x K x P x
 * Q. */
typedef struct gv_conv2d {
    uint64_t n, c, h, w, k, r, s;
    uint64_t pad_h, pad_w, stride_h, stride_w, dilation_h, dilation_w, groups;
} gv_conv2d;

/** Out of place, interleaved complex, last axis contiguous; forward unscaled, inverse scaled by
 * 1/N. r2c keeps n/2+1 numbers of the last axis and is always forward, c2r is its inverse. */
typedef struct gv_fft {
    uint64_t shape[GV_FFT_MAX_DIMS]; /**< logical sizes, `dims` of them */
    uint32_t dims;
    uint64_t batch;
    gv_fft_kind kind;
    bool inverse; /**< c2c only; r2c has false here, c2r true */
} gv_fft;

/** Y[batch x out] = act(X[batch x in] * W[in x out] + b[out]). */
typedef struct gv_dense {
    uint64_t batch, in, out;
    gv_activation act;
} gv_dense;

/** An estimate only, never run: work and traffic are given. */
typedef struct gv_custom {
    double flop, bytes; /**< work, and traffic of device memory */
    double in, out;     /**< bytes transferred to and from the device */
    double parallel;    /**< Amdahl's parallel share, 0 to 1 */
    double launches;    /**< kernels launched, at least 1 */
} gv_custom;

typedef struct gv_workload {
    gv_op op;
    gv_precision precision;
    union {
        gv_matmul matmul;
        gv_conv2d conv2d;
        gv_fft fft;
        gv_dense dense;
        gv_custom custom;
    } as;
} gv_workload;

/** One array that an operation reads or writes. */
typedef struct gv_operand {
    const char *name; /**< "A", "filters", "output"; static text */
    size_t elements;  /**< real numbers of the workload's precision (a complex number is two) */
    size_t bytes;
    bool
        weight; /**< stays on the device in the view "weights resident"; may be packed beforehand */
} gv_operand;

/** The arrays of an operation, in the order in which every provider takes them:
 * matmul A, B -> C; conv2d input, filters -> output; fft input -> output; dense X, W, b -> Y. */
typedef struct gv_operands {
    uint32_t inputs;
    gv_operand input[GV_MAX_INPUTS];
    gv_operand output;
} gv_operands;

/** "matmul", "conv2d", "fft", "dense", "custom". Static text. */
GV_API const char *gv_op_name(gv_op op);
/** "f32", "f64", "f16". Static text. */
GV_API const char *gv_precision_name(gv_precision precision);
/** Bytes of one real number: 4, 8, 2. */
GV_API size_t gv_precision_bytes(gv_precision precision);
/** Unit roundoff of the precision: 2^-24, 2^-53, 2^-11. */
GV_API double gv_precision_roundoff(gv_precision precision);
/** "none", "relu", "gelu", "sigmoid", "tanh". Static text. */
GV_API const char *gv_activation_name(gv_activation act);
/** act(x) in double, the definition that every result is checked against. */
GV_API double gv_activation_apply(gv_activation act, double x);

/** Output rows P and columns Q; both 0 where the (dilated) filter is larger than the padded input.
 */
GV_API void gv_conv2d_output(const gv_conv2d *conv, uint64_t *p, uint64_t *q);
/** Complex points of one transform: the product of the logical shape. */
GV_API uint64_t gv_fft_points(const gv_fft *fft);

/** Read a workload, `OP:key=value,…` (the syntax is in bench/README.md).
 *
 * @param text        e.g. "matmul:m=512,n=512,k=512" or "conv2d:n=1,…,pad=1x1"; "convolution" is
 *                    accepted for "conv2d"
 * @param[out] out    valid sizes: every array and the work fit into size_t and 2^53
 * @retval GV_ARGUMENT an unknown, repeated, missing, zero, negative or overflowing value, or an
 *                    empty output; err->text names it */
GV_API gv_status gv_workload_parse(const char *text, gv_workload *out, gv_error *err);

/** Write the canonical form (fixed order of keys, defaults left out): the key used everywhere.
 * Parsing it gives the same workload. `text` has GV_WORKLOAD_TEXT bytes. Returns `text`. */
GV_API char *gv_workload_format(const gv_workload *workload, char text[GV_WORKLOAD_TEXT]);

/** Work of one call in flop, as counted by convention whatever the algorithm: matmul 2mnk·batch,
 * conv2d 2NKPQ(C/groups)RS, dense 2·batch·in·out, fft 5N·log2 N·batch (half of it for real). */
GV_API double gv_workload_flop(const gv_workload *workload);

/** The least traffic of device memory: every operand once. custom: as given. */
GV_API double gv_workload_bytes(const gv_workload *workload);

/** Bytes to the device in one call with everything moved, or with the weights resident. */
GV_API double gv_workload_bytes_in(const gv_workload *workload, bool weights_resident);
/** Bytes back to the host in one call. */
GV_API double gv_workload_bytes_out(const gv_workload *workload);

/** The arrays of one call. GV_ARGUMENT for custom, which has none. */
GV_API gv_status gv_workload_operands(const gv_workload *workload, gv_operands *out, gv_error *err);

/** Whether its sizes can exist, for a workload that no text was read for: none is zero, each array
 * has at most 2^53 bytes, given work is finite. GV_ARGUMENT where not. */
GV_API gv_status gv_workload_check(const gv_workload *workload, gv_error *err);

/** The same question at another size: matmul m, n and k each times `scale`; conv2d and dense the
 * batch; fft every axis, to the next power of two. At least 1 each. custom: flop and all bytes. */
GV_API gv_workload gv_workload_scale(const gv_workload *workload, double scale);

#ifdef __cplusplus
}
#endif
#endif
