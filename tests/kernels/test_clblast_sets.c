/* SPDX-License-Identifier: Apache-2.0 */
/* Which of CLBlast's tunables may be and are worth a try, by a device's facts alone. */
#include "kernels/clblast_sets.h"
#include "tests/gv_test.h"
#include "tests/kernels/dressed_device.h"

#include <math.h>

static const char *const shapes[] = {
    "matmul:m=512,n=512,k=512",
    "matmul:m=4096,n=4096,k=4096",
    "matmul:m=16,n=4096,k=4096,precision=f64",
};

static gv_workload read_workload(const char *text)
{
    gv_workload workload;
    gv_error err = {0};
    assert_status(gv_workload_parse(text, &workload, &err), GV_OK, err);
    return workload;
}

static bool is_in(const gv__clblast_set *set, const char *name)
{
    for (uint32_t i = 0; i < set->count; i++) {
        if (strcmp(set->name[i], name) == 0) {
            return true;
        }
    }
    return false;
}

/* Every tunable that CLBlast's documentation lists for a kernel. */
static bool is_complete(const gv__clblast_set *set)
{
    static const char *const xgemm[] = {"GEMMK", "KREG",  "KWG", "KWI", "MDIMA", "MDIMC",
                                        "MWG",   "NDIMB", "NWG", "SA",  "SB",    "NDIMC",
                                        "STRM",  "STRN",  "VWM", "VWN"};
    static const char *const direct[] = {"KWID", "MDIMAD", "MDIMCD", "NDIMBD", "NDIMCD",
                                         "PADA", "PADB",   "VWMD",   "VWND",   "WGD"};
    const bool is_direct = strcmp(set->kernel, "XgemmDirect") == 0;
    const char *const *names = is_direct ? direct : xgemm;
    const size_t count = is_direct ? GV__COUNT(direct) : GV__COUNT(xgemm);
    bool all = set->count == count;
    for (size_t i = 0; i < count; i++) {
        all = all && is_in(set, names[i]);
    }
    return all;
}

static void expect_candidates(const gv_device *facts, const char *text)
{
    const gv_workload workload = read_workload(text);
    gv__parameters set, before = {0};
    uint32_t count = 0, of_kernel[2] = {0, 0};
    assert_true(gv__clblast_candidate(facts, &workload, 0, &set));
    assert_int_equal(set.count, 0);
    while (gv__clblast_candidate(facts, &workload, count + 1, &set)) {
        gv_error err = {0};
        gv__clblast_set whole;
        gv__parameters again;
        char written[GV__PARAMETERS_TEXT];
        assert_status(gv__clblast_complete(facts, workload.precision, &set, &whole, &err), GV_OK,
                      err);
        assert_true(is_complete(&whole));
        of_kernel[strcmp(whole.kernel, "XgemmDirect") == 0]++;
        assert_false(gv__parameters_equal(&set, &before));
        gv__parameters_text(&set, written);
        assert_status(gv__parameters_read(written, &again, &err), GV_OK, err);
        assert_true(gv__parameters_equal(&set, &again));
        before = set;
        count++;
    }
    print_message("%s: %u sets of Xgemm, %u of XgemmDirect\n", text, of_kernel[0], of_kernel[1]);
    assert_in_range(count, 20, 200);
    assert_true(of_kernel[0] > 0 && of_kernel[1] > 0);
}

static void every_candidate_is_complete_and_fits_the_device(void **state)
{
    (void)state;
    const gv_device devices[] = {
        dressed_device("GPU", 132, 1024, 48 << 10),
        dressed_device("GPU", 8, 256, 16 << 10),
        dressed_device("CPU", 2, 4096, 512 << 10),
    };
    for (size_t d = 0; d < GV__COUNT(devices); d++) {
        for (size_t i = 0; i < GV__COUNT(shapes); i++) {
            expect_candidates(&devices[d], shapes[i]);
        }
    }
}

static void a_small_product_on_a_gpu_begins_with_the_kernel_that_copies_nothing(void **state)
{
    (void)state;
    const gv_device facts = dressed_device("GPU", 132, 1024, 48 << 10);
    const gv_workload small = read_workload(shapes[0]), large = read_workload(shapes[1]);
    gv__parameters first;
    assert_true(gv__clblast_candidate(&facts, &small, 1, &first));
    assert_int_equal(gv__parameters_get(&first, "WGD", 0), 32);
    assert_true(gv__clblast_candidate(&facts, &large, 1, &first));
    assert_int_equal(gv__parameters_get(&first, "MWG", 0), 64);
    const gv_device processor = dressed_device("CPU", 2, 4096, 512 << 10);
    assert_true(gv__clblast_candidate(&processor, &small, 1, &first));
    assert_int_equal(gv__parameters_get(&first, "MWG", 0), 128);
}

#define XGEMM  "MWG=64 NWG=64 KWG=32 MDIMC=16 NDIMC=8 VWM=4 VWN=4 SA=1 SB=1"
#define DIRECT "WGD=32 MDIMCD=16 NDIMCD=8 VWMD=2 VWND=2 PADA=1 PADB=1 KWID=2"

static gv_status complete(const gv_device *facts, const char *text, gv__clblast_set *out)
{
    gv__parameters set;
    gv_error err = {0};
    assert_status(gv__parameters_read(text, &set, &err), GV_OK, err);
    return gv__clblast_complete(facts, GV_PRECISION_F32, &set, out, &err);
}

static void sets_that_cannot_be_are_refused_and_change_nothing(void **state)
{
    (void)state;
    static const char *const odd[] = {
        "MWG=64",                                                       /* and nothing else */
        "WGD=32 " XGEMM,                                                /* of both */
        XGEMM " KWI=2",                                                 /* one too many */
        "MWG=64 NWG=64 KWG=32 MDIMC=16 NDIMC=8 VWM=8 VWN=4 SA=1 SB=1",  /* 64 / (16 x 8) */
        "MWG=96 NWG=96 KWG=32 MDIMC=8 NDIMC=8 VWM=3 VWN=4 SA=1 SB=1",   /* no vector of 3 */
        "MWG=64 NWG=64 KWG=16 MDIMC=32 NDIMC=8 VWM=2 VWN=4 SA=1 SB=1",  /* 16 / 32 rounds */
        "MWG=64 NWG=64 KWG=32 MDIMC=0 NDIMC=8 VWM=4 VWN=4 SA=1 SB=1",   /* by 0 */
        "MWG=-64 NWG=64 KWG=32 MDIMC=16 NDIMC=8 VWM=4 VWN=4 SA=1 SB=1", /* below 0 */
        "MWG=64 NWG=64 KWG=32 MDIMC=16 NDIMC=8 VWM=4 VWN=4 SA=2 SB=1",  /* neither yes nor no */
        "WGD=32 MDIMCD=8 NDIMCD=8 VWMD=8 VWND=2 PADA=1 PADB=1 KWID=2",  /* 32 / (8 x 8) */
        "WGD=24 MDIMCD=8 NDIMCD=8 VWMD=1 VWND=1 PADA=1 PADB=1 KWID=16", /* 24 / 16 */
        "MWG=2147483647 NWG=64 KWG=32 MDIMC=16 NDIMC=8 VWM=4 VWN=4 SA=1 SB=1",
    };
    const gv_device facts = dressed_device("GPU", 132, 1024, 48 << 10);
    gv__clblast_set out = {.count = 77};
    for (size_t i = 0; i < GV__COUNT(odd); i++) {
        print_message("%s\n", odd[i]);
        assert_int_equal(complete(&facts, odd[i], &out), GV_UNSUPPORTED);
        assert_int_equal(out.count, 77);
    }
}

static void a_set_is_held_against_work_groups_and_local_memory(void **state)
{
    (void)state;
    const gv_device few_items = dressed_device("GPU", 8, 64, 48 << 10);
    const gv_device little_memory = dressed_device("GPU", 8, 1024, 8 << 10);
    const gv_device unknown = dressed_device("GPU", 8, NAN, NAN);
    gv__clblast_set out;
    static const char *const sets[] = {XGEMM, DIRECT};
    for (size_t i = 0; i < GV__COUNT(sets); i++) {
        assert_int_equal(complete(&few_items, sets[i], &out), GV_UNSUPPORTED);
        assert_int_equal(complete(&little_memory, sets[i], &out), GV_UNSUPPORTED);
        assert_int_equal(complete(&unknown, sets[i], &out), GV_OK);
    }
    /* 16 KiB in f32 are 32 KiB in f64. */
    const gv_device middling = dressed_device("GPU", 8, 1024, 20 << 10);
    gv__parameters set;
    gv_error err = {0};
    assert_status(gv__parameters_read(XGEMM, &set, &err), GV_OK, err);
    assert_int_equal(gv__clblast_complete(&middling, GV_PRECISION_F32, &set, &out, &err), GV_OK);
    assert_int_equal(gv__clblast_complete(&middling, GV_PRECISION_F64, &set, &out, &err),
                     GV_UNSUPPORTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_candidate_is_complete_and_fits_the_device),
        cmocka_unit_test(a_small_product_on_a_gpu_begins_with_the_kernel_that_copies_nothing),
        cmocka_unit_test(sets_that_cannot_be_are_refused_and_change_nothing),
        cmocka_unit_test(a_set_is_held_against_work_groups_and_local_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
