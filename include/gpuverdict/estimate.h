/* SPDX-License-Identifier: Apache-2.0 */
/* Times and verdicts by arithmetic alone: no device, no clock, no files; any thread.
 *
 *     figures -> [estimate] -> speed-up -> verdict and advice
 *
 * Seconds, bytes, flop, and those per second. */
#ifndef GPUVERDICT_ESTIMATE_H
#define GPUVERDICT_ESTIMATE_H

#include <gpuverdict/workload.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Verdict words by headline speed-up over the host: code, word, lower limit, advice. */
#define GV_VERDICT_MAP(X)                                                                          \
    X(UNKNOWN, "unknown", "no verdict: a time is missing")                                         \
    X(SLOWER, "slower", "stay on the CPU, or send more work at once")                              \
    X(MARGINAL, "marginal", "overhead may eat it: tune the CPU code or buy a CPU")                 \
    X(NOTICEABLE, "noticeable", "weigh the effort against the gain")                               \
    X(SIGNIFICANT, "significant", "worth optimising for the device")

typedef enum gv_verdict {
#define GV_VERDICT_ENUM(code, word, advice) GV_VERDICT_##code,
    GV_VERDICT_MAP(GV_VERDICT_ENUM)
#undef GV_VERDICT_ENUM
        GV_VERDICT_COUNT
} gv_verdict;

/** The verdict of a speed-up: > 5 significant, 2 to 5 noticeable, 1 to 2 marginal, < 1 slower;
 * NAN, zero or negative: unknown. */
GV_API gv_verdict gv_verdict_of(double speedup);
/** "significant"; "worth optimising for the device". Static text. */
GV_API const char *gv_verdict_word(gv_verdict verdict);
GV_API const char *gv_verdict_advice(gv_verdict verdict);

/** What the size of the simple model counts. */
typedef enum gv_size_unit { GV_SIZE_ELEMENTS, GV_SIZE_FLOP, GV_SIZE_BYTES } gv_size_unit;

/** The original calculator's inputs. */
typedef struct gv_simple_question {
    gv_op op;
    double size;                  /**< > 0 */
    gv_size_unit unit;            /**< the original's is elements */
    double gpu_cores;             /**< > 0 */
    double cpu_factor;            /**< > 0; how much slower than the reference CPU */
    double bandwidth_bytes_per_s; /**< > 0; kept for the transfer check below */
    double transfer_s;            /**< >= 0 */
} gv_simple_question;

/** Its answer. All origins are "modelled", by constants that were never measured. */
typedef struct gv_simple_answer {
    double gpu_s, cpu_s, transfer_s;
    double gpu_total_s;      /**< gpu + transfer */
    double cpu_total_s;      /**< cpu + transfer, as the original shows it */
    double speedup_both;     /**< (cpu + transfer) / (gpu + transfer) */
    double speedup_headline; /**< cpu / (gpu + transfer): only the device pays the transfer */
    double speedup_kernel;   /**< cpu / gpu */
    double
        bandwidth_transfer_s; /**< what moving the data once each way would take at the bandwidth */
    gv_verdict verdict;       /**< of the headline */
} gv_simple_answer;

/** Answer a question by the original's model (estimator/README.md gives constants and criticism).
 *
 * @param[out] out  written only on GV_OK
 * @retval GV_ARGUMENT a figure is absent, not finite, or out of its range; err->text names it */
GV_API gv_status gv_simple_estimate(const gv_simple_question *question, gv_simple_answer *out,
                                    gv_error *err);

/** The question as a workload with shapes, for other models. matmul: a square result, each element
 * meets 1024 others; conv2d: 3 x 3, 64 to 64 channels, a square image; fft: the nearest power of
 * two; dense: 1024 inputs and outputs; custom: 1000 flop an element.
 *
 * @param question  the operation and its size count; other figures may be absent
 * @retval GV_ARGUMENT the size is absent, not positive, or gives no workload */
GV_API gv_status gv_simple_workload(const gv_simple_question *question, gv_workload *out,
                                    gv_error *err);

#ifdef __cplusplus
}
#endif
#endif
