/* SPDX-License-Identifier: Apache-2.0 */
/* clFFT and VkFFT on the first device, against transforms in double. */
#include "base/support.h"
#include "tests/kernels/device_case.h"
#include "tests/opencl/any_device.h"

#include <inttypes.h>

/* Each row costs clFFT seconds of compiling on a cold cache. */
static const char *const clfft_workloads[] = {
    "fft:shape=16,batch=3",
    "fft:shape=240,dir=inverse",
    "fft:shape=64,batch=2,kind=r2c",
    "fft:shape=8x16x12",
    "fft:shape=6x10,batch=3,kind=r2c",
    "fft:shape=6x10,batch=2,kind=c2r",
    "fft:shape=4x6x8,kind=c2r",
    "fft:shape=16,kind=c2r,precision=f64",
};

static const char *const vkfft_workloads[] = {
    "fft:shape=16,batch=3",
    "fft:shape=17,batch=5",
    "fft:shape=1009,dir=inverse",
    "fft:shape=32768",
    "fft:shape=65536,kind=r2c",
    "fft:shape=65536,kind=c2r",
    "fft:shape=15,batch=3,kind=r2c",
    "fft:shape=15,batch=3,kind=c2r",
    "fft:shape=8x16x12",
    "fft:shape=5x7x9,batch=2,dir=inverse",
    "fft:shape=4x6x8,batch=2,kind=c2r",
    "fft:shape=6x10,kind=c2r,precision=f64",
    "fft:shape=4199,precision=f64",
};

static void expect_right(void **state, const char *name, const char *const workloads[],
                         size_t count)
{
    const gv__device_provider *provider = device_case_provider(GV_OP_FFT, name);
    if (provider == NULL) {
        printf("%s was not built in\n", name);
        return;
    }
    assert_int_equal(device_case_count_wrong(*state, provider, workloads, count), 0);
}

static void clfft_transforms_lengths_of_small_factors(void **state)
{
    expect_right(state, "clFFT", clfft_workloads, GV__COUNT(clfft_workloads));
}

static void vkfft_transforms_any_length(void **state)
{
    expect_right(state, "VkFFT", vkfft_workloads, GV__COUNT(vkfft_workloads));
}

/* VkFFT then takes several passes, and its first one reads another buffer than a single pass does:
 * half a spectrum of twice what local memory holds. How long that is differs from device to device.
 */
static void vkfft_folds_a_spectrum_longer_than_local_memory(void **state)
{
    static const struct {
        const char *rows, *batch;
    } cases[] = {{"", ""}, {"", ",batch=2"}, {"3x", ""}};
    const gv__context *context = *state;
    const double local_bytes = gv_device_number(&context->facts, GV_DEVICE_LOCAL_MEM);
    uint64_t length = 1024;
    while ((double)length * sizeof(float) <= local_bytes) {
        length *= 2;
    }
    for (size_t i = 0; i < GV__COUNT(cases); i++) {
        char text[GV_WORKLOAD_TEXT];
        snprintf(text, sizeof text, "fft:shape=%s%" PRIu64 "%s,kind=c2r", cases[i].rows, length,
                 cases[i].batch);
        expect_right(state, "VkFFT", (const char *const[]){text}, 1);
    }
}

static void clfft_refuses_a_prime_factor_above_13_by_name(void **state)
{
    const gv__device_provider *provider = device_case_provider(GV_OP_FFT, "clFFT");
    if (provider == NULL) {
        printf("clFFT was not built in\n");
        return;
    }
    const gv__context *context = *state;
    gv_workload workload;
    gv_error err = {0};
    assert_status(gv_workload_parse("fft:shape=8x4199", &workload, &err), GV_OK, err);
    assert_status(provider->supports(&context->facts, &workload, &err), GV_UNSUPPORTED, err);
    assert_non_null(strstr(err.text, "4199"));
}

static int close_libraries_and_device(void **state)
{
    gv__device_providers_release();
    return any_device_close(state);
}

int main(void)
{
    if (!any_device_find().found) {
        return gv_test_no_device("no OpenCL device");
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clfft_transforms_lengths_of_small_factors),
        cmocka_unit_test(vkfft_transforms_any_length),
        cmocka_unit_test(vkfft_folds_a_spectrum_longer_than_local_memory),
        cmocka_unit_test(clfft_refuses_a_prime_factor_above_13_by_name),
    };
    return cmocka_run_group_tests(tests, any_device_open, close_libraries_and_device);
}
