/* SPDX-License-Identifier: Apache-2.0 */
/* Our own fft on the first device, against transforms in double. */
#include "base/support.h"
#include "tests/kernels/device_case.h"
#include "tests/opencl/any_device.h"

/* Each mode of fft.cl, real numbers that fold and those that do not, each radix as the first, in
 * the middle and as the last, vectors that overlap, blocks that end outside of the array, both work
 * spaces. */
static const char *const workloads[] = {
    "fft:shape=2,batch=5",
    "fft:shape=35,batch=3,dir=inverse",
    "fft:shape=1000",
    "fft:shape=729,dir=inverse",
    "fft:shape=8192,kind=r2c",
    "fft:shape=8192,kind=c2r",
    "fft:shape=32768,kind=r2c",
    "fft:shape=32768,kind=c2r",
    "fft:shape=2,batch=3,kind=r2c",
    "fft:shape=4,batch=3,kind=c2r",
    "fft:shape=70,batch=3,kind=r2c",
    "fft:shape=15,batch=3,kind=r2c",
    "fft:shape=15,batch=2,kind=c2r",
    "fft:shape=5625,batch=2",
    "fft:shape=30,batch=3,kind=c2r",
    "fft:shape=4x6x8,batch=2,kind=c2r",
    "fft:shape=4x6x8,batch=2,kind=r2c",
    "fft:shape=2048x6",
    "fft:shape=60x70,precision=f64",
};

/* What the family for GPUs does differently: many work-items, one copy, padded. */
static const char *const gpu_workloads[] = {
    "fft:shape=2,batch=3",      "fft:shape=48,batch=37",    "fft:shape=1000,dir=inverse",
    "fft:shape=8192",           "fft:shape=6x10,kind=r2c",  "fft:shape=48,batch=5,kind=c2r",
    "fft:shape=16384,kind=r2c", "fft:shape=16384,kind=c2r",
};

static const gv__device_provider *ours(void)
{
    return device_case_provider(GV_OP_FFT, "gpuverdict");
}

static void lengths_of_the_primes_to_7_are_transformed(void **state)
{
    assert_int_equal(device_case_count_wrong(*state, ours(), workloads, GV__COUNT(workloads)), 0);
}

static void the_family_for_gpus_is_right(void **state)
{
    assert_int_equal(
        device_case_count_wrong_as_gpu(*state, ours(), gpu_workloads, GV__COUNT(gpu_workloads)), 0);
}

static void other_tunables_are_right(void **state)
{
    assert_int_equal(device_case_count_wrong_candidates(*state, ours(), "fft:shape=4x1536", 5), 0);
}

static void a_set_that_cannot_be_is_refused(void **state)
{
    static const struct {
        const char *family;
        const char *sets[10];
    } cases[] = {
        {"CPU",
         {"WIDTH=3", "WIDTH=32", "RADIX=2", "COLUMN_RADIX=2", "RADIX=32", "LANES=2", "ROW=0",
          "COLUMN=1", "ROW=65536", "POINTS=3"}},
        {"GPU",
         {"WIDTH=2", "RADIX=2", "COLUMN_RADIX=2", "RADIX=32", "LANES=3", "ROW=0", "COLUMN=1",
          "ROW=65536", "POINTS=3", "POINTS=64"}},
    };
    gv__context *context = *state;
    gv_workload workload;
    gv_error err = {0};
    assert_status(gv_workload_parse("fft:shape=1024", &workload, &err), GV_OK, err);
    for (size_t f = 0; f < GV__COUNT(cases); f++) {
        const gv_device facts = device_case_dress(context, cases[f].family);
        for (size_t i = 0; i < GV__COUNT(cases[f].sets); i++) {
            gv__parameters set;
            void *plan = NULL;
            gv__costs costs = gv__costs_none();
            print_message("%s: %s\n", cases[f].family, cases[f].sets[i]);
            assert_status(gv__parameters_read(cases[f].sets[i], &set, &err), GV_OK, err);
            assert_status(ours()->create(context, &workload, &set, &plan, &costs, &err),
                          GV_UNSUPPORTED, err);
        }
        context->facts = facts;
    }
}

int main(void)
{
    if (!any_device_find().found) {
        return gv_test_no_device("no OpenCL device");
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lengths_of_the_primes_to_7_are_transformed),
        cmocka_unit_test(the_family_for_gpus_is_right),
        cmocka_unit_test(other_tunables_are_right),
        cmocka_unit_test(a_set_that_cannot_be_is_refused),
    };
    return cmocka_run_group_tests(tests, any_device_open, any_device_close);
}
