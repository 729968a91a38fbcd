/* SPDX-License-Identifier: Apache-2.0 */
#include "base/support.h"
#include "bench/roof_rule.h"
#include "tests/gv_test.h"

static gv_roof roof_of(double flop_per_s, double bytes_per_s)
{
    gv_roof roof = gv__roof_none();
    roof.flop_per_s[GV_PRECISION_F32] = flop_per_s;
    roof.bytes_per_s = bytes_per_s;
    return roof;
}

static bool beats(const char *text, double seconds, gv_roof roof, double cache_bytes)
{
    gv_workload workload;
    gv_error err = {0};
    char why[GV__ROOF_TEXT] = "";
    assert_status(gv_workload_parse(text, &workload, &err), GV_OK, err);
    bool beaten = gv__beats_roof(&workload, seconds, &roof, cache_bytes, why);
    assert_int_equal(beaten, why[0] != 0);
    return beaten;
}

static void compute_limits_are_those_of_the_design(void **state)
{
    (void)state;
    /* On a roof of 1 TFLOP/s: the least seconds that are believed. */
    static const struct {
        const char *workload;
        double flop, limit;
    } cases[] = {
        {"matmul:m=1024,n=1024,k=1024", 2.0 * 1024 * 1024 * 1024, 1.25},
        {"dense:batch=32,in=1024,out=1024", 2.0 * 32 * 1024 * 1024, 1.25},
        {"conv2d:n=1,c=64,h=56,w=56,k=64,r=3,s=3,pad=1x1", 2.0 * 64 * 56 * 56 * 64 * 9, 4.5},
        {"fft:shape=65536", 5.0 * 65536 * 16, 3.2},
    };
    for (size_t i = 0; i < GV__COUNT(cases); i++) {
        double least_s = cases[i].flop / (cases[i].limit * 1e12);
        bool below = beats(cases[i].workload, least_s * 1.001, roof_of(1e12, NAN), NAN);
        bool above = beats(cases[i].workload, least_s * 0.999, roof_of(1e12, NAN), NAN);
        if (below || !above) {
            print_error("%s: %d below its limit, %d above\n", cases[i].workload, below, above);
            fail();
        }
    }
}

static void bandwidth_counts_beyond_four_caches(void **state)
{
    (void)state;
    /* 3 * 4 MiB, in 1 ms: 12.6 GB/s. */
    const char *text = "matmul:m=1024,n=1024,k=1024";
    assert_true(beats(text, 1e-3, roof_of(INFINITY, 10e9), 2.9 * 1024 * 1024));
    assert_false(beats(text, 1e-3, roof_of(INFINITY, 10e9), 3.1 * 1024 * 1024));
    assert_false(beats(text, 1e-3, roof_of(INFINITY, 10.1e9), 1024));
    assert_false(beats(text, 1e-3, roof_of(INFINITY, 10e9), NAN));
}

static void a_share_is_of_what_bounds_the_call(void **state)
{
    (void)state;
    /* 2 GFLOP and 12.6 MB of operands in 10 ms: 215 GFLOP/s, 1.26 GB/s. */
    static const struct {
        double flop_per_s, bytes_per_s, share;
        bool by_memory;
    } cases[] = {
        {429.4967296e9, 100e9, 0.5, false}, {429.4967296e9, 1.6777216e9, 0.75, true},
        {107.3741824e9, 100e9, 2, false}, /* Winograd: more than there is, and not cut */
        {NAN, 100e9, NAN, false},           {429.4967296e9, NAN, NAN, false},
    };
    gv_workload workload;
    assert_int_equal(gv_workload_parse("matmul:m=1024,n=1024,k=1024", &workload, NULL), GV_OK);
    for (size_t i = 0; i < GV__COUNT(cases); i++) {
        const gv_roof roof = roof_of(cases[i].flop_per_s, cases[i].bytes_per_s);
        const gv__roof_share share = gv__share_of_roof(&workload, 1e-2, &roof);
        assert_close(share.value, cases[i].share, 1e-12);
        assert_int_equal(share.by_memory, cases[i].by_memory);
    }
    const gv_roof roof = roof_of(1e9, 1e9);
    assert_true(isnan(gv__share_of_roof(&workload, NAN, &roof).value));
    workload.precision = GV_PRECISION_F16; /* no peak of that is known */
    assert_true(isnan(gv__share_of_roof(&workload, 1e-2, &roof).value));
}

static void an_absent_roof_forbids_nothing(void **state)
{
    (void)state;
    assert_false(beats("matmul:m=1024,n=1024,k=1024", 1e-12, gv__roof_none(), 1));
    /* The roof of another precision says nothing either. */
    assert_false(beats("matmul:m=1024,n=1024,k=1024,precision=f64", 1e-12, roof_of(1e9, NAN), NAN));
}

static void what_ran_nothing_is_caught(void **state)
{
    (void)state;
    /* The FFT that fails to enqueue and "reaches" 107,000 GFLOP/s. */
    assert_true(beats("fft:shape=1048576", 5.0 * 1048576 * 20 / 107e12, roof_of(500e9, NAN), NAN));
}

static void the_higher_of_two_roofs_counts(void **state)
{
    (void)state;
    gv_roof a = roof_of(1e12, NAN);
    gv_roof b = roof_of(2e12, 3e9);
    gv_roof c = gv__roof_higher(&a, &b);
    assert_close(c.flop_per_s[GV_PRECISION_F32], 2e12, 0);
    assert_close(c.bytes_per_s, 3e9, 0);
    assert_true(isnan(c.flop_per_s[GV_PRECISION_F64]));
}

static void caches_are_the_hosts_on_its_silicon_and_never_none_elsewhere(void **state)
{
    (void)state;
    static gv_host host;
    static gv_device device;
    for (int i = 0; i < GV_HOST_FACT_COUNT; i++) {
        host.fact[i].error = GV_FACT_ABSENT;
    }
    for (int i = 0; i < GV_DEVICE_FACT_COUNT; i++) {
        device.fact[i].error = GV_FACT_ABSENT;
    }
    assert_true(isnan(gv__host_cache_bytes(&host)));
    assert_close(gv__device_cache_bytes(&device, &host), 128.0 * 1024 * 1024, 0);
    host.fact[GV_HOST_L2] = (gv_fact){.number = 1e6};
    host.fact[GV_HOST_CORES] = (gv_fact){.number = 8};
    assert_close(gv__host_cache_bytes(&host), 8e6, 0);
    host.fact[GV_HOST_L3] = (gv_fact){.number = 32e6};
    assert_close(gv__host_cache_bytes(&host), 32e6, 0);
    device.fact[GV_DEVICE_CACHE] = (gv_fact){.number = 5e5};
    device.is_host_silicon = true;
    assert_close(gv__device_cache_bytes(&device, &host), 32e6, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compute_limits_are_those_of_the_design),
        cmocka_unit_test(bandwidth_counts_beyond_four_caches),
        cmocka_unit_test(a_share_is_of_what_bounds_the_call),
        cmocka_unit_test(an_absent_roof_forbids_nothing),
        cmocka_unit_test(what_ran_nothing_is_caught),
        cmocka_unit_test(the_higher_of_two_roofs_counts),
        cmocka_unit_test(caches_are_the_hosts_on_its_silicon_and_never_none_elsewhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
