/* SPDX-License-Identifier: Apache-2.0 */
/* fft by VkFFT, which takes any length: the second choice behind clFFT. */
#include "base/support.h"
#include "kernels/device_rows.h"
#include "opencl/cl_names.h"
#include "opencl/program_cache.h"

#include <stdio.h>
#include <stdlib.h>

/* The program that VkFFT is at: it creates each from one source and builds it without options at
 * once. Its own way of keeping binaries (saveApplicationToString) reads two bytes less than it
 * wrote with OpenCL, and does not know which source they were built from. */
static struct {
    gv__context *context;
    gv__program_key key;
    cl_program loaded; /* built already */
} at_hand;

static cl_program create_or_load(cl_context context, cl_uint count, const char **texts,
                                 const size_t *lengths, cl_int *code)
{
    gv__program_key_make(at_hand.context, texts, lengths, count, NULL, &at_hand.key);
    at_hand.loaded = gv__program_load(at_hand.context, &at_hand.key, NULL);
    if (at_hand.loaded == NULL) {
        return clCreateProgramWithSource(context, count, texts, lengths, code);
    }
    *code = CL_SUCCESS;
    return at_hand.loaded;
}

static cl_int build_and_keep(cl_program program, const cl_device_id *device)
{
    if (program == at_hand.loaded) {
        return CL_SUCCESS;
    }
    cl_int code = gv__program_compile(program, *device, NULL);
    if (code == CL_SUCCESS) {
        gv__program_keep(at_hand.context, &at_hand.key, program);
    }
    return code;
}

/* VkFFT prints a kernel that does not compile to stdout, which belongs to the program. */
#define printf(...)               ((void)0)
#define clCreateProgramWithSource create_or_load
#define clBuildProgram(program, count, devices, options, notify, argument)                         \
    build_and_keep(program, devices)
#define VKFFT_BACKEND 3
#include <vkFFT.h>
#undef printf
#undef clCreateProgramWithSource
#undef clBuildProgram

typedef struct fft_plan {
    gv__context *context; /* borrowed */
    VkFFTApplication app;
    bool initialized;
    bool inverse;
    bool to_real;
    cl_mem space; /* to_real: the spectrum between the axes, so that the input stays as it is */
    size_t copied_bytes; /* of the input into `space` before each transform */
} fft_plan;

static const char *version(void)
{
    static char text[32];
    const int number = VkFFTGetVersion(); /* 10226 is 1.2.26 */
    snprintf(text, sizeof text, "%d.%d.%d", number / 10000, number / 100 % 100, number % 100);
    return text;
}

/* Those of VkFFT's many codes that its OpenCL part can answer to a right call. */
static const struct {
    VkFFTResult code;
    const char *name;
} names[] = {
#define ROW(code)                                                                                  \
    {                                                                                              \
        code, #code                                                                                \
    }
    ROW(VKFFT_ERROR_MALLOC_FAILED),
    ROW(VKFFT_ERROR_INSUFFICIENT_CODE_BUFFER),
    ROW(VKFFT_ERROR_INSUFFICIENT_TEMP_BUFFER),
    ROW(VKFFT_ERROR_UNSUPPORTED_RADIX),
    ROW(VKFFT_ERROR_UNSUPPORTED_FFT_LENGTH),
    ROW(VKFFT_ERROR_UNSUPPORTED_FFT_LENGTH_R2C),
    ROW(VKFFT_ERROR_UNSUPPORTED_FFT_OMIT),
    ROW(VKFFT_ERROR_FAILED_TO_ALLOCATE),
    ROW(VKFFT_ERROR_FAILED_TO_CREATE_BUFFER),
    ROW(VKFFT_ERROR_FAILED_TO_ALLOCATE_MEMORY),
    ROW(VKFFT_ERROR_FAILED_TO_COPY),
    ROW(VKFFT_ERROR_FAILED_TO_CREATE_PROGRAM),
    ROW(VKFFT_ERROR_FAILED_TO_COMPILE_PROGRAM),
    ROW(VKFFT_ERROR_FAILED_TO_GET_FUNCTION),
    ROW(VKFFT_ERROR_FAILED_TO_LAUNCH_KERNEL),
    ROW(VKFFT_ERROR_FAILED_TO_SET_KERNEL_ARG),
    ROW(VKFFT_ERROR_FAILED_TO_CREATE_COMMAND_QUEUE),
    ROW(VKFFT_ERROR_FAILED_TO_GET_ATTRIBUTE),
#undef ROW
};

static gv_status checked(VkFFTResult code, const char *call, gv_error *err)
{
    if (code == VKFFT_SUCCESS) {
        return GV_OK;
    }
    const char *name = "an error without a name here";
    for (size_t i = 0; i < GV__COUNT(names); i++) {
        if (names[i].code == code) {
            name = names[i].name;
        }
    }
    const bool refused = code == VKFFT_ERROR_UNSUPPORTED_RADIX ||
                         code == VKFFT_ERROR_UNSUPPORTED_FFT_LENGTH ||
                         code == VKFFT_ERROR_UNSUPPORTED_FFT_LENGTH_R2C;
    return gv__fail(err, refused ? GV_UNSUPPORTED : GV_LIBRARY, (int32_t)code, call,
                    "VkFFT answered %s (%d)", name, (int)code);
}

/* Distances along the slower axes, fastest axis first; the last is the size of one transform.
 * `last` is the length of the last axis as stored. */
static void strides_of(const gv_fft *fft, uint64_t last, uint64_t strides[GV_FFT_MAX_DIMS])
{
    uint64_t total = last;
    for (uint32_t i = 0; i < GV_FFT_MAX_DIMS; i++) {
        strides[i] = total;
        total *= i + 1 < fft->dims ? fft->shape[fft->dims - 2 - i] : 1;
    }
}

static VkFFTConfiguration describe(fft_plan *plan, const gv_fft *fft, gv_precision precision)
{
    const uint64_t real = fft->shape[fft->dims - 1];
    const uint64_t half = real / 2 + 1;
    uint64_t in[GV_FFT_MAX_DIMS];
    uint64_t middle[GV_FFT_MAX_DIMS];
    uint64_t out[GV_FFT_MAX_DIMS];
    strides_of(fft, fft->kind == GV_FFT_C2R ? half : real, in);
    strides_of(fft, fft->kind == GV_FFT_C2C ? real : half, middle);
    strides_of(fft, fft->kind == GV_FFT_R2C ? half : real, out);

    VkFFTConfiguration config = {0};
    config.FFTdim = fft->dims;
    config.device = &plan->context->device;
    config.context = &plan->context->context;
    config.numberBatches = fft->batch;
    config.performR2C = fft->kind != GV_FFT_C2C;
    config.doublePrecision = precision == GV_PRECISION_F64;
    config.normalize = 1;
    config.makeForwardPlanOnly = !plan->inverse;
    config.makeInversePlanOnly = plan->inverse;
    config.isInputFormatted = 1; /* the input is a buffer of its own and is only read */
    config.isOutputFormatted = plan->to_real;
    for (uint32_t i = 0; i < GV_FFT_MAX_DIMS; i++) {
        config.size[i] = i < fft->dims ? fft->shape[fft->dims - 1 - i] : 1;
        config.inputBufferStride[i] = in[i];
        config.bufferStride[i] = middle[i];
        config.outputBufferStride[i] = out[i];
    }
    /* 32-bit positions reach 2^32 bytes. */
    config.useUint64 =
        (double)in[GV_FFT_MAX_DIMS - 1] * (double)fft->batch * 16.0 >= 0x1p32 ? 1 : 0;
    return config;
}

static gv_status supports(const gv_device *facts, const gv_workload *workload, gv_error *err)
{
    gv_status status = gv__device_fits(facts, workload, err);
    for (uint32_t i = 0; status == GV_OK && i < workload->as.fft.dims; i++) {
        if (workload->as.fft.shape[i] == 1) {
            status = gv__fail(err, GV_UNSUPPORTED, 0, NULL, "VkFFT serves no axis of length 1");
        }
    }
    return status;
}

static void destroy(void *plan)
{
    fft_plan *made = plan;
    if (made != NULL) {
        if (made->initialized) {
            deleteVkFFT(&made->app);
        }
        gv__buffer_free(made->space);
        free(made);
    }
}

/* Does VkFFT expect the spectrum in `buffer`, whatever isInputFormatted says? So it does where one
 * axis takes several passes to real numbers: the pass that folds the spectrum asks whether it is
 * the last one of the axis by the number 0, the number of the only one (1.2.26 to 1.3.4,
 * VkFFTUpdateBufferSetR2CMultiUploadDecomposition). With several axes another pass comes before.
 * Such an axis is done as a complex one of half its length, and not "by R2C". */
static bool reads_buffer(const fft_plan *plan)
{
    return plan->to_real && plan->app.configuration.FFTdim == 1 &&
           !plan->app.localFFTPlan_inverse->actualPerformR2CPerAxis[0] &&
           plan->app.localFFTPlan_inverse->numAxisUploads[0] > 1;
}

static gv_status create(gv__context *context, const gv_workload *workload,
                        const gv__parameters *parameters, void **plan, gv__costs *costs,
                        gv_error *err)
{
    (void)parameters; /* nothing to tune yet */
    const gv_fft *fft = &workload->as.fft;
    fft_plan *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return gv__fail(err, GV_MEMORY, 0, NULL, "no memory for a plan");
    }
    made->context = context;
    made->to_real = fft->kind == GV_FFT_C2R;
    made->inverse = fft->inverse || made->to_real;
    const double start_s = gv__now_s();
    gv_operands operands;
    gv_status status = gv_workload_operands(workload, &operands, err);
    if (status == GV_OK && made->to_real) {
        status = gv__buffer_create(context, operands.input[0].bytes, &made->space, err);
    }
    if (status == GV_OK) {
        at_hand.context = context;
        /* Frees what it allocated where it fails. */
        status = checked(initializeVkFFT(&made->app, describe(made, fft, workload->precision)),
                         "initializeVkFFT", err);
        made->initialized = status == GV_OK;
    }
    if (status == GV_OK && reads_buffer(made)) {
        made->copied_bytes = operands.input[0].bytes;
    }
    if (status != GV_OK) {
        destroy(made);
        return status;
    }
    gv__costs_add(costs, GV_COST_PLAN, gv__now_s() - start_s);
    *plan = made;
    return GV_OK;
}

static gv_status enqueue(void *plan, const cl_mem inputs[], cl_mem output, gv_error *err)
{
    fft_plan *made = plan;
    if (made->copied_bytes > 0) {
        const gv_status status =
            gv__buffer_copy(made->context, inputs[0], made->space, made->copied_bytes, err);
        if (status != GV_OK) {
            return status;
        }
    }
    cl_mem in = inputs[0];
    VkFFTLaunchParams launch = {0};
    launch.commandQueue = &made->context->queue;
    launch.inputBuffer = &in;
    launch.buffer = made->to_real ? &made->space : &output;
    launch.outputBuffer = &output;
    return checked(VkFFTAppend(&made->app, made->inverse ? 1 : -1, &launch), "VkFFTAppend", err);
}

const gv__device_provider gv__vkfft_fft = {
    .name = "VkFFT",
    .op = GV_OP_FFT,
    .version = version,
    .supports = supports,
    .create = create,
    .enqueue = enqueue,
    .destroy = destroy,
};
