/* SPDX-License-Identifier: Apache-2.0 */
/* fft by clFFT 2.12. */
#include "base/support.h"
#include "kernels/device_rows.h"
#include "opencl/cl_names.h"

#include <clFFT.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct fft_plan {
    gv__context *context; /* borrowed */
    clfftPlanHandle handle;
    clfftDirection direction;
    cl_mem space; /* NULL where clFFT needs none */
} fft_plan;

/* clFFT is set up once a process; its handles are numbers of one table. */
static bool is_set_up;

static const char *version(void)
{
    static char text[32];
    cl_uint major = 0;
    cl_uint minor = 0;
    cl_uint patch = 0;
    if (clfftGetVersion(&major, &minor, &patch) != CLFFT_SUCCESS) {
        return "unknown";
    }
    snprintf(text, sizeof text, "%u.%u.%u", major, minor, patch);
    return text;
}

/* The codes that clFFT adds to OpenCL's. */
static const struct {
    clfftStatus code;
    const char *name, *meaning;
} names[] = {
    {CLFFT_BUGCHECK, "CLFFT_BUGCHECK", "its code generator gave up"},
    {CLFFT_NOTIMPLEMENTED, "CLFFT_NOTIMPLEMENTED", "it does not serve this length or layout"},
    {CLFFT_TRANSPOSED_NOTIMPLEMENTED, "CLFFT_TRANSPOSED_NOTIMPLEMENTED",
     "it cannot transpose this length"},
    {CLFFT_FILE_NOT_FOUND, "CLFFT_FILE_NOT_FOUND", "a file is missing"},
    {CLFFT_FILE_CREATE_FAILURE, "CLFFT_FILE_CREATE_FAILURE", "a file cannot be written"},
    {CLFFT_VERSION_MISMATCH, "CLFFT_VERSION_MISMATCH", "header and library differ"},
    {CLFFT_INVALID_PLAN, "CLFFT_INVALID_PLAN", "the plan does not exist"},
    {CLFFT_DEVICE_NO_DOUBLE, "CLFFT_DEVICE_NO_DOUBLE", "the device lacks double precision"},
    {CLFFT_DEVICE_MISMATCH, "CLFFT_DEVICE_MISMATCH", "the plan is for another device"},
};

static gv_status checked(clfftStatus code, const char *call, gv_error *err)
{
    if (code == CLFFT_SUCCESS) {
        return GV_OK;
    }
    for (size_t i = 0; i < GV__COUNT(names); i++) {
        if (names[i].code == code) {
            const bool refused =
                code == CLFFT_NOTIMPLEMENTED || code == CLFFT_TRANSPOSED_NOTIMPLEMENTED;
            return gv__fail(err, refused ? GV_UNSUPPORTED : GV_LIBRARY, (int32_t)code, call,
                            "clFFT answered %s (%d): %s", names[i].name, (int)code,
                            names[i].meaning);
        }
    }
    return gv__cl_fail(err, (cl_int)code, call, "clFFT's transform");
}

/* What is left of a length when the radices of clFFT are divided out; 1 where it serves the length.
 */
static uint64_t rest_of_length(uint64_t length)
{
    static const uint64_t radices[] = {2, 3, 5, 7, 11, 13};
    for (size_t i = 0; i < GV__COUNT(radices); i++) {
        while (length % radices[i] == 0) {
            length /= radices[i];
        }
    }
    return length;
}

static gv_status supports(const gv_device *facts, const gv_workload *workload, gv_error *err)
{
    gv_status status = gv__device_fits(facts, workload, err);
    if (status != GV_OK) {
        return status;
    }
    const gv_fft *fft = &workload->as.fft;
    for (uint32_t i = 0; i < fft->dims; i++) {
        if (rest_of_length(fft->shape[i]) != 1) {
            return gv__fail(err, GV_UNSUPPORTED, 0, NULL,
                            "clFFT serves no prime factor above 13, and %llu has one",
                            (unsigned long long)fft->shape[i]);
        }
    }
    return GV_OK;
}

static gv_status set_up(gv_error *err)
{
    if (is_set_up) {
        return GV_OK;
    }
    /* clfftInitSetupData() is an inline function without a body to link with at -O0. */
    const clfftSetupData data = {
        .major = clfftVersionMajor, .minor = clfftVersionMinor, .patch = clfftVersionPatch};
    gv_status status = checked(clfftSetup(&data), "clfftSetup", err);
    is_set_up = status == GV_OK;
    return status;
}

/* Strides of one side, fastest axis first, and what one transform takes. `last` is the length of
 * the last axis as stored: n, or n/2+1 for half a spectrum. */
static size_t strides_of(const gv_fft *fft, size_t last, size_t strides[GV_FFT_MAX_DIMS])
{
    size_t total = 1;
    for (uint32_t i = 0; i < fft->dims; i++) {
        strides[i] = total;
        total *= i == 0 ? last : (size_t)fft->shape[fft->dims - 1 - i];
    }
    return total;
}

#define TRY(call, ...)                                                                             \
    do {                                                                                           \
        gv_status status_ = checked(call(__VA_ARGS__), #call, err);                                \
        if (status_ != GV_OK) {                                                                    \
            return status_;                                                                        \
        }                                                                                          \
    } while (0)

static gv_status describe(clfftPlanHandle handle, const gv_fft *fft, gv_precision precision,
                          gv_error *err)
{
    const clfftDim dims = (clfftDim)fft->dims;
    const size_t real = (size_t)fft->shape[fft->dims - 1];
    const size_t half = real / 2 + 1;
    size_t in[GV_FFT_MAX_DIMS];
    size_t out[GV_FFT_MAX_DIMS];
    const size_t in_size = strides_of(fft, fft->kind == GV_FFT_C2R ? half : real, in);
    const size_t out_size = strides_of(fft, fft->kind == GV_FFT_R2C ? half : real, out);
    static const clfftLayout layouts[GV_FFT_KIND_COUNT][2] = {
        [GV_FFT_C2C] = {CLFFT_COMPLEX_INTERLEAVED, CLFFT_COMPLEX_INTERLEAVED},
        [GV_FFT_R2C] = {CLFFT_REAL, CLFFT_HERMITIAN_INTERLEAVED},
        [GV_FFT_C2R] = {CLFFT_HERMITIAN_INTERLEAVED, CLFFT_REAL},
    };
    TRY(clfftSetPlanPrecision, handle, precision == GV_PRECISION_F64 ? CLFFT_DOUBLE : CLFFT_SINGLE);
    TRY(clfftSetLayout, handle, layouts[fft->kind][0], layouts[fft->kind][1]);
    TRY(clfftSetResultLocation, handle, CLFFT_OUTOFPLACE);
    TRY(clfftSetPlanInStride, handle, dims, in);
    TRY(clfftSetPlanOutStride, handle, dims, out);
    TRY(clfftSetPlanDistance, handle, in_size, out_size);
    TRY(clfftSetPlanBatchSize, handle, (size_t)fft->batch);
    return GV_OK; /* scales are 1 forward and 1/N backward unless told otherwise */
}

static gv_status bake(fft_plan *plan, const gv_fft *fft, gv_precision precision, gv_error *err)
{
    size_t lengths[GV_FFT_MAX_DIMS]; /* fastest axis first */
    for (uint32_t i = 0; i < fft->dims; i++) {
        lengths[i] = (size_t)fft->shape[fft->dims - 1 - i];
    }
    TRY(clfftCreateDefaultPlan, &plan->handle, plan->context->context, (clfftDim)fft->dims,
        lengths);
    gv_status status = describe(plan->handle, fft, precision, err);
    if (status != GV_OK) {
        return status;
    }
    TRY(clfftBakePlan, plan->handle, 1, &plan->context->queue, NULL, NULL);
    size_t bytes = 0;
    TRY(clfftGetTmpBufSize, plan->handle, &bytes);
    return bytes == 0 ? GV_OK : gv__buffer_create(plan->context, bytes, &plan->space, err);
}

static void destroy(void *plan)
{
    fft_plan *made = plan;
    if (made != NULL) {
        if (made->handle != 0) {
            clfftDestroyPlan(&made->handle);
        }
        gv__buffer_free(made->space);
        free(made);
    }
}

static gv_status create(gv__context *context, const gv_workload *workload,
                        const gv__parameters *parameters, void **plan, gv__costs *costs,
                        gv_error *err)
{
    (void)parameters; /* nothing to tune yet */
    const gv_fft *fft = &workload->as.fft;
    gv_status status = set_up(err);
    if (status != GV_OK) {
        return status;
    }
    fft_plan *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return gv__fail(err, GV_MEMORY, 0, NULL, "no memory for a plan");
    }
    made->context = context;
    made->direction = fft->inverse || fft->kind == GV_FFT_C2R ? CLFFT_BACKWARD : CLFFT_FORWARD;
    const double start_s = gv__now_s();
    status = bake(made, fft, workload->precision, err);
    if (status != GV_OK) {
        destroy(made);
        return status;
    }
    gv__costs_add(costs, GV_COST_PLAN, gv__now_s() - start_s);
    *plan = made;
    return GV_OK;
}

/* A plan that was baked without a complaint may still fail here: kernels that do not compile are
 * noticed only now (-44). */
static gv_status enqueue(void *plan, const cl_mem inputs[], cl_mem output, gv_error *err)
{
    fft_plan *made = plan;
    cl_mem in = inputs[0];
    return checked(clfftEnqueueTransform(made->handle, made->direction, 1, &made->context->queue, 0,
                                         NULL, gv__last_event(made->context), &in, &output,
                                         made->space),
                   "clfftEnqueueTransform", err);
}

void gv__clfft_release(void)
{
    if (is_set_up) {
        clfftTeardown();
        is_set_up = false;
    }
}

const gv__device_provider gv__clfft_fft = {
    .name = "clFFT",
    .op = GV_OP_FFT,
    .version = version,
    .supports = supports,
    .create = create,
    .enqueue = enqueue,
    .destroy = destroy,
};
