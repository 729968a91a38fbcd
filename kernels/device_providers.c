/* SPDX-License-Identifier: Apache-2.0 */
/* Which device providers were built in, and what none of them could serve. */
#include "base/cut.h"
#include "base/support.h"
#include "kernels/device_rows.h"

/* Libraries first, ours behind them: what people use today is what a verdict should be about. Each
 * list ends with NULL, since in a build without libraries one may hold nothing else. */
static const gv__device_provider *const matmul_rows[] = {
#if defined(GV_HAVE_CLBLAST)
    &gv__clblast_matmul,
#endif
    &gv__panel_matmul,
    &gv__tiled_matmul,
    NULL,
};

static const gv__device_provider *const conv2d_rows[] = {
    &gv__depthwise_conv2d,  &gv__direct_conv2d, &gv__winograd_4_conv2d,
    &gv__winograd_2_conv2d, &gv__tiled_conv2d,  NULL,
};

static const gv__device_provider *const fft_rows[] = {
#if defined(GV_HAVE_CLFFT)
    &gv__clfft_fft,
#endif
#if defined(GV_HAVE_VKFFT)
    &gv__vkfft_fft,
#endif
    &gv__own_fft,
    NULL,
};

static const gv__device_provider *const dense_rows[] = {&gv__panel_dense, &gv__tiled_dense, NULL};

const gv__device_provider *const *gv__device_providers(gv_op op, size_t *count)
{
    static const gv__device_provider *const none[] = {NULL};
    const gv__device_provider *const *rows = none;
    switch (op) {
    case GV_OP_MATMUL:
        rows = matmul_rows;
        break;
    case GV_OP_CONV2D:
        rows = conv2d_rows;
        break;
    case GV_OP_FFT:
        rows = fft_rows;
        break;
    case GV_OP_DENSE:
        rows = dense_rows;
        break;
    case GV_OP_CUSTOM:
        break;
    }
    size_t n = 0;
    while (rows[n] != NULL) {
        n++;
    }
    *count = n;
    return rows;
}

void gv__device_providers_release(void)
{
#if defined(GV_HAVE_CLBLAST)
    gv__clblast_release();
#endif
#if defined(GV_HAVE_CLFFT)
    gv__clfft_release();
#endif
}

static gv_status precision_fits(const gv_device *facts, const gv_workload *workload, gv_error *err)
{
    switch (workload->precision) {
    case GV_PRECISION_F32:
        return GV_OK;
    case GV_PRECISION_F64:
        if (gv_device_number(facts, GV_DEVICE_FP64) == 1.0) {
            return GV_OK;
        }
        return gv__fail(err, GV_UNSUPPORTED, 0, NULL,
                        "the device does not offer double precision (cl_khr_fp64)");
    case GV_PRECISION_F16: /* stored as halves, which any device loads, and summed in f32 */
        break;
    }
    return workload->op == GV_OP_FFT
               ? gv__fail(err, GV_UNSUPPORTED, 0, NULL, "no kernel computes %s in f16",
                          gv_op_name(workload->op))
               : GV_OK;
}

static gv_status complain_large(const gv_operands *operands, double largest, double memory,
                                gv_error *err)
{
    double all = (double)operands->output.bytes;
    const gv_operand *most = &operands->output;
    for (uint32_t i = 0; i < operands->inputs; i++) {
        all += (double)operands->input[i].bytes;
        most = operands->input[i].bytes > most->bytes ? &operands->input[i] : most;
    }
    if ((double)most->bytes > largest) {
        return gv__fail(err, GV_UNSUPPORTED, 0, NULL,
                        "%s takes %.3g GiB, the device's largest buffer is %.3g GiB", most->name,
                        (double)most->bytes / 0x1p30, largest / 0x1p30);
    }
    return gv__fail(err, GV_UNSUPPORTED, 0, NULL,
                    "the operands take %.3g GiB, the device has %.3g GiB", all / 0x1p30,
                    memory / 0x1p30);
}

gv_status gv__device_fits(const gv_device *facts, const gv_workload *workload, gv_error *err)
{
    if (workload->op == GV_OP_CUSTOM) {
        return gv__fail(err, GV_UNSUPPORTED, 0, NULL,
                        "custom workloads are estimates and are never run");
    }
    gv_status status = precision_fits(facts, workload, err);
    if (status != GV_OK) {
        return status;
    }
    gv_operands operands;
    status = gv_workload_operands(workload, &operands, err);
    /* A limit that the driver would not tell does not refuse anything: the allocation will. */
    const double largest = gv_device_number(facts, GV_DEVICE_MAX_ALLOC);
    const double memory = gv_device_number(facts, GV_DEVICE_GLOBAL_MEM);
    if (status == GV_OK && !gv__fits_whole(&operands, largest, memory)) {
        status = complain_large(&operands, largest, memory, err);
    }
    return status;
}
