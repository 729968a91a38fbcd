/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels/check.h"

#include "base/support.h"
#include "kernels/check_parts.h"

gv_status gv__check(const gv_workload *workload, const void *const inputs[], const void *output,
                    const void *linear, const void *inverse, uint64_t seed, gv_check_result *out,
                    gv_error *err)
{
    return gv__check_as(GV__ALGORITHM_ANY, workload, inputs, output, linear, inverse, seed, out,
                        err);
}

gv_status gv__check_as(gv__algorithm algorithm, const gv_workload *workload,
                       const void *const inputs[], const void *output, const void *linear,
                       const void *inverse, uint64_t seed, gv_check_result *out, gv_error *err)
{
    gv_operands operands;
    gv_status status = gv_workload_operands(workload, &operands, err);
    if (status != GV_OK) {
        return gv__fail(err, GV_UNSUPPORTED, 0, NULL, "%s has no result that could be checked",
                        gv_op_name(workload->op));
    }
    if (workload->precision == GV_PRECISION_F16 && workload->op == GV_OP_FFT) {
        return gv__fail(err, GV_UNSUPPORTED, 0, NULL, "there is no check of %s in f16",
                        gv_op_name(workload->op));
    }
    bool complete = output != NULL;
    for (uint32_t i = 0; i < operands.inputs; i++) {
        complete = complete && inputs[i] != NULL;
    }
    if (!complete) {
        return gv__fail(err, GV_ARGUMENT, 0, NULL, "an array of the result to check is missing");
    }
    switch (workload->op) {
    case GV_OP_MATMUL:
        return gv__check_matmul(workload, inputs, output, seed, out, err);
    case GV_OP_CONV2D:
        return gv__check_conv2d(algorithm, workload, inputs, output, seed, out, err);
    case GV_OP_FFT:
        return gv__check_fft(workload, inputs, output, inverse, out, err);
    case GV_OP_DENSE:
        return gv__check_dense(workload, inputs, output, linear, seed, out, err);
    case GV_OP_CUSTOM:
        break;
    }
    return gv__fail(err, GV_UNSUPPORTED, 0, NULL, "%s has no result that could be checked",
                    gv_op_name(workload->op));
}
