/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/kernels/known_faults.h"

#include "base/support.h"

#include <string.h>

static const known_fault faults[] = {
    /* Intel 2026.2.0: the plan is made, but its kernels do not compile. */
    {"clFFT", "Intel(R) OpenCL", "2026.22.", "fft:shape=8", "CL_INVALID_PROGRAM"},
    /* llvmpipe ends a work-item's loops after 65,535 rounds in all: long sums are cut off. (The
     * same workloads are right with tunables that give a work-item fewer tiles.) */
    {"gpuverdict direct", "rusticl", "22.3.",
     "conv2d:n=1,c=70,h=37,w=49,k=31,r=2,s=1,pad=1x0,stride=1x3", "was not written"},
    {"gpuverdict implicit GEMM", "rusticl", "22.3.",
     "conv2d:n=1,c=93,h=12,w=1,k=45,r=11,s=11,pad=5x5,dilation=2x1,groups=3", "was not written"},
};

static bool is_like(const known_fault *fault, const gv_workload *workload)
{
    gv_workload smallest;
    return gv_workload_parse(fault->workload, &smallest, NULL) == GV_OK &&
           smallest.op == workload->op && gv_workload_flop(workload) >= gv_workload_flop(&smallest);
}

const known_fault *known_fault_find(const char *provider, const gv_device *facts,
                                    const gv_workload *workload, const char *said)
{
    for (size_t i = 0; i < GV__COUNT(faults); i++) {
        const known_fault *fault = &faults[i];
        if (strcmp(fault->provider, provider) == 0 &&
            strstr(gv_device_text(facts, GV_DEVICE_PLATFORM), fault->platform) != NULL &&
            strstr(gv_device_text(facts, GV_DEVICE_DRIVER), fault->driver) != NULL &&
            (said == NULL || strstr(said, fault->sign) != NULL) && is_like(fault, workload)) {
            return fault;
        }
    }
    return NULL;
}
